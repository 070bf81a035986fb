"""The answer of a study in words and tables; the terminal and the page print the same one.

Each kind of study makes one from its summary.json. None of its parts may be missing: an answer without its range, its
numbers, its method or its limits is refused when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from debrissim.core.errors import InputError
from debrissim.report.lines import WIDTH, TableLine, wrap

# Numbers, odds, ranges and times, with their units: not a name that begins with a number.
_UNITS = (
    "in",
    "to",
    "million",
    "billion",
    "km",
    "m",
    "cm",
    "mm",
    "s",
    "min",
    "h",
    "days",
    "kg",
    "km/s",
    "m/s",
    "%",
)
_NUMBER = re.compile(rf"(?:[<>~+\-\u2212\u2013\u00b1\d.,:e]+|{'|'.join(map(re.escape, _UNITS))}|\s)*")
_GAP = 2
_NARROWEST = 8


@dataclass(frozen=True)
class AnswerTable:
    """A table of an answer: on a phone each row is a card.

    title: its caption; headings: of its columns, with units; rows: cells as text; note: a sentence under it, or "".
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headings):
                raise InputError(
                    f"table {self.title!r}: expected {len(self.headings)} cells in a row, got {len(row)}"
                )

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers, which are aligned on the right."""
        return tuple(
            all(_NUMBER.fullmatch(row[k]) for row in self.rows) and bool(self.rows)
            for k in range(len(self.headings))
        )

    def lines(self, width: int = WIDTH) -> Iterator[TableLine]:
        """The table for a terminal: its title, its headings, its rows; the widest text is broken to fit the width."""
        cells = [self.headings, *self.rows]
        numeric = self.numeric
        widths = [max(len(row[k]) for row in cells) for k in range(len(self.headings))]
        words = [k for k, number in enumerate(numeric) if not number]
        while words and sum(widths) + _GAP * (len(widths) - 1) > width:
            widest = max(words, key=lambda k: widths[k])
            if widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        yield TableLine(f"{self.title}:")
        for row in cells:
            # A source or a condition that is cut can change the meaning of its number.
            folded = (
                [cell] if number else wrap(cell, size, break_long_words=True) or [""]
                for cell, size, number in zip(row, widths, numeric, strict=True)
            )
            for parts in zip_longest(*folded, fillvalue=""):
                aligned = (
                    part.rjust(size) if number else part.ljust(size)
                    for part, size, number in zip(parts, widths, numeric, strict=True)
                )
                yield TableLine((" " * _GAP).join(aligned).rstrip())


@dataclass(frozen=True)
class StudyAnswer:
    """The answer of a study.

    answer: one sentence that a reader from outside the field understands, with its odds. extent: a second one, its
    range.
    details: further sentences. tables: the numbers. method: how they were obtained, and the sources. limits: the parts
    that they do not cover, and warnings where a model was outside its range.
    """

    answer: str
    extent: str
    tables: tuple[AnswerTable, ...]
    method: tuple[str, ...]
    limits: tuple[str, ...]
    details: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("answer", "extent", "tables", "method", "limits"):
            if not getattr(self, name):
                raise InputError(f"StudyAnswer {name!r}: expected content, got none")

    def lines(self, width: int = WIDTH) -> Iterator[str]:
        """The answer for a terminal: sentences, which are not wrapped yet, and tables in that width."""
        yield from (self.answer, self.extent, *self.details)
        for table in self.tables:
            if table.rows:
                yield from table.lines(width)
                yield from filter(None, (table.note,))
        yield f"Method: {' '.join(self.method)}"
        yield f"Not covered: {' '.join(self.limits)}"


def flag_sentences(flags: Iterable[str]) -> tuple[str, ...]:
    """Flags of a study as sentences; those with the same words before a colon are one sentence."""
    joined: dict[str, list[str]] = {}
    for flag in flags:
        head, colon, rest = flag.partition(": ")
        joined.setdefault(head + colon, []).append(rest)
    return tuple(sentence(f"{head}{', '.join(rests)}") for head, rests in joined.items())


def sentence(words: str) -> str:
    """The words as a sentence: with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
