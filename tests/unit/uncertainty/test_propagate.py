"""Covariances propagated by the transition matrix, against clouds of states."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.propagation.conics import state_transition
from debrissim.uncertainty.propagate import propagate_covariance

MU = WGS72_MU_KM3_S2
# A station, a transfer orbit, a geostationary satellite, a Molniya orbit, a hyperbola, a parabola.
STATES = np.array(
    [
        [6795.0, 0.0, 0.0, 0.0, 4.75, 6.0],
        [6700.0, 500.0, -300.0, -0.4, 10.1, 0.3],
        [42164.0, 0.0, 0.0, 0.0, 3.0747, 0.0],
        [1000.0, -6900.0, 2000.0, 9.1, 1.4, -2.0],
        [6800.0, 0.0, 100.0, 1.0, 11.5, 2.0],
        [7000.0, 0.0, 0.0, 0.0, np.sqrt(2.0 * MU / 7000.0), 0.0],
    ]
)
SCALE = np.array([1.0, 1.0, 1.0, 1e3, 1e3, 1e3])


@pytest.mark.parametrize(
    ("gravity", "count", "seconds"), [("two-body", 20_000, 4.0 * 5574.0), ("j2", 3_000, 2000.0)]
)
def test_the_covariance_is_that_of_a_cloud_of_states(gravity, count, seconds):
    """States sampled and propagated one by one: their covariance is the same within the sampling error."""
    rng = np.random.default_rng(5)
    root = np.diag([0.05, 0.2, 0.04, 2e-4, 5e-5, 4e-5])
    root[3, 1] = -2e-4
    cloud = STATES[0] + rng.normal(size=(count, 6)) @ root.T
    sample = np.cov(state_transition(cloud, seconds, gravity=gravity)[0].T)
    linear = propagate_covariance((root @ root.T)[None], STATES[:1], seconds, gravity=gravity)[0]
    spread = np.sqrt(np.diagonal(linear))
    # Four standard errors of a variance.
    assert np.abs((sample - linear) / spread[:, None] / spread).max() < 4.0 * np.sqrt(2.0 / count)


def test_along_track_grows_by_the_error_of_the_period():
    """dv along the velocity: after whole revolutions the along-track error is 3 dv t."""
    speed = np.sqrt(MU / 7000.0)
    state = np.array([[7000.0, 0.0, 0.0, 0.0, speed, 0.0]])
    covariance = np.zeros((1, 6, 6))
    covariance[0, 4, 4] = 1e-12
    seconds = 10.0 * 2.0 * np.pi * 7000.0 / speed
    later = propagate_covariance(covariance, state, seconds)[0]
    assert np.sqrt(later[1, 1]) == pytest.approx(3.0 * 1e-6 * seconds, rel=1e-6)
    assert later[2, 2] == 0.0


def test_each_row_has_its_own_time_and_zero_changes_nothing():
    seconds = np.array([0.0, 10.0, -20.0, 3000.0, 50.0, 0.0])
    covariance = np.broadcast_to(np.diag(1.0 / SCALE**2), (6, 6, 6))
    together = propagate_covariance(covariance, STATES, seconds)
    for row in range(6):
        alone = propagate_covariance(covariance[:1], STATES[row : row + 1], seconds[row])
        np.testing.assert_allclose(together[row], alone[0], rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(together[0], covariance[0])
    np.testing.assert_array_equal(propagate_covariance(covariance, STATES, 0.0, gravity="j2"), covariance)
    assert propagate_covariance(np.empty((0, 6, 6)), np.empty((0, 6)), 5.0).shape == (0, 6, 6)


def test_wrong_arguments_are_named():
    covariance = np.zeros((6, 6, 6))
    with pytest.raises(InputError, match=r"covariance: expected shape \(6, 6, 6\) as state, got \(6, 3, 3\)"):
        propagate_covariance(covariance[:, :3, :3], STATES, 1.0)
    with pytest.raises(InputError, match="covariance: expected finite numbers, got nan"):
        propagate_covariance(covariance + np.nan, STATES, 1.0)
