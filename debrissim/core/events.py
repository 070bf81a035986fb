"""Events: reports of close approaches that belong together, by the unordered pair of objects and the moment.

A close approach is reported again and again as its data improve: by every message about it, by every run of a watch,
by both operators. Reports of one pair are one event if their closest approaches are within a tolerance of each other.
Objects on similar orbits meet once or twice per revolution, 43 minutes apart or more in any orbit, so that a tolerance
of ten minutes keeps their passes apart. Two approaches that one source reports at the same time are never the same
event.

A report joins the event whose *latest* approach is the nearest, so that an event whose moment drifts over the days
keeps its identity, and passes are never chained together by intermediate reports.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby

import numpy as np

from debrissim.core.arrays import Array, Index

TOLERANCE_S = 600.0
"""Reports of a pair further apart than this are different events: an eighth of the shortest revolution."""

REPEATED_S = 1.0
"""Two reports of one batch this close to each other are one approach reported twice, once for each operator."""

NONE = -1
"""No event matches."""


def unordered_pair(first: Hashable, second: Hashable) -> frozenset[Hashable]:
    """The pair of two objects, the same in either order."""
    return frozenset((first, second))


def match_events(
    known: Sequence[tuple[Hashable, float]],
    reports: Sequence[tuple[Hashable, float]],
    *,
    tolerance_s: float = TOLERANCE_S,
) -> Index:
    """Index into `known` of the event that each report continues, NONE where it is a new one: (m,) integers.

    `known` are the pair and the latest time of closest approach (s, from any origin) of each event, `reports` those of
    one batch. The closest matches come first; no event takes two reports, unless these are within REPEATED_S of each
    other.
    """
    by_pair: dict[Hashable, list[int]] = {}
    for event, (pair, _) in enumerate(known):
        by_pair.setdefault(pair, []).append(event)
    candidates = sorted(
        (abs(known[event][1] - tca_s), report, event)
        for report, (pair, tca_s) in enumerate(reports)
        for event in by_pair.get(pair, ())
        if abs(known[event][1] - tca_s) <= tolerance_s
    )
    match = np.full(len(reports), NONE, dtype=np.int64)
    taken: dict[int, float] = {}
    for _, report, event in candidates:
        tca_s = reports[report][1]
        if match[report] == NONE and abs(taken.get(event, tca_s) - tca_s) <= REPEATED_S:
            match[report] = event
            taken[event] = tca_s
    return match


def group_events(
    pairs: Sequence[Hashable],
    tca_s: Array,
    batches: Sequence[float | str],
    *,
    tolerance_s: float = TOLERANCE_S,
) -> Index:
    """Event number of each of m reports, counted from 0 in order of first report: (m,) integers.

    `pairs` are hashable keys of the unordered pairs, `tca_s` (m,) the times of closest approach (s, from any origin),
    `batches` sortable keys: reports with equal ones come from one source at one time, later ones have larger keys.
    """
    events = np.full(len(pairs), NONE, dtype=np.int64)
    known: dict[Hashable, list[int]] = {}
    latest: list[float] = []
    order = sorted(range(len(pairs)), key=lambda row: (batches[row], tca_s[row], row))
    for _, rows in groupby(order, key=lambda row: batches[row]):
        by_pair: dict[Hashable, list[int]] = {}
        for row in rows:
            by_pair.setdefault(pairs[row], []).append(row)
        for pair, same in by_pair.items():
            before = known.setdefault(pair, [])
            match = match_events(
                [(pair, latest[event]) for event in before],
                [(pair, float(tca_s[row])) for row in same],
                tolerance_s=tolerance_s,
            )
            new: list[int] = []
            for row, found in zip(same, match, strict=True):
                event = before[found] if found != NONE else _repeated(new, latest, float(tca_s[row]))
                if event == NONE:
                    event = len(latest)
                    latest.append(float(tca_s[row]))
                    new.append(event)
                events[row] = event
                latest[event] = float(tca_s[row])
            before += new
    return events


def _repeated(events: Sequence[int], latest: Sequence[float], tca_s: float) -> int:
    """The event of this batch that a report within REPEATED_S repeats, or NONE."""
    return next((event for event in events if abs(latest[event] - tca_s) <= REPEATED_S), NONE)
