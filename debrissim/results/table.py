"""Tables of a results folder: columns declared once, arrays by name, text only in the CSV file.

A `Schema` declares the columns of one file: name, dtype, unit, meaning, and the value that means "missing". A `Table`
holds the arrays. `write_table` and `read_table` are the only places where a cell is text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.identifiers import identifier
from debrissim.core.errors import InputError
from debrissim.core.files import replace_in_parts
from debrissim.core.rows import Rows, is_missing, unit_of
from debrissim.core.text import excerpt, from_spreadsheet_cell, quoted, spreadsheet_cell
from debrissim.results.column import Column

__all__ = ["DAMAGED", "Column", "Schema", "Table", "read_table", "write_table"]

DAMAGED = "the results are damaged or of another version"
# Some 20 MB of cells, each an object.
_CELLS_AT_ONCE = 1 << 18
_NEEDS_QUOTES = re.compile('[,"\\r\\n]')


@dataclass(frozen=True)
class Schema:
    """The columns of one file, in their order. file: its name; doc: the meaning of a row."""

    file: str
    doc: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending, under which a result holds the table."""
        return self.file.removesuffix(".csv")

    def column(self, name: str) -> Column | None:
        """The declaration of a column, or None if the file has no such column."""
        exact = next((column for column in self.columns if column.name == name), None)
        return exact or next((c for c in self.columns if c.is_pattern and fnmatchcase(name, c.name)), None)

    def table(self, data: Mapping[str, ArrayLike]) -> Table:
        """A table of these columns.

        Raises KeyError for a name that is not declared or is missing, ValueError for columns of different lengths: both
        are faults of this program, not of its input.
        """
        unknown = [name for name in data if self.column(name) is None]
        missing = [c.name for c in self.columns if not (c.is_pattern or c.optional or c.name in data)]
        if unknown or missing:
            raise KeyError(f"{self.file}: undeclared columns {unknown}, missing columns {missing}")
        return Table(
            self, {name: self._declared(name).values(values) for name, values in self._ordered(data)}
        )

    def _declared(self, name: str) -> Column:
        column = self.column(name)
        assert column is not None
        return column

    def _ordered(self, data: Mapping[str, ArrayLike]) -> list[tuple[str, ArrayLike]]:
        """In the order of the declarations; columns of neighbouring patterns stay in the order in which they come."""
        place = {}
        for name in data:
            k = self.columns.index(self._declared(name))
            # Patterns side by side alternate (a, b of object 1, then a, b of object 2).
            while k and self.columns[k].is_pattern and self.columns[k - 1].is_pattern:
                k -= 1
            place[name] = k
        return sorted(data.items(), key=lambda item: place[item[0]])


class Table(Rows):
    """The rows of one results file: `table["name"]` and `table.name` are columns, `table[rows]` are rows.

    Columns are float64, int64, bool, datetime64[ms] (UTC) or str (as objects), as `schema` declares them.

    Parameters
    ----------
    schema : Schema
        Declaration of the columns.
    data : mapping of str to array, shape (m,)
        The columns by name.

    Raises
    ------
    ValueError
        If the columns have different lengths.
    """

    __slots__ = ("_data", "schema")

    schema: Schema
    _data: Mapping[str, NDArray[Any]]

    def __init__(self, schema: Schema, data: Mapping[str, NDArray[Any]]) -> None:
        lengths = {name: len(values) for name, values in data.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{schema.file}: columns of different lengths: {lengths}")
        self.schema = schema
        self._data = dict(data)

    @property
    def _texts(self) -> Mapping[str, Callable[[Any], str]]:  # type: ignore[override]
        return {column.name: identifier for column in self.schema.columns if column.dtype == "id"}

    def __len__(self) -> int:
        return len(next(iter(self._data.values()), ()))

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name.startswith("_") or name not in self._data:
            raise AttributeError(f"{self.schema.file} has no column {name!r}")
        return self._data[name]

    def __getitem__(self, rows: Any) -> Any:
        """A column by its name, or the rows of an index, a slice, a boolean mask or an index array.

        Raises KeyError if there is no such column.
        """
        if isinstance(rows, str):
            if rows not in self._data:
                raise KeyError(f"{self.schema.file} has no column {rows!r}")
            return self._data[rows]
        index = self._index(rows)
        return type(self)(self.schema, {name: values[index] for name, values in self._data.items()})

    @classmethod
    def concat(cls, tables: Sequence[Table]) -> Table:
        """All rows of several tables of one schema and the same columns, in order.

        Raises InputError if there is no table.
        """
        if not tables:
            raise InputError("Table.concat: expected at least one table, got none")
        first = tables[0]
        return type(first)(
            first.schema, {name: np.concatenate([t[name] for t in tables]) for name in first.columns()}
        )

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns by name."""
        return dict(self._data)

    def unit(self, name: str) -> str | None:
        """The unit of a column in astropy's spelling, None if it has none."""
        column = self.schema.column(name)
        return (column.unit if column else "") or unit_of(name)

    def missing(self, name: str) -> NDArray[np.bool_]:
        """(m,) whether a value is missing: NaN, NaT, "" or the column's null."""
        values, column = self[name], self.schema.column(name)
        if values.dtype.kind == "i":
            null = None if column is None else column.null
            return np.zeros(len(values), np.bool_) if null is None else np.asarray(values == null)
        if values.dtype.kind == "O":
            return np.array([value is None or value == "" for value in values], dtype=np.bool_)
        return is_missing(values)

    def cells(self, name: str) -> list[str]:
        """The cells of a column as they are in the CSV file."""
        return [str(cell) for cell in self.schema._declared(name).cells(self[name])]

    def __reduce__(self) -> Any:
        return type(self), (self.schema, self._data)

    def __repr__(self) -> str:
        return super().__repr__().replace(f"<{type(self).__name__}:", f"<{self.schema.file}:", 1)


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV: full precision, UTF-8, LF, missing values as empty cells.

    Text that a spreadsheet would compute gets an apostrophe before it (`core.text.spreadsheet_cell`).

    Parameters
    ----------
    path : Path
        The file; an existing one is replaced.
    table : Table
        The rows, written as the table's schema declares its columns.

    Raises
    ------
    RunError
        If the disk refuses.
    """
    replace_in_parts(path, (part.encode("utf-8", errors="backslashreplace") for part in _csv_parts(table)))


def _csv_parts(table: Table) -> Iterator[str]:
    """The text of a CSV file in parts of some thousand rows: all of it would take several times the table's memory."""
    names = list(table.columns())
    yield ",".join(map(_quoted, names)) + "\n"
    step = max(1, _CELLS_AT_ONCE // len(names))
    for begin in range(0, len(table), step):
        rows = table[begin : begin + step]
        cells = [_written(rows.schema._declared(name), values) for name, values in rows.columns().items()]
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


def read_table(path: Path, schema: Schema) -> Table:
    """Read a table from CSV.

    Parameters
    ----------
    path : Path
        The file.
    schema : Schema
        The columns that it is expected to have, under their names or those of earlier versions.

    Raises
    ------
    InputError
        Naming file, line and column, where the file cannot be read, lacks a column, has one that is not declared, has
        a row of another length, or holds a cell of another dtype.
    """
    lines, rows = _read_rows(path)
    renamed = {column.old_name: column.name for column in schema.columns if column.old_name}
    header = [renamed.get(name, name) for name in rows.pop(0)]
    lacking = [c.name for c in schema.columns if not (c.is_pattern or c.optional or c.name in header)]
    if lacking:
        raise InputError(f"{path}: line 1: lacks the column {lacking[0]}; {DAMAGED}")
    for k, name in enumerate(header):
        if schema.column(name) is None:
            raise InputError(f"{path}: line 1: unknown column {quoted(name, 80)}; {DAMAGED}")
        if name in header[:k]:
            raise InputError(f"{path}: line 1: column {excerpt(name)} is listed twice; {DAMAGED}")
    for line, row in zip(lines[1:], rows, strict=True):
        if len(row) != len(header):
            raise InputError(f"{path}: line {line}: expected {len(header)} cells, got {len(row)}; {DAMAGED}")
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    return Table(
        schema,
        {
            name: _parsed(path, lines[1:], schema._declared(name), name, cells)
            for name, cells in zip(header, columns, strict=True)
        },
    )


def _read_rows(path: Path) -> tuple[list[int], list[list[str]]]:
    """The rows of a CSV file, the header first, and the line on which each begins."""
    lines, rows = [1], []
    try:
        text = path.read_bytes().decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for row in reader:
            rows.append(row)
            # A quoted cell may span lines.
            lines.append(reader.line_num + 1)
    except csv.Error as error:
        raise InputError(f"{path}: line {lines[-1]}: {error}; {DAMAGED}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read as a table of a results folder ({reason})") from error
    if not rows:
        raise InputError(f"{path}: cannot be read as a table of a results folder (it is empty)")
    if not text.endswith("\n"):
        raise InputError(f"{path}: line {lines[-2]}: the file ends within this row; {DAMAGED}")
    return lines[:-1], rows


def _parsed(
    path: Path, lines: Sequence[int], column: Column, name: str, cells: Sequence[str]
) -> NDArray[Any]:
    try:
        return column.parse(list(map(from_spreadsheet_cell, cells)) if column.dtype == "text" else cells)
    except (ValueError, TypeError, OverflowError) as error:
        row = column.first_fault(cells)
        raise InputError(
            f"{path}: line {lines[row]}: {excerpt(name)}: expected {column.expected}, got {quoted(cells[row][:80])}; "
            f"{DAMAGED}"
        ) from error
