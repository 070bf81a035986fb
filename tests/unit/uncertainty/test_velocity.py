"""Velocity errors added to modelled position errors: their growth along the orbit."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.propagation.two_body import propagate
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial, with_velocity_errors

RADIUS_KM = 7000.0
SPEED_KM_S = np.sqrt(WGS84_MU_KM3_S2 / RADIUS_KM)
CIRCULAR = np.array([[RADIUS_KM, 0.0, 0.0, 0.0, 0.6 * SPEED_KM_S, 0.8 * SPEED_KM_S]])
PERIOD_S = 2.0 * np.pi * RADIUS_KM / SPEED_KM_S


def sigmas_after(position, seconds):
    """Standard deviations R, T, N of a cloud that starts with these errors, propagated orbit by orbit."""
    covariance = state_rtn_to_inertial(with_velocity_errors(position, CIRCULAR), CIRCULAR)[0]
    rng = np.random.default_rng(4)
    cloud = rng.multivariate_normal(CIRCULAR[0], covariance, 20000, method="eigh")
    later = propagate(cloud, seconds)
    spread = np.cov(later.T)[None]
    return np.sqrt(np.diagonal(state_inertial_to_rtn(spread, propagate(CIRCULAR, seconds))[0])[:3])


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.37, 0.5, 1.0, 3.0])
def test_position_errors_keep_their_size_along_a_circular_orbit(fraction):
    # R 20 m, T 120 m, N 60 m: larger than twice R along the track, so that all phases are alike.
    sigmas = np.array([0.02, 0.12, 0.06])
    assert sigmas_after(np.diag(sigmas**2)[None], fraction * PERIOD_S) == pytest.approx(sigmas, rel=0.02)


def test_where_the_track_is_known_better_than_eccentricity_allows_errors_stay_bounded():
    sigmas = np.array([0.1, 0.05, 0.05])
    for fraction in (0.25, 0.5, 1.0, 5.0):
        assert (sigmas_after(np.diag(sigmas**2)[None], fraction * PERIOD_S) < 0.25).all()
    after_one = sigmas_after(np.diag(sigmas**2)[None], PERIOD_S)
    assert after_one == pytest.approx(sigmas, rel=0.02)


def test_any_covariance_of_position_stays_one_and_stays_as_it_is():
    rng = np.random.default_rng(8)
    root = rng.normal(size=(200, 3, 3)) * 10.0 ** rng.uniform(-3, 2, (200, 1, 3))
    position = root @ np.swapaxes(root, 1, 2)
    state = np.repeat(CIRCULAR, 200, axis=0) * rng.uniform(0.95, 1.05, (200, 6))
    result = with_velocity_errors(position, state)
    assert np.array_equal(result[:, :3, :3], position)
    assert np.array_equal(result, np.swapaxes(result, 1, 2))
    sigma = np.sqrt(np.diagonal(result, axis1=1, axis2=2))
    correlation = result / sigma[:, :, None] / sigma[:, None, :]
    assert (np.linalg.eigvalsh(correlation) > -1e-10).all()


def test_no_position_error_gives_no_velocity_error():
    assert not with_velocity_errors(np.zeros((1, 3, 3)), CIRCULAR).any()


def test_bad_input_is_named():
    with pytest.raises(InputError, match=r"state: expected shape \(1, 6\)"):
        with_velocity_errors(np.zeros((1, 3, 3)), np.zeros((2, 6)))
    with pytest.raises(InputError, match="position_covariance_rtn_km2: expected finite"):
        with_velocity_errors(np.full((1, 3, 3), np.nan), CIRCULAR)
