"""From TEME of date, SGP4's frame, to EME2000, for messages to others.

Source: Lieske et al. (1977), Astronomy and Astrophysics 58 (precession, IAU 1976); Seidelmann (1982), "1980 IAU
Theory of Nutation", Celestial Mechanics 27 (nutation; its 25 greatest terms); Vallado, Crawford, Hujsak & Kelso
(2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753, appendix C (TEME: the equation of the equinoxes
turns its x axis from the true equinox).

Assumptions
- UTC stands for terrestrial time: 69 s of precession and nutation are 0.1 milliarcseconds.
- Terms below 2.6 milliarcseconds of nutation and the observed corrections to it (0.1 arcseconds and less, not
  part of EME2000's definition by theory) are left out: 0.2 m and 3 m at 7,000 km, far below the
  error of SGP4 itself.
- Both states of an encounter turn by one matrix: what is between them is not changed at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_J2000_JD = 2451545.0
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
    """(m, 3, 3) matrices that turn vectors in TEME of date to EME2000; both frames are inertial.

    jd, fraction: (m,) UTC, split Julian date.
    """
    t = ((np.asarray(jd, dtype=np.float64) - _J2000_JD) + np.asarray(fraction, dtype=np.float64)) / 36525.0
    mean_obliquity = _ARC_SECOND * _polynomial((84381.448, -46.8150, -0.00059, 0.001813), t)
    longitude, obliquity = _nutation(t)
    nutation = _turn_x(-mean_obliquity - obliquity) @ _turn_z(-longitude) @ _turn_x(mean_obliquity)
    zeta = _ARC_SECOND * _polynomial((0.0, 2306.2181, 0.30188, 0.017998), t)
    theta = _ARC_SECOND * _polynomial((0.0, 2004.3109, -0.42665, -0.041833), t)
    z = _ARC_SECOND * _polynomial((0.0, 2306.2181, 1.09468, 0.018203), t)
    precession = _turn_z(-z) @ _turn_y(theta) @ _turn_z(-zeta)
    to_true_of_date = _turn_z(-longitude * np.cos(mean_obliquity))
    return np.asarray(np.swapaxes(nutation @ precession, -1, -2) @ to_true_of_date)


def _nutation(t: Array) -> tuple[Array, Array]:
    """(m,), (m,) rad: nutation in longitude and in obliquity."""
    arguments = _ARC_SECOND * np.stack([_polynomial(tuple(row), t) for row in _ARGUMENTS.tolist()], -1)
    phase = arguments @ _TERMS[:, :5].T
    # The two greatest terms change with time; 0.1 mas per century.
    longitude = np.sin(phase) @ _TERMS[:, 5] - t * (
        174.2 * np.sin(phase[..., 0]) + 1.6 * np.sin(phase[..., 1])
    )
    obliquity = np.cos(phase) @ _TERMS[:, 6] + t * (8.9 * np.cos(phase[..., 0]) - 3.1 * np.cos(phase[..., 1]))
    return 1e-4 * _ARC_SECOND * longitude, 1e-4 * _ARC_SECOND * obliquity


def _polynomial(coefficients: tuple[float, ...], t: Array) -> Array:
    return np.asarray(np.polynomial.polynomial.polyval(t, coefficients))


def _turn(angle: Array, first: int, second: int) -> Array:
    """(m, 3, 3) rotation of the axes `first` and `second` into one another by the angle."""
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., :, :] = np.eye(3)
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., first, second] = np.sin(angle)
    matrix[..., second, first] = -np.sin(angle)
    return matrix


def _turn_x(angle: Array) -> Array:
    return _turn(angle, 1, 2)


def _turn_y(angle: Array) -> Array:
    return _turn(angle, 2, 0)


def _turn_z(angle: Array) -> Array:
    return _turn(angle, 0, 1)
