"""The default method: the two-dimensional normal density integrated over the hard body's disc.

Source: Foster & Estes (1992), "A Parametric Analysis of Orbital Debris Collision Probability and Maneuver
Rate for Space Vehicles", NASA JSC-25898, the double integral over the disc; reduced to one dimension
exactly by the error function along strips as in Alfano (2005), "A Numerical Implementation of Spherical
Object Collision Probability", J. Astronaut. Sci. 53(1), equation 5, but integrated here to near rounding
instead of by Simpson's rule.

Assumptions
- The assumptions of the encounter plane: straight relative motion, constant Gaussian covariance, known velocity.
- Both objects are spheres: their combined hard body is a disc whose radius is the sum of theirs.
- No further assumptions: no small-object approximation, no equivalent area.

Accuracy: relative error below 1e-11 against 25-digit integration for radius/sigma from 1e-6 to 1e3, axis
ratios from 1 to 1e6 and offsets up to 40 sigma, down to the smallest doubles
(tests/unit/probability/algorithms/test_foster.py).
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod


def foster(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) collision probabilities, dimensionless, in [0, 1] and never NaN.

    hard_body_radius_km: (m,) combined radius, km, >= 0, possibly infinite. A radius of zero gives 0, an infinite radius
    1.
    """
    out = np.empty(len(plane))
    apply_rows(kernels.disc.disc_probability, plane, hard_body_radius_km, out)
    return out


METHOD = PlaneMethod(
    name="foster",
    function=foster,
    summary="2-D integral over the disc, to rounding (Foster & Estes 1992)",
    source=(
        "Foster & Estes (1992), A Parametric Analysis of Orbital Debris Collision Probability and Maneuver Rate for "
        "Space Vehicles, NASA JSC-25898"
    ),
    is_exact=True,
    sana_name="FOSTER-1992",
)
