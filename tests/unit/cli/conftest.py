"""Fixtures of the tests of `debrissim now`: a service on the loopback interface, and runs that are only planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from support.now_sky import SATCAT, active
from support.source_servers import Clock, Service, answer, gp_csv

from debrissim.cli import now as command


@pytest.fixture
def service(httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    imitated = Service(httpserver, Clock())
    imitated.answers(answer(active()))
    epoch = (datetime.now(UTC) - timedelta(hours=6.0)).strftime("%Y-%m-%dT%H:%M:%S.000000")
    for k, name in enumerate(command.DEBRIS_SOURCES):
        rows = gp_csv(3, first=30001 + 100 * k).replace("2026-11-28T06:00:00.000000", epoch)
        imitated.groups[name.removeprefix("celestrak:")] = answer(rows)
    imitated.paths["/pub/satcat.csv"] = answer(SATCAT)
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
