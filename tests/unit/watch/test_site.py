"""The page of events and the site: one JSON without NaN, hostile names as text, nothing of another program replaced."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from support.fleet import EVENTS, QUIET, write_fleet
from support.reports import HOSTILE, needs_report
from support.watch import START, approach, run_record

from debrissim.core.errors import InputError, RunError
from debrissim.watch import Batch, Store, write_site
from debrissim.watch.site import events_page, write_page

pytestmark = needs_report


def no_constant(name: str) -> float:
    raise AssertionError(f"{name} is not JSON")


def parsed(text: str) -> dict:
    return json.loads(text, parse_constant=no_constant)


def embedded(page: str) -> dict:
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return parsed(data)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "hostile"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with Store.open(
        write_fleet(folder / "events.sqlite", START, hostile=request.param), write=False
    ) as store:
        write_site(store, folder / "www", now=START, stale_after_h=24.0)
    return folder / "www"


def test_the_page_and_the_file_hold_the_same_data(site: Path) -> None:
    data = parsed((site / "events.json").read_text("utf-8"))
    page = embedded((site / "index.html").read_text("utf-8"))
    # The coasts are for the view in space alone.
    assert len(page.pop("coasts_deg")) > 100
    assert data == page
    assert len(data["events"]) == EVENTS
    assert sorted(path.name for path in site.iterdir()) == ["events.json", "index.html"]
    assert data["stale_after_h"] == 24.0


def test_the_data_are_those_of_the_store(site: Path) -> None:
    data = parsed((site / "events.json").read_text("utf-8"))
    with Store.open(site.parent / "events.sqlite", write=False) as store:
        for own in data["events"]:
            history = store.history(own["number"])
            assert own["reports"] == len(history) == len(own["history"]["probability"])
            for k, update in enumerate(history):
                expected = None if update.probability is None else pytest.approx(update.probability, rel=1e-6)
                assert own["history"]["probability"][k] == expected
                assert own["history"]["reported_utc"][k] == str(update.reported)
    assert [own["tca_utc"] for own in data["events"]] == sorted(own["tca_utc"] for own in data["events"])
    # Each of the primaries is on its own orbit at TCA.
    for orbit in data["space"]["orbit_km"]:
        middle = [axis[len(axis) // 2] for axis in orbit]
        assert math.hypot(*middle) == pytest.approx(6778.0, abs=2.0)


def test_each_spacecraft_has_its_row(site: Path) -> None:
    data = parsed((site / "events.json").read_text("utf-8"))
    craft = {own["key"]: own for own in data["spacecraft"]}
    assert set(craft) == {"25544", "48274", "20580", QUIET.key}
    assert craft[QUIET.key]["answer"] == "no event ahead"
    counts = [own[level] for own in craft.values() for level in ("red", "yellow", "green", "unknown")]
    assert sum(counts) == EVENTS
    levels = [own["level"] for own in data["events"]]
    assert sum(own["red"] for own in craft.values()) == levels.count("red") > 0
    page = (site / "index.html").read_text("utf-8")
    assert page.count('data-level="') == 4


def test_names_are_text(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    for name in HOSTILE:
        assert not re.search("<(script|img)[^>]*hostile", page)
        if "<" in name:
            assert name not in page
    assert "Content-Security-Policy" in page
    # A mark that turns the direction of writing would turn the sentences around a name.
    assert "\u202e" not in page


def test_the_most_probable_spacecraft_comes_first(site: Path) -> None:
    data = parsed((site / "events.json").read_text("utf-8"))
    highest = [
        max(
            (own["history"]["probability"][-1] or 0.0 for own in data["events"] if own["craft"] == k),
            default=-1.0,
        )
        for k in range(4)
    ]
    assert highest == sorted(highest, reverse=True)
    assert data["spacecraft"][-1]["key"] == QUIET.key


def test_messages_alone_have_a_page_without_a_view_in_space(tmp_path: Path) -> None:
    bare = approach(
        "m1", probability=None, primary_state=None, secondary_state=None, origin="a.cdm", source="A"
    )
    over = approach("m2", primary="7", days=-1.0, origin="b.cdm", source="B", primary_state=None)
    with Store.open(tmp_path / "events.sqlite") as store:
        store.add(Batch((bare, over)))
        page = write_site(store, tmp_path / "www", now=START).read_text("utf-8")
    (craft,) = embedded(page)["spacecraft"]
    assert (craft["key"], craft["level"], craft["unknown"]) == ("25544", "no Pc", 1)
    assert 'id="globe"' not in page
    assert "from 2 reports by A, B; no run of this program was recorded" in page


def test_a_page_alone_is_one_file(site: Path, tmp_path: Path) -> None:
    with Store.open(site.parent / "events.sqlite", write=False) as store:
        path = write_page(store, tmp_path / "report.html", now=START)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    text = path.read_text("utf-8")
    assert len(embedded(text)["events"]) == EVENTS
    assert 'href="events.json"' not in text
    assert 'href="events.json"' in (site / "index.html").read_text("utf-8")


def test_the_same_store_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    with Store.open(site.parent / "events.sqlite", write=False) as store:
        write_site(store, tmp_path / "again", now=START, stale_after_h=24.0)
    for name in ("index.html", "events.json"):
        assert (tmp_path / "again" / name).read_bytes() == (site / name).read_bytes()


def test_a_folder_of_others_is_refused_and_other_files_stay(tmp_path: Path) -> None:
    with Store.open(tmp_path / "events.sqlite") as store:
        folder = tmp_path / "www"
        folder.mkdir()
        (folder / "index.html").write_text("<h1>My page</h1>")
        with pytest.raises(InputError, match=r"index\.html: was not written by this program"):
            write_site(store, folder)
        assert [path.name for path in folder.iterdir()] == ["index.html"]
        (folder / "index.html").unlink()
        (folder / "photo.jpg").write_bytes(b"x")
        for _ in range(2):
            write_site(store, folder)
        assert (folder / "photo.jpg").read_bytes() == b"x"
        with pytest.raises(RunError, match="cannot be written"):
            write_site(store, tmp_path / "events.sqlite" / "www")


def test_an_empty_store_has_a_page(tmp_path: Path) -> None:
    with Store.open(tmp_path / "events.sqlite") as store:
        page = write_site(store, tmp_path / "www", now=START).read_text("utf-8")
    assert "No event ahead of 2024-11-01 00:00:00 UTC" in page
    assert "nothing was recorded: no run, no message" in page


def test_events_long_over_and_beyond_the_largest_number_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("debrissim.watch.site.MAX_EVENTS", 3)
    updates = [
        approach(f"a{k}", secondary=str(k), days=days, probability=10.0 ** (-6 - k))
        for k, days in enumerate((-10.0, -1.0, 1.0, 2.0, 3.0, 4.0))
    ]
    with Store.open(tmp_path / "events.sqlite") as store:
        store.add(Batch(tuple(updates), run_record("r")))
        page = events_page(store, now=START)
    # The most probable ahead; of those over, one would come only if there were room.
    assert [row.number for row in page.rows] == [3, 4, 5]
    assert page.hidden == 2


def test_events_long_over_are_shown_where_they_are_asked_for(tmp_path: Path) -> None:
    updates = [
        approach("a", secondary="1", days=-10.0, probability=1e-5),
        approach("b", secondary="2", days=-5.0),
    ]
    with Store.open(tmp_path / "events.sqlite") as store:
        store.add(Batch(tuple(updates), run_record("r")))
        assert not events_page(store, now=START).rows
        page = events_page(store, now=START, every=True)
    assert [row.number for row in page.rows] == [1, 2]
    assert "2 events" in page.answer
