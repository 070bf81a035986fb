"""Objects that drag brings down, according to SGP4, between their epoch and the end of the span.

SGP4's semi-major axis is the epoch's times the square of a falling polynomial of time. After the decay the polynomial
continues below zero, its square grows again, SGP4 returns code 0, and the "object" is a million km away, moving at a
thousand times its former speed. With an element set a week older than the end of its object this happens at the very
start of a span, and nothing within the span shows it: the first failure must be searched for from the epoch onwards.
Such an object is not a hazard, and it violates the assumptions of the coarse phase (no speed above escape, no
interpolant much worse than requested: one such interpolant, a million km wrong, merges the whole grid into one cell).
In the Space-Track catalogue of 22 January 2022 (23,939 objects), 11 objects had decayed by the start of the span and 33
more decayed within the week; in the catalogue of November 2024, no object and 25.

Run back from its epoch, such an object's orbit grows, the more so the further back: its eccentricity passes 1, SGP4
fails, and beyond that the polynomials may return something again. The same reasoning applies there, with the ends of
the span exchanged: the first failure on the way back from the epoch is the object's beginning.
"""

from __future__ import annotations

import numpy as np

from debrissim.catalog.ages import days_since
from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY, WGS72_RADIUS_KM
from debrissim.propagation.failure import lifetime
from debrissim.propagation.sgp4 import ObjectStatus, Propagator
from debrissim.screening.existence import Existence
from debrissim.screening.failures import Failures
from debrissim.screening.orbit_filter import SecularElements

# An object that decays within the span or did so earlier changes its axis by more than this; few others do.
_SUSPECT_FRACTION = 0.02
# A decay takes time: SGP4 recovers spuriously hours after the first failure, except for objects that are gone in
# minutes.
_SCAN_STEP_S = 600.0
_SCAN_CHUNK = 1000


def known_existence(
    catalog: Catalog,
    propagator: Propagator,
    ends: tuple[SecularElements, SecularElements],
    duration_s: float,
    max_age_days: float,
) -> Existence:
    """The existence of n objects, as far as it is known before the windows are searched.

    This comprises whether SGP4 fails at the moment of the span nearest to the epoch, the time of that failure, and the
    failures due to drag. Objects whose epoch is more than max_age_days from the start are STALE. ends: as of
    `failures_by_drag`.
    """
    epoch_s = epochs_s(propagator)
    status = ends[0].code.astype(np.int8)
    later = np.flatnonzero(epoch_s > 0.0)
    codes, _, _ = propagator.states_along(later, np.minimum(epoch_s[later], duration_s)[:, None])
    status[later] = codes[:, 0]
    age_days = np.abs(days_since(catalog, propagator.start_jd, propagator.start_fraction))
    # Age is checked first: a failure of such an old set says nothing about the object, and locating it takes long.
    status[age_days > max_age_days] = ObjectStatus.STALE
    begin_status = np.zeros(len(catalog), dtype=np.int8)
    begin_s, failure_s = np.full(len(catalog), np.nan), np.full(len(catalog), np.nan)
    for row in np.flatnonzero((status != ObjectStatus.OK) & (status != ObjectStatus.STALE)).tolist():
        moment = float(epoch_s[row])
        valid_s, _ = first_failure_on_the_way(
            propagator, row, moment, float(np.clip(moment, 0.0, duration_s))
        )
        if moment <= 0.0 or valid_s == moment:
            failure_s[row] = valid_s
        if moment > 0.0:
            begin_s[row], begin_status[row] = valid_s, status[row]
            status[row] = ObjectStatus.OK if np.isnan(failure_s[row]) else status[row]
    found = failures_by_drag(
        propagator,
        np.flatnonzero((status == ObjectStatus.OK) & (begin_status == ObjectStatus.OK)),
        duration_s,
        ends,
    )
    forward, backward = found[~found.backward], found[found.backward]
    status[forward.row], failure_s[forward.row] = forward.code, forward.valid_s
    begin_status[backward.row], begin_s[backward.row] = backward.code, backward.valid_s
    return Existence(begin_status=begin_status, begin_s=begin_s, status=status, failure_s=failure_s)


def failures_by_drag(
    propagator: Propagator, rows: Index, duration_s: float, ends: tuple[SecularElements, SecularElements]
) -> Failures:
    """First failures of the rows (n,) that drag changes considerably, from the epoch towards each end of the span.

    A forward failure before 0 means that the object has already decayed, whatever SGP4 returns at 0; a backward failure
    after duration_s means that SGP4 cannot be run back into the span. Other kinds of failure, such as a perigee below
    the ground, are found in the windows. ends: elements at run times 0 and duration_s.
    """
    at_epoch = np.array([record.a for record in propagator.records], dtype=np.float64) * WGS72_RADIUS_KM
    suspect = np.zeros(len(propagator), dtype=bool)
    for end in ends:
        suspect |= (end.code != 0) | (np.abs(end.axis_km - at_epoch) > _SUSPECT_FRACTION * at_epoch)
    epoch_s = epochs_s(propagator)
    found: list[tuple[int, float, int, bool]] = []
    for row in rows[suspect[rows]].tolist():
        for edge_s in (0.0, duration_s):
            backward = edge_s < epoch_s[row]
            # If the epoch lies on one side of the span, the way to the far end leads past the near end.
            if (epoch_s[row] < 0.0 and edge_s == 0.0) or (epoch_s[row] > duration_s == edge_s):
                continue
            valid_s, code = first_failure_on_the_way(propagator, row, float(epoch_s[row]), edge_s)
            if code:
                found.append((row, valid_s, code, backward))
    return Failures(
        row=np.array([row for row, _, _, _ in found], dtype=np.int64),
        valid_s=np.array([valid_s for _, valid_s, _, _ in found], dtype=np.float64),
        code=np.array([code for _, _, code, _ in found], dtype=np.uint8),
        backward=np.array([backward for _, _, _, backward in found], dtype=np.bool_),
    )


def epochs_s(propagator: Propagator) -> Array:
    """(n,) s, the run time of each object's epoch."""
    days = [
        (record.jdsatepoch - propagator.start_jd) + (record.jdsatepochF - propagator.start_fraction)
        for record in propagator.records
    ]
    return SECONDS_PER_DAY * np.array(days, dtype=np.float64)


def first_failure_on_the_way(
    propagator: Propagator, row: int, epoch_s: float, edge_s: float
) -> tuple[float, int]:
    """The last valid moment (s of run time) on the way from an epoch to an edge of the span, and the code beyond it.

    The epoch if SGP4 fails there already; (edge_s, 0) if it never fails. The interval is scanned in steps of ten
    minutes, and the step that contains the failure is then scanned closely.
    """
    if edge_s >= epoch_s:
        # The steps count from the start of the span, if the epoch lies within it.
        grid = np.append(np.arange(min(epoch_s, 0.0), edge_s, _SCAN_STEP_S), edge_s)
        times = np.append(epoch_s, grid[grid > epoch_s])
    else:
        times = np.append(np.arange(epoch_s, edge_s, -_SCAN_STEP_S), edge_s)
    for chunk in range(0, times.size, _SCAN_CHUNK):
        part = times[max(chunk - 1, 0) : chunk + _SCAN_CHUNK]
        # Our kernels detect a failure in a fifth of the time; the library locates it.
        if not propagator.positions_along(np.array([row]), part[None])[0].any():
            continue
        bad = np.flatnonzero(propagator.states([row], part)[0][0])
        if bad.size:
            before, after = float(part[max(int(bad[0]) - 1, 0)]), float(part[bad[0]])
            found = lifetime(propagator, row, min(before, after), max(before, after), before)
            if edge_s >= epoch_s:
                return found.end_s, found.end_code
            return found.begin_s, found.begin_code
    return edge_s, 0
