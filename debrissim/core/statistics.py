"""Intervals of counts and of fractions.

Source: Garwood (1936), "Fiducial Limits for the Poisson Distribution", Biometrika 28; Clopper & Pearson (1934), "The
Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial", Biometrika 26.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError


def garwood_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact (Garwood 1936) confidence interval of the mean of a Poisson distribution that gave `count`."""
    tail = 0.5 * (1.0 - confidence)
    # The chi-square quantiles of Garwood's formula are gamma quantiles; scipy.stats would cost a second to import.
    low = 0.0 if count == 0 else float(scipy.special.gammaincinv(count, tail))
    return low, float(scipy.special.gammaincinv(count + 1, 1.0 - tail))


_TAIL = 0.025


def poisson_range(mean: float) -> tuple[int, int]:
    """The lowest and highest count in the central 95 % of a Poisson distribution of this mean."""
    if mean < 0.0:
        raise InputError(f"mean: expected a number of at least 0, got {mean}")
    return _quantile(mean, _TAIL), _quantile(mean, 1.0 - _TAIL)


def _quantile(mean: float, chance: float) -> int:
    # The distribution function at k is the regularized upper incomplete gamma function of k + 1 at the mean.
    low, high = 0, int(mean + 20.0 * (mean**0.5 + 1.0))
    while low < high:
        middle = (low + high) // 2
        if scipy.special.gammaincc(middle + 1, mean) >= chance:
            high = middle
        else:
            low = middle + 1
    return low


def clopper_pearson(successes: ArrayLike, trials: ArrayLike, tail: float) -> tuple[Array, Array]:
    """Bounds (lower, upper) of proportions, each wrong with at most the probability `tail`; (0, 1) without trials.

    Raises InputError unless the successes are between 0 and the trials.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if ((k < 0.0) | (k > n)).any():
        raise InputError("successes: expected 0 <= successes <= trials")
    lower = np.where(k > 0.0, scipy.special.betaincinv(np.maximum(k, 1.0), n - k + 1.0, tail), 0.0)
    upper = np.where(k < n, scipy.special.betaincinv(k + 1.0, np.maximum(n - k, 1.0), 1.0 - tail), 1.0)
    return lower, upper
