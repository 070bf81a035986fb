"""Numba's decorator, typed, with a cache that outlives reinstallation, and with the types a kernel is called with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

import numba

from debrissim.core.kernel_cache import KernelCache

_njit: Any = numba.njit
_Function = TypeVar("_Function", bound=Callable[..., Any])


@overload
def jit(function: _Function) -> _Function: ...


@overload
def jit(*, arguments: str = "", **options: Any) -> Callable[[_Function], _Function]: ...


def jit(function: Any = None, *, arguments: str = "", **options: Any) -> Any:
    """Compile on the first call, cached on disk where that is possible, and free of the interpreter lock.

    Parameters
    ----------
    function : callable
        The function; without it, the result is a decorator.
    arguments : str
        For a kernel that Python calls: numba's types of its arguments, such as "f8[:, ::1], i8", so that it can be
        compiled before its first call (`core.compile_ahead`). Other types are compiled when they are met.
    **options : Any
        Further options of numba's njit.

    Returns
    -------
    callable
        The compiled function; typed as the original, unlike numba's.
    """
    if function is None:
        return lambda decorated: _jit(decorated, arguments, options)
    return _jit(function, arguments, options)


def _jit(function: Any, arguments: str, options: dict[str, Any]) -> Any:
    # The C function that numba would add to each function is called by nothing here, and costs time to compile.
    dispatcher = _njit(nogil=True, no_cfunc_wrapper=True, **options)(function)
    # With NUMBA_DISABLE_JIT it is the function itself.
    if hasattr(dispatcher, "overloads"):
        dispatcher._cache = KernelCache(dispatcher)
        dispatcher.declared_arguments = arguments
    return dispatcher
