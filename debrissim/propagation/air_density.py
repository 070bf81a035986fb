"""Air density by altitude, and the B* for which SGP4's drag matches that density.

Sources: Wertz & Larson (eds.), "Space Mission Analysis and Design", 3rd edition (1999), inside rear cover: density of
the MSIS model at solar minimum, mean and maximum; Hoots & Roehrich (1980), Spacetrack Report #3, for the density
inside SGP4, rho_0 ((q_0 - s)/(r - s))^4, the same at every time.

Reason: SGP4's own atmosphere is about as dense as the real one under an active Sun at 300 to 450 km. Under a moderate
Sun it is 2.6 times too dense at 400 km and 29 times at 800 km, under a quiet one 10 and 90 times. In fitted element
sets B* compensates for this; a B* derived only from area and mass would make a cloud decay too fast by these factors.

Assumptions
- One density for all hours, latitudes and days; the real one differs by factors of two between day and night, and
  by more in magnetic storms.
- The drag matches at the initial perigee. As an orbit decays, SGP4's density grows differently.
- Below 100 km and above 1,500 km the last intervals of the table are extrapolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from debrissim import propagation
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError

SunActivity = Literal["quiet", "moderate", "active"]
"""The solar activity for which an air density is given: "quiet", "moderate" or "active"."""

_ALTITUDE_KM = np.array(
    [100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 950, 1000, 1250, 1500],
    dtype=np.float64,
)  # fmt: skip
_DENSITY_KG_M3: Mapping[str, Array] = {
    "quiet": np.array(
        [4.61e-7, 1.65e-9, 1.78e-10, 3.35e-11, 8.19e-12, 2.34e-12, 7.32e-13, 2.47e-13, 8.98e-14, 3.63e-14, 1.68e-14,
         9.14e-15, 5.74e-15, 3.99e-15, 2.96e-15, 2.28e-15, 1.80e-15, 1.44e-15, 1.17e-15, 4.67e-16, 2.30e-16]
    ),
    "moderate": np.array(
        [4.79e-7, 1.81e-9, 2.53e-10, 6.24e-11, 1.95e-11, 6.98e-12, 2.72e-12, 1.13e-12, 4.89e-13, 2.21e-13, 1.04e-13,
         5.15e-14, 2.72e-14, 1.55e-14, 9.63e-15, 6.47e-15, 4.66e-15, 3.54e-15, 2.79e-15, 1.11e-15, 5.21e-16]
    ),
    "active": np.array(
        [5.10e-7, 2.04e-9, 3.52e-10, 1.06e-10, 3.96e-11, 1.66e-11, 7.55e-12, 3.61e-12, 1.80e-12, 9.25e-13, 4.89e-13,
         2.64e-13, 1.47e-13, 8.37e-14, 4.39e-14, 3.00e-14, 1.91e-14, 1.27e-14, 8.84e-15, 2.59e-15, 1.22e-15]
    ),
}  # fmt: skip
# Constants of SGP4: rho_0 in kg/m^3, and the altitudes q_0 and s.
_RHO_0_KG_M3 = 2.461e-8
_Q0_KM, _S_KM = 120.0, 78.0


def air_density_kg_m3(altitude_km: ArrayLike, sun: SunActivity) -> Array:
    """Compute the air density at altitudes, logarithmic between rows of the table.

    Parameters
    ----------
    altitude_km : array_like, any shape
        Altitudes in km.
    sun : "quiet", "moderate" or "active"
        Solar activity.

    Returns
    -------
    Array, shape of altitude_km
        Density in kg/m^3.

    Raises
    ------
    InputError
        For an unknown level of solar activity.
    """
    if sun not in get_args(SunActivity):
        raise InputError(f"sun: expected one of {', '.join(get_args(SunActivity))}, got {sun!r}")
    altitude = np.asarray(altitude_km, dtype=np.float64)
    logarithm = np.log(_DENSITY_KG_M3[sun])
    k = np.clip(np.searchsorted(_ALTITUDE_KM, altitude) - 1, 0, _ALTITUDE_KM.size - 2)
    fraction = (altitude - _ALTITUDE_KM[k]) / (_ALTITUDE_KM[k + 1] - _ALTITUDE_KM[k])
    return np.asarray(np.exp(logarithm[k] + fraction * (logarithm[k + 1] - logarithm[k])))


def sgp4_air_density_kg_m3(altitude_km: ArrayLike, perigee_altitude_km: ArrayLike) -> Array:
    """Compute the density inside SGP4, which depends on the perigee of the orbit.

    Parameters
    ----------
    altitude_km : array_like
        Altitudes in km.
    perigee_altitude_km : array_like
        Altitudes of the perigees of the orbits in km; the two arguments broadcast.

    Returns
    -------
    Array
        Density in kg/m^3.
    """
    altitude = np.asarray(altitude_km, dtype=np.float64)
    perigee = np.asarray(perigee_altitude_km, dtype=np.float64)
    s = np.where(perigee < 156.0, np.where(perigee < 98.0, 20.0, perigee - _S_KM), _S_KM)
    return np.asarray(_RHO_0_KG_M3 * ((_Q0_KM - s) / np.maximum(altitude - s, 1.0)) ** 4)


def bstar_for_density(
    sun: SunActivity,
    area_to_mass_m2_kg: ArrayLike,
    perigee_altitude_km: ArrayLike,
    drag_coefficient: float = 2.2,
) -> Array:
    """Compute the B* for which SGP4's drag matches the real density at perigee.

    Parameters
    ----------
    sun : "quiet", "moderate" or "active"
        Solar activity.
    area_to_mass_m2_kg : array_like, shape (n,)
        Area-to-mass ratios in m^2/kg, finite and not negative.
    perigee_altitude_km : array_like, shape (n,)
        Altitudes of the perigees in km.
    drag_coefficient : float
        Drag coefficient, above 0.

    Returns
    -------
    Array, shape (n,)
        B* in 1/Earth radii.

    Raises
    ------
    InputError
        As `air_density_kg_m3` and `bstar_from_area_to_mass` do.
    """
    perigee = np.asarray(perigee_altitude_km, dtype=np.float64)
    ratio = air_density_kg_m3(perigee, sun) / sgp4_air_density_kg_m3(perigee, perigee)
    return propagation.bstar_from_area_to_mass(area_to_mass_m2_kg, drag_coefficient) * ratio
