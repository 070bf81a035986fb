"""`debrissim now` as a user runs it: with a network, without, and behind services that fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from support.paths import ROOT
from support.source_servers import GP_HEADER, Clock, Service, answer, gp_csv, stating
from support.space_track_server import IDENTITY, PASSWORD, Imitation, serving
from werkzeug import Response

from debrissim.cli import now as command
from debrissim.cli.main import main

NAMES = {
    25544: "ISS (ZARYA)",
    48274: "CSS (TIANHE)",
    20580: "HST",
    44713: "STARLINK-1007",
    44714: "STARLINK-1008",
}


def element_sets(age_hours: float = 6.0) -> list[dict[str, str]]:
    """Five named objects and forty others of low orbits, all of one age."""
    epoch = (datetime.now(UTC) - timedelta(hours=age_hours)).strftime("%Y-%m-%dT%H:%M:%S.000000")
    names = NAMES | {90001 + k: f"OBJECT {k}" for k in range(40)}
    values = [
        f"{name},2026-001A,{epoch},{15.4 + 0.003 * (k % 7)},.0005,{51.6 + k % 20},{(37 * k) % 360},"
        f"30.5,{(53 * k) % 360},0,U,{number},999,1,.1E-3,.1E-4,0"
        for k, (number, name) in enumerate(names.items())
    ]
    return [dict(zip(GP_HEADER.split(","), row.split(","), strict=True)) for row in values]


def active(age_hours: float = 6.0) -> str:
    return "\r\n".join([GP_HEADER, *(",".join(row.values()) for row in element_sets(age_hours))]) + "\r\n"


@pytest.fixture
def service(httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    imitated = Service(httpserver, Clock())
    imitated.answers(answer(active()))
    epoch = (datetime.now(UTC) - timedelta(hours=6.0)).strftime("%Y-%m-%dT%H:%M:%S.000000")
    for k, name in enumerate(command.DEBRIS_SOURCES):
        rows = gp_csv(3, first=30001 + 100 * k).replace("2026-11-28T06:00:00.000000", epoch)
        imitated.groups[name.removeprefix("celestrak:")] = answer(rows)
    monkeypatch.setenv("DEBRISSIM_CELESTRAK", imitated.url)
    monkeypatch.setenv("DEBRISSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return imitated


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The scenarios that would be run."""
    scenarios: list[Any] = []

    def run(scenario: Any, *_: Any, **__: Any) -> Any:
        scenarios.append(scenario)
        return SimpleNamespace(notes=(), summary={}, folder=None)

    monkeypatch.setattr(command, "_run", run)
    return scenarios


def test_the_answer_comes_first_and_the_rest_is_short(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["now", "--days", "0.1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ISS: ")
    assert "celestrak:active: 45 element sets, 0 min old, downloaded from CelesTrak" in lines
    assert any(
        line.startswith("the sources have satellites in use and the debris of 4 breakups:") for line in lines
    )
    assert len(lines) <= 28
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("now-iss-20")
    assert (folder / "report.html").is_file()
    assert len(service.requests) == 5

    assert main(["now", "hst", "--offline", "--days", "0.1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["provenance"]["primaries"][0]["name"] == "HST"
    assert shown["sources"][0]["answer"] == "from the cache, offline"
    assert [source["records"] for source in shown["sources"]] == [45, 3, 3, 3, 3]
    assert len(service.requests) == 5


def test_debris_that_cannot_be_had_is_named_and_left_out(
    service: Service, planned: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lost = command.DEBRIS_SOURCES[0]
    service.groups[lost.removeprefix("celestrak:")] = answer("No GP data found", 404)
    assert main(["now", "--json"]) == 0
    captured = capsys.readouterr()
    names = [source["source"] for source in json.loads(captured.out)["sources"]]
    assert names == ["celestrak:active", *command.DEBRIS_SOURCES[1:]]
    (line,) = captured.err.splitlines()
    assert line.startswith(f"debrissim: {lost}: ")
    assert len(planned[0].catalog.sources) == 4


def test_without_any_debris_the_answer_says_that_it_is_missing(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.groups = dict.fromkeys(service.groups, answer("<html>", 500))
    assert main(["now", "--days", "0.1"]) == 0
    captured = capsys.readouterr()
    assert "celestrak:active has satellites in use alone: debris and spent stages" in captured.out
    assert all(name in captured.err for name in command.DEBRIS_SOURCES)


def test_without_a_copy_a_station_meets_the_synthetic_population(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["now", "CSS", "--offline", "--days", "0.1"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("SYNTHETIC, not the sky of today. CSS: ")
    assert "none exists" in captured.out
    assert captured.err.startswith("debrissim: celestrak:active: offline; no copy is in the cache (")
    assert service.requests == []


BAD: dict[str, Response] = {
    "HTML": answer("<!DOCTYPE html><html><title>Hotel</title></html>"),
    "500": answer("<html><title>Oops</title></html>", 500),
    "429": answer("slow", 429, {"Retry-After": "3600"}),
    "403": answer("GP data has not updated since your last successful download of GROUP=active", 403),
    "redirect": answer("", 302, {"Location": "http://portal.invalid/"}),
    "JSON": answer('{"error": "no"}'),
    "length": stating(active(), 10**6),
    "cut": answer(active()[:-40]),
    "empty": answer(""),
}


@pytest.mark.parametrize("name", BAD)
def test_behind_a_failing_service_it_says_so_and_goes_on(
    name: str, service: Service, planned: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers(BAD[name])
    assert main(["now", "--quiet"]) == 0
    (scenario,) = planned
    assert scenario.catalog.sources[0].population == "bundled"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("debrissim: celestrak:active: ")
    assert "CelesTrak" in line


@pytest.mark.parametrize("name", BAD)
def test_behind_a_failing_service_the_copy_is_used(
    name: str, service: Service, planned: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "celestrak:active"]) == 0
    record = next(path for path in Path("cache/celestrak").glob("active-*.json"))
    earlier = (datetime.now(UTC) - timedelta(hours=5.0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    content = json.loads(record.read_text())
    content["asked_utc"] = content["copy"]["fetched_utc"] = content["copy"]["current_utc"] = earlier
    content["copy"]["server_utc"] = None
    record.write_text(json.dumps(content))
    service.answers(BAD[name])
    capsys.readouterr()
    assert main(["now", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert planned[0].catalog.sources[0].population is None
    # A service that refuses the first request is not asked for the debris, either.
    assert not any(reason.startswith("celestrak:active") for reason in shown["missing"])
    assert 4.9 < shown["sources"][0]["age_hours"] < 5.1 or name == "403"
    assert sum(request.args["GROUP"].lower() == "active" for request in service.requests) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (
            ["starlink"],
            2,
            "'starlink' fits 2 objects of celestrak:active and the debris of 4 breakups: STARLINK-1007 44713, "
            "STARLINK-1008 44714;",
        ),
        (["nothing"], 2, "no object named 'nothing' among the 57 objects of celestrak:active and the debris"),
        (
            ["20580", "--offline"],
            1,
            "without it there is no orbit of '20580' (those of ISS and CSS are built in)",
        ),
        (
            ["--source", "celestrak:satcat"],
            2,
            "expected element sets, got celestrak:satcat, which has objects",
        ),
        (
            ["--source", "nowhere:active"],
            2,
            "source: expected one of celestrak, socrates, spacetrack, got 'nowhere'",
        ),
        (["--max-age", "0"], 2, "--max-age: expected a positive number of hours, got 0"),
        (
            ["--source", "spacetrack:gp"],
            2,
            "no credentials for Space-Track were found: set SPACETRACK_IDENTITY",
        ),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str],
    code: int,
    expected: str,
    service: Service,
    planned: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("SPACETRACK_IDENTITY", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    monkeypatch.setattr("keyring.get_credential", lambda *_: None)
    assert main(["now", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("debrissim: ")
    assert expected in line
    assert planned == []
    assert len(service.requests) <= 5


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked to show."""
    addresses: list[str] = []

    def show(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", show)
    return addresses


def test_a_report_is_opened_at_a_terminal_with_a_screen_alone(
    monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not command._has_browser()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    assert not command._has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert command._has_browser()
    assert opened == []


@pytest.fixture
def space_track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Imitation]:
    with serving(Imitation(records={"gp": element_sets()})) as imitation:
        monkeypatch.setenv("DEBRISSIM_SPACETRACK", imitation.url)
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
