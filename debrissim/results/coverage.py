"""The coverage of a run in sentences: how much of the catalogue was examined, and when the primaries were flown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debrissim.core.numbers import count, moment
from debrissim.propagation.sgp4 import ObjectStatus

LARGE_FRACTION = 0.1
"""A headline says so if more than this fraction of the objects did not take part for reasons other than filters."""

_REASONS = {
    "stale": "with element sets too old for the start",
    "not_covered": "that no ephemeris covers in the span",
    "failed_before_start": "that SGP4 cannot follow at the start",
    "unreadable": "with records that could not be read",
    "filtered_out": "left out by the scenario's filters",
}


def examined_sentence(provenance: Mapping[str, Any]) -> str:
    """The objects that were examined, and those that were not, with the reasons."""
    coverage = provenance["coverage"]
    examined = _examined(coverage)
    total = examined + sum(coverage.get(name, 0) for name in _REASONS)
    text = f"examined: {examined:,} of {total:,} objects"
    if coverage["examined_until_failure"]:
        text += f", {coverage['examined_until_failure']:,} of them until they came down"
    if coverage.get("examined_from_later"):
        text += f", {coverage['examined_from_later']:,} of them only from a later moment on"
    if coverage.get("examined_in_part"):
        text += f", {coverage['examined_in_part']:,} of them only where an ephemeris or element set covers the span"
    missing = [f"{coverage[name]:,} {words}" for name, words in _REASONS.items() if coverage.get(name)]
    return text + (f"; not examined: {', '.join(missing)}" if missing else "")


def has_large_gap(provenance: Mapping[str, Any]) -> bool:
    """Whether a large fraction of the objects did not take part for another reason than the scenario's own filters."""
    coverage = provenance["coverage"]
    missing = sum(coverage.get(name, 0) for name in _REASONS if name != "filtered_out")
    return bool(missing > LARGE_FRACTION * (missing + _examined(coverage)))


def _examined(coverage: Mapping[str, int]) -> int:
    """Objects that were examined; results of earlier versions do not count late ones, or partial ones."""
    partial = ("examined_from_later", "examined_in_part")
    return sum(
        (coverage.get(name, 0) for name in partial), coverage["examined"] + coverage["examined_until_failure"]
    )


def _gaps_sentences(provenance: Mapping[str, Any]) -> list[str]:
    """The objects whose ephemerides or element sets do not cover the whole span; none if all do."""
    gaps = provenance.get("gaps", {"objects": 0})
    if not gaps["objects"]:
        return []
    named = "; ".join(f"{entry['object']} for {entry['days']:.3g} days" for entry in gaps["largest"])
    more = " and others" if gaps["objects"] > len(gaps["largest"]) else ""
    subject = count(gaps["objects"], "object was", "objects were")
    return [
        f"NOT COVERED: {subject} not screened over the whole span (gaps.csv), for want of an ephemeris or element set: "
        f"{named}{more}"
    ]


def limit_sentences(provenance: Mapping[str, Any]) -> list[str]:
    """The primaries that were not flown over the whole span, and the objects that their ephemerides do not cover."""
    return [*flown_sentences(provenance), *_gaps_sentences(provenance)]


def flown_sentences(provenance: Mapping[str, Any]) -> list[str]:
    """A sentence for each primary that was not flown over the whole span."""
    days = f"{provenance['span']['duration_days']:g}"
    return [
        f"{primary['name']} was flown {_when(primary)}, {primary['flown_days']:.2f} of {days} days "
        f"({_why(primary)}); its rates are over that time"
        for primary in provenance["primaries"]
        if primary["failure"] is not None or primary.get("beginning") is not None or primary.get("gap_days")
    ]


def _when(primary: Mapping[str, Any]) -> str:
    if primary.get("gap_days"):
        ends = [moment(primary[f"flown_{name}_utc"])[:16] for name in ("from", "until")]
        return f"from {ends[0]} to {ends[1]} UTC with gaps"
    until = f"{moment(primary['flown_until_utc'])[:16]} UTC"
    if primary.get("beginning") is None:
        return f"until {until} only"
    since = f"from {moment(primary['flown_from_utc'])[:16]} UTC"
    return f"{since} on" if primary["failure"] is None else f"{since} until {until} only"


def _why(primary: Mapping[str, Any]) -> str:
    """The reasons of an early end and a late beginning."""
    back = primary.get("beginning")
    uncovered = ObjectStatus.NOT_COVERED.reason
    reasons = [
        primary["failure"],
        back and (back if back == uncovered else f"run back from its epoch, {back}"),
    ]
    reasons += [uncovered] if primary.get("gap_days") else []
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


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
