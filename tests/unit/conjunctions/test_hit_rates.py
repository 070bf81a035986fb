"""The long-run hits of a run: those of the risk map for the same objects, orbit and size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.paths import SCENARIOS
from support.small import made_up_catalog, small

from debrissim.conjunctions.run import run
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.errors import ScenarioError
from debrissim.hazard.station import BodyRadii, hit_rate, with_mean_radius
from debrissim.report.hits import hit_parts, hit_sentence
from debrissim.studies.protocol import load_scenario, parse_scenario
from debrissim.studies.protocol import run as run_study

STATION: dict[str, Any] = {
    "norad_id": 25544,
    "name": "ISS",
    "hard_body_radius_m": 70.0,
    "dimensions_m": [108.5, 73.2, 20.0],
    "mean_area_m2": 3036.0,
    "elements": {"mean_motion_rev_day": 15.4991, "eccentricity": 0.0003, "inclination_deg": 51.64},
}


def week(*primaries: dict[str, Any], **changes: Any) -> Any:
    return small(
        primaries=list(primaries),
        catalog={"sources": [{"population": "bundled", "count": 5000}]},
        span={"start": "catalog epoch", "duration_days": 0.05},
        **changes,
    )


def test_a_run_a_map_and_the_arithmetic_agree() -> None:
    bare = {key: value for key, value in STATION.items() if key not in ("mean_area_m2", "dimensions_m")}
    result = run(week(STATION, bare | {"norad_id": 48274, "name": "other"}))
    station, other = result.details.hits  # type: ignore[union-attr]
    altitude = float(
        with_mean_radius(result.inputs.catalog[result.inputs.primaries[:1]]).semi_major_axis_km[0]
    )
    marked = {
        "name": "ISS",
        "altitude_km": altitude - 6378.135,
        "inclination_deg": 51.64,
        "hard_body_radius_m": 70.0,
        "mean_area_m2": 3036.0,
        "dimensions_m": [108.5, 73.2, 20.0],
    }
    content = {
        "kind": "risk-map",
        "title": "the same",
        "seed": result.scenario.seed,
        "catalog": {"population": "bundled", "count": 5000},
        "altitude_km": [400.0, 420.0],
        "inclination_deg": [50.0, 60.0],
        "marked": [marked],
    }
    mark = run_study(parse_scenario(content)).headline["marked"]["ISS"]
    for name in (
        "rate_per_year",
        "rate_low_per_year",
        "rate_high_per_year",
        "flux_per_m2_year",
        "relative_error",
    ):
        assert getattr(station, name) == pytest.approx(mark[name], rel=1e-9)
    assert station.rate_low_per_year < station.rate_per_year < station.rate_high_per_year  # type: ignore[operator]
    # Of the other only the sphere around it is known.
    assert (other.rate_low_per_year, other.mean_shadow_radius_m) == (None, None)
    assert other.rate_per_year == other.rate_high_per_year
    assert other.rate_per_year == pytest.approx(station.rate_high_per_year * 70.0**2 / 66.2**2, rel=0.02)
    entries = result.summary["long_run_hits"]
    assert hit_sentence(entries[0]) == hit_sentence(mark)
    assert hit_sentence(entries[1]).startswith("at most 1 in ")
    assert any(
        hit_parts(mark)[0] in line and "the chance of a hit" in line
        for own in result.verdict.primaries
        for line in own.lines
    )


@pytest.mark.parametrize(("name", "file"), [("ISS", "iss_week.toml"), ("CSS", "css_week.toml")])
def test_the_marks_of_the_map_are_the_orbits_and_sizes_of_the_weeks(name: str, file: str) -> None:
    marked = load_scenario(SCENARIOS / "risk_map.toml").marked
    mark = next(orbit for orbit in marked if orbit.name == name)
    [primary] = load_scenario(SCENARIOS / file).primaries
    elements = primary.elements
    orbit = made_up_catalog(1).with_columns(
        mean_motion_rev_day=np.array([elements.mean_motion_rev_day]),
        eccentricity=np.array([elements.eccentricity]),
        inclination_deg=np.array([elements.inclination_deg]),
    )
    altitude = float(with_mean_radius(orbit).semi_major_axis_km[0]) - WGS72_RADIUS_KM
    assert mark.altitude_km == pytest.approx(altitude, abs=0.005)
    assert mark.inclination_deg == elements.inclination_deg
    assert mark.radii == BodyRadii.of(primary.hard_body_radius_m, primary.mean_area_m2, primary.dimensions_m)


def test_unknown_sizes_and_eccentric_orbits_have_no_rate() -> None:
    unsized = {key: value for key, value in STATION.items() if key in ("norad_id", "name", "elements")}
    eccentric = STATION | {
        "norad_id": 4444,
        "elements": {"mean_motion_rev_day": 14.0, "eccentricity": 0.05, "inclination_deg": 51.64},
    }
    result = run(week(unsized, eccentric))
    assert result.summary["long_run_hits"] == []


def test_an_area_that_does_not_fit_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"primaries\[1\].mean_area_m2: expected at most 13768 m2"):
        run(week(STATION | {"mean_area_m2": 20_000.0}))


def test_hits_are_the_flux_times_the_area() -> None:
    """One object of no size: its flux times the areas of the three circles."""
    rate = hit_rate(np.array([2e-6]), np.array([0.0]), BodyRadii.of(70.0, 3036.0, (108.5, 73.2, 20.0)))
    assert rate.estimate == pytest.approx(2e-6 * 3036.0)
    assert rate.low == pytest.approx(2e-6 * np.pi * 100.0)
    assert rate.high == pytest.approx(2e-6 * np.pi * (108.5**2 + 73.2**2 + 20.0**2) / 4.0)
