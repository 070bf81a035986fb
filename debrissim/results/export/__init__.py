"""Exports of a finished run for other programs, each from only a results folder.

| name                        | meaning                                                     |
|-----------------------------|-------------------------------------------------------------|
| `FORMATS`                   | the formats by name, in the order in which they are listed  |
| `ExportFormat`              | a format: name, content, and the function that writes it    |
| `get_format`                | the format of a name                                        |
"""

from __future__ import annotations

from debrissim.core.registry import Registry
from debrissim.results.export import czml, json, ocm, oem, parquet
from debrissim.results.export.format import ExportFormat

FORMATS: Registry[ExportFormat] = Registry(
    "export format", (json.FORMAT, parquet.FORMAT, oem.FORMAT, ocm.FORMAT, czml.FORMAT)
)
"""The formats by name, in the order in which they are listed. To add one, write a module with a FORMAT and name it."""


def get_format(name: str) -> ExportFormat:
    """The format of a name. Raises InputError for an unknown name."""
    return FORMATS[name]
