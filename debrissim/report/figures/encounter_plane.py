"""The encounter plane of one event: the primary at the origin, the secondary where it is predicted to pass.

The ellipses are the combined position uncertainty of both objects at 1, 2 and 3 sigma about the predicted
relative position; Pc is the mass of that Gaussian within the hard-body circle about the origin. They are often a
hundred times longer than wide, and the hard body is smaller still: both axes have one scale, the longer error is along
x, and a second plot shows the surroundings of the primary at the scale of the hard body.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array
from debrissim.core.numbers import one_in, plus_minus, rounded
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

Bounds = tuple[float, float, float, float]
"""Left, bottom, width and height of an axes in fractions of another."""

_ZOOM_AT: Bounds = (1.16, 0.0, 0.41, 0.55)
_NUMBERS_AT = (1.07, 1.0)

# Fraction of a panel's half height below which a hard body is hard to see: a ring marks it, and it is enlarged.
_VISIBLE = 0.12
_ELLIPSE_POINTS = 73
# Half width of the enlargement in radii of the hard body: as wide as four times the smaller error, within these limits.
_ZOOM_RADII = (3.0, 8.0)


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
    box_aspect: float = 0.75,
    zoom_at: Bounds = _ZOOM_AT,
    numbers_at: tuple[float, float] = _NUMBERS_AT,
) -> Axes:
    """One event seen along its relative velocity, turned so that the longer error is along x.

    miss_km: (2,) predicted position of the secondary relative to the primary, km, in the encounter plane,
    NaN if the pair has none;
    covariance_km2: (2, 2) combined covariance in the same axes, km^2 (may be singular, zero or NaN);
    hard_body_radius_km: combined radius, km; miss_sigma_km: along the miss; box_aspect: height of the panel in its
    widths; zoom_at: of the enlarged surroundings of the primary, in fractions of `ax`, as is numbers_at, the upper left
    corner of the numbers in words: leave room for both.
    """
    turn = _turn(miss_km, covariance_km2)
    half_axes = _half_axes(turn @ covariance_km2 @ turn.T)
    ax.set_box_aspect(box_aspect)
    if np.isfinite(miss_km).all():
        # A body of unknown size is a point.
        radius_km = float(np.nan_to_num(hard_body_radius_km))
        half_height = _plot_scene(ax, turn @ miss_km, half_axes, radius_km, box_aspect)
        if 0.0 < radius_km < _VISIBLE * half_height:
            _plot_zoom(ax.inset_axes(zoom_at), turn @ miss_km, half_axes, radius_km)
    else:
        ax.set_xlabel("x (km)")
        ax.set_ylabel("y (km)")
        empty_note(ax, "no encounter\nplane", size=8.0)
    # An explicit y saves matplotlib from measuring every tick label to place the title.
    ax.set_title(title, fontsize=8.0, loc="left", y=1.03, pad=0.0, linespacing=1.25, parse_math=False)
    lines = (
        one_in(probability),
        f"Pc {probability_text(probability)}",
        # A method of full states has none.
        *(
            [f"maximum Pc {probability_text(maximum_probability)}"]
            if np.isfinite(maximum_probability)
            else []
        ),
        f"miss {plus_minus(float(np.hypot(*miss_km)), miss_sigma_km)} km",
        *_sigma_lines(turn @ miss_km, half_axes),
        f"hard body {format_length_km(hard_body_radius_km)}",
    )
    ax.text(
        *numbers_at,
        "\n".join(lines),
        transform=ax.transAxes,
        fontsize=7.0,
        linespacing=1.5,
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
        Line2D([], [], mec=BLUE, ms=8, label="its errors, 1, 2 and 3 sigma", **ring),  # type: ignore[arg-type]
        Line2D([], [], mec=RED_ALERT, ms=8, label="hard body (ringed if too small)", **ring),  # type: ignore[arg-type]
    ]


def plot_event(event: Table, label: str, ax: Axes | None = None) -> Axes | Figure:
    """Plot the encounter plane of one row of conjunctions.csv into `ax` and return it; without one, a new figure."""
    plane, page = read_plane(event, label), None
    with style.house_style():
        if ax is None:
            page = Figure(figsize=(8.0, 4.2), dpi=style.FIGURE_DPI)
            ax = page.add_axes((0.08, 0.2, 0.5, 0.72))
            page.legend(handles=legend_handles(), loc="lower left", ncols=4, frameon=False, fontsize=7)
        plot_encounter_plane(
            ax,
            plane.miss_km,
            plane.covariance_km2,
            plane.hard_body_radius_km,
            title=label,
            probability=plane.probability,
            maximum_probability=plane.maximum_probability,
        )
    return ax if page is None else page


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
    # Each event is a column, with its enlargement below; a single event has room for it at the side.
    panel = _PANELS[len(planes)]
    for plane, left in zip(planes, panel.left, strict=True):
        height = panel.width * panel.aspect * 8.0 / 5.0
        plot_encounter_plane(
            page.add_axes((left, _TOP - height, panel.width, height)),
            plane.miss_km,
            plane.covariance_km2,
            plane.hard_body_radius_km,
            title=f"{layout.short_name(plane.label, layout.PANEL_NAME_LENGTH)}\n{plane.moment}".rstrip(),
            probability=plane.probability,
            maximum_probability=plane.maximum_probability,
            miss_sigma_km=plane.miss_sigma_km,
            box_aspect=panel.aspect,
            zoom_at=panel.zoom_at,
            numbers_at=panel.numbers_at,
        )
    style.bottom_legend(page, legend_handles())
    return page


@dataclass(frozen=True)
class _Panel:
    """The panels of a page: left ends and width, fractions of the page; the others as for `plot_encounter_plane`."""

    left: tuple[float, ...]
    width: float
    aspect: float
    zoom_at: Bounds = _ZOOM_AT
    numbers_at: tuple[float, float] = _NUMBERS_AT


_TOP = 0.82
# By the number of events.
_PANELS = {
    1: _Panel((0.08,), 0.49, 0.75),
    2: _Panel((0.08, 0.58), 0.34, 0.5, (0.0, -1.25, 0.45, 0.9), (0.5, -0.35)),
    3: _Panel((0.07, 0.39, 0.71), 0.25, 0.6, (0.0, -1.32, 0.54, 0.9), (0.6, -0.42)),
}


def _plot_scene(ax: Axes, miss_km: Array, half_axes: Array | None, radius_km: float, aspect: float) -> float:
    """Plot the whole ellipses on one scale; half the height of the axes, km."""
    centre, half_height = _view(miss_km, half_axes, radius_km, aspect)
    unit, scale = ("m", 1000.0) if half_height < 1.0 else ("km", 1.0)
    _plot_bodies(ax, miss_km * scale, None if half_axes is None else half_axes * scale, radius_km * scale)
    if radius_km < _VISIBLE * half_height:
        ax.plot(0.0, 0.0, "o", ms=9, mfc="none", mec=RED_ALERT, mew=1.0, zorder=4)
    low, high = (centre - half_height) * scale, (centre + half_height) * scale
    ax.set_xlim((centre[0] - half_height / aspect) * scale, (centre[0] + half_height / aspect) * scale)
    ax.set_ylim(low[1], high[1])
    ax.xaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_locator(MaxNLocator(3))
    along = "the miss" if half_axes is None else "the longer error"
    ax.set_xlabel(f"along {along} ({unit})", labelpad=1.5)
    ax.set_ylabel(f"across it ({unit})", labelpad=1.5)
    return half_height


def _plot_zoom(ax: Axes, miss_km: Array, half_axes: Array | None, radius_km: float) -> None:
    """The same at the scale of the hard body."""
    minor_km = 0.0 if half_axes is None else float(np.sqrt((half_axes**2).sum(axis=0)).min())
    reach_km = float(np.clip(4.0 * minor_km, _ZOOM_RADII[0] * radius_km, _ZOOM_RADII[1] * radius_km))
    unit, scale = ("m", 1000.0) if reach_km < 2.0 else ("km", 1.0)
    _plot_bodies(ax, miss_km * scale, None if half_axes is None else half_axes * scale, radius_km * scale)
    ax.set_xlim(-reach_km * scale, reach_km * scale)
    ax.set_ylim(-reach_km * scale, reach_km * scale)
    ax.set_box_aspect(1.0)
    ax.xaxis.set_major_locator(MaxNLocator(2))
    ax.yaxis.set_major_locator(MaxNLocator(2))
    ax.set_xlabel(f"enlarged ({unit})", labelpad=1.5)


def _plot_bodies(ax: Axes, miss: Array, half_axes: Array | None, radius: float) -> None:
    """Ellipses, miss, hard body and both objects, all in the unit of the axes."""
    if half_axes is not None:
        angle = np.linspace(0.0, 2.0 * np.pi, _ELLIPSE_POINTS)
        outline = (half_axes @ np.stack([np.cos(angle), np.sin(angle)])).T
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
    ax.add_patch(Circle((0.0, 0.0), radius, fc=(*_rgb(RED_ALERT), 0.35), ec=RED_ALERT, zorder=4))
    ax.plot(miss[0], miss[1], "o", ms=4, color=BLUE, mec="white", mew=0.5, zorder=5)
    ax.plot(0.0, 0.0, "+", ms=7, color=INK, mew=1.1, zorder=6)


def _rgb(color: str) -> tuple[float, float, float]:
    return (int(color[1:3], 16) / 255.0, int(color[3:5], 16) / 255.0, int(color[5:7], 16) / 255.0)


def _turn(miss_km: Array, covariance_km2: Array) -> Array:
    """(2, 2) the rotation that puts the longer error, or without errors the miss, along x; the miss to the right."""
    axis = np.array([1.0, 0.0])
    if np.isfinite(covariance_km2).all() and covariance_km2.any():
        axis = np.linalg.eigh(covariance_km2)[1][:, 1]
    elif np.isfinite(miss_km).all() and miss_km.any():
        axis = miss_km / np.hypot(*miss_km)
    if axis @ np.nan_to_num(miss_km) < 0.0:
        axis = -axis
    return np.array([[axis[0], axis[1]], [-axis[1], axis[0]]])


def _half_axes(covariance_km2: Array) -> Array | None:
    """(2, 2) columns: the 1-sigma half axes, km; None if there is no uncertainty to plot."""
    if not np.isfinite(covariance_km2).all():
        return None
    values, vectors = np.linalg.eigh(covariance_km2)
    # Rounding can leave the small eigenvalue of a flat ellipse slightly below zero.
    lengths = np.sqrt(np.clip(values, 0.0, None))
    return np.asarray(vectors * lengths) if lengths[1] > 0.0 else None


def _view(miss_km: Array, half_axes: Array | None, radius_km: float, aspect: float) -> tuple[Array, float]:
    """Centre and half height, km, of the smallest view of that shape with the hard body, the miss and 3 sigma in it."""
    reach = np.zeros(2) if half_axes is None else 3.0 * np.sqrt((half_axes**2).sum(axis=1))
    low = np.minimum(miss_km - reach, -radius_km)
    high = np.maximum(miss_km + reach, radius_km)
    widths = 0.56 * (high - low)
    half_height = float(max(widths[0] * aspect, widths[1]))
    if not (np.isfinite(half_height) and half_height > 0.0):
        half_height = 1.0
    return (low + high) / 2.0, half_height


def _sigma_lines(miss_km: Array, half_axes: Array | None) -> tuple[str, ...]:
    """The errors in words, and the miss in units of them."""
    if half_axes is None:
        return ("no uncertainty", "given")
    minor, major = np.sort(np.sqrt((half_axes**2).sum(axis=0)))
    lines = (f"sigma {format_length_km(float(major))}", f"by {format_length_km(float(minor))}")
    if not (minor > 0.0 and np.isfinite(miss_km).all()):
        return lines
    unit = half_axes / (half_axes**2).sum(axis=0)
    return (f"at {rounded(float(np.linalg.norm(unit.T @ miss_km)))} sigma", *lines)
