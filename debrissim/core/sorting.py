"""Sorting inside compiled functions."""

from __future__ import annotations

from typing import SupportsIndex

from debrissim.core.arrays import Array
from debrissim.core.jit import jit


@jit
def sort_few(values: Array, count: SupportsIndex) -> None:
    """Sort values[:count] in place by insertion: for a few dozen, where numba's quicksort takes a second to compile."""
    for k in range(1, count):
        value = values[k]
        place = k
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value
