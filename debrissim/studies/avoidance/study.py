"""`kind = "avoidance"`: burns that avoid an encounter, and what the spacecraft meets after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from debrissim.core.errors import InputError, ScenarioError
from debrissim.core.progress import Progress
from debrissim.maneuvers.avoid import avoid
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.plan import Plan
from debrissim.maneuvers.thrust import Thruster
from debrissim.results.schema import SCHEMAS
from debrissim.scenario.avoidance import AvoidanceScenario, BurnTable, ExecutionErrorTable
from debrissim.studies.avoidance.answer import make_answer, make_method
from debrissim.studies.avoidance.directions import allowed_directions
from debrissim.studies.avoidance.event import find_event
from debrissim.studies.avoidance.messages import AvoidanceResult, answer_messages
from debrissim.studies.avoidance.tables import make_tables
from debrissim.studies.avoidance.wording import avoidance_answer
from debrissim.studies.study import Study, StudyResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from debrissim.report.answer import AnswerTable


def run(scenario: AvoidanceScenario, progress: Progress) -> StudyResult:
    """Find burns that avoid the event of a scenario, and screen what follows after them."""
    progress("event", 0.0)
    found = find_event(scenario, progress)
    if scenario.burns.mass_kg is not None:
        found = replace(found, mass_kg=scenario.burns.mass_kg)
    result = avoid(found, make_plan(scenario, found), progress=progress)
    answer = make_answer(result)
    number = None if answer["burn"] is None else int(answer["burn"]["number"])
    messages = answer_messages(result, number)
    study = AvoidanceResult.of(scenario, make_tables(result), answer, make_method(result))
    return replace(study, messages=messages)


def make_plan(scenario: AvoidanceScenario, found: FoundEvent) -> Plan:
    """The plan of a scenario. Raises ScenarioError where the spacecraft lacks the mass that a thruster needs."""
    keys, again = scenario.burns, scenario.rescreening
    return Plan(
        earliest_hours=keys.earliest_hours,
        latest_hours=keys.latest_hours,
        fine_steps=keys.fine_steps,
        coarse_steps=keys.coarse_steps,
        sizes_m_s=tuple(sorted(set(keys.sizes_m_s))),
        largest_m_s=keys.largest_m_s,
        directions=allowed_directions(keys.directions),
        thruster=_thruster(keys, found),
        error=_execution_error(scenario.execution_error),
        goals=Goals(scenario.goals.probability, scenario.goals.miss_km),
        candidates=again.candidates,
        horizon_days=again.horizon_days,
        with_return=again.return_burn,
    )


def _thruster(keys: BurnTable, found: FoundEvent) -> Thruster | None:
    if keys.thrust_n is None:
        return None
    mass = found.mass_kg
    if mass is None:
        raise ScenarioError(
            f"burns.mass_kg: the mass of {found.event.primary_name} is not known, and finite burns need it; give it "
            "here (--mass), or leave thrust_n out for impulses"
        )
    if keys.mass_flow_kg_s is not None:
        return Thruster.of_mass_flow(keys.thrust_n, mass, keys.mass_flow_kg_s)
    assert keys.specific_impulse_s is not None
    return Thruster(keys.thrust_n, mass, keys.specific_impulse_s)


def _execution_error(keys: ExecutionErrorTable) -> ExecutionError:
    default = ExecutionErrorTable()
    numbers = keys.magnitude_fixed_m_s, keys.magnitude_fraction, keys.pointing_fixed_m_s
    if keys == default:
        return ExecutionError(*numbers, float(np.radians(keys.pointing_deg)))
    return ExecutionError(*numbers, float(np.radians(keys.pointing_deg)), "as given by the scenario")


def draw(folder: Path) -> Mapping[str, Figure]:
    """The figures, using only the folder."""
    from debrissim.report.figures.avoidance import draw_avoidance

    return draw_avoidance(folder)


def page_tables(folder: Path) -> tuple[AnswerTable, ...]:
    """The tables of the page, using only the folder."""
    from debrissim.report.avoidance_tables import avoidance_tables

    return avoidance_tables(folder)


def with_catalogs(scenario: AvoidanceScenario, files: tuple[Path, ...]) -> AvoidanceScenario:
    """The scenario with other catalogue files."""
    if scenario.event.scenario is not None:
        raise InputError("--catalog: the scenario that is run has its own catalogue")
    event = scenario.event.model_copy(update={"catalogs": tuple(str(file) for file in files)})
    return scenario.model_copy(update={"event": event})


STUDY = Study(
    AvoidanceScenario, run, draw, avoidance_answer, SCHEMAS["avoidance"], with_catalogs, page_tables
)
