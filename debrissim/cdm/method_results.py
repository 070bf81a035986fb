"""The results of single methods of collision probability for messages.

Source: the methods' own modules in `probability`.

Assumptions
- Covariances of a message are each in its object's RTN with frozen axes: velocity errors are inertial ones
  resolved along them. CDMs do not say otherwise.
- The states are those of the stated TCA. The encounter plane projects the miss, so a TCA cut to milliseconds costs
  nothing.
- If one object's whole covariance is zero, it is taken as unknown, and Frisbee's maximum can be given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.cdm.states import inertial_states, position_covariances_rtn, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.probability.algorithms import monte_carlo
from debrissim.probability.auto import AutoProbability
from debrissim.probability.collision import (
    SHORTEST_PERIOD_S,
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
)
from debrissim.probability.frisbee import frisbee_maximum
from debrissim.probability.method import PlaneMethod, StateMethod
from debrissim.probability.registry import DEFAULT_METHOD, METHODS
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability
from debrissim.propagation.frames import rotate, rtn_basis

FRISBEE = "frisbee-maximum"


@dataclass(frozen=True)
class MethodResult:
    """The result of one method.

    value: None if the method cannot be applied; lower, upper: the method's own bounds (proved, of quadrature, or
    confidence), None if it has none; flags: those of this method alone.
    """

    method: str
    description: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    flags: tuple[str, ...] = ()


def assess_conjunctions(
    conjunctions: Sequence[Conjunction],
    hard_body_radius_m: Array,
    *,
    method: str = DEFAULT_METHOD,
) -> CollisionProbability:
    """Compute the collision probability of m messages by one method of the encounter plane.

    Parameters
    ----------
    conjunctions : sequence of Conjunction, shape (m,)
        The messages.
    hard_body_radius_m : Array, shape (m,)
        Combined radii in m.
    method : str
        Name of a method of the encounter plane, or "auto", which without full states always chooses the default.

    Raises
    ------
    InputError
        As `probability.collision.collision_probability` does.
    """
    primary, secondary = inertial_states(conjunctions)
    of_primary, of_secondary = position_covariances_rtn(conjunctions)
    basis = rtn_basis(primary[:, :3], primary[:, 3:])
    relative = secondary - primary
    return collision_probability(
        rotate(basis, relative[:, :3]),
        rotate(basis, relative[:, 3:]),
        of_primary,
        of_secondary,
        hard_body_radius_m,
        method=method,
        covariance_label="as given in the message",
        period_s=np.minimum(_period_s(primary), _period_s(secondary)),
    )


def plane_results(
    method: PlaneMethod, conjunctions: Sequence[Conjunction], radius_m: Array, default: CollisionProbability
) -> list[MethodResult]:
    probability = (
        default
        if method.name == DEFAULT_METHOD
        else assess_conjunctions(conjunctions, radius_m, method=method.name)
    )
    bounds = method.bounds(probability.plane, radius_m / 1000.0) if method.bounds else None
    return [
        MethodResult(
            method=method.name,
            description=method.summary,
            value=float(probability.value[k]),
            lower=None if bounds is None else float(bounds[0][k]),
            upper=None if bounds is None else float(bounds[1][k]),
            flags=ProbabilityFlag(int(probability.flags[k] & ~default.flags[k])).labels,
        )
        for k in range(len(conjunctions))
    ]


def state_results(
    method: StateMethod, conjunctions: Sequence[Conjunction], radius_m: Array
) -> list[MethodResult]:
    return [
        _state_result(method, conjunction, radius)
        for conjunction, radius in zip(conjunctions, radius_m.tolist(), strict=True)
    ]


def auto_results(found: AutoProbability) -> list[MethodResult]:
    """The results by the methods that "auto" chose, one per message."""
    own = found.probability.flags & ~found.plane.flags
    return [
        MethodResult(
            method=method,
            description=METHODS[method].summary,
            value=float(found.value[k]),
            lower=None if np.isnan(found.lower[k]) else float(found.lower[k]),
            upper=None if np.isnan(found.upper[k]) else float(found.upper[k]),
            flags=ProbabilityFlag(int(own[k])).labels,
        )
        for k, method in enumerate(found.choice.method)
    ]


def monte_carlo_results(
    conjunctions: Sequence[Conjunction], radius_m: Array, samples: int, seed: int
) -> list[MethodResult]:
    def compute(pair: StatePair, radius_km: Array) -> StateProbability:
        return monte_carlo.monte_carlo(pair, radius_km, np.random.default_rng(seed), samples=samples)

    method = monte_carlo.METHOD
    return state_results(
        replace(method, function=compute, summary=f"{samples} {method.summary}"), conjunctions, radius_m
    )


def _state_result(method: StateMethod, conjunction: Conjunction, radius_m: float) -> MethodResult:
    """The value of one message by itself, so that a message the method cannot take leaves the others alone."""
    try:
        probability = method(to_state_pair([conjunction]), np.array([radius_m / 1000.0]))
    except InputError as error:
        return MethodResult(method.name, method.summary, None, flags=(f"not applicable: {error}",))
    return MethodResult(
        method=method.name,
        description=method.summary,
        value=float(probability.value[0]),
        lower=float(probability.lower[0]),
        upper=float(probability.upper[0]),
        flags=StateFlag(int(probability.flags[0])).labels,
    )


def frisbee_results(conjunctions: Sequence[Conjunction], radius_m: Array) -> list[tuple[MethodResult, ...]]:
    """Frisbee's maximum for each message with exactly one covariance known; nothing for the others."""
    values: list[tuple[MethodResult, ...]] = []
    for conjunction, radius in zip(conjunctions, radius_m.tolist(), strict=True):
        known = [bool(item.covariance_rtn.any()) for item in (conjunction.primary, conjunction.secondary)]
        if sum(known) != 1:
            values.append(())
            continue
        plane = assess_conjunctions([conjunction], np.array([radius])).plane
        maximum = float(frisbee_maximum(plane, np.array([radius / 1000.0])).value[0])
        unknown = known.index(False) + 1
        text = f"maximum over any covariance of OBJECT{unknown}, which is not given (Frisbee 2015)"
        values.append((MethodResult(FRISBEE, text, maximum),))
    return values


def _period_s(state: Array) -> Array:
    """(m,) s, two-body; the shortest possible if the orbit is not bound, to err on the safe side."""
    distance = np.linalg.norm(state[:, :3], axis=1)
    inverse = 2.0 / distance - np.einsum("mi,mi->m", state[:, 3:], state[:, 3:]) / WGS84_MU_KM3_S2
    bound = inverse > 0.0
    axis = 1.0 / np.where(bound, inverse, 1.0)
    period = 2.0 * np.pi * np.sqrt(axis**3 / WGS84_MU_KM3_S2)
    return np.where(bound, period, SHORTEST_PERIOD_S)
