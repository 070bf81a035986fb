"""Conjunctions and their provenance in one JSON file: rows as objects, missing values as null."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_file
from debrissim.results.folder import json_text, read_summary
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table


def write(folder: Path, target: Path, *, force: bool = False) -> Path:
    """Write the file; returns its path.

    Raises InputError if `folder` is not a results folder or the target exists, RunError if writing fails.
    """
    return write_file(target, json_text(content(folder)).encode("utf-8"), force=force)


def content(folder: Path) -> dict[str, Any]:
    """The content of the file: columns (name and meaning), conjunctions (one object per row), totals, provenance."""
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    columns = [_json_values(table, name) for name in table.columns()]
    return {
        **summary,
        "columns": {column.name: column.doc for column in CONJUNCTIONS.columns},
        "conjunctions": [dict(zip(table.columns(), row, strict=True)) for row in zip(*columns, strict=True)],
    }


def _json_values(table: Table, name: str) -> list[Any]:
    """The values of a column for JSON: missing numbers are null, infinity (as in maximum_sigma_factor) is text."""
    column, values = table.schema.column(name), table[name]
    if column is not None and column.dtype == "time":
        return list(column.cells(values))
    if values.dtype.kind == "f":
        return [None if math.isnan(v) else v if math.isfinite(v) else str(v) for v in values.tolist()]
    return list(values.tolist())


FORMAT = ExportFormat("json", "conjunctions and provenance in one JSON file", ".json", write)
