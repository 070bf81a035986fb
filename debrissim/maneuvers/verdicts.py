"""Verdicts on trajectories that were screened again.

- *green*: followed to the end of the span, and no encounter above the goal is new or more probable than without a
  burn; the encounter that is avoided is also at or below the goal.
- *worse*: an encounter above the goal that is new, or more probable than without a burn.
- *event remains*: there is no such encounter, but the encounter to be avoided is still above the goal.
- *not examined*: the trajectory was not followed to the end of the span, or a probability could not be computed. Such a
  trajectory is never green; if one of its encounters makes it worse, the verdict is *worse*.

A probability is treated as above the goal if it is above it for any size of the execution error between none and the
expected one: a larger error that merely dilutes it does not make the burn green. An encounter counts as more probable
than without a burn if its probability is more than 1 % larger, because probabilities of one encounter can differ by
that much merely through the rotation of its geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.identifiers import identifier
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.numbers import one_in
from debrissim.core.rows import Rows
from debrissim.core.time import utc_text

SAME_PROBABILITY = 0.01
"""Relative difference up to which an encounter is treated as equally probable with and without a burn."""


class Verdict(IntEnum):
    """The verdict on one trajectory."""

    GREEN = 0
    WORSE = 1
    EVENT_REMAINS = 2
    NOT_EXAMINED = 3

    @property
    def label(self) -> str:
        """The name used in tables."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, eq=False)
class FoundEncounters(Rows):
    """m encounters of the trajectories after burns and of the trajectory without a burn, by trajectory, then time.

    | column                      | dtype   | shape  | unit                                                          |
    |-----------------------------|---------|--------|---------------------------------------------------------------|
    | burn                        | int64   | (m,)   | number of the burn, from 1; 0: without a burn                 |
    | object_row                  | int64   | (m,)   | row of the catalogue                                          |
    | norad_id, name              |         | (m,)   | of the other object                                           |
    | tca_s                       | float64 | (m,)   | s of run time                                                 |
    | miss_distance_km            | float64 | (m,)   | km                                                            |
    | miss_rtn_km                 | float64 | (m, 3) | km, the other object minus the spacecraft, in its RTN         |
    | relative_speed_km_s         | float64 | (m,)   | km/s                                                          |
    | probability                 | float64 | (m,)   | with the execution error of the burn; NaN: not computable     |
    | highest_probability         | float64 | (m,)   | largest with an execution error from none to the expected one |
    | method                      | str     | (m,)   | method of the probability                                     |
    | probability_without_burn    | float64 | (m,)   | of the same passage without a burn; NaN if there is none      |
    | above_goal                  | bool    | (m,)   | above the goal, and new or more probable than without a burn  |
    | of_event                    | bool    | (m,)   | the encounter that is avoided                                 |
    | status                      | int8    | (m,)   | `EncounterStatus`                                             |
    """

    burn: Index
    object_row: Index
    norad_id: Index
    name: NDArray[np.str_]
    tca_s: Array
    miss_distance_km: Array
    miss_rtn_km: Array
    relative_speed_km_s: Array
    probability: Array
    highest_probability: Array
    method: NDArray[np.str_]
    probability_without_burn: Array
    above_goal: Mask
    of_event: Mask
    status: NDArray[np.int8]


def rises_above(highest: Array, without_burn: Array, goal: float) -> Mask:
    """(m,) probabilities above the goal that are new (NaN without a burn) or larger than without a burn."""
    with np.errstate(invalid="ignore"):
        grown = np.isnan(without_burn) | (highest > (1.0 + SAME_PROBABILITY) * without_burn)
        return np.asarray((highest > goal) & grown)


def excess(found: FoundEncounters, count: int, goal: float) -> Array:
    """How far the encounters of burns 1 to `count` keep them from being green, (count,): above 0 they are not green.

    The maximum over the encounters of a burn of ln(P / goal), or of ln(P / P without a burn) minus its tolerance if
    that is smaller and the encounter is not the avoided one; -inf without an encounter, inf if P is unknown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(found.highest_probability)
        above = log - np.log(goal)
        grown = log - np.log((1.0 + SAME_PROBABILITY) * found.probability_without_burn)
    known = np.isfinite(found.probability_without_burn) & ~found.of_event
    each = np.where(known & ~np.isnan(grown), np.fmin(above, grown), above)
    unknown = np.isnan(found.probability) | np.isnan(found.highest_probability)
    out = np.full(count + 1, -np.inf)
    np.maximum.at(out, found.burn, np.where(unknown, np.inf, each))
    return out[1:]


def verdicts(
    found: FoundEncounters,
    not_examined: tuple[str, ...],
    goal: float,
    start: tuple[float, float],
    end_s: float,
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """The verdict on each of k burns, and its reason.

    Parameters
    ----------
    found : FoundEncounters
        All encounters.
    not_examined : k texts
        Reason why a burn was not examined, apart from its encounters; "" if it was.
    goal : float
        Goal of the probability.
    start, end_s :
        UTC of run time zero, split Julian date; end of the span, s of run time.

    Returns
    -------
    (k,) `Verdict`, and k reasons.
    """
    order = np.argsort(found.burn, kind="stable")
    k = len(not_examined)
    limits = np.searchsorted(found.burn[order], np.arange(1, k + 2), "left")
    until = utc_text(*start, end_s, decimals=0)
    verdict, reasons = np.zeros(k, dtype=np.int8), []
    for place in range(k):
        rows = order[limits[place] : limits[place + 1]]
        worse = rows[found.above_goal[rows] & ~found.of_event[rows]]
        remains = rows[found.of_event[rows] & (found.highest_probability[rows] > goal)]
        # The largest value is also unknown if the probability is computable only for part of the execution error.
        unknown = rows[np.isnan(found.probability[rows]) | np.isnan(found.highest_probability[rows])]
        if worse.size:
            verdict[place] = Verdict.WORSE
            reasons.append(_worse(found, worse, start))
        elif not_examined[place]:
            verdict[place] = Verdict.NOT_EXAMINED
            reasons.append(not_examined[place])
        elif unknown.size:
            verdict[place] = Verdict.NOT_EXAMINED
            reasons.append(f"the probability cannot be computed of {_passage(found, int(unknown[0]), start)}")
        elif remains.size:
            verdict[place] = Verdict.EVENT_REMAINS
            reasons.append(_remaining(found, remains, start))
        else:
            reasons.append(
                f"no encounter until {until} is above the goal and new or more probable than without a burn"
            )
    return verdict, tuple(reasons)


def _passage(found: FoundEncounters, row: int, start: tuple[float, float]) -> str:
    # A cell of candidates.csv: number first, as in earlier files.
    number, name = identifier(int(found.norad_id[row])), str(found.name[row])
    label = number if name in ("", number) else f"{number} {name}"
    return f"the encounter with {label} at {utc_text(*start, float(found.tca_s[row]), decimals=0)}"


def _worse(found: FoundEncounters, rows: Index, start: tuple[float, float]) -> str:
    """The most probable of the encounters that make a trajectory worse."""
    row = int(rows[np.argmax(found.highest_probability[rows])])
    before = float(found.probability_without_burn[row])
    known = "new" if np.isnan(before) else f"{one_in(before)} without a burn"
    text = f"{_passage(found, row, start)}: {one_in(float(found.highest_probability[row]))}, {known}"
    return text if rows.size == 1 else f"{text}; and {rows.size - 1} more"


def _remaining(found: FoundEncounters, rows: Index, start: tuple[float, float]) -> str:
    row = int(rows[np.argmax(found.highest_probability[rows])])
    return f"{_passage(found, row, start)} remains above the goal: {one_in(float(found.highest_probability[row]))}"
