"""Exports of a finished run for other programs, each from a results folder alone."""

from __future__ import annotations

from debrissim.core.errors import InputError
from debrissim.results.export import czml, json, oem, parquet
from debrissim.results.export.format import ExportFormat

FORMATS: tuple[ExportFormat, ...] = (json.FORMAT, parquet.FORMAT, oem.FORMAT, czml.FORMAT)
"""The formats, in the order in which they are listed; a new one is a module with a FORMAT and an entry here."""


def get_format(name: str) -> ExportFormat:
    """The format of a name. Raises InputError if there is none."""
    for entry in FORMATS:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in FORMATS)
    raise InputError(f"export: expected a format among {names}, got {name!r}")
