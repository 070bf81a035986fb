"""The states and covariances of a regular Modified ITC file, read by a compiled kernel from the text as a whole.

Every number equals the one obtained by reading line by line (`debrissim.ephemerides.itc`), to the last bit. A file with
anything unusual in it is left to that reader, which finds the fault and its line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.epochs import midnight_jd
from debrissim.core.leap_seconds import FIRST_JD
from debrissim.ephemerides import kernels
from debrissim.ephemerides.time_systems import END_JD, Moments, to_utc


@dataclass(frozen=True, eq=False)
class ItcTable:
    """k states of a file, and the lines that follow them.

    | field       | shape         | unit, frame                                                       |
    |-------------|---------------|-------------------------------------------------------------------|
    | moments     | (k,)          | UTC                                                               |
    | states      | (k, 6)        | km, km/s, as in the file                                          |
    | covariances | (k, m, 7)     | the numbers of the m lines that follow each state                 |
    | lines       | (k, 1 + m)    | their lines in the text, counted from 0                           |
    """

    moments: Moments
    states: Array
    covariances: Array
    lines: Index


def read_table(text: str, group: int) -> ItcTable | None:
    """The table of a text that begins with a state; None if the text is not regular.

    group: lines from state to state, 1 without covariances. Lines end with a line feed.
    """
    if not text.isascii():
        return None
    data = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    size = text.count("\n") + 1
    # Only the part that the kernel writes is ever read, or held in memory.
    epochs = np.empty((size // group + 1, 5), dtype=np.int64)
    values = np.empty((size, kernels.state_lines.NUMBERS_PER_LINE))
    begin, end = np.empty((2, size, kernels.state_lines.NUMBERS_PER_LINE), dtype=np.int64)
    line = np.empty(size, dtype=np.int64)
    count = kernels.state_lines.read_lines(data, group, epochs, values, begin, end, line)
    if count <= 0:
        return None
    values, epochs = values[:count], epochs[: count // group]
    for row, column in np.argwhere(np.isnan(values)).tolist():
        values[row, column] = float(text[begin[row, column] : end[row, column]])
    if not np.isfinite(values).all():
        return None
    moments = _moments(epochs)
    if moments is None:
        return None
    groups = values.reshape(-1, group, kernels.state_lines.NUMBERS_PER_LINE)
    return ItcTable(moments, groups[:, 0, 1:].copy(), groups[:, 1:].copy(), line[:count].reshape(-1, group))


def _moments(epochs: Index) -> Moments | None:
    """The moments of years, days, seconds, decimals and their counts (k, 5); None if one of them is not a valid
    time."""
    if (epochs[:, 2] < 0).any():
        return None
    day, place = np.unique(1000 * epochs[:, 0] + epochs[:, 1], return_inverse=True)
    midnights = [midnight_jd(f"{number // 1000:04d}-{number % 1000:03d}") for number in day.tolist()]
    known = np.array([midnight for midnight in midnights if midnight is not None])
    if known.size < day.size or not ((known >= FIRST_JD) & (known < END_JD)).all():
        return None
    # Quotients of whole numbers below 2^53, which round as those of Python's whole numbers.
    scale = 10 ** epochs[:, 4]
    fraction = (epochs[:, 2] * scale + epochs[:, 3]) / (int(SECONDS_PER_DAY) * scale)
    return to_utc(known[place], fraction, "UTC", None)
