"""Whether the rules of a service allow a request now."""

from __future__ import annotations

from datetime import datetime, timedelta

from debrissim.sources.ages import clock_text
from debrissim.sources.answers import LONGEST_HOLD
from debrissim.sources.cache import Record, ServiceState, from_text, within
from debrissim.sources.query import Query


def not_now(query: Query, record: Record, state: ServiceState, now: datetime) -> str:
    """The reason why the service must not be queried now; "" if it may be."""
    rules, label = query.service.rules, query.service.label
    if state.held_until_utc:
        until = from_text(state.held_until_utc)
        if now < until <= now + LONGEST_HOLD + timedelta(hours=1):
            return f"{label} is not asked before {clock_text(until)}: {state.reason}"
    if record.asked_utc:
        asked = from_text(record.asked_utc)
        # A clock that was set back by more says nothing about the time since.
        if abs(now - asked) < timedelta(seconds=query.wait_s):
            due = asked + timedelta(seconds=query.wait_s)
            last = (
                f" (then: {record.answer})"
                if record.answer and not record.answer.startswith("downloaded")
                else ""
            )
            return f"{label} was queried at {clock_text(asked)}{last} and will be queried again from {clock_text(due)}"
    most, seconds = rules.errors
    errors = within(state.errors_utc, now, seconds)
    if len(errors) >= most:
        due = from_text(errors[-most]) + timedelta(seconds=seconds)
        return f"{label} recently refused {len(errors)} requests and will be queried again from {clock_text(due)}"
    for most, seconds in rules.requests:
        sent = within(state.requests_utc, now, seconds)
        if len(sent) >= most:
            due = from_text(sent[-most]) + timedelta(seconds=seconds)
            return f"{label} allows {most} requests in {seconds:.0f} s and will be queried again from {clock_text(due)}"
    return ""
