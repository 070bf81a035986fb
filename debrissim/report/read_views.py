"""The views of a results folder, read only from the files in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import identifier, object_label
from debrissim.report.bins import bin_edges
from debrissim.report.cloud_verdict import fragment_numbers, most_passes
from debrissim.report.curves import top_event
from debrissim.report.sentences import own_totals, split_volumes, subject, summed_up
from debrissim.report.verdict import run_kind
from debrissim.report.views import (
    MAX_MESSAGES,
    MAX_PLANES,
    MAX_PRIMARIES,
    MAX_TRACKS,
    CloudView,
    EventTrack,
    FleetView,
    MessageView,
    ParentView,
    RunView,
    VolumeOutline,
    read_plane,
)
from debrissim.results.folder import is_partly_synthetic, read_summary
from debrissim.results.reader import FolderTables, rank_events, reading
from debrissim.results.schema.clouds import SHELL_MARGIN_KM
from debrissim.results.table import Table
from debrissim.scenario.conjunctions import VolumeTable, volume_of
from debrissim.screening.volumes import AUTO, PRESETS

_COUNTS = ("count", "count_low", "count_high")
_CUMULATIVE = ("cumulative_probability", "cumulative_low", "cumulative_high")
_ORBIT = ("period_min", "perigee_km", "apogee_km")


def folder_views(folder: Path, tables: Mapping[str, Table] | None = None) -> tuple[tuple[str, object], ...]:
    """Each view of a results folder, after the prefix of its files; tables: those of the folder that are already
    loaded.

    Raises InputError if `folder` is not a results folder, or is damaged.
    """
    return tuple(_views(folder, tables))


def _views(folder: Path, tables: Mapping[str, Table] | None) -> Iterator[tuple[str, object]]:
    run = read_run(folder, tables)
    messages = read_messages(folder, run)
    cloud = read_cloud(folder, run.tables)
    # A run of messages alone has no catalogue, so no density of any kind of object.
    primaries = read_primaries(folder, run.tables)
    if primaries:
        yield from ((f"{own}_", view) for own, view in primaries.items())
    elif not messages or any(name.endswith("_per_km3") for name in run.tables["density"].columns()):
        yield "", run
    for number, message in enumerate(messages):
        yield f"event_{number}_", message
    if cloud:
        yield "", cloud
    with reading(folder):
        fleet = read_fleet(run)
    if fleet:
        yield "", fleet


def read_run(folder: Path, tables: Mapping[str, Table] | None = None) -> RunView:
    """The run of a results folder; tables: its tables that are already loaded.

    Raises InputError if `folder` is not a results folder, or is damaged.
    """
    summary = read_summary(folder)
    with reading(folder):
        return _run(FolderTables(folder) if tables is None else tables, summary)


def read_primaries(folder: Path, tables: Mapping[str, Table]) -> dict[str, RunView]:
    """Each of several spacecraft by its identifier, as if it had been the only one; none if there are more than
    `MAX_PRIMARIES`.

    tables: those of the folder. Raises InputError if `folder` is not a results folder, or is damaged.
    """
    summary = read_summary(folder)
    with reading(folder):
        primaries, totals = summary["provenance"]["primaries"], own_totals(summary["totals"])
        if not 1 < len(totals) <= MAX_PRIMARIES:
            return {}
        return {identifier(own["norad_id"]): _run(tables, summary, k) for k, own in enumerate(primaries)}


def read_fleet(run: RunView) -> FleetView | None:
    """The spacecraft of a run side by side; None if it has fewer than two with encounters of their own.

    Raises KeyError if the totals are damaged.
    """
    totals = own_totals(run.sums)
    if not totals:
        return None
    counted = [split_volumes(sums)[0] for sums in totals]
    return FleetView(
        title=run.title,
        span_days=run.span_days,
        catalog_label=run.catalog_label,
        covariance_label=run.covariance_label,
        synthetic=run.synthetic,
        partly_synthetic=run.partly_synthetic,
        rates_alone=run.rates_alone,
        volume=" or ".join(dict.fromkeys(volume["description"] for volume in counted)),
        names=tuple(str(sums["name"] or identifier(sums["norad_id"])) for sums in totals),
        approaches=np.array([[volume[name] for name in _COUNTS] for volume in counted], dtype=np.float64),
        # None becomes NaN.
        probability=np.array([[sums[name] for name in _CUMULATIVE] for sums in totals], dtype=np.float64),
        closest_km=np.array([_closest_km(run.tables["conjunctions"], sums) for sums in totals]),
    )


def read_messages(folder: Path, run: RunView) -> tuple[MessageView, ...]:
    """The conjunctions reported by messages, the first `MAX_MESSAGES` of events.csv, each with its chosen method.

    Raises InputError if the folder is damaged.
    """
    if "events" not in run.tables:
        return ()
    shared = {field.name: getattr(run, field.name) for field in fields(run)}
    with reading(folder):
        events = run.tables["events"]
        return tuple(_message(event, shared) for event in events[events.chosen].head(MAX_MESSAGES))


def read_cloud(folder: Path, tables: Mapping[str, Table] | None = None) -> CloudView | None:
    """The clouds, for the primary and the volume with the most passes of fragments; None if there are none.

    tables: those of the folder that are already loaded. Raises InputError if `folder` is not a results folder, or is
    damaged.
    """
    found = FolderTables(folder) if tables is None else tables
    if "cloud" not in found:
        return None
    summary = read_summary(folder)
    with reading(folder):
        return _cloud(found, summary["provenance"], summary["cloud"])


def _run(tables: Mapping[str, Table], summary: Mapping[str, Any], primary: int | None = None) -> RunView:
    """primary: position of the only one considered, None for all of the run."""
    events, tracks = tables["conjunctions"], tables["tracks"]
    provenance, sums = summary["provenance"], summary["totals"]
    primaries = provenance["primaries"]
    if primary is not None:
        primaries, sums = [primaries[primary]], sums["primaries"][primary]
    scenario, catalogue = provenance["scenario"], provenance["catalogue"]
    own = summed_up(events, sums)
    ranked = rank_events(events)
    top = ranked[(own & ~events.synthetic)[ranked]][:MAX_PLANES].tolist()
    labels = {row: object_label(events.secondary_norad_id[row], events.secondary_name[row]) for row in top}
    return RunView(
        title=scenario["title"],
        primary_name=subject(primaries),
        start_label=_start_label(provenance),
        start_utc=np.datetime64(provenance["span"]["start_utc"].removesuffix("Z"), "ms"),
        span_days=float(provenance["span"]["duration_days"]),
        catalog_label=_catalog_label(provenance) or "the scenario's own element sets",
        covariance_label=provenance["method"]["covariance"]["label"],
        synthetic=bool(catalogue["synthetic"]),
        partly_synthetic=is_partly_synthetic(provenance),
        yellow=float(scenario["probability"]["yellow"]),
        red=float(scenario["probability"]["red"]),
        # Not a copy of a large table.
        tables={
            **{name: tables[name] for name in tables},
            "conjunctions": events if own.all() else events[own],
        },
        run_kind=run_kind(summary),
        sums=sums,
        volumes=_outlines(scenario["screening"]["volumes"], [volume["name"] for volume in sums["volumes"]]),
        band_km=_band_km(primaries),
        planes=tuple(
            read_plane(events[row], labels[row])
            for row in top
            if np.isfinite(events.collision_probability[row])
        ),
        # Only the most probable have a track, by SGP4 where it reaches a minute either side.
        tracks=tuple(
            _track(tracks[tracks.encounter == row], labels[row])
            for row in top[:MAX_TRACKS]
            if (tracks.encounter == row).any()
        ),
        top=top_event(events, top[0], labels[top[0]], events.collision_probability_method[top[0]])
        if top
        else None,
    )


def _message(event: Table, shared: Mapping[str, Any]) -> MessageView:
    """event: the row of its chosen method. shared: the fields of the run."""
    label = f"{event.secondary_designator[0]} {event.secondary_name[0]}"
    known = bool(np.isfinite(event.collision_probability[0]))
    own = {
        "primary_name": event.primary_name[0],
        "start_label": event.cells("tca_utc")[0].replace("T", " ").replace("Z", " UTC"),
        "catalog_label": f"message {event.message_id[0]} of {event.originator[0]}",
        "covariance_label": "as given in the message",
        "synthetic": False,
        "planes": (read_plane(event, label),) if known else (),
        "tracks": (),
        "top": top_event(event, 0, label, event.method[0]) if known else None,
    }
    return MessageView(**{**shared, **own})


def _closest_km(conjunctions: Table, sums: Mapping[str, Any]) -> float:
    """The nearest miss of a real object among the events that are summed up, NaN if there is none."""
    miss = conjunctions.miss_distance_km[summed_up(conjunctions, sums) & ~conjunctions.synthetic]
    return float(miss.min()) if len(miss) else float("nan")


def _band_km(primaries: list[dict[str, Any]]) -> tuple[float, float] | None:
    """Perigee and apogee altitude of the primary. None if there is more than one primary."""
    if len(primaries) != 1:
        return None
    return primaries[0]["perigee_altitude_km"], primaries[0]["apogee_altitude_km"]


def _start_label(provenance: Mapping[str, Any]) -> str:
    start: str = provenance["span"]["start_utc"]
    return start.replace("T", " ").replace(".000Z", " UTC")


def _catalog_label(provenance: Mapping[str, Any]) -> str:
    return " + ".join(source["label"] for source in provenance["catalogue"]["sources"])


def _outlines(given: Sequence[str | dict[str, Any]], names: Sequence[str]) -> tuple[VolumeOutline, ...]:
    """The volumes with these names, which the scenario names or describes, or which depend on the primary's orbit."""
    stated = (
        volume_of(volume if isinstance(volume, str) else VolumeTable.model_validate(volume))
        for volume in given
        if volume != AUTO
    )
    known = {volume.name: volume for volume in stated}
    volumes = [known[name] if name in known else PRESETS[name] for name in names]
    return tuple(VolumeOutline(v.name, v.half_widths_km, v.shape != "box") for v in volumes)


def _track(track: Table, label: str) -> EventTrack:
    position = [track[f"relative_position_{axis}_km"] for axis in "rtn"]
    return EventTrack(label, track.time_s, np.stack(position, axis=1))


def _cloud(tables: Mapping[str, Table], provenance: dict[str, Any], totals: Mapping[str, Any]) -> CloudView:
    shown = most_passes(totals)
    number, volume = int(shown["primary_norad_id"]), shown["volume"]
    primary = next(p for p in provenance["primaries"] if p["norad_id"] == number)
    clouds = provenance["clouds"]
    orbits, density = tables["cloud_orbits"], tables["cloud_density"]
    low, high = density.altitude_low_km, density.altitude_high_km
    shells = int(np.unique(low).size)
    sampled, fewest, most = fragment_numbers(clouds)
    return CloudView(
        title=provenance["scenario"]["title"],
        primary_name=primary["name"],
        event_label=" + ".join(cloud["event"] for cloud in clouds),
        start_label=_start_label(provenance),
        catalog_label=_catalog_label(provenance) or "the scenario's own",
        count_label=f"{sampled:,} sampled, {fewest:,} to {most:,} by observed breakups",
        volume=volume,
        revolutions=_passes(tables["cloud"], number, volume),
        days=_passes(tables["cloud_days"], number, volume),
        time_s=orbits.time_s,
        in_orbit=orbits.fragments_in_orbit,
        crossing=orbits[f"crossing_shell_of_{identifier(number)}"],
        sampled=sampled,
        altitude_edges_km=bin_edges(low[:shells], high[:shells]),
        per_km3=density.fragments_per_km3.reshape(len(orbits), shells),
        band_km=(
            float(primary["perigee_altitude_km"]) - SHELL_MARGIN_KM,
            float(primary["apogee_altitude_km"]) + SHELL_MARGIN_KM,
        ),
        parents=tuple(_parents(clouds, tables["cloud_fragments"])),
        partly_synthetic=is_partly_synthetic(provenance),
        not_compared=totals["not_compared"],
    )


def _passes(table: Table, number: int, volume: str) -> Table:
    passes: Table = table[(table.primary_norad_id == number) & (table.volume == volume)]
    return passes


def _parents(clouds: list[dict[str, Any]], fragments: Table) -> Iterator[ParentView]:
    """The parents that have fragments in orbit and had an orbit themselves."""
    for event, cloud in enumerate(clouds):
        for role, parent in enumerate(cloud["parents"]):
            own = fragments[(fragments.event == event) & (fragments.parent == role)]
            origin = [parent[name] for name in _ORBIT]
            if len(own) and None not in origin:
                columns = {name: own[name] for name in _ORBIT}
                yield ParentView(parent["name"], columns, (origin[0], origin[1], origin[2]))
