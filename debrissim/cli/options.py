"""Options that several commands have, the checks of their paths, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from debrissim.core.errors import InputError

INCOMPLETE = 3
"""Exit code: the tables and the summary were written, but a figure or the page was not."""

Force = Annotated[bool, typer.Option("--force", help="Replace the output of an earlier run.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where to write.")]
Results = Annotated[Path, typer.Argument(help="A results folder.")]
Catalogs = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        help="Catalogue file, or source such as celestrak:active, instead of the scenario's own; repeatable.",
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
    bool, typer.Option("--json", help="Print the content of summary.json instead of the table.")
]


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise InputError if there is something at the path of a file to write, unless it may be replaced."""
    if path.exists() and not force:
        raise InputError(f"{path}: exists already; give another name, or --force to replace it")


def require_inputs(file: Path, catalogs: Sequence[Path] | None = None) -> None:
    """Raise InputError if a command's input, or one of its catalogues that is not a source, does not exist.

    Called at the beginning of a command, before it imports the modules that read them, so that a mistyped path is
    reported at once.
    """
    from debrissim.core.files import require_existing

    require_existing(file)
    if catalogs:
        from debrissim.sources.names import is_source_name

        require_existing(*(path for path in catalogs if not is_source_name(str(path))))
