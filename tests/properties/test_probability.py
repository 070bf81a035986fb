"""Properties of the probability of any encounter, however unusual."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import collision_probability, cumulative_probability
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.maximum import maximum_probability

lengths = st.floats(-1e6, 1e6)
vectors = arrays(np.float64, 3, elements=lengths)
matrices = arrays(np.float64, (3, 3), elements=st.floats(-1e3, 1e3))
sigmas = st.floats(1e-4, 1e3)
misses = st.floats(-1e2, 1e2)
radii = st.floats(1e-6, 1e3)


def plane_of(u, v, major, minor):
    return plane_from_components(np.array([[u, v]]), np.diag([major**2, minor**2])[None])


def pc(plane, radius):
    return float(foster(plane, np.array([radius]))[0])


@given(vectors, vectors, matrices, matrices, st.floats(0.0, 1e7))
def test_the_probability_is_never_nan(position, velocity, first, second, radius_m):
    # Symmetric, of any signature: as in a faulty CDM.
    covariances = [(m + m.T)[None] for m in (first, second)]
    result = collision_probability(position[None], velocity[None], *covariances, radius_m)
    assert 0.0 <= result.value[0] <= 1.0
    assert 0.0 <= result.maximum[0] <= 1.0
    assert result.value[0] <= result.maximum[0] * (1.0 + 1e-9)
    assert result.maximum_scale[0] >= 0.0


@given(misses, misses, sigmas, sigmas, radii, st.floats(1e-3, 1e3))
def test_the_probability_is_independent_of_the_unit_of_length(u, v, a, b, radius, unit):
    plain = pc(plane_of(u, v, a, b), radius)
    scaled = pc(plane_of(u * unit, v * unit, a * unit, b * unit), radius * unit)
    # Rounding in the inputs is amplified by the exponent, which is below 745 wherever the value is above 0.
    assert abs(plain - scaled) <= 1e-11 * plain + 1e-300


@given(misses, misses, sigmas, sigmas, radii, st.floats(0.0, 6.3))
def test_the_probability_is_invariant_under_rotation(u, v, a, b, radius, angle):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ratio = max(a, b) / min(a, b)
    plain = plane_of(u, v, a, b)
    turned = plane_from_components(
        (turn @ plain.miss_km[0])[None], (turn @ plain.covariance_km2[0] @ turn.T)[None]
    )
    first, second = pc(plain, radius), pc(turned, radius)
    # A turned covariance holds its small eigenvalue only to the rounding of its large one, which the exponent
    # (the squared Mahalanobis distance) amplifies; the same holds for the miss.
    squared = plain.mahalanobis_distance[0] ** 2
    slack = 1e-15 * (1.0 + squared) * (1.0 + (radius + np.hypot(u, v)) / min(a, b)) * ratio**2
    if slack < 1e-3:
        assert abs(first - second) <= slack * 100.0 * max(first, second) + 1e-300


@given(misses, misses, sigmas, sigmas, radii, st.floats(1.0, 10.0))
def test_a_larger_body_has_a_larger_probability(u, v, a, b, radius, factor):
    plane = plane_of(u, v, a, b)
    assert pc(plane, radius) <= pc(plane, radius * factor) * (1.0 + 1e-11)


@given(misses, misses, sigmas, sigmas, radii)
def test_bounded_by_the_peak_density_and_by_the_strip(u, v, a, b, radius):
    plane = plane_of(u, v, a, b)
    assert pc(plane, radius) <= radius**2 / (2.0 * a * b) * (1.0 + 1e-11)
    centred = pc(plane_of(0.0, 0.0, a, b), radius)
    assert pc(plane, radius) <= centred * (1.0 + 1e-11)


@given(misses, misses, sigmas, sigmas, radii, st.floats(1e-3, 1e3))
def test_the_maximum_does_not_depend_on_the_size_of_the_covariance(u, v, a, b, radius, factor):
    here = maximum_probability(plane_of(u, v, a, b), np.array([radius]))
    there = maximum_probability(plane_of(u, v, a * factor, b * factor), np.array([radius]))
    assert abs(here.value[0] - there.value[0]) <= 1e-9 * here.value[0] + 1e-300


@given(arrays(np.float64, st.integers(0, 30), elements=st.floats(0.0, 1.0)))
def test_cumulative_is_between_the_largest_and_the_sum(values):
    total = cumulative_probability(values)
    assert max(values, default=0.0) * (1.0 - 1e-12) <= total <= min(1.0, values.sum() * (1.0 + 1e-12))
