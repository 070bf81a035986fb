"""Conjunctions as Parquet: typed columns, each with its meaning, and the run's summary in the file's metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.time import datetime64_text
from debrissim.results.export.format import ExportFormat
from debrissim.results.export.target import write_file
from debrissim.results.folder import read_summary
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
        values = table[column.name]
        # Times as text, as in the CSV file.
        cells = datetime64_text(values) if column.dtype == "time" else values.tolist()
        kinds = {"float": pa.float64(), "int": pa.int64(), "id": pa.int64(), "bool": pa.bool_()}
        kind = kinds.get(column.dtype, pa.string())
        fields.append(pa.field(column.name, kind, metadata={"description": column.doc}))
        columns.append(pa.array([None if cell != cell else cell for cell in cells], kind))
    about = {"debrissim.summary": json.dumps(summary, sort_keys=True, allow_nan=False)}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=about)), buffer, compression="zstd")
    return write_file(target, buffer.getvalue(), force=force)


FORMAT = ExportFormat("parquet", "conjunctions as typed columns", ".parquet", write, extra="parquet")
