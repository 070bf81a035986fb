"""Coverage of a run: which objects were examined, and from when until when the primaries were flown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from debrissim.catalog import SizeGroup, size_group
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.outside_names import outside_label
from debrissim.conjunctions.trajectory_records import sentences
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import ScenarioError
from debrissim.core.numbers import count
from debrissim.core.time import utc_text
from debrissim.ephemerides.flights import Gaps
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.screen import ScreeningResult


def require_others(inputs: RunInputs) -> None:
    """Raise ScenarioError if filters or rejected records leave a single object: nothing screened is not a result."""
    if len(inputs.catalog) != 1:
        return
    reasons = []
    if inputs.filtered_count:
        reasons.append(f"the filters leave out {count(inputs.filtered_count, 'other object')}")
    if inputs.rejected:
        first = inputs.rejected[0]
        place = f"{first.file}: line {first.line}" if first.line else first.file
        reasons.append(
            f"{count(len(inputs.rejected), 'record')} rejected, the first at {place}: {first.reason}"
        )
    if reasons:
        raise ScenarioError(f"catalog: nothing to screen: {'; '.join(reasons)}")


def coverage(inputs: RunInputs, screened: ScreeningResult) -> dict[str, int]:
    """The number of objects examined against the primaries, and of those that were not, by reason, for the summary.

    Every object that the sources list is counted once, the only primary excepted: examined (over the whole span),
    examined_until_failure, examined_from_later (SGP4 cannot be run back from its epoch to the start; it may fail later,
    too), examined_in_part (its ephemeris or element sets do not cover the whole span), not_covered (none of it),
    failed_before_start (or, run back, after the end), stale, filtered_out, unreadable (numbers of rejected records that
    no record was accepted of, and rejected records without a number).
    """
    status, flown = screened.object_status, screened.flown_s(inputs.duration_s)
    counted = np.ones(len(status), dtype=np.bool_)
    if inputs.primaries is not None and len(inputs.primaries) == 1:
        counted[inputs.primaries] = False
    uncovered = np.isin(np.arange(len(status)), _lacking(screened).row) & (status != ObjectStatus.STALE)
    failed = (status != ObjectStatus.OK) & (status != ObjectStatus.STALE) & ~uncovered
    late = np.isfinite(screened.begin_s)
    return {
        "examined": int((counted & (status == ObjectStatus.OK) & ~uncovered).sum()),
        "examined_until_failure": int((counted & failed & (flown > 0.0) & ~late).sum()),
        "examined_from_later": int((counted & failed & (flown > 0.0) & late).sum()),
        "examined_in_part": int((counted & uncovered & (flown > 0.0)).sum()),
        "not_covered": int((counted & uncovered & (flown == 0.0)).sum()),
        "failed_before_start": int((counted & failed & (flown == 0.0)).sum()),
        "stale": int((counted & (status == ObjectStatus.STALE)).sum()),
        "filtered_out": inputs.filtered_count,
        "unreadable": inputs.unreadable_count,
    }


def uncovered(inputs: RunInputs, screened: ScreeningResult) -> dict[str, Any]:
    """The objects with gaps, for the summary: their number, and label and uncovered days of the first few, the largest
    gaps first. Primaries are not among them: `flown` says it of each."""
    gaps = _lacking(screened)
    if inputs.primaries is not None:
        gaps = gaps[~np.isin(gaps.row, inputs.primaries)]
    rows, place = np.unique(gaps.row, return_inverse=True)
    seconds = np.bincount(place, gaps.end_s - gaps.begin_s, minlength=rows.size)
    largest = np.argsort(-seconds, kind="stable")[:_NAMED]
    return {
        "objects": int(rows.size),
        "largest": [
            {
                "object": outside_label(inputs.catalog, int(rows[k])),
                "days": float(seconds[k]) / SECONDS_PER_DAY,
            }
            for k in largest.tolist()
        ],
    }


_NAMED = 5


def _lacking(screened: ScreeningResult) -> Gaps:
    """The gaps due to the lack of an ephemeris or a usable element set, without those of objects that came down."""
    known = (ObjectStatus.NOT_COVERED, ObjectStatus.STALE)
    lacking: Gaps = screened.gaps[np.isin(screened.gaps.status, known)]
    return lacking


def co_located(inputs: RunInputs, screened: ScreeningResult) -> dict[str, Any]:
    """The co-located pairs, for the summary: docked ones, the others, and the closest of these, None without any."""
    catalog, pairs = inputs.catalog, screened.co_located
    free = np.flatnonzero(~pairs.docked)
    closest = None
    if free.size:
        row = free[np.argmin(pairs.minimum_separation_km[free])]
        closest = {
            "first": outside_label(catalog, int(pairs.first[row])),
            "second": outside_label(catalog, int(pairs.second[row])),
            "minimum_separation_km": float(pairs.minimum_separation_km[row]),
        }
    return {"docked_pairs": len(pairs) - int(free.size), "other_pairs": int(free.size), "closest": closest}


def notes(inputs: RunInputs) -> list[str]:
    """The sentences that a reader of the results must see: decisions and assumptions of this program."""
    own = (shared.sentence for shared in inputs.shared_numbers)
    return [*own, *sentences(inputs.trajectories), *_assumed_sizes(inputs)]


def _assumed_sizes(inputs: RunInputs) -> Iterator[str]:
    """A sentence for each primary whose size or mass is only the default of its group."""
    catalog = inputs.catalog
    for row in () if inputs.primaries is None else inputs.primaries.tolist():
        assumed = []
        if inputs.size_is_default[row]:
            assumed.append(f"radius of {catalog.hard_body_radius_m[row]:g} m (hard_body_radius_m)")
        if inputs.mass_is_default[row]:
            assumed.append(f"mass of {catalog.mass_kg[row]:,g} kg (mass_kg)")
        if assumed:
            group = SizeGroup(int(size_group(catalog[[row]])[0]))
            words = "an object of unknown kind" if group == SizeGroup.UNKNOWN else f"a {group.label}"
            known = "size is" if inputs.size_is_default[row] else "mass is"
            yield (
                f"{outside_label(catalog, row)}: its {known} not known; it has "
                f"the default {' and '.join(assumed)} of {words}, which the scenario can state"
            )


def flown(inputs: RunInputs, screened: ScreeningResult, row: int) -> dict[str, Any]:
    """The time for which a primary was flown, for the summary: days, begin and end, and the reasons for these.

    failure: the reason of an early end, beginning: that of a late beginning; None at the ends of the span. gap_days:
    between them, not covered by an ephemeris or element set; flown_days are without them.
    """
    begin_s, end_s = (float(moments[row]) for moments in screened.existence.span(inputs.duration_s))
    start, existence = (inputs.start_jd, inputs.start_fraction), screened.existence
    early, late = end_s < inputs.duration_s, begin_s > 0.0
    return {
        "flown_days": (end_s - begin_s - float(screened.uncovered_s[row])) / SECONDS_PER_DAY,
        "gap_days": float(screened.uncovered_s[row]) / SECONDS_PER_DAY,
        "flown_from_utc": utc_text(*start, begin_s),
        "flown_until_utc": utc_text(*start, end_s),
        "failure": ObjectStatus(int(existence.status[row])).reason if early else None,
        "beginning": ObjectStatus(int(existence.begin_status[row])).reason if late else None,
    }
