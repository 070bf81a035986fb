"""A process that plots the figures of a run in parallel, where that saves time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from debrissim.cli.sigint import INTERRUPTION
from debrissim.core.threads import processors

if TYPE_CHECKING:
    from debrissim.report.plotter import Plotter
    from debrissim.results.claim import Claim


def plotting(scenario: Any) -> AbstractContextManager[Plotter | None]:
    """Start a process that plots the figures of a scenario's run.

    None for a scenario that plots nothing or whose kind plots its own figures, on one processor, and for a caller of
    `main`, which expects no other process.
    """
    from debrissim.studies.kinds import CONJUNCTIONS

    plots = scenario.kind == CONJUNCTIONS and scenario.output.plots
    if not (plots and INTERRUPTION.is_watching and processors() > 1):
        return nullcontext()
    from debrissim.report.plotter import plotter

    return plotter()


def abandon(claim: Claim, plotter: Plotter | None) -> Callable[[], None]:
    """Remove the files that a claim has made, for a run that is interrupted; its figures are no longer plotted then."""

    def remove() -> None:
        if plotter is not None:
            plotter.end()
        claim.abandon()

    return remove
