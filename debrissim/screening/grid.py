"""The coarse phase: which pairs may come within a distance of each other, and about when. Nothing is missed.

**Theorem.** Let the samples be t_k = start + (k + 1/2) dt, each standing for the interval [t_k - dt/2, t_k + dt/2],
so that the intervals tile the window. If a pair is within D of each other at some moment of interval k, then
`examine` is asked about that pair at sample k, and does not answer 0.

**Proof, second half: what is examined is not rejected.** Let q(t) be the relative position of the interpolants, e the
sum of their two error bounds, so that the true relative position p(t) is within e of q. While the objects are above
the ground, with G = 2 mu / R^3 = 3.1e-6 / s^2 the greatest gradient of gravity and T = 6 mu / R^4 = 1.5e-9 / (s^2 km)
that gradient's own (J2 adds 2 %), the relative jerk is at most

    J = G |p'| + T |p| v + j0,

v being at most the escape speed and j0 = 1e-7 km/s^3 what SGP4's theory may add. The parabola through q(t_k-1),
q(t_k) and q(t_k+1) is therefore, within dt/2 of t_k, no further from p than

    J dt^3 / 16 + 1.25 e,

the error of quadratic interpolation and its Lebesgue constant there. That is the slack: a pair whose parabola stays
out of D + slack stays out of D. Half the parabola's squared distance is shown to be convex, with a second derivative
of at least c = v^2 / 2, before Newton's iteration is believed, and what it leaves of the slope s can lower the
minimum by s^2 / 2c at most; where it is not, the triangle's inequality decides.

**First half: whoever meets is examined.** Let g be the greatest gravity. The secant velocity (q(t_k+1) - q(t_k-1)) /
2 dt of an object is off its velocity at t_k by at most g dt / 2 + e / dt, so that the object leaves the straight line
of its secant within half a step by no more than 3/8 g dt^2 + e. A pair that meets in the interval is hence, at t_k,
within

    L = D + 2 e + (v_i + v_j) dt / 2 + 3/4 g dt^2

of each other, v the secants' sizes. With few primaries all objects within that distance are examined. Otherwise the
objects are sorted by direction from the Earth's centre: the unit vectors of two objects at least r away from it
differ by no more than L / r, a chord. Rows of latitude are as high as such a chord's angle, columns as wide as it
makes a difference in longitude, 2 asin(chord / (2 cos latitude)) at the most: the objects of a pair stand in the same
cell or in neighbours. Ordinary objects (slower than 8 km/s) have cells of that size; the others look as far around as
their own speed asks for.

There the pair is tested by straight lines first. Their relative acceleration, A = G (|p| + |p'| dt) + a0, bends p off
the secant line by at most 3/8 A dt^2 + 3/2 e by the same reasoning, a few kilometres: lines that stay further than
that out of D are dropped. This test is in single precision; 4e-6 of L^2 and 4e-7 of the radius are allowed for its
rounding.

Slow pairs, whose squared speed is less than what the acceleration could undo within the reach, may have several
minima or none in an interval: they are handed on by interval. All others have one minimum, the guess.

The numbers: for a 15 km/s pass and dt = 60 s, L is 516 km, the lines' slack 6.5 km and the parabola's 0.7 km.
`tests/properties` tries to break the theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import USUAL_EXTRA_KM, EphemerisWindow, make_window
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.kernels import cells as _cells
from debrissim.screening.kernels import pair_test as _kernels
from debrissim.screening.orbit_filter import low_passages

FEW_PRIMARIES = 32
"""Up to so many primaries plain distances are taken: they cost 2.6 ns an object, sample and primary, the cells about a
hundred an object and sample (27,000 real objects, 5 km, one core)."""

_FEW_PRIMARIES_STEP_S = 120.0
_STEPS_S = np.arange(4.0, 61.0, 2.0)
# The cost model of `benchmarks/cost_model`: ns an object and sample whatever the step (interpolation, sorting, calls),
# and ns for each other object per square km of the cells' width.
_SAMPLE_NS = 50.0
_PAIR_NS_KM2 = 1.1e-8

_SAMPLES_PER_CHUNK = 10


@dataclass(frozen=True, eq=False)
class Candidates:
    """m pairs that may be within the distance around a sample.

    | column             | shape | unit                                                                    |
    |--------------------|-------|-------------------------------------------------------------------------|
    | first, second      | (m,)  | object rows                                                             |
    | sample_s           | (m,)  | s, run time of the sample                                               |
    | guess_s            | (m,)  | s, run time where the parabola is closest                               |
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


def cheapest_step_s(object_count: int, primary_count: int, distance_km: float) -> float:
    """The sampling step (s) that takes the least time by the cost model; what is found is the same at any step.

    A longer step means fewer samples, but wider cells: pairs to test grow with their square and with the number of
    objects. Beyond a minute the parabolas' slack, as the cube of the step, hands on too many.
    """
    if primary_count <= FEW_PRIMARIES:
        return _FEW_PRIMARIES_STEP_S
    apart_km = distance_km + 8.0 * _STEPS_S + 0.75 * _kernels.GRAVITY_KM_S2 * _STEPS_S**2
    cost = (_SAMPLE_NS + _PAIR_NS_KM2 * object_count * apart_km**2) / _STEPS_S
    return float(_STEPS_S[np.argmin(cost)])


@lru_cache(maxsize=64)
def _sample_matrix(node_count: int, sample_count: int) -> Array:
    """(samples + 2, nodes): from nodes over a padded window to its samples, the one before and the one after.

    The same in every window of a run, in units of the step: [-1/2, samples + 1/2], samples at -1/2, 1/2, ...
    """
    return interpolation_matrix(node_count, -0.5, sample_count + 0.5, np.arange(-0.5, sample_count + 1.0))


def _positions(
    parts: list[EphemerisWindow], samples: Array, chunk: slice, sample_count: int
) -> NDArray[np.float32]:
    """(t, 3, n) km of all parts' objects at a chunk of a window's samples, given as times (t,) and as their places."""

    def shared(node_count: int) -> Array:
        return _sample_matrix(node_count, sample_count)[chunk]

    def own(part: EphemerisWindow) -> NDArray[np.float32]:
        return part.positions(samples, lambda n: interpolation_matrix(n, part.start_s, part.end_s, samples))

    whole = parts[0].positions(samples, shared)
    return np.concatenate([whole, *map(own, parts[1:])], axis=2) if parts[1:] else whole


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
    # Half a step more on both sides for the parabolas of the first and the last sample.
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
            errors.append(risen.error_bound_km + _kernels.ESCAPE_SPEED_KM_S * pad_s)
    window_rows, error_km = np.concatenate([part.rows for part in parts]), np.concatenate(errors)
    is_primary = np.isin(window_rows, primaries)
    found: list[Array] = []
    for chunk in range(0, sample_count, _SAMPLES_PER_CHUNK):
        size = min(_SAMPLES_PER_CHUNK, sample_count - chunk)
        samples = np.asarray(start_s + (chunk + np.arange(-1, size + 1) + 0.5) * step_s, dtype=np.float64)
        positions = _positions(parts, samples, slice(chunk, chunk + size + 2), sample_count)
        if primaries.size <= FEW_PRIMARIES:
            columns = np.flatnonzero(is_primary)
            pairs = _kernels.pairs_with_primaries(positions, columns, error_km, step_s, distance_km)
        else:
            usual_km = tolerance_km + USUAL_EXTRA_KM
            pairs = _cells.pairs_within(positions, is_primary, error_km, usual_km, step_s, distance_km)
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
