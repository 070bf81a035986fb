"""UTC as a split Julian date, and nothing else.

A Julian date in one float64 resolves 40 microseconds, a third of a metre of orbital motion; split into a day
(ending in .5) and a fraction in [0, 1) it resolves 10 picoseconds. Leap seconds are not applied, as in SGP4
itself: inside a run, time is float64 seconds since the start, every UTC day has 86,400 of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

SECONDS_PER_DAY = 86400.0
MINUTES_PER_DAY = 1440.0
# 1949-12-31 00:00 UTC, from which SGP4 counts the days of an epoch.
SGP4_DAY_ZERO_JD = 2433281.5

_MIDNIGHT_1970_JD = 2440587.5


def split_julian_date(moment: datetime) -> tuple[float, float]:
    """(jd, fraction) of a datetime; one without a time zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since_1970 = aware.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    fraction = (since_1970.seconds + since_1970.microseconds * 1e-6) / SECONDS_PER_DAY
    return _MIDNIGHT_1970_JD + since_1970.days, fraction


def utc_datetime(jd: float, fraction: float, seconds: float = 0.0, decimals: int = 6) -> datetime:
    """The moment `seconds` after the split Julian date, rounded to that many decimals of a second (at most 6)."""
    ticks = round((fraction * SECONDS_PER_DAY + seconds) * 10**decimals)
    midnight = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=jd - _MIDNIGHT_1970_JD)
    return midnight + timedelta(microseconds=ticks * 10 ** (6 - decimals))


def utc_text(jd: float, fraction: float, seconds: float = 0.0, decimals: int = 3) -> str:
    """ISO 8601 with a Z of the moment `seconds` after the split Julian date; decimals is 0, 3 or 6."""
    timespec = {0: "seconds", 3: "milliseconds", 6: "microseconds"}[decimals]
    moment = utc_datetime(jd, fraction, seconds, decimals)
    return moment.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def offset_days(
    jd: float, fraction: float, seconds: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The pair of arrays (jd, fraction) that SGP4 takes, for moments `seconds` after the split Julian date."""
    elapsed = np.atleast_1d(np.asarray(seconds, dtype=np.float64)) / SECONDS_PER_DAY
    return np.full(elapsed.shape, jd), fraction + elapsed
