"""Frames: RTN of an object, and geodetic coordinates.

RTN (radial, transverse, normal; also RIC or UVW): R points along the position, N along the angular momentum r x v of
the *inertial* velocity, T = N x R completes the triad (Vallado 2013, "Fundamentals of Astrodynamics and Applications",
section 3.3).

Sources: Aoki et al. (1982), "The new definition of universal time", Astronomy and Astrophysics 105 (Greenwich mean
sidereal time); Bowring (1976), "Transformation from spatial to geographical coordinates", Survey Review 23 (latitude);
NIMA TR8350.2 (WGS-84).

Assumptions
- UTC is used for UT1 in sidereal time (at most 0.9 s, 0.004 degrees of longitude). No polar motion: 15 m.
- Both states of an encounter are rotated by the same matrix, which preserves their difference exactly.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import J2000_JD, SECONDS_PER_DAY, WGS84_FLATTENING, WGS84_RADIUS_KM


def rtn_basis(position_km: Array, velocity_km_s: Array) -> Array:
    """Compute the rotation matrices to the RTN frames of objects.

    `basis @ x` rotates an inertial vector to RTN.

    Parameters
    ----------
    position_km, velocity_km_s : Array, shape (m, 3)
        States in km and km/s, in one inertial frame (TEME here).

    Returns
    -------
    Array, shape (m, 3, 3)
        Matrices whose rows are R, T, N in the frame of the input.
    """
    radial = position_km / np.linalg.norm(position_km, axis=-1, keepdims=True)
    momentum = np.cross(position_km, velocity_km_s)
    normal = momentum / np.linalg.norm(momentum, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=-2)


def rotate(basis: Array, vectors: Array) -> Array:
    """Rotate each vector by its matrix.

    Parameters
    ----------
    basis : Array, shape (m, 3, 3)
        Rotation matrices.
    vectors : Array, shape (m, 3)
        Vectors of any unit.

    Returns
    -------
    Array, shape (m, 3)
        The rotated vectors, in the unit of the input.
    """
    return np.asarray(np.einsum("mij,mj->mi", basis, vectors))


def rotate_covariance(basis: Array, covariance: Array) -> Array:
    """Rotate each covariance by its matrix: B C B^T.

    Parameters
    ----------
    basis : Array, shape (m, 3, 3)
        Rotation matrices B, such as those of `rtn_basis`; transposed, they rotate from RTN back to the inertial frame.
    covariance : Array, shape (m, 3, 3)
        Covariances C of any unit.

    Returns
    -------
    Array, shape (m, 3, 3)
        The rotated covariances, in the unit of the input.
    """
    return np.asarray(np.einsum("mij,mjk,mlk->mil", basis, covariance, basis))


# Bowring's iteration is exact to a nanometre after two iterations in low orbits, after three anywhere outside the core.
_ITERATIONS = 3


def sidereal_angle(jd: Array, fraction: Array) -> Array:
    """Compute Greenwich mean sidereal time of 1982.

    Parameters
    ----------
    jd, fraction : Array, shape (m,)
        UTC, as split Julian dates.

    Returns
    -------
    Array, shape (m,)
        Angle in rad, 0 to 2 pi.
    """
    # Each whole day rotates by almost a full turn: kept separate from the fraction, no digit is lost.
    days = np.asarray(jd, dtype=np.float64) - J2000_JD
    t = (days + fraction) / 36525.0
    seconds = 67310.54841 + 8640184.812866 * t + 0.093104 * t**2 - 6.2e-6 * t**3
    turns = np.mod(days, 1.0) + np.asarray(fraction, dtype=np.float64) + seconds / SECONDS_PER_DAY
    return np.asarray(2.0 * np.pi * np.mod(turns, 1.0))


def geodetic(position_km: Array, jd: Array, fraction: Array) -> tuple[Array, Array, Array]:
    """Convert positions to geodetic coordinates over the WGS-84 ellipsoid.

    Parameters
    ----------
    position_km : Array, shape (m, 3)
        Positions in km, TEME of date.
    jd, fraction : Array, shape (m,)
        UTC, as split Julian dates.

    Returns
    -------
    latitude_deg : Array, shape (m,)
    longitude_deg : Array, shape (m,)
        -180 to 180 degrees.
    altitude_km : Array, shape (m,)
        Height over the ellipsoid.
    """
    x, y, z = np.asarray(position_km, dtype=np.float64).reshape(-1, 3).T
    longitude = np.arctan2(y, x) - sidereal_angle(jd, fraction)
    axis_km = np.hypot(x, y)
    pole_km = WGS84_RADIUS_KM * (1.0 - WGS84_FLATTENING)
    squared = WGS84_FLATTENING * (2.0 - WGS84_FLATTENING)
    reduced = np.arctan2(z, (1.0 - WGS84_FLATTENING) * axis_km)
    for _ in range(_ITERATIONS):
        latitude = np.arctan2(
            z + squared / (1.0 - squared) * pole_km * np.sin(reduced) ** 3,
            axis_km - squared * WGS84_RADIUS_KM * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2((1.0 - WGS84_FLATTENING) * np.sin(latitude), np.cos(latitude))
    surface_km = WGS84_RADIUS_KM * np.sqrt(1.0 - squared * np.sin(latitude) ** 2)
    altitude_km = axis_km * np.cos(latitude) + z * np.sin(latitude) - surface_km
    wrapped = np.mod(np.degrees(longitude) + 180.0, 360.0) - 180.0
    return np.degrees(latitude), wrapped, np.asarray(altitude_km)
