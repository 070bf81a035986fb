"""Numbers from text: catalogue numbers (plain and Alpha-5) and whole columns of floats; the form of designators.

And the rows of a table that belong to catalogue numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Space-Track, "Alpha-5": the first of five characters may be a letter worth 10..33; I and O are left out.
_ALPHA5_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ALPHA5 = {letter: 10 + k for k, letter in enumerate(_ALPHA5_LETTERS)}

# OMM numbers have up to nine digits (CelesTrak uses 799500000 and up for its own objects).
MAX_CATALOG_NUMBER = 999_999_999

INTERNATIONAL_DESIGNATOR = re.compile(r"[0-9]{4}-[0-9]{3}[A-Z]{1,3}")
"""The form in which CCSDS messages hold it, by `fullmatch`: "1998-067A"."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE | re.ASCII)


def parse_catalog_number(text: str) -> int | None:
    """A catalogue number 1..999999999, or None if the text is not one.

    Takes one to nine digits, blank- or zero-padded ("   5", "00005"), and Alpha-5 ("A0000" = 100000 ..
    "Z9999" = 339999; I and O do not occur).
    """
    text = text.strip()
    if not text.isascii():
        return None
    if text.isdigit():
        number = int(text) if len(text) <= 9 else 0
    elif len(text) == 5 and text[0] in _ALPHA5 and text[1:].isdigit():
        number = _ALPHA5[text[0]] * 10_000 + int(text[1:])
    else:
        return None
    return number if 1 <= number <= MAX_CATALOG_NUMBER else None


def to_floats(texts: Sequence[str]) -> tuple[NDArray[np.float64], list[int]]:
    """A column of decimal numbers, and the rows that are not numbers (NaN there).

    The whole column is converted at once; only a column that fails is gone through row by row. Blank rows
    count as unreadable: the caller decides the meaning of a blank. Words for non-finite numbers ("nan",
    "Infinity") do convert: the range checks reject them with a better reason.
    """
    joined = "".join(texts)
    # float() also takes "1_000" and digits of other scripts; a catalogue means neither.
    if joined.isascii() and "_" not in joined:
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts)), []
        except ValueError:
            pass
    values = np.full(len(texts), np.nan)
    bad: list[int] = []
    for row, text in enumerate(texts):
        stripped = text.strip()
        if _NUMBER.fullmatch(stripped) or _NOT_FINITE.fullmatch(stripped):
            values[row] = float(stripped)
        else:
            bad.append(row)
    return values, bad


def rows_of_numbers(
    listed: NDArray[np.int64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(n,) the row at which each of the numbers (n,) is listed, and (n,) whether it is; any row where it is not.

    listed: (m,) the numbers of a table of at least one row, in any order; of equal ones the first counts.
    """
    order = np.argsort(listed, kind="stable")
    row = order[np.minimum(np.searchsorted(listed, numbers, sorter=order), listed.size - 1)]
    return row, np.asarray(listed[row] == numbers)
