"""What a finished run gives to other programs: one file a format, each from a results folder alone."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from debrissim.core.errors import InputError

FORMATS: dict[str, str] = {
    "json": "conjunctions and provenance in one JSON file",
    "parquet": "conjunctions as typed columns (needs: pip install 'debrissim[parquet]')",
    "oem": "CCSDS orbit ephemeris messages: a folder with one file per object, arcs around each TCA",
    "czml": "a scene for Cesium (needs: pip install 'debrissim[czml]')",
}
"""What `export` writes, in words."""

_ENDINGS = {"json": ".json", "parquet": ".parquet", "oem": "-oem", "czml": ".czml"}


def default_target(folder: Path, form: str) -> Path:
    """Where an export goes that is given no place: beside the results folder."""
    folder = folder.absolute()
    return folder.with_name(folder.name + _ENDINGS[form])


def get_writer(form: str) -> Callable[..., Path]:
    """The function `write(folder, target, **options) -> target` of a format. Raises InputError for an unknown one."""
    if form not in FORMATS:
        raise InputError(f"export: expected a format among {', '.join(FORMATS)}, got {form!r}")
    # Imported when asked for: two of them need packages that are not always there.
    module = import_module(f"debrissim.results.export.{form}")
    write: Callable[..., Path] = module.write
    return write
