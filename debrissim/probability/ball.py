"""A Gaussian relative state over a ball: the density on its surface, the rate of entry, the probability inside.

Source: Coppola (2012), "Including Velocity Uncertainty in the Probability of Collision Between Space Objects",
AAS 12-247: the surface integral with the conditional velocity (evaluated numerically on adaptive cells of Gauss nodes
instead of Lebedev nodes).

Assumptions
- Relative position and velocity are jointly Gaussian at the instant; the combined hard body is a sphere.
- Relative position is known no better than 1e-4 of the hard body's radius: smaller standard deviations are raised to
  this value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.probability import kernels


@dataclass(frozen=True, eq=False)
class RelativeGaussian(Rows):
    """Relative states at k instants.

    mean: (k, 6) km, km/s; covariance: (k, 6, 6); linearized: (k,) whether the linearization converged.
    """

    mean: Array
    covariance: Array
    linearized: NDArray[np.bool_]


Linearization: TypeAlias = Callable[[NDArray[np.intp], Array], RelativeGaussian]
"""(rows (k,) of the encounters, times (k,) s) -> their relative states."""


MIN_SIGMA_RADII = 1e-4
"""Minimum standard deviation of the relative position, in hard-body radii."""

_MIN_VARIANCE_KM2 = 1e-30
_MAX_SHELLS = 400


# Criteria for the pole of the cells: how steep the entry, and how much narrower than the sphere the errors, must be.
_STEEP_ENTRY, _NARROW = 0.3, 30.0


def ball_probability(state: RelativeGaussian, radius_km: Array) -> Array:
    """(k,) momentary probability that the relative position lies in the sphere: shells of Gauss nodes."""
    out = np.zeros(radius_km.shape[0])
    node, weight = np.polynomial.legendre.leggauss(6)
    for i in range(out.size):
        values, _ = _principal(state.covariance[i : i + 1, :3, :3], radius_km[i : i + 1])
        shells = int(np.clip(np.ceil(radius_km[i] / np.sqrt(values.min())), 3, _MAX_SHELLS))
        width = radius_km[i] / shells
        radii = ((np.arange(shells)[:, None] + 0.5) * width + 0.5 * width * node).ravel()
        k = radii.size
        repeated = RelativeGaussian(
            np.broadcast_to(state.mean[i], (k, 6)),
            np.broadcast_to(state.covariance[i], (k, 6, 6)),
            np.ones(k, dtype=bool),
        )
        density, _ = log_sphere(repeated, radii, flux=False, floor_km=MIN_SIGMA_RADII * float(radius_km[i]))
        out[i] = min(1.0, float(np.tile(weight, shells) @ np.exp(density)) * 0.5 * width)
    return out


def log_sphere(
    state: RelativeGaussian, radius_km: Array, *, flux: bool, floor_km: float | None = None
) -> tuple[Array, NDArray[np.bool_]]:
    """(k,) natural logarithm of the integral over the sphere's surface, and (k,) whether it is accurate.

    flux: whether to integrate the rate of entry, 1/s, or the density, 1/km; floor_km: minimum standard deviation, by
    default `MIN_SIGMA_RADII` of the radius.
    """
    k = radius_km.shape[0]
    out, complete = np.full(k, -np.inf), np.ones(k, dtype=bool)
    some = np.flatnonzero(radius_km > 0.0)
    if some.size == 0:
        return out, complete
    mean, covariance, radius = state.mean[some], state.covariance[some], radius_km[some]
    values, vectors = _principal(
        covariance[:, :3, :3], radius if floor_km is None else floor_km / MIN_SIGMA_RADII
    )
    whiten = np.swapaxes(vectors, -1, -2) / np.sqrt(values)[:, :, None]
    inverse = np.swapaxes(whiten, -1, -2) @ whiten
    gradient = covariance[:, 3:, :3] @ inverse
    spread = covariance[:, 3:, 3:] - gradient @ covariance[:, :3, 3:]
    velocity = mean[:, 3:] - np.einsum("kij,kj->ki", gradient, mean[:, :3])
    logarithm, accurate = np.empty(some.size), np.ones(some.size, dtype=bool)
    kernels.sphere.log_rates(
        radius, np.ascontiguousarray(mean[:, :3]), np.ascontiguousarray(whiten), np.log(values).sum(axis=-1),
        velocity, gradient, np.ascontiguousarray(0.5 * (spread + np.swapaxes(spread, -1, -2))),
        _cell_axes(velocity, mean[:, :3], values, vectors, radius, flux=flux), flux, logarithm, accurate,
    )  # fmt: skip
    out[some], complete[some] = logarithm, accurate
    return out, complete


def _principal(covariance: Array, radius_km: Array | float) -> tuple[Array, Array]:
    """Eigenvalues (k, 3) km^2, not below the floor, and eigenvectors (k, 3, 3), of position covariances."""
    values, vectors = np.linalg.eigh(0.5 * (covariance + np.swapaxes(covariance, -1, -2)))
    floor = np.maximum((MIN_SIGMA_RADII * np.asarray(radius_km)) ** 2, 1e-15 * values[:, -1])
    floor = np.maximum(floor, _MIN_VARIANCE_KM2)
    return np.maximum(values, np.broadcast_to(floor, values.shape[:1])[:, None]), vectors


def _cell_axes(
    velocity: Array, mean: Array, values: Array, vectors: Array, radius_km: Array, *, flux: bool
) -> Array:
    """(k, 3, 3) axes of the cells. The pole lies along the velocity, so that the inward speed changes sign along a
    parallel; if the covariance is far narrower than the sphere and the speed does not change sign or does not matter,
    it lies along the narrowest axis: the density then varies only along meridians, and cells can be long.
    """
    size = np.linalg.norm(mean, axis=-1) * np.linalg.norm(velocity, axis=-1)
    steep = np.abs(np.einsum("ki,ki->k", velocity, mean)) > _STEEP_ENTRY * size
    narrow = np.sqrt(values[:, 0]) * _NARROW < radius_km
    chosen = narrow if not flux else steep & narrow
    return _axes_along(np.where(chosen[:, None], vectors[:, :, 0], velocity))


def _axes_along(direction: Array) -> Array:
    """(k, 3, 3) right-handed unit rows, the last along `direction` (k, 3); arbitrary where it is zero."""
    size = np.linalg.norm(direction, axis=-1)
    pole = np.divide(
        direction, size[:, None], out=np.tile([0.0, 0.0, 1.0], (size.size, 1)), where=size[:, None] > 0.0
    )
    smallest = np.argmin(np.abs(pole), axis=-1)
    oblique = np.zeros_like(pole)
    oblique[np.arange(size.size), smallest] = 1.0
    first = np.cross(oblique, pole)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    return np.ascontiguousarray(np.stack([first, np.cross(pole, first), pole], axis=-2))


def nearest_exponent(state: RelativeGaussian, radius_km: Array) -> Array:
    """(k,) half the minimum squared Mahalanobis distance from the mean to the sphere's body; 0 if inside.

    The nearest point is r_i = y_i / (1 + mu lambda_i) in principal axes, with mu >= 0 so that |r| = R; the
    Newton iteration on 1/|r| rises to mu from below.
    """
    values, vectors = _principal(state.covariance[:, :3, :3], radius_km)
    y = np.einsum("kij,ki->kj", vectors, state.mean[:, :3])
    size = np.linalg.norm(y, axis=-1)
    bottom = np.where(radius_km > 0.0, radius_km, 1.0)
    outside = size > radius_km
    mu = np.where(outside, (size / bottom - 1.0), 0.0) / values[:, -1]
    for _ in range(60):
        factor = 1.0 + mu[:, None] * values
        length = np.sqrt(((y / factor) ** 2).sum(axis=-1))
        slope = ((y / factor) ** 2 * values / factor).sum(axis=-1)
        safe = np.where(slope > 0.0, slope, 1.0)
        step = np.where(outside & (slope > 0.0), length**2 / safe * (length / bottom - 1.0), 0.0)
        mu = np.maximum(mu + step, 0.0)
        if (np.abs(step) <= 1e-10 * mu).all():
            break
    factor = 1.0 + mu[:, None] * values
    boundary = 0.5 * ((y * mu[:, None] / factor) ** 2 * values).sum(axis=-1)
    plain = 0.5 * (y**2 / values).sum(axis=-1)
    return np.asarray(np.where(radius_km > 0.0, boundary, plain))
