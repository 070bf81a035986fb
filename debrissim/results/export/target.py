"""Files and folders of exports: each appears whole or not at all, and replaces nothing without `force`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.files import replace_file
from debrissim.results.folder import write_atomically


def write_file(target: Path, data: bytes, *, force: bool) -> Path:
    """Write a file; returns its path.

    Raises InputError if the path exists (with force: if it is not a file), RunError if the disk refuses.
    """
    if target.exists() and not (force and target.is_file()):
        raise InputError(
            f"{target}: exists already; give another name (--out), or replace the file (--force)"
        )
    replace_file(target, data)
    return target


def write_export_folder(target: Path, texts: Mapping[str, str], ending: str, *, force: bool) -> Path:
    """Write a folder of text files by name; returns its path.

    Raises InputError if the path exists (with force: if it is not a folder of such files), RunError if the disk
    refuses.
    """
    if target.exists():
        if not force:
            raise InputError(
                f"{target}: exists already; give another folder (--out), or replace it (--force)"
            )
        if not target.is_dir() or any(path.suffix != ending for path in target.iterdir()):
            raise InputError(f"{target}: is not a folder of {ending} files, --force does not replace it")
    write_atomically(target, lambda folder: _fill(folder, texts))
    return target


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
