"""TEME of date, GCRF and EME2000, using the IAU routines in ERFA.

TEME of date is the frame of SGP4: its equator is the true equator of date, and Greenwich mean sidereal time of 1982 (at
UT1) rotates it into the Earth-fixed frame. Therefore TEME = R3(ERA - GMST82) CIRS, and it differs from the true equator
and equinox of 1976/1980 by the equation of the equinoxes.

Sources: IERS Conventions (2010), chapter 5 (GCRF; precession and nutation of IAU 2006/2000A); Lieske et al. (1977),
Astronomy and Astrophysics 58 (precession, IAU 1976); Seidelmann (1982), "1980 IAU Theory of Nutation", Celestial
Mechanics 27; Vallado, Crawford, Hujsak & Kelso (2006), AIAA 2006-6753, appendix C (TEME, and EME2000 from it).

Assumptions
- EME2000 follows the theories of 1976 and 1980, as in Vallado's "J2000", without observed corrections. It agrees
  with GCRF turned by the frame bias to 0.042 arcseconds (1.5 m at 7,000 km) from 1972 to 2029.
- The observed offsets of the celestial pole from IAU 2006/2000A (0.3 milliarcseconds, 1 cm at 7,000 km) are left out.
  ERA - GMST82 is taken at UTC: it changes by 1e-6 arcseconds in the 0.9 s by which UT1 may differ.
- Matrices that change by precession and nutation are interpolated, by eight points a quarter of a day apart, to
  1e-15 rad: no term of more than a microarcsecond has a period below four days. The points lie on a fixed grid, so the
  matrix at a time depends only on that time.
"""

from __future__ import annotations

from collections.abc import Callable

import erfa
import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import J2000_JD, SECONDS_PER_DAY
from debrissim.core.leap_seconds import TT_TAI_S, tai_minus_utc

_STEP_DAYS = 0.25
_POINTS = 8
# Midnight before J2000.
_GRID_JD = J2000_JD - 0.5


def gcrf_to_teme(jd: Array, fraction: Array) -> Array:
    """(k, 3, 3): rotations from GCRF to TEME of date at UTC split Julian dates (k,)."""
    jd, fraction = np.asarray(jd, dtype=np.float64), np.asarray(fraction, dtype=np.float64)
    turn = np.asarray(erfa.era00(jd, fraction)) - np.asarray(erfa.gmst82(jd, fraction))
    return np.asarray(about_z(turn) @ of_terrestrial_time(erfa.c2i06a, jd, fraction))


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
    jd, fraction = np.asarray(jd, dtype=np.float64), np.asarray(fraction, dtype=np.float64)
    return of_terrestrial_time(_teme_to_eme2000, jd, fraction)


def _teme_to_eme2000(jd: Array, fraction: Array) -> Array:
    """(k, 3, 3) at TT: the equation of the equinoxes as used before 1997, then nutation and precession."""
    longitude, _ = erfa.nut80(jd, fraction)
    to_true_of_date = about_z(np.asarray(-longitude * np.cos(erfa.obl80(jd, fraction)), dtype=np.float64))
    return np.asarray(np.swapaxes(np.asarray(erfa.pnm80(jd, fraction)), -1, -2) @ to_true_of_date)


def about_z(angle: Array) -> Array:
    """(k, 3, 3): R3, which turns the axes by the angles (k,) in rad about z."""
    c, s, zero = np.cos(angle), np.sin(angle), np.zeros(np.shape(angle))
    rows = np.stack([c, s, zero, -s, c, zero, zero, zero, zero + 1.0], axis=-1)
    return np.asarray(rows.reshape(*np.shape(angle), 3, 3))


def of_terrestrial_time(matrix: Callable[[Array, Array], Array], jd: Array, fraction: Array) -> Array:
    """(k, 3, 3) of a slow matrix function of TT, such as `erfa.pnm06a`, at UTC split Julian dates (k,)."""
    days = (jd - _GRID_JD) / _STEP_DAYS
    rest = (fraction + (tai_minus_utc(jd, fraction) + TT_TAI_S) / SECONDS_PER_DAY) / _STEP_DAYS
    # Whole steps and the remainder are kept separate, so that no digit is lost.
    whole = np.floor(days)
    rest = rest + (days - whole)
    cell = np.floor(rest)
    before = _POINTS // 2 - 1
    first, of_first = np.unique(whole + cell - before, return_inverse=True)
    nodes, index = np.unique(first[:, None] + np.arange(_POINTS), return_inverse=True)
    steps = np.asarray(nodes, dtype=np.float64) * _STEP_DAYS
    values = np.asarray(matrix(np.full(steps.shape, _GRID_JD), steps))[index.reshape(-1, _POINTS)]
    weights = _lagrange(rest - cell + before)
    return np.asarray(np.einsum("kp,kpij->kij", weights, values[of_first.reshape(-1)]))


def _lagrange(at: Array) -> Array:
    """(k, p): weights of values at 0 .. p - 1 for the places (k,)."""
    weights = np.ones((at.size, _POINTS))
    for node in range(_POINTS):
        for other in range(_POINTS):
            if other != node:
                weights[:, node] *= (at - other) / (node - other)
    return weights
