"""State covariances between RTN and the inertial frame, with and without the turning of the axes."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.propagation.frames import rtn_basis
from debrissim.uncertainty.rotation import state_inertial_to_rtn, state_rtn_to_inertial, to_inertial

STATES = np.array(
    [
        [7000.0, 100.0, -20.0, 0.1, 5.0, 5.5],
        [-3000.0, 5200.0, 3100.0, -5.9, -4.1, 1.2],
        [0.0, 0.0, 42164.0, 3.07, 0.0, 0.4],
    ]
)


def _covariances(m: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    root = rng.normal(size=(m, 6, 6)) * np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])[:, None]
    return root @ np.swapaxes(root, 1, 2)


@pytest.mark.parametrize("rotating", [False, True])
def test_there_and_back(rotating):
    covariance = _covariances(3)
    there = state_rtn_to_inertial(covariance, STATES, rotating=rotating)
    back = state_inertial_to_rtn(there, STATES, rotating=rotating)
    scale = np.sqrt(np.einsum("mii->mi", covariance))
    assert np.abs((back - covariance) / scale[:, :, None] / scale[:, None, :]).max() < 1e-13
    assert (there == np.swapaxes(there, 1, 2)).all()


@pytest.mark.parametrize("rotating", [False, True])
def test_position_block_is_that_of_the_position_alone(rotating):
    covariance = _covariances(3)
    there = state_rtn_to_inertial(covariance, STATES, rotating=rotating)
    np.testing.assert_allclose(there[:, :3, :3], to_inertial(covariance[:, :3, :3], STATES), rtol=1e-12)


def test_fixed_axes_rotate_velocities_like_positions():
    """An error of velocity along T is one along T of the inertial velocity."""
    covariance = np.zeros((3, 6, 6))
    covariance[:, 4, 4] = 1e-6
    there = state_rtn_to_inertial(covariance, STATES)
    along = rtn_basis(STATES[:, :3], STATES[:, 3:])[:, 1]
    np.testing.assert_allclose(there[:, 3:, 3:], 1e-6 * along[:, :, None] * along[:, None, :], atol=1e-20)
    assert (there[:, :3] == 0.0).all()


def test_rotating_is_the_time_derivative_of_rtn_components():
    """Deviations carried a little on along both orbits: their RTN components' rate, by differences."""
    deviation = np.array([0.3, -1.1, 0.7, 2e-4, -5e-4, 1e-4])
    step = 1e-3

    def moved(state: np.ndarray, t: float) -> np.ndarray:
        # Straight lines and the pull at the middle: exact to the second order in t.
        pull = -398600.8 * state[:3] / np.linalg.norm(state[:3]) ** 3
        return np.concatenate([state[:3] + t * state[3:] + 0.5 * t * t * pull, state[3:] + t * pull])

    for state in STATES:
        rates = []
        for t in (-step, step):
            reference = moved(state, t)
            offset = deviation[:3] + t * deviation[3:]
            rates.append(rtn_basis(reference[None, :3], reference[None, 3:])[0] @ offset)
        seen = np.concatenate(
            [
                rtn_basis(state[None, :3], state[None, 3:])[0] @ deviation[:3],
                (rates[1] - rates[0]) / (2 * step),
            ]
        )
        expected = np.outer(seen, seen)[None]
        turned = state_inertial_to_rtn(np.outer(deviation, deviation)[None], state[None], rotating=True)
        np.testing.assert_allclose(turned, expected, rtol=1e-6, atol=1e-12)


def test_a_circular_orbit_couples_by_its_mean_motion():
    radius, speed = 7000.0, np.sqrt(398600.8 / 7000.0)
    state = np.array([[radius, 0.0, 0.0, 0.0, speed, 0.0]])
    covariance = np.zeros((1, 6, 6))
    covariance[0, 0, 0] = 4.0
    there = state_rtn_to_inertial(covariance, state, rotating=True)[0]
    n = speed / radius
    # At rest on turning axes, 2 km above: moves along-track at n times 2 km.
    assert there[4, 4] == pytest.approx(4.0 * n**2, rel=1e-12)
    assert there[4, 0] == pytest.approx(4.0 * n, rel=1e-12)
    assert there[3, 3] == 0.0


def test_nothing_is_lost_or_made_up_at_the_ends_of_the_range():
    for factor in (0.0, 1e-300, 1e290):
        there = state_rtn_to_inertial(factor * _covariances(3), STATES, rotating=True)
        assert np.isfinite(there).all()
    assert state_rtn_to_inertial(np.empty((0, 6, 6)), np.empty((0, 6))).shape == (0, 6, 6)


def test_wrong_arguments_are_named():
    good = _covariances(3)
    with pytest.raises(InputError, match=r"state: expected shape \(m, 6\), got \(3, 3\)"):
        state_rtn_to_inertial(good, STATES[:, :3])
    with pytest.raises(
        InputError, match=r"covariance_rtn: expected shape \(3, 6, 6\) as state, got \(3, 3, 3\)"
    ):
        state_rtn_to_inertial(good[:, :3, :3], STATES)
    with pytest.raises(InputError, match="covariance_inertial: expected finite numbers, got nan"):
        state_inertial_to_rtn(np.full((3, 6, 6), np.nan), STATES)
    with pytest.raises(InputError, match="state: expected finite numbers, got inf"):
        state_rtn_to_inertial(good, np.full((3, 6), np.inf))
    for bad in (np.zeros(6), [7000.0, 0.0, 0.0, 7.0, 0.0, 0.0]):
        with pytest.raises(InputError, match="row 1 has no RTN"):
            state_rtn_to_inertial(good, np.stack([STATES[0], np.asarray(bad), STATES[2]]))
