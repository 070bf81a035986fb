"""The public names of the rooms: each one loads, and is the object and not a module of the same name."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from debrissim import studies
from debrissim.studies.breakup.study import BreakupScenario
from debrissim.studies.flux import FluxScenario
from debrissim.studies.penetration.study import PenetrationScenario
from debrissim.studies.risk_map import RiskMapScenario
from debrissim.studies.station_years.scenario import StationYearsScenario

ROOMS = ("catalog", "conjunctions", "report", "results", "studies", "verification")
NAMES = [(room, name) for room in ROOMS for name in import_module(f"debrissim.{room}").__all__]


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_each_name_loads(room: str, name: str) -> None:
    assert not isinstance(getattr(import_module(f"debrissim.{room}"), name), ModuleType)


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_each_name_is_in_the_table_of_its_room(room: str, name: str) -> None:
    assert f"`{name}`" in str(import_module(f"debrissim.{room}").__doc__)


@pytest.mark.parametrize(("room", "name"), [("conjunctions", "run"), ("verification", "verify")])
def test_a_function_hides_its_module_of_the_same_name(room: str, name: str) -> None:
    code = f"import debrissim.{room}.{name}; from debrissim.{room} import {name}; assert callable({name})"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_scenario_models_have_short_names() -> None:
    models = (BreakupScenario, FluxScenario, PenetrationScenario, RiskMapScenario, StationYearsScenario)
    short = (studies.BreakupStudy, studies.Flux, studies.Penetration, studies.RiskMap, studies.StationYears)
    assert short == models


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_loads_nothing_heavy(room: str) -> None:
    code = f"import sys, debrissim.{room}; assert not {{'numpy', 'numba', 'matplotlib'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
