"""The rate at which a Gaussian relative state enters the hard body, and its integral over time.

Source: Coppola (2012), "Including Velocity Uncertainty in the Probability of Collision Between Space
Objects", AAS 12-247: the surface integral with the conditional velocity (evaluated numerically on adaptive cells of
Gauss nodes instead of Lebedev nodes); the time integral is evaluated adaptively with the Gauss-Kronrod pair (7, 15).

Assumptions
- At each instant relative position and velocity are jointly Gaussian, with the caller's `Linearization`.
- The combined hard body is a sphere. The rate counts each entry, so its integral is the expected number of
  collisions; that is the probability where at most one entry is likely.
- Relative position is known no better than 1e-4 of the hard body's radius: smaller standard deviations are raised to
  this value.
- The probability of being inside the sphere when the window opens is added where it belongs to the encounter.

Accuracy: relative error near 1e-7 against integration in other coordinates for sigma from 1e-3 to 1e5 radii
(tests/unit/probability/algorithms/test_coppola.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.probability.active_intervals import CUT_EXPONENT, active_intervals
from debrissim.probability.ball import (
    MIN_SIGMA_RADII,
    Linearization,
    RelativeGaussian,
    ball_probability,
    log_sphere,
    nearest_exponent,
)
from debrissim.probability.kernels.gauss_kronrod import GAUSS, KRONROD, NODES
from debrissim.probability.repeated_contact import slowest_speed


@dataclass(frozen=True, eq=False)
class RateIntegral(Rows):
    """m rows: expected entries, error of the quadrature, probability inside at the start, peak and ends, counts.

    active_s: (m, 2) s, the time that counts; pieces: (m,) how many intervals it has; slowest_km_s: (m,) km/s, the
    slowest relative speed at contact (`repeated_contact.slowest_speed`).
    """

    expected: Array
    error: Array
    inside_at_start: Array
    peak_time_s: Array
    limited: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    linearized: NDArray[np.bool_]
    evaluations: NDArray[np.int64]
    active_s: Array
    pieces: NDArray[np.int64]
    slowest_km_s: Array


_NEGLIGIBLE_EXPONENT = 700.0
# A window's end cuts the passage where the density there is above 1e-7 of the peak's.
_ACTIVE_EXPONENT = 16.0
_PANELS = 6
_CROSSING_SAMPLES = 24
# The second applies to a row that has taken more evaluations than usual.
_TOLERANCES, _USUAL_EVALUATIONS = (1e-7, 1e-4), 1000
_MAX_BISECTIONS = 16
# A row takes some hundreds; a row that needs more than this is flagged instead of holding up the others.
_MAX_EVALUATIONS = 2_000
_ROWS_PER_BATCH = 256


def log_entry_rate(state: RelativeGaussian, radius_km: Array) -> tuple[Array, NDArray[np.bool_]]:
    """(k,) natural logarithm of the entry rate in 1/s, -inf for radius 0, and (k,) whether it is accurate."""
    return log_sphere(state, radius_km, flux=True)


def integrate_rate(
    linearize: Linearization,
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    *,
    everywhere: bool = True,
    scan: Linearization | None = None,
) -> RateIntegral:
    """The expected number of entries of m encounters.

    radius_km: (m,) km; guess_s: (m, 2) s, searched first; limits_s: (m, 2) s, the window, finite; everywhere: whether
    to search the whole window for approaches instead of only the approach at the guess; scan: a cheaper linearization
    for that search.
    """
    m = radius_km.shape[0]
    chunks = [np.arange(k, min(m, k + _ROWS_PER_BATCH)) for k in range(0, max(m, 1), _ROWS_PER_BATCH)]
    return RateIntegral.concat(
        [
            _integrate_batch(linearize, rows, radius_km, guess_s, limits_s, everywhere, scan or linearize)
            for rows in chunks
        ]
    )


def _integrate_batch(
    linearize: Linearization,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    everywhere: bool,
    scan: Linearization,
) -> RateIntegral:
    m = rows.size
    place, window, peak = active_intervals(scan, rows, radius_km, guess_s, limits_s, everywhere=everywhere)
    # A row whose value is below the smallest double is finished.
    at_peak = linearize(rows, peak)
    negligible = nearest_exponent(at_peak, radius_km[rows]) > _NEGLIGIBLE_EXPONENT
    window, place = window[~negligible[place]], place[~negligible[place]]
    row, left, right = _first_panels(scan, rows, radius_km, place, window)
    span = np.stack([np.full(m, np.inf), np.full(m, -np.inf)], axis=-1)
    np.minimum.at(span[:, 0], place, window[:, 0])
    np.maximum.at(span[:, 1], place, window[:, 1])
    pieces, slowest = np.bincount(place, minlength=m), np.full(m, np.inf)
    reference = np.full(m, -np.inf)
    best_rate = np.full(m, -np.inf)
    settled, settled_error = np.zeros(m), np.zeros(m)
    converged, linearized = np.ones(m, dtype=bool), at_peak.linearized.copy()
    evaluations = np.zeros(m, dtype=np.int64)
    for level in range(_MAX_BISECTIONS + 1):
        if row.size == 0:
            break
        half = 0.5 * (right - left)
        times = (0.5 * (left + right))[:, None] + half[:, None] * NODES
        where = np.repeat(row, NODES.size)
        state = linearize(rows[where], times.ravel())
        log_rate, accurate = log_entry_rate(state, radius_km[rows[where]])
        np.add.at(evaluations, where, 1)
        top = np.full(m, -np.inf)
        np.maximum.at(top, where, log_rate)
        if level == 0:
            reference = np.where(np.isfinite(top), top, 0.0)
        scaled = np.exp(np.minimum(log_rate - reference[where], 700.0))
        counted = scaled > 1e-12
        if level == 0:
            np.minimum.at(slowest, where[counted], slowest_speed(state[counted]))
        np.logical_and.at(converged, where[counted], accurate[counted])
        np.logical_and.at(linearized, where[counted], state.linearized[counted])
        _latest_peak(peak, best_rate, where, times.ravel(), log_rate)
        scaled = scaled.reshape(times.shape)
        kronrod = half * (scaled @ KRONROD)
        error = np.abs(kronrod - half * (scaled @ GAUSS))
        total = settled + np.bincount(row, kronrod, m)
        # Halving a panel of noisy values would only add to the noise; the row is flagged anyway.
        tolerance = np.where(evaluations[row] > _USUAL_EVALUATIONS, _TOLERANCES[1], _TOLERANCES[0])
        good = (error <= tolerance * total[row]) | ~accurate.reshape(times.shape).all(axis=1)
        spent = (level == _MAX_BISECTIONS) | (evaluations[row] > _MAX_EVALUATIONS)
        converged[row[~good & spent]] = False
        good |= spent
        settled += np.bincount(row[good], kronrod[good], m)
        settled_error += np.bincount(row[good], error[good], m)
        middle = 0.5 * (left + right)
        row, left, middle, right = row[~good], left[~good], middle[~good], right[~good]
        row, left, right = np.repeat(row, 2), np.stack([left, middle], -1), np.stack([middle, right], -1)
        left, right = left.ravel(), right.ravel()
    size = np.exp(np.minimum(reference, 700.0))
    radius = radius_km[rows]
    active = np.flatnonzero(~negligible & (radius > 0.0))
    inside, limited = np.zeros(m), np.zeros(m, dtype=bool)
    inside[active], limited[active] = _ends(
        linearize, rows[active], radius[active], limits_s[rows[active]], peak[active]
    )
    return RateIntegral(
        expected=settled * size,
        error=settled_error * size,
        inside_at_start=inside,
        peak_time_s=peak,
        limited=limited,
        converged=converged,
        linearized=linearized,
        evaluations=evaluations,
        active_s=np.where(np.isfinite(span), span, peak[:, None]),
        pieces=pieces,
        slowest_km_s=slowest,
    )


def _first_panels(
    linearize: Linearization, rows: NDArray[np.intp], radius_km: Array, place: NDArray[np.intp], window: Array
) -> tuple[NDArray[np.intp], Array, Array]:
    """Panels (position of the row, beginning, end) over the intervals: equal ones, cut where the mean path enters or
    leaves the sphere. If the sphere is far larger than the uncertainty, everything happens there, in a moment.
    """
    count = place.size
    grid = window[:, :1] + (window[:, 1:] - window[:, :1]) * np.linspace(0.0, 1.0, _CROSSING_SAMPLES + 1)
    radius = radius_km[rows[place]]

    def depth(which: NDArray[np.intp], times: Array) -> tuple[Array, RelativeGaussian]:
        state = linearize(rows[place[which]], times)
        return np.linalg.norm(state.mean[:, :3], axis=-1) - radius[which], state

    outside, _ = depth(np.repeat(np.arange(count), _CROSSING_SAMPLES + 1), grid.ravel())
    outside = outside.reshape(grid.shape)
    which, column = np.nonzero((outside[:, :-1] > 0.0) != (outside[:, 1:] > 0.0))
    low, high = grid[which, column], grid[which, column + 1]
    entering = outside[which, column] > 0.0
    for _ in range(60 if which.size else 0):
        middle = 0.5 * (low + high)
        beyond = (depth(which, middle)[0] > 0.0) == entering
        low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    crossing = 0.5 * (low + high)
    _, state = depth(which, crossing)
    size = np.linalg.norm(state.mean[:, :3], axis=-1)
    toward = state.mean[:, :3] / np.where(size > 0.0, size, 1.0)[:, None]
    speed = np.abs(np.einsum("ki,ki->k", toward, state.mean[:, 3:]))
    # Along the line of sight the density passes the surface in this time; at a slant, in less time than this.
    sigma = np.sqrt(np.maximum(np.einsum("ki,kij,kj->k", toward, state.covariance[:, :3, :3], toward), 0.0))
    sigma = np.maximum(sigma, MIN_SIGMA_RADII * radius[which])
    width = np.divide(sigma, speed, out=np.full(which.size, np.inf), where=speed > 0.0)
    cuts = crossing[:, None] + width[:, None] * np.array([-7.0, -2.0, 2.0, 7.0])
    owner = np.concatenate([np.repeat(np.arange(count), _PANELS + 1), np.repeat(which, cuts.shape[1])])
    equal = window[:, :1] + (window[:, 1:] - window[:, :1]) * np.linspace(0.0, 1.0, _PANELS + 1)
    edge = np.clip(np.concatenate([equal.ravel(), cuts.ravel()]), window[owner, 0], window[owner, 1])
    order = np.lexsort((edge, owner))
    owner, edge = owner[order], edge[order]
    real = (owner[1:] == owner[:-1]) & (edge[1:] > edge[:-1])
    return place[owner[:-1][real]], edge[:-1][real], edge[1:][real]


def _latest_peak(peak: Array, best: Array, where: NDArray[np.intp], times: Array, log_rate: Array) -> None:
    """Move each row's peak to the time of the highest rate so far."""
    order = np.lexsort((log_rate, where))
    last = np.flatnonzero(np.diff(where[order], append=-1))
    chosen = order[last]
    better = log_rate[chosen] > best[where[chosen]]
    best[where[chosen[better]]] = log_rate[chosen[better]]
    peak[where[chosen[better]]] = times[chosen[better]]


def _ends(
    linearize: Linearization, rows: NDArray[np.intp], radius: Array, limits: Array, peak: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """The probability of being inside when the window opens, and whether an end cuts the passage."""
    inside, limited = np.zeros(rows.size), np.zeros(rows.size, dtype=bool)
    at_peak = nearest_exponent(linearize(rows, peak), radius)
    for side in (0, 1):
        state = linearize(rows, limits[:, side])
        more = nearest_exponent(state, radius) - at_peak
        limited |= more < _ACTIVE_EXPONENT
        if side == 0:
            near = more < CUT_EXPONENT
            inside[near] = ball_probability(state[near], radius[near])
    return inside, limited
