"""Files and folders of exports: each appears whole or not at all, and replaces nothing without `force`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from debrissim.core.errors import InputError
from debrissim.core.files import is_temporary, replace_file, replace_text
from debrissim.results.claim import claimed

# The lines that identify a file are among its first ones.
_HEAD_BYTES = 4096


def write_file(target: Path, data: bytes, *, force: bool) -> Path:
    """Write a file; returns its path.

    Raises InputError if the path exists (with force: if it is not a file), RunError if writing fails.
    """
    if target.exists() and not (force and target.is_file()):
        raise InputError(
            f"{target}: exists already; give another name (--out), or replace the file (--force)"
        )
    replace_file(target, data)
    return target


def write_export_folder(
    target: Path, texts: Mapping[str, str], ending: str, mark: str, *, force: bool
) -> Path:
    """Write a folder of text files by name; returns its path.

    mark: a line near the beginning of each file, by which a file is recognised as this program's.

    Raises InputError if the path exists (with force: if anything in it was not written by this program), RunError if
    writing fails.
    """

    def own(folder: Path) -> frozenset[str]:
        return frozenset(path.name for path in folder.iterdir() if _is_own(path, ending, mark))

    with claimed(target, force=force, own=own, label=f"a folder of {ending} files") as claim:
        claim.write(lambda folder: _fill(folder, texts))
    return target


def _is_own(path: Path, ending: str, mark: str) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    if path.suffix != ending:
        return is_temporary(path.name)
    with path.open("rb") as file:
        return mark.encode() in file.read(_HEAD_BYTES).splitlines()


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        replace_text(folder / name, text)
