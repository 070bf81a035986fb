"""The greatest collision probability over one factor on the covariance, and the dilution region.

Source: Alfano (2005), "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronaut.
Sci. 53(2), 193-205 (the maximum and the dilution region, as listed by SOCRATES); the bracket of the optimum
is ours.

Assumptions
- Those of the encounter plane and of a circular hard body.
- The covariance's shape and orientation are right, only its size is unknown: sigma -> k sigma, k in (0,
  infinity).
- The disc is integrated exactly at each scale; the small-object closed form below is for comparison only
  (it errs by 17 % at an axis ratio of 3 and a radius of 0.3 of the miss).
- Within the bracket the probability rises to one maximum and falls. For a circular covariance this is proved: in
  polar coordinates with the logarithm of the distance the disc is convex and the density log-concave, so the
  probability is log-concave in the scale's logarithm (Prekopa 1973). For ellipses it was looked for and not found
  otherwise, in 100,000 cases with axis ratios to 1e4 and bodies to 1e3 of either sigma, 120 scales each.
- Where the hard body covers the projected miss (radius >= miss) the supremum is 1, at k = 0.
- Where the covariance is zero it has no shape to scale: a circle is taken, and k is infinite.

In the dilution region (k < 1: the covariance is larger than that of the maximum) better tracking *raises* the
probability, so a small value there says "we do not know", not "it is safe".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.probability import _kernels_maximum
from debrissim.probability.batch import over_rows
from debrissim.probability.encounter_plane import EncounterPlane

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MaximumProbability:
    """m rows: the greatest probability, and the factor k on every standard deviation that gives it."""

    value: Array
    scale: Array

    @property
    def dilution(self) -> NDArray[np.bool_]:
        """(m,) whether the actual covariance is larger than that of the maximum (k < 1)."""
        return np.asarray(self.scale < 1.0)


def maximum_probability(plane: EncounterPlane, hard_body_radius_km: Array) -> MaximumProbability:
    """The maximum over scale of m encounters; hard_body_radius_km (m,) km, >= 0.

    The value is good to 1e-13 of itself, the scale to 1e-9 where the maximum is not all but flat.
    """
    value, scale = np.empty(len(plane)), np.empty(len(plane))
    over_rows(_kernels_maximum.maximum_over_scale, plane, hard_body_radius_km, value, scale)
    return MaximumProbability(value=value, scale=scale)


def small_object_maximum(plane: EncounterPlane, hard_body_radius_km: Array) -> MaximumProbability:
    """The closed form for a body far smaller than the miss: k^2 = M^2/2, P = r^2/(e sigma_x sigma_y M^2).

    M is the miss in standard deviations. Exact only as radius/miss goes to 0; not used by `assess`.
    """
    squared = plane.mahalanobis_distance**2
    area = plane.sigma_major_km * plane.sigma_minor_km
    covered = np.asarray(hard_body_radius_km) >= plane.miss_distance_km
    safe = np.where(covered, 1.0, area * squared)
    value = np.where(covered, 1.0, np.minimum(1.0, np.asarray(hard_body_radius_km) ** 2 / (np.e * safe)))
    return MaximumProbability(value=value, scale=np.where(covered, 0.0, np.sqrt(0.5 * squared)))
