"""`debrissim now` with sources of Space-Track: one login, and credentials in no file, output or traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.now_sky import element_sets
from support.paths import ROOT
from support.space_track_server import IDENTITY, PASSWORD, Imitation, serving

from debrissim.cli.main import main


@pytest.fixture
def space_track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Imitation]:
    with serving(Imitation(records={"gp": element_sets()})) as imitation:
        monkeypatch.setenv("DEBRISSIM_SPACETRACK", imitation.url)
        # Nothing listens there: the satellite catalogue is missing.
        monkeypatch.setenv("DEBRISSIM_CELESTRAK", "http://127.0.0.1:9")
        monkeypatch.setenv("DEBRISSIM_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("SPACETRACK_IDENTITY", IDENTITY)
        monkeypatch.setenv("SPACETRACK_PASSWORD", PASSWORD)
        monkeypatch.chdir(tmp_path)
        yield imitation


def assert_nowhere(folder: Path, captured: Any, secrets: tuple[str, ...]) -> None:
    texts = [captured.out, captured.err]
    texts += [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    for secret in secrets:
        for shape in (
            secret,
            secret.replace("@", "%40").replace(" ", "+"),
            secret.encode().decode("latin-1"),
        ):
            assert not any(shape in text for text in texts)


def test_credentials_are_in_no_file_of_a_run(
    space_track: Imitation, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["now", "--source", "spacetrack:gp", "--days", "0.1"]) == 0
    captured = capfd.readouterr()
    assert "spacetrack:gp: 45 element sets, 0 min old, downloaded from Space-Track" in captured.out
    assert list(tmp_path.rglob("run.json"))
    assert_nowhere(tmp_path, captured, (IDENTITY, PASSWORD, "chocolatechip"))
    assert len(space_track.paths("login")) == 1


def test_several_sources_share_one_login(space_track: Imitation, planned: list[Any]) -> None:
    space_track.records["gp_history"] = element_sets()
    history = "spacetrack:history=25544:2024-01-01:2024-02-01"
    assert main(["now", "--source", "spacetrack:gp", "--source", history, "--quiet"]) == 0
    assert [source.source for source in planned[0].catalog.sources] == ["spacetrack:gp", history]
    assert space_track.paths("ajaxauth") == ["/ajaxauth/login", "/ajaxauth/logout"]


@pytest.mark.parametrize("fault", ["login 500 echo", "500 echo", "wrong password", "403", "cut json"])
def test_credentials_are_in_no_traceback(
    fault: str, space_track: Imitation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "a wrong word"
    if fault == "wrong password":
        monkeypatch.setenv("SPACETRACK_PASSWORD", wrong)
    elif fault.startswith("login "):
        space_track.login_fault = fault.removeprefix("login ")
    else:
        space_track.fault = fault
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    words = [sys.executable, "-m", "debrissim", "--debug", "fetch", "spacetrack:gp"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "DownloadError: spacetrack:gp: Space-Track" in done.stderr
    assert_nowhere(tmp_path, SimpleNamespace(out=done.stdout, err=done.stderr), (IDENTITY, PASSWORD, wrong))
