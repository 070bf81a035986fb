"""A study, a kind of scenario: its keys, its computation, its figures and its answer in words.

A results folder of any kind holds one CSV file per table, summary.json (answer, method, provenance), plots/*.png,
report.html, and run.json, the only file that differs between two runs of one scenario.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from debrissim.catalog import Catalog
from debrissim.core.errors import ScenarioError
from debrissim.core.progress import Progress
from debrissim.report.answer import AnswerTable, StudyAnswer
from debrissim.report.lines import WIDTH, wrapped
from debrissim.results.folder import read_summary
from debrissim.results.reader import FolderTables, reading
from debrissim.results.result import Result, Tables, read_seconds
from debrissim.results.table import Schema, Table
from debrissim.scenario.file import checked
from debrissim.studies.kind import Kind, RunOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_VERSIONS_OF = ("debrissim", "numpy", "scipy", "sgp4", "matplotlib")


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(Result):
    """The result of a study: tables, and in its summary the answer, the method, and whether objects are synthetic."""

    @classmethod
    def of(
        cls,
        scenario: Any,
        tables: Mapping[str, Table],
        answer: Mapping[str, Any],
        method: Mapping[str, Any],
        *,
        synthetic: bool = False,
    ) -> Self:
        """Make the result of a computed study.

        Parameters
        ----------
        scenario : model of the study's scenario file
            The checked scenario.
        tables : mapping of str to Table
            Tables of the study by name.
        answer : mapping, as JSON
            The figures that answer the question, each with its range.
        method : mapping, as JSON
            Models, sources, assumptions, and flags where a model was outside its range of validity.
        synthetic : bool
            Whether the objects are sampled from statistics and do not exist.
        """
        summary = {
            "kind": scenario.kind,
            "synthetic": synthetic,
            "answer": dict(answer),
            "method": dict(method),
            "provenance": {
                "scenario": scenario.model_dump(mode="json"),
                "seed": scenario.seed,
                "versions": {name: version(name) for name in _VERSIONS_OF}
                | {"python": platform.python_version()},
            },
        }
        return cls(scenario=scenario, tables=Tables.of(tables.values()), summary=summary)

    @property
    def method(self) -> Mapping[str, Any]:
        """Models, sources and assumptions, and flags where a model was outside its range of validity."""
        method: Mapping[str, Any] = self.summary["method"]
        return method

    @property
    def synthetic(self) -> bool:
        """Whether the objects in it are sampled from statistics and do not exist."""
        return bool(self.summary["synthetic"])

    def _with_scenario(self, scenario: Any) -> Self:
        """The result with the scenario as it was written, without the paths of catalogues on this machine."""
        provenance = {**self.provenance, "scenario": scenario.model_dump(mode="json")}
        return replace(self, scenario=scenario, summary={**self.summary, "provenance": provenance})

    @property
    def kind(self) -> str:
        return str(self.summary["kind"])

    def terminal_lines(self, width: int = WIDTH) -> list[str]:
        return list(wrapped(self._study().answer(self.summary).lines(width), width))

    def _study(self) -> Study:
        from debrissim.studies.kinds import get_kind

        study = get_kind(self.kind)
        assert isinstance(study, Study)
        return study

    def _plot(self, folder: Path, format: str, size: str, *, every: bool) -> list[Path]:
        return self._study().plot(folder, format, size, every=every)

    def _report(self, folder: Path, plotted: Callable[[], object]) -> Path | None:
        plotted()
        return self._study().report(folder)


@dataclass(frozen=True)
class Study(Kind):
    """A kind of study.

    scenario: model of its scenario file. run: scenario and progress to result. draw: a results folder to its figures by
    name, using only its files, the one that shows the answer first. answer: the content of summary.json to the answer
    in words and tables, for the terminal and the page. tables: the schemas of its files. with_catalogs: the scenario
    with other catalogue files; None if it has none. page_tables: a results folder to the tables of its page alone.
    """

    scenario: type[Any]
    run: Callable[[Any, Progress], StudyResult]
    draw: Callable[[Path], Mapping[str, Figure]]
    answer: Callable[[Mapping[str, Any]], StudyAnswer]
    tables: tuple[Schema, ...] = ()
    with_catalogs: Callable[[Any, tuple[Path, ...]], Any] | None = None
    page_tables: Callable[[Path], Sequence[AnswerTable]] | None = None

    def start(self, scenario: Any, options: RunOptions) -> StudyResult:
        if options.executor is not None or options.work_folder is not None:
            raise ScenarioError(
                "--workers, --cluster and --resume apply to scenarios of conjunctions, not to kind "
                f"{scenario.kind!r}"
            )
        if options.catalogs:
            if self.with_catalogs is None:
                raise ScenarioError(f"--catalog: a scenario of kind {scenario.kind!r} has no catalogue")
            if any(isinstance(catalog, Catalog) for catalog in options.catalogs):
                raise ScenarioError(
                    f"catalog: a scenario of kind {scenario.kind!r} takes files, not catalogues in memory"
                )
            files = tuple(Path(str(catalog)).absolute() for catalog in options.catalogs)
            return self._timed(self.with_catalogs(scenario, files), options)._with_scenario(scenario)
        return self._timed(scenario, options)

    def _timed(self, scenario: Any, options: RunOptions) -> StudyResult:
        begin = time.perf_counter()
        result = self.run(scenario, options.progress)
        options.progress("done", 0.0)
        return replace(result, seconds={"computing": time.perf_counter() - begin})

    def open(self, folder: Path) -> Result:
        summary = read_summary(folder)
        with reading(folder):
            content = summary["provenance"]["scenario"]
            # Read once here, so that nothing that is shown later can be missing.
            self.answer(summary)
        return StudyResult(
            scenario=checked(self.scenario, content, str(folder / "summary.json"), recorded=True),
            tables=FolderTables(folder, self.tables),
            summary=summary,
            seconds=read_seconds(folder),
            folder=folder,
        )

    def plot(self, folder: Path, format: str, size: str, *, every: bool = False) -> list[Path]:  # noqa: ARG002
        # All figures of a study are usual.
        from debrissim.report.output import check, plots_folder, save_each

        check(format, size)
        with reading(folder):
            figures = self.draw(folder)
        return save_each(figures, plots_folder(folder), file_format=format, size=size).all_or_error()

    def report(self, folder: Path) -> Path | None:
        from debrissim.report.page import write_study_report

        summary = read_summary(folder)
        with reading(folder):
            answer = self.answer(summary)
            tables = () if self.page_tables is None else self.page_tables(folder)
        return write_study_report(folder, answer, tables)
