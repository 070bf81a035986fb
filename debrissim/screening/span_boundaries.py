"""Pairs that are inside the volume when the span, or the valid ephemeris of an object, begins or ends.

Their true closest approach lies outside the requested span, or cannot be known; the boundary itself represents it, and
is marked as such, so that no close pair is omitted.
"""

from __future__ import annotations

import numpy as np
import scipy

from debrissim.core.arrays import Array, Index
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.approaches import FALLBACK, Approaches
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.refine import AT_THE_END_S, NOISE_KM, refine, separation_vectors

_REACH_S = 1.0
_FLAT_CHECK_S = np.array([0.0, 10.0, 20.0, 40.0])


def boundary_approaches(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    distance_km: float,
    duration_s: float,
    earliest_s: Array,
    latest_s: Array,
    group: Index | None = None,
) -> Approaches:
    """Pairs within distance_km at a boundary: receding at the start, closing at the end.

    rows: (n,) objects in play, primaries: (p,) of them; earliest_s, latest_s: (N,) beginning and end of each object's
    valid ephemeris, between 0 and duration_s; group: (N,), objects with the same value above 0 do not form a pair.

    The direction in which a distance changes is decided by `refine`, which also locates the minima, so that no approach
    falls between the two; a minimum that it finds next to a boundary is returned as a minimum. The other pairs at the
    start are returned as well, marked `FALLBACK`: a pair that is inside must have a row, even if its distance is so
    nearly constant that rounding hides its minima.
    """
    begins, ends = earliest_s[rows], latest_s[rows]
    borders = []
    for is_start, moments, edge_s in ((True, begins, 0.0), (False, ends, duration_s)):
        borders.append((edge_s, is_start, rows[moments == edge_s], None))
        inner = moments != edge_s
        for moment in np.unique(moments[inner]).tolist():
            own = rows[inner & (moments == moment)]
            valid = rows[(begins <= moment) & (ends >= moment)]
            if not np.isin(own, primaries).any():
                valid = valid[np.isin(valid, primaries) | np.isin(valid, own)]
            borders.append((moment, is_start, valid, own))
    # In order of time: where one arc ends and the next begins, the same objects are at the same positions.
    parts: dict[int, Approaches] = {}
    held: tuple[float, Index, Index, Array] | None = None
    for place in sorted(range(len(borders)), key=lambda place: borders[place][0]):
        moment, is_start, present, own = borders[place]
        if held is None or held[0] != moment or not np.array_equal(held[1], present):
            found = propagator.snapshot(present, moment)
            good = found.codes == 0
            held = moment, present, present[good], found.positions_km[good]
        parts[place] = _approaches_at(
            propagator, held[2], held[3], primaries, distance_km, earliest_s, latest_s, moment, is_start, own, group
        )  # fmt: skip
    return Approaches.concat([parts[place] for place in range(len(borders))])


def _approaches_at(
    propagator: Propagator,
    rows: Index,
    positions: Array,
    primaries: Index,
    distance_km: float,
    earliest_s: Array,
    latest_s: Array,
    moment: float,
    is_start: bool,
    only: Index | None = None,
    group: Index | None = None,
) -> Approaches:
    """Pairs (of the objects `only`) within the distance at a boundary, at their closest moment at or next to it.

    positions: (n, 3) km of the objects `rows` at the moment.
    """
    near = _pairs_within(
        positions, distance_km, None if only is None else np.flatnonzero(np.isin(rows, only))
    )
    pairs = np.sort(rows[near], axis=1)
    pairs = pairs[np.isin(pairs, primaries).any(axis=1)]
    if group is not None:
        pairs = pairs[(group[pairs[:, 0]] == 0) | (group[pairs[:, 0]] != group[pairs[:, 1]])]
    first, second = pairs[:, 0], pairs[:, 1]
    earliest = np.maximum(earliest_s[first], earliest_s[second])
    latest = np.minimum(latest_s[first], latest_s[second])
    guess, reach = np.full(first.shape, moment), np.full(first.shape, 2.0 * _REACH_S)
    time, valid = refine(propagator, first, second, guess, earliest, latest, reach)
    at_boundary = np.abs(time - moment) <= AT_THE_END_S
    keep = valid & (np.abs(time - moment) <= _REACH_S)
    boundary = EncounterStatus.SPAN_START if is_start else EncounterStatus.SPAN_END
    status = np.where(at_boundary, boundary, EncounterStatus.MINIMUM).astype(np.int8)
    if is_start:
        status[~keep], at_boundary[~keep], keep[:] = FALLBACK, True, True
    else:
        # A distance that does not change (between duplicates) has its only row at the start.
        before = np.maximum(moment - _FLAT_CHECK_S, earliest[:, None])
        vectors, _ = separation_vectors(propagator, first, second, before)
        keep &= np.ptp(np.linalg.norm(vectors, axis=2), axis=1) > NOISE_KM
    return Approaches(first, second, np.where(at_boundary, moment, time), status)[keep]


def _pairs_within(positions: Array, distance_km: float, centres: Index | None) -> Index:
    """(m, 2) pairs of positions (n, 3) within a distance, each once; with centres, only those of one of them."""
    tree = scipy.spatial.cKDTree(positions)
    if centres is None:
        return np.asarray(tree.query_pairs(distance_km, output_type="ndarray"), dtype=np.int64).reshape(-1, 2)
    near = tree.query_ball_point(positions[centres], distance_km)
    found = {
        (min(centre, other), max(centre, other))
        for centre, others in zip(centres.tolist(), near, strict=True)
        for other in others
        if other != centre
    }
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
