"""The figures of a results folder, from the files in it alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import ObjectKind
from debrissim.core.errors import InputError, RunError
from debrissim.report.curves import top_event
from debrissim.report.figures.cloud_figures import save_cloud_figures
from debrissim.report.figures.save import (
    MOST_PLANES,
    MOST_TRACKS,
    PlaneData,
    PlotData,
    TrackData,
    save_event_figures,
    save_figures,
)
from debrissim.report.figures.volume_view import VolumeOutline
from debrissim.report.output import check
from debrissim.report.redraw_cloud import cloud_plot_data
from debrissim.results.folder import float_column, is_partly_synthetic, kind_column, read_csv, read_summary
from debrissim.scenario.conjunctions import VolumeTable, volume_of

_FOLDER = "plots"


def draw_plots(folder: Path, *, form: str = "png", size: str = "screen") -> list[Path]:
    """Draw plots/*.png (or .svg) of a results folder, replacing those there are; size "screen" or "page".

    Raises InputError for a folder that is none and for an unknown form or size, RunError if the disk refuses.
    """
    check(form, size)
    data, cloud = plot_data(folder), cloud_plot_data(folder)
    told = _told(folder, data)
    plots = folder / _FOLDER
    try:
        plots.mkdir(exist_ok=True)
        # A run of messages alone has no approaches to draw.
        alone = bool(told) and not data.density_per_km3
        paths = [] if alone else save_figures(data, plots, form=form, size=size)
        for number, event in enumerate(told):
            paths += save_event_figures(event, plots, f"event_{number}", form=form, size=size)
        return paths + (save_cloud_figures(cloud, plots, form=form, size=size) if cloud else [])
    except OSError as error:
        raise RunError(f"{plots}: cannot be written ({error.strerror or error})") from error


def plot_data(folder: Path) -> PlotData:
    """What the figures show, read from conjunctions.csv, tracks.csv, density.csv and summary.json."""
    summary = read_summary(folder)
    table = read_csv(folder / "conjunctions.csv")
    try:
        return _plot_data(
            summary["provenance"], table, read_csv(folder / "tracks.csv"), read_csv(folder / "density.csv")
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error


def _told(folder: Path, data: PlotData) -> tuple[PlotData, ...]:
    """What the figures of each conjunction told by a message show, the first `MOST_PLANES` of events.csv."""
    if not (folder / "events.csv").is_file():
        return ()
    table = read_csv(folder / "events.csv")
    try:
        rows = [k for k, chosen in enumerate(table["chosen"]) if chosen == "true"][:MOST_PLANES]
        table |= {"collision_probability_method": table["method"]}
        return tuple(_told_event(table, row, data) for row in rows)
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error


def _told_event(table: dict[str, list[str]], row: int, data: PlotData) -> PlotData:
    label = f"{table['secondary_designator'][row]} {table['secondary_name'][row]}"
    known = bool(table["collision_probability"][row])
    return replace(
        data,
        primary_name=table["primary_name"][row],
        start_label=table["tca_utc"][row].replace("T", " ").replace("Z", " UTC"),
        catalog_label=f"message {table['message_id'][row]} of {table['originator'][row]}",
        covariance_label="as given in the message",
        synthetic=False,
        planes=(_plane(table, row, label),) if known else (),
        tracks=(),
        top=top_event(table, row, label) if known else None,
    )


def _plot_data(
    provenance: dict[str, Any],
    table: dict[str, list[str]],
    tracks: dict[str, list[str]],
    density: dict[str, list[str]],
) -> PlotData:
    scenario, catalogue = provenance["scenario"], provenance["catalogue"]
    relative = [float_column(table[f"relative_position_{axis}_km"]) for axis in "rtn"]
    primaries = provenance["primaries"]
    probability, maximum = (
        float_column(table["collision_probability"]),
        float_column(table["maximum_probability"]),
    )
    miss = float_column(table["miss_distance_km"])
    top = np.lexsort((miss, -maximum, -probability))[:MOST_PLANES]
    edges = float_column(density["altitude_low_km"])
    return PlotData(
        title=scenario["title"],
        primary_name=_primary_name(primaries),
        start_label=provenance["span"]["start_utc"].replace("T", " ").replace(".000Z", " UTC"),
        span_days=float(provenance["span"]["duration_days"]),
        catalog_label=_catalog_label(catalogue["sources"]),
        covariance_label=provenance["method"]["covariance"]["label"],
        synthetic=bool(catalogue["synthetic"]),
        partly_synthetic=is_partly_synthetic(provenance),
        yellow=float(scenario["probability"]["yellow"]),
        red=float(scenario["probability"]["red"]),
        tca_days=float_column(table["tca_s"]) / 86400.0,
        miss_distance_km=miss,
        relative_speed_km_s=float_column(table["relative_speed_km_s"]),
        azimuth_deg=float_column(table["approach_azimuth_deg"]),
        probability=probability,
        maximum_probability=maximum,
        diluted=np.array([value == "true" for value in table["dilution"]], dtype=bool),
        object_kind=kind_column(table["object_kind"]),
        latitude_deg=float_column(table["primary_latitude_deg"]),
        altitude_km=float_column(table["primary_altitude_km"]),
        secondary_age_days=float_column(table["secondary_age_days"]),
        relative_rtn_km=np.stack(relative, axis=1),
        volumes=tuple(_outline(given) for given in scenario["screening"]["volumes"]),
        altitude_edges_km=np.append(edges, float_column(density["altitude_high_km"])[-1:]),
        density_per_km3={
            kind: float_column(density[name])
            for kind in ObjectKind
            if (name := f"{kind.label.replace(' ', '_')}_per_km3") in density
        },
        band_km=_band(primaries),
        planes=tuple(_plane(table, int(row), _label(table, int(row))) for row in top),
        tracks=tuple(_track(table, tracks, int(row)) for row in top[:MOST_TRACKS]),
        top=top_event(table, int(top[0]), _label(table, int(top[0]))) if len(top) else None,
    )


def _primary_name(primaries: list[dict[str, Any]]) -> str:
    if len(primaries) > 2:
        return f"{len(primaries)} primaries"
    return " and ".join(primary["name"] for primary in primaries) or "all objects"


def _band(primaries: list[dict[str, Any]]) -> tuple[float, float] | None:
    """Perigee and apogee of the primary; of several ones there is no one band to show."""
    if len(primaries) != 1:
        return None
    return primaries[0]["perigee_altitude_km"], primaries[0]["apogee_altitude_km"]


def _outline(given: str | dict[str, Any]) -> VolumeOutline:
    """A screening volume as the scenario names or describes it."""
    volume = volume_of(given if isinstance(given, str) else VolumeTable.model_validate(given))
    return VolumeOutline(volume.name, volume.half_widths_km, volume.is_sphere)


def _catalog_label(sources: list[dict[str, Any]]) -> str:
    return " + ".join(source["label"] for source in sources) or "the scenario's own element sets"


def _label(table: dict[str, list[str]], row: int) -> str:
    """The number first: where a figure has to cut, it cuts the name."""
    return f"{table['secondary_norad_id'][row]} {table['secondary_name'][row]}"


def _plane(table: dict[str, list[str]], row: int, label: str) -> PlaneData:
    def at(name: str) -> float:
        return float(table[name][row])

    xy = at("plane_covariance_xy_km2")
    return PlaneData(
        label=label,
        miss_km=np.array([at("plane_miss_x_km"), at("plane_miss_y_km")]),
        covariance_km2=np.array([[at("plane_covariance_xx_km2"), xy], [xy, at("plane_covariance_yy_km2")]]),
        hard_body_radius_km=at("hard_body_radius_m") / 1000.0,
        probability=at("collision_probability"),
        maximum_probability=at("maximum_probability"),
    )


def _track(table: dict[str, list[str]], tracks: dict[str, list[str]], row: int) -> TrackData:
    own = np.array([int(number) == row for number in tracks["encounter"]], dtype=bool)
    position = [float_column(tracks[f"relative_position_{axis}_km"])[own] for axis in "rtn"]
    return TrackData(
        label=_label(table, row),
        time_s=float_column(tracks["time_s"])[own],
        relative_rtn_km=np.stack(position, axis=1),
    )
