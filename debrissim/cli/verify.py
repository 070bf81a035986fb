"""`debrissim verify`: check a finished run by brute force."""

from __future__ import annotations

from typing import Annotated

import typer

from debrissim.cli.options import Results, RunCatalogs, RunEarthOrientation, RunEphemerides
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.terminal import console


def verify(
    results: Results,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", "-n", min=1, help="Number of cells to search, each one object for ten minutes."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample.")] = 1,
    catalog: RunCatalogs = None,
    ephemeris: RunEphemerides = None,
    earth_orientation: RunEarthOrientation = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the verdict.")] = False,
) -> None:
    """Check a finished run by dense SGP4 for missed events and wrong rows; exit code 1 if there are any.

    Example: debrissim verify results/iss_week --sample 2000000
    """
    from debrissim.cli.layout import show
    from debrissim.cli.output import verification_lines
    from debrissim.verification.verify import verify as verify_results

    with ProgressDisplay(console(err=True, quiet=quiet)) as progress:
        report = verify_results(
            results,
            sample=sample,
            seed=seed,
            catalog_files=catalog or (),
            ephemeris_files=ephemeris or (),
            earth_orientation_file=earth_orientation,
            progress=progress,
        )
    show(console(), verification_lines(report))
    if not report.passed:
        raise typer.Exit(1)
