"""Forces for numerical integration: gravity, and drag in an exponential atmosphere.

Assumptions
- Gravity is J2 to J4, or EGM96 to degree and order 10 (`ephemerides.kernels.gravity`). No Sun, Moon or light pressure.
- The air rotates with the Earth; its density falls exponentially with the altitude above the ellipsoid, as in the table
  of `propagation.air_density` for moderate solar activity around the altitude of the perigee. Its magnitude does not
  matter if the ballistic coefficient is fitted to a trajectory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides.kernels.gravity import RADIUS, TURN
from debrissim.maneuvers.kernels.differences import pulls
from debrissim.propagation.air_density import SunActivity, air_density_kg_m3
from debrissim.propagation.frames import sidereal_angle

_M_PER_KM = 1e3


@dataclass(frozen=True)
class Drag:
    """Drag that falls exponentially: per_km speed^2 (km/s^2) at an altitude, with a scale height.

    per_km: Cd (A/m) rho / 2 at altitude_km; scale_height_km: height over which the density falls to 1/e.
    """

    per_km: float
    altitude_km: float
    scale_height_km: float

    @classmethod
    def of(cls, cd_area_over_mass_m2_kg: float, altitude_km: float, sun: SunActivity = "moderate") -> Drag:
        """The drag of an object with a ballistic coefficient Cd A/m in the density around an altitude.

        Raises InputError if the coefficient is not a number of 0 or more.
        """
        if not (np.isfinite(cd_area_over_mass_m2_kg) and cd_area_over_mass_m2_kg >= 0.0):
            raise InputError(
                f"cd_area_over_mass_m2_kg: expected a number of 0 or more, got {cd_area_over_mass_m2_kg!r}"
            )
        low, middle, high = air_density_kg_m3(altitude_km + np.array([-10.0, 0.0, 10.0]), sun).tolist()
        scale_km = 20.0 / float(np.log(low / high))
        return cls(0.5 * cd_area_over_mass_m2_kg * middle * _M_PER_KM, altitude_km, scale_km)

    @property
    def numbers(self) -> Array:
        """(3,) as the kernels expect them."""
        return np.array([self.per_km, self.altitude_km, self.scale_height_km])


NO_DRAG = Drag(0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Dynamics:
    """Forces in a run that begins at `start` (UTC, split Julian date).

    full: EGM96 to degree and order 10 instead of J2 to J4.
    """

    start: tuple[float, float]
    full: bool = False
    drag: Drag = NO_DRAG

    @cached_property
    def first_angle(self) -> float:
        """Sidereal angle at run time zero, rad."""
        jd, fraction = self.start
        return float(sidereal_angle(np.array([jd]), np.array([fraction]))[0])

    @property
    def label(self) -> str:
        """The forces in words."""
        gravity = "gravity to degree and order 10 (EGM96)" if self.full else "gravity with J2 to J4"
        return f"{gravity} and drag" if self.drag.per_km else gravity

    def angles(self, times_s: Array) -> Array:
        """Sidereal angles in rad at times, any shape."""
        return np.asarray(self.first_angle + TURN * times_s)

    def pulls(self, states: Array, times_s: Array) -> Array:
        """(..., 3) km/s^2 on states (..., 6) at times (...)."""
        flat = np.ascontiguousarray(states.reshape(-1, 6))
        out = np.empty((flat.shape[0], 3))
        angles = np.ascontiguousarray(self.angles(times_s).ravel())
        pulls(flat, self.full, angles, self.drag.numbers, out)
        return out.reshape(*states.shape[:-1], 3)


def fastest_turn(states: Array) -> float:
    """Highest angular rate among states (m, 6), rad/s."""
    momentum = np.linalg.norm(np.cross(states[:, :3], states[:, 3:]), axis=1)
    return float(np.nanmax(momentum / np.einsum("mi,mi->m", states[:, :3], states[:, :3])))


def altitude_km(states: Array) -> float:
    """Lowest radius among states (m, 6) above the equatorial radius, km."""
    return float(np.nanmin(np.linalg.norm(states[:, :3], axis=1))) - RADIUS
