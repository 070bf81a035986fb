"""Events by dense SGP4 compared with the rows of conjunctions.csv: rows that are missing, rows that are wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.results.table import Table
from debrissim.verification import brute_force as dense
from debrissim.verification.replay import ReplayedRun, pair_of, rows_by_number

_TIME_TOLERANCE_S = 2e-3
_MISS_TOLERANCE_KM = 1e-5
_SPEED_TOLERANCE_KM_S = 1e-6
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
            rows_of=rows_of,
        )


def time_tolerance_s(miss_km: Array, speed_km_s: Array) -> Array:
    """(m,) s within which a pair's distance stays so flat that all of it is one closest approach."""
    flat = np.sqrt(2.0 * miss_km * SAME_DISTANCE_KM) / np.maximum(speed_km_s, 1e-9)
    return np.asarray(_TIME_TOLERANCE_S + flat)


def missing_events(run: ReplayedRun, minima: dense.Minima, table: RecordedRows) -> list[Finding]:
    """The events that no row of the table reports."""
    number = run.inputs.catalog.norad_id
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
    tca_s = table.tca_s[known]
    _, first_km, first_km_s = run.propagator.states_along(first, tca_s[:, None])
    _, second_km, second_km_s = run.propagator.states_along(second, tca_s[:, None])
    miss = np.linalg.norm((second_km - first_km)[:, 0], axis=1)
    speed = np.linalg.norm((second_km_s - first_km_s)[:, 0], axis=1)
    minima, _ = dense.minima_at(
        run.propagator, first, second, tca_s, run.inputs.duration_s, run.earliest_s, run.latest_s
    )
    nearest = np.full(tca_s.shape, np.nan)
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
    table: RecordedRows, row: int, miss: float, speed: float, nearest: float, tolerance: float, radius: float
) -> str:
    """The fault of a row, "" if it has none. nearest: s, the minimum by dense SGP4, NaN if there is none."""
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
