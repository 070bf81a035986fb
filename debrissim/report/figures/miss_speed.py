"""Miss distance against relative speed, by object kind, with the distribution of each along the sides."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report.figures import layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import NO_APPROACH, area_style, empty_note, kinds_present
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

    crowded = len(miss_km) > 400
    speed_base, miss_base = np.zeros(_SPEED_BINS), np.zeros(_MISS_BINS)
    for style in kinds_present(kind):
        rows = kind == int(style.kind)
        ax.scatter(
            speed_km_s[rows],
            miss_km[rows] * scale,
            s=9 if crowded else 22,
            marker=style.marker,
            color=style.color,
            alpha=0.55 if crowded else 0.85,
            linewidths=0.0,
            label=style.label,
        )
        speed_stack = speed_base + np.histogram(speed_km_s[rows], speed_edges)[0]
        miss_stack = miss_base + np.histogram(miss_km[rows] * scale, miss_edges)[0]
        look = area_style(style)
        ax_top.stairs(speed_stack, speed_edges, baseline=speed_base, fill=True, **look)
        ax_right.stairs(
            miss_stack, miss_edges, baseline=miss_base, fill=True, orientation="horizontal", **look
        )
        speed_base, miss_base = speed_stack, miss_stack

    ax.set_xlim(0.0, fastest)
    ax.set_ylim(0.0, miss_edges[-1])
    ax.set_xlabel("relative speed (km/s)")
    ax.set_ylabel(f"miss distance ({unit})")
    for side, axis, base in ((ax_top, ax_top.yaxis, speed_base), (ax_right, ax_right.xaxis, miss_base)):
        side.tick_params(labelleft=side is ax_top, labelbottom=side is ax_right)
        axis.set_major_locator(MaxNLocator(3, integer=True))
        axis.set_label_text("events (count)")
        limit = 1.1 * max(float(base.max()), 1.0)
        (side.set_ylim if side is ax_top else side.set_xlim)(0.0, limit)
    ax_top.set_xlim(0.0, fastest)
    ax_right.set_ylim(0.0, miss_edges[-1])
    if len(miss_km) == 0:
        empty_note(ax, NO_APPROACH)
    return ax


@figure("miss_and_speed", order=40)
def miss_and_speed(view: RunView) -> Figure:
    """Miss distance against relative speed."""
    page = layout.event_page(view, "miss distance and relative speed")
    if not len(view.events):
        return layout.empty_page(view, page)
    events = view.events
    plot_miss_against_speed(
        *layout.axes_with_sides(page), events.miss_distance_km, events.relative_speed_km_s, view.kind
    )
    layout.kind_legend(page, view)
    return page
