"""Tables as CSV, in parts of some thousand rows: a cell as text takes ten times the memory of a number."""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.errors import InputError
from debrissim.core.text import excerpt, from_spreadsheet_cell, quoted, spreadsheet_cell
from debrissim.results.column import Column
from debrissim.results.table import DAMAGED, Schema, Table, checked_names

# About 5 MB of cells, each an object; larger parts are not faster.
_CELLS_AT_ONCE = 1 << 16
_NEEDS_QUOTES = re.compile('[,"\\r\\n]')


def csv_parts(table: Table) -> Iterator[bytes]:
    """The bytes of a CSV file in parts.

    A lone surrogate, which has no place in UTF-8 (Python keeps bytes of file names that are not UTF-8 as such), is
    written as an escape, such as "\\udcff".
    """
    return (text.encode("utf-8", errors="backslashreplace") for text in _texts(table))


def _texts(table: Table) -> Iterator[str]:
    names = list(table.columns())
    yield ",".join(map(_quoted, names)) + "\n"
    step = max(1, _CELLS_AT_ONCE // len(names))
    for begin in range(0, len(table), step):
        rows = table[begin : begin + step]
        cells = [_written(rows.schema.declared(name), values) for name, values in rows.columns().items()]
        if len(cells) == 1:
            # An empty line would be no row.
            cells = [[cell or '""' for cell in cells[0]]]
        yield "\n".join(map(",".join, zip(*cells, strict=True))) + "\n"


def _written(column: Column, values: NDArray[Any]) -> list[str]:
    """The cells of a column in the CSV file: text is quoted, and kept from being computed by a spreadsheet."""
    cells = column.cells(values)
    if column.dtype != "text":
        return cells
    # Most texts are in many rows.
    written = {text: _quoted(spreadsheet_cell(text)) for text in set(cells)}
    return list(map(written.__getitem__, cells))


def _quoted(cell: str) -> str:
    """A cell between quotation marks where it would end before its end, as `csv.QUOTE_MINIMAL` does."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def read_csv(path: Path, schema: Schema) -> Table:
    """Read a table that `csv_parts` wrote.

    Raises InputError, naming file, line and column, where the file cannot be read, lacks a column, has one that is not
    declared, has a row of another length, or holds a cell of another dtype.
    """
    with closing(_read_rows(path)) as rows:
        (_, stored) = next(rows)
        names = checked_names(f"{path}: line 1", stored, schema)
        columns = [schema.declared(name) for name in names]
        parts: list[list[NDArray[Any]]] = [[column.parse([])] for column in columns]
        for lines, cells in _by_column(path, rows, len(names)):
            for k, (name, column) in enumerate(zip(names, columns, strict=True)):
                parts[k].append(_parsed(path, lines, column, name, cells[k]))
    # A text of several parts becomes one object here.
    return Table(
        schema,
        {
            name: column.values(np.concatenate(own))
            for name, column, own in zip(names, columns, parts, strict=True)
        },
    )


def _by_column(
    path: Path, rows: Iterator[tuple[int, list[str]]], width: int
) -> Iterator[tuple[list[int], list[tuple[str, ...]]]]:
    """Some thousand rows at a time: the line on which each begins, and the cells of each column."""
    step = max(1, _CELLS_AT_ONCE // max(width, 1))
    lines: list[int] = []
    kept: list[list[str]] = []
    for line, row in rows:
        if len(row) != width:
            raise InputError(f"{path}: line {line}: expected {width} cells, got {len(row)}; {DAMAGED}")
        lines.append(line)
        kept.append(row)
        if len(kept) == step:
            yield lines, list(zip(*kept, strict=True))
            lines, kept = [], []
    if kept:
        yield lines, list(zip(*kept, strict=True))


def _read_rows(path: Path) -> Generator[tuple[int, list[str]], None, None]:
    """The rows of a CSV file, the header first, each after the line on which it begins."""
    line, text = 1, "\n"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = iter(file)
            for text in lines:
                row, used = text.rstrip("\r\n").split(","), 1
                if row == [""]:
                    row = []
                elif '"' in text:
                    # Only the csv module knows where such a row ends: a quoted cell may span lines.
                    several = _Counted(text, lines)
                    row, used, text = next(csv.reader(several, strict=True)), several.count, several.last
                if not text.endswith("\n"):
                    break
                yield line, row
                line += used
    except csv.Error as error:
        raise InputError(f"{path}: line {line}: {error}; {DAMAGED}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read as a table of a results folder ({reason})") from error
    if not text.endswith("\n"):
        raise InputError(f"{path}: line {line}: the file ends within this row; {DAMAGED}")
    if line == 1:
        raise InputError(f"{path}: cannot be read as a table of a results folder (it is empty)")


class _Counted:
    """The lines of a row, the first of which has been read: their number, and the last of them."""

    def __init__(self, first: str, more: Iterator[str]) -> None:
        self._lines = chain((first,), more)
        self.count, self.last = 0, first

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.last = line
            self.count += 1
            yield line


def _parsed(
    path: Path, lines: Sequence[int], column: Column, name: str, cells: Sequence[str]
) -> NDArray[Any]:
    if column.dtype == "text":
        read = {cell: from_spreadsheet_cell(cell) for cell in set(cells)}
        cells = list(map(read.__getitem__, cells))
    try:
        return column.parse(cells)
    except (ValueError, TypeError, OverflowError) as error:
        row = column.first_fault(cells)
        raise InputError(
            f"{path}: line {lines[row]}: {excerpt(name)}: expected {column.expected}, got {quoted(cells[row][:80])}; "
            f"{DAMAGED}"
        ) from error
