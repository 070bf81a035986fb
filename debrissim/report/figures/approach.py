"""The minutes around one closest approach: the range and its components in the primary's RTN frame."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array
from debrissim.report import style
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.style import BLUE, FAINT, GREEN, INK, PURPLE, empty_note, format_length_km, log_axis
from debrissim.report.views import MAX_TRACKS, RunView

COMPONENT_STYLES = (("radial", BLUE, "-"), ("transverse", PURPLE, "--"), ("normal", GREEN, "-."))

# A range that varies by more than this is unreadable at its minimum on a linear axis.
_LOG_RATIO = 8.0


def plot_range(ax: Axes, time_s: Array, relative_rtn_km: Array, *, title: str) -> Axes:
    """The distance of the two objects.

    time_s: (k,) s from TCA; relative_rtn_km: (k, 3) secondary minus primary in the primary's RTN, km;
    fewer than two rows are not a track. Logarithmic if the range varies greatly, as in a fast pass; linear for a slow
    one.
    """
    if len(time_s) < 2:
        empty_note(ax, "no track", size=8.0)
        ax.set_ylabel("range (km)")
        return _time_axis(ax, np.array([-1.0, 1.0]))
    range_km = np.linalg.norm(relative_rtn_km, axis=1)
    lowest, highest = float(range_km.min()), float(range_km.max())
    unit, scale = ("m", 1000.0) if highest < 1.0 else ("km", 1.0)
    if highest > _LOG_RATIO * lowest:
        # An exact hit has no logarithm: it is shown at a metre.
        floor_km = max(lowest, 1e-3)
        log_axis(ax, 0.5 * floor_km * scale, 1.6 * highest * scale, "{:g}".format)
        range_km = np.maximum(range_km, floor_km)
    else:
        ax.set_ylim(0.0, 1.08 * highest * scale or 1.0)
    nearest = int(range_km.argmin())
    ax.plot(time_s, range_km * scale, color=INK, marker="o", ms=4.5, markevery=[nearest], clip_on=False)
    ax.set_title(
        f"{title}\nnearest {format_length_km(lowest)}",
        fontsize=7.5,
        linespacing=1.25,
        y=1.03,
        pad=0.0,
        parse_math=False,
    )
    ax.set_ylabel(f"range ({unit})", labelpad=2.0)
    return _time_axis(ax, time_s)


def plot_components(ax: Axes, time_s: Array, relative_rtn_km: Array) -> Axes:
    """Radial, transverse and normal components; time_s (k,) s from TCA, relative_rtn_km (k, 3) km."""
    unit, scale = ("m", 1000.0) if float(np.abs(relative_rtn_km).max(initial=0.0)) < 1.0 else ("km", 1.0)
    for column, (label, color, line) in enumerate(COMPONENT_STYLES):
        ax.plot(time_s, relative_rtn_km[:, column] * scale, color=color, ls=line, label=label)
    ax.axhline(0.0, color=FAINT, lw=0.6, zorder=1)
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.set_ylabel(f"RTN component ({unit})", labelpad=2.0)
    return _time_axis(ax, time_s if len(time_s) > 1 else np.array([-1.0, 1.0]))


@figure("approach_tracks", order=20, when=lambda view: bool(view.tracks), usual=False)
def approach_tracks(view: RunView) -> Figure:
    """Range and components of the most probable events around their closest approaches."""
    tracks = view.tracks[:MAX_TRACKS]
    page = layout.event_page(view, findings.passes(view))
    grid = page.add_gridspec(
        2, len(tracks), left=0.085, right=0.98, bottom=0.235, top=0.82, wspace=0.36, hspace=0.4
    )
    for k, track in enumerate(tracks):
        title = layout.short_name(track.label, layout.PANEL_NAME_LENGTH)
        plot_range(page.add_subplot(grid[0, k]), track.time_s, track.relative_rtn_km, title=title)
        lower = plot_components(page.add_subplot(grid[1, k]), track.time_s, track.relative_rtn_km)
    style.bottom_legend(page, lower.get_legend_handles_labels()[0])
    return page


def _time_axis(ax: Axes, time_s: Array) -> Axes:
    ax.axvline(0.0, color=FAINT, lw=0.8, ls=(0, (2, 2)), zorder=1)
    ax.set_xlim(float(time_s[0]), float(time_s[-1]))
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlabel("time from TCA (s)", labelpad=2.0)
    return ax
