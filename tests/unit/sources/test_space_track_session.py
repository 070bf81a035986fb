"""Downloads from an imitation of Space-Track: logins, cookies, limits, every failure, and no credentials anywhere."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.space_track_server import IDENTITY, PASSWORD, Imitation, serving

from debrissim.core.errors import DebrissimError, InputError
from debrissim.sources.cache import Cache
from debrissim.sources.credentials import Credentials
from debrissim.sources.download import Download, DownloadError, download
from debrissim.sources.request_log import RequestLog
from debrissim.sources.space_track import query
from debrissim.sources.space_track_session import SpaceTrackTransport

# Made once: that takes half a second, and nothing is encrypted on loopback.
NO_TLS = ssl.create_default_context()

Fetch = Callable[..., Download]


def element_set(number: int, name: str = "ISS (ZARYA)") -> dict[str, str]:
    return {
        "OBJECT_NAME": name,
        "NORAD_CAT_ID": str(number),
        "EPOCH": "2026-11-28T12:00:00.000000",
        "MEAN_MOTION": "15.50000000",
        "ECCENTRICITY": "0.00040000",
        "INCLINATION": "51.6400",
        "BSTAR": "0.00010000",
    }


RECORDS: dict[str, list[dict[str, Any]]] = {
    "gp": [element_set(25544), element_set(48274, "CSS (TIANHE)")],
    "gp_history": [element_set(25544)] * 3,
    "cdm_public": [],
    "boxscore": [{"COUNTRY": IDENTITY}],
}


@pytest.fixture
def server() -> Iterator[Imitation]:
    with serving(Imitation(records=dict(RECORDS))) as imitation:
        yield imitation


def transport_to(server: Imitation, folder: Path, password: str = PASSWORD) -> SpaceTrackTransport:
    """As a process has it: its own session, and the record of requests that all share."""
    return SpaceTrackTransport(
        folder / "spacetrack",
        server.url.rstrip("/"),
        credentials=lambda: Credentials(IDENTITY, password, "environment"),
        log=RequestLog(folder / "spacetrack", now=server.clock.now, sleep=server.clock.sleep),
        timeout_s=0.15,
        verify=NO_TLS,
    )


@pytest.fixture
def fetch(server: Imitation, tmp_path: Path) -> Fetch:
    def fetched(name: str = "gp", transport: SpaceTrackTransport | None = None, **options: Any) -> Download:
        return download(
            query(name, server.url.rstrip("/")),
            Cache(tmp_path),
            transport or transport_to(server, tmp_path, **options),
            clock=lambda: datetime.fromtimestamp(server.clock.now(), UTC),
        )

    return fetched


def requests_of(server: Imitation) -> list[str]:
    """ "POST login", "GET gp" and so on."""
    return [
        f"{method} {path.partition('/ajaxauth/')[2] or ('modeldef ' * ('modeldef' in path)) + path.split('/')[5 - 1]}"
        for method, path, _ in server.requests
    ]


def test_a_query_logs_in_and_out(server: Imitation, fetch: Fetch) -> None:
    found = fetch("gp=25544,48274")
    assert (found.records, found.answer) == (2, "downloaded from Space-Track")
    assert requests_of(server) == ["POST login", "GET modeldef gp", "GET gp", "GET logout"]
    assert server.paths("query")[0].endswith(
        "/gp/norad_cat_id/25544,48274/decay_date/null-val/epoch/>now-10/orderby/norad_cat_id asc/format/json"
    )
    assert server.sessions == set()


def test_queries_share_one_login(server: Imitation, fetch: Fetch, tmp_path: Path) -> None:
    with transport_to(server, tmp_path) as transport:
        for name in ("gp", "cdm_public", "boxscore", "history=25544:2024-01-01:2024-02-01"):
            fetch(name, transport)
    assert [r for r in requests_of(server) if "log" in r] == ["POST login", "GET logout"]


def test_an_ended_session_is_renewed_once(server: Imitation, fetch: Fetch) -> None:
    server.fault = "expired"
    assert fetch().records == 2
    assert requests_of(server)[2:] == ["GET gp", "POST login", "GET gp", "GET logout"]


def test_the_conditions_of_a_class_are_asked_for_once(server: Imitation, fetch: Fetch) -> None:
    fetch()
    server.clock.time += 3601.0
    fetch()
    assert len(server.paths("modeldef")) == 1


def test_current_element_sets_are_asked_for_once_per_hour_in_all(server: Imitation, fetch: Fetch) -> None:
    fetch("gp=25544")
    assert fetch("gp=25544").answer == "from the cache"
    with pytest.raises(
        DownloadError,
        match=r"gp was asked for less than 1 h ago, and can be again from 2027-01-15 09:00 UTC on",
    ):
        fetch("gp=48274")
    assert len(server.paths("query")) == 1
    server.clock.time += 3601.0
    assert fetch("gp=48274").records == 2
    assert len(server.paths("query")) == 2


def test_history_is_downloaded_once_for_ever(server: Imitation, fetch: Fetch) -> None:
    fetch("history=25544:2024-01-01:2024-02-01")
    server.clock.time += 20 * 365.25 * 86_400.0
    found = fetch("history=25544:2024-01-01:2024-02-01")
    assert (found.answer, found.notes) == ("from the cache", ())
    assert len(server.paths("query")) == 1


def test_a_history_that_failed_is_asked_for_again(server: Imitation, fetch: Fetch) -> None:
    server.fault = "cut json"
    with pytest.raises(DownloadError):
        fetch("history=25544:2024-01-01:2024-02-01")
    server.fault = ""
    server.clock.time += 3601.0
    assert fetch("history=25544:2024-01-01:2024-02-01").records == 3


def test_no_messages_is_an_answer_and_no_element_set_is_none(server: Imitation, fetch: Fetch) -> None:
    assert fetch("cdm_public").records == 0
    server.records["gp"] = []
    with pytest.raises(
        InputError,
        match=r"^spacetrack:gp=99999: Space-Track has no such data: no element set of the last 10 days",
    ):
        fetch("gp=99999")


def test_data_are_kept_as_they_came(fetch: Fetch) -> None:
    assert IDENTITY in fetch("boxscore").path.read_text()


FAULTS = {
    "error 200": "Space-Track sent an error: 'Query range out of bounds'",
    "violation 200": "Space-Track was asked too often (429 Too Many Requests, saying",
    "violation 500": "Space-Track was asked too often (429 Too Many Requests, saying",
    "500 echo": "Space-Track answered 500 Internal Server Error, saying '<p>[removed] [removed] \\\\x1b[31m</p>",
    "429": "Space-Track was asked too often (429 Too Many Requests, saying 'slow down')",
    "403": "Space-Track refuses access (403 Forbidden, saying 'Your account is suspended')",
    "html": "Space-Track sent an HTML page instead of element sets as JSON",
    "redirect": "Space-Track: the request was redirected to another host, portal.invalid",
    "cut length": "Space-Track: the connection broke off (",
    "cut chunks": "Space-Track: the connection broke off (",
    "cut json": "Space-Track sent JSON that is damaged or a part of it",
    "empty": "Space-Track sent an empty answer",
    "no answer": "Space-Track: no answer in time",
    "modeldef": "Space-Track sent an error: 'Invalid class'",
}
LOGIN_FAULTS = {
    "500 echo": "Space-Track answered 500 Internal Server Error, saying",
    "html": "Space-Track: the answer is not one that the client expects",
    "redirect": "the request to Space-Track was redirected to another host, 'portal.invalid' (302)",
    "no answer": "Space-Track: no answer in time",
}


WRONG = "a wrong word"


def assert_no_secret(text: str) -> None:
    for secret in (IDENTITY, PASSWORD, "someone%40", "p%26ss", WRONG, WRONG.replace(" ", "+")):
        assert secret not in text


def check_failure(error: DebrissimError, folder: Path, captured: Any, expected: str) -> None:
    """One sentence, and no credentials in it, in its traceback, in what was printed and in what was written."""
    assert expected in str(error)
    assert "\n" not in str(error)
    assert_no_secret("".join(traceback.format_exception(error)))
    assert_no_secret(captured.out + captured.err)
    for path in folder.rglob("*"):
        if path.is_file():
            assert_no_secret(path.read_text())
            assert "chocolatechip" not in path.read_text()


@pytest.mark.parametrize(("fault", "expected"), FAULTS.items())
def test_a_failure_is_one_sentence_and_the_copy_stays(
    fault: str, expected: str, server: Imitation, fetch: Fetch, tmp_path: Path, capfd: Any
) -> None:
    name = "gp=25544,48274"
    server.fault = fault
    with pytest.raises(DownloadError) as caught:
        fetch(name)
    check_failure(caught.value, tmp_path, capfd.readouterr(), expected)
    assert len(server.paths("query")) <= 1

    server.fault, server.clock.time = "", server.clock.time + 7201.0
    good = fetch(name)
    for path in (tmp_path / "spacetrack").glob("predicates*.json"):
        path.unlink()
    server.fault, server.clock.time = fault, server.clock.time + 7201.0
    stale = fetch(name)
    assert stale.sha256 == good.sha256
    assert expected in stale.notes[0]


@pytest.mark.parametrize(("fault", "expected"), LOGIN_FAULTS.items())
def test_a_login_that_fails_is_one_sentence(
    fault: str, expected: str, server: Imitation, fetch: Fetch, tmp_path: Path, capfd: Any
) -> None:
    server.login_fault = fault
    with pytest.raises(DownloadError) as caught:
        fetch()
    check_failure(caught.value, tmp_path, capfd.readouterr(), expected)
    assert requests_of(server) == ["POST login"]


def test_a_wrong_password_is_said_and_may_be_corrected_at_once(
    server: Imitation, fetch: Fetch, tmp_path: Path, capfd: Any
) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch(password=WRONG)
    expected = "Space-Track: the user and password of the environment are refused"
    check_failure(caught.value, tmp_path, capfd.readouterr(), expected)
    assert requests_of(server) == ["POST login"]
    assert fetch().records == 2


def test_a_violation_ends_the_asking_for_an_hour(server: Imitation, fetch: Fetch) -> None:
    server.fault = "violation 500"
    with pytest.raises(DownloadError):
        fetch("cdm_public")
    before, server.fault = len(server.requests), ""
    server.clock.time += 3500.0
    with pytest.raises(DownloadError, match="Space-Track is not asked before"):
        fetch("boxscore")
    assert len(server.requests) == before
    server.clock.time += 200.0
    assert fetch("boxscore").records == 1


def test_the_imitation_suspends_who_exceeds_its_limits(server: Imitation) -> None:
    assert all(server.count("GET", "/") for _ in range(29))
    assert [server.count("GET", "/") for _ in range(3)] == [False] * 3
    assert server.suspended


def test_a_loop_of_processes_never_exceeds_the_limits(server: Imitation, fetch: Fetch) -> None:
    """Processes that ask for something else each, one after another: four requests each, 20 per minute."""
    for number in range(1, 13):
        fetch(f"history={number}:2024-01-01:2024-02-01")
    assert (server.violations, server.suspended) == (0, False)
    times = [t for _, _, t in server.requests]
    assert max(sum(t - 60.0 < u <= t for u in times) for t in times) == 20
    assert len(server.clock.slept) == 1


def test_the_package_may_be_missing(server: Imitation, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "spacetrack", None)
    with pytest.raises(
        InputError, match=r"requires the package spacetrack, .*: pip install 'debrissim\[spacetrack\]'"
    ):
        fetch()
    assert server.requests == []


def test_credentials_are_not_asked_for_offline(server: Imitation, tmp_path: Path) -> None:
    def none() -> Credentials:
        raise AssertionError("asked for credentials")

    transport = SpaceTrackTransport(tmp_path, server.url, credentials=none)
    with pytest.raises(DownloadError, match="offline"):
        download(query("gp", server.url), Cache(tmp_path), transport, offline=True)
    assert server.requests == []
