"""Goals of an avoidance manoeuvre, and burns that meet them only by dilution.

Sources: the dilution region of Alfano (2005), "Relating Position Uncertainty to Maximum Conjunction Probability", J.
Astronaut. Sci. 53(2), 193-205; that a small probability from large errors is not safety is NASA CARA's practice
(Hejduk, Snow & Newman 2019, AAS 19-612, not seen in print). The definition below is our own.

Definition
- E is the covariance that the execution error of a burn adds, C the sum of all others, and P(s) the probability of
  collision with C + s^2 E: s = 0 is a burn that is executed exactly, s = 1 the burn as expected. As s grows, P rises to
  a maximum and falls again: on the falling side, larger errors make the probability smaller.
- A burn is *diluted* with respect to a limit p if P(1) < p, and P(s) > p for some s in [0, 1]: if the burn were
  executed more precisely, the probability would be above the limit. The limits are the goal and the probability without
  a burn.
- It is also diluted if its probability is more than 1 % lower than without a burn, would rise if all errors shrank
  (`probability.maximum`), and the miss in units of the errors without E is not larger than without a burn.
- A burn without an execution error, whose miss in units of the errors is larger than without a burn, is never diluted,
  however large C is: it does move the spacecraft away. Whether the event itself lies in the dilution region is a
  property of the event, and is reported with it.

P(s) is computed in the encounter plane. Where the probability is computed along the orbits, it is computed at s = 0 and
s = 1, and the ratio of the maximum in the plane to the larger end is applied to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Mask
from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.auto import AutoProbability
from debrissim.probability.encounter_plane import plane_from_components

DEFAULT_PROBABILITY = 1e-6
# Factors on the standard deviations of the execution error. Between two of them the maximum may be higher by 2.5 %, so
# it is searched for on a finer grid, which leaves 0.1 %.
_FACTORS = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 41)])
_FINE = np.linspace(0.0, 1.0, 17)
# A smaller decrease is treated as unchanged: the geometry of the encounter rotates slightly with the burn.
_LOWER = 0.01


@dataclass(frozen=True)
class Goals:
    """Goals of a burn.

    probability: upper limit of the collision probability, with the execution error and without; miss_km: lower limit of
    the distance at the closest approach, None for the distance without a burn.

    Raises InputError, naming the field, unless 0 < probability < 1 and miss_km is 0 or more.
    """

    probability: float = DEFAULT_PROBABILITY
    miss_km: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.probability < 1.0:
            raise InputError(f"probability: expected a goal between 0 and 1, got {self.probability!r}")
        if self.miss_km is not None and not 0.0 <= self.miss_km < np.inf:
            raise InputError(f"miss_km: expected a distance of 0 km or more, got {self.miss_km!r}")


def diluted_burns(
    exact: AutoProbability, expected: AutoProbability, without_burn: AutoProbability, goal: float
) -> Mask:
    """Find the burns that are diluted, by the definition of this module.

    Parameters
    ----------
    exact, expected : AutoProbability
        k encounters after burns, without the execution error and with it.
    without_burn : AutoProbability
        The encounter without a burn, one row.
    goal : float
        The goal of the probability.

    Returns
    -------
    (k,) bool; False where a probability is NaN.
    """
    highest = highest_probability(exact, expected)
    value, before = expected.value, float(without_burn.value[0])
    nearer = exact.plane.plane.mahalanobis_distance <= without_burn.plane.plane.mahalanobis_distance[0]
    with np.errstate(invalid="ignore"):
        by_goal = (value <= goal) & (highest > goal)
        by_event = (value < before * (1.0 - _LOWER)) & (highest >= before)
        by_all = (value < before * (1.0 - _LOWER)) & expected.plane.dilution & nearer
    return np.asarray(by_goal | by_event | by_all)


def highest_probability(exact: AutoProbability, expected: AutoProbability) -> Array:
    """(k,) the maximum of P(s) over s in [0, 1]; NaN where a probability is NaN."""
    m = len(exact.value)
    curve = _curve(exact, expected, np.broadcast_to(_FACTORS, (m, _FACTORS.size)))
    ends = np.maximum(curve[:, 0], curve[:, -1])
    best = np.argmax(curve, axis=1)
    low, high = _FACTORS[np.maximum(best - 1, 0)], _FACTORS[np.minimum(best + 1, _FACTORS.size - 1)]
    fine = _curve(exact, expected, low[:, None] + (high - low)[:, None] * _FINE)
    top = np.maximum(curve.max(axis=1), fine.max(axis=1))
    larger = np.maximum(exact.value, expected.value)
    gain = np.divide(top, ends, out=np.ones(m), where=ends > 0.0)
    # Where both ends underflow, only the maximum itself is known.
    return np.asarray(np.where(ends > 0.0, larger * gain, np.maximum(larger, top)))


def _curve(exact: AutoProbability, expected: AutoProbability, factors: Array) -> Array:
    """P(s) in the plane, (m, n), for factors s (m, n)."""
    plane = exact.plane.plane
    added = expected.plane.plane.covariance_km2 - plane.covariance_km2
    covariance = plane.covariance_km2[:, None] + factors[:, :, None, None] ** 2 * added[:, None]
    n = factors.shape[1]
    radius_km = np.repeat(exact.probability.hard_body_radius_m / 1000.0, n)
    miss = np.repeat(plane.miss_km, n, axis=0)
    return foster(plane_from_components(miss, covariance.reshape(-1, 2, 2)), radius_km).reshape(factors.shape)
