"""The time that belongs to one encounter: between the maxima of the distance around its own closest approach.

Source: Hall (2021), "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58(3),
715-728, which integrates one encounter between the peaks of the separation of the mean trajectories. Two objects of the
same shell meet near both nodes of their planes, half a period apart: a fixed span of half a period on either side would
also contain the other meeting.

Assumptions
- Two-body motion of the mean orbits. The closest approach is the minimum of the distance reached by going downhill,
  forwards or backwards, from the instant of the states.
- The window extends at most half the shorter period on either side: without a maximum within that, it ends there.
- A rise of less than a millimetre, or of 1e-9 of the distance, does not make a maximum: a pair at rest has no maximum.
- Slow pairs whose errors grow along the orbit can meet where the mean distance is largest (Alfano 2009, case 7). Where
  the density at the hard body rises towards an end of the window, another passage begins there: the window ends in the
  valley before it (our own rule).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.probability.ball import Linearization, nearest_exponent
from debrissim.propagation.two_body import EquinoctialOrbits

# Odd, so that the instant of the states lies within a step; a perigee passage in an orbit of eccentricity 0.9 has about
# ten steps.
_STEPS = 401
_BISECTIONS = 50
_SCAN = 49
_ACTIVE_EXPONENT = 7.0
_RISE_KM, _RISE = 1e-6, 1e-9


@dataclass(frozen=True, eq=False)
class EncounterWindow:
    """m encounters.

    window_s: (m, 2) s from the states' instant; shared: (m, 2) whether another encounter of the same pair lies beyond
    either end, so that contacts there belong to it; reached: (m, 2) whether that other encounter reaches into the span
    between the maxima with a density above exp(-7) of the peak.
    """

    window_s: Array
    shared: NDArray[np.bool_]
    reached: NDArray[np.bool_]

    @classmethod
    def of_caller(cls, window_s: Array) -> EncounterWindow:
        """The windows (m, 2) s given by a caller, beyond which there are no other encounters."""
        return cls(window_s, np.zeros(window_s.shape, dtype=bool), np.zeros(window_s.shape, dtype=bool))


def between_valleys(
    window: EncounterWindow, linearize: Linearization, hard_body_radius_km: Array
) -> EncounterWindow:
    """Shorten windows at the ends towards which the density at the hard body rises, back to the preceding valley.

    Parameters
    ----------
    window : EncounterWindow
        m windows between maxima of the distance.
    linearize : Linearization
        Relative states of the same encounters.
    hard_body_radius_km : (m,), km
        Combined radii.
    """
    m, fraction = len(hard_body_radius_km), np.linspace(0.0, 1.0, _SCAN)
    times = window.window_s[:, :1] + np.diff(window.window_s, axis=1) * fraction
    rows = np.repeat(np.arange(m), _SCAN)
    exponent = nearest_exponent(linearize(rows, times.ravel()), hard_body_radius_km[rows]).reshape(
        times.shape
    )
    rising = np.diff(exponent, axis=1) > 0.0
    falling = np.diff(exponent, axis=1) < 0.0
    # From either end inwards, the first sample from which the density no longer falls.
    first = np.where(rising.all(axis=1), _SCAN - 1, (~rising).argmax(axis=1))
    last = np.where(falling.all(axis=1), 0, _SCAN - 1 - (~falling[:, ::-1]).argmax(axis=1))
    # If the encounter has no peak of its own between them, it keeps its window.
    own = first < last
    index = np.stack([np.where(own, first, 0), np.where(own, last, _SCAN - 1)], axis=-1)
    cut = np.stack([own & (first > 0), own & (last < _SCAN - 1)], axis=-1)
    peak = exponent.min(
        axis=1,
        keepdims=True,
        where=(fraction >= fraction[index[:, :1]]) & (fraction <= fraction[index[:, 1:]]),
        initial=np.inf,
    )
    return EncounterWindow(
        np.where(cut, np.take_along_axis(times, index, axis=1), window.window_s),
        window.shared | cut,
        cut & (exponent[:, [0, -1]] < peak + _ACTIVE_EXPONENT),
    )


def encounter_window(primary: EquinoctialOrbits, secondary: EquinoctialOrbits) -> EncounterWindow:
    """Find the maxima of the distance on either side of the closest approach of m pairs of orbits.

    Parameters
    ----------
    primary, secondary : EquinoctialOrbits
        m orbits each, at a common instant near closest approach.
    """
    m = len(primary)
    half = 0.5 * np.minimum(primary.period_s, secondary.period_s)
    times = half[:, None] * np.linspace(-1.0, 1.0, _STEPS + 1)
    rows = np.repeat(np.arange(m), times.shape[1])
    rate = _relative(primary, secondary, rows, times.ravel())[1].reshape(times.shape)
    own = _own_minimum(primary, secondary, times, rate)
    row, column = np.nonzero((rate[:, :-1] > 0.0) & (rate[:, 1:] <= 0.0))
    peak = _turn(primary, secondary, row, times[row, column], times[row, column + 1], 1.0)
    at_peak, _ = _relative(primary, secondary, row, peak)
    lowest, _ = _relative(primary, secondary, np.arange(m), own)
    # States that are themselves at a maximum are not cut there: the encounter they describe lies on both sides.
    away = np.abs(peak) > half[row] / _STEPS
    real = away & (at_peak > lowest[row] * (1.0 + _RISE) + _RISE_KM)
    row, peak = row[real], peak[real]
    before, after = peak < own[row], peak > own[row]
    window = np.stack([-half, half], axis=-1).reshape(m, 2)
    np.maximum.at(window[:, 0], row[before], peak[before])
    np.minimum.at(window[:, 1], row[after], peak[after])
    return EncounterWindow(window, np.abs(window) < half[:, None], np.zeros((m, 2), dtype=bool))


def _relative(
    primary: EquinoctialOrbits, secondary: EquinoctialOrbits, rows: NDArray[np.intp], times_s: Array
) -> tuple[Array, Array]:
    """(k,) km the distance, and (k,) half the rate of its square, of the pairs `rows` (k,) at times_s (k,)."""
    state = secondary[rows].states(times_s) - primary[rows].states(times_s)
    rate = np.einsum("ki,ki->k", state[:, :3], state[:, 3:])
    return np.linalg.norm(state[:, :3], axis=-1), rate


def _own_minimum(
    primary: EquinoctialOrbits, secondary: EquinoctialOrbits, times: Array, rate: Array
) -> Array:
    """(m,) s the minimum of the distance that lies downhill from the instant of the states, or the end of `times`."""
    rows, last = np.arange(len(times)), times.shape[1] - 1
    _, now = _relative(primary, secondary, rows, np.zeros(rows.size))
    rises, falls = (times > 0.0) & (rate >= 0.0), (times < 0.0) & (rate <= 0.0)
    after = np.where(rises.any(axis=1), rises.argmax(axis=1), last)
    before = np.where(falls.any(axis=1), last - falls[:, ::-1].argmax(axis=1), 0)
    low = np.where(now < 0.0, np.maximum(times[rows, after - 1], 0.0), times[rows, before])
    high = np.where(now < 0.0, times[rows, after], np.minimum(times[rows, np.minimum(before + 1, last)], 0.0))
    return np.where(now == 0.0, 0.0, _turn(primary, secondary, rows, low, high, -1.0))


def _turn(
    primary: EquinoctialOrbits,
    secondary: EquinoctialOrbits,
    rows: NDArray[np.intp],
    low: Array,
    high: Array,
    sign: float,
) -> Array:
    """(k,) s the time between low and high at which the distance stops rising (sign 1) or falling (sign -1)."""
    for _ in range(_BISECTIONS if rows.size else 0):
        middle = 0.5 * (low + high)
        _, rate = _relative(primary, secondary, rows, middle)
        still = sign * rate > 0.0
        low, high = np.where(still, middle, low), np.where(still, high, middle)
    return np.asarray(0.5 * (low + high))
