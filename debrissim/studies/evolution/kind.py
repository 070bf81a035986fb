"""The results folder of encounters followed through a series of catalogues, under the protocol of all kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError
from debrissim.results.folder import read_summary
from debrissim.results.reader import FolderTables, reading
from debrissim.results.result import Result, read_seconds
from debrissim.results.schema import SCHEMAS
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.studies.evolution.tables import KIND, draw_track
from debrissim.studies.kind import Kind, RunOptions
from debrissim.studies.study import StudyResult


class EvolutionKind(Kind):
    """One scenario of conjunctions on several catalogues: `debrissim track`."""

    scenario = None
    has_page = False

    def start(self, scenario: Any, options: RunOptions) -> Result:  # noqa: ARG002
        raise InputError(f"kind: a scenario of kind {KIND!r} does not exist; use debrissim track")

    def open(self, folder: Path) -> Result:
        summary = read_summary(folder)
        with reading(folder):
            content = summary["provenance"]["scenario"]
        return StudyResult(
            scenario=parse_scenario(content, source=str(folder / "summary.json")),
            tables=FolderTables(folder, SCHEMAS[KIND]),
            summary=summary,
            seconds=read_seconds(folder),
            folder=folder,
        )

    def plot(self, folder: Path, format: str, size: str) -> list[Path]:
        return draw_track(folder, file_format=format, size=size)

    def report(self, folder: Path) -> Path | None:  # noqa: ARG002
        return None


STUDY = EvolutionKind()
