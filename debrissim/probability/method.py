"""One method of collision probability as a value: its name, its function, its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.state_pair import StatePair, StateProbability

PlaneFunction: TypeAlias = Callable[[EncounterPlane, Array], Array]
"""(plane of m encounters, combined hard-body radius (m,) km) -> probability (m,)."""
BoundsFunction: TypeAlias = Callable[[EncounterPlane, Array], tuple[Array, Array]]
"""The same arguments -> proved lower and upper bounds on the probability, each (m,)."""
StateFunction: TypeAlias = Callable[[StatePair, Array], StateProbability]
"""(m encounters, combined hard-body radius (m,) km) -> their probabilities."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """An entry of `registry.METHODS`.

    name: as spelled in scenarios, `debrissim pc -m` and tables; summary: one line for tables; source: author, year,
    title, publication; sana_name: the name in the SANA registry of conjunction probability methods, or None.
    """

    name: str
    summary: str
    source: str
    sana_name: str | None = None

    @property
    def message_name(self) -> str:
        """Name in conjunction data messages: SANA's, or the method's own in capitals."""
        return self.sana_name or self.name.upper()


@dataclass(frozen=True, kw_only=True)
class PlaneMethod(Method):
    """A method of the encounter plane; the entry itself can be called like its function.

    is_exact: whether it converges to the integral over the disc; other methods deliberately integrate something else.
    is_disc: whether its hard body is the disc, or another shape such as a square.
    bounds: proved bounds on the value, None if the method does not provide them.
    """

    function: PlaneFunction
    is_exact: bool = False
    is_disc: bool = True
    bounds: BoundsFunction | None = None

    def __call__(self, plane: EncounterPlane, hard_body_radius_km: ArrayLike) -> Array:
        """(m,) collision probabilities; hard_body_radius_km: combined, km, >= 0, scalar or (m,).

        Raises InputError if the function returns another shape.
        """
        radius = np.broadcast_to(np.asarray(hard_body_radius_km, dtype=np.float64), (len(plane),))
        value = np.asarray(self.function(plane, radius), dtype=np.float64)
        if value.shape != (len(plane),):
            raise InputError(
                f"method {self.name!r}: expected a result of shape ({len(plane)},), got {value.shape}"
            )
        return value


@dataclass(frozen=True, kw_only=True)
class StateMethod(Method):
    """A method for full states, without the assumption of straight motion.

    is_sampled: whether it counts random samples; such a method is applied only if asked for.
    """

    function: StateFunction
    is_sampled: bool = False

    def __call__(self, pair: StatePair, hard_body_radius_km: ArrayLike) -> StateProbability:
        """m collision probabilities; hard_body_radius_km: combined, km, >= 0, scalar or (m,)."""
        radius = np.broadcast_to(np.asarray(hard_body_radius_km, dtype=np.float64), (len(pair),))
        return self.function(pair, radius)
