"""The store against the public summaries of conjunction data messages: 1,955 reports are 353 events.

The counts come from a plain grouping: reports of one pair are chained while neighbours are within ten minutes in TCA.
"""

from __future__ import annotations

import csv
import io
import lzma
import random
from itertools import pairwise
from pathlib import Path

import pytest
from support.shared import shared_path

from debrissim.core.time import Time
from debrissim.watch import Batch, EventUpdate, Store, TrackedObject

SUMMARIES = "data/cdm/spacetrack_public_cdm_summaries.csv.xz"


@pytest.fixture(scope="module")
def updates() -> list[EventUpdate]:
    text = lzma.decompress(shared_path(SUMMARIES).read_bytes()).decode()
    return [
        EventUpdate(
            key=row["CDM_ID"],
            source="public summaries",
            reported=Time.from_iso(row["CREATED"]),
            primary=TrackedObject(row["SAT_1_ID"], row["SAT_1_NAME"]),
            secondary=TrackedObject(row["SAT_2_ID"], row["SAT_2_NAME"]),
            tca=Time.from_iso(row["TCA"]),
            miss_distance_km=float(row["MIN_RNG"]) / 1000.0,
            probability=float(row["PC"]) if row["PC"] else None,
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


def plain_groups(updates: list[EventUpdate]) -> set[frozenset[str]]:
    """Chains of reports of one pair, neighbours in TCA within ten minutes."""
    by_pair: dict[frozenset[object], list[EventUpdate]] = {}
    for update in updates:
        by_pair.setdefault(update.pair, []).append(update)
    groups = []
    for same in by_pair.values():
        same.sort(key=lambda update: update.tca)
        groups.append([same[0].key])
        for before, update in pairwise(same):
            if update.tca - before.tca > 600.0:
                groups.append([])
            groups[-1].append(update.key)
    return set(map(frozenset, groups))


@pytest.mark.parametrize("order", ["as created", "shuffled, a few at a time", "newest first, one by one"])
def test_public_summaries_are_353_events(updates: list[EventUpdate], tmp_path: Path, order: str) -> None:
    size = {"as created": len(updates), "shuffled, a few at a time": 40}.get(order, 1)
    arriving = sorted(updates, key=lambda update: update.reported, reverse=size == 1)
    if size == 40:
        random.Random(1).shuffle(arriving)
    if size == 1:
        # A transaction for each is on the disk before the next: a part of them is enough.
        pairs = sorted({update.pair for update in updates}, key=str)[:40]
        arriving = [update for update in arriving if update.pair in pairs]
    with Store.open(tmp_path / "events.sqlite") as store:
        for begin in range(0, len(arriving), size):
            assert store.add(Batch(tuple(arriving[begin : begin + size]))).recorded
        found = {event.number: store.history(event) for event in store.events()}
    assert {frozenset(update.key for update in history) for history in found.values()} == plain_groups(
        arriving
    )
    if size == 1:
        return
    # To the minute: one issue reaches both operators as two messages, made seconds apart.
    issues = [len({str(update.reported)[:16] for update in history}) for history in found.values()]
    orders = [len({update.primary.key for update in history}) for history in found.values()]
    assert (len(updates), len(found)) == (1955, 353)
    assert (sum(n >= 2 for n in issues), sum(n >= 3 for n in issues), sum(n == 2 for n in orders)) == (
        278,
        182,
        238,
    )
