"""Chan's series: the ellipse into which scaling by the standard deviations turns the disc, replaced by a disc of equal
area.

Source: Chan (1997), "Collision Probability Analyses for Earth Orbiting Satellites", Adv. Astronaut. Sci. 96,
1033-1048; Chan (2008), "Spacecraft Collision Probability", chapter 4, with the number of terms it recommends.
With u = R^2 / (sigma_a sigma_b) and v the squared Mahalanobis distance,

    Pc = exp(-v/2) sum over m of (v/2)^m / m! (1 - exp(-u/2) sum over k <= m of (u/2)^k / k!)

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- The ellipse may be replaced by a circle. This is an approximation, not a quadrature: good to 1e-3 where the
  radius is below a tenth of the minor sigma at moderate distances, but with a radius beyond sigma_minor and
  unequal axes it may be wrong by any factor (1.7e-202 instead of 0.045 in Alfano's test case 5).

The terms are summed backwards, with the tails themselves as summands, so that no digits cancel however small u is.
Where exp(-u/2) or exp(-v/2) would leave double precision, the converged sum is replaced by its closed form: the disc of
radius sqrt(u) at a distance sqrt(v) under a round unit covariance.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod


def chan(
    plane: EncounterPlane, hard_body_radius_km: Array, *, terms: int | Literal["all", "recommended"] = "all"
) -> Array:
    """(m,) collision probabilities; hard_body_radius_km (m,) km, >= 0.

    terms: the number of terms to sum, "all" to sum until further terms are negligible, or "recommended" for Chan's
    number, 3 to 60 depending on u and v. One term is the short form exp(-v/2) (1 - exp(-u/2)).

    Raises InputError for a number of terms below 1 or an unknown word.
    """
    if terms == "all":
        count = 0
    elif terms == "recommended":
        count = -1
    elif isinstance(terms, int) and terms >= 1:
        count = terms
    else:
        raise InputError(f'terms: expected a number from 1, "all" or "recommended", got {terms!r}')
    out = np.empty(len(plane))
    apply_rows(kernels.series.chan, plane, hard_body_radius_km, out, parameters=(count,))
    return out


METHOD = PlaneMethod(
    name="chan-1997",
    function=chan,
    summary="series for an equivalent disc, approximate (Chan 1997)",
    source=(
        "Chan (1997), Collision Probability Analyses for Earth Orbiting Satellites, Adv. Astronaut. Sci. 96, 1033-1048"
    ),
    sana_name="CHAN-1997",
)
