"""The tables of an avoidance study."""

from __future__ import annotations

from typing import Any

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.time import utc_datetime64
from debrissim.maneuvers.avoid import Avoidance
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.effect import BurnEffects
from debrissim.maneuvers.motion import MotionStatus
from debrissim.maneuvers.theory_error import theory_errors_of
from debrissim.maneuvers.trade_space import signed_size_m_s
from debrissim.maneuvers.verdicts import Verdict
from debrissim.results.schema import avoidance as schema
from debrissim.results.table import Table


def make_tables(result: Avoidance) -> dict[str, Table]:
    """The tables of a result by name.

    Candidates have the numbers 1 to k, the smallest first; a burn of the trade space that was screened again has the
    number that it has among them, and all others have further ones.
    """
    candidates = result.candidates
    count = len(candidates)
    cell_numbers = _numbers(result.cells.burns, candidates.burns, count)
    found = result.minima.effects[np.flatnonzero(result.minima.found)]
    last = max(count, int(cell_numbers.max(initial=0)))
    minima_numbers = _numbers(found.burns, candidates.burns, last)
    return {
        "cells": schema.CELLS.table(
            _columns(result, result.cells, cell_numbers) | _gradient(result.gradient_rtn)
        ),
        "minima": schema.MINIMA.table(
            _columns(result, found, minima_numbers)
            | _gradient(result.minima.miss_gradient_rtn[result.minima.found])
        ),
        "candidates": _candidate_table(result),
        "encounters": _encounter_table(result),
        "plane": _plane_table(result),
        "returns": _return_table(result),
    }


def _gradient(units: Array) -> dict[str, Array]:
    """The columns of unit vectors (k, 3)."""
    return {f"gradient_{axis}": units[:, k] for k, axis in enumerate("rtn")}


def _numbers(burns: Burns, candidates: Burns, last: int) -> Index:
    """(k,) numbers of burns: that of the candidate if it is the same to the bit, otherwise counting from last + 1."""

    def keys(of: Burns) -> list[tuple[float, ...]]:
        columns = np.column_stack([of.time_s, of.duration_s, of.delta_v_rtn_m_s, of.direction])
        return [tuple(row) for row in columns.tolist()]

    known = {key: number for number, key in enumerate(keys(candidates), start=1)}
    out = np.array([known.get(key, 0) for key in keys(burns)], dtype=np.int64)
    new = out == 0
    out[new] = last + 1 + np.arange(int(new.sum()))
    return out


def _columns(result: Avoidance, effects: BurnEffects, number: Index) -> dict[str, Any]:
    """The columns of burns and of their effects."""
    burns, event = effects.burns, result.found.event
    lead_s = result.reference.tca_s - burns.time_s
    rtn = burns.delta_v_rtn_m_s
    statuses = {int(status): "ok" if status == MotionStatus.OK else status.reason for status in MotionStatus}
    return {
        "burn": number,
        "burn_utc": utc_datetime64(*event.start, burns.time_s),
        "before_tca_hours": lead_s / 3600.0,
        "before_tca_revolutions": lead_s / result.reference.period_s,
        "direction": [Direction(code).label for code in burns.direction.tolist()],
        "delta_v_m_s": signed_size_m_s(burns),
        "delta_v_r_m_s": rtn[:, 0],
        "delta_v_t_m_s": rtn[:, 1],
        "delta_v_n_m_s": rtn[:, 2],
        "duration_s": burns.duration_s,
        "status": [statuses[code] for code in effects.status.tolist()],
        "tca_shift_s": effects.tca_shift_s,
        "miss_distance_km": effects.miss_km,
        "miss_r_km": effects.miss_rtn_km[:, 0],
        "miss_t_km": effects.miss_rtn_km[:, 1],
        "miss_n_km": effects.miss_rtn_km[:, 2],
        "theory_error_km": theory_errors_of(event, result.reference, burns, effects.tca_s),
        "relative_speed_km_s": effects.relative_speed_km_s,
        "mahalanobis_distance": effects.mahalanobis_distance,
        "collision_probability": effects.probability,
        "probability_without_execution_error": effects.probability_exact,
        "method": effects.method,
        "neighbour_miss_km": effects.neighbour_miss_km,
        "neighbour_probability": effects.neighbour_probability,
        "diluted": effects.diluted,
        "meets_goal": effects.meets_goal,
    }


def _candidate_table(result: Avoidance) -> Table:
    candidates, screened = result.candidates, result.screened
    count = len(candidates)
    columns = _columns(result, candidates, 1 + np.arange(count))
    if screened is None:
        columns |= {
            "verdict": [Verdict.NOT_EXAMINED.label] * count,
            "reason": ["there is no catalogue to screen against"] * count,
            "encounters": np.zeros(count, dtype=np.int64),
            "new_above_goal": np.zeros(count, dtype=np.int64),
            "highest_probability": np.full(count, np.nan),
        }
    else:
        columns |= {
            "verdict": [Verdict(code).label for code in screened.verdict.tolist()],
            "reason": list(screened.reason),
            "encounters": screened.encounter_count,
            "new_above_goal": screened.new_above_goal,
            "highest_probability": screened.highest_probability,
        }
    return schema.CANDIDATES.table(columns)


def _encounter_table(result: Avoidance) -> Table:
    screened = result.screened
    if screened is None:
        empty = np.empty(0)
        names = [column.name for column in schema.ENCOUNTERS.columns]
        return schema.ENCOUNTERS.table({name: _nothing(name, empty) for name in names})
    found = screened.encounters
    return schema.ENCOUNTERS.table(
        {
            "burn": found.burn,
            "tca_utc": utc_datetime64(*result.found.event.start, found.tca_s),
            "norad_id": found.norad_id,
            "name": found.name,
            "miss_distance_km": found.miss_distance_km,
            "miss_r_km": found.miss_rtn_km[:, 0],
            "miss_t_km": found.miss_rtn_km[:, 1],
            "miss_n_km": found.miss_rtn_km[:, 2],
            "relative_speed_km_s": found.relative_speed_km_s,
            "collision_probability": found.probability,
            "method": found.method,
            "probability_without_burn": found.probability_without_burn,
            "above_goal": found.above_goal,
        }
    )


def _nothing(name: str, empty: Array) -> Any:
    dtypes: dict[str, Any] = {
        "burn": np.int64, "norad_id": np.int64, "tca_utc": "datetime64[ms]", "above_goal": np.bool_,
    }  # fmt: skip
    return empty.astype(dtypes.get(name, np.float64)) if name not in ("name", "method") else []


def _plane_table(result: Avoidance) -> Table:
    """The event without a burn, and after each candidate."""
    both = BurnEffects.concat([result.unburnt, result.candidates])
    covariance = both.plane_covariance_km2
    return schema.PLANE.table(
        {
            "burn": np.arange(len(both)),
            "miss_u_km": both.plane_miss_km[:, 0],
            "miss_v_km": both.plane_miss_km[:, 1],
            "covariance_uu_km2": covariance[:, 0, 0],
            "covariance_uv_km2": covariance[:, 0, 1],
            "covariance_vv_km2": covariance[:, 1, 1],
            "hard_body_radius_m": np.full(len(both), result.found.event.hard_body_radius_m),
        }
    )


def _return_table(result: Avoidance) -> Table:
    """Burns back to the old orbit."""
    known = np.flatnonzero(np.isfinite(result.returns.time_s))
    returns = result.returns[known]
    return schema.RETURNS.table(
        {
            "burn": 1 + result.returned[known],
            "return_utc": utc_datetime64(*result.found.event.start, returns.time_s),
            **{f"delta_v_{axis}_m_s": returns.delta_v_rtn_m_s[:, k] for k, axis in enumerate("rtn")},
            "cost_m_s": returns.cost_m_s,
            "remaining_km": returns.remaining_km,
        }
    )
