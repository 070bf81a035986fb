"""The scenarios of `debrissim now` have the values of those in scenarios/."""

from datetime import UTC, datetime

import pytest
from support.paths import ROOT

from debrissim.scenario.week import CSS, ISS, synthetic_week, week_now
from debrissim.studies.protocol import load_scenario, parse_scenario

FILES = {ISS: "iss_week", CSS: "css_week"}


@pytest.mark.parametrize("number", FILES)
def test_the_stations_are_those_of_the_scenario_files(number: int) -> None:
    file = load_scenario(ROOT / "scenarios" / f"{FILES[number]}.toml")
    made = parse_scenario(synthetic_week(number, "STATION", 7.0))
    differing = {name for name in type(file).model_fields if getattr(file, name) != getattr(made, name)}
    assert differing <= {"title", "output"}
    assert made.output.table_rows == 3


def test_a_week_of_today_has_no_orbit_of_its_own() -> None:
    start = datetime(2026, 11, 29, 1, 30, tzinfo=UTC)
    made = parse_scenario(week_now(ISS, "ISS", [{"source": "celestrak:active"}], start, 7.0))
    assert made.title == "ISS: 7 days from 2026-11-29 01:30 UTC"
    assert made.span.start == start
    assert (made.primaries[0].hard_body_radius_m, made.primaries[0].elements) == (70.0, None)


def test_another_spacecraft_is_as_the_catalogue_has_it() -> None:
    start = datetime(2026, 11, 29, tzinfo=UTC)
    made = parse_scenario(week_now(20580, "HST (20580)", [{"source": "celestrak:active"}], start, 1.0))
    assert made.primaries[0].model_dump(exclude_defaults=True) == {"norad_id": 20580}
