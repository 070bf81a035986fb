"""Columns of a results file: the declaration, the array, and the cells of the CSV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.catalog.identifiers import identifier, parse_identifier
from debrissim.core.time import datetime64_text, parse_datetime64
from debrissim.results.float_text import float_texts, float_values

Dtype = Literal["float", "int", "id", "bool", "bool?", "text", "time"]

_NUMPY: Mapping[str, Any] = {
    "float": np.float64,
    "int": np.int64,
    "id": np.int64,
    "bool": np.bool_,
    # True, False, or None where missing.
    "bool?": np.object_,
    # Objects, because a label repeated in every row then costs a pointer per row.
    "text": np.object_,
    "time": "datetime64[ms]",
}
# The kinds of NumPy arrays that become a column without loss.
_SOURCES: Mapping[str, str] = {"float": "fiu", "int": "iu", "id": "iu", "bool": "b", "time": "M"}
_NO_TIME = np.datetime64("NaT", "ms")
# The letters of numbers: Python's own reader would also take 1_000, blanks and digits of other scripts.
_DIGITS = b"0123456789+-.eEinf"


@dataclass(frozen=True)
class Column:
    """A column of a results file.

    name: may contain `*` where the file has one column per object or kind. dtype: "time" is UTC, datetime64[ms],
    written with `decimals` of a second; "bool?" may be None; "id" is an object's number, written as its identifier
    (`catalog.identifiers`). null: the number that means "missing" in a column of whole numbers (NaN, NaT and "" mean it
    in the other dtypes). unit: by default the one that the name ends with. optional: the file may lack it.
    old_name: its name in folders of earlier versions, which are read.
    """

    name: str
    dtype: Dtype
    doc: str
    null: int | None = None
    unit: str = ""
    optional: bool = False
    decimals: int = 3
    old_name: str = ""

    @property
    def is_pattern(self) -> bool:
        return "*" in self.name

    def values(self, values: ArrayLike) -> NDArray[Any]:
        """The values as an array of the column's dtype.

        Raises TypeError for values of another kind (NumPy would cut 1.5 to the whole number 1), OverflowError for a
        whole number beyond 64 bits.
        """
        if self.dtype in ("text", "bool?"):
            given: Any = values
            cells: list[Any] = given.tolist() if isinstance(given, np.ndarray) else list(given)
            kinds = (str,) if self.dtype == "text" else (bool, np.bool_, type(None))
            foreign = tuple(kind for kind in set(map(type, cells)) if not issubclass(kind, kinds))
            if foreign:
                first = next(cell for cell in cells if isinstance(cell, foreign))
                raise TypeError(f"{self.name}: expected {self.dtype}, got {first!r}")
            return _objects(_shared(cells) if self.dtype == "text" else cells)
        source = np.asarray(values)
        if source.size and source.dtype.kind not in _SOURCES[self.dtype]:
            raise TypeError(f"{self.name}: expected {self.dtype}, got {source.dtype}")
        return np.asarray(values, dtype=_NUMPY[self.dtype])

    def cells(self, values: NDArray[Any]) -> list[str]:
        """The cells of values: text; "" for missing ones."""
        if self.dtype == "float":
            return float_texts(values)
        if self.dtype == "time":
            return datetime64_text(values, self.decimals)
        cells: list[Any] = values.tolist()
        if self.dtype == "text":
            return cells
        if self.dtype in ("bool", "bool?"):
            return ["" if value is None else "true" if value else "false" for value in cells]
        write = identifier if self.dtype == "id" else str
        if self.null is not None:
            return ["" if value == self.null else write(value) for value in cells]
        return list(map(write, cells))

    def parse(self, cells: Sequence[str]) -> NDArray[Any]:
        """The values of cells. Raises ValueError, TypeError or OverflowError for a cell of another dtype."""
        if self.dtype in ("float", "int") and not _are_numbers(cells):
            raise ValueError(f"expected {self.expected}")
        return _PARSERS[self.dtype](cells, self)

    def first_fault(self, cells: Sequence[str]) -> int:
        """The place of the first cell of another dtype, len(cells) if there is none."""
        for place, cell in enumerate(cells):
            try:
                self.parse([cell])
            except (ValueError, TypeError, OverflowError):
                return place
        return len(cells)

    @property
    def expected(self) -> str:
        """The cells that the dtype allows, in words."""
        return _EXPECTED[self.dtype]


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether cells hold nothing but letters of numbers."""
    return not "".join(cells).encode().translate(None, _DIGITS)


def _parse_floats(cells: Sequence[str], _: Column) -> NDArray[Any]:
    return float_values(cells)


def _parse_ints(cells: Sequence[str], column: Column) -> NDArray[Any]:
    if column.null is None:
        return np.array(list(map(int, cells)), dtype=np.int64)
    return np.array([int(cell) if cell else column.null for cell in cells], dtype=np.int64)


def _parse_ids(cells: Sequence[str], column: Column) -> NDArray[Any]:
    given = {cell: parse_identifier(cell) for cell in set(cells) if cell[:1].isalpha()}
    texts = [cell if cell not in given else str(given[cell]) for cell in cells]
    if not _are_numbers(texts):
        raise ValueError(f"expected {column.expected}")
    return _parse_ints(texts, column)


def _parse_bools(cells: Sequence[str], _: Column) -> NDArray[Any]:
    if not {"true", "false"}.issuperset(cells):
        raise ValueError("expected true or false")
    return np.array([cell == "true" for cell in cells], dtype=np.bool_)


def _parse_optional_bools(cells: Sequence[str], column: Column) -> NDArray[Any]:
    known = _parse_bools([cell or "false" for cell in cells], column)
    return _objects([value if cell else None for cell, value in zip(cells, known.tolist(), strict=True)])


def _parse_texts(cells: Sequence[str], _: Column) -> NDArray[Any]:
    return _objects(_shared(cells))


def _parse_times(cells: Sequence[str], _: Column) -> NDArray[Any]:
    return np.array([parse_datetime64(cell) if cell else _NO_TIME for cell in cells], dtype=_NUMPY["time"])


def _shared(texts: Sequence[str]) -> list[str]:
    """Texts, equal ones as one object: a name in many rows takes the memory of one."""
    known: dict[str, str] = {}
    return list(map(known.setdefault, texts, texts))


def _objects(cells: Sequence[Any]) -> NDArray[Any]:
    array = np.empty(len(cells), dtype=np.object_)
    array[:] = cells
    return array


_PARSERS: Mapping[Dtype, Callable[[Sequence[str], Column], NDArray[Any]]] = {
    "float": _parse_floats,
    "int": _parse_ints,
    "id": _parse_ids,
    "bool": _parse_bools,
    "bool?": _parse_optional_bools,
    "text": _parse_texts,
    "time": _parse_times,
}
_EXPECTED: Mapping[Dtype, str] = {
    "float": "a number",
    "int": "a whole number",
    "id": "a catalogue number, or an identifier such as S-021739",
    "bool": "true or false",
    "bool?": "true, false or nothing",
    "text": "text",
    "time": "a UTC time",
}
