"""Differences between updates of an event, and messages that wait for long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from debrissim.core.errors import RunError
from debrissim.core.time import Time
from debrissim.watch.differences import Kind, Rules, event_differences, tca_shift_s
from debrissim.watch.event import Added, Change, Event, EventUpdate, TrackedObject
from debrissim.watch.messages import Message, message, sentence
from debrissim.watch.outbox import KEPT_DAYS, Channel, deliver, queued, waiting
from debrissim.watch.sigmas import tca_sigma_s
from debrissim.watch.store import Store

NOW = Time.of("2026-11-29T12:00:00")
RULES = Rules(1e-5, 1e-4, 3.0)
# One km along every axis: 0.1 s at 10 km/s.
UPDATE = EventUpdate(
    "last:0", "debrissim", NOW, TrackedObject("25544", "ISS"), TrackedObject("49999", "DEB"), NOW + 9e4, 0.5,
    relative_velocity_rtn_km_s=(0.0, -10.0, 0.0), covariance_rtn_km2=(1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
    probability=2e-6,
)  # fmt: skip


def changed(before: EventUpdate | None, **now: object) -> list[tuple[Kind, str]]:
    update = replace(UPDATE, key="run:0", **now)  # type: ignore[arg-type]
    event = Event(3, update.primary, update.secondary, 2, NOW, update)
    added = Added(True, (Change(event, update, before, before is None),))
    return [(one.kind, one.level) for one in event_differences(added, "run", RULES, lambda _: "")]


@pytest.mark.parametrize(
    ("probabilities", "outcome"),
    [
        ((2e-6, 3e-6), []),
        ((2e-6, 1e-5), [(Kind.RISEN, "yellow")]),
        ((2e-5, 1e-4), [(Kind.RISEN, "red")]),
        ((2e-4, 9e-5), [(Kind.FALLEN, "red")]),
        ((2e-5, None), [(Kind.FALLEN, "yellow")]),
        ((None, 2e-5), [(Kind.RISEN, "yellow")]),
        ((2e-4, 3e-4), []),
    ],
)
def test_a_level_that_is_passed(probabilities: tuple[float | None, float | None], outcome: list):
    before, after = probabilities
    assert changed(replace(UPDATE, probability=before), probability=after) == outcome


def test_a_tca_moves_by_more_than_its_error():
    assert tca_sigma_s(UPDATE) == pytest.approx(0.1)
    assert changed(UPDATE, tca=UPDATE.tca + 0.29) == []
    assert changed(UPDATE, tca=UPDATE.tca + 0.31) == [(Kind.TCA_MOVED, "")]
    # A level that is passed says more.
    assert changed(UPDATE, tca=UPDATE.tca + 5.0, probability=2e-5) == [(Kind.RISEN, "yellow")]


def test_a_tca_without_a_covariance_moves_by_a_second():
    bare = replace(UPDATE, covariance_rtn_km2=None)
    assert tca_sigma_s(bare) is None
    assert tca_shift_s(replace(bare, tca=bare.tca + 0.9), bare, 3.0) is None
    assert tca_shift_s(replace(bare, tca=bare.tca + -1.5), bare, 3.0) == pytest.approx(-1.5, abs=1e-4)


def test_gone_and_not_examined_are_told_apart():
    event = Event(3, UPDATE.primary, UPDATE.secondary, 2, NOW, replace(UPDATE, probability=2e-4))
    for reason, kind in (("", Kind.GONE), ("DEB is not in the catalogue", Kind.NOT_EXAMINED)):
        (one,) = event_differences(Added(True, (), (event,)), "run", RULES, lambda _, reason=reason: reason)
        assert (one.kind, one.level) == (kind, "red")
        assert reason in sentence(one, NOW)
        assert message(one, NOW).data["before"]["collision_probability"] == 2e-4


def test_a_message_that_nobody_takes_is_given_up_after_a_week(tmp_path: Path):
    def refuse(_message: Message) -> None:
        raise RunError("no route")

    down = Channel("down", "down", refuse)
    with Store.open(tmp_path / "s.sqlite") as store:
        for key, value in queued([Message("k", "", "t", "b", {})], NOW, "fleet").items():
            store.set_note(key, value)
        kept = deliver(store, [down], NOW + 86_400.0 * (KEPT_DAYS - 0.1), "fleet")
        assert kept.problems == ("down: no route",)
        assert [one.key for one in waiting(store, "fleet")] == ["k"]
        assert waiting(store, "other") == ()
        given_up = deliver(store, [down], NOW + 86_400.0 * (KEPT_DAYS + 0.1), "fleet")
        assert given_up.problems[1] == "a message of 2026-11-29T12:00:00Z was given up after 7 days"
        assert waiting(store, "fleet") == ()
