"""The history of events: Pc, miss and TCA of each report against the remaining time to TCA.

The bands are those of the run's own thresholds: red from the Pc at which a manoeuvre is considered, yellow from the Pc
at which an event is watched, green below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.numbers import count, level_of
from debrissim.core.numbers import probability as probability_text
from debrissim.report import style
from debrissim.report.event_views import MAX_PANELS, EventsView, HistoryView
from debrissim.report.figures.registry import figure
from debrissim.report.figures.timeline import PROBABILITY_FLOOR

_LOOKS = ((style.BLUE, "o"), (style.PURPLE, "s"), (style.GREEN, "^"), (style.INK, "D"), (style.SKY, "v"))
_NAME_LENGTH, _PAIR_LENGTH = 30, 36


@figure("event", order=10, views=(HistoryView,), when=lambda view: view.days_to_tca.size > 0)
def event_history(view: HistoryView) -> Figure:
    """Three panels above each other, time running to the right towards TCA."""
    page = style.new_figure(
        f"{style.shorten(style.printable(view.pair), 56)}: {finding(view)}",
        footer=(
            f"event {view.number}, TCA {view.tca_utc}, {count(len(view.sources), 'report')}",
            _bars(view),
        ),
        synthetic=False,
    )
    grid = page.add_gridspec(
        3, 1, left=0.1, right=0.9, bottom=0.24, top=0.88, hspace=0.14, height_ratios=(2.2, 1.3, 1.1)
    )
    panels = [page.add_subplot(grid[row, 0]) for row in range(3)]
    plot_probability(panels[0], view)
    plot_miss(panels[1], view)
    plot_tca(panels[2], view)
    for ax in panels:
        _time_axis(ax, view)
        ax.yaxis.set_label_coords(-0.075, 0.5)
        ax.tick_params(labelbottom=ax is panels[-1])
    panels[-1].set_xlabel("report made, days before TCA")
    style.bottom_legend(page, list(_handles(view)), columns=4)
    return page


@figure("events", order=20, views=(EventsView,), when=lambda view: len(view.histories) > 0)
def event_panels(view: EventsView) -> Figure:
    """Pc of several events, one panel for each."""
    shown = view.histories[:MAX_PANELS]
    hidden = view.hidden + len(view.histories) - len(shown)
    columns = min(3, len(shown))
    page = style.new_figure(
        view.title,
        footer=(f"{count(hidden, 'more event')} not shown" if hidden else "",),
        synthetic=False,
    )
    grid = page.add_gridspec(
        math.ceil(len(shown) / columns), columns,
        left=0.1, right=0.97, bottom=0.17, top=0.83, hspace=0.5, wspace=0.32,
    )  # fmt: skip
    for k, history in enumerate(shown):
        ax = page.add_subplot(grid[k // columns, k % columns])
        plot_probability(ax, history, thresholds=False)
        _time_axis(ax, history)
        name = style.shorten(style.printable(history.pair), _PAIR_LENGTH)
        ax.set_title(f"{history.number}: {name}\n{history.tca_utc[:16].replace('T', ' ')}", fontsize=7.0)
        ax.set_ylabel("Pc" if k % columns == 0 else "")
        ax.set_xlabel("days before TCA" if k + columns >= len(shown) else "")
    return page


def finding(view: HistoryView) -> str:
    """The latest Pc and its course, for a title."""
    known = view.probability[np.isfinite(view.probability)]
    if known.size == 0:
        return "no Pc reported"
    last = float(known[-1])
    level = level_of(last, view.yellow, view.red) or "green"
    words = f"Pc {probability_text(last)}, {level}"
    highest = float(known.max())
    return words if highest <= 1.05 * last else f"{words}, after {probability_text(highest)}"


def _bars(view: HistoryView) -> str:
    """The meaning of the bars that are plotted."""
    ranges = np.isfinite(view.probability_low) | np.isfinite(view.probability_high)
    words = [
        word
        for word, plotted in (
            ("range of Pc over its errors", ranges.any()),
            ("standard deviation along the miss", np.nan_to_num(view.miss_sigma_km).any()),
        )
        if plotted
    ]
    return f"bars: {'; '.join(words)}" if words else ""


def plot_bands(ax: Axes, yellow: float, red: float) -> Axes:
    """Green, yellow and red behind an axis of probabilities whose limits are set."""
    low, high = ax.get_ylim()
    bands = (
        (low, yellow, style.GREEN, 0.1),
        (yellow, red, style.YELLOW_ALERT, 0.18),
        (red, high, style.RED_ALERT, 0.2),
    )
    for bottom, top, color, alpha in bands:
        ax.axhspan(bottom, top, facecolor=color, alpha=alpha, edgecolor="none", zorder=0)
    return ax


def plot_probability(ax: Axes, view: HistoryView, *, thresholds: bool = True) -> Axes:
    """Pc with its range as a bar, hollow in the dilution region; values below the floor are shown on it."""
    floor = min(PROBABILITY_FLOOR, view.yellow / 100.0)
    known = np.isfinite(view.probability)
    shown = np.where(known, np.maximum(view.probability, floor), np.nan)
    low, high = (
        np.where(np.isfinite(end), np.maximum(end, floor), shown)
        for end in (view.probability_low, view.probability_high)
    )
    highest = max([10.0 * view.red, *(3.0 * high[np.isfinite(high)])])
    # The green band ends two decades below yellow if nothing is lower.
    lowest = min([view.yellow / 100.0, *shown[known].tolist(), *low[np.isfinite(low)].tolist()])
    style.log_axis(ax, lowest / 3.0, min(highest, 1.5), style.format_probability)
    plot_bands(ax, view.yellow, view.red)
    if thresholds:
        style.plot_thresholds(ax, view.yellow, view.red, flat=True)
    for rows, color, _ in _looks(view):
        ax.vlines(view.days_to_tca[rows], low[rows], high[rows], color=color, lw=1.0, alpha=0.5, zorder=2)
    _plot(ax, view, shown)
    ax.set_ylabel("Pc")
    return ax


def plot_miss(ax: Axes, view: HistoryView) -> Axes:
    """Miss distance with its standard deviation as a bar."""
    sigma, miss = np.nan_to_num(view.miss_sigma_km), view.miss_distance_km
    unit, scale = ("m", 1000.0) if float(np.nanmax(miss + sigma, initial=0.0)) < 1.0 else ("km", 1.0)
    low, high = scale * np.maximum(miss - sigma, 0.0), scale * (miss + sigma)
    for rows, color, _ in _looks(view):
        ax.vlines(view.days_to_tca[rows], low[rows], high[rows], color=color, lw=1.0, alpha=0.5, zorder=2)
    _plot(ax, view, scale * miss)
    ax.set_ylim(bottom=0.0)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_ylabel(f"miss ({unit})")
    return ax


def plot_tca(ax: Axes, view: HistoryView) -> Axes:
    """TCA of each report against that of the latest."""
    ax.axhline(0.0, color=style.FAINT, lw=0.8, zorder=1)
    unit, scale = (
        ("ms", 1000.0) if float(np.nanmax(np.abs(view.tca_shift_s), initial=0.0)) < 1.0 else ("s", 1.0)
    )
    _plot(ax, view, scale * view.tca_shift_s)
    if not np.any(np.abs(view.tca_shift_s) > 1e-3):
        ax.set_ylim(-1.0, 1.0)
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.set_ylabel(f"ΔTCA ({unit})")
    return ax


def _time_axis(ax: Axes, view: HistoryView) -> None:
    days = view.days_to_tca
    margin = 0.04 * max(float(np.ptp(days)), 0.5)
    ax.set_xlim(float(days.max()) + margin, min(float(days.min()), 0.0) - margin)
    ax.axvline(0.0, color=style.FAINT, lw=0.8, zorder=1)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))


def _plot(ax: Axes, view: HistoryView, values: Array) -> None:
    for own, color, marker in _looks(view):
        rows = own[np.isfinite(values[own])]
        ax.plot(view.days_to_tca[rows], values[rows], color=color, lw=1.1, alpha=0.8, zorder=3)
        face = np.where(view.diluted[rows], "white", color).tolist()
        ax.scatter(
            view.days_to_tca[rows], values[rows], s=24, marker=marker, c=face or None, edgecolors=color,
            linewidths=1.0, zorder=4, clip_on=False,
        )  # fmt: skip


def _looks(view: HistoryView) -> Iterator[tuple[NDArray[np.intp], str, str]]:
    """The rows of each source, its colour and its mark; sources beyond the fifth reuse them."""
    sources = np.array(view.sources, dtype=object)
    for k, source in enumerate(dict.fromkeys(view.sources)):
        color, marker = _LOOKS[k % len(_LOOKS)]
        yield np.flatnonzero(sources == source), color, marker


def _handles(view: HistoryView) -> Iterator[Artist]:
    for source, (_, color, marker) in zip(dict.fromkeys(view.sources), _looks(view), strict=True):
        label = style.shorten(style.printable(source), _NAME_LENGTH)
        yield Line2D([], [], color=color, marker=marker, ms=5, label=label)
    if view.diluted.any():
        yield Line2D(
            [], [], ls="none", marker="o", mec=style.FAINT, mfc="white", ms=5, label="hollow: dilution region"
        )
