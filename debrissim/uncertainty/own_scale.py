"""The class average scaled to single objects, from a few element sets of each, for many objects at once.

Sources
- Differences: `uncertainty.element_differences`; the class average: `uncertainty.calibrated_errors`.
- Shrinking single estimates towards the average of their class: Efron & Morris (1975), "Data analysis using Stein's
  estimator and its generalizations", Journal of the American Statistical Association 70, 311-319.

Method. All pairs among the newest sets of each object, up to `NEWEST_SETS`, are compared. Each of the five errors of
the orbit gets a factor: the 68.27 % quantile of the differences in units of the class's sigma, raised to the power n /
(n + 2), where n is the number of independent differences, one fewer than the number of sets.

Measured on December 2020 by leaving out and predicting the last set of each object (16,000 pairs): docs/covariance.md.

Assumptions
- The future of an object is like its past: an object that begins to manoeuvre is given the errors of one that does not.
- If there are several sets per day, they all lie within a short time: the factor then describes short ages.
- The assumptions of the class average. Objects outside its regimes keep the published errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.rows import Rows
from debrissim.uncertainty.aged_element_sets import aged
from debrissim.uncertainty.calibrated_errors import (
    bundled_calibration,
    element_sigmas_km,
    within_calibration,
)
from debrissim.uncertainty.element_differences import orbit_differences, sort_sets

NEWEST_SETS = 12
MIN_SETS = 3
MIN_AGE_DAYS = 0.3
MAX_AGE_DAYS = 14.0
PRIOR_SETS = 2.0
_QUANTILE = 0.6827
_LOWEST_FACTOR = 0.05
# Objects compared at a time; memory is some 100 MB.
_AT_A_TIME = 1000


@dataclass(frozen=True, eq=False)
class OwnScales(Rows):
    """Factors on the class's sigmas of k objects.

    | column     | dtype   | shape  | meaning                                                |
    |------------|---------|--------|--------------------------------------------------------|
    | norad_id   | int64   | (k,)   | catalogue number, ascending                            |
    | set_count  | int64   | (k,)   | element sets used                                      |
    | factor     | float64 | (k, 5) | on the sigmas of X, Y, W, I and L                      |
    """

    norad_id: NDArray[np.int64]
    set_count: NDArray[np.int64]
    factor: Array

    def of(self, norad_id: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
        """(m, 5) factors of objects, 1 where there are no factors, and (m,) whether there are factors."""
        if len(self.norad_id) == 0:
            return np.ones((norad_id.size, 5)), np.zeros(norad_id.shape, dtype=np.bool_)
        place = np.minimum(np.searchsorted(self.norad_id, norad_id), len(self.norad_id) - 1)
        known = self.norad_id[place] == norad_id
        return np.where(known[:, None], self.factor[place], 1.0), known


def scales_from_sets(history: Catalog) -> OwnScales:
    """Measure the factors of every object with enough element sets.

    Parameters
    ----------
    history : Catalog
        Element sets of many objects, in any order.

    Returns
    -------
    OwnScales
        Factors for the objects with `MIN_SETS` sets and pairs of `MIN_AGE_DAYS` or more.
    """
    sets = _newest(sort_sets(history))
    numbers, first, count = np.unique(sets.norad_id, return_index=True, return_counts=True)
    parts = []
    for low in range(0, numbers.size, _AT_A_TIME):
        high = min(low + _AT_A_TIME, numbers.size)
        end = int(first[high - 1] + count[high - 1])
        parts.append(_scales(sets[int(first[low]) : end]))
    if not parts:
        return OwnScales(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((0, 5)))
    return OwnScales(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _newest(sets: Catalog) -> Catalog:
    """The newest sets of the objects that have enough of them; sets are sorted."""
    _, inverse, count = np.unique(sets.norad_id, return_inverse=True, return_counts=True)
    last = np.cumsum(count)[inverse] - 1
    rank = last - np.arange(len(sets))
    return sets[(rank < NEWEST_SETS) & (count[inverse] >= MIN_SETS)]


def _scales(sets: Catalog) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    pairs = orbit_differences(sets, MAX_AGE_DAYS)
    older = aged(sets[pairs.older], pairs.age_days)
    errors, along = element_sigmas_km(bundled_calibration(), older)
    units = np.abs(np.column_stack([pairs.errors_km / errors, pairs.along_km / along]))
    used = (pairs.age_days >= MIN_AGE_DAYS) & within_calibration(older)
    units, number = units[used], sets.norad_id[pairs.older][used]
    numbers, start = np.unique(number, return_index=True)
    count = np.array([np.count_nonzero(sets.norad_id == k) for k in numbers.tolist()], dtype=np.int64)
    factor = np.ones((numbers.size, 5))
    for row, own in enumerate(np.split(units, start[1:]) if numbers.size else []):
        independent = float(count[row] - 1)
        raw = np.maximum(np.quantile(own, _QUANTILE, axis=0), _LOWEST_FACTOR)
        factor[row] = raw ** (independent / (independent + PRIOR_SETS))
    return numbers.astype(np.int64), count, factor
