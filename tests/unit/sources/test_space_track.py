"""Names of Space-Track's data become queries within its rules."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from debrissim.core.errors import InputError
from debrissim.sources.names import SERVICES, parse_source
from debrissim.sources.space_track import MAX_NUMBERS, SpaceTrackQuery, base_url, query

TODAY = date(2026, 11, 29)
ADDRESS = "https://www.space-track.org/basicspacedata/query/class"


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("gp", "gp", "gp/decay_date/null-val/epoch/%3Enow-10/orderby/norad_cat_id%20asc/format/json"),
        (
            "gp=48274,25544,0025544",
            "gp=25544,48274",
            "gp/norad_cat_id/25544%2C48274/decay_date/null-val/epoch/%3Enow-10/orderby/norad_cat_id%20asc/format/json",
        ),
        (
            "history=25544:2024-01-01:2024-02-01",
            "history=25544:2024-01-01:2024-02-01",
            "gp_history/norad_cat_id/25544/epoch/2024-01-01--2024-02-01/orderby/epoch%20asc/format/json",
        ),
        ("cdm_public", "cdm_public", "cdm_public/tca/%3Enow-1/orderby/tca%20asc/format/json"),
        ("satcat", "satcat", "satcat/current/Y/orderby/norad_cat_id%20asc/format/json"),
        ("boxscore", "boxscore", "boxscore/format/json"),
    ],
)
def test_a_name_is_one_query(text: str, name: str, path: str) -> None:
    found = query(text, today=TODAY)
    assert found.name == f"spacetrack:{name}"
    assert found.url == f"{ADDRESS}/{path}"


def test_an_operators_messages_are_elsewhere() -> None:
    assert "/expandedspacedata/query/class/cdm/" in query("cdm", today=TODAY).url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "tle_latest",
            "source spacetrack: expected one of gp, history, cdm_public, cdm, satcat, boxscore, got",
        ),
        ("gp_history", "expected one of gp, history"),
        ("", "expected one of gp"),
        ("gp=", "expected catalogue numbers such as 25544,48274, got ''"),
        ("gp=25544,ISS", "expected catalogue numbers such as 25544,48274, got 'ISS'"),
        ("gp=1/../x", "expected catalogue numbers"),
        ("gp=0", "expected catalogue numbers"),
        (
            "gp=25544:2024-01-01:2024-01-02",
            "gp does not accept days; element sets of the past: spacetrack:history",
        ),
        (
            "gp=" + ",".join(["1"] * (MAX_NUMBERS + 1)),
            "501 catalogue numbers; expected at most 500, or spacetrack:gp",
        ),
        ("cdm_public=25544", "cdm_public is one list and takes no catalogue numbers"),
        ("history", "expected history=NUMBER:FROM:TO"),
        ("history=25544", "expected two days"),
        ("history=25544:2024-01-01", "expected two days"),
        (
            "history=25544:2024-01-01:2024-13-01",
            "expected days such as 2024-01-31, got '2024-01-01:2024-13-01'",
        ),
        (
            "history=25544:2024-02-01:2024-01-01",
            "expected a first day from 1957-10-04 on and a later last day",
        ),
        ("history=25544:1900-02-01:2024-01-01", "expected a first day from 1957-10-04"),
    ],
)
def test_what_is_no_query_is_said_in_one_sentence(text: str, expected: str) -> None:
    with pytest.raises(InputError) as error:
        query(text, today=TODAY)
    assert expected in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("last", ["2026-11-29", "2026-11-30", "2030-01-01"])
def test_history_is_never_asked_for_current_data(last: str) -> None:
    with pytest.raises(InputError) as error:
        query(f"history=25544:2026-01-01:{last}", today=TODAY)
    assert str(error.value).endswith(
        f"ends on {last}, and Space-Track gives its history only for past days (until 2026-11-28); current element "
        "sets: spacetrack:gp=25544"
    )
    assert query("history=25544:2026-01-01:2026-11-28", today=TODAY).name


def test_the_service_is_registered() -> None:
    for name in SERVICES["spacetrack"].examples:
        found = parse_source(name)
        assert isinstance(found, SpaceTrackQuery)
        assert found.name == name


def test_a_wait_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEBRISSIM_CACHE", str(tmp_path))
    program = (
        "from debrissim.sources.space_track import transport; log = transport()._log\n"
        "log._sleep = lambda seconds: exit()\n"
        "while True: log.wait_for_turn()"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert capfd.readouterr().err == "Space-Track: waiting 60 s: 20 requests were sent within 1 min\n"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://www.space-track.org", "expected https, without which a password is sent in clear"),
        ("http://127.0.0.1.example.com", "expected https"),
        ("ftp://x", "expected an address such as https://www.space-track.org"),
        ("https://user:word@host", "expected an address"),
    ],
)
def test_a_password_is_sent_by_https_alone(
    address: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEBRISSIM_SPACETRACK", address)
    with pytest.raises(InputError, match=expected):
        base_url()


def test_a_server_for_tests_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBRISSIM_SPACETRACK", "http://127.0.0.1:8080/")
    assert query("gp").url.startswith("http://127.0.0.1:8080/basicspacedata/query/class/gp/")
