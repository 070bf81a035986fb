"""Frisbee's maximum: his example, that it is a maximum, and its limits."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.square import foster_square_equal_area
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.frisbee import frisbee_maximum

# Frisbee's example plane (NASA CARA's FrisbeeMaxPc_UnitTest): known covariance m^2, miss m.
EXAMPLE = plane_from_components(np.array([[1000.0, 200.0]]), np.diag([722500.0, 2500.0])[None])


@pytest.mark.parametrize(("radius", "printed"), [(5.0, 4.3e-5), (10.0, 1.71e-4)])
def test_published_example(radius, printed):
    found = frisbee_maximum(EXAMPLE, np.array([radius]))
    assert found.known_distance[0] == pytest.approx(np.sqrt(1e6 / 722500.0 + 4e4 / 2500.0), rel=1e-14)
    assert found.value[0] == pytest.approx(printed, abs=5e-7)


def test_no_other_covariance_of_the_missing_object_does_better():
    rng = np.random.default_rng(48)
    radius = np.array([5.0])
    best = frisbee_maximum(EXAMPLE, radius).value[0]
    root = 10.0 ** rng.uniform(0.0, 4.0, (4000, 1, 1)) * rng.normal(size=(4000, 2, 2))
    added = root @ np.swapaxes(root, 1, 2)
    others = foster(
        plane_from_components(np.repeat(EXAMPLE.miss_km, 4000, 0), EXAMPLE.covariance_km2 + added),
        np.full(4000, 5.0),
    )
    assert others.max() <= best * (1.0 + 1e-4)
    assert others.max() > 0.8 * best
    assert best > foster(EXAMPLE, radius)[0]


def test_a_known_covariance_that_covers_the_miss_is_used_alone():
    plane = plane_from_components(np.array([[1.0, 0.5]]), np.diag([4.0, 1.0])[None])
    found = frisbee_maximum(plane, np.array([0.01]))
    assert found.added_variance_km2[0] == 0.0
    assert found.value[0] == foster(plane, np.array([0.01]))[0]


def test_no_uncertainty_of_the_known_object_puts_all_along_the_miss():
    plane = plane_from_components(np.array([[3.0, 4.0]]), np.zeros((1, 2, 2)))
    found = frisbee_maximum(plane, np.array([0.01]))
    assert found.known_distance[0] == np.inf
    assert found.added_variance_km2[0] == pytest.approx(25.0)
    # A line through both objects with the miss at one sigma: density phi(1)/5 over the chord of 0.02.
    assert found.value[0] == pytest.approx(0.24197072451914337 / 5.0 * 0.02, rel=1e-5)
    touching = plane_from_components(np.zeros((1, 2)), np.zeros((1, 2, 2)))
    assert frisbee_maximum(touching, np.array([0.01])).value[0] == 1.0


def test_other_shapes_and_unknown_methods():
    radius = np.array([10.0])
    found = frisbee_maximum(EXAMPLE, radius, method="foster-square-equal-area")
    assert found.value[0] == foster_square_equal_area(found.plane, radius)[0]
    with pytest.raises(InputError, match="method: expected one of"):
        frisbee_maximum(EXAMPLE, radius, method="cube")
