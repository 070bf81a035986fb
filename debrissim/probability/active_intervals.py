"""The times at which the density at the hard body matters.

Source: our own method. Starting from each guess, and from each dip of the exponent found in a scan of the window, an
interval is widened or narrowed until it spans the times at which the density is above exp(-40) of its peak.

Assumptions
- At each instant relative position and velocity are jointly Gaussian, with the caller's `Linearization`.
- Relative motion has the period of the orbits, so 48 steps over a window of one period detect each approach.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.probability.ball import Linearization, nearest_exponent

CUT_EXPONENT = 40.0
"""Below exp(-40) of its peak the density no longer counts."""

_SCAN_SAMPLES = 17
_OVERVIEW_SAMPLES = 49
_MIN_PEAK_SAMPLES = 6
_MAX_REFINEMENTS = 80


def active_intervals(
    linearize: Linearization,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    *,
    everywhere: bool = True,
) -> tuple[NDArray[np.intp], Array, Array]:
    """The intervals of each window in which the density at the hard body is above exp(-40) of its peak.

    rows: (k,) the chosen encounters; radius_km (m,), guess_s and limits_s (m, 2) s of all encounters.
    Returns, ordered by row and time and without overlap, the position in `rows` (p,) of each interval, the intervals
    (p, 2) s, and the approximate time of the peak of each row (k,) s.
    """
    place, guess = _candidates(linearize, rows, radius_km, guess_s, limits_s, everywhere)
    limits = limits_s[rows[place]]
    intervals, peaks, minimum = _peaks(linearize, rows[place], radius_km[rows[place]], guess, limits)
    best = np.full(rows.size, np.inf)
    np.minimum.at(best, place, minimum)
    alive = np.flatnonzero(minimum <= best[place] + CUT_EXPONENT)
    alive = alive[np.lexsort((intervals[alive, 0], place[alive]))]
    peak = np.zeros(rows.size)
    chosen = np.flatnonzero(minimum == best[place])
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
    linearize: Linearization,
    rows: NDArray[np.intp],
    radius_km: Array,
    guess_s: Array,
    limits_s: Array,
    everywhere: bool,
) -> tuple[NDArray[np.intp], Array]:
    """Intervals that each contain a minimum of the exponent: the guess, and those found by a scan of the window.

    Slow pairs can meet several times in a window. Their relative motion has the period of the orbits, so 48 steps over
    a window of one period detect each approach.
    """
    k = rows.size
    low_limit, high_limit = limits_s[rows, 0], limits_s[rows, 1]
    low = np.clip(guess_s[rows, 0], low_limit, high_limit)
    high = np.clip(guess_s[rows, 1], low_limit, high_limit)
    # A guess that lies wholly outside the window or has zero length is replaced.
    empty = high <= low
    middle, span = 0.5 * (low + high), 1e-3 * (high_limit - low_limit)
    low = np.where(empty, np.maximum(middle - span, low_limit), low)
    high = np.where(empty, np.minimum(middle + span, high_limit), high)
    if not everywhere:
        return np.arange(k), np.stack([low, high], axis=-1)
    times = low_limit[:, None] + (high_limit - low_limit)[:, None] * np.linspace(0.0, 1.0, _OVERVIEW_SAMPLES)
    exponent = nearest_exponent(
        linearize(np.repeat(rows, _OVERVIEW_SAMPLES), times.ravel()),
        np.repeat(radius_km[rows], _OVERVIEW_SAMPLES),
    ).reshape(times.shape)
    padded = np.pad(exponent, ((0, 0), (1, 1)), constant_values=np.inf)
    dips = (padded[:, 1:-1] < padded[:, :-2]) & (padded[:, 1:-1] <= padded[:, 2:])
    row, column = np.nonzero(dips)
    before, after = (
        times[row, np.maximum(column - 1, 0)],
        times[row, np.minimum(column + 1, _OVERVIEW_SAMPLES - 1)],
    )
    # The guess's own dip is not searched twice.
    fresh = (after < low[row]) | (before > high[row])
    place = np.concatenate([np.arange(k), row[fresh]])
    guess = np.stack([np.concatenate([low, before[fresh]]), np.concatenate([high, after[fresh]])], axis=-1)
    return place, guess


def _peaks(
    linearize: Linearization, rows: NDArray[np.intp], radius: Array, guess: Array, limits: Array
) -> tuple[Array, Array, Array]:
    """The interval (k, 2) within exp(-40) of the peak to which each guess (k, 2) leads, found by widening or narrowing
    the guess; also the peak's time (k,) and exponent (k,).
    """
    low, high = guess[:, 0].copy(), guess[:, 1].copy()
    peak, exponents = 0.5 * (low + high), np.full(rows.size, np.inf)
    active = np.arange(rows.size)
    fraction = np.linspace(0.0, 1.0, _SCAN_SAMPLES)
    for _ in range(_MAX_REFINEMENTS):
        if active.size == 0:
            break
        a, b, limit = low[active], high[active], limits[active]
        times = a[:, None] + (b - a)[:, None] * fraction
        exponent = nearest_exponent(
            linearize(np.repeat(rows[active], _SCAN_SAMPLES), times.ravel()),
            np.repeat(radius[active], _SCAN_SAMPLES),
        ).reshape(times.shape)
        index = np.arange(active.size)
        minimum = exponent.min(axis=1)
        inside = exponent < (minimum + CUT_EXPONENT)[:, None]
        peak[active], exponents[active] = times[index, np.argmin(exponent, axis=1)], minimum
        first, last = inside.argmax(axis=1), _SCAN_SAMPLES - 1 - inside[:, ::-1].argmax(axis=1)
        down, up = inside[:, 0] & (a > limit[:, 0]), inside[:, -1] & (b < limit[:, 1])
        tight_a = times[index, np.maximum(first - 1, 0)]
        tight_b = times[index, np.minimum(last + 1, _SCAN_SAMPLES - 1)]
        moved = down | up
        low[active] = np.where(moved, np.where(down, np.maximum(a - (b - a), limit[:, 0]), a), tight_a)
        high[active] = np.where(moved, np.where(up, np.minimum(b + (b - a), limit[:, 1]), b), tight_b)
        shrinking = (last - first < _MIN_PEAK_SAMPLES) & (
            tight_b - tight_a > 1e-12 * (1.0 + np.abs(peak[active]))
        )
        active = active[moved | shrinking]
    return np.stack([low, high], axis=-1), peak, exponents
