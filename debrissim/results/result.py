"""The outcome of a run of any kind: the tables and the summary of a results folder, as typed values."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from debrissim.core.errors import DebrissimError, FigureError, InputError, RunError, reason
from debrissim.results.claim import Claim, adding, claimed
from debrissim.results.folder import read_summary, write_claimed, write_json
from debrissim.results.own_files import PLOTS, REPORT, SUMMARY, add_own, mark, read_record
from debrissim.results.table import Table, write_table

if TYPE_CHECKING:
    from debrissim.sources import Download


class Plotter(Protocol):
    """Plots the figures of one results folder in parallel with the program: `report.plotter`."""

    def start(self, views: Sequence[tuple[str, object]], folder: Path) -> bool:
        """Begin to plot views, each after the prefix of its files, into a folder; false if no process starts."""

    def finish(self) -> list[Path]:
        """Wait for the figures; their paths."""

    def end(self) -> None:
        """Stop plotting at once."""


class Tables(Mapping[str, Table]):
    """Tables by name, each computed or read when it is first used."""

    def __init__(self, sources: Mapping[str, Callable[[], Table]]) -> None:
        self._sources = dict(sources)
        self._made: dict[str, Table] = {}

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Self:
        """Tables that exist already, by the names of their schemas."""
        return cls({table.schema.name: lambda table=table: table for table in tables})  # type: ignore[misc]

    def __getitem__(self, name: str) -> Table:
        if name not in self._made:
            if name not in self._sources:
                raise KeyError(f"no table {name!r}; the tables of this result are {', '.join(self)}")
            self._made[name] = self._sources[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"<Tables: {', '.join(self)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Result(ABC):
    """The result of a run, or of a results folder.

    scenario: its checked model. tables: the tables by name of their file. summary: the content of summary.json (totals
    or answer, method, provenance). seconds: time spent, by phase. folder: where it was written, None if it was not.
    notes: figures and page that `write` had to leave out, one sentence each. fetched: the sources on the network of a
    run, recorded in run.json; none for a folder. replacing: likewise, the files and sources instead of the scenario's
    own.
    """

    scenario: Any
    tables: Mapping[str, Table]
    summary: Mapping[str, Any]
    seconds: Mapping[str, float] = field(default_factory=dict)
    folder: Path | None = None
    notes: tuple[str, ...] = ()
    fetched: tuple[Download, ...] = ()
    replacing: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of scenario, such as "conjunctions" or "flux"."""
        return str(self.scenario.kind)

    @property
    def headline(self) -> Mapping[str, Any]:
        """The numbers that answer the question, each with its range."""
        answer: Mapping[str, Any] = self.summary["totals" if "totals" in self.summary else "answer"]
        return answer

    @property
    def provenance(self) -> Mapping[str, Any]:
        """The origin of the numbers: scenario, seed, versions, sources."""
        provenance: Mapping[str, Any] = self.summary["provenance"]
        return provenance

    @abstractmethod
    def terminal_lines(self, width: int = 80) -> list[str]:
        """The answer in a few lines: sentences wrapped at a width, and tables of at most 80 columns."""

    def plot(self, *, format: str = "png", size: str = "screen", every: bool = False) -> list[Path]:
        """Plot the figures into the results folder, using only its files.

        Parameters
        ----------
        format : "png" or "svg"
            Format of the files.
        size : "screen" or "page"
            Size of the figures.
        every : bool
            Every figure that applies, not only the usual ones.

        Returns
        -------
        list of Path
            Paths of the figures.

        Raises
        ------
        InputError
            For a result that was not written and for an unknown format or size.
        RunError
            If writing fails; FigureError for figures that fail, after all others were written.
        """
        folder = self._written()
        return plotted(folder, lambda: self._plot(folder, format, size, every=every))

    def report(self) -> Path | None:
        """Write report.html into the results folder; its path, None where Jinja2 is missing.

        Raises InputError for a result that was not written, RunError if writing fails.
        """
        folder = self._written()
        return reported(folder, lambda: self._report(folder, _nothing))

    def open_report(self) -> bool:
        """Show report.html in the browser; False if there is no browser.

        Raises InputError if the results folder has no report.
        """
        import webbrowser

        path = self._written() / REPORT
        if not path.is_file():
            raise InputError(f"{path}: no such file; write it with report()")
        return webbrowser.open(path.resolve().as_uri())

    @property
    def figures(self) -> Mapping[str, Path]:
        """The image files of the results folder by name of the figure; empty if there are none."""
        paths = [] if self.folder is None else sorted((self.folder / PLOTS).glob("*.*"))
        return {path.stem: path for path in paths}

    def write(self, folder: Path | str, *, force: bool = False) -> Self:
        """Write the results folder, whole or not at all; a figure or page that fails is left out, with a note.

        Parameters
        ----------
        folder : Path or str
            The folder to write.
        force : bool
            Replace an existing results folder.

        Returns
        -------
        Result
            The result with its folder, the time spent, and `notes` on figures and page that had to be left out.

        Raises
        ------
        InputError
            If the folder exists (with force: if anything in it was not written by this program).
        RunError
            If another process writes the folder, or writing fails.
        """
        with claimed(folder, force=force) as claim:
            return self.write_claimed(claim)

    def write_claimed(self, claim: Claim, plotter: Plotter | None = None) -> Self:
        """Write the folder of a claim that was made before the computation; see `write`.

        plotter: plots the figures meanwhile; without one they are plotted here. The files are the same.
        """
        return replace(write_claimed(claim, partial(self._fill, plotter=plotter)), folder=claim.folder)

    def _fill(self, folder: Path, plotter: Plotter | None) -> Self:
        begin = time.perf_counter()
        for table in self.tables.values():
            write_table(folder / self._file_of(table), table)
        self._write_other_files(folder)
        write_json(folder / SUMMARY, dict(self.summary))
        # From here on no failure may lose the tables.
        notes: tuple[str, ...] = ()
        with _ended(plotter):
            figures = self._begin_figures(folder, plotter) if self.scenario.output.plots else tuple
            if self.scenario.output.report:
                notes = _failure(REPORT, lambda: self._report(folder, figures))
            notes = (*figures(), *notes)
        seconds = {**self.seconds, "writing": time.perf_counter() - begin}
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(RunError):
            # Here and not in the summary: the same data fetched at another time give the same tables and summary.
            sources = [download.facts() for download in self.fetched]
            mark(
                folder,
                written_utc=moment,
                seconds=seconds,
                notes=list(notes),
                # Where the scenario's relative paths start, for `verify` and exports.
                scenario_folder=relative_folder(self.scenario.folder, folder),
                **({"sources": sources} if sources else {}),
                **({"catalogs": [_way(name, folder) for name in self.replacing]} if self.replacing else {}),
            )
        return replace(self, seconds=seconds, notes=notes)

    def _begin_figures(self, folder: Path, plotter: Plotter | None) -> Callable[[], tuple[str, ...]]:
        """Begin to plot the figures; the function waits for them and returns the failures in sentences."""
        begun: list[Callable[[], object]] = []
        failed = _failure("figures", lambda: begun.append(self._start_plots(folder, plotter)))
        return (lambda: failed) if failed else cache(lambda: _failure("figures", begun[0]))

    def _written(self) -> Path:
        if self.folder is None:
            raise InputError("this result has no folder yet; write it with write(folder)")
        return self.folder

    def _file_of(self, table: Table) -> str:
        """The name of the file that a table is written to."""
        return table.schema.file

    def _write_other_files(self, folder: Path) -> None:  # noqa: B027 (most kinds have none)
        """Write the files that are not tables of a schema."""

    @abstractmethod
    def _plot(self, folder: Path, format: str, size: str, *, every: bool) -> list[Path]:
        """Plot the figures into a folder; their paths."""

    def _start_plots(self, folder: Path, plotter: Plotter | None) -> Callable[[], list[Path]]:  # noqa: ARG002
        """Begin to plot the usual figures into a folder; the function waits for them and returns their paths.

        By default, they are plotted here and now.
        """
        paths = self._plot(folder, "png", "screen", every=False)
        return lambda: paths

    @abstractmethod
    def _report(self, folder: Path, plotted: Callable[[], object]) -> Path | None:
        """Write report.html into a folder; its path, None where a library is missing.

        plotted: waits for the figures, to be called before the page refers to their files.
        """

    def __repr__(self) -> str:
        location = f"\nresults in {self.folder}" if self.folder else ""
        return "\n".join([f"<{self.kind}: {self.scenario.title}>", *self.terminal_lines()]) + location


def plotted(folder: Path, plot: Callable[[], list[Path]]) -> list[Path]:
    """The paths of figures plotted into a results folder, which are then listed as its own files.

    Raises FigureError, naming the folder, for figures that fail, after all others were written.
    """
    with adding(folder):
        try:
            paths = plot()
        except FigureError as error:
            add_own(folder, list(error.written))
            raise FigureError(error.failed, error.written, folder) from error
        add_own(folder, paths)
        return paths


def reported(folder: Path, report: Callable[[], Path | None]) -> Path | None:
    """The path of a page written into a results folder, which is then listed as its own file."""
    with adding(folder):
        path = report()
        if path is not None:
            add_own(folder, [path])
        return path


def _nothing() -> None:
    """Nothing is being plotted."""


@contextmanager
def _ended(plotter: Plotter | None) -> Iterator[None]:
    """End a plotter if the context fails: the folder that it writes into is about to be removed."""
    try:
        yield
    except BaseException:
        if plotter is not None:
            plotter.end()
        raise


def _failure(label: str, write: Callable[[], object]) -> tuple[str, ...]:
    """The reason why something could not be written, as one sentence; none if it could."""
    try:
        write()
    except FigureError as error:
        return (str(error),)
    except Exception as error:  # noqa: BLE001 (a fault of any kind in a figure must not cost a finished run)
        why = str(error) if isinstance(error, DebrissimError) else reason(error)
        return (f"{label} left out: {why}",)
    return ()


def _way(name: str, folder: Path) -> str:
    """A source by its name, a file as seen from a folder."""
    from debrissim.sources import is_source_name

    return name if is_source_name(name) else relative_folder(Path(name), folder)


def relative_folder(path: Path, folder: Path) -> str:
    """A path as seen from a folder, with slashes; unchanged if there is no relative path between them."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def read_seconds(folder: Path) -> dict[str, float]:
    """The time spent by phase that a results folder records; empty if it records none."""
    try:
        return {name: float(value) for name, value in read_record(folder)["seconds"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return {}


def read_kind(folder: Path) -> str:
    """The kind of scenario that a results folder answers. Raises InputError if it is not a results folder."""
    return str(read_summary(folder).get("kind", "conjunctions"))
