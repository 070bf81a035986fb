"""Flux of small particles: against size with its uncertainty, on the faces of a spacecraft, by impact speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.bins import bin_edges
from debrissim.report.figures.registry import figure
from debrissim.report.hits import odds
from debrissim.report.style import BLUE, FAINT, GREEN, INK, format_probability, log_axis
from debrissim.results.table import Table

SOURCES = ("debris", "meteoroids")
COLORS: Mapping[str, str] = MappingProxyType({"debris": BLUE, "meteoroids": GREEN})
LABELS: Mapping[str, str] = MappingProxyType({"debris": "debris (man-made)", "meteoroids": "meteoroids"})
DASHES: Mapping[str, Any] = MappingProxyType({"debris": "-", "meteoroids": (0, (5, 2))})
HATCHES: Mapping[str, str] = MappingProxyType({"debris": "", "meteoroids": "////"})
# Fraction of the hits at which the axis of speeds ends.
_NEARLY_ALL = 0.998
_MARKS = MappingProxyType({"debris": "o", "meteoroids": "^"})


@dataclass(frozen=True, eq=False)
class Band:
    """A source's flux: diameters (k,) cm, flux and its low and high (k,) 1/(m^2 year), whether the model covers it."""

    diameter_cm: Array
    flux: Array
    low: Array
    high: Array
    in_range: NDArray[np.bool_]


@dataclass(frozen=True)
class Point:
    """A published flux of a source: diameter in cm, 1/(m^2 year)."""

    source: str
    label: str
    diameter_cm: float
    flux: float


def footer(method: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines below every figure of small particles: models, ranges, unverified values, flags."""
    debris, natural = method["debris"], method["meteoroids"]
    lines = (
        f"{debris['model'].split(' (')[0]} x/÷ {debris['uncertainty_factor']:g}, {natural['model']} x/÷ "
        f"{natural['uncertainty_factor']:g}: deviation from NASA/TM-2009-214785 at 3 mm",
        "unverified: impact speeds, and NASA90's psi(i) away from 45 and 52 degrees (docs/small_debris.md)",
    )
    return (*lines, "; ".join(method["flags"])) if method["flags"] else lines


def plot_flux_by_size(ax: Axes, bands: Mapping[str, Band], points: Sequence[Point]) -> Axes:
    """Flux of particles larger than a diameter, both logarithmic; thin where a model is outside its range of sizes."""
    for name, band in bands.items():
        color = COLORS[name]
        ax.fill_between(band.diameter_cm, band.low, band.high, color=color, alpha=0.16, lw=0, zorder=1)
        ax.plot(band.diameter_cm, band.flux, color=color, ls=DASHES[name], lw=0.7, zorder=2)
        inside = np.where(band.in_range, band.flux, np.nan)
        ax.plot(band.diameter_cm, inside, color=color, ls=DASHES[name], lw=1.8, zorder=3, label=LABELS[name])
    for point in points:
        ax.plot(
            point.diameter_cm, point.flux, ls="none", marker=_MARKS[point.source], ms=7, zorder=5,
            color=COLORS[point.source], mec=INK, mew=0.9, label=point.label,
        )  # fmt: skip
    first = next(iter(bands.values()))
    values = np.concatenate([np.concatenate([band.low, band.high]) for band in bands.values()])
    positive = values[values > 0.0]
    top = 3.0 * float(positive.max(initial=1.0))
    # The flux of meteoroids falls by many decades towards metres, which is of no interest.
    bottom = max(float(positive.min(initial=top)) / 2.0, 1e-14 * top)
    log_axis(ax, bottom, top, format_probability)
    log_axis(ax, float(first.diameter_cm[0]), float(first.diameter_cm[-1]), _size_label, which="x")
    ax.set_xlabel("diameter of the particle")
    ax.set_ylabel("larger particles per m\N{SUPERSCRIPT TWO} and year (tumbling plate)")
    return ax


def plot_faces(ax: Axes, faces: Sequence[str], factor: Mapping[str, Array]) -> Axes:
    """Bars: flux on a face divided by that on a tumbling plate."""
    place = np.arange(len(faces))
    for k, (name, values) in enumerate(factor.items()):
        ax.bar(
            place + (k - 0.5) * 0.38,
            values,
            0.36,
            facecolor=COLORS[name],
            edgecolor="white",
            lw=0.4,
            hatch=HATCHES[name],
            zorder=2,
        )
        for x, value in zip(place + (k - 0.5) * 0.38, values, strict=True):
            ax.annotate(
                f"{value:.2g}",
                (x, value),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                zorder=4,
            )
    ax.axhline(1.0, color=FAINT, lw=0.9, ls=(0, (4, 2)), zorder=1)
    ax.set_xticks(place, faces)
    ax.tick_params(axis="x", labelsize=7.5)
    ax.set_ylim(0.0, 1.15 * max(float(v.max(initial=1.0)) for v in factor.values()))
    ax.set_ylabel("flux divided by that of a tumbling plate (dimensionless)")
    return ax


def plot_speed_fractions(ax: Axes, edges_km_s: Array, fraction: Mapping[str, Array]) -> Axes:
    """Fraction of the hits per km/s of impact speed, as steps."""
    width = np.diff(edges_km_s)
    for name, values in fraction.items():
        ax.stairs(
            100.0 * values / width,
            edges_km_s,
            color=COLORS[name],
            ls=DASHES[name],
            lw=1.5,
            zorder=3,
            label=LABELS[name],
        )
    last = max(int(np.searchsorted(np.cumsum(v), _NEARLY_ALL * v.sum())) for v in fraction.values())
    ax.set_xlim(float(edges_km_s[0]), float(edges_km_s[min(last + 1, len(edges_km_s) - 1)]))
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("impact speed (km/s)")
    ax.set_ylabel("fraction of the hits (% per km/s)")
    return ax


@dataclass(frozen=True, eq=False)
class FluxView:
    """A folder of kind "flux": content of summary.json, rows of flux.csv, faces.csv, speeds.csv and published.csv."""

    summary: Mapping[str, Any]
    flux: Table
    faces: Table
    speeds: Table
    published: Table

    @property
    def conditions(self) -> str:
        """Orbit, year and activity of the Sun."""
        scenario = self.summary["provenance"]["scenario"]
        orbit = scenario["orbit"]
        return (
            f"{orbit['altitude_km']:g} km, {orbit['inclination_deg']:g} deg, {scenario['year']:g}, "
            f"F10.7 {orbit['solar_flux']:g}"
        )


@figure(
    "flux_by_size",
    order=10,
    views=(FluxView,),
    caption="Particles of a diameter and above through a square metre that tumbles, per year, with the uncertainty of "
    "each model; thin: outside the range of sizes for which the model was made. Marks: published values.",
)
def flux_by_size(view: FluxView) -> Figure:
    """Flux against size."""
    flux, published = view.flux, view.published
    bands = {
        name: Band(
            flux["diameter_cm"],
            flux[f"{name}_per_m2_year"],
            flux[f"{name}_low"],
            flux[f"{name}_high"],
            flux[f"{name}_in_range"],
        )
        for name in SOURCES
    }
    points = [
        Point(
            published["source"][k],
            f"{published['model'][k]} ({published['conditions'][k]})",
            float(published["diameter_cm"][k]),
            float(published["flux_per_m2_year"][k]),
        )
        for k in range(len(published))
    ]
    notes = _notes(view)
    rows = {row["diameter_cm"]: row for row in view.summary["answer"]["flux_per_m2_year"]}
    chance = odds(sum(rows[0.1][name]["nominal"] for name in SOURCES))
    heading = f"Particles of 1 mm and more hit a square metre: {chance} a year"
    page = style.new_figure(heading, footer=notes, synthetic=False)
    ax = plot_flux_by_size(page.add_axes((0.09, 0.25, 0.88, 0.63)), bands, points)
    style.bottom_legend(page, ax.get_legend_handles_labels()[0])
    return page


@figure(
    "faces_and_speeds",
    order=20,
    views=(FluxView,),
    caption="Left: flux on each face of a box that keeps its attitude, divided by that on a tumbling plate. Right: "
    "the impact speeds. Not verified against a printed table.",
)
def faces_and_speeds(view: FluxView) -> Figure:
    """Faces and speeds, side by side."""
    faces, speeds, notes = view.faces, view.speeds, _notes(view)
    page = style.new_figure(f"Most debris on the {_foremost(faces)}", footer=notes, synthetic=False)
    factor = {name: faces[f"{name}_factor"] for name in SOURCES}
    plot_faces(page.add_axes((0.075, 0.25, 0.43, 0.63)), faces["face"].tolist(), factor)
    edges = bin_edges(speeds["low_km_s"], speeds["high_km_s"])
    fraction = {name: speeds[f"{name}_share"] for name in SOURCES}
    plot_speed_fractions(page.add_axes((0.58, 0.25, 0.4, 0.63)), edges, fraction)
    style.bottom_legend(page, source_handles())
    return page


def _notes(view: FluxView) -> tuple[str, ...]:
    models, *others = footer(view.summary["method"])
    return (f"{view.conditions}; {models}", *others)


def _foremost(faces: Table) -> str:
    """The face with the most debris, and its factor."""
    row = int(np.argmax(faces["debris_factor"]))
    return (
        f"{faces['face'][row]} face: {faces['debris_factor'][row]:.2g} times as much as on a tumbling plate"
    )


def source_handles() -> list[Artist]:
    """Legend entries of the two sources as areas."""
    return [
        Patch(facecolor=COLORS[s], edgecolor="white", lw=0.4, hatch=HATCHES[s], label=LABELS[s])
        for s in SOURCES
    ]


def _size_label(diameter_cm: float) -> str:
    if diameter_cm < 0.0999:
        return f"{10000.0 * diameter_cm:g} µm"
    if diameter_cm < 0.999:
        return f"{10.0 * diameter_cm:g} mm"
    return f"{diameter_cm:g} cm" if diameter_cm < 99.9 else f"{diameter_cm / 100.0:g} m"
