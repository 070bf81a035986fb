"""The coarse phase: which pairs may come within a distance of each other, and about when. Nothing is missed.

**Theorem.** Let the samples be t_k = start + (k + 1/2) dt, each standing for the interval [t_k - dt/2, t_k + dt/2], so
that the intervals tile the window. If a pair is within D of each other at some moment t of interval k, then
`_examine` does not answer 0 for that pair at sample k or, where t is a fast pair's minimum next to an interval's
end, at the neighbouring sample on the other side of that end.

**Proof.** Let q(t) be the relative position of the interpolants, e the sum of the two error bounds, so that the true
relative position is within e of q. Let V bound the relative speed. Then |q(t_k)| <= D + e + V dt/2, which is the reach
of the search, and the width of a grid cell: the pair's objects stand in the same or in adjacent cells, and all of
those are examined. While the pair is that close its relative acceleration is at most

    A = G (|q(t_k)| + |v| dt) + a0,    G = 2 mu / R^3 = 3.1e-6 / s^2,

since gravity at two places differs by no more than its gradient times their distance (J2 adds 2 %; a0 = 1e-5 km/s^2
covers what SGP4's theory adds). The secant velocity v = (q(t_k+1) - q(t_k-1)) / 2 dt differs from the true one at t_k
by at most A dt / 2 + e / dt, and so the straight line through q(t_k) along v from the true path, anywhere in the
interval, by at most

    A dt/2 * dt/2 + e/2 + A (dt/2)^2 / 2 + e  =  3/8 A dt^2 + 3/2 e.

That is the slack: if the line stays out of D + slack, the pair stays out of D.  For a fast pair, whose squared speed
exceeds what the acceleration could undo within the reach, the range rate grows monotonically through its one zero; the
zero of the line is off by no more than the `wobble` of `_examine`, and an approach whose zero lies further outside
the interval than that belongs to another interval. Slow pairs are handed on by interval, whatever their minimum.

The numbers: for a 15 km/s pass, dt = 60 s and 700 km still to go the slack is 7 km; for dt = 12 s and 140 km, 0.05 km.
`tests/properties` tries to break the theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from debrissim.propagation.ephemeris import EphemerisWindow, interpolation_matrix, make_window
from debrissim.propagation.sgp4_batch import Propagator
from debrissim.screening import _kernels
from debrissim.screening.sieve import low_passages

Array = NDArray[np.float64]
Index = NDArray[np.int64]

FEW_PRIMARIES = 32
"""Up to so many primaries plain distances are taken: they cost 2.6 ns an object, sample and primary, the grid 87 ns an
object and sample (27,000 real objects, 5 km, one core)."""

_SAMPLES_PER_CHUNK = 24
# Twice the escape speed at the ground: no two bound objects pass each other faster.
GREATEST_RELATIVE_SPEED_KM_S = 2.0 * 11.19


@dataclass(frozen=True, eq=False)
class Candidates:
    """m pairs that may be within the distance around a sample.

    | column             | shape | unit                                                                    |
    |--------------------|-------|-------------------------------------------------------------------------|
    | first, second      | (m,)  | object rows                                                             |
    | sample_s           | (m,)  | s, run time of the sample                                               |
    | guess_s            | (m,)  | s, run time where the straight line is closest                          |
    | slow               | (m,)  | the pair is too slow for one minimum an interval                        |
    | half_step_s        |       | half the length of the interval around each sample                      |
    | failed_rows, failure_s, failure_code | (f,) | first SGP4 failures met in the window                  |
    """

    first: Index
    second: Index
    sample_s: Array
    guess_s: Array
    slow: NDArray[np.bool_]
    half_step_s: float
    failed_rows: Index
    failure_s: Array
    failure_code: NDArray[np.uint8]


@lru_cache(maxsize=64)
def _sample_matrix(node_count: int, sample_count: int) -> Array:
    """(samples + 2, nodes): from nodes over a padded window to its samples, the one before and the one after.

    The same in every window of a run, in units of the step: [-1/2, samples + 1/2], samples at -1/2, 1/2, ...
    """
    return interpolation_matrix(node_count, -0.5, sample_count + 0.5, np.arange(-0.5, sample_count + 1.0))


def _positions(parts: list[EphemerisWindow], samples: Array, chunk: slice, sample_count: int) -> Array:
    """(t, 3, n) km of all parts' objects at a chunk of a window's samples, given as times (t,) and as their places."""

    def shared(node_count: int) -> Array:
        return _sample_matrix(node_count, sample_count)[chunk]

    def own(part: EphemerisWindow) -> Array:
        return part.positions(samples, lambda n: interpolation_matrix(n, part.start_s, part.end_s, samples))

    whole = parts[0].positions(samples, shared)
    return whole if len(parts) == 1 else np.concatenate([whole, *map(own, parts[1:])], axis=2)


def find_candidates(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    start_s: float,
    sample_count: int,
    step_s: float,
    distance_km: float,
    tolerance_km: float,
    ceiling_km: float = np.inf,
) -> Candidates:
    """Candidates of one window of sample_count intervals from start_s on.

    rows: (n,) objects in play; primaries: (p,) of them, pairs of which at least one is a primary are looked for.
    distance_km: D of the theorem; tolerance_km: wanted accuracy of the interpolants (what is achieved is in the slack).
    ceiling_km: no primary gets further than this from the Earth's centre in the span.
    """
    end_s = start_s + sample_count * step_s
    # Half a step more on both sides for the secants of the first and the last sample.
    pad_s, grace_s = 0.5 * step_s, 1.5 * step_s
    window = make_window(
        propagator,
        rows,
        start_s - pad_s,
        end_s + pad_s,
        tolerance_km,
        grace_s=grace_s,
        relevant=lambda position, velocity: low_passages(
            position, velocity, end_s - start_s + step_s, ceiling_km + distance_km
        ),
    )
    parts, errors = [window], [window.error_bound_km]
    dead = np.zeros(window.failed_rows.shape, dtype=bool)
    if start_s == 0.0:
        # What SGP4 can follow at the span's start, but not half a step earlier (it comes out of the ground there),
        # begins at the start, and its first secant is wrong by what it may have moved in half a step.
        dead = window.failure_s < start_s
        if dead.any():
            rows = window.failed_rows[dead]
            risen = make_window(propagator, rows, start_s, end_s + pad_s, tolerance_km, grace_s)
            parts.append(risen)
            errors.append(risen.error_bound_km + 0.5 * GREATEST_RELATIVE_SPEED_KM_S * pad_s)
    window_rows, error_km = np.concatenate([part.rows for part in parts]), np.concatenate(errors)
    is_primary = np.isin(window_rows, primaries)
    found: list[Array] = []
    for chunk in range(0, sample_count, _SAMPLES_PER_CHUNK):
        size = min(_SAMPLES_PER_CHUNK, sample_count - chunk)
        samples = np.asarray(start_s + (chunk + np.arange(-1, size + 1) + 0.5) * step_s, dtype=np.float64)
        positions = _positions(parts, samples, slice(chunk, chunk + size + 2), sample_count)
        if primaries.size <= FEW_PRIMARIES:
            columns = np.flatnonzero(is_primary)
            pairs = _kernels.pairs_with_primaries(
                positions, columns, error_km, step_s, distance_km, GREATEST_RELATIVE_SPEED_KM_S
            )
        else:
            pairs = _kernels.pairs_within(
                positions, is_primary, error_km, step_s, distance_km, GREATEST_RELATIVE_SPEED_KM_S
            )
        pairs[:, 0] += chunk
        found.append(pairs)

    table = np.concatenate(found) if found else np.empty((0, 5))
    sample_s = start_s + (table[:, 0] + 0.5) * step_s
    one, other = window_rows[table[:, 1].astype(np.int64)], window_rows[table[:, 2].astype(np.int64)]
    return Candidates(
        first=np.minimum(one, other),
        second=np.maximum(one, other),
        sample_s=sample_s,
        guess_s=sample_s + table[:, 3],
        slow=table[:, 4] == 2.0,
        half_step_s=0.5 * step_s,
        failed_rows=np.concatenate([window.failed_rows[~dead], *(part.failed_rows for part in parts[1:])]),
        failure_s=np.concatenate([window.failure_s[~dead], *(part.failure_s for part in parts[1:])]),
        failure_code=np.concatenate([window.failure_code[~dead], *(part.failure_code for part in parts[1:])]),
    )
