"""Wheel and sdist: their content, and a run from the unpacked wheel with nothing of the clone in reach."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.paths import ROOT, SCENARIOS, SITE_FOLDERS, is_written_by_the_site
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
    """The files of folders of the clone, without those of Python, of npm and of a site that was built there."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if not {"__pycache__", "node_modules"} & set(path.parts) and not is_written_by_the_site(path)
    }


def test_the_wheel_has_the_whole_package_and_the_scenarios(built: dict[str, Path]) -> None:
    scenarios = {f"debrissim/scenario/data/{path.name}" for path in SCENARIOS.glob("*.toml")}
    content = {name for name in names(built[".whl"]) if ".dist-info/" not in name}
    assert content == tracked("debrissim") | scenarios


def test_the_sdist_has_what_the_tests_need_and_no_results(built: dict[str, Path]) -> None:
    content = names(built[".gz"])
    assert tracked("debrissim", "scenarios", "examples", "docs", "tests", ".ci", "benchmarks") <= content
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "noxfile.py", ".ci/run"} <= content
    others = ("results/", ".venv", ".git/", *(f"{folder}/" for folder in SITE_FOLDERS))
    assert not [name for name in content if name.startswith(others) or "node_modules" in name]


def test_the_recipe_and_the_bundle_find_the_root() -> None:
    """Both are written relative to their own folders."""
    folder = ROOT / ".ci" / "packaging"
    (source,) = re.findall(
        r"^  path: (\S+)$", (folder / "conda" / "recipe.yaml").read_text("utf-8"), re.MULTILINE
    )
    assert (folder / "conda" / source / "pyproject.toml").is_file()
    (target,) = re.findall(
        r'^const target = "(.+)";$', (folder / "plotly" / "build.mjs").read_text("utf-8"), re.MULTILINE
    )
    assert (folder / "plotly" / target / "plotly.min.js.gz").is_file()


def test_the_top_of_the_tree_has_the_given_folders_alone() -> None:
    """Of those that a clone and an sdist hold; hidden folders are those of tools."""
    given = {"debrissim", "scenarios", "benchmarks", "tests", "docs", "examples"}
    left_behind = {"results", "build", "dist", "htmlcov", "shared"}
    found = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert {name for name in found - left_behind if not name.endswith(".egg-info")} == given


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
