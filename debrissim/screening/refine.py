"""The narrow phase: from a guess to the closest approach of SGP4's own positions.

The distance is minimised over SGP4 *positions*, computed by our kernels to within 1e-8 km of the library: SGP4's
velocity is not the derivative of its position, and for slow pairs a zero of (r . v) can lie seconds away from the
minimum of |r|. Five positions around the guess give the relative path as a quartic in time; its closest point is the
next guess. Rounds with 4 s between the points until the guess stays inside, then two more, leave only rounding errors:
below a microsecond for a pass at kilometres per second. In the last two rounds, the slower the pair, the wider the
spacing of the points, so that they differ by more than SGP4's rounding.

No position outside the span, or beyond an object's failure, is ever used, because it may not exist. Near an end all
five points lie inside it, and if the distance still decreases towards the end, the result is the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.threads import mapped_in_threads
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening import kernels
from debrissim.screening.approaches import Approaches
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.grid import Candidates

_SEARCH_SPACING_S = 4.0
_MIN_SEARCH_ROUNDS, _FINAL_ROUNDS = 10, 2
# Relative distance between the points, within limits of time between which a quartic follows any orbit.
_FINAL_SPACING_KM = 0.2
_FINAL_SPACING_RANGE_S = (0.5, 20.0)
_OFFSETS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_MIN_SPACING_S = 1e-6
SLOW_SCAN_S = 10.0
_SCAN_CHUNK = 200_000
# Guesses refined at a time by a thread: some 10 MB of positions.
_GUESSES_PER_BATCH = 20_000

NOISE_KM = 1e-9
"""Rounding of distances in SGP4: a smaller rise is noise (as between duplicates of one element set)."""

AT_THE_END_S = 1e-8
"""A minimum this close to either end of the usable time is that end, not a minimum."""


def find_minima(
    propagator: Propagator,
    pairs: Candidates,
    half_step_s: float,
    distance_km: float,
    earliest_s: Array,
    latest_s: Array,
    workers: int = 1,
) -> Approaches:
    """Local minima of the distance of m candidates within the span and between failures, some of them listed more than
    once.

    earliest_s, latest_s: (n,) beginning and end of each object's valid ephemeris. workers: threads.
    """
    begin_s = np.maximum(earliest_s[pairs.first], earliest_s[pairs.second])
    end_s = np.minimum(latest_s[pairs.first], latest_s[pairs.second])
    # Objects that never exist at the same time meet only on the straight lines beyond their failures.
    pairs = pairs[(begin_s < end_s) & (pairs.sample_s + half_step_s + SLOW_SCAN_S > begin_s)]
    fast, slow = pairs[~pairs.slow], pairs[pairs.slow]
    slow_first, slow_second, slow_guess = slow_minima(
        propagator,
        slow.first,
        slow.second,
        slow.sample_s,
        half_step_s,
        distance_km,
        np.maximum(earliest_s[slow.first], earliest_s[slow.second]),
        np.minimum(latest_s[slow.first], latest_s[slow.second]),
    )
    # A fast pair's minimum is in its interval, or belongs to another sample; a slow pair's is next to its dip.
    fast_guess = np.clip(fast.guess_s, fast.sample_s - half_step_s, fast.sample_s + half_step_s)
    guess = np.concatenate([fast_guess, slow_guess])
    reach = np.full(guess.shape, max(2.0 * half_step_s, SLOW_SCAN_S))
    reach[fast_guess.size :] = SLOW_SCAN_S
    first = np.concatenate([fast.first, slow_first])
    second = np.concatenate([fast.second, slow_second])
    earliest = np.maximum(earliest_s[first], earliest_s[second])
    latest = np.minimum(latest_s[first], latest_s[second])
    time, valid = refine(propagator, first, second, guess, earliest, latest, reach, workers)
    valid[: fast_guess.size] &= (np.abs(time - guess) < reach - AT_THE_END_S)[: fast_guess.size]
    # A time at an end is not a minimum: `span_boundaries` decides about those.
    keep = valid & (time > earliest + AT_THE_END_S) & (time < latest - AT_THE_END_S)
    status = np.full(time.shape, EncounterStatus.MINIMUM, dtype=np.int8)
    return Approaches(first, second, time, status)[keep]


def refine(
    propagator: Propagator,
    first: Index,
    second: Index,
    guess_s: Array,
    earliest_s: Array,
    latest_s: Array,
    reach_s: Array,
    workers: int = 1,
) -> tuple[Array, NDArray[np.bool_]]:
    """Refine guesses (m,) to times of minimum distance (m,), with a mask (m,) of the pairs that SGP4 could follow.

    Only times from earliest_s to latest_s (m,) are used; a result at one of these ends means that the distance
    decreases towards it. Each time stays within reach_s (m,) of its guess, which prevents rounding from moving it away
    from a flat minimum. workers: threads.
    """

    def refined(batch: slice) -> tuple[Array, NDArray[np.bool_]]:
        return _refine_batch(
            propagator,
            first[batch],
            second[batch],
            guess_s[batch],
            earliest_s[batch],
            latest_s[batch],
            reach_s[batch],
        )

    batches = [slice(k, k + _GUESSES_PER_BATCH) for k in range(0, guess_s.size, _GUESSES_PER_BATCH)]
    parts = list(mapped_in_threads(refined, batches, workers))
    time = np.concatenate([np.empty(0), *(part for part, _ in parts)])
    valid = np.concatenate([np.empty(0, dtype=bool), *(good for _, good in parts)])
    return time, valid


def _refine_batch(
    propagator: Propagator,
    first: Index,
    second: Index,
    guess_s: Array,
    earliest_s: Array,
    latest_s: Array,
    reach_s: Array,
) -> tuple[Array, NDArray[np.bool_]]:
    time = np.clip(guess_s, earliest_s, latest_s)
    lowest, highest = np.maximum(guess_s - reach_s, earliest_s), np.minimum(guess_s + reach_s, latest_s)
    valid = np.ones(time.shape, dtype=bool)
    widest = np.maximum(0.25 * (latest_s - earliest_s), _MIN_SPACING_S)
    spacing = np.minimum(_SEARCH_SPACING_S, widest)
    moving = np.arange(time.size)
    # A round moves a guess by at most two spacings: these are enough rounds to reach the limits from any guess.
    farthest = float(np.maximum(highest - time, time - lowest).max(initial=0.0))
    search_rounds = max(_MIN_SEARCH_ROUNDS, 2 + int(np.ceil(farthest / (2.0 * _SEARCH_SPACING_S))))
    for round_number in range(search_rounds + _FINAL_ROUNDS):
        searching = round_number < search_rounds
        if not searching:
            moving = np.flatnonzero(valid)
        if moving.size == 0:
            continue
        width = 2.0 * spacing[moving]
        middle = np.maximum(np.minimum(time[moving], latest_s[moving] - width), earliest_s[moving] + width)
        relative, good = separation_vectors(
            propagator, first[moving], second[moving], middle[:, None] + spacing[moving, None] * _OFFSETS
        )
        valid[moving] = good.all(axis=1)
        if searching:
            begin = _OFFSETS[np.argmin(np.einsum("mkc,mkc->mk", relative, relative), axis=1)]
        else:
            # Points tens of seconds apart may span a maximum of distance: do not start beyond it.
            begin = (time[moving] - middle) / spacing[moving]
        offset = spacing[moving] * kernels.pair_test.closest_points(np.ascontiguousarray(relative), begin)
        closest = np.clip(middle + offset, lowest[moving], highest[moving])
        near = np.abs(closest - time[moving]) <= spacing[moving]
        time[moving] = closest
        speed = np.linalg.norm(relative[:, 4] - relative[:, 0], axis=1) / (2.0 * width)
        settled = moving[near]
        spacing[settled] = np.minimum(
            np.clip(_FINAL_SPACING_KM / np.maximum(speed[near], 1e-6), *_FINAL_SPACING_RANGE_S),
            widest[settled],
        )
        moving = moving[valid[moving] & ~near]
    return time, valid


def separation_vectors(
    propagator: Propagator, first: Index, second: Index, times_s: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """(m, t, 3) km from the first to the second object of each pair at its times (m, t), and a mask of valid ones."""
    code_a, position_a = propagator.positions_along(first, times_s)
    code_b, position_b = propagator.positions_along(second, times_s)
    return position_b - position_a, (code_a == 0) & (code_b == 0)


def slow_minima(
    propagator: Propagator,
    first: Index,
    second: Index,
    sample_s: Array,
    half_step_s: float,
    distance_km: float,
    earliest_s: Array,
    latest_s: Array,
) -> tuple[Index, Index, Array]:
    """Guesses at every local minimum of slow pairs in the union of their intervals: (first, second, time).

    first, second, sample_s: (m,) candidates; earliest_s, latest_s: (m,) the ends of the span, or of the time for which
    SGP4 follows both objects. Each pair's adjoining intervals are joined, widened by a scan step on both sides, and
    scanned every 10 s with SGP4: slow pairs move apart and together with the period of their orbits. A dip is a minimum
    if the distance then rises by more than rounding, however slowly.
    """
    order = np.lexsort((sample_s, second, first))
    first, second, sample_s = first[order], second[order], sample_s[order]
    earliest_s, latest_s = earliest_s[order], latest_s[order]
    same = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
    joined = same & (np.diff(sample_s) <= 2.2 * half_step_s)
    starts = np.flatnonzero(np.concatenate([[True], ~joined])) if first.size else np.empty(0, dtype=np.intp)
    ends = np.append(starts[1:], first.size) - 1
    minima_s: list[Array] = []
    for start, end in zip(starts, ends, strict=False):
        pair = np.array([first[start]]), np.array([second[start]])
        begin = max(sample_s[start] - half_step_s - SLOW_SCAN_S, earliest_s[start])
        stop = min(sample_s[end] + half_step_s + SLOW_SCAN_S, latest_s[start])
        times = np.linspace(begin, stop, max(int(np.ceil((stop - begin) / SLOW_SCAN_S)), 2) + 1)
        distance = _distance_km(propagator, *pair, times)
        dip = kernels.pair_test.lasting_minima(distance, NOISE_KM)
        # At an end that is not an end of the span, the distance continues to decrease in a neighbouring interval.
        dip[0] &= begin == earliest_s[start]
        dip[-1] &= stop == latest_s[start]
        # A minimum between two scan points is lower than both by less than the motion within a scan step.
        change = np.abs(np.diff(distance))
        motion = np.maximum(np.append(change, 0.0), np.append(0.0, change)) + 1.0
        minima_s.append(times[dip & (distance <= distance_km + motion)])
    counts = [times.size for times in minima_s]
    return (
        np.repeat(first[starts], counts),
        np.repeat(second[starts], counts),
        np.concatenate(minima_s) if minima_s else np.empty(0),
    )


def _distance_km(propagator: Propagator, first: Index, second: Index, times_s: Array) -> Array:
    """(t,) km between two objects at times (t,); NaN if SGP4 fails."""
    parts = []
    for begin in range(0, times_s.size, _SCAN_CHUNK):
        vectors, good = separation_vectors(
            propagator, first, second, times_s[None, begin : begin + _SCAN_CHUNK]
        )
        parts.append(np.where(good[0], np.linalg.norm(vectors[0], axis=1), np.nan))
    return np.concatenate(parts)
