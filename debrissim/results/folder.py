"""A results folder on disk: written whole or not at all, its tables and its summary read back."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from debrissim.core.errors import InputError, RunError
from debrissim.core.files import replace_folder, unreadable, unwritable
from debrissim.core.json import parse_json

SUMMARY = "summary.json"

Filled = TypeVar("Filled")


def write_folder(folder: Path, fill: Callable[[Path], Filled], *, force: bool = False) -> Filled:
    """Fill a hidden sibling of the folder and rename it into place: a killed run leaves nothing half-made.

    Returns what fill returned. Raises InputError if the folder exists (with force: if it is not an earlier
    results folder), RunError if the disk refuses.
    """
    check_writable(folder, force=force)
    return write_atomically(folder, fill)


def write_atomically(folder: Path, fill: Callable[[Path], Filled]) -> Filled:
    """Fill a hidden sibling of the folder and rename it into place, replacing what was there.

    Raises RunError if the disk refuses.
    """
    folder = folder.absolute()
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}-{secrets.token_hex(3)}")
    try:
        partial.mkdir(parents=True)
        filled = fill(partial)
        replace_folder(partial, folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return filled


def check_writable(folder: Path, *, force: bool) -> None:
    """Raise InputError or RunError if a results folder cannot be written there: before a long run, not after it."""
    if not folder.exists():
        nearest = next(parent for parent in folder.absolute().parents if parent.exists())
        if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
            raise RunError(f"{folder}: cannot be written ({nearest} is not a writable folder)")
        return
    if not force:
        raise InputError(f"{folder}: exists already; give another folder (--out), or replace it (--force)")
    if not (folder / SUMMARY).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is not a results folder, --force does not replace it")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with sorted keys, UTF-8, LF. Raises ValueError for NaN and infinity, which are not JSON."""
    path.write_text(json_text(content), encoding="utf-8", newline="")


def json_text(content: Any) -> str:
    """The text that `write_json` writes."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def read_summary(folder: Path) -> dict[str, Any]:
    """The content of summary.json. Raises InputError if `folder` is not a results folder or the file is damaged."""
    path = folder / SUMMARY
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{folder}: is not a results folder (no {SUMMARY} in it)") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: expected UTF-8 text, got an invalid byte at position {error.start}"
        ) from error
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    content = parse_json(text, str(path))
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a JSON object")
    return content


def is_partly_synthetic(provenance: dict[str, Any]) -> bool:
    """Whether some of the secondaries are synthetic and some are real."""
    catalogue = provenance["catalogue"]
    synthetic = int(catalogue["synthetic_objects"])
    return 0 < synthetic < int(catalogue["objects"]) - len(provenance["primaries"])
