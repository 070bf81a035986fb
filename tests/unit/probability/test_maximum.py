"""The maximum over covariance scale: published exact values, the small-object limit, limits that must be
numbers.
"""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.foster import foster
from debrissim.probability.maximum import maximum_probability, small_object_maximum


def plane_of(miss, major, minor):
    miss = np.atleast_2d(np.asarray(miss, dtype=float))
    covariance = np.broadcast_to(np.diag(np.square([major, minor])), (miss.shape[0], 2, 2))
    return plane_from_components(miss, covariance)


@pytest.mark.parametrize(
    ("ratio", "radius", "value", "minor"),
    [
        # Recomputed in mpmath from the definition; miss 1 along the major axis.
        (1.0, 0.001, 3.6787944117145754e-07, 0.7071065926244477),
        (3.0, 0.1, 0.010821753574232613, 0.23741970806008278),
        (3.0, 0.3, 0.08500542444263895, 0.24825067998816486),
        (10.0, 0.9, 0.43975677292258486, 0.07756186497823313),
        (50.0, 0.9, 0.4414943558294337, 0.015632436880047593),
    ],
)
def test_exact_maximum(ratio, radius, value, minor):
    found = maximum_probability(plane_of((1.0, 0.0), ratio, 1.0), np.array([radius]))
    assert found.value[0] == pytest.approx(value, rel=1e-12)
    assert found.scale[0] == pytest.approx(minor, rel=1e-6)


def test_small_objects_follow_the_closed_form():
    rng = np.random.default_rng(4)
    for _ in range(20):
        plane = plane_of(rng.normal(size=(1, 2)), *np.sort(rng.uniform(0.3, 1.0, 2))[::-1])
        radius = 1e-5 * plane.miss_distance_km
        exact, closed = maximum_probability(plane, radius), small_object_maximum(plane, radius)
        assert exact.value == pytest.approx(closed.value, rel=1e-7)
        assert exact.scale == pytest.approx(closed.scale, rel=1e-6)


def test_it_is_a_maximum():
    rng = np.random.default_rng(5)
    miss = rng.normal(size=(40, 2)) * 10.0
    covariance = np.zeros((40, 2, 2))
    covariance[:, 0, 0] = 10.0 ** rng.uniform(-3, 4, 40)
    covariance[:, 1, 1] = 10.0 ** rng.uniform(-3, 4, 40)
    radius = 10.0 ** rng.uniform(-4, 1.5, 40)
    plane = plane_from_components(miss, covariance)
    found = maximum_probability(plane, radius)
    for scale in np.geomspace(1e-5, 1e5, 301):
        other = foster(plane_from_components(miss, covariance * scale**2), radius)
        assert (other <= found.value * (1.0 + 1e-10)).all()
    inner = found.scale > 0.0
    at_scale = plane_from_components(miss[inner], covariance[inner] * found.scale[inner, None, None] ** 2)
    assert foster(at_scale, radius[inner]) == pytest.approx(found.value[inner], rel=1e-9)


def test_dilution_is_a_covariance_larger_than_the_maximums():
    # Miss 1, circle: the maximum stands at sigma = 0.707.
    for sigma, dilution in ((0.5, False), (1.0, True)):
        assert (
            maximum_probability(plane_of((1.0, 0.0), sigma, sigma), np.array([0.01])).dilution[0] == dilution
        )


def test_limits():
    covered = maximum_probability(plane_of((1.0, 0.0), 1.0, 1.0), np.array([1.0]))
    assert (covered.value[0], covered.scale[0], covered.dilution[0]) == (1.0, 0.0, True)
    zero_miss = maximum_probability(plane_of((0.0, 0.0), 1.0, 1.0), np.array([0.001]))
    assert (zero_miss.value[0], zero_miss.scale[0]) == (1.0, 0.0)
    no_body = maximum_probability(plane_of((1.0, 0.0), 1.0, 1.0), np.array([0.0]))
    assert no_body.value[0] == 0.0
    nothing = maximum_probability(plane_of((0.0, 0.0), 0.0, 0.0), np.array([0.0]))
    assert nothing.value[0] == 0.0
    no_shape = maximum_probability(plane_of((1.0, 0.0), 0.0, 0.0), np.array([0.1]))
    assert no_shape.value[0] == pytest.approx(0.003678809843018239, rel=1e-12)
    assert no_shape.scale[0] == np.inf
    assert not no_shape.dilution[0]
    huge = maximum_probability(plane_of((1.0, 1.0), 1e150, 1e150), np.array([0.1]))
    assert 0.0 < huge.value[0] < 0.01
    just_outside = maximum_probability(plane_of((1.0, 0.0), 1.0, 1.0), np.array([1.0 - 1e-12]))
    assert 0.49 < just_outside.value[0] < 0.5
