"""How large are the errors of the ISS's element sets, by their own history? Writes errors.csv and errors.png here.

    python -m benchmarks.iss_element_history.measure

Needs the shared history of element sets (DEBRISSIM_SHARED, by default ../shared next to the repository).
"""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.common import output_folder
from debrissim.catalog import Catalog, read_catalog
from debrissim.core.time import split_julian_date
from debrissim.report import style
from debrissim.uncertainty.history import HistoryErrors, errors_from_history

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
HISTORY = SHARED / "data/iss/iss_element_history_1998-2021.csv.gz"
YEARS = (2002, 2005, 2009, 2014, 2017, 2019, 2020)
SHOWN = ((2002, style.PURPLE, "s"), (2014, style.BLUE, "o"), (2020, style.GREEN, "^"))
COLUMNS = (
    "year", "pairs_across_manoeuvres", "element_sets", "jumps", "age_days", "pairs", "sigma_r_m", "sigma_t_m",
    "sigma_n_m", "median_r_m", "median_t_m", "median_n_m", "distance_50_m", "distance_90_m", "fit_t_m",
)  # fmt: skip


def measured(history: Catalog, year: int, *, coasting: bool) -> HistoryErrors:
    """Errors of one calendar year."""
    first, last = (sum(split_julian_date(datetime(year + k, 1, 1))) for k in (0, 1))
    return errors_from_history(history, first_jd=first, last_jd=last, leave_out_manoeuvres=coasting)


def table_rows(year: int, errors: HistoryErrors) -> list[list[object]]:
    """Rows of errors.csv, in whole metres."""
    fitted = errors.fitted_sigma_rtn_km(errors.age_days)[:, 1]
    rows = []
    for k, age in enumerate(errors.age_days.tolist()):
        metres = 1000.0 * np.concatenate(
            [
                errors.sigma_rtn_km[k],
                errors.median_rtn_km[k],
                errors.distance_percentiles_km[k],
                fitted[k : k + 1],
            ]
        )
        whole = [int(value) for value in np.rint(metres)]
        across = "out" if errors.manoeuvres_left_out else "in"
        head = [year, across, errors.element_set_count, errors.jump_count, age, int(errors.pair_count[k])]
        rows.append(head + whole)
    return rows


def plot_growth(ax: Axes, column: int, errors: dict[tuple[int, bool], HistoryErrors], title: str) -> Axes:
    """Sigma along one axis (0 R, 1 T, 2 N) against age: measured marks, fitted lines."""
    days = np.geomspace(0.35, 8.0, 60)
    shown = [e.sigma_rtn_km[:, column] for (year, _), e in errors.items() if year in {s[0] for s in SHOWN}]
    low, high = min(s.min() for s in shown), max(s.max() for s in shown)
    style.log_axis(ax, 0.6 * low, 1.7 * high, style.format_length_km)
    style.log_axis(ax, 0.35, 8.0, "{:g}".format, which="x")
    ax.set_xticks([0.5, 1, 2, 3, 5, 7])
    for year, color, marker in SHOWN:
        for coasting in (False, True):
            e = errors[year, coasting]
            face = "white" if coasting else color
            label = f"{year}, coasting" if coasting else f"{year}, all pairs"
            ax.plot(
                e.age_days, e.sigma_rtn_km[:, column], ls="none", marker=marker, ms=5, mfc=face, mec=color,
                label=label, zorder=3,
            )  # fmt: skip
            fitted = e.fitted_sigma_rtn_km(days)[:, column]
            ax.plot(days, fitted, color=color, lw=1.0, ls=(0, (3, 2)) if coasting else "-", zorder=2)
    ax.set_xlabel("age of the older element set (days)")
    ax.set_title(title, loc="left", y=1.02, pad=0.0)
    return ax


def plot(errors: dict[tuple[int, bool], HistoryErrors]) -> Figure:
    """Plot three panels: along-track, radial, normal."""
    figure = Figure(figsize=(10.0, 4.4), dpi=style.FIGURE_DPI)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(1, 3, left=0.082, right=0.985, bottom=0.24, top=0.86, wspace=0.28)
    for place, (column, title) in enumerate(((1, "along-track"), (0, "radial"), (2, "normal"))):
        ax = plot_growth(figure.add_subplot(grid[place]), column, errors, title)
    figure.axes[0].set_ylabel("robust standard deviation")
    figure.text(
        0.012,
        0.945,
        "ISS element sets against each other: marks measured, lines fitted",
        weight="bold",
        fontsize=10.5,
    )
    figure.legend(*ax.get_legend_handles_labels(), loc="lower center", ncols=6, bbox_to_anchor=(0.5, 0.0))
    return figure


def main() -> None:
    """Measure, write the table, plot."""
    history = read_catalog(HISTORY).catalog
    errors = {
        (year, coasting): measured(history, year, coasting=coasting)
        for year in YEARS
        for coasting in (False, True)
    }
    with (output_folder(HERE) / "errors.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (year, _), e in errors.items():
            writer.writerows(table_rows(year, e))
    with style.house_style():
        plot(errors).savefig(output_folder(HERE) / "errors.png", metadata={"Software": None})


if __name__ == "__main__":
    main()
