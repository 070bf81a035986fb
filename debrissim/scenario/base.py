"""The keys that scenarios of every kind share."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, PrivateAttr

from debrissim.scenario.fields import Flag, ScenarioTable, Seed, Title


class StudyOutput(ScenarioTable):
    """What a study leaves behind beside its tables."""

    plots: Flag = Field(True, description="draw the figures")
    report: Flag = Field(
        True, description="write report.html, a page for the browser (needs Jinja2, Plotly): docs/report.md"
    )


class StudyScenario(ScenarioTable):
    """What the scenarios of all studies have in common; each kind adds its own keys."""

    kind: str = Field(description="what is asked")
    title: Title = Field(description="what this run is about")
    seed: Seed = Field(1, description="of all randomness in the run")
    output: StudyOutput = Field(
        default_factory=StudyOutput, description="what is left behind beside the tables"
    )
    _folder: Path = PrivateAttr(default=Path())

    def located(self, path: Path) -> Path:
        """A path in the scenario: a relative one starts at the scenario file's folder."""
        return self._folder / path
