"""The protocol that every kind of scenario follows: run it, open its results folder, plot it, report it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debrissim.catalog import Catalog
from debrissim.core.progress import Progress, WindowsDone, no_progress
from debrissim.results.result import Result

if TYPE_CHECKING:
    from debrissim.screening.executors import Executor


@dataclass(frozen=True)
class RunOptions:
    """The options of a run that are not keys of its scenario.

    catalogs: files or catalogues instead of the scenario's own; executor, work_folder and windows: of the screening
    (`debrissim.conjunctions.run`); offline: never touch the network.
    """

    catalogs: tuple[Path | str | Catalog, ...] = ()
    executor: Executor | None = None
    work_folder: Path | None = None
    progress: Progress = no_progress
    windows: WindowsDone | None = None
    offline: bool = False


class Kind(ABC):
    """A kind of scenario; scenario: the model of its scenario file."""

    scenario: type[Any]

    def kernels(self, scenario: Any) -> tuple[Any, ...]:  # noqa: ARG002
        """The compiled functions that a run of a scenario calls in any case, in this order, as far as they are known.

        For `core.compile_ahead`: what is missing here is compiled when it is called.
        """
        return ()

    @abstractmethod
    def start(self, scenario: Any, options: RunOptions) -> Result:
        """Run a scenario.

        Parameters
        ----------
        scenario : model of the kind's scenario file
            The checked scenario.
        options : RunOptions
            Options of the run that are not keys of the scenario.

        Raises
        ------
        InputError
            For bad input, naming the key at fault.
        RunError
            If the run cannot be completed.
        """

    @abstractmethod
    def open(self, folder: Path) -> Result:
        """The result in a results folder of this kind. Raises InputError if it is damaged."""

    @abstractmethod
    def plot(self, folder: Path, format: str, size: str, *, every: bool = False) -> list[Path]:
        """Plot the figures of a results folder again, using only its files.

        Parameters
        ----------
        folder : Path
            Results folder of this kind.
        format : str
            "png" or "svg".
        size : str
            "screen" or "page".
        every : bool
            Every figure that applies, not only the usual ones.

        Returns
        -------
        list of Path
            Paths of the figures.

        Raises
        ------
        InputError
            If `folder` is damaged, and for an unknown format or size.
        RunError
            If writing fails.
        """

    @abstractmethod
    def report(self, folder: Path) -> Path | None:
        """Write report.html into a results folder, using only its files; None where Jinja2 is missing.

        Raises InputError if `folder` is damaged, RunError if writing fails.
        """
