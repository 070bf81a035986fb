"""The figures of a breakup: Gabbard diagram, numbers by size, area-to-mass ratios, velocity changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from debrissim.core.numbers import count, rounded
from debrissim.hazard.breakup.counts import count_range
from debrissim.hazard.breakup.distributions import NumberLaw
from debrissim.report import style
from debrissim.report.figures.breakup_plots import plot_area_to_mass, plot_sizes, plot_velocity
from debrissim.report.figures.gabbard import (
    NOTHING_IN_ORBIT,
    Columns,
    gabbard_handles,
    plot_gabbard,
    same_limits,
)
from debrissim.report.figures.registry import figure

_SEEN_LENGTH_M = 0.1
_PARENT_LOOKS = ((style.BLUE, "o"), (style.PURPLE, "s"))


@dataclass(frozen=True, eq=False)
class BreakupView:
    """A folder of kind "breakup".

    columns: of the k fragments, by the names of fragments.csv; parent (k,), 0 or 1; in_orbit (k,): neither
    re-enters at once nor escapes; parents: period_min, perigee_km, apogee_km of each object; catalogued: parent and the
    three of each fragment seen.
    """

    title: str
    names: tuple[str, ...]
    rocket_body: tuple[bool, ...]
    law: NumberLaw
    range_factors: tuple[float, float]
    collision: bool
    parent: NDArray[np.int64]
    in_orbit: NDArray[np.bool_]
    columns: Columns
    parents: Columns
    catalogued: Columns | None


def _page(data: BreakupView, heading: str, notes: Sequence[str]) -> Figure:
    model = "fragments sampled from the NASA standard breakup model (Johnson et al. 2001)"
    footer = [f"{style.shorten(data.title, 60)}; {model}", *notes]
    return style.new_figure(heading, footer=footer, synthetic=False)


def _panels(figure: Figure, count: int, bottom: float) -> list[Axes]:
    """Panels side by side, one for each parent."""
    left, right, gap = 0.09, 0.98, 0.09
    width = (right - left - gap * (count - 1)) / count
    return [
        figure.add_axes((left + k * (width + gap), bottom, width, style.CONTENT_TOP - bottom - 0.045))
        for k in range(count)
    ]


@figure(
    "gabbard",
    order=20,
    views=(BreakupView,),
    caption="Apogee and perigee of each fragment by its period, right after the event: the diagram of Gabbard. "
    "Fragments thrown forward are on the rising arm to the right, those thrown backward on the falling arm to the "
    "left.",
)
def gabbard(data: BreakupView) -> Figure:
    """Apogee and perigee of the fragments against their period."""
    compared = data.catalogued is not None
    shown = data.columns["characteristic_length_m"] >= (_SEEN_LENGTH_M if compared else 0.0)
    parents = range(len(data.names))
    numbers = [int((shown & (data.parent == k)).sum()) for k in parents]
    up = [int((shown & data.in_orbit & (data.parent == k)).sum()) for k in parents]
    seen_of = [0 if data.catalogued is None else int((data.catalogued["parent"] == k).sum()) for k in parents]
    panels = [k for k in parents if up[k] or seen_of[k]]
    notes = [
        "modelled: 10 cm and above, as a catalogue would contain, two-body orbits right after the event; catalogued: "
        "first element sets"
        if compared
        else "periods and altitudes of the two-body orbits right after the event"
    ]
    notes += [
        f"{data.names[k]}: none of its {numbers[k]} fragments is in orbit" for k in parents if k not in panels
    ]
    page = _page(data, f"{_in_orbit(data)} of the sampled fragments stay in orbit", notes)
    axes = _panels(page, max(1, len(panels)), 0.235)
    if not panels:
        style.empty_note(axes[0], NOTHING_IN_ORBIT)
        return page
    names = ("period_min", "perigee_km", "apogee_km")
    for ax, k in zip(axes, panels, strict=True):
        rows = shown & (data.parent == k)
        seen = None
        if data.catalogued is not None:
            mine = data.catalogued["parent"] == k
            seen = {name: data.catalogued[name][mine] for name in names}
        origin = tuple(float(data.parents[name][k]) for name in names)
        plot_gabbard(
            ax,
            {name: data.columns[name][rows] for name in names},
            seen,
            (origin[0], origin[1], origin[2]),
            title=style.printable(data.names[k]),
        )
    same_limits(axes)
    style.bottom_legend(page, gabbard_handles(compared), columns=5)
    return page


@figure(
    "sizes",
    order=10,
    views=(BreakupView,),
    caption="Number of fragments of each length and above: the law, its observed error, and the sample.",
)
def sizes(data: BreakupView) -> Figure:
    """Number of fragments by size."""
    low, high = data.range_factors
    events = "three collisions" if data.collision else "54 upper stages (their middle 90 %)"
    page = _page(
        data,
        f"{_count_above(data, _SEEN_LENGTH_M)} of 10 cm and more",
        [f"band: {low:g} to {high:g} times the law, as observed for {events}"],
    )
    (ax,) = _panels(page, 1, 0.235)
    plot_sizes(ax, data.columns["characteristic_length_m"], data.law, data.range_factors)
    style.bottom_legend(
        page,
        [
            Line2D([], [], color=style.BLUE, label="number law"),
            Patch(color=style.SKY, alpha=0.25, label="observed model error"),
            Line2D([], [], color=style.INK, lw=1.2, label="sampled, within the mass available"),
        ],
        columns=3,
    )
    return page


@figure(
    "area_to_mass",
    order=30,
    views=(BreakupView,),
    caption="Area-to-mass ratio of each fragment by its length: how strongly air drag slows it.",
)
def area_to_mass_ratio(data: BreakupView) -> Figure:
    """Area-to-mass ratio of the fragments against their size."""
    page = _page(
        data,
        _half(data, "area_to_mass_m2_kg", "have", "m\N{SUPERSCRIPT TWO}/kg"),
        [
            "lines: 5, 50 and 95 % of the distribution; pieces of 1 m and above may have been assigned remaining mass"
        ],
    )
    panels = _panels(page, len(data.names), 0.235)
    for k, ax in enumerate(panels):
        rows, (color, marker) = data.parent == k, _PARENT_LOOKS[k]
        length, ratio = (
            data.columns[name][rows] for name in ("characteristic_length_m", "area_to_mass_m2_kg")
        )
        plot_area_to_mass(ax, length, ratio, rocket_body=data.rocket_body[k], color=color, marker=marker)
        kind = "rocket body" if data.rocket_body[k] else "spacecraft"
        ax.set_title(
            f"{style.printable(data.names[k])}, a {kind}: {count(int(rows.sum()), 'fragment')}",
            fontsize=8.5,
            parse_math=False,
        )
    same_limits(panels)
    style.bottom_legend(page, _law_handles(data), columns=4)
    return page


@figure(
    "velocity",
    order=40,
    views=(BreakupView,),
    caption="Velocity that each fragment gained in the breakup, by its area-to-mass ratio.",
)
def velocity_change(data: BreakupView) -> Figure:
    """Velocity change of the fragments against their area-to-mass ratio."""
    page = _page(
        data,
        _half(data, "velocity_change_m_s", "leave with", "m/s"),
        [
            "lines: 5, 50 and 95 % of the law; the heaviest fragment of each object "
            "takes the recoil of the others"
        ],
    )
    panels = _panels(page, len(data.names), 0.235)
    for k, ax in enumerate(panels):
        rows, (color, marker) = data.parent == k, _PARENT_LOOKS[k]
        ratio, speed = (data.columns[name][rows] for name in ("area_to_mass_m2_kg", "velocity_change_m_s"))
        plot_velocity(ax, ratio, speed, data.law, color=color, marker=marker)
        ax.set_title(
            f"{style.printable(data.names[k])}: {count(int(rows.sum()), 'fragment')}",
            fontsize=8.5,
            parse_math=False,
        )
    same_limits(panels)
    style.bottom_legend(page, _law_handles(data), columns=4)
    return page


def _count_above(data: BreakupView, length_m: float) -> str:
    """The number of fragments by the law in words, with the range from observed breakups."""
    numbers = count_range(length_m, data.law)
    low, high = (rounded(number) for number in numbers.stated_range)
    return f"About {rounded(numbers.law)} fragments ({low} to {high})"


def _half(data: BreakupView, column: str, verb: str, unit: str) -> str:
    """The median of a column of the fragments in words."""
    values = data.columns[column]
    if not len(values):
        return "No fragments"
    return f"Half of the {len(values):,} sampled fragments {verb} more than {rounded(float(np.median(values)))} {unit}"


def _in_orbit(data: BreakupView) -> str:
    return f"{100.0 * data.in_orbit.mean():.0f} %" if data.in_orbit.size else "None"


def _law_handles(data: BreakupView) -> list[Artist]:
    marks: list[Artist] = [
        Line2D([], [], ls="none", marker=marker, color=color, label=f"fragments of {style.printable(name)}")
        for name, (color, marker) in zip(data.names, _PARENT_LOOKS, strict=False)
    ]
    return [
        *marks,
        Line2D([], [], color=style.INK, label="median of the law"),
        Line2D([], [], color=style.INK, lw=0.9, ls="--", label="5 and 95 %"),
    ]
