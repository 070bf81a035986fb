"""The coverage of a run in sentences: how much of the catalogue was examined, until when the primaries were flown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debrissim.core.numbers import count, moment

LARGE_FRACTION = 0.1
"""A headline says so if more than this fraction of the objects took no part for reasons other than filters."""

_REASONS = {
    "stale": "with element sets too old for the start",
    "failed_before_start": "that SGP4 cannot follow at the start",
    "unreadable": "with records that could not be read",
    "filtered_out": "left out by the scenario's filters",
}


def examined_sentence(provenance: Mapping[str, Any]) -> str:
    """The objects that were examined, and those that were not, with the reasons."""
    coverage = provenance["coverage"]
    examined = coverage["examined"] + coverage["examined_until_failure"]
    total = examined + sum(coverage[name] for name in _REASONS)
    text = f"examined: {examined:,} of {total:,} objects"
    if coverage["examined_until_failure"]:
        text += f", {coverage['examined_until_failure']:,} of them until they came down"
    missing = [f"{coverage[name]:,} {words}" for name, words in _REASONS.items() if coverage[name]]
    return text + (f"; not examined: {', '.join(missing)}" if missing else "")


def has_large_gap(provenance: Mapping[str, Any]) -> bool:
    """Whether a large fraction of the objects took no part for another reason than the scenario's own filters."""
    coverage = provenance["coverage"]
    missing = sum(coverage[name] for name in _REASONS if name != "filtered_out")
    return bool(
        missing > LARGE_FRACTION * (missing + coverage["examined"] + coverage["examined_until_failure"])
    )


def flown_sentences(provenance: Mapping[str, Any]) -> list[str]:
    """A sentence for each primary that was not flown over the whole span."""
    days = f"{provenance['span']['duration_days']:g}"
    return [
        f"{primary['name']} was flown until {moment(primary['flown_until_utc'])[:16]} UTC only, "
        f"{primary['flown_days']:.2f} of {days} days ({primary['failure']}); its rates are over that time"
        for primary in provenance["primaries"]
        if primary["failure"] is not None
    ]


def co_located_sentence(provenance: Mapping[str, Any]) -> str:
    """The pairs that fly together and were left out: docked ones, the others and their closest; "" without any."""
    pairs = provenance["co_located"]
    docked, free, closest = pairs["docked_pairs"], pairs["other_pairs"], pairs["closest"]
    if not docked + free:
        return ""
    subject = count(docked + free, "pair flies together and is", "pairs fly together and are")
    parts = [f"{docked:,} docked to crewed stations"] if docked else []
    if closest is not None:
        parts.append(
            f"{free:,} not docked, the closest {closest['first']} and {closest['second']}, "
            f"down to {1000.0 * closest['minimum_separation_km']:,.0f} m apart"
        )
    return f"{subject} left out (co_located.csv): {', '.join(parts)}"
