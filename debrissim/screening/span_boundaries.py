"""Pairs that are inside the volume when the span, or an object's valid ephemeris, begins or ends.

Their true closest approach lies outside of what was asked for or can be known; the moment at the end stands for it,
marked as such, so that nothing near is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from debrissim.core.arrays import Array, Index
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.refine import AT_THE_END_S, NOISE_KM, refine, separation_vectors

WHEN_NOTHING_ELSE = -1
"""Status of a row that only stands (as SPAN_START) if its pair has no other."""

_BESIDE_S = 1.0
_FLAT_CHECK_S = np.array([0.0, 10.0, 20.0, 40.0])


def at_the_ends(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    distance_km: float,
    duration_s: float,
    failure_s: Array,
) -> tuple[Index, Index, Array, NDArray[np.int8]]:
    """(first, second, time, status) of pairs within distance_km at an end: receding at the start, closing at the end.

    rows: (n,) objects in play, primaries: (p,) of them; failure_s: (N,) last good moment of failing objects, else NaN.

    Which way a distance goes is asked of `refine`, the same as decides where the minima lie, so that nothing falls
    between the two; a minimum that it finds right beside an end is handed on as such. The other pairs at the start
    come too, marked `WHEN_NOTHING_ELSE`: who is inside must have a row, even if its distance is so nearly constant
    that rounding hides its minima.
    """
    latest_s = np.fmin(failure_s, duration_s)
    parts = [_within(propagator, rows, primaries, distance_km, latest_s, 0.0)]
    lasting = rows[latest_s[rows] == duration_s]
    parts.append(_within(propagator, lasting, primaries, distance_km, latest_s, duration_s))
    for row in rows[latest_s[rows] < duration_s]:
        moment = float(latest_s[row])
        alive = rows[latest_s[rows] >= moment]
        parts.append(_within(propagator, alive, primaries, distance_km, latest_s, moment, only=int(row)))
    first, second, time, status = (np.concatenate(column) for column in zip(*parts, strict=True))
    return first, second, time, status


def _within(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    distance_km: float,
    latest_s: Array,
    moment: float,
    only: int | None = None,
) -> tuple[Index, Index, Array, NDArray[np.int8]]:
    """Pairs within distance at one end, 0 or another moment, with their nearest moment there or right beside it."""
    codes, positions, _ = propagator.states(rows, [moment])
    good = codes[:, 0] == 0
    rows, positions = rows[good], positions[good, 0]
    near = cKDTree(positions).query_pairs(distance_km, output_type="ndarray")
    table = np.sort(rows[near], axis=1)
    wanted = np.isin(table, primaries).any(axis=1)
    if only is not None:
        wanted &= (table == only).any(axis=1)
    table = table[wanted]
    first, second = table[:, 0], table[:, 1]
    latest = np.minimum(latest_s[first], latest_s[second])
    guess, reach = np.full(first.shape, moment), np.full(first.shape, 2.0 * _BESIDE_S)
    time, valid = refine(propagator, first, second, guess, latest, reach)
    at_end = np.abs(time - moment) <= AT_THE_END_S
    keep = valid & (np.abs(time - moment) <= _BESIDE_S)
    end = EncounterStatus.SPAN_START if moment == 0.0 else EncounterStatus.SPAN_END
    status = np.where(at_end, end, EncounterStatus.MINIMUM).astype(np.int8)
    if moment == 0.0:
        status[~keep], at_end[~keep], keep[:] = WHEN_NOTHING_ELSE, True, True
    else:
        # A distance that does not change (of duplicates) has its one row at the start.
        before = np.maximum(moment - _FLAT_CHECK_S, 0.0)
        vectors, _ = separation_vectors(propagator, first, second, np.tile(before, (first.size, 1)))
        keep &= np.ptp(np.linalg.norm(vectors, axis=2), axis=1) > NOISE_KM
    return first[keep], second[keep], np.where(at_end, moment, time)[keep], status[keep]
