"""Screening from start to end: orbit filter, candidates by window, narrow phase, boundaries of the span.

One engine for one-vs-all and all-vs-all: only the set of primaries differs. Windows of some hours are independent of
each other; they are the unit of memory and of parallel work, and an executor distributes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.ephemerides.flights import FlightPropagator, Flights, Gaps
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, make_propagator
from debrissim.screening.approaches import allowed_volumes, encounter_table, merge_approaches, with_roles
from debrissim.screening.arcs import (
    arcs_of,
    at_switches,
    co_located_objects,
    known_arcs,
    of_flown_objects,
    of_objects,
    of_two_objects,
    uncovered_within,
    without_continued,
)
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
from debrissim.screening.requirements import (
    check_arguments,
    require_others,
    require_pairs_to_examine,
    require_valid,
)
from debrissim.screening.span_boundaries import boundary_approaches
from debrissim.screening.stays import find_stays
from debrissim.screening.volumes import Membership, ScreeningVolume
from debrissim.screening.window_search import SearchPlan, Window, drop_metadata


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
    """The encounters, and the outcome for every object. encounters: those inside a volume at the moments that count.
    existence: the part of the span for which each of the n objects was screened, and the reasons. co_located: pairs
    excluded by the rule. searched_count: objects left after the perigee-apogee filter; candidate_count: pairs and
    moments that the coarse phase passed on. uncovered_s: (n,) s within the existence of each object that none of its
    arcs covers; gaps: all stretches of the span that are not covered, of objects that fly ephemerides or several
    element sets.
    """

    encounters: Encounters
    existence: Existence
    co_located: CoLocated
    searched_count: int
    candidate_count: int
    uncovered_s: Array
    gaps: Gaps = field(default_factory=lambda: Gaps.of([]))

    @property
    def object_status(self) -> NDArray[np.int8]:
        """(n,) `ObjectStatus`: OK if the object was screened over the whole span, otherwise the reason; the reason for
        an early end takes precedence over that for a late beginning."""
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
        """(n,) s of the span for which each object took part: 0 if it did not take part."""
        begin, end = self.existence.span(duration_s)
        return end - begin - self.uncovered_s


def screen(
    catalog: Catalog,
    primaries: Sequence[int] | Index | None,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
    *,
    flights: Flights | None = None,
    group: Index | None = None,
    membership: Membership = Membership.ANY_MOMENT,
    volumes_of: Mask | None = None,
    colocation: CoLocationRule | None = None,
    settings: ScreeningSettings | None = None,
    require_pairs: bool = True,
    executor: Executor | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[float], None] | None = None,
    windows: Callable[[int, int, int], None] | None = None,
) -> ScreeningResult:
    """Find every approach between a primary and another object inside at least one volume, in a span of time.

    There is one row per local minimum of the distance: see `debrissim.screening.stays`.

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
        At least one. An encounter counts if the secondary is inside any of them.
    flights : Flights, optional
        The arcs that the objects fly: ephemerides, or several element sets; by default the element set of each row of
        the catalogue over the whole span.
    group : array of int, shape (n,), optional
        Objects of the same group above 0 never form a pair, such as trajectories only one of which will be flown; 0 for
        an object that may meet every other object. By default, all of them may.
    membership : Membership
        When the secondary must be inside: at any moment of its approach, or at TCA.
    volumes_of : array of bool, shape (p, v), optional
        Which volumes count for which primary; by default all. If two primaries meet, the volumes of the one listed
        first apply.
    colocation : CoLocationRule, optional
        Which pairs are excluded because they fly together; by default `CoLocationRule()`.
    settings : ScreeningSettings, optional
        Speed of the search and age limit of element sets; by default `ScreeningSettings()`.
    require_pairs : bool
        Refuse a search without a pair to examine, as it could not find anything; False for one search of a series.
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
        If primaries are not distinct rows of the catalogue, volumes is empty, duration_s is not positive or group
        differs in length from the catalogue; and, with require_pairs, if there is no pair to examine because no other
        object takes part or all pairs fly together.
    RunError
        If a primary cannot be propagated at the start, or if the executor's workers or the disk fail.
    """
    check_arguments(catalog, primaries, duration_s, volumes, volumes_of, group)
    settings = settings or ScreeningSettings()
    distance_km = max(volume.enclosing_radius_km for volume in volumes)
    start = start_jd, start_fraction
    flown = catalog if flights is None else flights.sets
    propagator = make_propagator(catalog, *start) if flights is None else flights.propagator(*start)
    ends = span_end_states(propagator, duration_s)

    listed = None if primaries is None else np.asarray(primaries, dtype=np.int64)
    if isinstance(propagator, FlightPropagator):
        assert flights is not None
        known, anchor_s = known_arcs(flights, propagator, ends, duration_s, settings.max_age_days)
        of_all, _ = of_objects(known, flights, len(catalog), duration_s)
    else:
        anchor_s = np.clip(epochs_s(propagator), 0.0, duration_s)
        known = of_all = known_existence(catalog, propagator, ends, duration_s, settings.max_age_days)
    if listed is not None:
        require_valid(catalog, start, listed, of_all, duration_s)
    if require_pairs:
        require_others(catalog, of_all.takes_part(duration_s), of_all, settings.max_age_days)
    takes_part = known.takes_part(duration_s)
    flying = listed if listed is None or flights is None else arcs_of(flights, listed)
    if flying is not None:
        flying = flying[takes_part[flying]]
    reachable, ceiling_km = _filter_orbits(propagator, ends, flying, known, duration_s, distance_km)
    rows = np.flatnonzero(reachable & takes_part)
    chosen = rows if flying is None else flying
    # No failures are reported for objects that the filter leaves out: they cannot meet any primary.
    known = known.without_failures(takes_part & ~reachable)

    own_group = group if group is None or flights is None else group[flights.row]
    rule, span = colocation or CoLocationRule(), known.span(duration_s)
    complexes = docked_complexes(catalog if flights is None else flights.described)
    co_located = find_co_located(
        propagator, rows, chosen, duration_s, rule,
        complexes if flights is None else complexes[flights.row], span, own_group,
    )  # fmt: skip
    together = co_located
    if flights is not None:
        co_located = co_located[of_two_objects(co_located.first, co_located.second, flights)]
        together = co_located_objects(co_located, flights)
    if require_pairs:
        examined = int(of_all.takes_part(duration_s).sum())
        require_pairs_to_examine(together, examined, None if listed is None else listed.size)
    step_s = settings.step_s or cheapest_step_s(rows.size, _number(chosen, flights), distance_km)
    plan = SearchPlan(
        catalog=drop_metadata(flown),
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
        flights=None if flights is None else flights.bare(drop_metadata),
        group=own_group,
    )
    results = search_windows(
        plan, propagator, executor or Threads(settings.workers), checkpoint, progress, windows
    )
    candidates = Candidates.concat([result.candidates for result in results])

    failures = [result.failures for result in results]
    existence = latch_failures(propagator, failures, settings.window_s, duration_s, anchor_s, known)

    span = existence.span(duration_s)
    half_step_s = 0.5 * max(window.step_s for window in plan.windows)
    minima = find_minima(propagator, candidates, half_step_s, distance_km, *span, settings.workers)
    boundaries = boundary_approaches(propagator, rows, chosen, distance_km, duration_s, *span, own_group)
    approaches = with_roles(merge_approaches([minima, boundaries], plan.excluded), flying, len(flown))
    if flights is not None:
        approaches = approaches[of_two_objects(approaches.first, approaches.second, flights)]
    first = approaches.first if flights is None else flights.row[approaches.first]
    allowed = allowed_volumes(first, listed, volumes, volumes_of)
    uncovered_s, gaps = np.zeros(len(catalog)), Gaps.of([])
    if isinstance(propagator, FlightPropagator):
        assert flights is not None
        switches = at_switches(approaches, flights, propagator, span, duration_s)
        kept = without_continued(switches, propagator, volumes, membership, allowed)
        approaches, allowed = switches.approaches[kept], allowed[kept]
        existence, gaps = of_objects(existence, flights, len(catalog), duration_s)
        uncovered_s = uncovered_within(gaps, existence, duration_s)
    pair_begin_s = np.maximum(span[0][approaches.first], span[0][approaches.second])
    pair_end_s = np.minimum(span[1][approaches.first], span[1][approaches.second])
    stays = find_stays(propagator, approaches, volumes, pair_begin_s, pair_end_s, allowed, settings.workers)
    encounters = encounter_table(flown, propagator, approaches, stays, volumes, membership, allowed)
    return ScreeningResult(
        encounters=encounters if flights is None else of_flown_objects(encounters, flights),
        existence=existence,
        co_located=together,
        searched_count=_number(rows, flights),
        candidate_count=len(candidates),
        uncovered_s=uncovered_s,
        gaps=gaps,
    )


def _number(rows: Index, flights: Flights | None) -> int:
    """The number of objects among rows of the search."""
    return int(rows.size if flights is None else np.unique(flights.row[rows]).size)


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
    # An orbit that is run back from its epoch grows until SGP4 fails, beyond the orbits at the ends of the span.
    late = np.isfinite(known.begin_s) & (known.begin_status != ObjectStatus.NOT_COVERED)
    low_km[late], high_km[late] = 0.0, np.inf
    first_s, last_s = known.span(duration_s)
    ranges = [radius_range(propagator, int(row), first_s[row], last_s[row]) for row in primaries]
    reachable = np.logical_or.reduce([may_meet(low_km, high_km, band, distance_km) for band in ranges])
    reachable[primaries] = True
    return reachable, max(high for _, high in ranges)


def _windows(duration_s: float, window_s: float, step_s: float) -> tuple[Window, ...]:
    """Windows that tile the span exactly, none longer than window_s, with samples no further apart than step_s."""
    number = max(1, int(np.ceil(duration_s / window_s)))
    length = duration_s / number
    samples = max(1, int(np.ceil(length / step_s)))
    return tuple(Window(k * length, samples, length / samples) for k in range(number))
