"""Pc of one event against the combined hard-body radius, which for debris is a rough guess."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from debrissim.core.arrays import Array
from debrissim.core.numbers import probability as probability_text
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    BLUE,
    FAINT,
    INK,
    NOTHING,
    empty_note,
    format_length_km,
    format_probability,
    log_axis,
    plot_thresholds,
)
from debrissim.report.views import MessageView, RunView, TopEvent

_DECADES = 9.0
# Fraction of the yellow threshold: a curve that ends below it is shown without the thresholds.
_FAR_BELOW = 1e-6


def plot_hbr_sensitivity(
    ax: Axes,
    radius_km: Array,
    probability: Array,
    *,
    hard_body_radius_km: float,
    event_probability: float,
    miss_km: float,
    yellow: float,
    red: float,
) -> Axes:
    """Pc (k,) against the radius (k,) km, both axes logarithmic; the radius is shown in metres.

    hard_body_radius_km, event_probability: the event's place; miss_km: predicted miss, shown as a line where the body
    would just reach it.
    """
    top = float(np.max(probability, initial=0.0))
    ax.set_xlabel("combined hard-body radius (m)")
    if not (len(radius_km) > 1 and top > NOTHING):
        empty_note(ax, "no collision probability at any radius")
        return ax
    low, high = 1000.0 * float(radius_km[0]), 1000.0 * float(radius_km[-1])
    shown = max(event_probability, 0.0)
    # The decades of the event matter, not only those of the largest radius.
    lowest = min(shown, float(probability[0])) if shown > 0.0 else top
    floor = max(10.0 ** (np.floor(np.log10(max(lowest, NOTHING))) - 0.3), top * 10.0**-_DECADES)
    log_axis(ax, low, high, "{:g}".format, which="x")
    if top > _FAR_BELOW * yellow:
        log_axis(ax, min(floor, yellow / 10.0), min(max(3.0 * top, 10.0 * red), 2.0), format_probability)
        plot_thresholds(ax, yellow, red)
    else:
        # The thresholds would flatten the curve.
        log_axis(ax, floor, 10.0 * top, format_probability)
        ax.text(
            0.985,
            0.03,
            f"far below the yellow threshold, {format_probability(yellow)}",
            transform=ax.transAxes,
            ha="right",
            va="bottom",
            fontsize=8,
            color=FAINT,
        )
    positive = probability > 0.0
    ax.plot(1000.0 * radius_km[positive], probability[positive], color=BLUE, zorder=3)
    if low < 1000.0 * miss_km < high:
        ax.axvline(1000.0 * miss_km, color=FAINT, lw=1.0, ls=(0, (2, 2)), zorder=1)
        ax.annotate(
            "predicted miss", (1000.0 * miss_km, 1.0), xycoords=("data", "axes fraction"), xytext=(-3, -4),
            textcoords="offset points", rotation=90, ha="right", va="top", fontsize=7.5, color=FAINT,
        )  # fmt: skip
    if low <= 1000.0 * hard_body_radius_km <= high:
        if shown >= floor:
            ax.plot(1000.0 * hard_body_radius_km, shown, "o", ms=7, color=INK, mec="white", mew=0.7, zorder=5)
        else:
            ax.plot(1000.0 * hard_body_radius_km, 1.3 * floor, "v", ms=7, mfc="none", mec=FAINT, zorder=5)
    ax.set_ylabel("collision probability Pc (dimensionless)")
    return ax


def legend_handles(hard_body_radius_km: float, event_probability: float) -> list[Artist]:
    """Legend entries of the event and of the curve, with their numbers."""
    event = f"this event: {probability_text(event_probability)} at {format_length_km(hard_body_radius_km)}"
    return [
        Line2D([], [], ls="none", marker="o", color=INK, ms=6, label=event),
        Line2D([], [], color=BLUE, label="same miss and errors, other radius"),
    ]


@figure("hbr_sensitivity", order=80, views=(RunView, MessageView), when=layout.has_top, usual=False)
def hbr_sensitivity(view: RunView) -> Figure:
    """Pc of the top event against the hard-body radius."""

    def plot(ax: Axes, event: TopEvent) -> list[Artist]:
        plot_hbr_sensitivity(
            ax,
            event.radius_km,
            event.radius_probability,
            hard_body_radius_km=event.hard_body_radius_km,
            event_probability=event.probability,
            miss_km=event.miss_km,
            yellow=view.yellow,
            red=view.red,
        )
        return legend_handles(event.hard_body_radius_km, event.probability)

    return layout.top_event_figure(view, findings.radii, plot)
