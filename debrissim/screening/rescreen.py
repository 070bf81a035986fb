"""Screen the objects that may have changed since an earlier screening, and keep its other encounters.

**Approaches that cannot have changed.** The approaches of a pair depend only on the two element sets, the screening
volumes, the rule of co-location and the span. Let the earlier span be [a, b] and the new one [c, d], a <= c < b <= d. A
pair is *settled* if

1. both element sets have a catalogue number and are the same to the last digit as before;
2. neither object failed, began late or was too old in the earlier span, nor is too old for the new one: each existed
   over the whole of [a, b];
3. the object other than the primary is part neither of a docked complex, before or now, nor of a co-located pair; if
   c > a, it is not near enough to a primary at c to become one. Then the rule of co-location, whose limits are wider
   only where both objects are docked, excludes the pair neither before nor now;
4. none of its earlier approaches is near c or b: closer than `GUARD_S`, by TCA or by its stay in the volumes, or so
   slow that the stay is not much shorter than an orbit. The ends of the span decide about such an approach.

The distance of a settled pair as a function of time is the same as before, and with it every local minimum in [c, b]
and every stay within it. These are the earlier rows, their times counted from c. What remains is [b, d], which is
screened by itself, without the rule of co-location. Let a pair have an approach that reaches across b and is inside a
volume at a moment after b. If its minimum is before b, the pair is at b within the volumes' farthest distance and
receding, as its distance rises from the minimum on: a row of status SPAN_START at b, by the theorem of
`span_boundaries`. If its minimum is after b, that is a row of the new part, near b or with a stay from its first moment
on. The pair of such a row is also not settled. (Inside only before b: with a minimum before b an earlier row, with a
minimum after b an earlier row of status SPAN_END; both are near b.)

Pairs that are not settled are screened over the whole of [c, d]: the primaries with each object that has an unsettled
pair, and with each other. A primary that changed has no settled pair; screening one primary against everything takes
nearly as long as screening all of them (measured: most of the time goes into the positions of the other objects), so
everything is screened in that case.

**If in doubt, everything is screened**: without an earlier screening, with other volumes, rules or primaries, for a
span that begins before the earlier one or does not overlap it, if a primary changed, and if the new part cannot be
screened by itself.

The rows equal those of a screening of everything to within SGP4's rounding: 1e-6 km in low orbits, 20 m for deep-space
objects (`propagation.sgp4.DEEP_SPACE_ROUGHNESS_KM`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.catalog.identifiers import identifier_order
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import RunError
from debrissim.core.numbers import count
from debrissim.screening.colocation import CoLocated, CoLocationRule
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.executors import Executor
from debrissim.screening.existence import Existence
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.settled import Earlier, search_key, settled_objects, touches_edge
from debrissim.screening.volumes import Membership, ScreeningVolume


@dataclass(frozen=True)
class Effort:
    """How much of a screening was done again.

    reason: why everything was screened, "" if only the objects that may have changed were. changed: the number of
    objects, apart from the primaries, that were screened over the whole span, out of `objects`; new_s: length of the
    part of the span, s, over which the others were screened.
    """

    reason: str
    changed: int
    objects: int
    new_s: float

    @property
    def sentence(self) -> str:
        """The effort in words."""
        if self.reason:
            return f"everything was screened: {self.reason}"
        if not self.changed and not self.new_s:
            return "nothing was screened: catalogue and span are those of the last time"
        rest = f", the others for the {self.new_s / 3600.0:.3g} h that are new" if self.new_s else ""
        return f"screened over the whole span: {self.changed:,} of {count(self.objects, 'object')}{rest}"


def rescreen(
    earlier: Earlier | None,
    catalog: Catalog,
    primaries: Index,
    start_jd: float,
    start_fraction: float,
    duration_s: float,
    volumes: Sequence[ScreeningVolume],
    *,
    membership: Membership = Membership.ANY_MOMENT,
    volumes_of: Mask | None = None,
    colocation: CoLocationRule | None = None,
    settings: ScreeningSettings | None = None,
    require_pairs: bool = True,
    executor: Executor | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[ScreeningResult, Earlier, Effort]:
    """Screen primaries against a catalogue, except for pairs whose approaches are settled by an earlier screening.

    Parameters
    ----------
    earlier : Earlier or None
        The previous screening; None to screen everything.
    catalog, primaries, start_jd, start_fraction, duration_s, volumes, membership, volumes_of, colocation, settings,
    require_pairs, executor, progress :
        As for `screen`. The objects fly only element sets.

    Returns
    -------
    result : ScreeningResult
        As `screen` returns it; the counts of searched objects and candidates refer to the part that was screened.
    earlier : Earlier
        This screening, to be used as the earlier one of the next.
    effort : Effort
        How much was screened.

    Raises
    ------
    InputError, RunError
        As `screen`.
    """
    settings, rule = settings or ScreeningSettings(), colocation or CoLocationRule()
    listed = np.asarray(primaries, dtype=np.int64)
    key = search_key(catalog, listed, volumes, volumes_of, membership, rule, settings)
    search = _Search(
        catalog, listed, start_jd, start_fraction, duration_s, tuple(volumes), volumes_of,
        membership, rule, settings, executor, progress,
    )  # fmt: skip
    reason, basis = _basis(earlier, key, search)
    result, effort = None, Effort(reason, len(catalog) - listed.size, len(catalog) - listed.size, 0.0)
    if basis is not None:
        try:
            result, effort = _again(search, basis)
        except RunError:
            # Either a primary ends with the earlier span or a worker failed: the search of everything will tell which.
            effort = replace(effort, reason="the new part of the span could not be screened by itself")
    if result is None:
        result = search.all(require_pairs=require_pairs)
    return result, Earlier.of(key, catalog, listed, (start_jd, start_fraction), duration_s, result), effort


@dataclass(frozen=True, eq=False)
class _Search:
    """The arguments of `screen`, and its calls with all or a part of the objects."""

    catalog: Catalog
    primaries: Index
    start_jd: float
    start_fraction: float
    duration_s: float
    volumes: tuple[ScreeningVolume, ...]
    volumes_of: Mask | None
    membership: Membership
    rule: CoLocationRule
    settings: ScreeningSettings
    executor: Executor | None
    progress: Callable[[float], None] | None

    def all(self, *, require_pairs: bool) -> ScreeningResult:
        return screen(
            self.catalog, self.primaries, self.start_jd, self.start_fraction, self.duration_s, self.volumes,
            membership=self.membership, volumes_of=self.volumes_of, colocation=self.rule,
            settings=self.settings, require_pairs=require_pairs, executor=self.executor, progress=self.progress,
        )  # fmt: skip

    def part(self, others: Index, from_s: float = 0.0) -> _Part:
        """The primaries with only some of the other objects (rows).

        If the search begins at a moment from_s > 0 of the span, neither co-location nor the age limit, which refers to
        the start, applies.
        """
        rows = np.concatenate([self.primaries, others])
        settings, rule = self.settings, self.rule
        if from_s > 0.0:
            settings, rule = replace(settings, max_age_days=np.inf), CoLocationRule(False)
        days, fraction = divmod(self.start_fraction + from_s / SECONDS_PER_DAY, 1.0)
        result = screen(
            self.catalog[rows], np.arange(self.primaries.size), self.start_jd + days, fraction,
            self.duration_s - from_s, self.volumes, membership=self.membership, volumes_of=self.volumes_of,
            colocation=rule, settings=settings, require_pairs=False, executor=self.executor,
            progress=self.progress,
        )  # fmt: skip
        return _Part(rows, from_s, result)


@dataclass(frozen=True, eq=False)
class _Part:
    """A screening of some rows of the catalogue, from a moment of the span on."""

    rows: Index
    from_s: float
    result: ScreeningResult

    @property
    def encounters(self) -> Encounters:
        """The encounters, with rows of the catalogue and times within the whole span."""
        found = self.result.encounters
        return replace(
            found,
            primary=self.rows[found.primary],
            secondary=self.rows[found.secondary],
            tca_s=found.tca_s + self.from_s,
            entry_s=found.entry_s + self.from_s,
            exit_s=found.exit_s + self.from_s,
        )


@dataclass(frozen=True, eq=False)
class _Basis:
    """From an earlier screening: the settled objects (n,), their encounters, and the end of its span in the new one."""

    settled: Mask
    known: Encounters
    until_s: float


def _basis(earlier: Earlier | None, key: str, search: _Search) -> tuple[str, _Basis | None]:
    """The reason why everything must be screened, or the objects that need not be."""
    if earlier is None:
        return "there is no earlier screening to build on", None
    if earlier.key != key:
        return "spacecraft, volumes, rules or version are others than before", None
    start = search.start_jd, search.start_fraction
    shift_s = earlier.shift_s(*start)
    until_s = earlier.duration_s - shift_s
    if not (shift_s >= 0.0 and 0.0 < until_s <= search.duration_s):
        return "the span does not continue the earlier one", None
    settled, known = settled_objects(
        earlier, search.catalog, search.primaries, start, search.duration_s, search.rule,
        search.settings.max_age_days,
    )  # fmt: skip
    changed = int(np.count_nonzero(~settled[search.primaries]))
    if changed:
        return (
            f"{changed} of {search.primaries.size} spacecraft cannot be carried over from the last time",
            None,
        )
    return "", _Basis(settled, known, until_s)


def _again(search: _Search, basis: _Basis) -> tuple[ScreeningResult, Effort]:
    n, settled, known = len(search.catalog), basis.settled.copy(), basis.known
    is_primary = np.zeros(n, dtype=np.bool_)
    is_primary[search.primaries] = True
    new_s, searched, candidates = search.duration_s - basis.until_s, 0, 0
    if new_s > 0.0:
        part = search.part(np.flatnonzero(settled & ~is_primary), basis.until_s)
        found = part.encounters
        at_edge = touches_edge(found, basis.until_s) | (found.status == EncounterStatus.SPAN_START)
        settled[found.secondary[at_edge]] = False
        settled[part.rows[part.result.object_status != 0]] = False
        if (part.result.object_status[: search.primaries.size] != 0).any():
            raise RunError("a primary ends in the new part of the span")
        known = Encounters.concat([known, found])
        searched, candidates = part.result.searched_count, part.result.candidate_count
    # Pairs of primaries are found along with the changed objects in any case.
    known = known[settled[known.secondary] & ~is_primary[known.secondary]]
    changed = np.flatnonzero(~settled & ~is_primary)
    existence, pairs = _nothing_failed(n), _NO_PAIRS
    if changed.size or search.primaries.size > 1:
        part = search.part(changed)
        known = Encounters.concat([known, part.encounters])
        existence = _spread(part.result.existence, part.rows, n)
        pairs = _in_rows(part.result.co_located, part.rows)
        searched, candidates = (
            max(searched, part.result.searched_count),
            candidates + part.result.candidate_count,
        )
    result = ScreeningResult(
        encounters=_in_order(known, search.catalog),
        existence=existence,
        co_located=pairs,
        searched_count=searched,
        candidate_count=candidates,
        uncovered_s=np.zeros(n),
    )
    return result, Effort("", int(changed.size), int(np.count_nonzero(~is_primary)), new_s)


def _in_order(encounters: Encounters, catalog: Catalog) -> Encounters:
    """By TCA, then primary, then secondary, as `screen` returns them."""
    order = np.empty(len(catalog), dtype=np.int64)
    order[identifier_order(catalog.norad_id)] = np.arange(len(catalog))
    keys = order[encounters.secondary], order[encounters.primary], encounters.tca_s
    return encounters[np.lexsort(keys)]


def _nothing_failed(n: int) -> Existence:
    codes, times = np.zeros(n, dtype=np.int8), np.full(n, np.nan)
    return Existence(begin_status=codes, begin_s=times, status=codes.copy(), failure_s=times.copy())


def _spread(existence: Existence, rows: Index, n: int) -> Existence:
    """Existence of n objects, given the existence of some rows; the others exist over the whole span."""
    whole = _nothing_failed(n)
    for field in fields(Existence):
        column: Array = getattr(whole, field.name)
        column[rows] = getattr(existence, field.name)
    return whole


def _in_rows(pairs: CoLocated, rows: Index) -> CoLocated:
    """Pairs of a part by rows of the catalogue, the lower first, in their order."""
    first, second = rows[pairs.first], rows[pairs.second]
    pairs = replace(pairs, first=np.minimum(first, second), second=np.maximum(first, second))
    return pairs[np.lexsort((pairs.second, pairs.first))]


_NO_ROWS, _NO_NUMBERS = np.empty(0, dtype=np.int64), np.empty(0)
_NO_PAIRS = CoLocated(_NO_ROWS, _NO_ROWS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, np.empty(0, dtype=np.bool_))
