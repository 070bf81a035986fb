"""Conjunctions as Parquet: typed columns, each with its meaning, and the run's summary in the file's metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_file
from debrissim.results.folder import read_summary, with_identifiers
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import read_table


def write(folder: Path, target: Path, *, force: bool = False) -> Path:
    """Write the file; returns its path.

    Raises InputError if pyarrow is not installed, `folder` is not a results folder or the target exists, RunError if
    the disk refuses.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise InputError(
            "export: parquet needs pyarrow, install it with: pip install 'debrissim[parquet]'"
        ) from error
    summary, table = read_summary(folder), read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
    fields, columns = [], []
    for column in CONJUNCTIONS.columns:
        if column.name not in table:
            continue
        values = table[column.name]
        # Times and identifiers (S-021739) as text, as in the CSV file.
        text = column.dtype in ("time", "id")
        cells = [str(cell) or None for cell in column.cells(values)] if text else values.tolist()
        kinds = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}
        kind = kinds.get(column.dtype, pa.string())
        fields.append(pa.field(column.name, kind, metadata={"description": column.doc}))
        columns.append(pa.array([None if cell != cell else cell for cell in cells], kind))
    about = {"debrissim.summary": json.dumps(with_identifiers(summary), sort_keys=True, allow_nan=False)}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=about)), buffer, compression="zstd")
    return write_file(target, buffer.getvalue(), force=force)


FORMAT = ExportFormat("parquet", "conjunctions as typed columns", ".parquet", write, extra="parquet")
