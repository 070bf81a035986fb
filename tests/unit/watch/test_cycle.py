"""A cycle of a watch: events, differences and messages of a planted conjunction over time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.watch_cycles import NOW, TOML, Inbox, cycle, fleet, kinds, pair

from debrissim.catalog import Catalog
from debrissim.core.errors import InputError, RunError
from debrissim.watch.cycle import (
    LAST_CYCLE,
    LAST_FAILURE,
    MOST_MESSAGES,
    chosen_messages,
    note_key,
    record_failure,
    run_cycle,
)
from debrissim.watch.cycle_answer import cycle_lines
from debrissim.watch.differences import Kind
from debrissim.watch.messages import Message
from debrissim.watch.outbox import Channel
from debrissim.watch.store import Store


def test_an_event_is_new_once(tmp_path: Path):
    inbox = Inbox()
    first = cycle(tmp_path, pair(), 0.0, inbox)
    assert kinds(first) == [Kind.NEW]
    assert first.level == "red"
    assert inbox.titles == [
        "debrissim: RED new: IRIDIUM 33 and COSMOS 2251",
        "debrissim: the watch is alive",
    ]
    assert (
        "IRIDIUM 33, 24946 and COSMOS 2251, 22675: new, collision probability 1 in" in inbox.messages[0].body
    )
    assert "TCA 2009-02-10 16:55:59 UTC, in 4.9 h" in inbox.messages[0].body
    second = cycle(tmp_path, pair(), 1.0, inbox)
    assert kinds(second) == []
    assert len(second.events) == 1
    assert len(inbox.messages) == 2
    assert second.effort.reason == ""
    assert "Nothing changed since the last cycle." in list(cycle_lines(second))


def test_an_event_falls_rises_moves_and_is_gone(tmp_path: Path):
    inbox = Inbox()
    text = TOML.replace('"socrates-5km"', '{ name = "near", sphere_km = 14.0 }')
    cycle(tmp_path, pair(), 0.0, inbox, text)
    fallen = cycle(tmp_path, pair(along_deg=0.1, later_s=10.0), 0.5, inbox, text)
    assert kinds(fallen) == [Kind.FALLEN, Kind.MANOEUVRED]
    assert fallen.level == ""
    risen = cycle(tmp_path, pair(later_s=20.0), 1.0, inbox, text)
    assert kinds(risen) == [Kind.RISEN, Kind.MANOEUVRED]
    gone = cycle(tmp_path, pair(along_deg=90.0, later_s=30.0), 1.5, inbox, text)
    assert kinds(gone) == [Kind.GONE, Kind.MANOEUVRED]
    assert gone.events == ()
    assert "examined again, no longer within the volumes; before" in inbox.messages[-2].body
    again = cycle(tmp_path, pair(later_s=40.0), 2.0, inbox, text)
    assert Kind.AGAIN in kinds(again)
    assert len({message.key for message in inbox.messages}) == len(inbox.messages)


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ("missing", "COSMOS 2251, 22675 is not in the catalogue"),
        ("stale", "COSMOS 2251, 22675: element set too old for the start of the span"),
    ],
)
def test_an_event_that_is_not_examined_is_not_gone(tmp_path: Path, lost: str, reason: str):
    cycle(tmp_path, pair())
    companion = pair(rows=(1,)).with_columns(norad_id=np.array([99]), raan_deg=np.array([3.0]))
    old = pair(rows=(1,)).with_columns(epoch_jd=pair(rows=(1,)).epoch_jd - 40.0)
    later = [pair(rows=(0,)), companion, *([old] if lost == "stale" else [])]
    (difference,) = cycle(tmp_path, Catalog.concat(later), 1.0).differences
    assert difference.kind is Kind.NOT_EXAMINED
    assert difference.detail == reason
    assert difference.level == "red"


def test_a_past_event_ends_in_silence(tmp_path: Path):
    inbox = Inbox()
    cycle(tmp_path, pair(), 0.0, inbox)
    later = cycle(tmp_path, pair(), 6.0, inbox)
    assert kinds(later) == []
    assert later.events == ()
    assert len(inbox.messages) == 2
    assert any(
        "No close approach within the volumes in the next 0.5 days" in line for line in cycle_lines(later)
    )


def test_the_watch_says_that_it_is_alive(tmp_path: Path):
    inbox = Inbox()
    text = TOML.replace("[notify]", "[notify]\nalive_hours = 4.0")
    for hours in (0.0, 2.0, 3.9, 4.2, 7.8):
        cycle(tmp_path, pair(), hours, inbox, text)
    alive = [message for message in inbox.messages if "alive" in message.title]
    assert [message.key[6:25] for message in alive] == [
        "2009-02-10T12:00:00", "2009-02-10T15:54:00", "2009-02-10T19:48:00",
    ]  # fmt: skip
    assert "due by 2009-02-10 16:00:00 UTC; if none has come by then, the watch has failed" in alive[0].body
    quiet = TOML.replace("[notify]", "[notify]\nalive_hours = 0.0").replace("iridium.", "quiet.")
    silent = Inbox()
    cycle(tmp_path, pair(), 6.0, silent, quiet)
    assert silent.messages == []


def test_the_store_has_the_last_cycle(tmp_path: Path):
    report = cycle(tmp_path, pair())
    with Store.open(tmp_path / "iridium.sqlite", write=False) as store:
        last = json.loads(store.note(note_key(fleet(tmp_path), LAST_CYCLE)) or "")
        (event,) = store.events()
    assert last["run"] == report.run_key
    assert last["utc"].startswith("2009-02-10T12:00:00")
    assert event.update_count == 1


def test_a_message_that_is_not_taken_is_sent_again_and_no_other(tmp_path: Path):
    good, broken = Inbox("good"), Inbox("broken")

    def refuse(_message: Message) -> None:
        raise RunError("no route")

    down = Channel("broken", "broken", refuse)
    first = run_cycle(fleet(tmp_path), now=NOW, catalogs=[pair()], channels=(good.channel, down))
    assert first.problems == ("broken: no route",)
    assert len(good.messages) == 2
    second = run_cycle(
        fleet(tmp_path), now=NOW + 60.0, catalogs=[pair()], channels=(good.channel, broken.channel)
    )
    assert second.problems == ()
    assert broken.titles == good.titles
    assert len(good.messages) == 2


def test_messages_are_as_many_as_a_person_reads(tmp_path: Path):
    report = cycle(tmp_path, pair())
    many = [report.differences[0]] * (MOST_MESSAGES + 4)
    messages = chosen_messages(many, "yellow", "key", NOW)
    assert len(messages) == MOST_MESSAGES + 1
    assert messages[-1].body.startswith("4 further changes: 4 new;")
    assert chosen_messages(many, "red", "key", NOW)[0].level == "red"
    assert chosen_messages([], "any", "key", NOW) == []


def test_two_cycles_never_run_at_once(tmp_path: Path):
    from debrissim.watch.cycle import _opened

    with (
        _opened(fleet(tmp_path)),
        pytest.raises(RunError, match="another watch of this fleet is working on it"),
    ):
        cycle(tmp_path, pair())


def test_two_fleets_share_a_store(tmp_path: Path):
    """Each compares with its own last run, sends its own messages, and builds on its own screening."""
    one, two = Inbox("one"), Inbox("two")
    second = TOML.replace("Iridium 33", "Cosmos 2251").replace("24946", "22675")
    cycle(tmp_path, pair(), 0.0, None)
    # The other one reports the same event, from the other side.
    cycle(tmp_path, pair(), 0.1, two, second)
    for hours in (0.5, 1.0):
        assert cycle(tmp_path, pair(), hours, one).effort.reason == ""
        assert cycle(tmp_path, pair(), hours + 0.1, two, second).effort.reason == ""
    assert one.titles == []
    assert [title for title in two.titles if "alive" not in title] == []
    with Store.open(tmp_path / "iridium.sqlite", write=False) as store:
        (event,) = store.events()
    assert event.update_count == 6


def test_a_failure_is_noted_and_sent_once(tmp_path: Path):
    inbox = Inbox()
    one = fleet(tmp_path)
    for hours in (0.0, 1.0):
        record_failure(one, "celestrak:active: no answer\n<b>", NOW + 3600.0 * hours, (inbox.channel,))
    assert inbox.titles == ["debrissim: a cycle of the watch failed"]
    assert "Reason: celestrak:active: no answer n b." in inbox.messages[0].body
    cycle(tmp_path, pair(), 2.0, inbox)
    with Store.open(one.store) as store:
        assert store.note(note_key(one, LAST_FAILURE)) is None
    record_failure(one, "again", NOW + 3.0 * 3600.0, (inbox.channel,))
    assert inbox.titles.count("debrissim: a cycle of the watch failed") == 2


def test_a_damaged_cache_costs_time_alone(tmp_path: Path):
    cycle(tmp_path, pair())
    for suffix in (".screening.npz", ".sets.npz"):
        path = tmp_path / f"iridium.sqlite.{fleet(tmp_path).identity}{suffix}"
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
    report = cycle(tmp_path, pair(), 1.0)
    assert report.effort.reason == "there is no earlier screening to build on"
    assert kinds(report) == []


def test_a_full_disk_under_the_caches_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import debrissim.watch.cycle as module

    def full(path: Path, _value: object) -> None:
        raise RunError(f"{path}: cannot be written (No space left on device)")

    monkeypatch.setattr(module, "write_earlier", full)
    report = cycle(tmp_path, pair())
    assert kinds(report) == [Kind.NEW]
    (problem,) = report.problems
    assert problem.endswith("(No space left on device); the next cycle takes longer for it")


def test_sampled_objects_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="expected real objects"):
        fleet(tmp_path, TOML.replace('file = "catalogue.csv"', 'population = "bundled"'))


def test_a_spacecraft_that_is_lost_does_not_stop_the_others(tmp_path: Path):
    inbox = Inbox()
    text = TOML.replace("[screening]", "[[primaries]]\nnorad_id = 22675\n\n[screening]", 1)
    companion = pair(rows=(1,)).with_columns(norad_id=np.array([99]), raan_deg=np.array([3.0]))
    both, alone = Catalog.concat([pair(), companion]), Catalog.concat([pair(rows=(0,)), companion])
    cycle(tmp_path, both, 0.0, inbox, text)
    lost = cycle(tmp_path, alone, 0.5, inbox, text)
    assert kinds(lost) == [Kind.NOT_EXAMINED, Kind.NOT_FOLLOWED]
    assert lost.problems[0].startswith("22675 is in none of the catalogue's sources")
    assert "22675: its close approaches are not watched any longer" in inbox.messages[-1].body
    assert kinds(cycle(tmp_path, alone, 0.6, inbox, text)) == []
    back = cycle(tmp_path, both, 0.7, inbox, text)
    assert kinds(back) == [Kind.AGAIN]
    assert back.problems == ()
    assert Kind.NOT_FOLLOWED in kinds(cycle(tmp_path, alone, 0.8, inbox, text))
    with pytest.raises(InputError, match="24946 is in none"):
        cycle(tmp_path, companion, 0.9, inbox)
