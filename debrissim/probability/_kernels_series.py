"""Compiled series of the literature: Chan's and that of Serra et al. (LAAS), with the bounds of the latter."""

from __future__ import annotations

import math

import numpy as np

from debrissim.probability._kernels import (
    _DEPTH,
    _EDGES,
    _SERIES_TERMS,
    Array,
    _disc,
    _jit,
)
from debrissim.probability._kernels_quadrature import _ordinary

# exp(-700) is a normal double; beyond, Chan's sum is taken as the integral it expands.
_LARGE = 700.0
_RESCALE = 1e200
_LOG_RESCALE = math.log(_RESCALE)
_EPSILON = 2.220446049250313e-16


@_jit
def _chan_terms(half_v: float, half_u: float) -> int:
    """How many terms until one and all that follow are below 1e-18 of the greatest."""
    k = int(half_v if half_u > half_v else math.sqrt(half_v * half_u))
    share = 1.0
    while share > 1e-18:
        k += 1
        share *= half_v / k * min(1.0, half_u / (k + 1.0))
    return k + 1


@_jit
def _chan(half_v: float, half_u: float, terms: int) -> float:
    """The sum of the first `terms` terms, taken backwards: all are positive and nothing cancels."""
    top = terms - 1
    # Upper Poisson tail beyond `top` of mean half_u, and the two Poisson weights at `top`.
    share, tail = 1.0, 0.0
    k = top + 1
    weight = math.exp(k * math.log(half_u) - half_u - math.lgamma(k + 1.0))
    while True:
        tail += share
        k += 1
        share *= half_u / k
        if share <= 1e-18 * tail and k > half_u:
            break
    tail *= weight
    inner = math.exp(top * math.log(half_u) - half_u - math.lgamma(top + 1.0))
    if half_v <= 0.0:
        outer = 1.0 if top == 0 else 0.0
    else:
        outer = math.exp(top * math.log(half_v) - half_v - math.lgamma(top + 1.0))
    total = 0.0
    for m in range(top, -1, -1):
        total += outer * tail
        tail += inner
        inner *= m / half_u
        if half_v > 0.0:
            outer *= m / half_v
        elif m == 1:
            outer = 1.0
    return total


@_jit
def chan(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array,
    terms: int, out: Array,
) -> None:  # fmt: skip
    """out[i]: Chan's series; terms > 0: as many, 0: to convergence, -1: as many as Chan recommends."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if not _ordinary(a, b, r):
            out[i] = _disc(u, v, a, b, r, coefficient, edge, stack)
            continue
        distance = math.hypot(u / a, v / b)
        size = r / math.sqrt(a) / math.sqrt(b)
        half_v, half_u = 0.5 * distance * distance, 0.5 * size * size
        if terms == 0 and (half_v > _LARGE or half_u > _LARGE):
            # What the series expands: a disc of equal area seen by a round covariance.
            out[i] = _disc(distance, 0.0, 1.0, 1.0, size, coefficient, edge, stack)
            continue
        if half_u <= 0.0 or half_v > 1e8 or half_u > 1e8:
            out[i] = 1.0 if half_u > half_v else 0.0
            continue
        count = terms if terms > 0 else _chan_terms(half_v, half_u)
        if terms < 0:
            if 2.0 * half_u <= 0.01 or 2.0 * half_v <= 1.0:
                count = 3
            elif 2.0 * half_u <= 1.0 or 2.0 * half_v <= 9.0:
                count = 10
            elif 2.0 * half_u <= 25.0 or 2.0 * half_v <= 25.0:
                count = 20
            else:
                count = 60
        out[i] = min(1.0, _chan(half_v, half_u, count))


@_jit
def _log_sum(first: float, second: float) -> float:
    """log(exp(first) + exp(second))."""
    high, low = max(first, second), min(first, second)
    return high if math.isinf(low) else high + math.log1p(math.exp(low - high))


@_jit
def _remainder(terms: int, log_factor: float, q: float, growth: float) -> float:
    """An upper bound on log(what the terms from number `terms` on add up to).

    Two are proved and the smaller taken. Serra et al.: coefficient k is at most growth^k / (k + 1)! in units of
    exp(log_factor), growth = q (1 + Omega). Ours (Chernoff): all terms are positive and exp(q) P is their sum
    at any radius, so those beyond n are at most eta^-n exp(q (eta - 1)) for any eta > 1; the best is n / q.
    """
    n = terms + 1.0
    published = math.inf
    if growth < n + 1.0:
        published = log_factor + terms * math.log(growth) - math.lgamma(n + 1.0)
        published -= math.log1p(-growth / (n + 1.0))
    chernoff = n - q - n * math.log(n / q) if n > q else math.inf
    return min(published, chernoff)


@_jit
def _laas(u: float, v: float, sigma_a: float, sigma_b: float, radius: float, terms: int,
          tolerance: float) -> tuple[float, float, float]:  # fmt: skip
    """(sum, lower bound, upper bound) after at most `terms` terms, fewer where the bounds agree before."""
    squared = radius * radius
    q = 0.5 * (radius / sigma_b) ** 2
    phi = (1.0 - sigma_b / sigma_a) * (1.0 + sigma_b / sigma_a)
    # In units of the squared radius: the paper's omega_x, omega_y of the minor and the major axis.
    along = (0.5 * v * radius / sigma_b / sigma_b) ** 2
    across = (0.5 * u * radius / sigma_a / sigma_a) ** 2
    growth = q * (1.0 + 0.5 * phi) + along + across
    mahalanobis = 0.5 * ((u / sigma_a) ** 2 + (v / sigma_b) ** 2)
    log_factor = math.log(0.5 * squared / sigma_a / sigma_b) - mahalanobis - q
    rounding = 4.0 * _EPSILON * (16.0 + mahalanobis + q)

    # term: coefficient k of the series over k!; the three sums are its convolutions with the logarithmic
    # derivative of the generating function, each a recurrence of one step with positive terms only.
    term, one, two, three = 1.0, 0.0, 0.0, 0.0
    total, k, bound, log_tail = 0.0, 0, math.inf, -math.inf
    while k < terms:
        total += term / (k + 1.0)
        k += 1
        ratio = 1.0 / (k - 1.0) if k > 1 else 0.0
        one = term + q * ratio * one
        two = term + q * phi * ratio * two
        three = two + q * phi * ratio * three
        term = (q * one + 0.5 * q * phi * two + along * term + across * three) / (float(k) * k)
        if total > _RESCALE or term > _RESCALE:
            total, term = total / _RESCALE, term / _RESCALE
            one, two, three = one / _RESCALE, two / _RESCALE, three / _RESCALE
            log_factor += _LOG_RESCALE
        if k % 8 == 0 and term <= total:
            bound = _remainder(k, log_factor, q, growth)
            if bound <= log_factor + math.log(total) + math.log(tolerance):
                break
    bound = _remainder(k, log_factor, q, growth)
    return 0.0, 0.0, 0.0
