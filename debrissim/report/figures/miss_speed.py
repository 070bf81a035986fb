"""Miss distance against relative speed, by object kind, with the distribution of each along the sides."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import NO_APPROACH, empty_note, plot_counts, plot_points
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView

_SPEED_LIMIT_KM_S = 16.0
_SPEED_BINS = 32
_MISS_BINS = 20


def plot_miss_against_speed(
    ax: Axes, ax_top: Axes, ax_right: Axes, miss_km: Array, speed_km_s: Array, kind: NDArray[np.int8]
) -> Axes:
    """Events as points on `ax`; their numbers by speed on `ax_top` and by miss distance on `ax_right`.

    miss_km, speed_km_s: (m,) km and km/s; kind: (m,) `ObjectKind`.
    """
    top_km = float(miss_km.max()) if len(miss_km) else 0.0
    top_km = top_km or 1.0
    unit, scale = ("m", 1000.0) if top_km < 1.0 else ("km", 1.0)
    fastest = max(_SPEED_LIMIT_KM_S, float(speed_km_s.max()) if len(speed_km_s) else 0.0)
    speed_edges = np.linspace(0.0, fastest, _SPEED_BINS + 1)
    miss_edges = np.linspace(0.0, 1.04 * top_km * scale, _MISS_BINS + 1)

    rows = thinned(np.zeros(len(kind), dtype=np.bool_))
    plot_points(ax, speed_km_s[rows], miss_km[rows] * scale, kind[rows])
    note_thinned(ax, len(rows), len(kind))
    plot_counts(ax_top, speed_km_s, kind, speed_edges, upright=True)
    plot_counts(ax_right, miss_km * scale, kind, miss_edges, upright=False)
    ax.set_xlim(0.0, fastest)
    ax.set_ylim(0.0, miss_edges[-1])
    ax.set_xlabel("relative speed (km/s)")
    ax.set_ylabel(f"miss distance ({unit})")
    ax_top.set_xlim(0.0, fastest)
    ax_right.set_ylim(0.0, miss_edges[-1])
    if len(miss_km) == 0:
        empty_note(ax, NO_APPROACH)
    return ax


@figure("miss_and_speed", order=40, when=lambda view: view.has_many)
def miss_and_speed(view: RunView) -> Figure:
    """Miss distance against relative speed."""
    page = layout.event_page(view, findings.speeds(view))
    events = view.events
    plot_miss_against_speed(
        *layout.axes_with_sides(page), events.miss_distance_km, events.relative_speed_km_s, view.kind
    )
    layout.kind_legend(page, view)
    return page
