"""Updates of close approaches and runs for tests of the store of events."""

from __future__ import annotations

from typing import Any

from debrissim.core.time import Time
from debrissim.watch.event import OWN_SOURCE, EventUpdate, RunRecord, TrackedObject

START = Time.of("2024-11-01T00:00:00Z")


def tracked(given: str | TrackedObject, word: str) -> TrackedObject:
    """The object itself, or one with that key."""
    return given if isinstance(given, TrackedObject) else TrackedObject(given, f"{word} {given}")


def approach(
    key: str,
    *,
    primary: str | TrackedObject = "25544",
    secondary: str | TrackedObject = "33759",
    days: float = 2.0,
    reported_days: float = 0.0,
    probability: float | None = 3e-6,
    **fields: Any,
) -> EventUpdate:
    """An update with every field: TCA `days` after START, reported `reported_days` after it."""
    values: dict[str, Any] = {
        "source": OWN_SOURCE,
        "reported": START + reported_days * 86400.0,
        "primary": tracked(primary, "CRAFT"),
        "secondary": tracked(secondary, "OBJECT"),
        "tca": START + days * 86400.0,
        "miss_distance_km": 1.25,
        "relative_position_rtn_km": (0.5, 1.0, -0.5590169943749475),
        "relative_velocity_rtn_km_s": (0.01, -11.0, 9.0),
        "relative_speed_km_s": 14.21,
        "covariance_rtn_km2": (0.01, 0.001, 2.0, 0.002, 0.003, 0.02),
        "probability": probability,
        "probability_low": None if probability is None else probability / 10.0,
        "probability_high": None if probability is None else probability * 2.0,
        "probability_method": "foster",
        "maximum_probability": 1e-4,
        "dilution": False,
        "hard_body_radius_m": 71.0,
        "primary_age_days": 1.5,
        "secondary_age_days": 2.5,
        "status": "minimum",
        "flags": ("small_sigma",),
        "primary_state": (6778.0, 0.0, 0.0, 0.0, 4.8, 5.97),
        "secondary_state": (6778.5, 1.0, -0.5, 0.01, -6.2, 14.97),
        "origin": "",
    }
    return EventUpdate(key=key, **(values | fields))


def run_record(key: str, *, made_days: float = 0.0, start_days: float = 0.0, **fields: Any) -> RunRecord:
    """A complete run of a week."""
    values: dict[str, Any] = {
        "scenario_sha256": "5c",
        "title": "Week",
        "made": START + made_days * 86400.0,
        "start": START + start_days * 86400.0,
        "span_days": 7.0,
        "version": "0.1.0",
        "complete": True,
        "yellow": 1e-5,
        "red": 1e-4,
    }
    return RunRecord(key=key, **(values | fields))
