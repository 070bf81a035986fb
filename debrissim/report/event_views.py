"""The histories of events, ready to plot; independent of plotting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array

MAX_PANELS = 6
"""Events in one figure."""


@dataclass(frozen=True, eq=False)
class HistoryView:
    """The reports of one event, the oldest first; arrays (m,), NaN where there is no number.

    number: of the event. pair: the objects in words. tca_utc: the latest TCA. days_to_tca: from each report to that
    TCA. probability_low, probability_high: its range. miss_sigma_km: along the miss. tca_shift_s: against the latest
    report. diluted: in the dilution region. sources: of each report.
    """

    number: int
    pair: str
    tca_utc: str
    yellow: float
    red: float
    days_to_tca: Array
    probability: Array
    probability_low: Array
    probability_high: Array
    maximum_probability: Array
    miss_distance_km: Array
    miss_sigma_km: Array
    tca_shift_s: Array
    diluted: NDArray[np.bool_]
    sources: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class EventsView:
    """The histories of several events, the most important first; title: a sentence; hidden: number of events not among
    them."""

    title: str
    histories: tuple[HistoryView, ...]
    hidden: int
