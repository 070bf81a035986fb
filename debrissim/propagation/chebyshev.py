"""Chebyshev interpolation: nodes, matrices and the error bound from the last coefficients."""

from __future__ import annotations

from functools import cache

import numpy as np

from debrissim.core.arrays import Array

FLOOR_KM = 2e-3
"""Floor of every error bound."""


def chebyshev_nodes(count: int) -> Array:
    """(count,) Chebyshev points of the first kind in (-1, 1), ascending."""
    return np.asarray(-np.cos((2.0 * np.arange(count) + 1.0) * np.pi / (2.0 * count)))


@cache
def coefficient_matrix(count: int) -> Array:
    """(count, count): Chebyshev coefficients = matrix @ values at `chebyshev_nodes(count)`. Read-only (shared)."""
    vandermonde = np.polynomial.chebyshev.chebvander(chebyshev_nodes(count), count - 1)
    weights = np.full(count, 2.0 / count)
    weights[0] = 1.0 / count
    matrix: Array = np.asarray(weights[:, None] * vandermonde.T, dtype=np.float64)
    matrix.setflags(write=False)
    return matrix


def interpolation_matrix(count: int, start_s: float, end_s: float, times_s: Array) -> Array:
    """Matrix (t, count) from node values to values at times_s (t,); times outside are clipped to the nearer end."""
    unit = np.clip((2.0 * times_s - start_s - end_s) / (end_s - start_s), -1.0, 1.0)
    angle = np.arccos(unit)[:, None] * np.arange(count)
    return np.asarray(np.cos(angle) @ coefficient_matrix(count))


def tail_bound(nodes_km: Array) -> Array:
    """(g,) error bound in km of the polynomials through nodes (p, 3, g).

    The Chebyshev coefficients of a smooth function fall at least geometrically, so the omitted ones sum to at most the
    last ones kept, extrapolated at the rate q of their fall: 1 / (1 - q) of them, doubled because this is interpolation
    instead of projection (Trefethen 2013, theorem 8.2), and tripled because in windows of many revolutions the last
    part of the fall appears too late (2.3 times the plain bound occurred in windows of 8 to 24 hours). The largest of
    the last four is used for "the last" (in a symmetric arc every second one is zero), and the rate is taken between
    the third and the last quarter. Extrapolating the fall itself would be wrong: the J2 terms, a thousand times smaller
    at twice the frequency, fall later. `tests/validation` checks the bound against SGP4 on whole catalogues.
    """
    count, _, size = nodes_km.shape
    quarter = count // 4
    last = coefficient_matrix(count)[-2 * quarter :] @ nodes_km.reshape(count, -1)
    magnitude = np.sqrt(np.square(last.reshape(2 * quarter, 3, size)).sum(axis=1))
    fall = magnitude[quarter:].max(axis=0) / np.maximum(magnitude[:quarter].max(axis=0), 1e-300)
    rate = np.minimum(fall, 0.9**quarter) ** (1.0 / quarter)
    return np.asarray(6.0 * magnitude[-min(4, quarter) :].max(axis=0) / (1.0 - rate) + FLOOR_KM)
