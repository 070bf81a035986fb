"""Error of the trajectory after a burn, of the difference that the burn makes, from a measured model.

Measured in benchmarks/maneuvers/theory_error.py: the largest over burns of 0.01 to 5 m/s along R, T, N, after 1 to 7
days, against numerical integration. Orbits at 400 and 800 km, geostationary and Molniya; others take the values of the
regime that they are in, which is an extrapolation. The error of the trajectory without a burn is not in it.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array

_ECCENTRIC = 0.1
_HIGH_REV_DAY = 6.4
# km per m/s, and the power of the days that it grows with.
_SGP4 = {"low": (0.7, 1.0), "high": (0.3, 1.0), "eccentric": (3.5, 2.0)}
_INTEGRATED = {"low": (0.07, 1.0), "high": (0.2, 1.0), "eccentric": (4.5, 1.0)}


def theory_error_km(
    size_m_s: Array, days: Array, *, mean_motion_rev_day: float, eccentricity: float, integrated: bool
) -> Array:
    """Estimate the error of the difference that burns make, km.

    size_m_s, days: velocity changes and days after the burns, shapes that broadcast; mean_motion_rev_day, eccentricity:
    of the orbit; integrated: whether the difference is integrated (`IntegratedMotion`) or SGP4's.
    """
    low = "low" if mean_motion_rev_day > _HIGH_REV_DAY else "high"
    rate, power = (_INTEGRATED if integrated else _SGP4)["eccentric" if eccentricity > _ECCENTRIC else low]
    return np.asarray(rate * np.asarray(size_m_s) * np.asarray(days) ** power)
