"""Read files, write files and folders whole or not at all, and word the errors of the disk.

Content is on disk before it gets its name: the content of a file, or of all files of a folder, is
synchronised (fsync), then renamed, then the renaming is synchronised. After a loss of power there is the old content or
the new one, never an empty or half-filled file; once the call has returned, it is the new one. On macOS a drive may
keep content in a cache of its own beyond that; on Windows, renaming cannot be synchronised.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import re
import secrets
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from debrissim.core.compression import MAX_BYTES, too_large
from debrissim.core.errors import InputError, RunError
from debrissim.core.text import quoted, whole_text

_TEMPORARY = re.compile(r"\.debrissim-[0-9a-f]{8}\.tmp")
UNFINISHED = r"\.partial-\d+-[0-9a-f]{6}"
"""The end of the name of a folder that is being filled: `replace_folder` synchronises all of it at once, in half the
time that its files would take one by one."""
_IN_UNFINISHED = re.compile(UNFINISHED)
# Disks that know no fsync, such as some of a network.
_NO_FSYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)
# Linux: of renameat2, from <fcntl.h> and <linux/fs.h>.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def read_bytes(path: Path, expected: str) -> bytes:
    """The bytes of a file; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if there is no such file, it is a folder, it is larger than `MAX_BYTES`, or
    writing fails.
    """
    try:
        with path.open("rb") as file:
            # Not by the size that the file system reports: a pipe has none, and a device may be endless.
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, ValueError) as error:
        # Linux and macOS have a separate error for a folder; Windows reports a lack of permission.
        if os.path.isdir(path):  # noqa: PTH112 (Path.is_dir raises an error for a name that is too long)
            raise InputError(f"{path}: this is a folder; expected {expected}") from None
        raise unreadable(path, error) from None
    if len(data) > MAX_BYTES:
        raise too_large(path)
    return data


def require_existing(*paths: Path) -> None:
    """Raise the InputError of `read_bytes` for the first path that names nothing.

    For commands, before they import the modules that read the files. A path that cannot be looked up is accepted:
    reading it gives the reason.
    """
    for path in paths:
        try:
            path.stat()
        except FileNotFoundError:
            raise _missing(path) from None
        except (OSError, ValueError):
            continue


def sha256_of(path: Path, expected: str) -> str:
    """The SHA-256 of a file, in hexadecimal; `expected` and errors as of `read_bytes`."""
    return hashlib.sha256(read_bytes(path, expected)).hexdigest()


def read_text(path: Path, expected: str) -> str:
    """The text of a file, decompressed; `expected` names its content in messages ("a file of CDMs").

    Raises InputError, naming the path, if the file cannot be read whole.
    """
    return whole_text(read_bytes(path, expected), str(path))


def unreadable(path: Path, error: OSError | ValueError) -> InputError:
    """The error of a file or folder that cannot be read; a ValueError means a path that no disk can hold."""
    return InputError(f"{_shown(path)}: cannot be read ({getattr(error, 'strerror', None) or error})")


def _missing(path: Path) -> InputError:
    return InputError(f"{_shown(path)}: no such file")


def _shown(path: Path) -> str:
    """A path that may not exist; quoted where it is too long for a sentence or cannot be printed."""
    text = str(path)
    return text if len(text) <= 200 and text.isprintable() else quoted(text)


def unwritable(path: Path, error: OSError) -> RunError:
    """The error of a file or folder that cannot be written."""
    return RunError(f"{path}: cannot be written ({error.strerror or error})")


def replace_text(path: Path, text: str) -> None:
    """Write text as UTF-8 by `replace_file`, lines as they are.

    A lone surrogate, which has no place in UTF-8 (Python keeps bytes of file names that are not UTF-8 as such), is
    written as an escape, such as "\\udcff".

    Raises RunError, naming the path, if writing fails.
    """
    replace_file(path, text.encode("utf-8", errors="backslashreplace"))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file by `replace_in_parts`, in one."""
    replace_in_parts(path, (data,))


def replace_in_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file that has its name only when it is complete and on disk; a failed write leaves nothing behind.

    parts: the content in order, each made when the one before it is written.

    A symbolic link is followed: the file that it names is replaced, the link stays.

    Raises RunError, naming the path, if writing fails or if a device or pipe has that name.
    """
    try:
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            raise RunError(f"{path}: cannot be written (it is neither a file nor a folder)")
        _replace_file(target, parts)
    except OSError as error:
        raise unwritable(path, error) from error


def _replace_file(path: Path, parts: Iterable[bytes]) -> None:
    # A short separate name: one derived from the file's name could be too long.
    temporary = path.with_name(f".debrissim-{secrets.token_hex(4)}.tmp")
    at_once = not any(_IN_UNFINISHED.search(part) for part in path.parts[:-1])
    try:
        with temporary.open("xb") as file:
            file.writelines(parts)
            file.flush()
            if at_once:
                _synchronise(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if at_once:
        _synchronise_folder(path.parent)


def _synchronise(handle: int) -> None:
    """Wait until a file or folder is on disk. Raises OSError if writing fails."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FSYNC:
            raise


def _synchronise_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk. Raises OSError if writing fails."""
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # A folder may be written, but not read: its names cannot be synchronised.
        return
    try:
        _synchronise(handle)
    finally:
        os.close(handle)


def _synchronise_all(folder: Path) -> None:
    """Wait until a folder with everything in it is on disk. Raises OSError if writing fails."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            # For writing, without which Windows does not synchronise.
            with (Path(place) / name).open("r+b") as file:
                _synchronise(file.fileno())
        _synchronise_folder(Path(place))


def is_temporary(name: str) -> bool:
    """Whether `replace_file` gave a file this name: a process that is killed leaves such a file."""
    return _TEMPORARY.fullmatch(name) is not None


def replace_folder(new: Path, folder: Path) -> Path | None:
    """Rename a finished folder into place, all its files on disk; the folder that had the name is returned under
    its new name, if any.

    On Linux the two names are exchanged in one step, so that `folder` exists at every moment. Elsewhere a process that
    is killed between two renamings leaves the earlier folder under the name of `new` with "-old" appended.

    Raises OSError if writing fails.
    """
    _synchronise_all(new)
    old = _rename_folder(new, folder)
    # The folder is in place, and an error would say that it is not.
    with suppress(OSError):
        _synchronise_folder(folder.parent)
    return old


def _rename_folder(new: Path, folder: Path) -> Path | None:
    if not folder.exists():
        new.rename(folder)
        return None
    if _exchange(new, folder):
        return new
    old = new.with_name(new.name + "-old")
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    return old


def _exchange(first: Path, second: Path) -> bool:
    """Exchange the names of two folders; false where the system or the disk cannot."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(first), os.fsencode(second)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0)
