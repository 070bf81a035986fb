"""Time systems of ephemeris files, and the moments of their states in UTC.

Sources: CCSDS 502.0-B-2, annex A (the names); IERS Conventions 2010, chapter 10 (TT = TAI + 32.184 s, TDB); IS-GPS-200
(GPS = TAI - 19 s). ERFA computes TDB - TT (at most 1.7 ms).

Assumptions
- Inside this program time is UTC as a split Julian date of days of 86,400 s, as in SGP4. `Moments.tai_utc_s` preserves
  the lost information, so that the intervals between the states of a segment are true ones.
- UTC before 1972 was stepped by fractions of a second: such times are rejected, as are times after 2099.
- UT1 without Earth orientation is taken as UTC; `Moments.error_s` is 0.9 s then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.leap_seconds import FIRST_JD, TT_TAI_S, is_after_leap, tai_minus_utc, utc_of_tai
from debrissim.core.text import quoted
from debrissim.ephemerides.earth_orientation import MAX_UT1_UTC_S, EarthOrientation

TIME_SYSTEMS = ("UTC", "TAI", "TT", "GPS", "UT1", "TDB")
EXPECTED_TIME = "a time of 1972 to 2099 such as 2024-11-01T12:00:00.000 or 2024-306T12:00:00.000"
TAI_GPS_S = 19.0
END_JD = 2488069.5
"""2100-01-01: times from this date onwards are rejected."""
_ALIASES = {"GMT": "UTC", "TDT": "TT", "ET": "TDB", "GPST": "GPS"}


@dataclass(frozen=True, eq=False)
class Moments:
    """k moments.

    | field        | shape | unit, frame                                                                          |
    |--------------|-------|--------------------------------------------------------------------------------------|
    | jd, fraction | (k,)  | UTC, split Julian dates: midnights, and [0, 1)                                       |
    | tai_utc_s    | (k,)  | s: UTC and it make a time that runs evenly                                           |
    | inside_leap  | (k,)  | whether it is inside a leap second, which a split Julian date cannot name            |
    | error_s      |       | bound on the error of the conversion                                                 |
    """

    jd: Array
    fraction: Array
    tai_utc_s: Array
    inside_leap: NDArray[np.bool_]
    error_s: float = 0.0

    def __len__(self) -> int:
        return int(self.jd.size)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Moments:
        """Some of the moments, by index, slice or mask."""
        return replace(
            self,
            jd=self.jd[rows],
            fraction=self.fraction[rows],
            tai_utc_s=self.tai_utc_s[rows],
            inside_leap=self.inside_leap[rows],
        )

    def seconds_since(self, other: Moments) -> Array:
        """(k,) true seconds since a single moment `other`, or since as many, one by one."""
        days = (self.jd - other.jd) + (self.fraction - other.fraction)
        return np.asarray(days * SECONDS_PER_DAY + (self.tai_utc_s - other.tai_utc_s))


def time_system(name: str, where: str) -> str:
    """The name in `TIME_SYSTEMS` of the text of a file; InputError, beginning with `where`, for another one."""
    known = _ALIASES.get(name.strip().upper(), name.strip().upper())
    if known not in TIME_SYSTEMS:
        raise InputError(f"{where}: expected one of {', '.join(TIME_SYSTEMS)}, got {quoted(name, 40)}")
    return known


def moments_of_texts(
    texts: Sequence[str], system: str, eop: EarthOrientation | None
) -> tuple[Moments, list[int]]:
    """The moments of ISO 8601 text, calendar or day of year, in one of the `TIME_SYSTEMS`, and the unreadable rows.

    A leap second 23:59:60 is read in UTC, on the days that have one. Unreadable rows hold NaN.
    """
    jd, fraction, bad = parse_iso_epochs(texts)
    leap = np.array(["59:60" in text for text in texts], dtype=np.bool_).reshape(len(texts))
    with np.errstate(invalid="ignore"):
        wrong = ~((jd >= FIRST_JD) & (jd < END_JD))
    wrong |= leap & ~(is_after_leap(jd) & (system == "UTC"))
    jd[wrong] = fraction[wrong] = np.nan
    rows = sorted({*bad, *np.flatnonzero(wrong).tolist()})
    if not leap.any():
        return to_utc(jd, fraction, system, eop), rows
    tai_utc = tai_minus_utc(np.where(leap, jd - 1.0, jd), fraction)
    return Moments(jd, fraction, tai_utc, leap & ~wrong), rows


def moments_since(epoch: Moments, seconds: ArrayLike) -> Moments:
    """The moments (k,) at the given true seconds (k,) after a single moment, as STK counts them."""
    tai = epoch.fraction + (epoch.tai_utc_s + np.asarray(seconds, dtype=np.float64)) / SECONDS_PER_DAY
    return replace(_from_tai(np.broadcast_to(epoch.jd, tai.shape), tai), error_s=epoch.error_s)


def to_utc(jd: Array, fraction: Array, system: str, eop: EarthOrientation | None) -> Moments:
    """The moments of split Julian dates (k,) in one of the `TIME_SYSTEMS`, days of 86,400 s; NaN gives NaN.

    Raises InputError for UT1 outside the span of `eop`.
    """
    if system == "UTC" or (system == "UT1" and eop is None):
        jd, fraction = _normalised(jd, fraction)
        error_s = 0.0 if system == "UTC" else MAX_UT1_UTC_S
        none = np.zeros(jd.shape, dtype=np.bool_)
        return Moments(jd, fraction, tai_minus_utc(jd, fraction), none, error_s)
    if system == "UT1" and eop is not None:
        finite = np.isfinite(jd)
        ahead = np.zeros(jd.shape)
        # Using UT1 instead of UTC shifts the table by 0.9 s, in which UT1 - TAI changes by 30 nanoseconds.
        ahead[finite] = eop.at(jd[finite], fraction[finite])[2]
        return _from_tai(jd, fraction - ahead / SECONDS_PER_DAY)
    if system == "TDB":
        with np.errstate(invalid="ignore"):
            tt = fraction - np.asarray(erfa.dtdb(jd, fraction, 0.0, 0.0, 0.0, 0.0)) / SECONDS_PER_DAY
        return _from_tai(jd, tt - TT_TAI_S / SECONDS_PER_DAY)
    ahead_s = {"TAI": 0.0, "TT": TT_TAI_S, "GPS": -TAI_GPS_S}[system]
    return _from_tai(jd, fraction - ahead_s / SECONDS_PER_DAY)


def _from_tai(jd: Array, fraction: Array) -> Moments:
    utc_jd, utc_fraction, tai_utc, inside = utc_of_tai(*_normalised(jd, fraction))
    return Moments(*_normalised(utc_jd, utc_fraction), tai_utc, inside)


def _normalised(jd: Array, fraction: Array) -> tuple[Array, Array]:
    """Midnights, and fractions in [0, 1)."""
    midnight = np.floor(jd - 0.5) + 0.5
    rest = (jd - midnight) + fraction
    days = np.floor(rest)
    days += rest - days >= 1.0
    return np.asarray(midnight + days), np.maximum(rest - days, 0.0)
