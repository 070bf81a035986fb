"""Age of the element sets against collision probability: how old are the data behind the most probable events?"""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.figures.timeline import (
    PROBABILITY_FLOOR,
    below_floor_handles,
    note_missing,
    plot_below_floor,
)
from debrissim.report.style import (
    CROWDED,
    FAINT,
    format_probability,
    kinds_present,
    log_axis,
    plot_thresholds,
)
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView


def plot_age_against_probability(
    ax: Axes, age_days: Array, probability: Array, kind: NDArray[np.int8],
    *, diluted: NDArray[np.bool_], yellow: float, red: float, floor: float,
) -> Axes:  # fmt: skip
    """Events by the age of the secondary's element set at TCA and Pc, by kind; hollow in the dilution region.

    age_days, probability: (m,), NaN where a method gave no Pc (not shown); kind: (m,) `ObjectKind`. An age below zero
    means an epoch after TCA. A Pc below `floor` is a triangle at the floor.
    """
    known = np.isfinite(probability)
    shown = np.maximum(np.where(known, probability, floor), floor)
    low_days, high_days = _limits(age_days[known])
    ax.set_xlim(low_days, high_days)
    log_axis(ax, floor / 3.0, min(max([10.0 * red, *(3.0 * shown[known])]), 1.5), format_probability)
    plot_thresholds(ax, yellow, red)
    above, crowded = known & (probability >= floor), len(age_days) > CROWDED
    marked = np.zeros(len(age_days), dtype=np.bool_)
    marked[thinned(probability >= yellow)] = True
    for style in kinds_present(kind):
        for hollow in (False, True):
            rows = marked & above & (kind == int(style.kind)) & (diluted == hollow)
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
    plot_below_floor(ax, age_days[marked & known & ~above], floor, crowded=crowded)
    if low_days < 0.0:
        ax.axvline(0.0, color=FAINT, lw=0.8, zorder=2)
    ax.set_xlabel("age of the secondary's element set at TCA (days; below 0: its epoch lies after TCA)")
    ax.set_ylabel("collision probability Pc (dimensionless)")
    note_missing(ax, known)
    note_thinned(ax, int(marked.sum()), len(age_days))
    return ax


def dilution_handles(probability: Array, floor: float) -> list[Artist]:
    """Legend entries of hollow marks and triangles."""
    hollow = Line2D(
        [], [], ls="none", marker="o", mfc="white", mec=FAINT, ms=5, label="hollow: dilution region"
    )
    return [hollow, *below_floor_handles(probability, floor)]


@figure("age_pc", order=120, when=lambda view: view.has_probabilities, usual=False)
def age_pc(view: RunView) -> Figure:
    """Age of the secondaries' element sets against Pc."""
    page = layout.event_page(view, findings.ages(view))
    floor = min(PROBABILITY_FLOOR, view.yellow / 100.0)
    probability = view.probability
    plot_age_against_probability(
        page.add_axes((0.09, 0.25, 0.83, 0.63)),
        view.events.secondary_age_days,
        probability,
        view.kind,
        diluted=view.events.dilution,
        yellow=view.yellow,
        red=view.red,
        floor=floor,
    )
    layout.kind_legend(page, view, dilution_handles(probability, floor))
    return page


def _limits(age_days: Array) -> tuple[float, float]:
    if len(age_days) == 0:
        return 0.0, 1.0
    low, high = min(float(age_days.min()), 0.0), max(float(age_days.max()), 0.1)
    margin = 0.03 * (high - low)
    return low - margin if low < 0.0 else 0.0, high + margin
