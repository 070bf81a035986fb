"""Frames: RTN of an object, EME2000 from TEME of date, and geodetic coordinates.

RTN (radial, transverse, normal; also RIC or UVW): R points along the position, N along the angular momentum r x v of
the *inertial* velocity, T = N x R completes the triad (Vallado 2013, "Fundamentals of Astrodynamics and Applications",
section 3.3).

Sources: Lieske et al. (1977), Astronomy and Astrophysics 58 (precession, IAU 1976); Seidelmann (1982), "1980 IAU Theory
of Nutation", Celestial Mechanics 27 (nutation; its 25 largest terms); Vallado, Crawford, Hujsak & Kelso (2006),
"Revisiting Spacetrack Report #3", AIAA 2006-6753, appendix C (TEME: its x axis differs from the true equinox by the
equation of the equinoxes, and mean sidereal time alone rotates it into the Earth-fixed frame); Aoki et al. (1982), "The
new definition of universal time", Astronomy and Astrophysics 105 (Greenwich mean sidereal time); Bowring (1976),
"Transformation from spatial to geographical coordinates", Survey Review 23 (latitude); NIMA TR8350.2 (WGS-84).

Assumptions
- UTC is used for terrestrial time in precession and nutation (69 s are 0.1 milliarcseconds) and for UT1 in sidereal
  time (at most 0.9 s, 0.004 degrees of longitude). No polar motion: 15 m.
- Terms below 2.6 milliarcseconds of nutation and the observed corrections to it (0.1 arcseconds and less, not
  part of EME2000's definition by theory) are left out: 0.2 m and 3 m at 7,000 km, far below the
  error of SGP4 itself.
- Both states of an encounter are rotated by one matrix, which keeps their difference exactly.
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
    # Whole days rotate by almost a full turn each: separate from the fraction, no digit is lost.
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


_ARC_SECOND = np.pi / 648000.0


# Multipliers of l, l', F, D and the node; then the coefficients of sine (longitude), cosine (obliquity), 0.1 mas.
_TERMS = np.array(
    [
        (0, 0, 0, 0, 1, -171996, 92025),
        (0, 0, 2, -2, 2, -13187, 5736),
        (0, 0, 2, 0, 2, -2274, 977),
        (0, 0, 0, 0, 2, 2062, -895),
        (0, 1, 0, 0, 0, 1426, 54),
        (1, 0, 0, 0, 0, 712, -7),
        (0, 1, 2, -2, 2, -517, 224),
        (0, 0, 2, 0, 1, -386, 200),
        (1, 0, 2, 0, 2, -301, 129),
        (0, -1, 2, -2, 2, 217, -95),
        (1, 0, 0, -2, 0, -158, -1),
        (0, 0, 2, -2, 1, 129, -70),
        (-1, 0, 2, 0, 2, 123, -53),
        (1, 0, 0, 0, 1, 63, -33),
        (0, 0, 0, 2, 0, 63, -2),
        (-1, 0, 2, 2, 2, -59, 26),
        (-1, 0, 0, 0, 1, -58, 32),
        (1, 0, 2, 0, 1, -51, 27),
        (2, 0, 0, -2, 0, 48, 1),
        (-2, 0, 2, 0, 1, 46, -24),
        (0, 0, 2, 2, 2, -38, 16),
        (2, 0, 2, 0, 2, -31, 13),
        (2, 0, 0, 0, 0, 29, -1),
        (1, 0, 2, -2, 2, 29, -12),
        (0, 0, 2, 0, 0, 26, -1),
    ],
    dtype=np.float64,
)


# Mean anomalies of Moon and Sun, argument of latitude and elongation of the Moon, its node: arc seconds, powers
# of Julian centuries.
_ARGUMENTS = np.array(
    [
        (485866.733, 1717915922.633, 31.310, 0.064),
        (1287099.804, 129596581.224, -0.577, -0.012),
        (335778.877, 1739527263.137, -13.257, 0.011),
        (1072261.307, 1602961601.328, -6.891, 0.019),
        (450160.280, -6962890.539, 7.455, 0.008),
    ]
)


def teme_to_eme2000(jd: Array, fraction: Array) -> Array:
    """Compute the rotation from TEME of date to EME2000; both frames are inertial.

    Parameters
    ----------
    jd, fraction : Array, shape (m,)
        UTC, as split Julian dates.

    Returns
    -------
    Array, shape (m, 3, 3)
        Matrices that rotate vectors from TEME of date to EME2000.
    """
    t = ((np.asarray(jd, dtype=np.float64) - J2000_JD) + np.asarray(fraction, dtype=np.float64)) / 36525.0
    mean_obliquity = _ARC_SECOND * _polynomial((84381.448, -46.8150, -0.00059, 0.001813), t)
    longitude, obliquity = _nutation(t)
    nutation = (
        _rotation_x(-mean_obliquity - obliquity) @ _rotation_z(-longitude) @ _rotation_x(mean_obliquity)
    )
    zeta = _ARC_SECOND * _polynomial((0.0, 2306.2181, 0.30188, 0.017998), t)
    theta = _ARC_SECOND * _polynomial((0.0, 2004.3109, -0.42665, -0.041833), t)
    z = _ARC_SECOND * _polynomial((0.0, 2306.2181, 1.09468, 0.018203), t)
    precession = _rotation_z(-z) @ _rotation_y(theta) @ _rotation_z(-zeta)
    to_true_of_date = _rotation_z(-longitude * np.cos(mean_obliquity))
    return np.asarray(np.swapaxes(nutation @ precession, -1, -2) @ to_true_of_date)


def _nutation(t: Array) -> tuple[Array, Array]:
    """(m,), (m,) rad: nutation in longitude and in obliquity."""
    arguments = _ARC_SECOND * np.stack([_polynomial(tuple(row), t) for row in _ARGUMENTS.tolist()], -1)
    phase = arguments @ _TERMS[:, :5].T
    # The two largest terms change with time; 0.1 mas per century.
    longitude = np.sin(phase) @ _TERMS[:, 5] - t * (
        174.2 * np.sin(phase[..., 0]) + 1.6 * np.sin(phase[..., 1])
    )
    obliquity = np.cos(phase) @ _TERMS[:, 6] + t * (8.9 * np.cos(phase[..., 0]) - 3.1 * np.cos(phase[..., 1]))
    return 1e-4 * _ARC_SECOND * longitude, 1e-4 * _ARC_SECOND * obliquity


def _polynomial(coefficients: tuple[float, ...], t: Array) -> Array:
    return np.asarray(np.polynomial.polynomial.polyval(t, coefficients))


def _rotation(angle: Array, first: int, second: int) -> Array:
    """(m, 3, 3) rotation of the axes `first` and `second` into one another by the angle."""
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., :, :] = np.eye(3)
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., first, second] = np.sin(angle)
    matrix[..., second, first] = -np.sin(angle)
    return matrix


def _rotation_x(angle: Array) -> Array:
    return _rotation(angle, 1, 2)


def _rotation_y(angle: Array) -> Array:
    return _rotation(angle, 2, 0)


def _rotation_z(angle: Array) -> Array:
    return _rotation(angle, 0, 1)
