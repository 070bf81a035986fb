"""Numba's decorator, typed, and with a cache that may be missing, full or damaged."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, overload

import numba

_CONFIG: Any = numba.config
_Function = TypeVar("_Function", bound=Callable[..., Any])


@overload
def jit(function: _Function) -> _Function: ...


@overload
def jit(**options: Any) -> Callable[[_Function], _Function]: ...


def jit(function: Any = None, **options: Any) -> Any:
    """Compile on the first call, cached on disk where that is possible, and free of the interpreter lock.

    Where neither the package's folder nor the user's cache can be written, the cache is a private folder among the
    temporary files; where there is none of these, every process compiles anew. A cache that cannot be read or written
    (a full disk, a damaged file) counts as empty.

    Parameters
    ----------
    function : callable
        The function; without it, the result is a decorator.
    **options : Any
        Further options of numba's njit.

    Returns
    -------
    callable
        The compiled function; typed as the original, unlike numba's.
    """
    if function is None:
        return lambda decorated: jit(decorated, **options)
    for folder in (_CONFIG.CACHE_DIR, _private_folder):
        try:
            return _cached(function, folder() if callable(folder) else folder, options)
        except RuntimeError:
            # Numba found no folder for the cache.
            continue
    return numba.njit(nogil=True, **options)(function)


def _cached(function: Any, folder: str, options: dict[str, Any]) -> Any:
    """A compiled function cached in a folder, "" for numba's choice. Raises RuntimeError if numba finds none."""
    configured = _CONFIG.CACHE_DIR
    # Numba looks at its settings when a function is decorated, and not later.
    _CONFIG.CACHE_DIR = folder
    try:
        return _with_forgiving_cache(numba.njit(cache=True, nogil=True, **options)(function))
    finally:
        _CONFIG.CACHE_DIR = configured


def _private_folder() -> str:
    """A folder among the temporary files that nobody else can write: what is loaded from a cache is executed.

    Raises RuntimeError if there is none.
    """
    if not hasattr(os, "getuid"):
        raise RuntimeError("no private folder")
    try:
        folder = Path(tempfile.gettempdir()) / f"debrissim-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise RuntimeError("no private folder") from error
    others = stat.S_IRWXG | stat.S_IRWXO
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & others:
        raise RuntimeError(f"{folder}: is not a private folder")
    return str(folder)


def _with_forgiving_cache(dispatcher: Any) -> Any:
    cache = getattr(dispatcher, "_cache", None)
    for name in ("load_overload", "save_overload"):
        method = getattr(cache, name, None)
        # Not with NUMBA_DISABLE_JIT, which returns the function as it is.
        if method is not None:
            setattr(cache, name, _or_none(method))
    return dispatcher


def _or_none(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except Exception:  # noqa: BLE001 (a damaged pickle raises anything; the cache only saves time)
            return None

    return call
