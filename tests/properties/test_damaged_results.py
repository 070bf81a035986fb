"""Damaged results folders: opened, exported, verified and plotted, or refused in one sentence that names the folder."""

from __future__ import annotations

import json
import random
import shutil
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from support.cdm_samples import kvn
from support.mutations import mutate, mutate_json
from support.paths import ROOT
from support.small import SMALL_TOML

import debrissim
from debrissim.cli.main import main
from debrissim.core.errors import FigureError, InputError
from debrissim.results.export import FORMATS
from debrissim.studies import protocol

# The last three in seconds each, not milliseconds.
SAMPLES = {"open": 60, "export": 10, "breakup": 6, "report": 5, "verify": 5, "plot": 1}
SLOW_SAMPLES = {
    "open": 20_000,
    "export": 4_000,
    "breakup": 2_000,
    "report": 2_000,
    "verify": 2_000,
    "plot": 300,
}
_EVENTS = '[[events]]\nfile = "message.cdm"\nhard_body_radius_m = 20.0\n'
_BREAKUP = """
[[breakups]]
type = "explosion"
time = 2024-10-31T12:00:00Z
min_length_m = 0.3
[breakups.target]
name = "X"
mass_kg = 300.0
elements = { mean_motion_rev_day = 15.4, eccentricity = 0.001, inclination_deg = 60.0 }
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Good results folders of three kinds of run."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "message.cdm").write_text(kvn(), encoding="utf-8")
    (folder / "run.toml").write_text(SMALL_TOML + _EVENTS + _BREAKUP, encoding="utf-8")
    studies = {
        name: tomllib.loads((ROOT / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("iss_flux", "iss_shields_year")
    }
    made = {"run": debrissim.run(folder / "run.toml").write(folder / "run")}
    for name, content in studies.items():
        content["output"] = {"plots": False, "report": False}
        made[name] = debrissim.run(content).write(folder / name)
    return {name: result.folder for name, result in made.items() if result.folder is not None}


def _open(folder: Path) -> None:
    result = debrissim.open_results(folder)
    repr(result)
    for name in result.tables:
        repr(result.tables[name])


def _export(folder: Path) -> None:
    for name in ("json", "oem"):
        FORMATS[name].write(folder, folder.with_name(f"export_{name}"), force=True)


def _breakup(folder: Path) -> None:
    debrissim.run(
        {
            **tomllib.loads(SMALL_TOML.replace("25544", "7")),
            "span": {"start": datetime(2024, 11, 2), "duration_days": 0.01},
            "breakups": [{"results": str(folder), "row": 0, "min_length_m": 0.3}],
        }
    )


ACTIONS: Mapping[str, Callable[[Path], object]] = {
    "open": _open,
    "export": _export,
    "breakup": _breakup,
    "report": protocol.report,
    "verify": lambda folder: debrissim.verify(folder, sample=50),
    "plot": protocol.plot,
}


def damage(folder: Path, rng: random.Random) -> Path:
    """Change, remove or replace one file of a results folder; that file."""
    # The summary, which every action reads, is one of nine or more files.
    path = rng.choice([*sorted(folder.iterdir()), *[folder / "summary.json"] * 4])
    content, way = path.read_bytes(), rng.random()
    if way < 0.05:
        path.unlink()
        if way < 0.02:
            path.mkdir()
    else:
        path.write_bytes((mutate_json if path.suffix == ".json" else mutate)(content, rng))
    return path


def attempts(action: str, seeds: range, good: Mapping[str, Path], folder: Path) -> None:
    """Act on damaged folders of these seeds; a failure names its seed, and leaves the folder as it is."""
    for seed in seeds:
        rng = random.Random(seed)
        target = folder / "results"
        shutil.rmtree(target, ignore_errors=True)
        # A breakup, a verification and an export are of the conjunctions of a run.
        name = rng.choice(sorted(good)) if action in ("open", "report", "plot") else "run"
        shutil.copytree(good[name], target)
        changed = damage(target, rng)
        try:
            ACTIONS[action](target)
        except (InputError, FigureError) as error:
            sentence = str(error)
            named = str(target) in sentence or "breakups[1]" in sentence
            assert named, f"seed {seed}: {sentence}"
            assert sentence.isprintable(), f"seed {seed}: {sentence!r}"
            assert len(sentence.replace(str(target), "")) < 700, f"seed {seed}: {sentence}"
        except Exception as error:
            raise AssertionError(f"{action}, {name}, seed {seed}, {changed.name}: {error!r}") from error


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("action", SAMPLES)
def test_a_damaged_folder_is_read_or_refused_in_one_sentence(
    action: str, folders: Mapping[str, Path], tmp_path: Path
):
    attempts(action, range(SAMPLES[action]), folders, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("action", SLOW_SAMPLES)
def test_many_damaged_folders(action: str, folders: Mapping[str, Path], tmp_path: Path):
    attempts(action, range(SAMPLES[action], SLOW_SAMPLES[action]), folders, tmp_path)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("run", ("long_run_hits", 0, "rate_per_year")),
        ("iss_flux", ("answer", "flux_per_m2_year", 1, "debris", "nominal")),
        ("iss_shields_year", ("answer", "expected", "high")),
    ],
)
def test_an_expected_number_of_hits_below_zero_is_refused(
    name: str, path: tuple[str | int, ...], folders: Mapping[str, Path], tmp_path: Path
):
    folder = tmp_path / "results"
    shutil.copytree(folders[name], folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    place = summary
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = -1e6
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(InputError, match="hits: expected 0 or more, got -"):
        _open(folder)


def test_a_figure_that_fails_is_named_with_its_folder(folders: Mapping[str, Path], tmp_path: Path):
    """A repeated line of a table: a bin without width."""
    folder = tmp_path / "results"
    shutil.copytree(folders["iss_shields_year"], folder)
    lines = (folder / "speeds.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "speeds.csv").write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    with pytest.raises(FigureError, match=r"figure not plotted: .*do not ascend") as failure:
        protocol.plot(folder)
    assert str(failure.value).startswith(f"{folder}: ")
    assert failure.value.written


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("summary.json", "{"),
        ("summary.json", "[" * 5000),
        ("summary.json", "9" * 5000),
        ("summary.json", '{"kind": "flux"}'),
        ("summary.json", '{"kind": "conjunctions", "totals": 3, "provenance": []}'),
        ("conjunctions.csv", "a,b\n"),
        ("conjunctions.csv", "\x00\n"),
        ("tracks.csv", ""),
    ],
)
@pytest.mark.parametrize(
    "command", [["plot"], ["export", "--format", "json"], ["export", "--format", "oem"], ["verify"]]
)
def test_the_command_line_ends_with_2_and_one_line(
    command: list[str],
    file: str,
    content: str,
    folders: Mapping[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    if file == "tracks.csv" and command[0] != "plot":
        pytest.skip("only the figures need it")
    folder = tmp_path / "results"
    shutil.copytree(folders["run"], folder)
    (folder / file).write_text(content, encoding="utf-8")
    assert main([command[0], str(folder), *command[1:]]) == 2
    last = capsys.readouterr().err.rstrip("\n").split("\n")[-1]
    assert last.startswith("debrissim: ")
    assert str(folder) in last
