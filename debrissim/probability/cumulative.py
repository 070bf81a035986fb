"""How the probability of a short encounter accumulates while the objects pass each other.

Source: the separation of Foster & Estes (1992), NASA JSC-25898: the integral over the plane decides whether they hit,
and the distribution along the relative velocity gives the time of the hit. Conditioning on a hit follows the
multivariate normal distribution (Anderson 2003, "An Introduction to Multivariate Statistical Analysis", theorem 2.5.1).

Assumptions
- The assumptions of the encounter plane: straight relative motion, constant Gaussian covariance, known velocity.
- A hit occurs when the centre of the hard body is passed; the body is crossed in milliseconds.
- The hard body is small compared with the plane's standard deviations, or its errors along the velocity do not
  correlate with those across it: the time is taken for a hit on its centre.
- For slow or extended encounters neither assumption holds: Coppola's rate (2012, AAS 12-248) is needed there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.probability.encounter_plane import EncounterPlane, checked


@dataclass(frozen=True, eq=False)
class HitTime:
    """The time of a hit if there is one: normal with mean_s, sigma_s, both (m,), s from the states' instant.

    Where there is no relative velocity mean_s is 0 and sigma_s infinite: no time is more likely than another.
    """

    mean_s: Array
    sigma_s: Array


def along_covariance_km2(plane: EncounterPlane, covariance_km2: Array) -> Array:
    """(m, 3) km^2: the part of the combined covariance (m, 3, 3) that the plane leaves out.

    Columns: covariance of x with z, of y with z, variance of z; z along the relative velocity of the
    secondary, x and y the plane's. Raises InputError where shapes disagree or a number is not finite.
    """
    covariance = checked("covariance_km2", covariance_km2, (len(plane), 3, 3))
    sight = np.cross(plane.basis[:, 0], plane.basis[:, 1])
    across = np.einsum("mij,mjk,mk->mi", plane.basis, covariance, sight)
    along = np.einsum("mi,mij,mj->m", sight, covariance, sight)
    return np.concatenate([across, along[:, None]], axis=1)


def hit_time(plane: EncounterPlane, along_km2: Array, along_km: ArrayLike = 0.0) -> HitTime:
    """The distribution of the time of a hit in m encounters.

    along_km2: (m, 3) km^2 as `along_covariance_km2`; along_km: predicted relative position along the relative
    velocity at the states' instant, km, scalar or (m,); 0 at TCA. Raises InputError where shapes disagree or a
    number is not finite.
    """
    along = checked("along_km2", along_km2, (len(plane), 3))
    # In the principal axes of the plane, inversion is a division; a direction without error carries no information.
    across = np.einsum("mij,mj->mi", plane.principal_axes, along[:, :2])
    sigma = np.stack([plane.sigma_major_km, plane.sigma_minor_km], axis=1)
    known = sigma > 0.0
    slope = np.divide(across, sigma, out=np.zeros_like(across), where=known)
    reach = np.divide(plane.miss_principal_km, sigma, out=np.zeros_like(across), where=known)
    shift = -np.sum(slope * reach, axis=1)
    left = np.sqrt(np.maximum(along[:, 2] - np.sum(slope * slope, axis=1), 0.0))
    moving = ~plane.no_relative_velocity
    speed = np.where(moving, plane.relative_speed_km_s, 1.0)
    return HitTime(
        mean_s=np.where(moving, -(shift + np.asarray(along_km)) / speed, 0.0),
        sigma_s=np.where(moving, left / speed, np.inf),
    )


def cumulative_through_encounter(probability: ArrayLike, when: HitTime, time_s: ArrayLike) -> Array:
    """(m, k) probability of a hit up to the times.

    probability: (m,) of the whole encounter; when: its `hit_time`; time_s: (k,) or (m, k) s from the states'
    instant. Without relative velocity the result is the whole value at any time, because the value is a bound at every
    moment.
    """
    whole = np.asarray(probability, dtype=np.float64)[:, None]
    late = np.atleast_2d(np.asarray(time_s, dtype=np.float64)) - when.mean_s[:, None]
    sigma = when.sigma_s[:, None]
    moving = np.isfinite(sigma)
    spread = np.where(moving & (sigma > 0.0), sigma, 1.0)
    fraction = np.where(sigma > 0.0, scipy.special.ndtr(late / spread), late >= 0.0)
    return np.asarray(whole * np.where(moving, fraction, 1.0))
