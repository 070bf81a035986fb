"""Has a finished run found everything? Random cells of its space and time are searched again, by dense SGP4.

A cell is one object over one stretch of ten minutes. In it the object's distances to all others (all-vs-all) or to
the primaries (one-vs-all) are searched by `dense`, which shares nothing with the screening engine, and every minimum
inside a volume is looked up in conjunctions.csv. Uniformly drawn pairs would almost never meet; whole cells do, and
remain fair: the stretches tile the span, are drawn without replacement, and so are the objects in each. Every event of
the run, whoever takes part and whenever, has the same chance to be looked at, so that the share of those looked at
that the results hold estimates recall without bias. A sample as large as the run is a census.

The bounds are those of Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934): exact for
events missed independently of each other. Misses that come in clusters (one bad window of the engine) are seen by fewer
stretches than events: then more stretches help, not more objects.

The other way round, rows of conjunctions.csv are computed again: time, distance and speed at the closest approach.

What the results say of objects and pairs that were left out (excluded.csv, co_located.csv) is taken as said. Not
judged are pairs whose distance is constant but for rounding, what lies on the surface of a volume to a millimetre, and
the last minute of an object that fails within the span.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.core.statistics import clopper_pearson
from debrissim.results.folder import read_summary
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table
from debrissim.verification import brute_force as dense
from debrissim.verification.replay import ReplayedRun, pair_of, replay, rows_by_number

Progress = Callable[[str, float], None]

STRETCH_S = 600.0
DEFAULT_SAMPLE = {"all-vs-all": 20_000, "one-vs-all": 5_000_000}
"""Cells: half a minute's work for 27,000 objects."""

ROWS_CHECKED = 5000
_OBJECTS_A_STRETCH = {"all-vs-all": 500, "one-vs-all": 1_000_000_000}
_TIME_TOLERANCE_S = 2e-3
_MISS_TOLERANCE_KM = 1e-5
_SPEED_TOLERANCE_KM_S = 1e-6
# Times between which a distance changes by less than this are the same closest approach.
_SAME_DISTANCE_KM = 1e-6
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Finding:
    """One close approach that the results lack, or a row of theirs that is wrong, and why it is said to be."""

    primary_norad_id: int
    secondary_norad_id: int
    tca_s: float
    miss_distance_km: float
    reason: str


@dataclass(frozen=True)
class Verification:
    """What the check found. cells_looked_at of cells_in_all, in so many stretches; flat_count: not judged."""

    cells_looked_at: int
    cells_in_all: int
    stretches_looked_at: int
    stretches_in_all: int
    found_count: int
    missing: tuple[Finding, ...]
    flat_count: int
    rows_checked: int
    rows_in_all: int
    false_rows: tuple[Finding, ...]

    @property
    def held_count(self) -> int:
        return self.found_count - len(self.missing)

    @property
    def recall(self) -> float:
        """Share of the events found that the results hold; NaN where none was found."""
        return self.held_count / self.found_count if self.found_count else float("nan")

    @property
    def recall_at_least(self) -> float:
        """One-sided lower bound with 95 % confidence."""
        return clopper_pearson(self.held_count, self.found_count, 1.0 - _CONFIDENCE)[0]

    @property
    def recall_interval(self) -> tuple[float, float]:
        """Two-sided interval with 95 % confidence."""
        return clopper_pearson(self.held_count, self.found_count, 0.5 * (1.0 - _CONFIDENCE))

    @property
    def passed(self) -> bool:
        return not (self.missing or self.false_rows)


def verify(
    results: Path | str,
    *,
    sample: int | None = None,
    seed: int = 1,
    catalog_files: Iterable[Path | str] = (),
    progress: Progress = lambda _phase, _share: None,
) -> Verification:
    """Check a results folder. sample: cells to look at; catalog_files: the files of the run, known by their hash.

    Raises InputError where the folder is none, or its catalogue cannot be had again.
    """
    folder = Path(results)
    read_summary(folder)  # says so if it is no results folder
    table = _Rows.of(read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS))
    if sample is not None and sample < 1:
        raise InputError(f"verify: expected a sample of at least 1, got {sample}")
    progress("catalogue", 0.0)
    run = replay(folder, [Path(file) for file in catalog_files])
    inputs = run.inputs
    rng = np.random.default_rng(seed)
    mode = "all-vs-all" if inputs.primaries is None else "one-vs-all"
    drawn, stretch_count = _drawn_cells(
        rng,
        np.flatnonzero(run.latest_s > 0.0),
        inputs.duration_s,
        sample or DEFAULT_SAMPLE[mode],
        _OBJECTS_A_STRETCH[mode],
    )
    found_count, flat_count, missing = 0, 0, list[Finding]()
    # BLAS's own threads make small products ten times slower on busy cores.
    with threadpool_limits(limits=1):
        for done, (stretch, objects) in enumerate(drawn):
            progress("dense SGP4", done / len(drawn))
            found, flat = _found_in(run, objects, *stretch)
            found_count, flat_count = found_count + len(found), flat_count + flat
            missing += _missing(run, found, table)
    progress("rows", 0.0)
    checked = np.sort(rng.choice(len(table), min(len(table), ROWS_CHECKED), replace=False))
    return Verification(
        cells_looked_at=sum(objects.size for _, objects in drawn),
        cells_in_all=stretch_count * int((run.latest_s > 0.0).sum()),
        stretches_looked_at=len(drawn),
        stretches_in_all=stretch_count,
        found_count=found_count,
        missing=tuple(sorted(missing, key=lambda f: (f.tca_s, f.primary_norad_id))),
        flat_count=flat_count,
        rows_checked=int(checked.size),
        rows_in_all=len(table),
        false_rows=_false_rows(run, table, checked),
    )


# --- what dense SGP4 finds ----------------------------------------------------------------------------


def _drawn_cells(
    rng: np.random.Generator, rows: Index, duration_s: float, sample: int, most_a_stretch: int
) -> tuple[list[tuple[tuple[float, float], Index]], int]:
    """[((start, end), objects)] of about `sample` cells, and the number of stretches that there are."""
    count = max(1, int(np.ceil(duration_s / STRETCH_S)))
    edges = np.linspace(0.0, duration_s, count + 1)
    stretches = min(count, max(1, round(sample / max(min(most_a_stretch, rows.size), 1))))
    if most_a_stretch >= rows.size:
        # Objects are cheap to leave out here: look at few of them, but all the time.
        stretches = min(count, sample)
    each = min(rows.size, int(np.ceil(sample / stretches)))
    chosen = np.sort(rng.choice(count, stretches, replace=False))
    return [
        ((float(edges[k]), float(edges[k + 1])), np.sort(rng.choice(rows, each, replace=False)))
        for k in chosen
    ], count


def _found_in(run: ReplayedRun, objects: Index, start_s: float, end_s: float) -> tuple[dense.Minima, int]:
    """The events of the objects within a stretch, each once, and how many flat pairs were left out."""
    inputs, primaries = run.inputs, run.inputs.primaries
    radius = max(volume.enclosing_radius_km for volume in inputs.volumes)
    everyone = np.flatnonzero(run.latest_s > 0.0)
    against = everyone if primaries is None else np.intersect1d(primaries, everyone)
    count = max(1, int(np.ceil((end_s - start_s) / (2.0 * dense.HALF_STEP_S))))
    nodes = start_s + (np.arange(count) + 0.5) * (end_s - start_s) / count
    if primaries is not None:
        # Who is too far from every primary to come near it within the stretch needs no closer look.
        middle_s, half_s = 0.5 * (start_s + end_s), 0.5 * (end_s - start_s)
        near = dense.pairs_near(run.propagator, objects, against, middle_s, radius, run.latest_s, half_s)
        failing = objects[run.latest_s[objects] < inputs.duration_s]
        objects = np.intersect1d(objects, np.concatenate([*near, failing]))
    found = [
        dense.pairs_near(run.propagator, objects, against, node, radius, run.latest_s)
        for node in nodes.tolist()
    ]
    first, second = (np.concatenate(column) for column in zip(*found, strict=True))
    near_s = np.repeat(nodes, [pair[0].size for pair in found])
    if primaries is not None:
        # A pair of two primaries belongs to the cell of one of them, so that its chance is that of the others.
        twice = np.isin(first, primaries) & np.isin(second, primaries) & ~np.isin(first, objects)
        first, second, near_s = first[~twice], second[~twice], near_s[~twice]
        rank = np.full(len(inputs.catalog), len(inputs.catalog))
        rank[primaries] = np.arange(primaries.size)
        swap = rank[second] < rank[first]
        first, second = np.where(swap, second, first), np.where(swap, first, second)
    minima, flat = dense.minima_at(run.propagator, first, second, near_s, inputs.duration_s, run.latest_s)
    is_last = end_s == inputs.duration_s
    inside = np.logical_or.reduce([v.contains(minima.relative_rtn_km) for v in inputs.volumes])
    clear = ~_on_a_surface(run, minima)
    here = (minima.time_s >= start_s) & ((minima.time_s < end_s) | is_last)
    minima = _each_once(minima[inside & clear & here])
    numbers = inputs.catalog.norad_id
    counted = np.array(
        [
            pair_of(int(numbers[a]), int(numbers[b])) not in run.co_located
            for a, b in zip(minima.first.tolist(), minima.second.tolist(), strict=True)
        ],
        dtype=bool,
    )
    flat_pairs = np.unique(np.stack([first[flat], second[flat]], axis=1), axis=0)
    return minima[counted], int(flat_pairs.shape[0])


def _on_a_surface(run: ReplayedRun, minima: dense.Minima) -> NDArray[np.bool_]:
    """(m,) on the surface of a volume, to a millimetre: rounding decides which side of it."""
    near = np.zeros(len(minima), dtype=bool)
    for volume in run.inputs.volumes:
        sizes = minima.miss_km[:, None] if volume.is_sphere else np.abs(minima.relative_rtn_km)
        near |= (np.abs(sizes - np.array(volume.half_widths_km)) < _SAME_DISTANCE_KM).any(axis=1)
    return near


def _each_once(minima: dense.Minima) -> dense.Minima:
    order = np.lexsort((minima.time_s, minima.second, minima.first))
    minima = minima[order]
    same = (np.diff(minima.first) == 0) & (np.diff(minima.second) == 0)
    again = same & (np.diff(minima.time_s) <= dense.HALF_STEP_S)
    return minima[np.concatenate([np.ones(min(1, len(minima)), dtype=bool), ~again])]


# --- against the table --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Rows:
    """The columns of conjunctions.csv that are checked, and the rows of each pair of catalogue numbers."""

    primary: list[int]
    secondary: list[int]
    tca_s: Array
    miss_km: Array
    speed_km_s: Array
    status: list[str]
    rows_of: dict[tuple[int, int], list[int]]

    def __len__(self) -> int:
        return len(self.primary)

    @staticmethod
    def of(table: Table) -> _Rows:
        primary, secondary = table.primary_norad_id.tolist(), table.secondary_norad_id.tolist()
        rows_of: dict[tuple[int, int], list[int]] = {}
        for row, (first, second) in enumerate(zip(primary, secondary, strict=True)):
            rows_of.setdefault(pair_of(first, second), []).append(row)
        return _Rows(
            primary=primary,
            secondary=secondary,
            tca_s=table.tca_s,
            miss_km=table.miss_distance_km,
            speed_km_s=table.relative_speed_km_s,
            status=table.status.tolist(),
            rows_of=rows_of,
        )


def time_tolerance_s(miss_km: Array, speed_km_s: Array) -> Array:
    """(m,) s within which a pair's distance stays so flat that all of it is one closest approach."""
    flat = np.sqrt(2.0 * miss_km * _SAME_DISTANCE_KM) / np.maximum(speed_km_s, 1e-9)
    return np.asarray(_TIME_TOLERANCE_S + flat)


def _missing(run: ReplayedRun, found: dense.Minima, table: _Rows) -> list[Finding]:
    """The events that no row of the table tells."""
    number = run.inputs.catalog.norad_id
    tolerance = time_tolerance_s(found.miss_km, found.speed_km_s)
    missing = []
    for k in range(len(found)):
        one, two = int(number[found.first[k]]), int(number[found.second[k]])
        rows = table.rows_of.get(pair_of(one, two), [])
        time_s, miss_km = float(found.time_s[k]), float(found.miss_km[k])
        near = [row for row in rows if abs(table.tca_s[row] - time_s) <= tolerance[k]]
        if any(abs(table.miss_km[row] - miss_km) <= _MISS_TOLERANCE_KM for row in near):
            continue
        reason = "not in the results"
        if near:
            reason = f"the results say {table.miss_km[near[0]]:.6f} km"
        elif rows:
            other = min((float(table.tca_s[row]) for row in rows), key=lambda t: abs(t - time_s))
            reason += f"; the pair's nearest row is at {other:.3f} s"
        missing.append(Finding(one, two, time_s, miss_km, reason))
    return missing


def _false_rows(run: ReplayedRun, table: _Rows, checked: Index) -> tuple[Finding, ...]:
    """The rows (k,) of the table whose time, distance or speed dense SGP4 does not confirm."""
    row_of = rows_by_number(run.inputs)
    known = [k for k in checked.tolist() if table.primary[k] in row_of and table.secondary[k] in row_of]
    first = np.array([row_of[table.primary[k]] for k in known], dtype=np.int64)
    second = np.array([row_of[table.secondary[k]] for k in known], dtype=np.int64)
    radius = max(volume.enclosing_radius_km for volume in run.inputs.volumes)
    reasons = dict.fromkeys(checked.tolist(), "an object that is not in the catalogue")
    told = table.tca_s[known]
    _, one, one_rate = run.propagator.states_along(first, told[:, None])
    _, two, two_rate = run.propagator.states_along(second, told[:, None])
    miss = np.linalg.norm((two - one)[:, 0], axis=1)
    speed = np.linalg.norm((two_rate - one_rate)[:, 0], axis=1)
    minima, _ = dense.minima_at(run.propagator, first, second, told, run.inputs.duration_s, run.latest_s)
    nearest = np.full(told.shape, np.nan)
    nearest[minima.place] = minima.time_s
    tolerance = time_tolerance_s(miss, speed)
    for k, row in enumerate(known):
        reasons[row] = _fault(
            table, row, float(miss[k]), float(speed[k]), float(nearest[k]), float(tolerance[k]), radius
        )
    return tuple(
        Finding(table.primary[k], table.secondary[k], float(table.tca_s[k]), float(table.miss_km[k]), reason)
        for k, reason in reasons.items()
        if reason
    )


def _fault(
    table: _Rows, row: int, miss: float, speed: float, nearest: float, tolerance: float, radius: float
) -> str:
    """What is wrong with a row, or nothing. nearest: s, the minimum by dense SGP4, NaN where it can tell none."""
    if not abs(table.miss_km[row] - miss) <= _MISS_TOLERANCE_KM:
        return f"SGP4 gives a distance of {miss:.6f} km then"
    if not abs(table.speed_km_s[row] - speed) <= _SPEED_TOLERANCE_KM_S:
        return f"SGP4 gives a relative speed of {speed:.6f} km/s then"
    if table.status[row] == "minimum" and abs(nearest - table.tca_s[row]) > tolerance:
        return f"SGP4 gives the closest approach at {nearest:.3f} s"
    if table.miss_km[row] > radius + _SAME_DISTANCE_KM:
        return "lies outside every volume"
    others = table.rows_of[pair_of(table.primary[row], table.secondary[row])]
    if any(other < row and abs(table.tca_s[other] - table.tca_s[row]) <= tolerance for other in others):
        return "stands there twice"
    return ""
