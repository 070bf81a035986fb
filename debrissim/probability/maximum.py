"""The maximum collision probability: over one factor on the covariance (with the dilution region), and over any aspect.

Source: Alfano (2005), "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronaut.
Sci. 53(2), 193-205 (the maximum and the dilution region, as listed by SOCRATES; the worst orientation, which puts the
miss along the major axis); the bracket of the optimum and the closed form of the limit over the aspect ratio are our
own.

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- Over the scale: the shape and orientation of the covariance are correct, and only its size is unknown: sigma -> k
  sigma, k in (0, infinity).
- The disc is integrated exactly at each scale; the small-object closed form below is for comparison only
  (it errs by 17 % at an axis ratio of 3 and a radius of 0.3 of the miss).
- Within the bracket the probability rises to one maximum and falls. For a circular covariance this is proved: in
  polar coordinates with the logarithm of the distance the disc is convex and the density log-concave, so the
  probability is log-concave in the scale's logarithm (Prekopa 1973). For ellipses no counterexample was found
  in 100,000 cases with axis ratios to 1e4 and bodies to 1e3 of either sigma, 120 scales each.
- Where the hard body covers the projected miss (radius >= miss) the supremum is 1, at k = 0.
- A covariance of zero has no shape to scale: a circle is assumed, and k is infinite.
- Over the aspect: any size, any orientation and any aspect ratio (sigma major / minor) up to the limit are
  possible. If sigma_major is fixed and the miss lies along it, a smaller sigma_minor concentrates the density on the
  axis of the miss, about which the disc is symmetric: the probability can only grow, so the limit itself is the worst
  ratio.

In the dilution region (k < 1: the covariance is larger than at the maximum) better tracking *raises* the probability,
so a small value there means "we do not know", not "it is safe".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.probability import kernels
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane, checked, plane_from_components


@dataclass(frozen=True, eq=False)
class MaximumProbability(Rows):
    """m rows: the maximum probability, and the factor k on every standard deviation at which it occurs."""

    value: Array
    scale: Array

    @property
    def dilution(self) -> NDArray[np.bool_]:
        """(m,) whether the actual covariance is larger than at the maximum (k < 1)."""
        return np.asarray(self.scale < 1.0)


def maximum_probability(plane: EncounterPlane, hard_body_radius_km: Array) -> MaximumProbability:
    """Compute the maximum probability of m encounters over the scale of their covariance.

    Parameters
    ----------
    plane : EncounterPlane
        m encounters.
    hard_body_radius_km : (m,), km
        Combined radius, >= 0.

    Returns
    -------
    MaximumProbability
        The value has a relative accuracy of 1e-13, the scale of 1e-9 unless the maximum is almost flat.
    """
    value, scale = np.empty(len(plane)), np.empty(len(plane))
    apply_rows(kernels.maximum.maximum_over_scale, plane, hard_body_radius_km, value, scale)
    return MaximumProbability(value=value, scale=scale)


def small_object_maximum(plane: EncounterPlane, hard_body_radius_km: Array) -> MaximumProbability:
    """Compute the maximum by the closed form for a body far smaller than the miss.

    k^2 = M^2/2 and P = r^2/(e sigma_x sigma_y M^2), where M is the miss in standard deviations. It is exact only in the
    limit of radius/miss going to 0, and is not used by `collision_probability`.

    Parameters
    ----------
    plane : EncounterPlane
        m encounters.
    hard_body_radius_km : (m,), km
        Combined radius.
    """
    squared = plane.mahalanobis_distance**2
    area = plane.sigma_major_km * plane.sigma_minor_km
    covered = np.asarray(hard_body_radius_km) >= plane.miss_distance_km
    safe = np.where(covered, 1.0, area * squared)
    value = np.where(covered, 1.0, np.minimum(1.0, np.asarray(hard_body_radius_km) ** 2 / (np.e * safe)))
    return MaximumProbability(value=value, scale=np.where(covered, 0.0, np.sqrt(0.5 * squared)))


@dataclass(frozen=True, eq=False)
class AspectMaximum(Rows):
    """m rows: the maximum probability, and the standard deviations, km, that give it."""

    value: Array
    sigma_major_km: Array
    sigma_minor_km: Array


def maximum_over_aspect(
    miss_distance_km: ArrayLike, hard_body_radius_km: ArrayLike, *, max_aspect: float = np.inf
) -> AspectMaximum:
    """Compute the maximum probability of m encounters over every covariance of at most a given aspect ratio.

    Parameters
    ----------
    miss_distance_km : (m,), km
        Miss distance, >= 0.
    hard_body_radius_km : (m,), km
        Combined radius, >= 0.
    max_aspect : float
        Largest aspect ratio, >= 1; infinite is allowed.

    Raises
    ------
    InputError
        Where shapes disagree, a length is negative or not finite, or the ratio is below 1.
    """
    miss = checked("miss_distance_km", miss_distance_km, (-1,))
    radius = checked("hard_body_radius_km", hard_body_radius_km, (miss.shape[0],))
    for name, length in (("miss_distance_km", miss), ("hard_body_radius_km", radius)):
        if (length < 0.0).any():
            raise InputError(f"{name}: expected >= 0 km, got {length.min()}")
    if not max_aspect >= 1.0:
        raise InputError(f"max_aspect: expected a ratio of at least 1, got {max_aspect}")
    across = np.stack([miss, np.zeros_like(miss)], axis=-1)
    covariance = np.zeros((miss.shape[0], 2, 2))
    if np.isfinite(max_aspect):
        covariance[:] = np.diag([1.0, max_aspect**-2.0])
        maximum = maximum_probability(plane_from_components(across, covariance), radius)
        return AspectMaximum(maximum.value, maximum.scale, maximum.scale / max_aspect)
    # On the line, Phi((d + R) / s) - Phi((d - R) / s) has its maximum at s^2 = d R / artanh(R / d).
    outside = (radius < miss) & (radius > 0.0)
    ratio = np.where(outside, radius / np.where(outside, miss, 1.0), 0.5)
    sigma = np.where(outside, miss * np.sqrt(ratio / np.arctanh(ratio)), np.where(radius > 0.0, 0.0, miss))
    covariance[:, 0, 0] = sigma**2
    line = replace(plane_from_components(across, covariance), sigma_minor_km=np.zeros_like(sigma))
    covered = (radius >= miss) & (radius > 0.0)
    value = np.where(covered, 1.0, foster(line, radius))
    return AspectMaximum(value, sigma, np.zeros_like(sigma))
