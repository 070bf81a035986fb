"""The greatest collision probability where nothing is known of the covariance but how long it may be.

Source: Alfano (2005), "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronaut. Sci.
53(2), 193-205: the worst orientation puts the miss along the major axis; over the scale the maximum is
`maximum.maximum_probability`, and over the aspect ratio it grows to that of a line through both objects. The
limit's closed form is ours.

Assumptions
- Those of the encounter plane and of a circular hard body.
- Any size, any orientation and any aspect ratio (sigma major / minor) up to the limit given are possible.
- With sigma_major and the miss along it kept, a smaller sigma_minor concentrates the density on the miss's axis,
  about which the disc is symmetric: the probability only grows, so the limit itself is the worst ratio.
- Where the hard body covers the miss the supremum is 1, at no uncertainty at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.errors import InputError
from debrissim.probability.encounter_plane import checked, plane_from_components
from debrissim.probability.foster import foster
from debrissim.probability.maximum import maximum_probability

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AspectMaximum:
    """m rows: the greatest probability, and the standard deviations, km, that give it."""

    value: Array
    sigma_major_km: Array
    sigma_minor_km: Array


def maximum_over_aspect(
    miss_distance_km: ArrayLike, hard_body_radius_km: ArrayLike, *, largest_aspect: float = np.inf
) -> AspectMaximum:
    """The greatest probability of m encounters over every covariance of at most that aspect ratio.

    miss_distance_km, hard_body_radius_km: (m,) km, >= 0; largest_aspect: >= 1, infinite allowed.

    Raises InputError where shapes disagree, a length is negative or not finite, or the ratio is below 1.
    """
    miss = checked("miss_distance_km", miss_distance_km, (-1,))
    radius = checked("hard_body_radius_km", hard_body_radius_km, (miss.shape[0],))
    for name, length in (("miss_distance_km", miss), ("hard_body_radius_km", radius)):
        if (length < 0.0).any():
            raise InputError(f"{name}: expected >= 0 km, got {length.min()}")
    if not largest_aspect >= 1.0:
        raise InputError(f"largest_aspect: expected a ratio of at least 1, got {largest_aspect}")
    across = np.stack([miss, np.zeros_like(miss)], axis=-1)
    covariance = np.zeros((miss.shape[0], 2, 2))
    if np.isfinite(largest_aspect):
        covariance[:] = np.diag([1.0, largest_aspect**-2.0])
        found = maximum_probability(plane_from_components(across, covariance), radius)
        return AspectMaximum(found.value, found.scale, found.scale / largest_aspect)
    # On the line, Phi((d + R) / s) - Phi((d - R) / s) is greatest where s^2 = d R / artanh(R / d).
    outside = (radius < miss) & (radius > 0.0)
    ratio = np.where(outside, radius / np.where(outside, miss, 1.0), 0.5)
    sigma = np.where(outside, miss * np.sqrt(ratio / np.arctanh(ratio)), np.where(radius > 0.0, 0.0, miss))
    covariance[:, 0, 0] = sigma**2
    line = replace(plane_from_components(across, covariance), sigma_minor_km=np.zeros_like(sigma))
    covered = (radius >= miss) & (radius > 0.0)
    value = np.where(covered, 1.0, foster(line, radius))
    return AspectMaximum(value, sigma, np.zeros_like(sigma))
