"""A time axis with dates: plotted in days since the start of the span, labelled in UTC."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from debrissim.core.arrays import Array

_DAY_MIN = 1440
# Minutes between ticks, each a whole number of the one before or near it.
_STEPS_MIN = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    360,
    720,
    *(_DAY_MIN * days for days in (1, 2, 7, 14, 28, 91, 364)),
)
_MAX_TICKS = 8
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def date_axis(ax: Axes, start: np.datetime64, span_days: float, subject: str) -> None:
    """The x axis from the start to the end of a span, with dates; subject: the moments, such as "closest approach"."""
    days, labels = date_ticks(start, span_days)
    ax.set_xlim(0.0, span_days)
    ax.xaxis.set_major_locator(FixedLocator(days.tolist()))
    ax.set_xticklabels(labels)
    years = sorted({str(moment)[:4] for moment in (start, start + _minutes(span_days))})
    ax.set_xlabel(f"{subject} (UTC, {' to '.join(years)})")


def date_ticks(start: np.datetime64, span_days: float) -> tuple[Array, list[str]]:
    """Days (k,) since the start and labels of at most nine round moments of a span.

    Whole days, "2 Nov", or hours, "06:00", with the date below the first and below each midnight.
    """
    length = max(span_days * _DAY_MIN, 1.0)
    step = next(
        (s for s in _STEPS_MIN if length <= s * _MAX_TICKS),
        _STEPS_MIN[-1] * int(1.0 + length / _STEPS_MIN[-1] / _MAX_TICKS),
    )
    first = start.astype("datetime64[ms]").astype(np.int64) / 60_000.0
    ticks = step * np.arange(np.ceil(first / step), np.floor((first + length) / step) + 1.0)
    labels = []
    for number, tick in enumerate(ticks.astype(np.int64).tolist()):
        _, month, day = str(np.datetime64(tick, "m").astype("datetime64[D]")).rsplit("-", 2)
        date, minute = f"{int(day)} {_MONTHS[int(month) - 1]}", tick % _DAY_MIN
        if step >= _DAY_MIN:
            labels.append(date)
        else:
            labels.append(
                f"{minute // 60:02d}:{minute % 60:02d}" + (f"\n{date}" if number == 0 or minute == 0 else "")
            )
    return np.asarray((ticks - first) / _DAY_MIN), labels


def _minutes(days: float) -> np.timedelta64:
    return np.timedelta64(round(days * _DAY_MIN), "m")
