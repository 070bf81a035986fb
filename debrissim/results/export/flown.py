"""Segments of objects that flew ephemerides or several element sets: one for each arc that they flew.

Assumptions
- An arc has samples at whole multiples of the step since midnight UTC, and at its own ends, rounded inwards to a
  millisecond, so that their time stamps are exact and no segment extends beyond its arc. Two segments that meet
  at a switch are therefore up to two milliseconds apart.
- A short arc is sampled more closely, so that a polynomial of degree 7 has enough points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.ephemerides.flights import Flights

EPHEMERIS = "ephemeris"
"""The word of objects.csv (`FLOWN_BY`) for objects that flew one."""

_STAMP_S = 1e-3
_POINTS = 8
_FINER_STEPS_S = (10.0, 1.0, 0.1, 0.01, 0.001)
# Samples closer than this part of the step to the end of an arc are left out: polynomials through two points that
# nearly coincide magnify the rounding of both.
_NEAR_END = 0.1


@dataclass(frozen=True, eq=False)
class Flown:
    """The arcs that the objects of a run flew.

    flights: of the n objects of its catalogue; number: (n,) their catalogue numbers.
    """

    flights: Flights
    number: Index


FlownSource = Callable[[], Flown]
"""Reads the trajectories that the objects of a run flew, for which it takes the files that the run read."""


def flown_segments(
    flown: Flown, number: int, spans: list[tuple[float, float]], start: tuple[float, float], step_s: float
) -> list[tuple[Array, Array]]:
    """The times (k,) and states (k, 6) of an object within spans of run time, in the order of time.

    start: of the span, UTC, as a split Julian date. One entry for each arc in each span where it has a position.
    """
    (row,) = np.flatnonzero(flown.number == number)[:1].tolist() or [-1]
    arcs = flown.flights[np.flatnonzero(flown.flights.row == row)]
    propagator = arcs.propagator(*start)
    found = []
    for low, high in spans:
        for arc, (begin, end) in enumerate(zip(arcs.begin_s.tolist(), arcs.end_s.tolist(), strict=True)):
            times = arc_times((low, high), (begin, end), step_s, start[1])
            codes, positions, velocities = propagator.states([arc], times)
            good = codes[0] == 0
            if good.any():
                found.append((times[good], np.concatenate([positions[0], velocities[0]], axis=1)[good]))
    return sorted(found, key=lambda segment: float(segment[0][0]))


def arc_times(
    span_s: tuple[float, float], arc_s: tuple[float, float], step_s: float, start_fraction: float
) -> Array:
    """(k,) s of run time at which an arc is sampled within a span, empty if the two do not overlap.

    span_s, arc_s: beginning and end; step_s: of the samples; start_fraction: of the day, at run time 0.
    """
    midnight_s = -start_fraction * SECONDS_PER_DAY

    def rounded(moment_s: float, step: float, rule: Callable[[float], float]) -> float:
        return midnight_s + step * float(rule((moment_s - midnight_s) / step))

    low, high = rounded(span_s[0], step_s, np.floor), rounded(span_s[1], step_s, np.ceil)
    low = low if arc_s[0] <= low else rounded(arc_s[0], _STAMP_S, np.ceil)
    high = high if arc_s[1] >= high else rounded(arc_s[1], _STAMP_S, np.floor)
    if not (low < high and low < span_s[1] and high > span_s[0]):
        return np.empty(0)
    inner = np.empty(0)
    for step in (step_s, *(finer for finer in _FINER_STEPS_S if finer < step_s)):
        count = np.arange(np.floor((low - midnight_s) / step), np.ceil((high - midnight_s) / step) + 1.0)
        inner = midnight_s + step * count
        inner = inner[(inner > low + _NEAR_END * step) & (inner < high - _NEAR_END * step)]
        if inner.size >= _POINTS - 2:
            break
    return np.concatenate([[low], inner, [high]])
