"""The rate at which a Gaussian relative state enters the hard body, and its integral over time.

Source: Coppola (2012), "Including Velocity Uncertainty in the Probability of Collision Between Space
Objects", AAS 12-247: the surface integral with the conditional velocity (numerically, by adaptive cells of
Gauss nodes instead of Lebedev's); the time integral adaptively by Gauss and Kronrod's pair (7, 15).

Assumptions
- At each instant relative position and velocity are jointly Gaussian; how, the caller says (`Linearise`).
- The combined hard body is a sphere. The rate counts each entry, so its integral is the expected number of
  collisions; that is the probability where at most one entry is likely.
- Relative position is known no better than 1e-4 of the hard body's radius: smaller standard deviations are
  raised to that.
- The probability of being inside the sphere already when the window opens is added where it counts.

Accuracy: relative error near 1e-7 against integration in other coordinates for sigma from 1e-3 to 1e5 radii
(tests/unit/probability/test_coppola.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.probability.ball import (
    _FLOOR,
    RelativeGaussian,
    _log_sphere,
    _nearest_exponent,
    ball_probability,
)

Linearise: TypeAlias = Callable[[NDArray[np.intp], Array], RelativeGaussian]
"""(rows (k,) of the encounters, times (k,) s) -> their relative states."""


@dataclass(frozen=True, eq=False)
class RateIntegral:
    """m rows: expected entries, error of the quadrature, share inside at the start, peak and ends, counts."""

    expected: Array
    error: Array
    inside_at_start: Array
    peak_time_s: Array
    window_s: Array
    limited: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    found: NDArray[np.bool_]
    evaluations: NDArray[np.int64]


_CUT = 40.0
_HOPELESS = 1000.0
# A window's end cuts the passage where the density there is above 1e-7 of the peak's.
_ALIVE = 16.0
_SCAN = 17
_OVERVIEW = 49
_WIDE_ENOUGH = 6
_ROUNDS = 80
_PANELS = 6
_CROSSING_SCAN = 24
_TOLERANCE = 1e-7
_BISECTIONS = 16
_CHUNK = 256

# Gauss-Kronrod (7, 15) of QUADPACK's qk15, ascending.
_HALF_NODE = (
    0.991455371120812639206854697526329,
    0.949107912342758524526189684047851,
    0.864864423359769072789712788640926,
    0.741531185599394439863864773280788,
    0.586087235467691130294144691693013,
    0.405845151377397166906606412076961,
    0.207784955007898467600689403773245,
)
_HALF_KRONROD = (
    0.022935322010529224963732008058970,
    0.063092092629978553290700663189204,
    0.104790010322250183839876322541518,
    0.140653259715525918745189590510238,
    0.169004726639267902826583426598550,
    0.190350578064785409913256402421014,
    0.204432940075298892414161999234649,
)
_HALF_GAUSS = (0.0, 0.129484966168869693270611432679082, 0.0, 0.279705391489276667901467771423780,
               0.0, 0.381830050505118944950369775488975, 0.0)  # fmt: skip
_GK_NODE = np.array([*(-x for x in _HALF_NODE), 0.0, *_HALF_NODE[::-1]])
_GK_KRONROD = np.array([*_HALF_KRONROD, 0.209482141084727828012999174891714, *_HALF_KRONROD[::-1]])
_GK_GAUSS = np.array([*_HALF_GAUSS, 0.417959183673469387755102040816327, *_HALF_GAUSS[::-1]])


def log_entry_rate(state: RelativeGaussian, radius_km: Array) -> tuple[Array, NDArray[np.bool_]]:
    """(k,) natural logarithm of the entry rate in 1/s, -inf for radius 0, and (k,) whether it is accurate."""
    return _log_sphere(state, radius_km, flux=True)


def integrate_rate(
    linearise: Linearise,
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    *,
    everywhere: bool = True,
    scan: Linearise | None = None,
) -> RateIntegral:
    """The expected number of entries of m encounters.

    scan: a cheaper linearisation, with which to look for the times that count.
    radius_km: (m,) km; guess_s: (m, 2) s, where to look first; limits_s: (m, 2) s, the window, finite;
    everywhere: whether to look for approaches in the whole window, or only for the one at the guess.
    """
    m = radius_km.shape[0]
    chunks = [np.arange(k, min(m, k + _CHUNK)) for k in range(0, max(m, 1), _CHUNK)]
    out = [
        _integrate_chunk(linearise, rows, radius_km, guess_s, limits_s, everywhere, scan or linearise)
        for rows in chunks
    ]
    names = [f.name for f in fields(RateIntegral)]
    return RateIntegral(**{name: np.concatenate([getattr(part, name) for part in out]) for name in names})


def support(
    linearise: Linearise,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    *,
    everywhere: bool = True,
) -> tuple[NDArray[np.intp], Array, Array]:
    """Where in its window the density at the hard body is above exp(-40) of its greatest value.

    rows: (k,) encounters chosen; radius_km (m,), guess_s and limits_s (m, 2) s of all encounters.
    Returns, ordered in row and time and without overlap, the place in `rows` (p,) of each interval, the
    intervals (p, 2) s, and for each row (k,) s about where the peak is.
    """
    place, guess = _candidates(linearise, rows, radius_km, guess_s, limits_s, everywhere)
    limits = limits_s[rows[place]]
    intervals, peaks, least = _lobe(linearise, rows[place], radius_km[rows[place]], guess, limits)
    best = np.full(rows.size, np.inf)
    np.minimum.at(best, place, least)
    alive = np.flatnonzero(least <= best[place] + _CUT)
    alive = alive[np.lexsort((intervals[alive, 0], place[alive]))]
    peak = np.zeros(rows.size)
    chosen = np.flatnonzero(least == best[place])
    peak[place[chosen]] = peaks[chosen]
    kept_place: list[int] = []
    kept: list[list[float]] = []
    for index in alive.tolist():
        low, high = intervals[index].tolist()
        if kept and kept_place[-1] == place[index] and low <= kept[-1][1]:
            kept[-1][1] = max(kept[-1][1], high)
        else:
            kept_place.append(int(place[index]))
            kept.append([low, high])
    return np.array(kept_place, dtype=np.intp), np.array(kept).reshape(-1, 2), peak


def _candidates(
    linearise: Linearise,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    everywhere: bool,
) -> tuple[NDArray[np.intp], Array]:
    """Intervals that each hold a minimum of the exponent: the guess, and those seen by a scan of the window.

    Slow pairs can meet several times in a window. Their relative motion has the period of the orbits, so 48
    steps of a window of one period see each approach.
    """
    k = rows.size
    low_limit, high_limit = limits_s[rows, 0], limits_s[rows, 1]
    low = np.clip(guess_s[rows, 0], low_limit, high_limit)
    high = np.clip(guess_s[rows, 1], low_limit, high_limit)
    # A guess wholly outside the window, or one of no length, starts anew.
    empty = high <= low
    middle, span = 0.5 * (low + high), 1e-3 * (high_limit - low_limit)
    low = np.where(empty, np.maximum(middle - span, low_limit), low)
    high = np.where(empty, np.minimum(middle + span, high_limit), high)
    if not everywhere:
        return np.arange(k), np.stack([low, high], axis=-1)
    times = low_limit[:, None] + (high_limit - low_limit)[:, None] * np.linspace(0.0, 1.0, _OVERVIEW)
    exponent = _nearest_exponent(
        linearise(np.repeat(rows, _OVERVIEW), times.ravel()), np.repeat(radius_km[rows], _OVERVIEW)
    ).reshape(times.shape)
    padded = np.pad(exponent, ((0, 0), (1, 1)), constant_values=np.inf)
    dips = (padded[:, 1:-1] < padded[:, :-2]) & (padded[:, 1:-1] <= padded[:, 2:])
    row, column = np.nonzero(dips)
    before, after = times[row, np.maximum(column - 1, 0)], times[row, np.minimum(column + 1, _OVERVIEW - 1)]
    # The guess's own dip is not looked at twice.
    fresh = (after < low[row]) | (before > high[row])
    place = np.concatenate([np.arange(k), row[fresh]])
    guess = np.stack([np.concatenate([low, before[fresh]]), np.concatenate([high, after[fresh]])], axis=-1)
    return place, guess


def _lobe(
    linearise: Linearise, rows: NDArray[np.intp], radius: Array, guess: Array, limits: Array
) -> tuple[Array, Array, Array]:
    """From each guess (k, 2), widened or tightened: the interval (k, 2) within exp(-40) of the peak it leads
    to, the peak's time (k,) and exponent (k,).
    """
    low, high = guess[:, 0].copy(), guess[:, 1].copy()
    peak, greatest = 0.5 * (low + high), np.full(rows.size, np.inf)
    active = np.arange(rows.size)
    share = np.linspace(0.0, 1.0, _SCAN)
    for _ in range(_ROUNDS):
        if active.size == 0:
            break
        a, b, limit = low[active], high[active], limits[active]
        times = a[:, None] + (b - a)[:, None] * share
        exponent = _nearest_exponent(
            linearise(np.repeat(rows[active], _SCAN), times.ravel()), np.repeat(radius[active], _SCAN)
        ).reshape(times.shape)
        index = np.arange(active.size)
        least = exponent.min(axis=1)
        inside = exponent < (least + _CUT)[:, None]
        peak[active], greatest[active] = times[index, np.argmin(exponent, axis=1)], least
        first, last = inside.argmax(axis=1), _SCAN - 1 - inside[:, ::-1].argmax(axis=1)
        down, up = inside[:, 0] & (a > limit[:, 0]), inside[:, -1] & (b < limit[:, 1])
        tight_a = times[index, np.maximum(first - 1, 0)]
        tight_b = times[index, np.minimum(last + 1, _SCAN - 1)]
        moved = down | up
        low[active] = np.where(moved, np.where(down, np.maximum(a - (b - a), limit[:, 0]), a), tight_a)
        high[active] = np.where(moved, np.where(up, np.minimum(b + (b - a), limit[:, 1]), b), tight_b)
        shrinking = (last - first < _WIDE_ENOUGH) & (tight_b - tight_a > 1e-12 * (1.0 + np.abs(peak[active])))
        active = active[moved | shrinking]
    return np.stack([low, high], axis=-1), peak, greatest


def _integrate_chunk(
    linearise: Linearise,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    everywhere: bool,
    scan: Linearise,
) -> RateIntegral:
    m = rows.size
    place, window, peak = support(scan, rows, radius_km, guess_s, limits_s, everywhere=everywhere)
    # A row that cannot reach the smallest double is done.
    at_peak = linearise(rows, peak)
    hopeless = _nearest_exponent(at_peak, radius_km[rows]) > _HOPELESS
    window, place = window[~hopeless[place]], place[~hopeless[place]]
    row, left, right = _first_panels(scan, rows, radius_km, place, window)
    reference = np.full(m, -np.inf)
    best_rate = np.full(m, -np.inf)
    settled, settled_error = np.zeros(m), np.zeros(m)
    converged, found = np.ones(m, dtype=bool), at_peak.found.copy()
    evaluations = np.zeros(m, dtype=np.int64)
    for level in range(_BISECTIONS + 1):
        if row.size == 0:
            break
        half = 0.5 * (right - left)
        times = (0.5 * (left + right))[:, None] + half[:, None] * _GK_NODE
        where = np.repeat(row, _GK_NODE.size)
        state = linearise(rows[where], times.ravel())
        log_rate, accurate = log_entry_rate(state, radius_km[rows[where]])
        np.add.at(evaluations, where, 1)
        top = np.full(m, -np.inf)
        np.maximum.at(top, where, log_rate)
        if level == 0:
            reference = np.where(np.isfinite(top), top, 0.0)
        scaled = np.exp(np.minimum(log_rate - reference[where], 700.0))
        weighs = scaled > 1e-12
        np.logical_and.at(converged, where[weighs], accurate[weighs])
        np.logical_and.at(found, where[weighs], state.found[weighs])
        _latest_peak(peak, best_rate, where, times.ravel(), log_rate)
        scaled = scaled.reshape(times.shape)
        kronrod = half * (scaled @ _GK_KRONROD)
        error = np.abs(kronrod - half * (scaled @ _GK_GAUSS))
        total = settled + np.bincount(row, kronrod, m)
        # Halving a panel whose values are noise would only make more of it; the row is flagged anyway.
        good = (error <= _TOLERANCE * total[row]) | ~accurate.reshape(times.shape).all(axis=1)
        if level == _BISECTIONS:
            converged[row[~good]] = False
            good[:] = True
        settled += np.bincount(row[good], kronrod[good], m)
        settled_error += np.bincount(row[good], error[good], m)
        middle = 0.5 * (left + right)
        row, left, middle, right = row[~good], left[~good], middle[~good], right[~good]
        row, left, right = np.repeat(row, 2), np.stack([left, middle], -1), np.stack([middle, right], -1)
        left, right = left.ravel(), right.ravel()
    size = np.exp(np.minimum(reference, 700.0))
    chosen, radius = limits_s[rows], radius_km[rows]
    alive = np.flatnonzero(~hopeless & (radius > 0.0))
    inside, limited = np.zeros(m), np.zeros(m, dtype=bool)
    inside[alive], limited[alive] = _ends(linearise, rows[alive], radius[alive], chosen[alive], peak[alive])
    return RateIntegral(
        expected=settled * size,
        error=settled_error * size,
        inside_at_start=inside,
        peak_time_s=peak,
        window_s=chosen,
        limited=limited,
        converged=converged,
        found=found,
        evaluations=evaluations,
    )


def _first_panels(
    linearise: Linearise, rows: NDArray[np.intp], radius_km: Array, place: NDArray[np.intp], window: Array
) -> tuple[NDArray[np.intp], Array, Array]:
    """Panels (row's place, begin, end) over the intervals: equal ones, cut where the mean path enters or leaves
    the sphere. Where the sphere is far larger than the uncertainty all happens there, in a moment.
    """
    count = place.size
    grid = window[:, :1] + (window[:, 1:] - window[:, :1]) * np.linspace(0.0, 1.0, _CROSSING_SCAN + 1)
    radius = radius_km[rows[place]]

    def depth(which: NDArray[np.intp], times: Array) -> tuple[Array, RelativeGaussian]:
        state = linearise(rows[place[which]], times)
        return np.linalg.norm(state.mean[:, :3], axis=-1) - radius[which], state

    outside, _ = depth(np.repeat(np.arange(count), _CROSSING_SCAN + 1), grid.ravel())
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
    # Along the line of sight the density passes the surface in this time, at a slant in less than it says.
    sigma = np.sqrt(np.maximum(np.einsum("ki,kij,kj->k", toward, state.covariance[:, :3, :3], toward), 0.0))
    sigma = np.maximum(sigma, _FLOOR * radius[which])
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
    """Move each row's peak to the time of the greatest rate met so far."""
    order = np.lexsort((log_rate, where))
    last = np.flatnonzero(np.diff(where[order], append=-1))
    chosen = order[last]
    better = log_rate[chosen] > best[where[chosen]]
    best[where[chosen[better]]] = log_rate[chosen[better]]
    peak[where[chosen[better]]] = times[chosen[better]]


def _ends(
    linearise: Linearise, rows: NDArray[np.intp], radius: Array, limits: Array, peak: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """The probability of being inside already where the window opens, and whether an end cuts the passage."""
    inside, limited = np.zeros(rows.size), np.zeros(rows.size, dtype=bool)
    least = _nearest_exponent(linearise(rows, peak), radius)
    for side in (0, 1):
        state = linearise(rows, limits[:, side])
        more = _nearest_exponent(state, radius) - least
        limited |= more < _ALIVE
        if side == 0:
            near = more < _CUT
            chosen = RelativeGaussian(state.mean[near], state.covariance[near], state.found[near])
            inside[near] = ball_probability(chosen, radius[near])
    return inside, limited
