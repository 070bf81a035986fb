"""The station through its years: risk by year, size and altitude of the station, the counted rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures.registry import figure
from debrissim.results.table import Table


def plot_rate_by_year(
    ax: Axes, year: Array, rate_by_kind: Mapping[str, Array], error: Array, scaled: NDArray[np.bool_]
) -> Axes:
    """Expected hits per year, stacked by kind. rate_by_kind: label of a kind to (k,); error: (k,) relative, of the sum;
    scaled: (k,) years without a catalogue of their own, shown pale."""
    base = np.zeros(year.size)
    exponent = _exponent(sum((r for r in rate_by_kind.values()), base))
    for kind in style.KIND_STYLES:
        rate = rate_by_kind.get(kind.label)
        if rate is None or not rate.any():
            continue
        for rows, alpha, label in ((scaled, 0.55, None), (~scaled, 1.0, kind.label)):
            ax.bar(
                year[rows],
                rate[rows] / 10.0**exponent,
                bottom=base[rows],
                width=0.8,
                alpha=alpha,
                label=label,
                **style.area_style(kind),
            )
        base = base + rate / 10.0**exponent
    ax.errorbar(year, base, yerr=base * error, fmt="none", ecolor=style.INK, elinewidth=0.8, capsize=2)
    ax.set_ylim(0.0, 1.15 * float((base * (1.0 + error)).max()) if base.any() else 1.0)
    ax.set_ylabel(f"hits per year (1e{exponent})")
    return ax


def plot_station(ax: Axes, year: Array, radius_m: Mapping[str, Array], altitude_km: Array) -> Axes:
    """Radii of the station (m) by what they mean, (k,) each, and its altitude (k,) km on a second axis."""
    for (label, radius), (colour, dash) in zip(
        radius_m.items(), ((style.BLUE, "-"), (style.SKY, "--"), (style.INK, ":")), strict=False
    ):
        ax.step(year, radius, where="mid", color=colour, ls=dash, label=label)
    ax.set_ylim(0.0, 85.0)
    ax.set_ylabel("radius (m)")
    altitude_ax = ax.twinx()
    altitude_ax.plot(year, altitude_km, color=style.GREEN, marker=".", ms=5, lw=1.2, label="altitude, right")
    altitude_ax.set_ylim(320.0, 435.0)
    altitude_ax.set_ylabel("altitude (km)")
    altitude_ax.grid(visible=False)
    handles = [*ax.get_lines(), *altitude_ax.get_lines()]
    ax.legend(handles=handles, loc="upper left", ncols=4, fontsize=7.5, columnspacing=1.2)
    return ax


def plot_cumulative(ax: Axes, year: Array, cumulative: Mapping[str, Array]) -> Axes:
    """Probability of at least one hit since launch, by what the station's size is taken for, (k,) each."""
    colours = (style.SKY, style.BLUE, style.GREEN, style.PURPLE, style.INK)
    marks = ("v", "o", "^", "s", "")
    dashes = ("-", "-", "-", "--", ":")
    for (label, values), colour, mark, dash in zip(cumulative.items(), colours, marks, dashes, strict=False):
        ax.plot(year + 1.0, values, color=colour, marker=mark, ms=3.5, ls=dash, label=label)
    positive = np.concatenate([v[v > 0.0] for v in cumulative.values()])
    if positive.size:
        style.log_axis(ax, 0.5 * float(positive.min()), 2.0 * float(positive.max()), style.format_probability)
    ax.set_xlabel("end of year")
    ax.set_ylabel("probability of a hit since launch")
    ax.legend(loc="lower right")
    return ax


def plot_counted(ax: Axes, labels: Sequence[str], ratio: Array, error: Array) -> Axes:
    """Passes counted over passes expected, (m,) with their standard errors, one row each; NaN rows are left out."""
    rows = np.arange(len(labels))[::-1]
    shown = np.isfinite(ratio)
    ax.axvline(1.0, color=style.FAINT, lw=1.0)
    ax.errorbar(
        ratio[shown], rows[shown], xerr=error[shown], fmt="o", ms=4.5, color=style.BLUE, ecolor=style.BLUE,
        capsize=2.5, elinewidth=1.2,
    )  # fmt: skip
    ax.set_yticks(rows, [style.printable(label) for label in labels])
    ax.tick_params(axis="y", labelsize=7.5)
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.set_xlim(0.0, max(2.0, 1.1 * float(np.nanmax(ratio + error, initial=1.0))))
    ax.set_xlabel("passes counted by screening / passes expected from the analytic flux")
    return ax


@dataclass(frozen=True, eq=False)
class StationYearsView:
    """A folder of kind "station-years": content of summary.json, rows of years.csv, shares.csv and counted.csv."""

    summary: Mapping[str, Any]
    years: Table
    shares: Table
    counted: Table

    @property
    def year(self) -> Array:
        """(k,) the years."""
        return np.asarray(self.years["year"], dtype=np.float64)

    @property
    def footer(self) -> tuple[str, str]:
        """Sources of the numbers, and the meaning of pale bars."""
        names = ", ".join(style.shorten(c["label"], 45) for c in self.summary["method"]["catalogues"])
        return (
            f"{names}; orbit-averaged (Kessler 1981, Opik 1951); bars: model 15 % and counting noise",
            "pale: no catalogue of the time, traffic scaled by objects passing 415 to 420 km (NASA ODQN 18-1), "
            "within a factor 1.5",
        )

    @property
    def synthetic(self) -> bool:
        """Whether one of the catalogues is synthetic."""
        return any(c["synthetic"] for c in self.summary["method"]["catalogues"])


@figure("risk_by_year", order=10, views=(StationYearsView,))
def risk_by_year(view: StationYearsView) -> Figure:
    """Rate of hits, size and altitude of the station in each year."""
    page = style.new_figure(
        "The station's risk by year (mean shadow)",
        footer=view.footer, synthetic=view.synthetic, size_in=(8.0, 6.4),
    )  # fmt: skip
    upper = page.add_axes((0.09, 0.47, 0.83, 0.405))
    lower = page.add_axes((0.09, 0.15, 0.83, 0.275))
    year, years = view.year, view.years
    by_kind = {kind.label: np.zeros(year.size) for kind in style.KIND_STYLES}
    kinds = view.shares[view.shares["what"] == "kind"]
    for label, rate in by_kind.items():
        rows = kinds["name"] == label
        np.add.at(rate, kinds["year"][rows] - int(year[0]), kinds["rate_mean_shadow_per_year"][rows])
    plot_rate_by_year(upper, year, by_kind, years["relative_error"], years["scaled"])
    upper.legend(loc="upper left", ncols=4)
    upper.tick_params(labelbottom=False)
    radii = {
        "enclosing sphere": years["radius_enclosing_sphere_m"],
        "mean shadow": years["radius_mean_shadow_m"],
        "SOCRATES 14.57 m": years["radius_socrates_m"],
    }
    plot_station(lower, year, radii, years["mean_altitude_km"])
    for ax in (upper, lower):
        ax.set_xlim(year[0] - 0.7, year[-1] + 0.7)
    lower.set_xlabel("year")
    return page


@figure("risk_since_launch", order=20, views=(StationYearsView,))
def risk_since_launch(view: StationYearsView) -> Figure:
    """Probability of a hit since launch, for each meaning of the station's size."""
    page = style.new_figure(
        "At least one hit by a catalogued object since launch", footer=view.footer, synthetic=view.synthetic
    )
    labels = {
        "drag_area": "drag area (NASA)",
        "mean_shadow": "mean shadow",
        "enclosing_sphere": "enclosing sphere",
        "jspoc": "70 m (JSpOC)",
        "socrates": "14.57 m (SOCRATES)",
    }
    length = view.years["years_in_orbit"]
    curves = {
        label: -np.expm1(-np.cumsum(view.years[f"rate_{name}_per_year"] * length))
        for name, label in labels.items()
    }
    plot_cumulative(page.add_axes((0.1, 0.18, 0.87, 0.69)), view.year, curves)
    return page


@figure("counted", order=30, views=(StationYearsView,), when=lambda view: len(view.counted) > 0)
def counted_rate(view: StationYearsView) -> Figure:
    """Passes counted by screening over those expected, by group of objects."""
    counted = view.counted
    errors = "scatter of the phases, 1 km of altitude, positions of the objects' perigees"
    page = style.new_figure(
        "Counted rate compared with the analytic one",
        footer=(f"{view.footer[0].split(';')[0]}; error bars: {errors}",),
        synthetic=view.synthetic,
        size_in=(8.0, max(3.6, 1.6 + 0.22 * len(counted))),
    )
    expected = counted["expected_passes"]
    seen = expected > 0.0
    ratio = np.where(seen, counted["ratio"], np.nan)
    error = np.where(seen, counted["total_error"] / np.where(seen, expected, 1.0), np.nan)
    several = len(set(counted["catalogue"])) > 1
    labels = [
        f"{group} ({style.shorten(catalogue, 13)})" if several else group
        for group, catalogue in zip(counted["group"], counted["catalogue"], strict=True)
    ]
    plot_counted(page.add_axes((0.33, 0.17, 0.64, 0.7)), labels, ratio, error)
    return page


def _exponent(values: Array) -> int:
    peak = float(np.max(values, initial=0.0))
    return int(np.floor(np.log10(peak))) if peak > 0.0 else 0
