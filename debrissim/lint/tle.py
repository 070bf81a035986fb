"""The check of two-line element sets, with or without names.

Source: CelesTrak, "NORAD Two-Line Element Set Format" (columns, names of 24 characters, checksum); Space-Track's
Alpha-5 for numbers above 99999 (no I, no O).

Assumptions
- Numbers may be padded with blanks at their left, and may carry a plus sign where a minus sign has its column.
- A name may have "0 " before it (3LE).
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from debrissim.catalog.tle import is_element_line
from debrissim.core.text import quoted, split_lines
from debrissim.lint.findings import Collector

_SOURCE = "CelesTrak, NORAD Two-Line Element Set Format"
WIDTH = 69
_NAME_LENGTH = 24
_SHOWN = 40
_CENTURY = 57


@dataclass(frozen=True)
class Field:
    """A field of a line: its first and last column, its pattern, and the value expected there, in words."""

    name: str
    first: int
    last: int
    pattern: str
    expected: str

    def text(self, line: str) -> str:
        """The field of a line."""
        return line[self.first - 1 : self.last]


_NUMBER = r"(?:[ ]{4}[0-9]|[ ]{3}[0-9]{2}|[ ]{2}[0-9]{3}|[ ][0-9]{4}|[0-9]{5}|[A-HJ-NP-Z][0-9]{4})"
_ANGLE = r"(?:[ ]{2}[0-9]|[ ][0-9]{2}|[0-9]{3})\.[0-9]{4}"
_IMPLIED = r"[ +\-][0-9]{5}[+\-][0-9]"
_UP_TO_4 = r"(?:[ ]{3}[0-9]|[ ]{2}[0-9]{2}|[ ][0-9]{3}|[0-9]{4})"
_UP_TO_5 = r"(?:[ ]{4}[0-9]|[ ]{3}[0-9]{2}|[ ]{2}[0-9]{3}|[ ][0-9]{4}|[0-9]{5}|[ ]{5})"
_IMPLIED_WORDS = "a sign, five digits, a sign and one digit, such as ' 12345-4'"

LINES: Mapping[int, tuple[Field, ...]] = {
    1: (
        Field("catalogue number", 3, 7, _NUMBER, "five digits or Alpha-5"),
        Field("classification", 8, 8, "[UCS]", "U, C or S"),
        Field(
            "international designator",
            10,
            17,
            "(?:[0-9]{5}(?:[A-Z]{3}|[A-Z]{2}[ ]|[A-Z][ ]{2}|[ ]{3})|[ ]{8})",
            "two digits of the year, three of the launch and one to three letters, or blanks",
        ),
        Field("epoch", 19, 32, r"[0-9]{2}(?:[ ]{2}[0-9]|[ ][0-9]{2}|[0-9]{3})\.[0-9]{8}", "yyddd.dddddddd"),
        Field(
            "derivative of the mean motion",
            34,
            43,
            r"[ +\-]\.[0-9]{8}",
            "a sign or a blank, a point, eight digits",
        ),
        Field("second derivative of the mean motion", 45, 52, _IMPLIED, _IMPLIED_WORDS),
        Field("B*", 54, 61, _IMPLIED, _IMPLIED_WORDS),
        Field("ephemeris type", 63, 63, "[0-9]", "a digit"),
        Field("element set number", 65, 68, _UP_TO_4, "a number"),
        Field("checksum", 69, 69, "[0-9]", "a digit"),
    ),
    2: (
        Field("catalogue number", 3, 7, _NUMBER, "five digits or Alpha-5"),
        Field("inclination", 9, 16, _ANGLE, "ddd.dddd"),
        Field("right ascension of the ascending node", 18, 25, _ANGLE, "ddd.dddd"),
        Field("eccentricity", 27, 33, "[0-9]{7}", "seven digits"),
        Field("argument of perigee", 35, 42, _ANGLE, "ddd.dddd"),
        Field("mean anomaly", 44, 51, _ANGLE, "ddd.dddd"),
        Field("mean motion", 53, 63, r"(?:[ ][0-9]|[0-9]{2})\.[0-9]{8}", "dd.dddddddd"),
        Field("revolution number", 64, 68, _UP_TO_5, "a number"),
        Field("checksum", 69, 69, "[0-9]", "a digit"),
    ),
}
_FIELDS = {(number, field.name): field for number, fields in LINES.items() for field in fields}
_PATTERNS = {
    (number, field.name): re.compile(field.pattern) for number, fields in LINES.items() for field in fields
}


def _whole(number: int) -> re.Pattern[str]:
    """The pattern of a line: its fields, with blanks between them."""
    pattern, column = str(number), 1
    for field in LINES[number]:
        pattern += f"[ ]{{{field.first - column - 1}}}" + field.pattern
        column = field.last
    return re.compile(pattern)


_WHOLE = {number: _whole(number) for number in LINES}
# In a line, digits count, a minus sign counts 1 and all other characters 0.
_WEIGHTS = bytes(code - 48 if 48 <= code <= 57 else 1 if code == 45 else 0 for code in range(256))


def checksum(line: str) -> int:
    """The checksum of the first 68 columns of a line."""
    return sum(line[: WIDTH - 1].encode("latin-1", "replace").translate(_WEIGHTS)) % 10


def check(text: str, out: Collector) -> tuple[str, int]:
    """Check the element sets of a text; returns the format ("TLE" or "3LE") and their number."""
    reader = _Reader(out)
    for number, raw in enumerate(split_lines(text), start=1):
        reader.take(raw, number)
    reader.finish()
    return ("3LE" if reader.named else "TLE"), reader.records


class _Reader:
    """The element sets of a text, line by line."""

    def __init__(self, out: Collector) -> None:
        self.records = 0
        self.named = False
        self._out = out
        self._name: tuple[str, int] | None = None
        self._first: tuple[str, int] | None = None
        self._seen: dict[tuple[str, str], int] = {}

    def take(self, raw: str, number: int) -> None:
        """Take a line."""
        line = self._bare(raw, number)
        if not line:
            return
        kind = int(line[0]) if line[0] in "12" and is_element_line(line) else 0
        if kind == 1:
            self._alone()
            self._first = line, number
        elif kind == 2 and self._first is not None:
            self._pair(*self._first, line, number)
            self._name = self._first = None
        elif kind == 2:
            self._fault("line-alone", number, "line 2 without a line 1 before it", "")
            self._name = None
        else:
            self._alone()
            self._other(line, number)

    def finish(self) -> None:
        """End the text."""
        self._alone()
        self._drop_name()

    def _fault(self, rule: str, number: int, text: str, place: str) -> None:
        self._out.fault(rule, number, text, f"{_SOURCE}{place}")

    def _bare(self, raw: str, number: int) -> str:
        """The line without blanks at its ends, which are reported."""
        line = raw.strip(" \t\r\v\f\ufeff\x1a")
        if not line:
            return ""
        if raw.rstrip() != raw:
            text = "blanks after the line"
            self._out.advice("trailing-blanks", number, text, _SOURCE)
        if not raw.startswith(line[:1]):
            self._fault(
                "leading-blanks", number, "blanks or marks before the line, which shift its columns", ""
            )
        if not line.isascii() or not line.isprintable():
            shown = next(c for c in line if not (c.isascii() and c.isprintable()))
            self._fault("characters", number, f"{quoted(shown)} is not a printable ASCII character", "")
        return line

    def _alone(self) -> None:
        if self._first is not None:
            self._fault("line-alone", self._first[1], "line 1 without a line 2 after it", "")
            self._first = None

    def _drop_name(self) -> None:
        if self._name is not None:
            text = (
                f"{quoted(self._name[0], _SHOWN)} is neither a line of an element set nor a name before one"
            )
            self._fault("foreign-line", self._name[1], text, "")
            self._name = None

    def _other(self, line: str, number: int) -> None:
        self._drop_name()
        if line.startswith("#"):
            self._out.advice("comment", number, "a comment, which the format does not have", _SOURCE)
            return
        self._name = line, number

    def _pair(self, first: str, first_number: int, second: str, second_number: int) -> None:
        self.records += 1
        if self._name is not None:
            self.named = True
            name = self._name[0][2:] if self._name[0].startswith("0 ") else self._name[0]
            if len(name) > _NAME_LENGTH:
                text = f"a name of {len(name)} characters; the format has {_NAME_LENGTH}"
                self._out.advice("name-length", self._name[1], text, f"{_SOURCE}, line 0")
        fits = [self._line(1, first, first_number), self._line(2, second, second_number)]
        if first[2:7] != second[2:7]:
            text = f"line 1 is of {quoted(first[2:7])}, line 2 of {quoted(second[2:7])}"
            self._fault("numbers-differ", second_number, text, ", columns 3-7")
        if all(fits):
            self._values(first, first_number, second, second_number)

    def _line(self, kind: int, line: str, number: int) -> bool:
        """Check columns and checksum of a line; whether its fields can be read."""
        if len(line) == WIDTH - 1 and _WHOLE[kind].fullmatch(f"{line}0"):
            self._fault(
                "checksum-missing", number, f"line {kind} has no checksum", f", line {kind}, column {WIDTH}"
            )
            return True
        if len(line) != WIDTH:
            text = f"line {kind} has {len(line)} characters; expected {WIDTH}"
            self._fault("line-length", number, text, f", line {kind}")
            return False
        fits = _WHOLE[kind].fullmatch(line) is not None
        if not fits:
            self._columns(kind, line, number)
        if line[-1].isdigit() and int(line[-1]) != checksum(line):
            text = f"the checksum of line {kind} is {checksum(line)}, got {line[-1]}"
            self._fault("checksum", number, text, f", line {kind}, column {WIDTH}")
        return fits

    def _columns(self, kind: int, line: str, number: int) -> None:
        column = 1
        for field in LINES[kind]:
            between = line[column : field.first - 1]
            if between.strip(" "):
                text = f"line {kind}: expected a blank before the {field.name}, got {quoted(between)}"
                self._fault("columns", number, text, f", line {kind}, column {field.first - 1}")
            column = field.last
            got = field.text(line)
            if not _PATTERNS[kind, field.name].fullmatch(got):
                text = f"line {kind}: {field.name}: expected {field.expected}, got {quoted(got)}"
                place = (
                    f"column {field.first}"
                    if field.first == field.last
                    else f"columns {field.first}-{field.last}"
                )
                self._fault("columns", number, text, f", line {kind}, {place}")

    def _values(self, first: str, first_number: int, second: str, second_number: int) -> None:
        epoch = first[18:32]
        year, day = int(epoch[:2]), int(epoch[2:5])
        full_year = year + (1900 if year >= _CENTURY else 2000)
        days = 365 + isleap(full_year)
        if not 1 <= day <= days:
            text = f"epoch: day {day} of {full_year}, which has {days}"
            self._fault("epoch", first_number, text, ", line 1, columns 19-32")
        for name, limit in _LIMITS:
            field = _FIELDS[2, name]
            if float(field.text(second)) > limit:
                text = f"{name}: expected at most {limit:g}, got {field.text(second).strip()}"
                self._fault("range", second_number, text, f", line 2, columns {field.first}-{field.last}")
        if float(second[52:63]) <= 0.0:
            self._fault(
                "range", second_number, "mean motion: expected more than 0", ", line 2, columns 53-63"
            )
        if first[9:14].isdigit() and not first[14:17].strip():
            text = f"international designator {quoted(first[9:17].strip())} without the letters of the piece"
            self._out.advice("designator-piece", first_number, text, f"{_SOURCE}, line 1, columns 15-17")
        key = first[2:7], epoch
        if key in self._seen:
            text = f"number and epoch of the element set on line {self._seen[key]} again"
            self._out.advice("element-set-twice", first_number, text, _SOURCE)
        else:
            self._seen[key] = first_number


_LIMITS: Sequence[tuple[str, float]] = (
    ("inclination", 180.0),
    ("right ascension of the ascending node", 360.0),
    ("argument of perigee", 360.0),
    ("mean anomaly", 360.0),
)
