"""Reports of close approaches grouped into events."""

from __future__ import annotations

import csv
import io
import lzma
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.shared import shared_path

from debrissim.core.events import NONE, group_events, match_events, unordered_pair

A, B = unordered_pair(1, 2), unordered_pair(1, 3)


def grouped(*rows: tuple[object, float, int]) -> list[int]:
    pairs, tca_s, batches = zip(*rows, strict=True)
    return list(group_events(pairs, np.array(tca_s, dtype=float), batches))


def test_the_pair_is_the_same_in_either_order() -> None:
    assert unordered_pair(25544, 5) == unordered_pair(5, 25544)


def test_updates_within_the_tolerance_are_one_event_and_others_are_not() -> None:
    assert grouped((A, 0.0, 0), (A, 500.0, 1), (A, 1200.0, 2), (B, 0.0, 2)) == [0, 0, 2, 1]


def test_an_event_that_drifts_keeps_its_identity() -> None:
    assert grouped(*((A, 500.0 * day, day) for day in range(8))) == [0] * 8


def test_a_report_joins_the_nearest_event() -> None:
    assert grouped((A, 0.0, 0), (A, 1000.0, 0), (A, 450.0, 1), (A, 590.0, 2)) == [0, 1, 0, 0]
    assert grouped((A, 0.0, 0), (A, 1000.0, 0), (A, 450.0, 1), (A, 990.0, 1)) == [0, 1, 0, 1]


def test_two_approaches_of_one_batch_are_two_events() -> None:
    assert grouped((A, 0.0, 0), (A, 300.0, 0), (A, 10.0, 1), (A, 310.0, 1)) == [0, 1, 0, 1]


def test_one_approach_that_a_batch_reports_twice_is_one_event() -> None:
    assert grouped((A, 0.0, 0), (A, 0.4, 0), (A, 20.0, 1), (A, 20.5, 1)) == [0, 0, 0, 0]


def test_a_report_of_another_pair_matches_nothing() -> None:
    assert list(match_events([(A, 0.0)], [(B, 0.0), (A, 599.0), (A, 700.0)])) == [NONE, 0, NONE]


@given(
    passes=st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True),
    batches=st.integers(1, 6),
    data=st.data(),
)
def test_repeating_passes_are_kept_apart_however_they_are_jittered(
    passes: list[int], batches: int, data
) -> None:
    """Passes 2,700 s apart, each reported in some of the batches with an error below the tolerance's half."""
    truth, rows = [], []
    for batch in range(batches):
        for number in data.draw(st.permutations(passes)):
            if data.draw(st.booleans()):
                rows.append((A, 2700.0 * number + data.draw(st.floats(-299.0, 299.0)), batch))
                truth.append(number)
    if rows:
        events = grouped(*rows)
        assert len({*zip(events, truth, strict=True)}) == len({*events}) == len({*truth})


def test_public_summaries_are_the_known_number_of_events() -> None:
    path = shared_path("data/cdm/spacetrack_public_cdm_summaries.csv.xz")
    rows = list(csv.DictReader(io.StringIO(lzma.decompress(path.read_bytes()).decode())))
    moments = np.array([row["TCA"] for row in rows], dtype="datetime64[us]")
    events = group_events(
        [unordered_pair(row["SAT_1_ID"], row["SAT_2_ID"]) for row in rows],
        (moments - moments.min()) / np.timedelta64(1, "s"),
        [row["CREATED"] for row in rows],
    )
    minutes, orders = defaultdict(set), defaultdict(set)
    for event, row in zip(events, rows, strict=True):
        minutes[event].add(row["CREATED"][:16])
        orders[event].add(row["SAT_1_ID"])
    assert len(minutes) == 353
    assert sum(len(times) >= 2 for times in minutes.values()) == 278
    assert sum(len(times) >= 3 for times in minutes.values()) == 182
    assert sum(len(names) == 2 for names in orders.values()) == 238


@pytest.mark.parametrize("tolerance_s", [60.0, 600.0])
def test_the_tolerance_is_inclusive(tolerance_s: float) -> None:
    events = group_events([A, A], np.array([0.0, tolerance_s]), [0, 1], tolerance_s=tolerance_s)
    assert list(events) == [0, 0]
