"""Events and their histories as JSON: numbers that are not known are null, never NaN."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from debrissim.core.time import Time
from debrissim.watch.event import Event, EventUpdate, RunRecord


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
    """An update under the names of its fields; times as ISO text."""
    return {_name(field): _value(value) for field, value in vars(update).items()}


def run_as_json(run: RunRecord) -> dict[str, Any]:
    """A run, its catalogues and its spacecraft."""
    content = {_name(field): _value(value) for field, value in vars(run).items()}
    return content | {
        "spacecraft": [asdict(one) for one in run.spacecraft],
        "catalogues": [
            {_name(field): _value(value) for field, value in vars(one).items()} for one in run.catalogues
        ],
    }


_TIMES = ("reported", "tca", "made", "start", "epoch")


def _name(field: str) -> str:
    return f"{field}_utc" if field in _TIMES else field


def _value(value: Any) -> Any:
    if isinstance(value, Time):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else asdict(value)
