"""Arcs of a run's objects around their closest approaches: by SGP4 from the element sets in the results folder, or as
the objects flew ephemerides or several element sets.

Assumptions
- `objects.csv` holds the element sets that were screened, to the last bit; a state at TCA computed from them is that
  of conjunctions.csv. No file in the folder contains the trajectories of objects that flew otherwise: they come from
  the input files of the run.
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
from debrissim.results.export.flown import Flown, FlownSource, flown_segments
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
    """The arcs of one object: row of the catalogue of `RunArcs`, segments in the order of time.

    flown_by: how it flew if not by its element set alone, as objects.csv has it ("ephemeris", "3 element sets").
    """

    row: int
    segments: tuple[Segment, ...]
    flown_by: str = ""


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


def read_arcs(
    folder: Path,
    *,
    half_minutes: float,
    step_s: float,
    whole_primaries: bool = False,
    flown: FlownSource | None = None,
) -> RunArcs:
    """The arcs from half_minutes before to half_minutes after each TCA, a state every step_s.

    whole_primaries: the run's primaries over its whole span. Arcs reach beyond the span where an encounter is near
    its ends, and stop where SGP4 fails or an ephemeris ends. flown: reads the trajectories of objects that did not fly
    their element set; called if there are any.

    Raises InputError if `folder` is not a results folder, its results are damaged or of another version, a length is
    not above 0, or an object flew an ephemeris or several element sets and `flown` is
    missing; and whatever `flown` raises.
    """
    for name, value in (("minutes (--minutes)", half_minutes), ("step_s", step_s)):
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
        flew = flown_by(folder / OBJECTS, catalog)
    half_s = 60.0 * half_minutes
    spans: dict[int, list[tuple[float, float]]] = {}
    for role in ("primary", "secondary"):
        for number, tca in zip(table[f"{role}_norad_id"].tolist(), table.tca_s.tolist(), strict=True):
            spans.setdefault(number, []).append((tca - half_s, tca + half_s))
    if whole_primaries:
        spans |= {number: [(0.0, duration_s), *spans.get(number, [])] for number in numbers}
    missing = [number for number in spans if number not in set(catalog.norad_id.tolist())]
    if missing:
        raise InputError(
            f"{folder / OBJECTS}: object {identifier(min(missing))} of conjunctions.csv is missing in it"
        )
    merged = {number: merge_spans(spans[number], 2.0 * step_s) for number in sorted(spans)}
    by_element_set = {number: own for number, own in merged.items() if number not in flew}
    objects = _propagated(catalog, by_element_set, start, step_s)
    if len(by_element_set) < len(merged):
        others = {number: own for number, own in merged.items() if number in flew}
        if flown is None:
            raise _flew_otherwise(folder / OBJECTS, {number: flew[number] for number in others})
        objects += _flown(catalog, others, start, step_s, flown(), flew)
    return RunArcs(
        summary=summary,
        table=table,
        catalog=catalog,
        start_jd=start[0],
        start_fraction=start[1],
        duration_s=duration_s,
        objects=tuple(sorted(objects, key=lambda arcs: int(catalog.norad_id[arcs.row]))),
    )


def flown_by(path: Path, catalog: Catalog) -> dict[int, str]:
    """How objects flew that did not fly only their element set in objects.csv (FLOWN_BY), by number.

    catalog: the element sets of that file.
    """
    number_of = {identifier(number): number for number in catalog.norad_id.tolist()}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            number_of[row["NORAD_CAT_ID"]]: str(row["FLOWN_BY"])
            for row in csv.DictReader(file)
            if row.get("FLOWN_BY")
        }


def _flew_otherwise(path: Path, flown_by: dict[int, str]) -> InputError:
    first = min(flown_by)
    others = f" and {count(len(flown_by) - 1, 'other')}" if len(flown_by) > 1 else ""
    return InputError(
        f"{path}: arcs are computed from one element set per object, but object {identifier(first)}{others} flew "
        f"otherwise ({flown_by[first]}); export it with debrissim.conjunctions.export_run, which reads the run's files"
    )


def _propagated(
    catalog: Catalog, spans: dict[int, list[tuple[float, float]]], start: tuple[float, float], step_s: float
) -> list[ObjectArcs]:
    """The arcs of objects by their element sets; spans: by number, in order."""
    propagator = make_propagator(catalog, *start)
    row_of = _row_of(catalog)
    objects = []
    for number, own in spans.items():
        segments = []
        for low, high in own:
            time_s = step_times(low, high, step_s, start[1])
            codes, positions, velocities = propagator.states([row_of[number]], time_s)
            good = codes[0] == 0
            state = np.concatenate([positions[0], velocities[0]], axis=1)
            segments.append(Segment(time_s[good], state[good]))
        objects.append(ObjectArcs(row_of[number], tuple(s for s in segments if s.time_s.size)))
    return [arcs for arcs in objects if arcs.segments]


def _flown(
    catalog: Catalog,
    spans: dict[int, list[tuple[float, float]]],
    start: tuple[float, float],
    step_s: float,
    flown: Flown,
    flown_by: dict[int, str],
) -> list[ObjectArcs]:
    """The arcs of objects as they flew; spans: by number, in order."""
    row_of = _row_of(catalog)
    objects = [
        ObjectArcs(
            row_of[number],
            tuple(Segment(*each) for each in flown_segments(flown, number, own, start, step_s)),
            flown_by[number],
        )
        for number, own in spans.items()
    ]
    return [arcs for arcs in objects if arcs.segments]


def _row_of(catalog: Catalog) -> dict[int, int]:
    return {number: row for row, number in enumerate(catalog.norad_id.tolist())}


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
