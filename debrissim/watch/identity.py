"""The events that reports in a store continue, by the rule of `core.events`, in whatever order they arrive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from debrissim.core.events import NONE, group_events, match_events
from debrissim.core.time import Time
from debrissim.watch.event import EventUpdate

Pair = tuple[str, str]


class KnownEvents:
    """The events of some pairs with the reports of each; grows with every report that is matched."""

    def __init__(self) -> None:
        self._events: dict[Pair, list[int]] = {}
        # The reports of each event, (moment of the report, TCA), sorted.
        self._reports: dict[int, list[tuple[Time, Time]]] = {}

    def add(self, reports: Iterable[tuple[int, float, float, float, float]], pair: Pair) -> None:
        """Add recorded reports of a pair: event, moment of the report and TCA, each as (jd, fraction)."""
        for event, *times in sorted(reports):
            self._append(pair, event, Time(*times[:2]), Time(*times[2:]))

    def match(self, updates: Sequence[EventUpdate], new_event: Callable[[Pair], int]) -> list[int]:
        """The event of each report of one source at one moment; `new_event` makes the number of a new one."""
        if not updates:
            return []
        moment, origin = updates[0].reported, updates[0].tca
        pairs = [sorted_pair(update) for update in updates]
        candidates = [(pair, event) for pair in dict.fromkeys(pairs) for event in self._events.get(pair, ())]
        match = match_events(
            [(pair, self._latest(event, moment) - origin) for pair, event in candidates],
            [(pair, update.tca - origin) for pair, update in zip(pairs, updates, strict=True)],
        )
        found = [candidates[k][1] if k != NONE else NONE for k in match.tolist()]
        unmatched = [k for k, event in enumerate(found) if event == NONE]
        groups = group_events(
            [pairs[k] for k in unmatched],
            np.array([updates[k].tca - origin for k in unmatched]),
            [0.0] * len(unmatched),
        )
        made: dict[int, int] = {}
        for k, group in zip(unmatched, groups.tolist(), strict=True):
            if group not in made:
                made[group] = new_event(pairs[k])
            found[k] = made[group]
        for pair, event, update in zip(pairs, found, updates, strict=True):
            self._append(pair, event, update.reported, update.tca)
        return found

    def _append(self, pair: Pair, event: int, moment: Time, tca: Time) -> None:
        if event not in self._reports:
            self._events.setdefault(pair, []).append(event)
        reports = self._reports.setdefault(event, [])
        reports.insert(bisect_right(reports, moment, key=lambda report: report[0]), (moment, tca))

    def _latest(self, event: int, moment: Time) -> Time:
        """The TCA of an event as of a moment: from its latest report up to then, otherwise from its first one."""
        reports = self._reports[event]
        return reports[max(bisect_right(reports, moment, key=lambda report: report[0]) - 1, 0)][1]


def sorted_pair(update: EventUpdate) -> Pair:
    """The keys of an update's objects, sorted."""
    first, second = sorted((update.primary.key, update.secondary.key))
    return first, second
