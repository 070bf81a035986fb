"""The map of the encounters: the places of the primary at closest approach, over the coastlines of the Earth."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter

from debrissim.core.arrays import Array, Index
from debrissim.core.numbers import one_in
from debrissim.report import style
from debrissim.report.coastlines import coastlines
from debrissim.report.figures import findings, layout
from debrissim.report.figures.registry import figure
from debrissim.report.ground_track import ground_track
from debrissim.report.thinning import note_thinned
from debrissim.report.views import RunView
from debrissim.results.reader import rank_events

_COAST, _SHADE = "#9A9A9A", 0.75
_BAND_DEG, _BANDS = 10.0, 16
_MAX_NAMES = 5
_LEFT, _BOTTOM, _WIDTH, _HEIGHT, _GAP = 0.075, 0.235, 0.77, 0.616, 0.03
# With more flagged encounters than this their rings are smaller.
_MANY_RINGS = 40
MAX_POINTS = 1500
"""With more encounters the map shows their density, and points only for the flagged ones: they hide the coastlines."""
_MAX_FLAGGED = 300
_CELL_DEG = 5.0
_DENSITY_LABEL = "encounters per area"
# For names, in degrees: beyond this longitude they are to the left of their points; minimum distance between them.
_EAST_DEG, _LINE_DEG, _NAME_DEG = 60.0, 8.0, 75.0


def plot_world(ax: Axes) -> Axes:
    """The coastlines, longitude and latitude on one scale."""
    ax.add_collection(
        LineCollection(list(coastlines()), colors=_COAST, linewidths=0.5, zorder=1), autolim=False
    )
    ax.set(xlim=(-180.0, 180.0), ylim=(-90.0, 90.0), aspect="equal")
    ax.xaxis.set_major_locator(FixedLocator(range(-180, 181, 60)))
    ax.yaxis.set_major_locator(FixedLocator(range(-90, 91, 30)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _degrees(value, "EW")))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _degrees(value, "NS")))
    return ax


def plot_names(ax: Axes, longitude_deg: Array, latitude_deg: Array, names: list[str]) -> Axes:
    """A name next to each point (k,), moved up or down where two would overlap."""
    taken: list[tuple[float, float]] = []
    for k in np.argsort(-latitude_deg):
        x, y = float(longitude_deg[k]), float(latitude_deg[k])
        left = x > _EAST_DEG
        height = min(y, 84.0)
        for other_x, other_y in taken:
            if abs(other_x - x) < _NAME_DEG and height > other_y - _LINE_DEG:
                height = other_y - _LINE_DEG
        taken.append((x, height))
        ax.annotate(
            names[k], (x, y), xytext=(x - 7.0 if left else x + 7.0, height), ha="right" if left else "left",
            va="center", fontsize=7.5, zorder=6, arrowprops={"arrowstyle": "-", "color": style.FAINT, "lw": 0.5},
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )  # fmt: skip
    return ax


def plot_latitude_bands(ax: Axes, latitude_deg: Array) -> Axes:
    """Shade bands of latitude by the approaches (m,) per area in them, as far north and south as there are any."""
    reach = max(float(np.abs(latitude_deg).max()), _BAND_DEG)
    edges = np.linspace(-reach, reach, _BANDS + 1)
    per_area = np.histogram(latitude_deg, edges)[0] / np.diff(np.sin(np.radians(edges)))
    for low, high, value in zip(edges[:-1], edges[1:], per_area / per_area.max(), strict=True):
        ax.axhspan(low, high, facecolor=style.BLUE, alpha=_SHADE * value, edgecolor="none", zorder=0)
    return ax


def plot_density(ax: Axes, longitude_deg: Array, latitude_deg: Array) -> Axes:
    """Shade cells of 5 degrees by the encounters (m,) per area in them, below the coastlines; empty cells are white."""
    edges = np.arange(-180.0, 180.1, _CELL_DEG), np.arange(-90.0, 90.1, _CELL_DEG)
    number = np.histogram2d(longitude_deg, latitude_deg, edges)[0].T
    per_area = number / np.diff(np.sin(np.radians(edges[1])))[:, None]
    image = np.empty((*number.shape, 4))
    image[..., :3] = to_rgb(style.BLUE)
    image[..., 3] = _SHADE * per_area / per_area.max()
    ax.imshow(
        image,
        extent=(-180.0, 180.0, -90.0, 90.0),
        origin="lower",
        interpolation="nearest",
        aspect="equal",
        zorder=0,
    )
    return ax


@figure("encounter_map", order=35, when=lambda view: view.has_events)
def encounter_map(view: RunView) -> Figure:
    """The places of the encounters on a map, and their numbers by latitude."""
    if view.rates_alone:
        return _map_of_rates(view)
    known = np.flatnonzero(~view.events.synthetic)
    ranked = known[rank_events(view.events[known])]
    page = layout.event_page(view, _finding(view, ranked))
    ax = _map_and_counts(page, view)
    longitude, latitude = view.events.primary_longitude_deg, view.events.primary_latitude_deg
    marks: list[Artist] = []
    if len(ranked):
        track = ground_track(view.events, int(ranked[0]))
        ax.plot(*track.T, color=style.SKY, lw=1.0, zorder=2)
        marks.append(Line2D([], [], color=style.SKY, label="ground track of the most probable"))
    rows = np.arange(len(view.kind))
    if len(rows) > MAX_POINTS:
        plot_density(ax, longitude, latitude)
        marks.append(Patch(color=style.BLUE, alpha=_SHADE, lw=0.0, label=_DENSITY_LABEL))
        flagged = ranked[view.probability[ranked] >= view.yellow]
        rows = flagged[:_MAX_FLAGGED]
        note_thinned(ax, len(rows), len(flagged), noun="flagged ones")
    style.plot_points(ax, longitude[rows], latitude[rows], view.kind[rows])
    style.plot_rings(ax, longitude[rows], latitude[rows], view.probability[rows], view.yellow, view.red)
    if (view.probability[rows] >= view.yellow).sum() > _MANY_RINGS:
        for rings in ax.collections[-2:]:
            rings.set(sizes=[22.0], linewidths=0.8)
    named = _named(view, ranked)
    names = [layout.short_name(str(view.events.secondary_name[row])) for row in named]
    plot_names(ax, longitude[named], latitude[named], names)
    layout.kind_legend(page, view, [*style.ring_handles(view.probability, view.yellow, view.red), *marks])
    return page


def _map_of_rates(view: RunView) -> Figure:
    """For sampled objects no places, because the approaches are samples, but their density by latitude."""
    page = layout.event_page(view, _latitudes(view))
    plot_latitude_bands(_map_and_counts(page, view), view.events.primary_latitude_deg)
    shade = Patch(color=style.BLUE, alpha=_SHADE, lw=0.0, label="map: approaches per area, darker for more")
    layout.kind_legend(page, view, [shade])
    return page


def _map_and_counts(page: Figure, view: RunView) -> Axes:
    """The empty map, with the numbers by latitude next to it."""
    ax = plot_world(page.add_axes((_LEFT, _BOTTOM, _WIDTH, _HEIGHT)))
    side = page.add_axes((_LEFT + _WIDTH + _GAP, _BOTTOM, 0.985 - _LEFT - _WIDTH - _GAP, _HEIGHT))
    edges = np.arange(-90.0, 90.1, _BAND_DEG)
    style.plot_counts(side, view.events.primary_latitude_deg, view.kind, edges, upright=False)
    side.set_ylim(-90.0, 90.0)
    side.yaxis.set_major_locator(FixedLocator(range(-90, 91, 30)))
    side.set_xlabel("events by latitude")
    ax.set_title(
        "below the primary at closest approach", loc="left", fontsize=8.0, color=style.FAINT, y=1.01, pad=0.0
    )
    return ax


def _named(view: RunView, ranked: Index) -> Index:
    """The encounters that have a name: those at or above yellow, otherwise the most probable."""
    notable = ranked[view.probability[ranked] >= view.yellow]
    return (notable if len(notable) else ranked[:1])[:_MAX_NAMES]


def _finding(view: RunView, ranked: Index) -> str:
    if not len(ranked) or not np.isfinite(view.probability[ranked[0]]):
        return _latitudes(view)
    row = ranked[0]
    place = ", ".join(
        _degrees(float(view.events[name][row]), signs)
        for name, signs in (("primary_latitude_deg", "NS"), ("primary_longitude_deg", "EW"))
    )
    words = "the most probable encounter" if len(ranked) > 1 else "the encounter"
    return f"{words}, {one_in(view.probability[row])}, is over {place}"


def _latitudes(view: RunView) -> str:
    half = float(np.median(np.abs(view.events.primary_latitude_deg)))
    return f"half of {findings.approaches(view)} are beyond {half:.0f}\N{DEGREE SIGN} of latitude"


def _degrees(value: float, signs: str) -> str:
    """ "52° N", "0°", "180°"."""
    number = round(abs(value))
    sign = "" if number in (0, 180) else signs[0] if value > 0.0 else signs[1]
    return f"{number}\N{DEGREE SIGN} {sign}".strip()
