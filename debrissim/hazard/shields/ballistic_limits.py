"""The base class of shields, and targets whose ballistic limit is prescribed.

The equations, with their sources, are in `single_wall`, `whipple`, `iss_shields` and `stuffed_whipple`. For
`CriticalDiameter` and `CriticalEnergy` the user prescribes the limit; they are used where we found no published
equation, as for the space suit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.hazard.shields.impact_conditions import check_positive_fields, impact_conditions


class Shield(ABC):
    """A barrier between particles and the wall that must not fail.

    tested_to_km_s: highest speed of the tests behind the equation; label: name of the equation.
    """

    tested_to_km_s: ClassVar[float]
    label: ClassVar[str]

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
        return self._critical_diameter_cm(*impact_conditions(speed_km_s, angle_deg, density_g_cm3))

    @abstractmethod
    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        """The same for conditions that have been checked and have a common shape."""


@dataclass(frozen=True)
class CriticalDiameter(Shield):
    """A target that fails above a diameter (cm), at any speed, angle and density."""

    diameter_cm: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical diameter (prescribed)"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("diameter_cm",))

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:  # noqa: ARG002
        return np.full(speed.shape, self.diameter_cm)


@dataclass(frozen=True)
class CriticalEnergy(Shield):
    """A target that fails above a kinetic energy (J) of the motion along the normal; it never fails at grazing
    incidence."""

    energy_j: float

    tested_to_km_s: ClassVar[float] = np.inf
    label: ClassVar[str] = "critical energy (prescribed)"

    def __post_init__(self) -> None:
        check_positive_fields(self, ("energy_j",))

    def _critical_diameter_cm(self, speed: Array, angle: Array, rho_p: Array) -> Array:
        normal_m_s = 1000.0 * speed * np.cos(np.radians(angle))
        mass_g = 1000.0 * 2.0 * self.energy_j / normal_m_s**2
        return np.asarray((6.0 * mass_g / (np.pi * rho_p)) ** (1.0 / 3.0))
