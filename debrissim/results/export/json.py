"""Conjunctions and their provenance in one JSON file: rows as objects, what is not known as null."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from debrissim.results.export.target import write_file
from debrissim.results.folder import json_text, read_csv, read_summary
from debrissim.results.schema import CONJUNCTION_COLUMNS, kind_of, values_of


def write(folder: Path, target: Path, *, force: bool = False) -> Path:
    """Write the file; returns its path.

    Raises InputError for a results folder that is none and a target that exists, RunError if the disk refuses.
    """
    return write_file(target, json_text(content(folder)).encode("utf-8"), force=force)


def content(folder: Path) -> dict[str, Any]:
    """What the file holds: columns (name and meaning), conjunctions (one object a row), totals, events, provenance."""
    summary, table = read_summary(folder), read_csv(folder / "conjunctions.csv")
    columns = [
        [_json(value) for value in values_of(kind_of(name, cells), cells)] for name, cells in table.items()
    ]
    return {
        **summary,
        "columns": {name: CONJUNCTION_COLUMNS.get(name, "") for name in table},
        "conjunctions": [dict(zip(table, row, strict=True)) for row in zip(*columns, strict=True)],
    }


def _json(value: Any) -> Any:
    """Infinity is a word in JSON: a factor of maximum_sigma_factor can be infinite."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
