"""The values of keywords of an STK ephemeris file: frame, unit, epochs, interpolation.

Source: AGI/Ansys, STK help, "Ephemeris File Format (*.e)".

Assumptions
- Inertial is taken as J2000: for the Earth it is ICRF in new versions and J2000 in old ones, and the frame error of
  J2000 covers both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt, quoted
from debrissim.ephemerides.columns import moments_of_lines
from debrissim.ephemerides.stk_file import StkFile
from debrissim.ephemerides.time_systems import Moments

_KM = {
    "meters": 1e-3,
    "meter": 1e-3,
    "m": 1e-3,
    "kilometers": 1.0,
    "kilometer": 1.0,
    "km": 1.0,
    "feet": 0.3048e-3,
    "nauticalmiles": 1.852,
    "statutemiles": 1.609344,
}
# STK's names to those of `frames.frame_of`, in lower case; of epoch: with CoordinateSystemEpoch.
FRAMES = {
    "fixed": "ITRF",
    "j2000": "EME2000",
    "icrf": "ICRF",
    "inertial": "EME2000",
    "trueofdate": "TOD",
    "meanofdate": "MOD",
    "temeofdate": "TEME",
}
_FRAMES_OF_EPOCH = {"trueofepoch": "TOD", "meanofepoch": "MOD", "temeofepoch": "TEME"}
_EXPECTED_FRAME = (
    "Fixed, J2000, ICRF, Inertial, TrueOfDate, MeanOfDate, TEMEOfDate, TrueOfEpoch, MeanOfEpoch or "
    "TEMEOfEpoch"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"([0-9]{1,2})\s+([A-Za-z]{3})[a-z]{0,6}\s+([0-9]{4})\s+([0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,30})?)"
)
EXPECTED_DATE = "a date of 1972 to 2099 such as 1 Nov 2024 12:00:00.000"


@dataclass(frozen=True)
class StkFrame:
    """The frame as in `frames.frame_of`, with the UTC at which it is frozen, or None."""

    name: str
    epoch: tuple[float, float] | None = None


def check_keywords(file: StkFile, name: str) -> None:
    """Reject keywords that would change the meaning of the numbers."""
    for keyword, expected in (("centralbody", "earth"), ("timeformat", "epsec"), ("timescale", "tai")):
        value, line = file.values.get(keyword, (expected, 0))
        if value.lower() != expected:
            shown = {"centralbody": "Earth", "timeformat": "EpSec", "timescale": "TAI"}[keyword]
            raise InputError(
                f"{name}: line {line}: {file.written(keyword)}: expected {shown}, got {quoted(value, 40)}"
            )


def frame_of_file(file: StkFile, name: str, notes: Notes) -> StkFrame:
    if "coordinatesystem" not in file.values:
        notes.add("no CoordinateSystem; taken as Fixed, STK's default")
        return StkFrame("ITRF")
    written, line = file.values["coordinatesystem"]
    short = written.lower()
    if short == "inertial":
        notes.add("CoordinateSystem Inertial is taken as J2000, which is within 0.07 arcseconds of ICRF")
    if short in FRAMES:
        return StkFrame(FRAMES[short])
    if short not in _FRAMES_OF_EPOCH:
        raise InputError(
            f"{name}: line {line}: CoordinateSystem: expected {_EXPECTED_FRAME}, got {quoted(written, 40)}"
        )
    epoch = epoch_of(file, "coordinatesystemepoch", name)
    if epoch is None:
        raise InputError(
            f"{name}: line {line}: CoordinateSystem {quoted(written, 40)} without CoordinateSystemEpoch; expected "
            f"{EXPECTED_DATE}"
        )
    return StkFrame(_FRAMES_OF_EPOCH[short], (float(epoch.jd[0]), float(epoch.fraction[0])))


def kilometres_per_unit(file: StkFile, name: str) -> float:
    """Kilometres per unit of distance."""
    written, line = file.values.get("distanceunit", ("Meters", 0))
    if written.lower() not in _KM:
        raise InputError(
            f"{name}: line {line}: DistanceUnit: expected Meters, Kilometers, Feet, NauticalMiles or StatuteMiles, "
            f"got {quoted(written, 40)}"
        )
    return _KM[written.lower()]


def epoch_of(file: StkFile, keyword: str, name: str) -> Moments | None:
    """The moment of a keyword such as ScenarioEpoch, or None."""
    if keyword not in file.values:
        return None
    written, line = file.values[keyword]
    match = _DATE.fullmatch(written)
    month = 0
    if match is not None and match[2].lower() in _MONTHS:
        month = 1 + _MONTHS.index(match[2].lower())
    clock = "" if match is None else match[4].rjust(len(match[4]) + (match[4][1] == ":"), "0")
    iso = "" if match is None else f"{match[3]}-{month:02d}-{int(match[1]):02d}T{clock}"
    expected = f"{file.written(keyword)} as {EXPECTED_DATE}"
    moments = moments_of_lines([iso], [line], "UTC", name, None, shown=[written], expected=expected)
    if moments.inside_leap[0]:
        raise InputError(
            f"{name}: line {line}: {file.written(keyword)} is inside a leap second; expected another"
        )
    return moments


def interpolation(file: StkFile, name: str) -> tuple[str, int]:
    """Method, and degree of its polynomials: Hermite's meet positions and velocities."""
    method = excerpt(file.values.get("interpolationmethod", ("", 0))[0]).upper()[:60]
    for keyword in ("interpolationsamplesm1", "interpolationorder"):
        if keyword in file.values:
            value, line = file.values[keyword]
            if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) < 1:
                raise InputError(
                    f"{name}: line {line}: {file.written(keyword)}: expected a whole number from 1 to 999, got "
                    f"{quoted(value, 40)}"
                )
            samples = int(value)
            return method, 2 * samples + 1 if method == "HERMITE" else samples
    return method, 0
