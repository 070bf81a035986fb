"""Motion by SGP4, continued by SGP4 after burns.

After a burn the spacecraft flies the element set, at the epoch and with the B* of the original one, for which SGP4
gives the new state at the end of the burn (`propagation.shifted_elements`). The new trajectory therefore depends
continuously on the burn, and a burn of zero velocity change leaves the original set unchanged.

Assumption
- B* stays as before the burn: the attitude, and with it the drag, is unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.dynamics import Dynamics
from debrissim.maneuvers.motion import MotionStatus
from debrissim.maneuvers.thrust import states_after
from debrissim.propagation.element_conversions import perigee_radius_km
from debrissim.propagation.mean_elements import ElementsStatus
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.propagation.shifted_elements import elements_through_states
from debrissim.propagation.two_body import is_bound


@dataclass(frozen=True, eq=False)
class ElementSetMotion:
    """Motion of one object by SGP4, with or without burns.

    elements: the element set, one row; start: run time zero, UTC, split Julian date; limits_s: (begin, end) s of run
    time within which the object flies it without a burn (after a burn, it flies on).
    """

    elements: Catalog
    start: tuple[float, float]
    limits_s: tuple[float, float] = (-np.inf, np.inf)

    def __post_init__(self) -> None:
        if len(self.elements) != 1:
            raise InputError(f"ElementSetMotion: expected one element set, got {len(self.elements)}")

    @property
    def theory(self) -> str:
        """The theory in words."""
        return "SGP4, mean elements after a burn solved at the epoch of the element set, with its B*"

    @cached_property
    def propagator(self) -> Propagator:
        """SGP4 of the element set."""
        return make_propagator(self.elements, *self.start)

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where there is no state."""
        times = np.asarray(times_s, dtype=np.float64)
        codes, positions, velocities = self.propagator.states([0], times)
        known = (codes[0] == 0) & (times >= self.limits_s[0]) & (times <= self.limits_s[1])
        return np.where(known[:, None], np.concatenate([positions[0], velocities[0]], axis=1), np.nan)

    @cached_property
    def dynamics(self) -> Dynamics:
        """The forces acting on the difference that thrust causes until the end of a burn."""
        return Dynamics(self.start)

    def after(self, burns: Burns) -> ElementSetManeuvers:
        """The trajectories after burns (k,); a finite burn is flown as in `thrust`, then continued by SGP4."""
        return self.through(burns, states_after(self.states, self.dynamics, burns)[0])

    def through(self, burns: Burns, states: Array) -> ElementSetManeuvers:
        """The trajectories through states (k, 6) at the ends of burns (k,); NaN if there is no trajectory."""
        status = status_of_states(states)
        moved = burns.size_m_s > 0.0
        rows = np.flatnonzero((status == MotionStatus.OK) & moved)
        solved = elements_through_states(self.elements, self.start, burns.end_s[rows], states[rows])
        status[rows[solved.status != ElementsStatus.OK]] = MotionStatus.UNREACHED
        place = np.zeros(len(burns), dtype=np.int64)
        place[rows] = 1 + np.arange(rows.size)
        sets = Catalog.concat([self.elements, solved.sets])[place]
        return ElementSetManeuvers(self, burns, status, sets)


def status_of_states(states: Array) -> NDArray[np.int8]:
    """(k,) `MotionStatus` of states (k, 6) km, km/s after burns: OK, NOT_COVERED if NaN, or REENTERS."""
    covered = np.isfinite(states).all(axis=1)
    status = np.where(covered, MotionStatus.OK, MotionStatus.NOT_COVERED).astype(np.int8)
    rows = np.flatnonzero(covered)
    perigee = perigee_radius_km(states[rows, :3], states[rows, 3:])
    flies = is_bound(states[rows], mu_km3_s2=WGS72_MU_KM3_S2) & (perigee > WGS72_RADIUS_KM)
    status[rows[~flies]] = MotionStatus.REENTERS
    return status


@dataclass(frozen=True, eq=False)
class ElementSetManeuvers:
    """k trajectories by SGP4, one after each burn.

    motion: the motion without a burn; status: (k,) `MotionStatus`; sets: (k,) the element set of each trajectory,
    meaningless where the status is not OK.
    """

    motion: ElementSetMotion
    burns: Burns
    status: NDArray[np.int8]
    sets: Catalog

    @cached_property
    def propagator(self) -> Propagator:
        """SGP4 of the element sets after the burns."""
        return make_propagator(self.sets, *self.motion.start)

    def states_along(self, rows: Index, times_s: Array) -> Array:
        """(m, t, 6) km, km/s in TEME of date of trajectories (m,) at times (m, t) s of run time.

        Rows may be repeated. Before the burn, the state is the one without it; during thrust, it is integrated.
        """
        chosen, times = np.asarray(rows, dtype=np.int64), np.asarray(times_s, dtype=np.float64)
        codes, positions, velocities = self.propagator.states_along(chosen, times)
        states = np.concatenate([positions, velocities], axis=2)
        states[codes != 0] = np.nan
        before = times < self.burns.time_s[chosen, None]
        if before.any():
            states[before] = self.motion.states(times[before])
        burning = ~before & (times < self.burns.end_s[chosen, None])
        if burning.any():
            row = np.broadcast_to(chosen[:, None], times.shape)[burning]
            elapsed = times[burning] - self.burns.time_s[row]
            states[burning] = states_after(
                self.motion.states, self.motion.dynamics, self.burns[row], elapsed
            )[0]
        states[self.status[chosen] != MotionStatus.OK] = np.nan
        return np.asarray(states)

    def flights(self, rows: Index, end_s: float) -> Flights:
        """The element sets of trajectories (m,), from the ends of their burns to end_s.

        Raises InputError for a trajectory that is not OK.
        """
        chosen = np.asarray(rows, dtype=np.int64)
        check_ok(self.status, chosen)
        sets = self.sets[chosen]
        return Flights(
            sets=sets,
            row=np.arange(chosen.size),
            begin_s=self.burns.end_s[chosen],
            end_s=np.full(chosen.size, float(end_s)),
            arc=np.full(chosen.size, -1),
            table=no_arcs(),
            described=sets,
        )


def check_ok(status: NDArray[np.int8], rows: Index) -> None:
    """Raise InputError, naming the first one, if trajectories (m,) have a status other than OK."""
    wrong = rows[status[rows] != MotionStatus.OK]
    if wrong.size:
        reason = MotionStatus(int(status[wrong[0]])).reason
        raise InputError(
            f"flights: expected trajectories that are propagated; of burn {wrong[0] + 1}, {reason}"
        )
