"""Motion along an ephemeris, continued after burns by numerical integration of the difference that the burn causes.

With r(t) an orbit in a model of gravity and drag that follows the trajectory without a burn (an operator's ephemeris,
or the integrated state of a message; see `model_orbit`), and r + d the orbit after it,

    d'' = g(r + d) - g(r).

The difference d is added to the ephemeris along the axes R, T, N of both. A burn of zero therefore gives the ephemeris
itself, and manoeuvres that the ephemeris contains are also applied after the burn. Differences from the ephemeris
itself would not be accurate: its mean motion differs by a millionth from that of an orbit of the model through the same
state, and the difference would drift by a per cent in three days.

The integration uses DOP853 with steps of fixed length; all burns share the nodes, where the trajectory without a burn
is evaluated once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
from debrissim.maneuvers.dynamics import Drag
from debrissim.maneuvers.element_sets import status_of_states
from debrissim.maneuvers.kernels.differences import NODES, STAGES, differences_at
from debrissim.maneuvers.model_orbit import ModelOrbit, model_orbit, transfer
from debrissim.maneuvers.motion import MotionStatus
from debrissim.maneuvers.thrust import states_after

_ROWS = 4096
_SHORTEST_S = 1e-6


@dataclass(frozen=True, eq=False)
class IntegratedMotion:
    """Motion of a spacecraft along the arcs of its ephemeris, and after burns.

    arcs: the ephemeris; start: run time zero, UTC, split Julian date; drag: drag of the spacecraft, by default fitted
    to the ephemeris; full: gravity to degree and order 10 instead of J2 to J4 for the difference; described: (1,) the
    spacecraft in a catalogue, if it has a row; origin: origin of the arcs in words.
    """

    arcs: ArcTable
    start: tuple[float, float]
    drag: Drag | None = None
    full: bool = False
    described: Catalog | None = None
    origin: str = "the ephemeris"

    @cached_property
    def without(self) -> ArcMotion:
        """The motion without a burn."""
        return ArcMotion(self.arcs)

    @cached_property
    def orbit(self) -> ModelOrbit:
        """The orbit of the model that follows the ephemeris."""
        return model_orbit(self.without, self.start, self.full, self.drag)

    @property
    def limits_s(self) -> tuple[float, float]:
        """(begin, end) s of run time, of the first and the last arc."""
        return self.without.limits_s

    @property
    def theory(self) -> str:
        """The theory in words."""
        return f"{self.origin} plus the difference that the burn makes, integrated with {self.orbit.dynamics.label}"

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where there is no state."""
        return self.without.states(times_s)

    def after(self, burns: Burns) -> IntegratedManeuvers:
        """The trajectories after burns (k,)."""
        orbit = self.orbit
        _, differences = states_after(orbit.states_at, orbit.dynamics, burns)
        states = self.states(burns.end_s) + self.transferred(burns.end_s, differences)
        return IntegratedManeuvers(self, burns, status_of_states(states), differences)

    def transferred(self, times_s: Array, differences: Array) -> Array:
        """Differences (t, 6) from the orbit of the model at times (t,), carried over to the ephemeris."""
        out = np.where(np.isnan(differences), np.nan, 0.0)
        # A zero velocity change causes no difference, even where there is no orbit.
        rows = np.flatnonzero((differences != 0.0).any(axis=1))
        times = times_s[rows]
        model, own = self.orbit.states_at(times), self.states(times)
        # Needed only for the rates of the axes, to which the tesseral harmonics contribute.
        true = replace(self.orbit.dynamics, full=True)
        matrices = transfer(model, own, self.orbit.dynamics.pulls(model, times), true.pulls(own, times))
        out[rows] = np.einsum("mij,mj->mi", matrices, differences[rows])
        return out


@dataclass(eq=False)
class _Progress:
    """The latest nodes to which trajectories (k,) have been integrated, from which integration can continue."""

    begin_s: Array
    differences: Array
    first: Index
    own: Mask
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, eq=False)
class IntegratedManeuvers:
    """k trajectories, one after each burn: the ephemeris plus a difference.

    motion: the motion without a burn; status: (k,) `MotionStatus`; differences: (k, 6) km, km/s from the
    orbit of the model at the ends of the burns.
    """

    motion: IntegratedMotion
    burns: Burns
    status: NDArray[np.int8]
    differences: Array

    @cached_property
    def _progress(self) -> _Progress:
        return _Progress(*self._beginning(np.arange(len(self.burns))))

    def _beginning(self, rows: Index) -> tuple[Array, Array, Index, Mask]:
        orbit, end = self.motion.orbit, self.burns.end_s[rows]
        first = np.floor((end - orbit.zero_s) / orbit.step_s).astype(np.int64) + 1
        # After a burn that ends at a node, integration begins there and not with a step of zero length.
        first[orbit.zero_s + orbit.step_s * first <= end + _SHORTEST_S] += 1
        return end.copy(), self.differences[rows].copy(), first, np.ones(rows.size, dtype=np.bool_)

    def states_along(self, rows: Index, times_s: Array) -> Array:
        """(m, t, 6) km, km/s in TEME of date of trajectories (m,) at times (m, t) s of run time.

        Rows may be repeated. Before the burn, the state is the one without it. Integration continues from where the
        last call began, so times should be requested in ascending order from call to call.
        """
        chosen, times = np.asarray(rows, dtype=np.int64), np.asarray(times_s, dtype=np.float64)
        states = self.motion.states(times.ravel()).reshape(*times.shape, 6)
        for begin in range(0, chosen.size, _ROWS):
            part = slice(begin, begin + _ROWS)
            found = self._differences(chosen[part], times[part])
            moved = self.motion.transferred(times[part].ravel(), found.reshape(-1, 6))
            states[part] += moved.reshape(found.shape)
        burning = (times > self.burns.time_s[chosen, None]) & (times < self.burns.end_s[chosen, None])
        if burning.any():
            row = np.broadcast_to(chosen[:, None], times.shape)[burning]
            elapsed = times[burning] - self.burns.time_s[row]
            orbit = self.motion.orbit
            _, found = states_after(orbit.states_at, orbit.dynamics, self.burns[row], elapsed)
            states[burning] += self.motion.transferred(times[burning], found)
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
        orbit = self.motion.orbit
        differences_at(
            begin, y, first, own, *self._own_stages(begin, first, own), orbit.zero_s, orbit.step_s, orbit.states,
            orbit.pulls, orbit.angles, orbit.turns, orbit.dynamics.full, orbit.dynamics.drag.numbers, own_times, found,
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
        orbit = self.motion.orbit
        states, pulls = np.zeros((begin_s.size, STAGES, 6)), np.zeros((begin_s.size, STAGES, 3))
        step = orbit.zero_s + orbit.step_s * first - begin_s
        times = begin_s[:, None] + step[:, None] * NODES
        if own.any():
            steps = np.repeat(np.clip(first[own] - 1, 0, orbit.leg.size - 1), STAGES)
            leg = orbit.leg[steps]
            inside = np.clip(times[own].ravel(), orbit.arcs.begin_s[leg], orbit.arcs.end_s[leg])
            states[own] = orbit.states_in(steps, inside).reshape(-1, STAGES, 6)
            pulls[own] = orbit.dynamics.pulls(states[own], times[own])
        return states, pulls, orbit.dynamics.angles(times)

    def flights(self, rows: Index, end_s: float) -> Flights:
        """The arcs of trajectories (m,), from the ends of their burns to end_s or the end of the ephemeris.

        `row` of the result is the index in `rows`: a trajectory has as many arcs as the ephemeris has in that time,
        which is one unless it contains manoeuvres or gaps. Raises InputError for a trajectory that is not OK or has no
        arc.
        """
        return flights_after(self, np.asarray(rows, dtype=np.int64), float(end_s))
