"""Trajectories after burns, screened again: all their encounters, and whether these are worse than without a burn.

All candidates and the trajectory without a burn are screened together (`maneuvers.alternatives`), each from the start
of its burn to the end of the span. Every encounter is compared with the same passage without a burn
(`maneuvers.same_passage`), by the collision probability with the execution error of the burn
(`maneuvers.encounter_probability`); `maneuvers.verdicts` contains the rule by which a candidate is green.

Assumptions and limits
- Until the burn, a candidate flies the trajectory without a burn and shares its encounters, which are not listed again.
- An encounter counts once it is inside a screening volume. A passage outside all volumes is not compared with the
  goal.
- Objects that fly with the spacecraft are left out and listed by name.
- The trajectories of the other objects are those of the catalogue: burns of other objects are not foreseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.identifiers import object_label
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.candidate_search import CandidateSearch, SearchedCandidates
from debrissim.maneuvers.encounter_probability import (
    Errors,
    ExecutionErrors,
)
from debrissim.maneuvers.motion import ManeuverableMotion, MotionStatus
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.maneuvers.verdicts import FoundEncounters, verdicts
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.executors import Executor

AT_ONCE = 500
"""Candidates per search: memory grows with their number, and the time for their own pairs with its square."""


@dataclass(frozen=True, eq=False)
class ScreenedAgain:
    """k burns screened again.

    | field              | shape | meaning                                                                          |
    |--------------------|-------|----------------------------------------------------------------------------------|
    | encounters         | m     | `FoundEncounters` of burns 1 to k, and of 0, the trajectory without a burn       |
    | verdict, reason    | (k,)  | `Verdict`, and its reason in words                                               |
    | encounter_count    | (k,)  | number of encounters of each                                                     |
    | new_above_goal     | (k,)  | number that are above the goal and new or more probable than without a burn      |
    | highest_probability| (k,)  | highest probability of these, NaN if there are none                              |
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
    begin_s: float | None = None,
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
        Errors of all objects without burns.
    goal : float
        Goal of the collision probability.
    execution_errors : callable, optional
        The covariances that the execution errors of the burns add; by default burns are executed exactly.
    event : (int, float), optional
        The encounter that is avoided: row of the catalogue, closest approach in s of run time.
    begin_s : float, optional
        Beginning of the span and of the trajectory without a burn, s of run time; by default the first burn.
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
    begin_s = float(burns.time_s.min()) if begin_s is None else begin_s
    unburnt = spacecraft.after(_no_burn(begin_s))
    if unburnt.status[0] != MotionStatus.OK:
        raise InputError(f"spacecraft: without a burn, {MotionStatus(int(unburnt.status[0])).reason}")
    reference = unburnt.flights(np.array([0]), end_s)
    moved = spacecraft.after(burns)
    search = CandidateSearch(surroundings, reference, begin_s, end_s, errors, execution_errors, goal, event)
    flown = np.flatnonzero(moved.status == MotionStatus.OK)
    batches = [flown[i : i + AT_ONCE] for i in range(0, max(flown.size, 1), AT_ONCE)]
    parts, reasons = [], [_status_reason(int(status)) for status in moved.status]
    first: SearchedCandidates | None = None
    for number, rows in enumerate(batches):
        part = search.part(moved, rows, executor, _share(progress, number, len(batches)), known=first)
        first = first or part
        parts.append(part.found)
        for place, row in enumerate(rows.tolist()):
            reasons[row] = part.reason(place, surroundings.start, begin_s, burns[[row]])
    assert first is not None
    found = FoundEncounters.concat(parts)
    found = found[np.lexsort((found.object_row, found.tca_s, found.burn))]
    verdict, reason = verdicts(found, tuple(reasons), goal, surroundings.start, end_s)
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
