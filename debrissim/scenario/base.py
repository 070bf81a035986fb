"""The keys shared by scenarios of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr

from debrissim.core.verbs import verb
from debrissim.scenario.fields import Flag, ScenarioTable, Seed, Title


class StudyOutput(ScenarioTable):
    """The outputs of a study in addition to its tables."""

    plots: Flag = Field(True, description="plot the figures")
    report: Flag = Field(
        True, description="write report.html, a page for the browser (needs Jinja2): docs/report.md"
    )


class ScenarioFile(ScenarioTable):
    """A whole scenario file, of any kind."""

    _folder: Path = PrivateAttr(default=Path())
    _notices: tuple[str, ...] = PrivateAttr(default=())

    @property
    def notices(self) -> tuple[str, ...]:
        """The old spellings of keys in the file, each with the new one: "[catalogue] is now [catalog]"."""
        return self._notices

    @property
    def folder(self) -> Path:
        """The folder where relative paths in the scenario start: that of its file."""
        return self._folder

    def located(self, path: Path) -> Path:
        """A path in the scenario: a relative one starts at the scenario file's folder."""
        return self._folder / path

    @verb("debrissim.studies.protocol:run")
    def run(self, **options: Any) -> Any:
        """Run the scenario: `debrissim.run(scenario, **options)`."""


class StudyScenario(ScenarioFile):
    """The keys common to the scenarios of all studies; each kind adds its own."""

    kind: str = Field(description="kind of study")
    title: Title = Field(description="title of the run, for reports")
    seed: Seed = Field(1, description="seed of all random numbers in the run")
    output: StudyOutput = Field(default_factory=StudyOutput, description="outputs in addition to the tables")
