"""The screening volumes of a run: those that the scenario lists, and those that belong to the primaries' orbits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, object_label
from debrissim.core.errors import InputError, ScenarioError
from debrissim.scenario.conjunctions import Scenario, volume_of
from debrissim.screening.volumes import AUTO, ScreeningVolume, volume_by_orbit


def volumes_of_run(
    scenario: Scenario, catalog: Catalog, primaries: NDArray[np.int64]
) -> tuple[tuple[ScreeningVolume, ...], NDArray[np.bool_] | None]:
    """The volumes, and a mask (p, v) of those that count for each primary, None if all do."""
    given = scenario.screening.volumes
    if AUTO in given and scenario.screening.mode == "all-vs-all":
        raise ScenarioError(
            f'screening.volumes: "{AUTO}" needs primaries; expected other volumes in mode "all-vs-all"'
        )
    stated = [volume_of(volume) for volume in given if volume != AUTO]
    by_orbit = [_by_orbit(catalog, row) for row in primaries.tolist()] if AUTO in given else []
    remaining = iter(stated)
    volumes: list[ScreeningVolume] = []
    for key in given:
        volumes += (
            [v for v in dict.fromkeys(by_orbit) if v not in stated] if key == AUTO else [next(remaining)]
        )
    names = [volume.name for volume in volumes]
    if len(set(names)) != len(names):
        raise ScenarioError(f"screening.volumes: expected every name once, got {', '.join(names)}")
    mask = np.array(
        [[volume in stated or volume == own for volume in volumes] for own in by_orbit], dtype=np.bool_
    )
    return tuple(volumes), None if mask.all() else mask


def _by_orbit(catalog: Catalog, row: int) -> ScreeningVolume:
    label = object_label(catalog.norad_id[row], str(catalog.name[row]))
    try:
        return volume_by_orbit(
            float(catalog.perigee_altitude_km[row]), float(catalog.eccentricity[row]), label
        )
    except InputError as error:
        raise ScenarioError(f"screening.volumes: {error}") from error
