"""The store of events: what goes in comes out, identity, order of arrival, changes, and one transaction per batch."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from support.watch import START, approach, run_record

from debrissim.core.errors import InputError
from debrissim.core.events import group_events
from debrissim.watch import Batch, CatalogueSeen, Store, TrackedObject


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "events.sqlite") as opened:
        yield opened


def test_an_update_comes_back_as_it_went_in(store: Store) -> None:
    full = approach("full", days=2.0)
    bare = replace(
        approach("bare", primary="1", secondary="2", days=3.0),
        relative_position_rtn_km=None, relative_velocity_rtn_km_s=None, relative_speed_km_s=None,
        covariance_rtn_km2=None, probability=None, probability_low=None, probability_high=None,
        maximum_probability=None, dilution=None, hard_body_radius_m=None, primary_age_days=None,
        secondary_age_days=None, flags=(), primary_state=None, secondary_state=None,
    )  # fmt: skip
    assert store.add(Batch((full, bare))).recorded
    assert [store.history(event) for event in store.events()] == [(full,), (bare,)]


def test_a_run_comes_back_with_its_catalogues_and_spacecraft(store: Store) -> None:
    catalogue = CatalogueSeen("aa", "active.csv", "celestrak:active", START)
    run = run_record("r1", catalogues=(catalogue,), spacecraft=(TrackedObject("25544", "ISS (ZARYA)"),))
    store.add(Batch((), run, (CatalogueSeen("bb", "other.csv"),)))
    assert store.runs() == (run,)
    assert store.catalogues() == (catalogue, CatalogueSeen("bb", "other.csv"))


def test_updates_of_a_pair_in_either_order_are_one_event(store: Store) -> None:
    first = approach("a", primary="25544", secondary="900", days=2.0, reported_days=0.0)
    second = approach("b", primary="900", secondary="25544", days=2.0 + 30.0 / 86400.0, reported_days=0.5)
    store.add(Batch((first,)))
    (change,) = store.add(Batch((second,))).changes
    assert (change.is_new, change.previous) == (False, first)
    (event,) = store.events()
    assert (event.first.key, event.second.key, event.update_count, event.latest) == (
        "25544",
        "900",
        2,
        second,
    )
    assert event.first_reported == first.reported


def test_repeating_passes_are_told_apart(store: Store) -> None:
    passes = [approach(f"p{k}", days=1.0 + k * 0.0321) for k in range(20)]
    store.add(Batch(tuple(passes)))
    later = [
        replace(u, key=f"q{k}", reported=u.reported + 3600.0, tca=u.tca + 120.0) for k, u in enumerate(passes)
    ]
    added = store.add(Batch(tuple(later)))
    assert len(store.events()) == 20
    assert [change.previous for change in added.changes] == passes


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_arrival_gives_the_events_of_core(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    updates = [
        approach(
            f"{number}-{issue}",
            primary=("7", "8")[issue % 2],
            secondary=("8", "7")[issue % 2],
            days=2.0 + number * 0.06 + rng.uniform(0.0, 200.0) / 86400.0,
            reported_days=issue * 0.3,
        )
        for number in range(4)
        for issue in range(rng.randint(1, 5))
    ]
    expected = group_events(
        [update.pair for update in updates],
        np.array([update.tca - START for update in updates]),
        [update.reported.iso for update in updates],
    )
    groups = {
        frozenset(u.key for u, e in zip(updates, expected, strict=True) if e == k) for k in set(expected)
    }
    rng.shuffle(updates)
    with Store.open(tmp_path / "events.sqlite") as store:
        for update in updates:
            store.add(Batch((update,)))
        found = {frozenset(update.key for update in store.history(event)) for event in store.events()}
    assert found == groups


def test_a_drifting_event_keeps_its_identity_in_every_order(tmp_path: Path) -> None:
    # Each 400 s later than the one before: the ends are further apart than the tolerance.
    chain = [approach(f"d{k}", days=3.0 + k * 400.0 / 86400.0, reported_days=0.2 * k) for k in range(3)]
    for number, order in enumerate(permutations(chain)):
        with Store.open(tmp_path / f"{number}.sqlite") as store:
            store.add(Batch(tuple(order)))
            assert len(store.events()) == 1


def test_a_report_that_arrives_late_joins_the_event_as_it_was_then(store: Store) -> None:
    drifting = [approach(f"d{k}", days=3.0 + k * 450.0 / 86400.0, reported_days=0.5 * k) for k in range(3)]
    store.add(Batch(tuple(drifting)))
    # As of its time 400 s from the event, but 1,300 s from where that is now.
    store.add(Batch((approach("late", days=3.0 - 400.0 / 86400.0, reported_days=0.2),)))
    (event,) = store.events()
    assert [update.key for update in store.history(event)] == ["d0", "late", "d1", "d2"]
    assert event.latest == drifting[2]


def test_an_event_is_new_once(store: Store) -> None:
    first, second = approach("m1"), approach("m2", reported_days=0.5)
    changes = store.add(Batch((first, second))).changes
    assert [(change.is_new, change.previous) for change in changes] == [(True, None), (False, first)]
    (change,) = store.add(Batch((approach("m3", reported_days=1.0),))).changes
    assert (change.is_new, change.previous) == (False, second)


def test_the_same_run_added_twice_is_recorded_once_and_gives_the_same_changes(store: Store) -> None:
    first = Batch((approach("r1:0", days=2.0), approach("r1:1", primary="5", days=2.5)), run_record("r1"))
    second = Batch((approach("r2:0", days=2.0, reported_days=0.3),), run_record("r2", made_days=0.3))
    assert store.add(first).recorded
    added = store.add(second)
    assert added.recorded
    again = store.add(second)
    assert not again.recorded
    assert (again.changes, again.gone) == (added.changes, added.gone)
    assert len(store.runs()) == 2
    assert store.changes("r2") == again
    (gone,) = added.gone
    assert gone.latest.key == "r1:1"
    with pytest.raises(InputError, match="has no run zz"):
        store.changes("zz")


def test_an_event_that_is_over_is_not_gone(store: Store) -> None:
    store.add(Batch((approach("r1:0", days=0.5),), run_record("r1")))
    assert store.add(Batch((), run_record("r2", made_days=1.0, start_days=1.0))).gone == ()


@pytest.mark.parametrize("scenario", ["0", "other"])
def test_a_run_of_another_scenario_makes_nothing_gone(store: Store, scenario: str) -> None:
    store.add(Batch((approach("r1:0", days=2.0),), run_record("r1")))
    other = replace(run_record("r2", made_days=0.5), scenario_sha256=scenario)
    assert store.add(Batch((), other)).gone == ()


def test_messages_with_known_keys_are_left_out(store: Store) -> None:
    first, second = approach("m1", days=2.0), approach("m2", days=2.0, reported_days=0.5)
    store.add(Batch((first,)))
    added = store.add(Batch((first, second, second)))
    assert [change.update for change in added.changes] == [second]
    assert not store.add(Batch((first, second))).recorded
    assert store.history(1) == (first, second)


def test_previous_is_of_the_same_source(store: Store) -> None:
    own = approach("r1:0", days=2.0)
    message = replace(approach("m1", days=2.0, reported_days=0.1), source="18 SDS")
    store.add(Batch((own,), run_record("r1")))
    (change,) = store.add(Batch((message,))).changes
    assert (change.previous, change.is_new) == (None, False)
    later = approach("r2:0", days=2.0, reported_days=0.2)
    (change,) = store.add(Batch((later,), run_record("r2", made_days=0.2))).changes
    assert change.previous == own


def test_a_bad_number_records_nothing(store: Store) -> None:
    bad = replace(approach("b"), miss_distance_km=float("nan"))
    with pytest.raises(InputError, match="update b: miss_distance_km: expected a finite number"):
        store.add(Batch((approach("a"), bad), run_record("r1")))
    assert store.events() == store.runs() == ()


def test_events_are_found_by_time_object_pair_and_probability(store: Store) -> None:
    updates = (
        approach("a", primary="1", secondary="2", days=1.0, probability=1e-3),
        approach("b", primary="2", secondary="3", days=2.0, probability=1e-6),
        approach("c", primary="1", secondary="3", days=3.0, probability=None),
    )
    store.add(Batch(updates))

    def keys(**options):
        return [event.latest.key for event in store.events(**options)]

    assert keys() == ["a", "b", "c"]
    assert keys(after=updates[1].tca) == ["b", "c"]
    assert keys(before=updates[1].tca) == ["a", "b"]
    assert keys(objects=["1"]) == ["a", "c"]
    assert keys(pair=("3", "2")) == ["b"]
    assert keys(min_probability=1e-5) == ["a"]
    with pytest.raises(InputError, match="has no event 9"):
        store.event(9)


def test_notes(store: Store) -> None:
    store.set_note("beat", "1")
    store.set_note("beat", "2")
    assert store.note("beat") == "2"
    store.set_note("beat", None)
    assert store.note("beat") is None
    store.set_notes({"beat": "3", "sent:1": "a", "none": None})
    assert store.notes("") == {"beat": "3", "sent:1": "a"}
