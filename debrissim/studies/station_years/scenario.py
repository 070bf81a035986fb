"""The scenario of the station through its years."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from debrissim.hazard.station import station
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.fields import Flag, Positive, ScenarioTable
from debrissim.studies.population_source import PopulationSource


class Counting(ScenarioTable):
    """Passes counted by screening, to compare with the analytic rate."""

    enabled: Flag = Field(True, description="whether passes are counted")
    radius_km: Annotated[Positive, Field(le=1000.0)] = Field(
        50.0, description="radius of the sphere around the station"
    )
    days: Annotated[Positive, Field(le=366.0)] = Field(
        2.0, description="length of the span from the catalogue's epoch; low objects sink in longer ones"
    )
    phases: Annotated[int, Field(ge=2, le=500, strict=True)] = Field(
        48, description="number of targets: the station and copies of it at random phases"
    )


class StationYearsScenario(StudyScenario):
    """The probability that a catalogued object hit the ISS, year by year since its launch."""

    old_keys: ClassVar = {"catalogues": "catalogs"}

    kind: Literal["station-years"] = Field("station-years", description="the kind of study")
    last_year: Annotated[int, Field(ge=station.FIRST_DAY.year, le=2100, strict=True)] = Field(
        2025, description="end of the span, which begins with the launch of Zarya on 1998-11-20"
    )
    catalogs: tuple[PopulationSource, ...] = Field(
        min_length=1, description="populations in the order of their epochs"
    )
    history: Path | None = Field(
        None, description="element sets of the station, for its altitude by year; by default published means"
    )
    counting: Counting = Field(default_factory=Counting, description="the check by counted passes")
