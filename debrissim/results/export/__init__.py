"""Exports of a finished run for other programs, each from a results folder alone.

| name                        | meaning                                                     |
|-----------------------------|-------------------------------------------------------------|
| `FORMATS`                   | the formats, in the order in which they are listed          |
| `ExportFormat`              | a format: name, content, and the function that writes it    |
| `get_format`                | the format of a name                                        |
"""

from __future__ import annotations

from debrissim.core.errors import InputError
from debrissim.results.export import czml, json, oem, parquet
from debrissim.results.export.format import ExportFormat

FORMATS: tuple[ExportFormat, ...] = (json.FORMAT, parquet.FORMAT, oem.FORMAT, czml.FORMAT)
"""The formats, in the order in which they are listed. To add one, write a module with a FORMAT and list it here."""


def get_format(name: str) -> ExportFormat:
    """The format of a name. Raises InputError for an unknown name."""
    for entry in FORMATS:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in FORMATS)
    raise InputError(f"export: expected a format among {names}, got {name!r}")
