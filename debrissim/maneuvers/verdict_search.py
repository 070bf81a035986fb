"""The search for the smallest certified burn: rounds of burns screened together, each guided by the verdicts so far.

The burns lie on rays, each with one time and direction, at any size from the smallest that meets the goals upwards. The
first round is spread over the rays (`candidates`). In each further round,

- some burns divide the stretch between the smallest certified burn and the next smaller one on its ray that is known
  not to be certified into steps of equal ratio;
- the rest are the burns with the largest expected gain, all smaller than the smallest certified one: the gain is ln(s*
  / s) times the chance that a burn of size s is certified, estimated from its nearest neighbour among the known burns.

Two burns are close if the trajectories after them are: their distance is measured between the displacements x at a few
moments, in units of the errors of the event along R, T, N and compressed to ln(1 + |x|), because errors grow with time
and large displacements need a coarser search. At a distance d from a burn whose excess is e (`verdicts.excess`, above 0
unless certified), the excess is assumed to be normal about e with a standard deviation of k d, where k is the mean
slope between nearest neighbours. So a burn next to one that is only just rejected is tried before a burn next to one
that meets another object head-on, and a burn far from all others is always tried. Once chosen, a burn counts as known,
with its expected excess, when the others of its round are chosen.

The probabilities only direct the search. A burn is certified by its own screening, never by its neighbours, and the
search reports how far away the next smaller burn is that is known not to be certified (`Resolution`); smaller certified
burns may exist between the burns of the rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.maneuvers.candidates import rounded_up

_LATER_ROUNDS, _PER_ROUND = 4, 25
_FIRST = 1.0 / 3.0
_DIVIDED = 12
_STEPS_PER_DECADE = 20
# Excesses are natural logarithms of ratios of probabilities: beyond a factor of 1,000 they count as equally bad.
_LARGEST_EXCESS = 7.0
_RESOLVED = 1.01


@dataclass(frozen=True, eq=False)
class Rays(Rows):
    """r rays of burns, each with one time and direction.

    | column       | shape  | meaning                                                                            |
    |--------------|--------|------------------------------------------------------------------------------------|
    | time_s       | (r,)   | s of run time, start of the burns                                                  |
    | unit_rtn     | (r, 3) | unit vectors along R, T, N                                                         |
    | direction    | (r,)   | `Direction`                                                                        |
    | smallest_m_s | (r,)   | m/s, smallest size that meets the goals                                            |
    | largest_m_s  | (r,)   | m/s, largest size that is tried                                                    |
    | reach        | (r, f) | displacement of the later trajectory per m/s, in units of the errors of the event  |
    """

    time_s: Array
    unit_rtn: Array
    direction: Index
    smallest_m_s: Array
    largest_m_s: Array
    reach: Array


@dataclass(frozen=True, eq=False)
class Tried(Rows):
    """k known burns.

    | column    | shape | meaning                                                                              |
    |-----------|-------|--------------------------------------------------------------------------------------|
    | ray       | (k,)  | row of `Rays`                                                                        |
    | size_m_s  | (k,)  | m/s                                                                                  |
    | excess    | (k,)  | `verdicts.excess`; above 0 for a burn that does not meet the goals of the event      |
    | certified | (k,)  | whether it is certified                                                              |
    | screened  | (k,)  | whether it was screened again; a burn that does not meet the goals is not            |
    """

    ray: Index
    size_m_s: Array
    excess: Array
    certified: Mask
    screened: Mask


@dataclass(frozen=True)
class Resolution:
    """The next smaller burn on the ray of the smallest certified one that is known not to be certified.

    next_m_s: its size, m/s, NaN if there is no such burn; meets_goals: whether it meets the goals of the event, so that
    only its other encounters make the difference; smallest: whether the certified burn is the smallest of its ray that
    meets the goals.
    """

    next_m_s: float = float("nan")
    meets_goals: bool = False
    smallest: bool = False


def search(
    rays: Rays,
    first: tuple[Index, Array],
    screen: Callable[[Index, Array], Tried],
    budget: int,
) -> Tried:
    """Search for the smallest certified burn.

    Parameters
    ----------
    rays : Rays
        The burns that may be tried, one or more rays.
    first : (Index, Array)
        Rays and sizes (c,) of the first round.
    screen : callable
        Takes rays and sizes (c,) of burns, screens together those that meet the goals, and returns the c burns.
    budget : int
        Maximum number of burns to screen.

    Returns
    -------
    Tried
        All burns, in the order of the search.
    """
    tried = screen(*first)
    for rounds_left in range(min(max(budget // _PER_ROUND, 1), _LATER_ROUNDS), 0, -1):
        left = budget - int(np.count_nonzero(tried.screened))
        ray, size = proposals(rays, tried, -(-left // rounds_left))
        if left <= 0 or ray.size == 0:
            break
        tried = Tried.concat([tried, screen(ray, size)])
    return tried


def first_count(budget: int) -> int:
    """Burns of the first round."""
    return max(int(np.ceil(_FIRST * budget)), 1)


def proposals(rays: Rays, tried: Tried, count: int) -> tuple[Index, Array]:
    """Rays and sizes of at most `count` further burns, all smaller than the smallest certified one."""
    best = smallest_certified(tried)
    limit = np.inf if best is None else float(tried.size_m_s[best])
    ray, size = np.empty(0, dtype=np.int64), np.empty(0)
    if best is not None:
        size = _between(rays, tried, best, min(_DIVIDED, count))
        ray = np.full(size.size, tried.ray[best])
    others, sizes = _untried(rays, tried, limit / _RESOLVED)
    chosen = _most_promising(rays, tried, others, sizes, limit, count - ray.size)
    both = np.concatenate([ray, others[chosen]]), np.concatenate([size, sizes[chosen]])
    _, once = np.unique(np.column_stack(both), axis=0, return_index=True)
    return both[0][np.sort(once)], both[1][np.sort(once)]


def smallest_certified(tried: Tried) -> int | None:
    """The row of the smallest certified burn; None if no burn is certified."""
    rows = np.flatnonzero(tried.certified)
    return int(rows[np.argmin(tried.size_m_s[rows])]) if rows.size else None


def resolution(rays: Rays, tried: Tried) -> Resolution:
    """How precisely the smallest certified burn is known at its time and direction."""
    best = smallest_certified(tried)
    if best is None:
        return Resolution()
    smallest = bool(tried.size_m_s[best] <= rays.smallest_m_s[tried.ray[best]])
    below = _refused_below(tried, best)
    if below.size == 0:
        return Resolution(smallest=smallest)
    row = below[np.argmax(tried.size_m_s[below])]
    return Resolution(float(tried.size_m_s[row]), bool(tried.screened[row]), smallest)


def _refused_below(tried: Tried, best: int) -> Index:
    same = (tried.ray == tried.ray[best]) & ~tried.certified
    return np.flatnonzero(same & (tried.size_m_s < tried.size_m_s[best]))


def _between(rays: Rays, tried: Tried, best: int, count: int) -> Array:
    """Sizes that divide the stretch below a certified burn, on its ray."""
    ray, high = int(tried.ray[best]), float(tried.size_m_s[best])
    below = tried.size_m_s[_refused_below(tried, best)]
    low = float(below.max()) if below.size else float(rays.smallest_m_s[ray])
    first = 1 if below.size else 0
    if high <= _RESOLVED * low:
        return np.empty(0)
    sizes = rounded_up(low * (high / low) ** (np.arange(first, count + first) / (count + first)))
    return np.unique(sizes[(sizes < high) & ((sizes > low) | (below.size == 0))])


def _untried(rays: Rays, tried: Tried, limit_m_s: float) -> tuple[Index, Array]:
    """Rays and sizes (m,) of the burns below a limit that may be tried: a ladder of sizes on each ray."""
    ends = np.log10([rays.smallest_m_s.min(), rays.largest_m_s.max()]) * _STEPS_PER_DECADE
    ladder = rounded_up(10.0 ** (np.arange(np.floor(ends[0]), np.ceil(ends[1]) + 1.0) / _STEPS_PER_DECADE))
    sizes = np.column_stack([rays.smallest_m_s, np.broadcast_to(ladder, (len(rays), ladder.size))])
    usable = (sizes <= np.minimum(rays.largest_m_s, limit_m_s)[:, None]) & (
        sizes >= rays.smallest_m_s[:, None]
    )
    ray, place = np.nonzero(usable)
    known = set(zip(tried.ray.tolist(), tried.size_m_s.tolist(), strict=True))
    size = sizes[ray, place]
    new = np.array([pair not in known for pair in zip(ray.tolist(), size.tolist(), strict=True)], dtype=bool)
    return ray[new], size[new]


def _most_promising(rays: Rays, tried: Tried, ray: Index, size: Array, limit_m_s: float, count: int) -> Index:
    """Rows of at most `count` of the burns (m,) with the largest expected gain, chosen one after the other."""
    count = min(count, ray.size)
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    place, known = _place(rays, ray, size), _place(rays, tried.ray, tried.size_m_s)
    expected = np.clip(tried.excess, -_LARGEST_EXCESS, _LARGEST_EXCESS)
    tree = scipy.spatial.KDTree(known)
    slope = _slope(tree, known, expected)
    distance, nearest = tree.query(place)
    expected = expected[nearest]
    top = limit_m_s if np.isfinite(limit_m_s) else 2.0 * float(size.max())
    gain = np.log(top / size)
    chosen = np.empty(count, dtype=np.int64)
    for k in range(count):
        chance = scipy.special.ndtr(-expected / np.maximum(slope * distance, 1e-9))
        worth = chance * gain
        worth[chosen[:k]] = -np.inf
        pick = int(np.argmax(worth))
        chosen[k] = pick
        away = np.linalg.norm(place - place[pick], axis=1)
        closer = away < distance
        distance[closer], expected[closer] = away[closer], expected[pick]
    return chosen


def _place(rays: Rays, ray: Index, size_m_s: Array) -> Array:
    """(m, f) positions of the trajectories after burns: linear within the errors of the event, logarithmic beyond."""
    moved = rays.reach[ray] * size_m_s[:, None]
    return np.asarray(np.copysign(np.log1p(np.abs(moved)), moved))


def _slope(tree: scipy.spatial.KDTree, known: Array, excess: Array) -> float:
    """The mean difference in excess per unit of distance, between nearest neighbours."""
    if len(known) < 2:
        return 1.0
    away, other = tree.query(known, k=2)
    total = float(away[:, 1].sum())
    change = float(np.abs(excess - excess[other[:, 1]]).sum())
    return change / total if total > 0.0 and change > 0.0 else 1.0
