"""The figures of a breakup: Gabbard diagram, numbers by size, area-to-mass ratios, velocity changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.numbers import rounded
from debrissim.hazard.breakup.counts import count_range
from debrissim.hazard.breakup.distributions import (
    MAX_LENGTH_M,
    MIN_LENGTH_M,
    VELOCITY_SIGMA,
    NumberLaw,
    area_to_mass,
    cumulative_count,
)
from debrissim.report import style
from debrissim.report.figures.gabbard import NOTHING_IN_ORBIT, Columns, gabbard_handles, plot_gabbard, thinned
from debrissim.report.figures.registry import figure

_SEEN_LENGTH_M = 0.1
_BANDS = (0.05, 0.5, 0.95)
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


def plot_sizes(ax: Axes, length_m: Array, law: NumberLaw, range_factors: tuple[float, float]) -> Axes:
    """Number of fragments of each length and above: sampled lengths (k,) m, the law, and its observed errors."""
    shortest = float(length_m.min()) if length_m.size else MAX_LENGTH_M
    edges = np.geomspace(MIN_LENGTH_M, 10.0, 200)
    expected = cumulative_count(edges, law)
    low, high = range_factors
    ax.fill_between(edges, low * expected, high * expected, color=style.SKY, alpha=0.25, linewidth=0.0)
    valid = edges <= MAX_LENGTH_M
    ax.plot(edges[valid], expected[valid], color=style.BLUE)
    ax.plot(edges[~valid], expected[~valid], color=style.BLUE, ls=":")
    ordered = np.sort(length_m)
    ax.step(ordered, np.arange(ordered.size, 0, -1), where="post", color=style.INK, lw=1.2)
    ax.axvline(MAX_LENGTH_M, color=style.FAINT, lw=0.9, ls="--")
    top = high * float(cumulative_count(min(shortest, 0.1), law))
    style.log_axis(ax, min(shortest, 0.1) / 1.3, 10.0, _length_text, which="x")
    style.log_axis(ax, 0.5, 2.0 * max(top, 10.0), "{:g}".format)
    ax.annotate(
        "the laws hold up to 1 m",
        (MAX_LENGTH_M, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(5, -4),
        textcoords="offset points",
        va="top",
        fontsize=7.5,
        color=style.FAINT,
    )
    ax.set_xlabel("characteristic length")
    ax.set_ylabel("fragments of this length and above (count)")
    if not length_m.size:
        style.empty_note(ax, "no fragments")
    return ax


def plot_area_to_mass(
    ax: Axes, length_m: Array, area_to_mass_m2_kg: Array, *, rocket_body: bool, color: str, marker: str
) -> Axes:
    """Area-to-mass ratio of fragments (k,) against length (k,) m, with 5, 50 and 95 % of its distribution."""
    shown = thinned(np.arange(length_m.size))
    ax.scatter(
        length_m[shown],
        area_to_mass_m2_kg[shown],
        s=4.0 if shown.size > 1000 else 9.0,
        marker=marker,
        color=color,
        alpha=0.35,
        linewidths=0.0,
    )
    shortest = float(length_m.min()) if length_m.size else 0.05
    edges = np.geomspace(shortest, MAX_LENGTH_M, 160)
    grid = np.linspace(-4.5, 2.5, 701)
    law = area_to_mass(edges, rocket_body=rocket_body)
    chance = np.stack([law.cdf(chi) for chi in grid])
    for level in _BANDS:
        chi = [np.interp(level, chance[:, k], grid) for k in range(edges.size)]
        ax.plot(
            edges,
            10.0 ** np.array(chi),
            color=style.INK,
            lw=1.4 if level == 0.5 else 0.9,
            ls="-" if level == 0.5 else "--",
        )
    longest = max(MAX_LENGTH_M, float(length_m.max(initial=0.0)))
    style.log_axis(ax, shortest / 1.1, 1.3 * longest, _length_text, which="x")
    low = min(1e-3, float(area_to_mass_m2_kg.min(initial=1.0)))
    high = max(10.0, float(area_to_mass_m2_kg.max(initial=1.0)))
    style.log_axis(ax, 0.7 * low, 1.4 * high, "{:g}".format)
    ax.set_xlabel("characteristic length")
    ax.set_ylabel("area-to-mass ratio (m\N{SUPERSCRIPT TWO}/kg)")
    return ax


def plot_velocity(
    ax: Axes,
    area_to_mass_m2_kg: Array,
    velocity_change_m_s: Array,
    law: NumberLaw,
    *,
    color: str,
    marker: str,
) -> Axes:
    """Velocity change (k,) m/s against area-to-mass ratio (k,), with 5, 50 and 95 % of its law."""
    moving = velocity_change_m_s > 0.0
    shown = thinned(np.flatnonzero(moving))
    ax.scatter(
        area_to_mass_m2_kg[shown],
        velocity_change_m_s[shown],
        s=4.0 if shown.size > 1000 else 9.0,
        marker=marker,
        color=color,
        alpha=0.35,
        linewidths=0.0,
    )
    low, high = float(area_to_mass_m2_kg.min(initial=1e-2)), float(area_to_mass_m2_kg.max(initial=1.0))
    ends = np.array([0.7 * low, 1.4 * high])
    middle = law.velocity_mean(np.log10(ends))
    for level in _BANDS:
        ax.plot(
            ends,
            10.0 ** (middle + VELOCITY_SIGMA * scipy.special.ndtri(level)),
            color=style.INK,
            lw=1.4 if level == 0.5 else 0.9,
            ls="-" if level == 0.5 else "--",
        )
    style.log_axis(ax, float(ends[0]), float(ends[1]), "{:g}".format, which="x")
    speeds = velocity_change_m_s[moving]
    style.log_axis(
        ax, 0.7 * float(speeds.min(initial=1.0)), 1.4 * float(speeds.max(initial=1e3)), "{:g}".format
    )
    ax.set_xlabel("area-to-mass ratio (m\N{SUPERSCRIPT TWO}/kg)")
    ax.set_ylabel("velocity change (m/s)")
    return ax


def _length_text(length_m: float) -> str:
    if length_m < 0.01:
        return f"{length_m * 1000.0:g} mm"
    return f"{length_m * 100.0:g} cm" if length_m < 1.0 else f"{length_m:g} m"


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


@figure("gabbard", order=10, views=(BreakupView,))
def gabbard(data: BreakupView) -> Figure:
    """Apogee and perigee of the fragments against their period."""
    compared = data.catalogued is not None
    shown = data.columns["characteristic_length_m"] >= (_SEEN_LENGTH_M if compared else 0.0)
    count = len(data.names)
    numbers = [int((shown & (data.parent == k)).sum()) for k in range(count)]
    up = [int((shown & data.in_orbit & (data.parent == k)).sum()) for k in range(count)]
    seen_of = [
        0 if data.catalogued is None else int((data.catalogued["parent"] == k).sum()) for k in range(count)
    ]
    panels = [k for k in range(count) if up[k] or seen_of[k]]
    notes = [
        "modelled: 10 cm and above, as a catalogue would hold, two-body orbits right after the event; catalogued: "
        "first element sets"
        if compared
        else "periods and altitudes of the two-body orbits right after the event"
    ]
    notes += [
        f"{data.names[k]}: none of its {numbers[k]} fragments is in orbit"
        for k in range(count)
        if k not in panels
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
    style.bottom_legend(page, gabbard_handles(compared), columns=5)
    return page


@figure("sizes", order=20, views=(BreakupView,))
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


@figure("area_to_mass", order=30, views=(BreakupView,))
def area_to_mass_ratio(data: BreakupView) -> Figure:
    """Area-to-mass ratio of the fragments against their size."""
    page = _page(
        data,
        "Area-to-mass ratio",
        [
            "lines: 5, 50 and 95 % of the distribution; pieces of 1 m and above "
            "may have been given mass that was left"
        ],
    )
    for k, ax in enumerate(_panels(page, len(data.names), 0.235)):
        rows, (color, marker) = data.parent == k, _PARENT_LOOKS[k]
        length, ratio = (
            data.columns[name][rows] for name in ("characteristic_length_m", "area_to_mass_m2_kg")
        )
        plot_area_to_mass(ax, length, ratio, rocket_body=data.rocket_body[k], color=color, marker=marker)
        kind = "rocket body" if data.rocket_body[k] else "spacecraft"
        ax.set_title(
            f"{style.printable(data.names[k])}, a {kind}: {int(rows.sum())}", fontsize=8.5, parse_math=False
        )
    style.bottom_legend(page, _law_handles(data), columns=4)
    return page


@figure("velocity", order=40, views=(BreakupView,))
def velocity_change(data: BreakupView) -> Figure:
    """Velocity change of the fragments against their area-to-mass ratio."""
    page = _page(
        data,
        "Velocity change",
        [
            "lines: 5, 50 and 95 % of the law; the heaviest fragment of each object "
            "takes the recoil of the others"
        ],
    )
    for k, ax in enumerate(_panels(page, len(data.names), 0.235)):
        rows, (color, marker) = data.parent == k, _PARENT_LOOKS[k]
        ratio, speed = (data.columns[name][rows] for name in ("area_to_mass_m2_kg", "velocity_change_m_s"))
        plot_velocity(ax, ratio, speed, data.law, color=color, marker=marker)
        ax.set_title(f"{style.printable(data.names[k])}: {int(rows.sum())}", fontsize=8.5, parse_math=False)
    style.bottom_legend(page, _law_handles(data), columns=4)
    return page


def _count_above(data: BreakupView, length_m: float) -> str:
    """The number of fragments by the law in words, with the range of observed breakups."""
    numbers = count_range(length_m, data.law)
    low, high = (rounded(number) for number in numbers.stated_range)
    return f"About {rounded(numbers.law)} fragments ({low} to {high})"


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
