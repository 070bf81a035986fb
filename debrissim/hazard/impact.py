"""What a hit would do, to the order of magnitude, and from where it would come.

Source: Johnson, Krisko, Liou & Anz-Meador (2001), "NASA's New Breakup Model of EVOLVE 4.0", Advances in
Space Research 28(9), 1377-1384: a collision is catastrophic where the smaller object's kinetic energy
relative to the larger, divided by the larger's mass, is 40 J/g or more.

Assumptions
- The whole smaller object takes part. A glancing hit, or one on a solar array, delivers a small part of
  this energy.
- Masses are known. They rarely are: most catalogue masses are estimates from radar cross-section or type
  and may be wrong by a factor of several, and with them the energy; only a ratio far from 40 J/g supports
  the word "catastrophic". An unknown mass (NaN) gives NaN energies and is never called catastrophic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.errors import InputError

Array = NDArray[np.float64]

CATASTROPHIC_J_G = 40.0


@dataclass(frozen=True, eq=False)
class Impact:
    """m impacts.

    | column              | dtype   | shape | unit                                                          |
    |---------------------|---------|-------|---------------------------------------------------------------|
    | kinetic_energy_j    | float64 | (m,)  | J, of the smaller object relative to the larger               |
    | energy_to_mass_j_g  | float64 | (m,)  | J per g of the larger object                                  |
    | catastrophic        | bool    | (m,)  | 40 J/g or more: both objects break up                         |
    """

    kinetic_energy_j: Array
    energy_to_mass_j_g: Array
    catastrophic: NDArray[np.bool_]


def impact(
    mass_primary_kg: ArrayLike, mass_secondary_kg: ArrayLike, relative_speed_km_s: ArrayLike
) -> Impact:
    """The energy of m hits: masses in kg (NaN where unknown) and relative speed in km/s, each scalar or (m,).

    Raises InputError for a mass that is not positive or a speed that is negative or not finite.
    """
    first, second, speed = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(x, dtype=np.float64))
            for x in (mass_primary_kg, mass_secondary_kg, relative_speed_km_s)
        )
    )
    for name, mass in (("mass_primary_kg", first), ("mass_secondary_kg", second)):
        if (mass <= 0.0).any():
            raise InputError(f"{name}: expected > 0 kg (NaN where unknown), got {np.nanmin(mass)}")
    if not (np.isfinite(speed) & (speed >= 0.0)).all():
        raise InputError("relative_speed_km_s: expected finite numbers >= 0")
    energy = 0.5 * np.minimum(first, second) * (1000.0 * speed) ** 2
    ratio = energy / (1000.0 * np.maximum(first, second))
    return Impact(kinetic_energy_j=energy, energy_to_mass_j_g=ratio, catastrophic=ratio >= CATASTROPHIC_J_G)


def approach_direction(relative_velocity_rtn_km_s: Array) -> tuple[Array, Array]:
    """Where the secondaries come from, seen from the primary: (azimuth (m,), elevation (m,)) in degrees.

    relative_velocity_rtn_km_s: (m, 3) km/s, secondary minus primary, in the primary's RTN.

    Azimuth is counted in the horizontal plane (T, N), clockwise seen from above: 0 from ahead (+T), +90
    from starboard (-N), -90 from port (+N), 180 from behind; in (-180, 180]. Elevation is +90 from the
    zenith (+R), -90 from the nadir. Without relative velocity there is no direction: both are NaN.
    """
    origin = -np.asarray(relative_velocity_rtn_km_s, dtype=np.float64)
    radial, along, normal = origin[:, 0], origin[:, 1], origin[:, 2]
    moving = np.linalg.norm(origin, axis=-1) > 0.0
    # Adding 0.0 turns -0.0 into 0.0: from straight behind is +180, from straight above 0, never -180.
    azimuth = np.degrees(np.arctan2(-normal + 0.0, along + 0.0))
    elevation = np.degrees(np.arctan2(radial, np.hypot(along, normal)))
    return np.where(moving, azimuth, np.nan), np.where(moving, elevation, np.nan)
