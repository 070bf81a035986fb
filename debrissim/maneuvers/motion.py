"""Motion with and without burns: the protocols common to the trade space and the screening of candidates.

`element_sets` continues SGP4 after a burn; `integrated` continues an ephemeris or the state of a message by
integration.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.ephemerides.flights import Flights
from debrissim.maneuvers.burns import Burns


class MotionStatus(IntEnum):
    """Status of the trajectory after a burn."""

    OK = 0
    NOT_COVERED = 1
    """The burn begins or ends where the spacecraft has no trajectory."""
    UNREACHED = 2
    """No trajectory of the theory passes through the state after the burn."""
    REENTERS = 3
    """The orbit after the burn meets the ground or escapes."""

    @property
    def reason(self) -> str:
        """The status as a phrase for reports."""
        return _REASONS[self]


_REASONS = {
    MotionStatus.OK: "propagated",
    MotionStatus.NOT_COVERED: "the spacecraft has no trajectory at the time of the burn",
    MotionStatus.UNREACHED: "no trajectory of the same theory passes through the state after the burn",
    MotionStatus.REENTERS: "the orbit after the burn meets the ground or escapes",
}


class Motion(Protocol):
    """The motion of one object without a burn.

    limits_s: (begin, end) s of run time within which the object has states.
    """

    @property
    def limits_s(self) -> tuple[float, float]: ...

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where there is no state."""
        ...


class ManeuverableMotion(Motion, Protocol):
    """The motion of the spacecraft, which can be continued after burns by the same theory.

    theory: description for reports, such as "SGP4, mean elements fitted at their own epoch".
    """

    @property
    def theory(self) -> str: ...

    def after(self, burns: Burns) -> ManeuveredMotion:
        """The trajectories after burns (k,). Raises InputError for finite burns that it cannot fly."""
        ...


class ManeuveredMotion(Protocol):
    """k trajectories, one after each burn; they include the time before and during the burn.

    burns: (k,); status: (k,) `MotionStatus`; rows with a status other than OK have NaN states.
    """

    @property
    def burns(self) -> Burns: ...

    @property
    def status(self) -> NDArray[np.int8]: ...

    def states_along(self, rows: Index, times_s: Array) -> Array:
        """(m, t, 6) km, km/s in TEME of date of trajectories (m,) at their own times (m, t) s of run time.

        Rows may be repeated. At a time before the burn, the state is the one without it.
        """
        ...

    def flights(self, rows: Index, end_s: float) -> Flights:
        """The arcs of trajectories (m,) from the end of their burns to end_s, ready to be screened.

        Row k of the result belongs to trajectory rows[k]. Each interpolated arc carries its own bound
        (`debrissim.ephemerides.interpolation.ArcTable`), as completeness depends on it.
        """
        ...
