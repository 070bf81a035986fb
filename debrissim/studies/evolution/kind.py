"""The results folder of encounters followed through a series of catalogues, as a study that no scenario starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError
from debrissim.core.progress import Progress
from debrissim.results.schema import SCHEMAS
from debrissim.scenario.conjunctions import Scenario
from debrissim.studies.evolution.tables import KIND, draw_track, summary_lines
from debrissim.studies.study import Study, StudyResult


class EvolutionStudy(Study):
    """One scenario of conjunctions on several catalogues: `debrissim track`."""

    has_page = False

    def report(self, folder: Path) -> Path | None:  # noqa: ARG002
        return None


def _refuse(scenario: Any, progress: Progress) -> StudyResult:  # noqa: ARG001
    raise InputError(f"kind: a scenario of kind {KIND!r} does not exist; use debrissim track")


STUDY = EvolutionStudy(Scenario, _refuse, draw_track, summary_lines, SCHEMAS[KIND])
