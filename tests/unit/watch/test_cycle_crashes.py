"""A watch that is killed at a moment of the test's choice: the next cycle makes up for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.watch_cycles import NOW, Inbox, cycle, fleet, kinds, pair

from debrissim.watch.cycle import LAST_FAILURE, note_key, record_failure, run_cycle
from debrissim.watch.messages import Message
from debrissim.watch.outbox import Channel, waiting
from debrissim.watch.store import Store


class Killed(BaseException):
    """The end of the process, at a moment of the test's choice."""


def test_a_crash_between_sending_and_marking_sends_twice_and_loses_nothing(tmp_path: Path):
    seen: list[str] = []

    def send_and_die(message: Message) -> None:
        seen.append(message.key)
        raise Killed

    with pytest.raises(Killed):
        run_cycle(fleet(tmp_path), now=NOW, catalogs=[pair()], channels=(Channel("a", "a", send_and_die),))
    with Store.open(tmp_path / "iridium.sqlite") as store:
        assert waiting(store, fleet(tmp_path).identity)[0].key == seen[0]
    inbox = Inbox("a")
    report = cycle(tmp_path, pair(), 0.1, inbox)
    assert kinds(report) == []
    assert inbox.messages[0].key == seen[0]
    assert len(inbox.messages) == 2


def test_a_crash_before_anything_is_sent_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import debrissim.watch.cycle as module

    def die(*_arguments: object) -> None:
        raise Killed

    monkeypatch.setattr(module, "_keep", die)
    with pytest.raises(Killed):
        cycle(tmp_path, pair())
    monkeypatch.undo()
    inbox = Inbox()
    report = cycle(tmp_path, pair(), 0.1, inbox)
    assert inbox.titles[0] == "debrissim: RED new: IRIDIUM 33 and COSMOS 2251"
    assert report.effort.reason == "there is no earlier screening to build on"


def test_a_crash_after_the_run_is_recorded_loses_no_message_and_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Everything to send is recorded with the run: the changes first, whatever their keys, then the sign of life."""
    import debrissim.watch.cycle as module

    def die(*_arguments: object) -> None:
        raise Killed

    one = fleet(tmp_path)
    record_failure(one, "no answer", NOW + -60.0)
    monkeypatch.setattr(module, "_keep", die)
    with pytest.raises(Killed):
        cycle(tmp_path, pair())
    with Store.open(one.store) as store:
        assert store.note(note_key(one, LAST_FAILURE)) is None
        titles = [message.title for message in waiting(store, one.identity)]
    assert titles == ["debrissim: RED new: IRIDIUM 33 and COSMOS 2251", "debrissim: the watch is alive"]


def test_a_failure_that_is_noted_has_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A process that is killed right after the note would else never report the failure."""
    import debrissim.watch.cycle as module

    def die(*_arguments: object) -> None:
        raise Killed

    one = fleet(tmp_path)
    monkeypatch.setattr(Store, "set_note", die)
    monkeypatch.setattr(module, "deliver", die)
    with pytest.raises(Killed):
        record_failure(one, "no answer", NOW)
    with Store.open(one.store) as store:
        assert [message.title for message in waiting(store, one.identity)] == [
            "debrissim: a cycle of the watch failed"
        ]
