"""Published errors of element sets: standard deviations by class at epoch, and their growth with age.

Sources
- Epoch: Flohrer, Krag & Klinkrad (2008), "Assessment and Categorization of TLE Orbit Errors for the US SSN
  Catalogue", AMOS, Table 2 (1 sigma of radial, along-track and cross-track by eccentricity, perigee
  altitude and inclination).
- Growth above the drag: Levit & Marshall (2011), "Improved orbit predictions using two-line elements",
  Advances in Space Research 47, 1107-1115: 1.5 km/day along-track.
- Growth with drag: the ISS against itself, older element sets propagated to newer epochs (37,424 of them,
  robust sigma), along-track a t + b t^2 fitted for each year; years of three solar activities are taken.

Assumptions and uncertainties
- Diagonal in the object's own RTN. Real errors correlate radial with along-track.
- Epoch and growth errors are independent (quadrature sum); growth depends on |age| alone.
- The quadratic term, a mismodelled drag, follows the air density at perigee: exp(-(h - h_ISS)/65 km), down
  to 200 km. 65 km is about the scale height between 400 and 600 km. The ISS's own b, 5.5 times larger at
  349 km (2009) than at 419 km (2020) near the same solar minimum, agrees in order of magnitude (3).
  Ballistic coefficients differ between objects by factors of ten, and with them this term; perigee density
  overstates it for eccentric orbits.
- The linear terms change from the ISS's to Levit & Marshall's with the same factor. Above the drag, radial and normal
  growth are those of the ISS under a quiet Sun: an extrapolation, for want of a source.
- ISS radial growth is fitted to the first three days: after that, its measured radial difference is the along-track
  error falling below the tangent (T^2/2a, 2.7 km at 7 days in 2014), which is curvature, not an uncertainty of the
  radius.
- Reboosts and manoeuvres are not included: with them the ISS's 90th percentile at 3 days is 65 to 766 km.
- Along-track sigma is limited to that of an object that may be anywhere on its orbit (2 pi a / sqrt 12).
- Table 2 has no cell for e < 0.1 above 25,000 km at i >= 30 deg (the i < 30 cell is taken) nor for e >= 0.1
  above 25,000 km at i >= 60 deg (the 30-60 cell is taken).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_RADIUS_KM

SigmaFunction: TypeAlias = Callable[[Array, Array, Array, Array], Array]
"""(perigee altitude km, eccentricity, inclination deg, age days), each (m,) -> sigma R, T, N (m, 3) km."""

# R, T, N in m by [eccentricity: < 0.1, >= 0.1][perigee km: < 800, 800-25000, >= 25000][inclination deg: < 30,
# 30-60, >= 60]; the repeated triples fill the cells the table lacks.
_FLOHRER_M = np.array(
    [
        [
            [(67, 118, 75), (107, 308, 169), (115, 517, 137)],
            [(191, 256, 203), (71, 228, 95), (91, 428, 114)],
            [(357, 432, 83), (357, 432, 83), (357, 432, 83)],
        ],
        [
            [(2252, 4270, 1421), (629, 909, 2057), (494, 814, 1337)],
            [(1748, 3119, 971), (1832, 1878, 1454), (529, 817, 1570)],
            [(402, 418, 83), (4712, 6223, 1208), (4712, 6223, 1208)],
        ],
    ],
    dtype=np.float64,
)
_DENSITY_SCALE_HEIGHT_KM = 65.0
_LOWEST_PERIGEE_KM = 200.0


@dataclass(frozen=True)
class Growth:
    """The growth of sigma with age at one level of solar activity: linear rates (R, T, N) and the along-track quadratic
    term.
    """

    linear_km_day: tuple[float, float, float]
    quadratic_km_day2: float
    reference_altitude_km: float


# The mean altitudes of the ISS are those of the element sets on which the growth was measured.
QUIET = Growth((0.050, 1.257, 0.140), 0.356, 419.0)  # 2020
MODERATE = Growth((0.075, 1.588, 0.130), 2.769, 415.0)  # 2014
ACTIVE = Growth((0.115, 2.787, 0.190), 3.494, 390.0)  # 2002
_ABOVE_DRAG_KM_DAY = (0.050, 1.500, 0.140)


def flohrer_epoch_sigma_km(perigee_altitude_km: Array, eccentricity: Array, inclination_deg: Array) -> Array:
    """(m, 3) km: Table 2 of Flohrer et al. 2008, R T N at epoch; intervals are closed below and open
    above.
    """
    e = (eccentricity >= 0.1).astype(np.intp)
    h = np.digitize(perigee_altitude_km, (800.0, 25000.0))
    i = np.digitize(inclination_deg, (30.0, 60.0))
    return np.asarray(_FLOHRER_M[e, h, i] / 1000.0)


def growth_sigma_km(
    growth: Growth, perigee_altitude_km: Array, eccentricity: Array, age_days: Array
) -> Array:
    """(m, 3) km: the growth with age, R T N, to be summed in quadrature with the error at epoch."""
    height = np.maximum(perigee_altitude_km, _LOWEST_PERIGEE_KM)
    # Clipped far above any drag, because the exponential would underflow.
    density = np.exp(np.clip((growth.reference_altitude_km - height) / _DENSITY_SCALE_HEIGHT_KM, -50.0, None))
    fraction = np.minimum(density, 1.0)[:, None]
    days = np.abs(age_days)
    rate = fraction * np.asarray(growth.linear_km_day) + (1.0 - fraction) * np.asarray(_ABOVE_DRAG_KM_DAY)
    sigma = rate * days[:, None]
    sigma[:, 1] += growth.quadratic_km_day2 * density * days**2
    semi_major_axis = (WGS72_RADIUS_KM + perigee_altitude_km) / (1.0 - eccentricity)
    anywhere = np.pi * np.abs(semi_major_axis) / np.sqrt(3.0)
    sigma[:, 1] = np.minimum(sigma[:, 1], anywhere)
    return np.asarray(sigma)


def flohrer_sigma_km(perigee: Array, eccentricity: Array, inclination: Array, _age: Array) -> Array:
    """The error at epoch, regardless of the age (a `SigmaFunction`)."""
    return flohrer_epoch_sigma_km(perigee, eccentricity, inclination)


def flohrer_with_growth(growth: Growth) -> SigmaFunction:
    """The error at epoch and its growth, in quadrature."""

    def sigma(perigee: Array, eccentricity: Array, inclination: Array, age: Array) -> Array:
        epoch = flohrer_epoch_sigma_km(perigee, eccentricity, inclination)
        return np.asarray(np.hypot(epoch, growth_sigma_km(growth, perigee, eccentricity, age)))

    return sigma
