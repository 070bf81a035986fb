"""The burns of an avoidance plan, screened again in rounds: the search of `verdict_search` with real screenings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.progress import Progress
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.candidates import chosen, rounded_up
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import TransitionTable, execution_covariance
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.plan import Plan
from debrissim.maneuvers.reference import WithoutBurn
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.maneuvers.smallest import SmallestBurns
from debrissim.maneuvers.trade_space import Propulsion, direction_vectors, effects_in_parts, make_burns
from debrissim.maneuvers.verdict_search import Rays, Resolution, Tried, first_count, resolution, search
from debrissim.maneuvers.verdicts import FoundEncounters, Verdict, excess
from debrissim.propagation.frames import rtn_basis

_SMALLEST_SIGMA_KM = 1e-3
_NOT_MET = 1.0
"""The excess of a burn that does not even meet the goals of the event."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """effects: (k,) effects of the burns that were screened again, the smallest first; screened: their screening, None
    if there was nothing to screen against or no burn; resolution: resolution of the smallest certified burn.
    """

    effects: BurnEffects
    screened: ScreenedAgain | None
    resolution: Resolution


def screened_in_rounds(
    found: FoundEvent,
    plan: Plan,
    reference: WithoutBurn,
    minima: SmallestBurns,
    end_s: float,
    progress: Progress,
) -> Candidates:
    """Search the burns of a plan for the smallest certified burn.

    Parameters
    ----------
    found, plan :
        The event, the surroundings of the spacecraft, and the burns that may be tried.
    reference : WithoutBurn
        The event without a burn.
    minima : SmallestBurns
        The smallest burns that meet its goals, by direction of the plan, then time.
    end_s : float
        s of run time up to which they are screened.
    progress : callable
        As in `avoid`.

    Raises
    ------
    RunError
        If a screening cannot be completed.
    """
    event, around = found.event, found.around
    rays = _rays(event, plan, reference, minima, min(end_s, event.primary.limits_s[1]))
    if len(rays) == 0:
        return Candidates(minima.effects[:0], None, Resolution())

    def those_that_meet(ray: Index, size_m_s: Array) -> tuple[Index, BurnEffects]:
        burns = _burns(rays, ray, size_m_s, plan.thruster)
        # When rounded up, the last finite burns may end too late.
        rows = np.flatnonzero(burns.over_by(event.tca_s) & (burns.size_m_s > 0.0))
        effects = effects_in_parts(event, burns[rows], plan.error, plan.goals, reference)
        met = np.flatnonzero(effects.meets_goal)
        return rows[met], effects[met]

    first = _first(rays, plan, reference, plan.candidates if around is None else first_count(plan.candidates))
    if around is None:
        return Candidates(those_that_meet(*first)[1], None, Resolution())
    begin_s, last_s = float(rays.time_s.min()), min(end_s, event.primary.limits_s[1])
    transitions = TransitionTable(event.primary, begin_s, last_s)
    parts: list[tuple[BurnEffects, ScreenedAgain]] = []

    def screen(ray: Index, size_m_s: Array) -> Tried:
        rows, effects = those_that_meet(ray, size_m_s)
        met = np.isin(np.arange(ray.size), rows)
        tried = Tried(ray, size_m_s, np.full(ray.size, _NOT_MET), np.zeros(ray.size, dtype=bool), met)
        if rows.size == 0:
            return tried
        burns = effects.burns
        done = sum(len(part) for part, _ in parts)
        again = screen_again(
            event.primary, burns, around.surroundings, end_s, around.errors,
            goal=plan.goals.probability,
            execution_errors=lambda some, times_s: execution_covariance(
                transitions, burns[some], plan.error, np.minimum(times_s, last_s)
            ),
            event=None if around.event_row is None else (around.event_row, reference.tca_s),
            begin_s=begin_s,
            progress=_later(progress, done, rows.size, plan.candidates),
        )  # fmt: skip
        parts.append((effects, again))
        tried.excess[rows] = np.where(
            again.verdict == Verdict.NOT_EXAMINED,
            np.inf,
            excess(again.encounters, rows.size, plan.goals.probability),
        )
        tried.certified[rows] = again.verdict == Verdict.GREEN
        return tried

    tried = search(rays, first, screen, plan.candidates)
    if not parts:
        return Candidates(minima.effects[:0], None, resolution(rays, tried))
    effects = BurnEffects.concat([part for part, _ in parts])
    order = np.lexsort((effects.burns.time_s, effects.burns.size_m_s))
    return Candidates(effects[order], joined([part for _, part in parts], order), resolution(rays, tried))


def joined(parts: Sequence[ScreenedAgain], order: Index) -> ScreenedAgain:
    """Several screenings over the same span joined into one, with their burns (k,) concatenated and reordered (k,)."""
    counts = [len(part.verdict) for part in parts]
    before = np.cumsum([0, *counts[:-1]])
    number = np.zeros(len(order) + 1, dtype=np.int64)
    number[1 + order] = 1 + np.arange(len(order))
    tables = []
    for part, base in zip(parts, before.tolist(), strict=True):
        own = part.encounters
        if base:
            own = own[np.flatnonzero(own.burn > 0)]
        tables.append(replace(own, burn=number[np.where(own.burn > 0, own.burn + base, 0)]))
    found = FoundEncounters.concat(tables)

    reasons = [reason for part in parts for reason in part.reason]
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in ("verdict", "encounter_count", "new_above_goal", "highest_probability")
    }
    return replace(
        parts[0],
        encounters=found[np.lexsort((found.object_row, found.tca_s, found.burn))],
        reason=tuple(reasons[row] for row in order.tolist()),
        **columns,
    )


def _rays(
    event: AvoidableEvent, plan: Plan, reference: WithoutBurn, minima: SmallestBurns, last_s: float
) -> Rays:
    """The rays of all times and directions for which a smallest burn exists and its trajectory is followed."""
    count = len(minima) // len(plan.directions)
    parts = []
    for number, allowed in enumerate(plan.directions):
        own = minima[np.arange(number * count, (number + 1) * count)]
        own = own[np.flatnonzero(own.found & (own.effects.burns.size_m_s > 0.0))]
        burns = own.effects.burns
        size = burns.size_m_s
        if allowed.direction == Direction.FREE:
            unit = burns.delta_v_rtn_m_s / size[:, None]
        else:
            unit = direction_vectors(event.primary, burns.time_s, allowed)
        smallest = rounded_up(size)
        largest = np.minimum(np.maximum(smallest, max(plan.sizes_m_s)), plan.largest_m_s)
        parts.append(
            Rays(
                burns.time_s,
                unit,
                burns.direction.astype(np.int64),
                smallest,
                np.maximum(largest, smallest),
                unit,
            )
        )
    rays = Rays.concat(parts)
    reach = _reach(
        event, _burns(rays, np.arange(len(rays)), rays.smallest_m_s, plan.thruster), reference, last_s
    )
    known = np.flatnonzero(np.isfinite(reach).all(axis=1))
    return replace(rays, reach=reach)[known]


def _reach(event: AvoidableEvent, burns: Burns, reference: WithoutBurn, last_s: float) -> Array:
    """(r, 9) displacement along R, T, N per m/s, in errors of the event, at its closest approach, later, and last."""
    times = np.linspace(reference.tca_s, last_s, 3)
    if len(burns) == 0:
        return np.empty((0, 9))
    before = event.primary.states(times)
    after = event.primary.after(burns).states_along(np.arange(len(burns)), np.tile(times, (len(burns), 1)))
    moved = np.einsum(
        "tij,rtj->rti", rtn_basis(before[:, :3], before[:, 3:]), after[:, :, :3] - before[:, :3]
    )
    variance = np.diag(event.primary_covariance + event.secondary_covariance)[:3]
    sigma = np.maximum(np.sqrt(np.maximum(variance, 0.0)), _SMALLEST_SIGMA_KM)
    return np.asarray((moved / sigma / burns.size_m_s[:, None, None]).reshape(len(burns), 9))


def _burns(rays: Rays, ray: Index, size_m_s: Array, propulsion: Propulsion | None) -> Burns:
    own = rays[ray]
    burns = make_burns(own.time_s, own.unit_rtn * size_m_s[:, None], Direction.FREE, propulsion)
    return replace(burns, direction=np.asarray(own.direction, dtype=np.int8))


def _first(rays: Rays, plan: Plan, reference: WithoutBurn, count: int) -> tuple[Index, Array]:
    """Rays and sizes of the first round: the smallest of each ray, and the sizes of the trade space above it."""
    sizes = np.broadcast_to(np.sort(plan.sizes_m_s), (len(rays), len(plan.sizes_m_s)))
    sizes = np.column_stack([rays.smallest_m_s, np.where(sizes > rays.smallest_m_s[:, None], sizes, np.nan)])
    ray, place = np.nonzero(sizes <= rays.largest_m_s[:, None])
    size = sizes[ray, place]
    rows = chosen(_burns(rays, ray, size, plan.thruster), reference.tca_s, count)
    return ray[rows], size[rows]


def _later(progress: Progress, done: int, count: int, whole: int) -> Callable[[float], None]:
    return lambda fraction: progress("screening", min((done + fraction * count) / whole, 1.0))
