"""The tables [[breakups]] of a scenario: objects that explode or collide; their fragments join the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from debrissim.propagation.air_density import SunActivity
from debrissim.scenario.fields import (
    CatalogNumber,
    ElementTable,
    Finite,
    Flag,
    Mass,
    Moment,
    Name,
    Positive,
    ScenarioTable,
)


class _BreakupObject(ScenarioTable):
    """The keys shared by the objects that take part in a breakup."""

    norad_id: CatalogNumber | None = Field(None, description="catalogue number; it leaves the catalogue")
    name: Name | None = Field(None, description="name after which its fragments are named")
    tle: tuple[str, str] | None = Field(None, description="its own element set as two TLE lines")
    elements: ElementTable | None = Field(
        None, description='its own element set as mean elements; the epoch "start" is the event'
    )
    mass_kg: Mass | None = Field(
        None,
        description="mass, kg; by default that of the catalogue or of catalog.sizes, otherwise the class default",
    )
    rocket_body: Flag | None = Field(
        None, description="true: a rocket stage, false: a spacecraft; by default as its kind in the catalogue"
    )

    @property
    def has_orbit(self) -> bool:
        """Whether the table names an object of the catalogue or gives an element set."""
        return self.norad_id is not None or self.tle is not None or self.elements is not None

    @model_validator(mode="after")
    def _one_element_set(self) -> Self:
        if self.tle is not None and self.elements is not None:
            raise ValueError("expected tle or elements, not both")
        return self


class BreakupTarget(_BreakupObject):
    """The object that explodes or is hit."""

    @model_validator(mode="after")
    def _has_an_orbit(self) -> Self:
        if not self.has_orbit:
            raise ValueError("expected norad_id, tle or elements")
        return self


class BreakupProjectile(_BreakupObject):
    """The object that hits the target: one with an orbit, or one for which only the speed is known."""

    old_keys: ClassVar = {
        "velocity_rtn_km_s": "relative_velocity_rtn_km_s",
        "speed_km_s": "relative_speed_km_s",
    }

    relative_velocity_rtn_km_s: tuple[Finite, Finite, Finite] | None = Field(
        None, description="velocity relative to the target along its R, T and N, km/s, instead of an orbit"
    )
    relative_speed_km_s: Positive | None = Field(
        None, description="speed relative to the target, km/s: its own fragments are then left out"
    )

    @model_validator(mode="after")
    def _has_a_velocity(self) -> Self:
        sources = (
            self.has_orbit,
            self.relative_velocity_rtn_km_s is not None,
            self.relative_speed_km_s is not None,
        )
        if sum(sources) != 1:
            raise ValueError(
                "expected an orbit (norad_id, tle, elements), relative_velocity_rtn_km_s or relative_speed_km_s"
            )
        if not self.has_orbit and self.mass_kg is None:
            raise ValueError("expected mass_kg, because there is no orbit with which to look it up")
        return self


class BreakupEvent(ScenarioTable):
    """A breakup before the span: its fragments take part, the objects that broke up do not."""

    old_keys: ClassVar = {"least_length_m": "min_length_m"}

    type: Literal["explosion", "collision", "asat"] = Field(
        "collision", description="explosion: of the target alone; collision, asat: hit by the projectile"
    )
    time: Moment | None = Field(None, description="UTC time of the event, at or before the start of the span")
    name: Name | None = Field(None, description="name of the event in tables; by default the target's name")
    target: BreakupTarget | None = Field(None, description="the object that explodes or is hit")
    projectile: BreakupProjectile | None = Field(None, description="the object that hits it")
    results: Path | None = Field(
        None,
        description="a results folder with a conjunction that becomes the collision, instead of time and objects",
    )
    row: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        None, description="row of the conjunction in its conjunctions.csv, from 0"
    )
    min_length_m: Annotated[float, Field(ge=0.001, le=1.0, strict=True)] = Field(
        0.1, description="minimum characteristic length of the sampled fragments, m"
    )
    scale: Positive = Field(1.0, description="of an explosion: S of the number law, 1 for upper stages")
    sun: SunActivity = Field(
        "moderate",
        description="activity of the Sun, which sets the density of the air: "
        + ", ".join(get_args(SunActivity)),
    )

    @model_validator(mode="after")
    def _complete(self) -> BreakupEvent:
        if (self.results is None) != (self.row is None):
            raise ValueError("expected results and row together")
        if self.results is not None:
            if self.time is not None or self.target is not None or self.projectile is not None:
                raise ValueError("expected no time, target or projectile with results, which states them")
            if self.type != "collision":
                raise ValueError('expected type = "collision" with results')
            return self
        if self.time is None or self.target is None:
            raise ValueError("expected time and target, or results and row")
        if (self.type == "explosion") == (self.projectile is not None):
            raise ValueError("expected a projectile with collision and asat, and only with them")
        return self
