"""`debrissim run`: run a scenario of any kind and write its results folder."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import (
    INCOMPLETE,
    AsJson,
    Catalogs,
    Force,
    Offline,
    Out,
    Quiet,
    require_inputs,
)
from debrissim.cli.plotting import abandon, plotting
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import InputError, RunError, ScenarioError

if TYPE_CHECKING:
    from debrissim.results.result import Result
    from debrissim.screening.executors import Executor


def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML); `debrissim new` writes one.")],
    catalog: Catalogs = None,
    out: Out = None,
    force: Force = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Threads; by default the workers of the scenario."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Screen on a Dask scheduler's workers: tcp://host:8786. docs/scaling.md"
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Keep finished windows in OUT.work until the end; resume an interrupted run from there.",
        ),
    ] = False,
    sampled: Annotated[
        bool,
        typer.Option("--sampled", help="Also list encounters with synthetic objects, which do not exist."),
    ] = False,
    offline: Offline = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a scenario and write its results folder; executors and resuming do not change the results.

    Example: debrissim run scenarios/iss_week.toml --catalog catalogue.csv.xz
    """
    require_inputs(scenario, catalog)
    from debrissim.results.claim import claimed
    from debrissim.results.folder import json_text
    from debrissim.scenario.aliases import notice_line
    from debrissim.studies.protocol import kernels_of, load_scenario
    from debrissim.studies.protocol import run as run_scenario

    folder = out if out is not None else Path("results") / scenario.stem
    checked = load_scenario(scenario)
    # Loads numba, so it comes after mistakes in the scenario are reported.
    from debrissim.core.compile_ahead import compiled_ahead

    if checked.notices and not quiet:
        say(notice_line(str(scenario), checked.notices), err=True)
    work = _work_folder(folder) if resume else None
    with (
        claimed(folder, force=force) as claim,
        plotting(checked) as plotter,
        _executor(workers, cluster) as executor,
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        compiled_ahead(kernels_of(checked), progress.compiling),
        INTERRUPTION.during(abandon(claim, plotter), lambda: _kept(work, progress)),
    ):
        try:
            result = run_scenario(
                checked,
                catalog=catalog or (),
                executor=executor,
                work_folder=work,
                progress=progress,
                windows=progress.windows,
                offline=offline,
            )
            progress("writing", 0.0)
            result = result.write_claimed(claim, plotter)
            if work is not None:
                _remove(work)
        except ScenarioError as error:
            raise InputError(f"{scenario}: {error}") from error
        except KeyboardInterrupt:
            raise RunError(interrupted(_kept(work, progress))) from None
    if not quiet:
        for source in result.fetched:
            for line in (source.sentence, *(f"{source.source}: {note}" for note in source.notes)):
                say(f"debrissim: {line}", err=True)
    with shown(folder):
        if as_json:
            say(json_text({"results": str(folder), **result.summary}), end="")
        elif not quiet:
            _show(result, folder, sampled=sampled)
    show_notes(result)


def _work_folder(results: Path) -> Path:
    from debrissim.screening.checkpoint import checkpoint_path

    return checkpoint_path(results)


def _remove(work: Path) -> None:
    """Remove the work folder of written results; a failure is only reported in a sentence."""
    from debrissim.screening.checkpoint import remove_checkpoint

    try:
        remove_checkpoint(work)
    except RunError as error:
        say(f"debrissim: {error}", err=True)


def show_notes(result: Result) -> None:
    """Report figures and page that were left out of written results, and end with the exit code of that, if any."""
    for note in result.notes:
        say(f"debrissim: {note}; the tables are written", err=True)
    if result.notes:
        raise typer.Exit(INCOMPLETE)


def _show(result: Result, folder: Path, *, sampled: bool) -> None:
    from debrissim.cli.layout import PROSE
    from debrissim.studies.kinds import CONJUNCTIONS

    # By its kind: comparing the class would load the main job for every study.
    if result.kind != CONJUNCTIONS:
        width = min(console().width, PROSE)
        for line in (result.scenario.title, *result.terminal_lines(width), f"results in {folder}"):
            say(line)
        return
    from debrissim.cli.layout import show
    from debrissim.cli.output import run_summary
    from debrissim.conjunctions.result import ConjunctionResult

    assert isinstance(result, ConjunctionResult)
    show(console(), run_summary(result, folder, sampled=sampled))


def _kept(work: Path | None, progress: ProgressDisplay) -> str:
    """The part of an interrupted run that is kept, for its message."""
    if work is None:
        return ""
    windows = (
        f"{progress.windows_done} of {progress.windows_total} windows in " if progress.windows_done else ""
    )
    return f"; --resume continues from {windows}{work}"


def _executor(workers: int | None, cluster: str | None) -> AbstractContextManager[Executor | None]:
    """The executor that the options choose, or None for the scenario's."""
    if cluster is not None:
        if workers is not None:
            raise InputError("expected --workers (threads here) or --cluster (its own workers), not both")
        from debrissim.screening.cluster import connected

        return connected(cluster, report=lambda sentence: say(f"debrissim: {sentence}", err=True))
    if workers is None:
        return nullcontext()
    from debrissim.screening.executors import Threads

    return nullcontext(Threads(workers))
