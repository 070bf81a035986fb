"""The extent of a finished run, and the rules by which an approach becomes a row of it, from its results folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.conjunctions.recorded_inputs import RunFiles
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.errors import InputError
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.results.folder import read_summary
from debrissim.results.reader import require_conjunctions
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.schema.left_out import CO_LOCATED, EXCLUDED
from debrissim.results.table import Table, read_table
from debrissim.screening.volumes import Membership, ScreeningVolume
from debrissim.verification import brute_force as dense
from debrissim.verification.comparison import RecordedRows
from debrissim.verification.other_sources.causes import Cause
from debrissim.verification.other_sources.motion import Approaches, Motions
from debrissim.verification.other_sources.reported import OtherList, ReportedEvents
from debrissim.verification.replay import ReplayedRun, pair_of, replay, rows_by_number


@dataclass(frozen=True, eq=False)
class Examination:
    """A finished run: its inputs and trajectories, its rows, and the rules by which it has them.

    rows: conjunctions.csv; rows_of: its rows of each pair of numbers. row_of: row of the catalogue of each number.
    primaries: numbers of the spacecraft, None for all against all. together: pairs left out because they fly together,
    and whether they are docked. excluded: status of each object that did not take part, or not over the whole span.
    """

    folder: Path
    run: ReplayedRun
    rows: Table
    rows_of: Mapping[tuple[int, int], list[int]]
    row_of: Mapping[int, int]
    primaries: frozenset[int] | None
    together: Mapping[tuple[int, int], bool]
    excluded: Mapping[int, int]

    @property
    def start(self) -> tuple[float, float]:
        """Start of the span, UTC, as a split Julian date."""
        return self.run.inputs.start_jd, self.run.inputs.start_fraction

    @property
    def volumes(self) -> tuple[ScreeningVolume, ...]:
        """The screening volumes."""
        return self.run.inputs.volumes

    @property
    def radius_km(self) -> float:
        """Radius of the smallest sphere that holds every volume."""
        return max(volume.enclosing_radius_km for volume in self.volumes)

    def examines_pair(self, first: int, second: int) -> bool:
        """Whether one of the two is a spacecraft of the run."""
        return self.primaries is None or first in self.primaries or second in self.primaries

    def order(self, first: int, second: int) -> bool:
        """Whether the first number is the primary of the pair, as the run has it."""
        rows = (self.row_of.get(first, len(self.row_of)), self.row_of.get(second, len(self.row_of)))
        if self.run.inputs.primaries is None:
            return rows[0] <= rows[1]
        listed = self.run.inputs.primaries.tolist()
        ranks = [listed.index(row) if row in listed else len(listed) for row in rows]
        return ranks[0] <= ranks[1]

    def arc_at(self, rows: Index, times_s: Array) -> Index:
        """The arc of the replayed run that each object flies at a time, s since the start; rows of NOT_FOUND stay."""
        flights, known = self.run.inputs.flights, rows >= 0
        arcs = rows.copy()
        if flights is not None:
            arcs[known] = flights.arcs_at(rows[known], times_s[known])
        return arcs

    def inside(self, motions: Motions, approaches: Approaches, primary: Index, rule: Membership) -> Mask:
        """(m,) whether approaches, the primary first, are in a volume of primaries (m,), rows of the catalogue."""
        found = np.flatnonzero(approaches.found)
        inside = np.zeros(len(approaches), dtype=bool)
        at_tca = self.run.inside(approaches.relative_rtn_km[found], np.maximum(primary[found], 0))
        inside[found] = at_tca
        rest = found[~at_tca & (approaches.miss_km[found] <= self.radius_km)]
        if rule == Membership.TCA or rest.size == 0:
            return inside
        owner = np.maximum(primary[rest], 0)
        latest = float(np.nanmax(approaches.time_s)) + dense.HALF_STEP_S * 100.0
        bounds = np.zeros(len(motions.records)), np.full(len(motions.records), latest)
        inside[rest] = dense.inside_at_any_moment(
            motions,
            approaches[rest],
            lambda positions, of: self.run.inside(positions, owner[of]),
            self.radius_km,
            *bounds,
        )
        return inside

    def takes_part(self, number: int, time_s: float) -> Cause | None:
        """The reason why an object of the catalogue did not take part at a time, s since the start; None if it did."""
        row = self.row_of[number]
        owner = self.run.flown.owner
        arcs = np.arange(np.searchsorted(owner, row), np.searchsorted(owner, row, "right"))
        earliest, latest = self.run.flown.earliest_s[arcs], self.run.flown.latest_s[arcs]
        inside = min(max(time_s, 0.0), self.run.inputs.duration_s)
        if ((earliest <= inside) & (latest >= inside)).any():
            return None
        status = self.excluded.get(number, int(ObjectStatus.NOT_COVERED))
        if status == ObjectStatus.STALE:
            return Cause.STALE
        return Cause.NOT_COVERED if status == ObjectStatus.NOT_COVERED else Cause.FAILS


@dataclass(frozen=True, eq=False)
class MatchedEvents:
    """m events of another source that a run also has: events (m,), and row (m,) the row of the run for each."""

    examination: Examination
    other: OtherList
    events: ReportedEvents
    row: Index

    def __len__(self) -> int:
        return len(self.events)

    @property
    def rows(self) -> Table:
        """The rows of the run, in the order of the events."""
        rows: Table = self.examination.rows[self.row]
        return rows


def examine(folder: Path, files: RunFiles) -> Examination:
    """The run of a results folder; files: its own.

    Raises InputError if the folder is not one of conjunctions or its catalogue cannot be reconstructed.
    """
    require_conjunctions(folder)
    if not read_summary(folder)["provenance"]["catalogue"]["objects"]:
        raise InputError(
            f"{folder}: expected a run that screened a catalogue; this one assessed only messages"
        )
    run = replay(folder, files)
    co_located, excluded = (read_table(folder / schema.file, schema) for schema in (CO_LOCATED, EXCLUDED))
    inputs = run.inputs
    numbers = inputs.catalog.norad_id
    primaries = (
        None if inputs.primaries is None else frozenset(int(n) for n in numbers[inputs.primaries].tolist())
    )
    docked: NDArray[np.bool_] = (
        co_located.docked if "docked" in co_located else np.zeros(len(co_located), dtype=bool)
    )
    pairs = zip(
        co_located.first_norad_id.tolist(), co_located.second_norad_id.tolist(), docked.tolist(), strict=True
    )
    rows = read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    return Examination(
        folder=folder,
        run=run,
        rows=rows,
        rows_of=RecordedRows.of(rows).rows_of,
        row_of=rows_by_number(inputs),
        primaries=primaries,
        together={pair_of(first, second): bool(is_docked) for first, second, is_docked in pairs},
        excluded=dict(zip(excluded.norad_id.tolist(), excluded.status.tolist(), strict=True)),
    )


def outside(volumes: tuple[ScreeningVolume, ...], relative_rtn_km: Array) -> tuple[float, str]:
    """By how much a position (3,) is outside the volumes, km along the worst axis, and in words; of the nearest volume.

    NaN if it is inside one.
    """
    best = float("inf"), ""
    for volume in volumes:
        half = np.array(volume.half_widths_km)
        if volume.contains(relative_rtn_km[None])[0]:
            return float("nan"), ""
        if volume.shape == "box":
            beyond = np.abs(relative_rtn_km) - half
            axis = int(beyond.argmax())
            words = (
                f"{abs(relative_rtn_km[axis]):.3f} km along {'RTN'[axis]}, {beyond[axis]:.3f} km outside the "
                f"{volume.name} volume of half-width {half[axis]:g} km"
            )
            excess = float(beyond[axis])
        else:
            scaled = float(np.linalg.norm(relative_rtn_km / half))
            excess = float(np.linalg.norm(relative_rtn_km)) * (1.0 - 1.0 / scaled)
            words = f"{excess:.3f} km outside the {volume.name} volume, a {volume.dimensions} km"
        if excess < best[0]:
            best = excess, words
    return best
