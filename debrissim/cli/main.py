"""The command line: parse, call, show. No arithmetic; commands import their heavy modules when they run."""

from __future__ import annotations

import gc
from typing import Annotated, Any

import typer

from debrissim.cli.avoid import avoid
from debrissim.cli.bench import bench
from debrissim.cli.catalog import catalog_app
from debrissim.cli.compare import compare
from debrissim.cli.events import events
from debrissim.cli.export import ExportCommand, export, plot
from debrissim.cli.fetch import fetch
from debrissim.cli.lint import lint
from debrissim.cli.new import new
from debrissim.cli.now import now
from debrissim.cli.options import INCOMPLETE
from debrissim.cli.pc import pc
from debrissim.cli.run import run
from debrissim.cli.sigint import INTERRUPTION
from debrissim.cli.terminal import flush, is_broken_pipe, say, terminal
from debrissim.cli.track import track
from debrissim.cli.usage import Commands
from debrissim.cli.verify import verify
from debrissim.cli.watch import watch
from debrissim.core.errors import DebrissimError, FigureError, InputError

app = typer.Typer(
    name="debrissim",
    cls=Commands,
    help="Space-debris collision risk: the close approaches of a spacecraft, and how probable a collision is.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(catalog_app, name="catalog")
for command in (run, now, verify, plot, track, watch, events, compare, pc, avoid, lint, fetch, new, bench):
    app.command()(command)
app.command(cls=ExportCommand)(export)

_DEBUG = {"on": False}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: the run failed, `verify` or `lint` found a fault, `compare` a difference without a tested cause, or `pc`
    a message without a probability. 2: bad usage or input. 3: tables were written, but figures or the page were not. 10
    to 12: `watch --fail-on`. 141: the reader of the output ended before it was complete, as `head` does.
    """
    with terminal():
        try:
            code = _command(arguments)
            flush()
        except DebrissimError as error:
            if _DEBUG["on"]:
                raise
            if not is_broken_pipe(error):
                say(f"debrissim: {error}", err=True)
            return _exit_code(error)
    return code


def _command(arguments: list[str] | None) -> int:
    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _exit_code(error: DebrissimError) -> int:
    if is_broken_pipe(error):
        # 128 and the number of SIGPIPE, with which the shell's own programs end in that case.
        return 141
    if isinstance(error, FigureError):
        return INCOMPLETE
    return 2 if isinstance(error, InputError) else 1


def _show_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        say(f"debrissim {version('debrissim')}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    _DEBUG["on"] = debug


def entry() -> Any:
    """The console script."""
    # Imports and catalogues create a million lasting objects: the collector would visit them hundreds of times.
    gc.set_threshold(100_000, 20, 20)
    INTERRUPTION.watch()
    INTERRUPTION.end(main())
