"""Differences between the element sets of an object, by age.

Sources
- Osweiler (2006), "Covariance estimation and autocorrelation of NORAD two-line element sets", Air Force
  Institute of Technology: each older set propagated to the epoch of a newer one.
- Robust standard deviation: 1.4826 times the median absolute deviation from the median (Rousseeuw & Croux
  1993, "Alternatives to the median absolute deviation", JASA 88, 1273-1283).

Assumptions
- All pairs in a bin have the same weight, though pairs that share an element set are not independent: sigma is right,
  but its own uncertainty is larger than the number of pairs suggests.
- Differences are straight lines along the axes of the newer set: an along-track difference T ends at T^2 / 2a from the
  orbit, which appears in R.
- Pairs that SGP4 cannot propagate are dropped and counted.
- A bin with more than `MAX_PAIRS` pairs is thinned evenly by its older sets.
- A manoeuvre is a jump of the mean motion between consecutive sets that stands out from their usual scatter by
  `MANOEUVRE_SIGMAS` robust sigmas. Small and continuous thrust is not found; a magnetic storm or a bad fit may
  be mistaken for a manoeuvre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.propagation.frames import rotate, rtn_basis
from debrissim.propagation.sgp4 import make_propagator

MAD_TO_SIGMA = 1.4826
MANOEUVRE_SIGMAS = 8.0
MAX_PAIRS = 300_000
"""Approximate maximum per bin: the whole history of the ISS has half as many."""


@dataclass(frozen=True)
class AgeBin:
    """Pairs whose age is within half_width_days of centre_days."""

    centre_days: float
    half_width_days: float


DEFAULT_BINS = (
    AgeBin(0.5, 0.1),
    AgeBin(1.0, 0.15),
    AgeBin(2.0, 0.2),
    AgeBin(3.0, 0.25),
    AgeBin(5.0, 0.3),
    AgeBin(7.0, 0.4),
)


@dataclass(frozen=True, eq=False)
class PairDifferences(Rows):
    """m pairs of element sets.

    | column            | dtype   | shape  | meaning                                                          |
    |-------------------|---------|--------|------------------------------------------------------------------|
    | older, newer      | int64   | (m,)   | rows of the catalogue                                            |
    | bin               | int64   | (m,)   | index of the bin                                                 |
    | age_days          | float64 | (m,)   | from the epoch of the older set to that of the newer             |
    | difference_rtn_km | float64 | (m, 3) | km, older minus newer at the newer's epoch, in the newer's RTN   |

    failed_count: further pairs that SGP4 could not propagate.
    """

    older: NDArray[np.int64]
    newer: NDArray[np.int64]
    bin: NDArray[np.int64]
    age_days: Array
    difference_rtn_km: Array
    failed_count: int


def sort_by_epoch(catalog: Catalog) -> Catalog:
    """Element sets sorted by epoch, the first of each epoch: later ones are the same fit with different digits."""
    order = np.lexsort((catalog.epoch_fraction, catalog.epoch_jd))
    days = days_since_first(catalog)[order]
    return catalog[order[np.flatnonzero(np.diff(days, prepend=-np.inf) > 0.0)]]


def pairwise_differences(catalog: Catalog, bins: Sequence[AgeBin] = DEFAULT_BINS) -> PairDifferences:
    """Compare every older element set of an object with every newer one, if their age difference falls in a bin.

    Parameters
    ----------
    catalog : Catalog
        n element sets with ascending, distinct epochs (see `sort_by_epoch`).
    bins : sequence of AgeBin
        Bins of the age difference.

    Raises
    ------
    InputError
        If the epochs are not ascending and distinct, or for a bin that reaches down to age zero.
    """
    for age_bin in bins:
        if not 0.0 < age_bin.half_width_days < age_bin.centre_days < np.inf:
            raise InputError(f"bins: expected 0 < half_width_days < centre_days, got {age_bin}")
    n = len(catalog)
    epoch_days = days_since_first(catalog)
    if (np.diff(epoch_days) <= 0.0).any():
        raise InputError("catalog: expected element sets with ascending, distinct epochs")
    older, newer, index = _pairs(epoch_days, bins)
    start = (float(catalog.epoch_jd[0]), float(catalog.epoch_fraction[0])) if n else (0.0, 0.0)
    propagator = make_propagator(catalog, *start)
    times_s = epoch_days * SECONDS_PER_DAY
    own_codes, position, velocity = propagator.states_along(np.arange(n), times_s[:, None])
    codes, propagated, _ = propagator.states_along(older, times_s[newer, None])
    good = (codes[:, 0] == 0) & (own_codes[newer, 0] == 0)
    older, newer, index = older[good], newer[good], index[good]
    basis = rtn_basis(position[newer, 0], velocity[newer, 0])
    return PairDifferences(
        older=older,
        newer=newer,
        bin=index,
        age_days=epoch_days[newer] - epoch_days[older],
        difference_rtn_km=rotate(basis, propagated[good, 0] - position[newer, 0]),
        failed_count=int(np.count_nonzero(~good)),
    )


def manoeuvre_jumps(catalog: Catalog) -> NDArray[np.bool_]:
    """(n - 1,) whether a manoeuvre seems to lie between an element set and the next; one object, epochs ascending."""
    days = np.diff(days_since_first(catalog))
    jump = np.diff(catalog.mean_motion_rev_day)
    if jump.size == 0:
        return np.zeros(0, dtype=np.bool_)
    # Drag changes the mean motion in proportion to time; the median rate is insensitive to manoeuvres.
    rest = jump - np.median(jump / days) * days
    # The resolution of published mean motions.
    scale = max(float(robust_sigma(rest[:, None])[0]), 1e-8)
    return np.asarray(np.abs(rest - np.median(rest)) > MANOEUVRE_SIGMAS * scale)


def drop_straddling(pairs: PairDifferences, jumps: NDArray[np.bool_]) -> PairDifferences:
    """The pairs without a jump between their element sets; jumps: (n - 1,) as from `manoeuvre_jumps`."""
    before = np.concatenate([[0], np.cumsum(jumps)])
    return pairs[before[pairs.newer] == before[pairs.older]]


def robust_sigma(values: Array) -> Array:
    """(d,) 1.4826 times the median absolute deviation from the median of the columns of (m, d) values."""
    return np.asarray(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values, axis=0)), axis=0))


def days_since_first(catalog: Catalog) -> Array:
    """(n,) days from the epoch of the first element set."""
    if len(catalog) == 0:
        return np.empty(0)
    return np.asarray(
        (catalog.epoch_jd - catalog.epoch_jd[0]) + (catalog.epoch_fraction - catalog.epoch_fraction[0])
    )


def _pairs(
    epoch_days: Array, bins: Sequence[AgeBin]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(m,) rows of the older and the newer set, and the bin, of all pairs that fall in a bin; epochs ascend."""
    parts = []
    for k, age_bin in enumerate(bins):
        low = np.searchsorted(
            epoch_days, epoch_days + (age_bin.centre_days - age_bin.half_width_days), side="left"
        )
        high = np.searchsorted(
            epoch_days, epoch_days + (age_bin.centre_days + age_bin.half_width_days), side="right"
        )
        count = high - low
        # If sets are denser than any published history, only every nth serves as the older one: pairs grow with their
        # square.
        every = -(-int(count.sum()) // MAX_PAIRS)
        if every > 1:
            count[np.arange(count.size) % every != 0] = 0
        older = np.repeat(np.arange(epoch_days.size), count)
        within = np.arange(older.size) - np.repeat(np.cumsum(count) - count, count)
        parts.append((older, np.repeat(low, count) + within, np.full(older.size, k)))
    if not parts:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    older, newer, index = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return older, newer, index
