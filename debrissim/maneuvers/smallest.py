"""Smallest burns that meet the goals, for each time and direction, and the directions that increase the miss the most.

A probability may rise with the size of a burn before it falls, and not all sizes above the smallest need to meet the
goals: a burn towards the other side passes through the secondary first. Sizes are therefore scanned from below by the
full model (`effect_of`), more densely where the first-order map (`plane_map`) changes its answer, and the first step
from unmet to met goals is bisected.

A free direction is found by starting from the first-order map and finishing with the full model (`free_search`).

Assumption
- Between two consecutive sizes of the scan that do not meet the goals, no size does. The sizes lie within a factor of
  1.04 where the first-order map changes its answer, 2.5 below the first of these, and 1.25 where the map finds no burn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from debrissim.core.arrays import Array, Mask
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.free_search import smallest_free
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.plane_map import plane_map
from debrissim.maneuvers.reference import WithoutBurn, without_burn
from debrissim.maneuvers.size_search import Problem, smallest_along
from debrissim.maneuvers.trade_space import AllowedDirection, Propulsion, direction_vectors

LARGEST_M_S = 10.0
"""Default of the largest size that is tried."""


@dataclass(frozen=True, eq=False)
class SmallestBurns(Rows):
    """One row per time and direction.

    | column               | dtype         | shape  | meaning                                                          |
    |----------------------|---------------|--------|------------------------------------------------------------------|
    | effects              | `BurnEffects` | (k,)   | the smallest burn and its effect; NaN where there is none        |
    | found                | bool          | (k,)   | whether a burn up to the largest size meets the goals            |
    | miss_gradient_rtn    | float64       | (k, 3) | unit vector of the burn that raises the miss the most, from no   |
    |                      |               |        | burn; NaN where no burn moves it                                 |
    | mahalanobis_gradient_rtn | float64   | (k, 3) | the same of the miss in units of its error                       |
    """

    effects: BurnEffects
    found: Mask
    miss_gradient_rtn: Array
    mahalanobis_gradient_rtn: Array


def smallest_burns(
    event: AvoidableEvent,
    times_s: Array,
    directions: Sequence[AllowedDirection],
    execution_error: ExecutionError,
    *,
    goals: Goals | None = None,
    reference: WithoutBurn | None = None,
    propulsion: Propulsion | None = None,
    largest_m_s: float = LARGEST_M_S,
) -> SmallestBurns:
    """Find the smallest burn that meets the goals, for each direction and time.

    Parameters
    ----------
    event : AvoidableEvent
        The encounter without a burn.
    times_s : Array, shape (t,)
        Starts of the burns, s of run time.
    directions : sequence of AllowedDirection
        d directions.
    execution_error : ExecutionError
        Of each burn.
    goals : Goals, optional
        As in `effect_of`.
    reference : WithoutBurn, optional
        `without_burn(event, ...)` from the first of the times onwards, to save computing it.
    propulsion : Propulsion, optional
        For finite burns; they must end before the closest approach.
    largest_m_s : float
        Largest size that is tried, m/s.

    Returns
    -------
    SmallestBurns
        d * t rows: by direction, then time.

    Raises
    ------
    InputError
        If there is no time or direction, or the largest size is not above 0; also as `effect_of`.
    """
    times = np.asarray(times_s, np.float64)
    if times.size == 0 or len(directions) == 0:
        raise InputError("times_s, directions: expected one or more of each, got none")
    if not 0.0 < largest_m_s < np.inf:
        raise InputError(f"largest_m_s: expected a size above 0 m/s, got {largest_m_s!r}")
    reference = reference or without_burn(event, float(times.min()))
    problem = Problem(event, execution_error, goals or Goals(), reference, propulsion, largest_m_s)
    mapped = plane_map(event, reference, times)
    nothing = bool(problem.effects(times[:1], np.zeros((1, 3)), Direction.FREE).meets_goal[0])
    parts = []
    for allowed in directions:
        if nothing:
            units, sizes = np.zeros((times.size, 3)), np.zeros(times.size)
        elif allowed.direction == Direction.FREE:
            units, sizes = smallest_free(problem, mapped)
        else:
            units = direction_vectors(event.primary, times, allowed)
            sizes = smallest_along(problem, mapped, units)
        found = np.isfinite(sizes)
        changes = np.where(found[:, None], units * np.where(found, sizes, 0.0)[:, None], 0.0)
        effects = _blanked(problem.effects(times, changes, allowed.direction), ~found)
        parts.append(SmallestBurns(effects, found, mapped.miss_gradient, mapped.mahalanobis_gradient))
    return SmallestBurns.concat(parts)


def _blanked(effects: BurnEffects, rows: Mask) -> BurnEffects:
    """The effects with NaN in rows (k,), marked as not meeting a goal."""
    if not rows.any():
        return effects

    def blank(values: Array) -> Array:
        return np.where(rows.reshape(-1, *[1] * (values.ndim - 1)), np.nan, values)

    columns: dict[str, Any] = {
        name: blank(value)
        for name, value in vars(effects).items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64
    }
    burns = replace(
        effects.burns,
        duration_s=blank(effects.burns.duration_s),
        delta_v_rtn_m_s=blank(effects.burns.delta_v_rtn_m_s),
    )
    return replace(
        effects,
        burns=burns,
        meets_goal=effects.meets_goal & ~rows,
        diluted=effects.diluted & ~rows,
        **columns,
    )
