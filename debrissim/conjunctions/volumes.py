"""The screening volumes of a run: those that the scenario lists, and those that belong to the primaries' orbits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, object_label
from debrissim.core.errors import InputError, ScenarioError
from debrissim.scenario.conjunctions import Scenario, volume_of
from debrissim.screening.volumes import AUTO, ScreeningVolume, volume_by_orbit


def volumes_of_run(
    scenario: Scenario, catalog: Catalog, primaries: NDArray[np.int64]
) -> tuple[tuple[ScreeningVolume, ...], NDArray[np.bool_] | None]:
    """The volumes of a scenario, and a mask (p, v) of those that count for each primary, None if all do.

    Raises ScenarioError naming the key.
    """
    given = scenario.screening.volumes
    if AUTO in given and scenario.screening.mode == "all-vs-all":
        raise ScenarioError(
            f'screening.volumes: "{AUTO}" needs primaries; expected other volumes in mode "all-vs-all"'
        )
    try:
        return volumes_of_primaries([AUTO if v == AUTO else volume_of(v) for v in given], catalog, primaries)
    except InputError as error:
        raise ScenarioError(f"screening.volumes: {error}") from error


def volumes_of_primaries(
    given: Sequence[str | ScreeningVolume], catalog: Catalog, primaries: NDArray[np.int64]
) -> tuple[tuple[ScreeningVolume, ...], NDArray[np.bool_] | None]:
    """The volumes, with the one of its orbit for each primary instead of `AUTO`, and a mask as of `volumes_of_run`.

    Raises InputError for an orbit without a published volume, and for two volumes of one name.
    """
    stated = [volume for volume in given if isinstance(volume, ScreeningVolume)]
    by_orbit = [_by_orbit(catalog, row) for row in primaries.tolist()] if AUTO in given else []
    volumes: list[ScreeningVolume] = []
    for volume in given:
        volumes += (
            [volume]
            if isinstance(volume, ScreeningVolume)
            else [own for own in dict.fromkeys(by_orbit) if own not in stated]
        )
    names = [volume.name for volume in volumes]
    if len(set(names)) != len(names):
        raise InputError(f"expected every name once, got {', '.join(names)}")
    mask = np.array(
        [[volume in stated or volume == own for volume in volumes] for own in by_orbit], dtype=np.bool_
    )
    return tuple(volumes), None if mask.all() else mask


def _by_orbit(catalog: Catalog, row: int) -> ScreeningVolume:
    label = object_label(catalog.norad_id[row], str(catalog.name[row]))
    perigee_km, eccentricity = float(catalog.perigee_altitude_km[row]), float(catalog.eccentricity[row])
    return volume_by_orbit(perigee_km, eccentricity, label)
