"""Trajectories during thrust as interpolated arcs, so that a finite burn is screened from its first moment on.

**The bound.** Nodes are at most `STEP_S` apart, and the polynomials are of degree 7, through the positions at eight
nodes. Their error is at most 5040 STEP_S^8 / 8! times the eighth derivative of the position: with frequencies up to
4e-3 / s (a perigee at the ground; as in `screening.stays`) and two radii, below 1e-11 km; rounding is larger, and
`_NOISE_KM` covers it. To this are added the bound of the trajectory's own states (an ephemeris has one) and the effect
of thrust, because the theorem of `screening.grid` assumes motion under gravity. Within three samples of the search,
that is `_NEIGHBOURHOOD_S`, thrust of an acceleration a takes the spacecraft a t^2 / 2 away from such motion; a path
that is within d of one for which the theorem holds satisfies it with a bound larger by 2 d.
"""

from __future__ import annotations

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import ArcTable, join_arcs
from debrissim.maneuvers.motion import ManeuveredMotion
from debrissim.propagation.sgp4 import DEEP_SPACE_ROUGHNESS_KM

STEP_S = 10.0
_WIDTH = 8
_NOISE_KM = 1e-6
_NEIGHBOURHOOD_S = 360.0
# Revolutions per day below which SGP4 treats an object as deep space (a period of 225 minutes), with a margin.
_DEEP_REV_DAY = 6.5
_SHORTEST_S = 1e-3


def with_thrust_arcs(moved: ManeuveredMotion, rows: Index, after: Flights) -> Flights:
    """The flights of trajectories (m,) from the start of their burns.

    Parameters
    ----------
    moved : ManeuveredMotion
        The trajectories.
    rows : Index, shape (m,)
        The trajectories that fly `after`, all with the status OK.
    after : Flights
        `moved.flights` of these trajectories, from the ends of their burns.

    Returns
    -------
    Flights
        The same, with an arc during thrust before the others of each trajectory with a finite burn.
    """
    burns = moved.burns[rows]
    thrusting = np.flatnonzero(burns.duration_s > _SHORTEST_S)
    if not thrusting.size:
        return after
    first = np.searchsorted(after.row, thrusting, "left")
    own = np.append(after.table.error_km, 0.0)[after.arc[first]]
    deep = (after.arc[first] < 0) & (after.sets.mean_motion_rev_day[first] < _DEEP_REV_DAY)
    acceleration = 1e-3 * burns.size_m_s[thrusting] / burns.duration_s[thrusting]
    near_s = np.minimum(burns.duration_s[thrusting], _NEIGHBOURHOOD_S)
    error_km = _NOISE_KM + own + np.where(deep, DEEP_SPACE_ROUGHNESS_KM, 0.0) + acceleration * near_s**2
    tables = [
        _arc(moved, int(rows[place]), float(burns.time_s[place]), float(burns.end_s[place]), float(error))
        for place, error in zip(thrusting.tolist(), error_km.tolist(), strict=True)
    ]
    table = join_arcs([after.table, *tables])
    row = np.concatenate([thrusting, after.row])
    order = np.argsort(row, kind="stable")
    return Flights(
        sets=Catalog.concat([after.sets[first], after.sets])[order],
        row=row[order],
        begin_s=np.concatenate([burns.time_s[thrusting], after.begin_s])[order],
        end_s=np.concatenate([burns.end_s[thrusting], after.end_s])[order],
        arc=np.concatenate([len(after.table) + np.arange(thrusting.size), after.arc])[order],
        table=table,
        described=after.described,
    )


def _arc(moved: ManeuveredMotion, row: int, begin_s: float, end_s: float, error_km: float) -> ArcTable:
    """The arc of one trajectory between two moments."""
    count = max(int(np.ceil((end_s - begin_s) / STEP_S)) + 1, _WIDTH)
    times = np.linspace(begin_s, end_s, count)
    states: Array = moved.states_along(np.array([row]), times[None])[0]
    one = np.ones(1, dtype=np.int64)
    return ArcTable(
        node_s=times,
        positions_km=np.ascontiguousarray(states[:, :3]),
        velocities_km_s=np.ascontiguousarray(states[:, 3:]),
        first=0 * one,
        count=count * one,
        degree=(_WIDTH - 1) * one,
        hermite=np.zeros(1, dtype=np.bool_),
        begin_s=np.array([begin_s]),
        end_s=np.array([end_s]),
        error_km=np.array([error_km]),
        segment=0 * one,
        bridge=np.zeros(1, dtype=np.bool_),
    )
