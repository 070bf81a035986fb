"""The folder of `debrissim track`: track.csv (one row per encounter and catalogue), summary.json, plots/, run.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from debrissim.catalog import Catalog, ObjectKind, identifier, object_label
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.numbers import probability, short_odds
from debrissim.core.time import parse_datetime64, utc_datetime64, utc_text
from debrissim.probability.collision import ProbabilityFlag
from debrissim.results.folder import read_summary
from debrissim.results.result import Tables
from debrissim.results.schema.evolution import TRACK
from debrissim.results.table import Table, read_table
from debrissim.studies.evolution.history import INSIDE, EncounterHistory, Evolution, Update
from debrissim.studies.study import StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KIND = "track"


def tracking_result(evolution: Evolution, seconds: float) -> StudyResult:
    """The result of followed encounters, to be written; seconds: spent on computing."""
    return StudyResult(
        scenario=evolution.scenario,
        tables=Tables.of([track_table(evolution)]),
        summary=track_summary(evolution),
        seconds={"computing": seconds},
    )


def track_table(evolution: Evolution) -> Table:
    """track.csv: for each encounter the catalogues, oldest first."""
    rows = [
        _row(number, history, update, evolution)
        for number, history in enumerate(evolution.histories)
        for update in history.updates
    ]
    return TRACK.table({name: [row[name] for row in rows] for name in _MISSING})


def track_summary(evolution: Evolution) -> dict[str, Any]:
    """summary.json: the catalogues, the number of encounters, the provenance of the newest run."""
    return {
        "kind": KIND,
        "answer": {
            "encounters_followed": len(evolution.histories),
            "encounters_in_any_catalogue": evolution.encounter_count,
            "catalogues": [
                {
                    "file": run.file.name,
                    "epoch_utc": _epoch(evolution, k),
                    "objects": len(run.result.inputs.catalog),
                    "encounters": len(run.result.screening.encounters),
                    "cumulative_probability": run.result.totals.cumulative_probability,
                }
                for k, run in enumerate(evolution.runs)
            ],
        },
        "provenance": evolution.runs[-1].result.provenance,
        "sources": [
            source for run in evolution.runs for source in run.result.provenance["catalogue"]["sources"]
        ],
        "synthetic": any(run.result.provenance["catalogue"]["synthetic"] for run in evolution.runs),
    }


def track_rows(table: Table, shown: int) -> list[tuple[str, ...]]:
    """The followed encounters for a terminal: TCA, number, name, the oldest and the newest miss, the shift of TCA, and
    the oldest and the newest odds and Pc.
    """
    rows: list[tuple[str, ...]] = []
    table = table[(table["track"] < shown) & ~table.missing("tca_utc")]
    for number in np.unique(table["track"]).tolist():
        found = table[table["track"] == number]
        values = found["collision_probability"][[0, -1]].tolist()
        rows.append(
            (
                _moment(found["tca_utc"][-1]),
                identifier(found["secondary_norad_id"][-1]),
                found["secondary_name"][-1],
                " > ".join(f"{miss:.1f}" for miss in found["miss_distance_km"][[0, -1]].tolist()),
                f"{found['tca_shift_s'][0]:+.1f}",
                " > ".join(map(short_odds, values)),
                " > ".join(map(probability, values)),
            )
        )
    return rows


def draw_track(folder: Path) -> Mapping[str, Figure]:
    """The figure, from the files of a results folder."""
    from debrissim.report.figures.evolution import EvolutionData
    from debrissim.report.figures.registry import plot_figures

    summary, table = read_summary(folder), read_table(folder / TRACK.file, TRACK)
    provenance, catalogues = summary["provenance"], summary["answer"]["catalogues"]
    data = EvolutionData(
        title=provenance["scenario"]["title"],
        catalog_label=f"{len(catalogues)} catalogues, {catalogues[0]['file']} to {catalogues[-1]['file']}",
        covariance_label=provenance["method"]["covariance"]["label"],
        synthetic=bool(summary["synthetic"]),
        yellow=float(provenance["scenario"]["probability"]["yellow"]),
        red=float(provenance["scenario"]["probability"]["red"]),
        track=table["track"],
        names=tuple(_labels(table)),
        days_to_tca=table["days_to_tca"],
        miss_distance_km=table["miss_distance_km"],
        miss_sigma_km=table["miss_distance_sigma_km"],
        tca_shift_s=table["tca_shift_s"],
        probability=table["collision_probability"],
        diluted=table["dilution"].astype(np.bool_),  # False where there is no number.
        inside=table["found"] == INSIDE,
    )
    return plot_figures(data)


def _labels(table: Table) -> list[str]:
    """The label of each row's encounter: name, number and newest TCA, since a pair can meet again."""
    known = table[~table.missing("tca_utc")]
    newest = dict(zip(known["track"].tolist(), known["tca_utc"], strict=True))
    return [
        f"{object_label(number, name[:14].strip())}, {_moment(newest.get(track))[:11]}"
        for track, number, name in zip(
            table["track"].tolist(), table["secondary_norad_id"], table["secondary_name"], strict=True
        )
    ]


def _moment(time: np.datetime64 | None) -> str:
    """Month, day and time of day to the second; "" for None."""
    return "" if time is None else str(time)[5:19].replace("T", " ")


def _epoch(evolution: Evolution, catalogue: int) -> str:
    run = evolution.runs[catalogue]
    inputs = run.result.inputs
    return utc_text(inputs.start_jd, inputs.start_fraction, run.epoch_s, decimals=0)


_MISSING: dict[str, Any] = {
    column.name: {"float": np.nan, "time": np.datetime64("NaT", "ms"), "bool?": None}.get(column.dtype, "")
    for column in TRACK.columns
}


def _row(number: int, history: EncounterHistory, update: Update, evolution: Evolution) -> dict[str, Any]:
    run, secondary = evolution.runs[update.catalogue], _newest(history.secondary, evolution)
    head = _MISSING | {
        "track": number,
        "primary_norad_id": history.primary,
        "primary_name": str(_newest(history.primary, evolution).name[0]),
        "secondary_norad_id": history.secondary,
        "secondary_name": str(secondary.name[0]),
        "object_kind": ObjectKind(int(secondary.object_kind[0])).label,
        "catalogue": run.file.name,
        "catalogue_epoch_utc": parse_datetime64(_epoch(evolution, update.catalogue)),
        "found": update.outcome,
    }
    encounters, assessment, row = update.encounters, update.assessment, update.row
    if encounters is None or assessment is None or row is None:
        return head
    inputs, risk = run.result.inputs, assessment.probability
    tca_s = float(encounters.tca_s[row])
    newest = next(s for s in reversed(history.updates) if s.encounters is not None)
    assert newest.encounters is not None
    assert newest.row is not None
    return head | {
        "tca_utc": utc_datetime64(inputs.start_jd, inputs.start_fraction, tca_s)[()],
        "tca_shift_s": tca_s - float(newest.encounters.tca_s[newest.row]),
        "days_to_tca": (tca_s - run.epoch_s) / SECONDS_PER_DAY,
        "miss_distance_km": encounters.miss_distance_km[row],
        "miss_distance_sigma_km": assessment.miss_sigma_km[row],
        "relative_speed_km_s": encounters.relative_speed_km_s[row],
        "collision_probability": risk.value[row],
        "maximum_probability": risk.maximum[row],
        "dilution": bool(risk.dilution[row]),
        "flags": ";".join(ProbabilityFlag(int(risk.flags[row])).labels),
        "primary_age_days": encounters.primary_age_days[row],
        "secondary_age_days": encounters.secondary_age_days[row],
    }


def _newest(number: int, evolution: Evolution) -> Catalog:
    """The element set of an object in the newest catalogue that has it, as a table of one row."""
    catalogs = (run.result.inputs.catalog for run in reversed(evolution.runs))
    rows = (catalog[catalog.norad_id == number] for catalog in catalogs)
    return next(row for row in rows if len(row))
