"""Fixtures of the tests of sources: a clock, a service on the loopback interface, a cache."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from support.source_servers import Clock, Service, answer, gp_csv
from werkzeug.serving import WSGIRequestHandler

from debrissim.sources import Cache, fetch
from debrissim.sources.celestrak import VARIABLE


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(httpserver: HTTPServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service in place of CelesTrak; it sends three element sets until it is set to send something else."""
    imitated = Service(httpserver, clock)
    imitated.answers(answer(gp_csv()))
    # The server's own Date header comes in every answer.
    monkeypatch.setattr(WSGIRequestHandler, "date_time_string", lambda *_: imitated.date)
    monkeypatch.setenv(VARIABLE, imitated.url)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    return imitated


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def get(cache: Cache, clock: Clock, service: Service):
    """`fetch` of a source with the cache, the clock and the service of the test."""
    assert service.requests == []
    return partial(fetch, cache=cache, clock=clock)
