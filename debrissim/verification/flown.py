"""The arcs that the objects of a finished run flew, as its check sees them: the owner of each, and what follows it.

An object flies one or several arcs (`ephemerides.flights`). At the switch from one to the next its path jumps, and the
distance of a pair may have its minimum on the switch itself. Nothing here is shared with the screening.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.ephemerides.flights import FlightPropagator
from debrissim.propagation.sgp4 import Propagator
from debrissim.verification import brute_force as dense

TOUCHING_S = 1e-3
SAME_DISTANCE_KM = 1e-6
_AFTER_S = 0.005


@dataclass(frozen=True, eq=False)
class FlownArcs:
    """a arcs of n objects.

    propagator: of the arcs. owner: (a,) row of the catalogue; without flights each object is its own arc. earliest_s,
    latest_s: (a,) s of run time from and up to which each arc takes part, 0 and -1 for never.
    """

    propagator: Propagator
    owner: Index
    earliest_s: Array
    latest_s: Array

    @property
    def taking_part(self) -> Mask:
        """(a,) whether an arc takes part at any moment."""
        return np.asarray(self.latest_s > self.earliest_s)

    @property
    def has_switches(self) -> bool:
        """Whether arcs begin or end as they themselves say, not by a failure of SGP4."""
        return isinstance(self.propagator, FlightPropagator)

    def of_objects(self, rows: Index) -> Index:
        """The arcs of some objects that take part."""
        return np.flatnonzero(self.taking_part & np.isin(self.owner, rows))

    def at(self, rows: Index, times_s: Array, *, before: bool) -> Index:
        """The arcs (k,) of objects (k,) at times (k,): just before them, or just after; -1 if there is none."""
        found = np.full(rows.size, -1, dtype=np.int64)
        arcs = self.of_objects(rows)
        order = arcs[np.lexsort((self.earliest_s[arcs], self.owner[arcs]))]
        for place, (row, time_s) in enumerate(zip(rows.tolist(), times_s.tolist(), strict=True)):
            own = order[
                np.searchsorted(self.owner[order], row) : np.searchsorted(self.owner[order], row, "right")
            ]
            inside = (self.earliest_s[own] <= time_s + TOUCHING_S) & (
                self.latest_s[own] >= time_s - TOUCHING_S
            )
            if inside.any():
                found[place] = own[inside][0 if before else -1]
        return found

    def distance_km(self, first: Index, second: Index, times_s: Array) -> Array:
        """(k,) km between arcs at times shifted into both; infinite where an arc is -1 or the two share no time."""
        known = (first >= 0) & (second >= 0)
        a, b = np.where(known, first, 0), np.where(known, second, 0)
        low = np.maximum(self.earliest_s[a], self.earliest_s[b])
        high = np.minimum(self.latest_s[a], self.latest_s[b])
        known &= high >= low
        time = np.clip(times_s, low, np.maximum(low, high))[:, None]
        return np.where(known, dense.distances(self.propagator, a, b, time)[:, 0], np.inf)

    def is_switch(self, rows: Index, times_s: Array) -> Mask:
        """(k,) whether objects (k,) change from one arc to another at times (k,)."""
        before, after = (self.at(rows, times_s, before=side) for side in (True, False))
        return np.asarray((before >= 0) & (after >= 0) & (before != after))


def at_switches(run: FlownArcs, minima: dense.Minima) -> dense.Minima:
    """The minima without ends and beginnings of arcs, except closest approaches on a switch.

    An end is one if both paths go on and are further apart just after it; a beginning, if they are just before it.
    Where the distance does not jump, the end counts if the distance rises after it.
    """
    kept = ~np.isin(minima.kind, (dense.ARC_START, dense.ARC_END))
    for kind, before in ((dense.ARC_END, False), (dense.ARC_START, True)):
        rows = np.flatnonzero(minima.kind == kind)
        owners = run.owner[minima.first[rows]], run.owner[minima.second[rows]]
        time_s = minima.time_s[rows]
        first, second = (run.at(owner, time_s, before=before) for owner in owners)
        other = run.distance_km(first, second, time_s)
        jump = other - minima.miss_km[rows]
        goes_on = np.isfinite(other) & ((first != minima.first[rows]) | (second != minima.second[rows]))
        apart = jump > SAME_DISTANCE_KM
        if kind == dense.ARC_END:
            later = run.distance_km(first, second, time_s + _AFTER_S)
            apart |= (np.abs(jump) <= SAME_DISTANCE_KM) & (later > other)
        kept[rows] = goes_on & apart
    return minima[kept]
