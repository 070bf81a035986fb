"""Lines of a time and six numbers, and the covariances between them, from the bytes of a Modified ITC file.

The kernel handles only regular files. At the first irregular line it stops, and the reader goes through the file line
by line to find the fault.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.jit import jit

NUMBERS_PER_LINE = 7
EPOCH_DIGITS = 13
# A quotient of whole numbers below 2^53 is correctly rounded: 86,400 s in units of 1e-11 s is such a number.
MAX_DECIMALS = 11
_EXACT_FLOAT = 9007199254740992
# Whole numbers of up to 18 digits are sums of two floats, as are powers of ten up to 1e44.
_MAX_WHOLE = 10**18
_MAX_POWER, _MAX_EXACT_POWER = 44, 22
_POWERS = np.array([float(10**k) for k in range(_MAX_POWER + 1)])
_POWER_RESTS = np.array([float(10**k - int(float(10**k))) for k in range(_MAX_POWER + 1)])
_SPLITTER = 134217729.0
# Far above the error of a quotient of sums of two floats, and far below half a digit of a float.
_UNCERTAIN = 2.0**-96
_BLANK, _TAB, _BREAK, _PLUS, _MINUS, _POINT, _ZERO, _NINE = 32, 9, 10, 43, 45, 46, 48, 57
_LARGE_E, _SMALL_E = 69, 101


@jit
def read_lines(text: NDArray[np.uint8], group: int, epochs: Index, values: Array, begin: Index, end: Index,
               line: Index) -> int:  # fmt: skip
    """Read the lines of a text that begins with a state; the number of lines with numbers, or -1 for another text.

    group: lines from state to state, 1 without covariances. For each line (n,) that is not blank: values (n, 7), 0 for
    the time of a state, and NaN for numbers that only exact arithmetic rounds correctly, whose positions are in begin
    and end (n, 7); line (n,): line number, counted from 0.

    epochs (k, 5), of each state: year, day, seconds of the day (-1 where no clock shows them), decimals as a whole
    number and their count.
    """
    size, place, number, row = text.shape[0], 0, 0, 0
    while place < size:
        column = 0
        while place < size and text[place] != _BREAK:
            if text[place] == _BLANK or text[place] == _TAB:
                place += 1
                continue
            if column == NUMBERS_PER_LINE or row == line.shape[0]:
                return -1
            start = place
            while place < size and text[place] != _BLANK and text[place] != _TAB and text[place] != _BREAK:
                place += 1
            is_epoch = column == 0 and _epoch(text, start, place, epochs[row // group])
            if column == 0 and is_epoch != (row % group == 0):
                return -1
            values[row, column] = 0.0
            if not is_epoch:
                kind = _number(text, start, place, values[row], column)
                if kind < 0:
                    return -1
                if kind == 0:
                    values[row, column] = np.nan
                    begin[row, column], end[row, column] = start, place
            column += 1
        if column == NUMBERS_PER_LINE:
            line[row] = number
            row += 1
        elif column != 0:
            return -1
        number += 1
        place += 1
    return row if row % group == 0 else -1


@jit
def _epoch(text: NDArray[np.uint8], start: int, end: int, epoch: Index) -> bool:
    """Whether a word is yyyydddhhmmss or yyyydddhhmmss.sss, and its parts; one of too many decimals has no seconds."""
    if end - start < EPOCH_DIGITS:
        return False
    for place in range(start, end):
        if place == start + EPOCH_DIGITS:
            if text[place] != _POINT:
                return False
        elif not (_ZERO <= text[place] <= _NINE):
            return False
    epoch[0] = _whole(text, start, start + 4)
    epoch[1] = _whole(text, start + 4, start + 7)
    hour, minute = _whole(text, start + 7, start + 9), _whole(text, start + 9, start + 11)
    second = _whole(text, start + 11, start + 13)
    epoch[4] = max(end - start - EPOCH_DIGITS - 1, 0)
    is_clock = hour < 24 and minute < 60 and second < 60 and epoch[4] <= MAX_DECIMALS
    epoch[2] = 3600 * hour + 60 * minute + second if is_clock else -1
    epoch[3] = _whole(text, end - epoch[4], end) if is_clock else 0
    return True


@jit
def _whole(text: NDArray[np.uint8], start: int, end: int) -> int:
    value = 0
    for place in range(start, end):
        value = 10 * value + (text[place] - _ZERO)
    return value


@jit
def _number(text: NDArray[np.uint8], start: int, end: int, values: Array, column: int) -> int:
    """1 if a word is a decimal number, now in values[column]; 0 if it is one that needs exact arithmetic; -1 if not.

    A whole number below 2^53 times or over a power of ten up to 1e22 is rounded once (Clinger 1990, "How to read
    floating point numbers accurately"). Other quotients are computed with twice the digits, and kept unless their
    rounding is in doubt.
    """
    place = start
    negative = text[place] == _MINUS
    if text[place] == _MINUS or text[place] == _PLUS:
        place += 1
    whole, digits, decimals, long = 0, 0, 0, False
    point = False
    while place < end:
        letter = text[place]
        if _ZERO <= letter <= _NINE:
            digits += 1
            decimals += point
            if whole >= _MAX_WHOLE // 10:
                long = True
            else:
                whole = 10 * whole + (letter - _ZERO)
        elif letter == _POINT and not point:
            point = True
        else:
            break
        place += 1
    if digits == 0:
        return -1
    exponent = 0
    if place < end:
        if text[place] != _LARGE_E and text[place] != _SMALL_E:
            return -1
        place += 1
        sinks = place < end and text[place] == _MINUS
        if place < end and (text[place] == _MINUS or text[place] == _PLUS):
            place += 1
        if place == end or end - place > 4:
            return -1
        for k in range(place, end):
            if not (_ZERO <= text[k] <= _NINE):
                return -1
        exponent = _whole(text, place, end)
        if sinks:
            exponent = -exponent
    exponent -= decimals
    if long or exponent < -_MAX_POWER or exponent > _MAX_EXACT_POWER:
        return 0
    if whole <= _EXACT_FLOAT and exponent >= -_MAX_EXACT_POWER:
        value = float(whole)
        value = value * _POWERS[exponent] if exponent >= 0 else value / _POWERS[-exponent]
    elif exponent < 0:
        value = _quotient(whole, -exponent)
        if value < 0.0:
            return 0
    else:
        return 0
    values[column] = -value if negative else value
    return 1


@jit
def _quotient(whole: int, power: int) -> float:
    """A whole number of up to 18 digits over a power of ten, correctly rounded; -1 where that is in doubt.

    One step of division of sums of two floats (Dekker 1971, "A floating-point technique for extending the available
    precision", Numerische Mathematik 18).
    """
    upper = float(whole)
    lower = float(whole - int(upper))
    divisor, rest = _POWERS[power], _POWER_RESTS[power]
    quotient = upper / divisor
    product, error = _product(quotient, divisor)
    correction = (((upper - product) - error) - quotient * rest + lower) / divisor
    doubt = quotient * _UNCERTAIN
    low, high = quotient + (correction - doubt), quotient + (correction + doubt)
    return low if low == high else -1.0


@jit
def _product(a: float, b: float) -> tuple[float, float]:
    """The product of two floats as the sum of two, exactly."""
    product = a * b
    scaled = _SPLITTER * a
    a_high = scaled - (scaled - a)
    scaled = _SPLITTER * b
    b_high = scaled - (scaled - b)
    a_low, b_low = a - a_high, b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
