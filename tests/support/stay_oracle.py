"""Stays inside a volume by dense sampling: the reference for `debrissim.screening.stays`, with nothing of its code.

A pair is sampled every 0.05 s from a minimum of its distance outwards, to both sides, until the distance exceeds that
of the volume's farthest point, or until it has a maximum, or the pair's time ends: that is the valley. A stay is a run
of samples inside, its ends sought between samples ever closer; where no sample is inside, the lowest values of the
gauge (1 on the surface of the volume) are sought between the samples, so that stays shorter than the spacing are found,
too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sampler = Callable[[Floats], tuple[Floats, Floats]]
"""Of times (t,): distances (t,) km and relative positions (t, 3) km in the primary's RTN."""

SPACING_S = 0.05
FINE_SPACING_S, FINE_S = 1e-3, 4.0
FIRST_CHUNK, CHUNK = 100, 4000
NOISE_KM = 1e-7


@dataclass(frozen=True)
class Ellipsoid:
    """Semi-axes along R, T and N, km."""

    axes_km: tuple[float, float, float]


Volume = float | tuple[float, float, float] | Ellipsoid


@dataclass(frozen=True)
class Stay:
    """entry_s, exit_s: NaN where the pair's time begins or ends inside."""

    entry_s: float
    exit_s: float

    def holds(self, t_s: float) -> bool:
        """Whether a moment is between entry and exit: another minimum inside there belongs to the same stay."""
        return not (t_s < self.entry_s or t_s > self.exit_s)


def enclosing_radius(volume: Volume) -> float:
    if isinstance(volume, Ellipsoid):
        return max(volume.axes_km)
    return math.sqrt(sum(h * h for h in volume)) if isinstance(volume, tuple) else float(volume)


def gauge(volume: Volume, rtn_km: Floats) -> Floats:
    """At most 1 inside: how many times the volume would have to be magnified to reach each point."""
    if isinstance(volume, Ellipsoid):
        return np.asarray(np.sqrt(((rtn_km / np.array(volume.axes_km)) ** 2).sum(axis=-1)))
    if isinstance(volume, tuple):
        return np.asarray((np.abs(rtn_km) / np.array(volume)).max(axis=-1))
    return np.asarray(np.sqrt((rtn_km**2).sum(axis=-1)) / volume)


def stay_of(sample: Sampler, tca_s: float, start_s: float, end_s: float, volume: Volume) -> Stay | None:
    """The stay of a minimum at tca_s of a pair that exists from start_s to end_s; None if its valley has none."""
    at_tca = _gauge_at(sample, volume, np.array([tca_s]))
    if at_tca[0] <= 1.0:
        return _stay_at(sample, volume, tca_s, start_s, end_s)
    radius = enclosing_radius(volume)
    before, after = (_side(sample, tca_s, limit, radius, volume) for limit in (start_s, end_s))
    times = np.concatenate([before[0][::-1], [tca_s], after[0]])
    values = np.concatenate([before[1][::-1], at_tca, after[1]])
    inside = values <= 1.0
    if not inside.any():
        times, values = _lowest(sample, volume, times, values)
        inside = values <= 1.0
    if not inside.any():
        return None
    # The nearest stay on each side; to a millisecond, the earlier of two equally near.
    before, after = times[inside & (times < tca_s)][-1:], times[inside & (times > tca_s)][:1]
    stays = [_stay_at(sample, volume, t, start_s, end_s) for t in (*before.tolist(), *after.tolist())]
    return min(
        stays, key=lambda stay: round(np.nanmin([abs(stay.entry_s - tca_s), abs(stay.exit_s - tca_s)]), 3)
    )


def _stay_at(sample: Sampler, volume: Volume, inside_s: float, start_s: float, end_s: float) -> Stay:
    return Stay(*(_boundary(sample, volume, inside_s, limit) for limit in (start_s, end_s)))


def _gauge_at(sample: Sampler, volume: Volume, times: Floats) -> Floats:
    return gauge(volume, sample(times)[1])


def _side(
    sample: Sampler, tca_s: float, limit_s: float, radius_km: float, volume: Volume
) -> tuple[Floats, Floats]:
    """Times outwards from a minimum to the end of its valley, and the gauge there."""
    times, values, highest = [np.empty(0)], [np.empty(0)], -math.inf
    for part in _outwards(tca_s, limit_s, SPACING_S):
        distance, rtn = sample(part)
        peak = np.maximum.accumulate(np.maximum(distance, highest))
        over = np.flatnonzero((distance > radius_km) | (distance < peak - NOISE_KM))
        last = int(over[0]) + 1 if over.size else part.size
        times.append(part[:last])
        values.append(gauge(volume, rtn[:last]))
        highest = float(peak[-1])
        if over.size:
            break
    return np.concatenate(times), np.concatenate(values)


def _outwards(place_s: float, limit_s: float, spacing_s: float) -> Iterator[Floats]:
    """Moments from a place to a limit, the limit included, in parts that grow: most pairs part within seconds."""
    sign, count = math.copysign(1.0, limit_s - place_s), FIRST_CHUNK
    while sign * (limit_s - place_s) > 0.0:
        part = place_s + sign * spacing_s * np.arange(1, count + 1)
        part = part[sign * (limit_s - part) > 0.0]
        if part.size < count:
            part = np.append(part, limit_s)
        yield part
        place_s, count = float(part[-1]), min(2 * count, CHUNK)


def _lowest(sample: Sampler, volume: Volume, times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The local minima of the gauge next to samples whose neighbours are higher, by samples ever closer."""
    padded = np.concatenate([[np.inf], values, [np.inf]])
    places = np.flatnonzero((values <= padded[:-2]) & (values <= padded[2:]) & (values < 1.2))
    found = []
    for place in places.tolist():
        low, high = times[max(place - 1, 0)], times[min(place + 1, times.size - 1)]
        for _ in range(12):
            fine = np.linspace(low, high, 21)
            k = int(np.argmin(_gauge_at(sample, volume, fine)))
            low, high = fine[max(k - 1, 0)], fine[min(k + 1, 20)]
        found.append(0.5 * (low + high))
    points = np.array(found)
    return points, _gauge_at(sample, volume, points) if found else points


def _boundary(sample: Sampler, volume: Volume, inside_s: float, limit_s: float) -> float:
    """The moment at which the pair leaves the volume from inside_s towards limit_s; NaN if it does not."""
    near_s = float(np.clip(limit_s, inside_s - FINE_S, inside_s + FINE_S))
    low = inside_s
    for part in chain(_outwards(inside_s, near_s, FINE_SPACING_S), _outwards(near_s, limit_s, SPACING_S)):
        outside = np.flatnonzero(_gauge_at(sample, volume, part) > 1.0)
        if outside.size:
            break
        low = float(part[-1])
    else:
        return math.nan
    k = int(outside[0])
    low, high = (low if k == 0 else float(part[k - 1])), float(part[k])
    # Down to the last digit of the times; the first moment is inside, the last is not.
    for _ in range(10):
        fine = np.linspace(low, high, 33)
        k = int(np.argmax(_gauge_at(sample, volume, fine) > 1.0))
        low, high = float(fine[max(k - 1, 0)]), float(fine[k])
    return 0.5 * (low + high)
