"""The results folder of a comparison with another source, as a study that no scenario starts: `debrissim compare`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.core.errors import InputError
from debrissim.core.progress import Progress
from debrissim.report.comparison import comparison_answer
from debrissim.results.schema import SCHEMAS
from debrissim.scenario.conjunctions import Scenario
from debrissim.studies.study import Study, StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KIND = "comparison"


def _refuse(scenario: Any, progress: Progress) -> StudyResult:  # noqa: ARG001
    raise InputError(f"kind: a scenario of kind {KIND!r} does not exist; use debrissim compare")


def _figures(folder: Path) -> Mapping[str, Figure]:
    from debrissim.report.figures.comparison import draw_comparison

    return draw_comparison(folder)


STUDY = Study(Scenario, _refuse, _figures, comparison_answer, SCHEMAS[KIND])
