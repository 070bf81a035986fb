"""The studies of the station's years and of the risk map, on small populations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.read_back import check_tables_read_back

from debrissim.catalog import ObjectKind, bundled_population, synthesize, write_omm_csv
from debrissim.core.errors import InputError
from debrissim.results.folder import read_summary
from debrissim.results.schema.risk_map import MAP
from debrissim.results.schema.station_years import SHARES, YEARS
from debrissim.results.table import read_table
from debrissim.studies.kinds import get_kind
from debrissim.studies.protocol import parse_scenario, run
from debrissim.studies.station_years.tables import mean_motion_rev_day

COUNT = 4000


def years(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "station-years",
        "title": "test",
        "catalogs": [{"population": "bundled", "count": COUNT}],
        "counting": {"days": 0.5, "phases": 3},
    } | changes


def risk_map(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "risk-map",
        "title": "test",
        "catalog": {"population": "bundled", "count": COUNT},
        "altitude_km": [400.0, 900.0],
        "altitude_step_km": 100.0,
        "inclination_step_deg": 30.0,
        "marked": [
            {
                "name": "ISS",
                "altitude_km": 400.0,
                "inclination_deg": 60.0,
                "hard_body_radius_m": 40.0,
                "mean_area_m2": 900.0 * np.pi,
                "dimensions_m": [60.0, 50.0, 20.0],
            },
            {"name": "CSS", "altitude_km": 400.0, "inclination_deg": 60.0, "hard_body_radius_m": 30.0},
        ],
    } | changes


def test_the_years_add_up_and_are_plotted(tmp_path: Path) -> None:
    result = run(parse_scenario(years())).write(tmp_path / "years")
    table = read_table(tmp_path / "years" / YEARS.file, YEARS)
    assert table["year"].tolist() == list(range(1998, 2026))
    assert (table["revolutions_per_day"] > 15.0).all()
    # The probability since launch follows from the rates.
    total = (table["rate_mean_shadow_per_year"] * table["years_in_orbit"]).sum()
    headline = result.headline
    assert headline["probability_since_launch"] == pytest.approx(1.0 - np.exp(-total))
    assert table["probability_since_launch_mean_shadow"][-1] == pytest.approx(
        headline["probability_since_launch"]
    )
    low, high = headline["probability_since_launch_range_of_traffic"]
    assert table["probability_since_launch_low"][-1] == pytest.approx(low)
    assert table["probability_since_launch_high"][-1] == pytest.approx(high)
    assert low < headline["probability_since_launch"] < high
    # Larger bodies are hit more often, and 70 m about (70 / 14.57)^2 times as often as 14.57 m.
    for small, large in (
        ("inscribed_sphere", "mean_shadow"),
        ("drag_area", "mean_shadow"),
        ("mean_shadow", "enclosing_sphere"),
        ("socrates", "jspoc"),
    ):
        assert (table[f"rate_{small}_per_year"] < table[f"rate_{large}_per_year"]).all()
    shares = read_table(tmp_path / "years" / SHARES.file, SHARES)
    for year in (1999, 2025):
        by_kind = shares[(shares["year"] == year) & (shares["what"] == "kind")]
        assert by_kind["rate_mean_shadow_per_year"].sum() == pytest.approx(
            table["rate_mean_shadow_per_year"][year - 1998]
        )
    assert table["scaled"].tolist() == [True] * 27 + [False]
    # Fragments of a breakup are named only in years with a catalogue of that time.
    assert set(shares["year"][shares["what"] == "parent event"].tolist()) <= {2025}
    assert {path.name for path in (tmp_path / "years" / "plots").iterdir()} == {
        "counted.png",
        "risk_by_year.png",
        "risk_since_launch.png",
    }
    check_tables_read_back(result, tmp_path / "years")
    shown = result.terminal_lines()
    assert all(len(line) <= 80 for line in shown)
    chance = 100.0 * headline["probability_since_launch"]
    words = " ".join(" ".join(shown).split())
    assert words.startswith(
        "Had the ISS never manoeuvred, the probability of at least one hit by a catalogued object "
    )
    assert f"would be about {chance:.0f} % (1 in " in words
    assert f"The range is {100.0 * low:.0f} to " in words


def test_the_mean_motion_at_an_altitude_is_that_of_an_element_set_there() -> None:
    station = synthesize(bundled_population(), 1, np.random.default_rng(2), 2460614.5, 0.9).with_columns(
        mean_motion_rev_day=np.array([15.5]), eccentricity=np.zeros(1)
    )
    altitude_km = float(station.perigee_altitude_km[0])
    assert mean_motion_rev_day(altitude_km) == pytest.approx(15.5, rel=1e-12)


def test_a_catalogue_file_a_history_and_no_counting(tmp_path: Path) -> None:
    model = bundled_population()
    catalog = synthesize(model, COUNT, np.random.default_rng(2), 2460614.5, 0.9)
    write_omm_csv(catalog, tmp_path / "catalogue.csv")
    station = catalog[[0, 0]].with_columns(
        norad_id=np.array([25544, 25544]),
        name=np.array(["ISS", "ISS"]),
        mean_motion_rev_day=np.array([15.5, 15.5]),
        epoch_jd=np.array([2452000.5, 2452001.5]),
    )
    write_omm_csv(station, tmp_path / "history.csv")
    content = years(
        catalogs=[{"file": "catalogue.csv"}],
        history="history.csv",
        counting={"enabled": False},
        last_year=2002,
    )
    result = run(parse_scenario(content, folder=tmp_path))
    by_year = result.tables["years"]
    altitude = dict(zip(by_year["year"].tolist(), by_year["mean_altitude_km"].tolist(), strict=True))
    assert sorted(altitude) == [1998, 1999, 2000, 2001, 2002]
    assert altitude[2000] == 366.7
    assert altitude[2001] == pytest.approx(station.semi_major_axis_km[0] - 6378.137)
    assert len(result.tables["counted"]) == 0
    assert result.tables["years"]["years_in_orbit"][-1] == pytest.approx(365.0 / 365.25)
    result.write(tmp_path / "out")
    assert not (tmp_path / "out" / "plots" / "counted.png").exists()
    check_tables_read_back(result, tmp_path / "out")


def test_the_map_has_every_cell_and_the_marked_orbits(tmp_path: Path) -> None:
    result = run(parse_scenario(risk_map())).write(tmp_path / "map")
    table = read_table(tmp_path / "map" / MAP.file, MAP)
    assert len(table) == 6 * 7
    kinds = [name for name in table.columns() if name.endswith("_flux_per_m2_year")]
    assert len(kinds) == len(ObjectKind)
    assert sum(table[name] for name in kinds) == pytest.approx(table["flux_per_m2_year"])
    cell = int(np.flatnonzero((table["altitude_km"] == 400.0) & (table["inclination_deg"] == 60.0))[0])
    mark = result.headline["marked"]["ISS"]
    # The same orbit and flux, a larger spacecraft: 30 m in place of 5 m.
    assert mark["flux_per_m2_year"] == pytest.approx(table["flux_per_m2_year"][cell])
    assert 9.0 < mark["rate_per_year"] / table["rate_per_year"][cell] < 36.0
    assert mark["mean_shadow_radius_m"] == pytest.approx(30.0)
    assert mark["inscribed_radius_m"] == 10.0
    assert mark["enclosing_radius_m"] == pytest.approx(np.sqrt(60.0**2 + 50.0**2 + 20.0**2) / 2.0)
    assert mark["rate_low_per_year"] < mark["rate_per_year"] < mark["rate_high_per_year"]
    # The other spacecraft has a radius of its own, and no area: the same number, but as a bound.
    other = result.headline["marked"]["CSS"]
    assert other["rate_per_year"] == other["rate_high_per_year"] == pytest.approx(mark["rate_per_year"])
    assert other["mean_shadow_radius_m"] is None
    assert other["rate_low_per_year"] is None
    shown = " ".join(get_kind("risk-map").answer(read_summary(tmp_path / "map")).lines())
    assert "CSS: at most 1 in " in shown
    assert "ISS: 1 in " in shown
    assert [path.name for path in (tmp_path / "map" / "plots").iterdir()] == ["risk_map.png"]
    check_tables_read_back(result, tmp_path / "map")
    assert all(len(line) <= 80 for line in result.terminal_lines())


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (years(catalogs=[]), "catalogs"),
        (years(catalogs=[{}]), "either file or population"),
        (years(catalogs=[{"file": "a", "count": 5}]), "count"),
        (years(last_year=1997), "last_year"),
        (years(catalogs=[{"population": "bundled", "count": COUNT}] * 2), "ascending"),
        (years(catalogs=[{"population": "bundled", "count": 5}]), "415 to 420 km"),
        (years(history="missing.csv"), "missing.csv"),
        (risk_map(altitude_km=[400.0, 400.0]), "altitude_km"),
        (risk_map(altitude_km=[50.0, 400.0]), "100 km"),
        (risk_map(inclination_deg=[0.0, 190.0]), "180 degrees"),
        (risk_map(altitude_step_km=0.01), "20000 cells"),
        (risk_map(catalog={"file": "missing.csv"}), "missing.csv"),
        (
            risk_map(marked=[{"name": "CSS", "altitude_km": 390.0, "inclination_deg": 41.5}]),
            r"marked\[1\].hard_body_radius_m: is missing",
        ),
        (
            risk_map(
                marked=[
                    {
                        "name": "CSS",
                        "altitude_km": 390.0,
                        "inclination_deg": 41.5,
                        "hard_body_radius_m": 2.0,
                        "mean_area_m2": 50.0,
                    }
                ]
            ),
            "mean_area_m2: expected at most 13 m2",
        ),
    ],
)
def test_bad_scenarios_are_named(content: dict[str, Any], named: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=named):
        run(parse_scenario(content, folder=tmp_path))
