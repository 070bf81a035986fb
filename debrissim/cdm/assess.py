"""The probability of conjunctions reported by messages, by all methods side by side, as `debrissim pc` shows it.

Source: the methods' own modules in `probability`.

Assumptions
- Those of `cdm.method_results`.
- A radius given by the caller replaces that of the message.
- Where a message has no velocity covariance (zeros), "auto" does not leave the encounter plane.
- If no flag speaks against the plane and yet Hall's value, itself without flags, differs by more than 10 %, the
  paths are curved where it matters, and Hall's value is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from debrissim.cdm.message import Conjunction
from debrissim.cdm.method_results import (
    MethodResult,
    assess_conjunctions,
    frisbee_results,
    monte_carlo_results,
    plane_results,
    state_results,
)
from debrissim.cdm.states import combined_covariance_rtn
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.registry import unknown_name
from debrissim.probability.algorithms import hall
from debrissim.probability.auto import choose
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.cumulative import along_covariance_km2
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod, StateMethod
from debrissim.probability.registry import (
    AUTO,
    DEFAULT_METHOD,
    METHODS,
    SELECTORS,
    get_method,
    plane_methods,
    state_methods,
)

CURVED = 0.1
"""The relative difference along curved orbits from the plane above which the plane is not chosen."""


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
    columns = [plane_results(e, conjunctions, radius, plane) for e in entries if isinstance(e, PlaneMethod)]
    columns += [
        state_results(entry, conjunctions, radius)
        for entry in entries
        if isinstance(entry, StateMethod) and not (entry.is_sampled and monte_carlo_samples)
    ]
    candidates = {column[0].method: column for column in columns}
    if AUTO in names:
        if DEFAULT_METHOD not in candidates:
            candidates[DEFAULT_METHOD] = plane_results(
                get_method(DEFAULT_METHOD), conjunctions, radius, plane
            )
        if hall.METHOD.name not in candidates:
            candidates[hall.METHOD.name] = state_results(hall.METHOD, conjunctions, radius)
    choices = [
        _choice(int(plane.flags[k]), conjunction, {name: column[k] for name, column in candidates.items()})
        for k, conjunction in enumerate(conjunctions)
    ]
    if AUTO in names:
        columns.append([_auto_result(*choice, candidates[choice[0]][k]) for k, choice in enumerate(choices)])
    if monte_carlo_samples:
        columns.append(monte_carlo_results(conjunctions, radius, monte_carlo_samples, seed))
    missing = frisbee_results(conjunctions, radius)
    along = along_covariance_km2(plane.plane, combined_covariance_rtn(conjunctions))
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


def _choice(flags: int, conjunction: Conjunction, candidates: Mapping[str, MethodResult]) -> tuple[str, str]:
    """The method to rely on, and why."""
    full = conjunction.primary.has_velocity_covariance and conjunction.secondary.has_velocity_covariance
    chosen = choose(flags, full_states=full)
    flat, curved = candidates.get(DEFAULT_METHOD), candidates.get(hall.METHOD.name)
    if chosen.method[0] == DEFAULT_METHOD and full and flat and curved and not curved.flags:
        plane, along = flat.value or 0.0, curved.value or 0.0
        if abs(along - plane) > CURVED * plane:
            ratio = f"{along / plane:.3g} times" if plane > 0.0 else "not zero as"
            why = f"curvature: along the orbits the value is {ratio} the plane's, though no flag is raised"
            return hall.METHOD.name, why
    return chosen.method[0], chosen.reason[0]


def _auto_result(method: str, reason: str, result: MethodResult) -> MethodResult:
    """The result of the method chosen, as that of "auto"."""
    return replace(result, method=AUTO, description=reason, flags=(f"by {method}", *result.flags))
