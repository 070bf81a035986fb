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

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.screening.volumes import Membership
from debrissim.verification.compare.causes import Cause, Explanation
from debrissim.verification.compare.element_sets import TheirSets
from debrissim.verification.compare.examination import Examination, outside
from debrissim.verification.compare.models import MODELS, STATES, Model, Pairs
from debrissim.verification.compare.motion import Approaches
from debrissim.verification.compare.reported import OtherList, ReportedEvents, agrees
from debrissim.verification.compare.set_changes import set_causes
from debrissim.verification.compare.wording import Words
from debrissim.verification.replay import pair_of

_OWN = MODELS[0]
ALL_MODELS = (*MODELS, STATES)
_ADDED = (Cause.NOT_LISTED, Cause.STALE, Cause.FAILS)
"""What an element set of the other source removes by itself."""
_SAMPLES = 2001


@dataclass(frozen=True, eq=False)
class Solved:
    """For m events: the approach under the run's own data, and under the first model that gives the reported numbers.

    model: (m,) index in `MODELS`, -1 for none. inside: (m,) whether the approach would be a row of the run;
    inside_other: by the other rule of when a secondary counts. tried: (m,) models that were computed.
    """

    own: Approaches
    own_inside: Mask
    own_inside_other: Mask
    model: Index
    found: Approaches
    found_inside: Mask
    found_inside_other: Mask
    tried: list[list[tuple[Model, float]]]


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
    pairs = Pairs.of(examination, events, sets, theirs)
    solved = solve(pairs, other, events)
    words = Words(examination, other, events, pairs)
    return [_explain(k, examination, other, events, pairs, solved, words) for k in range(len(events))]


def solve(pairs: Pairs, other: OtherList, events: ReportedEvents) -> Solved:
    """The approaches of events under the run's own data, and under the model that gives the reported numbers."""
    examination, size = pairs.examination, len(pairs)
    rule = examination.run.membership
    others = Membership.ANY_MOMENT if rule == Membership.TCA else Membership.TCA
    everything = np.arange(size)
    chosen = np.full(size, -1)
    found: dict[str, Approaches | None] = {"own": None, "model": None}
    masks = {name: np.zeros(size, dtype=bool) for name in ("own", "own_other", "model", "model_other")}
    tried: list[list[tuple[Model, float]]] = [[] for _ in range(size)]
    for number, model in enumerate(MODELS):
        rows = everything[(chosen < 0)] if number else everything
        rows = rows[pairs.usable(model, rows)]
        if number == 0:
            found["own"] = found["model"] = _nothing(size)
        if rows.size == 0:
            continue
        motions, approaches = pairs.evaluate(model, rows)
        for k, miss in zip(rows.tolist(), approaches.miss_km.tolist(), strict=True):
            tried[k].append((model, miss))
        primary = pairs.rows[rows, 0]
        inside, inside_other = (
            examination.inside(motions, approaches, primary, which) for which in (rule, others)
        )
        if number == 0:
            found["own"] = _placed(found["own"], approaches, rows)
            masks["own"][rows], masks["own_other"][rows] = inside, inside_other
        good = agrees(
            events[rows], other.precision, approaches.time_s, approaches.miss_km, approaches.speed_km_s,
            pairs.tca_s[rows],
        )  # fmt: skip
        chosen[rows[good]] = number
        found["model"] = _placed(found["model"], approaches[good], rows[good])
        masks["model"][rows[good]], masks["model_other"][rows[good]] = inside[good], inside_other[good]
    if not other.uses_sgp4:
        rows = everything[(chosen < 0) & np.isfinite(events.states_teme).all(axis=(1, 2))]
        by_states, inside = _by_states(examination, pairs, events, rows)
        chosen[rows] = len(MODELS)
        found["model"] = _placed(found["model"], by_states, rows)
        masks["model"][rows], masks["model_other"][rows] = inside[:, 0], inside[:, 1]
    own, model_found = found["own"], found["model"]
    assert own is not None
    assert model_found is not None
    return Solved(
        own,
        masks["own"],
        masks["own_other"],
        chosen,
        model_found,
        masks["model"],
        masks["model_other"],
        tried,
    )


def _by_states(
    examination: Examination, pairs: Pairs, events: ReportedEvents, rows: Index
) -> tuple[Approaches, Mask]:
    """The approaches of events whose states are given, and (k, 2) whether they are inside by the run's rule, the other.

    The passage is taken as straight, which over a volume's length it is to some metres.
    """
    states = np.where(
        pairs.swapped[rows, None, None], events.states_teme[rows][:, ::-1], events.states_teme[rows]
    )
    first, second = states[:, 0], states[:, 1]
    basis = rtn_basis(first[:, :3], first[:, 3:])
    relative, rate = (rotate(basis, (second - first)[:, part]) for part in (slice(0, 3), slice(3, 6)))
    speed = np.linalg.norm(rate, axis=1)
    table = _placed(_nothing(rows.size), _nothing(rows.size), np.arange(rows.size))
    table = replace(
        table,
        time_s=pairs.tca_s[rows],
        miss_km=np.linalg.norm(relative, axis=1),
        relative_rtn_km=relative,
        speed_km_s=speed,
    )
    owner = np.maximum(pairs.rows[rows, 0], 0)
    at_tca = examination.run.inside(relative, owner)
    reach_s = examination.radius_km / np.maximum(speed, 1e-6)
    steps = np.linspace(-1.0, 1.0, _SAMPLES) * reach_s[:, None]
    along = relative[:, None] + steps[:, :, None] * rate[:, None]
    ever = (
        examination.run.inside(along.reshape(-1, 3), np.repeat(owner, _SAMPLES))
        .reshape(-1, _SAMPLES)
        .any(axis=1)
    )
    columns = (at_tca, at_tca | ever)
    rule_first = columns if examination.run.membership == Membership.TCA else columns[::-1]
    return table, np.stack(rule_first, axis=1)


def _explain(
    k: int,
    examination: Examination,
    other: OtherList,
    events: ReportedEvents,
    pairs: Pairs,
    solved: Solved,
    words: Words,
) -> Explanation:
    bars = bars_of(examination, pairs, k)
    own, own_listed = solved.own[k], bool(solved.own_inside[k])
    has_own = bool(own.found[0])
    values = _values(own, pairs.tca_s[k], examination, has_own)
    model = ALL_MODELS[solved.model[k]] if solved.model[k] >= 0 else None
    there = solved.found[k] if model is not None else own
    # As reported, the approach is outside the volumes by what reproduces it, or by its miss alone.
    outside_as_reported = (
        not solved.found_inside[k] if model is not None else events.miss_km[k] > examination.radius_km
    )
    if has_own and own_listed and not outside_as_reported:
        if not bars:
            return Explanation((Cause.MISSED,), True, words.fault(), **values).saying(words.own(own))
        return Explanation(bars, True, words.lifted(k, bars, own), **values, **_counter(own, pairs.tca_s[k]))
    if outside_as_reported:
        return _outside(k, examination, other, events, pairs, solved, words, bars, values)
    if model is not None and model != _OWN:
        changes = set_causes(pairs, k, model)
        kept = tuple(
            bar for bar in bars if not (bar in _ADDED and _replaces(examination, pairs, k, model, bar))
        )
        # Where the set was missing, stale or failing, that is what their set removes.
        first = tuple(bar for bar in bars if bar not in kept)
        if first and _same_slots(examination, pairs, k, model):
            changes = ()
        causes = tuple(dict.fromkeys((*first, *changes, *kept)))
        return Explanation(
            causes, True, words.with_model(k, model, there, own), **values, **_counter(there, pairs.tca_s[k])
        )
    return Explanation((*bars, Cause.UNKNOWN), False, words.untested(k, bars, own, solved.tried[k]), **values)


def _outside(
    k: int,
    examination: Examination,
    other: OtherList,
    events: ReportedEvents,
    pairs: Pairs,
    solved: Solved,
    words: Words,
    bars: tuple[Cause, ...],
    values: dict[str, Any],
) -> Explanation:
    """An approach that is outside the run's volumes as the other source reports it."""
    own, there = solved.own[k], solved.found[k]
    limit = other.limit_km if np.isfinite(other.limit_km) else float(events.miss_km[k])
    limit += other.precision.miss_km
    model = ALL_MODELS[solved.model[k]] if solved.model[k] >= 0 else None
    inside_other = bool(solved.found_inside_other[k] if model is not None else solved.own_inside_other[k])
    cause = (
        Cause.DEFINITION if examination.run.membership == Membership.TCA and inside_other else Cause.VOLUME
    )
    shown = there if model is not None else own
    where = words.outside(k, shown if bool(shown.found[0]) else None, cause)
    if bool(own.found[0]) and (bool(own.miss_km[0] <= limit) or (cause == Cause.DEFINITION and inside_other)):
        return Explanation(
            (*bars, cause),
            True,
            words.lifted(k, bars, own) + where,
            **values,
            **_counter(own, pairs.tca_s[k]),
        )
    if model is not None and model != _OWN:
        changes = set_causes(pairs, k, model)
        return Explanation(
            tuple(dict.fromkeys((*bars, cause, *changes))), True,
            words.with_model(k, model, there, own) + where, **values, **_counter(there, pairs.tca_s[k]),
        )  # fmt: skip
    return Explanation(
        (*bars, cause, Cause.UNKNOWN), False, words.untested(k, bars, own, solved.tried[k]) + where, **values
    )


def bars_of(examination: Examination, pairs: Pairs, k: int) -> tuple[Cause, ...]:
    """What kept a pair out of the run whatever its approach is, by the run's own record."""
    found: list[Cause] = []
    time_s = float(pairs.run_s[k])
    first, second = (int(number) for number in pairs.numbers[k].tolist())
    for number in (first, second):
        reason = examination.takes_part(number, time_s) if number in examination.row_of else Cause.NOT_LISTED
        if reason is not None:
            found.append(reason)
    if not 0.0 <= time_s <= examination.run.inputs.duration_s:
        found.append(Cause.SPAN)
    docked = examination.together.get(pair_of(first, second))
    if docked is not None:
        found.append(Cause.DOCKED if docked else Cause.TOGETHER)
    return tuple(dict.fromkeys(found))


def _replaces(examination: Examination, pairs: Pairs, k: int, model: Model, bar: Cause) -> bool:
    """Whether every object that a bar keeps out flies the other source's set under a model."""
    return all(model.theirs[slot] for slot in (0, 1) if _bar_of(examination, pairs, k, slot) == bar)


def _bar_of(examination: Examination, pairs: Pairs, k: int, slot: int) -> Cause | None:
    number = int(pairs.numbers[k, slot])
    if number not in examination.row_of:
        return Cause.NOT_LISTED
    return examination.takes_part(number, float(pairs.run_s[k]))


def _same_slots(examination: Examination, pairs: Pairs, k: int, model: Model) -> bool:
    """Whether the other source's sets replace only those that were missing, stale or failing."""
    replaced = [slot for slot in (0, 1) if model.theirs[slot]]
    return not model.theory_causes and all(
        _bar_of(examination, pairs, k, slot) in _ADDED for slot in replaced
    )


def _values(own: Approaches, tca_s: float, examination: Examination, has_own: bool) -> dict[str, Any]:
    if not has_own:
        return {}
    relative = own.relative_rtn_km[0]
    return {
        "computed_miss_km": float(own.miss_km[0]),
        "computed_shift_s": float(own.time_s[0] - tca_s),
        "computed_rtn_km": tuple(relative.tolist()),
        "outside_km": outside(examination.volumes, relative)[0],
    }


def _counter(approach: Approaches, tca_s: float) -> dict[str, Any]:
    return {
        "counterfactual_miss_km": float(approach.miss_km[0]),
        "counterfactual_shift_s": float(approach.time_s[0] - tca_s),
    }


def _nothing(size: int) -> Approaches:
    missing = np.full(size, np.nan)
    none = np.zeros(size, dtype=np.int64)
    return Approaches(
        first=none, second=none, time_s=missing, miss_km=missing, relative_rtn_km=np.full((size, 3), np.nan),
        speed_km_s=missing, kind=np.full(size, -1, dtype=np.int8), place=none,
        first_code=np.zeros(size, dtype=np.uint8), second_code=np.zeros(size, dtype=np.uint8),
        nearest_km=np.full(size, np.inf),
    )  # fmt: skip


def _placed(table: Approaches | None, part: Approaches, rows: Index) -> Approaches:
    """The table with the rows of a part in their places."""
    assert table is not None
    columns: dict[str, Array] = {}
    for name in table.__dataclass_fields__:
        column = getattr(table, name).copy()
        column[rows] = getattr(part, name)
        columns[name] = column
    return Approaches(**columns)  # type: ignore[arg-type]
