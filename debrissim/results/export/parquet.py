"""Conjunctions as Parquet: typed columns, each with its meaning, and the run's summary in the file's metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.results.export.target import write_file
from debrissim.results.folder import read_csv, read_summary
from debrissim.results.schema import CONJUNCTION_COLUMNS, Kind, kind_of, values_of


def write(folder: Path, target: Path, *, force: bool = False) -> Path:
    """Write the file; returns its path.

    Raises InputError where pyarrow is not installed, for a results folder that is none and a target that exists,
    RunError if the disk refuses.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise InputError(
            "export: parquet needs pyarrow, install it with: pip install 'debrissim[parquet]'"
        ) from error
    summary, table = read_summary(folder), read_csv(folder / "conjunctions.csv")
    types: dict[Kind, pa.DataType] = {
        "whole": pa.int64(),
        "number": pa.float64(),
        "truth": pa.bool_(),
        "text": pa.string(),
    }
    fields, columns = [], []
    for name, cells in table.items():
        kind = kind_of(name, cells)
        fields.append(
            pa.field(name, types[kind], metadata={"description": CONJUNCTION_COLUMNS.get(name, "")})
        )
        columns.append(pa.array(values_of(kind, cells), types[kind]))
    about = {"debrissim.summary": json.dumps(summary, sort_keys=True, allow_nan=False)}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=about)), buffer, compression="zstd")
    return write_file(target, buffer.getvalue(), force=force)
