"""The folder of `debrissim track`: track.csv (one row per encounter and catalogue), summary.json, plots/, run.json."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import ObjectKind
from debrissim.conjunctions.tables import Table
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, RunError
from debrissim.core.time import utc_text
from debrissim.probability.collision import ProbabilityFlag
from debrissim.results.folder import (
    SUMMARY,
    float_column,
    read_csv,
    read_summary,
    write_csv,
    write_folder,
    write_json,
)
from debrissim.results.schema import TRACK_COLUMNS
from debrissim.studies.evolution.track import EncounterHistory, Evolution, Update

KIND = "track"


def write_tracking(tracking: Evolution, folder: Path, seconds: float, *, force: bool = False) -> None:
    """Write the folder, see `write_folder`."""
    write_folder(folder, lambda partial: _write_files(tracking, partial, seconds), force=force)


def track_table(tracking: Evolution) -> Table:
    """track.csv: columns as `TRACK_COLUMNS`; the catalogues of each encounter from the oldest on."""
    rows = [
        _row(number, track, sighting, tracking)
        for number, track in enumerate(tracking.tracks)
        for sighting in track.sightings
    ]
    return {name: [row[k] for row in rows] for k, name in enumerate(TRACK_COLUMNS)}


def track_summary(tracking: Evolution) -> dict[str, Any]:
    """summary.json: the catalogues, how many encounters there were, the provenance of the newest run."""
    return {
        "kind": KIND,
        "answer": {
            "encounters_followed": len(tracking.tracks),
            "encounters_in_any_catalogue": tracking.track_count,
            "catalogues": [
                {
                    "file": run.file.name,
                    "epoch_utc": _epoch(tracking, k),
                    "objects": len(run.result.inputs.catalog),
                    "encounters": len(run.result.screening.encounters),
                    "cumulative_probability": run.result.totals.cumulative_probability,
                }
                for k, run in enumerate(tracking.runs)
            ],
        },
        "provenance": tracking.runs[-1].result.provenance,
        "sources": [
            source for run in tracking.runs for source in run.result.provenance["catalogue"]["sources"]
        ],
        "synthetic": any(run.result.provenance["catalogue"]["synthetic"] for run in tracking.runs),
    }


def track_lines(table: Mapping[str, list[str]], shown: int) -> Iterator[str]:
    """The followed encounters for a terminal of 80 columns: the oldest numbers and the newest."""
    yield f"{'TCA (UTC)':<14} {'number':<9} {'secondary':<13} {'miss km':>15} {'TCA s':>7} {'Pc':>17}"
    track = np.array([int(number) for number in table["track"]], dtype=np.int64)
    for number in np.unique(track)[:shown].tolist():
        rows = [row for row in np.flatnonzero(track == number).tolist() if table["tca_utc"][row]]
        if not rows:
            continue
        first, last = rows[0], rows[-1]
        misses = [float(table["miss_distance_km"][row]) for row in (first, last)]
        chances = [table["collision_probability"][row] for row in (first, last)]
        probability = " > ".join(f"{float(value):.1e}" if value else "none" for value in chances)
        yield (
            f"{table['tca_utc'][last][5:19].replace('T', ' ')} {table['secondary_norad_id'][last]:<9} "
            f"{table['secondary_name'][last][:13]:<13} {misses[0]:>6.1f} > {misses[1]:>6.1f} "
            f"{float(table['tca_shift_s'][first]):>+7.1f} {probability:>17}"
        )


def draw_track(folder: Path, *, form: str = "png", size: str = "screen") -> list[Path]:
    """Draw the figure of such a folder again, from its files alone.

    Raises InputError for a folder that is none and for an unknown form or size, RunError if the disk refuses.
    """
    from debrissim.report.figures.evolution import EvolutionData, evolution_figure
    from debrissim.report.output import check, save_figure

    check(form, size)
    summary, table = read_summary(folder), read_csv(folder / "track.csv")
    try:
        provenance = summary["provenance"]
        names = _labels(table)
        data = EvolutionData(
            title=provenance["scenario"]["title"],
            catalog_label=f"{len(summary['answer']['catalogues'])} catalogues, "
            f"{summary['answer']['catalogues'][0]['file']} to {summary['answer']['catalogues'][-1]['file']}",
            covariance_label=provenance["method"]["covariance"]["label"],
            synthetic=bool(summary["synthetic"]),
            yellow=float(provenance["scenario"]["probability"]["yellow"]),
            red=float(provenance["scenario"]["probability"]["red"]),
            track=np.array([int(number) for number in table["track"]], dtype=np.int64),
            names=tuple(names),
            days_to_tca=float_column(table["days_to_tca"]),
            miss_distance_km=float_column(table["miss_distance_km"]),
            miss_sigma_km=float_column(table["miss_distance_sigma_km"]),
            tca_shift_s=float_column(table["tca_shift_s"]),
            probability=float_column(table["collision_probability"]),
            diluted=np.array([value == "true" for value in table["dilution"]], dtype=bool),
            inside=np.array([value == "inside" for value in table["found"]], dtype=bool),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error
    plots = folder / "plots"
    try:
        plots.mkdir(exist_ok=True)
        return [save_figure(evolution_figure(data), plots / f"evolution.{form}", size=size)]
    except OSError as error:
        raise RunError(f"{plots}: cannot be written ({error.strerror or error})") from error


def _labels(table: dict[str, list[str]]) -> list[str]:
    """Of each row its encounter: number, name and newest TCA, since a pair can meet again."""
    newest = {number: tca for number, tca in zip(table["track"], table["tca_utc"], strict=True) if tca}
    columns = zip(table["track"], table["secondary_norad_id"], table["secondary_name"], strict=True)
    return [
        f"{norad_id} {name[:14].strip()}, {newest.get(number, '')[5:16].replace('T', ' ')}"
        for number, norad_id, name in columns
    ]


def _write_files(tracking: Evolution, folder: Path, seconds: float) -> None:
    begin = time.perf_counter()
    write_csv(folder / "track.csv", track_table(tracking))
    write_json(folder / SUMMARY, track_summary(tracking))
    if tracking.scenario.output.plots:
        draw_track(folder)
    spent = {"computing": seconds, "writing": time.perf_counter() - begin}
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(folder / "run.json", {"written_utc": moment, "seconds": spent})


def _epoch(tracking: Evolution, catalogue: int) -> str:
    run = tracking.runs[catalogue]
    inputs = run.result.inputs
    return utc_text(inputs.start_jd, inputs.start_fraction, run.epoch_s, decimals=0)


def _row(number: int, track: EncounterHistory, sighting: Update, tracking: Evolution) -> list[Any]:
    run = tracking.runs[sighting.catalogue]
    head = [
        number,
        track.primary,
        _name(track.primary, tracking),
        track.secondary,
        _name(track.secondary, tracking),
        _kind(track.secondary, tracking),
        run.file.name,
        _epoch(tracking, sighting.catalogue),
        sighting.found,
    ]
    encounters, assessment, row = sighting.encounters, sighting.assessment, sighting.row
    if encounters is None or assessment is None or row is None:
        return [*head, *[""] * (len(TRACK_COLUMNS) - len(head))]
    inputs, risk = run.result.inputs, assessment.probability
    tca_s = float(encounters.tca_s[row])
    newest = next(s for s in reversed(track.sightings) if s.encounters is not None)
    assert newest.encounters is not None
    assert newest.row is not None
    value, maximum = float(risk.value[row]), float(risk.maximum[row])
    return [
        *head,
        utc_text(inputs.start_jd, inputs.start_fraction, tca_s),
        tca_s - float(newest.encounters.tca_s[newest.row]),
        (tca_s - run.epoch_s) / SECONDS_PER_DAY,
        float(encounters.miss_distance_km[row]),
        float(assessment.miss_sigma_km[row]),
        float(encounters.relative_speed_km_s[row]),
        "" if np.isnan(value) else value,
        "" if np.isnan(maximum) else maximum,
        "true" if risk.dilution[row] else "false",
        ";".join(ProbabilityFlag(int(risk.flags[row])).labels),
        float(encounters.primary_age_days[row]),
        float(encounters.secondary_age_days[row]),
    ]


def _name(number: int, tracking: Evolution) -> str:
    for run in reversed(tracking.runs):
        catalog = run.result.inputs.catalog
        found = np.flatnonzero(catalog.norad_id == number)
        if found.size:
            return str(catalog.name[found[0]])
    return ""


def _kind(number: int, tracking: Evolution) -> str:
    for run in reversed(tracking.runs):
        catalog = run.result.inputs.catalog
        found = np.flatnonzero(catalog.norad_id == number)
        if found.size:
            return ObjectKind(int(catalog.object_kind[found[0]])).label
    return ""
