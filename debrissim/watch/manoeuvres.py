"""Manoeuvres: jumps of an object's element sets beyond their error.

Sources
- Comparison of element sets: Kelecy, Hall, Hamada & Stocker (2007), "Satellite maneuver detection using two-line
  element (TLE) data", AMOS; Patera (2008), "Space event detection method", Journal of Spacecraft and Rockets 45.
- The errors: `uncertainty.element_set_error`; robust sigmas: `uncertainty.pairwise`.

Method. The older set is propagated over one revolution from the newer one's epoch (`uncertainty.element_differences`:
eight places, differences along the arc), which separates the shift along the orbit, L, from those of its size and
shape. Two tests:

1. *Against the model*: L, and the largest difference in R and in N over the revolution, in units of the modelled
   errors of the older set at its age and of the newer one at its epoch, with the error that all sets have in common:
   SGP4's own error changes from fit to fit.
2. *Against the object's own history*: the change of mean motion, less the typical drag between the sets, in units of
   its scatter over the sets that the watch has seen (`uncertainty.pairwise.manoeuvre_jumps`).

An object with `MIN_HISTORY` sets or more has manoeuvred if both find a jump, another one if the model does.

Measured (benchmarks/watch_replay) on a year of element sets of the ISS against 11 steps of its semi-major axis of 0.3
to 1.9 km, at five sigmas and six phases of the cycles: with a cycle every eight hours, both tests find 65 of 66 steps,
with a false alarm in 60 of 5,651 other cycles (the model alone: 65, and 173); with a cycle once a day, 66 of 66 with 24
of 1,981 (146).

Assumptions and limits
- The newer set has seen the manoeuvre: one right before its epoch changes little of it, and is found with the next set.
- Slow thrust and small burns are within the error; a magnetic storm, a bad fit and a set of another object under this
  number look like a manoeuvre.
- A class-average error is too wide for some objects and too narrow for others (docs/covariance.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.rows import Rows
from debrissim.uncertainty.element_differences import orbit_differences, sort_sets
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, ElementSetErrorModel, get_covariance_model
from debrissim.uncertainty.pairwise import manoeuvre_jumps

MIN_HISTORY = 20
"""Fewer element sets of an object say too little about its scatter."""

MAX_AGE_DAYS = 15.0
"""Sets further apart in epoch are not compared."""


@dataclass(frozen=True, eq=False)
class Jumps(Rows):
    """k comparisons of an object's element set with an older one.

    | column          | shape  | meaning                                                                            |
    |-----------------|--------|------------------------------------------------------------------------------------|
    | norad_id        | (k,)   | catalogue number                                                                   |
    | age_days        | (k,)   | from the epoch of the older set to that of the newer                               |
    | along_km        | (k,)   | km, newer ahead of older along the orbit, mean of a revolution                     |
    | radial_km, normal_km | (k,) | km, largest difference over a revolution                                        |
    | sigmas          | (k,)   | the largest of the three in units of the modelled errors                           |
    """

    norad_id: Index
    age_days: Array
    along_km: Array
    radial_km: Array
    normal_km: Array
    sigmas: Array


def element_set_jumps(older: Catalog, newer: Catalog, model: ElementSetErrorModel | None = None) -> Jumps:
    """Compare the element sets of each object in two catalogues, where the second has a later one.

    Parameters
    ----------
    older, newer : Catalog
        At most one element set of each object; objects in one of them alone, without a catalogue number, or whose
        epochs are more than `MAX_AGE_DAYS` apart do not count.
    model : ElementSetErrorModel, optional
        Errors of element sets; by default the calibrated one with the error that all sets have in common.

    Returns
    -------
    Jumps
        One row per object, by number; of objects that SGP4 can propagate.
    """
    model = model or get_covariance_model(f"{DEFAULT_MODEL}+common")
    common = np.intersect1d(older.norad_id[older.norad_id > 0], newer.norad_id)
    both = sort_sets(
        Catalog.concat([older[np.isin(older.norad_id, common)], newer[np.isin(newer.norad_id, common)]])
    )
    if len(both) < 2:
        return _none()
    pairs = orbit_differences(both, MAX_AGE_DAYS)
    if not len(pairs):
        return _none()
    before, after = both[pairs.older], both[pairs.newer]
    period_days = 1.0 / after.mean_motion_rev_day
    covariance = [
        model.covariance_of(sets, age, argument_of_latitude_deg=pairs.latitude_deg[:, 0])
        for sets, age in ((before, pairs.age_days + 0.5 * period_days), (after, 0.5 * period_days))
    ]
    sigma = np.sqrt(np.diagonal(covariance[0] + covariance[1], axis1=1, axis2=2))
    radial, normal = (np.abs(pairs.difference_rtn_km[:, :, axis]).max(axis=1) for axis in (0, 2))
    size = np.stack([radial, np.abs(pairs.along_km), normal], axis=1)
    return Jumps(
        norad_id=after.norad_id,
        age_days=pairs.age_days,
        along_km=-pairs.along_km,
        radial_km=radial,
        normal_km=normal,
        sigmas=(size / sigma).max(axis=1),
    )


def jumps_in_history(history: Catalog) -> bool:
    """Whether the last element set of one object's history jumps from the one before it by its own standards.

    history: element sets of one object, in any order; with fewer than `MIN_HISTORY` False.
    """
    sets = sort_sets(history)
    return len(sets) >= MIN_HISTORY and bool(manoeuvre_jumps(sets)[-1])


def _none() -> Jumps:
    empty = np.empty(0)
    return Jumps(np.empty(0, dtype=np.int64), empty, empty, empty, empty, empty)
