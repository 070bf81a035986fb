"""The encounter plane of one event: the primary at the origin, the secondary where it is predicted to pass.

The ellipses are the combined position uncertainty of both objects at 1, 2 and 3 sigma about the predicted
relative position; Pc is the mass of that Gaussian within the hard-body circle about the origin.
"""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array
from debrissim.core.numbers import plus_minus
from debrissim.core.numbers import probability as probability_text
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    BLUE,
    FAINT,
    INK,
    RED_ALERT,
    SKY,
    empty_note,
    format_length_km,
)
from debrissim.report.views import MAX_PLANES, MessageView, RunView, read_plane
from debrissim.results.table import Table

# Fraction of the panel's half width below which a shape is a speck: a ring marks it, and its size is in words.
_VISIBLE = 0.06
_ELLIPSE_POINTS = 73
# Ratio of the axes of an ellipse beyond which it is not shown at full length.
_SQUEEZED = 5.0


def plot_encounter_plane(
    ax: Axes,
    miss_km: Array,
    covariance_km2: Array,
    hard_body_radius_km: float,
    *,
    title: str,
    probability: float,
    maximum_probability: float,
    miss_sigma_km: float = float("nan"),
) -> Axes:
    """One event seen along its relative velocity.

    miss_km: (2,) predicted position of the secondary relative to the primary, km, in the encounter plane,
    NaN if the pair has none;
    covariance_km2: (2, 2) combined covariance in the same axes, km^2 (may be singular, zero or NaN);
    hard_body_radius_km: combined radius, km; miss_sigma_km: along the miss. The numbers are to the right of the panel:
    leave room for them.
    """
    half_axes = _half_axes(covariance_km2)
    if np.isfinite(miss_km).all():
        # A body of unknown size is a point.
        _plot_scene(ax, miss_km, half_axes, float(np.nan_to_num(hard_body_radius_km)))
    else:
        ax.set_box_aspect(1.0)
        ax.set_xlabel("x (km)")
        ax.set_ylabel("y (km)")
        empty_note(ax, "no encounter\nplane", size=8.0)
    # An explicit y spares matplotlib measuring every tick label to place the title.
    ax.set_title(title, fontsize=7.5, loc="left", y=1.03, pad=0.0, parse_math=False)
    lines = (
        f"Pc {probability_text(probability)}",
        f"max {probability_text(maximum_probability)}",
        f"miss {plus_minus(float(np.hypot(*miss_km)), miss_sigma_km)} km",
        f"HBR {format_length_km(hard_body_radius_km)}",
        _sigma_text(half_axes),
    )
    ax.text(
        1.04,
        1.0,
        "\n".join(lines),
        transform=ax.transAxes,
        fontsize=6.5,
        linespacing=1.6,
        va="top",
        parse_math=False,
    )
    return ax


def legend_handles() -> list[Artist]:
    """Legend entries of the marks, for one legend under any number of panels."""
    ring = {"ls": "none", "marker": "o", "mfc": "none"}
    return [
        Line2D([], [], ls="none", marker="+", color=INK, ms=7, label="primary"),
        Line2D([], [], ls="none", marker="o", color=BLUE, ms=4, label="secondary, predicted"),
        Line2D([], [], mec=BLUE, ms=8, label="combined 1, 2, 3 sigma", **ring),  # type: ignore[arg-type]
        Line2D([], [], mec=RED_ALERT, ms=8, label="hard body, of radius HBR (ringed if tiny)", **ring),  # type: ignore[arg-type]
    ]


def plot_event(event: Table, label: str, ax: Axes | None = None) -> Figure:
    """The encounter plane of one row of conjunctions.csv, into `ax` or a figure of its own; the figure."""
    plane = read_plane(event, label)
    with style.house_style():
        if ax is None:
            page = Figure(figsize=(6.4, 4.2), dpi=style.FIGURE_DPI)
            ax = page.add_axes((0.13, 0.22, 0.55, 0.66))
            page.legend(handles=legend_handles(), loc="lower left", ncols=2, frameon=False, fontsize=7)
        plot_encounter_plane(
            ax,
            plane.miss_km,
            plane.covariance_km2,
            plane.hard_body_radius_km,
            title=label,
            probability=plane.probability,
            maximum_probability=plane.maximum_probability,
        )
    # The outermost figure: `ax` may lie in a subfigure (get_figure(root=True) needs matplotlib 3.10).
    return ax.figure.figure


@figure("encounter_planes", order=10, when=lambda view: bool(view.planes))
def encounter_planes(view: RunView) -> Figure:
    """The encounter planes of the most probable events."""
    return _planes_page(view)


@figure("encounter_plane", order=10, views=(MessageView,), when=lambda view: bool(view.planes))
def encounter_plane(view: MessageView) -> Figure:
    """The encounter plane of the event of a message."""
    return _planes_page(view)


def _planes_page(view: RunView) -> Figure:
    planes = view.planes[:MAX_PLANES]
    page = layout.event_page(view, findings.most_probable(view))
    # Never three panels in one row: the numbers next to them would have no room.
    rows, columns = (1, len(planes)) if len(planes) <= 2 else (2, 2 if len(planes) <= 4 else 3)
    grid = page.add_gridspec(
        rows,
        columns,
        left=0.07,
        right=0.9 if rows == 2 else 0.88,
        bottom=0.225,
        top=0.85,
        wspace=0.7 if columns == 3 else 0.5,
        hspace=0.52,
    )
    for k, plane in enumerate(planes):
        plot_encounter_plane(
            page.add_subplot(grid[divmod(k, columns)]),
            plane.miss_km,
            plane.covariance_km2,
            plane.hard_body_radius_km,
            title=layout.short_name(plane.label, layout.PANEL_NAME_LENGTH),
            probability=plane.probability,
            maximum_probability=plane.maximum_probability,
            miss_sigma_km=plane.miss_sigma_km,
        )
    style.bottom_legend(page, legend_handles())
    return page


def _plot_scene(ax: Axes, miss_km: Array, half_axes: Array | None, radius_km: float) -> None:
    centre, half_widths = _view(miss_km, half_axes, radius_km)
    unit, scale = ("m", 1000.0) if half_widths.max() < 1.0 else ("km", 1.0)
    miss = miss_km * scale

    if half_axes is not None:
        angle = np.linspace(0.0, 2.0 * np.pi, _ELLIPSE_POINTS)
        outline = (half_axes @ np.stack([np.cos(angle), np.sin(angle)])).T * scale
        ax.add_collection(
            PolyCollection(
                [miss + sigma * outline for sigma in (3.0, 2.0, 1.0)],
                facecolors=[(*_rgb(SKY), alpha) for alpha in (0.18, 0.25, 0.40)],
                edgecolors=BLUE,
                linewidths=0.9,
            ),
            autolim=False,
        )
    ax.plot([0.0, miss[0]], [0.0, miss[1]], color=FAINT, lw=0.8, ls=(0, (3, 2)), zorder=3)
    ax.add_patch(Circle((0.0, 0.0), radius_km * scale, fc=(*_rgb(RED_ALERT), 0.35), ec=RED_ALERT, zorder=4))
    if radius_km < _VISIBLE * half_widths.max():
        ax.plot(0.0, 0.0, "o", ms=9, mfc="none", mec=RED_ALERT, mew=1.0, zorder=4)
    ax.plot(miss[0], miss[1], "o", ms=4, color=BLUE, mec="white", mew=0.5, zorder=5)
    ax.plot(0.0, 0.0, "+", ms=7, color=INK, mew=1.1, zorder=6)

    low, high = (centre - half_widths) * scale, (centre + half_widths) * scale
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    ax.set_box_aspect(1.0)
    if half_axes is not None and _is_long(half_axes):
        words = "ellipses\ncropped"
        ax.text(1.04, 0.0, words, transform=ax.transAxes, fontsize=6.5, linespacing=1.4, color=INK)
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlabel(f"x ({unit})", labelpad=1.5)
    ax.set_ylabel(f"y ({unit})", labelpad=1.5)


def _rgb(color: str) -> tuple[float, float, float]:
    return (int(color[1:3], 16) / 255.0, int(color[3:5], 16) / 255.0, int(color[5:7], 16) / 255.0)


def _half_axes(covariance_km2: Array) -> Array | None:
    """(2, 2) columns: the 1-sigma half axes, km; None if there is no uncertainty to plot."""
    if not np.isfinite(covariance_km2).all():
        return None
    values, vectors = np.linalg.eigh(covariance_km2)
    # Rounding can leave the small eigenvalue of a flat ellipse a hair below zero.
    lengths = np.sqrt(np.clip(values, 0.0, None))
    return np.asarray(vectors * lengths) if lengths[1] > 0.0 else None


def _view(miss_km: Array, half_axes: Array | None, hard_body_radius_km: float) -> tuple[Array, Array]:
    """Centre and half widths (x, y), km, of the view: equal, so that lengths can be compared.

    It holds the hard body and the 3-sigma ellipse, or, where that is far longer than wide, the hard body, the miss and
    the ellipse's width: at full length the ellipse would be a line.
    """
    if half_axes is not None and _is_long(half_axes):
        minor = float(np.sqrt((half_axes**2).sum(axis=0)).min())
        reach_km = max(0.8 * float(np.hypot(*miss_km)), 4.0 * minor, 2.0 * hard_body_radius_km)
        return miss_km / 2.0, np.full(2, reach_km)
    reach = np.zeros(2) if half_axes is None else 3.0 * np.sqrt((half_axes**2).sum(axis=1))
    low = np.minimum(miss_km - reach, -hard_body_radius_km)
    high = np.maximum(miss_km + reach, hard_body_radius_km)
    half_widths = 0.58 * (high - low)
    if not (np.isfinite(half_widths).all() and half_widths.max() > 0.0):
        return (low + high) / 2.0, np.ones(2)
    return (low + high) / 2.0, np.full(2, half_widths.max())


def _is_long(half_axes: Array) -> bool:
    minor, major = np.sort(np.sqrt((half_axes**2).sum(axis=0)))
    return bool(major > _SQUEEZED * minor)


def _sigma_text(half_axes: Array | None) -> str:
    if half_axes is None:
        return "no uncertainty\ngiven"
    minor, major = np.sqrt((half_axes**2).sum(axis=0))
    return f"sigma {format_length_km(float(major))}\nby {format_length_km(float(minor))}"
