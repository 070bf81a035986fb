"""The breakup event of a scenario, and the states of its parents at that time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import ScenarioError
from debrissim.core.time import split_julian_date
from debrissim.propagation.frames import rtn_basis
from debrissim.propagation.sgp4 import ObjectStatus, make_propagator
from debrissim.scenario.element_sets import element_set_from_table
from debrissim.scenario.fields import ElementTable, Finite, Flag, Moment, Positive, ScenarioTable

# Element sets of two objects that hit each other are kilometres off; farther apart, the time or an object is wrong.
_MAX_SEPARATION_KM = 100.0


class EventTable(ScenarioTable):
    """The event: its type, time and, of a collision, the impact."""

    old_keys: ClassVar = {"least_length_m": "min_length_m"}

    type: Literal["explosion", "collision", "asat"] = Field(
        description="explosion of the target; collision of target and projectile; asat: a collision with a kinetic "
        "vehicle that is on no orbit"
    )
    time: Moment | None = Field(None, description="UTC; required with element sets or catalogued fragments")
    min_length_m: Annotated[float, Field(ge=0.001, le=1.0, strict=True)] = Field(
        0.05, description="characteristic length of the smallest fragments sampled, m"
    )
    scale: Positive = Field(1.0, description="of an explosion, S: 1 for upper stages of 600 to 1000 kg")
    relative_speed_km_s: Positive | None = Field(
        None,
        description="of the impact, km/s; by default that of the two orbits. Without an orbit of the projectile: of a "
        "collision, as if it were on an orbit of the same speed that crosses; of an asat, as if met head on",
    )
    relative_velocity_rtn_km_s: tuple[Finite, Finite, Finite] | None = Field(
        None,
        description="in its place, projectile minus target in the target's radial, transverse, normal, km/s",
    )
    catastrophic: Flag | None = Field(
        None,
        description="whether both break up; by default 40 J/g or more decides. false: a hit on a boom or an array",
    )

    @model_validator(mode="after")
    def _one_velocity(self) -> EventTable:
        if self.relative_speed_km_s is not None and self.relative_velocity_rtn_km_s is not None:
            raise ValueError("expected relative_speed_km_s or relative_velocity_rtn_km_s, not both")
        return self


class ParentTable(ScenarioTable):
    """An object that breaks up. Its orbit is a tle, elements, or a circle of an altitude and an inclination."""

    name: str = Field("", description="name in tables and figures")
    mass_kg: Positive = Field(description="mass, kg")
    mass_range_kg: tuple[Positive, Positive] | None = Field(
        None, description="lowest and highest possible mass, kg: the ranges of the counts cover them"
    )
    rocket_body: Flag = Field(False, description="true: a rocket body, false: a spacecraft")
    tle: tuple[str, str] | None = Field(
        None, description="element set as two TLE lines, brought to the time by SGP4"
    )
    elements: ElementTable | None = Field(
        None, description='the same as mean elements; its epoch "start" is the time of the event'
    )
    altitude_km: Positive | None = Field(None, description="altitude of a circular orbit, km")
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0, strict=True)] | None = Field(
        None, description="its inclination, degrees; the event is at the equator"
    )
    catalogued: Path | None = Field(
        None, description="file of element sets of its catalogued fragments, for comparison"
    )

    @model_validator(mode="after")
    def _mass_in_range(self) -> ParentTable:
        low, high = self.mass_range_kg or (self.mass_kg, self.mass_kg)
        if not low <= self.mass_kg <= high:
            raise ValueError(
                f"mass_range_kg: expected a range with mass_kg, {self.mass_kg:g}, in it, got {[low, high]}"
            )
        return self

    @model_validator(mode="after")
    def _one_orbit(self) -> ParentTable:
        if (self.altitude_km is None) != (self.inclination_deg is None):
            raise ValueError("expected altitude_km and inclination_deg together")
        if sum(orbit is not None for orbit in (self.tle, self.elements, self.altitude_km)) > 1:
            raise ValueError("expected one of tle, elements and altitude_km")
        return self

    @property
    def norad_id(self) -> None:
        """None: a past event needs no number, because any element set will do."""
        return None

    @property
    def has_orbit(self) -> bool:
        """Whether the scenario states its orbit."""
        return (self.tle, self.elements, self.altitude_km) != (None, None, None)


@dataclass(frozen=True, eq=False)
class ParentStates:
    """The states of target and projectile at the event.

    position_km, velocity_km_s: (2, 3), TEME (any inertial frame for circular orbits); twice the target's
    for an explosion. speed_km_s: of the impact, NaN for an explosion. separation_km: distance between the positions on
    the two orbits, 0 if the projectile has no orbit of its own.
    """

    position_km: Array
    velocity_km_s: Array
    speed_km_s: float
    separation_km: float


def parent_states(event: EventTable, target: ParentTable, projectile: ParentTable | None) -> ParentStates:
    """The states of both parents at the event. Raises ScenarioError naming the key at fault."""
    position, velocity = _state("target", target, event.time)
    if projectile is None:
        return ParentStates(np.stack([position] * 2), np.stack([velocity] * 2), np.nan, 0.0)
    if not projectile.has_orbit:
        change = _impact_velocity(event, position, velocity)
        speed = float(np.linalg.norm(change))
        return ParentStates(np.stack([position] * 2), np.stack([velocity, velocity + change]), speed, 0.0)
    other_position, other_velocity = _state("projectile", projectile, event.time)
    separation = float(np.linalg.norm(other_position - position))
    if separation > _MAX_SEPARATION_KM:
        raise ScenarioError(
            f"event.time: target and projectile are {separation:.0f} km apart then, expected at most "
            f"{_MAX_SEPARATION_KM:.0f}"
        )
    speed = event.relative_speed_km_s or float(np.linalg.norm(other_velocity - velocity))
    if not speed > 0.0:
        raise ScenarioError("projectile: expected another orbit than the target's, got the same velocity")
    return ParentStates(
        np.stack([position, other_position]), np.stack([velocity, other_velocity]), speed, separation
    )


def _impact_velocity(event: EventTable, position: Array, velocity: Array) -> Array:
    """(3,) km/s, projectile minus target, of a projectile without an orbit of its own."""
    basis = rtn_basis(position[None], velocity[None])[0]
    if event.relative_velocity_rtn_km_s is not None:
        change = np.array(event.relative_velocity_rtn_km_s) @ basis
        if not change.any():
            raise ScenarioError("event.relative_velocity_rtn_km_s: expected a velocity that is not zero")
        return np.asarray(change)
    if event.relative_speed_km_s is None:
        raise ScenarioError(
            "event.relative_speed_km_s: is missing (or relative_velocity_rtn_km_s, or an orbit of the projectile)"
        )
    speed = float(np.linalg.norm(velocity))
    if event.type == "asat":
        return np.asarray(-event.relative_speed_km_s * velocity / speed)
    half = event.relative_speed_km_s / (2.0 * speed)
    if half > 1.0:
        raise ScenarioError(
            f"event.relative_speed_km_s: two orbits of {speed:.3f} km/s meet at {2.0 * speed:.3f} km/s at most, got "
            f"{event.relative_speed_km_s:g}"
        )
    # Rotate about the radial, towards the normal, by the angle that gives this relative speed.
    angle = 2.0 * np.arcsin(half)
    radial = basis[0]
    across = np.cross(radial, velocity)
    vertical = radial * (radial @ velocity)
    return np.asarray(vertical + (velocity - vertical) * np.cos(angle) + across * np.sin(angle) - velocity)


def _state(key: str, parent: ParentTable, time: datetime | None) -> tuple[Array, Array]:
    """Position (3,) km and velocity (3,) km/s of one parent at the event."""
    if parent.altitude_km is not None and parent.inclination_deg is not None:
        radius, tilt = WGS72_RADIUS_KM + parent.altitude_km, np.radians(parent.inclination_deg)
        speed = np.sqrt(WGS72_MU_KM3_S2 / radius)
        return np.array([radius, 0.0, 0.0]), speed * np.array([0.0, np.cos(tilt), np.sin(tilt)])
    if not parent.has_orbit:
        raise ScenarioError(f"{key}: expected tle, elements, or altitude_km and inclination_deg")
    if time is None:
        raise ScenarioError(f"event.time: is missing, and {key} has an element set")
    jd, fraction = split_julian_date(time)
    elements = element_set_from_table(parent, key, parent.name, 1, jd, fraction)
    assert elements is not None
    codes, positions, velocities = make_propagator(elements, jd, fraction).states([0], [0.0])
    if codes[0, 0]:
        reason = ObjectStatus(int(codes[0, 0])).reason
        raise ScenarioError(f"{key}: its element set cannot be brought to the event's time ({reason})")
    return positions[0, 0], velocities[0, 0]
