"""The flux study: its tables, what it says of its distance from published values, its faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from debrissim.cli.main import main
from debrissim.hazard.particles.debris_flux import nasa90_flux_per_m2_year
from debrissim.results.folder import float_column, read_csv

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


def test_tables_answer_and_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "mean impact speed 10.8 km/s (debris), 19.1 km/s (meteoroids)" in shown
    assert "over the nearest published value at 3 mm: debris 1.54, meteoroids 1.59" in shown
    assert "from memory" in shown
    flux = read_csv(out / "flux.csv")
    d = float_column(flux["diameter_cm"])
    expected = nasa90_flux_per_m2_year(d, 400.0, 51.6, 2010.0, 100.0)
    assert float_column(flux["debris_per_m2_year"]) == pytest.approx(expected)
    assert float_column(flux["debris_high"]) == pytest.approx(3.0 * expected)
    assert set(flux["debris_in_range"]) == {"true"}
    faces = read_csv(out / "faces.csv")
    assert faces["face"] == ["ram", "wake", "port", "starboard", "zenith", "nadir"]
    speeds = read_csv(out / "speeds.csv")
    for source in ("debris", "meteoroids"):
        assert float_column(speeds[f"{source}_share"]).sum() == pytest.approx(1.0)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["method"]["flags"] == []
    assert summary["method"]["debris"]["from_memory"]
    assert {p.name for p in (out / "plots").iterdir()} == {"flux_by_size.png", "faces_and_speeds.png"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
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
def test_faults(old: str, new: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err


def test_leaving_a_range_is_flagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SCENARIO.replace("altitude_km = 400.0", "altitude_km = 250.0").replace("2010.0", "2030.0")
    (tmp_path / "s.toml").write_text(text.replace("highest_cm = 1.0", "highest_cm = 50.0"), encoding="utf-8")
    assert main(["run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "flag: debris: altitude outside 300 to 2000 km" in shown
    assert "flag: debris: years outside 1988 to 2023" in shown
    assert "flag: meteoroids: sizes outside 1e-18 to 1 g" in shown
