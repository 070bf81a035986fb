"""Objects that drag has brought down, according to SGP4, between their epoch and the end of the span.

SGP4's semi-major axis is the epoch's times the square of a falling polynomial of time. After the decay the polynomial
goes on below zero, its square grows again, SGP4 returns code 0, and the "object" is a million km away, moving at a
thousand times its former speed. An element set a week older than its object's end does so at the very start of a span,
and nothing within the span shows it: the first failure must be searched for from the epoch on. Such an object is no
hazard, and it breaks the assumptions of the coarse phase (no speed above escape, no interpolant much worse than
requested: one such interpolant, a million km wrong, merges the whole grid into one cell). Of the 23,939 objects of the
Space-Track catalogue of 22 January 2022, 11 had decayed by its start and 33 more did within the week; of those of
November 2024, none and 25.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Index
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_RADIUS_KM
from debrissim.propagation.failure import first_failure
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.failures import Failures
from debrissim.screening.orbit_filter import SecularElements

# An object that decays within the span or did so earlier changes its axis by more than this; few others do.
_SUSPECT_FRACTION = 0.02
# A decay lasts: from the first failure to the spurious recovery SGP4 takes hours, except for objects gone in minutes.
_SCAN_STEP_S = 600.0
_SCAN_CHUNK = 1000


def failures_by_drag(
    propagator: Propagator, rows: Index, duration_s: float, ends: tuple[SecularElements, SecularElements]
) -> Failures:
    """First failures of those of the rows (n,) that drag brings down before the end of the span.

    Searched from each epoch on, or from run time 0 if the epoch is later. A last good moment before 0 means that the
    object has decayed already, whatever SGP4 returns at 0. Failures of another kind, such as a perigee under the
    ground, are found in the windows. ends: elements at run times 0 and duration_s.
    """
    at_epoch = np.array([record.a for record in propagator.records], dtype=np.float64) * WGS72_RADIUS_KM
    suspect = np.zeros(len(propagator), dtype=bool)
    for end in ends:
        suspect |= (end.code != 0) | (np.abs(end.axis_km - at_epoch) > _SUSPECT_FRACTION * at_epoch)
    decays: list[tuple[int, float, int]] = []
    for row in rows[suspect[rows]].tolist():
        last_good, code = _first_failure(propagator, row, min(_epoch_s(propagator, row), 0.0), duration_s)
        if code:
            decays.append((row, last_good, code))
    return Failures(
        row=np.array([row for row, _, _ in decays], dtype=np.int64),
        last_good_s=np.array([last_good for _, last_good, _ in decays], dtype=np.float64),
        code=np.array([code for _, _, code in decays], dtype=np.uint8),
    )


def failure_by_start(propagator: Propagator, row: int) -> float:
    """The last good moment (s of run time) of an object for which SGP4 fails at run time 0, between its epoch and 0.

    The epoch itself if SGP4 fails there already, NaN if the epoch is later: then SGP4 cannot be run back to 0.
    """
    epoch_s = _epoch_s(propagator, row)
    if epoch_s > 0.0:
        return float("nan")
    last_good, code = _first_failure(propagator, row, epoch_s, 0.0)
    # A failure that lasts less than a step of the scan, such as a perigee below the ground.
    return last_good if code else first_failure(propagator, row, max(epoch_s, -_SCAN_STEP_S), 0.0)[0]


def _epoch_s(propagator: Propagator, row: int) -> float:
    record = propagator.records[row]
    days = (record.jdsatepoch - propagator.start_jd) + (record.jdsatepochF - propagator.start_fraction)
    return float(days * SECONDS_PER_DAY)


def _first_failure(propagator: Propagator, row: int, start_s: float, end_s: float) -> tuple[float, int]:
    """As `failure.first_failure`, after a coarse scan; (start_s, code) for an object that fails at start_s itself."""
    times = np.append(np.arange(start_s, end_s, _SCAN_STEP_S), end_s)
    for chunk in range(0, times.size, _SCAN_CHUNK):
        part = times[max(chunk - 1, 0) : chunk + _SCAN_CHUNK]
        bad = np.flatnonzero(propagator.states([row], part)[0][0])
        if bad.size:
            before = part[max(int(bad[0]) - 1, 0)]
            return first_failure(propagator, row, float(before), float(part[bad[0]]))
    return end_s, 0
