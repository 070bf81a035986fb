"""Screening from start to end: orbit filter, candidates by window, narrow phase, boundaries of the span.

One engine for one-vs-all and all-vs-all: only the set of primaries differs. Windows of some hours are independent of
each other; they are the unit of memory and of parallel work, and an executor distributes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.ages import days_since
from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import object_label
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError, RunError
from debrissim.core.numbers import count
from debrissim.core.time import utc_text
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, make_propagator
from debrissim.screening.approaches import encounter_table, merge_approaches
from debrissim.screening.checkpoint import Checkpoint
from debrissim.screening.colocation import CoLocated, CoLocationRule, find_co_located, pair_key
from debrissim.screening.decay import epochs_s, known_existence
from debrissim.screening.docked import docked_complexes
from debrissim.screening.encounters import Encounters
from debrissim.screening.executors import Executor, Threads, search_windows
from debrissim.screening.existence import Existence
from debrissim.screening.failures import latch_failures
from debrissim.screening.grid import Candidates, cheapest_step_s
from debrissim.screening.orbit_filter import (
    SecularElements,
    may_meet,
    radius_bands,
    radius_range,
    span_end_states,
)
from debrissim.screening.refine import find_minima
from debrissim.screening.span_boundaries import boundary_approaches
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import SearchPlan, Window, drop_metadata

# An epoch in seconds of run time is rounded in two ways.
_AT_EPOCH_S = 1e-4


@dataclass(frozen=True)
class ScreeningSettings:
    """Settings of the search. Apart from the age limit they change only its speed, not the encounters.

    step_s: sampling interval, by default the cheapest by the cost model; window_s: maximum length of a window;
    tolerance_km: requested accuracy of the interpolants, by default derived from the volume; workers: threads.
    max_age_days: element sets whose epoch is further from the start than this are excluded and reported.
    """

    step_s: float | None = None
    window_s: float = 14400.0
    tolerance_km: float | None = None
    max_age_days: float = 30.0
    workers: int = 2


@dataclass(frozen=True, eq=False)
class ScreeningResult:
    """The encounters, and the outcome for every object.

    encounters: those inside at least one of the volumes. existence: n objects, the time of the span for which each
    one was screened, and the reasons. co_located: pairs excluded by the rule. searched_count: objects left after the
    perigee-apogee filter; candidate_count: pairs and moments that the coarse phase passed on.
    """

    encounters: Encounters
    existence: Existence
    co_located: CoLocated
    searched_count: int
    candidate_count: int

    @property
    def object_status(self) -> NDArray[np.int8]:
        """(n,) `ObjectStatus`: OK if the object was screened over the whole span, else the reason, that of an early
        end before that of a late beginning."""
        return self.existence.outcome

    @property
    def failure_s(self) -> Array:
        """(n,) run time of the last valid moment of an object that fails (before 0 if it had failed by the start; its
        epoch if it fails there already), NaN for the others."""
        return self.existence.failure_s

    @property
    def begin_s(self) -> Array:
        """(n,) run time of the first valid moment of an object whose epoch is later than the start and that SGP4 cannot
        run back to it, NaN for the others."""
        return self.existence.begin_s

    def flown_s(self, duration_s: float) -> Array:
        """(n,) s of the span for which each object took part: 0 if it took no part."""
        begin, end = self.existence.span(duration_s)
        return end - begin


def screen(
    catalog: Catalog,
    primaries: Sequence[int] | Index | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
    *,
    colocation: CoLocationRule | None = None,
    settings: ScreeningSettings | None = None,
    require_pairs: bool = True,
    executor: Executor | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[float], None] | None = None,
    windows: Callable[[int, int, int], None] | None = None,
) -> ScreeningResult:
    """Find every closest approach of a primary to another object, inside at least one volume, in a span of time.

    Parameters
    ----------
    catalog : Catalog
        n element sets.
    primaries : sequence of int, shape (p,), or None
        Rows of the catalogue, without repeats; None for all-vs-all.
    start_jd, start_fraction : float
        Start of the span, UTC, as a split Julian date.
    duration_s : float
        Length of the span in s, above 0.
    volumes : sequence of ScreeningVolume
        At least one. An encounter counts if the secondary is inside any of them at TCA.
    colocation : CoLocationRule, optional
        Which pairs are excluded because they fly together; by default `CoLocationRule()`.
    settings : ScreeningSettings, optional
        Speed of the search and age limit of element sets; by default `ScreeningSettings()`.
    require_pairs : bool
        Refuse a search without a pair to examine, as it could say nothing; False for one of a series.
    executor : Executor, optional
        `Threads`, `Processes` or a `Cluster` that searches the windows; by default `Threads(settings.workers)`.
        The results are the same with each.
    checkpoint : Checkpoint, optional
        Store of finished windows, from which an interrupted search of the same plan continues.
    progress : callable, optional
        Called with the completed fraction, 0 to 1, from the calling thread.
    windows : callable, optional
        Called with the number of finished windows, of all windows, and of the candidates so far.

    Returns
    -------
    ScreeningResult
        The encounters, ordered by TCA, and the status of each of the n objects.

    Raises
    ------
    InputError
        If primaries are not distinct rows of the catalogue, volumes is empty or duration_s is not positive, and with
        require_pairs if there is no pair to examine: no other object takes part, or all pairs fly together.
    RunError
        If a primary cannot be propagated at the start, or if the executor's workers or the disk fail.
    """
    _check(catalog, primaries, duration_s, volumes)
    settings = settings or ScreeningSettings()
    distance_km = max(volume.enclosing_radius_km for volume in volumes)
    propagator = make_propagator(catalog, start_jd, start_fraction)
    ends = span_end_states(propagator, duration_s)

    anchor_s = np.clip(epochs_s(propagator), 0.0, duration_s)
    known = known_existence(catalog, propagator, ends, duration_s, settings.max_age_days)
    listed = None if primaries is None else np.asarray(primaries, dtype=np.int64)
    if listed is not None:
        _require_valid(catalog, propagator, listed, known, duration_s)
    takes_part = known.takes_part(duration_s)
    if require_pairs:
        _require_others(catalog, takes_part, known, settings.max_age_days)
    reachable, ceiling_km = _filter_orbits(propagator, ends, listed, known, duration_s, distance_km)
    rows = np.flatnonzero(reachable & takes_part)
    chosen = rows if listed is None else listed
    # Of objects that the filter leaves out no failures are reported: they had nothing to meet.
    known = known.without_failures(takes_part & ~reachable)

    rule, span = colocation or CoLocationRule(), known.span(duration_s)
    co_located = find_co_located(propagator, rows, chosen, duration_s, rule, docked_complexes(catalog), span)
    if require_pairs:
        _require_pairs(co_located, int(takes_part.sum()), None if listed is None else listed.size)
    step_s = settings.step_s or cheapest_step_s(rows.size, chosen.size, distance_km)
    plan = SearchPlan(
        catalog=drop_metadata(catalog),
        start_jd=start_jd,
        start_fraction=start_fraction,
        rows=rows,
        primaries=chosen,
        anchor_s=anchor_s,
        begin_s=np.where(np.isnan(known.begin_s), -np.inf, known.begin_s),
        end_s=np.where(np.isnan(known.failure_s), np.inf, known.failure_s),
        excluded=pair_key(co_located.first, co_located.second),
        windows=_windows(duration_s, settings.window_s, step_s),
        distance_km=distance_km,
        tolerance_km=settings.tolerance_km or float(np.clip(0.1 * distance_km, 0.05, 4.0)),
        ceiling_km=ceiling_km,
    )
    results = search_windows(
        plan, propagator, executor or Threads(settings.workers), checkpoint, progress, windows
    )
    candidates = Candidates.concat([result.candidates for result in results])

    failures = [result.failures for result in results]
    existence = latch_failures(propagator, failures, settings.window_s, duration_s, anchor_s, known)

    span = existence.span(duration_s)
    half_step_s = 0.5 * max(window.step_s for window in plan.windows)
    minima = find_minima(propagator, candidates, half_step_s, distance_km, *span)
    boundaries = boundary_approaches(propagator, rows, chosen, distance_km, duration_s, *span)
    approaches = merge_approaches([minima, boundaries], plan.excluded)
    return ScreeningResult(
        encounters=encounter_table(catalog, propagator, approaches, listed, volumes),
        existence=existence,
        co_located=co_located,
        searched_count=int(rows.size),
        candidate_count=len(candidates),
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


def _require_valid(
    catalog: Catalog, propagator: Propagator, primaries: Index, known: Existence, duration_s: float
) -> None:
    """Raise RunError for the first primary that exists at no moment of the span."""
    start = propagator.start_jd, propagator.start_fraction
    for row in primaries[~known.takes_part(duration_s)[primaries]].tolist():
        reason = ObjectStatus(int(known.outcome[row])).reason
        days = float(days_since(catalog[[row]], *start)[0])
        failure_s, begin_s = float(known.failure_s[row]), float(known.begin_s[row])
        if abs(failure_s - SECONDS_PER_DAY * days) < _AT_EPOCH_S:
            reason += "; SGP4 fails at its epoch already"
        elif np.isfinite(failure_s):
            reason += f"; SGP4 follows it until {utc_text(*start, failure_s, decimals=0)}"
        elif np.isfinite(begin_s):
            epoch, earliest = (utc_text(*start, s, decimals=0) for s in (days * SECONDS_PER_DAY, begin_s))
            reason += (
                f"; SGP4 cannot be run back from its epoch, {epoch}: let the span start there, or at {earliest} at the "
                "earliest"
            )
        raise RunError(
            f"primary {object_label(catalog.norad_id[row], catalog.name[row])}: {reason} (its epoch is {abs(days):.1f} "
            f"days {'before' if days <= 0.0 else 'after'} the start of the span)"
        )


def _require_others(catalog: Catalog, takes_part: Mask, known: Existence, max_age_days: float) -> None:
    """Raise InputError if fewer than two objects take part: then nothing is screened, which is no result."""
    examined = int(takes_part.sum())
    if examined > 1:
        return
    others, stale = len(catalog) - examined, int((known.status == ObjectStatus.STALE).sum())
    if not others:
        raise InputError("nothing to screen: the catalogue holds no other object")
    reasons = {
        f"with an epoch more than {max_age_days:g} days from the start (catalog.max_age_days)": stale,
        "that SGP4 cannot propagate to the start": others - stale,
    }
    counted = " and ".join(f"{number:,} {reason}" for reason, number in reasons.items() if number)
    raise InputError(f"nothing to screen among {count(others, 'other object')}: {counted}")


def _require_pairs(co_located: CoLocated, examined: int, primaries: int | None) -> None:
    """Raise InputError if every pair is co-located, and so left out."""
    p = examined if primaries is None else primaries
    pairs = p * (examined - p) + p * (p - 1) // 2
    if len(co_located) == pairs:
        closest = float(co_located.minimum_separation_km.min())
        raise InputError(
            f"nothing to screen: every pair is co-located and left out ({count(pairs, 'pair')}, at least {closest:.3f} "
            "km apart); colocation.exclude = false keeps them"
        )


def _filter_orbits(
    propagator: Propagator,
    ends: tuple[SecularElements, SecularElements],
    primaries: Index | None,
    known: Existence,
    duration_s: float,
    distance_km: float,
) -> tuple[Mask, float]:
    """Objects (n,) that may come within distance of a primary, and the maximum radius (km) of the primaries."""
    if primaries is None:
        return np.ones(len(propagator), dtype=bool), np.inf
    low_km, high_km = radius_bands(propagator, *ends)
    # Run back from its epoch, an orbit grows until SGP4 fails, beyond the orbits at the ends of the span.
    late = np.isfinite(known.begin_s)
    low_km[late], high_km[late] = 0.0, np.inf
    ranges = [radius_range(propagator, int(row), duration_s) for row in primaries]
    reachable = np.logical_or.reduce([may_meet(low_km, high_km, band, distance_km) for band in ranges])
    reachable[primaries] = True
    return reachable, max(high for _, high in ranges)


def _windows(duration_s: float, window_s: float, step_s: float) -> tuple[Window, ...]:
    """Windows that tile the span exactly, none longer than window_s, with samples no further apart than step_s."""
    number = max(1, int(np.ceil(duration_s / window_s)))
    length = duration_s / number
    samples = max(1, int(np.ceil(length / step_s)))
    return tuple(Window(k * length, samples, length / samples) for k in range(number))
