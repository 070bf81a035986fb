"""From TEME of date to places over the Earth: geodetic latitude, longitude, altitude.

Source: Aoki et al. (1982), "The new definition of universal time", Astronomy and Astrophysics 105 (Greenwich mean
sidereal time); Vallado, Crawford, Hujsak & Kelso (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753, appendix C
(TEME turns into the Earth-fixed frame by mean sidereal time alone); Bowring (1976), "Transformation from spatial to
geographical coordinates", Survey Review 23 (latitude); NIMA TR8350.2 (WGS-84).

Assumptions
- UTC stands for UT1: at most 0.9 s, 0.004 degrees of longitude.
- No polar motion: 15 m.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EQUATOR_KM = 6378.137
_FLATTENING = 1.0 / 298.257223563
_J2000_JD = 2451545.0
# Bowring's iteration is exact to a nanometre after two rounds in low orbits, after three anywhere outside the core.
_ROUNDS = 3


def sidereal_angle(jd: Array, fraction: Array) -> Array:
    """(m,) rad, 0 to 2 pi: Greenwich mean sidereal time of 1982 at split Julian dates (UTC)."""
    # The whole days turn by almost a full circle each: taken apart from the fraction, no digit is lost.
    days = np.asarray(jd, dtype=np.float64) - _J2000_JD
    t = (days + fraction) / 36525.0
    seconds = 67310.54841 + 8640184.812866 * t + 0.093104 * t**2 - 6.2e-6 * t**3
    turns = np.mod(days, 1.0) + np.asarray(fraction, dtype=np.float64) + seconds / 86400.0
    return np.asarray(2.0 * np.pi * np.mod(turns, 1.0))


def geodetic(position_km: Array, jd: Array, fraction: Array) -> tuple[Array, Array, Array]:
    """Latitude (m,) degrees, longitude (m,) degrees, -180 to 180, and altitude (m,) km over the WGS-84 ellipsoid.

    position_km: (m, 3) km, TEME of date; jd, fraction: (m,) UTC, split Julian date.
    """
    x, y, z = np.asarray(position_km, dtype=np.float64).reshape(-1, 3).T
    longitude = np.arctan2(y, x) - sidereal_angle(jd, fraction)
    axis_km = np.hypot(x, y)
    pole_km = _EQUATOR_KM * (1.0 - _FLATTENING)
    squared = _FLATTENING * (2.0 - _FLATTENING)
    reduced = np.arctan2(z, (1.0 - _FLATTENING) * axis_km)
    for _ in range(_ROUNDS):
        latitude = np.arctan2(
            z + squared / (1.0 - squared) * pole_km * np.sin(reduced) ** 3,
            axis_km - squared * _EQUATOR_KM * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2((1.0 - _FLATTENING) * np.sin(latitude), np.cos(latitude))
    surface_km = _EQUATOR_KM * np.sqrt(1.0 - squared * np.sin(latitude) ** 2)
    altitude_km = axis_km * np.cos(latitude) + z * np.sin(latitude) - surface_km
    wrapped = np.mod(np.degrees(longitude) + 180.0, 360.0) - 180.0
    return np.degrees(latitude), wrapped, np.asarray(altitude_km)
