"""The command line: parse, call, show. No arithmetic; heavy imports stand inside the commands."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from debrissim.cli.catalog import Force, catalog_app
from debrissim.cli.export import export, plot
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.track import track
from debrissim.core.errors import DebrissimError, InputError, RunError, ScenarioError

if TYPE_CHECKING:
    from debrissim.conjunctions.result import SimulationResult
    from debrissim.screening.executors import Executor

app = typer.Typer(
    name="debrissim",
    help="Space-debris collision risk: what will a spacecraft meet, how close, how fast, how probable a hit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(catalog_app, name="catalog")
app.command()(plot)
app.command()(export)
app.command()(track)

_DEBUG = {"on": False}
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where to write.")]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 the run failed, 2 bad usage or input."""
    try:
        app(args=arguments, standalone_mode=True)
    except DebrissimError as error:
        if _DEBUG["on"]:
            raise
        typer.echo(f"debrissim: {error}", err=True)
        return 2 if isinstance(error, InputError) else 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"debrissim {version('debrissim')}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    _DEBUG["on"] = debug


@app.command()
def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML); `debrissim new` writes one.")],
    catalog: Annotated[
        list[Path] | None,
        typer.Option("--catalog", help="Catalogue file in place of the scenario's own; repeatable."),
    ] = None,
    out: Out = None,
    force: Force = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="Threads (faster than processes here); by default the scenario's workers."
        ),
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
            "--resume", help="Keep finished windows in OUT.work until the end, and go on where a run stopped."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no table.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the content of summary.json in place of the table.")
    ] = False,
) -> None:
    """Run a scenario and write its results folder: the same whoever works on it, and however often it was resumed.

    Example: debrissim run scenarios/iss_week.toml --catalog catalogue.csv.xz
    """
    from rich.console import Console

    from debrissim.conjunctions.run import run as run_scenario
    from debrissim.results.folder import check_writable
    from debrissim.scenario.conjunctions import load_scenario
    from debrissim.screening.checkpoint import remove_work_folder, work_folder_beside
    from debrissim.studies.study import is_study

    folder = out if out is not None else Path("results") / scenario.stem
    if is_study(scenario):
        if catalog or workers or cluster or resume:
            raise InputError(
                f"{scenario}: --catalog, --workers, --cluster and --resume go with scenarios of conjunctions, "
                "this one is of another kind"
            )
        _run_study(scenario, folder, force=force, quiet=quiet, as_json=as_json)
        return
    wanted = load_scenario(scenario)
    check_writable(folder, force=force)
    work = work_folder_beside(folder) if resume else None
    console = Console(stderr=True, quiet=quiet)
    with _executor(workers, cluster) as executor, ProgressDisplay(console) as progress:
        INTERRUPTION.kept = lambda: _kept(work, progress)
        try:
            result = run_scenario(
                wanted,
                catalog_files=catalog or (),
                executor=executor,
                work_folder=work,
                progress=progress,
                windows=progress.windows,
            )
            progress("writing", 0.0)
            result = result.write(folder, force=force)
            if work is not None:
                remove_work_folder(work)
        except ScenarioError as error:
            raise InputError(f"{scenario}: {error}") from error
        except KeyboardInterrupt:
            raise RunError(interrupted(_kept(work, progress))) from None
    if as_json:
        from debrissim.conjunctions.result import summarize
        from debrissim.results.folder import json_text

        typer.echo(json_text({"results": str(folder), **summarize(result)}), nl=False)
    elif not quiet:
        _show(result, folder)


@app.command()
def verify(
    results: Annotated[Path, typer.Argument(help="A results folder.")],
    sample: Annotated[
        int | None,
        typer.Option("--sample", "-n", min=1, help="Cells to look at: one object for ten minutes each."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 1,
    catalog: Annotated[
        list[Path] | None,
        typer.Option("--catalog", help="Catalogue file of the run, known by its hash; repeatable."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the verdict.")] = False,
) -> None:
    """Check a finished run by dense SGP4: has it missed anything, is any row wrong? Exit code 1 if so.

    Example: debrissim verify results/iss_week --sample 2000000
    """
    from rich.console import Console

    from debrissim.cli.output import verification_lines
    from debrissim.verification.verify import verify as verify_results

    with ProgressDisplay(Console(stderr=True, quiet=quiet)) as progress:
        report = verify_results(
            results, sample=sample, seed=seed, catalog_files=catalog or (), progress=progress
        )
    console = Console(highlight=False)
    for line in verification_lines(report):
        console.print(line, soft_wrap=True)
    if not report.passed:
        raise typer.Exit(1)


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="A benchmark, or all; without it the list.")] = None,
    size: Annotated[str, typer.Option("--size", help="small (under a minute each) or full.")] = "small",
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="A real catalogue in place of the bundled population.")
    ] = None,
) -> None:
    """Run the benchmarks of a clone of the repository: the same as `python -m benchmarks` in it.

    Example: debrissim bench screening_peers --size small
    """
    import subprocess

    root = _benchmarks_root()
    arguments = [*([] if name is None else [name]), "--size", size]
    if catalog is not None:
        arguments += ["--catalog", str(catalog.absolute())]
    done = subprocess.run([sys.executable, "-m", "benchmarks", *arguments], cwd=root, check=False)
    raise typer.Exit(done.returncode)


@app.command()
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
    mc: Annotated[int, typer.Option("--mc", min=0, help="Monte Carlo trials beside the methods.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the Monte Carlo trials.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show the collision probability of conjunction data messages by all methods side by side.

    Example: debrissim pc event.cdm --hbr 20 --mc 1000000
    """
    from debrissim.cdm import read_cdm
    from debrissim.cdm.assess import assess_cdms

    conjunctions = [conjunction for path in messages for conjunction in read_cdm(path)]
    reports = assess_cdms(
        conjunctions, hard_body_radius_m=hbr, methods=method, monte_carlo_samples=mc, seed=seed
    )
    if as_json:
        import json

        from debrissim.cdm.as_json import assessment_as_json

        typer.echo(json.dumps([assessment_as_json(report) for report in reports], indent=2, allow_nan=False))
        return
    from rich.console import Console
    from rich.text import Text

    from debrissim.cli.cdm_table import cdm_tables

    console = Console(highlight=False)
    for number, report in enumerate(reports):
        if number:
            console.print()
        for part in cdm_tables(report):
            console.print(part, soft_wrap=isinstance(part, Text))


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("scenario.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented starter scenario with every key and its default.

    Example: debrissim new my_week.toml
    """
    from debrissim.scenario.template import template

    if path.exists() and not force:
        raise InputError(f"{path}: exists already; give another name, or --force to replace it")
    _write_text(path, template())
    typer.echo(f"{path}: written. Run it with: debrissim run {path}")


def _kept(work: Path | None, progress: ProgressDisplay) -> str:
    """What an interrupted run leaves behind."""
    if work is None:
        return ""
    of = f"{progress.windows_done} of {progress.windows_in_all} windows in " if progress.windows_done else ""
    return f"; --resume goes on from {of}{work}"


def _run_study(scenario: Path, folder: Path, *, force: bool, quiet: bool, as_json: bool) -> None:
    """Answer the question of a scenario that is not of conjunctions."""
    from rich.console import Console

    from debrissim.results.folder import check_writable, json_text
    from debrissim.studies import get_study
    from debrissim.studies.study import load_study, run_study

    wanted = load_study(scenario)
    check_writable(folder, force=force)
    with ProgressDisplay(Console(stderr=True, quiet=quiet)) as progress:
        try:
            result = run_study(wanted, progress=progress)
            progress("writing", 0.0)
            result = result.write(folder, force=force)
        except ScenarioError as error:
            raise InputError(f"{scenario}: {error}") from error
        except KeyboardInterrupt:
            raise RunError(interrupted()) from None
    if as_json:
        typer.echo(json_text({"results": str(folder), **result.summary()}), nl=False)
    elif not quiet:
        for line in (wanted.title, *get_study(wanted.kind).lines(result.summary()), f"results in {folder}"):
            typer.echo(line)


def _executor(workers: int | None, cluster: str | None) -> AbstractContextManager[Executor | None]:
    """Who screens the windows, as the options say; None: as the scenario says."""
    if cluster is not None:
        if workers is not None:
            raise InputError("expected --workers (threads here) or --cluster (its own workers), not both")
        from debrissim.screening.cluster import connected

        return connected(cluster)
    if workers is None:
        return nullcontext()
    from debrissim.screening.executors import Threads

    return nullcontext(Threads(workers))


def _show(result: SimulationResult, folder: Path) -> None:
    from rich.console import Console
    from rich.text import Text

    from debrissim.cli.output import run_summary

    console = Console()
    for part in run_summary(result, folder):
        # Lines are broken already; a table is fitted to the terminal.
        console.print(part, soft_wrap=isinstance(part, Text))


def _benchmarks_root() -> Path:
    """The clone whose benchmarks are run: the working folder, else the one this package is used from."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if (root / "benchmarks" / "__main__.py").is_file():
            return root
    raise InputError(
        "bench: there is no folder benchmarks/ here. The benchmarks are part of the repository, not of the "
        "installed package: clone it and run this in the clone"
    )


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error.strerror})") from error


def entry() -> Any:
    """The console script."""
    INTERRUPTION.watch()
    INTERRUPTION.end(main())
