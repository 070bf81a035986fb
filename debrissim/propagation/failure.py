"""The moments between which SGP4 can follow an object."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from debrissim.core.arrays import Array
from debrissim.propagation.sgp4 import ObjectStatus, Propagator

FAILURE_RESOLUTION_S = 1e-3
_FAILURE_SCAN_S = 20.0


class Lifetime(NamedTuple):
    """The part of an interval in which SGP4 follows an object without interruption.

    begin_s, end_s: first and last valid moment, s of run time; begin_code, end_code: SGP4's code just before the first
    and just after the last, 0 at an end of the interval. exists: False if SGP4 fails at the anchor itself; both moments
    are then the anchor, with its code.
    """

    begin_s: float
    end_s: float
    begin_code: int
    end_code: int
    exists: bool


def lifetime(propagator: Propagator, row: int, start_s: float, end_s: float, anchor_s: float) -> Lifetime:
    """Follow an object from a moment of an interval in both directions, to the first failure on each side.

    SGP4 can fail near a perigee below the ground and return code 0 again beyond it, so the interval is scanned
    every 20 s, a small part of any perigee passage, and each first failure bisected to a millisecond.

    Parameters
    ----------
    propagator : Propagator
        SGP4 for all objects.
    row : int
        Index of the object.
    start_s, end_s : float
        The interval, run time in s.
    anchor_s : float
        The moment within the interval at which the object is known to exist: its epoch, or the end of the interval
        that is nearest to it.

    Returns
    -------
    Lifetime
        The first and the last valid moment around the anchor.
    """
    known_begin_s, known_end_s = propagator.limits_s(np.array([row]))
    begin, end = max(start_s, float(known_begin_s[0])), min(end_s, float(known_end_s[0]))
    if not begin <= anchor_s <= end:
        begin, end = start_s, end_s
    times = np.append(np.arange(begin, end, _FAILURE_SCAN_S), end)
    found = search_lifetime(propagator, row, times, anchor_s)
    if not found.exists or (begin, end) == (start_s, end_s):
        return found
    # At a known end there is nothing to bisect.
    uncovered = int(ObjectStatus.NOT_COVERED)
    return found._replace(
        begin_code=uncovered if begin > start_s and not found.begin_code else found.begin_code,
        end_code=uncovered if end < end_s and not found.end_code else found.end_code,
    )


def search_lifetime(propagator: Propagator, row: int, times_s: Array, anchor_s: float) -> Lifetime:
    """As `lifetime`, with the moments (t,) of the scan, in ascending order; the anchor is added to them."""
    place = int(np.searchsorted(times_s, anchor_s))
    if place == times_s.size or times_s[place] != anchor_s:
        times_s = np.insert(times_s, place, anchor_s)
    codes = propagator.states([row], times_s)[0][0]
    if codes[place]:
        return Lifetime(anchor_s, anchor_s, int(codes[place]), int(codes[place]), exists=False)
    begin_s, end_s, begin_code, end_code = float(times_s[0]), float(times_s[-1]), 0, 0
    earlier, later = np.flatnonzero(codes[:place]), np.flatnonzero(codes[place:])
    if earlier.size:
        bad = int(earlier[-1])
        begin_s, begin_code = _bisect(propagator, row, times_s[bad + 1], times_s[bad], int(codes[bad]))
    if later.size:
        bad = place + int(later[0])
        end_s, end_code = _bisect(propagator, row, times_s[bad - 1], times_s[bad], int(codes[bad]))
    return Lifetime(begin_s, end_s, begin_code, end_code, exists=True)


def first_failure(propagator: Propagator, row: int, start_s: float, end_s: float) -> tuple[float, int]:
    """Find the first failure of SGP4 for an object in an interval.

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
    found = lifetime(propagator, row, start_s, end_s, start_s)
    return found.end_s, found.end_code


def _bisect(propagator: Propagator, row: int, good: float, failing: float, code: int) -> tuple[float, int]:
    """The valid moment next to a failure that lies between a valid and a failing moment, in either order."""
    while abs(failing - good) > FAILURE_RESOLUTION_S:
        middle = 0.5 * (good + failing)
        middle_code = int(propagator.states([row], [middle])[0][0, 0])
        if middle_code:
            failing, code = middle, middle_code
        else:
            good = middle
    return float(good), code
