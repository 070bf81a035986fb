"""Options that several commands have, the check behind `--force`, and an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from debrissim.core.errors import InputError

INCOMPLETE = 3
"""Exit code: tables and summary are written, a figure or the page is not."""

Force = Annotated[bool, typer.Option("--force", help="Replace the output of an earlier run.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where to write.")]
Results = Annotated[Path, typer.Argument(help="A results folder.")]
Catalogs = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        help="Catalogue file, or source such as celestrak:active, in place of the scenario's own; repeatable.",
    ),
]
RunCatalogs = Annotated[
    list[Path] | None,
    typer.Option("--catalog", help="Catalogue file of the run, recognised by its hash; repeatable."),
]
RunEphemerides = Annotated[
    list[Path] | None,
    typer.Option("--ephemeris", help="Ephemeris file of the run, recognised by its hash; repeatable."),
]
RunEarthOrientation = Annotated[
    Path | None,
    typer.Option("--earth-orientation", help="File of Earth orientation of the run, recognised by its hash."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Never touch the network; use the copies in the cache.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no table.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the content of summary.json in place of the table.")
]


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise InputError if there is something at the path of a file to write, unless it may be replaced."""
    if path.exists() and not force:
        raise InputError(f"{path}: exists already; give another name, or --force to replace it")
