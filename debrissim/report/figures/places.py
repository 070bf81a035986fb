"""Places of the encounters: altitude against latitude, and altitude over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import (
    FAINT,
    NO_APPROACH,
    empty_note,
    log_axis,
    plot_counts,
    plot_points,
    plot_rings,
)
from debrissim.report.thinning import note_thinned, thinned
from debrissim.report.views import RunView

_LATITUDE_EDGES_DEG = np.arange(-90.0, 90.1, 5.0)
_ALTITUDE_BINS = 20
# A linear axis up to the geostationary ring would squeeze all low orbits into one line.
_WIDE = 8.0


def plot_latitude_map(
    ax: Axes, ax_top: Axes, ax_right: Axes, latitude_deg: Array, altitude_km: Array, kind: NDArray[np.int8],
    *, probability: Array, yellow: float, red: float,
) -> Axes:  # fmt: skip
    """Encounters by the primary's geodetic latitude and altitude at TCA on `ax`; counts along the two sides.

    latitude_deg, altitude_km, probability: (m,), the last NaN if there is none; kind: (m,) `ObjectKind` of the
    secondary.
    """
    edges = altitude_edges_km(altitude_km)
    _altitude_axis(ax, edges)
    _altitude_axis(ax_right, edges)
    rows = thinned(probability >= yellow)
    plot_points(ax, latitude_deg[rows], altitude_km[rows], kind[rows])
    plot_rings(ax, latitude_deg[rows], altitude_km[rows], probability[rows], yellow, red)
    note_thinned(ax, len(rows), len(kind))
    plot_counts(ax_top, latitude_deg, kind, _LATITUDE_EDGES_DEG, upright=True)
    plot_counts(ax_right, altitude_km, kind, edges, upright=False)
    for side in (ax, ax_top):
        side.set_xlim(-90.0, 90.0)
        side.xaxis.set_major_locator(MultipleLocator(30.0))
    ax_top.tick_params(labelbottom=False)
    ax_right.tick_params(labelleft=False)
    ax.set_xlabel("geodetic latitude of the primary at TCA (degrees)")
    ax.set_ylabel("geodetic altitude (km)")
    if len(altitude_km) == 0:
        empty_note(ax, NO_APPROACH)
    return ax


def plot_time_altitude(
    ax: Axes, tca_days: Array, altitude_km: Array, kind: NDArray[np.int8],
    *, probability: Array, yellow: float, red: float, start_label: str, span_days: float,
) -> Axes:  # fmt: skip
    """Encounters by time and the primary's geodetic altitude, (m,) each; a stem down to the axis shows the time."""
    edges = altitude_edges_km(altitude_km)
    _altitude_axis(ax, edges)
    rows = thinned(probability >= yellow)
    days, heights = tca_days[rows], altitude_km[rows]
    ax.vlines(days, edges[0], heights, color=FAINT, lw=0.5, alpha=0.25, zorder=2)
    plot_points(ax, days, heights, kind[rows])
    plot_rings(ax, days, heights, probability[rows], yellow, red)
    note_thinned(ax, len(rows), len(kind))
    ax.set_xlim(0.0, span_days or 1.0)
    ax.set_xlabel(f"time of closest approach (days since {start_label})", parse_math=False)
    ax.set_ylabel("geodetic altitude (km)")
    if len(altitude_km) == 0:
        empty_note(ax, NO_APPROACH)
    return ax


def altitude_edges_km(altitude_km: Array) -> Array:
    """The edges of the bins: over all altitudes with a margin, evenly, or by ratio where they span far."""
    if len(altitude_km) == 0:
        return np.linspace(200.0, 2000.0, _ALTITUDE_BINS + 1)
    low, high = float(altitude_km.min()), float(altitude_km.max())
    if low > 0.0 and high > _WIDE * low:
        return np.geomspace(low / 1.15, high * 1.15, _ALTITUDE_BINS + 1)
    # A circular orbit's altitudes still differ by the Earth's flattening; a few kilometres are the minimum shown.
    margin = max(0.06 * (high - low), 5.0)
    return np.linspace(low - margin, high + margin, _ALTITUDE_BINS + 1)


@figure("latitude_map", order=100, when=lambda view: view.has_events, usual=False)
def latitude_map(view: RunView) -> Figure:
    """Latitude and altitude of the primary at closest approach."""
    page = layout.event_page(view, findings.latitudes(view))
    probability = view.probability
    plot_latitude_map(
        *layout.axes_with_sides(page),
        view.events.primary_latitude_deg,
        view.events.primary_altitude_km,
        view.kind,
        probability=probability,
        yellow=view.yellow,
        red=view.red,
    )
    layout.kind_legend(page, view, style.ring_handles(probability, view.yellow, view.red))
    return page


@figure("time_altitude", order=110, when=lambda view: view.has_events and not view.rates_alone, usual=False)
def time_altitude(view: RunView) -> Figure:
    """Altitude of the primary at closest approach over time."""
    page = layout.event_page(view, findings.altitudes(view))
    probability = view.probability
    plot_time_altitude(
        page.add_axes((0.09, 0.25, 0.88, 0.63)),
        view.tca_days,
        view.events.primary_altitude_km,
        view.kind,
        probability=probability,
        yellow=view.yellow,
        red=view.red,
        start_label=view.start_label,
        span_days=view.span_days,
    )
    layout.kind_legend(page, view, style.ring_handles(probability, view.yellow, view.red))
    return page


def _altitude_axis(ax: Axes, edges: Array) -> None:
    low, high = float(edges[0]), float(edges[-1])
    if np.ptp(np.diff(edges)) > 1e-6 * high:
        log_axis(ax, low, high, lambda value: f"{value:g}")
    else:
        ax.set_ylim(low, high)
