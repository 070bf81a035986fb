"""The results of single methods of collision probability for messages.

Source: the methods' own modules in `probability`.

Assumptions
- Covariances of a message are each in its object's RTN with frozen axes: velocity errors are inertial ones
  resolved along them. CDMs do not say otherwise.
- The states are those of the stated TCA. The encounter plane projects the miss, so a TCA cut to milliseconds costs
  nothing.
- If one object's whole covariance is zero, it is taken as unknown, and Frisbee's maximum can be given. Where no
  probability can be computed (`probability.computable`), every method's value is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.cdm.states import position_covariances_rtn, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability.algorithms import monte_carlo
from debrissim.probability.auto import NONE, AutoProbability
from debrissim.probability.collision import (
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
)
from debrissim.probability.computable import Fault, check_computable
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.frisbee import frisbee_maximum
from debrissim.probability.maximum import maximum_over_aspect
from debrissim.probability.method import PlaneMethod, StateMethod
from debrissim.probability.registry import DEFAULT_METHOD, METHODS
from debrissim.probability.short_passage import shorter_period_s
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability
from debrissim.propagation.frames import rotate, rtn_basis

FRISBEE = "frisbee-maximum"
ANY_COVARIANCE = "any-covariance-maximum"
OBJECTS = ("OBJECT1", "OBJECT2")


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
    pair = to_state_pair(conjunctions)
    primary, secondary = pair.primary_state, pair.secondary_state
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
        period_s=shorter_period_s(pair),
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


def auto_results(found: AutoProbability) -> list[MethodResult]:
    """The results by the methods that "auto" chose, one per message."""
    own = found.probability.flags & ~found.plane.flags
    return [
        MethodResult(
            method=method,
            description=found.choice.reason[k] if method == NONE else METHODS[method].summary,
            value=_or_none(found.value[k]),
            lower=_or_none(found.lower[k]),
            upper=_or_none(found.upper[k]),
            flags=ProbabilityFlag(int(own[k])).labels,
        )
        for k, method in enumerate(found.choice.method)
    ]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def monte_carlo_results(
    conjunctions: Sequence[Conjunction], radius_m: Array, samples: int, seed: int
) -> list[MethodResult]:
    def compute(pair: StatePair, radius_km: Array) -> StateProbability:
        return monte_carlo.monte_carlo(pair, radius_km, np.random.default_rng(seed), samples=samples)

    method = monte_carlo.METHOD
    method = replace(method, function=compute, summary=f"{samples} {method.summary}")
    return [
        state_result(method, conjunction, radius)
        for conjunction, radius in zip(conjunctions, radius_m.tolist(), strict=True)
    ]


def state_result(method: StateMethod, conjunction: Conjunction, radius_m: float) -> MethodResult:
    """The value of one message, separately, so that a message to which the method does not apply does not affect the
    others."""
    pair = to_state_pair([conjunction])
    data = check_computable(pair)
    if not data.full_states[0]:
        sentence = f"not computable: {data.sentence(0, OBJECTS)}"
        return MethodResult(method.name, method.summary, None, flags=(sentence,))
    try:
        probability = method(pair, np.array([radius_m / 1000.0]))
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


def remaining_maxima(
    conjunctions: Sequence[Conjunction], radius_m: Array, plane: EncounterPlane
) -> list[tuple[MethodResult, ...]]:
    """The maxima that remain where covariances are missing or unusable; nothing for the other messages.

    With one object's covariance known, Frisbee's; without any, that over every covariance. Nothing remains where a
    state is not in orbit.
    """
    data = check_computable(to_state_pair(conjunctions))
    unknown = np.stack([data.primary, data.secondary], axis=-1) & ~int(Fault.UNUSABLE_VELOCITY)
    miss = plane.miss_distance_km
    values: list[tuple[MethodResult, ...]] = []
    for k, conjunction in enumerate(conjunctions):
        bad = unknown[k] != 0
        if not bad.any() or (unknown[k] & int(Fault.NOT_IN_ORBIT)).any():
            values.append(())
            continue
        radius_km = radius_m[[k]] / 1000.0
        if bad.all():
            maximum = maximum_over_aspect(miss[[k]], radius_km).value
            text = "maximum over every covariance: a line through both objects"
            values.append((MethodResult(ANY_COVARIANCE, text, float(maximum[0])),))
            continue
        missing = int(np.flatnonzero(bad)[0])
        known = assess_conjunctions([_without_covariance(conjunction, missing)], radius_m[[k]]).plane
        maximum = frisbee_maximum(known, radius_km).value
        text = f"maximum over any covariance of {OBJECTS[missing]}, which is not known (Frisbee 2015)"
        values.append((MethodResult(FRISBEE, text, float(maximum[0])),))
    return values


def _without_covariance(conjunction: Conjunction, number: int) -> Conjunction:
    item = (conjunction.primary, conjunction.secondary)[number]
    bare = replace(item, covariance_rtn=np.zeros((6, 6)))
    return replace(conjunction, primary=bare) if number == 0 else replace(conjunction, secondary=bare)
