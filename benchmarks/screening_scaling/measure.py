"""How do the time and the peak memory of a screening grow with objects, duration and threshold?

    python -m benchmarks screening_scaling [--size small|full]

Writes scaling.csv (one row per point, each in its own process), exponents.csv, conditions.csv and scaling.png.
Objects are sampled from the bundled population, all against all; the slope of a straight line through the logarithms
has a 95 % interval by Student's t. The upper half of each series is also fitted separately, as overhead dominates the
smallest runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import DAY_S, exponent, options, say, write_conditions, write_csv
from benchmarks.contenders import Task, measured
from benchmarks.picture import SERIES, picture
from debrissim.report import style

HERE = Path(__file__).resolve().parent
SIZES = {"small": (1000, 2000, 4000, 8000), "full": (1000, 3000, 10_000, 30_000, 100_000, 300_000)}
HOURS = {"small": (2.0, 4.0, 8.0, 16.0), "full": (4.0, 12.0, 24.0, 72.0, 168.0)}
THRESHOLDS_KM = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
# Values of the parameters that are not varied.
FIXED = {"small": (2000, 4.0, 5.0), "full": (10_000, 4.0, 5.0)}
AXES = {"objects": "objects", "hours": "duration (h)", "threshold_km": "threshold (km)"}


def main() -> None:
    asked = options(__doc__, HERE)
    size = "small" if asked.small else "full"
    count, hours, threshold = FIXED[size]
    series = {
        "objects": [(n, hours, threshold) for n in SIZES[size]],
        "hours": [(count, h, threshold) for h in HOURS[size]],
        "threshold_km": [(count, hours, d) for d in THRESHOLDS_KM],
    }
    rows = [point(name, *values) for name, points in series.items() for values in points]
    if not asked.small:
        # Beyond the curves: does a million fit into memory?
        rows.append(point("a million", 1_000_000, 1.0, threshold))
    write_csv(asked.out / "scaling.csv", rows)
    fits = [fit(name, what, rows) for name in series for what in ("screen_s", "memory_mb", "events")]
    write_csv(asked.out / "exponents.csv", fits)
    write_conditions(
        asked,
        "bundled population, SYNTHETIC",
        count,
        {"fixed": f"{count} objects, {hours:g} h, {threshold:g} km"},
    )
    plot(asked.out / "scaling.png", rows, fits)


def point(name: str, count: int, hours: float, threshold_km: float) -> dict[str, Any]:
    """One run; memory_mb is the memory that the screening adds to that of the process before."""
    say(f"{name}: {count} objects, {hours:g} h, {threshold_km:g} km")
    repeats = 2 if count * hours < 50_000 else 1
    report = measured(Task("debrissim", count, hours / 24.0 * DAY_S, threshold_km, repeats=repeats))
    return {
        "series": name,
        "objects": count,
        "hours": hours,
        "threshold_km": threshold_km,
        "screen_s": f"{report['screen_s']:.4f}",
        "events": report["events"],
        "memory_mb": f"{max(report['peak_mb'] - report['before_mb'], 0.1):.1f}",
        "peak_mb": f"{report['peak_mb']:.0f}",
    }


def fit(name: str, what: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Exponents of the whole series and of its upper half (at least three points)."""
    mine = [row for row in rows if row["series"] == name and float(row[what]) > 0.0]
    x, y = (np.array([float(row[key]) for row in mine]) for key in (name, what))
    upper = slice(-max(3, (x.size + 1) // 2), None)
    (whole, wide), (top, top_wide) = exponent(x, y), exponent(x[upper], y[upper])
    return {
        "of": what,
        "against": name,
        "points": x.size,
        "exponent": f"{whole:.2f}",
        "plus_minus": f"{wide:.2f}",
        "upper_half": f"{top:.2f}",
        "upper_plus_minus": f"{top_wide:.2f}",
    }


def plot(path: Path, rows: list[dict[str, Any]], fits: list[dict[str, Any]]) -> None:
    """Plot time above memory, one column per series, with the exponents as titles."""
    with picture(
        path, "Screening all against all, bundled population, SYNTHETIC", 3, (10.0, 5.6), rows=2
    ) as (_, panels):
        for place, ax in enumerate(panels):
            name, label = list(AXES.items())[place % 3]
            what, unit = (("screen_s", "screening (s)"), ("memory_mb", "additional memory (MB)"))[place // 3]
            color, mark = SERIES[place // 3]
            mine = [row for row in rows if row["series"] == name]
            x, y = ([float(row[key]) for row in mine] for key in (name, what))
            style.log_axis(ax, 0.7 * min(x), 1.4 * max(x), "{:,g}".format, which="x")
            style.log_axis(ax, 0.5 * min(y), 2.0 * max(y), "{:g}".format)
            ax.plot(x, y, color=color, marker=mark, ms=5)
            ax.set_xlabel(label)
            ax.set_ylabel(unit)
            fitted = next(f for f in fits if f["against"] == name and f["of"] == what)
            ax.set_title(f"exponent {fitted['exponent']} (+/- {fitted['plus_minus']})", loc="left")


if __name__ == "__main__":
    main()
