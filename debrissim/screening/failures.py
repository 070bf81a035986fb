"""First SGP4 failures: a table of them, and the one that counts for each object of a span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.rows import Rows
from debrissim.propagation.failure import first_failure
from debrissim.propagation.sgp4 import Propagator


@dataclass(frozen=True, eq=False)
class Failures(Rows):
    """f objects that SGP4 cannot follow.

    | column      | shape | unit                                              |
    |-------------|-------|---------------------------------------------------|
    | row         | (f,)  | row of the catalogue                              |
    | last_good_s | (f,)  | s, run time of the last moment before the failure |
    | code        | (f,)  | SGP4's error code                                 |
    """

    row: Index
    last_good_s: Array
    code: NDArray[np.uint8]


def latch_failures(
    propagator: Propagator,
    windows: Sequence[Failures],
    window_s: float,
    duration_s: float,
    status: NDArray[np.int8],
    failure_s: Array,
) -> None:
    """Write each object's first failure within the span into status (n,) and failure_s (n,), in place.

    Latched: SGP4 may return code 0 again after a failure, with positions that mean nothing. A window in which an
    object has failed from the beginning only shows that it failed in the window before.
    """
    earliest: dict[int, float] = {}
    for failures in windows:
        for row, moment in zip(failures.row.tolist(), failures.last_good_s.tolist(), strict=True):
            earliest[row] = min(moment, earliest.get(row, np.inf))
    for row, moment in earliest.items():
        last_good, code = first_failure(propagator, row, max(moment - window_s, 0.0), moment + 1.0)
        # The last window reaches half a step beyond the span.
        if last_good < np.fmin(failure_s[row], duration_s):
            failure_s[row], status[row] = last_good, code
