"""The probability against the size of the errors (the dilution curve) and against the size of the hard body.

Source: Alfano (2005), "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronaut. Sci.
53(2), 193-205; the search for the object whose errors dilute follows NASA CARA's practice (each covariance scaled
separately). The curve against the hard-body radius uses the encounter's own method with other radii.

Assumptions
- The assumptions of the encounter plane and of a circular hard body.
- The shape and orientation of the covariance are correct; every standard deviation is multiplied by one factor.
- To the right of the maximum (where a factor below 1 raises the probability) the event is diluted: its small
  probability means "not known", and better tracking would raise it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.encounter_plane import (
    EncounterPlane,
    checked,
    encounter_plane,
    plane_from_components,
)
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.registry import DEFAULT_METHOD, get_method

SIGMA_RANGE = (0.5, 2.0)
"""Factors on every sigma between which the true error of a modelled covariance plausibly lies."""
SCALES = np.geomspace(1e-2, 1e2, 201)
_OWN_SCALES = np.concatenate([[0.0], np.geomspace(1e-3, 1.0, 61)[:-1]])
# Below this relative gain the other object's covariance dominates, and the event does not count as diluted.
_GAIN = 1e-3


@dataclass(frozen=True, eq=False)
class DilutionCurve:
    """m encounters.

    | column        | dtype   | shape  | meaning                                                     |
    |---------------|---------|--------|-------------------------------------------------------------|
    | scale         | float64 | (n,)   | factors on every standard deviation                         |
    | probability   | float64 | (m, n) | at these factors                                            |
    | value         | float64 | (m,)   | at factor 1: the event itself                               |
    | maximum       | float64 | (m,)   | maximum over all factors, exact, not only over `scale`      |
    | maximum_scale | float64 | (m,)   | the factor of that maximum                                  |
    """

    scale: Array
    probability: Array
    value: Array
    maximum: Array
    maximum_scale: Array

    @property
    def dilution(self) -> NDArray[np.bool_]:
        """(m,) whether the event lies right of its maximum."""
        return np.asarray(self.maximum_scale < 1.0)


@dataclass(frozen=True, eq=False)
class ObjectDilution(Rows):
    """m rows: whether a smaller covariance of only one object would raise the probability, and to what value."""

    primary: NDArray[np.bool_]
    secondary: NDArray[np.bool_]
    primary_maximum: Array
    secondary_maximum: Array


def dilution_curve(plane: EncounterPlane, hard_body_radius_km: Array, scale: Array = SCALES) -> DilutionCurve:
    """Compute the dilution curves of m encounters.

    Parameters
    ----------
    plane : EncounterPlane
        m encounters.
    hard_body_radius_km : (m,), km
        Combined radius, >= 0.
    scale : (n,)
        Factors of the standard deviations, > 0.

    Raises
    ------
    InputError
        For a factor that is not positive and finite.
    """
    factors = checked("scale", scale, (-1,))
    if (factors <= 0.0).any():
        raise InputError(f"scale: expected positive factors, got {factors.min()}")
    radius = np.broadcast_to(np.asarray(hard_body_radius_km, dtype=np.float64), len(plane))
    covariance = factors[None, :, None, None] ** 2 * plane.covariance_km2[:, None]
    maximum = maximum_probability(plane, radius)
    return DilutionCurve(
        scale=factors,
        probability=_on_grid(plane.miss_km, covariance, radius),
        value=foster(plane, radius),
        maximum=maximum.value,
        maximum_scale=maximum.scale,
    )


def dilution_by_object(
    relative_position_km: Array,
    relative_velocity_km_s: Array,
    covariance_primary_km2: Array,
    covariance_secondary_km2: Array,
    hard_body_radius_km: Array,
) -> ObjectDilution:
    """Find the object whose errors dilute each of m encounters.

    Each object's standard deviations are multiplied separately by 61 factors from 0 to 1.

    Parameters
    ----------
    relative_position_km, relative_velocity_km_s : (m, 3), km and km/s
        Secondary minus primary at one instant near closest approach.
    covariance_primary_km2, covariance_secondary_km2 : (m, 3, 3), km^2
        Position covariances, in the frame of the relative state, as in `collision_probability`.
    hard_body_radius_km : (m,), km
        Combined radius.

    Raises
    ------
    InputError
        Where shapes disagree, a number is not finite or a relative velocity is zero.
    """
    planes = [
        encounter_plane(
            relative_position_km, relative_velocity_km_s, np.asarray(covariance, dtype=np.float64)
        )
        for covariance in (covariance_primary_km2, covariance_secondary_km2)
    ]
    if planes[0].no_relative_velocity.any():
        raise InputError("relative_velocity_km_s: expected a relative velocity, got a standstill")
    radius = checked("hard_body_radius_km", hard_body_radius_km, (len(planes[0]),))
    own = [plane.covariance_km2 for plane in planes]
    here = foster(plane_from_components(planes[0].miss_km, own[0] + own[1]), radius)
    maxima = []
    for scaled, kept in ((own[0], own[1]), (own[1], own[0])):
        covariance = _OWN_SCALES[None, :, None, None] ** 2 * scaled[:, None] + kept[:, None]
        maxima.append(np.maximum(_on_grid(planes[0].miss_km, covariance, radius).max(axis=1), here))
    gained = [maximum > here * (1.0 + _GAIN) for maximum in maxima]
    return ObjectDilution(gained[0], gained[1], maxima[0], maxima[1])


def _on_grid(miss_km: Array, covariance_km2: Array, radius_km: Array) -> Array:
    """(m, n) probabilities: misses (m, 2), covariances (m, n, 2, 2), radii (m,)."""
    m, n = covariance_km2.shape[:2]
    plane = plane_from_components(np.repeat(miss_km, n, axis=0), covariance_km2.reshape(m * n, 2, 2))
    return foster(plane, np.repeat(radius_km, n)).reshape(m, n)


def probability_by_radius(
    plane: EncounterPlane, hard_body_radius_km: Array, *, method: str = DEFAULT_METHOD
) -> Array:
    """Compute the probability of one encounter for each of k combined radii.

    Parameters
    ----------
    plane : EncounterPlane
        The encounter, one row.
    hard_body_radius_km : (k,), km
        Combined radii, >= 0.
    method : str
        Name of a method of the encounter plane.

    Returns
    -------
    (k,) probabilities.

    Raises
    ------
    InputError
        Unless the plane has one row, or if a radius is negative or not finite, or the method is unknown.
    """
    if len(plane) != 1:
        raise InputError(f"plane: expected one encounter, got {len(plane)}")
    radius = checked("hard_body_radius_km", hard_body_radius_km, (-1,))
    if (radius < 0.0).any():
        raise InputError(f"hard_body_radius_km: expected >= 0 km, got {radius.min()}")
    return get_method(method)(plane[np.zeros(radius.shape[0], dtype=np.intp)], radius)
