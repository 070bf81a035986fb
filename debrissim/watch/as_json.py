"""Events and their histories as JSON: numbers that are not known are null, never NaN."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from debrissim.core.time import Time
from debrissim.watch.event import Event, EventUpdate


def event_as_json(event: Event) -> dict[str, Any]:
    """An event with its latest update."""
    return {
        "event": event.number,
        "objects": [asdict(event.first), asdict(event.second)],
        "reports": event.update_count,
        "first_reported_utc": str(event.first_reported),
        "latest": update_as_json(event.latest),
    }


def update_as_json(update: EventUpdate) -> dict[str, Any]:
    """An update under the names of its fields; times, whose names end in _utc, as ISO text."""
    return {
        f"{field}_utc" if isinstance(value, Time) else field: _value(value)
        for field, value in vars(update).items()
    }


def _value(value: Any) -> Any:
    if isinstance(value, Time):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else asdict(value)
