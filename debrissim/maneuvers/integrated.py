"""Motion along an ephemeris, continued after burns by numerical integration of the difference that the burn makes.

With r(t) the trajectory without a burn (an operator's ephemeris, or the integrated state of a message) and r + d the
one after it,

    d'' = g(r + d) - g(r),

where g is gravity and drag in a model. What the model lacks is in r and cancels but for its change over the distance d.
So a burn of zero gives the ephemeris itself, and manoeuvres that the ephemeris contains are flown after the burn, too.

Steps are of fixed length, by DOP853; all burns share the nodes, where the trajectory without a burn is evaluated once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import ArcTable
from debrissim.maneuvers.arc_motion import ArcMotion
from debrissim.maneuvers.arcs_after import flights_after
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics, fastest_turn
from debrissim.maneuvers.element_sets import status_of_states
from debrissim.maneuvers.kernels.differences import NODES, STAGES, differences_at
from debrissim.maneuvers.motion import MotionStatus
from debrissim.maneuvers.thrust import STEP_RAD, states_after

_ROWS = 4096


@dataclass(frozen=True, eq=False)
class Nodes:
    """Nodes at zero_s + step_s n, and the stages of the N steps between them.

    states: (N, 12, 6) without a burn, km, km/s; pulls: (N, 12, 3) km/s^2; angles: (N, 12) rad.
    """

    zero_s: float
    step_s: float
    states: Array
    pulls: Array
    angles: Array


@dataclass(frozen=True, eq=False)
class IntegratedMotion:
    """Motion of a spacecraft along the arcs of its ephemeris, and after burns.

    arcs: the ephemeris; start: run time zero, UTC, split Julian date; drag: of the spacecraft; full: gravity to degree
    and order 10 instead of J2 to J4 for the difference; described: (1,) the spacecraft in a catalogue, if it has a row.
    """

    arcs: ArcTable
    start: tuple[float, float]
    drag: Drag = NO_DRAG
    full: bool = False
    described: Catalog | None = None

    @cached_property
    def without(self) -> ArcMotion:
        """The motion without a burn."""
        return ArcMotion(self.arcs)

    @cached_property
    def dynamics(self) -> Dynamics:
        """The forces on the difference."""
        return Dynamics(self.start, self.full, self.drag)

    @property
    def limits_s(self) -> tuple[float, float]:
        """(begin, end) s of run time, of the first and the last arc."""
        return self.without.limits_s

    @property
    def theory(self) -> str:
        """The theory in words."""
        return f"the ephemeris plus the difference that the burn makes, integrated with {self.dynamics.label}"

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where it has none."""
        return self.without.states(times_s)

    def after(self, burns: Burns) -> IntegratedManeuvers:
        """The trajectories after burns (k,)."""
        states, differences = states_after(self.states, self.dynamics, burns)
        return IntegratedManeuvers(self, burns, status_of_states(states), differences)

    @cached_property
    def nodes(self) -> Nodes:
        """The nodes, from the beginning of the ephemeris to its end."""
        begin, end = self.limits_s
        sample = self.states(self.arcs.node_s)
        sample = sample[np.isfinite(sample).all(axis=1)]
        count = max(int(np.ceil((end - begin) * fastest_turn(sample) / STEP_RAD)), 1)
        step = (end - begin) / count
        times = begin + step * (np.arange(count)[:, None] + NODES)
        states = self.states(np.minimum(times, end).ravel()).reshape(count, STAGES, 6)
        return Nodes(begin, step, states, self.dynamics.pulls(states, times), self.dynamics.angles(times))


@dataclass(eq=False)
class _Progress:
    """The latest nodes that trajectories (k,) have been integrated to, so that integration can be continued there."""

    begin_s: Array
    differences: Array
    first: Index
    own: Mask
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, eq=False)
class IntegratedManeuvers:
    """k trajectories, one after each burn: the ephemeris plus a difference.

    motion: that without a burn; status: (k,) `MotionStatus`; differences: (k, 6) km, km/s at the ends of the burns.
    """

    motion: IntegratedMotion
    burns: Burns
    status: NDArray[np.int8]
    differences: Array

    @cached_property
    def _progress(self) -> _Progress:
        return _Progress(*self._beginning(np.arange(len(self.burns))))

    def _beginning(self, rows: Index) -> tuple[Array, Array, Index, Mask]:
        nodes, end = self.motion.nodes, self.burns.end_s[rows]
        first = np.floor((end - nodes.zero_s) / nodes.step_s).astype(np.int64) + 1
        return end.copy(), self.differences[rows].copy(), first, np.ones(rows.size, dtype=np.bool_)

    def states_along(self, rows: Index, times_s: Array) -> Array:
        """(m, t, 6) km, km/s in TEME of date of trajectories (m,) at times (m, t) s of run time.

        Repeats of rows are allowed. Before the burn the state is that without it. Integration continues from where
        the last call began, so that times are best asked for in ascending order from call to call.
        """
        chosen, times = np.asarray(rows, dtype=np.int64), np.asarray(times_s, dtype=np.float64)
        states = self.motion.states(times.ravel()).reshape(*times.shape, 6)
        for begin in range(0, chosen.size, _ROWS):
            part = slice(begin, begin + _ROWS)
            states[part] += self._differences(chosen[part], times[part])
        burning = (times > self.burns.time_s[chosen, None]) & (times < self.burns.end_s[chosen, None])
        if burning.any():
            row = np.broadcast_to(chosen[:, None], times.shape)[burning]
            elapsed = times[burning] - self.burns.time_s[row]
            states[burning] = states_after(
                self.motion.states, self.motion.dynamics, self.burns[row], elapsed
            )[0]
        states[self.status[chosen] != MotionStatus.OK] = np.nan
        return np.asarray(states)

    def _differences(self, rows: Index, times_s: Array) -> Array:
        """(m, t, 6) km, km/s from the trajectory without a burn after the burns; 0 before their ends."""
        order = np.argsort(times_s, axis=1, kind="stable")
        times = np.ascontiguousarray(np.take_along_axis(times_s, order, axis=1))
        out = np.zeros((*times.shape, 6))
        moved = (self.status[rows] == MotionStatus.OK) & (self.burns.size_m_s[rows] > 0.0)
        active = np.flatnonzero(moved & (times[:, -1:] >= self.burns.end_s[rows, None]).all(axis=1))
        if active.size == 0 or times.shape[1] == 0:
            return out
        progress, row = self._progress, rows[active]
        own_times = times[active]
        with progress.lock:
            begin, y = progress.begin_s[row], progress.differences[row]
            first, own = progress.first[row], progress.own[row]
        after_end = np.where(own_times >= self.burns.end_s[row, None], own_times, np.inf)
        again = np.flatnonzero(after_end.min(axis=1) < begin)
        begin[again], y[again], first[again], own[again] = self._beginning(row[again])
        found = np.empty((*own_times.shape, 6))
        nodes, dynamics = self.motion.nodes, self.motion.dynamics
        differences_at(
            begin, y, first, own, *self._own_stages(begin, first, own), nodes.zero_s, nodes.step_s, nodes.states,
            nodes.pulls, dynamics.full, nodes.angles, dynamics.drag.numbers, own_times, found,
        )  # fmt: skip
        with progress.lock:
            progress.begin_s[row], progress.differences[row] = begin, y
            progress.first[row], progress.own[row] = first, own
        result = np.empty_like(found)
        np.put_along_axis(result, order[active, :, None], found, axis=1)
        out[active] = result
        return out

    def _own_stages(self, begin_s: Array, first: Index, own: Mask) -> tuple[Array, Array, Array]:
        """States (m, 12, 6), pulls (m, 12, 3) and angles (m, 12) of the steps from the ends of burns to the nodes."""
        nodes, dynamics = self.motion.nodes, self.motion.dynamics
        states, pulls = np.zeros((begin_s.size, STAGES, 6)), np.zeros((begin_s.size, STAGES, 3))
        step = nodes.zero_s + nodes.step_s * first - begin_s
        times = begin_s[:, None] + step[:, None] * NODES
        if own.any():
            end = self.motion.limits_s[1]
            states[own] = self.motion.states(np.minimum(times[own], end).ravel()).reshape(-1, STAGES, 6)
            pulls[own] = dynamics.pulls(states[own], times[own])
        return states, pulls, dynamics.angles(times)

    def flights(self, rows: Index, end_s: float) -> Flights:
        """The arcs of trajectories (m,), from the ends of their burns to end_s or the end of the ephemeris.

        `row` of the result is the place in `rows`: a trajectory has as many arcs as the ephemeris has in that time, one
        unless it contains manoeuvres or gaps. Raises InputError for a trajectory that is not OK, or that has no arc.
        """
        return flights_after(self, np.asarray(rows, dtype=np.int64), float(end_s))
