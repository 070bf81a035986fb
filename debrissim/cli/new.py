"""`debrissim new`: a commented starter scenario, or a copy of one that comes with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debrissim.cli.options import refuse_existing
from debrissim.cli.terminal import say


def new(
    path: Annotated[
        Path | None, typer.Argument(help="The file to write (default: scenario.toml, or the example's name).")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Kind of scenario: conjunctions or avoidance.")
    ] = "conjunctions",
    example: Annotated[
        str | None,
        typer.Option("--example", help="Copy this bundled scenario instead; --list shows their names."),
    ] = None,
    show_list: Annotated[
        bool, typer.Option("--list", help="List the bundled scenarios and write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented starter scenario with every key and its default, or copy a bundled scenario.

    Example: debrissim new my_week.toml

    Example: debrissim new avoided.toml --kind avoidance

    Example: debrissim new --example iss_flux
    """
    from debrissim.core.files import replace_text
    from debrissim.scenario.bundled import bundled_scenario, bundled_scenarios, title
    from debrissim.scenario.template import template

    if show_list:
        for name in bundled_scenarios():
            say(f"{name:<24}{title(bundled_scenario(name))}")
        return
    text = template(kind) if example is None else bundled_scenario(example)
    target = path or Path("scenario.toml" if example is None else f"{example}.toml")
    refuse_existing(target, force=force)
    replace_text(target, text)
    say(f"{target}: written. Run it with: debrissim run {target}")
