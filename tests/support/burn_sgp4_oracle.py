"""A slow oracle of SGP4 after a burn: python-sgp4 with mean elements that a general solver finds at the original epoch.

The state at the burn with its velocity changed is reached by SGP4 from the epoch of the set, with its own B*. The six
mean elements are found by scipy's least squares from those of the set.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from sgp4.api import WGS72, Satrec
from support.burn_oracle import axes

Floats = NDArray[np.float64]

_EPOCH_ZERO_JD = 2433281.5


def state_of(satellite: Satrec, jd: float, fraction: float) -> Floats:
    """(6,) km, km/s, TEME."""
    code, position, velocity = satellite.sgp4(jd, fraction)
    assert code == 0, code
    return np.array([*position, *velocity])


def with_elements(satellite: Satrec, equinoctial: Floats) -> Satrec:
    """The set with other mean elements at the same epoch: n (rad/min), e cos w, e sin w, i, node, w + M (rad)."""
    n, x, y, inclination, node, argument = equinoctial
    perigee = np.arctan2(y, x)
    other = Satrec()
    other.sgp4init(
        WGS72,
        "i",
        satellite.satnum,
        satellite.jdsatepoch + satellite.jdsatepochF - _EPOCH_ZERO_JD,
        satellite.bstar,
        satellite.ndot,
        satellite.nddot,
        float(np.hypot(x, y)),
        float(perigee),
        float(inclination),
        float(argument - perigee),
        float(n),
        float(node),
    )
    return other


def elements_of(satellite: Satrec) -> Floats:
    return np.array(
        [
            satellite.no_kozai,
            satellite.ecco * np.cos(satellite.argpo),
            satellite.ecco * np.sin(satellite.argpo),
            satellite.inclo,
            satellite.nodeo,
            satellite.argpo + satellite.mo,
        ]
    )


def after_burn(satellite: Satrec, jd: float, fraction: float, burn_rtn_m_s: Floats) -> Satrec:
    """The set after an impulse (3,) along R, T, N of the inertial state at a time; asserts 1 mm and 1 um/s there."""
    base = with_elements(satellite, elements_of(satellite))
    wanted = state_of(base, jd, fraction)
    wanted[3:] += axes(wanted[None])[0].T @ np.asarray(burn_rtn_m_s) / 1000.0
    # Position in km and velocity in units that weigh alike: one radian of the orbit.
    weights = np.array([1.0, 1.0, 1.0, 900.0, 900.0, 900.0])

    def miss(elements: Floats) -> Floats:
        return (state_of(with_elements(base, elements), jd, fraction) - wanted) * weights

    found = least_squares(
        miss,
        elements_of(base),
        x_scale=[1e-6, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4],
        diff_step=1e-7,
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
    )
    rest = np.abs(miss(found.x) / weights)
    assert rest[:3].max() < 1e-6, rest
    assert rest[3:].max() < 1e-9, rest
    return with_elements(base, found.x)
