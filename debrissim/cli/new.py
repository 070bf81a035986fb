"""`debrissim new`: a commented starter scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debrissim.cli.options import refuse_existing
from debrissim.cli.terminal import say


def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("scenario.toml"),
    kind: Annotated[
        str, typer.Option("--kind", help="Kind of scenario: conjunctions or avoidance.")
    ] = "conjunctions",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented starter scenario with every key and its default.

    Example: debrissim new my_week.toml

    Example: debrissim new avoided.toml --kind avoidance
    """
    from debrissim.core.files import replace_text
    from debrissim.scenario.template import template

    refuse_existing(path, force=force)
    text = template(kind)
    replace_text(path, text)
    say(f"{path}: written. Run it with: debrissim run {path}")
