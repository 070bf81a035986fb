"""The scenario of `debrissim now`: a week of one spacecraft, from the present moment.

The stations have the values of scenarios/iss_week.toml and scenarios/css_week.toml, whose comments give their
sources; a test compares them. Other spacecraft have the radius and mass from the catalogue, otherwise those of their
class.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

ISS, CSS = 25544, 48274
STATIONS: dict[str, int] = {"ISS": ISS, "CSS": CSS}
"""The names that can be resolved without a catalogue."""

VOLUMES = ("iss-2x25x25", "iss-0.75x25x25", "socrates-5km", "iss-watch-20x40x40")
_SPACECRAFT: dict[int, dict[str, Any]] = {
    ISS: {
        "norad_id": ISS,
        "name": "ISS",
        "hard_body_radius_m": 70.0,
        "mass_kg": 419725.0,
        "dimensions_m": [108.5, 73.2, 20.0],
        "mean_area_m2": 3036.0,
    },
    CSS: {"norad_id": CSS, "name": "CSS", "hard_body_radius_m": 34.0, "mass_kg": 69000.0},
}
_ELEMENTS: dict[int, dict[str, float]] = {
    ISS: {
        "mean_motion_rev_day": 15.4991,
        "eccentricity": 0.00026,
        "inclination_deg": 51.645,
        "raan_deg": 30.0,
        "arg_perigee_deg": 60.0,
        "mean_anomaly_deg": 0.0,
        "bstar": 2.4e-5,
    },
    CSS: {
        "mean_motion_rev_day": 15.5919,
        "eccentricity": 0.0005,
        "inclination_deg": 41.47,
        "raan_deg": 120.0,
        "arg_perigee_deg": 0.0,
        "mean_anomaly_deg": 0.0,
        "bstar": 3e-4,
    },
}


def week_now(
    number: int, label: str, sources: Sequence[dict[str, Any]], start: datetime, days: float
) -> dict[str, Any]:
    """The content of a scenario: one spacecraft against real objects.

    Parameters
    ----------
    number : int
        Its catalogue number.
    label : str
        Its name in the title.
    sources : sequence of dict
        The tables of `[[catalog.sources]]`.
    start : datetime
        Start of the span (UTC).
    days : float
        Length of the span, days.
    """
    title = f"{label}: {days:g} days from {start:%Y-%m-%d %H:%M} UTC"
    return _scenario(title, number, list(sources), {"start": start, "duration_days": days})


def synthetic_week(number: int, label: str, days: float) -> dict[str, Any]:
    """The content of a scenario: a station of `STATIONS` on a typical orbit against the bundled population."""
    content = _scenario(
        f"{label} against a SYNTHETIC population: {days:g} days",
        number,
        [{"population": "bundled"}],
        {"start": "catalog epoch", "duration_days": days},
    )
    content["primaries"][0]["elements"] = dict(_ELEMENTS[number])
    return content


def _scenario(title: str, number: int, sources: list[dict[str, Any]], span: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "seed": 1,
        "span": span,
        "catalog": {"sources": sources},
        "primaries": [dict(_SPACECRAFT.get(number, {"norad_id": number}))],
        "screening": {"volumes": list(VOLUMES)},
        "probability": {"yellow": 1e-5, "red": 1e-4},
        "output": {"table_rows": 3},
    }
