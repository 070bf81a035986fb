"""Errors of the execution of burns, at the burn and later.

Source: Gates (1963), "A Simplified Model of Midcourse Maneuver Execution Errors", JPL Technical Report 32-504 (not seen
in print; the model as used since then): the error along the velocity change and the error across it are independent and
Gaussian, each with a fixed part and a part proportional to the size,

    sigma_along^2  = magnitude_fixed^2 + (magnitude_fraction |dv|)^2
    sigma_across^2 = pointing_fixed^2 + (pointing |dv|)^2      about each of the two axes across dv.

Assumptions
- A burn of zero size is not executed and has no error.
- A finite burn has the error of an impulse at its midpoint.
- The error propagates linearly, by the state transition matrix (with J2) of the motion without the burn, expressed
  along RTN axes: the burn rotates and stretches the orbit by a few thousandths at most, and changes the error by no
  more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.motion import Motion
from debrissim.propagation.conics import variational_rates
from debrissim.propagation.frames import rtn_basis

_TOLERANCE = 1e-10
_SLACK_S = 1e-3


@dataclass(frozen=True)
class ExecutionError:
    """Standard deviations of the execution of a burn.

    | field              | unit                                                              |
    |--------------------|-------------------------------------------------------------------|
    | magnitude_fixed_m_s| m/s, along the velocity change, whatever its size                 |
    | magnitude_fraction | 1, along the velocity change, in proportion to its size           |
    | pointing_fixed_m_s | m/s, about each of both axes across it, whatever its size         |
    | pointing_rad       | rad, about each of both axes across it, in proportion to its size |
    | origin             | where the numbers come from, for reports                          |

    Raises InputError, naming the field, for a number that is negative or not finite.
    """

    magnitude_fixed_m_s: float = 0.0
    magnitude_fraction: float = 0.01
    pointing_fixed_m_s: float = 0.0
    pointing_rad: float = np.pi / 180.0
    origin: str = "an assumption without a source: 1 % of the size and 1 degree (one sigma each)"

    def __post_init__(self) -> None:
        for name in ("magnitude_fixed_m_s", "magnitude_fraction", "pointing_fixed_m_s", "pointing_rad"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0.0):
                raise InputError(f"{name}: expected a standard deviation of 0 or more, got {value!r}")

    def variances_m2_s2(self, size_m_s: Array) -> tuple[Array, Array]:
        """Variances m2/s2 along and across burns of sizes m/s, each of the shape of the sizes; 0 without a size."""
        burning = size_m_s > 0.0
        along = self.magnitude_fixed_m_s**2 + (self.magnitude_fraction * size_m_s) ** 2
        across = self.pointing_fixed_m_s**2 + (self.pointing_rad * size_m_s) ** 2
        return np.where(burning, along, 0.0), np.where(burning, across, 0.0)

    def covariance_m2_s2(self, delta_v_m_s: Array) -> Array:
        """The covariances (k, 3, 3) m2/s2 of velocity changes (k, 3) m/s, in the axes of the latter."""
        size = np.linalg.norm(delta_v_m_s, axis=1)
        safe = np.where(size > 0.0, size, 1.0)[:, None]
        along = (delta_v_m_s / safe)[:, :, None] * (delta_v_m_s / safe)[:, None, :]
        magnitude, pointing = self.variances_m2_s2(size)
        covariance = magnitude[:, None, None] * along + pointing[:, None, None] * (np.eye(3) - along)
        return np.asarray(np.where((size > 0.0)[:, None, None], covariance, 0.0))


NO_EXECUTION_ERROR = ExecutionError(0.0, 0.0, 0.0, 0.0, "burns executed exactly")
"""Burns executed exactly."""


class TransitionTable:
    """State transition matrices between any two times of one motion, along its RTN axes, by two-body motion and J2.

    One orbit with J2 is integrated from the motion's state at begin_s to end_s, s of run time, with its variational
    equations; axes are those of its state at either time, held fixed. (Matrices about the motion's own states would not
    belong to a single orbit, and errors along the track would change its energy.)

    Raises InputError if end_s is before begin_s, or the motion has no state at begin_s.
    """

    def __init__(self, motion: Motion, begin_s: float, end_s: float) -> None:
        if not end_s >= begin_s:
            raise InputError(f"end_s: expected {begin_s:g} s or later, got {end_s:g} s")
        state = motion.states(np.array([begin_s]))[0]
        if not np.isfinite(state).all():
            raise InputError(
                f"begin_s: expected a time at which the spacecraft has a state, got {begin_s:g} s of run time"
            )
        self._begin_s, self._end_s = begin_s, end_s
        initial = np.concatenate([state, np.eye(6).ravel()])

        def rates(_: float, y: Array) -> Array:
            change, turn = variational_rates(y[None, :6], y[6:].reshape(1, 6, 6))
            return np.concatenate([change[0], turn.ravel()])

        self._solution = scipy.integrate.solve_ivp(
            rates, (0.0, max(end_s - begin_s, 1.0)), initial, method="DOP853", rtol=_TOLERANCE, atol=_TOLERANCE,
            dense_output=True,
        ).sol  # fmt: skip

    def between(self, from_s: Array, to_s: Array) -> Array:
        """The matrices (k, 6, 6) in km, km/s from times (k,) to times (k,) s of run time, RTN to RTN.

        Raises InputError for times outside the table.
        """
        # Many burns have the same times.
        moments, place = np.unique(np.concatenate([from_s, to_s]), return_inverse=True)
        outside = (moments < self._begin_s - _SLACK_S) | (moments > self._end_s + _SLACK_S)
        if outside.any():
            raise InputError(
                f"from_s, to_s: expected {self._begin_s:g} to {self._end_s:g} s, got {moments[outside][0]:g} s"
            )
        flown = self._solution(moments - self._begin_s).T
        axes = np.zeros((moments.size, 6, 6))
        axes[:, :3, :3] = axes[:, 3:, 3:] = rtn_basis(flown[:, :3], flown[:, 3:6])
        whole = axes @ flown[:, 6:].reshape(-1, 6, 6)
        first, last = whole[place[: from_s.size]], whole[place[from_s.size :]]
        return np.asarray(last @ _symplectic_inverse(first))


def _symplectic_inverse(matrix: Array) -> Array:
    """The inverse of transition matrices (k, 6, 6) of motion in a potential, exact: -J M^T J."""
    out = np.empty_like(matrix)
    out[:, :3, :3] = np.swapaxes(matrix[:, 3:, 3:], 1, 2)
    out[:, 3:, 3:] = np.swapaxes(matrix[:, :3, :3], 1, 2)
    out[:, :3, 3:] = -np.swapaxes(matrix[:, :3, 3:], 1, 2)
    out[:, 3:, :3] = -np.swapaxes(matrix[:, 3:, :3], 1, 2)
    return out


def execution_covariance(
    transitions: TransitionTable, burns: Burns, error: ExecutionError, times_s: Array
) -> Array:
    """The covariances that k burns cause in the spacecraft's state at times (k,) s of run time.

    Parameters
    ----------
    transitions : TransitionTable
        Transitions of the spacecraft without a burn, covering the burns and the times.
    burns : Burns
        k burns.
    error : ExecutionError
        Of each of them.
    times_s : Array, shape (k,)
        One time per burn. Before the middle of the burn, the covariance is zero.

    Returns
    -------
    (k, 6, 6) km2, km2/s, km2/s2, along the spacecraft's RTN axes at those times, axes held fixed.
    """
    out = np.zeros((len(burns), 6, 6))
    middle = burns.time_s + 0.5 * burns.duration_s
    rows = np.flatnonzero((times_s >= middle) & (burns.size_m_s > 0.0))
    if rows.size == 0:
        return out
    gain = transitions.between(middle[rows], times_s[rows])[:, :, 3:]
    at_burn = 1e-6 * error.covariance_m2_s2(burns.delta_v_rtn_m_s[rows])
    product = gain @ at_burn @ np.swapaxes(gain, 1, 2)
    out[rows] = 0.5 * (product + np.swapaxes(product, 1, 2))
    return out
