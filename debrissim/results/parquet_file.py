"""Tables as Parquet: typed columns, each with its meaning; written by groups of rows, read by column.

Times and identifiers of objects (S-021739 is not a number) are text, as in the CSV file; a missing value is null.
Numbers are stored with the bytes of one place together (BYTE_STREAM_SPLIT), which compresses better than a dictionary
of doubles that hardly repeat. Every page has a checksum: a damaged file is an error, and not another number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.errors import InputError
from debrissim.core.text import excerpt, printable, quoted
from debrissim.results.column import Column
from debrissim.results.table import DAMAGED, Schema, Table, checked_names

if TYPE_CHECKING:
    import pyarrow

# Some 30 MB of a table of eighty columns.
_ROWS_AT_ONCE = 1 << 16
_TYPES = {"float": "double", "int": "int64", "bool": "bool", "bool?": "bool"}


def arrow(needed_by: str) -> Any:
    """The package pyarrow, with its module of Parquet. Raises InputError, naming the extra, if it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(
            f"{needed_by} needs pyarrow, install it with: pip install 'debrissim[parquet]'"
        ) from error
    return pyarrow


def parquet_parts(table: Table, about: Mapping[str, str] | None = None) -> Iterator[bytes]:
    """The bytes of a Parquet file in parts of some thousand rows; about: further metadata of the file.

    Raises InputError if pyarrow is not installed.
    """
    pa = arrow(f"{table.schema.name}: Parquet")
    columns = {name: table.schema.declared(name) for name in table.columns()}
    schema = pa.schema(
        [
            pa.field(name, _type(pa, column), metadata={"description": column.doc})
            for name, column in columns.items()
        ],
        metadata=dict(about or {}),
    )
    numbers = [name for name, column in columns.items() if column.dtype == "float"]
    sink = _Sink()
    with pa.parquet.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=[name for name in columns if name not in numbers],
        column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
        write_page_checksum=True,
    ) as writer:
        for begin in range(0, len(table), _ROWS_AT_ONCE):
            rows = table[begin : begin + _ROWS_AT_ONCE]
            arrays = [_array(pa, rows, name, schema.field(name).type) for name in columns]
            writer.write_table(pa.table(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def read_parquet(path: Path, schema: Schema) -> Table:
    """Read a table that `parquet_parts` wrote.

    Raises InputError if pyarrow is not installed; and, naming file, row and column, where the file cannot be read,
    lacks a column, has one that is not declared, or holds a value of another dtype.
    """
    pa = arrow(f"{path}: Parquet")
    try:
        file = pa.parquet.ParquetFile(path, page_checksum_verification=True)
        stored = file.schema_arrow.names
        names = checked_names(path, stored, schema)
        # One at a time: all of them together would be in memory twice.
        data = {
            name: _values(pa, path, schema, name, file.read(columns=[own]).column(own))
            for own, name in zip(stored, names, strict=True)
        }
        # Columns of different lengths are a fault of the file.
        return Table(schema, data)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))[:200]
        raise InputError(f"{path}: cannot be read as a table of a results folder ({reason})") from error


class _Sink:
    """A file that pyarrow writes, whose bytes are taken as they come."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._position += len(self._parts[-1])
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """The bytes since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        self.closed = True


def _type(pa: Any, column: Column) -> pyarrow.DataType:
    return pa.type_for_alias(_TYPES.get(column.dtype, "string"))


def _array(pa: Any, table: Table, name: str, kind: pyarrow.DataType) -> pyarrow.Array:
    values, column = table[name], table.schema.declared(name)
    if column.dtype in ("time", "id"):
        return pa.array([cell or None for cell in column.cells(values)], kind)
    if column.dtype == "text":
        # As in the CSV file: a lone surrogate, which has no place in UTF-8, is written as an escape.
        known = {text: text.encode("utf-8", "backslashreplace").decode() for text in set(values)}
        return pa.array(list(map(known.__getitem__, values)), kind)
    return pa.array(values, kind, mask=table.missing(name))


def _values(pa: Any, path: Path, schema: Schema, name: str, stored: pyarrow.ChunkedArray) -> NDArray[Any]:
    column = schema.declared(name)
    if stored.type != _type(pa, column):
        raise InputError(
            f"{path}: column {excerpt(name)}: expected {_type(pa, column)}, got {stored.type}; {DAMAGED}"
        )
    if column.dtype == "float":
        return np.asarray(stored.to_numpy(), dtype=np.float64)
    if column.dtype == "bool?":
        return column.values(stored.to_pylist())
    if column.dtype == "int" and column.null is not None:
        stored = stored.fill_null(column.null)
    if column.dtype in ("int", "bool"):
        if stored.null_count:
            raise InputError(
                f"{path}: column {excerpt(name)}: expected {column.expected}, got null; {DAMAGED}"
            )
        return column.values(stored.to_numpy())
    cells = [cell or "" for cell in stored.to_pylist()]
    try:
        return column.parse(cells)
    except (ValueError, TypeError, OverflowError) as error:
        row = column.first_fault(cells)
        raise InputError(
            f"{path}: row {row}: {excerpt(name)}: expected {column.expected}, got {quoted(cells[row][:80])}; {DAMAGED}"
        ) from error
