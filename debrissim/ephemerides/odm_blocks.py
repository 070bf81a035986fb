"""Orbit data messages (OPM, OEM, OCM) as blocks of keywords and lines, in whichever notation.

Source: CCSDS 502.0-B-3, "Orbit Data Messages", sections 3 (OPM), 5 (OEM), 6 (OCM) and 7 (KVN).

Assumptions
- Keywords in lower case are read as in upper case, and noted.
- Units are those of the standard, whether stated or not; other units are an error.
- A keyword that nearly matches one of the standard is an error, because a default would take its place; others are
  noted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from debrissim.core.errors import InputError
from debrissim.core.notes import Notes
from debrissim.core.registry import suggestion
from debrissim.core.text import excerpt, printable, quoted
from debrissim.ephemerides.columns import moments_of_lines, number_table
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.time_systems import EXPECTED_TIME, Moments

HEADER_KEYWORDS = ("CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
LOWER_CASE = "keywords in lower case; the standard has upper case"
STATE_KEYWORDS = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE_KEYWORDS = tuple(
    f"C{row}_{column}" for k, row in enumerate(STATE_KEYWORDS) for column in STATE_KEYWORDS[: k + 1]
)
_MAX_DEGREE = 1000
_DESIGNATOR = re.compile(r"([0-9]{4})-([0-9]{3})-? ?([A-Z]{1,3})")

Schema = Mapping[str, Sequence[str]]
"""The keywords of each kind of block that is read."""


@dataclass
class Block:
    """A block: its kind, its line, its keywords with values and lines, and its lines of data."""

    kind: str
    line: int
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    row_lines: list[int] = field(default_factory=list)

    def text(self, keyword: str, default: str = "") -> str:
        """The value, or the default if there is none or it is empty."""
        return self.values.get(keyword, ("", 0))[0] or default

    def line_of(self, keyword: str) -> int:
        """The line of a keyword, or of the block where the keyword is missing."""
        return self.values.get(keyword, ("", self.line))[1]

    def number(self, keyword: str, name: str) -> float:
        """The finite number of a keyword. Raises InputError, naming the line, if it is missing or not one."""
        self.require((keyword,), name)
        line = self.line_of(keyword)
        return float(number_table([[self.text(keyword)]], 1, [line], name, keyword)[0, 0])

    def put(self, keyword: str, value: str, line: int, name: str, known: Sequence[str], notes: Notes) -> None:
        """Take a keyword. Raises InputError if it is there already or is misspelt; unknown ones are noted."""
        if keyword != keyword.upper():
            notes.add(LOWER_CASE)
            keyword = keyword.upper()
        if keyword in self.values:
            raise InputError(f"{name}: line {line}: {keyword} is given twice in {self.kind}")
        if keyword not in known:
            hint = "" if keyword.startswith("USER_DEFINED_") else suggestion(keyword, known)
            if hint:
                raise InputError(f"{name}: line {line}: unknown keyword {quoted(keyword, 60)}{hint}")
            notes.add("a keyword that is not used", excerpt(keyword)[:60])
            return
        self.values[keyword] = (printable(value.strip()), line)

    def require(self, keywords: Sequence[str], name: str) -> None:
        """InputError, naming the line of the block, if one of the keywords is missing or has no value."""
        missing = [keyword for keyword in keywords if not self.text(keyword)]
        if missing:
            shown = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
            be = "is" if len(missing) == 1 else "are"
            raise InputError(f"{name}: line {self.line}: {self.kind}: {shown} {be} missing; expected a value")


@dataclass
class OdmMessage:
    """A message: its header, its blocks in the order of the file, and the oddities found."""

    kind: str
    line: int
    schema: Schema
    header: Block = field(init=False)
    blocks: list[Block] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        self.header = Block("HEADER", self.line)

    @property
    def version_keyword(self) -> str:
        """ "CCSDS_OPM_VERS" or "CCSDS_OCM_VERS"."""
        return f"CCSDS_{self.kind}_VERS"

    def open(self, kind: str, line: int) -> Block | None:
        """Open a block; None, with a note, if its kind is not read."""
        if kind not in self.schema:
            self.notes.add("a block that is not used", kind[:40])
            return None
        self.blocks.append(Block(kind, line))
        return self.blocks[-1]

    def of_kind(self, kind: str) -> list[Block]:
        """The blocks of a kind."""
        return [block for block in self.blocks if block.kind == kind]

    def one(self, kind: str, name: str) -> Block:
        """The only block of a kind. Raises InputError if there is none or a different one."""
        blocks = self.of_kind(kind)
        if len(blocks) != 1:
            line = blocks[1].line if blocks else self.line
            raise InputError(
                f"{name}: line {line}: {len(blocks)} blocks {kind} in an {self.kind}; expected one"
            )
        return blocks[0]

    def put(self, block: Block, keyword: str, value: str, line: int, name: str) -> None:
        """Take a keyword into a block, as `Block.put`."""
        known = (self.version_keyword, *HEADER_KEYWORDS) if block is self.header else self.schema[block.kind]
        block.put(keyword, value, line, name, known, self.notes)


def check_header(message: OdmMessage, versions: str, name: str) -> None:
    """Raise InputError for a message of a version that the pattern does not allow, or without its header."""
    message.header.require((message.version_keyword, "CREATION_DATE", "ORIGINATOR"), name)
    version = message.header.text(message.version_keyword)
    if not re.fullmatch(versions, version):
        line = message.header.line_of(message.version_keyword)
        raise InputError(
            f"{name}: line {line}: {message.version_keyword}: expected 3.0{' or before' if '1' in versions else ''}, "
            f"got {quoted(version, 40)}"
        )


def moment_of(block: Block, keyword: str, system: str, name: str, eop: EarthOrientation | None) -> Moments:
    """The moment of a keyword in a time system. Raises InputError, naming the line, if it is not a time."""
    expected = f"{keyword} as {EXPECTED_TIME}"
    return moments_of_lines(
        [block.text(keyword)], [block.line_of(keyword)], system, name, eop, expected=expected
    )


def creation_of(header: Block, name: str) -> tuple[float, float]:
    """(jd, fraction) of CREATION_DATE, UTC. Raises InputError, naming the line, if it is not a time."""
    moment = moment_of(header, "CREATION_DATE", "UTC", name, None)
    return float(moment.jd[0]), float(moment.fraction[0])


def international_designator(text: str) -> str:
    """ "1998-067A" of an international designator in any of its usual spellings, "" of other text."""
    match = _DESIGNATOR.fullmatch(text.strip().upper())
    return "" if match is None else f"{match[1]}-{match[2]}{match[3]}"


def interpolation_of(block: Block, name: str) -> tuple[str, int]:
    """INTERPOLATION and its degree, 0 without one. Raises InputError, naming the line, if it is not a whole number."""
    method, degree = block.text("INTERPOLATION").upper(), block.text("INTERPOLATION_DEGREE")
    if not degree:
        return method, 0
    if not re.fullmatch(r"[0-9]{1,4}", degree) or not 1 <= int(degree) <= _MAX_DEGREE:
        raise InputError(
            f"{name}: line {block.line_of('INTERPOLATION_DEGREE')}: INTERPOLATION_DEGREE: expected a whole number "
            f"from 1 to {_MAX_DEGREE}, got {quoted(degree, 40)}"
        )
    return method, int(degree)


def unit_of_state(keyword: str) -> str:
    """The unit of a number of a state or of its covariance, by the dots of its name; "" for other keywords."""
    dots = keyword.count("_DOT")
    if keyword in COVARIANCE_KEYWORDS:
        return ("km**2", "km**2/s", "km**2/s**2")[dots]
    return ("km", "km/s")[dots] if keyword in STATE_KEYWORDS else ""


def check_unit(keyword: str, unit: str | None, expected: str, name: str, line: int) -> None:
    """Raise InputError for a stated unit other than the standard's."""
    written = (unit or "").strip().replace("^", "**").replace(" ", "")
    if written and written.lower() != expected.lower():
        raise InputError(
            f"{name}: line {line}: {keyword}: expected the unit [{expected}], got {quoted(unit or '', 20)}"
        )
