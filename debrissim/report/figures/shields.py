"""Shields: critical diameter against speed, and contributions to the risk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.bins import bin_edges
from debrissim.report.figures.flux import COLORS, DASHES, HATCHES, SOURCES, footer, source_handles
from debrissim.report.figures.registry import figure
from debrissim.report.hits import odds
from debrissim.report.style import BLUE, GREEN, INK, PURPLE, SKY, format_probability, log_axis
from debrissim.results.table import Table

# By shield and angle: speeds (k,) km/s and critical diameters (k,) cm.
Curves = dict[str, dict[float, tuple[Array, Array]]]

_BROWN = "#8A5A2B"  # in addition to the house colours, because there are six curves
_COLORS = (BLUE, GREEN, PURPLE, SKY, INK, _BROWN)
_DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)), (0, (4, 2, 1, 2)), (0, (9, 2)), (0, (1, 3)))
# Panels side by side.
_MAX_ANGLES = 4
# Speed for the finding, km/s: that of most debris.
_FINDING_SPEED_KM_S = 10.0
_MAX_SHIELDS = len(_COLORS)
_NAME_LENGTH = 30


def curves(table: Table) -> Curves:
    """critical_diameter.csv by shield and angle."""
    by_shield: Curves = {}
    for name in dict.fromkeys(table["shield"].tolist()):
        rows = table[table["shield"] == name]
        by_shield[name] = {}
        for angle in np.unique(rows["angle_deg"]).tolist():
            curve = rows[rows["angle_deg"] == angle]
            by_shield[name][angle] = curve["speed_km_s"], curve["diameter_cm"]
    return by_shield


def plot_critical_diameter(ax: Axes, by_shield: Curves, angle_deg: float) -> Axes:
    """Critical diameter against speed at one angle from the normal, one line per shield; the axis holds all angles."""
    every = np.concatenate([diameter for by_angle in by_shield.values() for _, diameter in by_angle.values()])
    for color, dash, by_angle in zip(_COLORS, _DASHES, by_shield.values(), strict=False):
        if angle_deg in by_angle:
            speed, diameter = by_angle[angle_deg]
            ax.plot(speed, 10.0 * diameter, color=color, ls=dash, lw=1.5)
    log_axis(ax, 8.0 * float(every.min()), 13.0 * float(every.max()), "{:g}".format)
    first = next(iter(next(iter(by_shield.values())).values()))[0]
    ax.set_xlim(0.0, float(first[-1]))
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.set_title(f"{angle_deg:g}\N{DEGREE SIGN} from the normal", loc="left", fontsize=8.5)
    ax.set_xlabel("impact speed (km/s)")
    return ax


def curve_handles(by_shield: Curves) -> list[Artist]:
    """Legend entries of the shields, their names in words."""
    return [
        Line2D([], [], color=color, ls=dash, label=style.shorten(_words(name), _NAME_LENGTH))
        for color, dash, name in zip(_COLORS, _DASHES, by_shield, strict=False)
    ]


def _words(name: str) -> str:
    """ "US lab cylinder" of "us-lab-cylinder", "node 2-3" of "node-2-3"."""
    words = re.sub(r"(?<!\d)-|-(?!\d)", " ", style.printable(name)).split(" ")
    return " ".join("US" if word == "us" else word for word in words)


def plot_risk_by_module(
    ax: Axes, modules: Sequence[str], expected: Mapping[str, Array], total_range: tuple[Array, Array]
) -> Axes:
    """Bars of expected penetrations (m,) by module and source, with the range (m,) of their sum as a line."""
    place = np.arange(len(modules), dtype=np.float64)
    count = len(expected)
    for k, (name, values) in enumerate(expected.items()):
        ax.barh(
            place + (k - (count - 1) / 2.0) * 0.32,
            values,
            0.3,
            facecolor=COLORS[name],
            edgecolor="white",
            lw=0.4,
            hatch=HATCHES[name],
            zorder=2,
        )
    low, high = total_range
    shown = high > 0.0
    ax.hlines(place[shown], low[shown], high[shown], color=INK, lw=1.1, zorder=4)
    total = np.sum(list(expected.values()), axis=0)
    ax.plot(total[shown], place[shown], "|", color=INK, ms=9, mew=1.6, zorder=5)
    ax.set_yticks(place, [style.shorten(style.printable(name), 20) for name in modules])
    ax.invert_yaxis()
    positive = np.concatenate([values[values > 0.0] for values in (*expected.values(), low)])
    floor = 0.5 * float(positive.min(initial=1e-6))
    log_axis(
        ax,
        max(floor, 1e-9 * float(high.max(initial=1.0))),
        2.0 * float(high.max(initial=1e-5)),
        format_probability,
        which="x",
    )
    ax.set_xlabel("expected penetrations in the mission")
    ax.grid(visible=False, axis="y")
    return ax


def plot_risk_by_speed(ax: Axes, edges_km_s: Array, expected: Mapping[str, Array]) -> Axes:
    """Fraction of each source's penetrations by impact speed, % per km/s."""
    reach = 10.0
    for name, values in expected.items():
        total = float(values.sum())
        if total > 0.0:
            fraction = 100.0 * values / total / np.diff(edges_km_s)
            ax.stairs(fraction, edges_km_s, color=COLORS[name], ls=DASHES[name], lw=1.4, zorder=3)
            reach = max(reach, float(edges_km_s[1:][np.cumsum(values) < 0.998 * total].max(initial=reach)))
    ax.set_xlim(0.0, reach + 2.0)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("impact speed (km/s)")
    ax.set_ylabel("fraction of the source's penetrations (% per km/s)")
    return ax


@dataclass(frozen=True, eq=False)
class PenetrationView:
    """A folder of kind "penetration": content of summary.json, rows of its three tables that are plotted."""

    summary: Mapping[str, Any]
    modules: Table
    critical_diameter: Table
    speeds: Table

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The resolved scenario."""
        scenario: Mapping[str, Any] = self.summary["provenance"]["scenario"]
        return scenario

    @property
    def finding(self) -> str:
        """The odds of a penetration, given only if every limit has a printed source."""
        answer = self.summary["answer"]
        if answer["unverified"]:
            return "no odds, because limits have no printed source"
        return f"{odds(answer['expected']['nominal'])} for a penetration"


def _has_curves(view: PenetrationView) -> bool:
    """Whether a critical diameter depends on speed or angle: otherwise the figure would be empty except for horizontal
    lines."""
    table = view.critical_diameter
    return any(
        np.ptp(table["diameter_cm"][table["shield"] == name]) > 0.0 for name in np.unique(table["shield"])
    )


@figure(
    "critical_diameter",
    order=20,
    views=(PenetrationView,),
    when=_has_curves,
    caption="The largest sphere that each shield stops, by impact speed; one panel for each angle of impact.",
)
def critical_diameter(view: PenetrationView) -> Figure:
    """Critical diameters of the shields, at most of the first six."""
    by_shield = curves(view.critical_diameter)
    shown = dict(list(by_shield.items())[:_MAX_SHIELDS])
    left_out = len(by_shield) - len(shown)
    more = f"; {left_out} more in critical_diameter.csv" if left_out else ""
    note = (
        f"larger spheres (here of {view.scenario['debris_density_g_cm3']:g} g/cm3) go through; of 1,135 real shots "
        f"the Whipple equation predicts 73 % correctly{more}"
    )
    page = style.new_figure(_stops(shown), footer=(view.scenario["title"], note), synthetic=False)
    angles = np.unique([angle for by_angle in shown.values() for angle in by_angle])[:_MAX_ANGLES].tolist()
    grid = page.add_gridspec(1, len(angles), left=0.075, right=0.985, bottom=0.28, top=0.85, wspace=0.08)
    for k, angle in enumerate(angles):
        ax = plot_critical_diameter(page.add_subplot(grid[k]), shown, angle)
        ax.tick_params(labelleft=k == 0)
        ax.set_ylabel("critical diameter (mm)" if k == 0 else "")
    style.bottom_legend(page, curve_handles(shown), columns=3)
    return page


def _stops(by_shield: Curves) -> str:
    """The smallest sphere through the weakest and through the strongest shield, at the speed of most debris."""
    angle = min(next(iter(by_shield.values())))
    sizes = [
        10.0 * float(np.interp(_FINDING_SPEED_KM_S, *by_angle[angle])) for by_angle in by_shield.values()
    ]
    ends = " to ".join(dict.fromkeys(f"{size:.2g}" for size in (min(sizes), max(sizes))))
    where = f"At {_FINDING_SPEED_KM_S:g} km/s, {angle:g}\N{DEGREE SIGN} from the normal"
    return f"{where}, spheres larger than {ends} mm go through"


@figure(
    "risk",
    order=10,
    views=(PenetrationView,),
    caption=(
        "Left: expected penetrations of each part by debris and by meteoroids; the black line is the range of the "
        "total. Right: the impact speeds of the particles that penetrate."
    ),
)
def risk(view: PenetrationView) -> Figure:
    """Risk by module and risk by speed, side by side."""
    modules, speeds = view.modules, view.speeds
    heading = f"{view.scenario['title']}: {view.finding}"
    page = style.new_figure(heading, footer=footer(view.summary["method"]), synthetic=False)
    plot_risk_by_module(
        page.add_axes((0.17, 0.25, 0.38, 0.63)),
        modules["module"].tolist(),
        {name: modules[f"{name}_expected"] for name in SOURCES},
        (modules["low"], modules["high"]),
    )
    edges = bin_edges(speeds["low_km_s"], speeds["high_km_s"])
    by_speed = {name: speeds[f"{name}_expected"] for name in SOURCES}
    plot_risk_by_speed(page.add_axes((0.63, 0.25, 0.35, 0.63)), edges, by_speed)
    range_mark = Line2D([], [], color=INK, lw=1.1, marker="|", ms=9, mew=1.6, label="both, with range")
    style.bottom_legend(page, [*source_handles(), range_mark])
    return page
