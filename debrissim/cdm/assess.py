"""The probability of conjunctions reported by messages, by all methods side by side, as `debrissim pc` shows it.

Source: the methods' own modules in `probability`.

Assumptions
- Covariances of a message are each in its object's RTN with frozen axes: velocity errors are inertial ones
  resolved along them. CDMs do not say otherwise.
- The states are those of the stated TCA. The encounter plane projects the miss, so a TCA cut to milliseconds costs
  nothing.
- A radius given by the caller replaces that of the message.
- Where a message has no velocity covariance (zeros), "auto" does not leave the encounter plane.
- If no flag speaks against the plane and yet Hall's value, itself without flags, differs by more than 10 %, the
  paths are curved where it matters, and Hall's value is chosen.
- If one object's whole covariance is zero, it is taken as unknown, and Frisbee's maximum is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from debrissim.cdm import Conjunction
from debrissim.cdm.states import _combined_rtn, _position_rtn, _states, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.core.registry import unknown_name
from debrissim.probability.algorithms import hall, monte_carlo
from debrissim.probability.auto import choose
from debrissim.probability.collision import (
    SHORTEST_PERIOD_S,
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
)
from debrissim.probability.cumulative import along_covariance_km2
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.frisbee import frisbee_maximum
from debrissim.probability.method import PlaneMethod, StateMethod
from debrissim.probability.registry import (
    AUTO,
    DEFAULT_METHOD,
    METHODS,
    SELECTORS,
    plane_methods,
    state_methods,
)
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability
from debrissim.propagation.frames import rotate, rtn_basis

FRISBEE = "frisbee-maximum"
CURVED = 0.1
"""The relative difference along curved orbits from the plane above which the plane is not chosen."""


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


@dataclass(frozen=True, eq=False)
class CdmAssessment:
    """One conjunction's probabilities.

    radius_from_message: False where the caller gave the radius. flags: of the encounter, as
    `ProbabilityFlag`. chosen, reason: the choice of "auto". miss_sigmas: the projected miss in standard deviations.
    plane: the encounter plane, one row; along_covariance_km2: (3,) the part of the covariance that it
    leaves out, as `probability.cumulative.along_covariance_km2`.
    """

    conjunction: Conjunction
    hard_body_radius_m: float
    radius_from_message: bool
    values: tuple[MethodResult, ...]
    chosen: str
    reason: str
    flags: tuple[str, ...]
    maximum: float
    maximum_scale: float
    dilution: bool
    miss_distance_km: float
    miss_sigmas: float
    relative_speed_km_s: float
    sigma_major_km: float
    sigma_minor_km: float
    plane: EncounterPlane
    along_covariance_km2: Array

    def value_of(self, method: str) -> float | None:
        """The value by that method. Raises InputError, listing the methods, if it was not asked for."""
        values = {result.method: result.value for result in self.values}
        if method not in values:
            raise unknown_name("method", method, values)
        return values[method]


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
    primary, secondary = _states(conjunctions)
    of_primary, of_secondary = _position_rtn(conjunctions)
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


def assess_cdms(
    conjunctions: Sequence[Conjunction],
    *,
    hard_body_radius_m: float | None = None,
    methods: Sequence[str] | None = None,
    monte_carlo_samples: int = 0,
    seed: int = 1,
) -> tuple[CdmAssessment, ...]:
    """Compute the collision probability of each message by the named methods.

    Parameters
    ----------
    conjunctions : sequence of Conjunction
        The messages.
    hard_body_radius_m : float, optional
        Combined radius in m, above 0, for every message; by default as each message states.
    methods : sequence of str, optional
        Names of methods; by default all that sample nothing. "auto" among them gives the value by the method chosen.
    monte_carlo_samples : int
        Monte Carlo trials of each message in addition, 0 for none.
    seed : int
        Seed of the trials.

    Returns
    -------
    tuple of CdmAssessment
        One per message.

    Raises
    ------
    InputError
        Naming the message's file, where it states no radius; for an unknown method, a radius that is not positive, a
        negative number of trials.
    """
    if monte_carlo_samples < 0:
        raise InputError(f"monte_carlo_samples: expected 0 or more, got {monte_carlo_samples}")
    names = _method_names(methods)
    radius = np.array([_radius_m(c, hard_body_radius_m) for c in conjunctions], dtype=np.float64)
    if not conjunctions:
        return ()
    plane = assess_conjunctions(conjunctions, radius)
    entries = [METHODS[name] for name in names if name in METHODS]
    columns = [_by_plane(e, conjunctions, radius, plane) for e in entries if isinstance(e, PlaneMethod)]
    columns += [
        _by_states(entry, conjunctions, radius)
        for entry in entries
        if isinstance(entry, StateMethod) and not (entry.is_sampled and monte_carlo_samples)
    ]
    if AUTO in names:
        columns.append(_by_auto(conjunctions, radius, plane))
    if monte_carlo_samples:
        columns.append(_by_monte_carlo(conjunctions, radius, monte_carlo_samples, seed))
    choices = [
        _choice(int(plane.flags[k]), conjunction, [column[k] for column in columns])
        for k, conjunction in enumerate(conjunctions)
    ]
    missing = _by_frisbee(conjunctions, radius)
    along = along_covariance_km2(plane.plane, _combined_rtn(conjunctions))
    return tuple(
        CdmAssessment(
            conjunction=conjunction,
            hard_body_radius_m=float(radius[k]),
            radius_from_message=hard_body_radius_m is None,
            values=(*(column[k] for column in columns), *missing[k]),
            chosen=choices[k][0],
            reason=choices[k][1],
            flags=ProbabilityFlag(int(plane.flags[k])).labels,
            maximum=float(plane.maximum[k]),
            maximum_scale=float(plane.maximum_scale[k]),
            dilution=bool(plane.dilution[k]),
            miss_distance_km=float(np.linalg.norm(conjunction.relative_state_rtn[:3])),
            miss_sigmas=float(plane.plane.mahalanobis_distance[k]),
            relative_speed_km_s=float(plane.plane.relative_speed_km_s[k]),
            sigma_major_km=float(plane.sigma_major_km[k]),
            sigma_minor_km=float(plane.sigma_minor_km[k]),
            plane=plane.plane[[k]],
            along_covariance_km2=along[k],
        )
        for k, conjunction in enumerate(conjunctions)
    )


def _method_names(methods: Sequence[str] | None) -> tuple[str, ...]:
    """The methods asked for; by default those of the plane and those for full states that sample nothing."""
    if methods is None:
        return (
            *plane_methods(),
            *(name for name, method in state_methods().items() if not method.is_sampled),
        )
    for name in methods:
        if name not in SELECTORS and name not in METHODS:
            raise unknown_name("method", name, [*SELECTORS, *METHODS])
    return tuple(methods)


def _radius_m(conjunction: Conjunction, override_m: float | None) -> float:
    radius = conjunction.hard_body_radius_m if override_m is None else override_m
    if radius is None:
        raise InputError(
            f"{conjunction.source or conjunction.message_id}: states no combined hard-body radius (a comment "
            "HBR = ... [m]); give one (--hbr, hard_body_radius_m)"
        )
    if not (np.isfinite(radius) and radius > 0.0):
        raise InputError(f"hard_body_radius_m: expected a finite number > 0, got {radius}")
    return radius


def _by_plane(
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


def _by_states(
    method: StateMethod, conjunctions: Sequence[Conjunction], radius_m: Array
) -> list[MethodResult]:
    return [
        _state_value(method, conjunction, radius)
        for conjunction, radius in zip(conjunctions, radius_m.tolist(), strict=True)
    ]


def _by_monte_carlo(
    conjunctions: Sequence[Conjunction], radius_m: Array, samples: int, seed: int
) -> list[MethodResult]:
    def compute(pair: StatePair, radius_km: Array) -> StateProbability:
        return monte_carlo.monte_carlo(pair, radius_km, np.random.default_rng(seed), samples=samples)

    method = monte_carlo.METHOD
    return _by_states(
        replace(method, function=compute, summary=f"{samples} {method.summary}"), conjunctions, radius_m
    )


def _by_auto(
    conjunctions: Sequence[Conjunction], radius_m: Array, plane: CollisionProbability
) -> list[MethodResult]:
    """The value by the method that `_choice` picks with both candidates before it."""
    values = []
    for k, conjunction in enumerate(conjunctions):
        flat = MethodResult(DEFAULT_METHOD, METHODS[DEFAULT_METHOD].summary, float(plane.value[k]))
        curved = _state_value(hall.METHOD, conjunction, float(radius_m[k]))
        method, reason = _choice(int(plane.flags[k]), conjunction, [flat, curved])
        chosen = curved if method == hall.METHOD.name else flat
        values.append(replace(chosen, method=AUTO, description=reason, flags=(f"by {method}", *chosen.flags)))
    return values


def _choice(flags: int, conjunction: Conjunction, values: list[MethodResult]) -> tuple[str, str]:
    """The method to rely on, and why."""
    full = conjunction.primary.has_velocity_covariance and conjunction.secondary.has_velocity_covariance
    chosen = choose(flags, full_states=full)
    by = {value.method: value for value in values}
    flat, curved = by.get(DEFAULT_METHOD), by.get(hall.METHOD.name)
    if chosen.method[0] == DEFAULT_METHOD and full and flat and curved and not curved.flags:
        plane, along = flat.value or 0.0, curved.value or 0.0
        if abs(along - plane) > CURVED * plane:
            ratio = f"{along / plane:.3g} times" if plane > 0.0 else "not zero as"
            why = f"curvature: along the orbits the value is {ratio} the plane's, though no flag is raised"
            return hall.METHOD.name, why
    return chosen.method[0], chosen.reason[0]


def _state_value(method: StateMethod, conjunction: Conjunction, radius_m: float) -> MethodResult:
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


def _by_frisbee(conjunctions: Sequence[Conjunction], radius_m: Array) -> list[tuple[MethodResult, ...]]:
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
