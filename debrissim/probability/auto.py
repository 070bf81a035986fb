"""The one rule by which `auto` chooses a method for an encounter, says why, and computes the value.

Sources: the tiers of methods in NASA CARA's practice (Hall 2019, "Implementation Recommendations and Usage Boundaries
for the Two-Dimensional Probability of Collision Calculation", AAS 19-632): the plane where its limits of use hold, the
expected number of collisions where they do not. The limits are in `collision` (flags) and `short_passage` (curvature).

Assumptions
- The default is the only plane method chosen: it is exact, and no approximation is enough faster to matter.
- The choice depends only on the encounter: on its states, covariances and hard body. It is the same in scenarios,
  messages and Python, whatever other methods are computed as well.
- Where no probability can be computed (`computable`), the value is NaN, the method "none", and the reason says whose
  data prevent it.
- The flags assume straight motion; curvature is checked if full states are available. Where curvature is only
  suspected, both values are computed, and the plane is abandoned if they differ by more than 10 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from debrissim.core.arrays import Array
from debrissim.probability.algorithms import hall
from debrissim.probability.collision import (
    CollisionProbability,
    ProbabilityFlag,
    collision_probability,
)
from debrissim.probability.computable import Computable, check_computable
from debrissim.probability.registry import AUTO, DEFAULT_METHOD
from debrissim.probability.short_passage import short_encounter, shorter_period_s
from debrissim.probability.state_pair import StateFlag, StatePair, radii_km
from debrissim.propagation.two_body import is_bound

BEYOND_THE_PLANE = (
    ProbabilityFlag.NO_RELATIVE_VELOCITY
    | ProbabilityFlag.SLOW_ENCOUNTER
    | ProbabilityFlag.EXTENDED_ENCOUNTER
    | ProbabilityFlag.OFFSET_ENCOUNTER
)
"""Flags with any of which straight motion in a plane is doubtful."""

NONE = "none"
"""The name used instead of a method where no probability can be computed."""
CURVED = 0.1
"""The relative difference between the values along the orbits and in the plane above which suspected curvature rules
out the plane."""

# The check of curvature needs some 6 kB per encounter.
_ROWS_PER_BATCH = 4096


@dataclass(frozen=True)
class Choice:
    """m rows: the name of the method, and the reason in one sentence."""

    method: tuple[str, ...]
    reason: tuple[str, ...]

    def __getitem__(self, rows: NDArray[np.intp]) -> Choice:
        """The choice of some rows, given by an index array."""
        index = rows.tolist()
        return Choice(tuple(self.method[k] for k in index), tuple(self.reason[k] for k in index))


@dataclass(frozen=True, eq=False)
class AutoProbability:
    """m encounters: the values by the chosen methods, the choice, and the result in the plane.

    probability: values and flags by the chosen method, named in `row_method`; lower, upper: (m,) the bounds of that
    method, NaN if it has no bounds; choice: method and reason; plane: the default method for every row.
    """

    probability: CollisionProbability
    lower: Array
    upper: Array
    choice: Choice
    plane: CollisionProbability

    @property
    def value(self) -> Array:
        """(m,) collision probabilities."""
        return self.probability.value

    def __getitem__(self, rows: NDArray[np.intp]) -> AutoProbability:
        """Some encounters, given by an index array."""
        return AutoProbability(
            self.probability[rows], self.lower[rows], self.upper[rows], self.choice[rows], self.plane[rows]
        )


def choose(flags: ArrayLike, *, full_states: ArrayLike = True, curved: ArrayLike = False) -> Choice:
    """The method for each of m rows of `ProbabilityFlag` bits, (m,).

    full_states: (m,) or one bool, whether states and covariances of position and velocity are available, which the
    methods beyond the plane need; curved: (m,) or one bool, whether only the orbits' curvature changes the probability
    (`short_encounter`), which no flag shows.
    """
    bits = np.atleast_1d(np.asarray(flags, dtype=np.int64))
    known, bent = (np.broadcast_to(np.asarray(x, dtype=np.bool_), bits.shape) for x in (full_states, curved))
    rows = list(zip(bits.tolist(), known.tolist(), bent.tolist(), strict=True))
    # There are many rows but few distinct cases.
    found = {row: _choose_row(ProbabilityFlag(row[0]), row[1], row[2]) for row in set(rows)}
    chosen = [found[row] for row in rows]
    return Choice(tuple(method for method, _ in chosen), tuple(reason for _, reason in chosen))


def assess_pairs(
    pair: StatePair, hard_body_radius_km: ArrayLike, *, covariance_label: str = "as given by the caller"
) -> AutoProbability:
    """Compute probabilities of m encounters, each by the method that its flags and the curvature of its orbits require.

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
        For a bad radius.
    """
    radius = radii_km("hard_body_radius_km", hard_body_radius_km, len(pair))
    relative = pair.relative_state
    plane = collision_probability(
        relative[:, :3],
        relative[:, 3:],
        pair.primary_covariance[:, :3, :3],
        pair.secondary_covariance[:, :3, :3],
        1000.0 * radius,
        covariance_label=covariance_label,
        period_s=shorter_period_s(pair),
    )
    flags = np.where(pair.symmetrised, plane.flags | int(ProbabilityFlag.SYMMETRISED), plane.flags)
    return recommend(replace(plane, flags=flags), pair)


def recommend(
    plane: CollisionProbability,
    pair: StatePair,
    *,
    full_states: ArrayLike = True,
    names: tuple[str, str] = ("the primary", "the secondary"),
) -> AutoProbability:
    """Choose the method of each of m encounters, and compute its value.

    Parameters
    ----------
    plane : CollisionProbability
        The encounters by the default method.
    pair : StatePair
        The same encounters with full states.
    full_states : bool, scalar or (m,)
        Whether the velocity covariances are known; rows without them stay in the plane.
    names : (str, str)
        Names of the objects in the reasons.
    """
    data = check_computable(pair)
    known = np.broadcast_to(full_states, (len(pair),)) & _on_ellipses(pair) & data.full_states
    curved, suspect = _curvature(plane, pair, known)
    choice = choose(plane.flags, full_states=known, curved=curved | suspect)
    found = evaluate(plane, pair, choice)
    doubtful = suspect & ~curved & ((plane.flags & int(BEYOND_THE_PLANE)) == 0)
    confirmed = doubtful & (np.abs(found.value - plane.value) <= CURVED * plane.value)
    if confirmed.any():
        found = _in_the_plane(found, confirmed)
    return _explained(found, data, names)


def _on_ellipses(pair: StatePair) -> NDArray[np.bool_]:
    return is_bound(pair.primary_state) & is_bound(pair.secondary_state)


def _curvature(
    plane: CollisionProbability, pair: StatePair, known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(m,) whether the orbits are curved where it matters, and (m,) whether they may be; False unless `known`."""
    chosen = np.flatnonzero(known)
    curved, suspect = np.zeros(len(pair), dtype=bool), np.zeros(len(pair), dtype=bool)
    for begin in range(0, chosen.size, _ROWS_PER_BATCH):
        rows = chosen[begin : begin + _ROWS_PER_BATCH]
        check = short_encounter(pair[rows], plane.hard_body_radius_m[rows] / 1000.0)
        curved[rows], suspect[rows] = check.curved, check.suspect
    return curved, suspect


def _in_the_plane(found: AutoProbability, rows: NDArray[np.bool_]) -> AutoProbability:
    """The same choice, with the default method in rows where the calculation along the orbits confirmed it."""
    plane = found.plane
    method, reason = list(found.choice.method), list(found.choice.reason)
    for k in np.flatnonzero(rows).tolist():
        method[k], reason[k] = _choose_row(ProbabilityFlag(int(plane.flags[k])), True, False)
    return AutoProbability(
        probability=_replaced(found.probability, rows, {name: getattr(plane, name) for name in _BY_METHOD}),
        lower=np.where(rows, np.nan, found.lower),
        upper=np.where(rows, np.nan, found.upper),
        choice=Choice(tuple(method), tuple(reason)),
        plane=plane,
    )


def _explained(found: AutoProbability, data: Computable, names: tuple[str, str]) -> AutoProbability:
    """The same, with NaN where the data do not allow a probability, and with the faults of the data added to the
    reasons."""
    rows, now = ~data.usable, found.probability
    method, reason = list(found.choice.method), list(found.choice.reason)
    for k in np.flatnonzero(rows).tolist():
        method[k], reason[k] = NONE, f"not computable: {data.sentence(k, names)}"
    for k in np.flatnonzero(data.usable & ~data.full_states).tolist():
        reason[k] = f"{reason[k]}; not checked along the orbits: {data.sentence(k, names)}"
    nothing = (np.nan, np.nan, np.nan, False, now.flags | int(ProbabilityFlag.NOT_COMPUTABLE), NONE)
    return AutoProbability(
        probability=_replaced(now, rows, dict(zip(_BY_METHOD, nothing, strict=True))),
        lower=np.where(rows, np.nan, found.lower),
        upper=np.where(rows, np.nan, found.upper),
        choice=Choice(tuple(method), tuple(reason)),
        plane=found.plane,
    )


# The columns of a result that depend on the method.
_BY_METHOD = ("value", "maximum", "maximum_scale", "dilution", "flags", "row_method")


def _replaced(
    now: CollisionProbability, rows: NDArray[np.bool_], columns: Mapping[str, ArrayLike]
) -> CollisionProbability:
    """The same, with new values of some columns in rows (m,); the values are (m,) or one for all rows."""
    changed: dict[str, Any] = {
        name: np.where(rows, other, getattr(now, name)) for name, other in columns.items()
    }
    return replace(now, **changed)


def evaluate(plane: CollisionProbability, pair: StatePair, choice: Choice) -> AutoProbability:
    """Compute the values by the methods of a choice already made; arguments as `recommend`."""
    m = len(pair)
    lower, upper = np.full(m, np.nan), np.full(m, np.nan)
    value, flags, method = plane.value.copy(), plane.flags.copy(), plane.row_method.astype(object)
    maximum, scale, dilution = plane.maximum.copy(), plane.maximum_scale.copy(), plane.dilution.copy()
    rows = np.flatnonzero(np.array(choice.method, dtype=np.str_) == hall.METHOD.name)
    if rows.size:
        curved = hall.expected_collisions(pair[rows], plane.hard_body_radius_m[rows] / 1000.0)
        value[rows], lower[rows], upper[rows] = curved.value, curved.lower, curved.upper
        # The maximum in the plane belongs to another method: the value may exceed it.
        maximum[rows], scale[rows], dilution[rows] = np.nan, np.nan, False
        method[rows] = hall.METHOD.name
        straight = (plane.flags[rows] & int(BEYOND_THE_PLANE)) == 0
        flags[rows[straight]] |= int(ProbabilityFlag.CURVED_ORBITS)
        for state_flag, flag in _STATE_FLAGS:
            flags[rows[(curved.flags & int(state_flag)) != 0]] |= int(flag)
    probability = replace(
        plane, value=value, maximum=maximum, maximum_scale=scale, dilution=dilution, flags=flags, method=AUTO,
        row_method=method.astype(np.str_),
    )  # fmt: skip
    return AutoProbability(probability, lower, upper, choice, plane)


_STATE_FLAGS = tuple(
    (StateFlag[name], flag)
    for name, flag in ProbabilityFlag.__members__.items()
    if name in StateFlag.__members__
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
    return DEFAULT_METHOD, f"{cause}: beyond the plane, but there are no full states for a better method"
