"""Meteoroids near the Earth: flux, speeds and directions.

Sources: Grün, Zook, Fechtig & Giese (1985), Icarus 62, 244-272, as in ECSS-E-ST-10-04C, 10.2.4.1: the flux at 1 AU on
one side of a randomly tumbling plate, by mass. The Earth's effects are available in two variants:

- `ssp-30425` (SSP 30425 rev. B, NASA/TM-2009-214785): shielding s = (1 + cos eta)/2 with sin eta = (Re+100)/(Re+h),
  focusing G = 1 + (Re+100)/r; Re = 6378 km.
- `ecss` (ECSS-E-ST-10-04C, annex C): the same s, G = 1 + v_esc(r)^2/v_inf^2 averaged over the speeds, and the
  spacecraft's motion, K = mean of (relative speed / speed).

Speeds near the Earth: g(v) = 0.112 from 11.1 to 16.3 km/s, 3.328e5 v^-5.34 to 55, 1.695e-4 to 72.2. **Not verified
in print**; it integrates to 1.0037 and is divided by this value here. Two results support it: with the motion of the
spacecraft it gives the mean impact speed of 19 km/s stated in the handbook, and its mean focusing at 100 km is 2.1,
compared with 2 for `ssp-30425`.

Assumptions
- Isotropic around the Earth except for the Earth's shadow (a cone of half angle eta about the nadir; paths are straight
  there), without streams, seasons or the helion and antihelion sources.
- g(v) distributes the flux on a plate at rest near the Earth, at any altitude; for `ecss` it is taken at 100 km and
  converted to infinity by removing the focusing there.
- Density by mass: 2.0 g/cm^3 below 1e-6 g, 1.0 to 1e-2 g, 0.5 above (SSP 30425); or a single density for all.
- The directions and the motion of the spacecraft affect the distribution of the flux in both variants; only `ecss`
  includes K in its level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_YEAR, WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.hazard.particles.directions import Rays, circular_speed_km_s

Variant = Literal["ssp-30425", "ecss"]

MASS_RANGE_G = (1e-18, 1.0)
# Bounds of mass, g, and density, g/cm^3, of SSP 30425.
DENSITY_STEPS = ((0.0, 1e-6, 2.0), (1e-6, 1e-2, 1.0), (1e-2, np.inf, 0.5))
# The largest ratio to NASA/TM-2009-214785, Table 2-3 (3 mm, 300 to 1500 km): `ssp-30425` gives 0.885 of the printed
# flux with 1.0 g/cm^3 and 2.19 of it with 0.5, `ecss` 1.01 and 2.5. Density is the largest uncertainty of meteoroids.
UNCERTAINTY_FACTOR = 2.5

_RADIUS_KM = 6378.0
_ATMOSPHERE_KM = 100.0
_PIECES = ((11.1, 16.3), (16.3, 55.0), (55.0, 72.2))
_MAX_MASS_G = 1e20


def grun_flux_per_m2_s(mass_g: ArrayLike) -> Array:
    """Particles of a mass (g, any shape) or more per m^2 and s on one side of a tumbling plate at 1 AU, without Earth.

    Beyond `MASS_RANGE_G` the formula is extrapolated. Raises InputError for masses that are not above 0.
    """
    m = np.asarray(mass_g, dtype=np.float64)
    if not (m > 0.0).all():
        raise InputError(f"mass_g: expected above 0 g, got {float(m[~(m > 0.0)].flat[0]):g}")
    m = np.minimum(m, _MAX_MASS_G)
    large = (2.2e3 * m**0.306 + 15.0) ** -4.38
    middle = 1.3e-9 * (m + 1e11 * m**2 + 1e27 * m**4) ** -0.36
    small = 1.3e-16 * (m + 1e6 * m**2) ** -0.85
    return np.asarray(large + middle + small)


def shielding_factor(altitude_km: float) -> float:
    """Fraction of the sky that is not covered by the Earth and 100 km of atmosphere."""
    return float((1.0 + np.cos(_shadow_half_angle(altitude_km))) / 2.0)


def focusing_ssp(altitude_km: float) -> float:
    """Gravitational focusing by SSP 30425."""
    return 1.0 + (_RADIUS_KM + _ATMOSPHERE_KM) / (_RADIUS_KM + check_altitude_km(altitude_km))


def focusing_ecss(altitude_km: float, speed_at_infinity_km_s: float | None = None) -> float:
    """Compute gravitational focusing by ECSS, for one speed far from the Earth or averaged over the speeds.

    Parameters
    ----------
    altitude_km : float, km
        Altitude, 100 to 40,000.
    speed_at_infinity_km_s : float, km/s, optional
        Speed far from the Earth, above 0; by default the average over the speeds.

    Raises
    ------
    InputError
        For an altitude or a speed outside these ranges.
    """
    square = _escape_square(_RADIUS_KM + check_altitude_km(altitude_km))
    if speed_at_infinity_km_s is not None:
        if not speed_at_infinity_km_s > 0.0:
            raise InputError(f"speed_at_infinity_km_s: expected above 0 km/s, got {speed_at_infinity_km_s}")
        return float(1.0 + square / speed_at_infinity_km_s**2)
    speed, weight = meteoroid_speeds(64)
    at_infinity = speed**2 - _escape_square(_RADIUS_KM + _ATMOSPHERE_KM)
    unfocused = weight * at_infinity / speed**2
    return float(1.0 + square * (unfocused / at_infinity).sum() / unfocused.sum())


def motion_factor(altitude_km: float) -> float:
    """K: mean ratio of relative speed to speed for a spacecraft on a circular orbit, with the Earth's shadow."""
    return float(_moving_frame_rays(check_altitude_km(altitude_km), 16, 24, 24)[3])


def sphere_mass_g(diameter_cm: Array, density_g_cm3: ArrayLike) -> Array:
    """Mass (g) of spheres of a diameter (cm) and density (g/cm^3)."""
    return np.asarray(np.pi / 6.0 * np.asarray(density_g_cm3) * diameter_cm**3)


def meteoroid_mass_g(diameter_cm: ArrayLike, density_g_cm3: float | None = None) -> Array:
    """Compute the mass above which particles are larger than a diameter.

    The density by mass leaves gaps in diameter; in a gap the result is the mass of the step.

    Parameters
    ----------
    diameter_cm : array_like, cm
        Diameters.
    density_g_cm3 : float, g/cm^3, optional
        One density for all particles; by default the density by mass.

    Returns
    -------
    Masses in g, in the shape of `diameter_cm`.
    """
    d = np.asarray(diameter_cm, dtype=np.float64)
    if density_g_cm3 is not None:
        return sphere_mass_g(d, density_g_cm3)
    mass = np.zeros(d.shape)
    for _, high, density in DENSITY_STEPS:
        mass = np.maximum(mass, np.minimum(sphere_mass_g(d, density), high))
    return mass


@cache
def meteoroid_speeds(nodes: int = 12) -> tuple[Array, Array]:
    """Nodes (km/s) and weights (sum one) of a Gauss quadrature over g(v); `nodes` for each of its three pieces."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    speed = np.concatenate([low + (high - low) * (x + 1.0) / 2.0 for low, high in _PIECES])
    weight = np.concatenate([w * (high - low) / 2.0 for low, high in _PIECES]) * speed_density(speed)
    return speed, weight / weight.sum()


def speed_density(speed_km_s: ArrayLike) -> Array:
    """g(v), 1/(km/s); not verified in print; integrates to 1.0037."""
    v = np.asarray(speed_km_s, dtype=np.float64)
    (first, _), (second, _), (third, last) = _PIECES
    return np.select(
        [(v >= first) & (v < second), (v >= second) & (v < third), (v >= third) & (v <= last)],
        [np.full(v.shape, 0.112), 3.328e5 * np.maximum(v, 1.0) ** -5.34, np.full(v.shape, 1.695e-4)],
        0.0,
    )


@dataclass(frozen=True)
class MeteoroidFlux:
    """Meteoroids at an altitude: the flux by size, and the rays along which it arrives.

    variant: `ssp-30425` or `ecss`; density_g_cm3: one value for all, or None for the density by mass.
    """

    altitude_km: float
    variant: Variant = "ecss"
    density_g_cm3: float | None = None

    def __post_init__(self) -> None:
        check_altitude_km(self.altitude_km)
        if self.variant not in get_args(Variant):
            raise InputError(f"variant: expected {' or '.join(get_args(Variant))}, got {self.variant!r}")
        if self.density_g_cm3 is not None and not 0.0 < self.density_g_cm3 <= 25.0:
            raise InputError(f"density_g_cm3: expected above 0 to 25 g/cm3, got {self.density_g_cm3}")

    @cached_property
    def earth_factor(self) -> float:
        """Factor on the flux at 1 AU: shielding, focusing and, for `ecss`, the motion of the spacecraft."""
        shielding = shielding_factor(self.altitude_km)
        if self.variant == "ssp-30425":
            return shielding * focusing_ssp(self.altitude_km)
        return shielding * focusing_ecss(self.altitude_km) * motion_factor(self.altitude_km)

    def flux_above_mass(self, mass_g: ArrayLike) -> Array:
        """Particles of a mass (g) or more per m^2 and year on one side of a tumbling plate."""
        return self.earth_factor * SECONDS_PER_YEAR * grun_flux_per_m2_s(mass_g)

    def flux_per_m2_year(self, diameter_cm: ArrayLike) -> Array:
        """Particles of a diameter (cm) or larger per m^2 and year on one side of a tumbling plate."""
        return self.flux_above_mass(meteoroid_mass_g(diameter_cm, self.density_g_cm3))

    def flags(self, diameter_cm: ArrayLike) -> tuple[str, ...]:
        """One sentence if some diameters (cm) lie outside the range of masses of the formula."""
        mass = meteoroid_mass_g(diameter_cm, self.density_g_cm3)
        low, high = MASS_RANGE_G
        flags = []
        if (mass < low).any() or (mass > high).any():
            flags.append(f"meteoroids: sizes outside {low:g} to {high:g} g, the range of Gruen's formula")
        return tuple(flags)

    def rays(self, speeds: int = 8, heights: int = 16, azimuths: int = 24) -> Rays:
        """Distribute the flux over directions and speeds, relative to the moving spacecraft.

        Parameters
        ----------
        speeds : int
            Nodes in each of the three pieces of the speed distribution.
        heights : int
            Nodes in the vertical component of the direction.
        azimuths : int
            Directions around the vertical, equally spaced.

        Returns
        -------
        Rays
            3 x speeds x heights x azimuths rays.
        """
        direction, speed, weight, _ = _moving_frame_rays(self.altitude_km, speeds, heights, azimuths)
        return Rays(direction, speed, weight)


def _moving_frame_rays(
    altitude_km: float, speeds: int, heights: int, azimuths: int
) -> tuple[Array, Array, Array, float]:
    """Directions (k, 3), relative speeds (k,), weights (k,) that sum to one, and K."""
    speed, fraction = meteoroid_speeds(speeds)
    lowest = -np.cos(_shadow_half_angle(altitude_km))
    x, w = np.polynomial.legendre.leggauss(heights)
    up = lowest + (1.0 - lowest) * (x + 1.0) / 2.0
    angle = (np.arange(azimuths) + 0.5) * (2.0 * np.pi / azimuths)
    across = np.sqrt(1.0 - up**2)[:, None]
    ones = np.ones(azimuths)
    sky = np.stack([up[:, None] * ones, across * np.cos(angle), across * np.sin(angle)], axis=-1)
    sky_weight = (w / w.sum() / azimuths)[:, None] * ones
    incoming = speed[:, None, None, None] * sky  # minus the velocity of the particles
    incoming = incoming + np.array([0.0, circular_speed_km_s(altitude_km), 0.0])
    relative = np.linalg.norm(incoming, axis=-1)
    # g is the distribution of the flux; the number density is g/v, and the flux on a moving sphere is g/v times
    # relative speed.
    weight = fraction[:, None, None] * sky_weight * relative / speed[:, None, None]
    direction = (incoming / relative[..., None]).reshape(-1, 3)
    total = float(weight.sum())
    return direction, relative.ravel(), weight.ravel() / total, total


def check_altitude_km(altitude_km: float) -> float:
    """The altitude. Raises InputError below 100 km, in the atmosphere, or above 40,000 km."""
    if not _ATMOSPHERE_KM <= altitude_km <= 40000.0:
        raise InputError(f"altitude_km: expected 100 to 40000 km, got {altitude_km}")
    return float(altitude_km)


def _shadow_half_angle(altitude_km: float) -> float:
    radius_km = _RADIUS_KM + check_altitude_km(altitude_km)
    return float(np.arcsin((_RADIUS_KM + _ATMOSPHERE_KM) / radius_km))


def _escape_square(radius_km: float) -> float:
    return 2.0 * WGS84_MU_KM3_S2 / radius_km
