"""Choose a method by the flags, and say why.

Source: the tiers of NASA CARA's practice (Hall 2019, AAS 19-632): the plane where its limits of use hold, the
expected number of collisions where they do not.

Assumptions
- Among the plane methods there is nothing to choose: the default is exact, and no approximation is faster by
  enough to matter.
- The flags see straight motion only; where full states are at hand `short_encounter` judges the curvature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.probability import hall
from debrissim.probability.collision import CollisionProbability, ProbabilityFlag, assess
from debrissim.probability.methods import DEFAULT_METHOD
from debrissim.probability.short_encounter import short_encounter
from debrissim.probability.state_pair import StatePair, radii_km

Array = NDArray[np.float64]

BEYOND_THE_PLANE = (
    ProbabilityFlag.NO_RELATIVE_VELOCITY
    | ProbabilityFlag.SLOW_ENCOUNTER
    | ProbabilityFlag.EXTENDED_ENCOUNTER
    | ProbabilityFlag.OFFSET_ENCOUNTER
)
"""Any of these, and straight motion in a plane is doubtful."""


@dataclass(frozen=True)
class Choice:
    """m rows: the name of the method, and one sentence why."""

    method: tuple[str, ...]
    reason: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class AutoProbability:
    """m encounters: the value by the method chosen, the choice, and the plane's own result beside it."""

    value: Array
    choice: Choice
    plane: CollisionProbability


def choose(flags: ArrayLike, *, full_states: bool, curved: ArrayLike = False) -> Choice:
    """The method for each of m rows of `ProbabilityFlag` bits, (m,).

    full_states: whether states and covariances of position and velocity are at hand, without which the methods
    beyond the plane cannot run; curved: (m,) or one bool, whether the orbits' curvature alone moves the
    probability (`short_encounter`), which no flag can see.
    """
    bits = np.atleast_1d(np.asarray(flags, dtype=np.int64))
    bent = np.broadcast_to(np.asarray(curved, dtype=np.bool_), bits.shape)
    rows = [
        _one(ProbabilityFlag(flag), full_states, bend)
        for flag, bend in zip(bits.tolist(), bent.tolist(), strict=True)
    ]
    return Choice(tuple(method for method, _ in rows), tuple(reason for _, reason in rows))


def assess_pairs(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, covariance_label: str = "as given by the caller"
) -> AutoProbability:
    """Probabilities of m encounters, each by the method its flags and the curvature of its orbits call for.

    hard_body_radius_km: combined radius, km, >= 0, scalar or (m,). Raises InputError for a bad radius, or an
    orbit that is not an ellipse.
    """
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, len(pair))
    check = short_encounter(pair, radius)
    elements = hall.element_pair(pair)
    relative = pair.relative_state
    plane = assess(
        relative[:, :3],
        relative[:, 3:],
        pair.primary_covariance[:, :3, :3],
        pair.secondary_covariance[:, :3, :3],
        1000.0 * radius,
        covariance_label=covariance_label,
        period_s=np.minimum(elements.primary.period_s, elements.secondary.period_s),
    )
    choice = choose(plane.flags, full_states=True, curved=check.curved)
    beyond = np.array([method != DEFAULT_METHOD for method in choice.method], dtype=bool)
    value = plane.value.copy()
    if beyond.any():
        value[beyond] = hall.expected_collisions(pair.select(beyond), radius[beyond]).value
    return AutoProbability(value=value, choice=choice, plane=plane)


def _one(flags: ProbabilityFlag, full_states: bool, curved: bool) -> tuple[str, str]:
    causes = [*(flags & BEYOND_THE_PLANE).labels, *(["curved orbits"] if curved else [])]
    if not causes:
        return (
            DEFAULT_METHOD,
            "short encounter: straight motion holds, and the disc is integrated to rounding",
        )
    cause = ", ".join(causes)
    if full_states:
        return hall.NAME, f"{cause}: the collision rate is integrated along the orbits"
    return DEFAULT_METHOD, f"{cause}: beyond the plane, but there are no full states to do better with"
