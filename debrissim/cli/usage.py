"""Bad usage in one sentence: the command, its option or argument, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from debrissim.core.errors import InputError

# Typer has a copy of Click or imports it, by its version: this is the class that it raises.
_USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
_INVALID = re.compile(r"Invalid value for (.+?): (?:Input should be (.+?)(?:, unable to parse .*)?|(.+))")


class Commands(TyperGroup):
    """A group of commands that reports bad usage as InputError instead of printing a block of usage."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Parse the arguments of the group. Raises InputError for bad usage."""
        with _one_sentence():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Parse the arguments of the command and call it. Raises InputError for bad usage."""
        with _one_sentence():
            return super().invoke(ctx)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except _USAGE_ERROR as error:
        text = str(error.format_message())
        # A group without a command shows its help.
        if text.startswith("Usage:"):
            raise
        path = error.ctx.command_path.split()[1:] if error.ctx is not None else []
        if found := _INVALID.fullmatch(text):
            option, expected, other = found.groups()
            comparison = re.sub("^(?=less|greater)", "a value ", expected or "")
            text = f"{option.replace(chr(39), '')}: {f'expected {comparison}' if expected else other}"
        sentence = text.removesuffix(".")
        command = " ".join(["debrissim", *path])
        raise InputError(
            f"{': '.join(filter(None, (' '.join(path), sentence)))} ({command} --help)"
        ) from None
