"""The figures of a run's clouds, from its results folder alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.errors import InputError
from debrissim.report.figures.cloud_figures import CloudPlotData, ParentData, PassData
from debrissim.results.folder import float_column, is_partly_synthetic, read_csv, read_summary
from debrissim.results.schema.clouds import SHELL_MARGIN_KM

_ORBIT = ("period_min", "perigee_km", "apogee_km")


def cloud_plot_data(folder: Path) -> CloudPlotData | None:
    """What the figures show: the primary and the volume with most passes of fragments; None without a cloud."""
    if not (folder / "cloud.csv").is_file():
        return None
    summary = read_summary(folder)
    names = ("cloud", "cloud_days", "cloud_orbits", "cloud_density", "cloud_fragments")
    tables = [read_csv(folder / f"{name}.csv") for name in names]
    try:
        return _data(summary["provenance"], summary["cloud"], *tables)
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error


def _data(
    provenance: dict[str, Any],
    totals: list[dict[str, Any]],
    revolutions: dict[str, list[str]],
    days: dict[str, list[str]],
    orbits: dict[str, list[str]],
    density: dict[str, list[str]],
    fragments: dict[str, list[str]],
) -> CloudPlotData:
    # Of as many passes by fragments the first with most by anything: the widest volume says most.
    shown = max(totals, key=lambda entry: (entry["fragment_passes"], entry["background_passes"]))
    number, volume = str(shown["primary_norad_id"]), shown["volume"]
    primary = next(p for p in provenance["primaries"] if str(p["norad_id"]) == number)
    clouds = provenance["clouds"]
    time_s = float_column(orbits["time_s"])
    low, high = float_column(density["altitude_low_km"]), float_column(density["altitude_high_km"])
    shells = int(np.unique(low).size)
    drawn = sum(int(c["fragments_drawn"]) for c in clouds)
    ranges = [sum(int(c["count"]["stated_range"][k]) for c in clouds) for k in (0, 1)]
    return CloudPlotData(
        title=provenance["scenario"]["title"],
        primary_name=primary["name"],
        event_label=" + ".join(c["event"] for c in clouds),
        start_label=provenance["span"]["start_utc"].replace("T", " ").replace(".000Z", " UTC"),
        catalog_label=" + ".join(s["label"] for s in provenance["catalogue"]["sources"])
        or "the scenario's own",
        count_label=f"{drawn:,} drawn, by observed breakups {ranges[0]:,} to {ranges[1]:,}",
        volume=volume,
        revolutions=_passes(revolutions, number, volume),
        days=_passes(days, number, volume),
        time_s=time_s,
        in_orbit=float_column(orbits["fragments_in_orbit"]),
        crossing=float_column(orbits[f"crossing_shell_of_{number}"]),
        drawn=drawn,
        altitude_edges_km=np.append(low[:shells], high[shells - 1]),
        per_km3=float_column(density["fragments_per_km3"]).reshape(time_s.size, shells),
        band_km=(
            float(primary["perigee_altitude_km"]) - SHELL_MARGIN_KM,
            float(primary["apogee_altitude_km"]) + SHELL_MARGIN_KM,
        ),
        parents=tuple(_parents(clouds, fragments)),
        partly_synthetic=is_partly_synthetic(provenance),
    )


def _parents(clouds: list[dict[str, Any]], fragments: dict[str, list[str]]) -> Iterator[ParentData]:
    """The parents that have fragments in orbit and had an orbit themselves."""
    event, parent = float_column(fragments["event"]), float_column(fragments["parent"])
    for place, cloud in enumerate(clouds):
        for which, told in enumerate(cloud["parents"]):
            rows = (event == place) & (parent == which)
            origin = [told[name] for name in _ORBIT]
            if rows.any() and None not in origin:
                columns = {name: float_column(fragments[name])[rows] for name in _ORBIT}
                yield ParentData(told["name"], columns, (origin[0], origin[1], origin[2]))


def _passes(table: dict[str, list[str]], number: str, volume: str) -> PassData:
    rows = np.array(
        [n == number and v == volume for n, v in zip(table["primary_norad_id"], table["volume"], strict=True)]
    )

    def column(name: str) -> Any:
        return float_column(table[name])[rows]

    def interval(name: str) -> Any:
        return np.stack([column(f"{name}_low"), column(f"{name}_high")], axis=1)

    return PassData(
        begin_s=column("begin_s"),
        end_s=column("end_s"),
        fragments=column("fragment_passes"),
        background=column("background_passes"),
        fragment_per_day=column("fragment_per_day"),
        fragment_interval=interval("fragment_per_day"),
        background_per_day=column("background_per_day"),
        background_interval=interval("background_per_day"),
    )
