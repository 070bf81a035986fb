"""Positions and velocities on many arcs at many times, interpolated between their nodes.

An arc is a run of consecutive states of one segment that no manoeuvre interrupts. In each interval between two nodes it
is the polynomial through the surrounding nodes: of positions alone (Lagrange), or of positions and velocities (Hermite)
where these agree (SGP4's velocity is not the derivative of its position). The kind and degree are chosen by measured
error (`debrissim.ephemerides.bounds`), not by the keyword in the file. Neighbouring polynomials meet at the node
between them, so the interpolant is continuous and equals the file's position at each node. Near the ends of an arc the
nodes around an interval lie mostly to one side; the error bound of the arc includes that.

Velocities are the derivatives of the interpolant: continuous up to the error of the derivative, and not the velocities
of the file, except at the nodes of Hermite polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.ephemerides import kernels
from debrissim.ephemerides.kernels.limits import OUTSIDE as OUTSIDE


@dataclass(frozen=True)
class Gap:
    """A time in which a segment has no usable arc: run time (s), the index of the segment, and the reason."""

    segment: int
    begin_s: float
    end_s: float
    reason: str


@dataclass(frozen=True)
class Cut:
    """A manoeuvre between two nodes: run times (s) of the nodes, the estimated moment, and its size (km/s).

    declared: whether the file declares it; otherwise it was found as a jump. delta_v_km_s: measured change of velocity,
    TEME.
    """

    segment: int
    begin_s: float
    end_s: float
    moment_s: float
    delta_v_km_s: tuple[float, float, float]
    declared: bool


@dataclass(frozen=True, eq=False)
class ArcTable:
    """a arcs with k nodes in all.

    | column                    | shape  | unit, meaning                                                    |
    |---------------------------|--------|------------------------------------------------------------------|
    | node_s                    | (k,)   | run time in s, on a scale that is even within each arc           |
    | positions_km              | (k, 3) | km, TEME of date                                                 |
    | velocities_km_s           | (k, 3) | km/s, TEME of date; NaN where the file has none                  |
    | first, count              | (a,)   | first node of each arc, and how many nodes it has                |
    | degree                    | (a,)   | degree of its polynomials                                        |
    | hermite                   | (a,)   | whether they use velocities                                      |
    | begin_s, end_s            | (a,)   | run time in s between which the arc may be used                  |
    | error_km                  | (a,)   | bound on the distance between interpolant and trajectory         |
    | segment                   | (a,)   | index of the segment within its ephemeris                        |
    | bridge                    | (a,)   | whether it only spans an interval with a manoeuvre, or a short one |
    | gaps, cuts                |        | `Gap`s and `Cut`s of the ephemeris                               |
    """

    node_s: Array
    positions_km: Array
    velocities_km_s: Array
    first: Index
    count: Index
    degree: Index
    hermite: NDArray[np.bool_]
    begin_s: Array
    end_s: Array
    error_km: Array
    segment: Index
    bridge: NDArray[np.bool_]
    gaps: tuple[Gap, ...] = ()
    cuts: tuple[Cut, ...] = ()

    def __len__(self) -> int:
        return int(self.first.size)

    @property
    def width(self) -> Index:
        """Nodes of each stencil (a,)."""
        return np.where(self.hermite, (self.degree + 1) // 2, self.degree + 1)


def no_arcs() -> ArcTable:
    """An empty table of arcs."""
    empty, index = np.empty(0), np.empty(0, dtype=np.int64)
    return ArcTable(
        node_s=empty,
        positions_km=np.empty((0, 3)),
        velocities_km_s=np.empty((0, 3)),
        first=index,
        count=index,
        degree=index,
        hermite=np.empty(0, dtype=np.bool_),
        begin_s=empty,
        end_s=empty,
        error_km=empty,
        segment=index,
        bridge=np.empty(0, dtype=np.bool_),
    )


def join_arcs(tables: list[ArcTable]) -> ArcTable:
    """One table of the arcs of all tables, in their order. Raises InputError without any table."""
    if not tables:
        raise InputError("arcs: expected one table or more")
    shift = np.cumsum([0, *(table.node_s.size for table in tables)])
    first = [table.first + offset for table, offset in zip(tables, shift, strict=False)]
    columns = {
        field.name: np.concatenate([getattr(table, field.name) for table in tables])
        for field in fields(ArcTable)
        if field.name not in ("first", "gaps", "cuts")
    }
    gaps = tuple(gap for table in tables for gap in table.gaps)
    cuts = tuple(cut for table in tables for cut in table.cuts)
    return ArcTable(first=np.concatenate(first), gaps=gaps, cuts=cuts, **columns)


def arc_positions(table: ArcTable, arcs: Index, times_s: Array) -> tuple[NDArray[np.uint8], Array]:
    """Evaluate positions.

    Parameters
    ----------
    table : ArcTable
        The arcs.
    arcs : Index, shape (m,)
        Indices of arcs.
    times_s : Array, shape (m, t) or (t,)
        Run time in s; with one axis, the same for all arcs. Ascending times are evaluated fastest.

    Returns
    -------
    codes : array of uint8, shape (m, t)
        0, or `OUTSIDE` for a time outside [begin_s, end_s] of the arc.
    positions : Array, shape (m, t, 3)
        km, TEME of date; NaN outside.

    Raises
    ------
    InputError
        If the shapes disagree or an index is outside the table.
    """
    rows, times = _checked(table, arcs, times_s)
    codes: NDArray[np.uint8] = np.empty(times.shape, dtype=np.uint8)
    out = np.empty((*times.shape, 3))
    kernels.arcs.positions(*_columns(table), rows, times, codes, out)
    return codes, out


def arc_states(table: ArcTable, arcs: Index, times_s: Array) -> tuple[NDArray[np.uint8], Array, Array]:
    """Evaluate positions and velocities, the derivatives of the interpolants.

    Parameters and codes as `arc_positions`, whose positions these equal up to rounding.

    Returns
    -------
    codes : array of uint8, shape (m, t)
    positions, velocities : Array, shape (m, t, 3)
        km and km/s, TEME of date; NaN outside.

    Raises
    ------
    InputError
        As `arc_positions`.
    """
    rows, times = _checked(table, arcs, times_s)
    codes: NDArray[np.uint8] = np.empty(times.shape, dtype=np.uint8)
    out, rates = np.empty((2, *times.shape, 3))
    kernels.arcs.states(*_columns(table), rows, times, codes, out, rates)
    return codes, out, rates


def _columns(
    table: ArcTable,
) -> tuple[Array, Array, Array, Index, Index, Index, NDArray[np.bool_], Array, Array]:
    return (
        table.node_s,
        table.positions_km,
        table.velocities_km_s,
        table.first,
        table.count,
        table.width,
        table.hermite,
        table.begin_s,
        table.end_s,
    )


def _checked(table: ArcTable, arcs: Index, times_s: Array) -> tuple[Index, Array]:
    rows = np.ascontiguousarray(arcs, dtype=np.int64)
    times = np.asarray(times_s, dtype=np.float64)
    if rows.ndim != 1 or times.ndim not in (1, 2) or (times.ndim == 2 and times.shape[0] != rows.size):
        raise InputError(f"times: expected shape (t,) or ({rows.size}, t), got {times.shape}")
    if rows.size and (rows.min() < 0 or rows.max() >= len(table)):
        raise InputError(
            f"arcs: expected indices from 0 to {len(table) - 1}, got {rows.min()} to {rows.max()}"
        )
    if times.ndim == 1:
        times = np.broadcast_to(times, (rows.size, times.size))
    return rows, np.ascontiguousarray(times)
