"""`debrissim export` and `debrissim plot`: output of a finished run for people and other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from debrissim.cli.options import Force, Results, RunCatalogs, RunEarthOrientation, RunEphemerides
from debrissim.cli.terminal import say
from debrissim.core.errors import FigureError, InputError


def plot(
    results: Results,
    file_format: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="png or svg.")] = "png",
    size: Annotated[
        str,
        typer.Option("--size", help="screen (1200 x 750 pixels) or page (170 mm wide, 300 dots per inch)."),
    ] = "screen",
    every: Annotated[
        bool,
        typer.Option("--all", help="Every figure that applies, with those that a run leaves out by default."),
    ] = False,
) -> None:
    """Plot the figures of a results folder and write its report.html again, using only its files.

    Example: debrissim plot results/iss_week --format svg --size page
    """
    from debrissim.report.html.libraries import missing_libraries
    from debrissim.studies import protocol

    failure = None
    try:
        written = protocol.plot(results, format=file_format, size=size, every=every)
    except FigureError as error:
        failure, written = error, list(error.written)
    for path in written:
        say(path)
    # After the figures, because the page links to them or contains them.
    page = protocol.report(results)
    say(page if page is not None else missing_libraries(), err=page is None)
    if failure is not None:
        raise failure


class ExportCommand(TyperCommand):
    """The command `export`, whose help lists the registered formats: they are loaded only when the help is shown."""

    def get_help(self, ctx: Any) -> str:
        """The help text, with all formats and the formats that take each option."""
        from debrissim.results.export import FORMATS

        for parameter in self.params:
            if not isinstance(parameter, TyperOption):
                continue
            if parameter.name == "file_format":
                parameter.help = "; ".join(
                    f"{entry.name}: {entry.summary}"
                    + (f" (needs: pip install 'debrissim[{entry.extra}]')" if entry.extra else "")
                    for entry in FORMATS.values()
                )
            names = [entry.name for entry in FORMATS.values() if parameter.name in entry.options]
            if names:
                parameter.help = f"{', '.join(names)}: {parameter.help}"
        return super().get_help(ctx)


def export(
    results: Results,
    file_format: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="Name of a format.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to write; by default next to the results folder."),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="arc on either side of each TCA, min; by default 10.")
    ] = None,
    frame: Annotated[
        str | None, typer.Option("--frame", help="eme2000 (the default) or teme, SGP4's own.")
    ] = None,
    catalog: RunCatalogs = None,
    ephemeris: RunEphemerides = None,
    earth_orientation: RunEarthOrientation = None,
    force: Force = False,
) -> None:
    """Write a run's conjunctions or its objects' arcs for other programs, from the results folder.

    The arcs of objects that flew ephemerides or several element sets also need the input files of the run.

    Example: debrissim export results/iss_week --format oem --out iss_week_oem
    """
    from debrissim.conjunctions.export import export_run
    from debrissim.results.export import FORMATS, get_format

    chosen = get_format(file_format)
    options: dict[str, Any] = {
        name: value for name, value in (("minutes", minutes), ("frame", frame)) if value is not None
    }
    for name in options:
        if name not in chosen.options:
            formats = " or ".join(entry.name for entry in FORMATS.values() if name in entry.options)
            raise InputError(
                f"export: --{name} can be used only with --format {formats}, not with {file_format}"
            )
    say(
        export_run(
            results,
            file_format,
            out,
            catalog_files=catalog or (),
            ephemeris_files=ephemeris or (),
            earth_orientation_file=earth_orientation,
            force=force,
            **options,
        )
    )
