"""Small scenarios for tests: a second or less each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog
from debrissim.catalog.population.synthesis import synthetic_catalog
from debrissim.scenario.conjunctions import Scenario, parse_scenario

IRIDIUM_33 = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)
COSMOS_2251 = (
    "1 22675U 93036A   09040.49834364 -.00000001  00000-0  95251-5 0  9996",
    "2 22675 074.0355 019.4646 0016027 098.7014 261.5952 14.31135643817415",
)
ORBIT = {"mean_motion_rev_day": 15.5, "eccentricity": 0.0005, "inclination_deg": 51.6}

# An hour of a station among 300 synthetic objects, in a volume wide enough for some encounters.
SMALL_TOML = """\
title = "An hour of the station"

[span]
duration_days = 0.04

[[catalog.sources]]
population = "bundled"
count = 300

[[primaries]]
norad_id = 25544
name = "ISS"
hard_body_radius_m = 70.0

[primaries.elements]
mean_motion_rev_day = 15.5
eccentricity = 0.0005
inclination_deg = 51.6

[screening]
volumes = [{ name = "wide", sphere_km = 600.0 }]

[output]
plots = false
report = false
"""


def small(**changes: Any) -> Scenario:
    """The small scenario with tables or keys replaced."""
    import tomllib

    return parse_scenario(tomllib.loads(SMALL_TOML) | changes)


def made_up_catalog(count: int = 300) -> Catalog:
    """The objects of the small scenario, numbered and named as a catalogue would, and not marked as synthetic."""
    sampled = synthetic_catalog(count, seed=1)
    numbers = np.arange(40_001, 40_001 + count)
    return sampled.with_columns(
        norad_id=numbers,
        name=np.array([f"OBJECT {number} DEB" for number in numbers.tolist()]),
    )


def two_line(*names_and_lines: tuple[str, tuple[str, str]]) -> str:
    """The text of a file of three-line element sets."""
    return "".join(f"0 {name}\n{line1}\n{line2}\n" for name, (line1, line2) in names_and_lines)


def write_events_catalog(folder: Path) -> Path:
    """Write a catalogue file with the last element sets of Iridium 33 and Cosmos 2251 (Space-Track, February 2009)."""
    path = folder / "events.3le"
    path.write_text(two_line(("IRIDIUM 33", IRIDIUM_33), ("COSMOS 2251", COSMOS_2251)), encoding="utf-8")
    return path
