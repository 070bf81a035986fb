"""Whether the encounter plane may be trusted: is the passage short, and are its orbits straight?

Sources: Coppola (2012), AAS 12-248, the duration; Hall (2019), "Implementation Recommendations and Usage
Boundaries for the Two-Dimensional Probability of Collision Calculation", AAS 19-632, the duration as a share
of the period; the measure of curvature is ours.

A straight-line method places the meeting where both objects' errors make it likeliest: orbit E1 moved by
P1 J1^T l, orbit E2 by -P2 J2^T l, with l = A^-1 d, d the relative position, A its covariance. Were the motion
straight the moved orbits would meet there. In truth they miss by eps, and the exponent of the density
(half the squared Mahalanobis distance) is wrong by about l.eps: a factor exp(-l.eps) of the probability.

Assumptions
- Elliptic orbits; two-body motion; the errors of both objects independent and Gaussian in equinoctial elements.
- Taken at the closest approach of the straight paths, to first order. It says whether the plane can be
  trusted, not what the probability is: with `curved` the true value may be larger or smaller by many orders.
- Limits: a duration of 2 % of the shorter period, an exponent wrong by 0.1 (a tenth of the probability).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.probability.duration import ConjunctionDuration, conjunction_duration
from debrissim.probability.hall import element_pair
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.two_body import EARTH_MU_KM3_S2, EquinoctialOrbits

Array = NDArray[np.float64]

EXTENDED_SHARE = 0.02
CURVED_EXPONENT = 0.1


@dataclass(frozen=True, eq=False)
class ShortEncounterCheck:
    """m encounters. duration: Coppola's bounds; period_share: (m,) duration over the shorter period (infinite at
    standstill); curvature: (m,) by how much straight motion misjudges the exponent of the density.
    """

    duration: ConjunctionDuration
    period_share: Array
    curvature: Array

    @property
    def extended(self) -> NDArray[np.bool_]:
        """(m,) whether the passage takes more than 2 % of the shorter period."""
        return np.asarray(self.period_share > EXTENDED_SHARE)

    @property
    def curved(self) -> NDArray[np.bool_]:
        """(m,) whether straight motion changes the exponent by more than 0.1."""
        return np.asarray(~(np.abs(self.curvature) <= CURVED_EXPONENT))

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(m,) whether the short-encounter assumption holds: neither extended nor curved."""
        return np.asarray(~self.extended & ~self.curved)


def short_encounter(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, mu_km3_s2: float = EARTH_MU_KM3_S2
) -> ShortEncounterCheck:
    """The check of m encounters; hard_body_radius_km: combined, km, >= 0, scalar or (m,).

    Raises InputError for a bad radius, or an orbit that is not an ellipse.
    """
    pair, _ = pair.remediated()
    duration = conjunction_duration(pair, hard_body_radius_km)
    elements = element_pair(pair, mu_km3_s2=mu_km3_s2)
    period = np.minimum(elements.primary.period_s, elements.secondary.period_s)
    times = np.clip(duration.closest_s, -0.5 * period, 0.5 * period)
    states, partials, covariance = [], [], np.zeros((len(pair), 3, 3))
    sides = (
        (elements.primary, elements.primary_covariance),
        (elements.secondary, elements.secondary_covariance),
    )
    for orbits, spread in sides:
        state, by_elements = orbits.states_and_partials(times)
        states.append(state[:, :3])
        partials.append(by_elements[:, :3])
        covariance += by_elements[:, :3] @ spread @ np.swapaxes(by_elements[:, :3], -1, -2)
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, 1e-15 * values[:, -1:])
    gap = np.einsum("mij,mi->mj", vectors, states[1] - states[0])
    weight = np.divide(gap, values, out=np.zeros_like(gap), where=values > 0.0)
    pull = np.einsum("mij,mj->mi", vectors, weight)
    positions = []
    sound = np.ones(len(pair), dtype=bool)
    for sign, (orbits, spread), by_elements in zip((1.0, -1.0), sides, partials, strict=True):
        moved = orbits.elements + sign * np.einsum("mij,mlj,ml->mi", spread, by_elements, pull)
        fine = (moved[:, 0] > 0.0) & (np.hypot(moved[:, 1], moved[:, 2]) < 1.0)
        sound &= fine
        moved = np.where(fine[:, None], moved, orbits.elements)
        positions.append(EquinoctialOrbits(moved, orbits.sense, mu_km3_s2).states(times)[:, :3])
    curvature = np.einsum("mi,mi->m", pull, positions[1] - positions[0])
    return ShortEncounterCheck(
        duration=duration,
        period_share=duration.duration_s / period,
        curvature=np.where(sound, curvature, np.inf),
    )
