"""Conversion of whole tables of numbers at once, for the formats that write states line by line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from debrissim.catalog.catalog_numbers import to_floats
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.leap_seconds import FIRST_JD
from debrissim.core.text import quoted
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.time_systems import END_JD, EXPECTED_TIME, Moments, moments_of_texts, moments_since

_MAX_SECONDS = 5e9


def number_table(
    rows: Sequence[Sequence[str]], width: int, lines: Sequence[int], name: str, label: str
) -> Array:
    """The finite numbers of n rows.

    Parameters
    ----------
    rows : n sequences of text
        Each of `width` numbers.
    width : int
    lines : n numbers
        Lines of the file, for messages.
    name : str
        Name of the file, with which messages begin.
    label : str
        The noun for one number in messages: "a coordinate".

    Returns
    -------
    Array, shape (n, width)

    Raises
    ------
    InputError
        Naming the line, for text that is not a finite number.
    """
    texts = list(chain.from_iterable(rows))
    values, bad = to_floats(texts)
    wrong = bad or np.flatnonzero(~np.isfinite(values)).tolist()
    if wrong:
        raise InputError(
            f"{name}: line {lines[wrong[0] // width]}: expected {label} as a finite number, got "
            f"{quoted(texts[wrong[0]], 40)}"
        )
    return values.reshape(-1, width)


def joined_rows(
    rows: Sequence[Sequence[str]], lines: Sequence[int], count: int, name: str, label: str
) -> tuple[list[list[str]], list[int]]:
    """Rows of a time and `count` numbers, each of which may be broken into several lines in the file, and their first
    lines.

    Raises InputError, naming the line and `label`, if a row does not end where a line does.
    """
    joined: list[list[str]] = []
    first: list[int] = []
    line = 0
    for row, line in zip(rows, lines, strict=True):
        if not joined or len(joined[-1]) == 1 + count:
            joined.append(list(row))
            first.append(line)
        else:
            joined[-1] += row
        if len(joined[-1]) > 1 + count:
            break
    if joined and len(joined[-1]) != 1 + count:
        raise InputError(
            f"{name}: line {line}: {max(len(joined[-1]) - 1, 0)} numbers of {label}; expected {count} after the time"
        )
    return joined, first


def symmetric(numbers: Array, order: Array) -> Array:
    """Covariances (c, 6, 6) from their numbers.

    Parameters
    ----------
    numbers : Array, shape (c, n)
    order : Array, shape (n, 2)
        Row and column of each number; the mirrored place has the same value. Places without a number are NaN.
    """
    full = np.full((len(numbers), 6, 6), np.nan)
    full[:, order[:, 0], order[:, 1]] = numbers
    full[:, order[:, 1], order[:, 0]] = numbers
    return full


def lower_triangle(size: int) -> Array:
    """(n, 2) rows and columns of the lower triangle of a matrix, row by row."""
    return np.stack(np.tril_indices(size), axis=1)


def upper_triangle(size: int) -> Array:
    """(n, 2) rows and columns of the upper triangle of a matrix, row by row."""
    return np.stack(np.triu_indices(size), axis=1)


def moments_of_lines(
    texts: Sequence[str],
    lines: Sequence[int],
    system: str,
    name: str,
    eop: EarthOrientation | None,
    shown: Sequence[str] | None = None,
    expected: str = EXPECTED_TIME,
) -> Moments:
    """The moments of ISO 8601 texts in a time system; InputError, naming the line, for text that is not a time.

    `shown` is the text as written in the file, and `expected` an example of a valid one, if they differ from ISO 8601.
    """
    moments, bad = moments_of_texts(texts, system, eop)
    if bad:
        row = bad[0]
        written = (shown or texts)[row]
        raise InputError(f"{name}: line {lines[row]}: expected {expected}, got {quoted(written, 40)}")
    return moments


def moments_after(epoch: Moments, seconds: Array, lines: Sequence[int], name: str, label: str) -> Moments:
    """The moments (k,) at the given true seconds (k,) after a single moment, which messages call `label`.

    Raises InputError, naming the line, for a moment before 1972 or after 2099.
    """
    far = ~(np.abs(seconds) < _MAX_SECONDS)
    if not far.any():
        moments = moments_since(epoch, seconds)
        far = ~((moments.jd >= FIRST_JD) & (moments.jd < END_JD))
    if far.any():
        row = int(np.argmax(far))
        raise InputError(
            f"{name}: line {lines[row]}: {seconds[row]:g} s after {label}; expected a time of 1972 to 2099"
        )
    return moments
