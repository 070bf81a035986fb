"""Events by dense SGP4 compared with the rows of conjunctions.csv: rows that are missing, rows that are wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.results.table import Table
from debrissim.verification import brute_force as dense
from debrissim.verification.flown import FlownArcs
from debrissim.verification.replay import ReplayedRun, pair_of, rows_by_number

_TIME_TOLERANCE_S = 2e-3
_MISS_TOLERANCE_KM = 1e-5
_SPEED_TOLERANCE_KM_S = 1e-6
# Moments this far from an entry or exit are inside or outside for certain; as times, and as lengths of the path.
_STAY_TOLERANCE_S = 2e-3
_STAY_TOLERANCE_KM = 1e-3
# Times between which a distance changes by less than this are the same closest approach.
SAME_DISTANCE_KM = 1e-6


@dataclass(frozen=True)
class Finding:
    """A close approach that the results lack, or a row of theirs that is wrong, and the reason."""

    primary_norad_id: int
    secondary_norad_id: int
    tca_s: float
    miss_distance_km: float
    reason: str


@dataclass(frozen=True, eq=False)
class RecordedRows:
    """The columns of conjunctions.csv that are checked, and the rows of each pair of catalogue numbers."""

    primary: list[int]
    secondary: list[int]
    tca_s: Array
    miss_km: Array
    speed_km_s: Array
    status: list[str]
    entry_s: Array
    exit_s: Array
    rows_of: dict[tuple[int, int], list[int]]

    def __len__(self) -> int:
        return len(self.primary)

    @staticmethod
    def of(table: Table) -> RecordedRows:
        """The rows of conjunctions.csv."""
        primary, secondary = table.primary_norad_id.tolist(), table.secondary_norad_id.tolist()
        rows_of: dict[tuple[int, int], list[int]] = {}
        for row, (first, second) in enumerate(zip(primary, secondary, strict=True)):
            rows_of.setdefault(pair_of(first, second), []).append(row)
        return RecordedRows(
            primary=primary,
            secondary=secondary,
            tca_s=table.tca_s,
            miss_km=table.miss_distance_km,
            speed_km_s=table.relative_speed_km_s,
            status=table.status.tolist(),
            entry_s=table.entry_s if "entry_s" in table else np.full(len(table), np.nan),
            exit_s=table.exit_s if "exit_s" in table else np.full(len(table), np.nan),
            rows_of=rows_of,
        )


def time_tolerance_s(miss_km: Array, speed_km_s: Array) -> Array:
    """(m,) s within which a pair's distance stays so flat that all of it is one closest approach."""
    flat = np.sqrt(2.0 * miss_km * SAME_DISTANCE_KM) / np.maximum(speed_km_s, 1e-9)
    return np.asarray(_TIME_TOLERANCE_S + flat)


def missing_events(run: ReplayedRun, minima: dense.Minima, table: RecordedRows) -> list[Finding]:
    """The events that no row of the table reports."""
    number = run.numbers
    tolerance = time_tolerance_s(minima.miss_km, minima.speed_km_s)
    missing = []
    for k in range(len(minima)):
        numbers = int(number[minima.first[k]]), int(number[minima.second[k]])
        rows = table.rows_of.get(pair_of(*numbers), [])
        time_s, miss_km = float(minima.time_s[k]), float(minima.miss_km[k])
        near = [row for row in rows if abs(table.tca_s[row] - time_s) <= tolerance[k]]
        if any(abs(table.miss_km[row] - miss_km) <= _MISS_TOLERANCE_KM for row in near):
            continue
        reason = "not in the results"
        if near:
            reason = f"the results say {table.miss_km[near[0]]:.6f} km"
        elif rows:
            nearest_s = min((float(table.tca_s[row]) for row in rows), key=lambda t: abs(t - time_s))
            reason += f"; the pair's nearest row is at {nearest_s:.3f} s"
        missing.append(Finding(*numbers, time_s, miss_km, reason))
    return missing


def false_rows(run: ReplayedRun, table: RecordedRows, checked: Index) -> tuple[Finding, ...]:
    """The checked rows (k,) of the table whose time, distance or speed dense SGP4 does not confirm."""
    row_of = rows_by_number(run.inputs)
    known = [k for k in checked.tolist() if table.primary[k] in row_of and table.secondary[k] in row_of]
    first = np.array([row_of[table.primary[k]] for k in known], dtype=np.int64)
    second = np.array([row_of[table.secondary[k]] for k in known], dtype=np.int64)
    radius = max(volume.enclosing_radius_km for volume in run.inputs.volumes)
    reasons = dict.fromkeys(checked.tolist(), "an object that is not in the catalogue")
    tca_s, flown = table.tca_s[known], run.flown
    at_switch = flown.is_switch(first, tca_s) | flown.is_switch(second, tca_s)
    first, second = _arcs_of_rows(flown, first, second, tca_s, table.miss_km[known])
    _, first_km, first_km_s = run.propagator.states_along(first, tca_s[:, None])
    _, second_km, second_km_s = run.propagator.states_along(second, tca_s[:, None])
    miss = np.linalg.norm((second_km - first_km)[:, 0], axis=1)
    speed = np.linalg.norm((second_km_s - first_km_s)[:, 0], axis=1)
    minima, _ = dense.minima_at(
        run.propagator, first, second, tca_s, run.inputs.duration_s, flown.earliest_s, flown.latest_s
    )
    nearest = np.full(tca_s.shape, np.nan)
    nearest[minima.place] = minima.time_s
    tolerance = time_tolerance_s(miss, speed)
    stays = _stay_faults(run, table, known, first, second, speed)
    for k, row in enumerate(known):
        if table.status[row] == "switch" and not at_switch[k]:
            reasons[row] = "neither object changes its trajectory then"
            continue
        fault = _fault(
            table, row, float(miss[k]), float(speed[k]), float(nearest[k]), float(tolerance[k]), radius
        )
        reasons[row] = fault or stays[k]
    return tuple(
        Finding(table.primary[k], table.secondary[k], float(table.tca_s[k]), float(table.miss_km[k]), reason)
        for k, reason in reasons.items()
        if reason
    )


def _stay_faults(
    run: ReplayedRun, table: RecordedRows, rows: list[int], first: Index, second: Index, speed_km_s: Array
) -> list[str]:
    """The fault of each row's (k,) stay, "": none. Entry and exit must divide moments inside from moments outside."""
    faults = [""] * len(rows)
    row_of = rows_by_number(run.inputs)
    primary = np.array([row_of[table.primary[k]] for k in rows], dtype=np.int64)
    apart_s = _STAY_TOLERANCE_S + _STAY_TOLERANCE_KM / np.maximum(speed_km_s, 1e-9)
    lasts = ~(table.exit_s[rows] - table.entry_s[rows] < 3.0 * apart_s)
    for name, moment_s, outwards in (("entry", table.entry_s[rows], -1.0), ("exit", table.exit_s[rows], 1.0)):
        for inside in (True, False):
            time_s = moment_s + (-outwards if inside else outwards) * apart_s
            earliest = np.maximum(run.flown.earliest_s[first], run.flown.earliest_s[second])
            latest = np.minimum(run.flown.latest_s[first], run.flown.latest_s[second])
            judged = np.flatnonzero(lasts & (time_s >= np.maximum(earliest, 0.0)) & (time_s <= latest))
            relative = dense.relative_positions(run.propagator, first[judged], second[judged], time_s[judged])
            wrong = judged[run.inside(relative, primary[judged]) != inside]
            for k in wrong.tolist():
                faults[k] = (
                    f"SGP4 gives it {'outside' if inside else 'inside'} next to its {name}, at {time_s[k]:.3f} s"
                )
    return faults


def _arcs_of_rows(
    flown: FlownArcs, first: Index, second: Index, tca_s: Array, miss_km: Array
) -> tuple[Index, Index]:
    """The arcs (k,) of the objects of each row; on a switch, those on the side that has the row's distance."""
    if not flown.has_switches:
        return first, second
    sides = [
        (flown.at(first, tca_s, before=side), flown.at(second, tca_s, before=side)) for side in (True, False)
    ]
    faults = [np.abs(flown.distance_km(one, other, tca_s) - miss_km) for one, other in sides]
    before = faults[0] <= faults[1]
    chosen = [np.where(before, sides[0][place], sides[1][place]) for place in (0, 1)]
    # A row at a moment when an object has no trajectory is compared with its first, which gives another distance.
    start = [np.searchsorted(flown.owner, rows) for rows in (first, second)]
    return np.where(chosen[0] < 0, start[0], chosen[0]), np.where(chosen[1] < 0, start[1], chosen[1])


def _fault(
    table: RecordedRows, row: int, miss: float, speed: float, nearest: float, tolerance: float, radius: float
) -> str:
    """The fault of a row, "" if there is none. nearest: s, the minimum by dense SGP4, NaN if there is none."""
    if not abs(table.miss_km[row] - miss) <= _MISS_TOLERANCE_KM:
        return f"SGP4 gives a distance of {miss:.6f} km then"
    if not abs(table.speed_km_s[row] - speed) <= _SPEED_TOLERANCE_KM_S:
        return f"SGP4 gives a relative speed of {speed:.6f} km/s then"
    if table.status[row] == "minimum" and abs(nearest - table.tca_s[row]) > tolerance:
        return f"SGP4 gives the closest approach at {nearest:.3f} s"
    if table.miss_km[row] > radius + SAME_DISTANCE_KM:
        return "is outside every volume"
    of_pair = table.rows_of[pair_of(table.primary[row], table.secondary[row])]
    if any(k < row and abs(table.tca_s[k] - table.tca_s[row]) <= tolerance for k in of_pair):
        return "listed twice"
    return ""
