"""The orbit of the integration that follows an ephemeris, and the transfer of differences from one to the other.

The orbit is fitted to the ephemeris leg by leg: a leg ends at a manoeuvre or gap of the ephemeris, and after at most 16
days. All legs share nodes one step apart.

At a manoeuvre of the ephemeris, the difference in position remains, and the difference in velocity changes because the
axes R, T, N of the displaced spacecraft differ from those of the ephemeris: the manoeuvre is flown along its own axes.
Legs change at the nearest node; between that node and the manoeuvre, differences propagate by two-body motion. An error
of a metre along R matters, because the difference drifts with it.

Elsewhere, a difference d from one orbit is carried over to another along the axes R, T, N of both: position by the
rotation M between them, velocity by M and its rate. The axes turn at |r x v| / r^2 about N, and at r a_N / |r x v|
about R, where a_N is the acceleration along N.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.ephemerides.interpolation import ArcTable, arc_states, join_arcs
from debrissim.maneuvers.arc_motion import ArcMotion
from debrissim.maneuvers.arcs_after import arc_through
from debrissim.maneuvers.dynamics import Drag, Dynamics, fastest_turn
from debrissim.maneuvers.kernels.differences import NODES, STAGES
from debrissim.maneuvers.orbit_fit import first_drag, fit_orbit
from debrissim.maneuvers.thrust import STEP_RAD
from debrissim.propagation.conics import state_transition
from debrissim.propagation.frames import rtn_basis

_LONGEST_S = 16.0 * 86400.0
_FEWEST_STEPS = 6
_TOUCHING_S = 1.0


@dataclass(frozen=True, eq=False)
class ModelOrbit:
    """Nodes at zero_s + step_s n, and the N steps between them.

    dynamics: the forces, with the drag; arcs: one per leg, without states if no orbit could be fitted; leg: (N,) the
    leg of each step; states: (N, 12, 6) km, km/s at the stages of each step; pulls: (N, 12, 3) km/s^2; angles: (N, 12)
    rad; turns: (N, 6, 6) transfer from the leg of the previous step to that of each step; residual_km: root mean square
    distance from the ephemeris, the largest over the legs.
    """

    dynamics: Dynamics
    zero_s: float
    step_s: float
    arcs: ArcTable
    leg: Index
    states: Array
    pulls: Array
    angles: Array
    turns: Array
    residual_km: float

    def states_at(self, times_s: Array) -> Array:
        """(t, 6) km, km/s at times (t,) s; NaN outside the nodes and where there is no orbit."""
        step = np.floor((times_s - self.zero_s) / self.step_s)
        return self.states_in(np.clip(step, 0, self.leg.size - 1).astype(np.int64), times_s)

    def states_in(self, steps: Index, times_s: Array) -> Array:
        """(t, 6) km, km/s at times (t,) s of the legs of steps (t,)."""
        _, positions, velocities = arc_states(self.arcs, self.leg[steps], times_s[:, None])
        return np.concatenate([positions[:, 0], velocities[:, 0]], axis=1)


def model_orbit(motion: ArcMotion, start: tuple[float, float], full: bool, drag: Drag | None) -> ModelOrbit:
    """Fit the orbit to an ephemeris.

    Parameters
    ----------
    motion : ArcMotion
        The ephemeris.
    start : (float, float)
        Run time zero, UTC, as a split Julian date.
    full : bool
        Gravity to degree and order 10 instead of J2 to J4.
    drag : Drag, optional
        The drag; by default fitted to the longest leg.
    """
    begin, end = motion.limits_s
    sample = motion.states(motion.arcs.node_s)
    sample = sample[np.isfinite(sample).all(axis=1)]
    count = max(int(np.ceil((end - begin) * fastest_turn(sample) / STEP_RAD)), 1)
    step = (end - begin) / count
    wanted = motion.states(np.minimum(begin + step * np.arange(count + 1), end))
    breaks_s, jumps = _breaks(motion.arcs)
    bounds = _leg_bounds(breaks_s, begin, step, count)
    later_s, changes = _jumps_at(bounds[1:-1], breaks_s, jumps, begin, step)
    dynamics = Dynamics(start, full, first_drag(sample) if drag is None else drag)
    longest = int(np.argmax(np.diff(bounds)))
    if drag is None:
        rows = slice(bounds[longest], bounds[longest + 1] + 1)
        fit = fit_orbit(wanted[rows], begin + step * bounds[longest], step, dynamics, with_drag=True)
        dynamics = replace(dynamics, drag=dynamics.drag if fit is None else fit.drag)
    tables, residual = [], 0.0
    manoeuvred = np.asarray(changes.any(axis=1))
    for place, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        times = begin + step * np.arange(first, last + 1)
        own = wanted[first : last + 1].copy()
        # The node that two legs share is on one side of the manoeuvre between them.
        if place > 0 and manoeuvred[place - 1] and later_s[place - 1] > 0.0:
            own[0] = np.nan
        if place < manoeuvred.size and manoeuvred[place] and later_s[place] <= 0.0:
            own[-1] = np.nan
        fit = fit_orbit(own, float(times[0]), step, dynamics, with_drag=False)
        states = np.full((times.size, 6), np.nan) if fit is None else fit.states
        residual = residual if fit is None else max(residual, fit.residual_km)
        tables.append(arc_through(times, states, full, dynamics.first_angle, 0.0))
    leg = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    nothing = np.zeros((count, STAGES))
    orbit = ModelOrbit(
        dynamics,
        begin,
        step,
        join_arcs(tables),
        leg,
        np.empty(0),
        np.empty(0),
        nothing,
        np.empty(0),
        residual,
    )
    times = begin + step * (np.arange(count)[:, None] + NODES)
    low, high = orbit.arcs.begin_s[leg][:, None], orbit.arcs.end_s[leg][:, None]
    of_step = np.repeat(np.arange(count), STAGES)
    states = orbit.states_in(of_step, np.clip(times, low, high).ravel()).reshape(count, STAGES, 6)
    return replace(
        orbit,
        states=states,
        pulls=dynamics.pulls(states, times),
        angles=dynamics.angles(times),
        turns=_turns(states, leg, times[:, 0], dynamics, later_s, changes),
    )


def _breaks(arcs: ArcTable) -> tuple[Array, Array]:
    """The moments (b,) s at which an ephemeris is not smooth, and its changes of velocity (b, 3) km/s at them.

    These are manoeuvres, gaps and new segments; the change is 0 over a gap, where it is unknown.
    """
    order = np.argsort(arcs.begin_s, kind="stable")
    places = np.flatnonzero(np.diff(arcs.segment[order]))
    before, after = order[places], order[places + 1]
    ends = arc_states(arcs, before, arcs.end_s[before, None])[2][:, 0]
    begins = arc_states(arcs, after, arcs.begin_s[after, None])[2][:, 0]
    touching = np.abs(arcs.begin_s[after] - arcs.end_s[before]) <= _TOUCHING_S
    moments = [cut.moment_s for cut in arcs.cuts] + [0.5 * (gap.begin_s + gap.end_s) for gap in arcs.gaps]
    jumps = [cut.delta_v_km_s for cut in arcs.cuts] + [(0.0, 0.0, 0.0) for _ in arcs.gaps]
    return (
        np.concatenate([moments, arcs.begin_s[after]]),
        np.concatenate([np.array(jumps).reshape(-1, 3), np.where(touching[:, None], begins - ends, 0.0)]),
    )


def _leg_bounds(breaks_s: Array, begin_s: float, step_s: float, count: int) -> Index:
    """Nodes (l + 1,) at which the l legs begin and end."""
    nodes = np.rint((breaks_s - begin_s) / step_s).astype(np.int64)
    bounds = [0]
    for node in [*np.unique(nodes).tolist(), count]:
        if node - bounds[-1] < _FEWEST_STEPS and node != count:
            continue
        if count - node < _FEWEST_STEPS and node != count:
            continue
        parts = max(int(np.ceil((node - bounds[-1]) * step_s / _LONGEST_S)), 1)
        if node > bounds[-1]:
            bounds += np.unique(np.rint(np.linspace(bounds[-1], node, parts + 1)).astype(np.int64))[
                1:
            ].tolist()
    return np.array(bounds, dtype=np.int64)


def _jumps_at(
    nodes: Index, breaks_s: Array, jumps: Array, begin_s: float, step_s: float
) -> tuple[Array, Array]:
    """For nodes (n,) between legs: how much later the breaks (b,) are for which each is the nearest node, (n,) s, and
    their changes of velocity (n, 3) km/s.
    """
    later, total = np.zeros(nodes.size), np.zeros((nodes.size, 3))
    place = (breaks_s - begin_s) / step_s
    for at in range(nodes.size):
        own = np.flatnonzero(np.argmin(np.abs(place[:, None] - nodes), axis=1) == at)
        size = np.linalg.norm(jumps[own], axis=1)
        if size.any():
            later[at] = np.average(place[own] - nodes[at], weights=size) * step_s
            total[at] = jumps[own].sum(axis=0)
    return later, total


def _turns(
    states: Array, leg: Index, node_s: Array, dynamics: Dynamics, later_s: Array, jumps: Array
) -> Array:
    """(N, 6, 6) transfers at the beginnings of steps, node_s (N,); states (N, 12, 6) at their stages.

    later_s: (l - 1,) s by which the manoeuvres between the l legs are later than the nodes there. jumps: (l - 1, 3)
    km/s, their changes of velocity.
    """
    turns = np.broadcast_to(np.eye(6), (leg.size, 6, 6)).copy()
    changed = np.flatnonzero(np.diff(leg)) + 1
    known = np.isfinite(states[changed - 1, -1]).all(axis=1) & np.isfinite(states[changed, 0]).all(axis=1)
    turns[changed[~known]] = np.nan
    changed, later_s, jumps = changed[known], later_s[known], jumps[known]
    pushed, to_moment = state_transition(states[changed - 1, -1], later_s)
    over = _along_own_axes(pushed, jumps)
    pushed[:, 3:] += jumps
    back, to_node = state_transition(pushed, -later_s)
    new, times = states[changed, 0], node_s[changed]
    onto_leg = transfer(back, new, dynamics.pulls(back, times), dynamics.pulls(new, times))
    turns[changed] = onto_leg @ to_node @ over @ to_moment
    return turns


def _along_own_axes(states: Array, jumps: Array) -> Array:
    """(m, 6, 6) matrices that carry differences across changes of velocity (m, 3) km/s along R, T, N of each
    spacecraft.

    states: (m, 6), of the trajectory relative to which the differences are taken, before the change. For differences d
    and w of position and velocity the axes turn by d_T / r about N, by -d_N / r about T, and by (r w_N - v_R d_N) / |r
    x v| about R.
    """
    position, velocity = states[:, :3], states[:, 3:]
    r, t, n = np.moveaxis(rtn_basis(position, velocity), 1, 0)
    radius = np.linalg.norm(position, axis=1)[:, None]
    momentum = np.linalg.norm(np.cross(position, velocity), axis=1)[:, None]
    climb = np.einsum("mi,mi->m", velocity, r)[:, None]
    by_position = [-climb / momentum * n, -n / radius, t / radius]
    by_velocity = [radius / momentum * n, 0.0 * n, 0.0 * n]
    out = np.broadcast_to(np.eye(6), (len(states), 6, 6)).copy()
    for columns, angles in ((slice(0, 3), by_position), (slice(3, 6), by_velocity)):
        # The change itself turns with the axes.
        for axis, angle in zip((r, t, n), angles, strict=True):
            out[:, 3:, columns] += np.cross(axis, jumps)[:, :, None] * angle[:, None, :]
    return out


def transfer(old: Array, new: Array, old_pull: Array, new_pull: Array) -> Array:
    """(m, 6, 6) matrices that carry a difference from orbits with states (m, 6) over to others with states (m, 6).

    old_pull, new_pull: (m, 3) km/s^2, their accelerations.
    """
    out = np.full((old.shape[0], 6, 6), np.nan)
    known = np.flatnonzero(np.isfinite(old).all(axis=1) & np.isfinite(new).all(axis=1))
    first, first_rate = _basis_and_rate(old[known], old_pull[known])
    last, last_rate = _basis_and_rate(new[known], new_pull[known])
    turn = np.einsum("mji,mjk->mik", last, first)
    rate = np.einsum("mji,mjk->mik", last_rate, first) + np.einsum("mji,mjk->mik", last, first_rate)
    out[known, :3, :3] = out[known, 3:, 3:] = turn
    out[known, :3, 3:] = 0.0
    out[known, 3:, :3] = rate
    return out


def _basis_and_rate(states: Array, pull: Array) -> tuple[Array, Array]:
    """R, T, N in the rows (m, 3, 3) of states (m, 6) with accelerations (m, 3), and their rates."""
    basis = rtn_basis(states[:, :3], states[:, 3:])
    momentum = np.linalg.norm(np.cross(states[:, :3], states[:, 3:]), axis=1)
    radius = np.linalg.norm(states[:, :3], axis=1)
    about_n = (momentum / radius**2)[:, None]
    about_r = (radius * np.einsum("mi,mi->m", pull, basis[:, 2]) / momentum)[:, None]
    rates = [
        about_n * basis[:, 1],
        about_r * basis[:, 2] - about_n * basis[:, 0],
        -about_r * basis[:, 1],
    ]
    return basis, np.stack(rates, axis=1)
