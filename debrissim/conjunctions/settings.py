"""The settings of each phase of a run, from a scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.errors import InputError, ScenarioError
from debrissim.results.parquet_file import arrow
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening import checkpoint
from debrissim.screening.checkpoint import Checkpoint
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import ScreeningSettings
from debrissim.screening.window_search import digest
from debrissim.uncertainty.element_set_error import ElementSetErrorModel, get_covariance_model
from debrissim.uncertainty.ephemeris_covariances import EphemerisCovariances
from debrissim.uncertainty.object_covariances import ObjectCovariances, read_object_covariances


def covariance_model(scenario: Scenario) -> ElementSetErrorModel:
    """The model of element-set errors that the scenario names."""
    keys = scenario.covariance
    return get_covariance_model(keys.model, fixed_sigma_rtn_km=keys.fixed_sigma_rtn_km)


def require_writers(scenario: Scenario) -> None:
    """Raise ScenarioError if the results need a package that is not installed: before the run, not after it."""
    if scenario.output.parquet_above is not None:
        try:
            arrow("output.parquet_above: Parquet")
        except InputError as error:
            raise ScenarioError(str(error)) from error


def load_object_covariances(scenario: Scenario, inputs: RunInputs) -> ObjectCovariances | None:
    """The errors of single objects, from the scenario's table and histories, and from the ephemerides that they fly."""
    keys = scenario.covariance
    own = read_object_covariances(
        None if keys.table is None else scenario.located(keys.table),
        [scenario.located(path) for path in keys.histories],
        inputs.start_jd,
        inputs.start_fraction,
        keys.history_days,
        coasting=keys.history_coasting,
    )
    flown = {t.number: (t.ephemeris, t.arcs) for t in inputs.trajectories if t.arcs is not None}
    if not flown:
        return own
    ephemerides = EphemerisCovariances(
        flown,
        inputs.start_jd,
        inputs.start_fraction,
        sigma_factor=scenario.ephemerides.covariance_factor,
        floor_km=scenario.ephemerides.floor_sigma_rtn_km,
    )
    return replace(own or ObjectCovariances(), ephemerides=ephemerides)


def colocation_rule(scenario: Scenario) -> CoLocationRule:
    """The rule by which docked and formation-flying pairs are left out."""
    rule = scenario.colocation
    return CoLocationRule(
        rule.exclude, rule.start_separation_km, rule.start_speed_km_s, rule.max_separation_km
    )


def screening_settings(scenario: Scenario) -> ScreeningSettings:
    """Step, window, age limit and threads of the screening."""
    keys = scenario.screening
    return ScreeningSettings(
        step_s=keys.step_s,
        window_s=keys.window_hours * 3600.0,
        max_age_days=scenario.catalog.max_age_days,
        workers=keys.workers,
    )


def open_checkpoint(folder: Path | None, scenario: Scenario, inputs: RunInputs) -> Checkpoint | None:
    """The folder of finished windows, or None if none is kept.

    Raises InputError for the folder of another scenario, catalogue, set of ephemerides or version.
    """
    if folder is None:
        return None
    identity = {
        "scenario": digest(scenario.model_dump(mode="json")),
        "catalogue": digest(inputs.catalog),
    }
    if inputs.trajectories:
        hashes = tuple(trajectory.sha256 for trajectory in inputs.trajectories)
        identity["set of ephemerides"] = digest(hashes)
    return checkpoint.open_checkpoint(folder, identity)
