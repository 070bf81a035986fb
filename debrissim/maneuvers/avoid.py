"""Avoiding an encounter: from the event to burns that are shown not to make anything worse.

event -> trade space -> smallest burns -> screened again in rounds -> burns back

Each arrow is one call. Nothing here is an instruction: a certified burn meets its goals in a model, with the errors,
objects and span that the result names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.progress import Progress, no_progress
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.found_event import FoundEvent
from debrissim.maneuvers.plan import Plan
from debrissim.maneuvers.plane_map import miss_gradients
from debrissim.maneuvers.reference import WithoutBurn, no_burns, without_burn
from debrissim.maneuvers.return_burn import ReturnBurns, return_burns
from debrissim.maneuvers.screened_again import ScreenedAgain
from debrissim.maneuvers.screening_rounds import Candidates, screened_in_rounds
from debrissim.maneuvers.smallest import SmallestBurns, smallest_burns
from debrissim.maneuvers.trade_space import BurnGrid, effects_in_parts, trade_space
from debrissim.maneuvers.verdict_search import Resolution
from debrissim.maneuvers.verdicts import Verdict


@dataclass(frozen=True, eq=False)
class Avoidance:
    """Everything found for an event.

    found, plan: as given; reference: the event without a burn; unburnt: its effect as one row, of a burn of no size;
    cells: the trade space; gradient_rtn: (c, 3) `miss_gradients` of its burns; minima: the smallest burns; candidates:
    effects of the burns of all rounds; screened: the candidates screened again, None if there was nothing to screen
    against or no candidate; resolution: how precisely the smallest certified burn is known; end_s: s of run time up to
    which they were screened; returns: return burns for the candidates `returned` (r,), rows of `candidates`.
    """

    found: FoundEvent
    plan: Plan
    reference: WithoutBurn
    unburnt: BurnEffects
    cells: BurnEffects
    gradient_rtn: Array
    minima: SmallestBurns
    candidates: BurnEffects
    screened: ScreenedAgain | None
    resolution: Resolution
    end_s: float
    returned: Index
    returns: ReturnBurns


def avoid(found: FoundEvent, plan: Plan | None = None, *, progress: Progress = no_progress) -> Avoidance:
    """Find burns that avoid an event, and screen the trajectories after them.

    Parameters
    ----------
    found : FoundEvent
        The event, and the surroundings of the spacecraft.
    plan : Plan, optional
        The burns to try; by default those of `Plan()`.
    progress : callable
        Called with the phase and its completed fraction.

    Raises
    ------
    InputError
        If no burn is possible before the closest approach, or no collision probability can be computed.
    RunError
        If the screening cannot be completed.
    """
    plan, event = plan or Plan(), found.event
    progress("trade space", 0.0)
    times, reference = _burn_times(found, plan)
    grid = BurnGrid(times, np.array(plan.sizes_m_s), plan.directions, plan.thruster)
    cells = trade_space(event, grid, plan.error, goals=plan.goals, reference=reference)
    gradient = miss_gradients(event, reference, cells)
    unburnt = effects_in_parts(event, no_burns(times[:1]), plan.error, plan.goals, reference)
    progress("smallest burns", 0.0)
    minima = smallest_burns(
        event,
        times,
        plan.directions,
        plan.error,
        goals=plan.goals,
        reference=reference,
        propulsion=plan.thruster,
        largest_m_s=plan.largest_m_s,
    )
    end_s = event.tca_s + plan.horizon_days * SECONDS_PER_DAY
    progress("screening", 0.0)
    # If there is nothing to avoid, there is also nothing to compare.
    some = minima[:0] if unburnt.meets_goal[0] else minima
    candidates = screened_in_rounds(found, plan, reference, some, end_s, progress)
    returned = _worth_returning(plan, candidates)
    returns = return_burns(event.primary, candidates.effects.burns[returned], reference.tca_s, end_s)
    return Avoidance(
        found,
        plan,
        reference,
        unburnt,
        cells,
        gradient,
        minima,
        candidates.effects,
        candidates.screened,
        candidates.resolution,
        end_s,
        returned,
        returns,
    )


def _burn_times(found: FoundEvent, plan: Plan) -> tuple[Array, WithoutBurn]:
    """The starts of the burns, and the event without a burn."""
    event = found.event
    first = max(0.0, event.primary.limits_s[0])
    if event.tca_s <= first:
        raise InputError(
            f"{found.label}: its closest approach is before every burn: the trajectory of {event.primary_name} begins "
            f"{first - event.tca_s:.0f} s later"
        )
    earliest = max(event.tca_s - 3600.0 * plan.earliest_hours, first)
    reference = without_burn(event, earliest)
    if not np.isfinite(reference.probability.value[0]):
        raise InputError(
            f"{found.label}: no collision probability can be computed ({reference.probability.choice.reason[0]})"
        )
    return plan.times_s(reference.tca_s, reference.period_s, first), reference


def _worth_returning(plan: Plan, candidates: Candidates) -> Index:
    """The candidates for which a return burn is requested: the certified ones, or all if nothing was screened; none by
    default."""
    if not plan.with_return:
        return np.empty(0, dtype=np.int64)
    if candidates.screened is None:
        return np.arange(len(candidates.effects))
    return np.flatnonzero(candidates.screened.verdict == Verdict.GREEN)
