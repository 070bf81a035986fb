"""`debrissim track`: run one scenario on a series of catalogues."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from debrissim.cli.options import AsJson, Force, Out, Quiet, require_inputs
from debrissim.cli.run import show_notes
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import InputError, RunError, ScenarioError

_SHOWN = 10
# Heading, flush right, rank, minimum of a name.
_COLUMNS = (
    ("TCA (UTC)",), ("number", False, 3), ("secondary", False, 0, 16), ("miss km", True, 1), ("TCA moved s", True, 4),
    ("collision", True), ("Pc", True, 2),
)  # fmt: skip


def track(
    scenario: Annotated[Path, typer.Argument(help="Scenario file of conjunctions.")],
    catalog: Annotated[
        list[Path], typer.Option("--catalog", help="Catalogue file; repeatable, at least two, in any order.")
    ],
    start: Annotated[
        datetime | None,
        typer.Option(
            "--start", help="Start of the span (UTC); by default the scenario's, or the newest catalogue's."
        ),
    ] = None,
    events: Annotated[int, typer.Option("--events", "-n", min=1, help="Encounters to follow.")] = 20,
    store: Annotated[
        Path | None, typer.Option("--store", help="Also keep the runs in this store of events.")
    ] = None,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a scenario on several catalogues and follow Pc, miss and TCA of its encounters through them.

    Example: debrissim track scenarios/iss_week.toml --catalog monday.csv --catalog tuesday.csv
    """
    require_inputs(scenario)
    from debrissim.cli.layout import PROSE, Column, FittedTable
    from debrissim.cli.progress import ProgressDisplay
    from debrissim.core.compile_ahead import compiled_ahead
    from debrissim.results.claim import claimed
    from debrissim.results.folder import json_text
    from debrissim.results.schema.evolution import TRACK
    from debrissim.results.table import read_table
    from debrissim.scenario.aliases import notice_line
    from debrissim.studies.evolution.tables import track_rows, track_summary, tracking_result
    from debrissim.studies.kinds import CONJUNCTIONS
    from debrissim.studies.protocol import kernels_of, load_scenario
    from debrissim.watch.series import follow_encounters as follow

    checked = load_scenario(scenario)
    if checked.kind != CONJUNCTIONS:
        raise InputError(
            f"{scenario}: kind: track expects a scenario of {CONJUNCTIONS}, got {checked.kind!r}"
        )
    if checked.notices and not quiet:
        say(notice_line(str(scenario), checked.notices), err=True)
    if start is not None:
        checked = checked.model_copy(update={"span": checked.span.model_copy(update={"start": start})})
    folder = out if out is not None else Path("results") / f"{scenario.stem}-track"
    begin = time.perf_counter()
    with (
        claimed(folder, force=force) as claim,
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        compiled_ahead(kernels_of(checked), progress.compiling),
        INTERRUPTION.during(claim.abandon),
    ):
        try:
            evolution = follow(checked, catalog, limit=events, store=store, progress=progress)
            progress("writing", 0.0)
            result = tracking_result(evolution, time.perf_counter() - begin).write_claimed(claim)
        except ScenarioError as error:
            raise InputError(f"{scenario}: {error}") from error
        except KeyboardInterrupt:
            raise RunError(interrupted()) from None
    with shown(folder):
        if as_json:
            say(json_text({"results": str(folder), **track_summary(evolution)}), end="")
        elif not quiet:
            output = console()
            for line in result.terminal_lines(min(output.width, PROSE)):
                say(line)
            rows = track_rows(read_table(folder / TRACK.file, TRACK), _SHOWN)
            output.print(FittedTable(tuple(Column(*column) for column in _COLUMNS), rows, gap=1))
            say("oldest catalogue > newest; Pc by models of classes of objects, not a warning")
            say(f"results in {folder}")
    show_notes(result)
