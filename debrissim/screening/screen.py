"""Screening, start to end: sieve, windows of candidates, narrow phase, ends of the span.

One engine for one-vs-all and all-vs-all: only who counts as a primary differs. Windows of some hours are independent
of each other; they are the unit of memory and of parallel work, and who works on them is an executor's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError, RunError
from debrissim.propagation import frames
from debrissim.propagation.ephemeris import first_failure
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, age_days, make_propagator
from debrissim.screening import orbit_filter as sieve
from debrissim.screening import span_boundaries as edges
from debrissim.screening.checkpoint import WorkFolder
from debrissim.screening.colocation import CoLocated, CoLocationRule, find_co_located, pair_key
from debrissim.screening.decay import failures_by_drag
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.executors import Executor, Threads, search_windows
from debrissim.screening.grid import Candidates, cheapest_step_s
from debrissim.screening.refine import AT_THE_END_S, SLOW_SCAN_S, refine, slow_minima
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import SearchPlan, Window, elements_alone

# No two minima of one pair are this near in time; what rounding leaves of a slow pair's flat minimum may be.
_SAME_MINIMUM_S = 1.0
# Rows of the table made at a time: what they take on the way is small beside the table.
_ROWS_A_TURN = 100_000


@dataclass(frozen=True)
class ScreeningSettings:
    """How the search is carried out; none of it changes what is found, only how fast (but for the staleness limit).

    step_s: sampling interval, by default what the cost model finds cheapest; window_s: length of a window;
    tolerance_km: wanted accuracy of the interpolants, by default from the volume; workers: threads.
    greatest_age_days: element sets whose epoch lies further from the start than this are excluded and reported.
    """

    step_s: float | None = None
    window_s: float = 14400.0
    tolerance_km: float | None = None
    greatest_age_days: float = 30.0
    workers: int = 2


@dataclass(frozen=True, eq=False)
class ScreeningResult:
    """What screening found, and what became of every object.

    encounters: inside at least one of the volumes. object_status: (n,) `ObjectStatus`; failure_s: (n,) run time of the
    last good moment of an object that fails, NaN for the others. co_located: pairs excluded by the rule.
    sieved_count: objects left after the perigee-apogee sieve; candidate_count: pairs and moments that the coarse phase
    handed on.
    """

    encounters: Encounters
    object_status: NDArray[np.int8]
    failure_s: Array
    co_located: CoLocated
    sieved_count: int
    candidate_count: int


def screen(
    catalog: Catalog,
    primaries: Sequence[int] | Index | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
    *,
    co_location: CoLocationRule | None = None,
    settings: ScreeningSettings | None = None,
    executor: Executor | None = None,
    work: WorkFolder | None = None,
    progress: Callable[[float], None] | None = None,
    windows: Callable[[int, int, int], None] | None = None,
) -> ScreeningResult:
    """Every closest approach of a primary to another object, inside at least one volume, in a span of time.

    catalog: n element sets. primaries: rows of it, or None for all-vs-all. start_jd, start_fraction: UTC, split Julian
    date; duration_s: s. executor: who searches the windows, by default `settings.workers` threads. work: where finished
    windows are kept and taken from. progress is called with the share done, 0 to 1, from the calling thread,
    windows with windows done, windows in all and candidates so far.

    Raises InputError for primaries that are no rows, an empty list of volumes or a duration that is not positive,
    RunError where a primary itself cannot be propagated at the start, or the executor's workers or the disk fail.
    """
    settings = settings or ScreeningSettings()
    rule = co_location or CoLocationRule()
    _check(catalog, primaries, duration_s, volumes)
    count = len(catalog)
    all_vs_all = primaries is None
    chosen = np.arange(count) if primaries is None else np.asarray(primaries, dtype=np.int64)
    distance_km = max(volume.enclosing_radius_km for volume in volumes)

    propagator = make_propagator(catalog, start_jd, start_fraction)
    ends = sieve.at_both_ends(propagator, duration_s)
    low, high = sieve.radius_bands(propagator, *ends)
    code = ends[0].code
    status = code.astype(np.int8)
    age = np.abs(age_days(catalog, np.arange(count), start_jd, start_fraction, np.zeros(count)))
    status[(status == ObjectStatus.OK) & (age > settings.greatest_age_days)] = ObjectStatus.STALE
    failure_s = np.where(code != 0, 0.0, np.nan)
    gone, gone_s, gone_code = failures_by_drag(
        propagator, np.flatnonzero(status == ObjectStatus.OK), duration_s, ends
    )
    before = gone_s < 0.0
    status[gone[before]], failure_s[gone[before]] = gone_code[before], 0.0
    if not all_vs_all:
        _require_primaries(catalog, chosen, status, age)
        bands = [sieve.sampled_band(propagator, int(row), duration_s) for row in chosen]
        met = np.logical_or.reduce([sieve.may_meet(low, high, band, distance_km) for band in bands])
        met[chosen] = True
        ceiling_km = max(high for _, high in bands)
    else:
        met = np.ones(count, dtype=bool)
        ceiling_km = np.inf
    rows = np.flatnonzero(met & (status == ObjectStatus.OK))
    chosen = chosen[status[chosen] == ObjectStatus.OK]

    co_located = find_co_located(propagator, rows, chosen, duration_s, rule)
    step_s = settings.step_s or cheapest_step_s(rows.size, chosen.size, distance_km)
    plan = SearchPlan(
        catalog=elements_alone(catalog),
        start_jd=start_jd,
        start_fraction=start_fraction,
        rows=rows,
        primaries=chosen,
        gone=gone,
        gone_s=gone_s,
        excluded=pair_key(co_located.first, co_located.second),
        windows=_windows(duration_s, settings.window_s, step_s),
        distance_km=distance_km,
        tolerance_km=settings.tolerance_km or float(np.clip(0.1 * distance_km, 0.05, 4.0)),
        ceiling_km=ceiling_km,
    )
    found = search_windows(plan, propagator, executor or Threads(settings.workers), work, progress, windows)

    within = ~before & np.isin(gone, rows)
    status[gone[within]], failure_s[gone[within]] = gone_code[within], gone_s[within]
    _latch_failures(propagator, found, settings.window_s, duration_s, status, failure_s)
    minima = _minima(propagator, found, distance_km, duration_s, failure_s)
    at_ends = edges.at_the_ends(propagator, rows, chosen, distance_km, duration_s, failure_s)
    events = _joined(minima, at_ends, plan.excluded)
    encounters = _assemble(catalog, propagator, chosen, all_vs_all, volumes, events)
    return ScreeningResult(
        encounters=encounters,
        object_status=status,
        failure_s=failure_s,
        co_located=co_located,
        sieved_count=int(rows.size),
        candidate_count=sum(c.first.size for c in found),
    )


def _check(
    catalog: Catalog,
    primaries: Sequence[int] | Index | None,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
) -> None:
    if not volumes:
        raise InputError("screen: expected at least one screening volume, got none")
    if not (np.isfinite(duration_s) and duration_s > 0.0):
        raise InputError(f"screen: expected duration_s above 0, got {duration_s!r}")
    if primaries is not None:
        rows = np.asarray(primaries)
        if (
            rows.size == 0
            or rows.min() < 0
            or rows.max() >= len(catalog)
            or np.unique(rows).size != rows.size
        ):
            raise InputError(
                f"screen: expected primaries as distinct rows of a catalogue of {len(catalog)} objects, "
                f"got {primaries!r}"
            )


def _require_primaries(catalog: Catalog, chosen: Index, status: NDArray[np.int8], age: Array) -> None:
    for row in chosen:
        if status[row] != ObjectStatus.OK:
            reason = ObjectStatus(int(status[row])).reason
            raise RunError(
                f"primary {catalog.norad_id[row]} ({catalog.name[row]}): {reason} "
                f"(its epoch is {age[row]:.1f} days from the start)"
            )


def _windows(duration_s: float, window_s: float, step_s: float) -> tuple[Window, ...]:
    """Windows that tile the span exactly, none longer than window_s, with samples no further apart than step_s."""
    count = max(1, int(np.ceil(duration_s / window_s)))
    length = duration_s / count
    samples = max(1, int(np.ceil(length / step_s)))
    return tuple(Window(k * length, samples, length / samples) for k in range(count))


def _latch_failures(
    propagator: Propagator,
    found: list[Candidates],
    window_s: float,
    duration_s: float,
    status: NDArray[np.int8],
    failure_s: Array,
) -> None:
    """Write each object's first failure within the span into status and failure_s (in place).

    Latched: SGP4 may return code 0 again after a failure, with positions that mean nothing. A window that meets an
    object dead on arrival knows only that it died in the window before.
    """
    earliest: dict[int, float] = {}
    for candidates in found:
        for row, moment in zip(candidates.failed_rows.tolist(), candidates.failure_s.tolist(), strict=True):
            earliest[row] = min(moment, earliest.get(row, np.inf))
    for row, moment in earliest.items():
        last_good, code = first_failure(propagator, row, max(moment - window_s, 0.0), moment + 1.0)
        # The last window reaches half a step beyond the span.
        if last_good < np.fmin(failure_s[row], duration_s):
            failure_s[row], status[row] = last_good, code


def _minima(
    propagator: Propagator, found: list[Candidates], distance_km: float, duration_s: float, failure_s: Array
) -> tuple[Index, Index, Array, NDArray[np.int8]]:
    """Local minima inside the span and before any failure, some more than once: (first, second, time, status)."""
    first = np.concatenate([c.first for c in found])
    second = np.concatenate([c.second for c in found])
    slow = np.concatenate([c.slow for c in found])
    sample_s = np.concatenate([c.sample_s for c in found])
    guess_s = np.concatenate([c.guess_s for c in found])
    half_step_s = max(c.half_step_s for c in found)
    latest_s = np.fmin(failure_s, duration_s)
    slow_first, slow_second, slow_guess = slow_minima(
        propagator,
        first[slow],
        second[slow],
        sample_s[slow],
        half_step_s,
        distance_km,
        np.minimum(latest_s[first], latest_s[second])[slow],
    )
    # A fast pair's minimum lies in its interval, or is another sample's; a slow pair's, next to its dip in the scan.
    fast_guess = np.clip(guess_s, sample_s - half_step_s, sample_s + half_step_s)[~slow]
    guess = np.concatenate([fast_guess, slow_guess])
    reach = np.full(guess.shape, max(2.0 * half_step_s, SLOW_SCAN_S))
    reach[fast_guess.size :] = SLOW_SCAN_S
    first = np.concatenate([first[~slow], slow_first])
    second = np.concatenate([second[~slow], slow_second])
    latest = np.minimum(latest_s[first], latest_s[second])
    time, valid = refine(propagator, first, second, guess, latest, reach)
    valid[: fast_guess.size] &= (np.abs(time - guess) < reach - AT_THE_END_S)[: fast_guess.size]
    # What came out at an end is no minimum: `edges` decides about those.
    keep = valid & (time > AT_THE_END_S) & (time < latest - AT_THE_END_S)
    status = np.full(int(keep.sum()), EncounterStatus.MINIMUM, dtype=np.int8)
    return first[keep], second[keep], time[keep], status


def _joined(
    minima: tuple[Index, Index, Array, NDArray[np.int8]],
    ends: tuple[Index, Index, Array, NDArray[np.int8]],
    excluded_keys: Index,
) -> tuple[Index, Index, Array, NDArray[np.int8]]:
    """Minima and span ends together, each once, but for those of co-located pairs."""
    first, second, time, status = (
        np.concatenate([of_minima, of_ends]) for of_minima, of_ends in zip(minima, ends, strict=True)
    )
    key = pair_key(first, second)
    spare = status == edges.WHEN_NOTHING_ELSE
    status[spare] = EncounterStatus.SPAN_START
    wanted = ~np.isin(key, excluded_keys) & ~(spare & np.isin(key, key[~spare]))
    order = np.flatnonzero(wanted)[np.lexsort((time[wanted], second[wanted], first[wanted]))]
    first, second, time, status = first[order], second[order], time[order], status[order]
    fresh = np.ones(time.shape, dtype=bool)
    fresh[1:] &= (np.diff(first) != 0) | (np.diff(second) != 0) | (np.diff(time) > _SAME_MINIMUM_S)
    return first[fresh], second[fresh], time[fresh], status[fresh]


def _assemble(
    catalog: Catalog,
    propagator: Propagator,
    primaries: Index,
    all_vs_all: bool,
    volumes: Sequence[ScreeningVolume],
    events: tuple[Index, Index, Array, NDArray[np.int8]],
) -> Encounters:
    """The table: states at TCA from SGP4, RTN of the primary, only what lies inside a volume."""
    first, second, time, status = events
    if not all_vs_all:
        # The primary is the one named so; of two primaries, the one named first.
        rank = np.full(len(catalog), len(catalog), dtype=np.int64)
        rank[primaries] = np.arange(primaries.size)
        swap = rank[second] < rank[first]
        first, second = np.where(swap, second, first), np.where(swap, first, second)
    order = np.lexsort((catalog.norad_id[second], catalog.norad_id[first], time))
    turns = [order[k : k + _ROWS_A_TURN] for k in range(0, max(order.size, 1), _ROWS_A_TURN)]
    return Encounters.concat(
        [_rows(catalog, propagator, first[t], second[t], time[t], status[t], volumes) for t in turns]
    )


def _rows(
    catalog: Catalog,
    propagator: Propagator,
    first: Index,
    second: Index,
    time: Array,
    status: NDArray[np.int8],
    volumes: Sequence[ScreeningVolume],
) -> Encounters:
    """The rows of some events, as they come, only those inside a volume."""
    _, position_a, velocity_a = propagator.states_along(first, time[:, None])
    _, position_b, velocity_b = propagator.states_along(second, time[:, None])
    position_a, velocity_a = position_a[:, 0], velocity_a[:, 0]
    position_b, velocity_b = position_b[:, 0], velocity_b[:, 0]
    basis = frames.rtn_basis(position_a, velocity_a)
    relative_position = frames.rotate(basis, position_b - position_a)
    relative_velocity = frames.rotate(basis, velocity_b - velocity_a)
    start = propagator.start_jd, propagator.start_fraction
    table = Encounters(
        primary=first,
        secondary=second,
        primary_norad_id=catalog.norad_id[first],
        secondary_norad_id=catalog.norad_id[second],
        tca_s=time,
        miss_distance_km=np.linalg.norm(position_b - position_a, axis=1),
        relative_position_rtn_km=relative_position,
        relative_velocity_rtn_km_s=relative_velocity,
        relative_speed_km_s=np.linalg.norm(velocity_b - velocity_a, axis=1),
        primary_state=np.concatenate([position_a, velocity_a], axis=1),
        secondary_state=np.concatenate([position_b, velocity_b], axis=1),
        primary_age_days=age_days(catalog, first, *start, time),
        secondary_age_days=age_days(catalog, second, *start, time),
        status=status,
    )
    return table[np.logical_or.reduce([volume.contains(relative_position) for volume in volumes])]
