"""The maximum over covariance scale: published exact values, the small-object limit, limits that must be
numbers.
"""

from __future__ import annotations

import numpy as np
import pytest
from support.disc_oracle import disc_probability

from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.kernels import (
    disc as _kernels,
)
from debrissim.probability.kernels import (
    maximum as _kernels_maximum,
)
from debrissim.probability.kernels import (
    strip as _kernels_strip,
)
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
    # Miss 1, circle: the maximum is at sigma = 0.707.
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


def hard_cases(count, seed):
    """Ratios to 1e5, bodies from 1e-4 to 1e3 of either sigma, edges from 1e-4 to 30 radii away, any direction."""
    rng = np.random.default_rng(seed)
    ratio = 10.0 ** rng.uniform(0.0, 5.0, count)
    radius = 10.0 ** rng.uniform(-4.0, 3.0, count) * np.where(rng.uniform(size=count) < 0.5, 1.0, ratio)
    angle = np.where(
        rng.uniform(size=count) < 0.5,
        rng.uniform(0.0, np.pi / 2, count),
        10.0 ** rng.uniform(-6.0, 0.0, count),
    )
    distance = radius * (1.0 + 10.0 ** rng.uniform(-4.0, 1.5, count))
    miss = np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=-1)
    covariance = np.zeros((count, 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = ratio**2, 1.0
    return miss, covariance, radius


@pytest.mark.parametrize("rows", [slice(4), pytest.param(slice(4, None), marks=pytest.mark.slow)])
def test_value_and_scale_of_hard_cases_against_25_digits(rows: slice):
    miss, covariance, radius = (values[rows] for values in hard_cases(12, 3))
    found = maximum_probability(plane_from_components(miss, covariance), radius)
    for k in range(radius.size):

        def at(factor, k=k):
            major, minor = factor * np.sqrt(covariance[k, 0, 0]), factor
            return disc_probability(*miss[k], major, minor, radius[k])

        # The step of Newton's iteration that is left, with derivatives good to the fourth power of the spacing.
        step = 1e-3
        lowest, low, middle, high, highest = (at(found.scale[k] * np.exp(j * step)) for j in range(-2, 3))
        slope = (lowest - 8.0 * low + 8.0 * high - highest) / 12.0
        bend = (-lowest + 16.0 * low - 30.0 * middle + 16.0 * high - highest) / 12.0
        assert found.value[k] == pytest.approx(middle, rel=3e-13)
        assert abs(step * slope / bend) < 1e-8


def test_no_scale_gives_more_than_the_maximum_of_hard_cases():
    miss, covariance, radius = hard_cases(3000, 8)
    plane = plane_from_components(miss, covariance)
    found = maximum_probability(plane, radius)
    centre = plane.mahalanobis_distance / np.sqrt(2.0)
    for factor in np.geomspace(1e-4, 1e4, 97):
        scaled = plane_from_components(miss, covariance * ((factor * centre) ** 2)[:, None, None])
        assert (foster(scaled, radius) <= found.value * (1.0 + 1e-12)).all()


def test_the_search_without_derivatives_finds_the_same():
    miss, covariance, radius = hard_cases(60, 21)
    scratch = (
        np.empty(_kernels_strip._SERIES_TERMS),
        np.empty(_kernels._EDGES),
        np.empty((_kernels._DEPTH, 4)),
    )
    found = maximum_probability(plane_from_components(miss, covariance), radius)
    for k in range(radius.size):
        row = (
            *np.abs(miss[k]).tolist(),
            float(np.sqrt(covariance[k, 0, 0])),
            1.0,
            float(radius[k]),
            *scratch,
        )
        distance = float(np.hypot(*miss[k]))
        centre = float(np.hypot(row[0] / row[2], row[1]))
        nearest = max((distance - radius[k]) / row[2], centre - radius[k])
        low, high = np.log(nearest / np.sqrt(2.0)), np.log((centre + radius[k]) / np.sqrt(2.0))
        low, high = _kernels_maximum._bracket(low, high, *row)
        value, _ = _kernels_maximum._peak_scale(low, high, *row)
        assert found.value[k] == pytest.approx(value, rel=1e-12)
