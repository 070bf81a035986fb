"""report.html of a results folder, written only from the files in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.core.files import replace_text
from debrissim.report.answer import AnswerTable, StudyAnswer
from debrissim.report.avoidable import avoidable_encounters
from debrissim.report.cloud_page import cloud_page
from debrissim.report.curves import encounter_curves
from debrissim.report.html.data import LinkedFile, PageFigure, ReportData
from debrissim.report.html.libraries import missing_libraries
from debrissim.report.html.page import report_html, study_html
from debrissim.report.verdict import run_verdict
from debrissim.results.folder import read_summary
from debrissim.results.own_files import BURN_MESSAGES, PLOTS, REPORT, SUMMARY
from debrissim.results.reader import FolderTables, rank_events, reading
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, table_path

MAX_ENCOUNTERS = 1000
"""Encounters in the page, the most probable if there are more: the page stays under 6 MB."""
MAX_SAMPLED = 200
"""Encounters with synthetic objects in the page, the closest if there are more."""

_FILES = {
    CONJUNCTIONS.file: "every close approach, one per row, in full precision",
    CONJUNCTIONS.parquet: "every close approach, one per row, in full precision, as Parquet",
    "summary.json": "totals, rates and the provenance of every number",
    "objects.csv": "element sets and sizes of the primaries and of every object with an encounter",
    "events.csv": "conjunctions reported by messages",
    "co_located.csv": "pairs that fly together, left out of the conjunctions",
    "excluded.csv": "objects that were not screened, and the reasons",
    "gaps.csv": "parts of the span that no ephemeris or element set of an object covers",
    "rejected.csv": "catalogue records that could not be read",
    "cloud.csv": "passes of fragments and of all other objects per revolution",
    "cloud_days.csv": "the same per day",
    "cloud_orbits.csv": "fragments in orbit, and crossing each primary's shell, per day",
    "cloud_density.csv": "fragments per cubic kilometre, by day and altitude",
    "cloud_fragments.csv": "every fragment that joined the catalogue",
    "tracks.csv": "relative motion around the most probable encounters, by SGP4",
    "density.csv": "objects per cubic kilometre, by altitude",
}


def write_report(
    folder: Path | str,
    *,
    tables: Mapping[str, Table] | None = None,
    plotted: Callable[[], object] | None = None,
) -> Path | None:
    """Write report.html into a results folder, replacing an earlier one.

    Parameters
    ----------
    folder : Path or str
        The results folder.
    tables : mapping of str to Table, optional
        Those of the folder where they are at hand, so that they are not read again.
    plotted : callable, optional
        Waits for figures that are still being plotted; called when all of the page but the list of files is made.

    Returns
    -------
    Path or None
        Path of the page; None if Jinja2 is missing.

    Raises
    ------
    InputError
        If `folder` is not a results folder or is damaged.
    RunError
        If writing fails.
    """
    if missing_libraries():
        return None
    return _write(Path(folder), report_html(report_data(Path(folder), tables, plotted)))


def write_study_report(
    folder: Path | str, answer: StudyAnswer, page_tables: Sequence[AnswerTable] = ()
) -> Path | None:
    """Write report.html into the results folder of a study.

    Parameters
    ----------
    folder : Path or str
        The results folder.
    answer : StudyAnswer
        The answer in words and tables.
    page_tables : sequence of AnswerTable
        Further tables of the page.

    Returns
    -------
    Path or None
        Path of the page; None if Jinja2 is missing.

    Raises
    ------
    InputError
        If `folder` is not a results folder or is damaged.
    RunError
        If writing fails.
    """
    if missing_libraries():
        return None
    # Captions are with the figures, whose libraries the page of a run does not need.
    from debrissim.report.figures.registry import figures as registered_figures

    folder = Path(folder)
    place = {entry.name: entry.order for entry in registered_figures()}
    captions = {entry.name: entry.caption for entry in registered_figures()}
    paths = sorted((folder / PLOTS).glob("*.png"), key=lambda path: (place.get(path.stem, 0), path.stem))
    figures = [
        PageFigure(path.stem, path.read_bytes(), captions.get(path.stem) or path.stem.replace("_", " "))
        for path in paths
    ]
    tables = [SUMMARY, *sorted(path.name for path in folder.glob("*.csv"))]
    tables += sorted(f"{BURN_MESSAGES}/{path.name}" for path in (folder / BURN_MESSAGES).glob("burn.*"))
    with reading(folder):
        summary = read_summary(folder)
        return _write(
            folder,
            study_html(summary, answer, figures, tables, page_tables=page_tables),
        )


def _write(folder: Path, text: str) -> Path:
    path = folder / REPORT
    replace_text(path, text)
    return path


def report_data(
    folder: Path,
    tables: Mapping[str, Table] | None = None,
    plotted: Callable[[], object] | None = None,
) -> ReportData:
    """The content of the page, read from the folder; tables: those of the folder that are already loaded.

    plotted: waits for the figures, as in `write_report`.

    Raises InputError if `folder` is not a results folder, or is damaged.
    """
    summary = read_summary(folder)
    if tables is None:
        tables = FolderTables(folder)
    with reading(folder):
        events = tables["conjunctions"]
        ranked = rank_events(events)
        real = ranked[~events.synthetic[ranked]]
        rows = np.sort(real[:MAX_ENCOUNTERS])
        shown = events[rows]
        pairs = tables["co_located"]
        return ReportData(
            summary=_required(summary),
            verdict=run_verdict(summary, events),
            table=shown,
            row=rows,
            hidden=len(real) - len(rows),
            sampled=_closest(events[events.synthetic]),
            sampled_count=int(events.synthetic.sum()),
            curves=encounter_curves(shown),
            cdm=tuple(_cdm_paths(folder, shown)),
            excluded=dict(sorted(Counter(tables["excluded"].reason.tolist()).items())),
            co_located=tuple(
                zip(
                    pairs.first_name.tolist(),
                    pairs.second_name.tolist(),
                    pairs.maximum_separation_km.tolist(),
                    strict=True,
                )
            ),
            files=_Files(folder, plotted),
            avoidable=avoidable_encounters(folder, events),
            rows_file=table_path(folder / CONJUNCTIONS.file).name,
            cloud=cloud_page(folder, summary, tables, plotted),
        )


def _closest(sampled: Table) -> Table:
    """Examples of encounters with synthetic objects."""
    closest: Table = sampled[np.argsort(sampled.miss_distance_km, kind="stable")[:MAX_SAMPLED]]
    return closest


def _required(summary: dict[str, Any]) -> dict[str, Any]:
    """The parts of the summary that the page needs. Raises KeyError if one is missing."""
    return {name: summary[name] for name in ("totals", "events", "provenance")}


def _cdm_paths(folder: Path, table: Table) -> Iterator[str]:
    """The path of each row's message from the folder, "" if none was written."""
    separators = str.maketrans("", "", "-:.Z")
    for primary, secondary, moment in zip(
        *(table.cells(name) for name in ("primary_norad_id", "secondary_norad_id", "tca_utc")), strict=True
    ):
        stem = f"{primary}_conj_{secondary}_{moment.translate(separators)}"
        paths = (f"cdm/{stem}{ending}" for ending in (".cdm", ".xml"))
        yield next((path for path in paths if (folder / path).is_file()), "")


@dataclass(frozen=True)
class _Files:
    """The files next to the page, listed when they are requested; until then figures may still be plotting."""

    folder: Path
    plotted: Callable[[], object] | None

    def __iter__(self) -> Iterator[LinkedFile]:
        if self.plotted is not None:
            self.plotted()
        return _files(self.folder)


def _files(folder: Path) -> Iterator[LinkedFile]:
    """The files next to the page, without run.json, which differs between runs while the page must not."""
    for name, label in _FILES.items():
        if name == SUMMARY or (folder / name).is_file():
            yield LinkedFile(name, label)
    if (folder / "cdm").is_dir():
        yield LinkedFile("cdm/", "conjunction data messages")
    for path in sorted((folder / PLOTS).glob("*.png")):
        yield LinkedFile(f"plots/{path.name}", "figure: " + path.stem.replace("_", " "))
