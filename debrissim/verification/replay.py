"""The trajectories of a finished run, from its results folder and its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import identifier
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.recorded_inputs import RunFiles, reconstruct_inputs
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import split_julian_date
from debrissim.ephemerides.flights import Flights
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.results.folder import read_summary
from debrissim.results.schema.left_out import CO_LOCATED, EXCLUDED, GAPS
from debrissim.results.table import read_table
from debrissim.screening.volumes import Membership
from debrissim.verification.flown import FlownArcs


@dataclass(frozen=True, eq=False)
class ReplayedRun:
    """Inputs and trajectories of a finished run.

    membership: when a secondary must be inside a volume; co_located: pairs of catalogue numbers that were left out.
    """

    inputs: RunInputs
    flown: FlownArcs
    co_located: frozenset[tuple[int, int]]
    membership: Membership

    def inside(self, relative_rtn_km: Array, primary: Index, margin_km: float = 0.0) -> NDArray[np.bool_]:
        """(m,) whether relative positions (m, 3) are inside a volume of primaries (m,), by at least margin_km."""
        inputs = self.inputs
        counts = np.ones((primary.size, len(inputs.volumes)), dtype=bool)
        if inputs.volumes_of is not None and inputs.primaries is not None:
            place = np.zeros(len(inputs.catalog), dtype=np.int64)
            place[inputs.primaries] = np.arange(inputs.primaries.size)
            counts = inputs.volumes_of[place[primary]]
        inside = np.zeros(primary.size, dtype=bool)
        for k, volume in enumerate(inputs.volumes):
            # Magnified about the primary, a position leaves the volume sooner.
            magnified = relative_rtn_km * (1.0 + margin_km / min(volume.half_widths_km))
            inside |= volume.contains(magnified) & counts[:, k]
        return inside

    @property
    def propagator(self) -> Propagator:
        """Of the arcs."""
        return self.flown.propagator

    @property
    def numbers(self) -> Index:
        """(a,) the catalogue number of the object of each arc."""
        numbers: Index = self.inputs.catalog.norad_id[self.flown.owner]
        return numbers


def replay(folder: Path, files: RunFiles) -> ReplayedRun:
    """The run of a results folder; files: its own. Raises InputError if it cannot be reconstructed."""
    summary = read_summary(folder)
    inputs = reconstruct_inputs(summary, folder, files)
    earliest_s, latest_s = read_existence(folder, inputs)
    start, flights = (inputs.start_jd, inputs.start_fraction), inputs.flights
    if flights is None:
        rows = np.arange(len(inputs.catalog))
        flown = FlownArcs(make_propagator(inputs.catalog, *start), rows, earliest_s, latest_s)
    else:
        limits = read_arc_limits(folder, inputs, flights, earliest_s, latest_s)
        flown = FlownArcs(flights.propagator(*start), flights.row, *limits)
    # Results of versions that do not record it are those at TCA.
    inside = summary["provenance"]["scenario"]["screening"].get("inside", Membership.TCA.value)
    return ReplayedRun(
        inputs=inputs, flown=flown, co_located=read_co_located(folder), membership=Membership.of(inside)
    )


def read_arc_limits(
    folder: Path, inputs: RunInputs, flights: Flights, earliest_s: Array, latest_s: Array
) -> tuple[Array, Array]:
    """(a,), (a,) s from and up to which each arc takes part: its own, without the gaps of gaps.csv.

    earliest_s, latest_s: (n,), (n,) s of the objects, for those with one element set over the whole span.
    """
    begin, end = np.maximum(flights.begin_s, 0.0), np.minimum(flights.end_s, inputs.duration_s)
    whole = ~np.isfinite(flights.begin_s) & ~np.isfinite(flights.end_s)
    early = np.where(whole, earliest_s[flights.row], begin)
    late = np.where(whole, latest_s[flights.row], end)
    table, row_of = read_table(folder / GAPS.file, GAPS), rows_by_number(inputs)
    for number, since, until in zip(
        table.norad_id.tolist(), table.begin_s.tolist(), table.end_s.tolist(), strict=True
    ):
        arcs = flights.row == row_of.get(number, -1)
        late = np.where(arcs & (early < since) & (late > since) & (late <= until), since, late)
        early = np.where(arcs & (early >= since) & (early < until), until, early)
    never = ~(late > early)
    return np.where(never, 0.0, early), np.where(never, -1.0, late)


def read_existence(folder: Path, inputs: RunInputs) -> tuple[Array, Array]:
    """(n,), (n,) s of run time from and up to which each object takes part, by excluded.csv."""
    earliest, latest = np.zeros(len(inputs.catalog)), np.full(len(inputs.catalog), inputs.duration_s)
    table = read_table(folder / EXCLUDED.file, EXCLUDED)
    row_of = rows_by_number(inputs)
    until = table.valid_until_utc
    # Results of earlier versions have no object that begins within the span.
    since = table.valid_from_utc if "valid_from_utc" in table else np.full_like(until, "NaT")
    for number, took_part, begin, end in zip(
        table.norad_id.tolist(), table.took_part.tolist(), since.tolist(), until.tolist(), strict=True
    ):
        row = row_of.get(number)
        if row is None:
            raise InputError(
                f"{folder / EXCLUDED.file}: object {identifier(number)} is not in the catalogue of this run"
            )
        # NaT becomes None as a Python value.
        if not took_part or (begin is None and end is None):
            latest[row] = -1.0
            continue
        if begin is not None:
            earliest[row] = _run_time_s(begin, inputs)
        if end is not None:
            latest[row] = _run_time_s(end, inputs)
    return earliest, latest


def _run_time_s(moment: datetime, inputs: RunInputs) -> float:
    jd, fraction = split_julian_date(moment)
    return ((jd - inputs.start_jd) + (fraction - inputs.start_fraction)) * SECONDS_PER_DAY


def read_co_located(folder: Path) -> frozenset[tuple[int, int]]:
    """The pairs of catalogue numbers in co_located.csv."""
    table = read_table(folder / CO_LOCATED.file, CO_LOCATED)
    pairs = zip(table.first_norad_id.tolist(), table.second_norad_id.tolist(), strict=True)
    return frozenset(pair_of(first, second) for first, second in pairs)


def rows_by_number(inputs: RunInputs) -> dict[int, int]:
    """The row of the catalogue of each catalogue number."""
    return {number: row for row, number in enumerate(inputs.catalog.norad_id.tolist())}


def pair_of(first: int, second: int) -> tuple[int, int]:
    """The two numbers in ascending order."""
    return (first, second) if first < second else (second, first)
