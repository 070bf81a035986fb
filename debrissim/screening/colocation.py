"""Objects that fly together: docked vehicles, modules catalogued one by one, formations.

They are always close and pose no risk to each other, but they must not be excluded silently, so each such pair is
listed. Element sets of one docked complex are fitted separately and drift apart when propagated (33 km in a week for
the ISS modules of November 2024), hence two limits: close to each other at the start, and never far apart afterwards.
Both limits are ten times wider for a station and the vehicles docked to it (`screening.docked`), whose element sets may
be days apart, with a reboost in between: in January 2022 the set of Tianhe was 1.2 days newer than the set of the three
vehicles docked to it, and placed it 5 km away from them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.propagation.sgp4 import Propagator

_CHECK_STEP_S = 600.0
STATION_FACTOR = 10.0
"""Limits of separation are this many times wider between objects of a docked complex."""


@dataclass(frozen=True)
class CoLocationRule:
    """A pair is co-located if it is within start_separation_km and start_speed_km_s of each other at the start of the
    span, or when the later of the two begins to exist, and within max_separation_km at every later check (every ten
    minutes); both separations are `STATION_FACTOR` times wider if both objects are docked to each other.
    enabled=False keeps all pairs."""

    enabled: bool = True
    start_separation_km: float = 5.0
    start_speed_km_s: float = 0.1
    max_separation_km: float = 50.0


@dataclass(frozen=True, eq=False)
class CoLocated(Rows):
    """c excluded pairs: catalogue rows (c,), (c,); initial, minimum and maximum separation (c,) in km; whether both
    objects are docked to each other or to the same station (c,)."""

    first: Index
    second: Index
    start_separation_km: Array
    minimum_separation_km: Array
    maximum_separation_km: Array
    docked: Mask


def find_co_located(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    duration_s: float,
    rule: CoLocationRule,
    complexes: Index,
    existence: tuple[Array, Array] | None = None,
    group: Index | None = None,
) -> CoLocated:
    """Pairs of the objects `rows` (n,), at least one of each pair a primary, that are co-located by the rule.

    complexes: the docked complex of each object of the propagator, 0 for none (`docked_complexes`); existence: (N,),
    (N,) s, the run times at which each begins and ceases to exist, by default the whole span; group: (N,), objects with
    the same value above 0 do not form a pair.
    """
    begin_s, end_s = existence or (np.zeros(len(propagator)), np.full(len(propagator), duration_s))
    pairs: set[tuple[int, int]] = set()
    for moment in np.unique(np.append(0.0, begin_s[rows])).tolist() if rule.enabled and rows.size else []:
        present = rows[(begin_s[rows] <= moment) & (end_s[rows] >= moment)]
        own = present[begin_s[present] == moment]
        if not np.isin(own, primaries).any():
            present = present[np.isin(present, primaries) | np.isin(present, own)]
        pairs |= _near_at(propagator, present, primaries, moment, rule, complexes, own, group)
    checks = np.append(np.arange(0.0, duration_s, _CHECK_STEP_S), duration_s)
    co_located: list[tuple[int, int, float, float, float]] = []
    for a, b in sorted(pairs):
        first_s, last_s = max(begin_s[a], begin_s[b]), min(end_s[a], end_s[b])
        times = np.append(first_s, checks[(checks > first_s) & (checks <= last_s)])
        codes, positions, _ = propagator.states([a, b], times)
        good = (codes == 0).all(axis=0)
        separation = np.linalg.norm(positions[1, good] - positions[0, good], axis=1)
        wider = STATION_FACTOR if complexes[a] and complexes[a] == complexes[b] else 1.0
        if separation.max() <= wider * rule.max_separation_km:
            co_located.append((a, b, float(separation[0]), float(separation.min()), float(separation.max())))
    columns = list(zip(*co_located, strict=True)) or [()] * 5
    first, second = (np.array(column, dtype=np.int64) for column in columns[:2])
    start, least, greatest = (np.array(column, dtype=np.float64) for column in columns[2:])
    return CoLocated(
        first,
        second,
        start,
        least,
        greatest,
        (complexes[first] > 0) & (complexes[first] == complexes[second]),
    )


def pair_key(first: Index, second: Index) -> Index:
    """(m,) one integer for each unordered pair of rows below 2^31."""
    return np.minimum(first, second) * np.int64(1 << 31) + np.maximum(first, second)


def _near_at(
    propagator: Propagator,
    rows: Index,
    primaries: Index,
    moment_s: float,
    rule: CoLocationRule,
    complexes: Index,
    own: Index,
    group: Index | None,
) -> set[tuple[int, int]]:
    """Pairs of a primary and another object that fly within the rule's limits at a moment, at least one of the two from
    `own`."""
    codes, positions, velocities, _, _ = propagator.snapshot(rows, moment_s)
    good = codes == 0
    rows, positions, velocities = rows[good], positions[good], velocities[good]
    complexes = complexes[rows]
    number = np.zeros(rows.size, dtype=np.int64) if group is None else group[rows]
    search_km = np.where(complexes > 0, STATION_FACTOR, 1.0) * rule.start_separation_km
    is_own, is_primary = np.isin(rows, own), np.isin(rows, primaries)
    # Search from the smaller set: every pair contains an object of `own` and a primary.
    centres = np.flatnonzero(is_own if is_own.sum() < is_primary.sum() else is_primary)
    near = scipy.spatial.cKDTree(positions).query_ball_point(positions[centres], search_km[centres])
    pairs: set[tuple[int, int]] = set()
    for centre, neighbours in zip(centres.tolist(), near, strict=True):
        for neighbour in neighbours:
            if number[centre] > 0 and number[centre] == number[neighbour]:
                continue
            distance = np.linalg.norm(positions[neighbour] - positions[centre])
            speed = np.linalg.norm(velocities[neighbour] - velocities[centre])
            docked = complexes[centre] > 0 and complexes[centre] == complexes[neighbour]
            limit_km = (STATION_FACTOR if docked else 1.0) * rule.start_separation_km
            is_near = distance <= limit_km and speed <= rule.start_speed_km_s
            counts = (is_own[centre] or is_own[neighbour]) and (is_primary[centre] or is_primary[neighbour])
            if neighbour != centre and is_near and counts:
                low, high = sorted((int(rows[centre]), int(rows[neighbour])))
                pairs.add((low, high))
    return pairs
