"""Frisbee's maximum probability for encounters with one object's covariance known.

Source: Frisbee (2015), "An Upper Bound on High Speed Satellite Collision Probability When Only One Object Has
Position Uncertainty Information", AAS 15-717: the unknown covariance is taken as a variance along the miss
alone, V = |m|^2 (Ka^2 - 1) / Ka^2, Ka the miss in standard deviations of the known one.

Assumptions
- The assumptions of the encounter plane and of the integration method.
- The missing covariance is arbitrary. V maximises the density at the centre of the hard body, so the value is the
  maximum for a hard body that is small compared with the miss, and close to it otherwise.
- Where Ka <= 1 any addition lowers the probability, and only the known covariance is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.probability.encounter_plane import EncounterPlane, plane_from_components
from debrissim.probability.registry import DEFAULT_METHOD, get_method


@dataclass(frozen=True, eq=False)
class FrisbeeMaximum(Rows):
    """m encounters with one covariance missing.

    | column             | dtype   | shape | unit, meaning                                            |
    |--------------------|---------|-------|----------------------------------------------------------|
    | value              | float64 | (m,)  | maximum probability                                      |
    | added_variance_km2 | float64 | (m,)  | km^2, the missing object's variance along the miss       |
    | known_distance     | float64 | (m,)  | Ka, the miss in standard deviations of the known one     |
    | plane              |         |       | the `EncounterPlane` with the variance added             |
    """

    value: Array
    added_variance_km2: Array
    known_distance: Array
    plane: EncounterPlane


def frisbee_maximum(
    plane: EncounterPlane, hard_body_radius_km: Array, *, method: str = DEFAULT_METHOD
) -> FrisbeeMaximum:
    """Compute Frisbee's maximum for m encounters with one object's covariance known.

    Parameters
    ----------
    plane : EncounterPlane
        m encounters, made with only the known covariance. A covariance of zero is treated as known exactly.
    hard_body_radius_km : (m,), km
        Combined radius, >= 0.
    method : str
        Name of the plane method used for the integration, from `METHODS`.

    Raises
    ------
    InputError
        For an unknown method.
    """
    compute = get_method(method)
    distance = plane.mahalanobis_distance
    beyond = distance > 1.0
    # 1 - 1 / Ka^2 without loss near 1 and with Ka infinite.
    safe = np.where(beyond, distance, 1.0)
    fraction = np.where(beyond, (1.0 - 1.0 / safe) * (1.0 + 1.0 / safe), 0.0)
    outer = plane.miss_km[:, :, None] * plane.miss_km[:, None, :]
    worst = plane_from_components(plane.miss_km, plane.covariance_km2 + fraction[:, None, None] * outer)
    return FrisbeeMaximum(
        value=compute(worst, hard_body_radius_km),
        added_variance_km2=fraction * plane.miss_distance_km**2,
        known_distance=distance,
        plane=worst,
    )
