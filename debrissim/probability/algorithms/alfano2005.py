"""Alfano's numerical implementation: Simpson's rule over strips by the error function.

Source: Alfano (2005), "A Numerical Implementation of Spherical Object Collision Probability", J. Astronaut.
Sci. 53(1), 103-109: strips along the major axis, Simpson's rule across the minor one on 2 m intervals,
m = 5 R / min(sigma_minor, miss); the first node lies 0.015 of a step inside the disc's edge.

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- Between 10 and `max_intervals` pairs of intervals are enough. The square root at the disc's edge leaves an error of
  order (step / R)^1.5: relative errors from 1e-7 to 1e-4 come from this rule, not from the integral. The paper's rule
  requires ever more intervals as the miss goes to zero; `max_intervals` limits their number.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod

MIN_INTERVALS = 10
MAX_INTERVALS = 10_000


def alfano2005(
    plane: EncounterPlane,
    hard_body_radius_km: Array,
    *,
    min_intervals: int = MIN_INTERVALS,
    max_intervals: int = MAX_INTERVALS,
) -> Array:
    """(m,) collision probabilities; hard_body_radius_km (m,) km, >= 0; min_intervals, max_intervals: limits on m.

    Raises InputError unless 1 <= min_intervals <= max_intervals.
    """
    if not 1 <= min_intervals <= max_intervals:
        raise InputError(
            "min_intervals, max_intervals: expected 1 <= min_intervals <= max_intervals, "
            f"got {min_intervals} and {max_intervals}"
        )
    out = np.empty(len(plane))
    apply_rows(
        kernels.quadrature.alfano, plane, hard_body_radius_km, out, parameters=(min_intervals, max_intervals)
    )
    return out


METHOD = PlaneMethod(
    name="alfano-2005",
    function=alfano2005,
    summary="Simpson's rule over strips (Alfano 2005)",
    source=(
        "Alfano (2005), A Numerical Implementation of Spherical Object Collision Probability, J. Astronaut. Sci. "
        "53(1), 103-109"
    ),
    is_exact=True,
    sana_name="ALFANO-2005",
)
