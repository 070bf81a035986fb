"""Trajectories after burns, screened again: everything that they meet, and whether it is worse than without a burn.

All candidates and the trajectory without a burn are screened together (`maneuvers.alternatives`), each from the end
of its burn to the end of the span. Every encounter is compared with the same passage without a burn
(`maneuvers.same_passage`), by the collision probability with the execution error of the burn
(`maneuvers.encounter_probability`); `maneuvers.verdicts` has the rule by which a candidate is green.

Assumptions and limits
- Until the burn a candidate flies the trajectory without a burn, whose encounters are its own then; they are not
  listed again.
- An encounter counts once it is inside a screening volume. A passage outside all volumes is not compared with the
  goal.
- Objects that fly with the spacecraft are left out, and named.
- The trajectories of the other objects are those of the catalogue: another object's burn is not foreseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import object_label
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import join_arcs
from debrissim.maneuvers.alternatives import ScreenedAlternatives, screen_alternatives
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.encounter_probability import (
    Errors,
    ExecutionErrors,
    Meetings,
    meeting_probabilities,
)
from debrissim.maneuvers.motion import ManeuverableMotion, ManeuveredMotion, MotionStatus
from debrissim.maneuvers.same_passage import Passages, matching_encounters, same_passages
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.maneuvers.verdicts import FoundEncounters, rises_above, verdicts
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.encounters import Encounters
from debrissim.screening.executors import Executor

AT_ONCE = 500
"""Candidates of one search: its memory grows with them, and the time for their own pairs as their square."""
_TOUCHING_S = 1e-3
# The closest approach of the avoided encounter as its source has it may be that of other states.
_EVENT_S = 60.0


@dataclass(frozen=True, eq=False)
class ScreenedAgain:
    """k burns screened again.

    | field              | shape | meaning                                                                          |
    |--------------------|-------|----------------------------------------------------------------------------------|
    | encounters         | m     | `FoundEncounters`, of burns 1 to k and of 0, the trajectory without a burn       |
    | verdict, reason    | (k,)  | `Verdict` and why, in words                                                      |
    | encounter_count    | (k,)  | encounters of each                                                               |
    | new_above_goal     | (k,)  | of these, above the goal and new or more probable than without a burn            |
    | highest_probability| (k,)  | highest probability of these, NaN without one                                    |
    | excluded           |       | names of the objects that fly with the spacecraft and were left out              |
    | event_found        |       | whether the encounter that is avoided is among those without a burn              |
    | objects, unfollowed|       | other objects, and how many of them were not followed over the whole span        |
    | begin_s, end_s     |       | span, s of run time                                                              |
    """

    encounters: FoundEncounters
    verdict: NDArray[np.int8]
    reason: tuple[str, ...]
    encounter_count: Index
    new_above_goal: Index
    highest_probability: Array
    excluded: tuple[str, ...]
    event_found: bool
    objects: int
    unfollowed: int
    begin_s: float
    end_s: float


def screen_again(
    spacecraft: ManeuverableMotion,
    burns: Burns,
    surroundings: Surroundings,
    end_s: float,
    errors: Errors,
    *,
    goal: float = 1e-6,
    execution_errors: ExecutionErrors | None = None,
    event: tuple[int, float] | None = None,
    event_remains: tuple[str, ...] | None = None,
    executor: Executor | None = None,
    progress: Callable[[float], None] | None = None,
) -> ScreenedAgain:
    """Screen the trajectories after k burns, and that without a burn, against a catalogue.

    Parameters
    ----------
    spacecraft : ManeuverableMotion
        The spacecraft.
    burns : Burns
        k burns, alternatives of one another.
    surroundings : Surroundings
        Everything that the spacecraft may meet. Run time is counted from `surroundings.start`.
    end_s : float
        End of the span, s of run time, after the end of every burn.
    errors : Errors
        Of all objects without burns.
    goal : float
        Goal of the collision probability.
    execution_errors : callable, optional
        The covariances that the execution errors of the burns add; by default burns are executed exactly.
    event : (int, float), optional
        The encounter that is avoided: row of the catalogue, closest approach in s of run time.
    event_remains : k texts, optional
        Of each burn, "" if it meets the goals of the event by itself, or why it does not.
    executor, progress :
        As for `debrissim.screening.screen.screen`.

    Returns
    -------
    ScreenedAgain

    Raises
    ------
    InputError
        If there is no burn, a burn ends after the span, or the spacecraft has no trajectory without a burn.
    RunError
        As `screen`.
    """
    k = len(burns)
    if k == 0:
        raise InputError("burns: expected at least one burn to be screened again, got none")
    if float(burns.end_s.max()) >= end_s:
        raise InputError(
            f"end_s: expected a time after the last burn, {float(burns.end_s.max()):g} s of run time, got {end_s:g}"
        )
    begin_s = float(burns.time_s.min())
    unburnt = spacecraft.after(_no_burn(begin_s))
    if unburnt.status[0] != MotionStatus.OK:
        raise InputError(f"spacecraft: without a burn, {MotionStatus(int(unburnt.status[0])).reason}")
    reference = unburnt.flights(np.array([0]), end_s)
    moved = spacecraft.after(burns)
    search = _Search(surroundings, reference, begin_s, end_s, errors, execution_errors, goal, event)
    flown = np.flatnonzero(moved.status == MotionStatus.OK)
    batches = [flown[i : i + AT_ONCE] for i in range(0, max(flown.size, 1), AT_ONCE)]
    parts, reasons = [], [_status_reason(int(status)) for status in moved.status]
    first: _Part | None = None
    for number, rows in enumerate(batches):
        part = search.part(moved, rows, executor, _share(progress, number, len(batches)), known=first)
        first = first or part
        parts.append(part.found)
        for place, row in enumerate(rows.tolist()):
            reasons[row] = part.reason(place, surroundings.start, begin_s, burns[[row]])
    assert first is not None
    found = FoundEncounters.concat(parts)
    found = found[np.lexsort((found.object_row, found.tca_s, found.burn))]
    verdict, reason = verdicts(
        found, tuple(reasons), event_remains or ("",) * k, goal, surroundings.start, end_s
    )
    highest = np.full(k + 1, -np.inf)
    np.fmax.at(highest, found.burn, found.highest_probability)
    catalog = surroundings.catalog
    others = np.setdiff1d(np.arange(len(catalog)), surroundings.together)
    return ScreenedAgain(
        encounters=found,
        verdict=verdict,
        reason=reason,
        encounter_count=np.bincount(found.burn, minlength=k + 1)[1:],
        new_above_goal=np.bincount(found.burn, found.above_goal, minlength=k + 1)[1:].astype(np.int64),
        highest_probability=np.where(np.isfinite(highest), highest, np.nan)[1:],
        excluded=tuple(
            object_label(int(catalog.norad_id[row]), str(catalog.name[row])) for row in surroundings.excluded
        ),
        event_found=bool(found.of_event[found.burn == 0].any()),
        objects=others.size,
        unfollowed=int(np.count_nonzero(first.screened.objects.outcome[others] != ObjectStatus.OK)),
        begin_s=begin_s,
        end_s=end_s,
    )


def _no_burn(time_s: float) -> Burns:
    return Burns(
        time_s=np.array([time_s]),
        duration_s=np.zeros(1),
        delta_v_rtn_m_s=np.zeros((1, 3)),
        direction=np.array([Direction.ALONG_TRACK], dtype=np.int8),
    )


def _status_reason(status: int) -> str:
    return "" if status == MotionStatus.OK else MotionStatus(status).reason


def _share(
    progress: Callable[[float], None] | None, number: int, count: int
) -> Callable[[float], None] | None:
    return None if progress is None else lambda fraction: progress((number + fraction) / count)


@dataclass(frozen=True, eq=False)
class _Part:
    """One search: its encounters, and the unburnt trajectory's among them, which the later parts compare with."""

    screened: ScreenedAlternatives
    found: FoundEncounters
    unburnt: Encounters
    unburnt_probability: Array

    def reason(self, place: int, start: tuple[float, float], begin_s: float, burn: Burns) -> str:
        """Why candidate `place` was not examined over the whole span, or ""."""
        screened, alternative = self.screened, place + 1
        own = screened.flights.row == len(screened.objects) + alternative
        first_s = float(screened.flights.begin_s[own].min()) + begin_s
        burn_s = float(burn.time_s[0])
        if first_s > burn_s + _TOUCHING_S:
            return f"the first {first_s - burn_s:.0f} s from the start of the burn on are not screened"
        if screened.followed[alternative]:
            return ""
        until = utc_text(*start, float(screened.end_s[alternative]) + begin_s, decimals=0)
        return f"followed until {until} only: {ObjectStatus(int(screened.status[alternative])).reason}"


@dataclass(frozen=True, eq=False)
class _Search:
    surroundings: Surroundings
    reference: Flights
    begin_s: float
    end_s: float
    errors: Errors
    execution_errors: ExecutionErrors | None
    goal: float
    event: tuple[int, float] | None

    def part(
        self,
        moved: ManeuveredMotion,
        rows: Index,
        executor: Executor | None,
        progress: Callable[[float], None] | None,
        known: _Part | None,
    ) -> _Part:
        """Screen candidates rows (c,), behind the unburnt trajectory."""
        own = [self.reference]
        if rows.size:
            flights = moved.flights(rows, self.end_s)
            own.append(replace(flights, row=flights.row + 1))
        screened = screen_alternatives(
            self.surroundings, _stacked(own), self.begin_s, self.end_s, executor=executor, progress=progress
        )
        encounters, n = screened.encounters, len(self.surroundings.catalog)
        alternative = encounters.primary - n
        burn = np.concatenate([[-1], rows])[alternative]
        probability, highest, method = self._probabilities(screened, encounters, burn)
        without = alternative == 0
        if known is None:
            unburnt, before = encounters[without], probability[without]
        else:
            unburnt, before = known.unburnt, known.unburnt_probability
        passages = same_passages(encounters, screened.flights, screened.start, n)
        match = matching_encounters(passages, encounters.secondary, unburnt)
        match[without] = -1
        before_burn = np.full(len(encounters), np.nan)
        before_burn[match >= 0] = before[match[match >= 0]]
        before_burn[without] = probability[without]
        # Only an encounter above the goal is worth a probability outside the volumes.
        outside = np.flatnonzero((match < 0) & ~without & passages.known & (highest > self.goal))
        before_burn[outside] = self._outside(screened, encounters, passages, outside)
        of_event = self._of_event(encounters, unburnt, match, without)
        found = FoundEncounters(
            burn=burn + 1,
            object_row=encounters.secondary,
            norad_id=encounters.secondary_norad_id,
            name=self.surroundings.catalog.name[encounters.secondary],
            tca_s=encounters.tca_s + self.begin_s,
            miss_distance_km=encounters.miss_distance_km,
            miss_rtn_km=encounters.relative_position_rtn_km,
            relative_speed_km_s=encounters.relative_speed_km_s,
            probability=probability,
            highest_probability=highest,
            method=method,
            probability_without_burn=before_burn,
            above_goal=rises_above(highest, before_burn, self.goal) & ~without,
            of_event=of_event,
            status=encounters.status,
        )
        return _Part(screened, found if known is None else found[~without], unburnt, before)

    def _meetings(self, screened: ScreenedAlternatives, encounters: Encounters) -> Meetings:
        flights = screened.flights
        first = flights.arcs_at(encounters.primary, encounters.tca_s)
        return Meetings(
            spacecraft_sets=_sized(flights.sets[first], self.surroundings.spacecraft),
            object_sets=self.surroundings.catalog[encounters.secondary],
            spacecraft_state=encounters.primary_state,
            object_state=encounters.secondary_state,
            spacecraft_age_days=encounters.primary_age_days,
            object_age_days=encounters.secondary_age_days,
            time_s=encounters.tca_s + self.begin_s,
        )

    def _probabilities(
        self, screened: ScreenedAlternatives, encounters: Encounters, burn: Index
    ) -> tuple[Array, Array, NDArray[np.str_]]:
        """(m,) with the expected execution error, (m,) the highest up to it, (m,) methods. burn: -1 without a burn."""
        meetings = self._meetings(screened, encounters)
        exact = meeting_probabilities(meetings, self.errors)
        value, highest = exact.value.copy(), exact.value.copy()
        method = exact.probability.row_method.astype(object)
        rows = np.flatnonzero(burn >= 0)
        if self.execution_errors is not None and rows.size:
            added = self.execution_errors(burn[rows], meetings.time_s[rows])
            erring = meeting_probabilities(meetings[rows], self.errors, added)
            value[rows], method[rows] = erring.value, erring.probability.row_method
            highest[rows] = np.maximum(exact.value[rows], erring.value)
        return value, highest, method.astype(np.str_)

    def _outside(
        self, screened: ScreenedAlternatives, encounters: Encounters, passages: Passages, rows: Index
    ) -> Array:
        """(m,) probabilities without a burn of passages that may be outside all volumes."""
        if not rows.size:
            return np.empty(0)
        n = len(self.surroundings.catalog)
        some, flights = encounters[rows], screened.flights
        time = passages.tca_s[rows]
        later_days = (time - some.tca_s) / SECONDS_PER_DAY
        first = flights.arcs_at(np.full(rows.size, n), time)
        sets = _sized(flights.sets[first], self.surroundings.spacecraft)
        start = screened.start
        age = (start[0] - sets.epoch_jd) + (start[1] - sets.epoch_fraction) + time / SECONDS_PER_DAY
        meetings = Meetings(
            spacecraft_sets=sets,
            object_sets=self.surroundings.catalog[some.secondary],
            spacecraft_state=passages.spacecraft_state[rows],
            object_state=passages.object_state[rows],
            spacecraft_age_days=age,
            object_age_days=some.secondary_age_days + later_days,
            time_s=time + self.begin_s,
        )
        return meeting_probabilities(meetings, self.errors).value

    def _of_event(self, encounters: Encounters, unburnt: Encounters, match: Index, without: Mask) -> Mask:
        """(m,) the encounters that are the avoided one, after the burns and without one."""
        out = np.zeros(len(encounters), dtype=bool)
        if self.event is None:
            return out
        row, time_s = self.event
        own = np.flatnonzero(unburnt.secondary == row)
        if own.size:
            apart = np.abs(unburnt.tca_s[own] + self.begin_s - time_s)
            if apart.min() <= _EVENT_S:
                avoided = int(own[np.argmin(apart)])
                out = match == avoided
                out[np.flatnonzero(without)[avoided : avoided + 1]] = True
        return out


def _sized(sets: Catalog, spacecraft: Catalog) -> Catalog:
    m = len(sets)
    return sets.with_columns(
        hard_body_radius_m=np.full(m, spacecraft.hard_body_radius_m[0]),
        mass_kg=np.full(m, spacecraft.mass_kg[0]),
        norad_id=np.full(m, spacecraft.norad_id[0]),
    )


def _stacked(parts: list[Flights]) -> Flights:
    """The arcs of all parts, whose rows are distinct already."""
    arcs = np.cumsum([0, *(len(part.table) for part in parts)])
    return Flights(
        sets=Catalog.concat([part.sets for part in parts]),
        row=np.concatenate([part.row for part in parts]),
        begin_s=np.concatenate([part.begin_s for part in parts]),
        end_s=np.concatenate([part.end_s for part in parts]),
        arc=np.concatenate(
            [np.where(part.arc >= 0, part.arc + base, -1) for part, base in zip(parts, arcs, strict=False)]
        ),
        table=join_arcs([part.table for part in parts]),
        described=Catalog.concat([part.described for part in parts]),
    )
