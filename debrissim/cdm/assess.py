"""The probability of conjunctions reported by messages, by all methods side by side, as `debrissim pc` shows it.

Source: the methods' own modules in `probability`.

Assumptions
- Those of `cdm.method_results`.
- A radius given by the caller replaces that of the message. Where neither states one, the sum of the exclusion volumes'
  radii is taken, with which CSpOC computes its own probability.
- Where a message has no velocity covariance (zeros), "auto" does not leave the encounter plane.
- The recommended value is that of `probability.auto`, the same whatever methods are displayed next to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from debrissim.cdm.answer import summary_html, summary_lines
from debrissim.cdm.density_error import SharedDrag, shared_drag
from debrissim.cdm.facts import EncounterFacts, encounter_facts
from debrissim.cdm.message import Conjunction
from debrissim.cdm.method_results import (
    OBJECTS,
    MethodResult,
    assess_conjunctions,
    auto_results,
    monte_carlo_results,
    plane_results,
    remaining_maxima,
    state_result,
)
from debrissim.cdm.stated import StatedComparison, compare_stated, equivalent_radius_m
from debrissim.cdm.states import combined_covariance_rtn, to_state_pair
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.numbers import MIN_PROBABILITY
from debrissim.core.registry import unknown_name
from debrissim.probability.auto import NONE, recommend
from debrissim.probability.collision import ProbabilityFlag
from debrissim.probability.computable import Fault, check_computable
from debrissim.probability.cumulative import along_covariance_km2
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod, StateMethod
from debrissim.probability.registry import (
    AUTO,
    METHODS,
    SELECTORS,
    plane_methods,
    state_methods,
)

_FROM_EXCLUSION = "the sum of the exclusion volumes' radii, because the message states no hard body"


@dataclass(frozen=True, eq=False, repr=False)
class CdmAssessment:
    """One conjunction's probabilities.

    radius_from_message: False where the caller gave the radius. values: the methods asked for; recommended: the
    result of the method that "auto" chose, whether asked for or not; where no probability can be computed its method is
    "none", its value None, and the maximum NaN. flags: of the encounter, as
    `ProbabilityFlag`. chosen, reason: the choice of "auto". miss_sigmas: the projected miss in standard deviations.
    plane: the encounter plane, one row; along_covariance_km2: (3,) the part of the covariance that it
    leaves out, as `probability.cumulative.along_covariance_km2`.
    """

    conjunction: Conjunction
    hard_body_radius_m: float
    radius_from_message: bool
    values: tuple[MethodResult, ...]
    recommended: MethodResult
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

    @property
    def results(self) -> tuple[MethodResult, ...]:
        """The results by all methods, the recommended one among them even if it was not asked for."""
        names = [result.method for result in self.values]
        return self.values if self.chosen in names else (self.recommended, *self.values)

    @property
    def radius_origin(self) -> str:
        """How the combined radius is known."""
        if not self.radius_from_message:
            return "as given"
        return self.conjunction.hard_body_radius_origin or _FROM_EXCLUSION

    @cached_property
    def faults(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The faults of either object's state and covariance, as labels of `probability.computable.Fault`."""
        data = check_computable(to_state_pair([self.conjunction]))
        return Fault(int(data.primary[0])).labels, Fault(int(data.secondary[0])).labels

    @cached_property
    def facts(self) -> EncounterFacts:
        """Times, geometry, errors and quality of the orbits."""
        usable = self.recommended.value is not None
        return encounter_facts(self.conjunction, self.hard_body_radius_m, usable=usable)

    @cached_property
    def stated(self) -> StatedComparison | None:
        """The probability that the message states, compared with the recommended one; None if it states none."""
        return compare_stated(
            self.conjunction, self.plane, self.hard_body_radius_m, self.recommended.value, self.chosen
        )

    @cached_property
    def shared_drag(self) -> SharedDrag | None:
        """The plane's probability with the drag error that both objects share; None unless the message states one for
        both."""
        return shared_drag(self.conjunction, self.hard_body_radius_m)

    def __repr__(self) -> str:
        return "\n".join(summary_lines(self))

    def _repr_html_(self) -> str:
        return summary_html(self)

    @property
    def chosen(self) -> str:
        """Name of the recommended method."""
        return self.recommended.method

    def result_of(self, method: str) -> MethodResult:
        """The result by that method. Raises KeyError, listing the methods, if there is none."""
        known = {result.method: result for result in (self.recommended, *self.values)}
        if method not in known:
            raise KeyError(f"method: expected one of {', '.join(known)}, got {method!r}")
        return known[method]

    def value_of(self, method: str) -> float | None:
        """The value by that method, None if it cannot be computed. Raises KeyError, as `result_of`."""
        return self.result_of(method).value


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
    radius = np.array([combined_radius_m(c, hard_body_radius_m) for c in conjunctions], dtype=np.float64)
    if not conjunctions:
        return ()
    plane = assess_conjunctions(conjunctions, radius)
    entries = [METHODS[name] for name in names if name in METHODS]
    columns = [plane_results(e, conjunctions, radius, plane) for e in entries if isinstance(e, PlaneMethod)]
    auto = recommend(
        plane, to_state_pair(conjunctions), full_states=_full_states(conjunctions), names=OBJECTS
    )
    recommended = auto_results(auto)
    columns += [
        _beyond_the_plane(entry, conjunctions, radius, recommended)
        for entry in entries
        if isinstance(entry, StateMethod) and not (entry.is_sampled and monte_carlo_samples)
    ]
    if AUTO in names:
        columns.append([_as_auto(result, auto.choice.reason[k]) for k, result in enumerate(recommended)])
    if monte_carlo_samples:
        columns.append(monte_carlo_results(conjunctions, radius, monte_carlo_samples, seed))
    columns = [[_checked(result, recommended[k]) for k, result in enumerate(column)] for column in columns]
    remaining = remaining_maxima(conjunctions, radius, plane.plane)
    along = along_covariance_km2(plane.plane, combined_covariance_rtn(conjunctions))
    return tuple(
        CdmAssessment(
            conjunction=conjunction,
            hard_body_radius_m=float(radius[k]),
            radius_from_message=hard_body_radius_m is None,
            values=(*(column[k] for column in columns), *remaining[k]),
            recommended=recommended[k],
            reason=auto.choice.reason[k],
            flags=ProbabilityFlag(int(plane.flags[k])).labels,
            maximum=float(auto.probability.maximum[k]),
            maximum_scale=float(auto.probability.maximum_scale[k]),
            dilution=bool(auto.probability.dilution[k]),
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
    """The methods requested; by default those in the plane and those for full states without sampling."""
    if methods is None:
        return (
            *plane_methods(),
            *(name for name, method in state_methods().items() if not method.is_sampled),
        )
    for name in methods:
        if name not in SELECTORS and name not in METHODS:
            raise unknown_name("method", name, [*SELECTORS, *METHODS])
    return tuple(methods)


def combined_radius_m(conjunction: Conjunction, override_m: float | None = None) -> float:
    """The combined radius in m: as given, as the message states it, otherwise from the exclusion volumes.

    Raises InputError, naming the message's file, where neither is known, or for a radius that is not positive.
    """
    known = (override_m, conjunction.hard_body_radius_m, conjunction.exclusion_radius_m)
    radius = next((value for value in known if value is not None), None)
    if radius is None:
        raise InputError(
            f"{conjunction.source or conjunction.message_id}: states no combined hard-body radius (a comment "
            f"HBR = ... [m]); give one (--hbr, hard_body_radius_m){_radius_hint(conjunction)}"
        )
    if not (np.isfinite(radius) and radius > 0.0):
        raise InputError(f"hard_body_radius_m: expected a finite number > 0, got {radius}")
    return radius


def _radius_hint(conjunction: Conjunction) -> str:
    """The radius that the stated probability amounts to, in words; "" where that cannot be said."""
    stated = conjunction.collision_probability
    if not stated or stated < MIN_PROBABILITY:
        return ""
    disc = equivalent_radius_m(assess_conjunctions([conjunction], np.array([1.0])).plane, stated)
    return "" if disc is None else f"; its stated probability is that of a disc of {disc:.3g} m"


def _full_states(conjunctions: Sequence[Conjunction]) -> list[bool]:
    return [c.primary.has_velocity_covariance and c.secondary.has_velocity_covariance for c in conjunctions]


def _beyond_the_plane(
    method: StateMethod, conjunctions: Sequence[Conjunction], radius_m: Array, recommended: list[MethodResult]
) -> list[MethodResult]:
    """The results of a method for full states; what "auto" has computed already may take a minute, and is reused."""
    return [
        result if result.method == method.name else state_result(method, conjunctions[k], float(radius_m[k]))
        for k, result in enumerate(recommended)
    ]


def _checked(result: MethodResult, recommended: MethodResult) -> MethodResult:
    """The result, without value where no probability can be computed."""
    if recommended.method != NONE or result.value is None:
        return result
    return replace(result, value=None, lower=None, upper=None, flags=("not computable",))


def _as_auto(result: MethodResult, reason: str) -> MethodResult:
    """The result of the method chosen, as that of "auto"."""
    return replace(result, method=AUTO, description=reason, flags=(f"by {result.method}", *result.flags))
