"""Collision probabilities of encounters after burns, with the execution errors of these.

Source: `debrissim.probability.auto`, `debrissim.uncertainty`.

Assumptions
- The errors of a spacecraft after a burn are those of its trajectory without it at the same time, and the execution
  error of the burn, which is independent of them, moved to the moment of the encounter.
- Velocity errors belong to the position errors as in `uncertainty.rotation.with_velocity_errors`, unless covariances
  of velocities are given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.conjunctions.assessment import position_covariance
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.probability.auto import AutoProbability, assess_pairs
from debrissim.probability.state_pair import StatePair
from debrissim.uncertainty.element_set_error import ElementSetErrorModel
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

ExecutionErrors: TypeAlias = Callable[[Index, Array], Array]
"""From burns (m,), by place, and times (m,) s of run time to the covariances that the execution errors add then:
(m, 3, 3) km2 or (m, 6, 6) km2, km2/s, km2/s2, along the spacecraft's RTN axes."""


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
    """The errors that a run of conjunctions takes: a model, and what is known of single objects.

    primary_factor, secondary_factor: on the modelled standard deviations of each role.
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


def meeting_probabilities(meetings: Meetings, errors: Errors, added: Array | None = None) -> AutoProbability:
    """Compute the collision probabilities of m meetings.

    Parameters
    ----------
    meetings : Meetings
        States at the closest approaches.
    errors : Errors
        Of both objects without burns.
    added : Array, optional
        (m, 3, 3) km2 or (m, 6, 6) km2, km2/s, km2/s2 along the spacecraft's RTN axes, the execution errors.

    Raises
    ------
    InputError
        If added has another shape.
    """
    own = errors.spacecraft(
        meetings.spacecraft_sets,
        meetings.spacecraft_state,
        meetings.spacecraft_age_days,
        meetings.time_s,
    )
    if added is not None:
        own = own + _whole(np.asarray(added, dtype=np.float64), meetings.spacecraft_state)
    other = errors.objects(
        meetings.object_sets, meetings.object_state, meetings.object_age_days, meetings.time_s
    )
    pair = StatePair(
        primary_state=meetings.spacecraft_state,
        secondary_state=meetings.object_state,
        primary_covariance=state_rtn_to_inertial(own, meetings.spacecraft_state),
        secondary_covariance=state_rtn_to_inertial(other, meetings.object_state),
    )
    radius_km = 1e-3 * (meetings.spacecraft_sets.hard_body_radius_m + meetings.object_sets.hard_body_radius_m)
    return assess_pairs(pair, radius_km, covariance_label=errors.label)


def _whole(added: Array, state: Array) -> Array:
    """(m, 6, 6) the added covariances, with the velocity errors that belong to position errors alone."""
    m = state.shape[0]
    if added.shape == (m, 6, 6):
        return added
    if added.shape != (m, 3, 3):
        raise InputError(f"execution errors: expected shape ({m}, 3, 3) or ({m}, 6, 6), got {added.shape}")
    return with_velocity_errors(added, state)
