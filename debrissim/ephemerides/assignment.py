"""The arcs that the objects of a catalogue fly: ephemerides where they exist, otherwise one or several element sets.

Assumption
- If there are several element sets, an object flies at each moment the newest one available by then, as an operator
  would; before the first set, it flies the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import ArcTable, join_arcs, no_arcs
from debrissim.ephemerides.objects import OF_THE_OBJECT


@dataclass(frozen=True, eq=False)
class _Arcs:
    sets: Catalog
    row: Index
    begin_s: Array
    end_s: Array
    arc: Index


def make_flights(
    catalog: Catalog,
    ephemerides: Mapping[int, ArcTable],
    element_sets: Catalog | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    described: Catalog | None = None,
) -> Flights | None:
    """Make the flights of a catalogue.

    Parameters
    ----------
    catalog : Catalog
        n objects, one element set each.
    ephemerides : mapping of int to ArcTable
        The interpolated arcs of objects, by row of the catalogue; where no arc exists, the object has no position.
    element_sets : Catalog, optional
        Element sets, several per object; each object flies its newest set at each moment. None if every object flies
        the set of its row.
    start_jd, start_fraction : float
        Start of the span, UTC, as a split Julian date.
    duration_s : float
        Length of the span in s.
    described : Catalog, optional
        The same n rows with the element sets that the ephemerides replaced; by default the catalogue itself.

    Returns
    -------
    Flights or None
        None if every object flies one element set over the whole span.
    """
    segments = (
        {} if element_sets is None else _segments(catalog, element_sets, start_jd, start_fraction, duration_s)
    )
    several = {row: chosen for row, chosen in segments.items() if row not in ephemerides and chosen.size > 1}
    if not ephemerides and not several:
        return None
    single = np.setdiff1d(np.arange(len(catalog)), [*ephemerides, *several])
    whole = np.full(single.size, np.inf)
    parts = [_Arcs(catalog[single], single, -whole, whole, np.full(single.size, -1))]
    for place, chosen in several.items():
        assert element_sets is not None
        sets = _named_as(element_sets[chosen], catalog[[place]])
        switches = elapsed_s(sets.epoch_jd[1:], sets.epoch_fraction[1:], start_jd, start_fraction)
        parts.append(
            _Arcs(
                sets,
                np.full(chosen.size, place),
                np.append(-np.inf, switches),
                np.append(switches, np.inf),
                np.full(chosen.size, -1),
            )
        )
    first, tables = 0, []
    for flown, table in ephemerides.items():
        number = len(table)
        if number == 0:
            # An arc of zero length after the span: the object has no position in the span.
            after = np.array([duration_s + 1.0])
            parts.append(_Arcs(catalog[[flown]], np.array([flown]), after, after, np.array([-1])))
            continue
        parts.append(
            _Arcs(
                catalog[np.full(number, flown)],
                np.full(number, flown),
                table.begin_s,
                table.end_s,
                first + np.arange(number),
            )
        )
        first += number
        tables.append(table)
    row = np.concatenate([part.row for part in parts])
    begin = np.concatenate([part.begin_s for part in parts])
    order = np.lexsort((begin, row))
    return Flights.joined(
        sets=Catalog.concat([part.sets for part in parts])[order],
        row=row[order],
        begin_s=begin[order],
        end_s=np.concatenate([part.end_s for part in parts])[order],
        arc=np.concatenate([part.arc for part in parts])[order],
        table=join_arcs(tables) if tables else no_arcs(),
        described=catalog if described is None else described,
    )


def _segments(
    catalog: Catalog, element_sets: Catalog, start_jd: float, start_fraction: float, duration_s: float
) -> dict[int, Index]:
    """By row of the catalogue, the rows of `element_sets` that the object flies in the span, in the order of epochs."""
    moment = elapsed_s(element_sets.epoch_jd, element_sets.epoch_fraction, start_jd, start_fraction)
    order: Index = np.lexsort((np.arange(len(element_sets)), moment, element_sets.norad_id))
    number = element_sets.norad_id[order]
    found: dict[int, Index] = {}
    first: Index = np.searchsorted(number, catalog.norad_id, side="left")
    last = np.searchsorted(number, catalog.norad_id, side="right")
    for row in np.flatnonzero(last - first > 1).tolist():
        chosen = order[first[row] : last[row]]
        chosen = chosen[_is_last_of_its_epoch(moment[chosen])]
        times = moment[chosen]
        # The newest set at the start, and the sets that follow within the span.
        begin = max(int(np.searchsorted(times, 0.0, side="right")) - 1, 0)
        end = max(int(np.searchsorted(times, duration_s, side="left")), begin + 1)
        found[row] = chosen[begin:end]
    return found


def _is_last_of_its_epoch(moment: Array) -> Mask:
    """A later record with the same epoch corrects an earlier one."""
    return np.append(np.diff(moment) > 0.0, True)


def _named_as(sets: Catalog, known: Catalog) -> Catalog:
    """The element sets, with the name, kind and size of their object."""
    return sets.with_columns(**{name: np.repeat(getattr(known, name), len(sets)) for name in OF_THE_OBJECT})
