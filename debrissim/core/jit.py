"""Numba's decorator, typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def jit(function: _Function) -> _Function:
    """Compile on the first call, cached on disk and free of the interpreter lock; typed, unlike numba itself."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))
