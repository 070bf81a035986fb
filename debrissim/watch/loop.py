"""A cycle again and again: at fixed moments, without drift, whether a cycle fails or not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from debrissim.core.errors import InputError
from debrissim.core.text import quoted

_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}
_INTERVAL = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([mhd])")
SHORTEST_S, LONGEST_S = 60.0, 30 * 86400.0
# A sleeping computer stops its clocks: the wall clock is read again at least at this interval.
_NAP_S = 60.0


def interval_s(text: str) -> float:
    """Seconds of an interval such as "8h", "30m" or "1d". Raises InputError for any other text."""
    match = _INTERVAL.fullmatch(text.strip().lower())
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise InputError(f"--every: expected an interval of 1m to 30d, such as 8h, got {quoted(text)}")
    return seconds


def repeat(
    cycle: Callable[[], None],
    every_s: float,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    cycles: int | None = None,
) -> None:
    """Call `cycle` now and at every further multiple of the interval after that, until it raises.

    A moment that passes while a cycle runs, or while the computer sleeps, is left out: the next one counts.

    Parameters
    ----------
    cycle : callable
        Handles its own failures.
    every_s : float, s
        Interval.
    clock, sleep : callable
        Seconds of the wall clock, and a pause of some seconds.
    cycles : int, optional
        End after so many.
    """
    begin, done = clock(), 0
    while True:
        cycle()
        done += 1
        if cycles is not None and done >= cycles:
            return
        due = begin + every_s * (max(int((clock() - begin) // every_s), 0) + 1)
        while (left := due - clock()) > 0.0:
            if left > 1.5 * every_s:
                # The clock was set back.
                begin = due = clock()
                break
            sleep(min(left, _NAP_S))
