"""`debrissim pc`: the collision probability of conjunction data messages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from debrissim.cdm.assess import CdmAssessment

USUAL_METHODS = ("foster", "hall-3d")
"""Shown beside the recommended method: the encounter plane, and the orbits."""


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
    every: Annotated[bool, typer.Option("--all", help="Show every method, not only the usual ones.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every method.")] = False,
) -> None:
    """Show the collision probability of conjunction data messages: the answer, its circumstances, the methods.

    Exit code 1 if the probability of a message cannot be computed; its answer then says why.

    Example: debrissim pc event.cdm --hbr 20 --mc 1000000
    """
    from debrissim.cdm import read_cdm
    from debrissim.cdm.assess import assess_cdms

    conjunctions = [conjunction for path in messages for conjunction in read_cdm(path)]
    chosen = method or (None if every or as_json else USUAL_METHODS)
    reports = assess_cdms(
        conjunctions, hard_body_radius_m=hbr, methods=chosen, monte_carlo_samples=mc, seed=seed
    )
    if as_json:
        import json

        from debrissim.cdm.as_json import assessment_as_json

        typer.echo(json.dumps([assessment_as_json(report) for report in reports], indent=2, allow_nan=False))
    else:
        _show(reports)
    if any(report.recommended.value is None for report in reports):
        raise typer.Exit(1)


def _show(reports: tuple[CdmAssessment, ...]) -> None:
    from rich.console import Console
    from rich.text import Text

    from debrissim.cli.cdm_table import cdm_lines
    from debrissim.core.numbers import ascii_text

    console = Console(highlight=False, emoji=False, markup=False)
    is_unicode = console.encoding.lower().startswith("utf")
    for number, report in enumerate(reports):
        if number:
            console.print()
        for line in cdm_lines(report, width=console.width):
            shown = line if is_unicode else Text(ascii_text(line.plain), line.style)
            console.print(shown, soft_wrap=True)
