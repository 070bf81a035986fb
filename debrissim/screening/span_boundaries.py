"""Pairs that are inside the volume when the span, or the valid ephemeris of an object, begins or ends.

Their true closest approach lies outside the requested span, or cannot be known; the moment at the boundary represents
it, marked as such, so that no close pair is left out.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

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
    latest_s: Array,
) -> Approaches:
    """Pairs within distance_km at a boundary: receding at the start, closing at the end.

    rows: (n,) objects in play, primaries: (p,) of them; latest_s: (N,) end of each object's valid ephemeris, at most
    duration_s.

    The direction in which a distance changes is decided by `refine`, which also locates the minima, so that nothing
    falls between the two; a minimum that it finds next to a boundary is returned as a minimum. The other pairs at
    the start are returned as well, marked `FALLBACK`: a pair that is inside must have a row, even if its distance is so
    nearly constant that rounding hides its minima.
    """
    parts = [_approaches_at(propagator, rows, primaries, distance_km, latest_s, 0.0)]
    lasting = rows[latest_s[rows] == duration_s]
    parts.append(_approaches_at(propagator, lasting, primaries, distance_km, latest_s, duration_s))
    for row in rows[latest_s[rows] < duration_s]:
        moment = float(latest_s[row])
        valid = rows[latest_s[rows] >= moment]
        parts.append(
            _approaches_at(propagator, valid, primaries, distance_km, latest_s, moment, only=int(row))
        )
    return Approaches.concat(parts)


def _approaches_at(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    distance_km: float,
    latest_s: Array,
    moment: float,
    only: int | None = None,
) -> Approaches:
    """Pairs (of the object `only`) within distance at a boundary, at their closest moment at it or next to it."""
    codes, positions, _ = propagator.states(rows, [moment])
    good = codes[:, 0] == 0
    rows, positions = rows[good], positions[good, 0]
    near = cKDTree(positions).query_pairs(distance_km, output_type="ndarray")
    pairs = np.sort(rows[near], axis=1)
    selected = np.isin(pairs, primaries).any(axis=1)
    if only is not None:
        selected &= (pairs == only).any(axis=1)
    pairs = pairs[selected]
    first, second = pairs[:, 0], pairs[:, 1]
    latest = np.minimum(latest_s[first], latest_s[second])
    guess, reach = np.full(first.shape, moment), np.full(first.shape, 2.0 * _REACH_S)
    time, valid = refine(propagator, first, second, guess, latest, reach)
    at_boundary = np.abs(time - moment) <= AT_THE_END_S
    keep = valid & (np.abs(time - moment) <= _REACH_S)
    boundary = EncounterStatus.SPAN_START if moment == 0.0 else EncounterStatus.SPAN_END
    status = np.where(at_boundary, boundary, EncounterStatus.MINIMUM).astype(np.int8)
    if moment == 0.0:
        status[~keep], at_boundary[~keep], keep[:] = FALLBACK, True, True
    else:
        # A distance that does not change (of duplicates) has its one row at the start.
        before = np.maximum(moment - _FLAT_CHECK_S, 0.0)
        vectors, _ = separation_vectors(propagator, first, second, np.tile(before, (first.size, 1)))
        keep &= np.ptp(np.linalg.norm(vectors, axis=2), axis=1) > NOISE_KM
    return Approaches(first, second, np.where(at_boundary, moment, time), status)[keep]
