"""Names of sources and the requests that they become."""

from __future__ import annotations

import pytest

from debrissim.core.errors import InputError
from debrissim.sources import SERVICES, is_source_name, parse_source
from debrissim.sources.celestrak import VARIABLE, query

GP = "https://celestrak.org/NORAD/elements/gp.php"
SUPPLEMENTAL = "https://celestrak.org/NORAD/elements/supplemental/sup-gp.php"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("celestrak:active", f"{GP}?GROUP=active&FORMAT=CSV"),
        ("celestrak:group=iridium-NEXT", f"{GP}?GROUP=iridium-NEXT&FORMAT=CSV"),
        ("celestrak:number=25544", f"{GP}?CATNR=25544&FORMAT=CSV"),
        ("celestrak:number=100753", f"{GP}?CATNR=100753&FORMAT=CSV"),
        ("celestrak:name=STARLINK", f"{GP}?NAME=STARLINK&FORMAT=CSV"),
        ("celestrak:name=ISS (ZARYA)", f"{GP}?NAME=ISS%20%28ZARYA%29&FORMAT=CSV"),
        ("celestrak:name=FENGYUN 1C&FORMAT", f"{GP}?NAME=FENGYUN%201C%26FORMAT&FORMAT=CSV"),
        ("celestrak:designator=1998-067", f"{GP}?INTDES=1998-067&FORMAT=CSV"),
        ("celestrak:special=gpz-plus", f"{GP}?SPECIAL=GPZ-PLUS&FORMAT=CSV"),
        ("celestrak:supplemental=starlink", f"{SUPPLEMENTAL}?FILE=starlink&FORMAT=CSV"),
        ("celestrak:supplemental-source=SpaceX-E", f"{SUPPLEMENTAL}?SOURCE=SpaceX-E&FORMAT=CSV"),
        ("celestrak:supplemental-number=25544", f"{SUPPLEMENTAL}?CATNR=25544&FORMAT=CSV"),
        ("celestrak:satcat", "https://celestrak.org/pub/satcat.csv"),
        ("socrates:min-range", "https://celestrak.org/SOCRATES/sort-minRange.csv"),
        ("socrates:max-probability", "https://celestrak.org/SOCRATES/sort-maxProb.csv"),
    ],
)
def test_a_name_becomes_the_published_request(name: str, url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    asked = parse_source(name)
    assert asked.url == url
    assert "TLE" not in url
    assert asked.wait_s == 7200.0
    # The name in its one spelling gives the same query.
    assert parse_source(asked.name) == asked


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "source: expected a name such as celestrak:active, "),
        ("active", "source: expected a name such as celestrak:active, "),
        ("celestrak:", "source: expected a name such as celestrak:active, "),
        ("celestrack:active", "source: expected one of celestrak, socrates"),
        ("celestrak:numbr=5", "source celestrak: expected one of group, name, number, "),
        (
            "celestrak:number=0",
            "source celestrak:number: expected a catalogue number of one to nine digits, ",
        ),
        ("celestrak:number=1234567890", "source celestrak:number: expected a catalogue number"),
        ("celestrak:number=25544,25545", "source celestrak:number: expected a catalogue number"),
        (
            "celestrak:group=a b",
            "source celestrak:group: expected the name of a group, such as stations, got 'a b'",
        ),
        ("celestrak:../../etc/passwd", "source celestrak:group: expected the name of a group"),
        (
            "celestrak:designator=1998-067A",
            "source celestrak:designator: expected the international designator",
        ),
        (
            "celestrak:name=\x1b[2J",
            "source celestrak:name: expected a name or a part of one, such as STARLINK, got",
        ),
        ("celestrak:name=" + "A" * 500, "source: expected a name such as"),
        (
            "celestrak:special=all",
            "source celestrak:special: expected one of gpz, gpz-plus, decaying, got 'all'",
        ),
        ("socrates:min", "source socrates: expected one of min-range, max-probability, got 'min'"),
    ],
)
def test_another_name_is_refused_in_one_sentence(name: str, sentence: str):
    with pytest.raises(InputError) as error:
        parse_source(name)
    assert str(error.value).startswith(sentence)
    assert len(str(error.value)) < 500
    assert str(error.value).isprintable()


def test_examples_of_every_service_are_names():
    for service in SERVICES.values():
        for name in service.examples:
            assert is_source_name(name)
            assert parse_source(name).name == name


@pytest.mark.parametrize("path", ["catalogue.csv", "C:\\data\\a.csv", "./celestrak", "a:b", "celestrak"])
def test_a_path_is_no_name(path: str):
    assert not is_source_name(path)


def test_files_of_different_queries_have_different_names():
    names = ["name=A B", "name=A-B", "name=a b", "active", "supplemental=active", "supplemental-name=A B"]
    assert len({query(name, "https://x").stem for name in names}) == len(names)
    assert query("active", "https://x").stem != query("active", "https://y").stem


@pytest.mark.parametrize(
    "address", ["celestrak.org", "ftp://x", "https://", "https://a b", "https://u@x", "https://x?y"]
)
def test_the_address_of_a_mirror_is_checked(address: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(
        InputError, match=r"^DEBRISSIM_CELESTRAK: expected an address such as https://celestrak\.org"
    ):
        query("active")


def test_the_address_of_a_mirror_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:8000/celestrak/")
    assert query("stations").url.startswith(
        "http://127.0.0.1:8000/celestrak/NORAD/elements/gp.php?GROUP=stations"
    )
