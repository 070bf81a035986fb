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
    volumes = [volume_of(volume) for volume in given if volume != AUTO]
    stated = len(volumes)
    if stated < len(given) and scenario.screening.mode == "all-vs-all":
        raise ScenarioError(
            f'screening.volumes: "{AUTO}" needs primaries; expected other volumes in mode "all-vs-all"'
        )
    chosen = [_by_orbit(catalog, row) for row in primaries.tolist()] if stated < len(given) else []
    volumes += list(dict.fromkeys(volume for volume in chosen if volume not in volumes))
    names = [volume.name for volume in volumes]
    if len(set(names)) != len(names):
        raise ScenarioError(f"screening.volumes: expected every name once, got {', '.join(names)}")
    mask = np.zeros((len(primaries), len(volumes)), dtype=np.bool_)
    mask[:, :stated] = True
    for k, volume in enumerate(chosen):
        mask[k, volumes.index(volume)] = True
    return tuple(volumes), None if mask.all() else mask


def _by_orbit(catalog: Catalog, row: int) -> ScreeningVolume:
    label = object_label(catalog.norad_id[row], str(catalog.name[row]))
    try:
        return volume_by_orbit(
            float(catalog.perigee_altitude_km[row]), float(catalog.eccentricity[row]), label
        )
    except InputError as error:
        raise ScenarioError(f"screening.volumes: {error}") from error
