"""A lock file, held by one process at a time and free again when that process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file as long as the context lasts; the file is made for it and removed afterwards.

    A process that is killed leaves the file, but not its lock: the next one takes it over.

    Raises BlockingIOError (on Windows PermissionError) if another process or thread holds the lock, OSError if the file
    cannot be made.
    """
    handle = _acquired(path)
    try:
        yield
    finally:
        if sys.platform == "win32":
            os.close(handle)
            with suppress(OSError):
                path.unlink()
        else:
            # Before the lock is given up: afterwards the file may be another process's.
            try:
                with suppress(OSError):
                    path.unlink()
            finally:
                os.close(handle)


def _acquired(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            _try_lock(handle)
            # Its last holder may have removed the file between our opening and our locking it: then try again.
            if os.path.samestat(os.fstat(handle), os.stat(path)):  # noqa: PTH116 (follows no link: see O_NOFOLLOW)
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
