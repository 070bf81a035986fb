"""`debrissim pc`: the collision probability of conjunction data messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def pc(
    messages: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Conjunction data messages: KVN, XML, Space-Track JSON."),
    ],
    hbr: Annotated[
        float | None, typer.Option("--hbr", help="Combined hard-body radius, m; by default as stated.")
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", "-m", help="Only this method; repeatable.")
    ] = None,
    mc: Annotated[int, typer.Option("--mc", min=0, help="Monte Carlo trials, as a further method.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the Monte Carlo trials.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show the collision probability of conjunction data messages by all methods side by side.

    Example: debrissim pc event.cdm --hbr 20 --mc 1000000
    """
    from debrissim.cdm import read_cdm
    from debrissim.cdm.assess import assess_cdms

    conjunctions = [conjunction for path in messages for conjunction in read_cdm(path)]
    reports = assess_cdms(
        conjunctions, hard_body_radius_m=hbr, methods=method, monte_carlo_samples=mc, seed=seed
    )
    if as_json:
        import json

        from debrissim.cdm.as_json import assessment_as_json

        typer.echo(json.dumps([assessment_as_json(report) for report in reports], indent=2, allow_nan=False))
        return
    from rich.console import Console
    from rich.text import Text

    from debrissim.cli.cdm_table import cdm_tables

    console = Console(highlight=False)
    for number, report in enumerate(reports):
        if number:
            console.print()
        for part in cdm_tables(report):
            console.print(part, soft_wrap=isinstance(part, Text))
