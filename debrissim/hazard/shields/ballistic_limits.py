"""The protocol of shields, and targets whose ballistic limit is prescribed.

The equations, with their sources, are in `single_wall`, `whipple`, `iss_shields` and `stuffed_whipple`. For
`CriticalDiameter` and `CriticalEnergy` the user prescribes the limit; they serve where we found no published equation,
as for the space suit.
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
    """A barrier between particles and the wall that must not fail.

    tested_to_km_s: highest speed of the tests behind the equation; label: name of the equation.
    """

    @property
    def tested_to_km_s(self) -> float: ...

    @property
    def label(self) -> str: ...

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """Compute the diameter of the largest sphere that the shield stops.

        Parameters
        ----------
        speed_km_s : array_like, km/s
            Impact speed, above 0 to 100.
        angle_deg : array_like, deg
            Angle from the normal of the surface, 0 to 90.
        density_g_cm3 : array_like, g/cm^3
            Density of the sphere, above 0 to 25. All three are broadcast against each other.

        Returns
        -------
        Diameters in cm, in the broadcast shape.

        Raises
        ------
        InputError
            For values outside these ranges.
        """
        ...


@dataclass(frozen=True)
class CriticalDiameter:
    """A target that fails from a diameter (cm) on, at any speed, angle and density."""

    diameter_cm: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical diameter (prescribed)"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("diameter_cm",))

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """Return the prescribed diameter for every impact.

        Parameters
        ----------
        speed_km_s : array_like, km/s
            Impact speed, above 0 to 100.
        angle_deg : array_like, deg
            Angle from the normal of the surface, 0 to 90.
        density_g_cm3 : array_like, g/cm^3
            Density of the sphere, above 0 to 25. All three are broadcast against each other.

        Returns
        -------
        Diameters in cm, in the broadcast shape.

        Raises
        ------
        InputError
            For values outside these ranges.
        """
        speed, _, _ = impact_conditions(speed_km_s, angle_deg, density_g_cm3)
        return np.full(speed.shape, self.diameter_cm)


@dataclass(frozen=True)
class CriticalEnergy:
    """A target that fails from a kinetic energy (J) of the motion along the normal on."""

    energy_j: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical energy (prescribed)"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("energy_j",))

    def critical_diameter_cm(
        self, speed_km_s: ArrayLike, angle_deg: ArrayLike, density_g_cm3: ArrayLike
    ) -> Array:
        """Compute the diameter of the sphere with that energy; unlimited at grazing incidence.

        Parameters
        ----------
        speed_km_s : array_like, km/s
            Impact speed, above 0 to 100.
        angle_deg : array_like, deg
            Angle from the normal of the surface, 0 to 90.
        density_g_cm3 : array_like, g/cm^3
            Density of the sphere, above 0 to 25. All three are broadcast against each other.

        Returns
        -------
        Diameters in cm, in the broadcast shape.

        Raises
        ------
        InputError
            For values outside these ranges.
        """
        speed, angle, density = impact_conditions(speed_km_s, angle_deg, density_g_cm3)
        normal_m_s = 1000.0 * speed * np.cos(np.radians(angle))
        mass_g = 1000.0 * 2.0 * self.energy_j / normal_m_s**2
        return np.asarray((6.0 * mass_g / (np.pi * density)) ** (1.0 / 3.0))


def get_shield(name: str) -> Shield:
    """A shield of the ISS by its name in `ISS_SHIELDS`. Raises InputError, listing the names, if there is none."""
    if name not in ISS_SHIELDS:
        raise InputError(f"shield: expected one of {', '.join(ISS_SHIELDS)}, got {name!r}")
    return ISS_SHIELDS[name]
