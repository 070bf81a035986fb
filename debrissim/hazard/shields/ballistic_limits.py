"""Shields by name and by their own numbers: what each of them stops.

The equations, with their sources, stand in `single_wall`, `whipple`, `iss_shields` and `stuffed_whipple`. Here are what
they have in common and the two targets without an equation: `CriticalDiameter` and `CriticalEnergy` take the limit from
the user. They serve where no equation is published that we could find, as for the space suit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.hazard.shields.impact_conditions import check_positive_fields, impact_conditions
from debrissim.hazard.shields.iss_shields import ISS_SHIELDS


class Shield(Protocol):
    """What stands between a particle and what must not be hit.

    tested_to_km_s: speed to which shots support the equation; label: name of the equation.
    """

    @property
    def tested_to_km_s(self) -> float: ...

    @property
    def label(self) -> str: ...

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """Diameter (cm) of the greatest sphere that is stopped; larger ones fail the shield.

        speed_km_s above 0 to 100, angle_deg from the surface's normal 0 to 90, density_g_cm3 of the sphere above 0 to
        25; any shapes that broadcast. Raises InputError for values outside.
        """
        ...


@dataclass(frozen=True)
class CriticalDiameter:
    """Fails from a diameter on, whatever the speed, angle and density."""

    diameter_cm: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical diameter, given"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("diameter_cm",))

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """The same for all, cm: see `Shield`."""
        speed, _, _ = impact_conditions(speed_km_s, angle_deg, density_g_cm3)
        return np.full(speed.shape, self.diameter_cm)


@dataclass(frozen=True)
class CriticalEnergy:
    """Fails from a kinetic energy (J) on, that of the motion along the normal."""

    energy_j: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical energy, given"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("energy_j",))

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """The sphere with that energy, cm; without limit at grazing incidence: see `Shield`."""
        speed, angle, density = impact_conditions(speed_km_s, angle_deg, density_g_cm3)
        normal_m_s = 1000.0 * speed * np.cos(np.radians(angle))
        mass_g = 1000.0 * 2.0 * self.energy_j / normal_m_s**2
        return np.asarray((6.0 * mass_g / (np.pi * density)) ** (1.0 / 3.0))


def get_shield(name: str) -> Shield:
    """A shield of the ISS by its name in `ISS_SHIELDS`; InputError lists the names where there is none."""
    if name not in ISS_SHIELDS:
        raise InputError(f"shield: expected one of {', '.join(ISS_SHIELDS)}, got {name!r}")
    return ISS_SHIELDS[name]
