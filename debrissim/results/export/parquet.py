"""Conjunctions as Parquet: typed columns, each with its meaning, and the run's summary in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path

from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_file
from debrissim.results.folder import read_summary, with_identifiers
from debrissim.results.parquet_file import arrow, parquet_parts
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import read_table


def write(folder: Path, target: Path, *, force: bool = False) -> Path:
    """Write the file; returns its path.

    Raises InputError if pyarrow is not installed, `folder` is not a results folder or the target exists, RunError if
    writing fails.
    """
    arrow("export: parquet")
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    about = {"debrissim.summary": json.dumps(with_identifiers(summary), sort_keys=True, allow_nan=False)}
    return write_file(target, b"".join(parquet_parts(table, about)), force=force)


FORMAT = ExportFormat("parquet", "conjunctions as typed columns", ".parquet", write, extra="parquet")
