"""The duration of a conjunction: the time bounds that contain all but a given fraction of its probability.

Source: Coppola (2012), "Evaluating the Short Encounter Assumption of the Probability of Collision Formula",
AAS 12-248.

The bounds. Let x run along the relative velocity, of magnitude v, and y, z across it; let C be the covariance of
the relative position, b = C_x,yz C_yz^-1 its regression of x on y, z, and s^2 = C_xx - b C_yz,x the residual variance.
The secondary enters the hard body's sphere of radius R through a point (x, y, z) of its near half, x <= 0, at
the time t with v t = x - b.(y, z) + b.m + s xi, m the miss across and xi standard normal. On that half
x - b.(y, z) lies between -R sqrt(1 + b.b) and R sqrt(b.b). So all but a fraction gamma of the entries lie between

    tau0 = ( b.m - R sqrt(1 + b.b) - sqrt(2) s erfcinv(gamma) ) / v
    tau1 = ( b.m + R sqrt(b.b)     + sqrt(2) s erfcinv(gamma) ) / v,   counted from closest approach.

Assumptions
- Straight motion at constant velocity, constant covariance, independent errors; states
  anywhere near closest approach (the times are counted from the given states' instant).
- Without relative velocity the bounds are infinite.

`short_passage.short_encounter` decides whether the passage is short enough for the encounter plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.probability.encounter_plane import STANDSTILL_KM_S, encounter_plane
from debrissim.probability.state_pair import StatePair, radii_km

DEFAULT_GAMMA = 1e-16


@dataclass(frozen=True, eq=False)
class ConjunctionDuration(Rows):
    """m encounters' time bounds, s from the instant of the states.

    begin_s, end_s: (m,) Coppola's bounds (infinite at standstill); closest_s: (m,) closest approach of the
    straight paths.
    """

    begin_s: Array
    end_s: Array
    closest_s: Array

    @property
    def duration_s(self) -> Array:
        """(m,) s, end minus begin."""
        return np.asarray(self.end_s - self.begin_s)


def conjunction_duration(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, gamma: float = DEFAULT_GAMMA
) -> ConjunctionDuration:
    """Compute Coppola's bounds, outside which less than the fraction gamma of the probability accrues.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    gamma : float
        The fraction, between 0 and 1.

    Raises
    ------
    InputError
        For a bad radius or a gamma outside (0, 1).
    """
    if not 0.0 < gamma < 1.0:
        raise InputError(f"gamma: expected a fraction between 0 and 1, got {gamma}")
    m = len(pair)
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, m)
    relative = pair.relative_state
    covariance = pair.relative_covariance[:, :3, :3]
    plane = encounter_plane(relative[:, :3], relative[:, 3:], covariance)
    speed = plane.relative_speed_km_s
    moving = speed > STANDSTILL_KM_S
    sight = np.cross(plane.basis[:, 0], plane.basis[:, 1])
    mixed = np.einsum("mai,mij,mj->ma", plane.basis, covariance, sight)
    # Regression in the principal axes of the plane, whose variances are clipped to be positive.
    principal = np.einsum("mab,mb->ma", plane.principal_axes, mixed)
    variance = np.stack([plane.sigma_major_km, plane.sigma_minor_km], axis=-1) ** 2
    slope = np.divide(principal, variance, out=np.zeros_like(principal), where=variance > 0.0)
    rest = np.maximum(plane.sigma_along_km**2 - np.einsum("ma,ma->m", slope, principal), 0.0)
    middle = np.einsum("ma,ma->m", slope, plane.miss_principal_km)
    steepness = np.einsum("ma,ma->m", slope, slope)
    spread = np.sqrt(2.0 * rest) * float(scipy.special.erfcinv(gamma))
    before = radius * np.sqrt(1.0 + steepness) + spread
    after = radius * np.sqrt(steepness) + spread
    bottom = np.where(moving, speed, 1.0)
    closest = np.where(moving, -np.einsum("mi,mi->m", sight, relative[:, :3]) / bottom, 0.0)
    return ConjunctionDuration(
        begin_s=np.where(moving, closest + (middle - before) / bottom, -np.inf),
        end_s=np.where(moving, closest + (middle + after) / bottom, np.inf),
        closest_s=closest,
    )
