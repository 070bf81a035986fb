"""Close approaches by dense SGP4, for checking the screening: slow, plain, and without any code in common with it.

From the package this uses only `Propagator.states` and `states_along`, that is python-sgp4, and the interpolants of
ephemerides where objects fly these; its rows are then arcs (`ephemerides.flights`). There is no grid of cells,
no interpolant, no perigee-apogee filter and no tree: every distance is computed at nodes a minute apart.

Why nothing is missed: objects within R of each other at a time t off a node are no further apart
at the node than R + (v1 + v2) t + 0.01 t^2 (two accelerations below 9.8e-3 km/s^2 each); and along the straight line of
the node's relative velocity they come within R + 0.01 t^2. Speeds are taken 1 % higher, and the straight line 0.1 km/s
times t wider, as SGP4's velocity is not the derivative of its position. A row that exists for a part of the minute is
taken along the straight line of its velocity at the moment nearest to the node: then t is twice as long. The pairs left
are sampled every second.
A pair has at most one minimum in two minutes: orbits last an hour and a half and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.rows import Rows
from debrissim.propagation.sgp4 import Propagator

HALF_STEP_S = 30.0
NOISE_KM = 1e-7
"""A distance that varies by less than this over two minutes has no minimum that can be distinguished from rounding."""

_BENDING_KM_S2 = 0.01
_SPEED_MARGIN = 1.01
_VELOCITY_ERROR_KM_S = 0.1
_PAD_S = 30.0
_SAMPLE_S = 1.0
_ZOOM_S = (0.2, 0.04)
_FIT_S = 0.1
_AT_THE_END_S = 1e-6
_PAIRS_AT_ONCE = 2000
# Few enough to stay in the cache: three times faster than a matrix that does not.
_DISTANCES_AT_ONCE = 400_000

# Samples of a passage are this much of the enclosing radius apart, within limits of time.
_STRIDE = 0.002
_STRIDE_RANGE_S = (0.005, 1.0)
_STRIDES_AT_ONCE = 256

MINIMUM, SPAN_START, SPAN_END, ARC_START, ARC_END = 0, 1, 2, 3, 4


@dataclass(frozen=True, eq=False)
class Minima(Rows):
    """m minimum distances of pairs of objects, each within HALF_STEP_S of the moment at which it was searched.

    | column           | shape  | unit                                                                        |
    |------------------|--------|-----------------------------------------------------------------------------|
    | first, second    | (m,)   | rows of the propagator                                                      |
    | time_s           | (m,)   | s of run time                                                               |
    | miss_km          | (m,)   | km                                                                          |
    | relative_rtn_km  | (m, 3) | km, second minus first, along the first's radial, transverse, normal        |
    | speed_km_s       | (m,)   | km/s, relative                                                              |
    | kind             | (m,)   | MINIMUM, or SPAN_START (receding from it on), SPAN_END (closing up to it);  |
    |                  |        | ARC_START, ARC_END: the same of a row that begins or ends within the span   |
    | place            | (m,)   | index among the pairs that were searched                                    |
    """

    first: Index
    second: Index
    time_s: Array
    miss_km: Array
    relative_rtn_km: Array
    speed_km_s: Array
    kind: NDArray[np.int8]
    place: Index


def pairs_near(
    propagator: Propagator,
    rows: Index,
    others: Index,
    node_s: float,
    radius_km: float,
    earliest_s: Array,
    latest_s: Array,
    half_s: float = HALF_STEP_S,
    *,
    partial: bool = False,
) -> tuple[Index, Index]:
    """Pairs (first, second) of one of `rows` and one of `others` that may come within radius_km near a node.

    Near is half_s before to half_s after node_s. earliest_s, latest_s: (N,), (N,) from and until when each object can
    be propagated; one that cannot be over the whole of that interval is left out, unless partial, which takes those
    that can be over a part of it. Each pair once, lower row first.
    """
    members = np.union1d(rows, others)
    codes, positions, velocities = propagator.states(members, [node_s])
    good = (codes[:, 0] == 0) & (latest_s[members] >= min(node_s + half_s, float(latest_s.max())))
    good &= earliest_s[members] <= max(node_s - half_s, float(earliest_s.min()))
    bent_km = radius_km + _BENDING_KM_S2 * half_s**2
    if partial:
        early, late = earliest_s[members], latest_s[members]
        part = np.flatnonzero(~good & (late > early) & (late > node_s - half_s) & (early < node_s + half_s))
        if part.size:
            moments = np.clip(node_s, early[part], late[part])
            part_codes, at_moment, rates = propagator.states_along(members[part], moments[:, None])
            positions[part, 0] = at_moment[:, 0] + (node_s - moments)[:, None] * rates[:, 0]
            velocities[part] = rates
            good[part] = part_codes[:, 0] == 0
            bent_km = radius_km + _BENDING_KM_S2 * (2.0 * half_s) ** 2
    members, position, velocity = members[good], positions[good, 0], velocities[good, 0]
    speed = _SPEED_MARGIN * np.linalg.norm(velocity, axis=1)
    ones, square = np.ones(members.size), np.einsum("nc,nc->n", position, position)
    centres, targets = (np.flatnonzero(np.isin(members, part)) for part in (rows, others))
    # |a - b|^2 - |a|^2 = -2 a.b + |b|^2, as one matrix product.
    right = np.column_stack([-2.0 * position, square])[targets].T
    left = np.column_stack([position, ones])
    pairs: list[tuple[Index, Index]] = []
    fastest = float(speed[targets].max(initial=0.0))
    at_once = max(1, _DISTANCES_AT_ONCE // max(targets.size, 1))
    for k in range(0, centres.size, at_once):
        part = centres[k : k + at_once]
        gate_km = bent_km + half_s * (speed[part] + fastest)
        near = left[part] @ right <= (gate_km**2 - square[part])[:, None]
        row, column = np.divmod(np.flatnonzero(near), max(targets.size, 1))
        a, b = part[row], targets[column]
        pairs.append((a[a != b], b[a != b]))
    first = np.concatenate([f for f, _ in pairs]) if pairs else np.empty(0, dtype=np.int64)
    second = np.concatenate([s for _, s in pairs]) if pairs else np.empty(0, dtype=np.int64)
    apart, rate = position[second] - position[first], velocity[second] - velocity[first]
    rate_square = np.maximum(np.einsum("mc,mc->m", rate, rate), 1e-30)
    when = np.clip(-np.einsum("mc,mc->m", apart, rate) / rate_square, -half_s, half_s)
    miss_km = np.linalg.norm(apart + when[:, None] * rate, axis=1)
    near = miss_km <= bent_km + _VELOCITY_ERROR_KM_S * half_s
    if partial:
        together = np.minimum(latest_s[members[first]], latest_s[members[second]])
        near &= together > np.maximum(earliest_s[members[first]], earliest_s[members[second]])
    ordered = np.sort(np.stack([members[first[near]], members[second[near]]], axis=1), axis=1)
    unique = np.unique(ordered, axis=0)
    return unique[:, 0], unique[:, 1]


def minima_at(
    propagator: Propagator,
    first: Index,
    second: Index,
    near_s: Array,
    duration_s: float,
    earliest_s: Array,
    latest_s: Array,
) -> tuple[Minima, Index]:
    """The minimum distance of pairs (m,) within HALF_STEP_S of times near_s (m,), and the pairs that are flat there.

    Only local minima are returned, and the nearest moment at an end of the span 0 to duration_s, or of a row,
    earliest_s (N,) and latest_s (N,), within it (ARC_START, ARC_END). The second part has the indices among the m of
    pairs whose distance is constant apart from rounding.
    """
    chunks = np.array_split(np.arange(first.size), first.size // _PAIRS_AT_ONCE + 1)
    parts = [_minima(propagator, first, second, near_s, k, duration_s, earliest_s, latest_s) for k in chunks]
    return Minima.concat([minima for minima, _ in parts]), np.concatenate([flat for _, flat in parts])


def _minima(
    propagator: Propagator,
    first: Index,
    second: Index,
    near_s: Array,
    place: Index,
    duration_s: float,
    earliest_s: Array,
    latest_s: Array,
) -> tuple[Minima, Index]:
    first, second, near_s = first[place], second[place], near_s[place]
    earliest = np.maximum(np.maximum(earliest_s[first], earliest_s[second]), 0.0)
    latest = np.minimum(np.minimum(latest_s[first], latest_s[second]), duration_s)
    reach = HALF_STEP_S + _PAD_S
    offsets = np.linspace(-reach, reach, round(2.0 * reach / _SAMPLE_S) + 1)
    times = np.clip(near_s[:, None] + offsets, earliest[:, None], latest[:, None])
    distance = distances(propagator, first, second, times)
    lowest = distance.argmin(axis=1)
    order, floor = np.arange(offsets.size), distance.min(axis=1)[:, None]
    falls = np.where(order <= lowest[:, None], distance - floor, 0.0).max(axis=1, initial=0.0) > NOISE_KM
    rises = np.where(order >= lowest[:, None], distance - floor, 0.0).max(axis=1, initial=0.0) > NOISE_KM
    kind = np.full(first.shape, -1, dtype=np.int8)
    kind[falls & rises] = MINIMUM
    kind[~falls & rises & (times[:, 0] == 0.0)] = SPAN_START
    kind[falls & ~rises & (times[:, -1] == duration_s)] = SPAN_END
    kind[~falls & rises & (times[:, 0] == earliest) & (earliest > 0.0)] = ARC_START
    kind[falls & ~rises & (times[:, -1] == latest) & (latest < duration_s)] = ARC_END
    time = times[np.arange(first.size), lowest] if first.size else np.empty(0)
    time = _settled(propagator, first, second, time, earliest, latest)
    # The lowest sample may be the first or last one, and the minimum lie next to it.
    kind[(kind == SPAN_START) & (time > _AT_THE_END_S)] = MINIMUM
    kind[(kind == SPAN_END) & (time < duration_s - _AT_THE_END_S)] = MINIMUM
    kind[(kind == ARC_START) & (time > earliest + _AT_THE_END_S)] = MINIMUM
    kind[(kind == ARC_END) & (time < latest - _AT_THE_END_S)] = MINIMUM
    # A second of grace: a minimum between two intervals must not be lost in the rounding of both.
    kept = (kind >= 0) & (np.abs(time - near_s) <= HALF_STEP_S + _SAMPLE_S)
    return _table(propagator, first[kept], second[kept], time[kept], kind[kept], place[kept]), place[
        ~falls & ~rises
    ]


def inside_at_any_moment(
    propagator: Propagator,
    minima: Minima,
    contains: Callable[[Array, Index], NDArray[np.bool_]],
    radius_km: float,
    earliest_s: Array,
    latest_s: Array,
) -> NDArray[np.bool_]:
    """(m,) whether the pair of each minimum is inside somewhere between the maxima of the distance on either side.

    contains: of relative positions (k, 3), km along the first's radial, transverse and normal, and of the minima (k,)
    they belong to; no position farther than radius_km is inside. earliest_s, latest_s: (N,) beginning and end of each
    row.

    From each minimum a pair is sampled outwards until it is farther away than that, or comes closer again. A sample
    inside proves an event; passages through a corner that fall between two samples are not examined.
    """
    inside = contains(minima.relative_rtn_km, np.arange(len(minima)))
    stride_s = np.clip(_STRIDE * radius_km / np.maximum(minima.speed_km_s, 1e-9), *_STRIDE_RANGE_S)
    begin_s = np.maximum(np.maximum(earliest_s[minima.first], earliest_s[minima.second]), 0.0)
    end_s = np.minimum(latest_s[minima.first], latest_s[minima.second])
    for sign in (-1.0, 1.0):
        place, highest = minima.time_s.copy(), minima.miss_km.copy()
        active = np.flatnonzero(~inside & (minima.miss_km <= radius_km))
        while active.size:
            steps = sign * stride_s[active, None] * np.arange(1, _STRIDES_AT_ONCE + 1)
            times = np.clip(place[active, None] + steps, begin_s[active, None], end_s[active, None])
            relative = _relative_rtn(propagator, minima.first[active], minima.second[active], times)
            distance = np.linalg.norm(relative, axis=2)
            peak = np.maximum.accumulate(np.maximum(distance, highest[active, None]), axis=1)
            beyond = np.maximum.accumulate((distance > radius_km) | (distance < peak - NOISE_KM), axis=1)
            row, column = np.nonzero(~beyond)
            found = contains(relative[row, column], active[row])
            inside[active[row[found]]] = True
            place[active], highest[active] = times[:, -1], peak[:, -1]
            ended = beyond[:, -1] | (times[:, -1] == (begin_s if sign < 0.0 else end_s)[active])
            active = active[~ended & ~inside[active]]
    return np.asarray(inside)


def relative_positions(propagator: Propagator, first: Index, second: Index, time_s: Array) -> Array:
    """(m, 3) km of the second objects along the firsts' radial, transverse and normal, at times (m,)."""
    return _relative_rtn(propagator, first, second, time_s[:, None])[:, 0]


def _relative_rtn(propagator: Propagator, first: Index, second: Index, times_s: Array) -> Array:
    """(m, t, 3) km at the times (m, t) of each pair."""
    _, first_km, first_km_s = propagator.states_along(first, times_s)
    _, second_km, _ = propagator.states_along(second, times_s)
    return np.asarray(np.einsum("mtij,mtj->mti", _axes(first_km, first_km_s), second_km - first_km))


def _axes(position_km: Array, velocity_km_s: Array) -> Array:
    """(..., 3, 3) the radial, transverse and normal directions of states."""
    radial = position_km / np.linalg.norm(position_km, axis=-1, keepdims=True)
    normal = np.cross(position_km, velocity_km_s)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=-2)


def distances(propagator: Propagator, first: Index, second: Index, times_s: Array) -> Array:
    """(m, t) km between the objects of each pair (m,) at its times (m, t)."""
    _, first_km, _ = propagator.states_along(first, times_s)
    _, second_km, _ = propagator.states_along(second, times_s)
    return np.asarray(np.linalg.norm(second_km - first_km, axis=2))


def _settled(
    propagator: Propagator, first: Index, second: Index, time_s: Array, earliest_s: Array, latest_s: Array
) -> Array:
    """(m,) minima next to times (m,): two rounds of closer samples, then a parabola through squared distances.

    The parabola is exact for a straight passage; the bend by gravity in half a second is below a microsecond.
    """
    steps = np.arange(-5.0, 6.0)
    time, members = time_s, np.arange(time_s.size)
    for spacing in _ZOOM_S:
        times = np.clip(time[:, None] + spacing * steps, earliest_s[:, None], latest_s[:, None])
        time = times[members, distances(propagator, first, second, times).argmin(axis=1)]
    lowest = earliest_s + 5.0 * _FIT_S
    middle = np.clip(time, lowest, np.maximum(latest_s - 5.0 * _FIT_S, lowest))
    squares = distances(propagator, first, second, middle[:, None] + _FIT_S * steps) ** 2
    _, slope, curvature = np.linalg.pinv(np.vander(steps, 3, increasing=True)) @ squares.T
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = middle - _FIT_S * slope / (2.0 * curvature)
    usable = (np.abs(fitted - time) <= 2.0 * _ZOOM_S[-1]) & (latest_s - earliest_s >= 10.0 * _FIT_S)
    return np.asarray(np.clip(np.where(usable, fitted, time), earliest_s, latest_s))


def _table(
    propagator: Propagator, first: Index, second: Index, time_s: Array, kind: NDArray[np.int8], place: Index
) -> Minima:
    _, first_km, first_km_s = propagator.states_along(first, time_s[:, None])
    _, second_km, second_km_s = propagator.states_along(second, time_s[:, None])
    apart, rate = (second_km - first_km)[:, 0], (second_km_s - first_km_s)[:, 0]
    return Minima(
        first=first,
        second=second,
        time_s=time_s,
        miss_km=np.linalg.norm(apart, axis=1),
        relative_rtn_km=np.einsum("mij,mj->mi", _axes(first_km[:, 0], first_km_s[:, 0]), apart),
        speed_km_s=np.linalg.norm(rate, axis=1),
        kind=kind,
        place=place,
    )
