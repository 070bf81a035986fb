"""Collision probabilities of encounters after burns, including the execution errors of the burns.

Source: `debrissim.probability.auto`, `debrissim.uncertainty`.

Assumptions
- The errors of a spacecraft after a burn are those of its trajectory without the burn at the same time, plus the
  independent execution error of the burn, propagated to the moment of the encounter.
- Velocity errors are derived from the position errors as in `uncertainty.rotation.with_velocity_errors`, unless
  covariances of velocities are given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.conjunctions.assessment import position_covariance
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.errors import InputError
from debrissim.maneuvers.goals import highest_probability
from debrissim.maneuvers.negligible import is_negligible
from debrissim.probability.auto import AutoProbability, assess_pairs
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.registry import DEFAULT_METHOD, get_method
from debrissim.probability.state_pair import StatePair
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

_NEGLIGIBLE = 1e-3
# The integrals along the orbits take about 200 kB per meeting.
_ROWS = 1000

ExecutionErrors: TypeAlias = Callable[[Index, Array], Array]
"""Maps burns (m,), by index, and times (m,) s of run time to the covariances that the execution errors add at those
times: (m, 3, 3) km2 or (m, 6, 6) km2, km2/s, km2/s2, along the spacecraft's RTN axes."""


class Errors(Protocol):
    """The errors of objects without burns."""

    @property
    def label(self) -> str:
        """The origin of the covariances in words."""
        ...

    def spacecraft(self, sets: Catalog, state: Array, age_days: Array, time_s: Array, /) -> Array:
        """(m, 6, 6) km2, km2/s, km2/s2 along its own RTN axes; states (m, 6) km, km/s at times (m,) s of run time."""
        ...

    def objects(self, sets: Catalog, state: Array, age_days: Array, time_s: Array, /) -> Array:
        """The same of m other objects."""
        ...


@dataclass(frozen=True, eq=False)
class ModelledErrors:
    """The errors that a run of conjunctions uses: a model, and known covariances of single objects.

    primary_factor, secondary_factor: factors on the modelled standard deviations of each role.
    """

    model: ElementSetErrorModel
    of_objects: ObjectCovariances = field(default_factory=ObjectCovariances)
    primary_factor: float = 1.0
    secondary_factor: float = 1.0

    @property
    def label(self) -> str:
        """As `Errors`."""
        return self.of_objects.label_with(self.model.label)

    def spacecraft(self, sets: Catalog, state: Array, age_days: Array, _time_s: Array, /) -> Array:
        """As `Errors`."""
        return self._covariances(sets, state, age_days, self.primary_factor)

    def objects(self, sets: Catalog, state: Array, age_days: Array, _time_s: Array, /) -> Array:
        """As `Errors`."""
        return self._covariances(sets, state, age_days, self.secondary_factor)

    def _covariances(self, sets: Catalog, state: Array, age_days: Array, factor: float) -> Array:
        stated = self.of_objects.stated(sets, age_days, factor)
        position = position_covariance(self.model, self.of_objects, sets, state, age_days, factor, stated)
        return self.of_objects.with_velocities(position, sets, state, age_days, factor, stated)


@dataclass(frozen=True, eq=False)
class Meetings:
    """m moments at which the spacecraft and an object are close.

    sets: the element sets of both, m rows each; states: (m, 6) km, km/s, TEME; age_days: (m,) of the sets; time_s: (m,)
    s of run time.
    """

    spacecraft_sets: Catalog
    object_sets: Catalog
    spacecraft_state: Array
    object_state: Array
    spacecraft_age_days: Array
    object_age_days: Array
    time_s: Array

    def __getitem__(self, rows: Index) -> Meetings:
        return Meetings(
            self.spacecraft_sets[rows],
            self.object_sets[rows],
            self.spacecraft_state[rows],
            self.object_state[rows],
            self.spacecraft_age_days[rows],
            self.object_age_days[rows],
            self.time_s[rows],
        )

    def __len__(self) -> int:
        return int(self.time_s.size)


def meeting_probabilities(meetings: Meetings, errors: Errors) -> AutoProbability:
    """Compute the collision probabilities of m meetings without execution errors."""
    pair, radius_km, _ = _pairs(meetings, errors, None)
    return assess_pairs(pair, radius_km, covariance_label=errors.label)


def _pairs(meetings: Meetings, errors: Errors, added: Array | None) -> tuple[StatePair, Array, StatePair]:
    """The states without the execution errors, combined radii (m,) in km, and the states with these errors."""
    own = errors.spacecraft(
        meetings.spacecraft_sets,
        meetings.spacecraft_state,
        meetings.spacecraft_age_days,
        meetings.time_s,
    )
    other = errors.objects(
        meetings.object_sets, meetings.object_state, meetings.object_age_days, meetings.time_s
    )
    exact = StatePair(
        primary_state=meetings.spacecraft_state,
        secondary_state=meetings.object_state,
        primary_covariance=state_rtn_to_inertial(own, meetings.spacecraft_state),
        secondary_covariance=state_rtn_to_inertial(other, meetings.object_state),
    )
    expected = exact
    if added is not None:
        wider = own + whole_covariances(np.asarray(added, dtype=np.float64), meetings.spacecraft_state)
        expected = replace(exact, primary_covariance=state_rtn_to_inertial(wider, meetings.spacecraft_state))
    radius_km = 1e-3 * (meetings.spacecraft_sets.hard_body_radius_m + meetings.object_sets.hard_body_radius_m)
    return exact, radius_km, expected


@dataclass(frozen=True, eq=False)
class BurnProbabilities:
    """Collision probabilities of m meetings after burns.

    value: (m,) with the expected execution error; highest: (m,) the largest for an execution error between none and the
    expected one, computed only where it may be above the goal, and elsewhere the larger of the two ends; method: (m,)
    its name.
    """

    value: Array
    highest: Array
    method: NDArray[np.str_]


def burn_probabilities(
    meetings: Meetings, errors: Errors, added: Array | None, goal: float
) -> BurnProbabilities:
    """Compute the collision probabilities of m meetings after burns.

    Parameters
    ----------
    meetings : Meetings
        States at the closest approaches.
    errors : Errors
        Errors of both objects without burns.
    added : Array, optional
        (m, 3, 3) km2 or (m, 6, 6) km2, km2/s, km2/s2 along the spacecraft's RTN axes, the execution errors.
    goal : float
        Goal of the probability. Where a bound shows that the probability is below a thousandth of the goal, whatever
        the curvature (`negligible`), the value in the encounter plane is used.

    Raises
    ------
    InputError
        If added has another shape.
    """
    parts = [slice(k, k + _ROWS) for k in range(0, max(len(meetings), 1), _ROWS)]
    found = [
        _of_a_batch(
            meetings[np.arange(len(meetings))[part]], errors, None if added is None else added[part], goal
        )
        for part in parts
    ]
    return BurnProbabilities(
        np.concatenate([part.value for part in found]),
        np.concatenate([part.highest for part in found]),
        np.concatenate([part.method for part in found]),
    )


def _of_a_batch(meetings: Meetings, errors: Errors, added: Array | None, goal: float) -> BurnProbabilities:
    narrow, radius_km, wide = _pairs(meetings, errors, added)
    far = is_negligible(narrow, wide, radius_km, _NEGLIGIBLE * goal)
    value, highest = np.full(len(far), np.nan), np.full(len(far), np.nan)
    method = np.full(len(far), DEFAULT_METHOD, dtype=object)
    if far.any():
        ends = [_in_the_plane(pair[far], radius_km[far]) for pair in (narrow, wide)]
        value[far], highest[far] = ends[1], np.maximum(*ends)
    near = ~far
    if near.any():
        found = _near(narrow[near], wide[near], radius_km[near], errors.label, goal, added is not None)
        value[near], highest[near], method[near] = found.value, found.highest, found.method
    return BurnProbabilities(value, highest, method.astype(np.str_))


def _in_the_plane(pair: StatePair, radius_km: Array) -> Array:
    relative = pair.relative_state
    plane = encounter_plane(relative[:, :3], relative[:, 3:], pair.relative_covariance[:, :3, :3])
    return get_method(DEFAULT_METHOD)(plane, radius_km)


def _near(
    narrow: StatePair, wide: StatePair, radius_km: Array, label: str, goal: float, erring: bool
) -> BurnProbabilities:
    exact = assess_pairs(narrow, radius_km, covariance_label=label)
    if not erring:
        return BurnProbabilities(exact.value, exact.value.copy(), exact.probability.row_method)
    expected = assess_pairs(wide, radius_km, covariance_label=label)
    highest = np.fmax(exact.value, expected.value)
    rows = np.flatnonzero(may_exceed(exact, expected, goal) & ~(highest > goal))
    if rows.size:
        highest[rows] = highest_probability(exact[rows], expected[rows])
    highest[np.isnan(exact.value) | np.isnan(expected.value)] = np.nan
    return BurnProbabilities(expected.value, highest, expected.probability.row_method)


def may_exceed(exact: AutoProbability, expected: AutoProbability, goal: float) -> Mask:
    """(m,) whether the probability may be above the goal for a fraction of the execution error.

    In the plane, for covariances between C and C + E, the density anywhere in the disc is at most the one given by the
    determinant of C and the largest variance of C + E at the disc's nearest point. Along orbits there is no such bound:
    True.
    """
    plane, wide = exact.plane.plane, expected.plane.plane
    radius_km = exact.probability.hard_body_radius_m / 1000.0
    nearest = np.maximum(np.linalg.norm(plane.miss_km, axis=1) - radius_km, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        largest = np.linalg.eigvalsh(wide.covariance_km2)[:, -1]
        exponent = -0.5 * nearest**2 / largest
        bound = 0.5 * radius_km**2 / np.sqrt(np.linalg.det(plane.covariance_km2)) * np.exp(exponent)
    straight = (exact.probability.row_method == exact.plane.method) & (
        expected.probability.row_method == exact.plane.method
    )
    return np.asarray(~(straight & (bound <= goal)))


def whole_covariances(added: Array, state: Array) -> Array:
    """The execution errors (m, 6, 6); those of positions (m, 3, 3) are completed with the velocity errors derived from
    them.

    state: (m, 6) km, km/s. Raises InputError for any other shape.
    """
    m = state.shape[0]
    if added.shape == (m, 6, 6):
        return added
    if added.shape != (m, 3, 3):
        raise InputError(f"execution errors: expected shape ({m}, 3, 3) or ({m}, 6, 6), got {added.shape}")
    return with_velocity_errors(added, state)
