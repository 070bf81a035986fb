"""Alternative trajectories of one spacecraft, screened together against everything around it.

Each is an object of the same search (`debrissim.screening.screen`), and all form one group: they are not paired with
each other, nor with an object that flies with the spacecraft. The catalogue is interpolated once for all of them. The
theorem of `debrissim.screening.grid` holds for each: an arc of an element set is exactly SGP4, an interpolated arc
carries its own bound, and an arc that begins at a burn is followed from its first moment, when an object may already be
inside a volume.

The rule of co-location does not apply here: an alternative that slowly approaches a neighbour does encounter it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.ephemerides.flights import ORBIT_COLUMNS, Flights, Gaps
from debrissim.ephemerides.interpolation import ArcTable, join_arcs
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.decay import known_existence
from debrissim.screening.encounters import Encounters
from debrissim.screening.executors import Executor
from debrissim.screening.existence import Existence
from debrissim.screening.orbit_filter import span_end_states
from debrissim.screening.screen import screen

_TOUCHING_S = 1e-3


@dataclass(frozen=True, eq=False)
class ScreenedAlternatives:
    """Encounters of k alternatives with n objects.

    | field           | shape | meaning                                                                            |
    |-----------------|-------|------------------------------------------------------------------------------------|
    | flights         |       | arcs of the n objects and of the alternatives, which have the rows n to n + k - 1; |
    |                 |       | times in s since `start`                                                           |
    | encounters      | m     | primary: n + alternative, secondary: row of the catalogue; times since `start`     |
    | start           |       | UTC, split Julian date: beginning of the first alternative                         |
    | duration_s      |       | s from there to the end of the span                                                |
    | followed        | (k,)  | whether the alternative was screened from its beginning to the end of the span     |
    | end_s           | (k,)  | s since `start` until which it was screened                                        |
    | status          | (k,)  | `ObjectStatus`                                                                     |
    | objects         | n     | existence of the other objects                                                     |
    | gaps            |       | stretches of the span in which other objects have no position                      |
    """

    flights: Flights
    encounters: Encounters
    start: tuple[float, float]
    duration_s: float
    followed: Mask
    end_s: Array
    status: NDArray[np.int8]
    objects: Existence
    gaps: Gaps


def screen_alternatives(
    surroundings: Surroundings,
    alternatives: Flights,
    begin_s: float,
    end_s: float,
    *,
    executor: Executor | None = None,
    progress: Callable[[float], None] | None = None,
) -> ScreenedAlternatives:
    """Screen k alternative trajectories of a spacecraft together.

    Parameters
    ----------
    surroundings : Surroundings
        Everything that they may meet.
    alternatives : Flights
        Their arcs, rows 0 to k - 1, in s of run time, each from its own beginning.
    begin_s, end_s : float
        The span that is screened, s of run time. No arc begins before it.
    executor, progress :
        As for `screen`.

    Returns
    -------
    ScreenedAlternatives

    Raises
    ------
    InputError
        If the span is empty, an alternative has no arc, or an arc begins before the span.
    RunError
        As `screen`.
    """
    if not end_s > begin_s:
        raise InputError(f"end_s: expected a time after {begin_s:g} s of run time, got {end_s:g}")
    count = int(alternatives.row.max(initial=-1)) + 1
    if count == 0 or np.unique(alternatives.row).size != count:
        raise InputError("alternatives: expected one arc or more of each")
    if (alternatives.begin_s < begin_s - _TOUCHING_S).any():
        raise InputError(f"alternatives: expected no arc before {begin_s:g} s of run time")
    start, duration_s = _later(surroundings.start, begin_s), end_s - begin_s
    n = len(surroundings.catalog)
    own, end_of_set, status = _ended(_described(alternatives, surroundings.spacecraft), start, begin_s, end_s)
    flights = _joined(shifted(surroundings.flown, begin_s), own)
    catalog = Catalog.concat([surroundings.catalog, own.described])
    group = np.zeros(len(catalog), dtype=np.int64)
    group[surroundings.together] = group[n:] = 1
    # A trajectory that SGP4 cannot follow at its beginning cannot be a primary.
    flown = np.flatnonzero(np.bincount(own.row, own.end_s > own.begin_s, minlength=count) > 0)
    none = status != ObjectStatus.OK
    if flown.size == 0:
        raise InputError(
            "alternatives: expected at least one trajectory that can be propagated from its beginning"
        )
    result = screen(
        catalog, n + flown, *start, duration_s, surroundings.volumes, flights=flights, group=group,
        membership=surroundings.membership, colocation=CoLocationRule(enabled=False),
        settings=surroundings.settings, require_pairs=False, executor=executor, progress=progress,
    )  # fmt: skip
    existence = result.existence
    first_s, last_s = existence.span(duration_s)
    first_arc = np.searchsorted(own.row, np.arange(count), "left")
    gapless = result.uncovered_s[n:] <= _TOUCHING_S
    whole = (first_s[n:] <= own.begin_s[first_arc] + _TOUCHING_S) & (last_s[n:] >= duration_s - _TOUCHING_S)
    found = existence.outcome[n:]
    return ScreenedAlternatives(
        flights=flights,
        encounters=result.encounters,
        start=start,
        duration_s=duration_s,
        followed=whole & gapless & ~none & np.isin(np.arange(count), flown),
        end_s=np.minimum(last_s[n:], end_of_set),
        status=np.where(none, status, np.where(whole, np.int8(ObjectStatus.OK), found)),
        objects=existence[:n],
        gaps=result.gaps[result.gaps.row < n],
    )


def _later(start: tuple[float, float], seconds: float) -> tuple[float, float]:
    days, fraction = divmod(start[1] + seconds / SECONDS_PER_DAY, 1.0)
    return start[0] + days, fraction


def shifted(flights: Flights, seconds: float) -> Flights:
    """The flights, with run time counted from a later moment."""
    table = flights.table
    moved = replace(
        table,
        node_s=table.node_s - seconds,
        begin_s=table.begin_s - seconds,
        end_s=table.end_s - seconds,
    )
    return replace(flights, begin_s=flights.begin_s - seconds, end_s=flights.end_s - seconds, table=moved)


def _described(alternatives: Flights, spacecraft: Catalog) -> Flights:
    """The alternatives under the name, number, size and mass of the spacecraft, with one described row each."""
    sets = spacecraft[np.zeros(len(alternatives), dtype=np.int64)].with_columns(
        **{name: getattr(alternatives.sets, name) for name in ORBIT_COLUMNS}
    )
    _, first = np.unique(alternatives.row, return_index=True)
    return replace(alternatives, sets=sets, described=sets[first])


def _ended(
    alternatives: Flights, start: tuple[float, float], begin_s: float, end_s: float
) -> tuple[Flights, Array, NDArray[np.int8]]:
    """The alternatives in the time of the span, with the arcs of element sets ending where drag brings them down.

    Also returns (k,) s, when SGP4 fails, infinite if it does not, and (k,) `ObjectStatus`. Beyond a failure SGP4 may
    bring an object back to life, which the search of a single window does not notice.
    """
    moved = shifted(alternatives, begin_s)
    duration_s = end_s - begin_s
    begin = np.where(np.abs(moved.begin_s) <= _TOUCHING_S, 0.0, moved.begin_s)
    # An element set does not end with the span.
    sets = moved.arc < 0
    end = np.where(sets & (moved.end_s >= duration_s - _TOUCHING_S), np.inf, moved.end_s)
    arcs = np.flatnonzero(sets)
    propagator = moved.propagator(*start).of_element_sets(arcs)
    known = known_existence(
        moved.sets[arcs], propagator, span_end_states(propagator, duration_s), duration_s, np.inf
    )
    count = int(moved.row.max()) + 1
    end_of_set, status = np.full(count, np.inf), np.zeros(count, dtype=np.int8)
    late = np.flatnonzero(~(known.begin_s <= begin[arcs]) & (known.begin_status != ObjectStatus.OK))
    fails = np.flatnonzero(known.failure_s < np.minimum(end[arcs], duration_s))
    for place in late.tolist():
        row = int(moved.row[arcs[place]])
        end[arcs[place]], end_of_set[row] = begin[arcs[place]], begin[arcs[place]]
        status[row] = known.begin_status[place]
    for place in fails.tolist():
        row = int(moved.row[arcs[place]])
        end[arcs[place]] = max(float(known.failure_s[place]), float(begin[arcs[place]]))
        end_of_set[row] = min(float(end_of_set[row]), float(end[arcs[place]]))
        status[row] = known.status[place]
    return replace(moved, begin_s=begin, end_s=end), end_of_set, status


def _joined(others: Flights, own: Flights) -> Flights:
    """The arcs of n objects, followed by those of the alternatives as rows n onwards."""
    tables: list[ArcTable] = [others.table, own.table]
    n = len(others.described)
    return Flights(
        sets=Catalog.concat([others.sets, own.sets]),
        row=np.concatenate([others.row, n + own.row]),
        begin_s=np.concatenate([others.begin_s, own.begin_s]),
        end_s=np.concatenate([others.end_s, own.end_s]),
        arc=np.concatenate([others.arc, np.where(own.arc >= 0, own.arc + len(others.table), -1)]),
        table=join_arcs(tables),
        described=Catalog.concat([others.described, _nameless(own.described)]),
    )


def _nameless(catalog: Catalog) -> Catalog:
    """The rows without the fields that make them modules of a station: docked vehicles are searched only among the
    others."""
    empty = np.full(len(catalog), "", dtype=np.str_)
    return catalog.with_columns(
        name=empty, international_designator=empty, norad_id=np.zeros(len(catalog), dtype=np.int64)
    )
