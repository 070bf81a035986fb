"""The results folder of encounters followed through a series of catalogues, as a study that no scenario starts."""

from __future__ import annotations

from typing import Any

from debrissim.core.errors import InputError
from debrissim.core.progress import Progress
from debrissim.results.schema import SCHEMAS
from debrissim.scenario.conjunctions import Scenario
from debrissim.studies.evolution.tables import KIND, draw_track
from debrissim.studies.evolution.wording import track_answer, track_page_tables
from debrissim.studies.study import Study, StudyResult


def _refuse(scenario: Any, progress: Progress) -> StudyResult:  # noqa: ARG001
    raise InputError(f"kind: a scenario of kind {KIND!r} does not exist; use debrissim track")


STUDY = Study(Scenario, _refuse, draw_track, track_answer, SCHEMAS[KIND], page_tables=track_page_tables)
