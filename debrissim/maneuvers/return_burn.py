"""The return burn to the old orbit, and its cost.

A whole number of revolutions after an impulse, the new orbit returns to the place of the burn, where it crosses the old
one (in two-body motion; with J2 and drag it passes within a small distance, which is neglected). An impulse there that
gives the spacecraft the velocity of the old orbit at that place ends the manoeuvre: orbit and period are the old ones,
and the spacecraft is early or late by the time gained. The first such place half a revolution or more after the closest
approach is used.

Assumption
- The trajectory after the return burn is not screened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.core.rows import Rows
from debrissim.maneuvers.approach import period_s
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.motion import ManeuverableMotion, ManeuveredMotion, MotionStatus
from debrissim.propagation.frames import rtn_basis

# The old trajectory passes the place of the burn within this fraction of a revolution of the new one.
_SEARCH_PART = 0.25


@dataclass(frozen=True, eq=False)
class ReturnBurns(Rows):
    """One return burn for each of k burns; NaN if it is not possible before the end of the span.

    | column          | shape  | unit, frame                                                                     |
    |-----------------|--------|---------------------------------------------------------------------------------|
    | time_s          | (k,)   | s of run time                                                                   |
    | delta_v_rtn_m_s | (k, 3) | m/s, along the RTN axes of the spacecraft before the return burn                |
    | cost_m_s        | (k,)   | m/s, size of both burns together                                                |
    | remaining_km    | (k,)   | km, distance from the trajectory without burns at the end of the span           |
    """

    time_s: Array
    delta_v_rtn_m_s: Array
    cost_m_s: Array
    remaining_km: Array


def return_burns(spacecraft: ManeuverableMotion, burns: Burns, tca_s: float, end_s: float) -> ReturnBurns:
    """Find the return burns.

    Parameters
    ----------
    spacecraft : ManeuverableMotion
        The spacecraft.
    burns : Burns
        k burns.
    tca_s, end_s : float
        Closest approach that the burns avoid, and end of the span, s of run time.
    """
    after = spacecraft.after(burns)
    rows = [_one(spacecraft, after, k, tca_s, end_s) for k in range(len(burns))]
    columns = [np.array(values, dtype=np.float64) for values in zip(*rows, strict=True)]
    if not columns:
        return ReturnBurns(np.empty(0), np.empty((0, 3)), np.empty(0), np.empty(0))
    return ReturnBurns(columns[0], columns[1].reshape(-1, 3), columns[2], columns[3])


def _one(
    spacecraft: ManeuverableMotion, after: ManeuveredMotion, row: int, tca_s: float, end_s: float
) -> tuple[float, Array, float, float]:
    nothing = np.nan, np.full(3, np.nan), np.nan, np.nan
    burn = after.burns[np.array([row])]
    middle = float(0.5 * (burn.time_s[0] + burn.end_s[0]))
    if after.status[row] != MotionStatus.OK:
        return nothing
    period = period_s(spacecraft, float(burn.time_s[0]))

    def flown(time_s: float) -> Array:
        states: Array = after.states_along(np.array([row]), np.array([[time_s]]))[0, 0]
        return states

    # The period of the new orbit, from its state after the burn.
    period *= _period_ratio(spacecraft, flown, float(burn.end_s[0]))
    turns = np.ceil((tca_s + 0.5 * period - middle) / period)
    time = middle + turns * period
    if time >= end_s:
        return nothing
    state = flown(time)
    reach = _SEARCH_PART * period

    def apart(shift: float) -> float:
        other = spacecraft.states(np.array([time + shift]))[0]
        distance = float(np.linalg.norm(other[:3] - state[:3]))
        return distance if np.isfinite(distance) else 1e9

    found = scipy.optimize.minimize_scalar(
        apart, bounds=(-reach, reach), method="bounded", options={"xatol": 1e-6}
    )
    shift = float(found.x)
    old = spacecraft.states(np.array([time + shift]))[0]
    ends = spacecraft.states(np.array([end_s, min(end_s + shift, spacecraft.limits_s[1])]))
    if not (np.isfinite(state).all() and np.isfinite(old).all()):
        return nothing
    basis = rtn_basis(state[None, :3], state[None, 3:])[0]
    change = 1000.0 * basis @ (old[3:] - state[3:])
    cost = float(burn.size_m_s[0] + np.linalg.norm(change))
    return time, change, cost, float(np.linalg.norm(ends[1, :3] - ends[0, :3]))


def _period_ratio(spacecraft: ManeuverableMotion, flown: Callable[[float], Array], time_s: float) -> float:
    """Ratio of the period of the two-body orbit after the burn to that without it."""
    axes = []
    for state in (flown(time_s), spacecraft.states(np.array([time_s]))[0]):
        axes.append(1.0 / (2.0 / np.linalg.norm(state[:3]) - np.sum(state[3:] ** 2) / WGS72_MU_KM3_S2))
    return float((axes[0] / axes[1]) ** 1.5)
