"""Run a scenario of conjunctions.

scenario -> catalogue -> screening -> encounters -> assessment -> result
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from debrissim.catalog import Catalog, CatalogFile
from debrissim.conjunctions import settings
from debrissim.conjunctions.assessment import assess_encounters
from debrissim.conjunctions.coverage import require_others
from debrissim.conjunctions.debris_clouds import summarize_clouds
from debrissim.conjunctions.derived import density_profile, relative_tracks
from debrissim.conjunctions.hit_rates import long_run_hits
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.memory import require_room_for_encounters
from debrissim.conjunctions.message_events import (
    assess_message_events,
    empty_screening,
    message_only_inputs,
    read_message_events,
)
from debrissim.conjunctions.provenance import provenance
from debrissim.conjunctions.result import ConjunctionResult, RunDetails
from debrissim.conjunctions.totals import total
from debrissim.core.errors import ScenarioError
from debrissim.core.progress import Progress, WindowsDone, no_progress
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.executors import Executor
from debrissim.screening.screen import ScreeningResult, screen
from debrissim.screening.volumes import Membership

Search: TypeAlias = Callable[[RunInputs], ScreeningResult | None]


def run(
    scenario: Scenario,
    *,
    catalogs: Sequence[Path | str | Catalog | CatalogFile] = (),
    executor: Executor | None = None,
    work_folder: Path | None = None,
    progress: Progress = no_progress,
    windows: WindowsDone | None = None,
    require_pairs: bool = True,
    offline: bool = False,
    search: Search | None = None,
) -> ConjunctionResult:
    """Find and assess the close approaches of a scenario.

    Parameters
    ----------
    scenario : the checked scenario
    catalogs : files or catalogues that replace the scenario's own sources
    executor : screens the time windows; by default as many threads as the scenario states. It does not change results
    work_folder : folder of finished windows, from which an interrupted run resumes; the caller removes it after
        writing the results (`screening.checkpoint.remove_checkpoint`)
    progress : called with the phase and the fraction of it that is done
    windows : called with the windows screened, all windows, and the candidates found so far
    offline : never touch the network; sources on it are taken from the cache
    require_pairs : refuse a run without a pair to examine, which could say nothing; False for one of a series
    search : screens the inputs, such as on the basis of an earlier run, or returns None to have everything screened

    Raises
    ------
    InputError
        for bad input (the sentence names file, line or key) and for a work folder of another scenario, catalogue or
        version.
    RunError
        if the run cannot be completed, or a source on the network has no copy that is recent enough.
    """
    phase = _Phases(progress)
    settings.require_writers(scenario)
    model = settings.covariance_model(scenario)
    messages = read_message_events(scenario)
    if scenario.only_events and catalogs:
        raise ScenarioError("primaries: expected at least one [[primaries]] table to use a catalogue with")

    phase("catalogue")
    inputs = (
        message_only_inputs(scenario, messages)
        if scenario.only_events
        else load_inputs(scenario, catalogs, offline=offline)
    )
    if require_pairs:
        require_others(inputs)
    if not scenario.only_events:
        require_room_for_encounters(inputs)
    object_covariances = settings.load_object_covariances(scenario, inputs)

    phase("screening")
    found = None if search is None or scenario.only_events else search(inputs)
    if scenario.only_events:
        screened = empty_screening()
    elif found is not None:
        screened = found
    else:
        screened = screen(
            inputs.catalog,
            inputs.primaries,
            inputs.start_jd,
            inputs.start_fraction,
            inputs.duration_s,
            inputs.volumes,
            flights=inputs.flights,
            membership=Membership.of(scenario.screening.inside),
            volumes_of=inputs.volumes_of,
            colocation=settings.colocation_rule(scenario),
            settings=settings.screening_settings(scenario),
            require_pairs=require_pairs,
            executor=executor,
            checkpoint=settings.open_checkpoint(work_folder, scenario, inputs),
            progress=lambda fraction: progress("screening", fraction),
            windows=windows,
        )

    phase("assessment")
    assessment = assess_encounters(
        screened.encounters,
        inputs.catalog,
        model,
        primary_factor=scenario.covariance.primary_factor,
        secondary_factor=scenario.covariance.secondary_factor,
        method=scenario.probability.method,
        object_covariances=object_covariances,
        assumed_masses=inputs.mass_is_default,
    )
    details = RunDetails(
        inputs=inputs,
        screening=screened,
        assessment=assessment,
        totals=total(
            screened.encounters,
            assessment,
            inputs.catalog,
            inputs.primaries,
            inputs.volumes,
            inputs.volumes_of,
            screened.flown_s(inputs.duration_s),
            inputs.duration_s,
            yellow=scenario.probability.yellow,
            red=scenario.probability.red,
        ),
        events=assess_message_events(messages),
        tracks=relative_tracks(screened.encounters, assessment, inputs),
        density=density_profile(inputs.catalog),
        cloud=summarize_clouds(inputs, screened, assessment),
        hits=long_run_hits(inputs, scenario.primaries),
    )
    phase("done")
    origin = provenance(scenario, inputs, screened, model, object_covariances, assessment.stated)
    return ConjunctionResult.of(scenario, details, origin, phase.seconds)


class _Phases:
    """Announces each phase and times it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._starts: dict[str, float] = {}

    def __call__(self, name: str) -> None:
        self._starts[name] = time.perf_counter()
        self._progress(name, 0.0)

    @property
    def seconds(self) -> dict[str, float]:
        """Length of each phase but the last."""
        names, moments = list(self._starts), list(self._starts.values())
        return {name: moments[k + 1] - moments[k] for k, name in enumerate(names[:-1])}
