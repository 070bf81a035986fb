"""The spacecraft of a run, one row each: probability of a collision, number of approaches, nearest miss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator

from debrissim.core.arrays import Array, Index
from debrissim.core.numbers import count, one_in
from debrissim.report import style
from debrissim.report.figures import layout
from debrissim.report.figures.registry import figure
from debrissim.report.figures.timeline import PROBABILITY_FLOOR
from debrissim.report.sentences import span_words
from debrissim.report.views import FleetView

MAX_ROWS = 100
_ROW_IN, _TOP_IN, _BOTTOM_IN, _LOWEST_IN = 0.17, 0.62, 1.2, 3.4
_LEGEND_IN = 0.44
_FEW_ROWS = 12
_LEFT, _TICKS = 0.2, 5


def plot_probabilities(ax: Axes, probability: Array) -> Axes:
    """Probabilities and their ranges (p, 3), one row each; those below the floor are plotted at it."""
    place = np.arange(len(probability))
    value, low, high = np.maximum(probability, PROBABILITY_FLOOR).T
    ax.hlines(place, low, high, color=style.FAINT, lw=1.2, zorder=2)
    ax.scatter(value, place, s=20, color=style.INK, zorder=3)
    ends = 0.3 * float(np.nanmin(low)), min(1.5, 3.0 * float(np.nanmax(high)))
    style.log_axis(ax, *ends, style.format_probability, which="x")
    ax.xaxis.set_major_locator(LogLocator(numticks=_TICKS))
    return ax


def plot_approaches(ax: Axes, approaches: Array) -> Axes:
    """Counts and their 95 % intervals (p, 3), one bar each."""
    place = np.arange(len(approaches))
    number, low, high = approaches.T
    ax.barh(place, number, height=0.62, color=style.SKY, zorder=2)
    ax.hlines(place, low, high, color=style.INK, lw=0.9, zorder=3)
    ax.set_xlim(0.0, 1.08 * max(1.0, float(high.max())))
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    return ax


def plot_closest(ax: Axes, closest_km: Array) -> Axes:
    """Nearest misses (p,) km, one row each."""
    known = np.flatnonzero(np.isfinite(closest_km))
    ax.scatter(closest_km[known], known, s=20, color=style.INK, zorder=3)
    low, high = float(closest_km[known].min()), float(closest_km[known].max())
    style.log_axis(ax, 0.6 * max(low, 1e-3), 1.7 * max(high, 1e-3), "{:g}".format, which="x")
    return ax


@figure("spacecraft", order=5, views=(FleetView,))
def spacecraft(view: FleetView) -> Figure:
    """One row per spacecraft, the most probable collision first."""
    order = ranked(view)
    rows, hidden = order[:MAX_ROWS], len(order) - MAX_ROWS
    height = max(
        _LOWEST_IN, _TOP_IN + _BOTTOM_IN + _ROW_IN * len(rows) * (2 if len(rows) <= _FEW_ROWS else 1)
    )
    page = style.new_figure(
        finding(view, order),
        footer=(
            view.title
            + (f"; {count(hidden, 'more spacecraft', 'more spacecraft')} not shown" if hidden > 0 else ""),
            f"catalogue: {view.catalog_label}",
            "only rates: no dates, names or probabilities"
            if view.rates_alone
            else f"covariance: {view.covariance_label}",
        ),
        synthetic=view.synthetic,
        partly=view.partly_synthetic,
        size_in=(style.FIGURE_SIZE_IN[0], height),
    )
    panels = list(_panels(view, rows))
    grid = page.add_gridspec(
        1,
        len(panels),
        left=_LEFT,
        right=0.98,
        bottom=_BOTTOM_IN / height,
        top=1.0 - _TOP_IN / height,
        wspace=0.08,
    )
    for k, (plot, label) in enumerate(panels):
        ax = plot(page.add_subplot(grid[k]))
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_yticks(
            np.arange(len(rows)), [layout.short_name(view.names[row]) for row in rows] if k == 0 else []
        )
        ax.tick_params(axis="y", length=0.0)
        ax.set_xlabel(label)
    style.legend(page, _handles(view), "lower center", (0.5, _LEGEND_IN / height), 4)
    return page


def ranked(view: FleetView) -> Index:
    """The spacecraft by probability, then by approaches, the highest first."""
    return np.lexsort((-view.approaches[:, 0], -np.nan_to_num(view.probability[:, 0], nan=-1.0)))


def finding(view: FleetView, order: Index) -> str:
    """The spacecraft with the most probable collision, or with the most approaches."""
    first, span = order[0], span_words(view.span_days)
    name, all_of_them = layout.short_name(view.names[first]), count(len(order), "spacecraft", "spacecraft")
    chance = view.probability[first, 0]
    if np.isfinite(chance):
        return (
            f"{name} has the most probable collision of {all_of_them}: {one_in(float(chance))} within {span}"
        )
    number = int(view.approaches[first, 0])
    if not number:
        return f"No close approach of {all_of_them} within {span}"
    return f"{name} has the most close approaches of {all_of_them}: {number:,} within {span}"


def _panels(view: FleetView, rows: Index) -> list[tuple[Callable[[Axes], Axes], str]]:
    panels: list[tuple[Callable[[Axes], Axes], str]] = []
    if np.isfinite(view.probability[rows, 0]).any():
        panels.append(
            (
                lambda ax: plot_probabilities(ax, view.probability[rows]),
                f"probability of a collision in {span_words(view.span_days)}",
            )
        )
    panels.append((lambda ax: plot_approaches(ax, view.approaches[rows]), "close approaches"))
    if np.isfinite(view.closest_km[rows]).any():
        panels.append((lambda ax: plot_closest(ax, view.closest_km[rows]), "nearest miss (km)"))
    return panels


def _handles(view: FleetView) -> list[Artist]:
    interval = Line2D([], [], color=style.INK, lw=0.9, label="95 % interval of such a count")
    bars = Line2D([], [], color=style.SKY, lw=6.0, label=f"inside {view.volume}")
    if not np.isfinite(view.probability[:, 0]).any():
        return [bars, interval]
    marks: list[Artist] = [
        Line2D(
            [],
            [],
            color=style.FAINT,
            marker="o",
            mfc=style.INK,
            mec=style.INK,
            ms=4,
            label="probability, range",
        ),
        bars,
        interval,
    ]
    return marks
