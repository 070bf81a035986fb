"""Flights: the motion of objects for which more is known than one element set per object.

An object flies one or several *arcs*, one after the other: an element set over a part of the span, or the interpolated
states of an ephemeris. An arc exists from its beginning to its end; before and after, it has no position. The screening
treats arcs like objects that begin or cease to exist within the span, so it never interpolates across the jump from one
arc to the next, and its theorem holds for each arc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.rows import Rows
from debrissim.ephemerides.interpolation import ArcTable, arc_positions, arc_states
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, Snapshot, make_propagator

_TOUCHING_S = 1e-3
_SURFACE_GRAVITY_KM_S2 = 9.9e-3
ORBIT_COLUMNS = (
    "epoch_jd", "epoch_fraction", "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg",
    "arg_perigee_deg", "mean_anomaly_deg", "bstar",
)  # fmt: skip
"""The columns of an element set on which its positions depend."""


@dataclass(frozen=True, eq=False)
class Gaps(Rows):
    """g stretches of a span in which an object has no position.

    | column         | shape | unit                                                                      |
    |----------------|-------|---------------------------------------------------------------------------|
    | row            | (g,)  | row of the catalogue                                                      |
    | begin_s, end_s | (g,)  | s since the start of the span                                             |
    | status         | (g,)  | `ObjectStatus`, the reason: NOT_COVERED, or that of an element set within |
    """

    row: Index
    begin_s: Array
    end_s: Array
    status: NDArray[np.int8]

    @classmethod
    def of(cls, found: Sequence[tuple[int, float, float, int]]) -> Gaps:
        """The gaps with these rows, beginnings, ends and reasons."""
        return cls(
            row=np.array([row for row, _, _, _ in found], dtype=np.int64),
            begin_s=np.array([begin for _, begin, _, _ in found], dtype=np.float64),
            end_s=np.array([end for _, _, end, _ in found], dtype=np.float64),
            status=np.array([status for _, _, _, status in found], dtype=np.int8),
        )


@dataclass(frozen=True, eq=False)
class Flights:
    """The a arcs that the n objects of a catalogue fly in a span, in the order of objects, then of time.

    | field          | shape | meaning                                                                             |
    |----------------|-------|-------------------------------------------------------------------------------------|
    | sets           | a     | the element set of each arc; for an ephemeris one fitted to it, which only          |
    |                |       | describes the orbit                                                                 |
    | row            | (a,)  | row of the object in the catalogue                                                  |
    | begin_s, end_s | (a,)  | s since the start of the span; infinite where the arc has no end of its own         |
    | arc            | (a,)  | row in `table`, or -1 for an element set                                            |
    | table          |       | the interpolated arcs                                                               |
    | described      | n     | the catalogue, with the element sets that the ephemerides replaced: by them         |
    |                |       | docked vehicles are recognised                                                      |
    """

    sets: Catalog
    row: Index
    begin_s: Array
    end_s: Array
    arc: Index
    table: ArcTable
    described: Catalog

    def __len__(self) -> int:
        return len(self.sets)

    @classmethod
    def joined(cls, **columns: Any) -> Flights:
        """The flights of these columns, with neighbouring arcs of one object that follow the same element set joined
        into one arc.

        They form one trajectory, and a search of the joined arc gives the same result as a search of both, to the last
        bit.
        """
        flights = cls(**columns)
        same = (flights.row[1:] == flights.row[:-1]) & (flights.arc[1:] < 0) & (flights.arc[:-1] < 0)
        same &= np.abs(flights.begin_s[1:] - flights.end_s[:-1]) <= _TOUCHING_S
        for name in ORBIT_COLUMNS:
            column = getattr(flights.sets, name)
            same &= column[1:] == column[:-1]
        if not same.any():
            return flights
        first, last = np.append(True, ~same), np.append(~same, True)
        return cls(
            sets=flights.sets[first],
            row=flights.row[first],
            begin_s=flights.begin_s[first],
            end_s=flights.end_s[last],
            arc=flights.arc[first],
            table=flights.table,
            described=flights.described,
        )

    def bare(self, drop: Callable[[Catalog], Catalog]) -> Flights:
        """The flights as needed by a search, with the element sets reduced by `drop` and without descriptions."""
        return replace(self, sets=drop(self.sets), described=self.described[:0])

    def __getitem__(self, arcs: Index) -> Flights:
        """The flights of some arcs (k,), repeats allowed."""
        own = {name: getattr(self, name)[arcs] for name in ("sets", "row", "begin_s", "end_s", "arc")}
        return replace(self, **own)

    def arcs_at(self, rows: Index, times_s: Array) -> Index:
        """The arcs (k,) that objects (k,), rows of the catalogue, fly at times (k,), or the nearest to them in time."""
        first, last = np.searchsorted(self.row, rows, "left"), np.searchsorted(self.row, rows, "right")
        chosen = first.copy()
        for step in range(1, int((last - first).max(initial=1))):
            place = np.minimum(first + step, last - 1)
            chosen = np.where(times_s >= self.begin_s[place], place, chosen)
        return chosen

    def propagator(self, start_jd: float, start_fraction: float) -> FlightPropagator:
        """A propagator of the arcs; the start of the span as a split Julian date, UTC."""
        sgp4 = make_propagator(self.sets, start_jd, start_fraction)
        own = {field.name: getattr(sgp4, field.name) for field in fields(sgp4)}
        return FlightPropagator(
            **own | {"near_earth": sgp4.near_earth | (self.arc >= 0)},
            begin_s=self.begin_s,
            end_s=self.end_s,
            arc=self.arc,
            table=self.table,
        )


@dataclass(frozen=True, eq=False)
class FlightPropagator(Propagator):
    """SGP4 and interpolated arcs behind the methods of `Propagator`; rows are arcs.

    A moment outside an arc has the code `ObjectStatus.NOT_COVERED`, and no position. The columns are those of
    `Flights`. Velocities of an interpolated arc are the derivatives of its positions.
    """

    begin_s: Array
    end_s: Array
    arc: Index
    table: ArcTable

    def of_element_sets(self, rows: Index) -> Propagator:
        """SGP4 of the element sets of some arcs, without their limits."""
        columns = {
            field.name: getattr(self, field.name)[rows]
            for field in fields(Propagator)
            if isinstance(getattr(self, field.name), np.ndarray)
        }
        records = tuple(self.records[row] for row in rows.tolist())
        return Propagator(
            records=records, start_jd=self.start_jd, start_fraction=self.start_fraction, **columns
        )

    def limits_s(self, rows: Index) -> tuple[Array, Array]:
        """As `Propagator.limits_s`: beginning and end of each arc."""
        return self.begin_s[rows], self.end_s[rows]

    def with_bands(self, low_km: Array, high_km: Array) -> tuple[Array, Array]:
        """Bounds (a,), (a,) km on the radius of all arcs: the given bounds, or bounds from the nodes for interpolated
        arcs.

        Between two nodes the radius departs from its chord by at most g h^2 / 8, where g is the surface gravity and h
        the time between them.
        """
        low, high = low_km.copy(), high_km.copy()
        radius = np.linalg.norm(self.table.positions_km, axis=1)
        for row in np.flatnonzero(self.arc >= 0).tolist():
            arc = int(self.arc[row])
            nodes = slice(self.table.first[arc], self.table.first[arc] + self.table.count[arc])
            step = float(np.diff(self.table.node_s[nodes]).max(initial=0.0))
            margin = _SURFACE_GRAVITY_KM_S2 * step**2 / 8.0 + self.table.error_km[arc]
            low[row], high[row] = radius[nodes].min() - margin, radius[nodes].max() + margin
        return low, high

    def roughness_km(self, rows: Index) -> Array:
        """(n,) km by which the true positions of rows (n,) may depart from smooth ones: the interpolants' bounds."""
        arc = self.arc[rows]
        bounds = np.append(self.table.error_km, 0.0)[arc]
        return np.where(arc >= 0, bounds, super().roughness_km(rows))

    def states(self, rows: ArrayLike, times_s: ArrayLike) -> tuple[NDArray[np.uint8], Array, Array]:
        """As `Propagator.states`."""
        chosen, times = np.asarray(rows, dtype=np.int64), np.atleast_1d(np.asarray(times_s, dtype=np.float64))
        codes = np.zeros((chosen.size, times.size), dtype=np.uint8)
        positions, velocities = np.zeros((2, chosen.size, times.size, 3))
        own = self.arc[chosen] >= 0
        if not own.any():
            # Kept unchanged, including the memory layout, so that sums over the same numbers round alike.
            codes, positions, velocities = super().states(chosen, times)
        elif not own.all():
            codes[~own], positions[~own], velocities[~own] = super().states(chosen[~own], times)
        if own.any():
            each = np.broadcast_to(times, (int(own.sum()), times.size))
            codes[own], positions[own], velocities[own] = arc_states(self.table, self.arc[chosen[own]], each)
        return self._outside(codes, chosen, times), positions, velocities

    def snapshot(self, rows: Index, time_s: float) -> Snapshot:
        """As `Propagator.snapshot`; the elements of interpolated arcs are meaningless."""
        found = super().snapshot(rows, time_s)
        own = self.arc[rows] >= 0
        if own.any():
            moments = np.full((int(own.sum()), 1), time_s)
            codes, positions, velocities = arc_states(self.table, self.arc[rows[own]], moments)
            found.codes[own], found.positions_km[own] = codes[:, 0], positions[:, 0]
            found.velocities_km_s[own] = velocities[:, 0]
        return found._replace(codes=self._outside(found.codes[:, None], rows, np.array([time_s]))[:, 0])

    def states_along(self, rows: ArrayLike, times_s: Array) -> tuple[NDArray[np.uint8], Array, Array]:
        """As `Propagator.states_along`."""
        chosen = np.asarray(rows, dtype=np.int64)
        codes = np.zeros(times_s.shape, dtype=np.uint8)
        positions, velocities = np.zeros((2, *times_s.shape, 3))
        own = self.arc[chosen] >= 0
        if not own.any():
            codes, positions, velocities = super().states_along(chosen, times_s)
        elif not own.all():
            codes[~own], positions[~own], velocities[~own] = super().states_along(chosen[~own], times_s[~own])
        if own.any():
            codes[own], positions[own], velocities[own] = arc_states(
                self.table, self.arc[chosen[own]], times_s[own]
            )
        return self._outside(codes, chosen, times_s), positions, velocities

    def positions(self, rows: NDArray[np.int64], times_s: Array) -> tuple[NDArray[np.uint8], Array]:
        """As `Propagator.positions`."""
        codes = np.zeros(rows.size, dtype=np.uint8)
        out = np.zeros((times_s.size, 3, rows.size))
        own = self.arc[rows] >= 0
        if not own.any():
            codes, out = super().positions(rows, times_s)
        elif not own.all():
            codes[~own], out[:, :, ~own] = super().positions(rows[~own], times_s)
        if own.any():
            each = np.broadcast_to(times_s, (int(own.sum()), times_s.size))
            each_code, positions = arc_positions(self.table, self.arc[rows[own]], each)
            out[:, :, own] = positions.transpose(1, 2, 0)
            codes[own] = each_code[np.arange(len(each_code)), np.argmax(each_code != 0, axis=1)]
        if times_s.size:
            outside = (times_s.min() < self.begin_s[rows]) | (times_s.max() > self.end_s[rows])
            codes[outside & (codes == 0)] = ObjectStatus.NOT_COVERED
        return codes, out

    def positions_along(self, rows: NDArray[np.int64], times_s: Array) -> tuple[NDArray[np.uint8], Array]:
        """As `Propagator.positions_along`."""
        codes = np.zeros(times_s.shape, dtype=np.uint8)
        positions = np.zeros((*times_s.shape, 3))
        own = self.arc[rows] >= 0
        if not own.any():
            codes, positions = super().positions_along(rows, times_s)
        elif not own.all():
            codes[~own], positions[~own] = super().positions_along(rows[~own], times_s[~own])
        if own.any():
            codes[own], positions[own] = arc_positions(self.table, self.arc[rows[own]], times_s[own])
        return self._outside(codes, rows, times_s), positions

    def _outside(self, codes: NDArray[np.uint8], rows: Index, times_s: Array) -> NDArray[np.uint8]:
        """The codes (n, t), with NOT_COVERED wherever a time, (t,) or (n, t), lies outside its row's arc."""
        outside = (times_s < self.begin_s[rows, None]) | (times_s > self.end_s[rows, None])
        return np.where(outside, np.uint8(ObjectStatus.NOT_COVERED), codes)
