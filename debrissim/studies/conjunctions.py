"""Conjunctions as a kind of scenario, under the protocol that all kinds share.

Run, results and figures are imported when they are used: a scenario is checked without them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.scenario.conjunctions import Scenario
from debrissim.studies.kind import Kind, RunOptions

if TYPE_CHECKING:
    from debrissim.conjunctions.result import ConjunctionResult


class ConjunctionKind(Kind):
    """Close approaches to spacecraft, or between all objects."""

    scenario = Scenario

    def kernels(self, scenario: Any) -> tuple[Any, ...]:
        from debrissim.conjunctions.kernels import kernels_of

        return kernels_of(scenario)

    def start(self, scenario: Any, options: RunOptions) -> ConjunctionResult:
        from debrissim.conjunctions.run import run

        return run(
            scenario,
            catalogs=options.catalogs,
            executor=options.executor,
            work_folder=options.work_folder,
            progress=options.progress,
            windows=options.windows,
            offline=options.offline,
        )

    def open(self, folder: Path) -> ConjunctionResult:
        from debrissim.conjunctions.result import ConjunctionResult

        return ConjunctionResult.open(folder)

    def plot(self, folder: Path, format: str, size: str, *, every: bool = False) -> list[Path]:
        from debrissim.report.redraw import draw_plots

        return draw_plots(folder, file_format=format, size=size, every=every)

    def report(self, folder: Path) -> Path | None:
        from debrissim.report.page import write_report

        return write_report(folder)


STUDY = ConjunctionKind()
