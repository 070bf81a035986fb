"""Accumulation of the Pc of one event while the objects pass each other."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from debrissim.core.arrays import Array
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import BLUE, FAINT, INK, empty_note, format_probability
from debrissim.report.views import MessageView, RunView, TopEvent

# Below this the axis is in milliseconds.
_MILLISECONDS_BELOW_S = 1.5


def plot_cumulative_pc(
    ax: Axes, time_s: Array, cumulative: Array, *, probability: float, note: str = ""
) -> Axes:
    """Probability (k,) of a hit up to the times (k,), s from TCA, ascending.

    probability: of the whole encounter, a line. note: a caveat, written into the plot.
    """
    ax.set_ylabel("probability of a hit so far (dimensionless)")
    if len(time_s) < 2 or not (np.isfinite(time_s).all() and probability > 0.0):
        ax.set_xlabel("time from TCA (s)")
        empty_note(ax, note or "no collision probability to accumulate")
        return ax
    span = float(time_s[-1] - time_s[0])
    unit, factor = ("ms", 1000.0) if span < _MILLISECONDS_BELOW_S else ("s", 1.0)
    ax.set_xlabel(f"time from TCA ({unit})")
    ax.set_xlim(float(time_s[0]) * factor, float(time_s[-1]) * factor)
    ax.set_ylim(0.0, 1.12 * probability)
    ax.fill_between(time_s * factor, cumulative, color=BLUE, alpha=0.14, lw=0, zorder=1)
    ax.plot(time_s * factor, cumulative, color=BLUE, zorder=3)
    ax.axhline(probability, color=INK, lw=0.9, ls=(0, (4, 2)), zorder=2)
    ax.annotate(
        f"the whole encounter: {format_probability(probability)}",
        (0.0, probability),
        xycoords=("axes fraction", "data"),
        xytext=(5, 3),
        textcoords="offset points",
        va="bottom",
        fontsize=8,
    )
    ax.axvline(0.0, color=FAINT, lw=0.8, ls=(0, (2, 2)), zorder=1)
    half = _crossing(time_s, cumulative, 0.5 * probability)
    early, late = (_crossing(time_s, cumulative, fraction * probability) for fraction in (0.05, 0.95))
    late_half = half > time_s[0] + 0.6 * span
    ax.plot(half * factor, 0.5 * probability, "o", ms=6, color=INK, mec="white", mew=0.7, zorder=4)
    ax.annotate(
        f"half by {_rounded(half * factor, span * factor)} {unit} from TCA,\n"
        f"90 % within {(late - early) * factor:.3g} {unit}",
        (half * factor, 0.5 * probability),
        xytext=(-9 if late_half else 9, 4 if late_half else -4),
        textcoords="offset points",
        ha="right" if late_half else "left",
        va="bottom" if late_half else "top",
        fontsize=8,
        linespacing=1.4,
    )
    if note:
        ax.text(
            0.985, 0.03, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=8, color=FAINT,
            parse_math=False,
        )  # fmt: skip
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: format_probability(float(value))))
    return ax


@figure("cumulative_pc", order=90, views=(RunView, MessageView), when=findings.builds_up, usual=False)
def cumulative_pc(view: RunView) -> Figure:
    """Pc of the top event against time through the encounter."""

    def plot(ax: Axes, event: TopEvent) -> list[Artist]:
        plot_cumulative_pc(ax, event.time_s, event.cumulative, probability=event.probability, note=event.note)
        return []

    return layout.top_event_figure(view, findings.passage, plot, legend=False)


def _rounded(value: float, span: float) -> str:
    """With a sign, to a thousandth of the span, as fine as the plot shows."""
    decimals = max(0, 4 - int(np.ceil(np.log10(span))))
    return f"{round(value, decimals) + 0.0:+.{decimals}f}"


def _crossing(time_s: Array, cumulative: Array, level: float) -> float:
    """The time at which a rising curve reaches the level, interpolated; the nearest end if it does not."""
    return float(np.interp(level, cumulative, time_s))
