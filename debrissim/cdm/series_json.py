"""Events of messages as plain values, for JSON: every number in full, None if there is no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from debrissim.cdm.answer import level
from debrissim.cdm.history import EventAssessment, HistoryEntry, ReportProbability
from debrissim.cdm.reports import CdmReport, ReportFiles
from debrissim.cdm.revision import Revision
from debrissim.cdm.series_answer import decision_line, event_headline, events_headline
from debrissim.core.arrays import Array
from debrissim.core.numbers import finite_or_none


def events_as_json(events: Sequence[EventAssessment], files: ReportFiles) -> dict[str, Any]:
    """All events in their order, and the files that could not be read."""
    return {
        "answer": events_headline(events),
        "reports": len(files.reports),
        "files": files.files,
        "repeated_reports": files.repeated,
        "faults": list(files.faults),
        "events": [_event(number, found) for number, found in enumerate(events, start=1)],
    }


def event_as_json(number: int, found: EventAssessment) -> dict[str, Any]:
    """One event with its history; number: its place among the events."""
    return {
        "answer": event_headline(found),
        "decision": decision_line(found),
        **_event(number, found),
        "history": [_entry(entry) for entry in found.history],
    }


def _event(number: int, found: EventAssessment) -> dict[str, Any]:
    event = found.event
    names = event.latest.names[::-1] if event.swapped[-1] else event.latest.names
    return {
        "event": number,
        "objects": [
            {"key": key or None, "name": name or None} for key, name in zip(event.keys, names, strict=True)
        ],
        "tca_utc": str(event.latest.tca),
        "level": level(found.latest.value) or None,
        "latest": _report(event.latest, found.latest),
        "decision_s": found.decision_s,
        "at_decision": None
        if found.decision_report is None or found.at_decision is None
        else _report(found.decision_report, found.at_decision),
        "reports": len(event.reports),
        "issues": len(event.issues),
        "notes": list(event.notes),
    }


def _report(report: CdmReport, found: ReportProbability) -> dict[str, Any]:
    return {
        "file": report.source or None,
        "message_id": report.message_id,
        "originator": report.originator,
        "created_utc": str(report.created),
        "tca_utc": str(report.tca),
        "time_to_tca_s": report.time_to_tca_s,
        "miss_distance_km": report.miss_distance_m / 1000.0,
        "collision_probability": found.value,
        "method": found.method or None,
        "is_stated": found.is_stated,
        "reason": found.reason or None,
        "stated_collision_probability": report.stated_probability,
        "stated_method": report.stated_method or None,
    }


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    message = entry.report.conjunction
    return _report(entry.report, entry.probability) | {
        "objects_swapped": entry.is_swapped,
        "miss_rtn_km": None if message is None else message.relative_state_rtn[:3].tolist(),
        "revision": None if entry.revision is None else _revision(entry.revision),
    }


def _revision(found: Revision) -> dict[str, Any]:
    return {
        "verdict": found.verdict or None,
        "reason": found.reason or None,
        "basis": found.basis or None,
        "tca_shift_s": found.tca_shift_s,
        "shift_rtn_km": _list(found.shift_rtn_km),
        "sigma_rtn_km": _list(found.sigma_rtn_km),
        "chi_square": finite_or_none(found.chi_square),
        "p_value": finite_or_none(found.p_value),
        "independent_p_value": finite_or_none(found.independent_p_value),
    }


def _list(values: Array | None) -> list[float | None] | None:
    return None if values is None else [finite_or_none(value) for value in values.tolist()]
