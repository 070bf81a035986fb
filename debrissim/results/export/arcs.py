"""Arcs of a run's objects around their closest approaches, by SGP4 from the element sets in the results folder.

Assumptions
- `objects.csv` holds the element sets that were screened, to the last bit; a state at TCA computed from them is that
  of conjunctions.csv. Objects that flew an ephemeris or several element sets are refused by name: no file of the folder
  holds their trajectories.
- Samples are at whole multiples of the step since midnight UTC, so that their time stamps are exact.
- Arcs of one object that overlap or are less than two steps apart become one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog, identifier, read_catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.numbers import count
from debrissim.propagation.sgp4 import make_propagator
from debrissim.results.folder import read_summary
from debrissim.results.own_files import OBJECTS
from debrissim.results.reader import reading
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table


@dataclass(frozen=True, eq=False)
class Segment:
    """One arc: time_s (k,) s since the start of the span, ascending; state (k, 6) km, km/s, TEME of date."""

    time_s: Array
    state: Array


@dataclass(frozen=True, eq=False)
class ObjectArcs:
    """The arcs of one object: row of the catalogue of `RunArcs`, segments in the order of time."""

    row: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, eq=False)
class RunArcs:
    """Content of an export of arcs.

    summary: of the run; table: conjunctions.csv. catalog: the primaries and every object of an
    encounter. start_jd, start_fraction: UTC, of run time zero; duration_s: s. objects: each with at least one arc.
    """

    summary: dict[str, Any]
    table: Table
    catalog: Catalog
    start_jd: float
    start_fraction: float
    duration_s: float
    objects: tuple[ObjectArcs, ...]

    @property
    def primaries(self) -> frozenset[int]:
        """Catalogue numbers of the run's primaries; none in all against all."""
        return frozenset(int(primary["norad_id"]) for primary in self.summary["provenance"]["primaries"])


def read_arcs(folder: Path, *, half_minutes: float, step_s: float, whole_primaries: bool = False) -> RunArcs:
    """The arcs from half_minutes before to half_minutes after each TCA, a state every step_s.

    whole_primaries: the run's primaries over its whole span. Arcs reach beyond the span where an encounter is near
    its ends, and stop where SGP4 fails.

    Raises InputError if `folder` is not a results folder, its results are damaged or of another version, a length is
    not above 0, or an object flew an ephemeris or several element sets.
    """
    for name, value in (("half_minutes", half_minutes), ("step_s", step_s)):
        if not (np.isfinite(value) and value > 0.0):
            raise InputError(f"export: expected {name} above 0, got {value!r}")
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    with reading(folder):
        span = summary["provenance"]["span"]
        start = float(span["start_jd"]), float(span["start_fraction"])
        duration_s = float(span["duration_days"]) * SECONDS_PER_DAY
        numbers = [int(primary["norad_id"]) for primary in summary["provenance"]["primaries"]]
    if not (numbers or len(table)):
        raise InputError(f"{folder}: no arcs to export: no close approach and no primary")
    catalog = read_catalog(folder / OBJECTS).catalog
    with reading(folder):
        _require_one_element_set(folder / OBJECTS)
    half_s = 60.0 * half_minutes
    spans: dict[int, list[tuple[float, float]]] = {}
    for role in ("primary", "secondary"):
        for number, tca in zip(table[f"{role}_norad_id"].tolist(), table.tca_s.tolist(), strict=True):
            spans.setdefault(number, []).append((tca - half_s, tca + half_s))
    if whole_primaries:
        spans |= {number: [(0.0, duration_s), *spans.get(number, [])] for number in numbers}
    return RunArcs(
        summary=summary,
        table=table,
        catalog=catalog,
        start_jd=start[0],
        start_fraction=start[1],
        duration_s=duration_s,
        objects=_propagated(catalog, spans, start, step_s, folder),
    )


def _require_one_element_set(path: Path) -> None:
    """Raise InputError for objects that did not fly the element set in objects.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    flown = [row for row in rows if row.get("FLOWN_BY")]
    if flown:
        first = flown[0]
        others = f" and {count(len(flown) - 1, 'other')}" if len(flown) > 1 else ""
        raise InputError(
            f"{path}: arcs are computed from one element set per object, but object {first['NORAD_CAT_ID']}{others} "
            f"flew otherwise ({first['FLOWN_BY']}): the files that the run read hold its trajectory"
        )


def _propagated(
    catalog: Catalog,
    spans: dict[int, list[tuple[float, float]]],
    start: tuple[float, float],
    step_s: float,
    folder: Path,
) -> tuple[ObjectArcs, ...]:
    propagator = make_propagator(catalog, *start)
    row_of = {number: row for row, number in enumerate(catalog.norad_id.tolist())}
    objects = []
    for number in sorted(spans):
        if number not in row_of:
            raise InputError(
                f"{folder / OBJECTS}: object {identifier(number)} of conjunctions.csv is missing in it"
            )
        segments = []
        for low, high in merge_spans(spans[number], 2.0 * step_s):
            time_s = step_times(low, high, step_s, start[1])
            codes, positions, velocities = propagator.states([row_of[number]], time_s)
            good = codes[0] == 0
            state = np.concatenate([positions[0], velocities[0]], axis=1)
            segments.append(Segment(time_s[good], state[good]))
        objects.append(ObjectArcs(row_of[number], tuple(s for s in segments if s.time_s.size)))
    return tuple(arcs for arcs in objects if arcs.segments)


def merge_spans(spans: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """The spans in order; those that overlap or are closer than the gap are merged."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low - merged[-1][1] < gap:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return merged


def step_times(low_s: float, high_s: float, step_s: float, start_fraction: float) -> Array:
    """(k,) s, the multiples of the step since midnight UTC from the last before low_s to the first after high_s: at
    least two, so that a state can be interpolated."""
    midnight_s = -start_fraction * SECONDS_PER_DAY
    first = np.floor((low_s - midnight_s) / step_s)
    last = np.ceil((high_s - midnight_s) / step_s)
    return np.asarray(midnight_s + step_s * np.arange(first, last + 1.0))
