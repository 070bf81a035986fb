"""Times: UTC as a split Julian date.

A Julian date in one float64 resolves 40 microseconds, a third of a metre of orbital motion; split into a day
(ending in .5) and a fraction in [0, 1) it resolves 10 picoseconds. Leap seconds are not applied, as in SGP4 itself:
inside a run, time is float64 seconds since the start, and every UTC day has 86,400 of them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from numbers import Real
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY, UNIX_EPOCH_JD
from debrissim.core.epochs import JD_OF_ORDINAL_0, format_iso_epoch, parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.text import quoted

if TYPE_CHECKING:
    import astropy.time

# The years 1 to 9999, which Python's datetime has.
_FIRST_JD, _END_JD = JD_OF_ORDINAL_0 + 1.0, 5373484.5
_DATETIME64 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?Z")


def split_julian_date(moment: datetime) -> tuple[float, float]:
    """(jd, fraction) of a datetime; one without a time zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since_1970 = aware.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    fraction = (since_1970.seconds + since_1970.microseconds * 1e-6) / SECONDS_PER_DAY
    return UNIX_EPOCH_JD + since_1970.days, fraction


def utc_datetime(jd: float, fraction: float, seconds: float = 0.0, decimals: int = 6) -> datetime:
    """The moment `seconds` after the split Julian date, rounded to that many decimals of a second (at most 6)."""
    ticks = round((fraction * SECONDS_PER_DAY + seconds) * 10**decimals)
    midnight = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=jd - UNIX_EPOCH_JD)
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


def utc_datetime64(jd: float, fraction: float, seconds: ArrayLike) -> NDArray[np.datetime64]:
    """(m,) datetime64[ms], UTC, `seconds` (m,) after the split Julian date: rounded as in `utc_text`, NaT for NaN."""
    elapsed = np.asarray(seconds, dtype=np.float64)
    midnight = np.datetime64(round((jd - UNIX_EPOCH_JD) * SECONDS_PER_DAY * 1e3), "ms")
    known = ~np.isnan(elapsed)
    ticks = np.rint((fraction * SECONDS_PER_DAY + np.where(known, elapsed, 0.0)) * 1e3).astype(
        "timedelta64[ms]"
    )
    return np.asarray(np.where(known, midnight + ticks, np.datetime64("NaT", "ms")))


def epochs_datetime64(jd: ArrayLike, fraction: ArrayLike) -> NDArray[np.datetime64]:
    """(m,) datetime64[ms], UTC, of split Julian dates (m,) with `jd` at midnights."""
    days: NDArray[np.timedelta64] = np.rint(np.asarray(jd, dtype=np.float64) - UNIX_EPOCH_JD).astype(
        "timedelta64[D]"
    )
    ticks = np.rint(np.asarray(fraction, dtype=np.float64) * SECONDS_PER_DAY * 1e3).astype("timedelta64[ms]")
    return np.asarray(np.datetime64(0, "ms") + days + ticks)


def split_julian_dates(moments: NDArray[np.datetime64]) -> tuple[Array, Array]:
    """Split Julian dates (m,), (m,) of moments (m,) datetime64, UTC; NaN for NaT."""
    ticks = np.asarray(moments, dtype="datetime64[ms]")
    known = ~np.isnat(ticks)
    count = np.where(known, ticks, np.datetime64(0, "ms")).astype(np.int64)
    days, rest = np.divmod(count, round(SECONDS_PER_DAY * 1e3))
    return (
        np.where(known, UNIX_EPOCH_JD + days, np.nan),
        np.where(known, rest / (SECONDS_PER_DAY * 1e3), np.nan),
    )


def datetime64_text(moments: NDArray[np.datetime64], decimals: int = 3) -> list[str]:
    """ISO 8601 with a Z of each moment, "" for NaT; decimals of a second: 0 or 3."""
    texts = np.datetime_as_string(moments.astype("datetime64[ms]" if decimals else "datetime64[s]")).tolist()
    return ["" if text == "NaT" else text + "Z" for text in texts]


def parse_datetime64(text: str) -> np.datetime64:
    """The moment, datetime64[ms], of text that `datetime64_text` writes. Raises ValueError for other text."""
    # NumPy would also accept a year by itself, "today" and an offset.
    if not _DATETIME64.fullmatch(text):
        raise ValueError(f"expected a UTC time such as 2024-11-01T00:00:00.000Z, got {quoted(text)}")
    return np.datetime64(text[:-1], "ms")


@dataclass(frozen=True, order=True)
class Time:
    """A moment in UTC, as a split Julian date that resolves 10 picoseconds.

    Parameters
    ----------
    jd : days; any two finite numbers whose sum is a date of the years 1 to 9999 are taken, and kept as the Julian date
        of the midnight before (ending in .5) and the fraction of that day
    fraction : days, kept in [0, 1)

    Raises
    ------
    InputError
        for numbers that are not finite or a date outside those years.

    Notes
    -----
    Leap seconds are not applied, as in SGP4: every day has 86,400 s, and 23:59:60 is the start of the next day.

    Examples
    --------
    >>> Time.of("2024-11-01") + 90.0
    Time('2024-11-01T00:01:30.000Z')
    >>> Time.of("2024-11-02") - Time.of("2024-11-01T12:00:00Z")
    43200.0
    """

    jd: float
    fraction: float = 0.0

    def __post_init__(self) -> None:
        if (
            not (isinstance(self.jd, Real) and isinstance(self.fraction, Real))
            or not _FIRST_JD <= float(self.jd) + float(self.fraction) < _END_JD
        ):
            raise InputError(
                f"Time: expected a Julian date of the years 1 to 9999, got ({self.jd!r}, {self.fraction!r})"
            )
        midnight = math.floor(self.jd - 0.5) + 0.5
        days, fraction = divmod((float(self.jd) - midnight) + float(self.fraction), 1.0)
        # A tiny negative remainder rounds up to a whole day.
        days, fraction = (days, fraction) if fraction < 1.0 else (days + 1.0, 0.0)
        object.__setattr__(self, "jd", midnight + days)
        object.__setattr__(self, "fraction", fraction)

    @classmethod
    def of(cls, value: TimeLike) -> Time:
        """The moment of a Time, ISO 8601 text, a datetime or date, a datetime64, an astropy Time or (jd, fraction).

        Text and datetimes without a zone are UTC. Raises InputError for anything else.
        """
        if isinstance(value, Time):
            return value
        if isinstance(value, str):
            return cls.from_iso(value)
        if isinstance(value, datetime):
            return cls.from_datetime(value)
        if isinstance(value, date):
            return cls(value.toordinal() + JD_OF_ORDINAL_0)
        if isinstance(value, np.datetime64) and not np.isnat(value):
            return cls.from_iso(str(value.astype("datetime64[ns]")))
        if isinstance(value, tuple) and len(value) == 2:
            return cls(*value)
        if type(value).__module__.startswith("astropy.time"):
            return cls.from_astropy(value)
        raise InputError(
            "expected a time (ISO text, a datetime, an astropy Time or the pair (jd, fraction) in UTC), "
            f"got {quoted(value)}"
        )

    @classmethod
    def from_iso(cls, text: str) -> Time:
        """The moment of ISO 8601 text, all digits kept: "2024-11-01T06:00:00.5Z", "2024-11-01", "2024-306T06:00:00".

        Raises InputError for other text.
        """
        (jd,), (fraction,), unreadable = parse_iso_epochs([text])
        if not unreadable:
            return cls(float(jd), float(fraction))
        try:
            return cls.from_datetime(datetime.fromisoformat(text.strip()))
        except ValueError:
            raise InputError(
                f"expected a UTC time such as 2024-11-01T06:00:00Z, got {quoted(text)}"
            ) from None

    @classmethod
    def from_datetime(cls, moment: datetime) -> Time:
        """The moment of a datetime; one without a time zone is UTC."""
        return cls(*split_julian_date(moment))

    @classmethod
    def from_astropy(cls, moment: astropy.time.Time) -> Time:
        """The moment of an astropy Time of any scale. Raises InputError for an array of times.

        UTC was stepped by 0.1 s or less on eleven days from 1960 to 1971; a time of such a day is up to 0.1 s off, as
        it is in astropy's own text.
        """
        if not moment.isscalar:
            raise InputError(f"expected one time, got an astropy Time of shape {moment.shape}")
        utc = moment.utc
        exact = cls(float(utc.jd1), float(utc.jd2))
        utc.precision = 9
        clock = cls.from_iso(utc.isot)
        # On a day with a leap second astropy divides the day by 86,401 s.
        return exact if abs(exact - clock) < 2e-9 else clock

    @property
    def datetime(self) -> datetime:
        """The moment with the time zone UTC, rounded to a microsecond."""
        return utc_datetime(self.jd, self.fraction)

    @property
    def iso(self) -> str:
        """ISO 8601 with a Z and as many decimals, at least six, as it takes to read back the same moment."""
        return format_iso_epoch(self.jd, self.fraction) + "Z"

    def to_astropy(self) -> astropy.time.Time:
        """The moment as an astropy Time of scale UTC. Raises InputError if astropy is not installed."""
        try:
            from astropy.time import Time as AstropyTime
        except ImportError as error:
            raise InputError(
                "to_astropy needs astropy, install it with: pip install 'debrissim[astropy]'"
            ) from error
        return AstropyTime(self.iso.removesuffix("Z"), format="isot", scale="utc")

    def __sub__(self, earlier: Time) -> float:
        """Seconds from another moment to this one."""
        if not isinstance(earlier, Time):
            return NotImplemented
        return (self.jd - earlier.jd) * SECONDS_PER_DAY + (self.fraction - earlier.fraction) * SECONDS_PER_DAY

    def __add__(self, seconds: float) -> Time:
        """The moment a number of seconds later, or earlier if it is negative."""
        if not isinstance(seconds, Real):
            return NotImplemented
        days, rest = divmod(float(seconds), SECONDS_PER_DAY)
        return Time(self.jd + days, self.fraction + rest / SECONDS_PER_DAY)

    def __str__(self) -> str:
        return utc_text(self.jd, self.fraction)

    def __repr__(self) -> str:
        return f"Time('{self}')"


TimeLike: TypeAlias = "Time | str | datetime | date | np.datetime64 | tuple[float, float] | astropy.time.Time"
"""The types that `Time.of` accepts."""
