"""The same passage without a burn: the approach of the unburnt trajectory with which an encounter after a burn is
compared.

After a burn the spacecraft is early or late by its shift along the orbit, d / v, which is at most some minutes after
days, and it passes the other object at a different moment than without the burn. The moments are related by the
relative motion: with the displacement d of the spacecraft at the closest approach after the burn and r, w the position
and velocity of the object relative to the unburnt trajectory at that time, the closest approach without the burn is, to
first order, r . w / w^2 before that moment. From there the distance to the unburnt trajectory is minimised
(`screening.refine`). Two objects meet again after half a revolution or later, at the other node or at the same one, so
a minimum within an eighth of the shorter period belongs to the same passage; a passage that the burn has shifted by
more has no counterpart, and counts as new. A slow pair (below `SLOW_KM_S`) is searched for around the moment itself.

Each passage is the counterpart of at most one encounter of a trajectory, the nearest in time: if a slow pair has two
minima in one passage, the other one is new.

The passage may lie outside the screening volumes. It is compared nevertheless: a box does not make an encounter new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.core.rows import Rows
from debrissim.ephemerides.flights import FlightPropagator, Flights
from debrissim.screening.encounters import Encounters
from debrissim.screening.refine import refine

SLOW_KM_S = 0.5
"""Below this relative speed, the shift of a closest approach does not follow from straight motion."""
_PERIOD_FRACTION = 0.125
_AT_LIMIT_S = 1e-6
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True, eq=False)
class Passages(Rows):
    """The passage without a burn for each of m encounters.

    | column                         | shape  | unit                                                                   |
    |--------------------------------|--------|------------------------------------------------------------------------|
    | tca_s                          | (m,)   | s, in the time of the flights; NaN: there is no such passage           |
    | spacecraft_state, object_state | (m, 6) | km, km/s, TEME, without the burn, at that moment; NaN                  |
    """

    tca_s: Array
    spacecraft_state: Array
    object_state: Array

    @property
    def known(self) -> Mask:
        """(m,) whether there is a passage."""
        return np.isfinite(self.tca_s)


def same_passages(
    encounters: Encounters, flights: Flights, start: tuple[float, float], unburnt: int
) -> Passages:
    """Find the passage without a burn that each encounter corresponds to.

    Parameters
    ----------
    encounters : Encounters
        m encounters; primary: the alternative, secondary: the object, by the objects of the flights.
    flights : Flights
        The arcs of all of them, and of the unburnt trajectory; times as in the encounters.
    start : (float, float)
        Their time zero, UTC, split Julian date.
    unburnt : int
        The object of the flights without a burn.

    Returns
    -------
    Passages
    """
    m = len(encounters)
    tca = encounters.tca_s
    arcs = np.concatenate(
        [
            flights.arcs_at(np.full(m, unburnt), tca),
            flights.arcs_at(encounters.secondary, tca),
        ]
    )
    used, place = np.unique(arcs, return_inverse=True)
    first, second = place[:m], place[m:]
    propagator = flights[used].propagator(*start)
    begin, end = propagator.begin_s, propagator.end_s
    earliest, latest = np.maximum(begin[first], begin[second]), np.minimum(end[first], end[second])
    earliest, latest = np.maximum(earliest, 0.0), np.minimum(latest, tca.max(initial=0.0) + 7200.0)
    reach = _PERIOD_FRACTION * np.minimum(
        _period_s(encounters.primary_state), _period_s(encounters.secondary_state)
    )
    inside = np.clip(tca, earliest, np.maximum(latest, earliest))
    code, position, velocity = propagator.states_along(first, inside[:, None])
    rows = np.flatnonzero((code[:, 0] == 0) & (latest > earliest))
    relative = encounters.secondary_state - np.concatenate([position[:, 0], velocity[:, 0]], axis=1)
    speed = np.linalg.norm(relative[:, 3:], axis=1)
    shift = -np.einsum("mc,mc->m", relative[:, :3], relative[:, 3:]) / np.maximum(speed, 1e-9) ** 2
    shift = np.where(speed > SLOW_KM_S, np.clip(shift, -reach, reach), 0.0)
    guess = np.clip(tca + shift, earliest, np.maximum(latest, earliest))
    found = np.full(m, np.nan)
    time, valid = refine(
        propagator, first[rows], second[rows], guess[rows], earliest[rows], latest[rows], reach[rows]
    )
    # A time at the limit of the search is not a minimum unless the trajectories begin or end there.
    moved = np.abs(time - guess[rows])
    at_end = (time <= earliest[rows] + _AT_LIMIT_S) | (time >= latest[rows] - _AT_LIMIT_S)
    good = valid & ((moved < reach[rows] - _AT_LIMIT_S) | at_end)
    good &= np.abs(time - tca[rows]) <= reach[rows]
    found[rows[good]] = time[good]
    found[~_nearest_only(encounters, found)] = np.nan
    return _passages(propagator, first, second, found)


def _period_s(state: Array) -> Array:
    """(m,) s, the periods of the conics through states (m, 6); infinite for an escaping object."""
    radius, speed = np.linalg.norm(state[:, :3], axis=1), np.linalg.norm(state[:, 3:], axis=1)
    inverse_axis = 2.0 / radius - speed**2 / WGS72_MU_KM3_S2
    axis = 1.0 / np.where(inverse_axis > 0.0, inverse_axis, 1e-30)
    return np.asarray(2.0 * np.pi * np.sqrt(axis**3 / WGS72_MU_KM3_S2))


def _nearest_only(encounters: Encounters, passage_s: Array) -> Mask:
    """(m,) whether an encounter is the nearest in time among those of its alternative that correspond to the same
    passage."""
    kept = np.isfinite(passage_s)
    rows = np.flatnonzero(kept)
    away = np.abs(passage_s - encounters.tca_s)[rows]
    order = rows[np.lexsort((passage_s[rows], encounters.secondary[rows], encounters.primary[rows]))]
    new = np.ones(order.size, dtype=bool)
    new[1:] = (
        (np.diff(encounters.primary[order]) != 0)
        | (np.diff(encounters.secondary[order]) != 0)
        | (np.diff(passage_s[order]) > _SAME_MOMENT_S)
    )
    label = np.empty(passage_s.size, dtype=np.int64)
    label[order] = np.cumsum(new) - 1
    nearest = np.lexsort((away, label[rows]))
    _, chosen = np.unique(label[rows][nearest], return_index=True)
    kept[:] = False
    kept[rows[nearest[chosen]]] = True
    return kept


def _passages(propagator: FlightPropagator, first: Index, second: Index, time_s: Array) -> Passages:
    states = np.full((2, time_s.size, 6), np.nan)
    rows = np.flatnonzero(np.isfinite(time_s))
    for out, arcs in zip(states, (first, second), strict=True):
        _, position, velocity = propagator.states_along(arcs[rows], time_s[rows, None])
        out[rows] = np.concatenate([position[:, 0], velocity[:, 0]], axis=1)
    return Passages(time_s, states[0], states[1])


def matching_encounters(
    passages: Passages, secondary: Index, unburnt: Encounters, tolerance_s: float = _SAME_MOMENT_S
) -> Index:
    """(m,) the encounter of the unburnt trajectory at each passage with objects (m,), -1 if it is outside all volumes.

    The nearest in time with the same object, within the tolerance or, for slow pairs, whose minimum is flat, within the
    time that 10 m of motion take.
    """
    out = np.full(secondary.size, -1, dtype=np.int64)
    order = np.lexsort((unburnt.tca_s, unburnt.secondary))
    key = unburnt.secondary[order]
    low, high = np.searchsorted(key, secondary, "left"), np.searchsorted(key, secondary, "right")
    for k in np.flatnonzero((high > low) & passages.known).tolist():
        own = order[low[k] : high[k]]
        apart = np.abs(unburnt.tca_s[own] - passages.tca_s[k])
        best = int(own[np.argmin(apart)])
        if apart.min() <= max(tolerance_s, 0.01 / max(float(unburnt.relative_speed_km_s[best]), 1e-6)):
            out[k] = best
    return out
