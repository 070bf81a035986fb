"""One interface for every kind of scenario: load, run, open, plot, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.catalog import Catalog
from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.progress import Progress, WindowsDone, no_progress
from debrissim.core.registry import unknown_name
from debrissim.core.text import quoted
from debrissim.results.reader import reading
from debrissim.results.result import Result, plotted, read_kind, reported
from debrissim.scenario.file import checked, read_content
from debrissim.studies.kind import Kind, RunOptions
from debrissim.studies.kinds import CONJUNCTIONS, FOLDER_KINDS, KINDS, get_kind

if TYPE_CHECKING:
    from debrissim.screening.executors import Executor


def load_scenario(path: str | PathLike[str]) -> Any:
    """Read and check a scenario file of any kind; relative paths in it start at its own folder.

    Raises
    ------
    InputError
        in one sentence that names the file and the line (TOML) or the key (content) at fault.
    """
    path = Path(path)
    return parse_scenario(read_content(path), source=str(path), folder=path.parent)


def parse_scenario(
    content: Mapping[str, Any], source: str = "scenario", folder: str | PathLike[str] = "."
) -> Any:
    """Check the content of a scenario.

    Parameters
    ----------
    content : keys and tables, as in a scenario file
    source : name of the scenario in errors
    folder : where relative paths start

    Returns
    -------
    the scenario, a frozen model of its kind

    Raises
    ------
    InputError
        in one sentence that names the key at fault.
    """
    name = content.get("kind", CONJUNCTIONS)
    if not isinstance(name, str) or name not in KINDS:
        raise unknown_name(f"{source}: kind", name, KINDS)
    return checked(get_kind(name).scenario, dict(content), source, folder=folder)


def run(
    scenario: Any,
    *,
    catalog: str | PathLike[str] | Catalog | Sequence[str | PathLike[str] | Catalog] = (),
    executor: Executor | None = None,
    work_folder: str | PathLike[str] | None = None,
    progress: Progress = no_progress,
    windows: WindowsDone | None = None,
    offline: bool = False,
) -> Result:
    """Run a scenario of any kind.

    Parameters
    ----------
    scenario : path of a scenario file, its content as a mapping, or a checked scenario
    catalog : catalogue file or `Catalog`, or several, instead of the scenario's own sources; only for kinds that have
        a catalogue
    executor, work_folder, windows : of the screening, see `debrissim.conjunctions.run`; only for conjunctions
    progress : called with the phase and the fraction of it that is done
    offline : never touch the network; sources on it are taken from the cache

    Returns
    -------
    Result
        tables and summary, not yet written to a folder.

    Raises
    ------
    InputError
        for bad input (the sentence names file, line or key).
    RunError
        if the run cannot be completed.
    """
    source = ""
    if isinstance(scenario, str | PathLike):
        source, scenario = f"{scenario}: ", load_scenario(scenario)
    elif isinstance(scenario, Mapping):
        scenario = parse_scenario(scenario)
    several = [catalog] if isinstance(catalog, str | PathLike | Catalog) else list(catalog)
    options = RunOptions(
        catalogs=tuple(c if isinstance(c, Catalog) else Path(c) for c in several),
        executor=executor,
        work_folder=None if work_folder is None else Path(work_folder),
        progress=progress,
        windows=windows,
        offline=offline,
    )
    try:
        return get_kind(scenario.kind).start(scenario, options)
    except ScenarioError as error:
        if not source:
            raise
        raise InputError(f"{source}{error}") from error


def kernels_of(scenario: Any) -> tuple[Any, ...]:
    """The compiled functions that a run of a checked scenario calls, as far as its kind knows them; `Kind.kernels`."""
    return get_kind(scenario.kind).kernels(scenario)


def open_results(folder: str | PathLike[str]) -> Result:
    """Open a results folder of any kind, as the same typed object that `run` returned.

    Tables are read when they are first used. Raises InputError if `folder` is not a results folder or is damaged.
    """
    with reading(Path(folder)):
        return kind_of_folder(Path(folder)).open(Path(folder))


def plot(
    folder: str | PathLike[str], *, format: str = "png", size: str = "screen", every: bool = False
) -> list[Path]:
    """Plot the figures of a results folder into its plots/ again, using only its files.

    Parameters
    ----------
    folder : a results folder
    format : "png" or "svg"
    size : "screen" or "page"
    every : every figure that applies, not only the usual ones

    Returns
    -------
    the paths of the figures

    Raises
    ------
    InputError
        if `folder` is not a results folder or is damaged, and for an unknown format or size.
    RunError
        if writing fails; FigureError for figures that fail, after all others were written.
    """
    with reading(Path(folder)):
        kind = kind_of_folder(Path(folder))
        return plotted(Path(folder), lambda: kind.plot(Path(folder), format, size, every=every))


def report(folder: str | PathLike[str]) -> Path | None:
    """Write report.html into a results folder, using only its files; None where Jinja2 is missing.

    Raises InputError if `folder` is not a results folder or is damaged, RunError if writing fails.
    """
    with reading(Path(folder)):
        kind = kind_of_folder(Path(folder))
        return reported(Path(folder), lambda: kind.report(Path(folder)))


def kind_of_folder(folder: Path) -> Kind:
    """The kind of a results folder. Raises InputError if `folder` is not a results folder or its kind is unknown."""
    name = read_kind(folder)
    if name not in KINDS | FOLDER_KINDS:
        raise InputError(f"{folder}: the results in it are of an unknown kind ({quoted(name)})")
    return get_kind(name)
