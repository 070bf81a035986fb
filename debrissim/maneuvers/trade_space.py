"""Trade space: burns on a grid of times, sizes and directions, and the effect of each.

Assumptions
- Times are counted back from the closest approach in fractions of a revolution, so that a time is identified by its
  lead.
- A free burn of a given size is in the direction that, to first order (`plane_map`), makes the miss in units of its
  error the largest. Its effect is computed by the full model.
- A finite burn begins at its grid time, and is left out if it would not end before the closest approach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Mask
from debrissim.core.errors import InputError
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.effect import BurnEffects, effect_of, meets_goals
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.motion import Motion
from debrissim.maneuvers.plane_map import PlaneMap, plane_map
from debrissim.maneuvers.reference import WithoutBurn, without_burn
from debrissim.propagation.frames import rtn_basis

_ANGLES = 360
_BURNS_AT_ONCE = 20_000


class Propulsion(Protocol):
    """The length of finite burns."""

    def duration_s(self, size_m_s: Array) -> Array:
        """(k,) s, the durations of burns of sizes (k,) m/s."""
        ...


@dataclass(frozen=True)
class AllowedDirection:
    """A direction and sign in which a spacecraft may burn.

    direction: `Direction`; sign: +1 or -1, +1 for FREE. Raises InputError for any other sign.
    """

    direction: Direction
    sign: int = 1

    def __post_init__(self) -> None:
        if self.sign not in (1, -1) or (self.direction == Direction.FREE and self.sign != 1):
            raise InputError(f"sign: expected 1 or -1, and 1 for a free direction, got {self.sign!r}")


ALL_AXES = tuple(
    AllowedDirection(direction, sign)
    for direction in (Direction.ALONG_TRACK, Direction.RADIAL, Direction.NORMAL)
    for sign in (1, -1)
)
"""Both signs of along-track, radial and normal burns."""
FREE = AllowedDirection(Direction.FREE)
"""Burns in any direction; the search chooses it."""
POSIGRADE = AllowedDirection(Direction.ALONG_TRACK)
"""Burns along the velocity."""


@dataclass(frozen=True, eq=False)
class BurnGrid:
    """times_s: (t,) s of run time; sizes_m_s: (s,) m/s, above 0; directions: the allowed directions; propulsion: for
    finite burns.

    Raises InputError, naming the field, if a grid is empty or a size is not above 0.
    """

    times_s: Array
    sizes_m_s: Array
    directions: Sequence[AllowedDirection] = (*ALL_AXES, FREE)
    propulsion: Propulsion | None = None

    def __post_init__(self) -> None:
        for name in ("times_s", "sizes_m_s", "directions"):
            if len(getattr(self, name)) == 0:
                raise InputError(f"{name}: expected one or more, got none")
        sizes = np.asarray(self.sizes_m_s)
        if not (np.isfinite(sizes) & (sizes > 0.0)).all():
            raise InputError(f"sizes_m_s: expected sizes above 0 m/s, got {sizes.min():g}")


def burn_times(earliest_s: float, tca_s: float, period_s: float, steps_per_revolution: int = 20) -> Array:
    """(t,) s of run time, ascending, from earliest_s to the closest approach, which is the last.

    Raises InputError if earliest_s is after tca_s, or if there is less than one step per revolution.
    """
    if steps_per_revolution < 1:
        raise InputError(f"steps_per_revolution: expected 1 or more, got {steps_per_revolution}")
    if not earliest_s <= tca_s:
        late = earliest_s - tca_s
        raise InputError(
            f"earliest_s: expected a time before the closest approach, got one {late:g} s after it"
        )
    step = period_s / steps_per_revolution
    count = int(np.floor((tca_s - earliest_s) / step + 1e-9))
    return np.asarray(tca_s - step * np.arange(count, -1, -1))


def direction_vectors(motion: Motion, times_s: Array, allowed: AllowedDirection) -> Array:
    """(t, 3) unit vectors R, T, N of an allowed direction other than FREE at times (t,); NaN if there is no state."""
    out = np.zeros((len(times_s), 3))
    if allowed.direction == Direction.ALONG_TRACK:
        state = motion.states(np.asarray(times_s, np.float64))
        known = np.isfinite(state).all(axis=1)
        out[~known] = np.nan
        velocity = np.einsum("tij,tj->ti", rtn_basis(state[known, :3], state[known, 3:]), state[known, 3:])
        out[known] = velocity / np.linalg.norm(velocity, axis=1, keepdims=True)
        out[:, 2] = np.where(known, 0.0, np.nan)
    elif allowed.direction == Direction.FREE:
        raise InputError("allowed: expected an axis, got a free direction, which depends on the encounter")
    else:
        out[:, {Direction.RADIAL: 0, Direction.NORMAL: 2}[allowed.direction]] = 1.0
    return np.asarray(allowed.sign * out)


def signed_size_m_s(burns: Burns) -> Array:
    """(k,) m/s, the sizes, negative if opposite to the direction."""
    component = {Direction.ALONG_TRACK: 1, Direction.RADIAL: 0, Direction.NORMAL: 2}
    sign = np.ones(len(burns))
    for direction, axis in component.items():
        against = (burns.direction == int(direction)) & (burns.delta_v_rtn_m_s[:, axis] < 0.0)
        sign[against] = -1.0
    return np.asarray(sign * burns.size_m_s)


def best_free_directions(mapped: PlaneMap, sizes_m_s: Array) -> Array:
    """(t, s, 3) unit vectors along which burns of sizes (s,) increase the miss in units of its error the most, to first
    order; NaN where no burn changes it.
    """
    angle = np.linspace(0.0, 2.0 * np.pi, _ANGLES, endpoint=False)
    known = np.isfinite(mapped.by_delta_v).all(axis=(1, 2)) & mapped.by_delta_v.any(axis=(1, 2))
    out = np.full((len(mapped), len(sizes_m_s), 3), np.nan)
    if not known.any():
        return out
    some = mapped[known]
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    units = np.einsum("ak,tkj->taj", circle, some.row_space())
    reach = np.einsum("tij,taj->tai", some.by_delta_v, units) / some.sigma_km[:, None]
    miss = some.miss_km / some.sigma_km
    moved = miss[:, None, None] + np.asarray(sizes_m_s)[:, None, None] * reach[:, None]
    square = np.sum(moved**2, axis=3)
    best = np.argmax(square, axis=2)
    out[known] = np.take_along_axis(units[:, None], best[:, :, None, None], axis=2)[:, :, 0]
    return out


def grid_burns(event: AvoidableEvent, grid: BurnGrid, mapped: PlaneMap | None = None) -> Burns:
    """The burns of a grid: by direction, then time, then size.

    mapped: the map at the same times, needed for a free direction. Burns without a direction (no state, or a free burn
    without effect) and finite burns that do not end before the closest approach are left out.

    Raises InputError for a free direction without `mapped`.
    """
    times, sizes = np.asarray(grid.times_s, np.float64), np.asarray(grid.sizes_m_s, np.float64)
    parts = []
    for allowed in grid.directions:
        if allowed.direction == Direction.FREE:
            if mapped is None:
                raise InputError("mapped: expected the first-order map, which a free direction needs")
            units = best_free_directions(mapped, sizes)
        else:
            units = np.repeat(direction_vectors(event.primary, times, allowed)[:, None], sizes.size, axis=1)
        parts.append(
            make_burns(
                np.repeat(times, sizes.size),
                (units * sizes[:, None]).reshape(-1, 3),
                allowed.direction,
                grid.propulsion,
            )
        )
    burns = Burns.concat(parts)
    usable = np.isfinite(burns.delta_v_rtn_m_s).all(axis=1)
    usable &= burns.over_by(event.tca_s)
    return burns[usable]


def make_burns(
    times_s: Array, delta_v_rtn_m_s: Array, direction: Direction, propulsion: Propulsion | None
) -> Burns:
    """Burns in one direction, impulses if there is no `propulsion`: times (k,) s, velocity changes (k, 3) m/s."""
    size = np.linalg.norm(delta_v_rtn_m_s, axis=1)
    duration = np.zeros(len(size)) if propulsion is None else np.asarray(propulsion.duration_s(size))
    code: NDArray[np.int8] = np.full(len(size), int(direction), np.int8)
    return Burns(np.asarray(times_s, np.float64), duration, delta_v_rtn_m_s, code)


def trade_space(
    event: AvoidableEvent,
    grid: BurnGrid,
    execution_error: ExecutionError,
    *,
    goals: Goals | None = None,
    reference: WithoutBurn | None = None,
) -> BurnEffects:
    """Compute the effects of all burns of a grid.

    Parameters
    ----------
    grid : BurnGrid
        Times, sizes and directions.
    event, execution_error, goals, reference :
        As in `effect_of`; the reference from the first of the times onwards.

    Returns
    -------
    BurnEffects
        One row per burn of `grid_burns`.

    Raises
    ------
    InputError
        If no burn remains; also as `effect_of`.
    """
    reference = reference or without_burn(event, float(np.min(grid.times_s)))
    free = any(allowed.direction == Direction.FREE for allowed in grid.directions)
    mapped = plane_map(event, reference, np.asarray(grid.times_s, np.float64)) if free else None
    burns = grid_burns(event, grid, mapped)
    if len(burns) == 0:
        raise InputError(
            "times_s: expected times from which a burn ends before the closest approach, got none"
        )
    return effects_in_parts(event, burns, execution_error, goals, reference)


def effects_in_parts(
    event: AvoidableEvent,
    burns: Burns,
    execution_error: ExecutionError,
    goals: Goals | None,
    reference: WithoutBurn,
) -> BurnEffects:
    """`effect_of` for any number of burns, in parts that fit in memory."""
    return BurnEffects.concat(
        [
            effect_of(
                event, some, execution_error, event.primary.after(some), goals=goals, reference=reference
            )
            for some in _parts(burns)
        ]
    )


def goals_in_parts(
    event: AvoidableEvent,
    burns: Burns,
    execution_error: ExecutionError,
    goals: Goals | None,
    reference: WithoutBurn,
) -> Mask:
    """`meets_goals` for any number of burns, in parts that fit in memory."""
    return np.concatenate(
        [
            meets_goals(
                event, some, execution_error, event.primary.after(some), goals=goals, reference=reference
            )
            for some in _parts(burns)
        ]
    )


def _parts(burns: Burns) -> list[Burns]:
    return [burns[first : first + _BURNS_AT_ONCE] for first in range(0, len(burns), _BURNS_AT_ONCE)]
