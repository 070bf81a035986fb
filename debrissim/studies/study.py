"""What all kinds of study share: their scenario, their result, their folder.

A folder of a study holds one CSV a table, summary.json (kind, answer, method, provenance), plots/*.png, and run.json,
the only file that differs between two runs of one scenario.
"""

from __future__ import annotations

import difflib
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.conjunctions.tables import Table
from debrissim.core.errors import InputError, RunError
from debrissim.results.folder import SUMMARY, read_summary, write_csv, write_folder, write_json
from debrissim.scenario.base import StudyScenario
from debrissim.scenario.file import checked, read_content
from debrissim.studies import KINDS, get_study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONJUNCTIONS = "conjunctions"
_PLOTS = "plots"
_VERSIONS_OF = ("debrissim", "numpy", "scipy", "sgp4", "matplotlib")

Progress = Callable[[str, float], None]
"""Called with the name of a phase and the share of it that is done, 0 to 1."""


@dataclass(frozen=True)
class Study:
    """A kind of study.

    scenario: model of its scenario file. run: scenario and progress to result. draw: a results folder to its figures by
    name, from the files in it alone. lines: the content of summary.json to the lines a terminal shows, 80 columns wide.
    """

    scenario: type[StudyScenario]
    run: Callable[[Any, Progress], StudyResult]
    draw: Callable[[Path], Mapping[str, Figure]]
    lines: Callable[[Mapping[str, Any]], Iterable[str]]


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What a study found.

    tables: columns by name of the CSV file. answer: the figures that answer the question, each with its range. method:
    models, sources, assumptions, and flags where a model was left its range of validity; both as JSON. synthetic: the
    objects in it are drawn from statistics and do not exist.
    """

    scenario: StudyScenario
    tables: Mapping[str, Table]
    headline: Mapping[str, Any]
    method: Mapping[str, Any]
    seconds: Mapping[str, float] = field(default_factory=dict)
    synthetic: bool = False

    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        return {
            "kind": self.scenario.kind,
            "synthetic": self.synthetic,
            "answer": dict(self.headline),
            "method": dict(self.method),
            "provenance": {
                "scenario": self.scenario.model_dump(mode="json"),
                "seed": self.scenario.seed,
                "versions": {name: version(name) for name in _VERSIONS_OF}
                | {"python": platform.python_version()},
            },
        }

    def write(self, folder: Path | str, *, force: bool = False) -> StudyResult:
        """Write the results folder, see `write_folder`; the result returned has the seconds of that, too."""
        return write_folder(Path(folder), lambda partial: _write_files(self, partial), force=force)


def load_study(path: Path | str) -> StudyScenario:
    """Read and check the scenario file of a study; relative paths in it are taken from its own folder.

    Raises InputError with one sentence naming the file and the line (TOML) or the key (content) at fault.
    """
    path = Path(path)
    return parse_study(read_content(path), source=str(path), folder=path.parent)


def parse_study(content: dict[str, Any], source: str = "scenario", folder: Path | str = ".") -> StudyScenario:
    """Check the content of a study's scenario; source names it in errors, relative paths start at folder."""
    kind = content.get("kind", CONJUNCTIONS)
    if kind not in KINDS:
        raise InputError(f"{source}: kind: expected one of {', '.join(KINDS)}, got {kind!r}")
    scenario = checked(get_study(kind).scenario, content, source)
    scenario._folder = Path(folder)
    return scenario


def is_study(path: Path) -> bool:
    """Whether a scenario file is of a study, not of conjunctions. Raises InputError for a kind that does not exist."""
    kind = read_content(path).get("kind", CONJUNCTIONS)
    known = [CONJUNCTIONS, *KINDS]
    if kind not in known:
        near = difflib.get_close_matches(str(kind), known, n=1, cutoff=0.0)[0]
        raise InputError(f"{path}: kind: expected one of {', '.join(known)}; did you mean {near!r}?")
    return bool(kind != CONJUNCTIONS)


def run_study(scenario: StudyScenario, *, progress: Progress = lambda _phase, _share: None) -> StudyResult:
    """Answer a study's question.

    Raises InputError for bad input, naming the key at fault, and RunError where it cannot be done.
    """
    begin = time.perf_counter()
    result = get_study(scenario.kind).run(scenario, progress)
    progress("done", 0.0)
    return replace(result, seconds={"computing": time.perf_counter() - begin})


def draw_study(folder: Path, *, form: str = "png", size: str = "screen") -> list[Path]:
    """Draw plots/*.png (or .svg) of a study's results folder again, from its files alone; size "screen" or "page".

    Raises InputError for a folder that is none and for an unknown form or size, RunError if the disk refuses.
    """
    from debrissim.report.output import check, save_figure

    check(form, size)

    kind = read_summary(folder).get("kind")
    if kind not in KINDS:
        raise InputError(f"{folder}: the results in it are of no kind of study that is known here ({kind!r})")
    plots = folder / _PLOTS
    try:
        figures = get_study(kind).draw(folder)
        plots.mkdir(exist_ok=True)
        return [save_figure(figure, plots / f"{name}.{form}", size=size) for name, figure in figures.items()]
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error
    except OSError as error:
        raise RunError(f"{plots}: cannot be written ({error.strerror or error})") from error


def report_study(folder: Path) -> Path | None:
    """Write report.html into a study's results folder, from its files alone; None where Jinja2 or Plotly is missing.

    Raises InputError for a folder that is none, RunError if the disk refuses.
    """
    from debrissim.report.page import write_study_report

    summary = read_summary(folder)
    try:
        lines = list(get_study(summary["kind"]).lines(summary))
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"{folder}: the results in it are damaged or of another version ({error!r})"
        ) from error
    return write_study_report(folder, lines)


def _write_files(result: StudyResult, folder: Path) -> StudyResult:
    begin = time.perf_counter()
    for name, table in result.tables.items():
        write_csv(folder / f"{name}.csv", table)
    write_json(folder / SUMMARY, result.summary())
    if result.scenario.output.plots:
        draw_study(folder)
    if result.scenario.output.report:
        report_study(folder)
    timed = replace(result, seconds={**result.seconds, "writing": time.perf_counter() - begin})
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(folder / "run.json", {"written_utc": moment, "seconds": dict(timed.seconds)})
    return timed
