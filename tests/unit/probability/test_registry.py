"""A method from outside the package: an installed package registers it for every process by an entry point."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.cdm_samples import kvn
from support.paths import ROOT
from support.small import SMALL_TOML

import debrissim.probability

PLUGIN = """
from debrissim.probability import register_method
from debrissim.probability.algorithms.foster import foster


@register_method("half", summary="half of Foster's", source="this test, 2026", sana_name="HALF-2026")
def half(plane, hard_body_radius_km):
    return 0.5 * foster(plane, hard_body_radius_km)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "halves.py").write_text(PLUGIN, encoding="utf-8")
    package = tmp_path / "halves-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: halves\nVersion: 1.0\n", encoding="utf-8")
    (package / "entry_points.txt").write_text("[debrissim.methods]\nhalves = halves\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_command_knows_the_method_of_an_installed_package(tmp_path: Path, environment: dict[str, str]):
    message = tmp_path / "one.cdm"
    message.write_text(kvn(), encoding="utf-8")
    arguments = f"-m debrissim pc {message} -m half -m foster --hbr 20 --json"
    shown = python(environment, *arguments.split())
    half, foster = json.loads(shown)[0]["methods"]
    assert (half["method"], foster["method"]) == ("half", "foster")
    assert half["collision_probability"] == 0.5 * foster["collision_probability"] > 0.0


def test_a_scenario_runs_with_the_method_of_an_installed_package(tmp_path: Path, environment: dict[str, str]):
    path = tmp_path / "week.toml"
    path.write_text(SMALL_TOML + '\n[probability]\nmethod = "half"\n', encoding="utf-8")
    python(environment, "-m", "debrissim", "run", str(path), "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "conjunctions.csv").open(encoding="utf-8", newline="") as file:
        assert {row["collision_probability_method"] for row in csv.DictReader(file)} == {"half"}


def test_a_package_whose_methods_fail_to_load_is_named(tmp_path: Path, environment: dict[str, str]):
    (tmp_path / "halves.py").write_text("import no_such_module", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "debrissim", "new"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "debrissim: entry point debrissim.methods, halves = halves: No module named 'no_such_module'\n"
    )


def test_the_registry_is_a_public_name():
    assert debrissim.probability.methods["alfano-2005"].source.startswith("Alfano (2005), A Numerical")
