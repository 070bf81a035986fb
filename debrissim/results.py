"""The results folder: what a run leaves behind. Written whole or not at all, and enough to draw everything again.

Files: conjunctions.csv, co_located.csv, excluded.csv, rejected.csv, tracks.csv, density.csv, summary.json, plots/*.png,
and run.json, the only one that differs between two runs of the same scenario and catalogue (moment, timings).
"""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import secrets
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from debrissim import tables
from debrissim.assessment import Assessment, Totals
from debrissim.catalog import ObjectKind, describe
from debrissim.errors import InputError, RunError
from debrissim.exhibits import DensityProfile, Track
from debrissim.prepare import Prepared
from debrissim.propagation.status import ObjectStatus
from debrissim.propagation.time import utc_text
from debrissim.scenario import Scenario
from debrissim.screening.screen import ScreeningResult
from debrissim.uncertainty.element_set_error import ElementSetErrorModel

_MARK = "summary.json"
_VERSIONS_OF = ("debrissim", "numpy", "scipy", "sgp4", "numba", "matplotlib")


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Everything a run found, with the input it found it from and the provenance."""

    scenario: Scenario
    prepared: Prepared
    screening: ScreeningResult
    assessment: Assessment
    totals: Totals
    tracks: tuple[Track, ...]
    density: DensityProfile
    provenance: dict[str, Any]
    seconds: dict[str, float]

    def conjunctions(self) -> tables.Table:
        """The table of encounters: columns as `tables.CONJUNCTION_COLUMNS`."""
        return tables.conjunctions(self.screening.encounters, self.assessment, self.prepared)

    def write(self, folder: Path, *, force: bool = False) -> Path:
        """Write the results folder; see `write_folder`."""
        return write_folder(folder, lambda partial: _write_files(self, partial), force=force)


def provenance(
    scenario: Scenario, prepared: Prepared, screened: ScreeningResult, model: ElementSetErrorModel
) -> dict[str, Any]:
    """Where the numbers come from: scenario, versions, catalogue, counts of what was left out and why."""
    catalog = prepared.catalog
    summary = describe(catalog)
    statuses = Counter(int(s) for s in screened.object_status.tolist())
    return {
        "scenario": scenario.model_dump(mode="json"),
        "seed": scenario.seed,
        "versions": {name: version(name) for name in _VERSIONS_OF} | {"python": platform.python_version()},
        "span": {
            "start_utc": utc_text(prepared.start_jd, prepared.start_fraction),
            "end_utc": utc_text(prepared.start_jd, prepared.start_fraction, prepared.duration_s),
            "duration_days": prepared.duration_s / 86400.0,
        },
        "catalogue": {
            "sources": [asdict(source) for source in prepared.sources],
            "first_epoch_utc": utc_text(*summary.first_epoch),
            "last_epoch_utc": utc_text(*summary.last_epoch),
            "synthetic": bool(catalog.synthetic.any()),
            "objects": len(catalog),
            "objects_by_kind": dict(summary.by_kind),
            "default_radius": int(prepared.size_is_default.sum()),
        },
        "counts": {
            "records_read": sum(source.record_count for source in prepared.sources),
            "records_rejected": len(prepared.rejected),
            "superseded": prepared.superseded_count,
            "filtered_out": prepared.filtered_count,
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
                prepared.primaries if prepared.primaries is not None else [], prepared.primary_origin, strict=False
            )
        ],
        "method": {
            "propagation": "SGP4 (WGS-72, mode i) for every reported number",
            "probability": scenario.probability.method,
            "covariance": {"name": model.name, "label": model.label, "source": model.source, "warning": model.warning},
            "probability_range": "every modelled sigma halved and doubled",
            "rates": "95 % interval of a Poisson count (Garwood 1936)",
            "cumulative": "1 - product of (1 - Pc), encounters taken as independent",
        },
    }


def write_folder(folder: Path, fill: Callable[[Path], None], *, force: bool = False) -> Path:
    """Fill a temporary sibling of the folder and rename it into place: a killed run leaves nothing half-made.

    Raises InputError if the folder exists (with force: if it is not an earlier results folder), RunError if the disk
    refuses.
    """
    check_target(folder, force=force)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}-{secrets.token_hex(3)}")
    try:
        partial.mkdir(parents=True)
        fill(partial)
        if folder.exists():
            old = partial.with_name(partial.name + "-old")
            folder.rename(old)
            partial.rename(folder)
            shutil.rmtree(old)
        else:
            partial.rename(folder)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def check_target(folder: Path, *, force: bool) -> None:
    """Raise InputError if a results folder cannot be written there: before a long run, not after it."""
    if not folder.exists():
        return
    if not force:
        raise InputError(f"{folder}: exists already; give another folder with --out, or --force to replace it")
    if not (folder / _MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is not a results folder, --force does not replace it")


def write_csv(path: Path, table: tables.Table) -> None:
    """A table as CSV: full precision, UTF-8, LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """JSON with sorted keys, UTF-8, LF."""
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8", newline="")


def read_csv(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file of a results folder, as text."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows)
            columns = list(zip(*rows, strict=True)) or [()] * len(header)
    except (OSError, StopIteration, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a table of a results folder ({error})") from error
    return {name: list(column) for name, column in zip(header, columns, strict=True)}


def read_summary(folder: Path) -> dict[str, Any]:
    """summary.json of a results folder; InputError where there is none."""
    try:
        content = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{folder}: is not a results folder (no {_MARK} in it)") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / _MARK}: cannot be read ({error})") from error
    if not isinstance(content, dict):
        raise InputError(f"{folder / _MARK}: expected a JSON object")
    return content


def summary_of(result: SimulationResult) -> dict[str, Any]:
    """summary.json: totals and provenance."""
    return {"totals": asdict(result.totals), "provenance": result.provenance}


def _write_files(result: SimulationResult, folder: Path) -> None:
    write_csv(folder / "conjunctions.csv", result.conjunctions())
    write_csv(folder / "co_located.csv", tables.co_located(result.screening, result.prepared))
    write_csv(folder / "excluded.csv", tables.excluded(result.screening, result.prepared))
    write_csv(folder / "rejected.csv", tables.rejected(result.prepared.rejected))
    write_csv(folder / "tracks.csv", tables.tracks(result.tracks))
    write_csv(folder / "density.csv", tables.density(result.density))
    write_json(folder / _MARK, summary_of(result))
    write_json(
        folder / "run.json",
        {"written_utc": datetime.now(UTC).isoformat(timespec="seconds"), "seconds": result.seconds},
    )
    if result.scenario.output.plots:
        from debrissim.replot import draw_plots  # matplotlib is loaded only where something is drawn

        draw_plots(folder)


def numbers(column: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(m,) float64 of a text column; NaN where empty."""
    return np.array([float(value) if value else np.nan for value in column], dtype=np.float64)


def kinds(column: list[str]) -> np.ndarray[Any, np.dtype[np.int8]]:
    """(m,) `ObjectKind` of a text column of labels."""
    by_label = {kind.label: int(kind) for kind in ObjectKind}
    return np.array([by_label[label] for label in column], dtype=np.int8)
