"""Epochs as text (ISO 8601, CCSDS day of year, the TLE's two-digit year) to and from split Julian dates, in columns.

Parsed text becomes the correctly rounded quotient of two whole numbers, so no digit is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from debrissim.core.constants import SECONDS_PER_DAY

# A whole number, so that the quotients of parsed digits are exact.
_WHOLE_SECONDS_PER_DAY = int(SECONDS_PER_DAY)
# Julian date of midnight at the start of the proleptic Gregorian ordinal 0.
JD_OF_ORDINAL_0 = 1721424.5
# A TLE's two-digit year 57..99 is 19yy, 00..56 is 20yy (Space-Track, "Two-line element set").
_TLE_CENTURY_PIVOT = 57

# The shortest text of the smallest fraction of a day has some 350 decimals. Thousands cannot be read as a number.
_ISO = re.compile(
    r"\s*([0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{3}))[T ]"
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{0,400}))?(?:Z|\+00:00)?\s*"
)
_TLE = re.compile(r"([0-9]{2})([0-9]{3})\.([0-9]{1,30})")

ParsedEpochs = tuple[NDArray[np.float64], NDArray[np.float64], list[int]]


def parse_iso_epochs(texts: Sequence[str]) -> ParsedEpochs:
    """(jd, fraction, unreadable rows) of "2024-10-29T12:18:43.492896" and its variants.

    Accepted: a blank instead of T, up to 400 decimals or none, a closing Z or +00:00, and CCSDS
    day-of-year dates ("2024-305T12:00:00"). A leap second 23:59:60 becomes the start of the next day,
    because a split Julian date has no name for it. Unreadable rows hold NaN.
    """
    midnights: dict[str, float | None] = {}

    def split(text: str) -> tuple[float, float] | None:
        match = _ISO.fullmatch(text)
        if match is None:
            return None
        day, hour, minute, second, decimals = match.groups()
        if day not in midnights:
            midnights[day] = midnight_jd(day)
        jd = midnights[day]
        seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
        is_clock = int(hour) < 24 and int(minute) < 60 and int(second) < 60
        is_leap = (hour, minute, second) == ("23", "59", "60")
        if jd is None or not (is_clock or is_leap):
            return None
        scale = 10 ** len(decimals or "")
        fraction = (seconds * scale + int(decimals or "0")) / (_WHOLE_SECONDS_PER_DAY * scale)
        return (jd, fraction) if fraction < 1.0 else (jd + 1.0, fraction - 1.0)

    return _parse_all(texts, split)


def parse_tle_epochs(texts: Sequence[str]) -> ParsedEpochs:
    """(jd, fraction, unreadable rows) of TLE epochs "yyddd.dddddddd"; blanks inside count as zeros."""
    new_years: dict[str, float] = {}

    def split(text: str) -> tuple[float, float] | None:
        match = _TLE.fullmatch(text.replace(" ", "0"))
        if match is None:
            return None
        year, day, decimals = match.groups()
        if year not in new_years:
            century = 1900 if int(year) >= _TLE_CENTURY_PIVOT else 2000
            new_years[year] = date(century + int(year), 1, 1).toordinal() + JD_OF_ORDINAL_0
        if not 1 <= int(day) <= 366:
            return None
        fraction = int(decimals) / 10 ** len(decimals)
        jd = new_years[year] + int(day) - 1
        return (jd, fraction) if fraction < 1.0 else (jd + 1.0, 0.0)

    return _parse_all(texts, split)


def format_iso_epoch(epoch_jd: float, epoch_fraction: float) -> str:
    """ "2024-10-29T12:18:43.492896": the shortest text of at least six decimals that reads back the same.

    `epoch_jd` must lie at a midnight and `epoch_fraction` in [0, 1); anything else raises ValueError.
    """
    if not (0.0 <= epoch_fraction < 1.0) or (epoch_jd - 0.5) % 1.0 != 0.0:
        got = f"{epoch_jd!r}, {epoch_fraction!r}"
        raise ValueError(f"expected a midnight and a fraction in [0, 1), got {got}")
    day = date.fromordinal(round(epoch_jd - JD_OF_ORDINAL_0))
    exact = Fraction(epoch_fraction) * _WHOLE_SECONDS_PER_DAY
    # Six decimals hold every published epoch; more are tried if needed.
    decimals = 6
    while True:
        scale = 10**decimals
        ticks = round(exact * scale)
        if (
            ticks < _WHOLE_SECONDS_PER_DAY * scale
            and ticks / (_WHOLE_SECONDS_PER_DAY * scale) == epoch_fraction
        ):
            break
        decimals += 3
    seconds, part = divmod(ticks, scale)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{day.isoformat()}T{clock}.{part:0{decimals}d}"


def midnight_jd(day: str) -> float | None:
    """Julian date of 0 h on "yyyy-mm-dd" or "yyyy-ddd"; None if there is no such day."""
    try:
        if len(day) == len("yyyy-ddd"):
            year, ordinal = int(day[:4]), int(day[5:])
            first = date(year, 1, 1).toordinal()
            if not 1 <= ordinal <= date(year, 12, 31).toordinal() - first + 1:
                return None
            return first + ordinal - 1 + JD_OF_ORDINAL_0
        return date.fromisoformat(day).toordinal() + JD_OF_ORDINAL_0
    except ValueError:
        return None


def _parse_all(texts: Sequence[str], split: Callable[[str], tuple[float, float] | None]) -> ParsedEpochs:
    jd = np.full(len(texts), np.nan)
    fraction = np.full(len(texts), np.nan)
    bad: list[int] = []
    for row, text in enumerate(texts):
        parts = split(text)
        if parts is None:
            bad.append(row)
        else:
            jd[row], fraction[row] = parts
    return jd, fraction, bad
