"""Two-body motion in equinoctial elements: conversion, propagation, partial derivatives.

Source: Broucke & Cefola (1972), "On the Equinoctial Orbit Elements", Celestial Mechanics 5, 303-310; the set
with mean motion and mean longitude is that of Vallado & Alfano (2015), "Updated Analytical Partials for
Covariance Transformations and Optimization", AAS 15-537. The partials are differentiated here and checked
against differences (tests/unit/propagation/test_two_body.py).

Assumptions
- A point-mass Earth and no other forces. Over the minutes or hours of an encounter, perturbations common to both
  objects cancel in their relative motion; over days they do not.
- Elliptic orbits, 0 <= e < 1, that do not pass the Earth's centre.
- Elements (n, af, ag, chi, psi, lambda), rad/s and rad: n mean motion; af, ag = e cos, e sin of (argument of
  perigee + I node); chi, psi = tan(i/2)^I times sin, cos of the node; lambda = mean anomaly + argument of
  perigee + I node. The sense I is +1, and -1 beyond 170 degrees of inclination, where chi and psi grow
  without bound.

Reason for these elements: two-body motion changes only lambda, and changes it linearly, so a Gaussian distribution of
the elements stays Gaussian for days, while its image in position bends into a banana that is not Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.propagation import kernels

# Cosine of the inclination below which the retrograde set is used.
_RETROGRADE = -0.985


@dataclass(frozen=True, eq=False)
class EquinoctialOrbits(Rows):
    """m orbits at their common time zero.

    elements: (m, 6) n rad/s, af, ag, chi, psi, lambda rad; sense: (m,) +1 or -1; mu_km3_s2: of the centre.
    """

    elements: Array
    sense: Array
    mu_km3_s2: float = WGS84_MU_KM3_S2

    @property
    def period_s(self) -> Array:
        """(m,) s, the orbital periods."""
        return np.asarray(2.0 * np.pi / self.elements[:, 0])

    def states(self, times_s: ArrayLike = 0.0) -> Array:
        """(m, 6) km, km/s after times_s, scalar or (m,) s."""
        times, out = self._times(times_s), np.empty((len(self), 6))
        kernels.two_body.states(np.ascontiguousarray(self.elements), times, self.sense, self.mu_km3_s2, out)
        return out

    def states_and_partials(self, times_s: ArrayLike = 0.0) -> tuple[Array, Array]:
        """The states (m, 6) after times_s, and their partials (m, 6, 6) by the elements at time zero."""
        times, out, partials = self._times(times_s), np.empty((len(self), 6)), np.empty((len(self), 6, 6))
        elements = np.ascontiguousarray(self.elements)
        kernels.two_body.states_and_partials(elements, times, self.sense, self.mu_km3_s2, out, partials)
        return out, partials

    def _times(self, times_s: ArrayLike) -> Array:
        times = np.asarray(times_s, dtype=np.float64)
        # A copy, because the kernels would be compiled again for a read-only argument.
        return np.array(np.broadcast_to(times, (len(self),)))


def is_bound(state: Array, *, mu_km3_s2: float = WGS84_MU_KM3_S2) -> NDArray[np.bool_]:
    """Test which states are on elliptic orbits that have a plane.

    Parameters
    ----------
    state : Array, shape (m, 6)
        Inertial states in km, km/s.
    mu_km3_s2 : float
        Gravity constant of the centre in km^3/s^2.

    Returns
    -------
    Mask, shape (m,)
        True where the state is on such an orbit.
    """
    radius = np.linalg.norm(state[:, :3], axis=-1)
    square = np.einsum("mi,mi->m", state[:, 3:], state[:, 3:])
    momentum = np.linalg.norm(np.cross(state[:, :3], state[:, 3:]), axis=-1)
    with np.errstate(over="ignore"):
        return np.asarray((radius > 0.0) & (0.5 * square * radius < mu_km3_s2) & (momentum > 0.0))


def equinoctial(
    state: Array, *, mu_km3_s2: float = WGS84_MU_KM3_S2, sense: Array | None = None
) -> EquinoctialOrbits:
    """Convert states to the orbits through them.

    Parameters
    ----------
    state : Array, shape (m, 6)
        Inertial states in km, km/s.
    mu_km3_s2 : float
        Gravity constant of the centre in km^3/s^2.
    sense : Array, shape (m,), optional
        +1 or -1 to prescribe the set; by default each inclination decides.

    Raises
    ------
    InputError
        If the shape is wrong, a number is not finite or an orbit is not an ellipse.
    """
    state = np.ascontiguousarray(state, dtype=np.float64)
    if state.ndim != 2 or state.shape[1] != 6:
        raise InputError(f"state: expected shape (m, 6), got {state.shape}")
    if not np.isfinite(state).all():
        raise InputError("state: expected finite numbers of km and km/s, got NaN or infinity")
    unbound = ~is_bound(state, mu_km3_s2=mu_km3_s2)
    if unbound.any():
        row = int(np.flatnonzero(unbound)[0])
        speed = float(np.linalg.norm(state[row, 3:]))
        raise InputError(
            f"state: expected elliptic orbits, got {speed:g} km/s in row {row}, which is not on one"
        )
    r, v = state[:, :3], state[:, 3:]
    radius = np.linalg.norm(r, axis=-1)
    momentum = np.cross(r, v)
    w = momentum / np.linalg.norm(momentum, axis=-1, keepdims=True)
    if sense is None:
        sense = np.where(w[:, 2] < _RETROGRADE, -1.0, 1.0)
    sense = np.ascontiguousarray(sense, dtype=np.float64)
    chi = w[:, 0] / (1.0 + sense * w[:, 2])
    psi = -w[:, 1] / (1.0 + sense * w[:, 2])
    scale = 1.0 / (1.0 + chi**2 + psi**2)
    f = np.stack([scale * (1.0 - chi**2 + psi**2), 2.0 * scale * chi * psi, -2.0 * scale * sense * chi], -1)
    g = np.cross(w, f)
    eccentricity = np.cross(v, momentum) / mu_km3_s2 - r / radius[:, None]
    af, ag = np.einsum("mi,mi->m", eccentricity, f), np.einsum("mi,mi->m", eccentricity, g)
    a = 1.0 / (2.0 / radius - np.einsum("mi,mi->m", v, v) / mu_km3_s2)
    x, y = np.einsum("mi,mi->m", r, f) / a, np.einsum("mi,mi->m", r, g) / a
    root = np.sqrt(np.maximum(1.0 - af**2 - ag**2, np.finfo(np.float64).tiny))
    beta = 1.0 / (1.0 + root)
    cosine = af + ((1.0 - af**2 * beta) * x - af * ag * beta * y) / root
    sine = ag + ((1.0 - ag**2 * beta) * y - af * ag * beta * x) / root
    longitude = np.arctan2(sine, cosine)
    longitude = longitude + ag * cosine - af * sine
    mean_motion = np.sqrt(mu_km3_s2 / a**3)
    elements = np.stack([mean_motion, af, ag, chi, psi, longitude], axis=-1)
    return EquinoctialOrbits(np.ascontiguousarray(elements), sense, mu_km3_s2)


def propagate(state: Array, times_s: ArrayLike, *, mu_km3_s2: float = WGS84_MU_KM3_S2) -> Array:
    """Propagate states by two-body motion.

    Parameters
    ----------
    state : Array, shape (m, 6)
        Inertial states in km, km/s.
    times_s : array_like, scalar or shape (m,)
        Time in s.
    mu_km3_s2 : float
        Gravity constant of the centre in km^3/s^2.

    Returns
    -------
    Array, shape (m, 6)
        The states after that time, km, km/s.

    Raises
    ------
    InputError
        As `equinoctial` does.
    """
    return equinoctial(state, mu_km3_s2=mu_km3_s2).states(times_s)


def element_covariance(orbits: EquinoctialOrbits, covariance: Array) -> Array:
    """Convert the covariance of states at time zero to the covariance of the elements.

    Parameters
    ----------
    orbits : EquinoctialOrbits
        m orbits.
    covariance : Array, shape (m, 6, 6)
        Covariances of their states at time zero, in products of km, km/s, in the inertial frame of the states.

    Returns
    -------
    Array, shape (m, 6, 6)
        Covariances of the elements (n rad/s, af, ag, chi, psi, lambda rad).
    """
    _, partials = orbits.states_and_partials()
    # Units as different as rad/s and km would spoil the inverse, so columns are scaled to size one first.
    # (Velocity rows are weighted by 1000 s, the time scale of an orbit: on the line of nodes a tilt of the plane
    # changes velocity only.)
    size = np.linalg.norm(partials * np.repeat([1.0, 1e3], 3)[:, None], axis=1)
    inverse = np.linalg.inv(partials / size[:, None, :]) / size[:, :, None]
    product = inverse @ covariance @ np.swapaxes(inverse, -1, -2)
    return np.asarray(0.5 * (product + np.swapaxes(product, -1, -2)))
