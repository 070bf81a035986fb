"""Objects that change their identity between reports of one event, by their states.

An object that is not catalogued yet may be UNKNOWN in one report, an analyst number in the next and a catalogue number
in the last. Two events are taken as one if all of this holds:

- one object is the same in both, and of the two others at least one has no permanent identity;
- their TCAs are within 10 s of each other;
- no originator reports both in one issue: then it knows two objects;
- the relative states agree: the difference of the positions at one moment, in the sum of both covariances, has a
  p-value of at least 0.001 and is below 25 km, and the relative velocities differ by less than 50 m/s. Where a
  covariance is missing the positions agree within 1 km and the velocities within 5 m/s;
- no other candidate contradicts it.

All others are kept apart, and named if only the states are missing or candidates contradict each other. Nothing
is merged by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.cdm.reports import CdmReport
from debrissim.cdm.revision import (
    RelativeSolution,
    chi_square,
    is_positive_definite,
    p_values,
    relative_solution,
)
from debrissim.cdm.states import to_state_pair
from debrissim.core.text import printable
from debrissim.probability.computable import Fault, check_computable

LINK_S = 10.0
_AGREE_P = 1e-3
_MAX_KM, _MAX_KM_S = 25.0, 0.05
_NEAR_KM, _NEAR_KM_S = 1.0, 0.005
# If there are many events at one moment, each is compared with this many following ones: the time stays proportional to
# their number.
_NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class Candidate:
    """An event of one object that is known, and another that may have another identity elsewhere.

    known: key of one object; other: key of the other, as reported; rows: of its reports; sides: for each of them, 0 if
    the known object is its primary, 1 if it is its secondary; is_permanent: of the other.
    """

    known: str
    other: str
    rows: tuple[int, ...]
    sides: tuple[int, ...]
    is_permanent: bool


def links(
    reports: Sequence[CdmReport], candidates: Sequence[Candidate]
) -> tuple[dict[int, tuple[int, str]], dict[int, tuple[str, ...]]]:
    """The keys by which rows are to be known, and sentences about rows.

    Parameters
    ----------
    reports : sequence of CdmReport
        All reports.
    candidates : sequence of Candidate
        Events that have an object without a permanent identity, and those of the same known object.

    Returns
    -------
    keys : dict
        For rows whose keys change: the object, 0 or 1, and its new key.
    notes : dict
        Sentences about the event of a row.
    """
    by_known: dict[str, list[int]] = {}
    for number, candidate in enumerate(candidates):
        by_known.setdefault(candidate.known, []).append(number)
    keys: dict[int, tuple[int, str]] = {}
    notes: dict[int, tuple[str, ...]] = {}
    for numbers in by_known.values():
        joined, unsure = _edges(reports, candidates, numbers)
        for group in _components(numbers, joined):
            _decide(reports, [candidates[k] for k in group], keys, notes)
        for one, other in unsure:
            sentence = (
                f"{_label(candidates[one])} and {_label(candidates[other])} may be one object: summaries have no "
                "states to decide it"
            )
            for row in (candidates[one].rows[0], candidates[other].rows[0]):
                notes[row] = (*notes.get(row, ()), sentence)
    return keys, notes


def _edges(
    reports: Sequence[CdmReport], candidates: Sequence[Candidate], numbers: Sequence[int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pairs of candidates of one known object that are one event, and those that only lack states."""
    joined, unsure = [], []
    for one, other in sorted(_neighbours(reports, candidates, numbers)):
        first, second = candidates[one], candidates[other]
        if first.is_permanent and second.is_permanent:
            continue
        if _issues(reports, first) & _issues(reports, second):
            continue
        agrees = _agrees(reports, first, second)
        if agrees is None:
            unsure.append((one, other))
        elif agrees:
            joined.append((one, other))
    return joined, unsure


def _neighbours(
    reports: Sequence[CdmReport], candidates: Sequence[Candidate], numbers: Sequence[int]
) -> set[tuple[int, int]]:
    """Pairs with TCAs near each other; of more than a few such events, those that were reported next to each other."""
    latest = {number: reports[candidates[number].rows[-1]] for number in numbers}
    origin = latest[numbers[0]].tca
    buckets: dict[int, list[int]] = {}
    for number, report in latest.items():
        buckets.setdefault(int((report.tca - origin) // LINK_S), []).append(number)
    found = set()
    for bucket, members in buckets.items():
        near = sorted(members + buckets.get(bucket + 1, []), key=lambda number: latest[number].created)
        for place, one in enumerate(near):
            for other in near[place + 1 : place + 1 + _NEIGHBOURS]:
                if abs(latest[one].tca - latest[other].tca) <= LINK_S:
                    found.add((min(one, other), max(one, other)))
    return found


def _components(numbers: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Groups of two or more that edges connect."""
    group = {number: {number} for number in numbers}
    for one, other in edges:
        if group[one] is not group[other]:
            merged = group[one] | group[other]
            for member in merged:
                group[member] = merged
    return [sorted(members) for members in {id(g): g for g in group.values()}.values() if len(members) > 1]


def _decide(
    reports: Sequence[CdmReport],
    group: Sequence[Candidate],
    keys: dict[int, tuple[int, str]],
    notes: dict[int, tuple[str, ...]],
) -> None:
    """Give all of a group one key, unless two of them are known to be different objects."""
    permanent = {one.other for one in group if one.is_permanent}
    issues = [issue for one in group for issue in _issues(reports, one)]
    labels = sorted({_label(one) for one in group})
    if len(permanent) > 1 or len(set(issues)) < len(issues):
        sentence = (
            f"{' and '.join(labels)} agree in their states, but not all of them can be one object: kept apart"
        )
        for one in group:
            notes[one.rows[0]] = (*notes.get(one.rows[0], ()), sentence)
        return
    newest = max(group, key=lambda one: (bool(one.other), reports[one.rows[-1]].created))
    key = (
        next(iter(permanent), "") or newest.other or f"unknown object of {_place(reports[group[0].rows[0]])}"
    )
    for one in group:
        keys |= {row: (1 - side, key) for row, side in zip(one.rows, one.sides, strict=True)}
    first = min(row for one in group for row in one.rows)
    if len(labels) > 1:
        named = [label for label in labels if label != key]
        sentence = f"{' and '.join(named)} is taken as {key}: the same partner, TCA and state"
        notes[first] = (*notes.get(first, ()), sentence)


def _agrees(reports: Sequence[CdmReport], one: Candidate, other: Candidate) -> bool | None:
    """Whether the states of the reports that were made the nearest to each other agree; None without states."""
    before, after = (
        [
            (row, side)
            for row, side in zip(item.rows, item.sides, strict=True)
            if reports[row].conjunction is not None
        ]
        for item in (one, other)
    )
    if not before or not after:
        return None
    (first, side), (second, other_side) = _nearest(reports, before, after)
    shift_s = reports[second].tca - reports[first].tca
    if abs(shift_s) > LINK_S:
        return False
    older = _solution(reports[first].conjunction, side, shift_s)
    newer = _solution(reports[second].conjunction, other_side, 0.0)
    if older is None or newer is None:
        return False
    shift = newer.position_km - older.position_km
    away = float(np.linalg.norm(shift))
    speed = float(np.linalg.norm(newer.velocity_km_s - older.velocity_km_s))
    if not (is_positive_definite(older.covariance_km2) and is_positive_definite(newer.covariance_km2)):
        return away <= _NEAR_KM and speed <= _NEAR_KM_S
    square = chi_square(shift[None], (older.covariance_km2 + newer.covariance_km2)[None])
    return away <= _MAX_KM and speed <= _MAX_KM_S and float(p_values(square)[0]) >= _AGREE_P


def _nearest(
    reports: Sequence[CdmReport], before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The two entries, each (row, side) in the order of creation, that were made the nearest to each other."""
    best, apart = (before[0], after[0]), float("inf")
    place = other = 0
    while place < len(before) and other < len(after):
        later_s = reports[after[other][0]].created - reports[before[place][0]].created
        if abs(later_s) < apart:
            best, apart = (before[place], after[other]), abs(later_s)
        place, other = (place + 1, other) if later_s >= 0.0 else (place, other + 1)
    return best


def _solution(message: Conjunction | None, side: int, seconds: float) -> RelativeSolution | None:
    """The other object relative to the known one, which is OBJECT1 if `side` is 0, OBJECT2 if it is 1; None unless both
    are in orbit.
    """
    if message is None:
        return None
    data = check_computable(to_state_pair([message]))
    if (int(data.primary[0]) | int(data.secondary[0])) & Fault.NOT_IN_ORBIT:
        return None
    objects = (message.primary, message.secondary)
    return relative_solution((objects[side], objects[1 - side]), seconds)


def _issues(reports: Sequence[CdmReport], one: Candidate) -> set[str]:
    return {reports[row].issue for row in one.rows}


def _label(one: Candidate) -> str:
    return one.other or "an object without a designator"


def _place(report: CdmReport) -> str:
    return printable(report.message_id)[:60]


def candidates_of(
    keys: Sequence[tuple[str, str]], permanent: Sequence[tuple[bool, bool]], events: Mapping[int, list[int]]
) -> list[Candidate]:
    """The candidates among events: those in which one object has a permanent identity, from either side."""
    found = []
    for rows in events.values():
        pair, stays = keys[rows[0]], permanent[rows[0]]
        for side in (0, 1):
            if stays[side]:
                sides = tuple(keys[row].index(pair[side]) for row in rows)
                found.append(Candidate(pair[side], pair[1 - side], tuple(rows), sides, stays[1 - side]))
    # Events of two permanent objects matter only together with others of the same object.
    doubtful = {one.known for one in found if not one.is_permanent}
    return [one for one in found if one.known in doubtful]
