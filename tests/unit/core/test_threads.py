"""Results of threads in the order of the items, and never more of them begun than allowed."""

from __future__ import annotations

import threading

import pytest

from debrissim.core.threads import mapped_in_threads


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_results_are_in_the_order_of_the_items(workers: int) -> None:
    assert list(mapped_in_threads(lambda x: x * x, range(50), workers)) == [x * x for x in range(50)]


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_failure_in_order_is_raised(workers: int) -> None:
    def failing(item: int) -> int:
        if item in (4, 5, 6):
            raise ValueError(str(item))
        return item

    taken = []
    with pytest.raises(ValueError, match="4"):
        taken.extend(mapped_in_threads(failing, range(1000), workers))


def test_no_more_is_begun_than_workers_beyond_the_last_result() -> None:
    begun = []
    lock = threading.Lock()

    def count(item: int) -> int:
        with lock:
            begun.append(item)
        return item

    results = mapped_in_threads(count, range(100), 3)
    for item in range(20):
        assert next(results) == item
        assert max(begun) <= item + 3
    results.close()
    assert max(begun) <= 23
