"""Pairs that are inside the volume when the span, or an object's valid ephemeris, begins or ends.

Their true closest approach lies outside of what was asked for or can be known; the moment at the end stands for it,
marked as such, so that nothing near is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from debrissim.propagation.sgp4_batch import Propagator
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.narrow import separation_vectors

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_TREND_S = 0.05


def at_the_ends(
    propagator: Propagator, rows: Index, primaries: Index, distance_km: float, duration_s: float, failure_s: Array
) -> tuple[Index, Index, Array, NDArray[np.int8]]:
    """(first, second, time, status) of pairs within distance_km at an end: receding at the start, closing at the end.

    rows: (n,) objects in play, primaries: (p,) of them; failure_s: (N,) last good moment of failing objects, else NaN.
    """
    parts = [_within(propagator, rows, primaries, distance_km, 0.0, EncounterStatus.SPAN_START)]
    lasting = rows[~(failure_s[rows] < duration_s)]
    parts.append(_within(propagator, lasting, primaries, distance_km, duration_s, EncounterStatus.SPAN_END))
    for row in rows[failure_s[rows] < duration_s]:
        moment = float(failure_s[row])
        alive = rows[~(failure_s[rows] < moment)]
        first, second, time, status = _within(
            propagator, alive, primaries, distance_km, moment, EncounterStatus.SPAN_END, only=int(row)
        )
        parts.append((first, second, time, status))
    first, second, time, status = (np.concatenate(column) for column in zip(*parts, strict=True))
    return first, second, time, status


def _within(
    propagator: Propagator, rows: Index, primaries: Index, distance_km: float, moment: float,
    status: EncounterStatus, only: int | None = None,
) -> tuple[Index, Index, Array, NDArray[np.int8]]:  # fmt: skip
    """Pairs within distance at one moment whose distance has the trend that makes this end their nearest moment."""
    codes, positions, _ = propagator.states(rows, [moment])
    good = codes[:, 0] == 0
    rows, positions = rows[good], positions[good, 0]
    centres = np.isin(rows, primaries) if only is None else rows == only
    pairs: set[tuple[int, int]] = set()
    if centres.any():
        near = cKDTree(positions).query_ball_point(positions[centres], distance_km)
        wanted = np.isin(rows, primaries)
        for centre, others in zip(np.flatnonzero(centres), near, strict=True):
            for other in others:
                if other != centre and (wanted[other] or wanted[centre]):
                    pairs.add((int(min(rows[centre], rows[other])), int(max(rows[centre], rows[other]))))
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    first, second = table[:, 0], table[:, 1]
    inwards = _TREND_S if status is EncounterStatus.SPAN_START else -_TREND_S
    times = np.tile([moment, moment + inwards], (first.size, 1))
    vectors, valid = separation_vectors(propagator, first, second, times)
    at_end, inside = np.linalg.norm(vectors, axis=2).T
    # Equal distances (exact duplicates) count as receding from the start: one row, not none and not two.
    nearest = at_end <= inside if status is EncounterStatus.SPAN_START else at_end < inside
    keep = nearest & valid.all(axis=1)
    first, second = first[keep], second[keep]
    return first, second, np.full(first.shape, moment), np.full(first.shape, int(status), dtype=np.int8)
