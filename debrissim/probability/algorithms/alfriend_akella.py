"""Alfriend & Akella's closed form: the density at the middle of the disc times its area.

Source: Alfriend, Akella, Frisbee, Foster, Lee & Wilkins (1999), "Probability of Collision Error Analysis",
Space Debris 1(1), 21-35, equation 18 (and 21 for its maximum over the covariance's scale, which is
`maximum.small_object_maximum`).

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- The density is constant over the disc. The error is of order (R / sigma)^2 times the squared distance in sigmas:
  negligible for metres in kilometres, but arbitrarily large if the radius is not small compared with the minor sigma.
  The value is limited to 1, which a density times an area could exceed.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod


def alfriend_akella(plane: EncounterPlane, hard_body_radius_km: Array) -> Array:
    """(m,) collision probabilities R^2 / (2 sigma_a sigma_b) exp(-M^2 / 2); hard_body_radius_km (m,) km, >= 0."""
    radius = np.broadcast_to(np.asarray(hard_body_radius_km, dtype=np.float64), len(plane))
    # In logarithms: sigma may be zero or 1e150, the distance infinite.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = (
            2.0 * np.log(radius) - np.log(plane.sigma_major_km) - np.log(plane.sigma_minor_km) - np.log(2.0)
        )
        exponent = size - 0.5 * plane.mahalanobis_distance**2
    value = np.exp(np.minimum(np.where(np.isnan(exponent), -np.inf, exponent), 0.0))
    return np.where(radius > 0.0, np.where(np.isinf(radius), 1.0, value), 0.0)


METHOD = PlaneMethod(
    name="alfriend-akella",
    function=alfriend_akella,
    summary="density times area, approximate (Alfriend & Akella 1999)",
    source=(
        "Alfriend, Akella, Frisbee, Foster, Lee & Wilkins (1999), Probability of Collision Error Analysis, "
        "Space Debris 1(1), 21-35"
    ),
    sana_name="ALFRIEND-1999",
)
