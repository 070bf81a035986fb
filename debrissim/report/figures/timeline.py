"""Collision probability against time, compared with the yellow and red thresholds."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    CROWDED,
    FAINT,
    INK,
    NO_APPROACH,
    RED_ALERT,
    SKY,
    YELLOW_ALERT,
    empty_note,
    format_probability,
    log_axis,
    plot_thresholds,
)
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView

PROBABILITY_FLOOR = 1e-10


def plot_probability_timeline(
    ax: Axes,
    tca_days: Array,
    probability: Array,
    maximum_probability: Array,
    *,
    diluted: NDArray[np.bool_],
    yellow: float,
    red: float,
    start_label: str,
    span_days: float | None = None,
    floor: float = PROBABILITY_FLOOR,
) -> Axes:
    """Each event as a disc at its Pc with a whisker up to its maximum Pc.

    tca_days: (m,) days since the start; probability, maximum_probability: (m,), NaN if a method gave none;
    diluted: (m,) in the dilution region, where better data could raise Pc: hollow. A Pc below `floor`, zero
    among them, is a triangle at the floor. span_days: the right end of the axis, by default the last event.
    """
    count, rows = len(tca_days), thinned(probability >= yellow)
    last = float(tca_days.max()) if count else 1.0
    tca_days, diluted = tca_days[rows], diluted[rows]
    probability, maximum_probability = probability[rows], maximum_probability[rows]
    known = np.isfinite(probability)
    shown = np.maximum(np.where(known, probability, floor), floor)
    above = known & (probability >= floor)
    below = known & ~above
    peak = np.where(np.isfinite(maximum_probability), maximum_probability, 0.0)
    whisker = known & (peak > 1.05 * shown)

    highest = max([10.0 * red, *(3.0 * shown[known]), *(2.0 * peak[whisker])])
    log_axis(ax, floor / 3.0, min(highest, 1.5), format_probability)
    ax.set_xlim(0.0, (span_days or last) or 1.0)
    plot_thresholds(ax, yellow, red)
    crowded = len(tca_days) > CROWDED
    ax.add_collection(
        LineCollection(
            list(np.stack([np.stack([tca_days, shown], -1), np.stack([tca_days, peak], -1)], 1)[whisker]),
            colors=SKY,
            linewidths=0.4 if crowded else 0.7,
            alpha=0.25 if crowded else 0.5,
            zorder=3,
        ),
        autolim=False,
    )
    ax.scatter(
        tca_days[whisker],
        peak[whisker],
        s=4 if crowded else 18,
        linewidths=1.2,
        marker="_",
        color=SKY,
        zorder=3,
    )
    edge = np.where(probability >= red, RED_ALERT, np.where(probability >= yellow, YELLOW_ALERT, INK))
    face = np.where(diluted, "white", edge)
    small, large = (8.0, 24.0) if crowded else (18.0, 42.0)
    size = np.where(probability >= yellow, large, small)
    ax.scatter(
        tca_days[above],
        shown[above],
        s=size[above],
        c=face[above].tolist(),
        edgecolors=edge[above].tolist(),
        linewidths=0.6 if crowded else 0.9,
        zorder=4,
        clip_on=False,
    )
    plot_below_floor(ax, tca_days[below], floor, crowded=crowded)
    ax.set_xlabel(f"time of closest approach (days since {start_label})", parse_math=False)
    ax.set_ylabel("collision probability Pc (dimensionless)")
    note_missing(ax, known)
    note_thinned(ax, len(rows), count)
    return ax


def plot_below_floor(ax: Axes, x: Array, floor: float, *, crowded: bool) -> None:
    """Triangles on the floor of the axes at x (k,), for events whose Pc is below it."""
    ax.scatter(
        x, np.full(len(x), floor), s=12 if crowded else 20, marker="v", facecolors="none", edgecolors=FAINT,
        linewidths=0.7, zorder=4,
    )  # fmt: skip


def below_floor_handles(probability: Array, floor: float) -> list[Artist]:
    """Legend entry of the triangles with their number, if there are any."""
    below = int((probability < floor).sum())
    label = f"{below:,} below {format_probability(floor)}"
    return [Line2D([], [], ls="none", marker="v", mfc="none", mec=FAINT, ms=5, label=label)] if below else []


def note_missing(ax: Axes, known: NDArray[np.bool_]) -> None:
    """Write into the axes that there is no event, or none with a Pc; known (m,)."""
    if len(known) == 0:
        empty_note(ax, NO_APPROACH)
    elif not known.any():
        empty_note(ax, "no event of this run has a collision probability")


def legend_handles(probability: Array, *, floor: float = PROBABILITY_FLOOR) -> list[Artist]:
    """Legend entries of the marks, with the number of events below the floor."""
    missing = int(np.isnan(probability).sum())
    handles: list[Artist] = [
        Line2D([], [], ls="none", marker="o", color=INK, ms=5, label="Pc"),
        Line2D([], [], ls="none", marker="o", mfc="white", mec=INK, ms=5, label="Pc, in the dilution region"),
        Line2D([], [], color=SKY, marker="_", ms=6, label="up to the maximum Pc"),
        *below_floor_handles(probability, floor),
    ]
    if missing:
        handles.append(Line2D([], [], ls="none", label=f"{missing:,} without a Pc, not shown"))
    return handles


@figure("probability_timeline", order=30, when=lambda view: view.has_probabilities)
def probability_timeline(view: RunView) -> Figure:
    """Pc and maximum Pc of each event over time."""
    page = layout.event_page(view, findings.levels(view))
    ax = page.add_axes((0.09, 0.25, 0.83, 0.63))
    # Thresholds may be set low: both lines are well above the floor.
    floor = min(PROBABILITY_FLOOR, view.yellow / 100.0)
    probability = view.probability
    plot_probability_timeline(
        ax,
        view.tca_days,
        probability,
        view.events.maximum_probability,
        diluted=view.events.dilution,
        yellow=view.yellow,
        red=view.red,
        start_label=view.start_label,
        span_days=view.span_days,
        floor=floor,
    )
    style.bottom_legend(page, legend_handles(probability, floor=floor), columns=5)
    return page
