"""When a hit happens: against draws, and at the edges; and the probability against the hard body's size."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.cumulative import (
    HitTime,
    along_covariance_km2,
    cumulative_through_encounter,
    hit_time,
)
from debrissim.probability.dilution import probability_by_radius
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.registry import get_method

POSITION = np.array([[0.3, -0.4, 0.2]])
VELOCITY = np.array([[-1.0, -10.0, 4.0]])
ROOT = np.array([[0.3, 0.0, 0.0], [0.5, 1.2, 0.0], [-0.1, 0.4, 0.35]])
COVARIANCE = (ROOT @ ROOT.T)[None]


def test_samples_hit_at_the_predicted_times():
    """Random straight lines: those that pass through the sphere, and when they are nearest its centre."""
    rng = np.random.default_rng(17)
    radius = 0.05
    plane = encounter_plane(POSITION, VELOCITY, COVARIANCE)
    sight = VELOCITY[0] / np.linalg.norm(VELOCITY)
    nearest, tried = [], 0
    for _ in range(16):
        start = POSITION[0] + rng.normal(size=(400_000, 3)) @ ROOT.T
        along = start @ sight
        hit = np.einsum("mi,mi->m", start, start) - along**2 < radius**2
        nearest.append(-along[hit] / np.linalg.norm(VELOCITY))
        tried += 400_000
    times = np.concatenate(nearest)
    assert times.size > 4_000
    when = hit_time(plane, along_covariance_km2(plane, COVARIANCE), along_km=float(POSITION[0] @ sight))
    standard_error = when.sigma_s[0] / np.sqrt(times.size)
    assert times.mean() == pytest.approx(when.mean_s[0], abs=4.0 * standard_error)
    assert times.std() == pytest.approx(when.sigma_s[0], rel=4.0 / np.sqrt(2.0 * times.size))
    # Not the whole spread along the velocity: what is known across it tells much of where along.
    assert when.sigma_s[0] < 0.8 * plane.sigma_along_km[0] / plane.relative_speed_km_s[0]
    value = foster(plane, np.array([radius]))
    assert times.size / tried == pytest.approx(value[0], rel=4.0 / np.sqrt(times.size))
    grid = np.quantile(times, [0.1, 0.5, 0.9])
    fraction = cumulative_through_encounter(value, when, grid)[0] / value[0]
    assert fraction == pytest.approx([0.1, 0.5, 0.9], abs=0.02)


def test_it_rises_from_zero_to_the_probability():
    plane = encounter_plane(POSITION, VELOCITY, COVARIANCE)
    when = hit_time(plane, along_covariance_km2(plane, COVARIANCE))
    times = when.mean_s[0] + when.sigma_s[0] * np.array([-np.inf, -40.0, -1.0, 0.0, 1.0, 40.0, np.inf])
    got = cumulative_through_encounter([2e-4], when, times)[0]
    assert got[0] == 0.0
    assert 0.0 <= got[1] < 1e-300
    assert got[3] == pytest.approx(1e-4, rel=1e-14)
    assert got[-2:].tolist() == [2e-4, 2e-4]
    assert (np.diff(got) >= 0.0).all()


def test_plane_and_rest_are_the_whole_covariance():
    """Plane and rest together have the eigenvalues of the covariance they came from."""
    plane = encounter_plane(POSITION, VELOCITY, COVARIANCE)
    x_z, y_z, z_z = along_covariance_km2(plane, COVARIANCE)[0]
    whole = np.empty((3, 3))
    whole[:2, :2] = plane.covariance_km2[0]
    whole[2] = whole[:, 2] = x_z, y_z, z_z
    np.testing.assert_allclose(np.linalg.eigvalsh(whole), np.linalg.eigvalsh(COVARIANCE[0]), rtol=1e-12)
    assert np.sqrt(z_z) == pytest.approx(plane.sigma_along_km[0], rel=1e-14)


def test_no_number_is_lost_where_something_is_zero_or_vast():
    position = np.array([[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.1, 0.2, 0.0], [1e5, 0.0, 0.0], [0.1, 0.0, 0.0]])
    velocity = np.array([[0.0, 9.0, 0.0], [0.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 9.0, 0.0], [0.0, 9.0, 0.0]])
    covariance = np.stack(
        [np.zeros((3, 3)), np.eye(3), np.diag([1.0, 0.0, 0.0]), 1e12 * np.eye(3), np.full((3, 3), 1e-30)]
    )
    with np.errstate(all="raise", under="ignore"):
        plane = encounter_plane(position, velocity, covariance)
        when = hit_time(plane, along_covariance_km2(plane, covariance))
        got = cumulative_through_encounter(np.full(5, 0.5), when, [-1e9, 0.0, 1e9])
    assert np.isfinite(when.mean_s).all()
    assert not np.isnan(when.sigma_s).any()
    assert np.isfinite(got).all()
    # No error at all: at once. No relative velocity: at any time. A known path: when it is due.
    assert got[0].tolist() == [0.0, 0.5, 0.5]
    assert got[1].tolist() == [0.5, 0.5, 0.5]
    assert got[2].tolist() == [0.0, 0.5, 0.5]
    assert got[3] == pytest.approx([0.0, 0.25, 0.5], abs=1e-9)


def test_rows_are_apart_and_may_have_times_of_their_own():
    when = HitTime(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    got = cumulative_through_encounter([0.2, 0.4], when, np.array([[0.0, 1.0], [1.0, 3.0]]))
    assert got[0] == pytest.approx([0.1, 0.2 * 0.841344746], rel=1e-8)
    assert got[1] == pytest.approx([0.2, 0.4 * 0.841344746], rel=1e-8)
    empty = encounter_plane(np.empty((0, 3)), np.empty((0, 3)), np.empty((0, 3, 3)))
    assert hit_time(empty, np.empty((0, 3))).mean_s.shape == (0,)


def test_probability_by_radius_is_the_method_row_by_row():
    plane = encounter_plane(POSITION, VELOCITY, COVARIANCE)
    radius = np.geomspace(1e-3, 1.0, 7)
    for method in ("foster", "alfano-2005"):
        got = probability_by_radius(plane, radius, method=method)
        for k in range(7):
            assert got[k] == get_method(method)(plane, radius[k : k + 1])[0]
        assert (np.diff(got) > 0.0).all()
    assert probability_by_radius(plane, np.array([0.0])).tolist() == [0.0]


def test_wrong_arguments_are_named():
    plane = encounter_plane(POSITION, VELOCITY, COVARIANCE)
    with pytest.raises(InputError, match=r"along_km2: expected shape \(1, 3\), got \(2, 3\)"):
        hit_time(plane, np.zeros((2, 3)))
    with pytest.raises(InputError, match=r"covariance_km2: expected shape \(1, 3, 3\)"):
        along_covariance_km2(plane, np.zeros((1, 2, 2)))
    with pytest.raises(InputError, match="hard_body_radius_km: expected >= 0 km, got -1"):
        probability_by_radius(plane, np.array([1.0, -1.0]))
    with pytest.raises(InputError, match="plane: expected one encounter, got 0"):
        probability_by_radius(plane[[]], np.array([1.0]))
    with pytest.raises(InputError, match="method: expected one of"):
        probability_by_radius(plane, np.array([1.0]), method="x")
