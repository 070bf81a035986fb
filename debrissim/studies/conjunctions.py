"""Conjunctions as a kind of scenario, under the protocol that all kinds share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.report.page import write_report
from debrissim.report.redraw import draw_plots
from debrissim.scenario.conjunctions import Scenario
from debrissim.studies.kind import Kind, RunOptions


class ConjunctionKind(Kind):
    """Close approaches to spacecraft, or between all objects."""

    scenario = Scenario

    def start(self, scenario: Any, options: RunOptions) -> ConjunctionResult:
        return run(
            scenario,
            catalogs=options.catalogs,
            executor=options.executor,
            work_folder=options.work_folder,
            progress=options.progress,
            windows=options.windows,
        )

    def open(self, folder: Path) -> ConjunctionResult:
        return ConjunctionResult.open(folder)

    def plot(self, folder: Path, format: str, size: str) -> list[Path]:
        return draw_plots(folder, file_format=format, size=size)

    def report(self, folder: Path) -> Path | None:
        return write_report(folder)


STUDY = ConjunctionKind()
