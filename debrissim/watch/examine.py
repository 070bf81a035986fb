"""The run of one cycle: the scenario at a moment, screened on the basis of the last cycle's screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from debrissim.catalog import Catalog, CatalogFile
from debrissim.conjunctions import settings
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.progress import Progress, no_progress
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.executors import Executor
from debrissim.screening.rescreen import Effort, rescreen
from debrissim.screening.screen import ScreeningResult
from debrissim.screening.settled import Earlier
from debrissim.screening.volumes import Membership

FLOWN = "objects fly ephemerides or several element sets, or all are screened against all"


@dataclass(frozen=True, eq=False)
class Examined:
    """A run of a scenario; its screening, on which the next one can build (None if it cannot), and the effort."""

    result: ConjunctionResult
    earlier: Earlier | None
    effort: Effort


def examine(
    scenario: Scenario,
    earlier: Earlier | None,
    *,
    catalogs: Sequence[Path | str | Catalog | CatalogFile] = (),
    executor: Executor | None = None,
    progress: Progress = no_progress,
    require_pairs: bool = True,
    offline: bool = False,
) -> Examined:
    """Run a scenario of conjunctions in mode one-vs-all, screening only objects that can differ from an earlier run.

    Parameters are those of `conjunctions.run`. Raises InputError and RunError as it does.
    """
    found: list[tuple[Earlier, Effort]] = []

    def search(inputs: RunInputs) -> ScreeningResult | None:
        if inputs.primaries is None or inputs.flights is not None:
            return None
        screened, basis, effort = rescreen(
            earlier,
            inputs.catalog,
            inputs.primaries,
            inputs.start_jd,
            inputs.start_fraction,
            inputs.duration_s,
            inputs.volumes,
            membership=Membership.of(scenario.screening.inside),
            volumes_of=inputs.volumes_of,
            colocation=settings.colocation_rule(scenario),
            settings=settings.screening_settings(scenario),
            require_pairs=require_pairs,
            executor=executor,
            progress=lambda fraction: progress("screening", fraction),
        )
        found.append((basis, effort))
        return screened

    result = run(
        scenario,
        catalogs=catalogs,
        executor=executor,
        progress=progress,
        require_pairs=require_pairs,
        offline=offline,
        search=search,
    )
    n = len(result.inputs.catalog)
    return Examined(result, *(found[0] if found else (None, Effort(FLOWN, n, n, 0.0))))
