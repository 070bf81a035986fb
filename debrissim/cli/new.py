"""`debrissim new`: a commented starter scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debrissim.core.errors import InputError, RunError


def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("scenario.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented starter scenario with every key and its default.

    Example: debrissim new my_week.toml
    """
    from debrissim.scenario.template import template

    if path.exists() and not force:
        raise InputError(f"{path}: exists already; give another name, or --force to replace it")
    _write_text(path, template())
    typer.echo(f"{path}: written. Run it with: debrissim run {path}")


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror})") from error
