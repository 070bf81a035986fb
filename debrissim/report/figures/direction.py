"""Directions of approach, seen from the primary: a rose by azimuth, and the speed of each event.

Both are seen from above (the zenith side, nadir behind the page) with the direction of flight at the top.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import INK, NO_APPROACH, area_style, empty_note, kinds_present, plot_points
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView

# Azimuth, name, and the place of the name (axes fraction, alignment).
CARDINAL_POINTS = (
    (0.0, "ahead", (0.5, 1.02), "center", "bottom"),
    (90.0, "starboard", (1.02, 0.5), "left", "center"),
    (180.0, "aft", (0.5, -0.02), "center", "top"),
    (270.0, "port", (-0.02, 0.5), "right", "center"),
)

_BIN_DEG = 15.0
_ARC_POINTS = 6
_SPEED_LIMIT_KM_S = 16.0


def plot_approach_direction(ax: Axes, azimuth_deg: Array, kind: NDArray[np.int8]) -> Axes:
    """A rose: the number of events in each 15 degrees of azimuth, stacked by kind; `ax` is polar.

    azimuth_deg: (m,) degrees, clockwise from ahead, +90 from starboard, as `hazard.impact.approach_direction`
    gives it; NaN (no direction) is left out and counted in the title;
    kind: (m,) `ObjectKind`.
    """
    known = np.isfinite(azimuth_deg)
    # The first bin is centred on the direction of flight, because an edge there would split the head-on passes.
    bins = np.floor(np.mod(azimuth_deg[known] + _BIN_DEG / 2.0, 360.0) / _BIN_DEG).astype(np.int64)
    count = round(360.0 / _BIN_DEG)
    base = np.zeros(count)
    for style in kinds_present(kind[known]):
        top = base + np.bincount(bins[kind[known] == int(style.kind)], minlength=count)
        filled = np.flatnonzero(top > base)
        sectors = [_sector(b * _BIN_DEG, base[b], top[b]) for b in filled]
        # One compound path: hatching each bar by itself would take most of this figure's time.
        ax.add_patch(PathPatch(Path.make_compound_path(*sectors), label=style.label, **area_style(style)))
        base = top
    limit = max(float(base.max()), 1.0)
    rings = np.asarray(MaxNLocator(4, integer=True).tick_values(0.0, limit))
    # The numbers of the rings are where the fewest bars hide them, off the cardinal axes.
    free = [b for b in range(count) if b * _BIN_DEG % 90.0 > 0.0]
    quietest = min(free, key=lambda b: (base[b], abs(b * _BIN_DEG - 120.0)))
    _compass(ax, rings[(rings > 0.0) & (rings <= limit)], 1.06 * limit, quietest * _BIN_DEG)
    title = f"number of approaches (count per {_BIN_DEG:.0f} deg)"
    if known.any() and not known.all():
        title += f"\n{(~known).sum():,} without a direction left out"
    ax.set_title(title, fontsize=8.5, y=1.1, pad=0.0)
    if not known.any():
        empty_note(ax, NO_APPROACH)
    return ax


def plot_approach_speed(
    ax: Axes, azimuth_deg: Array, relative_speed_km_s: Array, kind: NDArray[np.int8]
) -> Axes:
    """Each event at its azimuth with its relative speed, (m,) km/s, as the radius; `ax` is polar."""
    known = np.isfinite(azimuth_deg)
    rows = np.flatnonzero(known)[thinned(np.zeros(int(known.sum()), dtype=np.bool_))]
    plot_points(ax, np.deg2rad(azimuth_deg[rows]), relative_speed_km_s[rows], kind[rows])
    # Beside the circle.
    note_thinned(ax, len(rows), int(known.sum()), (-0.12, 0.06))
    fastest = max(_SPEED_LIMIT_KM_S, float(relative_speed_km_s[known].max(initial=0.0)))
    _compass(ax, np.arange(4.0, fastest + 1e-9, 4.0), fastest, 127.5)
    ax.set_title("relative speed (km/s, from the centre)", fontsize=8.5, y=1.1, pad=0.0)
    if not known.any():
        empty_note(ax, NO_APPROACH)
    return ax


def _has_directions(view: RunView) -> bool:
    return view.has_many and bool(np.isfinite(view.events.approach_azimuth_deg).any())


@figure("approach_direction", order=50, when=_has_directions)
def approach_direction(view: RunView) -> Figure:
    """Directions of approach, and the speed of each event."""
    page = layout.event_page(view, findings.directions(view))
    azimuth_deg = view.events.approach_azimuth_deg
    rose, speed = (page.add_axes((left, 0.2, 0.36, 0.576), projection="polar") for left in (0.055, 0.552))
    plot_approach_direction(rose, azimuth_deg, view.kind)
    plot_approach_speed(speed, azimuth_deg, view.events.relative_speed_km_s, view.kind)
    layout.kind_legend(page, view)
    return page


def _sector(middle_deg: float, inner: float, outer: float) -> Path:
    """The closed outline of one bar in (angle, radius), the arcs resolved."""
    half = 0.47 * _BIN_DEG
    angle = np.deg2rad(np.linspace(middle_deg - half, middle_deg + half, _ARC_POINTS))
    radius = np.repeat([outer, inner, outer], [_ARC_POINTS, _ARC_POINTS, 1])
    outline = np.stack([np.concatenate([angle, angle[::-1], angle[:1]]), radius], axis=-1)
    return Path(outline, closed=True)


def _compass(ax: Axes, rings: Array, limit: float, ring_label_deg: float) -> None:
    polar = cast(PolarAxes, ax)
    polar.set_theta_zero_location("N")
    polar.set_theta_direction(-1)
    polar.set_thetagrids([azimuth for azimuth, *_ in CARDINAL_POINTS], [""] * len(CARDINAL_POINTS))
    # As separate texts: matplotlib centres the labels of angles, and the long ones run into the circle.
    for _, name, place, align, valign in CARDINAL_POINTS:
        ax.text(*place, name, transform=ax.transAxes, ha=align, va=valign, fontsize=8.5)
    polar.set_rlim(0.0, limit)
    polar.set_rgrids(rings, [f"{r:g}" for r in rings], angle=ring_label_deg, fontsize=7, color=INK)
