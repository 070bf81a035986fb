"""An integrated orbit fitted to a trajectory: its initial state, and its drag coefficient.

The fit is by Gauss-Newton with differences, at the nodes of the integration, with the gravity and drag of `dynamics`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics, altitude_km
from debrissim.maneuvers.kernels.differences import orbits_at_nodes
from debrissim.propagation.two_body import propagate

_HIGHEST_KM = 1000.0
_SHORTEST_S = 0.25 * 86400.0
_ITERATIONS = 4
_STEPS = np.array([1e-2, 1e-2, 1e-2, 1e-5, 1e-5, 1e-5])
_FEWEST = 3


@dataclass(frozen=True, eq=False)
class OrbitFit:
    """An orbit at its nodes: states (n, 6) km, km/s; its drag; residual_km: remaining root mean square distance."""

    states: Array
    drag: Drag
    residual_km: float


def first_drag(states: Array) -> Drag:
    """Drag of an average satellite (Cd A/m 0.01 m2/kg), zero above 1,000 km, from which a fit starts. states: (m,
    6)."""
    low = altitude_km(states)
    return Drag.of(0.01, low) if low < _HIGHEST_KM else NO_DRAG


def fit_orbit(
    wanted: Array, begin_s: float, step_s: float, dynamics: Dynamics, *, with_drag: bool
) -> OrbitFit | None:
    """Fit an orbit.

    Parameters
    ----------
    wanted : Array, shape (n, 6)
        The trajectory at nodes `step_s` apart starting at `begin_s`, km, km/s; NaN where it has no state.
    begin_s, step_s : float
        Run time of the first node, and the time between two, in s.
    dynamics : Dynamics
        Forces, with the drag or its initial value.
    with_drag : bool
        Whether to fit the drag as well, if the nodes span six hours or more and the drag is above 0.

    Returns
    -------
    OrbitFit or None
        None if there are fewer than three states.
    """
    known = np.flatnonzero(np.isfinite(wanted).all(axis=1))
    if known.size < _FEWEST:
        return None
    count = len(wanted)
    state = wanted[known[0]].copy()
    if known[0] > 0:
        state = propagate(state[None], -step_s * float(known[0]), mu_km3_s2=WGS72_MU_KM3_S2)[0]
    drag = dynamics.drag
    fitted = with_drag and drag.per_km > 0.0 and (known[-1] - known[0]) * step_s >= _SHORTEST_S
    for _ in range(_ITERATIONS):
        paths = _paths(state, replace(dynamics, drag=drag), begin_s, step_s, count)[:, known, :3]
        columns = [(paths[1 + k] - paths[0]) / shift for k, shift in enumerate(_STEPS)]
        if fitted:
            columns.append(paths[7] - paths[0])
        jacobian = np.stack(columns, axis=-1).reshape(-1, len(columns))
        scale = np.linalg.norm(jacobian, axis=0)
        residual = (wanted[known, :3] - paths[0]).ravel()
        change = np.linalg.lstsq(jacobian / scale, residual, rcond=None)[0] / scale
        state = state + change[:6]
        if fitted:
            # The last column is the effect of increasing drag by a tenth.
            per_km = drag.per_km * (1.0 + 0.1 * float(change[6]))
            fitted = per_km > 0.0
            drag = replace(drag, per_km=per_km) if fitted else NO_DRAG
    states = _paths(state, replace(dynamics, drag=drag), begin_s, step_s, count)[0]
    left = wanted[known, :3] - states[known, :3]
    return OrbitFit(states, drag, float(np.sqrt(np.mean(np.sum(left**2, axis=1)))))


def _paths(state: Array, dynamics: Dynamics, begin_s: float, step_s: float, count: int) -> Array:
    """States (8, n, 6): from a state (6,), from the state shifted by each of _STEPS, and with drag increased by a
    tenth."""
    out = np.empty((8, count, 6))
    states = np.repeat(state[None], 8, axis=0)
    states[np.arange(1, 7), np.arange(6)] += _STEPS
    more = replace(dynamics.drag, per_km=1.1 * dynamics.drag.per_km)
    for rows, drag in ((slice(0, 7), dynamics.drag), (slice(7, 8), more)):
        orbits_at_nodes(
            states[rows], begin_s, step_s, dynamics.first_angle, dynamics.full, drag.numbers, out[rows]
        )
    return out
