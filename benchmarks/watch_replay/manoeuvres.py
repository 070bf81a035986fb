"""How many manoeuvres does a watch find, and how often is it wrong?

    python -m benchmarks.watch_replay.manoeuvres

Needs the shared year of element sets of the ISS, December 2019 to December 2020 (DEBRISSIM_SHARED). A minute.

The truth is found with hindsight and by another quantity: straight lines through the semi-major axes of the two days
before and after each gap between sets, robustly; steps of 0.1 km and more, the largest first, no two within two days.
They include the avoidance manoeuvres of 19 April, 3 July and 22 September 2020. A watch sees the newest set of each
cycle, at six phases of its cycles; a step counts as found if a cycle up to a day after it says so, other cycles that
say so are false alarms. Writes manoeuvres.csv here.
"""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.common import output_folder, say
from benchmarks.covariance_calibration.pairs import SHARED
from debrissim.catalog import Catalog, read_catalog
from debrissim.core.arrays import Array, Mask
from debrissim.uncertainty.element_differences import sort_sets
from debrissim.watch.manoeuvres import MIN_HISTORY, element_set_jumps, jumps_in_history
from debrissim.watch.set_history import KEPT

HERE = Path(__file__).parent
SETS = SHARED / "data/iss/iss_elements_with_tles_2019-12_2020-12.csv.xz"
STEPS_DAYS, PHASES, SIGMAS = (1.0 / 3.0, 1.0), 6, (2.0, 3.0, 4.0, 5.0, 6.0)
SMALLEST_KM, HALF_DAYS, LATE_DAYS, EARLY_DAYS = 0.10, 2.0, 1.0, 0.3


def main() -> None:
    catalog = sort_sets(read_catalog(SETS).catalog)
    days = catalog.epoch_jd + catalog.epoch_fraction
    steps = true_steps(days, catalog.semi_major_axis_km)
    say(f"{len(catalog)} sets, {len(steps)} steps: " + ", ".join(f"{size:+.2f} km" for *_, size in steps))

    @cache
    def sigmas(older: int, newer: int) -> float:
        jump = element_set_jumps(catalog[[older]], catalog[[newer]])
        return float(jump.sigmas[0]) if len(jump) else 0.0

    rows = []
    for step in STEPS_DAYS:
        counts: dict[tuple[float, str], list[tuple[int, int, int, int]]] = {}
        for phase in range(PHASES):
            moments = np.arange(days[0] + 3.0 + phase * step / PHASES, days[-1], step)
            seen = np.unique(np.searchsorted(days, moments, side="right") - 1)
            pairs = list(pairwise(seen.tolist()))
            size = np.array([sigmas(*pair) for pair in pairs])
            own = by_history(catalog, seen)
            for limit in SIGMAS:
                for name, flag in (("model", size > limit), ("model and history", (size > limit) & own)):
                    counts.setdefault((limit, name), []).append(score(flag, pairs, days, steps))
        for (limit, name), some in counts.items():
            found, of, false, others = (sum(column) for column in zip(*some, strict=True))
            rows.append([f"{step:.3g}", limit, name, found, of, false, others])
            say(
                f"every {step * 24:.0f} h, {limit:g} sigmas, {name}: {found} of {of}; false {false} of {others}"
            )
    with (output_folder(HERE) / "manoeuvres.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["cycle_days", "sigmas", "test", "found", "steps", "false_alarms", "other_cycles"])
        writer.writerows(rows)


def by_history(catalog: Catalog, seen: Array) -> Mask:
    """Whether each set that a watch sees jumps from the one before by the scatter of those seen before."""
    found = []
    for k in range(1, len(seen)):
        sets = seen[max(k + 1 - KEPT, 0) : k + 1]
        found.append(len(sets) < MIN_HISTORY or jumps_in_history(catalog[sets]))
    return np.array(found)


def score(
    flag: Mask, pairs: list[tuple[int, int]], days: Array, steps: list[tuple[float, float, float]]
) -> tuple[int, int, int, int]:
    """Steps found, of how many; false alarms, of how many other cycles."""
    near = [
        np.array([days[b] >= begin - EARLY_DAYS and days[a] <= end + LATE_DAYS for a, b in pairs])
        for begin, end, _ in steps
    ]
    other = ~np.logical_or.reduce(near)
    return sum(bool(flag[rows].any()) for rows in near), len(steps), int(flag[other].sum()), int(other.sum())


def true_steps(days: Array, axis_km: Array) -> list[tuple[float, float, float]]:
    """Steps of the semi-major axis with hindsight: the epochs around each, and its size in km."""
    size = np.zeros(len(days))
    for k in range(8, len(days) - 8):
        before = (days >= days[k] - HALF_DAYS) & (days <= days[k])
        after = (days > days[k]) & (days <= days[k] + HALF_DAYS)
        if before.sum() >= 5 and after.sum() >= 5:
            middle = 0.5 * (days[k] + days[k + 1])
            size[k] = line_at(days[after], axis_km[after], middle) - line_at(
                days[before], axis_km[before], middle
            )
    found: list[tuple[float, float, float]] = []
    for k in np.argsort(-np.abs(size)).tolist():
        if abs(size[k]) < SMALLEST_KM:
            break
        if all(abs(days[k] - begin) >= HALF_DAYS for begin, *_ in found):
            found.append((float(days[k]), float(days[k + 1]), float(size[k])))
    return sorted(found)


def line_at(x: Array, y: Array, at: float) -> float:
    """The value of a straight line through points, without those that stand out, at a place."""
    line = np.polyfit(x - at, y, 1)
    rest = np.abs(y - np.polyval(line, x - at))
    kept = rest <= 3.0 * np.median(rest) + 1e-6
    return float(np.polyfit(x[kept] - at, y[kept], 1)[1])


if __name__ == "__main__":
    main()
