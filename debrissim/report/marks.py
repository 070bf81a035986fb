"""Marks of encounters that several plots share: points by kind of object, rings around those above a threshold."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from debrissim.report.style import (
    RED_ALERT,
    YELLOW_ALERT,
    area_style,
    format_probability,
    kinds_present,
)

Array = NDArray[np.float64]

CROWDED = 400
"""From so many points on, each is smaller and lets others shine through."""


def draw_points(ax: Axes, x: Array, y: Array, kind: NDArray[np.int8]) -> Axes:
    """Points (m,) in the colour and with the mark of their kind, `ObjectKind`."""
    crowded = len(x) > CROWDED
    for style in kinds_present(kind):
        rows = kind == int(style.kind)
        ax.scatter(
            x[rows], y[rows], s=9 if crowded else 22, marker=style.marker, color=style.color,
            alpha=0.55 if crowded else 0.85, linewidths=0.0, label=style.label, zorder=3,
        )  # fmt: skip
    return ax


def draw_rings(ax: Axes, x: Array, y: Array, probability: Array, yellow: float, red: float) -> Axes:
    """A ring around each point with a probability from a threshold on; NaN has none."""
    for rows, color in (
        ((probability >= yellow) & (probability < red), YELLOW_ALERT),
        (probability >= red, RED_ALERT),
    ):
        ax.scatter(
            x[rows], y[rows], s=95, marker="o", facecolors="none", edgecolors=color, linewidths=1.5, zorder=4
        )
    return ax


def ring_handles(probability: Array, yellow: float, red: float) -> list[Artist]:
    """Legend entries of the rings that occur."""
    entries = (
        (
            (probability >= yellow) & (probability < red),
            YELLOW_ALERT,
            f"Pc from {format_probability(yellow)}",
        ),
        (probability >= red, RED_ALERT, f"Pc from {format_probability(red)}"),
    )
    return [
        Line2D([], [], ls="none", marker="o", ms=9, mfc="none", mec=color, mew=1.5, label=label)
        for rows, color, label in entries
        if rows.any()
    ]


def draw_counts(ax: Axes, values: Array, kind: NDArray[np.int8], edges: Array, *, upright: bool) -> Axes:
    """How many of the values (m,) lie between the edges, stacked by kind; upright: values along x."""
    base = np.zeros(len(edges) - 1)
    direction: Literal["vertical", "horizontal"] = "vertical" if upright else "horizontal"
    for style in kinds_present(kind):
        top = base + np.histogram(values[kind == int(style.kind)], edges)[0]
        ax.stairs(top, edges, baseline=base, fill=True, orientation=direction, **area_style(style))
        base = top
    axis = ax.yaxis if upright else ax.xaxis
    axis.set_major_locator(MaxNLocator(3, integer=True))
    axis.set_label_text("events (count)")
    ax.tick_params(labelleft=upright, labelbottom=not upright)
    limit = 1.1 * max(float(base.max(initial=0.0)), 1.0)
    (ax.set_ylim if upright else ax.set_xlim)(0.0, limit)
    return ax
