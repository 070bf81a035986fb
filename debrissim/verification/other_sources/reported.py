"""Close approaches as another source reports them, whatever its format: one table, and how the source chose them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.rows import Rows

UNKNOWN = -1
"""No element set of an object is known."""

SOCRATES, SOCRATES_SETS, SUMMARIES, MESSAGES, RESULTS = (
    "SOCRATES list",
    "SOCRATES list with element sets",
    "public CDM summaries",
    "CDMs",
    "results folder",
)
"""The formats of OTHER."""
_OPTIONAL = (
    "speed_km_s", "probability", "maximum_probability", "hard_body_radius_m", "dilution_km", "first_age_days",
    "second_age_days",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ReportedEvents(Rows):
    """m close approaches that another source reports.

    | column                                | shape     | unit                                                        |
    |---------------------------------------|-----------|-------------------------------------------------------------|
    | first_number, second_number           | (m,)      | catalogue numbers, in the source's order                    |
    | first_name, second_name               | (m,)      |                                                             |
    | tca_jd, tca_fraction                  | (m,)      | TCA, UTC, split Julian date                                 |
    | miss_km                               | (m,)      | km                                                          |
    | speed_km_s                            | (m,)      | km/s; NaN where the source does not state it                |
    | probability, maximum_probability      | (m,)      | likewise                                                    |
    | hard_body_radius_m                    | (m,)      | m, of both objects together; likewise                       |
    | dilution_km                           | (m,)      | km, minor sigma at the maximum probability; likewise        |
    | plane                                 | (m, 5)    | km, km^2, encounter plane: miss x, y, covariance xx, xy, yy |
    | first_age_days, second_age_days       | (m,)      | days from the epoch of the element set to TCA; likewise     |
    | relative_rtn_km                       | (m, 3)    | km, second minus first along the first's R, T, N; likewise  |
    | states_teme                           | (m, 2, 6) | km, km/s, of both objects at TCA; likewise                  |
    | first_set, second_set                 | (m,)      | rows of the source's element sets, UNKNOWN for none         |
    | batch                                 | (m,)      | text by which reports of one event sort, the latest last    |
    """

    first_number: Index
    second_number: Index
    first_name: NDArray[np.object_]
    second_name: NDArray[np.object_]
    tca_jd: Array
    tca_fraction: Array
    miss_km: Array
    speed_km_s: Array
    probability: Array
    maximum_probability: Array
    hard_body_radius_m: Array
    dilution_km: Array
    plane: Array
    first_age_days: Array
    second_age_days: Array
    relative_rtn_km: Array
    states_teme: Array
    first_set: Index
    second_set: Index
    batch: NDArray[np.object_]

    def tca_s(self, jd: float, fraction: float) -> Array:
        """(m,) s from a moment, UTC as a split Julian date, to each TCA."""
        return np.asarray(((self.tca_jd - jd) + (self.tca_fraction - fraction)) * SECONDS_PER_DAY)


@dataclass(frozen=True)
class Precision:
    """Half of the last digit in which a source gives its numbers, with a small margin for rounding.

    miss_km, speed_km_s, tca_s, age_days in the units of their names; probability as a fraction of the value.
    """

    miss_km: float
    speed_km_s: float
    tca_s: float
    age_days: float = 0.0
    probability: float = 0.01


@dataclass(frozen=True, eq=False)
class OtherList:
    """Another source: its events, each once by its latest report, and all that is known of how it finds them.

    label: for sentences. format: one of the formats above. report_count: reports of all events. sets: element sets that
    the source itself holds. limit_km: the largest miss that it lists, NaN if not known. span: first and last moment,
    UTC as split Julian dates, None if not known. primaries: numbers of the spacecraft to one of which every pair
    belongs; None: any pair. uses_sgp4: its orbits are element sets, propagated by SGP4. folder: of results.
    """

    path: Path
    label: str
    format: str
    events: ReportedEvents
    report_count: int
    precision: Precision
    sets: Catalog = field(default_factory=Catalog.empty)
    limit_km: float = float("nan")
    span: tuple[tuple[float, float], tuple[float, float]] | None = None
    primaries: frozenset[int] | None = None
    uses_sgp4: bool = True
    folder: Path | None = None
    notes: tuple[str, ...] = ()


def reported_events(size: int, **columns: object) -> ReportedEvents:
    """Events with these columns; every other is missing."""
    missing = np.full(size, np.nan)
    empty: dict[str, object] = dict.fromkeys(_OPTIONAL, missing)
    empty |= {
        "plane": np.full((size, 5), np.nan),
        "relative_rtn_km": np.full((size, 3), np.nan),
        "states_teme": np.full((size, 2, 6), np.nan),
        "first_set": np.full(size, UNKNOWN),
        "second_set": np.full(size, UNKNOWN),
        "batch": np.full(size, "", dtype=np.object_),
    }
    return ReportedEvents(**empty | columns)  # type: ignore[arg-type]


def agrees(
    events: ReportedEvents,
    precision: Precision,
    time_s: Array,
    miss_km: Array,
    speed_km_s: Array,
    tca_s: Array,
) -> Mask:
    """Whether approaches are those reported, within the digits that the source gives: (m,).

    Parameters
    ----------
    events : ReportedEvents
        m reported events.
    precision : Precision
        The digits of the source.
    time_s, miss_km, speed_km_s : Array, shape (m,)
        The approaches: s, km, km/s; NaN for none.
    tca_s : Array, shape (m,)
        The reported TCAs in s from the same origin.
    """
    near = np.abs(miss_km - events.miss_km) <= precision.miss_km
    near &= ~(np.abs(speed_km_s - events.speed_km_s) > precision.speed_km_s)
    return np.asarray(near & (np.abs(time_s - tca_s) <= time_tolerance_s(precision, miss_km, speed_km_s)))


def time_tolerance_s(precision: Precision, miss_km: Array, speed_km_s: Array) -> Array:
    """(m,) s by which a TCA may differ: its digits, and the time for which the distance stays within its own."""
    flat = np.sqrt(2.0 * np.maximum(miss_km, precision.miss_km) * precision.miss_km)
    return np.asarray(precision.tca_s + flat / np.maximum(speed_km_s, 1e-9))
