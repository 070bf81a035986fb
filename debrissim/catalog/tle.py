"""Two-line element sets, with or without a name line, split into columns of text.

Source: Hoots & Roehrich 1980, "Spacetrack Report #3", and Space-Track's description of the TLE columns.

Rules:
- a line of 68 characters is one without its checksum, and is accepted; any other length except 69 is not;
- decimal points and the blanks between fields must be in their columns, so a shifted line is not misread;
- the name is the line right before line 1, with or without a leading "0 "; lines that start with "#" and
  blank lines are skipped; every other line is foreign and is reported;
- the checksum, if there is one, must be that of the line;
- numbers may be padded with blanks or zeros and may carry a plus sign; blank drag terms of the mean motion,
  which SGP4 does not use, are zero; a blank B* is not. No field may hold letters ("0.00E0123" is no eccentricity);
- B* and the second derivative have an assumed decimal point and an exponent of one digit (" 87000-5"), or of two
  where the sign's column is given up for it ("87000-10" is 0.87e-10). Without the sign of the exponent they have no
  meaning, unless they are zero ("00000 0").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog_numbers import parse_catalog_number
from debrissim.catalog.records import Format, JoinedColumns, RawRecords, Rejection, check_counts
from debrissim.core.text import excerpt, split_lines

_WIDTH = 69
_ROWS_PER_BLOCK = 20_000
# The number column distinguishes a cut-off element line from a name.
_NUMBER_COLUMN = re.compile(r"[12] [A-Z0-9 ][0-9 ]{3}[0-9]")
_SURE_LENGTH = 60  # names have 24 characters; no other line is this long and starts with "1 "

# Zero-based columns that must hold these characters.
_LINE1_LAYOUT = {1: " ", 8: " ", 17: " ", 23: ".", 32: " ", 34: ".", 43: " ", 52: " ", 61: " ", 63: " "}
_LINE2_LAYOUT = dict.fromkeys((1, 7, 16, 25, 33, 42, 51), " ") | dict.fromkeys((11, 20, 37, 46, 54), ".")

# The columns of numbers, half-open; those of the assumed decimal point are checked by their own pattern.
_NUMBER_COLUMNS = {
    1: {"MEAN_MOTION_DOT": (33, 43)},
    2: {
        "INCLINATION": (8, 16),
        "RA_OF_ASC_NODE": (17, 25),
        "ARG_OF_PERICENTER": (34, 42),
        "MEAN_ANOMALY": (43, 51),
        "MEAN_MOTION": (52, 63),
    },
}
_IMPLIED_POINT = re.compile(r"([+-]?)([0-9]{1,5})([+-][0-9]{1,2})")
_IMPLIED_ZERO = re.compile(r"[+-]?0+(?: ?[+-]?[0-9]{1,2})?")


@dataclass
class _Pairs:
    """Element sets whose two lines follow each other, and the lines that were rejected."""

    names: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def read_tle(text: str, file: str) -> RawRecords:
    """The element sets of a TLE or 3LE text under their OMM keywords, epochs in the TLE's own format."""
    pairs = _pair_lines(text, file)
    rejected = list(pairs.rejected)
    reasons: dict[int, str] = {}
    for start in range(0, len(pairs.lines), _ROWS_PER_BLOCK):
        block = slice(start, start + _ROWS_PER_BLOCK)
        faults = _faults(pairs.first[block], pairs.second[block])
        reasons |= {start + row: reason for row, reason in faults.items()}
        check_counts(file, len(pairs.first), len(rejected) + len(reasons))
    for row, reason in sorted(reasons.items()):
        number = parse_catalog_number(pairs.first[row][2:7])
        rejected.append(Rejection(file, pairs.lines[row], number, reason, excerpt(pairs.first[row])))
    good = [row for row in range(len(pairs.lines)) if row not in reasons]
    fields = JoinedColumns()
    for start in range(0, len(good), _ROWS_PER_BLOCK):
        fields.add(_fields(pairs, good[start : start + _ROWS_PER_BLOCK]))
    return RawRecords(
        fields=fields,
        lines=[pairs.lines[row] for row in good],
        texts=[pairs.first[row] for row in good],
        rejected=rejected,
        epoch_style="tle",
        variant="3le" if any(pairs.names[row] for row in good) else "",
    )


def _fields(pairs: _Pairs, rows: Sequence[int]) -> dict[str, list[str]]:
    """The columns of good rows by their OMM keywords."""
    first = [pairs.first[row] for row in rows]
    second = [pairs.second[row] for row in rows]
    return {
        "OBJECT_NAME": [pairs.names[row] for row in rows],
        "NORAD_CAT_ID": [line[2:7] for line in first],
        "OBJECT_ID": [international_designator(line[9:17]) for line in first],
        "EPOCH": [line[18:32] for line in first],
        "MEAN_MOTION_DOT": [line[33:43] for line in first],
        "MEAN_MOTION_DDOT": [_implied_point(line[44:52]) for line in first],
        "BSTAR": [_implied_point(line[53:61]) for line in first],
        "EPHEMERIS_TYPE": [line[62] for line in first],
        "INCLINATION": [line[8:16] for line in second],
        "RA_OF_ASC_NODE": [line[17:25] for line in second],
        "ECCENTRICITY": ["0." + line[26:33].replace(" ", "0") for line in second],
        "ARG_OF_PERICENTER": [line[34:42] for line in second],
        "MEAN_ANOMALY": [line[43:51] for line in second],
        "MEAN_MOTION": [line[52:63] for line in second],
    }


def is_element_line(line: str) -> bool:
    """Whether a line looks like line 1 or line 2 of an element set, complete or cut off."""
    if not line.startswith(("1 ", "2 ")):
        return False
    return len(line) >= _SURE_LENGTH or _NUMBER_COLUMN.match(line) is not None


def _pair_lines(text: str, file: str) -> _Pairs:
    pairs = _Pairs()

    def reject(number: int, line: str, reason: str) -> None:
        norad_id = parse_catalog_number(line[2:7]) if is_element_line(line) else None
        pairs.rejected.append(Rejection(file, number, norad_id, reason, excerpt(line)))
        check_counts(file, len(pairs.first), len(pairs.rejected))

    # Three lists side by side; kind 1 and 2 for element lines, 0 for all others, -1 after the last.
    numbers: list[int] = []
    lines: list[str] = []
    kinds: list[int] = []
    for number, raw_line in enumerate(split_lines(text), start=1):
        line = raw_line.strip()
        if line and line[0] != "#":
            numbers.append(number)
            lines.append(line)
            kinds.append(int(line[0]) if line[0] in "12" and is_element_line(line) else 0)
    lines.append("")
    kinds.append(-1)
    name = ""
    k = 0
    while k < len(numbers):
        number, line, kind, next_kind = numbers[k], lines[k], kinds[k], kinds[k + 1]
        if kind == 1 and next_kind == 2:
            pairs.names.append(name)
            pairs.first.append(line)
            pairs.second.append(lines[k + 1])
            pairs.lines.append(number)
            check_counts(file, len(pairs.first), len(pairs.rejected))
            k += 1
        elif kind == 1:
            reject(number, line, "line 1 without a line 2 after it")
        elif kind == 2:
            reject(number, line, "line 2 without a line 1 before it")
        elif next_kind != 1:
            reject(number, line, "neither a line of an element set nor a name before one")
        name = (line[2:] if line.startswith("0 ") else line) if kind == 0 and next_kind == 1 else ""
        if name == "0":
            name = ""
        k += 1
    return pairs


def _faults(first: Sequence[str], second: Sequence[str]) -> dict[int, str]:
    """The first fault of each faulty element set, by row."""
    reasons: dict[int, str] = {}
    for row, (line1, line2) in enumerate(zip(first, second, strict=True)):
        wrong = [
            (k, len(line)) for k, line in ((1, line1), (2, line2)) if not _WIDTH - 1 <= len(line) <= _WIDTH
        ]
        if wrong:
            reasons[row] = "wrong length: line {} has {} characters, expected 69".format(*wrong[0])
        elif not (line1.isascii() and line2.isascii()):
            reasons[row] = "a character that is not ASCII"
        elif line1[2:7] != line2[2:7] and parse_catalog_number(line1[2:7]) != parse_catalog_number(
            line2[2:7]
        ):
            reasons[row] = f"number mismatch: line 1 is of {line1[2:7]!r}, line 2 of {line2[2:7]!r}"
        elif parse_catalog_number(line1[2:7]) is None:
            reasons[row] = f"catalogue number {line1[2:7]!r} is neither digits nor Alpha-5"
        elif fault := _field_fault(line1, line2):
            reasons[row] = fault
    rows = np.array([row for row in range(len(first)) if row not in reasons], dtype=np.intp)
    for number, lines, layout in ((1, first, _LINE1_LAYOUT), (2, second, _LINE2_LAYOUT)):
        characters = _characters([lines[row] for row in rows])
        checksum = _checksums(characters)
        stated = characters[:, -1].astype(np.int64)
        for k in np.flatnonzero((stated != ord(" ")) & (stated != ord("0") + checksum)):
            reason = f"bad checksum: line {number} ends in {chr(stated[k])!r}, computed {checksum[k]}"
            reasons.setdefault(int(rows[k]), reason)
        columns = np.array(list(layout))
        expected = np.array([ord(character) for character in layout.values()], dtype=np.uint8)
        for k, column in np.argwhere(characters[:, columns] != expected):
            required, actual = chr(expected[column]), chr(characters[k, columns[column]])
            reason = f"line {number}, column {columns[column] + 1}: expected {required!r}, got {actual!r}"
            reasons.setdefault(int(rows[k]), reason)
    return reasons


def _field_fault(line1: str, line2: str) -> str | None:
    """The first fault of a number in an element set that could be misread, in words; None if all are sound."""
    for key, field_text in (("MEAN_MOTION_DDOT", line1[44:52].strip()), ("BSTAR", line1[53:61].strip())):
        if field_text and not (_IMPLIED_POINT.fullmatch(field_text) or _IMPLIED_ZERO.fullmatch(field_text)):
            no_sign = not field_text.strip("+-0123456789 ") and "-" not in field_text[1:]
            return (
                f"{key} {field_text!r} {'has no sign before its exponent' if no_sign else 'is not a number'}"
            )
    digits = line2[26:33].strip()
    if not digits.isdigit():
        return f"ECCENTRICITY {f'0.{digits}'!r} is not a number" if digits else "ECCENTRICITY is missing"
    for line, columns in ((line1, _NUMBER_COLUMNS[1]), (line2, _NUMBER_COLUMNS[2])):
        for key, (start, end) in columns.items():
            if line[start:end].upper().isupper():
                return f"{key} {line[start:end].strip()!r} is not a number"
    return None


def _characters(lines: Sequence[str]) -> NDArray[np.uint8]:
    """(n, 69) ASCII codes; a missing checksum is a blank."""
    joined = "".join(line.ljust(_WIDTH) for line in lines).encode("ascii")
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, _WIDTH)


def _checksums(characters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(n,) sum of the digits of the first 68 columns, a minus sign counting 1, modulo 10."""
    body = characters[:, :-1]
    digits = np.where((body >= ord("0")) & (body <= ord("9")), body - np.uint8(ord("0")), 0)
    return np.asarray((digits.sum(axis=1, dtype=np.int64) + (body == ord("-")).sum(axis=1)) % 10)


def _implied_point(field_text: str) -> str:
    """ "-27833-4" as "-.27833e-4": the point before the first digit and the E are implied in a TLE."""
    match = _IMPLIED_POINT.fullmatch(field_text.strip())
    if match is None:
        return field_text.strip() and "0"
    sign, digits, exponent = match.groups()
    # Blanks before the digits are zeros; an exponent of two digits leaves the mantissa one place less.
    return f"{sign}.{digits.rjust(5, '0') if len(exponent) == 2 else digits}e{exponent}"


def international_designator(field_text: str) -> str:
    """ "98067A" as "1998-067A"; "" where the field is blank or no designator."""
    stripped = field_text.rstrip()
    if len(stripped) < 5 or not stripped[:5].isdigit():
        return ""
    century = "19" if int(stripped[:2]) >= 57 else "20"
    return f"{century}{stripped[:2]}-{stripped[2:5]}{stripped[5:].strip()}"


FORMATS = (
    Format(
        "tle", lambda lines: any(is_element_line(line.strip()) for line in lines), read_tle, ends_by_line=True
    ),
)
