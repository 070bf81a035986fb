"""Compile the kernels of a job in parallel, in separate processes, while the job begins.

A job names the kernels it will call (`core.jit`, with declared arguments). Those that are not in the cache are compiled
by helper processes from the last to the first, while the job itself compiles them in the order in which it calls them;
each is compiled once, and the second process takes it from the cache. Without a cache, or on one processor, the job
compiles alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, TypeAlias

from numba.core import event as numba_event
from numba.core.sigutils import normalize_signature

from debrissim.core.kernel_cache import KernelCache
from debrissim.core.threads import processors

CompilingKernels: TypeAlias = Callable[[int, int], None]
"""Called with the kernels that are compiled so far, and all that must be."""

_normalize_signature: Any = normalize_signature
_install_listener: Any = numba_event.install_listener
_Listens: Any = numba_event.Listener
# No job has more large kernels than this: a further process would only load what it needs for compiling.
_MOST_HELPERS = 3
_LOOK_EVERY_S = 0.2
_END_WAIT_S = 0.2
# The helper finds the package where this process does, and nothing else from its environment.
_HELPER = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.readline()); "
    "from debrissim.core.compile_ahead import help_compiling; help_compiling()"
)


@contextmanager
def compiled_ahead(kernels: Sequence[Any], compiling: CompilingKernels) -> Iterator[None]:
    """Have the missing ones of these kernels compiled while the context lasts; does nothing if none is missing.

    Parameters
    ----------
    kernels : functions compiled by `core.jit` with declared arguments, in the order in which the job calls them
    compiling : called, from a thread, at the beginning and whenever the number of compiled kernels has grown
    """
    missing = [kernel for kernel in kernels if not is_compiled(kernel)]
    if not missing:
        yield
        return
    helpers = [] if missing[0]._cache.cache_path is None else _start_helpers(missing)
    over = threading.Event()
    watcher = threading.Thread(target=_report, args=(missing, compiling, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        for helper in helpers:
            helper.kill()
        for helper in helpers:
            assert helper.stdin is not None
            with suppress(OSError):
                helper.stdin.close()
            # An interrupted job has no time to wait for more.
            with suppress(subprocess.TimeoutExpired):
                helper.wait(timeout=_END_WAIT_S)


@contextmanager
def compiling_noticed(notice: Callable[[bool], None]) -> Iterator[None]:
    """Notice every function that this process compiles while the context lasts, and not those from the cache.

    Parameters
    ----------
    notice : called with True when the process begins to compile, in whatever thread, and with False when it has ended
    """
    with _install_listener("numba:compile", _Listener(notice)):
        yield


class _Listener(_Listens):  # type: ignore[misc]
    def __init__(self, notice: Callable[[bool], None]) -> None:
        self._notice, self._depth = notice, 0

    # Numba holds its lock meanwhile: one thread at a time compiles.
    def on_start(self, event: Any) -> None:  # noqa: ARG002
        self._depth += 1
        if self._depth == 1:
            self._notice(True)

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        self._depth -= 1
        if self._depth == 0:
            self._notice(False)


def is_compiled(kernel: Any) -> bool:
    """Whether a kernel is in this process or in the cache, for its declared arguments."""
    if not hasattr(kernel, "overloads"):
        return True
    types = declared_types(kernel)
    path = kernel._cache.path(types)
    return types in kernel.overloads or (path is not None and path.is_file())


def declared_types(kernel: Any) -> tuple[Any, ...]:
    """Numba's types of the arguments that a kernel declares. Raises ValueError if it declares none."""
    if not kernel.declared_arguments:
        raise ValueError(f"{kernel.__name__}: declares no arguments")
    arguments: tuple[Any, ...] = _normalize_signature(f"({kernel.declared_arguments},)")[0]
    return arguments


def _report(missing: Sequence[Any], compiling: CompilingKernels, over: threading.Event) -> None:
    shown = -1
    while shown < len(missing):
        done = sum(map(is_compiled, missing))
        if done > shown:
            compiling(done, len(missing))
            shown = done
        if over.wait(_LOOK_EVERY_S):
            return


def _start_helpers(missing: Sequence[Any]) -> list[subprocess.Popen[str]]:
    names = [[kernel.py_func.__module__, kernel.py_func.__name__] for kernel in missing]
    helpers: list[subprocess.Popen[str]] = []
    if not sys.executable:
        return helpers
    for _ in range(min(processors() - 1, len(missing) - 1, _MOST_HELPERS)):
        # Where no process can be started, the job compiles alone.
        with suppress(OSError):
            helper = subprocess.Popen(
                [sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), "-c", _HELPER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            helpers.append(helper)
            assert helper.stdin is not None
            helper.stdin.write(json.dumps(sys.path) + "\n" + json.dumps(names) + "\n")
            helper.stdin.flush()
    return helpers


def help_compiling() -> None:
    """Compile the kernels that standard input names, from the last to the first, and end when it is closed.

    Those that another process is compiling are left to it.
    """
    names = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    for module, name in reversed(names):
        kernel = getattr(import_module(module), name)
        cache: KernelCache = kernel._cache
        types = declared_types(kernel)
        if not is_compiled(kernel) and not cache.is_busy(types):
            kernel.compile(types)


def _end_with_input() -> None:
    """End this process when the one that started it has ended, in whatever way."""
    sys.stdin.read()
    os._exit(0)
