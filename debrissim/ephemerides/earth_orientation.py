"""Earth orientation from files: polar motion and UT1.

Formats, recognised by content: finals2000A and finals (IERS Bulletin A, "readme.finals2000A"), C04 (IERS 14 C04 and
20 C04, whose rows begin with year, month, day), and CelesTrak's EOP-All.csv and EOP-Last5Years.csv ("EOP Data Format").

Assumptions
- Values between the days of a table are interpolated linearly, UT1 as UT1 - TAI, which has no leaps: 0.1 ms and 0.5
  milliarcseconds (tides of less than a day included), 5 cm at 7,000 km.
- Polar motion below 0.6 arcseconds and |UT1 - UTC| below 0.9 s hold at all times (IERS Conventions 2010, section 5; the
  definition of UTC), so they bound the error if there is no table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.files import read_text
from debrissim.core.leap_seconds import tai_minus_utc
from debrissim.core.text import quoted, split_lines
from debrissim.core.time import utc_text

MJD_ZERO = 2400000.5
MAX_POLAR_MOTION_ARCSEC = 0.6
MAX_UT1_UTC_S = 0.9
_EXPECTED = "expected finals2000A, EOP C04 or CelesTrak's EOP as CSV"
_CSV_HEADER = "DATE,MJD,X,Y,UT1-UTC"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_MJD_RANGE = (41317.0, 88069.0)
_MAX_STEP_DAYS = 6.0
_MAX_CHANGE_S = 0.1


@dataclass(frozen=True, eq=False)
class EarthOrientation:
    """A table of n days.

    | column      | shape | unit                                                                  |
    |-------------|-------|-----------------------------------------------------------------------|
    | mjd         | (n,)  | modified Julian dates, UTC, strictly increasing                       |
    | x, y_arcsec | (n,)  | arc seconds: the pole's coordinates                                   |
    | ut1_tai_s   | (n,)  | s                                                                     |
    | source      |       | name of the file                                                      |
    """

    mjd: Array
    x_arcsec: Array
    y_arcsec: Array
    ut1_tai_s: Array
    source: str

    def at(self, jd: Array, fraction: Array) -> tuple[Array, Array, Array]:
        """(k,) x and y in arc seconds and UT1 - TAI in s at UTC split Julian dates (k,).

        Raises InputError, naming the table and its span, for a moment outside it.
        """
        mjd = (np.asarray(jd, dtype=np.float64) - MJD_ZERO) + np.asarray(fraction, dtype=np.float64)
        outside = (mjd < self.mjd[0]) | (mjd > self.mjd[-1])
        if outside.any():
            at = mjd[outside][0]
            begin, end, asked = (
                utc_text(MJD_ZERO + day, 0.0, decimals=0)[:10]
                for day in np.floor([self.mjd[0], self.mjd[-1], at]).tolist()
            )
            raise InputError(f"{self.source}: Earth orientation from {begin} to {end}; {asked} is needed")
        x, y, ut1 = (
            np.interp(mjd, self.mjd, column) for column in (self.x_arcsec, self.y_arcsec, self.ut1_tai_s)
        )
        return x, y, ut1


def read_earth_orientation(path: Path | str) -> EarthOrientation:
    """The table of a file: finals2000A, EOP C04 or CelesTrak's CSV, each plain, gzip or xz.

    Raises InputError, with one sentence that names file and line.
    """
    path = Path(path)
    return parse_earth_orientation(read_text(path, "a file of Earth orientation"), str(path))


def parse_earth_orientation(text: str, name: str) -> EarthOrientation:
    """The table in the text of a file; `name` is the file's name in messages. Raises as `read_earth_orientation`."""
    lines = split_lines(text)
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if first.replace(" ", "").upper().startswith(_CSV_HEADER):
        rows = _csv_rows(lines)
    elif re.match(r"[ 0-9]{2}[ 0-9]{2}[ 0-9]{2} [ 0-9]{5}\.[0-9]{2} [IP ]", first):
        rows = _finals_rows(lines)
    elif _is_c04(lines):
        rows = _c04_rows(lines)
    else:
        shown = quoted(first, 60) if first else "nothing"
        raise InputError(f"{name}: begins with {shown}; {_EXPECTED}")
    table = [(_numbers(fields, name, number), number) for number, fields in rows]
    if len(table) < 2:
        raise InputError(f"{name}: fewer than two days of Earth orientation; {_EXPECTED}")
    columns = np.array([row for row, _ in table])
    mjd, x, y, ut1_utc = columns.T
    steps = np.diff(mjd)
    fault = np.flatnonzero((steps <= 0.0) | (steps > _MAX_STEP_DAYS))
    if fault.size:
        line = table[int(fault[0]) + 1][1]
        raise InputError(
            f"{name}: line {line}: MJD {mjd[fault[0] + 1]:g} after {mjd[fault[0]]:g}; expected days in order"
        )
    for column, limit, label in ((x, 2.0, "x"), (y, 2.0, "y"), (ut1_utc, 1.0, "UT1 - UTC")):
        wrong = np.flatnonzero(np.abs(column) > limit)
        if wrong.size:
            line = table[int(wrong[0])][1]
            raise InputError(
                f"{name}: line {line}: expected {label} within {limit:g}, got {column[wrong[0]]:g}"
            )
    ut1_tai = ut1_utc - tai_minus_utc(mjd + MJD_ZERO, np.zeros(mjd.size))
    # The length of day differs from 86,400 s by 4 ms at most.
    leap = np.flatnonzero(np.abs(np.diff(ut1_tai)) > _MAX_CHANGE_S)
    if leap.size:
        line = table[int(leap[0]) + 1][1]
        raise InputError(
            f"{name}: line {line}: UT1 - TAI changes by {ut1_tai[leap[0] + 1] - ut1_tai[leap[0]]:.3f} s in a step; "
            "expected less than 0.1 s (a leap second that the installed pyerfa does not know?)"
        )
    return EarthOrientation(mjd, x, y, ut1_tai, name)


def _numbers(fields: list[str], name: str, line: int) -> tuple[float, float, float, float]:
    """MJD, x, y, UT1 - UTC."""
    fields = [field.strip() for field in fields]
    for label, field in zip(("the MJD", "x", "y", "UT1 - UTC"), fields, strict=True):
        if not _NUMBER.fullmatch(field):
            raise InputError(f"{name}: line {line}: expected {label} as a number, got {quoted(field, 40)}")
    mjd, x, y, ut1 = (float(field) for field in fields)
    if not _MJD_RANGE[0] <= mjd <= _MJD_RANGE[1]:
        raise InputError(f"{name}: line {line}: expected an MJD of the years 1972 to 2099, got {mjd:g}")
    return mjd, x, y, ut1


def _finals_rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Columns 8-15 MJD, 19-27 x, 38-46 y, 59-68 UT1 - UTC; days without values close the file."""
    for number, line in enumerate(lines, start=1):
        if line.strip() and line[18:68].strip():
            yield number, [line[7:15], line[18:27], line[37:46], line[58:68]]


def _csv_rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    header_seen = False
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not header_seen:
            header_seen = True
            continue
        yield number, [*line.split(","), "", "", "", ""][1:5]


def _is_c04(lines: list[str]) -> bool:
    return any(_c04_fields(line) is not None for line in lines[:200])


def _c04_fields(line: str) -> list[str] | None:
    """MJD, x, y, UT1 - UTC of a row of 14 C04 (year month day MJD x y ...) or 20 C04 (with the hour before the MJD)."""
    fields = line.split()
    if len(fields) < 8 or not re.fullmatch(r"(?:19|20)[0-9]{2}", fields[0]):
        return None
    if re.fullmatch(r"[0-9]{5}", fields[3]):
        return [fields[3], *fields[4:7]]
    return [fields[4], *fields[5:8]] if re.fullmatch(r"[0-9]{5}\.[0-9]+", fields[4]) else None


def _c04_rows(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    seen = False
    for number, line in enumerate(lines, start=1):
        fields = _c04_fields(line)
        if fields is not None:
            seen = True
            # Rows before 1972 are not needed here.
            if _NUMBER.fullmatch(fields[0]) and float(fields[0]) >= _MJD_RANGE[0]:
                yield number, fields
        elif seen and line.strip():
            # A row that breaks off; `_numbers` reports it.
            yield number, [*line.split()[:1], "", "", ""]
