"""A results folder opened for reading: its tables by name with typed columns, and one error for damaged content."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import ObjectKind
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.text import printable, quoted
from debrissim.results.folder import read_summary
from debrissim.results.own_files import SUMMARY
from debrissim.results.result import Tables
from debrissim.results.schema import SCHEMAS
from debrissim.results.table import DAMAGED, Schema, Table, read_table, table_path

# Exceptions that damaged content can cause in arithmetic, lookups and plots: any value may have any type and size.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    csv.Error,
)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn a missing key or a bad value in the results inside the block into an InputError that names the folder.

    An InputError that does not name the folder yet gets its name; blocks may be nested.
    """
    try:
        yield
    except InputError as error:
        if str(folder) in str(error):
            raise
        raise InputError(f"{folder}: {error}") from error
    except _DAMAGE as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({printable(repr(error))[:200]})"
        ) from error


def require_conjunctions(folder: Path) -> None:
    """Raise InputError if `folder` is not a results folder, or one of another kind than conjunctions."""
    summary = read_summary(folder)
    kind = summary.get("kind", "conjunctions")
    if kind != "conjunctions":
        raise InputError(f"{folder}: expected results of conjunctions, got results of kind {quoted(kind)}")
    for key in ("totals", "provenance"):
        if not isinstance(summary.get(key), dict):
            raise InputError(f"{folder}: {SUMMARY} lacks the table {key}; {DAMAGED}")


class FolderTables(Tables):
    """The tables of a results folder by name, each read from its CSV or Parquet file on first use.

    `"events" in tables` is true if the folder has events.csv or events.parquet. A lookup raises InputError if the file
    is missing or damaged, KeyError if a run of this kind has no such table.
    """

    def __init__(self, folder: Path, schemas: Sequence[Schema] = SCHEMAS["conjunctions"]) -> None:
        super().__init__(
            {schema.name: partial(read_table, folder / schema.file, schema) for schema in schemas}
        )
        self._files = {schema.name: folder / schema.file for schema in schemas}

    def __contains__(self, name: object) -> bool:
        return name in self._files and table_path(self._files[str(name)]).is_file()

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._files if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def kinds_of(labels: NDArray[np.object_]) -> NDArray[np.int8]:
    """(m,) `ObjectKind` of a column of labels. Raises KeyError for a label that is not of a kind."""
    by_label = {kind.label: int(kind) for kind in ObjectKind}
    return np.array([by_label[label] for label in labels], dtype=np.int8)


def rank_events(conjunctions: Table) -> NDArray[np.int64]:
    """(m,) rows of conjunctions.csv in the order of `most_probable_first`."""
    return most_probable_first(
        conjunctions["collision_probability"],
        conjunctions["maximum_probability"],
        conjunctions["miss_distance_km"],
    )


def most_probable_first(probability: Array, maximum: Array, miss_distance_km: Array) -> NDArray[np.int64]:
    """(m,) the order of encounters: by probability, of equal ones the higher maximum first, then the closer approach.

    A missing probability comes last.
    """
    return np.lexsort((miss_distance_km, -maximum, -probability))
