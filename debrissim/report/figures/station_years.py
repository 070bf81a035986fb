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
from debrissim.hazard.station.station_risk import hit_probability
from debrissim.report import style
from debrissim.report.figures.registry import figure
from debrissim.report.hits import odds
from debrissim.results.table import Table

_WHOLE_YEAR = 0.9
_TRAFFIC = "traffic scaled by the objects that pass 415 to 420 km (NASA ODQN 18-1), within a factor of 1.5"


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
    ax.set_ylabel("hits per year" if exponent == 0 else f"hits in {10**-exponent:,} years")
    return ax


def plot_station(ax: Axes, year: Array, radius_m: Mapping[str, Array], altitude_km: Array) -> Axes:
    """Radii of the station (m) by their meaning, (k,) each, and its altitude (k,) km on a second axis."""
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


def plot_cumulative(
    ax: Axes, year: Array, estimate: Array, limits: tuple[Array, Array], bounds: Mapping[str, Array]
) -> Axes:
    """Probability of at least one hit since launch at the end of each year (k,), with its range (low, high).

    bounds: label to (k,), the same for other sizes of the station.
    """
    end = year + 1.0
    ax.fill_between(
        end, 100.0 * limits[0], 100.0 * limits[1], color=style.SKY, alpha=0.35, lw=0.0, label="range"
    )
    ax.plot(end, 100.0 * estimate, color=style.BLUE, marker="o", ms=3.5, lw=1.8, label="mean projected area")
    for (label, values), dash in zip(bounds.items(), ("--", ":"), strict=False):
        ax.plot(end, 100.0 * values, color=style.INK, ls=dash, lw=1.1, label=label)
    top = max(float(values.max(initial=0.0)) for values in (limits[1], estimate, *bounds.values()))
    ax.set_ylim(0.0, max(1e-3, 108.0 * top))
    ax.set_xlim(float(end[0]) - 0.5, float(end[-1]) + 0.5)
    ax.set_xlabel("end of year")
    ax.set_ylabel("probability of a hit since launch (%)")
    ax.legend(loc="upper left")
    return ax


def plot_counted(ax: Axes, labels: Sequence[str], ratio: Array, error: Array) -> Axes:
    """Passes counted divided by passes expected, (m,) with their standard errors, one row each; NaN rows are left
    out."""
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
    def population(self) -> str:
        """The populations and the method, the first line of every footer."""
        names = [c["label"].split(", ")[0] for c in self.summary["method"]["catalogues"]]
        return f"{style.shorten(', '.join(names), 70)}; flux of Kessler (1981) and Opik (1951), no manoeuvres"

    @property
    def synthetic(self) -> bool:
        """Whether one of the catalogues is synthetic."""
        return any(c["synthetic"] for c in self.summary["method"]["catalogues"])


@figure(
    "risk_by_year",
    order=20,
    views=(StationYearsView,),
    caption="Expected hits by catalogued objects in each year, by kind, with the error of the model; pale years have "
    "no catalogue of their own. Below: the size of the station, and its altitude.",
)
def risk_by_year(view: StationYearsView) -> Figure:
    """Rate of hits, size and altitude of the station in each year."""
    page = style.new_figure(
        _growth(view.years),
        footer=(
            view.population,
            "bars: error of the model 15 %, counting noise; pale years have no catalogue of their own:",
            _TRAFFIC,
        ),
        synthetic=view.synthetic,
        size_in=(8.0, 6.4),
    )
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
        "mean projected area": years["radius_mean_shadow_m"],
        "inscribed sphere": years["radius_inscribed_sphere_m"],
    }
    plot_station(lower, year, radii, years["mean_altitude_km"])
    for ax in (upper, lower):
        ax.set_xlim(year[0] - 0.7, year[-1] + 0.7)
    lower.set_xlabel("year")
    return page


@figure(
    "risk_since_launch",
    order=10,
    views=(StationYearsView,),
    caption="Probability of at least one hit since launch without manoeuvres, with its range; lines: the same for the "
    "spheres inside and around the station.",
)
def risk_since_launch(view: StationYearsView) -> Figure:
    """Probability of a hit since launch, with its range and its bounds by size."""
    answer, years = view.summary["answer"], view.years
    low, high = (
        f"{100.0 * p:.{0 if p >= 0.01 else 2}f}" for p in answer["probability_since_launch_range_of_traffic"]
    )
    chance = f"{100.0 * answer['probability_since_launch']:.{0 if answer['probability_since_launch'] >= 0.01 else 2}f}"
    page = style.new_figure(
        f"Without manoeuvres: about {chance} % ({low} to {high} %) for a hit on the station since 1998",
        footer=(
            view.population,
            f"range: error of the model; {_TRAFFIC}",
            "lines: bounds by the size of the station; its modules and altitude are those of each year",
        ),
        synthetic=view.synthetic,
    )
    spheres = {"enclosing_sphere": "enclosing sphere", "inscribed_sphere": "inscribed sphere"}
    bounds = {
        label: _since_launch(years[f"rate_{name}_per_year"] * years["years_in_orbit"])
        for name, label in spheres.items()
    }
    plot_cumulative(
        page.add_axes((0.09, 0.18, 0.88, 0.69)),
        view.year,
        years["probability_since_launch_mean_shadow"],
        (years["probability_since_launch_low"], years["probability_since_launch_high"]),
        bounds,
    )
    return page


def _growth(years: Table) -> str:
    """The odds of a hit in the first whole year and in the last year."""
    rows = np.flatnonzero(years["years_in_orbit"] > _WHOLE_YEAR)
    rows = rows if len(rows) else np.arange(len(years))
    rate, year = years["rate_mean_shadow_per_year"], years["year"]
    ends = [
        f"{odds(float(rate[row]))} in {int(year[row])}" for row in dict.fromkeys((rows[0], len(years) - 1))
    ]
    return f"A hit on the station, by its mean projected area: {', '.join(ends)}"


def _since_launch(hits: Array) -> Array:
    """The probability of at least one hit by the end of each year, from the hits expected in each (k,)."""
    return np.array([hit_probability(total) for total in np.cumsum(hits).tolist()])


@figure(
    "counted",
    order=30,
    views=(StationYearsView,),
    when=lambda view: len(view.counted) > 0,
    caption="A check of the flux: passes that screening counts, divided by those that the flux predicts, by group of "
    "objects, with standard errors. 1: the same.",
)
def counted_rate(view: StationYearsView) -> Figure:
    """Passes counted by screening divided by those expected, by group of objects."""
    counted = view.counted
    ratios = [f"{c['ratio']:.2f}" for c in view.summary["answer"]["counted_over_analytic"].values()]
    errors = "scatter of the phases, 1 km of altitude, positions of the objects' perigees"
    page = style.new_figure(
        f"Screening counts {' and '.join(ratios)} times the passes that the flux predicts",
        footer=(view.population, f"error bars: {errors}"),
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
