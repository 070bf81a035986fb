"""Counting hits among samples: exact bounds, a stopping rule, the loop over batches, Gaussian samples.

Source: Clopper & Pearson (1934), "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
Biometrika 26, 404-413.

The Clopper-Pearson bounds are exact, and the stopping rule keeps them exact. The rule is fixed beforehand as a number
of hits k, and sampling ends with the sample that scores the k-th hit, or at the maximum number of samples. The event
"at least as many hits as soon" then has the probability of a binomial tail, so the same bounds hold, with the upper one
slightly wide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import scipy
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.statistics import clopper_pearson
from debrissim.probability.state_pair import StateFlag, StateProbability


class Contacts(NamedTuple):
    """n samples of one encounter.

    time_s: (n,) s of the first contact, infinite without one; at_start: (n,) whether that contact exists at the
    window's start; valid: (n,) whether the sample is an orbit that could be propagated (other samples have no contact).
    """

    time_s: Array
    at_start: NDArray[np.bool_]
    valid: NDArray[np.bool_]


ContactSampler: TypeAlias = Callable[[int, int], Contacts]
"""(row of the encounter, number of samples) -> their contacts."""


@dataclass(frozen=True, eq=False)
class MonteCarloProbability(StateProbability):
    """`StateProbability` whose bounds are exact confidence bounds, with the counts behind them.

    hits: (m,) int64; unbound: (m,) int64 samples that are not elliptic orbits; confidence: of the two-sided interval
    [lower, upper].
    """

    hits: NDArray[np.int64]
    unbound: NDArray[np.int64]
    confidence: float


def count_contacts(
    sampler: ContactSampler,
    radius_km: Array,
    window_s: Array,
    clipped: NDArray[np.bool_],
    *,
    method: str,
    batch: int,
    samples: int,
    hits: int,
    confidence: float,
) -> MonteCarloProbability:
    """Sample m encounters in batches until each has the given number of hits or of samples.

    radius_km: (m,); window_s: (m, 2) s; clipped: (m,) whether a covariance was clipped, for the flags.
    """
    m = radius_km.size
    hit_count, trials = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    initial, unbound = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
    centre = np.mean(window_s, axis=-1)
    for i in range(m):
        times: list[Array] = []
        while trials[i] < samples and hit_count[i] < hits:
            count = min(batch, samples - int(trials[i]))
            contacts = sampler(i, count)
            met = np.flatnonzero(np.isfinite(contacts.time_s) & (radius_km[i] > 0.0))
            if hit_count[i] + met.size >= hits:
                met = met[: hits - int(hit_count[i])]
                count = int(met[-1]) + 1
            trials[i] += count
            hit_count[i] += met.size
            unbound[i] += int((~contacts.valid[:count]).sum())
            initial[i] += int(contacts.at_start[met].sum())
            times.append(contacts.time_s[met])
        if hit_count[i]:
            centre[i] = float(np.median(np.concatenate(times)))
    lower, upper = clopper_pearson(hit_count, trials, 0.5 * (1.0 - confidence))
    flags = np.zeros(m, dtype=np.int64)
    flags[clipped] |= int(StateFlag.NON_POSITIVE_DEFINITE)
    flags[unbound > 0] |= int(StateFlag.UNBOUND_SAMPLES)
    value = hit_count / trials
    return MonteCarloProbability(
        value=value, lower=lower, upper=upper, expected=value, initial=initial / trials, flags=flags,
        window_s=window_s, peak_time_s=centre, samples=trials, method=method, hits=hit_count, unbound=unbound,
        confidence=confidence,
    )  # fmt: skip


def required_hits(relative_half_width: float, confidence: float = 0.95) -> int:
    """The number of hits after which half the interval is at most the given fraction of the value, however small the
    value.

    This is the Poisson limit; for large values the interval is even narrower.
    """
    _check_confidence(confidence)
    if not relative_half_width > 0.0:
        raise InputError(f"relative_half_width: expected a number > 0, got {relative_half_width}")
    tail = 0.5 * (1.0 - confidence)

    def wide(k: int) -> bool:
        lower, upper = scipy.special.gammaincinv(k, tail), scipy.special.gammaincinv(k + 1, 1.0 - tail)
        return bool(upper - lower > 2.0 * k * relative_half_width)

    high = 1
    while wide(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high


def check_stopping_rule(samples: int, relative_half_width: float | None, confidence: float) -> int:
    """The number of hits at which to stop, unreachable if there is no rule. Raises InputError for an invalid rule."""
    if samples < 1:
        raise InputError(f"samples: expected at least 1, got {samples}")
    _check_confidence(confidence)
    return samples + 1 if relative_half_width is None else required_hits(relative_half_width, confidence)


def _check_confidence(confidence: float) -> None:
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence: expected a fraction between 0 and 1, got {confidence}")


class GaussianSampler:
    """A normal distribution of six components, sampled through the square root of its correlation."""

    def __init__(self, mean: Array, covariance: Array) -> None:
        sigma = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
        bottom = np.where(sigma > 0.0, sigma, 1.0)
        values, vectors = np.linalg.eigh(covariance / bottom[:, None] / bottom)
        self.mean = mean
        self.root = sigma[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))

    def sample(self, rng: np.random.Generator, count: int) -> Array:
        """(count, 6) samples."""
        return np.ascontiguousarray(self.mean + rng.standard_normal((count, 6)) @ self.root.T)
