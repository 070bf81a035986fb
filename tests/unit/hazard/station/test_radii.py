"""The spheres that represent a spacecraft: the rates of hits on them, and one set of numbers for every scenario."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.hazard.station import BodyRadii, hit_rate, station

SCENARIOS = Path(__file__).parents[4] / "scenarios"


def test_a_box_is_hit_as_often_as_the_sphere_of_its_mean_area():
    """Points on straight lines from random directions through a box: the fraction that hits is area over disc."""
    sides = np.array([6.0, 3.0, 2.0])
    radii = BodyRadii.of(5.0, station.mean_area_m2("box", *sides.tolist()), tuple(sides.tolist()))
    assert radii.enclosing_m == pytest.approx(3.5)
    assert radii.inscribed_m == 1.0
    rng = np.random.default_rng(1)
    count = 200_000
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    across = np.cross(direction, rng.normal(size=(count, 3)))
    across /= np.linalg.norm(across, axis=1)[:, None]
    point = across * (radii.enclosing_m * np.sqrt(rng.random(count)))[:, None]
    # A line meets the box where its intervals between the pairs of faces overlap.
    near, far = (-0.5 * sides - point) / direction, (0.5 * sides - point) / direction
    hits = np.minimum(near, far).max(axis=1) < np.maximum(near, far).min(axis=1)
    flux = 2.0 / (np.pi * radii.enclosing_m**2)
    rate = hit_rate([flux], [0.0], radii)
    assert rate.estimate == pytest.approx(2.0 * hits.mean(), rel=0.01)
    assert rate.low is not None
    assert rate.low < rate.value < rate.high == pytest.approx(2.0)


def test_the_sphere_around_a_body_alone_gives_a_bound_alone():
    rate = hit_rate([1e-6, 2e-6], [1.0, 3.0], BodyRadii.of(34.0))
    assert (rate.estimate, rate.low) == (None, None)
    assert rate.value == rate.high == pytest.approx(np.pi * (1e-6 * 35.0**2 + 2e-6 * 37.0**2))


def test_the_lower_bound_is_never_above_the_estimate():
    """Four booms in a cube of 20 m: little area, though a sphere of 10 m would fit into the extents."""
    radii = BodyRadii.of(20.0, mean_area_m2=30.0, dimensions_m=(20.0, 20.0, 20.0))
    assert radii.inscribed_m == radii.mean_area_m == pytest.approx(np.sqrt(30.0 / np.pi))
    with pytest.raises(InputError, match="mean_area_m2: expected at most 79 m2"):
        BodyRadii.of(5.0, mean_area_m2=80.0)


def _stations() -> list[tuple[date, Any]]:
    """Every spacecraft named ISS in the scenarios that states a mean projected area, and the day of the scenario."""
    contents = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(SCENARIOS.glob("*.toml"))]
    found = []
    for content in contents:
        start = content.get("span", {}).get("start")
        day = start.date() if isinstance(start, datetime) else date(2024, 11, 1)
        bodies = (*content.get("marked", ()), *content.get("primaries", ()))
        found += [(day, body) for body in bodies if body.get("name") == "ISS" and "mean_area_m2" in body]
    return found


def test_every_scenario_has_the_station_of_the_tables():
    """The map, the weeks and the cloud state the numbers that iss_years.toml computes from the elements in place."""
    assert len(_stations()) == 4
    for day, body in _stations():
        that_day = station.configuration(day)
        assert body["mean_area_m2"] == pytest.approx(that_day.mean_area_with_vehicles_m2, rel=1e-3)
        radii = BodyRadii.of(body["hard_body_radius_m"], body["mean_area_m2"], body["dimensions_m"])
        assert radii.enclosing_m == pytest.approx(that_day.enclosing_radius_m, rel=1e-3)
        assert radii.inscribed_m == 10.0
