"""Interpolated arcs of trajectories after burns, for screening.

The nodes are those of the integration and the ends of the arc. The bound of an arc is the bound of its interpolant
against the dynamics (`ephemerides.bounds`) plus the bound of the ephemeris without a burn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import Origin, internal_numbers
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.core.time import offset_days
from debrissim.ephemerides.bounds import Choice, Nodes, interval_bounds, measure_residuals
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import ArcTable, join_arcs
from debrissim.maneuvers.element_sets import check_ok
from debrissim.propagation.mean_elements import mean_elements_from_states

if TYPE_CHECKING:
    from debrissim.maneuvers.integrated import IntegratedManeuvers

_WIDTH = 4
# Nodes closer than this fraction of a step to an end of the arc are omitted.
_NEAR = 0.25
_ORBIT = (
    "mean_motion_rev_day",
    "eccentricity",
    "inclination_deg",
    "raan_deg",
    "arg_perigee_deg",
    "mean_anomaly_deg",
)


def flights_after(maneuvers: IntegratedManeuvers, rows: Index, end_s: float) -> Flights:
    """The flights of trajectories (m,) from the ends of their burns to end_s; as `IntegratedManeuvers.flights`."""
    check_ok(maneuvers.status, rows)
    begin = maneuvers.burns.end_s[rows]
    arcs = maneuvers.motion.arcs
    tables: list[ArcTable] = []
    row: list[int] = []
    for arc in np.argsort(arcs.begin_s, kind="stable").tolist():
        first = np.maximum(begin, arcs.begin_s[arc])
        last = min(end_s, float(arcs.end_s[arc]))
        flown = np.flatnonzero(first < last)
        if flown.size == 0:
            continue
        for place, table in zip(
            flown.tolist(),
            _tables(maneuvers, rows[flown], first[flown], last, float(arcs.error_km[arc])),
            strict=True,
        ):
            tables.append(table)
            row.append(place)
    missing = np.setdiff1d(np.arange(rows.size), row)
    if missing.size:
        raise InputError(
            f"flights: expected the ephemeris to continue after the burns; it ends before that of burn "
            f"{rows[missing[0]] + 1}"
        )
    order = np.argsort(np.array(row), kind="stable")
    table = join_arcs([tables[k] for k in order.tolist()])
    of_arc = np.array(row, dtype=np.int64)[order]
    sets = _described(maneuvers, rows)
    return Flights(
        sets=sets[of_arc],
        row=of_arc,
        begin_s=table.begin_s,
        end_s=table.end_s,
        arc=np.arange(len(table)),
        table=table,
        described=sets,
    )


def _tables(
    maneuvers: IntegratedManeuvers, rows: Index, begin_s: Array, end_s: float, error_km: float
) -> list[ArcTable]:
    """One arc (a table each) of trajectories (m,), from (m,) s to end_s."""
    nodes = maneuvers.motion.orbit
    margin = _NEAR * nodes.step_s
    low = int(np.ceil((begin_s.min() + margin - nodes.zero_s) / nodes.step_s))
    high = int(np.floor((end_s - margin - nodes.zero_s) / nodes.step_s))
    inner = nodes.zero_s + nodes.step_s * np.arange(low, high + 1)
    times = np.empty((rows.size, inner.size + 2))
    times[:, 0], times[:, 1:-1], times[:, -1] = begin_s, inner, end_s
    kept = np.ones(times.shape, dtype=np.bool_)
    kept[:, 1:-1] = inner >= begin_s[:, None] + margin
    states = maneuvers.states_along(rows, np.where(kept, times, times[:, :1]))
    full = maneuvers.motion.orbit.dynamics.full
    angle = maneuvers.motion.orbit.dynamics.first_angle
    return [
        arc_through(times[k, kept[k]], states[k, kept[k]], full, angle, error_km) for k in range(rows.size)
    ]


def arc_through(times_s: Array, states: Array, full: bool, angle_rad: float, error_km: float) -> ArcTable:
    """One arc through states (n, 6) km, km/s at times (n,) s; error_km: bound on the error of the states themselves."""
    positions, velocities = np.ascontiguousarray(states[:, :3]), np.ascontiguousarray(states[:, 3:])
    nodes = Nodes(times_s, positions, velocities, angle_rad)
    choice = Choice(min(_WIDTH, times_s.size), True, full)
    bound = float(interval_bounds(measure_residuals(nodes, choice), choice).max())
    one = np.ones(1, dtype=np.int64)
    return ArcTable(
        node_s=times_s,
        positions_km=positions,
        velocities_km_s=velocities,
        first=0 * one,
        count=times_s.size * one,
        degree=choice.degree * one,
        hermite=np.ones(1, dtype=np.bool_),
        begin_s=times_s[:1].copy(),
        end_s=times_s[-1:].copy(),
        error_km=np.array([bound + error_km]),
        segment=0 * one,
        bridge=np.zeros(1, dtype=np.bool_),
    )


def _described(maneuvers: IntegratedManeuvers, rows: Index) -> Catalog:
    """The element sets (m,) that describe the orbits after the burns; they are not flown.

    Their epoch is that of the known row, because errors that grow with the age of the ephemeris keep growing after a
    burn; without a known row, it is the end of the burn.
    """
    end = maneuvers.burns.end_s[rows]
    states = maneuvers.states_along(rows, end[:, None])[:, 0]
    jd, fraction = offset_days(*maneuvers.motion.start, end)
    whole = np.floor(fraction)
    elements = mean_elements_from_states(states[:, :3], states[:, 3:], jd + whole, fraction - whole)
    orbit = {name: getattr(elements, name) for name in _ORBIT}
    known = maneuvers.motion.described
    one = unnamed() if known is None else known
    sets = one[np.zeros(rows.size, dtype=np.int64)]
    if known is None:
        orbit |= {"epoch_jd": jd + whole, "epoch_fraction": fraction - whole}
    else:
        days = (jd - sets.epoch_jd) + (fraction - sets.epoch_fraction)
        turned = orbit["mean_anomaly_deg"] - 360.0 * orbit["mean_motion_rev_day"] * days
        orbit["mean_anomaly_deg"] = np.mod(turned, 360.0)
    return sets.with_columns(bstar=np.zeros(rows.size), **orbit)


def unnamed() -> Catalog:
    """The catalogue row (1,) of a spacecraft for which only the states are known."""
    columns = {name: np.zeros(1, dtype=column.dtype) for name, column in vars(Catalog.empty()).items()}
    nothing = np.full(1, np.nan)
    number = np.array([int(internal_numbers(Origin.UNNUMBERED, 0))], dtype=np.int64)
    return Catalog(**columns).with_columns(norad_id=number, hard_body_radius_m=nothing, mass_kg=nothing)
