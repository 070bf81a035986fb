"""The causes for which a list lacks an approach of a run, each tested on the list's own rules and element sets."""

from __future__ import annotations

import numpy as np

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.verification.other_sources.causes import Cause, Explanation
from debrissim.verification.other_sources.element_sets import TheirSets
from debrissim.verification.other_sources.examination import Examination
from debrissim.verification.other_sources.models import MODELS, Pairs
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents
from debrissim.verification.other_sources.set_changes import set_causes
from debrissim.verification.other_sources.wording import Words

_WITH_SETS = tuple(model for model in MODELS if any(model.theirs) and not model.theory_causes)


def explain_unlisted(
    examination: Examination, other: OtherList, events: ReportedEvents, sets: TheirSets
) -> list[Explanation]:
    """Explain why a list lacks m approaches of a run.

    Its limit of the miss and its span are tested on the run's own numbers: outside them the list has no place for them.
    Otherwise its element sets of the objects, as far as they are available, must give a miss beyond its limit.
    """
    if len(events) == 0:
        return []
    theirs = np.stack([sets.of_numbers(events.first_number), sets.of_numbers(events.second_number)], axis=1)
    pairs = Pairs.of(examination, events, sets, theirs, other.precision.age_days)
    words = Words(examination, other, events, pairs)
    found: list[Explanation | None] = [_by_rules(k, other, events, pairs) for k in range(len(events))]
    for model in _WITH_SETS:
        rows = np.array([k for k, known in enumerate(found) if known is None], dtype=np.int64)
        rows = rows[pairs.usable(model, rows)]
        if rows.size == 0 or not np.isfinite(other.limit_km):
            continue
        _, approaches = pairs.evaluate(model, rows)
        beyond = ~(approaches.miss_km <= other.limit_km + other.precision.miss_km)
        for place, k in enumerate(rows.tolist()):
            if beyond[place]:
                one = approaches[place]
                miss = float(one.miss_km[0]) if bool(one.found[0]) else float(one.nearest_km[0])
                found[k] = Explanation(
                    set_causes(pairs, k, model),
                    True,
                    words.with_their_sets(k, model, miss),
                    counterfactual_miss_km=miss,
                    counterfactual_shift_s=float(one.time_s[0] - pairs.tca_s[k]),
                )
    return [known or _unknown(k, pairs, words) for k, known in enumerate(found)]


def _by_rules(k: int, other: OtherList, events: ReportedEvents, pairs: Pairs) -> Explanation | None:
    """The explanation by the list's limit and span, None if it obeys both."""
    causes, sentences = [], []
    miss = float(events.miss_km[k])
    if miss > other.limit_km + other.precision.miss_km:
        causes.append(Cause.LIMIT)
        sentences.append(
            f"{other.label} lists approaches closer than {other.limit_km:g} km; this one is at {miss:.3f} km"
        )
    if other.span is not None:
        begin, end = (_seconds(moment, pairs.origin) for moment in other.span)
        tca = float(pairs.tca_s[k])
        if not begin <= tca <= end:
            away = (begin - tca if tca < begin else tca - end) / 3600.0
            causes.append(Cause.SPAN)
            edge = "before the first" if tca < begin else "after the last"
            sentences.append(f"its TCA is {away:.1f} hours {edge} moment of {other.label}")
    if not causes:
        return None
    return Explanation(
        tuple(causes), True, "; ".join(sentences), counterfactual_miss_km=miss, counterfactual_shift_s=0.0
    )


def _unknown(k: int, pairs: Pairs, words: Words) -> Explanation:
    missing = [
        int(n) for n, row in zip(pairs.numbers[k].tolist(), pairs.theirs[k].tolist(), strict=True) if row < 0
    ]
    return Explanation((Cause.UNKNOWN,), False, words.unlisted(missing), ought=not missing)


def _seconds(moment: tuple[float, float], origin: tuple[float, float]) -> float:
    return ((moment[0] - origin[0]) + (moment[1] - origin[1])) * SECONDS_PER_DAY
