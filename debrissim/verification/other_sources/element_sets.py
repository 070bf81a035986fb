"""The element sets from which another source computed its events, as far as they are available."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from debrissim.catalog import Catalog, days_since
from debrissim.core.arrays import Array, Index
from debrissim.verification.other_sources.reported import UNKNOWN, OtherList, ReportedEvents


@dataclass(frozen=True, eq=False)
class TheirSets:
    """Element sets of another source.

    catalog: n sets. first, second: (m,) rows for the objects of m events, UNKNOWN if there is none. by_number: the
    row for every number that the source lists, for other events than its own.
    """

    catalog: Catalog
    first: Index
    second: Index
    by_number: dict[int, int]

    def of_numbers(self, numbers: Index) -> Index:
        """(m,) rows for objects by number, UNKNOWN if there is none."""
        return np.array([self.by_number.get(n, UNKNOWN) for n in numbers.tolist()], dtype=np.int64)


def their_sets(other: OtherList, catalogs: Sequence[Catalog]) -> TheirSets:
    """The element sets of a source: its own, otherwise those of catalogues at the epochs that follow from its ages.

    Parameters
    ----------
    other : OtherList
        The source, m events.
    catalogs : sequence of Catalog
        Catalogues that may hold its element sets, several per object allowed.
    """
    events = other.events
    pool = Catalog.concat([other.sets, *catalogs]) if len(other.sets) or catalogs else Catalog.empty()
    own = len(other.sets)
    first, second = (
        _rows(pool, own, numbers, given, ages, events, other.precision.age_days)
        for numbers, given, ages in (
            (events.first_number, events.first_set, events.first_age_days),
            (events.second_number, events.second_set, events.second_age_days),
        )
    )
    by_number: dict[int, int] = {}
    for numbers, rows in ((events.first_number, first), (events.second_number, second)):
        for number, row in zip(numbers.tolist(), rows.tolist(), strict=True):
            if row != UNKNOWN:
                by_number.setdefault(number, row)
    return TheirSets(pool, first, second, by_number)


def _rows(
    pool: Catalog,
    own: int,
    numbers: Index,
    given: Index,
    ages: Array,
    events: ReportedEvents,
    tolerance_days: float,
) -> Index:
    """The set of each event: the given row, otherwise the one whose epoch follows from the stated age at TCA."""
    rows = given.copy()
    wanted = np.flatnonzero((rows == UNKNOWN) & np.isfinite(ages))
    if wanted.size == 0 or len(pool) == own:
        return rows
    candidates = own + np.flatnonzero(np.isin(pool.norad_id[own:], numbers[wanted]))
    order = candidates[np.argsort(pool.norad_id[candidates], kind="stable")]
    listed = pool.norad_id[order]
    for event in wanted.tolist():
        low, high = (
            np.searchsorted(listed, numbers[event], "left"),
            np.searchsorted(listed, numbers[event], "right"),
        )
        if low == high:
            continue
        same = order[low:high]
        tca = float(events.tca_jd[event]), float(events.tca_fraction[event])
        off_days = np.abs(-days_since(pool[same], *tca) - ages[event])
        if off_days.min() <= tolerance_days:
            rows[event] = same[off_days.argmin()]
    return rows
