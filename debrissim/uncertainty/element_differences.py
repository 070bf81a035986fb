"""Differences between element sets of many objects, as differences of their orbits.

Sources
- Pairwise differencing: Osweiler (2006), "Covariance estimation and autocorrelation of NORAD two-line element sets",
  Air Force Institute of Technology.
- The five errors of a near-circular orbit: see `uncertainty.calibrated_errors`.

Method. The older and the newer set are propagated over one revolution from the newer's epoch, to `PLACES` equally
spaced places; the differences in position, in the newer's RTN, are projected onto the cosine and sine of the argument
of latitude. At the epoch alone, the errors could not be distinguished: most element sets have their epochs at the
ascending node, where R shows X alone.

Assumptions
- Radial and along-track differences are taken along the arc: R is the difference between the distances from the Earth's
  centre, within the newer set's plane, so that an object that is merely ahead does not appear too low.
- The newer set is treated as the truth; its own error at epoch is part of the difference.
- Pairs that SGP4 cannot propagate are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.rows import Rows
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.sgp4 import make_propagator
from debrissim.uncertainty.pairwise import days_since_first

PLACES = 8
# Sets of an object whose epochs are closer than this are the same fit with different digits.
_SAME_EPOCH_DAYS = 1e-6


@dataclass(frozen=True, eq=False)
class OrbitDifferences(Rows):
    """m pairs of element sets of the same object, older minus newer.

    | column            | dtype   | shape        | meaning                                                           |
    |-------------------|---------|--------------|-------------------------------------------------------------------|
    | older, newer      | int64   | (m,)         | rows of the catalogue                                             |
    | age_days          | float64 | (m,)         | from the epoch of the older set to that of the newer              |
    | difference_rtn_km | float64 | (m, P, 3)    | km, at P places of a revolution from the newer's epoch            |
    | latitude_deg      | float64 | (m, P)       | argument of latitude there                                        |
    | errors_km         | float64 | (m, 4)       | km, X, Y, W, I                                                    |
    | along_km          | float64 | (m,)         | km, L                                                             |
    """

    older: NDArray[np.int64]
    newer: NDArray[np.int64]
    age_days: Array
    difference_rtn_km: Array
    latitude_deg: Array
    errors_km: Array
    along_km: Array


def sort_sets(catalog: Catalog) -> Catalog:
    """Element sets sorted by object and epoch, one per epoch: any others are the same fit with different digits."""
    days = days_since_first(catalog)
    order = np.lexsort((days, catalog.norad_id))
    numbers, days = catalog.norad_id[order], days[order]
    later = (np.diff(days) > _SAME_EPOCH_DAYS) | (np.diff(numbers) != 0)
    return catalog[
        order[np.flatnonzero(np.concatenate([np.ones(min(1, len(order)), dtype=np.bool_), later]))]
    ]


def orbit_differences(catalog: Catalog, max_age_days: float) -> OrbitDifferences:
    """Compare every element set with every later one of the same object.

    Parameters
    ----------
    catalog : Catalog
        Element sets, as from `sort_sets`.
    max_age_days : float, days
        Maximum difference of epochs.

    Returns
    -------
    OrbitDifferences
        In the order of the older sets.
    """
    days = days_since_first(catalog)
    older, newer = _pairs(catalog.norad_id, days, max_age_days)
    start = (float(catalog.epoch_jd[0]), float(catalog.epoch_fraction[0])) if len(catalog) else (0.0, 0.0)
    propagator = make_propagator(catalog, *start)
    period = SECONDS_PER_DAY / catalog.mean_motion_rev_day[newer]
    times = days[newer, None] * SECONDS_PER_DAY + period[:, None] * np.arange(PLACES) / PLACES
    own_codes, position, velocity = propagator.states_along(newer, times)
    codes, other, _ = propagator.states_along(older, times)
    good = ((own_codes == 0) & (codes == 0)).all(axis=1)
    older, newer, position, velocity, other = (
        column[good] for column in (older, newer, position, velocity, other)
    )
    flat = position.reshape(-1, 3), velocity.reshape(-1, 3)
    straight = rotate(rtn_basis(*flat), (other - position).reshape(-1, 3)).reshape(position.shape)
    difference = _along_the_arc(straight, np.linalg.norm(position, axis=2))
    node = np.radians(catalog.arg_perigee_deg + catalog.mean_anomaly_deg)[newer]
    u = node[:, None] + 2.0 * np.pi * np.arange(PLACES) / PLACES
    cos, sin = np.cos(u), np.sin(u)
    radial, along, normal = np.moveaxis(difference, 2, 0)
    errors = np.stack(
        [-2.0 * radial * cos, -2.0 * radial * sin, -2.0 * normal * cos, 2.0 * normal * sin], axis=-1
    ).mean(axis=1)
    return OrbitDifferences(
        older=older,
        newer=newer,
        age_days=days[newer] - days[older],
        difference_rtn_km=difference,
        latitude_deg=np.degrees(u) % 360.0,
        errors_km=errors,
        along_km=along.mean(axis=1),
    )


def _along_the_arc(straight: Array, radius_km: Array) -> Array:
    """Differences (m, P, 3) from straight axes to the arc of the orbit at radii (m, P)."""
    radial, along, normal = np.moveaxis(straight, 2, 0)
    outward = radius_km + radial
    return np.stack(
        [np.hypot(outward, along) - radius_km, radius_km * np.arctan2(along, outward), normal], axis=-1
    )


def _pairs(
    numbers: NDArray[np.int64], days: Array, max_age_days: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(m,) rows of older and newer sets of an object; rows are sorted by object and epoch."""
    older, newer = [], []
    for step in range(1, len(numbers)):
        first = np.arange(len(numbers) - step)
        second = first + step
        same = numbers[first] == numbers[second]
        if not same.any():
            break
        close = same & (days[second] - days[first] <= max_age_days)
        older.append(first[close])
        newer.append(second[close])
    if not older:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    rows, others = np.concatenate(older), np.concatenate(newer)
    order = np.lexsort((others, rows))
    return rows[order].astype(np.int64), others[order].astype(np.int64)
