"""Burns: impulses and thrust arcs of one spacecraft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Mask
from debrissim.core.rows import Rows


class Direction(IntEnum):
    """The direction of a burn. Every direction but FREE has two signs."""

    ALONG_TRACK = 0
    """Along the inertial velocity: positive raises the orbit on the far side."""
    RADIAL = 1
    NORMAL = 2
    FREE = 3
    """Any direction; the search finds the one that needs the smallest delta-v."""

    @property
    def label(self) -> str:
        """The name in scenarios and tables."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, eq=False)
class Burns(Rows):
    """k burns of one spacecraft, each an alternative to the others.

    | column          | dtype   | shape  | unit, frame                                                              |
    |-----------------|---------|--------|--------------------------------------------------------------------------|
    | time_s          | float64 | (k,)   | s of run time, start of the burn                                         |
    | duration_s      | float64 | (k,)   | s, 0 for an impulse                                                      |
    | delta_v_rtn_m_s | float64 | (k, 3) | m/s, along the RTN axes of the spacecraft's own inertial state: before   |
    |                 |         |        | an impulse, and turning with it during thrust, with the burn so far      |
    | direction       | int8    | (k,)   | `Direction`                                                              |

    A burn of zero velocity change gives the trajectory without a burn. The axes of thrust are those of the local
    orbital frame that the attitude control on board follows, computed from the current state of the spacecraft
    (RTN_ROTATING in an OCM).
    """

    _labels: ClassVar[Mapping[str, type[Direction]]] = {"direction": Direction}

    time_s: Array
    duration_s: Array
    delta_v_rtn_m_s: Array
    direction: NDArray[np.int8]

    @property
    def size_m_s(self) -> Array:
        """(k,) m/s, the size of the velocity change."""
        size: Array = np.linalg.norm(self.delta_v_rtn_m_s, axis=1)
        return size

    @property
    def end_s(self) -> Array:
        """(k,) s of run time, the end of each burn."""
        return self.time_s + self.duration_s

    def over_by(self, time_s: float) -> Mask:
        """(k,) whether a finite burn has ended at a time in s of run time; True for every impulse."""
        return np.asarray((self.duration_s == 0.0) | (self.end_s <= time_s))
