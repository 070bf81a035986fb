"""The answer of an avoidance study as JSON: the event, the smallest burn, and the objects examined and not examined."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.core.numbers import finite_or_none
from debrissim.core.time import utc_text
from debrissim.maneuvers.avoid import Avoidance
from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.error_range import ErrorRange, error_range
from debrissim.maneuvers.theory_error import theory_errors_of
from debrissim.maneuvers.trade_space import signed_size_m_s
from debrissim.maneuvers.verdicts import Verdict

CERTIFIED, STOPPED, UNEXAMINED = "certified", "not certified", "not examined"
NO_BURN, NOT_NEEDED = "no burn", "not needed"


def make_answer(result: Avoidance) -> dict[str, Any]:
    """The figures of the answer, as JSON.

    verdict: "certified" if a burn is green, "not certified" if burns were screened again and no burn is, "not examined"
    without objects to screen against, "no burn" if no burn meets the goals, "not needed" if the event meets them.
    burn: the smallest green one, otherwise the smallest that meets the goals.
    """
    screened, candidates, event = result.screened, result.candidates, result.found.event
    green = (
        np.empty(0, dtype=np.int64) if screened is None else np.flatnonzero(screened.verdict == Verdict.GREEN)
    )
    if result.unburnt.meets_goal[0]:
        verdict, row = NOT_NEEDED, None
    elif len(candidates) == 0:
        verdict, row = NO_BURN, None
    elif screened is None:
        verdict, row = UNEXAMINED, 0
    elif green.size == 0:
        verdict, row = STOPPED, 0
    else:
        verdict, row = CERTIFIED, int(green[0])
    effects = (
        result.unburnt if row is None else BurnEffects.concat([result.unburnt, candidates[np.array([row])]])
    )
    ranges = error_range(event, effects.burns, result.plan.error, result.reference)
    return {
        "verdict": verdict,
        "event": result.found.label,
        "spacecraft": {
            "name": event.primary_name,
            "norad_id": event.primary_number,
            "mass_kg": result.found.mass_kg,
        },
        "other": {"name": event.secondary_name, "norad_id": event.secondary_number},
        "without_burn": _without_burn(result, ranges[0]),
        "goals": {
            "probability": result.plan.goals.probability,
            "miss_km": result.reference.miss_km
            if result.plan.goals.miss_km is None
            else result.plan.goals.miss_km,
        },
        "burn": None if row is None else _burn(result, row, ranges[1]),
        "resolution": _resolution(result) if verdict == CERTIFIED else None,
        "counts": _counts(result),
        "examined": _examined(result),
        "smallest": _smallest(result),
    }


def _without_burn(result: Avoidance, errors: ErrorRange) -> dict[str, Any]:
    event, reference = result.found.event, result.reference
    found = reference.probability
    return {
        "tca_utc": utc_text(*event.start, reference.tca_s),
        "period_min": reference.period_s / 60.0,
        "miss_km": reference.miss_km,
        "relative_speed_km_s": float(result.unburnt.relative_speed_km_s[0]),
        "collision_probability": float(found.value[0]),
        "probability_low": errors.low,
        "probability_high": errors.high,
        "method": str(found.probability.row_method[0]),
        "dilution": bool(found.probability.dilution[0]),
        "hard_body_radius_m": event.hard_body_radius_m,
    }


def _burn(result: Avoidance, row: int, errors: ErrorRange) -> dict[str, Any]:
    one, event = result.candidates[np.array([row])], result.found.event
    lead_s = result.reference.tca_s - float(one.burns.time_s[0])
    screened = result.screened
    propellant = (
        None if result.plan.thruster is None else result.plan.thruster.propellant_kg(one.burns.size_m_s)
    )

    def error_km(time_s: float) -> float:
        return float(theory_errors_of(event, result.reference, one.burns, np.array([time_s]))[0])

    return {
        "number": row + 1,
        "utc": utc_text(*event.start, float(one.burns.time_s[0])),
        "before_tca_hours": lead_s / 3600.0,
        "before_tca_revolutions": lead_s / result.reference.period_s,
        "direction": Direction(int(one.burns.direction[0])).label,
        "delta_v_m_s": float(signed_size_m_s(one.burns)[0]),
        "delta_v_rtn_m_s": one.burns.delta_v_rtn_m_s[0].tolist(),
        "duration_s": float(one.burns.duration_s[0]),
        "propellant_kg": None if propellant is None else float(propellant[0]),
        "miss_km": float(one.miss_km[0]),
        "collision_probability": float(one.probability[0]),
        "probability_without_execution_error": float(one.probability_exact[0]),
        "probability_low": errors.low,
        "probability_high": errors.high,
        "method": str(one.method[0]),
        "theory_error_at_tca_km": error_km(result.reference.tca_s),
        "theory_error_km": error_km(result.end_s),
        "reason": "" if screened is None else screened.reason[row],
        "return": _return(result, row),
        "highest_probability_afterwards": None
        if screened is None
        else finite_or_none(float(screened.highest_probability[row])),
    }


def _resolution(result: Avoidance) -> dict[str, Any]:
    """The next smaller burn at the time and direction of the burn of the answer that is known not to be certified."""
    known = result.resolution
    return {
        "next_smaller_m_s": finite_or_none(known.next_m_s),
        "next_smaller_meets_goals": known.meets_goals,
        "smallest_that_meets_goals": known.smallest,
    }


def _return(result: Avoidance, row: int) -> dict[str, Any] | None:
    """The burn back of a candidate; None if there is none."""
    place = np.flatnonzero(result.returned == row)
    if not place.size or not np.isfinite(result.returns.time_s[place[0]]):
        return None
    one = result.returns[place[:1]]
    return {
        "utc": utc_text(*result.found.event.start, float(one.time_s[0])),
        "delta_v_rtn_m_s": one.delta_v_rtn_m_s[0].tolist(),
        "cost_m_s": float(one.cost_m_s[0]),
        "remaining_km": float(one.remaining_km[0]),
    }


def _counts(result: Avoidance) -> dict[str, int]:
    cells, screened = result.cells, result.screened
    half_s = 0.5 * result.reference.period_s
    late = result.reference.tca_s - cells.burns.time_s < half_s
    counts = {
        "cells": len(cells),
        "cells_meeting_goals": int(cells.meets_goal.sum()),
        "cells_diluted": int(cells.diluted.sum()),
        "late_cells": int(late.sum()),
        "late_cells_meeting_goals": int((late & cells.meets_goal).sum()),
        "times_and_directions": len(result.minima),
        "with_smallest_burn": int(result.minima.found.sum()),
        "screened": 0 if screened is None else len(screened.verdict),
    }
    for verdict in Verdict:
        count = 0 if screened is None else int((screened.verdict == verdict).sum())
        counts[verdict.name.lower()] = count
    return counts


def _examined(result: Avoidance) -> dict[str, Any] | None:
    """The extent of the screening; None where nothing was screened."""
    screened, around = result.screened, result.found.around
    if screened is None or around is None:
        return None
    start = result.found.event.start
    found = screened.encounters
    unburnt = np.flatnonzero(found.burn == 0)
    above = unburnt[found.probability[unburnt] > result.plan.goals.probability]
    return {
        "objects": screened.objects,
        "not_followed": screened.unfollowed,
        "flying_with_it": list(screened.excluded),
        "sampled_left_out": around.left_out_count,
        "source": around.label,
        "begin_utc": utc_text(*start, screened.begin_s, decimals=0),
        "end_utc": utc_text(*start, screened.end_s, decimals=0),
        "volumes": [volume.name for volume in around.surroundings.volumes],
        "event_found": screened.event_found,
        "encounters_without_burn": int(unburnt.size),
        "above_goal_without_burn": int(above.size),
    }


def _smallest(result: Avoidance) -> list[dict[str, Any]]:
    """The smallest burn of each direction, with its verdict if it was screened again."""
    burns = result.candidates.burns
    verdicts = None if result.screened is None else result.screened.verdict
    signed = signed_size_m_s(burns)
    rows: list[dict[str, Any]] = []
    keys = list(zip(burns.direction.tolist(), (signed < 0.0).tolist(), strict=True))
    for key in sorted(set(keys)):
        own = [k for k, other in enumerate(keys) if other == key]
        green = [k for k in own if verdicts is not None and verdicts[k] == Verdict.GREEN]
        rows.append(_row(result, own[0], "smallest"))
        if green and green[0] != own[0]:
            rows.append(_row(result, green[0], "smallest certified"))
    return rows


def _row(result: Avoidance, row: int, kind: str) -> dict[str, Any]:
    burns, screened = result.candidates.burns, result.screened
    lead_s = result.reference.tca_s - float(burns.time_s[row])
    return {
        "kind": kind,
        "number": row + 1,
        "direction": Direction(int(burns.direction[row])).label,
        "delta_v_m_s": float(signed_size_m_s(burns)[row]),
        "delta_v_rtn_m_s": burns.delta_v_rtn_m_s[row].tolist(),
        "before_tca_hours": lead_s / 3600.0,
        "before_tca_revolutions": lead_s / result.reference.period_s,
        "miss_km": float(result.candidates.miss_km[row]),
        "collision_probability": float(result.candidates.probability[row]),
        "verdict": Verdict.NOT_EXAMINED.label
        if screened is None
        else Verdict(int(screened.verdict[row])).label,
        "reason": "" if screened is None else screened.reason[row],
    }


def make_method(result: Avoidance) -> dict[str, Any]:
    """Models, sources and assumptions."""
    found, plan = result.found, result.plan
    event = found.event
    error = plan.error
    return {
        "motion": event.primary.theory,
        "covariance": event.covariance_label,
        "modelled": event.modelled,
        "errors_of_others": None if found.around is None else found.around.errors.label,
        "execution_error": {
            "magnitude_fixed_m_s": error.magnitude_fixed_m_s,
            "magnitude_fraction": error.magnitude_fraction,
            "pointing_fixed_m_s": error.pointing_fixed_m_s,
            "pointing_rad": error.pointing_rad,
            "origin": error.origin,
            "source": "Gates (1963), JPL Technical Report 32-504",
        },
        "burns": "impulses" if plan.thruster is None else "finite burns",
        "thruster": None
        if plan.thruster is None
        else {
            "thrust_n": plan.thruster.thrust_n,
            "mass_kg": plan.thruster.mass_kg,
            "specific_impulse_s": plan.thruster.specific_impulse_s,
        },
        "largest_m_s": plan.largest_m_s,
        "horizon_days": plan.horizon_days,
        "probability": "by the method that suits each encounter (auto)",
        "notes": list(found.notes),
    }
