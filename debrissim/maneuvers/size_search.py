"""The search for the smallest burn along one direction, by the full model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Mask
from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.plane_map import PlaneMap
from debrissim.maneuvers.reference import WithoutBurn
from debrissim.maneuvers.trade_space import Propulsion, effects_in_parts, goals_in_parts, make_burns

SMALLEST_FRACTION = 1e-6
"""The smallest size that the first-order map considers, as a fraction of the largest."""
_LINEAR_SIZES = 400
_ABOUT_A_CHANGE = np.array([0.85, 0.93, 0.97, 1.0, 1.04, 1.1, 1.25])
_BELOW = np.array([0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7])
_RATIO = 1.25
_LADDER = 1e3
_HALVINGS = 12
_PARTS = 4


@dataclass(frozen=True, eq=False)
class Problem:
    """An event, the goals of a burn, and the burns that may meet them."""

    event: AvoidableEvent
    error: ExecutionError
    goals: Goals
    reference: WithoutBurn
    propulsion: Propulsion | None
    largest_m_s: float

    @property
    def wanted_km(self) -> float:
        """Goal of the miss, km."""
        return self.reference.miss_km if self.goals.miss_km is None else self.goals.miss_km

    def effects(self, times_s: Array, delta_v: Array, direction: Direction) -> BurnEffects:
        """The effects of burns at times (k,) with velocity changes (k, 3) m/s."""
        burns = make_burns(times_s, delta_v, direction, self.propulsion)
        return effects_in_parts(self.event, burns, self.error, self.goals, self.reference)

    def meets(self, times_s: Array, units: Array, sizes: Array) -> Mask:
        """(k, s) whether burns of sizes (k, s) at times (k,) along units (k, 3) meet the goals."""
        k, s = sizes.shape
        at, size = np.repeat(np.arange(k), s), sizes.ravel()
        out = np.zeros(k * s, dtype=np.bool_)
        usable = np.isfinite(size) & (size <= self.largest_m_s)
        if self.propulsion is not None:
            duration = self.propulsion.duration_s(np.where(usable, size, 0.0))
            usable &= times_s[at] + duration <= self.event.tca_s
        rows = np.flatnonzero(usable)
        if rows.size:
            changes = units[at[rows]] * size[rows, None]
            burns = make_burns(times_s[at[rows]], changes, Direction.FREE, self.propulsion)
            out[rows] = goals_in_parts(self.event, burns, self.error, self.goals, self.reference)
        return out.reshape(k, s)

    def first_order(self, mapped: PlaneMap, units: Array, sizes: Array, goal: Array) -> tuple[Array, Array]:
        """`PlaneMap.smallest` with the goals (t,) of the probability."""
        return mapped.smallest(units, sizes, self.error, goal, self.wanted_km, self.event.hard_body_radius_m)


def smallest_along(problem: Problem, mapped: PlaneMap, units: Array, hints: Array | None = None) -> Array:
    """(t,) the smallest sizes along units (t, 3) by the full model; infinite if there is no such size. hints: (t, h)
    sizes to try."""
    times = mapped.time_s
    t = len(times)
    sizes = np.geomspace(SMALLEST_FRACTION * problem.largest_m_s, problem.largest_m_s, _LINEAR_SIZES)
    goal = np.full(t, problem.goals.probability)
    changes = np.stack(problem.first_order(mapped, units, sizes, goal), axis=1)
    first = np.where(np.isfinite(changes[:, 0]), changes[:, 0], problem.largest_m_s)
    scan = [(changes[:, :, None] * _ABOUT_A_CHANGE).reshape(t, -1), first[:, None] * _BELOW]
    if hints is not None:
        scan.append((hints[:, :, None] * _ABOUT_A_CHANGE).reshape(t, -1))
    low, high = scanned(problem, times, units, np.hstack(scan))
    missing = np.flatnonzero(~np.isfinite(high) & np.isfinite(units).all(axis=1))
    if missing.size:
        steps = int(np.ceil(np.log(_LADDER) / np.log(_RATIO)))
        ladder = problem.largest_m_s * _RATIO ** -np.arange(steps, -1.0, -1.0)
        wide = np.broadcast_to(ladder, (missing.size, ladder.size))
        low[missing], high[missing] = scanned(problem, times[missing], units[missing], wide)
    return bisected(problem, times, units, low, high)


def scanned(problem: Problem, times: Array, units: Array, sizes: Array) -> tuple[Array, Array]:
    """(t,) the first size that meets the goals, infinite if no size does, preceded by the last size before it."""
    sizes = np.sort(np.where(np.isfinite(sizes), sizes, np.inf), axis=1)
    # Zero comes first, because the goals may be met without a burn.
    sizes = np.hstack([np.zeros((len(sizes), 1)), sizes])
    known = np.isfinite(units).all(axis=1)
    met = np.zeros(sizes.shape, dtype=np.bool_)
    # In parts from below, because a row that has met the goals needs no larger sizes.
    for part in np.array_split(np.arange(sizes.shape[1]), _PARTS):
        rows = np.flatnonzero(known & ~met.any(axis=1))
        if rows.size:
            met[rows[:, None], part] = problem.meets(times[rows], units[rows], sizes[rows[:, None], part])
    first, each = np.argmax(met, axis=1), np.arange(len(sizes))
    high = np.where(met.any(axis=1), sizes[each, first], np.inf)
    return np.asarray(sizes[each, np.maximum(first - 1, 0)]), np.asarray(high)


def bisected(problem: Problem, times: Array, units: Array, low: Array, high: Array) -> Array:
    """(t,) the smallest sizes between those that do not meet the goals and those that do; infinite as `high` is."""
    low, high = low.copy(), high.copy()
    rows = np.flatnonzero(np.isfinite(high) & (high > low))
    for _ in range(_HALVINGS if rows.size else 0):
        middle = 0.5 * (low[rows] + high[rows])
        met = problem.meets(times[rows], units[rows], middle[:, None])[:, 0]
        high[rows], low[rows] = np.where(met, middle, high[rows]), np.where(met, low[rows], middle)
    return high
