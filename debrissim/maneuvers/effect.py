"""Effect of burns on the encounter that they should avoid.

Assumptions
- The encounter of each burn is the closest approach that changes continuously with the burn (`approach`). If another
  minimum within half a revolution is closer, its time, distance and probability are also reported, and it must meet the
  goals too, unless it was there without a burn, just as probable and as close.
- The covariances of an event belong to RTN axes at its closest approach. They are carried over unchanged to the RTN
  axes at the closest approach after the burn, those of the spacecraft on its new orbit.
- The covariance of the execution error is that of `execution_error` at the closest approach without a burn; over the
  shift to the closest approach after the burn, it is propagated by two-body motion about the new orbit. It is
  independent of all other errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Mask
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.maneuvers.approach import closest_approaches
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError, execution_covariance
from debrissim.maneuvers.goals import Goals, diluted_burns
from debrissim.maneuvers.motion import ManeuveredMotion, MotionStatus
from debrissim.maneuvers.reference import WithoutBurn, assess_states, without_burn
from debrissim.probability.auto import NONE, AutoProbability
from debrissim.probability.collision import ProbabilityFlag
from debrissim.propagation.conics import state_transition
from debrissim.propagation.frames import rtn_basis
from debrissim.uncertainty.rotation import state_rtn_to_inertial

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class BurnEffects(Rows):
    """k burns and the encounter after each; NaN where the trajectory after the burn is not known.

    | column                  | dtype   | shape     | unit, frame                                                    |
    |-------------------------|---------|-----------|----------------------------------------------------------------|
    | burns                   | `Burns` | (k,)      | the burns                                                      |
    | status                  | int8    | (k,)      | `MotionStatus`                                                 |
    | tca_s                   | float64 | (k,)      | s of run time, closest approach after the burn                 |
    | tca_shift_s             | float64 | (k,)      | s, relative to the closest approach without a burn             |
    | miss_km                 | float64 | (k,)      | km, distance then                                              |
    | miss_rtn_km             | float64 | (k, 3)    | km, secondary minus spacecraft, RTN of the spacecraft after    |
    |                         |         |           | the burn                                                       |
    | relative_speed_km_s     | float64 | (k,)      | km/s                                                           |
    | mahalanobis_distance    | float64 | (k,)      | miss in the encounter plane in units of all errors             |
    | probability             | float64 | (k,)      | collision probability, including the execution error           |
    | probability_exact       | float64 | (k,)      | the same for a burn executed exactly                           |
    | method                  | str     | (k,)      | method of `probability`                                        |
    | flags                   | int64   | (k,)      | `ProbabilityFlag` bits of `probability`                        |
    | diluted                 | bool    | (k,)      | probability lower only because errors are larger (`goals`)     |
    | meets_goal              | bool    | (k,)      | both probabilities and the miss meet the goals, not by dilution|
    | plane_miss_km           | float64 | (k, 2)    | km, miss in the encounter plane, along major and minor axis of |
    |                         |         |           | the combined error without a burn                              |
    | plane_covariance_km2    | float64 | (k, 2, 2) | km2, combined covariance with the execution error, same axes   |
    | neighbour_shift_s       | float64 | (k,)      | s, a closer minimum within half a revolution of the closest    |
    |                         |         |           | approach without a burn, relative to the latter; NaN if none   |
    | neighbour_miss_km       | float64 | (k,)      | km, distance then                                              |
    | neighbour_probability   | float64 | (k,)      | the larger of its probabilities with the execution error and   |
    |                         |         |           | without                                                        |
    """

    _labels = MappingProxyType({"status": MotionStatus, "flags": ProbabilityFlag})

    burns: Burns
    status: NDArray[np.int8]
    tca_s: Array
    tca_shift_s: Array
    miss_km: Array
    miss_rtn_km: Array
    relative_speed_km_s: Array
    mahalanobis_distance: Array
    probability: Array
    probability_exact: Array
    method: NDArray[np.str_]
    flags: NDArray[np.int64]
    diluted: Mask
    meets_goal: Mask
    plane_miss_km: Array
    plane_covariance_km2: Array
    neighbour_shift_s: Array
    neighbour_miss_km: Array
    neighbour_probability: Array


def effect_of(
    event: AvoidableEvent,
    burns: Burns,
    execution_error: ExecutionError,
    after: ManeuveredMotion,
    *,
    goals: Goals | None = None,
    reference: WithoutBurn | None = None,
) -> BurnEffects:
    """Compute the effect of k burns on the encounter.

    Parameters
    ----------
    event : AvoidableEvent
        The encounter without a burn.
    burns : Burns
        k burns, none of which begins or (if finite) ends after the closest approach without a burn.
    execution_error : ExecutionError
        Of each burn.
    after : ManeuveredMotion
        The trajectories after these burns, event.primary.after(burns).
    goals : Goals, optional
        By default a probability of 1e-6, and a miss no smaller than without a burn.
    reference : WithoutBurn, optional
        `without_burn(event, ...)`, to save its time where several sets of burns are computed.

    Raises
    ------
    InputError
        If a burn begins or thrust ends after the closest approach, or `after` belongs to other burns.
    """
    goals = goals or Goals()
    reference = _checked(event, burns, after, reference)
    approach = closest_approaches(after, event.secondary, event.tca_s, reference.nodes_s)
    good = np.flatnonzero(np.isfinite(approach.miss_km))
    added = _execution_covariance(after, execution_error, reference, good, approach.time_s[good])
    own, other = approach.spacecraft_state[good], approach.secondary_state[good]
    exact = assess_states(event, own, other, np.zeros_like(added))
    expected = assess_states(event, own, other, added) if added.any() else exact
    neighbour = _neighbours(event, after, execution_error, reference, approach.neighbour_s)
    diluted = diluted_burns(exact, expected, reference.probability, goals.probability)
    with np.errstate(invalid="ignore"):
        meets = (np.maximum(exact.value, expected.value) <= goals.probability) & ~diluted
        meets &= _is_far(approach.miss_km[good], reference, goals)
    meets &= _allow(reference, goals, *(values[good] for values in neighbour))
    plane_miss, plane_covariance = _in_common_axes(reference, own, expected)
    rtn = np.einsum("mij,mj->mi", rtn_basis(own[:, :3], own[:, 3:]), other[:, :3] - own[:, :3])

    def spread(values: NDArray[Any], fill: Any) -> NDArray[Any]:
        column = np.full((len(burns), *values.shape[1:]), fill, dtype=values.dtype)
        column[good] = values
        return column

    return BurnEffects(
        burns=burns,
        status=np.asarray(after.status, dtype=np.int8),
        tca_s=approach.time_s,
        tca_shift_s=approach.time_s - reference.tca_s,
        miss_km=approach.miss_km,
        miss_rtn_km=spread(rtn, np.nan),
        relative_speed_km_s=spread(np.linalg.norm(other[:, 3:] - own[:, 3:], axis=1), np.nan),
        mahalanobis_distance=spread(expected.plane.plane.mahalanobis_distance, np.nan),
        probability=spread(expected.value, np.nan),
        probability_exact=spread(exact.value, np.nan),
        method=spread(expected.probability.row_method.astype("<U32"), NONE),
        flags=spread(expected.probability.flags, int(ProbabilityFlag.NOT_COMPUTABLE)),
        diluted=spread(diluted, False),
        meets_goal=spread(meets, False),
        plane_miss_km=spread(plane_miss, np.nan),
        plane_covariance_km2=spread(plane_covariance, np.nan),
        neighbour_shift_s=approach.neighbour_s - reference.tca_s,
        neighbour_miss_km=neighbour[0],
        neighbour_probability=neighbour[1],
    )


def meets_goals(
    event: AvoidableEvent,
    burns: Burns,
    execution_error: ExecutionError,
    after: ManeuveredMotion,
    *,
    goals: Goals | None = None,
    reference: WithoutBurn | None = None,
) -> Mask:
    """Find which of k burns meet the goals: `effect_of(...).meets_goal`, without the other effects.

    Distances are checked first, then probabilities without and with execution errors, then those of neighbours, each
    only for the burns that have met the goals so far.

    Parameters and errors are those of `effect_of`.

    Returns
    -------
    (k,) bool
    """
    goals = goals or Goals()
    reference = _checked(event, burns, after, reference)
    approach = closest_approaches(after, event.secondary, event.tca_s, reference.nodes_s)
    out = np.zeros(len(burns), dtype=np.bool_)
    rows = np.flatnonzero(_is_far(approach.miss_km, reference, goals))
    own, other = approach.spacecraft_state[rows], approach.secondary_state[rows]
    exact = assess_states(event, own, other, np.zeros((rows.size, 6, 6)))
    kept = np.flatnonzero(exact.value <= goals.probability)
    rows, exact = rows[kept], exact[kept]
    added = _execution_covariance(after, execution_error, reference, rows, approach.time_s[rows])
    expected = assess_states(event, own[kept], other[kept], added) if added.any() else exact
    diluted = diluted_burns(exact, expected, reference.probability, goals.probability)
    rows = rows[(expected.value <= goals.probability) & ~diluted]
    out[rows] = True
    times = np.where(out, approach.neighbour_s, np.nan)
    return out & _allow(reference, goals, *_neighbours(event, after, execution_error, reference, times))


def _checked(
    event: AvoidableEvent, burns: Burns, after: ManeuveredMotion, reference: WithoutBurn | None
) -> WithoutBurn:
    """The reference; raises InputError as `effect_of` does."""
    if len(after.burns) != len(burns):
        raise InputError(f"after: expected the trajectories after {len(burns)} burns, got {len(after.burns)}")
    earliest = float(burns.time_s.min(initial=event.tca_s))
    reference = reference or without_burn(event, earliest)
    for name, times in (("time_s", burns.time_s), ("end_s", burns.end_s)):
        latest = float(times.max(initial=-np.inf))
        if latest > max(reference.tca_s, event.tca_s):
            late = latest - reference.tca_s
            raise InputError(
                f"{name}: expected burns before the closest approach, got one {late:g} s after it"
            )
    return reference


def _is_far(miss_km: Array, reference: WithoutBurn, goals: Goals) -> Mask:
    """(m,) whether a distance meets its goal; False where it is NaN."""
    wanted = reference.miss_km if goals.miss_km is None else goals.miss_km
    with np.errstate(invalid="ignore"):
        return np.asarray(miss_km >= wanted * (1.0 - _ROUNDING))


def _allow(reference: WithoutBurn, goals: Goals, miss_km: Array, probability: Array) -> Mask:
    """(m,) whether the closer neighbours, at distances and with probabilities (m,), allow a burn; NaN: there is none.

    A neighbour that was there without a burn may remain as it was.
    """
    with np.errstate(invalid="ignore"):
        known = reference.neighbour_miss_km, reference.neighbour_probability
        safe = (probability <= goals.probability) | (probability <= known[1] * (1.0 + _ROUNDING))
        far = _is_far(miss_km, reference, goals) | (miss_km >= known[0] * (1.0 - _ROUNDING))
        return np.asarray(np.isnan(miss_km) | (safe & far))


def _execution_covariance(
    after: ManeuveredMotion,
    error: ExecutionError,
    reference: WithoutBurn,
    rows: NDArray[np.intp],
    times_s: Array,
) -> Array:
    """The covariances (m, 6, 6) that the burns of rows (m,) cause at their own times (m,), in TEME."""
    burns = after.burns[rows]
    at_tca = np.full(rows.size, reference.tca_s)
    along_rtn = execution_covariance(reference.transitions, burns, error, at_tca)
    if not along_rtn.any():
        return along_rtn
    states = after.states_along(rows, at_tca[:, None])[:, 0]
    shift = times_s - reference.tca_s
    # A closest approach before the burn is not affected by it.
    along_rtn[times_s < burns.time_s] = 0.0
    _, gain = state_transition(states, shift)
    product = gain @ state_rtn_to_inertial(along_rtn, states) @ np.swapaxes(gain, 1, 2)
    return np.asarray(0.5 * (product + np.swapaxes(product, 1, 2)))


def _neighbours(
    event: AvoidableEvent,
    after: ManeuveredMotion,
    error: ExecutionError,
    reference: WithoutBurn,
    times_s: Array,
) -> tuple[Array, Array]:
    """Distance in km and the larger probability, (k,) each, at the closer neighbours at times (k,); NaN without a
    neighbour."""
    miss, probability = np.full(len(times_s), np.nan), np.full(len(times_s), np.nan)
    rows = np.flatnonzero(np.isfinite(times_s))
    if rows.size:
        own = after.states_along(rows, times_s[rows, None])[:, 0]
        other = event.secondary.states(times_s[rows])
        added = _execution_covariance(after, error, reference, rows, times_s[rows])
        both = [assess_states(event, own, other, extra).value for extra in (np.zeros_like(added), added)]
        miss[rows] = np.linalg.norm(other[:, :3] - own[:, :3], axis=1)
        probability[rows] = np.maximum(*both)
    return miss, probability


def _in_common_axes(reference: WithoutBurn, own: Array, found: AutoProbability) -> tuple[Array, Array]:
    """Miss (m, 2) and covariance (m, 2, 2) in the encounter planes, whose axes are those of the plane without a burn,
    tilted with the relative velocity.
    """
    plane = found.plane.plane
    basis = rtn_basis(own[:, :3], own[:, 3:])
    sight = np.cross(plane.basis[:, 0], plane.basis[:, 1])
    first = np.einsum("mij,i->mj", basis, reference.plane_axes[0])
    first = first - np.einsum("mi,mi->m", first, sight)[:, None] * sight
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = reference.plane_handedness * np.cross(sight, first)
    turn = np.stack([first, second], axis=1) @ np.swapaxes(plane.basis, 1, 2)
    return (
        np.einsum("mij,mj->mi", turn, plane.miss_km),
        np.asarray(turn @ plane.covariance_km2 @ np.swapaxes(turn, 1, 2)),
    )
