"""Ephemerides and flights made of element sets, and a slow search of close approaches of paths that jump."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from support.catalogs import START_FRACTION, START_JD
from support.oracle import satrecs_of

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Ephemeris, Segment

DAY_S = 86400.0


@dataclass(frozen=True)
class Piece:
    """An element set (a catalogue of one row) flown from one moment of run time to another."""

    element_set: Catalog
    begin_s: float
    end_s: float


def states_of(element_set: Catalog, times_s: Array) -> tuple[Array, Array]:
    """Positions and velocities (t, 3) of python-sgp4 at run times (t,)."""
    (record,) = satrecs_of(element_set)
    jd = np.full(times_s.size, START_JD)
    codes, positions, velocities = record.sgp4_array(jd, START_FRACTION + times_s / DAY_S)
    assert not codes.any()
    return positions, velocities


def ephemeris_of(
    pieces: Sequence[Piece],
    step_s: float = 60.0,
    *,
    velocities: bool = True,
    segments: bool = False,
    declared: bool = False,
    number: int | None = None,
) -> Ephemeris:
    """The pieces of one path as an ephemeris with nodes at whole multiples of a step.

    segments: a segment for each piece, else one for all; declared: with the switches as declared manoeuvres.
    """
    made = []
    groups = [[piece] for piece in pieces] if segments else [list(pieces)]
    for group in groups:
        times, positions, rates = [], [], []
        for piece in group:
            own = np.arange(np.ceil(piece.begin_s / step_s), np.floor(piece.end_s / step_s) + 1) * step_s
            if segments:
                own = np.unique(np.concatenate([[piece.begin_s], own, [piece.end_s]]))
            elif times and own.size and own[0] == times[-1][-1]:
                own = own[1:]
            position, rate = states_of(piece.element_set, own)
            times.append(own)
            positions.append(position)
            rates.append(rate)
        made.append(
            _segment(np.concatenate(times), np.concatenate(positions), np.concatenate(rates), velocities)
        )
    switches = [piece.begin_s for piece in pieces[1:]] if declared else []
    number = int(pieces[0].element_set.norad_id[0]) if number is None else number
    return Ephemeris(
        name=f"OBJECT {number}",
        norad_id=number,
        international_designator="",
        originator="TEST",
        source=f"{number}.oem",
        segments=tuple(made),
        maneuvers=tuple(DeclaredManeuver(*_moment(s), 0.0) for s in switches),
    )


def _segment(times_s: Array, positions: Array, rates: Array, velocities: bool) -> Segment:
    moments = np.array([_moment(s) for s in times_s.tolist()])
    return Segment(
        jd=moments[:, 0],
        fraction=moments[:, 1],
        leap_s=np.zeros(times_s.size),
        positions_km=positions,
        velocities_km_s=rates if velocities else np.full(rates.shape, np.nan),
        usable_start=_moment(float(times_s[0])),
        usable_stop=_moment(float(times_s[-1])),
    )


def _moment(seconds: float) -> tuple[float, float]:
    days, fraction = divmod(START_FRACTION + seconds / DAY_S, 1.0)
    return START_JD + days, fraction


@dataclass(frozen=True)
class Approach:
    """A local minimum of distance of two paths: time (s), distance (km), and whether a path jumps there."""

    time_s: float
    miss_km: float
    at_switch: bool


def approaches(
    first: Sequence[Piece], second: Sequence[Piece], radius_km: float, step_s: float = 0.5
) -> list[Approach]:
    """Every local minimum within radius_km of the distance of two paths, dense and plain; ends of the span count."""
    borders = sorted({p.begin_s for p in (*first, *second)} | {p.end_s for p in (*first, *second)})
    found: list[Approach] = []
    sampled = []
    for begin, end in itertools.pairwise(borders):
        a, b = (_at(path, 0.5 * (begin + end)) for path in (first, second))
        if a is None or b is None:
            sampled.append(None)
            continue
        times = np.linspace(begin, end, max(int(np.ceil((end - begin) / step_s)), 4) + 1)
        sampled.append((a, b, times, _distance(a, b, times)))
    for k, piece in enumerate(sampled):
        if piece is None:
            continue
        a, b, times, distance = piece
        inner = np.flatnonzero((distance[1:-1] <= distance[:-2]) & (distance[1:-1] < distance[2:])) + 1
        for place in inner.tolist():
            time, miss = _closest(a, b, times[place - 1], times[place + 1])
            if miss <= radius_km:
                found.append(Approach(time, miss, False))
        before = sampled[k - 1] if k else None
        after = sampled[k + 1] if k + 1 < len(sampled) else None
        # A piece's end counts if the distance falls towards it and does not go on falling beyond it.
        if (
            distance[-1] < distance[-2]
            and distance[-1] <= radius_km
            and (after is None or after[3][0] > distance[-1])
        ):
            found.append(Approach(float(times[-1]), float(distance[-1]), after is not None))
        if (
            distance[0] < distance[1]
            and distance[0] <= radius_km
            and (before is None or before[3][-1] >= distance[0])
        ):
            falls = before is not None and before[3][-1] < before[3][-2]
            equal = before is not None and before[3][-1] <= distance[0] + 1e-9
            if not equal or falls:
                found.append(Approach(float(times[0]), float(distance[0]), before is not None))
    return sorted(found, key=lambda approach: approach.time_s)


def _at(path: Sequence[Piece], moment_s: float) -> Catalog | None:
    flown = [piece.element_set for piece in path if piece.begin_s <= moment_s <= piece.end_s]
    return flown[0] if flown else None


def _distance(first: Catalog, second: Catalog, times_s: Array) -> Array:
    return np.asarray(np.linalg.norm(states_of(second, times_s)[0] - states_of(first, times_s)[0], axis=1))


def _closest(first: Catalog, second: Catalog, begin_s: float, end_s: float) -> tuple[float, float]:
    for _ in range(6):
        times = np.linspace(begin_s, end_s, 41)
        distance = _distance(first, second, times)
        place = int(np.clip(np.argmin(distance), 1, 39))
        begin_s, end_s = times[place - 1], times[place + 1]
    return float(times[place]), float(distance[place])
