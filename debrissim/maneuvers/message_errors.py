"""Errors in the days around the encounter of a message: from the message for its two objects, from a model for all
others.

Assumptions
- The covariance of the message is propagated along the trajectory of its object, without a burn, by the state
  transition matrix with J2; no force is uncertain.
- All other objects have the modelled errors of their element sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import TransitionTable


@dataclass(frozen=True, eq=False)
class MessageErrors:
    """The errors of a message's objects and of the others; the protocol `Errors`.

    own, other: transition matrices of the spacecraft and of the other object; number: catalogue number of the latter.
    """

    event: AvoidableEvent
    own: TransitionTable
    other: TransitionTable
    number: int
    others: ModelledErrors

    @classmethod
    def of(cls, event: AvoidableEvent, end_s: float, number: int, others: ModelledErrors) -> MessageErrors:
        """Make the errors for the time from run time zero to end_s, or as far as the trajectories reach."""
        tables = [
            TransitionTable(motion, max(0.0, motion.limits_s[0]), min(end_s, motion.limits_s[1]))
            for motion in (event.primary, event.secondary)
        ]
        return cls(event, tables[0], tables[1], number, others)

    @property
    def label(self) -> str:
        """The origin of the covariances in words."""
        return f"for both objects of the message as given in it; for the others {self.others.label}"

    def spacecraft(self, sets: Catalog, state: Array, age_days: Array, time_s: Array) -> Array:  # noqa: ARG002
        """As `Errors`."""
        return self._moved(self.event.primary_covariance, self.own, time_s)

    def objects(self, sets: Catalog, state: Array, age_days: Array, time_s: Array) -> Array:
        """As `Errors`."""
        own = np.flatnonzero(sets.norad_id == self.number)
        rest = np.flatnonzero(sets.norad_id != self.number)
        out = np.empty((len(sets), 6, 6))
        if rest.size:
            out[rest] = self.others.objects(sets[rest], state[rest], age_days[rest], time_s[rest])
        if own.size:
            out[own] = self._moved(self.event.secondary_covariance, self.other, time_s[own])
        return out

    def _moved(self, covariance: Array, transitions: TransitionTable, times_s: Array) -> Array:
        moved = transitions.between(np.full(times_s.size, self.event.tca_s), times_s)
        product = moved @ covariance @ np.swapaxes(moved, 1, 2)
        return np.asarray(0.5 * (product + np.swapaxes(product, 1, 2)))
