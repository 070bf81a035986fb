"""The time for which each object of a span exists, according to its element sets or its ephemeris.

An element set is valid from its epoch until SGP4 first fails for it, and before its epoch as far back as SGP4 can be
run without a failure. Any state that SGP4 returns beyond a failure is meaningless. Arcs (`ephemerides.flights`) exist
only between their beginning and end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Mask
from debrissim.core.rows import Rows
from debrissim.propagation.sgp4 import ObjectStatus


@dataclass(frozen=True, eq=False)
class Existence(Rows):
    """The time for which each of n objects, or of their arcs, exists.

    | column       | shape | unit                                                                           |
    |--------------|-------|--------------------------------------------------------------------------------|
    | begin_status | (n,)  | `ObjectStatus`: SGP4's code before begin_s, or NOT_COVERED                     |
    | begin_s      | (n,)  | s, run time from which it is followed; NaN: from the start of the span         |
    | status       | (n,)  | `ObjectStatus`: SGP4's code after failure_s, STALE or NOT_COVERED              |
    | failure_s    | (n,)  | s, run time until which it is followed; NaN: to the end of the span, or not known |

    A moment outside the span means that the object takes no part in it; both moments are the epoch if SGP4 fails there.
    """

    begin_status: NDArray[np.int8]
    begin_s: Array
    status: NDArray[np.int8]
    failure_s: Array

    @property
    def outcome(self) -> NDArray[np.int8]:
        """(n,) `ObjectStatus`: OK for the whole span, otherwise the reason; an early end takes precedence over a late
        beginning."""
        return np.where(self.status != ObjectStatus.OK, self.status, self.begin_status)

    def takes_part(self, duration_s: float) -> Mask:
        """(n,) whether each object exists at some moment of the span."""
        begin_s = np.fmax(self.begin_s, 0.0)
        ends_later = (self.status == ObjectStatus.OK) | (self.failure_s > begin_s)
        return np.asarray(ends_later & (begin_s < duration_s))

    def span(self, duration_s: float) -> tuple[Array, Array]:
        """(n,), (n,) s: the first and the last moment of the span at which each object exists; equal if it does not."""
        part = self.takes_part(duration_s)
        first = np.where(part, np.fmax(self.begin_s, 0.0), 0.0)
        return first, np.where(part, np.fmin(self.failure_s, duration_s), first)

    def without_failures(self, chosen: Mask) -> Existence:
        """The same, with the chosen objects (n,) assumed to exist for the whole span."""
        return Existence(
            begin_status=np.where(chosen, np.int8(ObjectStatus.OK), self.begin_status),
            begin_s=np.where(chosen, np.nan, self.begin_s),
            status=np.where(chosen, np.int8(ObjectStatus.OK), self.status),
            failure_s=np.where(chosen, np.nan, self.failure_s),
        )

    def reason(self, row: int) -> str:
        """The reasons for which one object was not screened over the whole span, in words."""
        end, begin = ObjectStatus(int(self.status[row])), ObjectStatus(int(self.begin_status[row]))
        if begin == ObjectStatus.OK:
            return end.reason
        if begin == end == ObjectStatus.NOT_COVERED:
            return end.reason
        back = (
            begin.reason if begin == ObjectStatus.NOT_COVERED else f"run back from its epoch, {begin.reason}"
        )
        return back if end == ObjectStatus.OK else f"{end.reason}; {back}"
