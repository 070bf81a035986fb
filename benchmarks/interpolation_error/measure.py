"""How accurate are ephemeris windows against SGP4, with how many nodes and at which tolerance?

    python -m benchmarks interpolation_error [--size small|full] [--catalog FILE]

Writes errors.csv, conditions.csv and errors.png. Windows are made as screening makes them, and compared with
python-sgp4 at random times. `beyond_bound` counts objects whose error exceeds the bound stated by the window: there
should be none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import Objects, objects, options, say, write_conditions, write_csv
from benchmarks.picture import SERIES, picture
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import EphemerisWindow, make_window
from debrissim.report import style

HERE = Path(__file__).resolve().parent
TOLERANCES_KM = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 4.0)
WINDOWS_H = {"small": (4.0,), "full": (1.0, 4.0, 8.0)}
MOMENTS = 40
REGIMES = ("LEO, e < 0.1", "e >= 0.1", "MEO and GEO, e < 0.1")


def main() -> None:
    asked = options(__doc__, HERE)
    size = "small" if asked.small else "full"
    data = objects(asked.catalog, 3000 if asked.small else None, 3600.0 * max(WINDOWS_H[size]))
    regime = regimes(data)
    rows: list[dict[str, Any]] = []
    for hours in WINDOWS_H[size]:
        for tolerance in TOLERANCES_KM:
            say(f"window {hours:g} h, tolerance {1000.0 * tolerance:g} m")
            rows += measured(data, regime, hours, tolerance)
    write_csv(asked.out / "errors.csv", rows)
    write_conditions(asked, data.label, len(data.catalog), {"moments": f"{MOMENTS}, random"})
    shown = [row for row in rows if row["window_h"] == 4.0]
    plot(asked.out / "errors.png", shown, f"{len(data.catalog):,} objects ({data.label})")


def regimes(data: Objects) -> NDArray[np.int64]:
    """Index (n,) into REGIMES."""
    eccentric = data.catalog.eccentricity >= 0.1
    high = data.catalog.mean_motion_rev_day < 6.4
    return np.where(eccentric, 1, np.where(high, 2, 0))


def measured(
    data: Objects, regime: NDArray[np.int64], hours: float, tolerance_km: float
) -> list[dict[str, Any]]:
    """One row per regime: nodes, error and bound of its objects in one window from the start of the span."""
    propagator, end = data.propagator, 3600.0 * hours
    window = make_window(propagator, np.arange(len(data.catalog)), 0.0, end, tolerance_km)
    moments = np.sort(np.random.default_rng(7).uniform(0.0, end, MOMENTS))
    error = np.zeros(window.rows.size)
    positions = window.positions(moments, lambda count: interpolation_matrix(count, 0.0, end, moments))
    for part in np.array_split(np.arange(window.rows.size), window.rows.size // 2000 + 1):
        truth = propagator.states(window.rows[part], moments)[1]
        apart = np.linalg.norm(positions[:, :, part].transpose(2, 0, 1) - truth, axis=2)
        error[part] = apart.max(axis=1)
    nodes, of = node_counts(window), regime[window.rows]
    rows = []
    for k, name in enumerate(REGIMES):
        mine = of == k
        if not mine.any():
            continue
        rows.append(
            {
                "window_h": hours,
                "tolerance_m": f"{1000.0 * tolerance_km:g}",
                "regime": name,
                "objects": int(mine.sum()),
                "nodes_median": f"{np.median(nodes[mine]):g}",
                "nodes_mean": f"{nodes[mine].mean():.1f}",
                "seconds_between_nodes": f"{end / nodes[mine].mean():.0f}",
                "error_median_m": f"{1000.0 * np.median(error[mine]):.3g}",
                "error_99_m": f"{1000.0 * np.quantile(error[mine], 0.99):.3g}",
                "error_worst_m": f"{1000.0 * error[mine].max():.3g}",
                "bound_median_m": f"{1000.0 * np.median(window.error_bound_km[mine]):.3g}",
                "beyond_bound": int((error > window.error_bound_km)[mine].sum()),
                "maximum_excess_m": f"{1000.0 * max(0.0, (error - window.error_bound_km)[mine].max()):.3g}",
                "bound_above_tolerance": int((window.error_bound_km > tolerance_km)[mine].sum()),
            }
        )
    return rows


def node_counts(window: EphemerisWindow) -> NDArray[np.int64]:
    """Number of nodes (n,) of each object of a window."""
    return np.concatenate([np.full(g.rows.size, g.nodes_km.shape[0]) for g in window.groups])


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot the error against nodes per hour: median and maximum of each regime."""
    heading = f"Ephemeris windows of 4 h against SGP4, {label}"
    with picture(path, heading, 2, (10.0, 4.0)) as (figure, panels):
        values = [float(row[key]) for row in rows for key in ("error_median_m", "error_worst_m")]
        for number, name in enumerate(REGIMES):
            mine = [row for row in rows if row["regime"] == name]
            if not mine:
                continue
            color, mark = SERIES[number]
            tolerance = [float(row["tolerance_m"]) for row in mine]
            spacing = [float(row["seconds_between_nodes"]) / 60.0 for row in mine]
            for ax, x in zip(panels, (tolerance, spacing), strict=True):
                ax.plot(
                    x,
                    [float(row["error_worst_m"]) for row in mine],
                    color=color,
                    marker=mark,
                    ms=5,
                    label=f"{name}: worst",
                )
                ax.plot(
                    x,
                    [float(row["error_median_m"]) for row in mine],
                    color=color,
                    marker=mark,
                    ms=4,
                    mfc="white",
                    ls=(0, (3, 2)),
                    label=f"{name}: median",
                )
        for ax in panels:
            style.log_axis(ax, 0.5 * min(values), 2.0 * max(values), "{:g}".format)
            ax.set_ylabel("maximum error of an object in the window (m)")
        wide = [float(row["tolerance_m"]) for row in rows]
        style.log_axis(panels[0], 0.7 * min(wide), 1.4 * max(wide), "{:g}".format, which="x")
        panels[0].plot(
            [min(wide), max(wide)],
            [min(wide), max(wide)],
            color=style.FAINT,
            lw=1.0,
            ls=":",
            label="error = tolerance",
        )
        panels[0].set_xlabel("requested tolerance (m)")
        panels[1].set_xlabel("mean time between nodes (min)")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)


if __name__ == "__main__":
    main()
