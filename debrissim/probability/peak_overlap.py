"""The orbits of peak overlap: the most probable pair of orbits that meet at an instant, and the linearization about
them.

Source: Hall (2021), "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58(3),
715-728.

At each instant, the two orbits of maximum joint likelihood that meet in position are sought; the elements are
linearized in position and velocity about these orbits, not about the mean orbits. With E the elements' means, P their
covariances, J the partials of position at the orbits E' of the last iteration and A = J1 P1 J1^T + J2 P2 J2^T,

    d   = r2(E2') + J2 (E2 - E2') - r1(E1') - J1 (E1 - E1')
    E1' = E1 + P1 J1^T A^-1 d,    E2' = E2 - P2 J2^T A^-1 d.

Assumptions
- Two-body motion; each object's equinoctial elements are Gaussian, and the two objects are independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim import propagation
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.probability.ball import Linearization, RelativeGaussian
from debrissim.probability.state_pair import StatePair

_ITERATIONS = 60
# The two orbits count as meeting when their distance is this fraction of its standard deviation.
_MET = 1e-6


@dataclass(frozen=True, eq=False)
class ElementPair:
    """m encounters in elements: each object's mean orbit and the covariance (m, 6, 6) of its elements."""

    primary: propagation.EquinoctialOrbits
    secondary: propagation.EquinoctialOrbits
    primary_covariance: Array
    secondary_covariance: Array


def element_pair(pair: StatePair, *, mu_km3_s2: float = WGS84_MU_KM3_S2) -> ElementPair:
    """Equinoctial elements of m encounters; InputError where an orbit is not an ellipse."""
    primary = propagation.equinoctial(pair.primary_state, mu_km3_s2=mu_km3_s2)
    secondary = propagation.equinoctial(pair.secondary_state, mu_km3_s2=mu_km3_s2)
    return ElementPair(
        primary,
        secondary,
        propagation.element_covariance(primary, pair.primary_covariance),
        propagation.element_covariance(secondary, pair.secondary_covariance),
    )


def peak_overlap(elements: ElementPair, *, iterations: int = _ITERATIONS) -> Linearization:
    """The linearization about the orbits of peak overlap, for `collision_rate`'s integrals."""

    def linearize(rows: NDArray[np.intp], times: Array) -> RelativeGaussian:
        return overlap_orbits(elements, rows, times, iterations=iterations).relative

    return linearize


@dataclass(frozen=True, eq=False)
class OverlapOrbits:
    """k instants: the relative state about the orbits of peak overlap, and their elements (k, 6)."""

    relative: RelativeGaussian
    primary: Array
    secondary: Array


def overlap_orbits(
    elements: ElementPair, rows: NDArray[np.intp], times: Array, *, iterations: int = _ITERATIONS
) -> OverlapOrbits:
    """Find the orbits of peak overlap of the encounters `rows` (k,) at times (k,) s."""
    first, second = elements.primary[rows], elements.secondary[rows]
    cov1, cov2 = elements.primary_covariance[rows], elements.secondary_covariance[rows]
    at1, at2 = first.elements.copy(), second.elements.copy()
    k = rows.size
    mean, covariance = np.empty((k, 6)), np.empty((k, 6, 6))
    linearized = np.zeros(k, dtype=bool)
    left = np.arange(k)
    for iteration in range(iterations):
        near = _linear(first, cov1, at1, left, times)
        far = _linear(second, cov2, at2, left, times)
        local_mean, local_covariance = far[0] - near[0], near[1] + far[1]
        if iteration == 0:
            mean[:], covariance[:] = local_mean, local_covariance
        values, vectors = np.linalg.eigh(local_covariance[:, :3, :3])
        values = np.maximum(values, 1e-15 * values[:, -1:])
        usable = values[:, -1] > 0.0
        values = np.where(usable[:, None], values, 1.0)
        gap = np.einsum("kij,ki->kj", vectors, far[2] - near[2])
        met = np.sqrt((gap**2 / values).sum(axis=-1)) < _MET
        weight = np.einsum("kij,ki->kj", vectors, local_mean[:, :3]) / values
        pull = np.einsum("kij,kj->ki", vectors, weight)
        next1 = first.elements[left] + np.einsum("kij,klj,kl->ki", cov1[left], near[3], pull)
        next2 = second.elements[left] - np.einsum("kij,klj,kl->ki", cov2[left], far[3], pull)
        sound = usable & _is_orbit(next1) & _is_orbit(next2)
        done = met | ~usable
        settled = left[done]
        mean[settled], covariance[settled] = local_mean[done], local_covariance[done]
        linearized[settled] = True
        going = ~done & sound
        left = left[going]
        if left.size == 0:
            break
        at1[left], at2[left] = next1[going], next2[going]
    return OverlapOrbits(RelativeGaussian(mean, covariance, linearized), at1, at2)


def _linear(
    orbits: propagation.EquinoctialOrbits,
    covariance: Array,
    at: Array,
    chosen: NDArray[np.intp],
    times: Array,
) -> tuple[Array, Array, Array, Array]:
    """Linearized mean state and covariance about elements `at`, the position there, and its partials."""
    here = propagation.EquinoctialOrbits(at[chosen], orbits.sense[chosen], orbits.mu_km3_s2)
    state, partials = here.states_and_partials(times[chosen])
    mean = state + np.einsum("kij,kj->ki", partials, orbits.elements[chosen] - at[chosen])
    spread = partials @ covariance[chosen] @ np.swapaxes(partials, -1, -2)
    return mean, spread, state[:, :3], partials[:, :3]


def _is_orbit(elements: Array) -> NDArray[np.bool_]:
    e = np.hypot(elements[:, 1], elements[:, 2])
    return np.asarray((elements[:, 0] > 0.0) & (e < 1.0) & np.isfinite(elements).all(axis=-1))
