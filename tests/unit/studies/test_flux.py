"""The flux study: its tables, its ratios to published values, its faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.read_back import check_tables_read_back

from debrissim.cli.main import main
from debrissim.hazard.particles.debris_flux import DebrisFlux
from debrissim.results.schema.flux import FACES, FLUX, SPEEDS
from debrissim.results.table import read_table
from debrissim.studies.protocol import load_scenario, run

SCENARIO = """
kind = "flux"
title = "Small particles"
year = 2010.0
[orbit]
altitude_km = 400.0
inclination_deg = 51.6
solar_flux = 100.0
[sizes]
lowest_cm = 0.01
highest_cm = 1.0
count = 9
"""


def test_tables_headline_and_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    shown = " ".join(shown.split())
    assert "is hit by a particle of 1 mm or more with a probability of 1 in " in shown
    assert "At 3 mm the models give 1.5 times the nearest published value for debris, and 1.6 times" in shown
    # The speeds were not seen in print: they are no part of the answer on the terminal.
    assert "Unverified: impact speeds" in shown
    assert "km/s" not in shown
    flux = read_table(out / FLUX.file, FLUX)
    expected = DebrisFlux(400.0, 51.6, (2010.0, 2010.0), 100.0).flux_per_m2_year(flux["diameter_cm"])
    assert flux["debris_per_m2_year"] == pytest.approx(expected)
    assert flux["debris_high"] == pytest.approx(3.0 * expected)
    assert flux["debris_in_range"].all()
    faces = read_table(out / FACES.file, FACES)
    assert faces["face"].tolist() == ["ram", "wake", "port", "starboard", "zenith", "nadir"]
    speeds = read_table(out / SPEEDS.file, SPEEDS)
    for source in ("debris", "meteoroids"):
        assert speeds[f"{source}_share"].sum() == pytest.approx(1.0)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["method"]["flags"] == []
    assert summary["method"]["debris"]["unverified"]
    speed = summary["answer"]["unverified"]["mean_impact_speed_km_s"]
    assert (round(speed["debris"], 1), round(speed["meteoroids"], 1)) == (10.8, 19.1)
    ratio = summary["answer"]["over_published"]
    assert (round(ratio["debris"], 2), round(ratio["meteoroids"], 2)) == (1.54, 1.59)
    assert {p.name for p in (out / "plots").iterdir()} == {"flux_by_size.png", "faces_and_speeds.png"}


def test_tables_read_back(tmp_path: Path) -> None:
    # The largest meteoroids are beyond the 1 g up to which the model holds.
    text = SCENARIO.replace("lowest_cm = 0.01", "lowest_cm = 0.1").replace(
        "highest_cm = 1.0", "highest_cm = 50.0"
    )
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    result = run(load_scenario(tmp_path / "s.toml"))
    in_range = result.tables["flux"]["meteoroids_in_range"]
    assert in_range[0]
    assert not in_range[-1]
    # Debris on circular orbits hits neither wake, zenith nor nadir: their mean speeds are missing.
    missing = result.tables["faces"].missing("debris_mean_speed_km_s")
    assert missing.tolist() == [False, True, False, False, True, True]
    check_tables_read_back(result.write(tmp_path / "out"), tmp_path / "out")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "altitude_km = 400.0",
            "altitude_km = 40.0",
            "orbit.altitude_km: expected greater than or equal to 100",
        ),
        ("solar_flux = 100.0", "solar_flux = 10.0", "orbit.solar_flux: expected greater than or equal to 60"),
        ("lowest_cm = 0.01", "lowest_cm = 2.0", "lowest_cm: expected below highest_cm, 1, got 2"),
        ("lowest_cm = 0.01", "lowest_cm = -1.0", "sizes.lowest_cm: expected greater than 0, got -1.0"),
        ("year = 2010.0", "year = 1066.0", "year: expected greater than or equal to 1957"),
    ],
)
def test_faults(old: str, new: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err


def test_a_model_outside_its_range_is_flagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SCENARIO.replace("altitude_km = 400.0", "altitude_km = 250.0").replace("2010.0", "2030.0")
    (tmp_path / "s.toml").write_text(text.replace("highest_cm = 1.0", "highest_cm = 50.0"), encoding="utf-8")
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    shown = " ".join(shown.split())
    assert "Debris: altitude outside 300 to 2000 km" in shown
    assert "years outside 1988 to 2023" in shown
    assert "Meteoroids: sizes outside 1e-18 to 1 g" in shown
