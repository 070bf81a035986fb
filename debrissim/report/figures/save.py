"""The figures of a results folder: composes the plots onto thirteen pages and writes them as PNG or SVG.

The same data gives the same bytes. Nothing goes through pyplot: no global figure list, no choice of backend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from debrissim.report import output, style
from debrissim.report import style as marks
from debrissim.report.figures import age, approach, encounter_plane, places, timeline, top_event
from debrissim.report.figures.density import draw_density
from debrissim.report.figures.direction import draw_approach_direction, draw_approach_speed
from debrissim.report.figures.miss_speed import draw_miss_against_speed
from debrissim.report.figures.plot_data import PlaneData, PlotData, TrackData
from debrissim.report.figures.top_event import TopEvent
from debrissim.report.figures.volume_view import draw_volume_view, volume_handles
from debrissim.report.output import save_figure

__all__ = ["PlaneData", "PlotData", "TrackData", "draw_figures", "save_figure", "save_figures"]

MOST_PLANES = 6
MOST_TRACKS = 3
_NAME_LENGTH = 24
_PANEL_NAME_LENGTH = 27


def draw_figures(data: PlotData) -> dict[str, Figure]:
    """The thirteen figures by name, in the order of a report."""
    with style.house_style():
        return {
            "encounter_planes": _encounter_planes(data),
            "approach_tracks": _approach_tracks(data),
            "probability_timeline": _probability_timeline(data),
            "miss_and_speed": _miss_and_speed(data),
            "approach_direction": _approach_direction(data),
            "density": _density(data),
            "dilution_curve": _top_event(data, "Pc and the size of the errors", top_event.dilution),
            "hbr_sensitivity": _top_event(data, "Pc and the size of the hard body", top_event.hard_body),
            "cumulative_pc": _top_event(data, "Pc through the encounter", top_event.accumulation),
            "latitude_map": _latitude_map(data),
            "time_altitude": _time_altitude(data),
            "age_pc": _age_pc(data),
            "screening_volumes": _screening_volumes(data),
        }


def save_figures(
    data: PlotData, folder: Path, *, form: str = output.PNG, size: str = output.SCREEN
) -> list[Path]:
    """Draws and writes `<name>.png` (or .svg) for each figure into an existing folder; returns the paths.

    Raises InputError for a form or size that is not in `output.FORMS`, `output.SIZES`.
    """
    output.check(form, size)
    return [
        save_figure(figure, folder / f"{name}.{form}", size=size)
        for name, figure in draw_figures(data).items()
    ]


def draw_event_figures(data: PlotData) -> dict[str, Figure]:
    """The four figures by name of one conjunction told by a message: its plane, and the curves of its probability."""
    with style.house_style():
        return {
            "encounter_plane": _encounter_planes(data, alone=True),
            "dilution_curve": _top_event(
                data, "Pc and the size of the errors", top_event.dilution, alone=True
            ),
            "hbr_sensitivity": _top_event(
                data, "Pc and the size of the hard body", top_event.hard_body, alone=True
            ),
            "cumulative_pc": _top_event(data, "Pc through the encounter", top_event.accumulation, alone=True),
        }


def save_event_figures(
    data: PlotData, folder: Path, prefix: str, *, form: str = output.PNG, size: str = output.SCREEN
) -> list[Path]:
    """Draws and writes `<prefix>_<name>.png` (or .svg) for each of them; returns the paths."""
    return [
        save_figure(figure, folder / f"{prefix}_{name}.{form}", size=size)
        for name, figure in draw_event_figures(data).items()
    ]


def _page(data: PlotData, heading: str) -> Figure:
    footer = (
        data.title,
        f"catalogue: {data.catalog_label}",
        f"covariance: {data.covariance_label}",
    )
    return style.new_figure(heading, footer=footer, synthetic=data.synthetic, partly=data.partly_synthetic)


def _name(data: PlotData) -> str:
    return style.shorten(style.printable(data.primary_name), _NAME_LENGTH)


def _of_events(data: PlotData) -> str:
    m = len(data.tca_days)
    return f" of {m:,} close approach{'es' if m > 1 else ''}" if m else ""


def _empty_page(data: PlotData, figure: Figure, what: str) -> Figure:
    """A figure that says why it shows nothing: no event at all, or none with what the plot needs."""
    ax = figure.add_axes((0.05, style.CONTENT_BOTTOM, 0.9, style.CONTENT_TOP - style.CONTENT_BOTTOM))
    ax.set_axis_off()
    why = style.NO_APPROACH if len(data.tca_days) == 0 else f"no event of this run has {what}"
    style.empty_note(ax, f"{why}\n({data.span_days:g} days from {style.printable(data.start_label)})")
    return figure


def _encounter_planes(data: PlotData, *, alone: bool = False) -> Figure:
    """alone: there is nothing that the event would be the top of."""
    planes = data.planes[:MOST_PLANES]
    count = f"{len(planes)} events" if len(planes) > 1 else "event"
    heading = f"{_name(data)}: encounter plane"
    heading += f" of the {count} of highest Pc" if planes and not alone else ""
    figure = _page(data, heading)
    if not planes:
        return _empty_page(data, figure, "an encounter plane")
    # Never three panels in one row: the numbers beside them would have no room.
    rows, columns = (1, len(planes)) if len(planes) <= 2 else (2, 2 if len(planes) <= 4 else 3)
    grid = figure.add_gridspec(
        rows,
        columns,
        left=0.07,
        right=0.93 if rows == 2 else 0.88,
        bottom=0.225,
        top=0.85,
        wspace=0.5,
        hspace=0.52,
    )
    for k, plane in enumerate(planes):
        encounter_plane.draw_encounter_plane(
            figure.add_subplot(grid[divmod(k, columns)]),
            plane.miss_km,
            plane.covariance_km2,
            plane.hard_body_radius_km,
            title=style.shorten(style.printable(plane.label), _PANEL_NAME_LENGTH),
            probability=plane.probability,
            maximum_probability=plane.maximum_probability,
        )
    style.bottom_legend(figure, encounter_plane.legend_handles())
    return figure


def _approach_tracks(data: PlotData) -> Figure:
    tracks = data.tracks[:MOST_TRACKS]
    figure = _page(data, f"{_name(data)}: range and RTN components around closest approach")
    if not tracks:
        return _empty_page(data, figure, "a track")
    grid = figure.add_gridspec(
        2, len(tracks), left=0.085, right=0.98, bottom=0.235, top=0.82, wspace=0.36, hspace=0.4
    )
    for k, track in enumerate(tracks):
        title = style.shorten(style.printable(track.label), _PANEL_NAME_LENGTH)
        approach.draw_range(figure.add_subplot(grid[0, k]), track.time_s, track.relative_rtn_km, title=title)
        lower = approach.draw_components(figure.add_subplot(grid[1, k]), track.time_s, track.relative_rtn_km)
    style.bottom_legend(figure, lower.get_legend_handles_labels()[0])
    return figure


def _probability_timeline(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: collision probability{_of_events(data)}")
    ax = figure.add_axes((0.09, 0.25, 0.83, 0.63))
    # Thresholds may be set low: both lines stay well above the floor.
    floor = min(timeline.PROBABILITY_FLOOR, data.yellow / 100.0)
    timeline.draw_probability_timeline(
        ax,
        data.tca_days,
        data.probability,
        data.maximum_probability,
        diluted=data.diluted,
        yellow=data.yellow,
        red=data.red,
        start_label=data.start_label,
        span_days=data.span_days,
        floor=floor,
    )
    style.bottom_legend(figure, timeline.legend_handles(data.probability, floor=floor), columns=5)
    return figure


def _miss_and_speed(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: miss distance and relative speed{_of_events(data)}")
    if len(data.tca_days) == 0:
        return _empty_page(data, figure, "")
    draw_miss_against_speed(
        *_with_sides(figure), data.miss_distance_km, data.relative_speed_km_s, data.object_kind
    )
    _kind_legend(figure, data)
    return figure


def _with_sides(figure: Figure) -> tuple[Axes, Axes, Axes]:
    """A large axes, with a small one above it and one to its right."""
    grid = figure.add_gridspec(
        2, 2, left=0.09, right=0.97, bottom=0.25, top=0.88, width_ratios=(4, 1), height_ratios=(1, 3),
        wspace=0.07, hspace=0.08,
    )  # fmt: skip
    above, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 1])
    return figure.add_subplot(grid[1, 0]), above, right


def _approach_direction(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: approach direction{_of_events(data)}, seen from above")
    if not np.isfinite(data.azimuth_deg).any():
        return _empty_page(data, figure, "a direction of approach")
    panels: list[Axes] = [
        figure.add_axes((left, 0.2, 0.36, 0.576), projection="polar") for left in (0.055, 0.552)
    ]
    draw_approach_direction(panels[0], data.azimuth_deg, data.object_kind)
    draw_approach_speed(panels[1], data.azimuth_deg, data.relative_speed_km_s, data.object_kind)
    _kind_legend(figure, data)
    return figure


def _density(data: PlotData) -> Figure:
    figure = _page(data, "Spatial density of the catalogue, by object kind")
    ax = figure.add_axes((0.09, 0.25, 0.88, 0.6))
    draw_density(
        ax, data.altitude_edges_km, data.density_per_km3, band_km=data.band_km, band_label=_name(data)
    )
    handles, _ = ax.get_legend_handles_labels()
    if handles:
        style.bottom_legend(figure, handles)
    return figure


def _top_event(
    data: PlotData,
    what: str,
    draw: Callable[[Figure, TopEvent, float, float], None],
    *,
    alone: bool = False,
) -> Figure:
    figure = _page(
        data, f"{_name(data)}: {what}" + (", event of highest Pc" if data.top and not alone else "")
    )
    if data.top is None:
        return _empty_page(data, figure, "a collision probability")
    draw(figure, data.top, data.yellow, data.red)
    return figure


def _latitude_map(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: latitude and altitude{_of_events(data)}")
    if len(data.tca_days) == 0:
        return _empty_page(data, figure, "")
    places.draw_latitude_map(
        *_with_sides(figure),
        data.latitude_deg,
        data.altitude_km,
        data.object_kind,
        probability=data.probability,
        yellow=data.yellow,
        red=data.red,
    )
    _kind_legend(figure, data, marks.ring_handles(data.probability, data.yellow, data.red))
    return figure


def _time_altitude(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: time and altitude{_of_events(data)}")
    if len(data.tca_days) == 0:
        return _empty_page(data, figure, "")
    places.draw_time_altitude(
        figure.add_axes((0.09, 0.25, 0.88, 0.63)),
        data.tca_days,
        data.altitude_km,
        data.object_kind,
        probability=data.probability,
        yellow=data.yellow,
        red=data.red,
        start_label=data.start_label,
        span_days=data.span_days,
    )
    _kind_legend(figure, data, marks.ring_handles(data.probability, data.yellow, data.red))
    return figure


def _age_pc(data: PlotData) -> Figure:
    figure = _page(data, f"{_name(data)}: age of the element sets and Pc{_of_events(data)}")
    if len(data.tca_days) == 0:
        return _empty_page(data, figure, "")
    floor = min(timeline.PROBABILITY_FLOOR, data.yellow / 100.0)
    age.draw_age_against_probability(
        figure.add_axes((0.09, 0.25, 0.83, 0.63)),
        data.secondary_age_days,
        data.probability,
        data.object_kind,
        diluted=data.diluted,
        yellow=data.yellow,
        red=data.red,
        floor=floor,
    )
    _kind_legend(figure, data, age.dilution_handles(data.probability, floor))
    return figure


def _screening_volumes(data: PlotData) -> Figure:
    at_tca = _of_events(data).replace(" of ", ": ", 1)
    figure = _page(data, f"{_name(data)}: the screening volumes and what is in them at TCA{at_tca}")
    if len(data.tca_days) == 0:
        return _empty_page(data, figure, "")
    grid = figure.add_gridspec(1, 3, left=0.075, right=0.985, bottom=0.32, top=0.83, wspace=0.3)
    for view in range(3):
        draw_volume_view(
            figure.add_subplot(grid[0, view]),
            data.relative_rtn_km,
            data.volumes,
            data.object_kind,
            view=view,
            probability=data.probability,
            yellow=data.yellow,
            red=data.red,
        )
    rings = marks.ring_handles(data.probability, data.yellow, data.red)
    _kind_legend(figure, data, [*rings, *volume_handles(data.volumes)])
    return figure


def _kind_legend(figure: Figure, data: PlotData, more: Sequence[Artist] = ()) -> None:
    styles = style.kinds_present(data.object_kind)
    if styles:
        entries: list[Artist | tuple[Artist, ...]] = [*style.kind_handles(styles), *more]
        style.bottom_legend(figure, entries, columns=4 if len(entries) <= 4 else -(-len(entries) // 2))
