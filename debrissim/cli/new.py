"""`debrissim new`: a commented starter scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debrissim.cli.options import refuse_existing
from debrissim.cli.terminal import say


def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("scenario.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented starter scenario with every key and its default.

    Example: debrissim new my_week.toml
    """
    from debrissim.core.files import replace_text
    from debrissim.scenario.template import template

    refuse_existing(path, force=force)
    replace_text(path, template())
    say(f"{path}: written. Run it with: debrissim run {path}")
