"""The cells of results files as text, read without the package: what a spreadsheet would see."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np


def read_csv(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return {name: [row[k] for row in rows] for k, name in enumerate(header)}


def write_csv(path: Path, table: Mapping[str, Sequence[object]]) -> None:
    """Write columns as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))


def float_column(cells: Sequence[str]) -> np.ndarray:
    """Numbers of text cells, NaN where a cell is empty."""
    return np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
