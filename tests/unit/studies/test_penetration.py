"""The penetration study: sums, ranges, the Monte Carlo check, its faults."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from support.paths import DOCS, SCENARIOS
from support.read_back import check_tables_read_back

from debrissim.cli.main import main
from debrissim.results.schema.penetration import MODULES, SPEEDS, SURFACES
from debrissim.results.table import read_table
from debrissim.studies.penetration.study import _agree
from debrissim.studies.penetration.tables import Check
from debrissim.studies.protocol import load_scenario, run

SCENARIO = """
kind = "penetration"
title = "Two modules"
seed = 4
monte_carlo_samples = 5000
[orbit]
altitude_km = 419.0
inclination_deg = 51.64
solar_flux = 70.0
[mission]
start = 2020-01-01T00:00:00Z
duration_days = 100.0
[[shields]]
name = "own"
equation = "whipple-nno"
bumper_cm = 0.1
standoff_cm = 10.0
wall_cm = 0.2
wall_yield_ksi = 57.0
[[surfaces]]
module = "A"
part = "front"
shield = "us-lab-cylinder"
shape = "plate"
direction = "ram"
diameter_m = 4.0
[[surfaces]]
module = "A"
part = "side"
shield = "own"
shape = "plate"
direction = [0.0, 0.0, 2.0]
area_m2 = 10.0
[[surfaces]]
module = "B"
shield = "own"
shape = "tumbling"
area_m2 = 3.0
in_total = false
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_sums_ranges_and_the_check(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(load_scenario(scenario))
    result.write(out)
    headline = json.loads((out / "summary.json").read_text(encoding="utf-8"))["answer"]
    surfaces, modules, speeds = (
        read_table(out / schema.file, schema) for schema in (SURFACES, MODULES, SPEEDS)
    )
    assert modules["module"].tolist() == ["A", "B"]
    assert surfaces["exposed_area_m2"] == pytest.approx([4.0 * np.pi, 10.0, 3.0])
    for source in ("debris", "meteoroids"):
        by_surface, by_module = (t[f"{source}_expected"] for t in (surfaces, modules))
        assert by_module == pytest.approx([by_surface[:2].sum(), by_surface[2]])
        # B is listed, but not part of the sum.
        assert headline["expected_by_source"][source]["nominal"] == pytest.approx(by_module[0])
        assert speeds[f"{source}_expected"].sum() == pytest.approx(by_module[0])
    total = headline["expected"]
    assert headline["pnp"]["nominal"] == pytest.approx(np.exp(-total["nominal"]))
    assert headline["pnp"]["low"] == pytest.approx(np.exp(-total["high"]))
    assert total["low"] < total["nominal"] < total["high"]
    assert headline["monte_carlo_agrees"] is True
    assert {p.name for p in (out / "plots").iterdir()} == {"critical_diameter.png", "risk.png"}
    assert any("speeds beyond those of any shot" in flag for flag in result.method["flags"])


def test_tables_read_back(scenario: Path, tmp_path: Path) -> None:
    result = run(load_scenario(scenario)).write(tmp_path / "out")
    assert result.tables["surfaces"]["part"].tolist() == ["front", "side", ""]
    check_tables_read_back(result, tmp_path / "out")


def test_the_same_seed_gives_the_same_bytes(scenario: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(load_scenario(scenario)).write(tmp_path / name)
    for file in ("monte_carlo.csv", "summary.json", "plots/risk.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_wrong_quadrature_is_reported() -> None:
    assert _agree([Check("A", "", "debris", 1.0, 1.004, 0.002)])
    assert not _agree([Check("A", "", "debris", 1.0, 1.05, 0.002)])


def test_the_space_walk_brackets_the_published_probability(tmp_path: Path) -> None:
    """0.94 in 2,700 h of two astronauts (abstract, Extravehicular Mobility Unit Penetration Probability ...): 7.4e-5
    for a suit in 6.5 h, between a particle of 0.1 mm and one of 2 mm."""
    result = run(load_scenario(SCENARIOS / "eva_suit.toml"))
    puncture, hole = result.headline["modules"]
    published = -np.log(0.94) / (2 * 2700.0) * 6.5
    assert published == pytest.approx(7.45e-5, rel=0.01)
    assert hole["high"] < published < puncture["low"]
    # Limits that are the same at every speed have no curve to show.
    result.write(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out" / "plots").iterdir()} == {"risk.png"}
    # Without a published limit there is no answer, and NASA's stands first.
    assert result.headline["published"][0]["expected"] == pytest.approx(published, rel=1e-3)
    shown = " ".join(line.strip() for line in result.terminal_lines())
    assert shown.startswith(
        "The published probability of a penetration is 1 in 13,000 (NASA, one suit for 6.5 hours"
    )
    assert (
        "This study gives no probability of its own, for want of a printed source for the ballistic limit"
        in shown
    )
    assert "penetrates" not in shown
    assert shown.index("1 in 13,000") < shown.index("1 in 150")
    assert all(len(line) <= 80 for line in result.terminal_lines())


def test_a_limit_with_its_source_gives_an_answer(scenario: Path) -> None:
    """The same critical diameter, without and with the key `source`."""
    own = 'equation = "critical-diameter"\ndiameter_cm = 0.3\n'
    limit = SCENARIO.replace(
        SCENARIO[SCENARIO.index('equation = "whipple-nno"') : SCENARIO.index("[[surfaces]]")], own
    )
    scenario.write_text(limit, encoding="utf-8")
    result = run(load_scenario(scenario))
    assert result.headline["unverified"] == ["the ballistic limit of 'own'"]
    assert result.terminal_lines()[0].startswith("This study gives no probability of its own")
    scenario.write_text(limit.replace(own, own + 'source = "a table"\n'), encoding="utf-8")
    sourced = run(load_scenario(scenario))
    assert sourced.headline["expected"] == result.headline["expected"]
    assert sourced.headline["unverified"] == []
    shown = " ".join(" ".join(sourced.terminal_lines()).split())
    assert shown.startswith(
        "Within 100 days, a piece of debris or a meteoroid penetrates the part below with a probability of 1 in "
    )


def test_the_year_of_the_shields_leaves_zvezda_out_by_name() -> None:
    result = run(load_scenario(SCENARIOS / "iss_shields_year.toml"))
    assert not any("Zvezda" in module["module"] for module in result.headline["modules"])
    shown = " ".join(" ".join(result.terminal_lines()).split())
    assert "Left out: Zvezda" in shown
    assert 0.005 < result.headline["expected"]["nominal"] < 0.03
    assert all(len(line) <= 80 for line in result.terminal_lines())


@pytest.mark.parametrize("page", ["shields.md", "small_debris.md"])
def test_the_python_of_the_pages_runs(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(program, page, "exec"), {})
    assert capsys.readouterr().out.count("\n") >= 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("wall_cm = 0.2", "wall_cm = -0.2", "shields[1].wall_cm: expected greater than 0, got -0.2"),
        ("wall_cm = 0.2\n", "", "shields[1]: wall_cm: is missing, whipple-nno needs it"),
        ("wall_cm = 0.2", "wall_cm = 0.2\nenergy_j = 3.0", "energy_j: whipple-nno does not take it"),
        ("wall_cm = 0.2", "wall_cm = 0.2\ninsulation_standoff_cm = 12.0", "insulation_standoff_cm: expected at most"),
        ('shield = "us-lab-cylinder"', 'shield = "us-lab"', "shield: expected one of own, us-lab-cylinder"),
        ('name = "own"', 'name = "node-2-3"', "name: 'node-2-3' is that of a shield of the ISS"),
        ("diameter_m = 4.0", "length_m = 4.0", "shape: a plate needs diameter_m, got length_m"),
        ('direction = "ram"\n', "", "direction: is missing, a plate has one"),
        ("direction = [0.0, 0.0, 2.0]", "direction = [0.0, 0.0, 0.0]", "direction: expected three components, not all"),
        ("duration_days = 100.0", "duration_days = 1e6", "duration_days: expected at most 20000 days"),
        ("area_m2 = 10.0", "area_m2 = 10.0\nexposed_fraction = 2.0", "exposed_fraction: expected less than or equal"),
    ],
)  # fmt: skip
def test_faults(
    old: str, new: str, message: str, scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in SCENARIO
    scenario.write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert main(["run", str(scenario), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
