"""Shields and surfaces as tables of a scenario file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from debrissim.core.errors import InputError
from debrissim.hazard.particles.directions import unit_normal
from debrissim.hazard.shields.ballistic_limits import CriticalDiameter, CriticalEnergy, Shield
from debrissim.hazard.shields.iss_shields import ISS_SHIELDS, IssNodeShield, get_shield
from debrissim.hazard.shields.single_wall import SingleWall, WallFailure, WallMaterial
from debrissim.hazard.shields.stuffed_whipple import StuffedWhipple
from debrissim.hazard.shields.surfaces import CylinderSide, Plate, Surface, Tumbling
from debrissim.hazard.shields.whipple import WhippleNno
from debrissim.scenario.fields import Finite, Flag, Positive, ScenarioTable, Title

Equation = Literal[
    "single-wall", "whipple-nno", "iss-node-2-3", "stuffed-whipple", "critical-diameter", "critical-energy"
]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True)]
Fraction = Annotated[float, Field(gt=0.0, le=1.0, strict=True)]
Face = Literal["ram", "wake", "port", "starboard", "zenith", "nadir"]

# The class of each equation; the keys of a scenario are named as its fields.
_CLASSES: Mapping[str, Callable[..., Shield]] = MappingProxyType(
    {
        "single-wall": SingleWall,
        "whipple-nno": WhippleNno,
        "iss-node-2-3": IssNodeShield,
        "stuffed-whipple": StuffedWhipple,
        "critical-diameter": CriticalDiameter,
        "critical-energy": CriticalEnergy,
    }
)
_REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "single-wall": ("material", "thickness_cm"),
        "whipple-nno": ("bumper_cm", "standoff_cm", "wall_cm", "wall_yield_ksi"),
        "iss-node-2-3": (),
        "stuffed-whipple": ("bumper_cm", "stuffing_g_cm2", "standoff_cm", "wall_cm", "wall_yield_ksi"),
        "critical-diameter": ("diameter_cm",),
        "critical-energy": ("energy_j",),
    }
)
_METAL = ("failure", "density_g_cm3", "brinell_hardness", "sound_speed_km_s", "insulation_g_cm2")
_OPTIONAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "single-wall": _METAL,
        "whipple-nno": (
            "bumper_density_g_cm3",
            "insulation_g_cm2",
            "insulation_standoff_cm",
            "thin_bumper",
        ),
        "iss-node-2-3": ("bumper_cm", "standoff_cm", "wall_cm", "wall_yield_ksi", "bumper_density_g_cm3"),
        "stuffed-whipple": ("bumper_density_g_cm3", "wall_density_g_cm3", "insulation_g_cm2"),
        "critical-diameter": (),
        "critical-energy": (),
    }
)


class ShieldTable(ScenarioTable):
    """A shield by its own numbers; which keys it takes depends on the equation (see shields.md)."""

    name: Title = Field(description="by which surfaces refer to it")
    equation: Equation = Field(description="ballistic limit equation")
    material: Literal["aluminium", "titanium", "steel", "cfrp", "gfrp"] | None = Field(
        None, description="of a single wall"
    )
    failure: Literal["perforation", "detached spall", "attached spall"] | None = Field(
        None, description="of a single wall; by default perforation"
    )
    thickness_cm: Positive | None = Field(None, description="of a single wall")
    density_g_cm3: Positive | None = Field(None, description="of a single wall; by default a usual alloy's")
    brinell_hardness: Positive | None = Field(None, description="of a single wall")
    sound_speed_km_s: Positive | None = Field(None, description="in a single wall")
    bumper_cm: Positive | None = Field(None, description="thickness of the bumper")
    bumper_density_g_cm3: Positive | None = Field(None, description="density of the bumper; by default 2.713")
    standoff_cm: Positive | None = Field(None, description="from the bumper to the rear wall")
    wall_cm: Positive | None = Field(None, description="thickness of the rear wall")
    wall_yield_ksi: Positive | None = Field(
        None, description="yield strength of the rear wall, 1 ksi = 6.895 MPa"
    )
    wall_density_g_cm3: Positive | None = Field(
        None, description="of the rear wall (stuffed); by default 2.851"
    )
    stuffing_g_cm2: Positive | None = Field(None, description="areal mass of Nextel and Kevlar")
    insulation_g_cm2: NonNegative | None = Field(None, description="areal mass of multi-layer insulation")
    insulation_standoff_cm: NonNegative | None = Field(
        None, description="from the insulation to the rear wall"
    )
    thin_bumper: Flag | None = Field(
        None, description="lower the Whipple limit where the bumper is too thin to break a particle up"
    )
    diameter_cm: Positive | None = Field(None, description="critical diameter, for all speeds and angles")
    energy_j: Positive | None = Field(None, description="critical energy of the motion along the normal")
    source: str = Field(
        "", description="printed source of a critical diameter or energy as a ballistic limit"
    )

    @model_validator(mode="after")
    def _fits_the_equation(self) -> ShieldTable:
        keys = self._stated()
        for key in _REQUIRED[self.equation]:
            if key not in keys:
                raise ValueError(f"{key}: is missing, {self.equation} needs it")
        allowed = _REQUIRED[self.equation] + _OPTIONAL[self.equation]
        for key in keys:
            if key not in allowed:
                raise ValueError(f"{key}: {self.equation} does not take it, expected {', '.join(allowed)}")
        if self.name in ISS_SHIELDS:
            raise ValueError(f"name: {self.name!r} is that of a shield of the ISS")
        try:
            self.shield()
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    def _stated(self) -> dict[str, Any]:
        """The keys that the table states, without name, equation and source."""
        left = self.model_dump(exclude={"name", "equation", "source"})
        return {key: value for key, value in left.items() if value is not None}

    @property
    def has_printed_limit(self) -> bool:
        """Whether its ballistic limit is a published one: an equation, or a limit with its source."""
        return self.equation not in ("critical-diameter", "critical-energy") or bool(self.source.strip())

    def shield(self) -> Shield:
        """The shield that the table describes."""
        keys = self._stated()
        if "material" in keys:
            keys["material"] = WallMaterial(keys["material"])
        if "failure" in keys:
            keys["failure"] = WallFailure(keys["failure"])
        return _CLASSES[self.equation](**keys)


class SurfaceTable(ScenarioTable):
    """A surface of a module: its shape, shield and direction.

    A cylinder is its side alone: its ends are plates of their own.
    """

    old_keys: ClassVar = {"exposed_share": "exposed_fraction"}

    module: Title = Field(description="the module it belongs to; risks are summed by module")
    part: str = Field("", description="part of the module")
    shield: Title = Field(description="a shield of the scenario, or one of the ISS by its name in shields.md")
    shape: Literal["cylinder", "plate", "tumbling"] = Field(
        description="side of a cylinder, one side of a plate, or a convex body in every attitude"
    )
    direction: Face | tuple[Finite, Finite, Finite] | None = Field(
        None, description="a plate's normal, a cylinder's axis: a face, or radial, transverse, normal"
    )
    area_m2: Positive | None = Field(None, description="of a plate, or the whole outside of a tumbling body")
    diameter_m: Positive | None = Field(None, description="of a cylinder, or of a round plate")
    length_m: Positive | None = Field(None, description="of a cylinder")
    exposed_fraction: Fraction = Field(1.0, description="fraction of the area that nothing else hides")
    in_total: Flag = Field(
        True, description="false: listed, but not part of the sum (a second limit of one target)"
    )

    @model_validator(mode="after")
    def _complete(self) -> SurfaceTable:
        required = {"cylinder": ("diameter_m", "length_m"), "tumbling": ("area_m2",)}.get(self.shape)
        if required is None:
            required = ("diameter_m",) if self.area_m2 is None else ("area_m2",)
        sizes = {key for key in ("area_m2", "diameter_m", "length_m") if getattr(self, key) is not None}
        if sizes != set(required):
            raise ValueError(
                f"shape: a {self.shape} needs {' and '.join(required)}, got {', '.join(sorted(sizes)) or 'nothing'}"
            )
        if (self.direction is None) != (self.shape == "tumbling"):
            raise ValueError(
                f"direction: {'not for a tumbling body' if self.direction else f'is missing, a {self.shape} has one'}"
            )
        if self.direction is not None:
            try:
                unit_normal(self.direction)
            except InputError as error:
                raise ValueError(str(error)) from error
        return self

    def surface(self) -> Surface:
        """The surface that the table describes."""
        if self.shape == "tumbling":
            return Tumbling(self.area_m2 or 0.0, self.exposed_fraction)
        diameter, length = self.diameter_m or 0.0, self.length_m or 0.0
        direction = self.direction or "ram"
        if self.shape == "cylinder":
            return CylinderSide(np.pi * diameter * length, self.exposed_fraction, direction)
        return Plate(self.area_m2 or np.pi / 4.0 * diameter**2, self.exposed_fraction, direction)


def resolve_shields(own: Iterable[ShieldTable], surfaces: Iterable[SurfaceTable]) -> dict[str, Shield]:
    """The shields that surfaces refer to, by name, in the order of the surfaces.

    Raises ValueError for a name that is unknown or defined twice.
    """
    tables = list(own)
    named = {table.name: table for table in tables}
    if len(named) < len(tables):
        raise ValueError("shields: expected names that differ")
    resolved: dict[str, Shield] = {}
    for surface in surfaces:
        name = surface.shield
        if name not in named and name not in ISS_SHIELDS:
            raise ValueError(
                f"surfaces: shield: expected one of {', '.join([*named, *ISS_SHIELDS])}, got {name!r}"
            )
        resolved[name] = named[name].shield() if name in named else get_shield(name)
    return resolved
