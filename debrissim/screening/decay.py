"""Objects that drag has brought down, in SGP4's eyes, between their epoch and the end of the span.

SGP4's semi-major axis is the epoch's times the square of a falling polynomial of time. After the decay the polynomial
goes on below zero, its square grows again, SGP4 returns code 0, and the "object" stands a million km out and moves at
a thousand times its speed. An element set a week older than its object's end does so at the very start of a span, and
nothing in the span itself tells: the first failure must be looked for from the epoch on. Such an object is no hazard,
and it breaks what the coarse phase rests on (no speed beyond escape, no interpolant much worse than asked for: one such
interpolant, a million km wrong, makes one cell of the whole grid). Of the 23,939 objects of the Space-Track catalogue
of 22 January 2022, 11 were gone at its start and 33 more within the week; of those of November 2024, none and 25.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_RADIUS_KM
from debrissim.propagation.ephemeris import first_failure
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.orbit_filter import SecularElements

# Whoever decays within the span or has done so before changes its axis by more than this; few others do.
_SUSPECT_SHARE = 0.02
# A decay lasts: SGP4 needs hours from the first failure to the resurrection, but for objects gone in minutes.
_SCAN_STEP_S = 600.0
_SCAN_CHUNK = 1000


def failures_by_drag(
    propagator: Propagator, rows: Index, duration_s: float, ends: tuple[SecularElements, SecularElements]
) -> tuple[Index, Array, NDArray[np.uint8]]:
    """(f,) rows, (f,) last good moments in run time and (f,) codes of those of the rows (n,) that drag brings down.

    Looked for from each epoch on, or from run time 0 where the epoch is later, to the end of the span. A moment
    before 0 says that the object is gone already, whatever SGP4 says at 0. Failures of another kind, such as a
    perigee under the ground, are found in the windows. ends: elements at run times 0 and duration_s.
    """
    at_epoch = np.array([record.a for record in propagator.records], dtype=np.float64) * WGS72_RADIUS_KM
    suspect = np.zeros(len(propagator), dtype=bool)
    for end in ends:
        suspect |= (end.code != 0) | (np.abs(end.axis_km - at_epoch) > _SUSPECT_SHARE * at_epoch)
    found: list[tuple[int, float, int]] = []
    for row in rows[suspect[rows]].tolist():
        record = propagator.records[row]
        days = (record.jdsatepoch - propagator.start_jd) + (record.jdsatepochF - propagator.start_fraction)
        last_good, code = _first_failure(propagator, row, min(days * SECONDS_PER_DAY, 0.0), duration_s)
        if code:
            found.append((row, last_good, code))
    return (
        np.array([f[0] for f in found], dtype=np.int64),
        np.array([f[1] for f in found], dtype=np.float64),
        np.array([f[2] for f in found], dtype=np.uint8),
    )


def _first_failure(propagator: Propagator, row: int, start_s: float, end_s: float) -> tuple[float, int]:
    """As `ephemeris.first_failure`, by a coarse scan first; (start_s, code) of what fails at start_s itself."""
    times = np.append(np.arange(start_s, end_s, _SCAN_STEP_S), end_s)
    for chunk in range(0, times.size, _SCAN_CHUNK):
        part = times[max(chunk - 1, 0) : chunk + _SCAN_CHUNK]
        bad = np.flatnonzero(propagator.states([row], part)[0][0])
        if bad.size:
            before = part[max(int(bad[0]) - 1, 0)]
            return first_failure(propagator, row, float(before), float(part[bad[0]]))
    return end_s, 0
