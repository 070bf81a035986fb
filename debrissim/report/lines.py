"""The lines of an answer: sentences, which a terminal wraps and a page reflows, and the rows of small tables."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from debrissim.core.numbers import rounded, scientific

WIDTH = 80
_TIE = "\N{NO-BREAK SPACE}"


class TableLine(str):
    """A line of a table: its blanks matter, and it is never wrapped."""

    __slots__ = ()


def wrapped(lines: Iterable[str], width: int = WIDTH) -> Iterator[str]:
    """The lines for a terminal: sentences broken by `wrap`, lines of tables as they are."""
    for line in lines:
        if isinstance(line, TableLine):
            yield str(line)
        else:
            yield from wrap(line, width) or [""]


def wrap(sentence: str, width: int = WIDTH, *, break_long_words: bool = False) -> list[str]:
    """The lines of a sentence, all but the first indented; never broken at a hyphen, in odds or before a percent sign.

    break_long_words: break a word that is longer than a line, which otherwise exceeds the width (a path stays whole).
    """
    whole = sentence.replace("1 in ", f"1{_TIE}in{_TIE}").replace(" %", f"{_TIE}%")
    lines = textwrap.wrap(
        whole, width, subsequent_indent="  ", break_long_words=break_long_words, break_on_hyphens=False
    )
    return [line.replace(_TIE, " ") for line in lines]


def between(low: float, high: float) -> str:
    """A range of numbers to two digits: "1.3e-3 to 1.2e-2"."""
    return f"{scientific(low)} to {scientific(high)}"


def percent(fraction: float) -> str:
    """A fraction in percent to two digits, one below a tenth: "31 %", "8 %", "0.6 %"."""
    return f"{rounded(100.0 * fraction, 2 if fraction >= 0.1 else 1)} %"
