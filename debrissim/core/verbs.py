"""Methods whose function lives in a room above: `catalog.screen(...)` is `screen_catalog(catalog, ...)`.

A table offers the verbs that a user expects, while its room imports nothing from the rooms above. The function is
loaded when the verb is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any


def verb(target: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a method so that it calls `target`, "module:function", with the object as the first argument.

    The decorated method gives name, signature and documentation; its body is not used.
    """
    module, _, name = target.partition(":")

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(self: Any, *arguments: Any, **options: Any) -> Any:
            return getattr(import_module(module), name)(self, *arguments, **options)

        return call

    return decorate
