"""`debrissim export` and `debrissim plot`: what a finished run gives to others; rules as in `cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from debrissim.cli.options import Force, Results
from debrissim.core.errors import InputError


def plot(
    results: Results,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="png or svg.")] = "png",
    size: Annotated[
        str, typer.Option("--size", help="screen (1200 x 750 dots) or page (170 mm wide, 300 dots per inch).")
    ] = "screen",
) -> None:
    """Draw the figures of a results folder and write its report.html again, from its files alone.

    Example: debrissim plot results/iss_week --format svg --size page
    """
    from debrissim.report.html.libraries import missing_libraries
    from debrissim.studies import protocol

    for path in protocol.plot(results, format=form, size=size):
        typer.echo(path)
    # After the figures: the page links to them or holds them.
    if protocol.kind_of_folder(results).has_page:
        page = protocol.report(results)
        typer.echo(page if page is not None else missing_libraries(), err=page is None)


def export(
    results: Results,
    form: Annotated[
        str,
        typer.Option("--format", "-f", metavar="FORMAT", help="json, parquet, oem or czml: docs/export.md"),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write; by default beside the results folder.")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", help="oem, czml: of arc on either side of each TCA; by default 10."),
    ] = None,
    frame: Annotated[
        str | None, typer.Option("--frame", help="oem: eme2000 (the default) or teme, SGP4's own.")
    ] = None,
    force: Force = False,
) -> None:
    """Write a run's conjunctions or its objects' arcs for other programs, from the results folder alone.

    Example: debrissim export results/iss_week --format oem --out iss_week_oem
    """
    from debrissim.results.export import default_target, get_writer

    write = get_writer(form)
    options: dict[str, Any] = {}
    for name, value, forms in (("minutes", minutes, ("oem", "czml")), ("frame", frame, ("oem",))):
        if value is not None:
            if form not in forms:
                raise InputError(f"export: --{name} goes with --format {' or '.join(forms)}, not with {form}")
            options[name] = value
    typer.echo(write(results, out or default_target(results, form), force=force, **options))
