"""Sentences and tables that fit the terminal.

Sentences are wrapped. In a table, names are cut first; then whole columns are left out, the least important first.
Cells are text: no markup, no control codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from debrissim.core.text import printable, shorten
from debrissim.report.lines import wrap

PROSE = 100
"""Longer lines are hard to read."""
_NARROWEST = 20
_SHORTEST_NAME = 4


@dataclass(frozen=True)
class Sentence:
    """Text wrapped at the width of the terminal or at `PROSE`, all lines but the first indented.

    break_long_words: break a word that is longer than a line, which otherwise exceeds it (a path stays whole).
    """

    text: str
    style: str = ""
    break_long_words: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(min(options.max_width, PROSE), _NARROWEST)
        lines = wrap(self.text, width, break_long_words=self.break_long_words)
        yield from Text("\n".join(lines), self.style).__rich_console__(console, options)


@dataclass(frozen=True)
class Column:
    """A column of a table.

    heading: its first line. right: flush right. rank: if columns do not fit, those of the highest rank are left out
    first, and those of rank 0 never. names: its cells are cut to the room that is left; if there is no room for this
    many characters, columns are left out; 0: they are never cut.
    """

    heading: str
    right: bool = False
    rank: int = 0
    names: int = 0


@dataclass(frozen=True)
class FittedTable:
    """Rows in as many columns as fit in the terminal.

    columns: in the order in which they are shown. rows: their cells. styles: of the rows; by default none.
    gap: blanks between columns.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    styles: Sequence[str] = ()
    gap: int = 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        cells = [[printable(cell) for cell in row] for row in self.rows]
        sizes = [
            max(len(column.heading), *(len(row[k]) for row in cells), 0)
            for k, column in enumerate(self.columns)
        ]
        shown = self._shown(sizes, options.max_width)
        names = [k for k in shown if self.columns[k].names]
        room = (
            options.max_width
            - self.gap * (len(shown) - 1)
            - sum(sizes[k] for k in shown if not self.columns[k].names)
        )
        limits = dict(zip(names, divided([sizes[k] for k in names], room), strict=True))
        table = Table(box=None, pad_edge=False, padding=(0, self.gap, 0, 0))
        for k in shown:
            heading = shorten(self.columns[k].heading, limits.get(k, sizes[k]))
            table.add_column(
                Text(heading), justify="right" if self.columns[k].right else "left", no_wrap=True
            )
        for number, row in enumerate(cells):
            table.add_row(
                *(Text(shorten(row[k], limits.get(k, len(row[k])))) for k in shown),
                style=self.styles[number] if self.styles else "",
            )
        yield table

    def _shown(self, sizes: Sequence[int], width: int) -> list[int]:
        """The columns that fit, with the minimum of characters of names."""
        needed = [
            min(size, column.names) if column.names else size
            for column, size in zip(self.columns, sizes, strict=True)
        ]
        shown = list(range(len(sizes)))
        for k in sorted(shown, key=lambda k: -self.columns[k].rank):
            if self.columns[k].rank == 0 or sum(needed[j] + self.gap for j in shown) - self.gap <= width:
                break
            shown.remove(k)
        return shown


def divided(sizes: Sequence[int], room: int) -> list[int]:
    """The width of each column of names: its full width, or an equal part of the width that the others leave."""
    limits = list(sizes)
    left = room
    for place, k in enumerate(sorted(range(len(sizes)), key=lambda k: sizes[k])):
        limits[k] = max(min(sizes[k], left // (len(sizes) - place)), _SHORTEST_NAME)
        left -= limits[k]
    return limits


def show(output: Console, parts: Iterable[RenderableType]) -> None:
    """Print sentences, which are wrapped already, and tables, which fit the terminal."""
    for part in parts:
        output.print(part, soft_wrap=isinstance(part, Sentence | Text))
