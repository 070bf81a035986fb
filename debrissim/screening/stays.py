"""Stays: the times between which a secondary is inside the screening volumes, in the primary's RTN frame of each
moment.

An approach is a local minimum of the distance. Its *valley* reaches from the maximum of the distance before it to the
one after it, or to the end of the time in which both objects exist. The approach counts if the secondary is inside a
volume at any moment of its valley. A *stay* is an uninterrupted time inside the volumes (any of them). The stay of an
approach is the one that contains its closest point, otherwise the stay in its valley that is nearest in time to that
point (the earlier of two equally near). A stay that lasts over several minima, as in formations, is the stay of each of
them.

**No stay is missed.** When the secondary is inside a volume, the pair is at most D apart, where D is the distance of
the volume's farthest point. Within its valley the distance decreases to the minimum and increases from there, so the
minimum is also at most D: `find_minima` finds it (by the theorem of `grid` for D), or it lies at an end of the time in
which both objects exist, and `span_boundaries` finds it. From each minimum the path is followed to both sides until the
distance exceeds D; the rest of the valley is farther away. (Passages that stay above or below the volumes' height are
left out before that: see `reach`.) Between two minima, if the distance does not exceed D, the whole path is examined.

**The path** is a polynomial through positions in the rotating RTN frame at `DEGREE` + 1 points of at most a minute (the
extremes of a Chebyshev polynomial). Its error is at most the eighth derivative times (h / 2)^8 / (64 * 8!), where h is
the interval: with frequencies of relative motion up to 4e-3 / s (a perigee at the ground) and amplitudes of two radii,
below 1e-7 km. Entry and exit are therefore exact to 0.1 microseconds over the speed across the surface in km/s; a path
that grazes a surface less deeply than that may or may not have a stay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.core.threads import mapped_in_threads
from debrissim.propagation import frames
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening import kernels
from debrissim.screening.approaches import Approaches
from debrissim.screening.reach import may_enter, miss_and_speed
from debrissim.screening.volumes import ScreeningVolume

_LONGEST_PIECE_S = 60.0
_SHORTEST_PIECE_S = 1e-3
# The first piece reaches this much farther than the straight line.
_MARGIN = 1.05
_MOST_PIECES_AT_ONCE = 64
# Leaving a volume for less than this is not leaving it.
_SAME_MOMENT_S = 1e-6
# If two stays are equally near to the closest point, to this accuracy, the earlier one is used.
_SAME_NEARNESS_S = 1e-3
_NEAR_KM = 1e-3
# Rows examined at a time by a thread: some 15 MB of states.
_ROWS_PER_BATCH = 8_000
# Rounds of nine samples, each of which narrows a bracket by a factor of four: a day to a millisecond.
_BRACKET_ROUNDS = 14


@cache
def _places() -> Array:
    """(DEGREE + 1,) the points at which a piece of a path is sampled, from its beginning, 0, to its end, 1."""
    degree = kernels.stays.DEGREE
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.arange(degree + 1) / degree))


@cache
def _bernstein() -> Array:
    """(DEGREE + 1, DEGREE + 1): matrix from values at the sample points to Bernstein coefficients."""
    degree = kernels.stays.DEGREE
    return np.linalg.inv(
        np.array(
            [
                [math.comb(degree, k) * x**k * (1.0 - x) ** (degree - k) for k in range(degree + 1)]
                for x in _places()
            ]
        )
    )


@dataclass(frozen=True, eq=False)
class Stays(Rows):
    """The stay of each of m approaches.

    | column          | shape  | unit                                                                               |
    |-----------------|--------|------------------------------------------------------------------------------------|
    | entry_s, exit_s | (m,)   | run time; NaN if the pair's time begins, ends inside a volume, or without a stay   |
    | inside          | (m, v) | bool: inside that volume at some moment of the valley                              |
    | near            | (m,)   | bool: no farther away at the minimum than the volumes' farthest point, to a metre  |
    """

    entry_s: Array
    exit_s: Array
    inside: NDArray[np.bool_]
    near: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Pieces(Rows):
    """Pieces of paths, from begin_s to end_s (k,), found from approaches row (k,): path (k, 3, DEGREE + 1) km."""

    row: Index
    begin_s: Array
    end_s: Array
    path: Array


def find_stays(
    propagator: Propagator,
    approaches: Approaches,
    volumes: Sequence[ScreeningVolume],
    earliest_s: Array,
    latest_s: Array,
    allowed: Mask | None = None,
    workers: int = 1,
) -> Stays:
    """The stays of approaches (m,), ordered by pair and time; `first` is the primary.

    earliest_s, latest_s: (m,) run times between which both objects exist. allowed: (m, v), the volumes that apply to
    each row; by default all. workers: threads.
    """
    allowed = np.ones((len(approaches), len(volumes)), dtype=bool) if allowed is None else allowed
    radius = np.array([volume.enclosing_radius_km for volume in volumes])
    height = np.array([volume.half_widths_km[0] for volume in volumes])
    distance_km = np.where(allowed, radius, 0.0).max(axis=1, initial=0.0)
    miss_km, speed_km_s = miss_and_speed(propagator, approaches, earliest_s, latest_s)
    near = np.flatnonzero(miss_km <= distance_km)
    entry, leave = np.full(len(approaches), np.nan), np.full(len(approaches), np.nan)
    inside = np.zeros(allowed.shape, dtype=bool)

    def examine(rows: Index) -> tuple[Index, Array, Array, NDArray[np.bool_]]:
        with np.errstate(invalid="ignore"):
            reach_s = np.sqrt(np.maximum(distance_km[rows] ** 2 - miss_km[rows] ** 2, 0.0)) / speed_km_s[rows]
        length_s = np.clip(np.nan_to_num(_MARGIN * reach_s), _SHORTEST_PIECE_S, _LONGEST_PIECE_S)
        height_km = np.where(allowed[rows], height, 0.0).max(axis=1)
        between_s = earliest_s[rows], latest_s[rows]
        entering = may_enter(
            propagator, approaches[rows], between_s, distance_km[rows], height_km, length_s, speed_km_s[rows]
        )
        rows, length_s = rows[entering], length_s[entering]
        search = _Search(
            propagator, approaches[rows], volumes, earliest_s[rows], latest_s[rows], distance_km[rows], length_s,
            allowed[rows],
        )  # fmt: skip
        return rows, *search.stays()

    for rows, entries, exits, flags in mapped_in_threads(examine, _batches(approaches[near], near), workers):
        entry[rows], leave[rows], inside[rows] = entries, exits, flags
    return Stays(entry, leave, inside, miss_km <= distance_km + _NEAR_KM)


def _batches(approaches: Approaches, rows: Index) -> list[Index]:
    """The rows in batches that do not divide a pair."""
    new_pair = (np.diff(approaches.first) != 0) | (np.diff(approaches.second) != 0)
    starts = np.flatnonzero(np.concatenate([[True], new_pair])) if rows.size else np.empty(0, dtype=np.int64)
    cuts = np.unique(
        starts[np.searchsorted(starts, np.arange(0, rows.size, _ROWS_PER_BATCH), side="right") - 1]
    )
    return [part for part in np.split(rows, cuts[1:]) if part.size]


@dataclass(frozen=True, eq=False)
class _Search:
    """The search for the stays of m approaches within distance_km (m,); complete pairs, ordered by pair and time.

    An approach is joined to the next one of its pair if the distance does not exceed distance_km between them.
    """

    propagator: Propagator
    approaches: Approaches
    volumes: Sequence[ScreeningVolume]
    earliest_s: Array
    latest_s: Array
    distance_km: Array
    length_s: Array
    allowed: Mask

    def stays(self) -> tuple[Array, Array, NDArray[np.bool_]]:
        """entry_s (m,), exit_s (m,) and inside (m, v)."""
        pair, time = self.approaches, self.approaches.time_s
        m = len(pair)
        follows = np.zeros(m + 1, dtype=bool)
        follows[1:m] = (np.diff(pair.first) == 0) & (np.diff(pair.second) == 0)
        after = np.where(follows[1:], np.append(time[1:], 0.0), self.latest_s)
        before = np.where(follows[:m], np.append(0.0, time[:-1]), self.earliest_s)
        rows = np.arange(m)
        forward, reached = self._follow(rows, after)
        joined = np.append(reached & follows[1:], False)
        backward, _ = self._follow(np.flatnonzero(~joined[rows - 1]), before)
        # The maxima between two approaches whose pieces meet: where the approaches are joined, or where both overshoot.
        last, first = np.full(m + 1, -np.inf), np.full(m + 1, np.inf)
        np.maximum.at(last, forward.row, forward.end_s)
        np.minimum.at(first, backward.row, backward.begin_s)
        meeting = np.flatnonzero(joined[:m] | (follows[1:] & (last[:m] > first[1:])))
        highest = np.full(m + 1, np.inf)
        highest[meeting] = self._highest_between(meeting, time[meeting], after[meeting])
        return self._gather(forward, backward, joined, highest)

    def _follow(self, rows: Index, limits_s: Array) -> tuple[_Pieces, NDArray[np.bool_]]:
        """The pieces from approaches `rows` (k,) towards limits_s (m,), up to where they leave the distance.

        Also (m,) whether the limit was reached before that.
        """
        limit_s = limits_s[rows]
        m = len(self.approaches)
        found: list[_Pieces] = []
        reached = np.zeros(m, dtype=bool)
        place = self.approaches.time_s[rows].copy()
        active = np.flatnonzero(place != limit_s)
        reached[rows[place == limit_s]] = True
        count = 1
        while active.size:
            row, sign = rows[active], np.sign(limit_s[active] - place[active])
            step = sign * self.length_s[row]
            nodes = place[active, None] + step[:, None] * np.arange(count + 1)
            nodes = np.where(
                sign[:, None] * (nodes - limit_s[active, None]) >= 0.0, limit_s[active, None], nodes
            )
            a, b = nodes[:, :-1], nodes[:, 1:]
            used = a != b
            which = np.repeat(np.arange(active.size), count).reshape(used.shape)[used]
            begin, end = np.minimum(a, b)[used], np.maximum(a, b)[used]
            relative, good = self._relative_rtn(row[which], begin, end)
            far = np.linalg.norm(relative, axis=2) > self.distance_km[row[which], None]
            # A piece whose far end is outside is the last; the pieces after it are not needed.
            leaves = np.zeros(used.shape, dtype=bool)
            end_far = np.where(sign[which] > 0.0, far[:, -1], far[:, 0])
            leaves[used] = end_far | ~good
            last = np.where(leaves.any(axis=1), leaves.argmax(axis=1), count)
            kept = (np.broadcast_to(np.arange(count), used.shape) <= last[:, None])[used] & good
            path = np.einsum("kj,mjc->mck", _bernstein(), relative[kept])
            found.append(_Pieces(row[which[kept]], begin[kept], end[kept], path))
            at_limit = nodes[:, -1] == limit_s[active]
            left = last < count
            reached[row[at_limit & ~left]] = True
            place[active] = nodes[:, -1]
            active = active[~at_limit & ~left]
            count = min(2 * count, _MOST_PIECES_AT_ONCE)
        empty = _Pieces(
            np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty((0, 3, kernels.stays.DEGREE + 1))
        )
        return _Pieces.concat([empty, *found]), reached

    def _relative_rtn(self, row: Index, begin_s: Array, end_s: Array) -> tuple[Array, NDArray[np.bool_]]:
        """(k, DEGREE + 1, 3) km in the primary's RTN at points of intervals (k,), and whether SGP4 follows both."""
        times = begin_s[:, None] + (end_s - begin_s)[:, None] * _places()
        times[:, -1] = end_s
        code_b, second = self.propagator.positions_along(self.approaches.second[row], times)
        if all(volume.is_sphere for volume in self.volumes):
            # Spheres are the same along any axes: only positions are needed, which take a third of the time.
            code_a, first = self.propagator.positions_along(self.approaches.first[row], times)
            return second - first, (code_a == 0).all(axis=1) & (code_b == 0).all(axis=1)
        code_a, first, velocity = self.propagator.states_along(self.approaches.first[row], times)
        basis = frames.rtn_basis(first, velocity)
        relative = np.asarray(np.einsum("mkij,mkj->mki", basis, second - first))
        return relative, (code_a == 0).all(axis=1) & (code_b == 0).all(axis=1)

    def _highest_between(self, row: Index, low_s: Array, high_s: Array) -> Array:
        """(k,) the moments between low_s and high_s (k,) at which the pairs of rows are farthest apart."""
        for _ in range(_BRACKET_ROUNDS):
            times = low_s[:, None] + (high_s - low_s)[:, None] * np.linspace(0.0, 1.0, 9)
            _, first = self.propagator.positions_along(self.approaches.first[row], times)
            _, second = self.propagator.positions_along(self.approaches.second[row], times)
            highest = np.linalg.norm(second - first, axis=2).argmax(axis=1)
            each = np.arange(row.size)
            low_s = times[each, np.maximum(highest - 1, 0)]
            high_s = times[each, np.minimum(highest + 1, 8)]
        return np.asarray(0.5 * (low_s + high_s))

    def _gather(
        self, forward: _Pieces, backward: _Pieces, joined: NDArray[np.bool_], highest_s: Array
    ) -> tuple[Array, Array, NDArray[np.bool_]]:
        """The stays of the approaches, from the pieces after and before each.

        joined: (m + 1,) whether an approach is joined to the next; highest_s: (m + 1,) moment of the maximum after it,
        if pieces from both sides come near it, otherwise infinity.
        """
        m, time = len(self.approaches), self.approaches.time_s
        pieces = _Pieces.concat([forward, backward])
        is_forward = np.arange(len(pieces)) < len(forward)
        shapes = np.array(
            [
                kernels.stays.BOX if volume.shape == "box" else kernels.stays.ELLIPSOID
                for volume in self.volumes
            ]
        )
        sizes = np.array([volume.half_widths_km for volume in self.volumes])
        table = kernels.stays.inside_intervals(pieces.path, shapes, sizes, self.allowed[pieces.row])
        piece, flags = table[:, 0].astype(np.int64), table[:, 3:] > 0.0
        row, is_forward = pieces.row[piece], is_forward[piece]
        length = pieces.end_s[piece] - pieces.begin_s[piece]
        begin = pieces.begin_s[piece] + table[:, 1] * length
        end = np.where(table[:, 2] == 1.0, pieces.end_s[piece], pieces.begin_s[piece] + table[:, 2] * length)

        # Stays: adjoining intervals of a chain of joined approaches.
        chain = np.cumsum(~joined[np.arange(m) - 1])[row]
        order = np.lexsort((begin, chain))
        new = np.ones(order.size, dtype=bool)
        new[1:] = (np.diff(chain[order]) != 0) | (begin[order][1:] > end[order][:-1] + _SAME_MOMENT_S)
        stay = np.empty(order.size, dtype=np.int64)
        stay[order] = np.cumsum(new) - 1
        entry, leave = begin[order][new], end[order][np.append(new[1:], True)[: order.size]]

        # The part of each interval in the valley of its approach, and in that of the next one where the two are joined.
        low = np.where(is_forward, -np.inf, highest_s[row - 1])
        low[np.isinf(low)] = -np.inf
        high = np.where(is_forward, highest_s[row], np.inf)
        part_begin, part_end = np.maximum(begin, low), np.minimum(end, high)
        shared = is_forward & joined[row] & (end > high)
        owner = np.concatenate([row, row[shared] + 1])
        part_begin = np.concatenate([part_begin, np.maximum(begin, high)[shared]])
        part_end = np.concatenate([part_end, end[shared]])
        of = np.concatenate([np.arange(row.size), np.flatnonzero(shared)])
        real = part_end > part_begin
        owner, part_begin, part_end, of = owner[real], part_begin[real], part_end[real], of[real]
        inside = np.zeros((m, len(self.volumes)), dtype=bool)
        np.logical_or.at(inside, owner, flags[of])
        away = np.maximum(np.maximum(part_begin - time[owner], time[owner] - part_end), 0.0)
        # Rounding must not decide between two stays that lie symmetrically.
        away = np.round(away / _SAME_NEARNESS_S)
        order = np.lexsort((part_begin, away, owner))
        rows, nearest = np.unique(owner[order], return_index=True)
        chosen = stay[of[order[nearest]]]
        entries, exits = np.full(m, np.nan), np.full(m, np.nan)
        entries[rows] = np.where(entry[chosen] > self.earliest_s[rows], entry[chosen], np.nan)
        exits[rows] = np.where(leave[chosen] < self.latest_s[rows], leave[chosen], np.nan)
        return entries, exits, inside
