"""Motion of a spacecraft for which a single state is known, as in a conjunction message: integrated both ways from it.

The state is at the closest approach, and most burns are before it. The trajectory without a burn is integrated
backwards from there with the same forces as the trajectory after a burn is integrated forwards, so that missing forces
cancel, except for their change over the distance between the two.

Assumptions
- Gravity of EGM96 to degree and order 10, drag where it is known; no Sun, Moon or light pressure. Beyond the closest
  approach the motion is off by the effect of these forces: an ephemeris is better for that part.
"""

from __future__ import annotations

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.interpolation import ArcTable
from debrissim.maneuvers.arcs_after import arc_through
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics, fastest_turn
from debrissim.maneuvers.element_sets import status_of_states
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.kernels.differences import orbits_at_nodes
from debrissim.maneuvers.motion import MotionStatus
from debrissim.maneuvers.thrust import STEP_RAD
from debrissim.propagation.element_conversions import perigee_radius_km


def integrated_from_state(
    state: Array,
    time_s: float,
    limits_s: tuple[float, float],
    start: tuple[float, float],
    *,
    drag: Drag = NO_DRAG,
    described: Catalog | None = None,
) -> IntegratedMotion:
    """Make the motion of a spacecraft through one state.

    Parameters
    ----------
    state : Array, shape (6,)
        km, km/s, TEME of date.
    time_s : float
        Run time of the state in s.
    limits_s : (float, float)
        Run times in s between which the motion is needed; the time of the state must be inside or at an end.
    start : (float, float)
        Run time zero, UTC, as a split Julian date.
    drag : Drag
        Drag of the spacecraft.
    described : Catalog, optional
        The spacecraft in a catalogue, one row.

    Returns
    -------
    IntegratedMotion
        The bound of its arc covers interpolation relative to these forces, not to the truth.

    Raises
    ------
    InputError
        If the time is not within the limits, or the state is not of an orbit above the ground.
    """
    at = np.asarray(state, dtype=np.float64)
    begin, end = limits_s
    if at.shape != (6,) or not np.isfinite(at).all():
        raise InputError("state: expected six finite numbers, km and km/s")
    if not (np.isfinite([begin, end]).all() and begin <= time_s <= end and begin < end):
        raise InputError(
            f"limits_s: expected a span with the state at {time_s:g} s, got {begin:g} to {end:g}"
        )
    if status_of_states(at[None])[0] != MotionStatus.OK:
        raise InputError("state: expected an orbit around the Earth above the ground, got one that is not")
    dynamics = Dynamics(start, True, drag)
    parts = [_part(at, time_s, limit - time_s, dynamics) for limit in (begin, end)]
    # The state itself is in both parts.
    times = np.concatenate([parts[0][0][:0:-1], parts[1][0]])
    states = np.concatenate([parts[0][1][:0:-1], parts[1][1]])
    origin = f"one state, integrated both ways with {dynamics.label},"
    return IntegratedMotion(_arcs(times, states, dynamics), start, described=described, origin=origin)


def _arcs(times_s: Array, states: Array, dynamics: Dynamics) -> ArcTable:
    lowest = int(np.argmin(np.linalg.norm(states[:, :3], axis=1)))
    if not np.isfinite(states).all() or status_of_states(states[lowest][None])[0] != MotionStatus.OK:
        raise InputError("state: expected an orbit that stays above the ground, got one that does not")
    return arc_through(times_s, states, dynamics.full, dynamics.first_angle, 0.0)


def _part(state: Array, time_s: float, span_s: float, dynamics: Dynamics) -> tuple[Array, Array]:
    """Times (n,) and states (n, 6) from a state on, over span_s, which may be negative; at least the state itself."""
    # An angular rate that holds at the perigee of any ellipse through the state.
    period_part = max(abs(span_s) * _fastest(state) / STEP_RAD, 1.0 if span_s else 0.0)
    count = int(np.ceil(period_part))
    step = span_s / count if count else 0.0
    out = np.empty((1, count + 1, 6))
    orbits_at_nodes(
        state[None].copy(), time_s, step, dynamics.first_angle, dynamics.full, dynamics.drag.numbers, out
    )
    # The last time is the limit itself, without a rounding error.
    return np.linspace(time_s, time_s + span_s, count + 1), np.asarray(out[0])


def _fastest(state: Array) -> float:
    """Angular rate at the perigee of the orbit of a state (6,), rad/s."""
    rate = fastest_turn(state[None])
    perigee = float(perigee_radius_km(state[None, :3], state[None, 3:])[0])
    return max(rate, rate * float(state[:3] @ state[:3]) / perigee**2)
