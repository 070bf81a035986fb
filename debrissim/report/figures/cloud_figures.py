"""The figures of the clouds of a run, as PNG: composes the plots of `cloud` onto pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from debrissim.core.arrays import Array
from debrissim.report import output, style
from debrissim.report.figures import cloud
from debrissim.report.figures.gabbard import NOTHING_IN_ORBIT, draw_gabbard, gabbard_handles

_NAME_LENGTH = 24
_MOST_PARENTS = 3


@dataclass(frozen=True, eq=False)
class PassData:
    """Passes by interval, columns (m,): begin and end in s; counts; per day with 95 % intervals (m, 2)."""

    begin_s: Array
    end_s: Array
    fragments: Array
    background: Array
    fragment_per_day: Array
    fragment_interval: Array
    background_per_day: Array
    background_interval: Array


@dataclass(frozen=True, eq=False)
class ParentData:
    """One parent: period_min, perigee_km, apogee_km of its fragments (k,), and the same three of its own orbit."""

    name: str
    columns: Mapping[str, Array]
    origin: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class CloudPlotData:
    """What the figures show, of one primary and one volume.

    time_s (d,) moments of in_orbit, crossing (d,) and per_km3 (d, bins) in altitude_edges_km (bins + 1,); band_km:
    the primary's shell; drawn: fragments the model drew; partly_synthetic: real objects fly there, too.
    """

    title: str
    primary_name: str
    event_label: str
    start_label: str
    catalog_label: str
    count_label: str
    volume: str
    revolutions: PassData
    days: PassData
    time_s: Array
    in_orbit: Array
    crossing: Array
    drawn: int
    altitude_edges_km: Array
    per_km3: Array
    band_km: tuple[float, float]
    parents: tuple[ParentData, ...] = ()
    partly_synthetic: bool = False


def draw_cloud_figures(data: CloudPlotData) -> dict[str, Figure]:
    """The figures by name."""
    with style.house_style():
        return {
            "cloud_passes": _passes(data),
            "cloud_decay": _decay(data),
            "cloud_density": _density(data),
            "cloud_gabbard": _gabbard(data),
        }


def save_cloud_figures(
    data: CloudPlotData, folder: Path, *, form: str = output.PNG, size: str = output.SCREEN
) -> list[Path]:
    """Draws and writes `<name>.png` (or .svg) for each figure into an existing folder; returns the paths."""
    return [
        output.save_figure(figure, folder / f"{name}.{form}", size=size)
        for name, figure in draw_cloud_figures(data).items()
    ]


def _page(data: CloudPlotData, heading: str) -> Figure:
    name = style.shorten(style.printable(data.primary_name), _NAME_LENGTH)
    footer = (
        data.title,
        f"catalogue: {data.catalog_label}",
        f"fragments: {data.event_label}, NASA standard breakup model, one draw; {data.count_label}",
    )
    return style.new_figure(f"{name}: {heading}", footer=footer, synthetic=True, partly=data.partly_synthetic)


def _passes(data: CloudPlotData) -> Figure:
    figure = _page(data, f"passes of the first day, {data.volume}")
    first_day = data.revolutions.begin_s < 86400.0
    shown = data.revolutions
    ax = figure.add_axes((0.08, 0.25, 0.89, 0.62))
    cloud.draw_passes(
        ax,
        shown.begin_s[first_day] / 3600.0,
        shown.end_s[first_day] / 3600.0,
        shown.fragments[first_day],
        shown.background[first_day],
        start_label=data.start_label,
    )
    style.bottom_legend(figure, cloud.pass_handles())
    return figure


def _decay(data: CloudPlotData) -> Figure:
    figure = _page(data, f"passes per day, {data.volume}")
    ax = figure.add_axes((0.08, 0.25, 0.89, 0.62))
    days = data.days
    cloud.draw_decay(
        ax,
        0.5 * (days.begin_s + days.end_s) / 86400.0,
        days.fragment_per_day,
        days.fragment_interval,
        days.background_per_day,
        days.background_interval,
        start_label=data.start_label,
    )
    style.bottom_legend(figure, cloud.decay_handles(), columns=2)
    return figure


def _density(data: CloudPlotData) -> Figure:
    figure = _page(data, "how the cloud thins out")
    grid = figure.add_gridspec(1, 2, left=0.08, right=0.955, bottom=0.25, top=0.86, wspace=0.27)
    days = data.time_s / 86400.0
    left = figure.add_subplot(grid[0])
    cloud.draw_shares(left, days, data.in_orbit, data.crossing, drawn=data.drawn)
    cloud.draw_cloud_density(
        figure.add_subplot(grid[1]), days, data.altitude_edges_km, data.per_km3, band_km=data.band_km
    )
    style.bottom_legend(figure, left.get_legend_handles_labels()[0])
    return figure


def _gabbard(data: CloudPlotData) -> Figure:
    figure = style.new_figure(
        "Gabbard diagram of the modelled fragments in orbit",
        footer=(data.title, f"fragments: {data.event_label}", "two-body orbits right after the event"),
        synthetic=True,
    )
    parents = data.parents[:_MOST_PARENTS]
    grid = figure.add_gridspec(
        1, max(1, len(parents)), left=0.085, right=0.98, bottom=0.235, top=0.83, wspace=0.25
    )
    for k, parent in enumerate(parents):
        draw_gabbard(
            figure.add_subplot(grid[k]),
            parent.columns,
            None,
            parent.origin,
            title=style.shorten(style.printable(parent.name), _NAME_LENGTH),
        )
    if not parents:
        style.empty_note(figure.add_subplot(grid[0]), NOTHING_IN_ORBIT)
    style.bottom_legend(figure, gabbard_handles(compared=False), columns=3)
    return figure
