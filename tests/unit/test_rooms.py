"""The rooms: what lies where, the length of files, and public names, each of which loads late and is in its table."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest
from support.paths import ROOT

from debrissim import studies
from debrissim.studies.breakup.study import BreakupScenario
from debrissim.studies.flux import FluxScenario
from debrissim.studies.penetration.study import PenetrationScenario
from debrissim.studies.risk_map import RiskMapScenario
from debrissim.studies.station_years.scenario import StationYearsScenario

PACKAGE = ROOT / "debrissim"
# A package of kernels loads late, too, but its modules are no public names.
ROOMS = sorted(
    ".".join(path.parent.relative_to(ROOT).parts)
    for path in PACKAGE.rglob("*/__init__.pyi")
    if path.parent.name != "kernels"
)
NAMES = [(room, name) for room in ROOMS for name in import_module(room).__all__]
MODULES = [(room, name) for room, name in NAMES if (ROOT / room.replace(".", "/") / f"{name}.py").is_file()]
# One published algorithm each, in its published order.
LONG_FILES = {"propagation/kernels/sgp4.py", "screening/kernels/cells.py"}
MAX_LINES = 350


def test_the_top_level_has_rooms_and_nothing_else() -> None:
    files = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert files == {"__init__.py", "__init__.pyi", "__main__.py", "py.typed"}
    for folder in PACKAGE.iterdir():
        assert folder.is_file() or folder.name == "__pycache__" or (folder / "__init__.py").is_file()


def test_no_file_is_long_but_two_kernels() -> None:
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    lines = {name: path.read_text(encoding="utf-8").count("\n") for name, path in files.items()}
    assert {name for name, count in lines.items() if count > MAX_LINES} == LONG_FILES


@pytest.mark.parametrize(("room", "name"), NAMES)
def test_each_name_loads_and_is_in_the_table_of_its_room(room: str, name: str) -> None:
    value = getattr(import_module(room), name)
    is_room = f"{room}.{name}" in ROOMS
    assert isinstance(value, ModuleType) == is_room
    assert re.search(rf"^\|.*\b{name}\b", str(import_module(room).__doc__), re.MULTILINE)


def test_a_public_name_hides_its_module_of_the_same_name() -> None:
    """Even where the module was imported before; each is imported anew, the libraries below it once."""
    code = (
        "import sys\nfrom importlib import import_module\n"
        f"for room, name in {MODULES}:\n"
        "    for module in [module for module in sys.modules if module.startswith('debrissim')]:\n"
        "        del sys.modules[module]\n"
        "    import_module(f'{room}.{name}')\n"
        "    assert callable(getattr(import_module(room), name)), (room, name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_scenario_models_have_short_names() -> None:
    models = (BreakupScenario, FluxScenario, PenetrationScenario, RiskMapScenario, StationYearsScenario)
    short = (studies.BreakupStudy, studies.Flux, studies.Penetration, studies.RiskMap, studies.StationYears)
    assert short == models


def test_importing_the_rooms_loads_nothing_heavy() -> None:
    heavy = {"numpy", "numba", "matplotlib", "pydantic"}
    code = f"import sys, {', '.join(ROOMS)}; loaded = {heavy} & set(sys.modules); assert not loaded, loaded"
    subprocess.run([sys.executable, "-c", code], check=True)
