"""Age of the element sets against collision probability: how old is what the alarming events rest on?"""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.style import (
    FAINT,
    NO_APPROACH,
    draw_thresholds,
    empty_note,
    format_probability,
    kinds_present,
    log_axis,
)


def draw_age_against_probability(
    ax: Axes, age_days: Array, probability: Array, kind: NDArray[np.int8],
    *, diluted: NDArray[np.bool_], yellow: float, red: float, floor: float,
) -> Axes:  # fmt: skip
    """Events by the age of the secondary's element set at TCA and Pc, by kind; hollow in the dilution region.

    age_days, probability: (m,), NaN where a method gave no Pc: not drawn; kind: (m,) `ObjectKind`. An age below zero:
    the epoch lies after TCA. A Pc below `floor` is a triangle at the floor.
    """
    given = np.isfinite(probability)
    shown = np.maximum(np.where(given, probability, floor), floor)
    low_days, high_days = _limits(age_days[given])
    ax.set_xlim(low_days, high_days)
    log_axis(ax, floor / 3.0, min(max([10.0 * red, *(3.0 * shown[given])]), 1.5), format_probability)
    draw_thresholds(ax, yellow, red)
    above, crowded = given & (probability >= floor), len(age_days) > 400
    for style in kinds_present(kind):
        for hollow in (False, True):
            rows = above & (kind == int(style.kind)) & (diluted == hollow)
            ax.scatter(
                age_days[rows],
                shown[rows],
                s=9 if crowded else 24,
                marker=style.marker,
                facecolors="white" if hollow else style.color,
                edgecolors=style.color,
                alpha=0.6 if crowded else 0.9,
                linewidths=0.9,
                zorder=3,
            )
    below = given & ~above
    ax.scatter(
        age_days[below],
        shown[below],
        s=12 if crowded else 20,
        marker="v",
        facecolors="none",
        edgecolors=FAINT,
        linewidths=0.7,
        zorder=3,
    )
    if low_days < 0.0:
        ax.axvline(0.0, color=FAINT, lw=0.8, zorder=2)
    ax.set_xlabel("age of the secondary's element set at TCA (days; below 0: its epoch lies after TCA)")
    ax.set_ylabel("collision probability Pc (dimensionless)")
    if len(age_days) == 0:
        empty_note(ax, NO_APPROACH)
    elif not given.any():
        empty_note(ax, "no event of this run has a collision probability")
    return ax


def dilution_handles(probability: Array, floor: float) -> list[Artist]:
    """What hollow marks and triangles mean."""
    hollow = Line2D(
        [], [], ls="none", marker="o", mfc="white", mec=FAINT, ms=5, label="hollow: dilution region"
    )
    below = int((probability < floor).sum())
    if not below:
        return [hollow]
    label = f"{below:,} below {format_probability(floor)}"
    return [hollow, Line2D([], [], ls="none", marker="v", mfc="none", mec=FAINT, ms=5, label=label)]


def _limits(age_days: Array) -> tuple[float, float]:
    if len(age_days) == 0:
        return 0.0, 1.0
    low, high = min(float(age_days.min()), 0.0), max(float(age_days.max()), 0.1)
    margin = 0.03 * (high - low)
    return low - margin if low < 0.0 else 0.0, high + margin
