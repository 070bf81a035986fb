"""The loop of a watch: on time, without drift, whatever a cycle does."""

from __future__ import annotations

import pytest

from debrissim.core.errors import InputError
from debrissim.watch.loop import interval_s, repeat


class Clock:
    """A clock that only sleeping and working advance."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        # A sleeper wakes a little late.
        self.now += seconds + 0.013


def starts(every_s: float, work: list[float], jumps: dict[int, float] | None = None) -> list[float]:
    clock, found = Clock(), []

    def cycle() -> None:
        found.append(clock.now)
        clock.now += work[len(found) - 1] + (jumps or {}).get(len(found), 0.0)

    repeat(cycle, every_s, clock=clock, sleep=clock.sleep, cycles=len(work))
    assert max(clock.naps, default=0.0) <= 60.0
    return found


def test_cycles_do_not_drift():
    found = starts(3600.0, [100.0] * 50)
    assert found == pytest.approx([1000.0 + 3600.0 * k for k in range(50)], abs=0.02)


def test_a_cycle_that_takes_longer_leaves_the_next_one_out():
    assert starts(600.0, [10.0, 1500.0, 10.0, 10.0]) == pytest.approx(
        [1000.0, 1600.0, 3400.0, 4000.0], abs=0.02
    )


def test_a_computer_that_slept_goes_on_at_the_next_moment():
    assert starts(600.0, [1.0, 1.0, 1.0], {1: 86_400.0})[1] == pytest.approx(
        1000.0 + 86_400.0 + 600.0, abs=0.02
    )


def test_a_clock_that_is_set_back_does_not_stop_the_watch():
    found = starts(600.0, [1.0, 1.0, 1.0], {1: -1e6})
    assert found[1] - (found[0] + 1.0 - 1e6) < 700.0


def test_an_error_ends_the_loop():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repeat(interrupted, 600.0)


@pytest.mark.parametrize(
    ("text", "seconds"), [("8h", 28800.0), ("90m", 5400.0), ("1d", 86400.0), (" 0.5H ", 1800.0)]
)
def test_intervals(text: str, seconds: float):
    assert interval_s(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "8", "h", "8 hours", "-1h", "1s", "0h", "31d", "1e3h", "8h8h", "\x1b[2J"]
)
def test_other_texts_are_no_interval(text: str):
    with pytest.raises(InputError, match="expected an interval of 1m to 30d, such as 8h"):
        interval_s(text)
