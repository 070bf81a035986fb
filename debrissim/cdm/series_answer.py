"""Events of messages in sentences, the answer first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from debrissim.cdm.answer import level, level_counts, to_collide
from debrissim.cdm.history import EventAssessment, ReportProbability
from debrissim.cdm.reports import CdmReport, ReportFiles
from debrissim.cdm.revision import INCONSISTENT, LEVEL, STRAINED
from debrissim.core.numbers import MIN_PROBABILITY, count, duration, length, moment, one_in, probability
from debrissim.core.text import printable
from debrissim.core.time import Time

_MAX_NAMED = 10


def events_headline(events: Sequence[EventAssessment], *, now: datetime | None = None) -> str:
    """The highest probability in words: of the events ahead, or of all where all are past."""
    if not events:
        return "No events: there is no report that could be read"
    ahead = events_ahead(events, now=now)
    among = ahead or events
    which = f"{count(len(ahead), 'event')} ahead" if ahead else f"{count(len(events), 'event')}, all past"
    known = [one for one in among if one.latest.value is not None]
    if not known:
        return f"No probability is known of {which}"
    top = known[0]
    return (
        f"{_to_collide(top.latest.value)}, the highest probability of {which}: {_pair(top)}, "
        f"TCA {_when(top.event.latest.tca, now)}"
    )


def events_ahead(events: Sequence[EventAssessment], *, now: datetime | None = None) -> list[EventAssessment]:
    """The events whose latest TCA is to come."""
    reading = _time(now)
    return [one for one in events if one.event.latest.tca > reading]


def events_summary(events: Sequence[EventAssessment], files: ReportFiles) -> list[str]:
    """The levels, the range of the probabilities, their methods, and the reports that they come from."""
    if not events:
        return []
    lines = [f"{count(len(events), 'event')}: {level_counts([one.latest.value for one in events])}"]
    known = [one.latest for one in events if one.latest.value is not None]
    if known:
        values = [found.value for found in known if found.value is not None]
        stated = sum(found.is_stated for found in known)
        own = len(known) - stated
        methods = [
            f"computed by the recommended method for {count(own, 'event')}" if own else "",
            f"as stated for {count(stated, 'event')}" if stated else "",
        ]
        lines.append(
            f"latest odds from {one_in(min(values))} to {one_in(max(values))} (Pc {probability(min(values))} to "
            f"{probability(max(values))}), "
            f"{', '.join(filter(None, methods))}"
        )
    issues = [len(one.event.issues) for one in events]
    repeated = f", {count(files.repeated, 'repeated report')} left out" if files.repeated else ""
    lines.append(
        f"{count(len(files.reports), 'report')} from {count(files.files, 'file')}{repeated}; "
        f"events reported at two or more times: {sum(n >= 2 for n in issues)}, at three or more: "
        f"{sum(n >= 3 for n in issues)}"
    )
    return lines


def faults_summary(faults: Sequence[str]) -> list[str]:
    """The files that could not be read, the first ten by their sentence."""
    shown = [f"not read: {printable(fault)}" for fault in faults[:_MAX_NAMED]]
    rest = len(faults) - len(shown)
    return [*shown, f"not read: {count(rest, 'further file')}"] if rest > 0 else shown


def event_headline(found: EventAssessment) -> str:
    """The latest probability of one event in words."""
    latest = found.latest
    if latest.value is None:
        return f"Collision probability not known: {printable(latest.reason)}"
    return f"{_to_collide(latest.value)}, {_origin(latest, found.event.latest)}{_level(latest.value)}"


def event_summary(found: EventAssessment, *, now: datetime | None = None) -> list[str]:
    """Objects, TCA and reports; the state at the decision time; the verdict on the revisions; notes."""
    event = found.event
    latest, first = event.latest, event.reports[0]
    lines = [
        f"{event.label}, TCA {_when(latest.tca, now)}, miss {length(latest.miss_distance_m / 1000.0)}",
        f"{count(len(event.reports), 'report')} of {count(len(event.issues), 'issue')} by "
        f"{', '.join(printable(name) for name in sorted({r.originator for r in event.reports}))[:200]}, "
        + (
            f"from {_before(first)} to {_before(latest)}"
            if first is not latest
            else f"made {_before(latest)}"
        ),
        decision_line(found),
        revisions_line(found),
    ]
    if latest.conjunction is not None and found.latest.is_stated and found.latest.reason:
        lines.append(f"the stated probability is shown: {printable(found.latest.reason)}")
    return [line for line in (*lines, *event.notes) if line]


def decision_line(found: EventAssessment) -> str:
    """The state at the decision time, and how the latest compares."""
    before = f"at the decision time, {duration(found.decision_s)} before TCA"
    report, then = found.decision_report, found.at_decision
    if report is None or then is None:
        return f"{before}: no report yet, the first was made {_before(found.event.reports[0])}"
    made = f"the report made {_before(report)}"
    if then.value is None:
        return f"{before}: {made}, Pc not known ({printable(then.reason)})"
    line = (
        f"{before}: {made}, Pc {_with_odds(then.value)}{_level(then.value)}, "
        f"miss {length(report.miss_distance_m / 1000.0)}"
    )
    if report is found.event.latest:
        return f"{line}; no later report"
    return f"{line}; the latest Pc is {_with_odds(found.latest.value)}"


def revisions_line(found: EventAssessment) -> str:
    """How many of the changes are consistent with the errors stated before."""
    changes = [entry.revision for entry in found.history if entry.revision is not None]
    tested = [change for change in changes if change.verdict]
    if not changes:
        return ""
    if not tested:
        return f"the {count(len(changes), 'revision')} cannot be tested: {changes[-1].reason}"
    bad = [name for name in (STRAINED, INCONSISTENT) for change in tested if change.verdict == name]
    if not bad:
        verdict = f"all {len(tested)} are" if len(tested) > 1 else "it is"
        text = f"{count(len(tested), 'revision')} tested: {verdict} consistent with the errors stated before"
    else:
        named = " and ".join(f"{bad.count(name)} {name}" for name in (STRAINED, INCONSISTENT) if name in bad)
        text = (
            f"{count(len(tested), 'revision')} tested: {named} (of consistent ones, 1 in {1.0 / LEVEL:.0f} "
            "is called so); a manoeuvre, or errors that are larger than stated"
        )
    rest = len(changes) - len(tested)
    return f"{text}; {rest} not tested" if rest else text


def _to_collide(value: float | None) -> str:
    return "" if value is None else f"{to_collide(value)} (Pc {probability(value)})"


def _with_odds(value: float | None) -> str:
    odds = f", {one_in(value)}" if value is not None and value >= MIN_PROBABILITY else ""
    return f"{probability(value)}{odds}"


def _level(value: float | None) -> str:
    return {"red": ": RED", "yellow": ": YELLOW"}.get(level(value), "")


def _origin(found: ReportProbability, report: CdmReport) -> str:
    if not found.is_stated:
        return f"by {found.method}"
    method = f" ({printable(found.method)})" if found.method else ""
    return f"as stated by {printable(report.originator)[:60]}{method}"


def _pair(found: EventAssessment) -> str:
    return " ".join(found.event.label.split())


def _before(report: CdmReport) -> str:
    seconds = report.time_to_tca_s
    return f"{duration(seconds)} {'before' if seconds >= 0.0 else 'after'} TCA"


def _when(tca: Time, now: datetime | None) -> str:
    left = tca - _time(now)
    return f"{moment(str(tca))} UTC, {f'in {duration(left)}' if left > 0.0 else f'{duration(left)} ago'}"


def _time(now: datetime | None) -> Time:
    return Time.from_datetime(now or datetime.now(UTC))
