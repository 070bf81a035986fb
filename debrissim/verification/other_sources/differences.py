"""The causes for which a row of a run has other numbers than the report of the same approach, each tested."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.results.table import Table
from debrissim.verification.other_sources.causes import AGREES, Cause, Explanation
from debrissim.verification.other_sources.element_sets import TheirSets
from debrissim.verification.other_sources.examination import MatchedEvents
from debrissim.verification.other_sources.models import MODELS, Pairs
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents, agrees
from debrissim.verification.other_sources.set_changes import set_causes
from debrissim.verification.other_sources.solve import ALL_MODELS, Solved, solve
from debrissim.verification.other_sources.wording import Words

_MINIMUM = "minimum"


def explain_differences(matched: MatchedEvents, sets: TheirSets, theirs: Index) -> list[Explanation]:
    """Explain the differences of m events from their rows.

    sets: element sets of the source; theirs: (m, 2) rows of them.
    """
    examination, other, events, rows = matched.examination, matched.other, matched.events, matched.rows
    tca_s = events.tca_s(*examination.start)
    same = agrees(events, other.precision, rows.tca_s, rows.miss_distance_km, rows.relative_speed_km_s, tca_s)
    explained = [AGREES] * len(events)
    different = np.flatnonzero(~same)
    if different.size == 0:
        return explained
    part = events[different]
    pairs = Pairs.of(examination, part, sets, theirs[different], other.precision.age_days)
    solved = solve(pairs, other, part)
    words = Words(examination, other, part, pairs)
    at_tca = _own_distances(pairs)
    for place, k in enumerate(different.tolist()):
        explained[k] = _explain(place, other, part, pairs, solved, words, rows[k], float(at_tca[place]))
    return explained


def _explain(
    k: int,
    other: OtherList,
    events: ReportedEvents,
    pairs: Pairs,
    solved: Solved,
    words: Words,
    row: Table,
    at_tca_km: float,
) -> Explanation:
    own, found = solved.own[k], solved.found[k]
    values: dict[str, Any] = {
        "computed_miss_km": float(row.miss_distance_km[0]),
        "computed_shift_s": float(row.tca_s[0] - pairs.run_s[k]),
    }
    number = int(solved.model[k])
    if number == 0:
        status = str(row.status[0])
        counter = _counter(found.miss_km[0], found.time_s[0] - pairs.tca_s[k])
        if status != _MINIMUM:
            sentence = f"the row is the {status} of an approach whose TCA is outside; {words.own(own)}"
            return Explanation((Cause.SPAN,), True, sentence, **values, **counter)
        return Explanation((Cause.MINIMUM,), True, words.own(own), **values, **counter)
    if number > 0:
        model = ALL_MODELS[number]
        return Explanation(
            set_causes(pairs, k, model),
            True,
            words.with_model(k, model, found, own),
            **values,
            **_counter(found.miss_km[0], found.time_s[0] - pairs.tca_s[k]),
        )
    if abs(at_tca_km - events.miss_km[k]) <= other.precision.miss_km:
        sentence = f"at their TCA the distance is also {at_tca_km:.3f} km here, but it is not a minimum"
        return Explanation((Cause.MINIMUM,), True, sentence, **values, **_counter(at_tca_km, 0.0))
    return Explanation(
        (Cause.UNKNOWN,), False, words.untested(k, (None, None), (), own, solved.tried[k]), **values
    )


def _own_distances(pairs: Pairs) -> Array:
    """(m,) km between the objects at the reported moments by the run's own data; NaN where that gives none."""
    rows = np.arange(len(pairs))
    usable: Mask = pairs.usable(MODELS[0], rows)
    distance = np.full(len(pairs), np.nan)
    if usable.any():
        distance[usable] = pairs.distances(MODELS[0], rows[usable])
    return distance


def _counter(miss_km: float, shift_s: float) -> dict[str, Any]:
    return {"counterfactual_miss_km": float(miss_km), "counterfactual_shift_s": float(shift_s)}
