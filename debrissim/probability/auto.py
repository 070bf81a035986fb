"""Choose a method by the flags and by the curvature of the orbits, and say why.

Sources: the tiers of NASA CARA's practice (Hall 2019, "Implementation Recommendations and Usage Boundaries for the
Two-Dimensional Probability of Collision Calculation", AAS 19-632): the plane where its limits of use hold, the expected
number of collisions where they do not; Coppola (2012), AAS 12-248, the duration; the measure of curvature is ours.

A straight-line method places the meeting where both objects' errors make it likeliest: orbit E1 moved by
P1 J1^T l, orbit E2 by -P2 J2^T l, with l = A^-1 d, d the relative position, A its covariance. Were the motion
straight the moved orbits would meet there. In fact they miss by eps, and the exponent of the density
(half the squared Mahalanobis distance) is wrong by about l.eps: a factor exp(-l.eps) of the probability.

Assumptions
- The only plane method chosen is the default: it is exact, and no approximation is faster by enough to
  matter.
- Elliptic orbits; two-body motion; the errors of both objects independent and Gaussian in equinoctial elements.
- The curvature is taken at the closest approach of the straight paths, to first order. It says whether the plane can
  be trusted, not how large the probability is: with `curved` the true value may be larger or smaller by many orders.
- Limits: a duration of 2 % of the shorter period, an exponent wrong by 0.1 (a tenth of the probability).
- The flags assume straight motion; curvature is checked if full states are available.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.rows import Rows
from debrissim.probability.algorithms import hall
from debrissim.probability.collision import (
    EXTENDED_FRACTION,
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
)
from debrissim.probability.duration import ConjunctionDuration, conjunction_duration
from debrissim.probability.registry import DEFAULT_METHOD
from debrissim.probability.state_pair import StateFlag, StatePair, radii_km
from debrissim.propagation.two_body import EquinoctialOrbits, is_bound

BEYOND_THE_PLANE = (
    ProbabilityFlag.NO_RELATIVE_VELOCITY
    | ProbabilityFlag.SLOW_ENCOUNTER
    | ProbabilityFlag.EXTENDED_ENCOUNTER
    | ProbabilityFlag.OFFSET_ENCOUNTER
)
"""With any of these flags, straight motion in a plane is doubtful."""


@dataclass(frozen=True)
class Choice:
    """m rows: the name of the method, and one sentence why."""

    method: tuple[str, ...]
    reason: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class AutoProbability:
    """m encounters: the value by the method chosen, the choice, and the result in the plane."""

    value: Array
    choice: Choice
    plane: CollisionProbability


def choose(flags: ArrayLike, *, full_states: bool, curved: ArrayLike = False) -> Choice:
    """The method for each of m rows of `ProbabilityFlag` bits, (m,).

    full_states: whether states and covariances of position and velocity are available, which the methods beyond
    the plane need; curved: (m,) or one bool, whether the orbits' curvature alone moves the
    probability (`short_encounter`), which no flag shows.
    """
    bits = np.atleast_1d(np.asarray(flags, dtype=np.int64))
    curvature_flags = np.broadcast_to(np.asarray(curved, dtype=np.bool_), bits.shape)
    rows = [
        _choose_row(ProbabilityFlag(flag), full_states, is_curved)
        for flag, is_curved in zip(bits.tolist(), curvature_flags.tolist(), strict=True)
    ]
    return Choice(tuple(method for method, _ in rows), tuple(reason for _, reason in rows))


def assess_pairs(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, covariance_label: str = "as given by the caller"
) -> AutoProbability:
    """Compute probabilities of m encounters, each by the method its flags and the curvature of its orbits call for.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    covariance_label : str
        Origin of the covariances, for reports.

    Raises
    ------
    InputError
        For a bad radius, or an orbit that is not an ellipse.
    """
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, len(pair))
    elements = hall.element_pair(pair)
    relative = pair.relative_state
    plane = collision_probability(
        relative[:, :3],
        relative[:, 3:],
        pair.primary_covariance[:, :3, :3],
        pair.secondary_covariance[:, :3, :3],
        1000.0 * radius,
        covariance_label=covariance_label,
        period_s=np.minimum(elements.primary.period_s, elements.secondary.period_s),
    )
    choice = chosen_for(plane, pair)
    refined = along_orbits(plane, pair, choice)
    return AutoProbability(value=refined.value, choice=choice, plane=plane)


def chosen_for(plane: CollisionProbability, pair: StatePair) -> Choice:
    """The choice for each of m encounters, from the plane's flags and the curvature of the orbits.

    A row whose states are not on ellipses stays in the plane, and its reason says so.
    """
    sound = is_bound(pair.primary_state) & is_bound(pair.secondary_state)
    curved = np.zeros(len(pair), dtype=bool)
    radius = plane.hard_body_radius_m / 1000.0
    curved[sound] = short_encounter(pair[sound], radius[sound]).curved
    choice = choose(plane.flags, full_states=True, curved=curved)
    method, reason = list(choice.method), list(choice.reason)
    for k in np.flatnonzero(~sound).tolist():
        method[k], reason[k] = _choose_row(ProbabilityFlag(int(plane.flags[k])), False, False)
    return Choice(tuple(method), tuple(reason))


def along_orbits(
    plane: CollisionProbability, pair: StatePair, choice: Choice, *, window_s: ArrayLike | None = None
) -> CollisionProbability:
    """The plane's result with values and flags replaced in the rows chosen for Hall's method.

    window_s: (2,) or (m, 2) s from the states' instant, as `hall.expected_collisions`. Maximum and dilution stay
    those of the plane. Raises InputError if lengths disagree or a window does not begin before its end.
    """
    rows = np.flatnonzero(np.array(choice.method, dtype=np.str_) == hall.METHOD.name)
    if rows.size == 0:
        return plane
    window = None if window_s is None else np.broadcast_to(np.asarray(window_s), (len(pair), 2))[rows]
    radius = plane.hard_body_radius_m[rows] / 1000.0
    curved = hall.expected_collisions(pair[rows], radius, window_s=window)
    value, flags, method = plane.value.copy(), plane.flags.copy(), plane.row_method.astype(object)
    value[rows] = curved.value
    method[rows] = hall.METHOD.name
    straight = (plane.flags[rows] & int(BEYOND_THE_PLANE)) == 0
    flags[rows[straight]] |= int(ProbabilityFlag.CURVED_ORBITS)
    for state_flag, flag in _STATE_FLAGS:
        flags[rows[(curved.flags & int(state_flag)) != 0]] |= int(flag)
    return replace(plane, value=value, flags=flags, row_method=method.astype(np.str_))


_STATE_FLAGS = (
    (StateFlag.NON_POSITIVE_DEFINITE, ProbabilityFlag.NON_POSITIVE_DEFINITE),
    (StateFlag.WINDOW_LIMITED, ProbabilityFlag.WINDOW_LIMITED),
    (StateFlag.INACCURATE_QUADRATURE, ProbabilityFlag.INACCURATE_QUADRATURE),
    (StateFlag.NO_PEAK_OVERLAP, ProbabilityFlag.NO_PEAK_OVERLAP),
    (StateFlag.REPEATED_CONTACT, ProbabilityFlag.REPEATED_CONTACT),
)


def _choose_row(flags: ProbabilityFlag, full_states: bool, curved: bool) -> tuple[str, str]:
    causes = [*(flags & BEYOND_THE_PLANE).labels, *(["curved orbits"] if curved else [])]
    if not causes:
        return (
            DEFAULT_METHOD,
            "short encounter: straight motion holds, and the disc is integrated to rounding",
        )
    cause = ", ".join(causes)
    if full_states:
        return hall.METHOD.name, f"{cause}: the collision rate is integrated along the orbits"
    return DEFAULT_METHOD, f"{cause}: beyond the plane, but there are no full states to do better with"


CURVED_EXPONENT = 0.1


@dataclass(frozen=True, eq=False)
class ShortEncounterCheck(Rows):
    """m encounters. duration: Coppola's bounds; period_fraction: (m,) duration over the shorter period (infinite at
    standstill); curvature: (m,) by how much straight motion misjudges the exponent of the density.
    """

    duration: ConjunctionDuration
    period_fraction: Array
    curvature: Array

    @property
    def extended(self) -> NDArray[np.bool_]:
        """(m,) whether the passage takes more than 2 % of the shorter period."""
        return np.asarray(self.period_fraction > EXTENDED_FRACTION)

    @property
    def curved(self) -> NDArray[np.bool_]:
        """(m,) whether straight motion changes the exponent by more than 0.1."""
        return np.asarray(~(np.abs(self.curvature) <= CURVED_EXPONENT))

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(m,) whether the short-encounter assumption holds: neither extended nor curved."""
        return np.asarray(~self.extended & ~self.curved)


def short_encounter(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, mu_km3_s2: float = WGS84_MU_KM3_S2
) -> ShortEncounterCheck:
    """Check whether the passages of m encounters are short and straight enough for the encounter plane.

    Parameters
    ----------
    pair : StatePair
        States and covariances of m encounters.
    hard_body_radius_km : scalar or (m,), km
        Combined radius, >= 0.
    mu_km3_s2 : float, km^3/s^2
        Gravitational parameter of the two-body motion.

    Raises
    ------
    InputError
        For a bad radius, or an orbit that is not an ellipse.
    """
    pair, _ = pair.remediated()
    duration = conjunction_duration(pair, hard_body_radius_km)
    elements = hall.element_pair(pair, mu_km3_s2=mu_km3_s2)
    period = np.minimum(elements.primary.period_s, elements.secondary.period_s)
    times = np.clip(duration.closest_s, -0.5 * period, 0.5 * period)
    states, partials, covariance = [], [], np.zeros((len(pair), 3, 3))
    sides = (
        (elements.primary, elements.primary_covariance),
        (elements.secondary, elements.secondary_covariance),
    )
    for orbits, spread in sides:
        state, by_elements = orbits.states_and_partials(times)
        states.append(state[:, :3])
        partials.append(by_elements[:, :3])
        covariance += by_elements[:, :3] @ spread @ np.swapaxes(by_elements[:, :3], -1, -2)
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, 1e-15 * values[:, -1:])
    gap = np.einsum("mij,mi->mj", vectors, states[1] - states[0])
    weight = np.divide(gap, values, out=np.zeros_like(gap), where=values > 0.0)
    pull = np.einsum("mij,mj->mi", vectors, weight)
    positions = []
    sound = np.ones(len(pair), dtype=bool)
    for sign, (orbits, spread), by_elements in zip((1.0, -1.0), sides, partials, strict=True):
        moved = orbits.elements + sign * np.einsum("mij,mlj,ml->mi", spread, by_elements, pull)
        fine = (moved[:, 0] > 0.0) & (np.hypot(moved[:, 1], moved[:, 2]) < 1.0)
        sound &= fine
        moved = np.where(fine[:, None], moved, orbits.elements)
        positions.append(EquinoctialOrbits(moved, orbits.sense, mu_km3_s2).states(times)[:, :3])
    curvature = np.einsum("mi,mi->m", pull, positions[1] - positions[0])
    return ShortEncounterCheck(
        duration=duration,
        period_fraction=duration.duration_s / period,
        curvature=np.where(sound, curvature, np.inf),
    )
