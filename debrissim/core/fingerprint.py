"""A fingerprint of everything in the source that decides a compiled function: its bytecode and all that it refers to.

Two functions of one fingerprint compile to the same code, on whatever path they lie and whenever they were installed.
Constants of other modules are part of it, and the functions that it calls with theirs: a compiler bakes them in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import Any

import numpy as np

# Anything that a function uses from these depends only on their versions.
_KNOWN_MODULES = ("math", "numpy", "builtins")


class NoFingerprintError(TypeError):
    """A function refers to something whose effect on the compiled code is not known."""


def fingerprint(dispatcher: Any) -> str:
    """SHA-256, in hexadecimal, of the source of a function compiled by numba.

    Parameters
    ----------
    dispatcher : numba's compiled function.

    Raises
    ------
    NoFingerprintError
        if it refers to anything but numbers, text, arrays, tuples of them, numba's types, named tuples, names of NumPy
        and math, and other compiled functions.
    """
    seen: dict[int, int] = {}
    digest = hashlib.sha256()
    for part in _compiled(dispatcher, seen):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _compiled(dispatcher: Any, seen: dict[int, int]) -> Iterator[str]:
    function = dispatcher.py_func
    if id(function) in seen:
        yield f"function {seen[id(function)]}"
        return
    seen[id(function)] = len(seen)
    yield f"{function.__qualname__} {sorted(dispatcher.targetoptions.items())!r}"
    yield from _value((function.__defaults__, tuple(sorted((function.__kwdefaults__ or {}).items()))), seen)
    yield from _value(tuple(cell.cell_contents for cell in function.__closure__ or ()), seen)
    yield from _code(function.__code__, function.__globals__, seen)


def _code(code: CodeType, names: dict[str, Any], seen: dict[int, int]) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr((code.co_flags, code.co_argcount, code.co_names, code.co_varnames, code.co_freevars))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant, names, seen)
        else:
            yield from _value(constant, seen)
    for name in code.co_names:
        # Names of attributes are among them: one that is also a global name only adds to the fingerprint.
        if name in names:
            yield name
            yield from _value(names[name], seen)


def _value(value: Any, seen: dict[int, int]) -> Iterator[str]:
    if hasattr(value, "py_func") and hasattr(value, "targetoptions"):
        yield from _compiled(value, seen)
    elif value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        yield f"{type(value).__name__} {value!r}"
    elif isinstance(value, tuple):
        yield f"tuple of {len(value)}"
        for part in value:
            yield from _value(part, seen)
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield f"array {value.dtype.str} {value.shape} {value.strides}"
        yield hashlib.sha256(value.tobytes()).hexdigest()
    elif isinstance(value, ModuleType) and value.__name__.partition(".")[0] in _KNOWN_MODULES:
        yield f"module {value.__name__}"
    elif isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields"):
        yield f"{value.__qualname__} {value._fields}"
    elif isinstance(value, type | BuiltinFunctionType) and value.__module__ in _KNOWN_MODULES:
        yield f"{value.__module__}.{value.__qualname__}"
    elif type(value).__module__.startswith("numba.core.types"):
        yield f"numba {value}"
    else:
        raise NoFingerprintError(f"{type(value).__name__}: {value!r:.100}")
