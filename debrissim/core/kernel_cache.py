"""The cache of compiled functions on disk: one file for each function, argument types, processor and version.

The name of a file is a hash of all that decides its content: the source (`core.fingerprint`), the types, the processor
and its features, and the versions of Python, NumPy and the compiler. It is in the user's cache folder, not next to the
source: it outlives a reinstallation, serves every copy of the package, and a changed kernel has another name. No entry
is ever overwritten by a different one, even if several processes write at once.

A file begins with the hash of its name and of what follows: a truncated, damaged or renamed one counts as absent. One
process compiles a function while others that need it wait for its file.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
import stat
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from debrissim.core.fingerprint import NoFingerprintError, fingerprint

_CONFIG: Any = numba.config
# Numba's own, without annotations.
_dumps: Any = dumps
_rebuild: Any = CompileResult._rebuild
_FOLDER = "kernels"
_DIGEST_BYTES = hashlib.sha256().digest_size
# Longer than any function takes to compile: a process that still holds a lock then is suspended.
_LOCK_WAIT_S = 120.0
_UNUSED_S = 90 * 86400.0
_TOUCHED_EVERY_S = 86400.0
# Settings by which numba compiles other code, and which it leaves out of its own keys.
_SETTINGS = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "USING_SVML")


class KernelCache(_Cache):
    """The cache of one function, in the place where numba's dispatcher has its own. No failure of a disk is raised."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._locks: dict[Path, Any] = {}
        self._enabled = True

    @property
    def cache_path(self) -> str | None:
        """The folder, None where nothing can be written."""
        folder = kernel_folder()
        return None if folder is None else str(folder)

    def enable(self) -> None:
        self._enabled = True

    def disable(self) -> None:
        self._enabled = False

    def flush(self) -> None:
        """Do nothing: a changed kernel has another name."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled function for these types, None if it must be compiled.

        In that case this process holds its lock until `save_overload`.
        """
        path = self.path(sig)
        if path is None:
            return None
        found = _load(path, target_context)
        if found is None:
            self._lock(path)
            # Another process may have compiled it while this one waited.
            found = _load(path, target_context)
            if found is not None:
                self._unlock(path)
        return found

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Store the code compiled for these types."""
        path = self.path(sig)
        if path is None:
            return
        with suppress(OSError):
            if not (cres.lifted or cres.library.has_dynamic_globals):
                _save(path, _dumps(cres._reduce()))
                _remove_unused(path.parent)
        self._unlock(path)

    def path(self, sig: Any) -> Path | None:
        """The file for these types, None if this function cannot be cached."""
        folder = kernel_folder()
        if not self._enabled or folder is None or self._source is None:
            return None
        types = [str(kind) for kind in sig] if isinstance(sig, tuple) else str(sig)
        # Types named by an address, such as functions as arguments, are others in every process.
        if "0x" in str(types):
            return None
        key = repr((self._source, types, _environment(self._dispatcher.targetctx.codegen().magic_tuple())))
        function = self._dispatcher.py_func
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        return folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.kernel"

    def is_busy(self, sig: Any) -> bool:
        """Whether another process is compiling for these types."""
        from filelock import Timeout

        path = self.path(sig)
        if path is None:
            return False
        with suppress(OSError, NotImplementedError):
            try:
                with _lock_of(path).acquire(timeout=0.0):
                    return False
            except Timeout:
                return True
        return False

    @cached_property
    def _source(self) -> str | None:
        try:
            return fingerprint(self._dispatcher)
        except NoFingerprintError:
            return None

    def _lock(self, path: Path) -> None:
        from filelock import Timeout

        lock = self._locks.setdefault(path, _lock_of(path))
        # Disks without locks, and holders that never end: then it is compiled twice, which costs only time.
        with suppress(OSError, NotImplementedError, Timeout):
            if not lock.is_locked:
                lock.acquire(timeout=_LOCK_WAIT_S)

    def _unlock(self, path: Path) -> None:
        lock = self._locks.pop(path, None)
        if lock is not None:
            # A waiting process then holds a lock without a name, and finds the function compiled.
            with suppress(OSError):
                path.with_suffix(".lock").unlink(missing_ok=True)
            with suppress(OSError):
                lock.release(force=True)


def _lock_of(path: Path) -> Any:
    # Loaded only where something is compiled.
    from filelock import FileLock

    return FileLock(path.with_suffix(".lock"), thread_local=False)


def _environment(processor: Iterable[str]) -> tuple[object, ...]:
    settings = tuple(str(getattr(_CONFIG, name, None)) for name in _SETTINGS)
    versions = (sys.implementation.cache_tag, numba.__version__, llvmlite.__version__, np.__version__)
    return tuple(processor), versions, settings


def _load(path: Path, target_context: Any) -> Any:
    """The content of a file, or None if there is none or it is damaged."""
    try:
        data = path.read_bytes()
        if _digest(path, data[_DIGEST_BYTES:]) != data[:_DIGEST_BYTES]:
            return None
        target_context.refresh()
        found = _rebuild(target_context, *pickle.loads(data[_DIGEST_BYTES:]))
        if time.time() - path.stat().st_mtime > _TOUCHED_EVERY_S:
            os.utime(path)
    except Exception:  # noqa: BLE001 (a pickle of another make raises anything; the cache only saves time)
        return None
    return found


def _save(path: Path, data: bytes) -> None:
    """Write a file that has its name only when it is complete. Without fsync: a file that is lost is compiled anew."""
    temporary = path.with_name(f"{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(_digest(path, data) + data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _digest(path: Path, data: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + data).digest()


def _remove_unused(folder: Path) -> None:
    """Remove files that no process has loaded or written for long: of earlier versions, or left by a killed process."""
    oldest = time.time() - _UNUSED_S
    for path in folder.iterdir():
        if path.suffix in (".kernel", ".lock", ".tmp") and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


@cache
def kernel_folder() -> Path | None:
    """The folder of the cache, None if every process must compile anew.

    Within NUMBA_CACHE_DIR if that is set, otherwise the user's cache folder; where it cannot be written, a folder among
    the temporary files. It must be this user's and closed to others: what is loaded from it is executed.
    """
    import platformdirs

    places = [platformdirs.user_cache_path("debrissim", appauthor=False) / _FOLDER, _temporary_folder()]
    if _CONFIG.CACHE_DIR:
        places.insert(0, Path(_CONFIG.CACHE_DIR) / f"debrissim-{_FOLDER}")
    return next((folder for folder in places if _is_private(folder)), None)


def _temporary_folder() -> Path:
    return Path(tempfile.gettempdir()) / (
        f"debrissim-{os.getuid()}" if hasattr(os, "getuid") else "debrissim"
    )


def _is_private(folder: Path) -> bool:
    """Whether a folder exists (it is created if possible) and only this user can write to it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    if not (stat.S_ISDIR(status.st_mode) and os.access(folder, os.W_OK | os.X_OK)):
        return False
    if not hasattr(os, "getuid"):
        # Windows: both places are below the user's own folder.
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
