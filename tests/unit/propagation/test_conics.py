"""The state transition matrix against differences and a numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from debrissim.core.constants import WGS72_J2, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.propagation.conics import state_transition

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
TIMES = (0.0, 1e-3, 60.0, -1500.0, 5400.0, 86400.0)
SCALE = np.array([1.0, 1.0, 1.0, 1e3, 1e3, 1e3])


def _scaled(matrix: np.ndarray) -> np.ndarray:
    return matrix * SCALE[:, None] / SCALE[None, :]


def _differences(seconds: float, gravity: str) -> np.ndarray:
    columns = []
    for k in range(6):
        step = 1e-2 / SCALE[k]
        ahead, behind = STATES.copy(), STATES.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        moved = [state_transition(s, seconds, gravity=gravity)[0] for s in (ahead, behind)]
        columns.append((moved[0] - moved[1]) / (2.0 * step))
    return np.stack(columns, axis=2)


@pytest.mark.parametrize(("gravity", "times"), [("two-body", TIMES), ("j2", TIMES[:5])])
def test_the_matrix_is_the_derivative_of_the_state(gravity, times):
    for seconds in times:
        with np.errstate(all="raise"):
            _, transition = state_transition(STATES, seconds, gravity=gravity)
        expected = _scaled(_differences(seconds, gravity))
        error = np.abs(_scaled(transition) - expected).max(axis=(1, 2)) / np.abs(expected).max(axis=(1, 2))
        assert error.max() < (1e-7 if gravity == "two-body" else 1e-6), seconds


def test_the_inverse_is_the_matrix_of_the_way_back():
    for seconds in TIMES:
        there, forth = state_transition(STATES, seconds)
        again, back = state_transition(there, -seconds)
        assert np.abs(again[:, :3] - STATES[:, :3]).max() < 1e-6
        size = np.abs(_scaled(forth)).max(axis=(1, 2)) * np.abs(_scaled(back)).max(axis=(1, 2))
        product = _scaled(back @ forth) - np.eye(6)
        assert (np.abs(product).max(axis=(1, 2)) < 1e-12 * size).all()


@pytest.mark.parametrize("gravity", ["two-body", "j2"])
def test_states_agree_with_numerical_integration(gravity):
    def rates(_t, y):
        r = np.linalg.norm(y[:3])
        pull = -MU * y[:3] / r**3
        if gravity == "j2":
            s = 5.0 * (y[2] / r) ** 2
            pull -= (
                1.5
                * WGS72_J2
                * MU
                * WGS72_RADIUS_KM**2
                / r**5
                * y[:3]
                * np.array([1.0 - s, 1.0 - s, 3.0 - s])
            )
        return np.concatenate([y[3:], pull])

    got, _ = state_transition(STATES, 7200.0, gravity=gravity)
    for row, state in enumerate(STATES):
        truth = solve_ivp(rates, (0.0, 7200.0), state, rtol=3e-13, atol=1e-9, method="DOP853").y[:, -1]
        assert np.abs(got[row, :3] - truth[:3]).max() < (1e-4 if gravity == "two-body" else 1e-2)


def test_j2_rotates_the_node_at_the_analytic_rate():
    """The node of a circular orbit: -3/2 n J2 (R/a)^2 cos i, averaged over 10 revolutions."""
    state = STATES[:1]
    radius = np.linalg.norm(state[0, :3])
    n = np.sqrt(MU / radius**3)
    inclination = np.arctan2(6.0, 4.75)
    seconds = 10.0 * 2.0 * np.pi / n
    there, _ = state_transition(state, seconds, gravity="j2")
    momentum = np.cross(there[0, :3], there[0, 3:])
    node = np.arctan2(momentum[0], -momentum[1])
    expected = -1.5 * n * WGS72_J2 * (WGS72_RADIUS_KM / radius) ** 2 * np.cos(inclination) * seconds
    assert node == pytest.approx(expected, rel=0.02)


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match=r"seconds: expected a number or shape \(6,\), got \(2,\)"):
        state_transition(STATES, [1.0, 2.0])
    with pytest.raises(InputError, match="seconds: expected finite numbers, got inf"):
        state_transition(STATES, np.inf)
    with pytest.raises(InputError, match="state: expected a position away from the centre"):
        state_transition(np.zeros((1, 6)), 1.0)
    with pytest.raises(InputError, match="gravity: expected 'two-body' or 'j2', got 'j4'"):
        state_transition(STATES, 1.0, gravity="j4")
