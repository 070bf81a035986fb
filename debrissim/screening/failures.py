"""SGP4 failures: their table, and the failures that limit each object within a span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.rows import Rows
from debrissim.propagation.failure import lifetime
from debrissim.propagation.sgp4 import ObjectStatus, Propagator
from debrissim.screening.existence import Existence


@dataclass(frozen=True, eq=False)
class Failures(Rows):
    """f failures of SGP4, each the first one encountered on the way from an object's epoch.

    | column   | shape | unit                                                                          |
    |----------|-------|-------------------------------------------------------------------------------|
    | row      | (f,)  | row of the catalogue                                                          |
    | valid_s  | (f,)  | s, run time of the valid moment next to the failure                           |
    | code     | (f,)  | SGP4's error code                                                             |
    | backward | (f,)  | the failure lies before that moment, and the object's epoch after it          |
    """

    row: Index
    valid_s: Array
    code: NDArray[np.uint8]
    backward: Mask


def latch_failures(
    propagator: Propagator,
    windows: Sequence[Failures],
    window_s: float,
    duration_s: float,
    anchor_s: Array,
    known: Existence,
) -> Existence:
    """The existence of each object, from its known existence and the failures encountered in the windows.

    Latched: SGP4 may return code 0 again beyond a failure, with meaningless positions. A window in which an object has
    already failed at its start only shows that the object failed in the window before; a window at whose end SGP4, run
    back from the object's epoch, has already failed only shows that it fails in the window after. anchor_s: (n,) the
    moment of the span nearest to each epoch.
    """
    begin_status, begin_s, status, failure_s = (getattr(known, field.name).copy() for field in fields(known))
    for row, moment in _nearest(windows, backward=False).items():
        interval = max(moment - window_s, 0.0), moment + 1.0
        found = lifetime(propagator, row, *interval, float(np.clip(anchor_s[row], *interval)))
        # The last window reaches half a step beyond the span, but the end of an arc is known exactly.
        fails = found.exists and found.end_code != ObjectStatus.NOT_COVERED
        if fails and found.end_s < np.fmin(failure_s[row], duration_s):
            failure_s[row], status[row] = found.end_s, found.end_code
    for row, moment in _nearest(windows, backward=True).items():
        interval = moment - 1.0, min(moment + window_s, duration_s)
        found = lifetime(propagator, row, *interval, float(np.clip(anchor_s[row], *interval)))
        # The first window reaches half a step before the span.
        fails = found.exists and found.begin_code != ObjectStatus.NOT_COVERED
        if fails and found.begin_s > np.fmax(begin_s[row], 0.0):
            begin_s[row], begin_status[row] = found.begin_s, found.begin_code
    return Existence(begin_status=begin_status, begin_s=begin_s, status=status, failure_s=failure_s)


def _nearest(windows: Sequence[Failures], *, backward: bool) -> dict[int, float]:
    """The moment, by row, of the failure in one direction that is nearest to the object's epoch."""
    nearest: dict[int, float] = {}
    for failures in windows:
        chosen = failures[failures.backward == backward]
        for row, moment in zip(chosen.row.tolist(), chosen.valid_s.tolist(), strict=True):
            nearest[row] = (max if backward else min)(moment, nearest.get(row, moment))
    return nearest
