"""The coarse phase: which pairs may come within a distance of each other, and roughly when. No such pair is missed.

**Theorem.** Let the samples be t_k = start + (k + 1/2) dt, each representing the interval [t_k - dt/2, t_k + dt/2],
so that the intervals tile the window. If a pair is within D of each other at some moment of interval k, then
`test_pair` is called for that pair at sample k, and its verdict is not 0.

**Proof, second half: no tested pair is wrongly rejected.** Let q(t) be the relative position of the interpolants and e
the sum of their two error bounds, so that the true relative position p(t) is within e of q. While the objects are above
the ground, with G = 2 mu / R^3 = 3.1e-6 / s^2 the maximum gradient of gravity and T = 6 mu / R^4 = 1.5e-9 / (s^2 km)
the maximum of that gradient's own gradient (J2 adds 2 %), the relative jerk is at most

    J = G |p'| + T |p| v + j0,

where v is at most the escape speed and j0 = 1e-7 km/s^3 is an allowance for SGP4's own theory. Within dt/2 of t_k, the
parabola through q(t_k-1), q(t_k) and q(t_k+1) is therefore no further from p than

    J dt^3 / 16 + 1.25 e,

the error of quadratic interpolation and its Lebesgue constant there. This is the slack: a pair whose parabola stays
outside D + slack stays outside D. Newton's iteration is used only if half the squared distance of the parabola is shown
to be convex, with a second derivative of at least c = v^2 / 2; the remaining slope s can then lower the minimum by at
most s^2 / 2c. Otherwise the triangle inequality decides.

**First half: every pair that meets is tested.** Let g be the maximum of gravity. The secant velocity (q(t_k+1) -
q(t_k-1)) / 2 dt of an object differs from its velocity at t_k by at most g dt / 2 + e / dt, so that within half a step
the object departs from the straight line of its secant by no more than 3/8 g dt^2 + e. Hence, at t_k, the two objects
of a pair that meets in the interval are within

    L = D + 2 e + (v_i + v_j) dt / 2 + 3/4 g dt^2

of each other, where v_i and v_j are the magnitudes of the secants. With few primaries, all objects within that distance
are tested. As gravity bends two neighbouring paths almost equally, the last term may be replaced by the corresponding
term of their relative acceleration, 3/8 A dt^2 (below), and 2 e by 3/2 e.

Otherwise the objects are divided into bands of radius. When a pair is within D, its radii also differ by at most D.
The jerk of a single path above the ground is at most J_i = G (v + 2 g dt + e / dt) + j0, so that in the interval the
path is within J_i dt^3 / 16 + 1.25 e of the parabola p + v t + a t^2 / 2 through its three samples, whose squared
radius differs from p.p by at most

    |2 p.v| dt / 2 + |v.v + p.a| (dt / 2)^2 + |v.a| (dt / 2)^3 + a.a (dt / 2)^4 / 4.

Each object therefore has a range of radius, extended by D / 2 on both sides, and the ranges of a pair that meets
overlap. Layers and bands, sets of neighbouring layers, increase with the radius: the higher of the two objects' first
bands contains both objects, and the pair is tested only there. An object under the ground is in all bands.

In each band the objects are sorted by direction from the Earth's centre: the unit vectors of two objects whose distance
from it is at least r differ by a chord of no more than L / r. Rows of latitude are as high as the angle of such a
chord, columns as wide as the largest difference in longitude that it can make, 2 asin(chord / (2 cos latitude)): the
objects of a pair are in the same cell or in neighbouring ones. Ordinary objects (slower than 8 km/s) have cells of that
size; for the others the search extends as far as their own speed and that of the fastest object require. If fewer than
one object in eight is a primary, only the surroundings of the primaries are searched, all of them in this way: a pair
without a primary is not tested, and a pair with one belongs to the primary, whatever the speed of the other object. An
object under the ground, where the bound on the chord does not hold, is tested with all.

There the pair is first tested by straight lines. Their relative acceleration, A = G (|p| + |p'| dt) + a0, bends p off
the secant line by at most 3/8 A dt^2 + 3/2 e by the same reasoning, a few kilometres: pairs whose lines stay farther
than that outside D are dropped. This test is in single precision, with an allowance of 4e-6 of L^2 and 4e-7 of the
radius for its rounding.

Slow pairs, whose speed is low enough for the acceleration to reverse it within the reach, may have several minima in an
interval, or no minimum: the whole interval is passed on. Every other pair has one minimum, which is the guess.

**Objects that fly several arcs** (`ephemerides.flights`) have one row of the search per arc, each with its own time of
existence; arcs of one object do not form a pair. An interpolated arc is within its bound (`ephemerides.bounds`) of the
trajectory from which its nodes were taken: the bound is part of e, like the error of SGP4's interpolant. Where an arc
begins or ends within a window it goes on along its chord for a step and a half. The departure of that chord from the
path on which gravity would continue the arc is also part of e (`debrissim.propagation.continuation`), so the proof
holds up to both sides of a switch, whatever the trajectory does there: p is that path. A moment without an arc is a
gap: it is listed, and no statement is made about it.

The numbers: for D = 5 km, a pass at 16 km/s and dt = 60 s, L is 493 km, the slack of the lines 6.5 km and of the
parabola 0.7 km; the range of radius of a circular orbit reaches 0.4 km and 1.25 e beyond D / 2.
`tests/properties` tries to break the theorem.

**Groups.** Alternative trajectories, only one of which is flown, such as those after alternative burns, have one row
each; rows of the same group do not form a pair. This is tested together with whether one of the two is a primary,
before anything else, and does not affect other pairs.

**Volumes.** A pair is counted if the secondary is inside a volume at any moment. D is therefore the distance of the
farthest point of the volumes from the primary (`ScreeningVolume.enclosing_radius_km`: half the diagonal of a box, the
longest semi-axis of an ellipsoid). The volume turns with the primary's axes but does not leave the sphere of radius D:
inside at t means within D at t. The minimum of the distance in the valley around t is no larger, so it is found;
whether a valley leads through a volume is decided afterwards, from the whole path (`debrissim.screening.stays`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import USUAL_EXTRA_KM, EphemerisWindow, make_window
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening import kernels
from debrissim.screening.failures import Failures
from debrissim.screening.orbit_filter import below_radius

FEW_PRIMARIES = 32
"""Up to this number of primaries plain distances are computed: they cost 2.6 ns per object, sample and primary, the
cells about a hundred per object and sample (27,000 real objects, 5 km, one core)."""

_FEW_PRIMARIES_STEP_S = 120.0
_STEPS_S = np.arange(4.0, 73.0, 2.0)
# The cost model of `benchmarks/cost_model`: ns per object and sample at any step (interpolation, sorting, calls), and
# ns per other object of its band and square km of the cells' width.
_SAMPLE_NS = 66.0
_PAIR_NS_KM2 = 1.2e-8

_SAMPLES_PER_CHUNK = 10


@dataclass(frozen=True, eq=False)
class Candidates(Rows):
    """m pairs that may be within the distance around a sample.

    | column        | shape | unit                                                   |
    |---------------|-------|--------------------------------------------------------|
    | first, second | (m,)  | rows of the catalogue, first < second                  |
    | sample_s      | (m,)  | s, run time of the sample                              |
    | guess_s       | (m,)  | s, run time at which the parabola is closest           |
    | slow          | (m,)  | the pair is too slow for a single minimum per interval |
    """

    first: Index
    second: Index
    sample_s: Array
    guess_s: Array
    slow: Mask


@dataclass(frozen=True, eq=False)
class WindowResult:
    """Candidates of a window, and the SGP4 failures that limit the existence of objects in it."""

    candidates: Candidates
    failures: Failures


def cheapest_step_s(object_count: int, primary_count: int, distance_km: float) -> float:
    """The sampling step (s) that takes the least time by the cost model; the encounters are the same at any step.

    A longer step means fewer samples, but wider cells: the pairs to test grow with the square of their width and with
    the number of objects in a band of radius. Beyond the longest step, the slack of the parabolas, which grows with the
    cube of the step, lets too many pairs pass.
    """
    if primary_count <= FEW_PRIMARIES:
        return _FEW_PRIMARIES_STEP_S
    in_band = object_count / (
        kernels.cells.FEWEST_BANDS + np.sqrt(object_count / kernels.cells.OBJECTS_PER_SQUARE)
    )
    apart_km = distance_km + 8.0 * _STEPS_S
    cost = (_SAMPLE_NS + _PAIR_NS_KM2 * in_band * apart_km**2) / _STEPS_S
    return float(_STEPS_S[np.argmin(cost)])


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
    anchor_s: Array | None = None,
    suspects: Index | None = None,
    group: Index | None = None,
) -> WindowResult:
    """Search one window of sample_count intervals from start_s on for candidates.

    rows: (n,) objects in play; primaries: (p,) the primaries among them: at least one object of each pair is a primary.
    distance_km: D of the theorem; tolerance_km: requested accuracy of the interpolants (the achieved one enters the
    slack). ceiling_km: no primary gets further than this from the Earth's centre in the span. anchor_s: (N,) the moment
    of the span nearest to each epoch, by default the start of the span; suspects: objects that are known to fail in the
    window. group: (N,) objects with the same value above 0 do not form a pair; by default there are no groups.
    """
    end_s = start_s + sample_count * step_s
    # Half a step more on both sides for the parabolas of the first and the last sample.
    pad_s, grace_s = 0.5 * step_s, 1.5 * step_s
    # An object that SGP4 can follow at the span's start, but not half a step earlier (it emerges from the ground
    # there), begins within that half step: it is followed from the start in both directions.
    window = make_window(
        propagator,
        rows,
        start_s - pad_s,
        end_s + pad_s,
        tolerance_km,
        grace_s=grace_s,
        relevant=lambda position, velocity: below_radius(
            position, velocity, end_s - start_s + step_s, ceiling_km + distance_km
        ),
        anchor_s=np.zeros(len(propagator)) if anchor_s is None else anchor_s,
        suspects=suspects,
    )
    window_rows, error_km = window.rows, window.error_bound_km
    is_primary = np.isin(window_rows, primaries)
    own_group = np.zeros(window_rows.size, dtype=np.int64) if group is None else group[window_rows]
    pairs_by_chunk: list[Array] = []
    for chunk in range(0, sample_count, _SAMPLES_PER_CHUNK):
        size = min(_SAMPLES_PER_CHUNK, sample_count - chunk)
        samples = np.asarray(start_s + (chunk + np.arange(-1, size + 1) + 0.5) * step_s, dtype=np.float64)
        positions = _positions(window, samples, slice(chunk, chunk + size + 2), sample_count)
        if primaries.size <= FEW_PRIMARIES:
            columns = np.flatnonzero(is_primary)
            pairs = kernels.pair_test.pairs_with_primaries(
                positions, columns, error_km, step_s, distance_km, own_group
            )
        else:
            usual_km = tolerance_km + USUAL_EXTRA_KM
            pairs = kernels.cells.pairs_within(
                positions, is_primary, error_km, usual_km, step_s, distance_km, own_group
            )
        pairs[:, 0] += chunk
        pairs_by_chunk.append(pairs)

    table = np.concatenate(pairs_by_chunk) if pairs_by_chunk else np.empty((0, 5))
    sample_s = start_s + (table[:, 0] + 0.5) * step_s
    a, b = window_rows[table[:, 1].astype(np.int64)], window_rows[table[:, 2].astype(np.int64)]
    return WindowResult(
        candidates=Candidates(
            first=np.minimum(a, b),
            second=np.maximum(a, b),
            sample_s=sample_s,
            guess_s=sample_s + table[:, 3],
            slow=table[:, 4] == 2.0,
        ),
        failures=Failures(
            row=window.failed_rows,
            valid_s=window.failure_s,
            code=window.failure_code,
            backward=window.failure_backward,
        ),
    )


@lru_cache(maxsize=64)
def _sample_matrix(node_count: int, sample_count: int) -> Array:
    """(samples + 2, nodes): from nodes over a padded window to its samples, and one step before and after them.

    The same for every window of a run, in units of the step: [-1/2, samples + 1/2], samples at -1/2, 1/2, ...
    """
    return interpolation_matrix(node_count, -0.5, sample_count + 0.5, np.arange(-0.5, sample_count + 1.0))


def _positions(
    window: EphemerisWindow, samples: Array, chunk: slice, sample_count: int
) -> NDArray[np.float32]:
    """(t, 3, n) km of all objects at a chunk of a window's samples, given by times (t,) and by indices."""
    return window.positions(samples, lambda node_count: _sample_matrix(node_count, sample_count)[chunk])
