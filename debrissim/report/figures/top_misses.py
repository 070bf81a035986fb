"""The misses of the most probable encounters by component, compared with the screening volume."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from debrissim.core.arrays import Array, Index
from debrissim.core.numbers import one_in, rounded
from debrissim.probability.encounter_plane import plane_basis
from debrissim.report import style
from debrissim.report.figures import layout
from debrissim.report.figures.registry import figure
from debrissim.report.sentences import split_volumes
from debrissim.report.views import RunView, VolumeOutline
from debrissim.results.reader import rank_events
from debrissim.results.table import Table

MAX_ROWS = 5
_NAME_LENGTH = 20
_COMPONENTS = ("radial R, up", "transverse T, ahead", "normal N, to port")


def position_sigma_km(events: Table) -> Array:
    """(m, 3) km: the combined standard deviations along R, T and N of the primary, of rows of conjunctions.csv.

    The table holds the covariance in the axes of the encounter plane; NaN where it has none.
    """
    velocity = np.stack([events[f"relative_velocity_{axis}_km_s"] for axis in "rtn"], axis=1)
    speed = np.linalg.norm(velocity, axis=1, keepdims=True)
    sight = np.divide(velocity, speed, out=np.full_like(velocity, np.nan), where=speed > 0.0)
    basis = np.concatenate([plane_basis(sight), sight[:, None]], axis=1)
    of = {name: events[f"plane_covariance_{name}_km2"] for name in ("xx", "xy", "yy", "xz", "yz", "zz")}
    rows = (("xx", "xy", "xz"), ("xy", "yy", "yz"), ("xz", "yz", "zz"))
    covariance = np.stack([np.stack([of[name] for name in row], axis=-1) for row in rows], axis=-2)
    variance: Array = np.einsum("mai,mab,mbi->mi", basis, covariance, basis)
    return np.sqrt(np.maximum(variance, 0.0))


def plot_component(
    ax: Axes, miss_km: Array, sigma_km: Array, half_width_km: float, color: Sequence[str], *, label: str
) -> Axes:
    """One component (m,) km with its standard deviation as a bar, one row each, over the extent of the volume."""
    place = np.arange(len(miss_km))
    ax.axvspan(-half_width_km, half_width_km, facecolor=style.SKY, alpha=0.18, edgecolor="none", zorder=0)
    ax.axvline(0.0, color=style.FAINT, lw=0.8, zorder=1)
    ax.hlines(place, miss_km - sigma_km, miss_km + sigma_km, color=style.FAINT, lw=1.2, zorder=2)
    ax.scatter(miss_km, place, s=26, c=list(color), zorder=3)
    reach = 1.15 * max(half_width_km, float(np.abs(miss_km).max()))
    for row, value in zip(place, miss_km, strict=True):
        ax.annotate(
            f"{rounded(value)}", (value, row), xytext=(0, 6), textcoords="offset points", ha="center",
            va="bottom", fontsize=7.5,
        )  # fmt: skip
    ax.set_xlim(-reach, reach)
    ax.set_ylim(len(miss_km) - 0.4, -0.6)
    ax.set_yticks(place, [""] * len(place))
    ax.grid(axis="y", visible=False)
    ax.xaxis.set_major_locator(MaxNLocator(5, symmetric=True))
    ax.set_xlabel(f"{label} (km)")
    return ax


@figure("top_misses", order=32, when=lambda view: len(top_rows(view)) > 0, usual=False)
def top_misses(view: RunView) -> Figure:
    """Radial, transverse and normal miss of the most probable encounters."""
    rows = top_rows(view)
    events, (volume, description) = view.events[rows], _volume(view)
    miss = np.stack([events[f"relative_position_{axis}_km"] for axis in "rtn"], axis=1)
    sigma = position_sigma_km(events)
    page = layout.event_page(view, finding(miss[:, 0]))
    colors = [_color(value, view) for value in events.collision_probability]
    grid = page.add_gridspec(1, 3, left=0.24, right=0.985, bottom=0.25, top=0.87, wspace=0.08)
    panels = [page.add_subplot(grid[k]) for k in range(3)]
    for k, ax in enumerate(panels):
        plot_component(ax, miss[:, k], sigma[:, k], volume.half_widths_km[k], colors, label=_COMPONENTS[k])
    labels = [
        f"{layout.short_name(str(name), _NAME_LENGTH)}\n{one_in(value)}"
        for name, value in zip(events.secondary_name, events.collision_probability, strict=True)
    ]
    panels[0].set_yticks(np.arange(len(rows)), labels)
    shade = Patch(color=style.SKY, alpha=0.18, lw=0.0, label=f"inside {description}")
    bar = Line2D(
        [], [], color=style.FAINT, lw=1.2, marker="o", mfc=style.INK, mec=style.INK, label="miss, 1 sigma"
    )
    handles: list[Artist] = [shade, bar, *_level_handles(colors)]
    style.bottom_legend(page, handles)
    return page


def top_rows(view: RunView) -> Index:
    """The encounters of real objects with a probability, most probable first, at most `MAX_ROWS`."""
    if view.rates_alone:
        return np.empty(0, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(view.probability))
    return np.asarray(known[rank_events(view.events[known])][:MAX_ROWS])


def finding(radial_km: Array) -> str:
    """The radial misses, for the heading: of the three components the best known."""
    miss = np.abs(radial_km)
    if len(miss) == 1:
        return f"radial miss of {style.format_length_km(float(miss[0]))} at the most probable encounter"
    ends = (style.format_length_km(float(end)) for end in (miss.min(), miss.max()))
    return f"radial misses of {' to '.join(ends)} at the {len(miss)} most probable encounters"


def _volume(view: RunView) -> tuple[VolumeOutline, str]:
    """The volume whose count opens the report, and its description."""
    shown, _ = split_volumes(view.sums)
    return next(volume for volume in view.volumes if volume.name == shown["name"]), shown["description"]


def _color(probability: float, view: RunView) -> str:
    if probability >= view.red:
        return style.RED_ALERT
    return style.YELLOW_ALERT if probability >= view.yellow else style.INK


def _level_handles(colors: Sequence[str]) -> list[Artist]:
    return [
        Line2D([], [], ls="none", marker="o", ms=5, color=color, label=label)
        for color, label in ((style.YELLOW_ALERT, "at or above yellow"), (style.RED_ALERT, "at or above red"))
        if color in colors
    ]
