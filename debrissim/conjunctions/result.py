"""The results folder: what a run leaves behind. Written whole or not at all, enough to draw everything again.

Files: conjunctions.csv, objects.csv, co_located.csv, excluded.csv, rejected.csv, tracks.csv, density.csv, summary.json,
plots/*.png, report.html; where the scenario asks for them events.csv, cdm/* and, with breakups, cloud*.csv; and
run.json, the only one that differs between two runs of the same scenario and catalogue (moment, timings).
"""

from __future__ import annotations

import platform
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog, summarize_catalog, write_omm_csv
from debrissim.cdm.as_json import assessment_as_json
from debrissim.cdm.assess import CdmAssessment
from debrissim.conjunctions import cloud_tables, tables
from debrissim.conjunctions.assessment import Assessment, Totals
from debrissim.conjunctions.cdm_files import conjunctions_above, write_cdms
from debrissim.conjunctions.debris_clouds import CloudSummary
from debrissim.conjunctions.derived import DensityProfile, RelativeTrack
from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.time import utc_text
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.results.folder import SUMMARY, write_csv, write_folder, write_json
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.screen import ScreeningResult
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.object_covariances import ObjectCovariances

_VERSIONS_OF = ("debrissim", "numpy", "scipy", "sgp4", "numba", "matplotlib")


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Everything a run found, with the input it found it from and the provenance."""

    scenario: Scenario
    inputs: RunInputs
    screening: ScreeningResult
    assessment: Assessment
    totals: Totals
    tracks: tuple[RelativeTrack, ...]
    density: DensityProfile
    provenance: dict[str, Any]
    seconds: dict[str, float]
    events: tuple[CdmAssessment, ...] = ()
    cloud: CloudSummary | None = None

    def conjunctions(self) -> tables.Table:
        """The table of encounters: columns as `tables.CONJUNCTION_COLUMNS`."""
        return tables.conjunctions(self.screening.encounters, self.assessment, self.inputs)

    def write(self, folder: Path | str, *, force: bool = False) -> SimulationResult:
        """Write the results folder, see `write_folder`; the result returned has the seconds of that, too."""
        return write_folder(Path(folder), lambda partial: _write_files(self, partial), force=force)


def provenance(
    scenario: Scenario,
    inputs: RunInputs,
    screened: ScreeningResult,
    model: ElementSetErrorModel,
    object_covariances: ObjectCovariances | None = None,
) -> dict[str, Any]:
    """Where the numbers come from: scenario, versions, catalogue, counts of what was left out and why."""
    object_covariances = object_covariances or ObjectCovariances()
    catalog = inputs.catalog
    # A run of messages alone has no catalogue.
    summary = summarize_catalog(catalog) if len(catalog) else None
    statuses = Counter(int(s) for s in screened.object_status.tolist())
    return {
        "scenario": scenario.model_dump(mode="json"),
        "seed": scenario.seed,
        "versions": {name: version(name) for name in _VERSIONS_OF} | {"python": platform.python_version()},
        "span": {
            "start_utc": utc_text(inputs.start_jd, inputs.start_fraction),
            "end_utc": utc_text(inputs.start_jd, inputs.start_fraction, inputs.duration_s),
            "duration_days": inputs.duration_s / 86400.0,
            # The moment itself: start_utc is rounded to a millisecond, eight metres of an orbit.
            "start_jd": inputs.start_jd,
            "start_fraction": inputs.start_fraction,
        },
        "catalogue": {
            "sources": [asdict(source) for source in inputs.sources],
            "first_epoch_utc": utc_text(*summary.first_epoch) if summary else None,
            "last_epoch_utc": utc_text(*summary.last_epoch) if summary else None,
            "synthetic": bool(catalog.synthetic.any()),
            "synthetic_objects": int(catalog.synthetic.sum()),
            "objects": len(catalog),
            "objects_by_kind": dict(summary.by_kind) if summary else {},
            "default_radius": int(inputs.size_is_default.sum()),
        },
        "counts": {
            "records_read": sum(source.record_count for source in inputs.sources),
            "records_rejected": len(inputs.rejected),
            "superseded": inputs.superseded_count,
            "filtered_out": inputs.filtered_count,
            "stale": statuses[int(ObjectStatus.STALE)],
            "failed_sgp4": sum(n for s, n in statuses.items() if 0 < s < int(ObjectStatus.STALE)),
            "co_located_pairs": len(screened.co_located),
            "after_sieve": screened.sieved_count,
            "candidates": screened.candidate_count,
            "encounters": len(screened.encounters),
        },
        "primaries": [
            {
                "norad_id": int(catalog.norad_id[row]),
                "name": str(catalog.name[row]),
                "element_set_from": origin,
                "epoch_utc": utc_text(float(catalog.epoch_jd[row]), float(catalog.epoch_fraction[row])),
                "hard_body_radius_m": float(catalog.hard_body_radius_m[row]),
                "mass_kg": float(catalog.mass_kg[row]),
                "perigee_altitude_km": float(catalog.perigee_altitude_km[row]),
                "apogee_altitude_km": float(catalog.apogee_altitude_km[row]),
            }
            for row, origin in zip(
                inputs.primaries if inputs.primaries is not None else [],
                inputs.primary_origin,
                strict=False,
            )
        ],
        "method": {
            "propagation": "SGP4 (WGS-72, mode i) for every reported number",
            "probability": scenario.probability.method,
            "covariance": {
                "name": model.name,
                "label": object_covariances.label_with(model.label),
                "source": model.source,
                "warning": model.warning,
                "own": object_covariances.records(),
            },
            "probability_range": "every modelled sigma halved and doubled",
            "rates": "95 % interval of a Poisson count (Garwood 1936)",
            "cumulative": "1 - product of (1 - Pc), encounters taken as independent",
        },
    } | ({"clouds": [cloud.record() for cloud in inputs.clouds]} if inputs.clouds else {})


def summarize(result: SimulationResult) -> dict[str, Any]:
    """summary.json: totals and provenance."""
    return {
        "totals": asdict(result.totals),
        "events": [assessment_as_json(report) for report in result.events],
        "provenance": result.provenance,
    } | ({"cloud": cloud_tables.totals(result.cloud)} if result.cloud else {})


def _involved(result: SimulationResult) -> Catalog:
    """The primaries and every object of an encounter, by catalogue number."""
    encounters, catalog = result.screening.encounters, result.inputs.catalog
    primaries = () if result.inputs.primaries is None else result.inputs.primaries
    rows = np.unique(np.concatenate([encounters.primary, encounters.secondary, primaries])).astype(np.int64)
    return catalog[rows[np.argsort(catalog.norad_id[rows], kind="stable")]]


def _write_files(result: SimulationResult, folder: Path) -> SimulationResult:
    begin = time.perf_counter()
    write_csv(folder / "conjunctions.csv", result.conjunctions())
    write_omm_csv(_involved(result), folder / "objects.csv")
    write_csv(folder / "co_located.csv", tables.co_located(result.screening, result.inputs))
    write_csv(folder / "excluded.csv", tables.excluded(result.screening, result.inputs))
    write_csv(folder / "rejected.csv", tables.rejected(result.inputs.rejected))
    write_csv(folder / "tracks.csv", tables.tracks(result.tracks))
    write_csv(folder / "density.csv", tables.density(result.density))
    if result.events:
        write_csv(folder / "events.csv", tables.events(result.events))
    if result.cloud:
        write_csv(folder / "cloud.csv", cloud_tables.passes(result.cloud.revolutions, result.inputs))
        write_csv(folder / "cloud_days.csv", cloud_tables.passes(result.cloud.days, result.inputs))
        write_csv(folder / "cloud_orbits.csv", cloud_tables.orbits(result.cloud, result.inputs))
        write_csv(folder / "cloud_density.csv", cloud_tables.density(result.cloud))
        write_csv(folder / "cloud_fragments.csv", cloud_tables.fragments(result.inputs))
    wanted = result.scenario.output
    if wanted.cdm_above is not None:
        found = conjunctions_above(
            wanted.cdm_above, result.screening.encounters, result.assessment, result.inputs
        )
        write_cdms(folder / "cdm", found, wanted.cdm_format)
    write_json(folder / SUMMARY, summarize(result))
    if result.scenario.output.plots:
        from debrissim.report.redraw import draw_plots

        draw_plots(folder)
    if wanted.report:
        from debrissim.report.page import write_report

        write_report(folder)
    timed = replace(result, seconds=result.seconds | {"writing": time.perf_counter() - begin})
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(folder / "run.json", {"written_utc": moment, "seconds": timed.seconds})
    return timed
