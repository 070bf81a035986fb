"""Close approaches of single pairs by dense SGP4, each object with its own element set, constants and mode.

Nothing of the screening is used: a pair is sampled around the moment of a report, and the minimum next to that moment
is found by `verification.brute_force`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import WGS72, WGS84, Satrec

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY, SGP4_DAY_ZERO_JD
from debrissim.core.events import TOLERANCE_S
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.verification import brute_force as dense

_STEP_S = 10.0
_PAIRS_AT_ONCE = 1000
NOT_FOUND = -1
AT_THE_MOMENT = 9
"""Kind of an approach without a minimum within `TOLERANCE_S`: the given moment takes its place."""


@dataclass(frozen=True)
class Theory:
    """SGP4's gravity constants and mode of operation: "i", improved, or "a", as in the Air Force's own code."""

    wgs84: bool = False
    afspc: bool = False

    @property
    def constants(self) -> Any:
        """As python-sgp4 takes them."""
        return WGS84 if self.wgs84 else WGS72


OURS = Theory()
"""WGS-72, improved mode: that of this program."""


@dataclass(frozen=True, eq=False)
class Motions(Propagator):
    """n motions: records of SGP4, or arcs of a run that flies ephemerides.

    arc: (n,) rows of `flown`, NOT_FOUND for a record; offset_s: from the start of the flown run to time zero.
    """

    arc: Index = None  # type: ignore[assignment]
    flown: Propagator | None = None
    offset_s: float = 0.0

    def states_along(self, rows: ArrayLike, times_s: Array) -> tuple[NDArray[np.uint8], Array, Array]:
        """As `Propagator.states_along`."""
        chosen = np.asarray(rows, dtype=np.int64)
        own = self.arc[chosen] >= 0
        if self.flown is None or not own.any():
            return super().states_along(chosen, times_s)
        codes = np.zeros(times_s.shape, dtype=np.uint8)
        positions, velocities = np.zeros((2, *times_s.shape, 3))
        codes[~own], positions[~own], velocities[~own] = super().states_along(chosen[~own], times_s[~own])
        codes[own], positions[own], velocities[own] = self.flown.states_along(
            self.arc[chosen[own]], times_s[own] + self.offset_s
        )
        return codes, positions, velocities


def motions_of(
    records: list[Satrec | None],
    arcs: Index,
    origin: tuple[float, float],
    flown: Propagator | None = None,
    offset_s: float = 0.0,
) -> Motions:
    """Motions of records (n,), or where a record is None of arcs (n,) of `flown`; origin: time zero."""
    none = np.empty(0)
    return Motions(
        records=tuple(records),
        start_jd=origin[0],
        start_fraction=origin[1],
        near_earth=np.empty(0, dtype=bool),
        constants=none,
        deep_constants=none,
        first_minutes=none,
        arc=np.where([record is None for record in records], arcs, NOT_FOUND),
        flown=flown,
        offset_s=offset_s,
    )


def with_theory(record: Satrec, theory: Theory) -> Satrec:
    """The same element set with other constants and mode."""
    if theory == OURS:
        return record
    other = Satrec()
    epoch_days = (record.jdsatepoch - SGP4_DAY_ZERO_JD) + record.jdsatepochF
    other.sgp4init(
        theory.constants, "a" if theory.afspc else "i", 0, epoch_days, record.bstar, 0.0, 0.0, record.ecco,
        record.argpo, record.inclo, record.mo, record.no_kozai, record.nodeo,
    )  # fmt: skip
    other.jdsatepoch, other.jdsatepochF = record.jdsatepoch, record.jdsatepochF
    return other


@dataclass(frozen=True, eq=False)
class Approaches(dense.Minima):
    """m closest approaches, each the one next to a given moment, within `TOLERANCE_S` of it.

    The columns are those of `Minima`, in s from time zero. Pairs that fly together may have no minimum there: the given
    moment then takes its place (kind `AT_THE_MOMENT`). NaN where an object cannot be propagated then.
    first_code, second_code: (m,) SGP4's codes at that moment; nearest_km: (m,) km, the minimum of the samples.
    """

    first_code: NDArray[np.uint8]
    second_code: NDArray[np.uint8]
    nearest_km: Array

    @property
    def found(self) -> Mask:
        """(m,) whether there is an approach."""
        return np.asarray(np.isfinite(self.miss_km))


def closest_approaches(motions: Motions, first: Index, second: Index, around_s: Array) -> Approaches:
    """The closest approach of each pair next to a moment.

    Parameters
    ----------
    motions : Motions
        n motions.
    first, second : Index, shape (m,)
        Rows of the motions.
    around_s : Array, shape (m,)
        Moments in s from time zero; 11 minutes or more after it.
    """
    chunks = np.array_split(np.arange(first.size), first.size // _PAIRS_AT_ONCE + 1)
    return Approaches.concat([_approaches(motions, first[k], second[k], around_s[k]) for k in chunks])


def _approaches(motions: Motions, first: Index, second: Index, around_s: Array) -> Approaches:
    size = first.size
    offsets = np.arange(-TOLERANCE_S, TOLERANCE_S + _STEP_S, _STEP_S)
    times = around_s[:, None] + offsets
    codes, positions, _ = motions.states_along(first, times)
    other_codes, others, _ = motions.states_along(second, times)
    good = (codes == 0) & (other_codes == 0)
    with np.errstate(invalid="ignore"):
        distance = np.where(good, np.linalg.norm(others - positions, axis=2), np.inf)
    inner = distance[:, 1:-1]
    lowest = np.isfinite(inner) & (inner <= distance[:, :-2]) & (inner <= distance[:, 2:])
    lowest &= np.isfinite(distance[:, :-2]) & np.isfinite(distance[:, 2:])
    # The sample next to the moment that is lower than both of its neighbours.
    away = np.where(lowest, np.abs(offsets[1:-1]), np.inf)
    at = away.argmin(axis=1) + 1
    rows = np.flatnonzero(np.isfinite(away.min(axis=1, initial=np.inf)))
    begin, end = _good_around(good[rows], at[rows], times[rows])
    both = np.concatenate([first[rows], second[rows]])
    alone = replace(motions, records=tuple(motions.records[k] for k in both.tolist()), arc=motions.arc[both])
    minima, _ = dense.minima_at(
        alone,
        np.arange(rows.size),
        np.arange(rows.size, both.size),
        times[rows, at[rows]],
        float(times.max(initial=0.0)) + SECONDS_PER_DAY,
        np.tile(begin, 2),
        np.tile(end, 2),
    )
    minima = minima[minima.kind == dense.MINIMUM]
    place = rows[minima.place]
    middle = offsets.size // 2
    full = {
        "time_s": np.full(size, np.nan),
        "miss_km": np.full(size, np.nan),
        "relative_rtn_km": np.full((size, 3), np.nan),
        "speed_km_s": np.full(size, np.nan),
    }
    for name, column in full.items():
        column[place] = getattr(minima, name)
    kind = np.full(size, NOT_FOUND, dtype=np.int8)
    kind[place] = minima.kind
    _fill_moments(motions, first, second, around_s, full, kind)
    return Approaches(
        first=first,
        second=second,
        kind=kind,
        place=np.arange(size),
        first_code=codes[:, middle],
        second_code=other_codes[:, middle],
        nearest_km=distance.min(axis=1, initial=np.inf),
        **full,
    )


def _fill_moments(
    motions: Motions,
    first: Index,
    second: Index,
    around_s: Array,
    full: dict[str, Array],
    kind: NDArray[np.int8],
) -> None:
    """Put the given moment in the place of a minimum that is missing, where both objects can be propagated."""
    rows = np.flatnonzero(kind == NOT_FOUND)
    codes, positions, velocities = motions.states_along(first[rows], around_s[rows, None])
    other_codes, others, other_rates = motions.states_along(second[rows], around_s[rows, None])
    good = (codes[:, 0] == 0) & (other_codes[:, 0] == 0)
    rows = rows[good]
    full["time_s"][rows] = around_s[rows]
    full["miss_km"][rows] = np.linalg.norm((others - positions)[good, 0], axis=1)
    full["speed_km_s"][rows] = np.linalg.norm((other_rates - velocities)[good, 0], axis=1)
    full["relative_rtn_km"][rows] = dense.relative_positions(
        motions, first[rows], second[rows], around_s[rows]
    )
    kind[rows] = AT_THE_MOMENT


def _good_around(good: Mask, at: Index, times_s: Array) -> tuple[Array, Array]:
    """First and last time of the run of good samples around one sample of each row."""
    order = np.arange(good.shape[1])
    before = np.where(~good & (order < at[:, None]), order, -1).max(axis=1, initial=-1) + 1
    after = (
        np.where(~good & (order > at[:, None]), order, good.shape[1]).min(axis=1, initial=good.shape[1]) - 1
    )
    rows = np.arange(good.shape[0])
    return times_s[rows, before], times_s[rows, after]


def distance_at(motions: Motions, first: Index, second: Index, time_s: Array) -> Array:
    """(m,) km between pairs at moments (m,); NaN where an object cannot be propagated there."""
    codes, positions, _ = motions.states_along(first, time_s[:, None])
    other_codes, others, _ = motions.states_along(second, time_s[:, None])
    distance = np.linalg.norm((others - positions)[:, 0], axis=1)
    return np.where((codes[:, 0] == 0) & (other_codes[:, 0] == 0), distance, np.nan)


def records_of(catalog: Any, origin: tuple[float, float]) -> tuple[Satrec, ...]:
    """A record of each element set, as this program propagates it."""
    return make_propagator(catalog, *origin).records


def epoch_s(record: Satrec, origin: tuple[float, float]) -> float:
    """Seconds from time zero to the epoch of a record."""
    return float(((record.jdsatepoch - origin[0]) + (record.jdsatepochF - origin[1])) * SECONDS_PER_DAY)
