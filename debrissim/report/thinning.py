"""Thinning of many points: a figure of a hundred thousand encounters marks some of them and says how many.

A mark takes time, and a stem three times as much: 130,000 of each took longer than their screening, for a figure of
600,000 pixels. Counts, medians and ranges always include all.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from debrissim.core.arrays import Index
from debrissim.report.style import FAINT

MAX_MARKS = 10_000
"""Marks of one kind in one axes, in addition to those that are always plotted."""


def thinned(notable: NDArray[np.bool_]) -> Index:
    """The rows that are plotted if there are many, ascending: every notable one and every k-th of the others.

    notable: (m,), such as at or above a threshold; if there are more than `MAX_MARKS` even of those, they are treated
    like the others. All rows if there is room for all.
    """
    if notable.sum() > MAX_MARKS:
        notable = np.zeros_like(notable)
    others = np.flatnonzero(~notable)
    step = max(1, -(-others.size // MAX_MARKS))
    return np.sort(np.concatenate([np.flatnonzero(notable), others[::step]])).astype(np.int64)


def note_thinned(
    ax: Axes, plotted: int, all_of_them: int, place: tuple[float, float] = (0.01, 0.985), *, noun: str = ""
) -> None:
    """Write into a corner of the axes, at a fraction of each side, how many are plotted if not all of them are.

    noun: what they are, if the axes also show others.
    """
    if plotted < all_of_them:
        number = f"{plotted:,} of {all_of_them:,}"
        ax.text(
            *place, " ".join(filter(None, (number, noun, "plotted"))), transform=ax.transAxes, ha="left", va="top",
            fontsize=7.0, color=FAINT, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5},
        )  # fmt: skip
