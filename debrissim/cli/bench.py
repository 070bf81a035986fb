"""`debrissim bench`: the benchmarks of a clone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from debrissim.core.errors import InputError


def bench(
    name: Annotated[str | None, typer.Argument(help="A benchmark, or all; by default their list.")] = None,
    size: Annotated[str, typer.Option("--size", help="small (under a minute each) or full.")] = "small",
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="A real catalogue instead of the bundled population.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Replace the tables and figures in benchmarks/ that its pages report."),
    ] = False,
) -> None:
    """Run the benchmarks of a clone of the repository: the same as `python -m benchmarks` in it.

    Tables are printed and, with the figures, written into results/benchmarks of the clone.

    Example: debrissim bench screening_peers --size small
    """
    import subprocess

    root = _benchmarks_root()
    arguments = [*([] if name is None else [name]), "--size", size]
    arguments += ["--record"] if record else []
    if catalog is not None:
        arguments += ["--catalog", str(catalog.absolute())]
    process = subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=root, check=False)
    raise typer.Exit(process.returncode)


def _benchmarks_root() -> Path:
    """The root of the clone: the working folder, otherwise the folder of this package."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if (root / "benchmarks" / "__main__.py").is_file():
            return root
    raise InputError(
        "bench: no folder benchmarks/ here. The benchmarks are part of the repository, not of the "
        "installed package: clone it and run this in the clone"
    )
