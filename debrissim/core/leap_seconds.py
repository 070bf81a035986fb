"""Leap seconds: TAI - UTC from 1972 on.

Source: IERS Bulletin C, in the table of ERFA (`erfa.leap_seconds`). A leap second announced after the release of the
installed pyerfa is unknown.
"""

from __future__ import annotations

from functools import cache

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY

FIRST_JD = 2441317.5
"""1972-01-01: before it, UTC was stepped by fractions of a second."""
TT_TAI_S = 32.184
"""TT - TAI (IERS Conventions 2010, chapter 10)."""
_LONGER_THAN_OFFSETS_S = 600.0
_ROUNDING_S = 1e-9


@cache
def _table() -> tuple[Array, Array]:
    """(n,) Julian dates of the midnights from which TAI - UTC is another, from 1972 on, and (n,) its values in s."""
    rows = erfa.leap_seconds.get()
    rows = rows[rows["year"] >= 1972]
    day, fraction = erfa.cal2jd(rows["year"], rows["month"], 1)
    return np.asarray(day + fraction), np.asarray(rows["tai_utc"], dtype=np.float64)


def tai_minus_utc(jd: ArrayLike, fraction: ArrayLike) -> Array:
    """(k,) TAI - UTC in s at split Julian dates (k,) of UTC; before 1972 the value of that year."""
    change, value = _table()
    moment = np.asarray(jd, dtype=np.float64) + np.asarray(fraction, dtype=np.float64)
    # The sum rounds to 40 microseconds: a moment just before midnight must not be treated as after it.
    index = np.searchsorted(change, moment, side="right") - 1
    near = np.clip(index, 0, len(change) - 1)
    early = ((np.asarray(jd) - change[near]) + np.asarray(fraction)) < 0.0
    return np.asarray(value[np.clip(index - early, 0, len(change) - 1)])


def is_after_leap(jd: ArrayLike) -> NDArray[np.bool_]:
    """(k,) whether a leap second ends at each midnight (k,), a Julian date ending in .5."""
    return np.isin(np.asarray(jd, dtype=np.float64), _table()[0][1:])


def utc_of_tai(jd: Array, fraction: Array) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """UTC of TAI, both split Julian dates (k,).

    Returns
    -------
    jd, fraction : (k,), UTC
        Not normalised. Inside a leap second, the moment counts on from the midnight before it: 23:59:60.25 is 0.25 s
        after the midnight that follows.
    tai_utc_s : (k,)
        TAI - UTC in s, so that the sum of the three runs evenly.
    inside : (k,)
        Whether the moment is inside a leap second.
    """
    change, value = _table()
    # The changes that are certainly behind the moment; the one that follows them may also be.
    index = np.searchsorted(change, jd + fraction - _LONGER_THAN_OFFSETS_S / SECONDS_PER_DAY, side="right")
    behind = np.clip(index - 1, 0, len(change) - 1)
    following = np.clip(index, 0, len(change) - 1)
    # In TAI the leap second before a change at midnight lasts from the old offset to the new one.
    seconds = ((jd - change[following]) + fraction) * SECONDS_PER_DAY + _ROUNDING_S
    is_following = (index < len(change)) & (index > 0)
    started = is_following & (seconds >= value[behind])
    ended = is_following & (seconds >= value[following])
    offset = np.where(ended, value[following], value[behind])
    return jd, fraction - offset / SECONDS_PER_DAY, offset, started & ~ended
