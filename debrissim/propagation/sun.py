"""The direction of the Sun, for day and night.

Source: The Astronomical Almanac, section C, "Low-precision formulas for the Sun": 0.01 degrees from 1950 to 2050.

Assumptions
- UTC is used for UT1 and for terrestrial time: the Sun moves by 0.001 degrees in the 69 s between them.
- Mean equator and equinox of date are used for TEME of date, which is within 0.01 degrees of them.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.constants import J2000_JD


def sun_direction(jd: Array, fraction: Array) -> Array:
    """Compute the direction from the Earth to the Sun.

    Parameters
    ----------
    jd, fraction : Array, shape (m,)
        UTC, as split Julian dates.

    Returns
    -------
    Array, shape (m, 3)
        Unit vectors, TEME of date, to 0.02 degrees.
    """
    days = np.asarray(jd, dtype=np.float64) - J2000_JD + np.asarray(fraction, dtype=np.float64)
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(
        280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly)
    )
    obliquity = np.radians(23.439 - 4e-7 * days)
    across = np.sin(longitude)
    return np.stack([np.cos(longitude), np.cos(obliquity) * across, np.sin(obliquity) * across], axis=-1)
