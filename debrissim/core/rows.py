"""The behaviour common to all tables: length, indexing, sorting, display and export.

A table is a frozen dataclass. Its NumPy arrays are columns that share their first axis, its fields that are tables
themselves are nested columns, and everything else (a name, a label) belongs to the table as a whole.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.errors import InputError

if TYPE_CHECKING:
    import astropy.table
    import pandas
    import polars
    import pyarrow

R = TypeVar("R", bound="Rows")

Column = NDArray[Any]

# Endings of column names for the components of vectors; elsewhere components are numbered from 0.
_STATE = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
_AXES = ("r", "t", "n")

# Units of columns by the endings of their names, longest first; the text after it is astropy's spelling.
_UNITS = {
    "_per_km3": "km-3",
    "_rev_day": "cycle / d",
    "_per_m2_year": "m-2 yr-1",
    "_m2_kg": "m2 / kg",
    "_kg_m3": "kg / m3",
    "_g_cm3": "g / cm3",
    "_j_g": "J / g",
    "_km_s": "km / s",
    "_km2": "km2",
    "_km": "km",
    "_m2": "m2",
    "_m_s": "m / s",
    "_cm": "cm",
    "_mm": "mm",
    "_m": "m",
    "_kg": "kg",
    "_g": "g",
    "_deg": "deg",
    "_rad": "rad",
    "_days": "d",
    "_hours": "h",
    "_min": "min",
    "_years": "yr",
    "_s": "s",
    "_j": "J",
}
_SHOWN_ROWS = 5
_WIDTH = 100


class Rows:
    """Mixin of a frozen dataclass of columns.

    `table[3]`, `table[2:5]`, `table[mask]` and `table[[4, 1]]` are tables of the same type; iteration gives tables of
    one row each. Column names are those of `columns()`: vectors appear by component, nested tables by their own
    columns.
    """

    _labels: ClassVar[Mapping[str, type[IntEnum] | type[IntFlag]]] = {}
    """Columns of codes, and the enumeration that names them in displays and exports."""
    _shown: ClassVar[tuple[str, ...]] = ()
    """Columns that a display shows first."""
    _texts: Mapping[str, Callable[[Any], str]] = {}
    """How a display writes a column, other than as numbers and text are written."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Set before `dataclass` adds its own, which would put all columns of all rows into the repr.
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = cls.__repr__  # type: ignore[method-assign]

    def __len__(self) -> int:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray | Rows):
                return len(value)
        return 0

    def __getitem__(self, rows: int | slice | ArrayLike) -> Self:
        """The rows of an index, a slice, a boolean mask or an index array (repeats allowed), in that order.

        Raises IndexError for a row outside the table and InputError for a mask of another length.
        """
        index = self._index(rows)
        chosen = {
            field.name: value[index]
            for field in fields(self)  # type: ignore[arg-type]
            if isinstance(value := getattr(self, field.name), np.ndarray | Rows)
        }
        return replace(self, **chosen)  # type: ignore[type-var]

    def __iter__(self) -> Iterator[Self]:
        return (self[row] for row in range(len(self)))

    @classmethod
    def concat(cls: type[R], tables: Sequence[R]) -> R:
        """All rows of several tables, in order; fields that are not columns are those of the first.

        Raises InputError if there is no table.
        """
        if not tables:
            raise InputError(f"{cls.__name__}.concat: expected at least one table, got none")
        joined: dict[str, Any] = {}
        for field in fields(cls):  # type: ignore[arg-type]
            parts = [getattr(table, field.name) for table in tables]
            if isinstance(parts[0], np.ndarray):
                joined[field.name] = np.concatenate(parts)
            elif isinstance(parts[0], Rows):
                joined[field.name] = type(parts[0]).concat(parts)
        return replace(tables[0], **joined)  # type: ignore[type-var]

    def sort_by(self, column: str, *, descending: bool = False) -> Self:
        """The table sorted by a column of `columns()`; rows of equal value keep their order, NaN comes last.

        Raises InputError if there is no such column.
        """
        columns = self.columns()
        if column not in columns:
            raise InputError(f"sort_by: expected one of {', '.join(columns)}, got {column!r}")
        values = columns[column]
        missing = is_missing(values)
        order = np.argsort(values, kind="stable")
        if descending:
            # Reversed before and after, so that equal values keep their order.
            order = len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        return self[np.concatenate([order[~missing[order]], order[missing[order]]])]

    def equals(self, table: object) -> bool:
        """Whether another table has the same columns with the same values; NaN and NaT equal themselves."""
        if not isinstance(table, type(self)):
            return False
        first, second = self.columns(), table.columns()
        return list(first) == list(second) and all(
            np.array_equal(first[name], second[name], equal_nan=first[name].dtype.kind in "fM")
            for name in first
        )

    def head(self, count: int = _SHOWN_ROWS) -> Self:
        """The first rows."""
        return self[: max(count, 0)]

    def columns(self) -> dict[str, Column]:
        """The columns by name, one dimension each; codes appear as labels, times as datetime64."""
        columns: dict[str, Column] = {}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, Rows):
                for name, column in value.columns().items():
                    columns[name if name not in columns else f"{field.name}_{name}"] = column
            elif isinstance(value, np.ndarray):
                columns |= _flattened(field.name, _labelled(value, self._labels.get(field.name)))
        return columns

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame. Raises InputError if pandas is not installed."""
        frame: pandas.DataFrame = _optional("pandas", "pandas").DataFrame(self.columns())
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A polars DataFrame. Raises InputError if polars is not installed."""
        frame: polars.DataFrame = _optional("polars", "polars").DataFrame(
            {
                name: column.tolist() if column.dtype.kind in "UO" else column
                for name, column in self.columns().items()
            }
        )
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table. Raises InputError if pyarrow is not installed."""
        arrow = _optional("pyarrow", "parquet")
        table: pyarrow.Table = arrow.table(
            {
                name: arrow.array(column.tolist() if column.dtype.kind in "UO" else column)
                for name, column in self.columns().items()
            }
        )
        return table

    def to_astropy(self) -> astropy.table.QTable:
        """An astropy QTable, with units by the names of the columns. Raises InputError if astropy is not installed."""
        tables = _optional("astropy.table", "astropy")
        table: astropy.table.QTable = tables.QTable()
        for name, column in self.columns().items():
            unit = unit_of(name) if column.dtype.kind == "f" else None
            table[name] = column if unit is None else tables.Column(column, unit=unit).quantity
        return table

    def __repr__(self) -> str:
        columns = self.columns()
        head = f"<{type(self).__name__}: {len(self)} {'row' if len(self) == 1 else 'rows'} x {len(columns)} columns>"
        cells = _cells(self.head())
        widths = [max(map(len, (name, *column))) for name, column in cells.items()]
        kept = _fitting(widths)
        lines = [
            "  ".join(text.rjust(width) for text, width in zip(row[:kept], widths, strict=False))
            for row in [list(cells), *zip(*cells.values(), strict=True)]
        ]
        more = ["..."] if len(self) > _SHOWN_ROWS else []
        return "\n".join([head, *(lines if len(self) else []), *more])

    def _repr_html_(self) -> str:
        """The first rows as an HTML table, for notebooks."""
        cells = _cells(self.head())
        head = "".join(f"<th>{html.escape(name)}</th>" for name in cells)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
            for row in zip(*cells.values(), strict=True)
        )
        rows = "row" if len(self) == 1 else "rows"
        more = ", the first shown" if len(self) > _SHOWN_ROWS else ""
        caption = f"{type(self).__name__}: {len(self)} {rows}{more}"
        return (
            f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )

    def _index(self, rows: int | slice | ArrayLike) -> slice | NDArray[Any]:
        if isinstance(rows, slice):
            return rows
        if isinstance(rows, int | np.integer) and not isinstance(rows, bool | np.bool_):
            if not -len(self) <= rows < len(self):
                raise IndexError(f"{type(self).__name__}: expected a row below {len(self)}, got {rows}")
            return np.array([int(rows)], dtype=np.intp)
        index = np.asarray(rows)
        if index.size == 0 and index.dtype != np.bool_:
            index = index.astype(np.intp)
        if index.dtype == np.bool_ and index.shape != (len(self),):
            raise InputError(
                f"{type(self).__name__}: expected a mask of shape ({len(self)},), got shape {index.shape}"
            )
        return index


def unit_of(name: str) -> str | None:
    """The unit that the ending of a column's name states, in astropy's spelling; None if it states none."""
    return next(
        (unit for ending, unit in sorted(_UNITS.items(), key=lambda e: -len(e[0])) if name.endswith(ending)),
        None,
    )


def _labelled(values: Column, labels: type[IntEnum] | type[IntFlag] | None) -> Column:
    """The names of codes; flags are separated by semicolons."""
    if labels is None:
        return values
    words = {code: _label(labels, code) for code in np.unique(values).tolist()}
    return np.array([words[code] for code in values.tolist()], dtype=np.str_)


def _label(labels: type[IntEnum] | type[IntFlag], code: int) -> str:
    member = labels(code)
    if isinstance(member, IntFlag):
        return ";".join(str(flag.name).lower().replace("_", " ") for flag in member)
    return member.name.lower().replace("_", " ")


def _flattened(name: str, values: Column) -> dict[str, Column]:
    """A column of numbers, or the components of a column of vectors or matrices."""
    if values.ndim == 1:
        return {name: values}
    shape = values.shape[1:]
    if name.endswith("state") and shape == (6,):
        stem = name.removesuffix("state")
        return {stem + ending: values[:, k] for k, ending in enumerate(_STATE)}
    if "_rtn_" in name and set(shape) == {3}:
        return {
            name.replace("_rtn_", "_" + "".join(_AXES[k] for k in place) + "_"): values[(slice(None), *place)]
            for place in np.ndindex(*shape)
        }
    unit = re.search(r"(_km2|_km_s|_km|_s|_m)$", name)
    stem, ending = (name[: unit.start()], unit.group()) if unit else (name, "")
    return {
        f"{stem}_{'_'.join(map(str, place))}{ending}": values[(slice(None), *place)]
        for place in np.ndindex(*shape)
    }


def is_missing(values: Column) -> NDArray[np.bool_]:
    """(m,) whether a value of a column is NaN or NaT."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "M":
        return np.isnat(values)
    return np.zeros(values.shape, dtype=np.bool_)


def _cells(table: Rows) -> dict[str, list[str]]:
    columns = table.columns()
    shown = [name for name in table._shown if name in columns]
    return {
        name: list(map(table._texts.get(name, _cell), columns[name].tolist()))
        for name in dict.fromkeys([*shown, *columns])
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds")
    return str(value)


def _fitting(widths: list[int]) -> int:
    """The number of columns of these widths that fit on a line, at least one."""
    used = 0
    for count, width in enumerate(widths):
        used += width + 2
        if used > _WIDTH + 2:
            return max(count, 1)
    return len(widths)


def _optional(module: str, extra: str) -> Any:
    """An optional package. Raises InputError, naming the extra that installs it, if it is missing."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            f"{package} is not installed; install it with: pip install 'debrissim[{extra}]'"
        ) from error
