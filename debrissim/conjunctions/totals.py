"""The totals of a run: close approaches by volume with their rates, and the cumulative probability, of each primary.

Source: Garwood (1936), see `core.statistics`, for the interval of a count.

Assumptions
- Encounters are independent in a cumulative probability. Repeated encounters of one pair are not: there it is an upper
  bound.
- The encounters of a volume are those inside it at any moment, or at TCA if the scenario says so.
- An encounter with a synthetic object is one sample of a model. It counts only in the rates: no
  probability, no threshold, no most probable encounter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.catalog import Catalog, ObjectKind
from debrissim.conjunctions.assessment import Assessment, has_sampled
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import DAYS_PER_YEAR, SECONDS_PER_DAY
from debrissim.core.statistics import garwood_interval
from debrissim.probability.collision import cumulative_probability
from debrissim.results.reader import most_probable_first
from debrissim.screening.encounters import Encounters
from debrissim.screening.volumes import ScreeningVolume

SPEED_EDGES_KM_S = np.arange(0.0, 17.0)
RATE_MIN_EVENTS, RATE_MIN_DAYS = 3, 1.0
"""Fewer events, or a shorter span, give no rate: the interval of two events is wider than a factor of 30."""
RATE_RULE = (
    f"rates need at least {RATE_MIN_EVENTS} approaches and {RATE_MIN_DAYS:g} day; "
    "their 95 % interval is that of a Poisson count (Garwood 1936)"
)


@dataclass(frozen=True)
class VolumeRate:
    """Close approaches in one volume.

    description: the volume in words. count_low, count_high: 95 % interval of the mean of such a count. The rates are
    None where `RATE_RULE` forbids them.
    """

    name: str
    description: str
    count: int
    count_low: float
    count_high: float
    per_day: float | None
    per_day_low: float | None
    per_day_high: float | None
    per_year: float | None


@dataclass(frozen=True)
class Fraction:
    """One kind's or one parent event's part in the approaches and in the probability (None: no real object)."""

    name: str
    count: int
    cumulative_probability: float | None


@dataclass(frozen=True)
class Sums:
    """The encounters of one primary, or of all.

    encounter_count: all of them; sampled_count: those with a synthetic object. The others, of real objects, have
    cumulative_probability and its range (cumulative_low, cumulative_high: the minimum and maximum of every encounter
    with its errors half to twice as large, or with the error that all element sets of an object have in common where
    the model leaves that out), without_probability of them left out; above_yellow and above_red of them
    are at or above the thresholds, and most_probable is the row of one in conjunctions.csv, None if there is none. All
    of these are None where every secondary was synthetic or nothing was screened.
    """

    encounter_count: int
    sampled_count: int
    cumulative_probability: float | None
    cumulative_low: float | None
    cumulative_high: float | None
    without_probability: int | None
    above_yellow: int | None
    above_red: int | None
    most_probable: int | None
    volumes: tuple[VolumeRate, ...]


@dataclass(frozen=True)
class PrimaryTotals(Sums):
    """The encounters of one primary."""

    norad_id: int
    name: str


@dataclass(frozen=True)
class Totals(Sums):
    """The run as a whole: `Sums` of all primaries together, and of each. Two primaries that meet share the
    encounter."""

    primaries: tuple[PrimaryTotals, ...]
    kinds: tuple[Fraction, ...]
    parent_events: tuple[Fraction, ...]
    speed_edges_km_s: tuple[float, ...]
    speed_counts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Screened:
    """The run's arrays that sums are made of; sampled (m,): with a synthetic object."""

    encounters: Encounters
    assessment: Assessment
    sampled: NDArray[np.bool_]
    volumes: tuple[ScreeningVolume, ...]
    yellow: float
    red: float

    def sums(
        self, rows: Index, flown_s: float, *, real: bool, counted: NDArray[np.bool_] | None = None
    ) -> dict[str, object]:
        """The fields of `Sums` of some rows, met in flown_s.

        real: real objects were among those screened. counted: (v,) the volumes that count, None: all.
        """
        days = flown_s / SECONDS_PER_DAY
        inside = self.encounters.inside[rows]
        counts = inside.sum(axis=0).tolist()
        return {
            "encounter_count": len(rows),
            "sampled_count": int(self.sampled[rows].sum()),
            "volumes": tuple(
                _rate(v, counts[k], days) for k, v in enumerate(self.volumes) if counted is None or counted[k]
            ),
            **(self._risk(rows[~self.sampled[rows]]) if real else dict.fromkeys(_RISK)),
        }

    def _risk(self, rows: Index) -> dict[str, object]:
        value = self.assessment.probability.value
        known = rows[np.isfinite(value[rows])]
        low, high = self.assessment.probability_low[known], self.assessment.probability_high[known]
        return {
            "cumulative_probability": cumulative_probability(value[known]),
            "cumulative_low": cumulative_probability(low),
            "cumulative_high": cumulative_probability(high),
            "without_probability": len(rows) - len(known),
            "above_yellow": int((value[known] >= self.yellow).sum()),
            "above_red": int((value[known] >= self.red).sum()),
            "most_probable": self._most_probable(known),
        }

    def _most_probable(self, rows: Index) -> int | None:
        risk, miss = self.assessment.probability, self.encounters.miss_distance_km
        order = most_probable_first(risk.value[rows], risk.maximum[rows], miss[rows])
        return int(rows[order[0]]) if len(rows) else None


_RISK = (
    "cumulative_probability", "cumulative_low", "cumulative_high", "without_probability", "above_yellow", "above_red",
    "most_probable",
)  # fmt: skip


def total(
    encounters: Encounters,
    assessment: Assessment,
    catalog: Catalog,
    primaries: NDArray[np.int64] | None,
    volumes: tuple[ScreeningVolume, ...],
    volumes_of: NDArray[np.bool_] | None,
    flown_s: Array,
    duration_s: float,
    *,
    yellow: float,
    red: float,
) -> Totals:
    """Sum up a run.

    Parameters
    ----------
    encounters, assessment : m close approaches and their risk
    catalog, volumes : the catalogue and the volumes that were screened
    primaries : rows of the catalogue; None: every object with every other
    volumes_of : which volumes count for which primary, shape (p, v); None: all
    flown_s : array, shape (n,)
        Time for which each object was flown, s: the rates of a primary are over its own, those of the run over the mean
        of the primaries.
    duration_s : length of the span, s
    yellow, red : thresholds of collision probability; encounters at or above them are counted
    """
    screened = _Screened(
        encounters,
        assessment,
        has_sampled(encounters, catalog),
        volumes,
        yellow,
        red,
    )
    real = _has_real_secondaries(catalog.synthetic, primaries)
    rows = np.arange(len(encounters))
    kind, event = catalog.object_kind[encounters.secondary], catalog.parent_event[encounters.secondary]
    value = np.where(screened.sampled, np.nan, assessment.probability.value)
    return Totals(
        **screened.sums(rows, _exposure(flown_s, primaries, duration_s), real=real),  # type: ignore[arg-type]
        primaries=tuple(
            PrimaryTotals(
                **screened.sums(  # type: ignore[arg-type]
                    _met_by(encounters, row),
                    float(flown_s[row]),
                    real=real,
                    counted=None if volumes_of is None else volumes_of[k],
                ),
                norad_id=int(catalog.norad_id[row]),
                name=str(catalog.name[row]),
            )
            for k, row in enumerate(() if primaries is None else primaries.tolist())
        ),
        kinds=tuple(_fraction(k.label, kind == k, value) for k in ObjectKind if (kind == k).any()),
        # The breakups of synthetic objects come from the statistics from which they are sampled.
        parent_events=tuple(
            _fraction(name, event == name, value) for name in _events(event, screened.sampled)
        ),
        speed_edges_km_s=tuple(SPEED_EDGES_KM_S.tolist()),
        speed_counts=_speed_counts(encounters.relative_speed_km_s),
    )


def _exposure(flown_s: Array, primaries: NDArray[np.int64] | None, duration_s: float) -> float:
    """The time (s) by which approaches to all primaries are divided: a primary that comes down half-way counts half."""
    return duration_s if primaries is None or not len(primaries) else float(flown_s[primaries].mean())


def _met_by(encounters: Encounters, row: int) -> Index:
    """The encounters of one object: two primaries that meet have the encounter in common."""
    return np.flatnonzero((encounters.primary == row) | (encounters.secondary == row))


def _has_real_secondaries(synthetic: NDArray[np.bool_], primaries: NDArray[np.int64] | None) -> bool:
    """Whether real objects met real ones: a real primary among synthetic objects meets only statistics."""
    if primaries is None or not synthetic.any():
        return int((~synthetic).sum()) > 1
    others = np.ones(len(synthetic), dtype=np.bool_)
    others[primaries] = False
    return bool((others & ~synthetic).any())


def _events(event: NDArray[np.str_], sampled: NDArray[np.bool_]) -> Iterator[str]:
    names = np.unique(event[~sampled])
    return (str(name) for name in names[names != ""])


def _speed_counts(speed_km_s: Array) -> tuple[int, ...]:
    """Encounters by relative speed; the last bin holds all that are faster."""
    counts, _ = np.histogram(np.minimum(speed_km_s, SPEED_EDGES_KM_S[-1]), SPEED_EDGES_KM_S)
    return tuple(counts.tolist())


def _rate(volume: ScreeningVolume, count: int, days: float) -> VolumeRate:
    low, high = garwood_interval(count)
    rated = count >= RATE_MIN_EVENTS and days >= RATE_MIN_DAYS
    return VolumeRate(
        name=volume.name,
        description=volume.description,
        count=count,
        count_low=low,
        count_high=high,
        per_day=count / days if rated else None,
        per_day_low=low / days if rated else None,
        per_day_high=high / days if rated else None,
        per_year=count / days * DAYS_PER_YEAR if rated else None,
    )


def _fraction(name: str, rows: NDArray[np.bool_], value: Array) -> Fraction:
    known = value[rows & np.isfinite(value)]
    return Fraction(name, int(rows.sum()), cumulative_probability(known) if len(known) else None)
