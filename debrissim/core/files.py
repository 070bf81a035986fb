"""Read files, write files and folders whole or not at all, and word the errors of the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from debrissim.core.errors import InputError, RunError


def read_bytes(path: Path, expected: str) -> bytes:
    """The bytes of a file; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if there is no such file, it is a folder, or the disk refuses.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; expected {expected}") from None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> InputError:
    """The error of a file or folder that cannot be read."""
    return InputError(f"{path}: cannot be read ({error.strerror or error})")


def unwritable(path: Path, error: OSError) -> RunError:
    """The error of a file or folder that cannot be written."""
    return RunError(f"{path}: cannot be written ({error.strerror or error})")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file that appears under its name only when complete; a failed write leaves nothing behind.

    Raises RunError, naming the path, if the disk refuses.
    """
    try:
        _replace_file(path, data)
    except OSError as error:
        raise unwritable(path, error) from error


def _replace_file(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp makes files private; a catalogue is an ordinary document.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def replace_folder(partial: Path, folder: Path) -> None:
    """Rename a finished folder into place, replacing an earlier one. Raises OSError if the disk refuses."""
    if not folder.exists():
        partial.rename(folder)
        return
    old = partial.with_name(partial.name + "-old")
    folder.rename(old)
    try:
        partial.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
