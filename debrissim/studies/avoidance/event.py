"""The event of a scenario of avoidance: of a finished run, of a scenario that is run, or of a message."""

from __future__ import annotations

from pathlib import Path

from debrissim.conjunctions.recorded_inputs import run_files
from debrissim.core.errors import ScenarioError
from debrissim.core.progress import Progress
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.from_message import MessageFiles, event_from_message
from debrissim.maneuvers.from_run import event_from_run, event_from_scenario
from debrissim.scenario.avoidance import AvoidanceScenario
from debrissim.scenario.conjunctions import load_scenario, volume_of
from debrissim.screening.volumes import AUTO
from debrissim.sources import is_source_name


def find_event(scenario: AvoidanceScenario, progress: Progress) -> FoundEvent:
    """Find the event and its surroundings.

    Raises InputError naming the fault, ScenarioError naming the key.
    """
    keys, horizon_days = scenario.event, scenario.rescreening.horizon_days
    located = [name if is_source_name(name) else str(scenario.located(Path(name))) for name in keys.catalogs]
    flown = [scenario.located(path) for path in keys.ephemerides]
    orientation = None if keys.earth_orientation is None else scenario.located(keys.earth_orientation)
    if keys.results is not None:
        return event_from_run(
            scenario.located(keys.results),
            keys.number,
            object_number=keys.object or 1,
            files=run_files(located, flown, orientation),
            horizon_days=horizon_days,
        )
    if keys.scenario is not None:
        return event_from_scenario(
            load_scenario(scenario.located(keys.scenario)),
            keys.number,
            object_number=keys.object or 1,
            horizon_days=horizon_days,
            progress=progress,
        )
    assert keys.message is not None
    if AUTO in keys.volumes:
        raise ScenarioError(f'event.volumes: expected volumes by name or size, got "{AUTO}"')
    return event_from_message(
        scenario.located(keys.message),
        keys.number or 0,
        object_number=keys.object,
        hard_body_radius_m=keys.hard_body_radius_m,
        files=MessageFiles(
            catalogs=tuple(located),
            ephemeris=flown[0] if flown else None,
            earth_orientation=orientation,
        ),
        volumes=tuple(volume_of(volume) for volume in keys.volumes),
        earliest_hours=scenario.burns.earliest_hours,
        horizon_days=horizon_days,
    )
