"""One search for candidates: their encounters, their probabilities, and the corresponding passages without a burn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.time import utc_text
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import join_arcs
from debrissim.maneuvers.alternatives import ScreenedAlternatives, screen_alternatives
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.encounter_probability import (
    BurnProbabilities,
    Errors,
    ExecutionErrors,
    Meetings,
    burn_probabilities,
    meeting_probabilities,
    whole_covariances,
)
from debrissim.maneuvers.motion import ManeuveredMotion
from debrissim.maneuvers.same_passage import Passages, matching_encounters, same_passages
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.maneuvers.thrust_arcs import with_thrust_arcs
from debrissim.maneuvers.verdicts import FoundEncounters, rises_above
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.encounters import Encounters
from debrissim.screening.executors import Executor

_TOUCHING_S = 1e-3
# The closest approach of the avoided encounter, as given by its source, may come from other states.
_EVENT_S = 60.0


@dataclass(frozen=True, eq=False)
class SearchedCandidates:
    """One search: its encounters, including those of the unburnt trajectory, with which the later parts are
    compared."""

    screened: ScreenedAlternatives
    found: FoundEncounters
    unburnt: Encounters
    unburnt_probability: Array

    def reason(self, place: int, start: tuple[float, float], begin_s: float, burn: Burns) -> str:
        """The reason why candidate `place` was not examined over the whole span, or ""."""
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
class CandidateSearch:
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
        known: SearchedCandidates | None,
    ) -> SearchedCandidates:
        """Screen candidates rows (c,), behind the unburnt trajectory."""
        own = [self.reference]
        if rows.size:
            flights = with_thrust_arcs(moved, rows, moved.flights(rows, self.end_s))
            own.append(replace(flights, row=flights.row + 1))
        screened = screen_alternatives(
            self.surroundings, _stacked(own), self.begin_s, self.end_s, executor=executor, progress=progress
        )
        encounters, n = screened.encounters, len(self.surroundings.catalog)
        alternative = encounters.primary - n
        burn = np.concatenate([[-1], rows])[alternative]
        found_of = self._probabilities(screened, encounters, burn)
        probability, highest = found_of.value, found_of.highest
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
        # Outside the volumes, a probability is worth computing only for an encounter above the goal.
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
            method=found_of.method,
            probability_without_burn=before_burn,
            above_goal=rises_above(highest, before_burn, self.goal) & ~without,
            of_event=of_event,
            status=encounters.status,
        )
        return SearchedCandidates(screened, found if known is None else found[~without], unburnt, before)

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
    ) -> BurnProbabilities:
        """The meetings of encounters (m,); burn: (m,), -1 without a burn."""
        meetings = self._meetings(screened, encounters)
        if self.execution_errors is None:
            return burn_probabilities(meetings, self.errors, None, self.goal)
        added = np.zeros((len(encounters), 6, 6))
        rows = np.flatnonzero(burn >= 0)
        if rows.size:
            own = self.execution_errors(burn[rows], meetings.time_s[rows])
            added[rows] = whole_covariances(own, meetings.spacecraft_state[rows])
        return burn_probabilities(meetings, self.errors, added, self.goal)

    def _outside(
        self, screened: ScreenedAlternatives, encounters: Encounters, passages: Passages, rows: Index
    ) -> Array:
        """(m,) probabilities without a burn for passages that may be outside all volumes."""
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
        """(m,) the encounters that are the avoided one, after the burns and without a burn."""
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
    """The arcs of all parts, whose rows are already distinct."""
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
