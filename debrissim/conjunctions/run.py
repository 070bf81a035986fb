"""The pipeline: a scenario in, a result out.

scenario -> catalogue -> ephemeris -> screening -> encounters -> assessment -> result
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog
from debrissim.cdm import Conjunction, read_cdm
from debrissim.cdm.assess import CdmAssessment, assess_cdms
from debrissim.conjunctions.assessment import assess_encounters, total
from debrissim.conjunctions.debris_clouds import summarize_clouds
from debrissim.conjunctions.derived import density_profile, relative_tracks
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.result import SimulationResult, provenance
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import ScenarioError
from debrissim.core.time import split_julian_date
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.checkpoint import WorkFolder, open_work_folder
from debrissim.screening.colocation import CoLocated, CoLocationRule
from debrissim.screening.encounters import Encounters
from debrissim.screening.executors import Executor
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.window_search import digest
from debrissim.uncertainty.element_set_error import ElementSetErrorModel, get_covariance_model
from debrissim.uncertainty.object_covariances import ObjectCovariances, read_object_covariances

Progress = Callable[[str, float], None]
"""Called with the name of a phase and the share of it that is done, 0 to 1."""

WindowsDone = Callable[[int, int, int], None]
"""Called with the windows screened, all windows, and the candidates found so far."""


def _silent(_phase: str, _share: float) -> None:
    """The progress of a run nobody watches."""


def run(
    scenario: Scenario,
    *,
    catalog_files: Iterable[Path | str] = (),
    executor: Executor | None = None,
    work_folder: Path | None = None,
    progress: Progress = _silent,
    windows: WindowsDone | None = None,
) -> SimulationResult:
    """Run a scenario. catalog_files replace its own catalogue sources.

    executor: who screens the time windows, by default as many threads as the scenario says; results are the same.
    work_folder: finished windows are kept there, and those of an interrupted run are picked up; who writes the results
    removes it afterwards (`remove_work_folder`).

    Raises InputError for bad input (the sentence names file, line or key) and for a work folder of another scenario,
    catalogue or version, RunError where the run cannot be done.
    """
    timings: dict[str, float] = {}

    def phase(name: str) -> None:
        timings[name] = time.perf_counter()
        progress(name, 0.0)

    model = covariance_model(scenario)
    told = _told(scenario)
    phase("catalogue")
    inputs = _prepared(scenario, tuple(Path(file) for file in catalog_files), told)
    object_covariances = load_object_covariances(scenario, inputs)
    phase("screening")
    screened = (
        empty_screening()
        if scenario.only_events
        else _screened(
            scenario, inputs, executor, work_folder, lambda share: progress("screening", share), windows
        )
    )
    phase("assessment")
    assessment = assess_encounters(
        screened.encounters,
        inputs.catalog,
        inputs.volumes,
        model,
        primary_factor=scenario.covariance.primary_factor,
        secondary_factor=scenario.covariance.secondary_factor,
        method=scenario.probability.method,
        object_covariances=object_covariances,
    )
    totals = total(
        screened.encounters,
        assessment,
        inputs.catalog,
        inputs.volumes,
        inputs.duration_s,
        yellow=scenario.probability.yellow,
        red=scenario.probability.red,
    )
    events = _assess_told(told)
    tracks = relative_tracks(screened.encounters, assessment, inputs)
    density = density_profile(inputs.catalog)
    cloud = summarize_clouds(inputs, screened, assessment)
    phase("done")
    return SimulationResult(
        scenario=scenario,
        inputs=inputs,
        screening=screened,
        assessment=assessment,
        totals=totals,
        tracks=tracks,
        density=density,
        provenance=provenance(scenario, inputs, screened, model, object_covariances),
        seconds=_seconds(timings),
        events=events,
        cloud=cloud,
    )


def covariance_model(scenario: Scenario) -> ElementSetErrorModel:
    wanted = scenario.covariance
    return get_covariance_model(wanted.model, fixed_sigma_rtn_km=wanted.fixed_sigma_rtn_km)


def _told(scenario: Scenario) -> tuple[tuple[Conjunction, float | None], ...]:
    """The conjunctions of the scenario's messages, each with the radius given for it."""
    return tuple(
        # As written, so that results do not depend on where the scenario file lies.
        (replace(conjunction, source=str(event.file)), event.hard_body_radius_m)
        for event in scenario.events
        for conjunction in read_cdm(scenario.located(event.file))
    )


def _prepared(
    scenario: Scenario, files: tuple[Path, ...], told: tuple[tuple[Conjunction, float | None], ...]
) -> RunInputs:
    if not scenario.only_events:
        return load_inputs(scenario, files)
    if files:
        raise ScenarioError("primaries: expected at least one [[primaries]] table to use a catalogue with")
    return message_only_inputs(scenario, min((message.tca_jd, message.tca_fraction) for message, _ in told))


def _screened(
    scenario: Scenario,
    inputs: RunInputs,
    executor: Executor | None,
    work_folder: Path | None,
    progress: Callable[[float], None],
    windows: WindowsDone | None,
) -> ScreeningResult:
    return screen(
        inputs.catalog,
        inputs.primaries,
        inputs.start_jd,
        inputs.start_fraction,
        inputs.duration_s,
        inputs.volumes,
        co_location=_co_location_rule(scenario),
        settings=_screening_settings(scenario),
        executor=executor,
        work=_work(work_folder, scenario, inputs),
        progress=progress,
        windows=windows,
    )


def _assess_told(told: tuple[tuple[Conjunction, float | None], ...]) -> tuple[CdmAssessment, ...]:
    return tuple(
        report
        for conjunction, radius_m in told
        for report in assess_cdms([conjunction], hard_body_radius_m=radius_m)
    )


def load_object_covariances(scenario: Scenario, inputs: RunInputs) -> ObjectCovariances | None:
    wanted = scenario.covariance
    return read_object_covariances(
        None if wanted.table is None else scenario.located(wanted.table),
        [scenario.located(path) for path in wanted.histories],
        inputs.start_jd,
        inputs.start_fraction,
        wanted.history_days,
        coasting=wanted.history_coasting,
    )


def _co_location_rule(scenario: Scenario) -> CoLocationRule:
    rule = scenario.co_location
    return CoLocationRule(
        rule.exclude, rule.start_separation_km, rule.start_speed_km_s, rule.greatest_separation_km
    )


def _screening_settings(scenario: Scenario) -> ScreeningSettings:
    wanted = scenario.screening
    return ScreeningSettings(
        step_s=wanted.step_s,
        window_s=wanted.window_hours * 3600.0,
        greatest_age_days=scenario.catalogue.greatest_age_days,
        workers=wanted.workers,
    )


def _work(folder: Path | None, scenario: Scenario, inputs: RunInputs) -> WorkFolder | None:
    if folder is None:
        return None
    belongs_to = {
        "scenario": digest(scenario.model_dump(mode="json")),
        "catalogue": digest(inputs.catalog),
    }
    return open_work_folder(folder, belongs_to)


def _seconds(starts: dict[str, float]) -> dict[str, float]:
    """Length of each phase from the moments at which they began."""
    names, moments = list(starts), list(starts.values())
    return {name: moments[k + 1] - moments[k] for k, name in enumerate(names[:-1])}


_WORDS = ("name", "international_designator", "parent_event")


_KINDS: dict[str, Any] = {
    "norad_id": np.int64,
    "object_kind": np.int8,
    "synthetic": np.bool_,
    **dict.fromkeys(_WORDS, np.str_),
}


def message_only_inputs(scenario: Scenario, first_tca: tuple[float, float]) -> RunInputs:
    """An empty catalogue, no volume, and the scenario's span.

    first_tca: split Julian date (UTC), the start of the span unless the scenario says otherwise.
    """
    given = scenario.span.start
    start = split_julian_date(given) if isinstance(given, datetime) else first_tca
    nothing = {f.name: np.empty(0, dtype=_KINDS.get(f.name, np.float64)) for f in fields(Catalog)}
    return RunInputs(
        catalog=Catalog(**nothing),
        size_is_default=np.empty(0, dtype=np.bool_),
        primaries=np.empty(0, dtype=np.int64),
        primary_origin=(),
        start_jd=start[0],
        start_fraction=start[1],
        duration_s=scenario.span.duration_days * SECONDS_PER_DAY,
        volumes=(),
        sources=(),
        rejected=(),
        superseded_count=0,
        filtered_count=0,
    )


def empty_screening() -> ScreeningResult:
    """What a screening of no objects would find."""
    rows = np.empty(0, dtype=np.int64)
    numbers, states = np.empty(0), np.empty((0, 6))
    return ScreeningResult(
        encounters=Encounters(
            primary=rows,
            secondary=rows,
            primary_norad_id=rows,
            secondary_norad_id=rows,
            tca_s=numbers,
            miss_distance_km=numbers,
            relative_position_rtn_km=states[:, :3],
            relative_velocity_rtn_km_s=states[:, 3:],
            relative_speed_km_s=numbers,
            primary_state=states,
            secondary_state=states,
            primary_age_days=numbers,
            secondary_age_days=numbers,
            status=np.empty(0, dtype=np.int8),
        ),
        object_status=np.empty(0, dtype=np.int8),
        failure_s=numbers,
        co_located=CoLocated(rows, rows, numbers, numbers, numbers),
        sieved_count=0,
        candidate_count=0,
    )
