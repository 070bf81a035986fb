"""`kind = "breakup"`: from a scenario to its folder, its figures and its lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.paths import ROOT
from support.read_back import check_tables_read_back

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.orbits import fragment_orbits
from debrissim.report.lines import wrapped
from debrissim.results.schema.breakup import FRAGMENTS, PARENTS
from debrissim.results.table import read_table
from debrissim.studies.breakup.wording import breakup_answer
from debrissim.studies.protocol import open_results, parse_scenario, plot, run

IRIDIUM = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)
COSMOS = (
    "1 22675U 93036A   09040.49834364 -.00000001  00000-0  95251-5 0  9996",
    "2 22675 074.0355 019.4646 0016027 098.7014 261.5952 14.31135643817415",
)
TIME = "2009-02-10T16:55:59.796Z"


def content(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "kind": "breakup",
        "title": "a collision",
        "event": {"type": "collision", "time": TIME, "min_length_m": 0.1},
        "target": {"name": "Cosmos 2251", "mass_kg": 950.0, "tle": list(COSMOS)},
        "projectile": {"name": "Iridium 33", "mass_kg": 560.0, "tle": list(IRIDIUM)},
    }
    for path, value in changes.items():
        table, _, key = path.partition("__")
        if not key:
            base[table] = value
        elif value is None:
            del base[table][key]
        else:
            base[table][key] = value
    return {key: value for key, value in base.items() if value is not None}


def circular(kind: str, **event: Any) -> dict[str, Any]:
    orbit = {"mass_kg": 880.0, "altitude_km": 850.0, "inclination_deg": 98.6}
    projectile = None if kind == "explosion" else {"mass_kg": 500.0}
    return content(event={"type": kind, "min_length_m": 0.1, **event}, target=orbit, projectile=projectile)


def test_iridium_and_cosmos_from_their_element_sets(tmp_path: Path):
    result = run(parse_scenario(content()))
    result.write(tmp_path / "out")
    headline = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["answer"]
    # SGP4 on these sets: 11.64724 km/s, 0.698 km apart (shared reference).
    assert headline["relative_speed_km_s"] == pytest.approx(11.64724, abs=1e-5)
    assert headline["parents_apart_km"] == pytest.approx(0.698, abs=1e-3)
    assert headline["catastrophic"] is True
    by_length = {row["length_m"]: row for row in headline["counts"]}
    assert by_length[0.1]["law"] == pytest.approx(1242.3, abs=0.1)
    assert by_length[0.1]["stated_range"][0] < 2296 < by_length[0.1]["stated_range"][1]
    assert by_length[0.05]["sampled"] is None
    assert by_length[0.1]["sampled"] == headline["fragments"]
    assert sum(headline["fates"].values()) == headline["fragments"]
    mass = headline["mass_kg"]
    assert mass["fragments"] + mass["below_minimum_length"] + mass["remnants"] == pytest.approx(1510.0)
    parents = read_table(tmp_path / "out" / PARENTS.file, PARENTS)
    assert parents["name"].tolist() == ["Cosmos 2251", "Iridium 33"]
    assert parents["inclination_deg"] == pytest.approx([74.03, 86.40], abs=0.01)
    figures = {path.stem for path in (tmp_path / "out" / "plots").glob("*.png")}
    assert figures == {"gabbard", "sizes", "area_to_mass", "velocity"}


def test_the_orbits_in_the_table_are_those_of_its_velocities(tmp_path: Path):
    run(parse_scenario(content(output={"plots": False}))).write(tmp_path / "out")
    table, parents = (read_table(tmp_path / "out" / schema.file, schema) for schema in (FRAGMENTS, PARENTS))
    parent = table["parent"]
    position = np.stack([parents[f"position_{axis}_km"] for axis in "xyz"], axis=1)
    velocity = np.stack([parents[f"velocity_{axis}_km_s"] for axis in "xyz"], axis=1)
    change = np.stack([table[f"velocity_change_{axis}_m_s"] for axis in "xyz"], axis=1) / 1000.0
    orbits = fragment_orbits(position[parent], velocity[parent] + change)
    assert table["perigee_km"] == pytest.approx(orbits.perigee_km, abs=1e-6)
    assert table["velocity_change_m_s"] == pytest.approx(np.linalg.norm(change, axis=1) * 1000.0)
    # The position of the event lies on every fragment's orbit.
    altitude = np.linalg.norm(position[parent], axis=1) - 6378.135
    assert (orbits.perigee_km <= altitude + 1e-6).all()
    assert (orbits.apogee_km >= altitude - 1e-6).all()


def test_the_same_seed_gives_the_same_files(tmp_path: Path):
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        run(parse_scenario(content(seed=seed, output={"plots": seed == 3}))).write(tmp_path / name)
    names = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*") if path.is_file()]
    for name in names:
        if name.name != "run.json":
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    assert (tmp_path / "one" / "fragments.csv").read_bytes() != (
        tmp_path / "three" / "fragments.csv"
    ).read_bytes()


def test_an_explosion_needs_no_time_and_no_projectile():
    result = run(parse_scenario(circular("explosion", scale=1.0)))
    assert result.headline["catastrophic"] is None
    assert result.headline["relative_speed_km_s"] is None
    assert result.tables["parents"]["perigee_km"] == pytest.approx([850.0], abs=1e-6)
    assert any("spacecraft" in flag for flag in result.method["flags"])
    json.dumps(result.summary, allow_nan=False)


@pytest.mark.parametrize("kind", ["explosion", "asat"])
def test_the_results_folder_opens(kind: str, tmp_path: Path):
    changes = {} if kind == "explosion" else {"relative_speed_km_s": 9.36}
    result = run(parse_scenario(circular(kind, **changes)))
    result.write(tmp_path / "out")
    assert open_results(tmp_path / "out").scenario.model_dump() == result.scenario.model_dump()


def test_a_kinetic_vehicle_met_head_on_falls_back():
    result = run(parse_scenario(circular("asat", relative_speed_km_s=9.36)))
    assert result.headline["relative_speed_km_s"] == pytest.approx(9.36)
    assert result.headline["energy_to_mass_j_g"] == pytest.approx(24889.09, abs=0.01)
    fates, parent = (result.tables["fragments"][name] for name in ("fate", "parent"))
    # It flies at 1.9 km/s against the target: none of its fragments has orbital speed.
    assert (fates[parent == 1] == "re-entry").all()
    assert (fates[parent == 0] == "orbit").mean() > 0.8


def test_a_collision_at_a_stated_speed_is_that_of_two_crossing_orbits():
    result = run(parse_scenario(circular("collision", relative_speed_km_s=10.0)))
    parents = result.tables["parents"]
    velocity = np.array([parents[f"velocity_{axis}_km_s"] for axis in "xyz"]).T
    assert np.linalg.norm(velocity[1] - velocity[0]) == pytest.approx(10.0)
    assert np.linalg.norm(velocity[1]) == pytest.approx(np.linalg.norm(velocity[0]))
    assert parents["perigee_km"] == pytest.approx([850.0, 850.0], abs=1e-6)
    by_components = run(parse_scenario(circular("collision", relative_velocity_rtn_km_s=[0.0, -6.0, 8.0])))
    assert by_components.headline["relative_speed_km_s"] == pytest.approx(10.0)


def test_elements_without_an_epoch_start_at_the_event():
    elements = {"mean_motion_rev_day": 15.5, "eccentricity": 0.001, "inclination_deg": 51.6}
    scenario = content(
        event={"type": "explosion", "time": TIME, "min_length_m": 0.2},
        projectile=None,
        target={"mass_kg": 1000.0, "elements": elements},
    )
    parents = run(parse_scenario(scenario)).tables["parents"]
    assert parents["inclination_deg"] == pytest.approx([51.6], abs=0.05)
    assert parents["period_min"] == pytest.approx([1440.0 / 15.5], rel=2e-3)


def test_catalogued_fragments_are_compared(tmp_path: Path):
    # One of the two objects five days later: its next element set, and one from before the event.
    seen = tmp_path / "seen.tle"
    later = "1 24946U 97051C   09046.78448243 +.00000153 +00000-0 +47668-4 0  999"
    total = sum(int(c) if c.isdigit() else c == "-" for c in later) % 10
    seen.write_text("\n".join([f"{later}{total}", IRIDIUM[1], *IRIDIUM]) + "\n", encoding="utf-8")
    result = run(parse_scenario(content(projectile__catalogued="seen.tle"), folder=tmp_path))
    result.write(tmp_path / "out")
    table = result.tables["catalogued"]
    assert table["norad_id"].tolist() == [24946]
    assert table["parent"].tolist() == [1]
    assert table["age_days"] == pytest.approx([5.079], abs=1e-3)
    comparison = result.tables["comparison"]
    assert set(comparison["source"]) == {"model", "catalogue"}
    assert set(comparison["name"]) == {"Iridium 33"}
    assert comparison["q50"][3] == pytest.approx(1440.0 / 14.34219863, abs=1e-6)
    assert len(plot(tmp_path / "out")) == 4
    check_tables_read_back(result, tmp_path / "out")


def test_tables_read_back(tmp_path: Path):
    # The projectile comes from behind at 13 km/s: its fragments escape, and their periods and apogees are missing.
    event = circular("collision", relative_velocity_rtn_km_s=[0.0, 6.0, 0.0])
    result = run(parse_scenario(event)).write(tmp_path / "out")
    fragments = result.tables["fragments"]
    assert (fragments["fate"] == "escape").any()
    assert (fragments.missing("apogee_km") == (fragments["fate"] == "escape")).all()
    check_tables_read_back(result, tmp_path / "out")


def test_lines_fit_a_terminal():
    for scenario in (content(), circular("explosion"), circular("asat", relative_speed_km_s=9.36)):
        result = run(parse_scenario(scenario))
        shown = list(wrapped(breakup_answer(json.loads(json.dumps(result.summary))).lines()))
        assert any(line.startswith("mass of ") for line in shown)
        assert max(len(line) for line in shown) <= 80
    first = " ".join(breakup_answer(run(parse_scenario(content())).summary).lines())
    # The law gives 1242.3 and 63,714; no more digits than the ranges allow.
    assert "leaves about 1,200 fragments of 10 cm and more" in first
    assert "is between 390 and 3,800." in first
    assert "about 60,000 of 1 cm and more" in first


def test_an_uncertain_mass_widens_the_ranges_and_changes_nothing_else():
    """A CubeSat of 5 kg that might have 1,100 kg: the law grows with the mass to the power 0.75."""
    known = run(parse_scenario(content(projectile__mass_kg=5.0))).headline
    unsure = run(
        parse_scenario(content(projectile__mass_kg=5.0, projectile__mass_range_kg=[1.0, 1100.0]))
    ).headline
    for row, wide in zip(known["counts"], unsure["counts"], strict=True):
        assert (row["law"], row["poisson_95"], row["sampled"]) == (
            wide["law"],
            wide["poisson_95"],
            wide["sampled"],
        )
        factor = ((950.0 + 1100.0) / (950.0 + 5.0)) ** 0.75
        assert wide["stated_range"][1] >= row["stated_range"][1]
        if row["law"] > 100.0:
            assert wide["stated_range"][1] == pytest.approx(factor * row["stated_range"][1], rel=0.02)
            assert wide["stated_range"][0] <= row["stated_range"][0]
            assert wide["stated_range"][0] > 0.95 * row["stated_range"][0]


def test_the_ranges_cover_a_heavy_target_that_a_light_projectile_does_not_shatter():
    scenario = content(projectile__mass_kg=5.0, projectile__mass_range_kg=[0.5, 5.0])
    scenario["target"] |= {"mass_range_kg": [100.0, 3000.0]}
    fewest = content(projectile__mass_kg=0.5, target__mass_kg=3000.0)
    unsure, known = (run(parse_scenario(each)).headline for each in (scenario, fewest))
    assert unsure["catastrophic"]
    assert not known["catastrophic"]
    for wide, row in zip(unsure["counts"], known["counts"], strict=True):
        assert wide["stated_range"][0] <= row["stated_range"][0]


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (content(event__time=None), "event.time: is missing, and target has an element set"),
        (content(event__time="2009-02-10T16:40:00Z"), "km apart then, expected at most 100"),
        (content(event__min_length_m=0.0001), "event.min_length_m"),
        (content(event__scale=1.0), "event.scale can be used only with an explosion"),
        (content(projectile=None), r"expected a \[projectile\]"),
        (content(event__type="asat"), "with one it is a collision"),
        (content(target__altitude_km=800.0), "expected altitude_km and inclination_deg together"),
        (content(target__mass_kg=-1.0), "target.mass_kg"),
        (
            content(target__mass_range_kg=[1.0, 5.0]),
            "mass_range_kg: expected a range with mass_kg, 950, in it",
        ),
        (content(target__tle=["1 22675U", "2 22675"]), "target.tle"),
        (content(target__catalogued="nothing.csv"), "no such file"),
        (content(projectile__tle=None), "relative_speed_km_s: is missing"),
        (content(target__tle=None), "target: expected tle, elements, or altitude_km"),
        (circular("explosion", catastrophic=True), "can be used only with a collision"),
        (circular("collision", relative_speed_km_s=16.0), "meet at 14.8"),
        (circular("asat", relative_velocity_rtn_km_s=[0.0, 0.0, 0.0]), "not zero"),
        (circular("asat", relative_speed_km_s=9.0, relative_velocity_rtn_km_s=[0.0, 1.0, 0.0]), "not both"),
        (circular("asat", relative_speed_km_s=9.0, min_length_m=0.001), "expected at most 1000000"),
    ],
)
def test_faults_are_named(scenario: dict[str, Any], message: str, tmp_path: Path):
    with pytest.raises(InputError, match=message):
        run(parse_scenario(scenario, folder=tmp_path))


def test_the_command_line_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scenario = ROOT / "scenarios" / "breakup_iridium_cosmos.toml"
    assert main(["run", str(scenario), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "At 11.6 km/s the impact breaks both objects up" in shown
    assert "4,045" in shown


def test_the_first_program_of_its_page_runs(capsys: pytest.CaptureFixture[str]):
    page = (ROOT / "docs" / "breakups.md").read_text(encoding="utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    exec(compile(program, "breakups.md", "exec"), {})
    assert "stated_range=(394, 3797)" in capsys.readouterr().out
