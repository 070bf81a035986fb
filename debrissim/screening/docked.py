"""Vehicles docked to a crewed station, found by their element sets and not by their distance.

Source: our own rule, derived from the two public catalogues of January 2022 and November 2024. A docked complex is
tracked as one object, and its element set is published again under the number of each vehicle, with the same epoch and
the same elements to the last digit (this holds for all 19 docked vehicles and later modules in the two catalogues,
except Tianhe and Zarya, which have their own sets). A free-flying vehicle has its own set.

Method. Objects at stations (`at_crewed_station`) with the same set, and any object with the same set as one of them,
are one complex. Such a complex, or a single vehicle with its own set, belongs to a station if its set moves like the
set of a module: both are propagated over one revolution from the newer epoch, and their maximum distance must not
exceed the distance between two sets of the ISS whose epochs differ by as much. Measured on the sets of 2010 to 2021
against each other, reboosts included (docs/methods.md):

| age, days                                | 0.3 | 0.6 | 0.9 | 1.3 | 1.8 |
|------------------------------------------|-----|-----|-----|-----|-----|
| 90 % of pairs: limit of a single vehicle | 4.1 | 6.5 | 9.4 | 18  | 38  | km
| 95 % of pairs: limit of a complex        | 11  | 12  | 23  | 53  | 120 | km

The stations themselves, 109 and 55 m long, are points at this scale. An approaching vehicle 40 km away is not docked:
it has its own set, only hours old, so its limit is a few kilometres; a vehicle that is also a kilometre lower moves 9
km along the orbit in a revolution.

Assumptions
- A vehicle that undocks within the span, or whose set is still the complex's after undocking, counts as docked: no
  element set shows it.
- A vehicle that holds its position within the limits, some kilometres from a station, counts as docked to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.stations import at_crewed_station, station_of_module
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.propagation.sgp4 import make_propagator

_AGE_DAYS = (0.0, 0.3, 0.6, 0.9, 1.3, 1.8)
_SINGLE_KM = (2.0, 4.1, 6.5, 9.4, 18.0, 38.0)
_COMPLEX_KM = (2.0, 11.0, 12.0, 23.0, 53.0, 120.0)
_PLACES = 24


def docked_complexes(catalog: Catalog) -> NDArray[np.int64]:
    """Find the docked complexes of a catalogue.

    Parameters
    ----------
    catalog : Catalog
        n element sets, one per object.

    Returns
    -------
    (n,) int64
        The complex of each object, 0 for an object that is not docked; `stations.ISS` and `stations.CSS` denote the
        complexes of the stations.
    """
    complexes = np.zeros(len(catalog), dtype=np.int64)
    rows, group = _same_sets(catalog)
    station = station_of_module(catalog[rows])
    complexes[rows] = station
    modules = np.flatnonzero(station > 0)
    for k in range(int(group.max(initial=-1)) + 1):
        members = np.flatnonzero(group == k)
        found = set(station[members].tolist()) - {0}
        if not found:
            found = {s for s in (_nearest_station(catalog, rows, members, modules, station),) if s}
        if found:
            complexes[rows[members]] = min(found)
        elif members.size > 1:
            complexes[rows[members]] = 10 + k
    return complexes


def _same_sets(catalog: Catalog) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the objects at stations and of objects that share an element set with one of them, and the group of each
    by set."""
    at_station = at_crewed_station(catalog)
    epoch = catalog.epoch_jd + catalog.epoch_fraction
    rows = np.flatnonzero(at_station | (np.isin(epoch, epoch[at_station]) & ~catalog.synthetic))
    part = catalog[rows]
    elements = np.column_stack([
        part.epoch_jd, part.epoch_fraction, part.mean_motion_rev_day, part.eccentricity, part.inclination_deg,
        part.raan_deg, part.arg_perigee_deg, part.mean_anomaly_deg,
    ])  # fmt: skip
    _, group = np.unique(elements, axis=0, return_inverse=True)
    group = group.ravel()
    kept = np.isin(group, group[at_station[rows]])
    return rows[kept], np.unique(group[kept], return_inverse=True)[1].astype(np.int64)


def _nearest_station(
    catalog: Catalog,
    rows: NDArray[np.int64],
    members: NDArray[np.int64],
    modules: NDArray[np.int64],
    station: NDArray[np.int64],
) -> int:
    """The station with whose modules a group moves, or 0."""
    limits = _SINGLE_KM if members.size == 1 else _COMPLEX_KM
    best, nearest = 0, np.inf
    for module in modules.tolist():
        age_days, separation_km = _separation(catalog[[int(rows[members[0]]), int(rows[module])]])
        limit = np.interp(age_days, _AGE_DAYS, limits, right=-np.inf)
        if separation_km <= limit and separation_km < nearest:
            best, nearest = int(station[module]), separation_km
    return best


def _separation(pair: Catalog) -> tuple[float, float]:
    """Days between the epochs of two element sets, and the maximum distance over one revolution from the newer, km.

    Infinite where SGP4 fails.
    """
    gap = float((pair.epoch_jd[1] - pair.epoch_jd[0]) + (pair.epoch_fraction[1] - pair.epoch_fraction[0]))
    if abs(gap) > _AGE_DAYS[-1]:
        return abs(gap), np.inf
    newer = int(gap > 0.0)
    propagator = make_propagator(pair, float(pair.epoch_jd[newer]), float(pair.epoch_fraction[newer]))
    period_s = SECONDS_PER_DAY / float(pair.mean_motion_rev_day[newer])
    codes, positions, _ = propagator.states([0, 1], np.linspace(0.0, period_s, _PLACES))
    if codes.any():
        return abs(gap), np.inf
    return abs(gap), float(np.linalg.norm(positions[1] - positions[0], axis=1).max())
