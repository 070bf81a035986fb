"""The element sets of the spacecraft that a watch has seen, on disk: by them it knows their usual scatter.

A cache next to the store, as `earlier_file`: without it the watch judges only by the error model, until it has seen
enough sets again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.screening.settled import ELEMENTS, elements_of
from debrissim.watch.cache_file import read_arrays, write_arrays

KEPT = 200
"""Sets of each object that are kept, the newest: two months at three a day."""

_FORMAT = "debrissim element sets 1"


def updated(history: tuple[Index, Array], catalog: Catalog) -> tuple[Index, Array]:
    """The history, (k,) catalogue numbers and (k, 11) element sets, with those of a catalogue that are new to it.

    Sorted by number and epoch; of each object the newest `KEPT`.
    """
    numbers = np.concatenate([history[0], catalog.norad_id])
    elements = np.concatenate([history[1], elements_of(catalog)])
    _, once = np.unique(np.column_stack([numbers, elements[:, :2]]), axis=0, return_index=True)
    numbers, elements = numbers[once], elements[once]
    newest = np.concatenate([np.flatnonzero(numbers == n)[-KEPT:] for n in np.unique(numbers)] or [once[:0]])
    return numbers[newest], elements[newest]


def with_elements(catalog: Catalog, elements: Array) -> Catalog:
    """The objects of a catalogue (n) with other element sets (n, 11)."""
    columns = {name: elements[:, k].copy() for k, name in enumerate(ELEMENTS)}
    return catalog.with_columns(**columns)


def write_history(path: Path, history: tuple[Index, Array]) -> None:
    """Replace the file. Raises RunError if writing fails."""
    write_arrays(path, _FORMAT, {"numbers": history[0], "elements": history[1]})


def read_history(path: Path) -> tuple[Index, Array]:
    """The history in a file that `write_history` wrote; empty if it is missing or cannot be used."""
    content = read_arrays(path, _FORMAT)
    if content is not None and content.keys() >= {"numbers", "elements"}:
        numbers, elements = content["numbers"], content["elements"]
        if elements.shape == (numbers.size, len(ELEMENTS)):
            return numbers.astype(np.int64), elements.astype(np.float64)
    return np.empty(0, dtype=np.int64), np.empty((0, len(ELEMENTS)))
