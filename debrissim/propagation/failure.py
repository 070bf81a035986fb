"""The moment at which SGP4 first fails for an object."""

from __future__ import annotations

import numpy as np

from debrissim.propagation.sgp4 import Propagator

FAILURE_RESOLUTION_S = 1e-3
_FAILURE_SCAN_S = 20.0


def first_failure(propagator: Propagator, row: int, start_s: float, end_s: float) -> tuple[float, int]:
    """Find the first failure of SGP4 for an object in an interval.

    SGP4 can fail near a perigee below the ground and return code 0 again afterwards, so the interval is scanned
    every 20 s, a small part of any perigee passage, and the first failure bisected to a millisecond.

    Parameters
    ----------
    propagator : Propagator
        SGP4 for all objects.
    row : int
        Index of the object, which is valid at start_s.
    start_s, end_s : float
        The interval, run time in s.

    Returns
    -------
    last_valid_s : float
        Last valid time, run time in s; end_s if the object never fails.
    code : int
        SGP4 code of the failure; 0 if the object never fails.
    """
    times = np.append(np.arange(start_s, end_s, _FAILURE_SCAN_S), end_s)
    codes = propagator.states([row], times)[0][0]
    bad = np.flatnonzero(codes)
    if bad.size == 0:
        return end_s, 0
    if bad[0] == 0:
        return start_s, int(codes[0])
    good, failing, code = times[bad[0] - 1], times[bad[0]], int(codes[bad[0]])
    while failing - good > FAILURE_RESOLUTION_S:
        middle = 0.5 * (good + failing)
        middle_code = int(propagator.states([row], [middle])[0][0, 0])
        if middle_code:
            failing, code = middle, middle_code
        else:
            good = middle
    return float(good), code
