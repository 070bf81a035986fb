"""Wheel and sdist: their content, and a run from the unpacked wheel with nothing of the clone in reach."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.paths import ROOT, SCENARIOS
from support.small import SMALL_TOML

pytest.importorskip("hatchling")

BUILD = """
import sys
from hatchling import build

build.build_wheel(sys.argv[1])
build.build_sdist(sys.argv[1])
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and sdist by their endings, made by the build backend alone."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    return {path.suffix: path for path in folder.iterdir()}


def names(archive: Path) -> set[str]:
    """The files of an archive, without the folder of an sdist."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return set(wheel.namelist())
    with tarfile.open(archive) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


def tracked(*folders: str) -> set[str]:
    """The files of folders of the clone, without what Python leaves there."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_has_the_whole_package_and_the_scenarios(built: dict[str, Path]) -> None:
    scenarios = {f"debrissim/scenario/data/{path.name}" for path in SCENARIOS.glob("*.toml")}
    content = {name for name in names(built[".whl"]) if ".dist-info/" not in name}
    assert content == tracked("debrissim") | scenarios


def test_the_sdist_has_what_the_tests_need_and_no_results(built: dict[str, Path]) -> None:
    content = names(built[".gz"])
    assert (
        tracked("debrissim", "scenarios", "examples", "docs", "tests", "packaging", "benchmarks") <= content
    )
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "noxfile.py", ".ci/run"} <= content
    assert not [name for name in content if name.startswith(("results/", ".venv", ".git/", "node_modules/"))]


def test_the_unpacked_wheel_runs_outside_the_clone(built: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(built[".whl"]) as wheel:
        wheel.extractall(tmp_path / "installed")
    (tmp_path / "small.toml").write_text(
        SMALL_TOML.replace("report = false", "report = true"), encoding="utf-8"
    )
    program = "from debrissim.cli.main import entry; entry()"
    # In the encoding that old Windows consoles have, to which no text of a file may fall back.
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "installed"),
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
    }
    for arguments in (["new", "--example", "iss_week"], ["run", "small.toml"]):
        command = [sys.executable, "-X", "warn_default_encoding", "-P"]
        done = subprocess.run(
            [*command, "-c", program, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        # lazy_loader opens our stubs without one, and gets by as these are ASCII.
        warned = [line for line in done.stderr.splitlines() if "EncodingWarning" in line]
        assert not [line for line in warned if str(tmp_path) in line]
    assert (tmp_path / "iss_week.toml").read_bytes() == (SCENARIOS / "iss_week.toml").read_bytes()
    assert (tmp_path / "results" / "small" / "report.html").is_file()


def test_stubs_are_ascii() -> None:
    """Lazy_loader reads them in the encoding of the system."""
    for path in (ROOT / "debrissim").rglob("*.pyi"):
        assert path.read_bytes().isascii(), path
