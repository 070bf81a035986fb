"""Recall of a finished run: random cells of its space and time are searched again, by dense SGP4.

A cell is one object over one interval of ten minutes. In it the object's distances to all others (all-vs-all) or to
the primaries (one-vs-all) are searched by `brute_force`, which shares nothing with the screening engine. Every minimum
around which the pair is inside a volume (or at which, if the run counts so) is looked up in conjunctions.csv. Pairs
sampled uniformly would almost never meet; whole cells do, and remain fair: the intervals tile the span and are sampled
without replacement, and so are the objects in each. Every event of the run, whatever its objects and time, is equally
likely to be examined, so the fraction of the examined events that the results hold estimates recall without bias. A
sample as large as the run is a census.

The bounds are those of Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934): exact for
events missed independently of each other. Misses in clusters (one bad window of the engine) are seen by fewer intervals
than events: then more intervals help, not more objects.

Conversely, rows of conjunctions.csv are computed again: time, distance and speed at the closest approach, and whether
entry and exit divide moments inside the volumes from moments outside.

The statements of the results about objects and pairs that were left out (excluded.csv, co_located.csv) are accepted.
The following are not judged: pairs whose distance is constant apart from rounding, events within a millimetre of the
surface of a volume, the last minute of an object that fails within the span, and the first minute of one that begins
within it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from debrissim.conjunctions.recorded_inputs import RunFiles, run_files
from debrissim.core.arrays import Index
from debrissim.core.errors import InputError
from debrissim.core.progress import Progress, no_progress
from debrissim.core.statistics import clopper_pearson
from debrissim.results.reader import reading, require_conjunctions
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import read_table
from debrissim.screening.volumes import Membership
from debrissim.verification import brute_force as dense
from debrissim.verification.comparison import (
    SAME_DISTANCE_KM,
    Finding,
    RecordedRows,
    false_rows,
    missing_events,
)
from debrissim.verification.flown import at_switches
from debrissim.verification.replay import ReplayedRun, pair_of, replay

INTERVAL_S = 600.0
DEFAULT_SAMPLE = {"all-vs-all": 20_000, "one-vs-all": 5_000_000}
"""Cells per run: half a minute's work for 27,000 objects."""

ROWS_CHECKED = 5000
_OBJECTS_PER_INTERVAL = {"all-vs-all": 500, "one-vs-all": 1_000_000_000}
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Verification:
    """Outcome of the check.

    cells_sampled of cells_total were searched, in intervals_sampled of intervals_total; found_count events were found
    there, of which `missing` are not in the results; flat_count pairs were not judged. rows_checked of rows_total rows
    were computed again, of which `false_rows` are wrong.
    """

    cells_sampled: int
    cells_total: int
    intervals_sampled: int
    intervals_total: int
    found_count: int
    missing: tuple[Finding, ...]
    flat_count: int
    rows_checked: int
    rows_total: int
    false_rows: tuple[Finding, ...]

    @property
    def held_count(self) -> int:
        """Events found that the results hold."""
        return self.found_count - len(self.missing)

    @property
    def recall(self) -> float:
        """Fraction of the events found that the results hold; NaN if none was found."""
        return self.held_count / self.found_count if self.found_count else float("nan")

    @property
    def recall_lower_bound(self) -> float:
        """One-sided lower bound with 95 % confidence."""
        return float(clopper_pearson(self.held_count, self.found_count, 1.0 - _CONFIDENCE)[0])

    @property
    def recall_interval(self) -> tuple[float, float]:
        """Two-sided interval with 95 % confidence."""
        lower, upper = clopper_pearson(self.held_count, self.found_count, 0.5 * (1.0 - _CONFIDENCE))
        return float(lower), float(upper)

    @property
    def passed(self) -> bool:
        """Whether nothing is missing and no row is wrong."""
        return not (self.missing or self.false_rows)


def verify(
    results: Path | str,
    *,
    sample: int | None = None,
    seed: int = 1,
    catalog_files: Path | str | Iterable[Path | str] = (),
    ephemeris_files: Path | str | Iterable[Path | str] = (),
    earth_orientation_file: Path | str | None = None,
    progress: Progress = no_progress,
) -> Verification:
    """Check a results folder against dense SGP4.

    Parameters
    ----------
    results : Path or str
        A results folder of a conjunction run.
    sample : int, optional
        Approximate number of cells to search, at least 1; by default `DEFAULT_SAMPLE`.
    seed : int
        Seed of the sample.
    catalog_files : Path or str, or several
        The catalogue files of the run, which are recognised by their hash; by default those at the scenario's paths.
    ephemeris_files : Path or str, or several
        Its ephemerides, likewise.
    earth_orientation_file : Path or str, optional
        Its file of Earth orientation, likewise.
    progress : callable
        Called with the phase and the fraction of it that is done.

    Raises
    ------
    InputError
        If the folder is not the results folder of a conjunction run, its results are damaged, its catalogue cannot be
        reconstructed, or the sample is below 1.
    """
    files = run_files(catalog_files, ephemeris_files, earth_orientation_file)
    folder = Path(results)
    with reading(folder):
        return _verify(folder, sample, seed, files, progress)


def _verify(folder: Path, sample: int | None, seed: int, files: RunFiles, progress: Progress) -> Verification:
    require_conjunctions(folder)
    table = RecordedRows.of(read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS))
    if sample is not None and sample < 1:
        raise InputError(f"verify: expected a sample of at least 1, got {sample}")
    progress("catalogue", 0.0)
    run = replay(folder, files)
    inputs = run.inputs
    objects_flown = np.unique(run.flown.owner[run.flown.taking_part])
    rng = np.random.default_rng(seed)
    mode = "all-vs-all" if inputs.primaries is None else "one-vs-all"
    cells, interval_count = _sample_cells(
        rng,
        objects_flown,
        inputs.duration_s,
        sample or DEFAULT_SAMPLE[mode],
        _OBJECTS_PER_INTERVAL[mode],
    )
    found_count, flat_count, missing = 0, 0, list[Finding]()
    # BLAS's own threads make small products ten times slower on busy cores.
    with threadpool_limits(limits=1):
        for done, (interval, objects) in enumerate(cells):
            progress("dense SGP4", done / len(cells))
            minima, flat = _search(run, objects, *interval)
            found_count, flat_count = found_count + len(minima), flat_count + flat
            missing += missing_events(run, minima, table)
    progress("rows", 0.0)
    checked = np.sort(rng.choice(len(table), min(len(table), ROWS_CHECKED), replace=False))
    return Verification(
        cells_sampled=sum(objects.size for _, objects in cells),
        cells_total=interval_count * int(objects_flown.size),
        intervals_sampled=len(cells),
        intervals_total=interval_count,
        found_count=found_count,
        missing=tuple(sorted(missing, key=lambda f: (f.tca_s, f.primary_norad_id))),
        flat_count=flat_count,
        rows_checked=int(checked.size),
        rows_total=len(table),
        false_rows=false_rows(run, table, checked),
    )


# --- events by dense SGP4 -----------------------------------------------------------------------------


def _sample_cells(
    rng: np.random.Generator, rows: Index, duration_s: float, sample: int, objects_per_interval: int
) -> tuple[list[tuple[tuple[float, float], Index]], int]:
    """[((start, end), objects)] of about `sample` cells, and the number of intervals in the span."""
    count = max(1, int(np.ceil(duration_s / INTERVAL_S)))
    edges = np.linspace(0.0, duration_s, count + 1)
    intervals = min(count, max(1, round(sample / max(min(objects_per_interval, rows.size), 1))))
    if objects_per_interval >= rows.size:
        # Objects are cheap to leave out here: examine few of them, but all the time.
        intervals = min(count, sample)
    each = min(rows.size, int(np.ceil(sample / intervals)))
    chosen = np.sort(rng.choice(count, intervals, replace=False))
    return [
        ((float(edges[k]), float(edges[k + 1])), np.sort(rng.choice(rows, each, replace=False)))
        for k in chosen
    ], count


def _search(run: ReplayedRun, objects: Index, start_s: float, end_s: float) -> tuple[dense.Minima, int]:
    """The events of the objects within an interval, each once, and the number of flat pairs left out."""
    inputs, flown = run.inputs, run.flown
    earliest_s, latest_s = flown.earliest_s, flown.latest_s
    primaries = None if inputs.primaries is None else np.flatnonzero(np.isin(flown.owner, inputs.primaries))
    objects = flown.of_objects(objects)
    radius = max(volume.enclosing_radius_km for volume in inputs.volumes)
    everyone = np.flatnonzero(flown.taking_part)
    targets = everyone if primaries is None else np.intersect1d(primaries, everyone)
    count = max(1, int(np.ceil((end_s - start_s) / (2.0 * dense.HALF_STEP_S))))
    nodes = start_s + (np.arange(count) + 0.5) * (end_s - start_s) / count
    inside_span = (latest_s < inputs.duration_s) | (earliest_s > 0.0)
    edges = np.concatenate([earliest_s[targets], latest_s[targets]])
    changing = flown.has_switches and bool(((edges > start_s) & (edges < end_s)).any())
    # Where a primary's own arc begins or ends within the interval, everything is looked at closely.
    if primaries is not None and not changing:
        # An object too far from every primary to come near it within the interval needs no closer look.
        middle_s, half_s = 0.5 * (start_s + end_s), 0.5 * (end_s - start_s)
        near = dense.pairs_near(
            run.propagator, objects, targets, middle_s, radius, earliest_s, latest_s, half_s
        )
        objects = np.intersect1d(objects, np.concatenate([*near, objects[inside_span[objects]]]))
    pairs = [
        dense.pairs_near(
            run.propagator, objects, targets, node, radius, earliest_s, latest_s, partial=flown.has_switches
        )
        for node in nodes.tolist()
    ]
    first, second = (np.concatenate(column) for column in zip(*pairs, strict=True))
    near_s = np.repeat(nodes, [rows.size for rows, _ in pairs])
    others = flown.owner[first] != flown.owner[second]
    first, second, near_s = first[others], second[others], near_s[others]
    if primaries is not None:
        # A pair of two primaries belongs to the cell of one of them: it is as likely to be sampled as the others.
        twice = np.isin(first, primaries) & np.isin(second, primaries) & ~np.isin(first, objects)
        first, second, near_s = first[~twice], second[~twice], near_s[~twice]
        assert inputs.primaries is not None
        of_object = np.full(len(inputs.catalog), len(inputs.catalog))
        of_object[inputs.primaries] = np.arange(inputs.primaries.size)
        rank = of_object[flown.owner]
        swap = rank[second] < rank[first]
        first, second = np.where(swap, second, first), np.where(swap, first, second)
    minima, flat = dense.minima_at(
        run.propagator, first, second, near_s, inputs.duration_s, earliest_s, latest_s
    )
    minima = at_switches(flown, minima)
    is_last = end_s == inputs.duration_s
    here = (minima.time_s >= start_s) & ((minima.time_s < end_s) | is_last)
    minima = _each_once(minima[here & (minima.miss_km <= radius)])
    if run.membership == Membership.TCA:
        primary = flown.owner[minima.first]
        inside = run.inside(minima.relative_rtn_km, primary) & ~_on_a_surface(run, minima)
    else:
        inside = dense.inside_at_any_moment(
            run.propagator,
            minima,
            lambda positions, of: run.inside(positions, flown.owner[minima.first[of]], SAME_DISTANCE_KM),
            radius,
            earliest_s,
            latest_s,
        )
    minima = minima[inside]
    numbers = run.numbers
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
    """(m,) whether on the surface of a volume, to a millimetre: rounding decides on which side of it."""
    near = np.zeros(len(minima), dtype=bool)
    for volume in run.inputs.volumes:
        half_widths = np.array(volume.half_widths_km)
        if volume.shape == "box":
            away = np.abs(minima.relative_rtn_km) - half_widths
        else:
            scaled = np.linalg.norm(minima.relative_rtn_km / half_widths, axis=1, keepdims=True)
            away = (scaled - 1.0) * half_widths.min()
        near |= (np.abs(away) < SAME_DISTANCE_KM).any(axis=1)
    return near


def _each_once(minima: dense.Minima) -> dense.Minima:
    order = np.lexsort((minima.time_s, minima.second, minima.first))
    minima = minima[order]
    same = (np.diff(minima.first) == 0) & (np.diff(minima.second) == 0)
    again = same & (np.diff(minima.time_s) <= dense.HALF_STEP_S)
    return minima[np.concatenate([np.ones(min(1, len(minima)), dtype=bool), ~again])]
