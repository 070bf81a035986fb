"""The scenario of an avoidance manoeuvre: the keys of its TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from debrissim.scenario.base import StudyScenario
from debrissim.scenario.conjunctions import Volume
from debrissim.scenario.fields import Flag, Mass, Positive, Radius, ScenarioTable, Zero
from debrissim.scenario.objects import FileOrSource

DirectionName = Literal[
    "posigrade", "retrograde", "outward", "inward", "normal", "antinormal", "free",
]  # fmt: skip
ALL_DIRECTIONS: tuple[DirectionName, ...] = get_args(DirectionName)
Count = Annotated[int, Field(ge=1, le=1000, strict=True)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0, strict=True)]


class AvoidedEvent(ScenarioTable):
    """The encounter that is to be avoided, and the object that burns."""

    results: Path | None = Field(
        None, description="a results folder of a run of conjunctions; relative to the scenario file"
    )
    scenario: Path | None = Field(None, description="instead, a scenario of conjunctions, which is run")
    message: Path | None = Field(None, description="instead of either, a conjunction data message (CDM)")
    number: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        None,
        description="row of conjunctions.csv, from 0, or position of the message in its file, from 0; by default the "
        "most probable encounter of real objects, or the first message",
    )
    object: Literal[1, 2] | None = Field(
        None,
        description=(
            "the object that burns: 1, the primary, or 2, the secondary; by default 1, or for a message the object "
            "that it calls manoeuvrable"
        ),
    )
    hard_body_radius_m: Radius | None = Field(
        None, description="for a message: combined hard-body radius, m; by default as the message states"
    )
    ephemerides: tuple[Path, ...] = Field(
        (),
        description="for a message: the file with the ephemeris that the spacecraft flies (OEM, Modified ITC, STK .e, "
        "OCM), by default the state of the message, integrated; for `results`: files of its run that have moved",
    )
    earth_orientation: Path | None = Field(
        None, description="file of Earth orientation parameters, for Earth-fixed states"
    )
    catalogs: tuple[FileOrSource, ...] = Field(
        (),
        description='for a message: element sets to screen against, files or sources such as "celestrak:active"; for '
        "`results`: files of its run that have moved",
    )
    volumes: tuple[Volume, ...] = Field(
        ("iss-2x25x25", "socrates-5km"),
        description="for a message: screening volumes; a run has its own",
    )

    @model_validator(mode="after")
    def _one_source(self) -> AvoidedEvent:
        if sum(value is not None for value in (self.results, self.scenario, self.message)) != 1:
            raise ValueError("expected one of results, scenario and message")
        if self.message is None and self.hard_body_radius_m is not None:
            raise ValueError("hard_body_radius_m can be used only with message")
        if self.message is not None and len(self.ephemerides) > 1:
            raise ValueError("ephemerides: expected one file with message, the ephemeris of the spacecraft")
        if self.scenario is not None and (self.catalogs or self.ephemerides or self.earth_orientation):
            raise ValueError(
                "catalogs, ephemerides and earth_orientation can be used only with results or message: a scenario "
                "names its own files"
            )
        if not self.volumes:
            raise ValueError("volumes: expected at least one entry")
        return self


class BurnTable(ScenarioTable):
    """The burns that are tried."""

    earliest_hours: Annotated[Positive, Field(le=240.0)] = Field(
        48.0, description="earliest burn, hours before the closest approach; not before the span of a run"
    )
    latest_hours: Zero = Field(0.0, description="latest burn, hours before the closest approach")
    fine_steps: Count = Field(12, description="burns per revolution in the last three revolutions")
    coarse_steps: Count = Field(4, description="burns per revolution before them")
    sizes_m_s: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=100)] = Field(
        (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0), description="sizes of the burns of the trade space, m/s"
    )
    largest_m_s: Annotated[Positive, Field(le=1000.0)] = Field(
        10.0, description="largest size in the search for the smallest burn, m/s"
    )
    directions: Annotated[tuple[DirectionName, ...], Field(min_length=1)] = Field(
        ALL_DIRECTIONS,
        description=f"directions in which the spacecraft can burn: {', '.join(ALL_DIRECTIONS)}; posigrade is along the "
        "inertial velocity, outward along the radial; free is the one that needs the smallest burn",
    )
    thrust_n: Positive | None = Field(None, description="thrust, N; by default burns are impulses")
    specific_impulse_s: Positive | None = Field(None, description="with thrust_n, or mass_flow_kg_s")
    mass_flow_kg_s: Positive | None = Field(None, description="with thrust_n, or specific_impulse_s")
    mass_kg: Mass | None = Field(
        None, description="mass of the spacecraft, kg, for thrust_n and for the OPM; by default the event's"
    )

    @model_validator(mode="after")
    def _thruster(self) -> BurnTable:
        given = self.specific_impulse_s, self.mass_flow_kg_s
        if self.thrust_n is None and given != (None, None):
            raise ValueError("specific_impulse_s and mass_flow_kg_s can be used only with thrust_n")
        if self.thrust_n is not None and sum(value is not None for value in given) != 1:
            raise ValueError("expected specific_impulse_s or mass_flow_kg_s with thrust_n")
        if self.latest_hours >= self.earliest_hours:
            raise ValueError("expected latest_hours below earliest_hours")
        return self


class ExecutionErrorTable(ScenarioTable):
    """Standard deviations of the execution of burns (Gates 1963); the defaults are assumptions."""

    magnitude_fixed_m_s: Zero = Field(0.0, description="fixed part of the error of the size, m/s")
    magnitude_fraction: Fraction = Field(
        0.01, description="proportional part of the error of the size, as a fraction of it"
    )
    pointing_fixed_m_s: Zero = Field(
        0.0, description="fixed part of the error across the burn, m/s, along each axis"
    )
    pointing_deg: Annotated[float, Field(ge=0.0, le=90.0, strict=True)] = Field(
        1.0,
        description="proportional part of the error across the burn, as an angle, degrees, about each axis",
    )


class GoalTable(ScenarioTable):
    """Goals of the encounter, which a burn must meet."""

    probability: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = Field(
        1e-6, description="highest collision probability, with and without the execution error"
    )
    miss_km: Zero | None = Field(
        None, description="minimum miss distance, km; by default that without a burn"
    )


class RescreeningTable(ScenarioTable):
    """The burns whose trajectories are screened again."""

    candidates: Annotated[int, Field(ge=1, le=5000, strict=True)] = Field(
        300,
        description="maximum number of burns that are screened again, in rounds that depend on the verdicts",
    )
    horizon_days: Annotated[Positive, Field(le=60.0)] = Field(
        3.0, description="days after the closest approach up to which they are screened"
    )
    return_burn: Flag = Field(
        False, description="true: add a burn back to the old orbit to each certified burn"
    )


class AvoidanceScenario(StudyScenario):
    """An encounter, the burns that avoid it, and what the spacecraft meets after them: docs/maneuvers.md."""

    kind: Literal["avoidance"] = Field("avoidance", description="the kind of study")
    event: AvoidedEvent = Field(description="the encounter to be avoided")
    burns: BurnTable = Field(default_factory=BurnTable, description="the burns that are tried")
    execution_error: ExecutionErrorTable = Field(
        default_factory=ExecutionErrorTable, description="errors of the execution of burns"
    )
    goals: GoalTable = Field(default_factory=GoalTable, description="goals of the encounter")
    rescreening: RescreeningTable = Field(
        default_factory=RescreeningTable, description="the burns whose trajectories are screened again"
    )
