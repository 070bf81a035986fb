"""Compiled series from the literature: the series of Chan and that of Serra et al. (LAAS), with bounds for the
latter."""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.probability.kernels.disc import _DEPTH, _EDGES, _disc_integral
from debrissim.probability.kernels.quadrature import _ordinary
from debrissim.probability.kernels.strip import _SERIES_TERMS

# exp(-700) is a normal double; beyond it, Chan's sum is replaced by the integral that it expands.
_LARGE = 700.0
# Above this number of terms the result is not meaningful.
_HUGE = 1e8
_RESCALE = 1e200
_LOG_RESCALE = math.log(_RESCALE)
_EPSILON = 2.220446049250313e-16


@jit
def _chan_terms(half_v: float, half_u: float) -> int:
    """The number of terms beyond which every term is below 1e-18 of the largest."""
    k = int(half_v if half_u > half_v else math.sqrt(half_v * half_u))
    weight = 1.0
    while weight > 1e-18:
        k += 1
        weight *= half_v / k * min(1.0, half_u / (k + 1.0))
    return k + 1


@jit
def _chan(half_v: float, half_u: float, terms: int) -> float:
    """The sum of the first `terms` terms, taken backwards: all are positive, so no digits cancel."""
    top = terms - 1
    # Upper tail beyond `top` of a Poisson distribution with mean half_u, and the two Poisson weights at `top`.
    term, tail = 1.0, 0.0
    k = top + 1
    weight = math.exp(k * math.log(half_u) - half_u - math.lgamma(k + 1.0))
    while term > 1e-18 * tail or k <= half_u:
        tail += term
        k += 1
        term *= half_u / k
    tail = min(1.0, tail * weight)
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


@jit
def _recommended(u: float, v: float) -> int:
    """Chan's own number of terms."""
    if u <= 0.01 or v <= 1.0:
        return 3
    if u <= 1.0 or v <= 9.0:
        return 10
    return 20 if u <= 25.0 or v <= 25.0 else 60


@jit
def chan(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    terms: int,
    out: Array,
) -> None:
    """out[i]: Chan's series; terms > 0: that many, 0: to convergence, -1: the number that Chan recommends."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if not _ordinary(a, b, r):
            out[i] = _disc_integral(u, v, a, b, r, coefficient, edge, stack)
            continue
        distance = math.hypot(u / a, v / b)
        size = r / math.sqrt(a) / math.sqrt(b)
        half_v, half_u = 0.5 * distance * distance, 0.5 * size * size
        if terms == 0 and (half_v > _LARGE or half_u > _LARGE):
            # The closed form of the series: a disc of equal area under a round covariance.
            out[i] = _disc_integral(distance, 0.0, 1.0, 1.0, size, coefficient, edge, stack)
            continue
        count = terms
        if terms < 0:
            count = _recommended(2.0 * half_u, 2.0 * half_v)
        if half_u <= 0.0 or half_v > _HUGE or half_u > _HUGE:
            out[i] = 1.0 if half_u > half_v else 0.0
            continue
        needed = _chan_terms(half_v, half_u)
        count = min(count, needed) if count > 0 else needed
        out[i] = min(1.0, _chan(half_v, half_u, count))


@jit
def _log_expm1(x: float) -> float:
    """log(e^x - 1), x > 0, without overflow."""
    return math.log(math.expm1(x)) if x < 36.0 else x


@jit
def _log_remainder(terms: int, log_factor: float, q: float, growth: float, mahalanobis: float) -> float:
    """An upper bound on the logarithm of the sum of all terms from number `terms` onwards.

    The smaller of two proved bounds. Serra et al.: coefficient k is at most growth^k / (k + 1)! in units of
    exp(log_factor), so that the sum of all coefficients is at most (e^growth - 1) / growth. Our own bound, after
    Chernoff: all terms are positive, and exp(q) P is their sum at any radius, so the terms beyond power n are at most
    eta^-n exp(q (eta - 1)) times P at radius R sqrt(eta), for any eta > 1; eta = n / q is used, and P is at most 1 and
    at most area times maximum density.
    """
    n = terms + 1.0
    published = log_factor + _log_expm1(growth) - math.log(growth)
    if growth < n + 1.0:
        tail = terms * math.log(growth) - math.lgamma(n + 1.0) - math.log1p(-growth / (n + 1.0))
        published = min(published, log_factor + tail)
    if n <= q:
        return published
    nearest = max(0.0, mahalanobis - math.sqrt(2.0 * n))
    # log_factor is log(R^2 / (2 sigma_a sigma_b)) - mahalanobis^2 / 2 - q.
    inner = log_factor + 0.5 * mahalanobis * mahalanobis + q + math.log(n / q) - 0.5 * nearest * nearest
    return min(published, n - q - n * math.log(n / q) + min(0.0, inner))


@jit
def _min_remainder(terms: int, term: float, q: float) -> float:
    """A lower bound on the sum of the terms from `terms` onwards: each coefficient is at least q times the previous
    one."""
    if terms == 0:
        return math.expm1(q) / q if q < _LARGE else 0.0
    weight, total, k = 1.0 / (terms + 1.0), 0.0, terms + 1.0
    # Any number of these terms gives a bound; this many give a close bound without overflow.
    for _ in range(1000):
        total += weight
        k += 1.0
        weight *= q / k
        if total > 1e80:
            break
    return term * total


@jit
def _laas(
    u: float, v: float, sigma_a: float, sigma_b: float, radius: float, terms: int, tolerance: float
) -> tuple[float, float, float]:
    """(sum, lower bound, upper bound) after `terms` terms, or fewer where the bounds agree sooner."""
    mahalanobis = math.hypot(u / sigma_a, v / sigma_b)
    q = 0.5 * (radius / sigma_b) ** 2
    if mahalanobis - radius / sigma_b > 39.0:
        return 0.0, 0.0, 5e-324
    phi = (1.0 - sigma_b / sigma_a) * (1.0 + sigma_b / sigma_a)
    # The paper's omega for the minor and the major axis, times the squared radius.
    along = (0.5 * (v / sigma_b) * (radius / sigma_b)) ** 2
    across = (0.5 * (u / sigma_a) * (radius / sigma_a)) ** 2
    growth = q * (1.0 + 0.5 * phi) + along + across
    size = 0.5 * (radius / sigma_a) * (radius / sigma_b)
    if size <= 0.0 or growth <= 0.0:
        return 0.0, 0.0, 5e-324
    base = math.log(size) - 0.5 * mahalanobis * mahalanobis - q
    log_factor = base

    # term is coefficient k over k!; one, two, three are its convolutions with the parts of the generating
    # function's logarithmic derivative: recurrences of one step in which every number is positive.
    term, one, two, three = 1.0, 0.0, 0.0, 0.0
    total, k = 0.0, 0
    while k < terms:
        total += term / (k + 1.0)
        ratio = q / k if k > 0 else 0.0
        k += 1
        one = term + ratio * one
        two = term + ratio * phi * two
        three = two + ratio * phi * three
        term = (q * one + 0.5 * q * phi * two + along * term + across * three) / (float(k) * k)
        if total > _RESCALE or term > _RESCALE:
            total, term = total / _RESCALE, term / _RESCALE
            one, two, three = one / _RESCALE, two / _RESCALE, three / _RESCALE
            log_factor += _LOG_RESCALE
        if k % 8 == 0:
            bound = _log_remainder(k, base, q, growth, mahalanobis)
            if bound <= log_factor + math.log(total) + math.log(tolerance):
                break
    partial = math.exp(log_factor + math.log(total)) if total > 0.0 else 0.0
    bound = _log_remainder(k, base, q, growth, mahalanobis)
    remainder = _min_remainder(k, term, q)
    lower = partial + (math.exp(log_factor + math.log(remainder)) if remainder > 0.0 else 0.0)
    upper = partial + math.exp(min(bound, 1.0))
    # Rounding errors of each step and of the exponent.
    rounding = 4.0 * _EPSILON * (16.0 + k + 0.5 * mahalanobis * mahalanobis + q)
    lower = min(1.0, lower * max(0.0, 1.0 - rounding))
    return min(1.0, partial), lower, min(1.0, max(upper * (1.0 + rounding), lower))


@jit
def laas(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array,
    terms: int, tolerance: float, out: Array, lower: Array, upper: Array,
) -> None:  # fmt: skip
    """out[i]: the series after at most `terms` terms; lower[i], upper[i]: bounds of the whole series."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if _ordinary(a, b, r):
            out[i], lower[i], upper[i] = _laas(u, v, a, b, r, terms, tolerance)
        else:
            value = _disc_integral(u, v, a, b, r, coefficient, edge, stack)
            out[i], lower[i], upper[i] = value, value, value
