"""Tables of a results folder: columns declared once, arrays by name, text only in the CSV file.

A `Schema` declares the columns of one file: name, dtype, unit, meaning, and the value that means "missing". A `Table`
holds the arrays. `write_table` and `read_table` are the only places where a cell is text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.errors import InputError
from debrissim.core.rows import Rows, unit_of
from debrissim.core.time import datetime64_text, parse_datetime64

Dtype = Literal["float", "int", "bool", "bool?", "text", "time"]

_NUMPY: Mapping[str, Any] = {
    "float": np.float64,
    "int": np.int64,
    "bool": np.bool_,
    # True, False, or None where missing.
    "bool?": np.object_,
    # Objects, because one long label repeated in every row then costs a pointer per row.
    "text": np.object_,
    "time": "datetime64[ms]",
}


@dataclass(frozen=True)
class Column:
    """A column of a results file.

    name: may contain `*` where the file has one column per object or kind. dtype: "time" is UTC, datetime64[ms],
    written with `decimals` of a second; "bool?" may be None. null: the number that means "missing" in a column of whole
    numbers (NaN, NaT and "" mean it in the other dtypes). unit: by default the one that the name ends with. optional:
    the file may lack it.
    """

    name: str
    dtype: Dtype
    doc: str
    null: int | None = None
    unit: str = ""
    optional: bool = False
    decimals: int = 3

    @property
    def is_pattern(self) -> bool:
        return "*" in self.name

    def values(self, values: ArrayLike) -> NDArray[Any]:
        """The values as an array of the column's dtype. Raises TypeError or ValueError for values of another kind."""
        if self.dtype in ("text", "bool?"):
            found = np.empty(len(values), dtype=np.object_)  # type: ignore[arg-type]
            found[:] = values.tolist() if isinstance(values, np.ndarray) else values
            return found
        return np.asarray(values, dtype=_NUMPY[self.dtype])


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
        return Table(self.schema, {name: values[index] for name, values in self._data.items()})

    @classmethod
    def concat(cls, tables: Sequence[Table]) -> Table:
        """All rows of several tables of one schema and the same columns, in order.

        Raises InputError if there is no table.
        """
        if not tables:
            raise InputError("Table.concat: expected at least one table, got none")
        first = tables[0]
        return Table(
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
        return (
            np.isnan(values)
            if values.dtype.kind == "f"
            else np.isnat(values)
            if values.dtype.kind == "M"
            else (np.zeros(len(values), np.bool_))
        )

    def __reduce__(self) -> Any:
        return Table, (self.schema, self._data)

    def __repr__(self) -> str:
        return super().__repr__().replace("<Table:", f"<{self.schema.file}:", 1)


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV: full precision, UTF-8, LF, missing values as empty cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    columns = table.columns()
    writer.writerow(columns)
    writer.writerows(
        zip(*(_as_cells(table.schema.column(name), v) for name, v in columns.items()), strict=True)
    )
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def read_table(path: Path, schema: Schema) -> Table:
    """Read a table from CSV.

    Raises InputError, naming file, line and column, where the file cannot be read, lacks a column, has one that is not
    declared, or holds a cell of another dtype.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows)
            columns = list(zip(*rows, strict=True)) or [()] * len(header)
            cells = dict(zip(header, columns, strict=True))
    except (OSError, StopIteration, ValueError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as a table of a results folder ({error})") from error
    lacking = [c.name for c in schema.columns if not (c.is_pattern or c.optional or c.name in cells)]
    if lacking:
        raise InputError(
            f"{path}: lacks the column {lacking[0]}; the results are damaged or of another version"
        )
    unknown = [name for name in header if schema.column(name) is None]
    if unknown or len(cells) != len(header):
        wrong = repr(unknown[0][:80]) if unknown else "that comes twice"
        raise InputError(f"{path}: has a column {wrong}; the results are damaged or of another version")
    return Table(
        schema, {name: _from_cells(path, schema.column(name), name, texts) for name, texts in cells.items()}
    )


def _as_cells(column: Column | None, values: NDArray[Any]) -> list[Any]:
    assert column is not None
    if column.dtype == "time":
        return datetime64_text(values, column.decimals)
    cells = values.tolist()
    if column.dtype in ("bool", "bool?"):
        return ["" if value is None else "true" if value else "false" for value in cells]
    if column.dtype == "float":
        # csv writes a float by repr, the shortest text that reads back the same.
        return ["" if value != value else value for value in cells] if np.isnan(values).any() else cells
    if column.null is not None:
        return ["" if value == column.null else value for value in cells]
    return list(cells)


def _from_cells(path: Path, column: Column | None, name: str, cells: Sequence[str]) -> NDArray[Any]:
    assert column is not None
    try:
        return column.values([_PARSERS[column.dtype](cell, column) for cell in cells])
    except (ValueError, OverflowError) as error:
        for line, cell in enumerate(cells, start=2):
            try:
                column.values([_PARSERS[column.dtype](cell, column)])
            except (ValueError, OverflowError):
                expected = {
                    "float": "a number",
                    "int": "a whole number",
                    "bool": "true or false",
                    "bool?": "true, false or nothing",
                    "time": "a UTC time",
                }
                raise InputError(
                    f"{path}: line {line}: {name}: expected {expected[column.dtype]}, got {cell[:80]!r}; the results "
                    "are damaged or of another version"
                ) from error
        raise


def _parse_float(cell: str, _: Column) -> float:
    return float(cell) if cell else float("nan")


def _parse_int(cell: str, column: Column) -> int:
    if cell == "" and column.null is not None:
        return column.null
    return int(cell)


def _parse_bool(cell: str, _: Column) -> bool:
    if cell not in ("true", "false"):
        raise ValueError(cell)
    return cell == "true"


def _parse_bool_or_none(cell: str, column: Column) -> bool | None:
    return _parse_bool(cell, column) if cell else None


def _parse_text(cell: str, _: Column) -> str:
    return cell


def _parse_time(cell: str, _: Column) -> np.datetime64:
    return parse_datetime64(cell) if cell else np.datetime64("NaT", "ms")


_PARSERS: Mapping[str, Any] = {
    "float": _parse_float,
    "int": _parse_int,
    "bool": _parse_bool,
    "bool?": _parse_bool_or_none,
    "text": _parse_text,
    "time": _parse_time,
}
