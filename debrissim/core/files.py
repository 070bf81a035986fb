"""Read files, write files and folders whole or not at all, and word the errors of the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from debrissim.core.compression import MAX_BYTES, too_large
from debrissim.core.errors import InputError, RunError
from debrissim.core.text import quoted, whole_text


def read_bytes(path: Path, expected: str) -> bytes:
    """The bytes of a file; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if there is no such file, it is a folder, it is larger than `MAX_BYTES`, or the
    disk refuses.
    """
    try:
        with path.open("rb") as file:
            # Not by the size that the disk states: a pipe has none, and a device may have no end.
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{_shown(path)}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: this is a folder; expected {expected}") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if len(data) > MAX_BYTES:
        raise too_large(path)
    return data


def read_text(path: Path, expected: str) -> str:
    """The text of a file, decompressed; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if the file cannot be read whole.
    """
    return whole_text(read_bytes(path, expected), str(path))


def unreadable(path: Path, error: OSError | ValueError) -> InputError:
    """The error of a file or folder that cannot be read; a ValueError is that of a path that no disk can hold."""
    return InputError(f"{_shown(path)}: cannot be read ({getattr(error, 'strerror', None) or error})")


def _shown(path: Path) -> str:
    """A path that may not exist; quoted where it is too long for a sentence or cannot be printed."""
    text = str(path)
    return text if len(text) <= 200 and text.isprintable() else quoted(text)


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
