"""The drag of a spacecraft, fitted to its own ephemeris.

The states of the longest arc, over at most two days, are fitted by an orbit with gravity to degree and order 10 and
drag in an exponential atmosphere: its state and the coefficient of drag, by Gauss-Newton with differences.
It matters for the difference that a burn makes in low orbits: a higher orbit has less drag.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array
from debrissim.ephemerides.interpolation import ArcTable
from debrissim.maneuvers.arc_motion import ArcMotion
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics, altitude_km, fastest_turn
from debrissim.maneuvers.kernels.differences import orbits_at_nodes
from debrissim.maneuvers.thrust import STEP_RAD

_LONGEST_S = 2.0 * 86400.0
_SHORTEST_S = 0.25 * 86400.0
_HIGHEST_KM = 1000.0
_ITERATIONS = 4
_STEPS = np.array([1e-2, 1e-2, 1e-2, 1e-5, 1e-5, 1e-5])


@dataclass(frozen=True)
class DragFit:
    """Fitted drag, and the root mean square of the distances that are left, km; NaN where nothing was fitted."""

    drag: Drag
    residual_km: float


def fit_drag(arcs: ArcTable, start: tuple[float, float]) -> DragFit:
    """Fit the drag of a spacecraft to its ephemeris.

    Parameters
    ----------
    arcs : ArcTable
        The arcs of its ephemeris.
    start : (float, float)
        Run time zero, UTC, as a split Julian date.

    Returns
    -------
    DragFit
        No drag above 1,000 km, if no arc lasts six hours, and if the fit is not of a drag (it may be below 0).
    """
    arc = int(np.argmax(arcs.end_s - arcs.begin_s))
    begin = float(arcs.begin_s[arc])
    span = min(float(arcs.end_s[arc]) - begin, _LONGEST_S)
    if span < _SHORTEST_S:
        return DragFit(NO_DRAG, np.nan)
    motion = ArcMotion(arcs)
    sample = motion.states(np.linspace(begin, begin + span, 200))
    if not np.isfinite(sample).all() or altitude_km(sample) > _HIGHEST_KM:
        return DragFit(NO_DRAG, np.nan)
    count = int(np.ceil(span * fastest_turn(sample) / STEP_RAD))
    times = begin + span / count * np.arange(count + 1)
    wanted = motion.states(np.minimum(times, begin + span))
    # Cd A/m of 0.01 m2/kg: an average satellite, from which the fit begins.
    drag, state = Drag.of(0.01, altitude_km(sample)), wanted[0].copy()
    for _ in range(_ITERATIONS):
        paths = _paths(state, drag, begin, span / count, count + 1, start)
        jacobian = np.stack(
            [*((paths[1 + k] - paths[0]) / step for k, step in enumerate(_STEPS)), paths[7] - paths[0]],
            axis=-1,
        ).reshape(-1, 7)
        residual = (wanted[:, :3] - paths[0]).ravel()
        scale = np.linalg.norm(jacobian, axis=0)
        change = np.linalg.lstsq(jacobian / scale, residual, rcond=None)[0] / scale
        state = state + change[:6]
        # The last column is the effect of a tenth more drag.
        drag = replace(drag, per_km=drag.per_km * (1.0 + 0.1 * float(change[6])))
        if not drag.per_km > 0.0:
            return DragFit(NO_DRAG, np.nan)
    left = wanted[:, :3] - _paths(state, drag, begin, span / count, count + 1, start)[0]
    return DragFit(drag, float(np.sqrt(np.mean(np.sum(left**2, axis=1)))))


def _paths(
    state: Array, drag: Drag, begin_s: float, step_s: float, count: int, start: tuple[float, float]
) -> Array:
    """Positions (8, n, 3) km: of a state (6,), of it shifted by each of _STEPS, and with a tenth more drag."""
    dynamics = Dynamics(start, True, drag)
    out = np.empty((8, count, 6))
    states = np.repeat(state[None], 7, axis=0)
    states[np.arange(1, 7), np.arange(6)] += _STEPS
    orbits_at_nodes(states, begin_s, step_s, dynamics.first_angle, True, drag.numbers, out[:7])
    more = replace(drag, per_km=1.1 * drag.per_km)
    orbits_at_nodes(state[None].copy(), begin_s, step_s, dynamics.first_angle, True, more.numbers, out[7:])
    return out[:, :, :3]
