"""The dilution curve of one event: Pc against the size of the errors, with the event's place and the maximum.

Right of the maximum the event is diluted: the errors are so large that smaller ones would raise Pc, and a small Pc
there means poor data, not safety.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from debrissim.core.arrays import Array
from debrissim.core.numbers import probability as probability_text
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    BLUE,
    FAINT,
    GRID,
    INK,
    NOTHING,
    SKY,
    empty_note,
    format_probability,
    log_axis,
    plot_thresholds,
)
from debrissim.report.views import MessageView, RunView, TopEvent

# More decades than this below its maximum, a curve carries no information.
_DECADES = 6.0


def plot_dilution_curve(
    ax: Axes,
    scale: Array,
    probability: Array,
    *,
    event_probability: float,
    maximum_probability: float,
    maximum_scale: float,
    sigma_range: tuple[float, float],
    yellow: float,
    red: float,
) -> Axes:
    """Pc (k,) against the factor (k,) on every standard deviation, both axes logarithmic.

    event_probability: Pc at factor 1; maximum_probability at maximum_scale, 0 or infinite if there is none;
    sigma_range: plausible factors of the true errors, a thick piece of the curve.
    """
    top = max(float(np.max(probability, initial=0.0)), maximum_probability)
    if not (len(scale) > 1 and top > NOTHING):
        empty_note(ax, "no collision probability at any size of the errors")
        ax.set_xlabel("factor on every standard deviation (dimensionless)")
        return ax
    floor = _floor(top, yellow)
    log_axis(ax, floor, min(max(5.0 * top, 10.0 * red), 2.0), format_probability)
    log_axis(ax, float(scale[0]), float(scale[-1]), "{:g}".format, which="x")
    plot_thresholds(ax, yellow, red)
    if maximum_scale < float(scale[-1]):
        ax.axvspan(
            max(maximum_scale, float(scale[0])), float(scale[-1]), color=GRID, alpha=0.55, lw=0, zorder=0.5
        )
    positive = probability > 0.0
    ax.plot(scale[positive], probability[positive], color=BLUE, zorder=3)
    # On the curve: a band would hide the beginning of the diluted side.
    plausible = positive & (scale >= sigma_range[0]) & (scale <= sigma_range[1])
    ax.plot(
        scale[plausible],
        probability[plausible],
        color=SKY,
        lw=7.0,
        alpha=0.6,
        solid_capstyle="butt",
        zorder=2.5,
    )
    if float(scale[0]) <= maximum_scale <= float(scale[-1]):
        ax.plot(maximum_scale, maximum_probability, "D", ms=8, mfc="white", mec=BLUE, mew=1.3, zorder=4)
    if event_probability >= floor:
        ax.plot(1.0, event_probability, "o", ms=6, color=INK, mec="white", mew=0.7, zorder=5)
    else:
        ax.plot(1.0, 1.3 * floor, "v", ms=7, mfc="none", mec=FAINT, mew=1.0, zorder=5)
    ax.set_xlabel("factor on every standard deviation (dimensionless; 1: the errors as assessed)")
    ax.set_ylabel("collision probability Pc (dimensionless)")
    return ax


@figure("dilution_curve", order=70, views=(RunView, MessageView), when=layout.has_top)
def dilution_curve(view: RunView) -> Figure:
    """Pc of the top event against the size of the errors."""

    def plot(ax: Axes, event: TopEvent) -> list[Artist]:
        plot_dilution_curve(
            ax,
            event.scale,
            event.dilution_probability,
            event_probability=event.probability,
            maximum_probability=event.maximum_probability,
            maximum_scale=event.maximum_scale,
            sigma_range=event.sigma_range,
            yellow=view.yellow,
            red=view.red,
        )
        return legend_handles(event.probability, event.maximum_probability, event.maximum_scale, view.yellow)

    return layout.top_event_figure(view, findings.dilution, plot)


def _floor(top: float, yellow: float) -> float:
    """Lower end of the axis under a curve with the maximum `top`."""
    return float(min(10.0 ** (np.floor(np.log10(max(top, NOTHING))) - _DECADES), yellow / 100.0))


def legend_handles(
    event_probability: float, maximum_probability: float, maximum_scale: float, yellow: float
) -> list[Artist]:
    """Legend entries of the marks, with their numbers; an event below the axis is a triangle."""
    seen = event_probability >= _floor(maximum_probability, yellow)
    look: dict[str, Any] = (
        {"marker": "o", "color": INK} if seen else {"marker": "v", "mfc": "none", "mec": FAINT}
    )
    event = f"this event: {probability_text(event_probability)}"
    maximum = f"maximum: {probability_text(maximum_probability)}"
    if 0.0 < maximum_scale < np.inf:
        maximum += f" at factor {maximum_scale:.2g}"
    return [
        Line2D([], [], ls="none", ms=6, label=event, **look),
        Line2D([], [], ls="none", marker="D", mfc="white", mec=BLUE, ms=5, label=maximum),
        Patch(facecolor=GRID, alpha=0.55, label="diluted: smaller errors raise Pc"),
        Patch(facecolor=SKY, alpha=0.6, label="errors half to twice as large"),
    ]
