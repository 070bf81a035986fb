"""One encounter's probability against what is not well known: the size of the hard body.

Source: none; the method of the encounter with other input (the size of the errors: see `probability.dilution`).

Assumptions
- Those of the method. The miss, the covariance and its size stay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.errors import InputError
from debrissim.probability.encounter_plane import EncounterPlane, checked
from debrissim.probability.methods import DEFAULT_METHOD, method_named

Array = NDArray[np.float64]


def probability_by_radius(
    plane: EncounterPlane, hard_body_radius_km: Array, *, method: str = DEFAULT_METHOD
) -> Array:
    """(k,) probabilities of the one encounter in `plane` with combined radii hard_body_radius_km (k,), km.

    Raises InputError where the plane has not one row, a radius is negative or not finite, or the method is
    unknown.
    """
    if len(plane) != 1:
        raise InputError(f"plane: expected one encounter, got {len(plane)}")
    radius = checked("hard_body_radius_km", hard_body_radius_km, (-1,))
    if (radius < 0.0).any():
        raise InputError(f"hard_body_radius_km: expected >= 0 km, got {radius.min()}")
    return method_named(method)(plane.select(np.zeros(radius.shape[0], dtype=np.intp)), radius)
