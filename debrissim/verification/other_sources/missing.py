"""The causes for which a run lacks an approach that another source reports, each tested by computing without it.

Method. The closest approach of the pair next to the reported moment is computed by dense SGP4 under each of `MODELS`,
fewest changes first; the first that gives the reported numbers is what the other source has flown. Then
- as long as the run's own approach would be listed once what bars it is lifted (span, staleness, an exclusion), that
  is the cause;
- an approach that is outside the run's volumes in the other source's numbers, too, is outside the volume; that alone is
  the cause if the run's own approach is one that the other source would list;
- otherwise the other source's element set (or constants) are the cause, if with them the approach is listed.
Nothing that leaves the approach missing when it is removed is named as tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from debrissim.core.arrays import Index
from debrissim.screening.volumes import Membership
from debrissim.verification.other_sources.causes import Cause, Explanation
from debrissim.verification.other_sources.element_sets import TheirSets
from debrissim.verification.other_sources.examination import Examination, outside
from debrissim.verification.other_sources.models import MODELS, Model, Pairs
from debrissim.verification.other_sources.motion import AT_THE_MOMENT, Approaches
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents
from debrissim.verification.other_sources.set_changes import set_cause
from debrissim.verification.other_sources.solve import ALL_MODELS, Solved, solve
from debrissim.verification.other_sources.wording import Words
from debrissim.verification.replay import pair_of

_OWN = MODELS[0]
_REMOVED_BY_A_SET = (Cause.NOT_LISTED, Cause.STALE, Cause.FAILS)


@dataclass(frozen=True, eq=False)
class Case:
    """One reported event that a run lacks.

    own, own_listed, own_other: the run's own approach, whether it would be a row, whether by the other rule of when a
    secondary counts; there, ...: the same under `model`, the one that gives the reported numbers (None: there is none).
    slots: what barred each object, of_pair: what barred both together.
    """

    k: int
    own: Approaches
    own_listed: bool
    own_other: bool
    model: Model | None
    there: Approaches
    there_listed: bool
    there_other: bool
    slots: tuple[Cause | None, Cause | None]
    of_pair: tuple[Cause, ...]
    tried: list[tuple[Model, float]]

    @property
    def bars(self) -> tuple[Cause, ...]:
        """The reasons that kept the pair out of the run whatever its approach is."""
        return tuple(dict.fromkeys([*(bar for bar in self.slots if bar is not None), *self.of_pair]))

    @property
    def has_own(self) -> bool:
        """Whether the run's own data give an approach."""
        return bool(self.own.found[0])

    @property
    def is_own(self) -> bool:
        """Whether the run's own data give the reported numbers."""
        return self.model == _OWN


def explain_missing(
    examination: Examination, other: OtherList, events: ReportedEvents, sets: TheirSets, theirs: Index
) -> list[Explanation]:
    """Explain why a run lacks reported approaches of pairs that it examines.

    Parameters
    ----------
    examination : Examination
        The run.
    other : OtherList
        The source of the reports.
    events : ReportedEvents
        m of its events.
    sets : TheirSets
        Element sets of the source.
    theirs : Index, shape (m, 2)
        Rows of its sets for both objects of each event.
    """
    if len(events) == 0:
        return []
    pairs = Pairs.of(examination, events, sets, theirs, other.precision.age_days)
    solved = solve(pairs, other, events)
    words = Words(examination, other, events, pairs)
    cases = (_case(k, examination, pairs, solved) for k in range(len(events)))
    return [_explain(case, examination, other, events, pairs, words) for case in cases]


def _case(k: int, examination: Examination, pairs: Pairs, solved: Solved) -> Case:
    number, own = int(solved.model[k]), solved.own[k]
    time_s = float(pairs.run_s[k])
    first, second = (int(n) for n in pairs.numbers[k].tolist())
    codes = int(own.first_code[0]), int(own.second_code[0])
    slots = [_bar(examination, n, time_s, code) for n, code in zip((first, second), codes, strict=True)]
    of_pair = [] if 0.0 <= time_s <= examination.run.inputs.duration_s else [Cause.SPAN]
    docked = examination.together.get(pair_of(first, second))
    if docked is not None:
        of_pair.append(Cause.DOCKED if docked else Cause.TOGETHER)
    return Case(
        k=k,
        own=own,
        own_listed=bool(solved.own_inside[k]),
        own_other=bool(solved.own_inside_other[k]),
        model=ALL_MODELS[number] if number >= 0 else None,
        there=solved.found[k],
        there_listed=bool(solved.found_inside[k]),
        there_other=bool(solved.found_inside_other[k]),
        slots=(slots[0], slots[1]),
        of_pair=tuple(of_pair),
        tried=solved.tried[k],
    )


def _bar(examination: Examination, number: int, time_s: float, code: int) -> Cause | None:
    """The reason that kept an object out of the run at a time, by the run's own record or by SGP4 itself."""
    if number not in examination.row_of:
        return Cause.NOT_LISTED
    return examination.takes_part(number, time_s) or (Cause.FAILS if code else None)


def _explain(
    case: Case, examination: Examination, other: OtherList, events: ReportedEvents, pairs: Pairs, words: Words
) -> Explanation:
    k, values = case.k, _values(case, pairs, examination)
    tca_s = float(pairs.tca_s[k])
    # As reported: by the model that reproduces the report, otherwise only by its miss.
    is_outside = not case.there_listed if case.model else bool(events.miss_km[k] > examination.radius_km)
    if is_outside:
        return _outside(case, examination, other, events, pairs, words, values)
    if case.own_listed and not case.bars:
        stays = examination.rows_of.get(pair_of(*(int(n) for n in pairs.numbers[k].tolist())))
        if stays and int(case.own.kind[0]) == AT_THE_MOMENT:
            sentence = words.stay(k, stays, case.own)
            return Explanation((Cause.MINIMUM,), True, sentence, **values, **_counter(case.own, tca_s))
        return Explanation((Cause.MISSED,), True, words.fault(case.own), **values)
    if case.own_listed:
        return Explanation(
            case.bars,
            True,
            words.lifted(k, case.slots, case.of_pair, case.own),
            **values,
            **_counter(case.own, tca_s),
        )
    if case.model is not None and not case.is_own:
        return Explanation(
            causes_of(case, case.model, pairs),
            True,
            words.with_model(k, case.model, case.there, case.own),
            **values,
            **_counter(case.there, tca_s),
        )
    return Explanation(
        (*case.bars, Cause.UNKNOWN),
        False,
        words.untested(k, case.slots, case.of_pair, case.own, case.tried),
        **values,
    )


def _outside(
    case: Case,
    examination: Examination,
    other: OtherList,
    events: ReportedEvents,
    pairs: Pairs,
    words: Words,
    values: dict[str, Any],
) -> Explanation:
    """An approach that is outside the run's volumes as the other source reports it."""
    k, tca_s = case.k, float(pairs.tca_s[case.k])
    passes_through = case.there_other if case.model is not None else case.own_other
    at_tca_only = examination.run.membership == Membership.TCA
    cause = Cause.DEFINITION if at_tca_only and passes_through else Cause.VOLUME
    shown = case.there if case.model is not None else case.own
    where = words.outside(k, shown if bool(shown.found[0]) else None, cause)
    limit_km = other.limit_km if np.isfinite(other.limit_km) else float(events.miss_km[k])
    would_be_listed = bool(case.own.miss_km[0] <= limit_km + other.precision.miss_km)
    if cause == Cause.DEFINITION:
        would_be_listed = case.own_other
    if case.has_own and would_be_listed:
        sentence = words.lifted(k, case.slots, case.of_pair, case.own) + where
        return Explanation((*case.bars, cause), True, sentence, **values, **_counter(case.own, tca_s))
    if case.model is not None and not case.is_own:
        causes = tuple(dict.fromkeys((cause, *causes_of(case, case.model, pairs))))
        sentence = words.with_model(k, case.model, case.there, case.own) + where
        return Explanation(causes, True, sentence, **values, **_counter(case.there, tca_s))
    sentence = words.untested(k, case.slots, case.of_pair, case.own, case.tried) + where
    return Explanation((*case.bars, cause, Cause.UNKNOWN), False, sentence, **values)


def causes_of(case: Case, model: Model, pairs: Pairs) -> tuple[Cause, ...]:
    """The changes from the run to a model under which the approach is as reported.

    Where an object was missing, stale or failing, that is what the other source's set of it removes.
    """
    if model.states:
        return (*case.bars, Cause.STATE)
    found: list[Cause] = []
    for slot in (0, 1):
        bar = case.slots[slot]
        if model.theirs[slot]:
            found.append(bar if bar in _REMOVED_BY_A_SET and bar else set_cause(pairs, case.k, slot))
            bar = None if bar in _REMOVED_BY_A_SET else bar
        if bar is not None:
            found.append(bar)
    return tuple(dict.fromkeys([*found, *model.theory_causes, *case.of_pair]))


def _values(case: Case, pairs: Pairs, examination: Examination) -> dict[str, Any]:
    """The computed values of an explanation: by the run's own data."""
    if not case.has_own:
        return {}
    relative = case.own.relative_rtn_km[0]
    return {
        "computed_miss_km": float(case.own.miss_km[0]),
        "computed_shift_s": float(case.own.time_s[0] - pairs.tca_s[case.k]),
        "computed_rtn_km": tuple(relative.tolist()),
        "outside_km": outside(examination.volumes, relative)[0],
    }


def _counter(approach: Approaches, tca_s: float) -> dict[str, Any]:
    return {
        "counterfactual_miss_km": float(approach.miss_km[0]),
        "counterfactual_shift_s": float(approach.time_s[0] - tca_s),
    }
