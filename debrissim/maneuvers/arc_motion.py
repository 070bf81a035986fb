"""Motion along the interpolated arcs of an ephemeris."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.ephemerides.interpolation import ArcTable, arc_states


@dataclass(frozen=True, eq=False)
class ArcMotion:
    """Motion along the arcs (a,) of one object's ephemeris; velocities are the derivatives of the positions."""

    arcs: ArcTable

    def __post_init__(self) -> None:
        if len(self.arcs) == 0:
            raise InputError("ArcMotion: expected one arc or more")

    @property
    def limits_s(self) -> tuple[float, float]:
        """(begin, end) s of run time, of the first and the last arc."""
        return float(self.arcs.begin_s.min()), float(self.arcs.end_s.max())

    def states(self, times_s: Array) -> Array:
        """(t, 6) km, km/s in TEME of date at times (t,) s of run time; NaN where the object has no state."""
        times = np.asarray(times_s, dtype=np.float64)
        places = arcs_in_time(self.arcs.begin_s, self.arcs.end_s, times)
        _, positions, velocities = arc_states(self.arcs, places, times[:, None])
        return np.concatenate([positions[:, 0], velocities[:, 0]], axis=1)


def arcs_in_time(begin_s: Array, end_s: Array, times_s: Array) -> Index:
    """(t,) arcs, out of (a,) in any order, that contain the times (t,): the later of two; an arbitrary one if no arc
    does."""
    inside = (times_s[:, None] >= begin_s) & (times_s[:, None] <= end_s)
    rank = np.argsort(np.argsort(begin_s, kind="stable"), kind="stable")
    return np.asarray(np.argmax(np.where(inside, rank, -1), axis=1))
