"""Two finished runs: the collision of 2009 as its element sets predict it, and an hour among synthetic objects."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.paths import SCENARIOS
from support.small import small

from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import load_scenario


@pytest.fixture(scope="session")
def collision(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Iridium 33 and Cosmos 2251: one encounter, 0.698 km at 2009-02-10T16:55:59.796Z."""
    scenario = load_scenario(SCENARIOS / "iridium_cosmos_2009.toml")
    quiet = scenario.model_copy(update={"output": scenario.output.model_copy(update={"plots": False})})
    folder = tmp_path_factory.mktemp("export") / "collision"
    run(quiet).write(folder)
    return folder


@pytest.fixture(scope="session")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small scenario: synthetic objects, several encounters."""
    folder = tmp_path_factory.mktemp("export") / "hour"
    run(small()).write(folder)
    return folder


@pytest.fixture(scope="session")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small scenario with a volume so small that nothing comes near."""
    folder = tmp_path_factory.mktemp("export") / "nothing"
    run(small(screening={"volumes": [{"name": "tiny", "sphere_km": 0.001}]})).write(folder)
    return folder
