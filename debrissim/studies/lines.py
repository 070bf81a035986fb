"""The lines of an answer on a terminal: first the answer in words, then its range, then how it was obtained."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from debrissim.core.numbers import rounded, scientific

WIDTH = 80
_TIE = "\N{NO-BREAK SPACE}"


def wrapped(*lines: str) -> Iterator[str]:
    """The lines, broken where they are longer than a terminal is wide, but not within odds or before a percent sign."""
    for line in lines:
        whole = line.replace("1 in ", f"1{_TIE}in{_TIE}").replace(" %", f"{_TIE}%")
        parts = textwrap.wrap(whole, WIDTH, subsequent_indent="  ", break_long_words=False)
        yield from (part.replace(_TIE, " ") for part in parts or [""])


def between(low: float, high: float) -> str:
    """A range of numbers to two digits: "1.3e-3 to 1.2e-2"."""
    return f"{scientific(low)} to {scientific(high)}"


def percent(fraction: float) -> str:
    """A fraction in percent to two digits, one below a tenth: "31 %", "8 %", "0.6 %"."""
    return f"{rounded(100.0 * fraction, 2 if fraction >= 0.1 else 1)} %"
