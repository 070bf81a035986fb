"""report.html of a results folder, from the files in it alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.errors import InputError, RunError
from debrissim.report.curves import encounter_curves
from debrissim.report.html.data import LinkedFile, ReportData
from debrissim.report.html.libraries import missing_libraries
from debrissim.report.html.page import report_html, study_html
from debrissim.results.folder import SUMMARY, float_column, is_partly_synthetic, read_csv, read_summary

REPORT = "report.html"
MOST_ENCOUNTERS = 1000
"""Encounters in the page; of more, the most probable: the page stays under 6 MB."""

_FILES = {
    "conjunctions.csv": "every close approach, one row each, full precision",
    "summary.json": "totals, rates and the provenance of every number",
    "events.csv": "the conjunctions told by messages",
    "co_located.csv": "pairs that fly together, left out",
    "excluded.csv": "objects that took no part, and why",
    "rejected.csv": "catalogue records that could not be used",
    "cloud.csv": "passes of fragments and of everything else by revolution",
    "cloud_days.csv": "likewise by day",
    "cloud_orbits.csv": "fragments in orbit, and crossing each primary's shell, by day",
    "cloud_density.csv": "fragments per cubic kilometre by day and altitude",
    "cloud_fragments.csv": "every fragment that joined the catalogue",
    "tracks.csv": "relative motion about the most probable encounters, by SGP4",
    "density.csv": "objects per cubic kilometre over altitude",
}


def write_report(folder: Path) -> Path | None:
    """Write report.html into a results folder, replacing one there; None where Jinja2 or Plotly is missing.

    Raises InputError for a folder that is none, RunError if the disk refuses.
    """
    if missing_libraries():
        return None
    return _written(folder, report_html(report_data(folder)))


def write_study_report(folder: Path, lines: Iterable[str]) -> Path | None:
    """The same for the folder of a study; lines: its answer as a terminal shows it."""
    if missing_libraries():
        return None
    figures = {path.stem: path.read_bytes() for path in sorted((folder / "plots").glob("*.png"))}
    tables = [SUMMARY, *sorted(path.name for path in folder.glob("*.csv"))]
    try:
        return _written(folder, study_html(read_summary(folder), lines, figures, tables))
    except (KeyError, ValueError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error


def _written(folder: Path, text: str) -> Path:
    path = folder / REPORT
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror or error})") from error
    return path


def report_data(folder: Path) -> ReportData:
    """What the page shows, read from the folder. Raises InputError for a folder that is none or is damaged."""
    summary, table = read_summary(folder), read_csv(folder / "conjunctions.csv")
    try:
        rows = _shown(table)
        shown = {name: [column[row] for row in rows] for name, column in table.items()}
        return ReportData(
            summary=_known(summary),
            table=shown,
            row=rows,
            curves=encounter_curves(shown),
            cdm=tuple(_cdm(folder, shown, k) for k in range(len(rows))),
            excluded=dict(sorted(Counter(read_csv(folder / "excluded.csv")["reason"]).items())),
            co_located=_pairs(read_csv(folder / "co_located.csv")),
            files=tuple(LinkedFile(path, what) for path, what in _files(folder)),
            partly_synthetic=is_partly_synthetic(summary["provenance"]),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error


def _known(summary: dict[str, Any]) -> dict[str, Any]:
    """The summary, if it is of conjunctions: KeyError where a part is missing."""
    return {name: summary[name] for name in ("totals", "events", "provenance")} | {
        "cloud": summary.get("cloud")
    }


def _shown(table: dict[str, list[str]]) -> NDArray[np.int64]:
    """Rows in the order of the file: all, or the most probable of more than a page holds."""
    probability, maximum = (
        float_column(table["collision_probability"]),
        float_column(table["maximum_probability"]),
    )
    order = np.lexsort((float_column(table["miss_distance_km"]), -maximum, -probability))
    return np.sort(order[:MOST_ENCOUNTERS])


def _cdm(folder: Path, table: dict[str, list[str]], row: int) -> str:
    """Path of the message of a row from the folder, or "" where none was written."""
    moment = table["tca_utc"][row].translate(str.maketrans("", "", "-:.Z"))
    stem = f"{table['primary_norad_id'][row]}_conj_{table['secondary_norad_id'][row]}_{moment}"
    found = (f"cdm/{stem}{ending}" for ending in (".cdm", ".xml"))
    return next((path for path in found if (folder / path).is_file()), "")


def _pairs(table: dict[str, list[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(zip(table["first_name"], table["second_name"], table["greatest_separation_km"], strict=True))


def _files(folder: Path) -> list[tuple[str, str]]:
    """What lies beside the page; run.json differs between runs and the page must not."""
    found = [(name, what) for name, what in _FILES.items() if name == SUMMARY or (folder / name).is_file()]
    if (folder / "cdm").is_dir():
        found.append(("cdm/", "conjunction data messages"))
    figures = sorted(path.name for path in (folder / "plots").glob("*.png"))
    return found + [
        (f"plots/{name}", "figure: " + name.removesuffix(".png").replace("_", " ")) for name in figures
    ]
