"""Tables of a results folder: columns declared once, arrays by name, text only in the CSV file.

A `Schema` declares the columns of one file: name, dtype, unit, meaning, and the value that means "missing". A `Table`
holds the arrays. `write_table` and `read_table` are the only places where a cell is text (`csv_file`, `parquet_file`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from debrissim.core.text import excerpt, quoted
from debrissim.results.column import Column

__all__ = ["DAMAGED", "Column", "Schema", "Table", "read_table", "write_table"]

PARQUET = ".parquet"
DAMAGED = "the results are damaged or of another version"


@dataclass(frozen=True)
class Schema:
    """The columns of one file, in their order. file: its name; doc: the meaning of a row."""

    file: str
    doc: str
    columns: tuple[Column, ...]

    @property
    def parquet(self) -> str:
        """The name of the file that holds the table as Parquet, instead of `file`."""
        return self.name + PARQUET

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
        return Table(self, {name: self.declared(name).values(values) for name, values in self._ordered(data)})

    def declared(self, name: str) -> Column:
        """The declaration of a column that the file has."""
        column = self.column(name)
        assert column is not None
        return column

    def _ordered(self, data: Mapping[str, ArrayLike]) -> list[tuple[str, ArrayLike]]:
        """In the order of the declarations; columns of neighbouring patterns stay in the order in which they come."""
        place = {}
        for name in data:
            k = self.columns.index(self.declared(name))
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
        return [str(cell) for cell in self.schema.declared(name).cells(self[name])]

    def __reduce__(self) -> Any:
        return type(self), (self.schema, self._data)

    def __repr__(self) -> str:
        return super().__repr__().replace(f"<{type(self).__name__}:", f"<{self.schema.file}:", 1)


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV (full precision, UTF-8, LF, missing values as empty cells), or as Parquet.

    In CSV text that a spreadsheet would compute gets an apostrophe before it (`core.text.spreadsheet_cell`).

    Parameters
    ----------
    path : Path
        The file, Parquet if its name ends in .parquet; an existing one is replaced.
    table : Table
        The rows, written as the table's schema declares its columns.

    Raises
    ------
    RunError
        If writing fails.
    InputError
        For Parquet without pyarrow.
    """
    from debrissim.results import csv_file, parquet_file

    parts = parquet_file.parquet_parts if path.suffix == PARQUET else csv_file.csv_parts
    replace_in_parts(path, parts(table))


def read_table(path: Path, schema: Schema) -> Table:
    """Read a table from CSV, or from the Parquet file of the same name where there is no other.

    Parameters
    ----------
    path : Path
        The file, by its name in the schema.
    schema : Schema
        The columns that it is expected to have, under their names or those of earlier versions.

    Raises
    ------
    InputError
        Naming file, line and column, where the file cannot be read, lacks a column, has one that is not declared, has
        a row of another length, or holds a cell of another dtype; for Parquet without pyarrow.
    """
    from debrissim.results import csv_file, parquet_file

    found = table_path(path)
    read = parquet_file.read_parquet if found.suffix == PARQUET else csv_file.read_csv
    return read(found, schema)


def table_path(path: Path) -> Path:
    """The file of a table in its folder: `path`, by its name in the schema, or the Parquet file in its place."""
    parquet = path.with_suffix(PARQUET)
    return parquet if not path.exists() and parquet.exists() else path


def checked_names(place: Path | str, stored: Sequence[str], schema: Schema) -> list[str]:
    """The names of the columns of a file, some of which may have names from earlier versions.

    Raises InputError, beginning with the place, for one that is missing, unknown or there twice.
    """
    renamed = {column.old_name: column.name for column in schema.columns if column.old_name}
    names = [renamed.get(name, name) for name in stored]
    lacking = [c.name for c in schema.columns if not (c.is_pattern or c.optional or c.name in names)]
    if lacking:
        raise InputError(f"{place}: lacks the column {lacking[0]}; {DAMAGED}")
    for k, name in enumerate(names):
        if schema.column(name) is None:
            raise InputError(f"{place}: unknown column {quoted(name, 80)}; {DAMAGED}")
        if name in names[:k]:
            raise InputError(f"{place}: column {excerpt(name)} is listed twice; {DAMAGED}")
    return names
