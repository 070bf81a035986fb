"""The age of element sets at given moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.core.constants import SECONDS_PER_DAY


def age_days(
    catalog: Catalog, rows: NDArray[np.int64], start_jd: float, start_fraction: float, times_s: Array
) -> Array:
    """Compute the age of element sets: days from the epoch of each row to its time; negative if the epoch is later.

    Parameters
    ----------
    catalog : Catalog
        The element sets.
    rows : Index, shape (m,)
        Rows of the catalogue, repeats allowed.
    start_jd, start_fraction : float
        UTC of run time zero, as a split Julian date.
    times_s : Array, shape (m,)
        Run time in s of each row.

    Returns
    -------
    Array, shape (m,)
        Days.
    """
    return np.asarray(
        (start_jd - catalog.epoch_jd[rows])
        + (start_fraction - catalog.epoch_fraction[rows])
        + times_s / SECONDS_PER_DAY
    )
