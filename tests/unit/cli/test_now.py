"""`debrissim now` as a user runs it: with a network, without, and behind services that fail."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.now_sky import active, made_older
from support.source_servers import Service, answer, stating
from werkzeug import Response

from debrissim.cli import now as command
from debrissim.cli.main import main


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
    assert "celestrak:satcat: 4 objects, 0 min old, downloaded from CelesTrak" in lines
    assert "radii: 1 by cross-section (celestrak:satcat), 54 defaults of their kinds" in lines
    assert len(lines) <= 28
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("now-iss-20")
    assert (folder / "report.html").is_file()
    assert len(service.requests) == 6

    assert main(["now", "hst", "--offline", "--days", "0.1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["provenance"]["primaries"][0]["name"] == "HST"
    assert shown["sources"][0]["answer"] == "from the cache, offline"
    assert [source["records"] for source in shown["sources"]] == [45, 3, 3, 3, 3]
    assert shown["satcat"]["answer"] == "from the cache, offline"
    assert shown["provenance"]["satcat"]["sha256"] == shown["satcat"]["sha256"]
    assert shown["provenance"]["satcat"]["radii"] == 2
    assert shown["provenance"]["satcat"]["decayed"] == 1
    assert len(service.requests) == 6


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
    assert "celestrak:active has only satellites in use: debris and spent stages" in captured.out
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
    made_older("active", timedelta(hours=5.0))
    service.answers(BAD[name])
    capsys.readouterr()
    assert main(["now", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert planned[0].catalog.sources[0].population is None
    # A service that refuses the first request is not asked for the debris, either.
    assert not any(reason.startswith("celestrak:active") for reason in shown["missing"])
    assert 4.9 < shown["sources"][0]["age_hours"] < 5.1 or name == "403"
    assert sum(request.args.get("GROUP", "").lower() == "active" for request in service.requests) == 2


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
