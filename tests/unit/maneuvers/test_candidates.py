"""The burns that are worth screening again."""

from __future__ import annotations

import numpy as np
import pytest
from support.maneuvering import impulses

from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.candidates import chosen, rounded_up


def along(times_s: list[float], sizes_m_s: list[float]) -> Burns:
    changes = np.array([[0.0, size, 0.0] for size in sizes_m_s])
    burns = impulses(times_s, changes)
    return Burns(
        burns.time_s,
        burns.duration_s,
        burns.delta_v_rtn_m_s,
        np.full(len(burns), int(Direction.ALONG_TRACK), np.int8),
    )


def test_sizes_are_rounded_up_to_three_digits() -> None:
    sizes = rounded_up(np.array([0.071101, 0.0712, 1.2340001, 0.0]))
    assert sizes == pytest.approx([0.0712, 0.0712, 1.24, 0.0], rel=1e-12)


def test_all_are_taken_if_they_are_few_the_smallest_first() -> None:
    assert chosen(along([0.0, 1.0, 2.0], [0.3, 0.1, 0.2]), 10.0, 5).tolist() == [1, 2, 0]


def test_of_equal_burns_one_is_taken() -> None:
    burns = impulses([0.0, 0.0, 5.0], [[0.0, 0.1, 0.0], [0.0001, 0.1005, 0.0], [0.0, 0.1, 0.0]])
    assert chosen(burns, 10.0, 10).tolist() == [0, 2]


def test_a_third_are_the_smallest_and_the_rest_is_spread() -> None:
    """99 small burns at one end of the time must not keep away the few larger ones elsewhere."""
    times = [*np.linspace(0.0, 99.0, 100), 900.0, 950.0]
    sizes = [*np.linspace(0.01, 0.0199, 100), 0.5, 4.0]
    rows = chosen(along(times, sizes), 1000.0, 12)
    assert rows.size == 12
    assert set(range(4)) <= set(rows.tolist())
    assert {100, 101} <= set(rows.tolist())
    assert (np.diff(np.array(sizes)[rows]) >= 0.0).all()


def test_without_a_burn_there_is_no_candidate() -> None:
    assert chosen(along([], []), 10.0, 5).size == 0
