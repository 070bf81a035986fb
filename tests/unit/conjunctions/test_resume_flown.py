"""Resuming a run whose objects fly ephemerides: the same encounters, and never with other files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.flown_scenarios import fleet_toml, history_toml, write_fleet, write_history
from support.scale import content

from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.scenario.conjunctions import load_scenario
from debrissim.screening.executors import Processes

WINDOWS = "window_hours = 0.1\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flown")
    write_fleet(made)
    write_history(made)
    for name, text in (("all", fleet_toml()), ("history", history_toml())):
        windows = text.replace("[screening]\n", "[screening]\n" + WINDOWS)
        (made / f"{name}.toml").write_text(windows, encoding="utf-8")
        run(load_scenario(made / f"{name}.toml")).write(made / f"out-{name}")
    return made


@pytest.mark.parametrize("name", ["all", "history"])
def test_a_run_resumed_half_way_gives_the_same_bytes(folder: Path, name: str, tmp_path: Path):
    scenario, work = load_scenario(folder / f"{name}.toml"), tmp_path / "work"
    run(scenario, work_folder=work)
    windows = sorted(work.glob("*.window"))
    assert len(windows) == 10
    for path in windows[::2]:
        path.unlink()
    windows[1].write_bytes(windows[1].read_bytes()[:-7])
    run(scenario, work_folder=work).write(tmp_path / "again")
    assert content(tmp_path / "again") == content(folder / f"out-{name}")


@pytest.mark.parametrize("name", ["all", "history"])
def test_processes_give_the_same_bytes(folder: Path, name: str, tmp_path: Path):
    run(load_scenario(folder / f"{name}.toml"), executor=Processes(2)).write(tmp_path / "out")
    assert content(tmp_path / "out") == content(folder / f"out-{name}")


def test_another_ephemeris_is_refused(folder: Path, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "copy")
    scenario, work = load_scenario(tmp_path / "copy" / "all.toml"), tmp_path / "work"
    run(scenario, work_folder=work)
    with (tmp_path / "copy" / "fleet" / "0.oem").open("a", encoding="utf-8") as stream:
        stream.write("COMMENT a later version\n")
    with pytest.raises(InputError, match="cannot be resumed, the set of ephemerides differs"):
        run(scenario, work_folder=work)
