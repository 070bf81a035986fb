"""The lines of an STK ephemeris file: its keywords, its tables and its segment boundaries, as text.

Source: AGI/Ansys, STK help, "Ephemeris File Format (*.e)".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.registry import suggestion
from debrissim.core.text import excerpt, printable, quoted, split_lines

_VERSION = re.compile(r"stk\.v\.[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}", re.IGNORECASE)
_TABLE = re.compile(r"(?:ephemeris|covariance)[a-z]*time[a-z]*|stateerrortransition", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\.?[0-9]")
_MAX_WORD = 60
INVISIBLE = "\ufeff\u200b\x00\x1a \t\v\f"
"""Blanks and marks of encodings at the ends of lines."""
_BOUNDARIES = "segmentboundarytimes"
_READ = (
    "NumberOfEphemerisPoints",
    "ScenarioEpoch",
    "CentralBody",
    "CoordinateSystem",
    "CoordinateSystemEpoch",
    "DistanceUnit",
    "TimeFormat",
    "TimeScale",
    "InterpolationMethod",
    "InterpolationSamplesM1",
    "InterpolationOrder",
    "CovarianceFormat",
    "CovarianceCoordinateSystem",
)
_IGNORED = (
    "MessageLevel",
    "BlockingFactor",
    "ComputeVelocity",
    "SmoothData",
    "CovarianceInterpolationMethod",
    "CovarianceInterpolationSamplesM1",
    "TrendingControlStep",
)
_KNOWN = {keyword.lower(): keyword for keyword in (*_READ, *_IGNORED)}


@dataclass
class Table:
    """A table: its keyword in lower case and as written, its line, and its rows with their lines."""

    keyword: str
    written: str
    line: int
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass
class StkFile:
    """The file: values of keywords with their lines, by keyword in lower case; tables; times of boundaries."""

    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    boundaries: list[list[str]] = field(default_factory=list)
    boundary_lines: list[int] = field(default_factory=list)
    line: int = 1

    def written(self, keyword: str) -> str:
        """A keyword as the format writes it."""
        return _KNOWN.get(keyword, keyword)


def parse(text: str, name: str, notes: Notes) -> StkFile:
    """The content between BEGIN Ephemeris and END Ephemeris. Raises InputError naming file and line."""
    reader = _Reader(name, notes)
    line = 0
    for line, written in enumerate(split_lines(text), start=1):
        bare = written.partition("#")[0].strip(INVISIBLE)
        if bare:
            reader.take(bare, line)
    reader.finish(line)
    return reader.file


class _Reader:
    """The content of a file, filled line by line."""

    def __init__(self, name: str, notes: Notes) -> None:
        self.file = StkFile()
        self._name = name
        self._notes = notes
        self._block: list[str] = []
        self._is_versioned = self._is_done = False

    def _fault(self, line: int, reason: str) -> InputError:
        return InputError(f"{self._name}: line {line}: {reason}")

    def take(self, text: str, line: int) -> None:
        """Take a line from which comments and surrounding blanks have been removed."""
        fields = text.split()
        word = fields[0].lower()
        if not self._is_versioned:
            if not _VERSION.fullmatch(fields[0]):
                raise self._fault(line, f"expected stk.v. and a version, got {quoted(text, 60)}")
            self._is_versioned = True
        elif self._is_done:
            raise self._fault(line, f"expected nothing after END Ephemeris, got {quoted(text, 60)}")
        elif word in ("begin", "end"):
            self._bracket(word, " ".join(fields[1:]).lower(), text, line)
        elif not self._block:
            # Older versions write lines such as "WrittenBy STK_v11.3.0" here.
            self._notes.add("a line before BEGIN Ephemeris is not used", excerpt(text)[:60])
        elif self._block[-1] == _BOUNDARIES:
            self.file.boundaries += [[one] for one in fields]
            self.file.boundary_lines += [line] * len(fields)
        elif len(self._block) > 1:
            pass
        elif _NUMBER.match(text):
            self._row(fields, line)
        else:
            self._keyword(fields, text, line)

    def _bracket(self, word: str, block: str, text: str, line: int) -> None:
        if word == "begin":
            if not self._block and block != "ephemeris":
                raise self._fault(line, f"expected BEGIN Ephemeris, got {quoted(text, 60)}")
            if block == _BOUNDARIES and self.file.boundaries:
                raise self._fault(line, "a second block of SegmentBoundaryTimes; expected one")
            if self._block and block != _BOUNDARIES:
                self._notes.add("a block that is not used", excerpt(text[6:])[:60])
            if not self._block:
                self.file.line = line
            if len(self._block) > 4:
                raise self._fault(line, "blocks within blocks; expected two levels at most")
            self._block.append(block)
        elif not self._block or self._block[-1] != block:
            inside = quoted(self._block[-1], 60) if self._block else "nothing"
            raise self._fault(line, f"{quoted(text, 60)} does not close the block that is open ({inside})")
        else:
            self._block.pop()
            self._is_done = not self._block

    def _row(self, fields: list[str], line: int) -> None:
        if not self.file.tables:
            raise self._fault(
                line, "numbers before a table; expected EphemerisTimePosVel or another table first"
            )
        self.file.tables[-1].rows.append(fields)
        self.file.tables[-1].lines.append(line)

    def _keyword(self, fields: list[str], text: str, line: int) -> None:
        word, value = fields[0].lower(), " ".join(fields[1:])
        if len(fields) == 1 and len(word) <= _MAX_WORD and _TABLE.fullmatch(word):
            if any(table.keyword == word for table in self.file.tables):
                raise self._fault(line, f"a second table {quoted(fields[0], 60)}; expected one")
            self.file.tables.append(Table(word, fields[0], line))
        elif word not in _KNOWN:
            if self.file.tables:
                raise self._fault(
                    line,
                    f"expected a time and numbers of {self._table()}, or a keyword, got {quoted(text, 60)}",
                )
            hint = suggestion(word, _KNOWN)
            if hint:
                raise self._fault(line, f"unknown keyword {quoted(fields[0], 60)}{hint}")
            self._notes.add("a keyword that is not known; it is not used", excerpt(fields[0])[:60])
        elif word in self.file.values:
            raise self._fault(line, f"{_KNOWN[word]} is given twice")
        else:
            self.file.values[word] = (printable(value), line)

    def _table(self) -> str:
        return quoted(self.file.tables[-1].written, 60)

    def finish(self, line: int) -> None:
        """Raise InputError if the file ends before its block is closed."""
        if not self._is_done:
            expected = f"END {'Ephemeris' if len(self._block) < 2 else quoted(self._block[-1], 60)}"
            raise self._fault(
                line, f"the file ends; expected {expected if self._block else 'BEGIN Ephemeris'} first"
            )
