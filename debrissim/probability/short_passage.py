"""Whether a passage is short and straight enough for the encounter plane.

Sources: Coppola (2012), AAS 12-248, for the duration; Hall (2019), AAS 19-632, for its limit; the measure of curvature
is our own.

A straight-line method places the meeting where the errors of both objects make it most probable: orbit E1 is shifted by
P1 J1^T l and orbit E2 by -P2 J2^T l, where l = A^-1 d, d is the relative position and A its covariance. If the motion
were straight, the shifted orbits would meet there. In fact they miss by eps, and the exponent of the density (half the
squared Mahalanobis distance) is wrong by about l.eps: a factor of exp(-l.eps) in the probability. Where that
first-order term happens to be small, the density in the plane about the orbits of peak overlap (`peak_overlap`), at the
time of the straight meeting, still shows the difference.

Assumptions
- Elliptic orbits; two-body motion; the errors of both objects independent and Gaussian in equinoctial elements.
- The curvature is taken at the closest approach of the straight paths, to first order. It shows whether the plane can
  be trusted, not how large the probability is: where `curved` is set, the true value may be larger or smaller by many
  orders of magnitude.
- Limits: a duration of 2 % of the shorter period, an error of 0.1 in the exponent (a tenth of the probability).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.rows import Rows
from debrissim.probability.ball import RelativeGaussian
from debrissim.probability.collision import EXTENDED_FRACTION, SHORTEST_PERIOD_S
from debrissim.probability.duration import ConjunctionDuration, conjunction_duration
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.peak_overlap import ElementPair, element_pair, peak_overlap
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.two_body import EquinoctialOrbits

CURVED_EXPONENT = 0.1
# Enough iterations to find the orbits of peak overlap to a few per cent of the density.
_ITERATIONS = 8


@dataclass(frozen=True, eq=False)
class ShortEncounterCheck(Rows):
    """m encounters. duration: Coppola's bounds; period_fraction: (m,) duration over the shorter period (infinite at
    standstill); curvature: (m,) the error of straight motion in the exponent of the density; density_change: (m,) the
    logarithm of the density at the hard body about the orbits of peak overlap, minus its value for straight motion.
    """

    duration: ConjunctionDuration
    period_fraction: Array
    curvature: Array
    density_change: Array

    @property
    def extended(self) -> NDArray[np.bool_]:
        """(m,) whether the passage takes more than 2 % of the shorter period."""
        return np.asarray(self.period_fraction > EXTENDED_FRACTION)

    @property
    def curved(self) -> NDArray[np.bool_]:
        """(m,) whether straight motion changes the exponent by more than 0.1."""
        return np.asarray(~(np.abs(self.curvature) <= CURVED_EXPONENT))

    @property
    def suspect(self) -> NDArray[np.bool_]:
        """(m,) whether either measure of curvature exceeds 0.1. The density is taken at one instant, so the plane may
        still hold where only the density exceeds the limit: for a choice that errs on the safe side.
        """
        return np.asarray(self.curved | ~(np.abs(self.density_change) <= CURVED_EXPONENT))

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(m,) whether the short-encounter assumption holds: neither extended nor curved."""
        return np.asarray(~self.extended & ~self.curved)


def short_encounter(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, mu_km3_s2: float = WGS84_MU_KM3_S2
) -> ShortEncounterCheck:
    """Check whether the passages of m encounters are short and straight enough for the encounter plane.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    mu_km3_s2 : float, km^3/s^2
        Gravitational parameter of the two-body motion.

    Raises
    ------
    InputError
        For a bad radius, or an orbit that is not an ellipse.
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
        period_fraction=duration.duration_s / period,
        curvature=np.where(sound, curvature, np.inf),
        density_change=_density_change(elements, period),
    )


def shorter_period_s(pair: StatePair) -> Array:
    """(m,) s, the shorter of the two periods; an orbit that is not bound is treated as the shortest possible."""
    periods = [_period_s(state) for state in (pair.primary_state, pair.secondary_state)]
    return np.minimum(*periods)


def _period_s(state: Array) -> Array:
    distance = np.maximum(np.linalg.norm(state[:, :3], axis=1), 1e-3)
    inverse = 2.0 / distance - np.einsum("mi,mi->m", state[:, 3:], state[:, 3:]) / WGS84_MU_KM3_S2
    axis = 1.0 / np.where(inverse > 0.0, inverse, 1.0)
    period = 2.0 * np.pi * np.sqrt(axis**3 / WGS84_MU_KM3_S2)
    return np.where(inverse > 0.0, period, SHORTEST_PERIOD_S)


def _density_change(elements: ElementPair, period_s: Array) -> Array:
    """(m,) the column `density_change`; NaN at standstill."""
    rows = np.arange(len(period_s))
    straight, passage = _log_density(peak_overlap(elements, iterations=1)(rows, np.zeros(rows.size)))
    times = np.clip(passage, -0.5 * period_s, 0.5 * period_s)
    curved, _ = _log_density(peak_overlap(elements, iterations=_ITERATIONS)(rows, times))
    with np.errstate(invalid="ignore"):
        return np.asarray(curved - straight)


def _log_density(state: RelativeGaussian) -> tuple[Array, Array]:
    """(m,) the logarithm of the density of a zero miss, without constants, and (m,) s, the time of the meeting."""
    covariance = 0.5 * (state.covariance + np.swapaxes(state.covariance, -1, -2))[:, :3, :3]
    plane = encounter_plane(state.mean[:, :3], state.mean[:, 3:], covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.log(plane.sigma_major_km) + np.log(plane.sigma_minor_km)
        return np.asarray(-0.5 * plane.mahalanobis_distance**2 - spread), plane.passage_time_s
