"""Compiled basis of the disc integral: strips, coordinates along the rim, and the location of the integrand.

Here the angle theta of the other modules is measured from the disc's near edge, psi = theta + pi/2, relative to an
anchor whose coordinate is known exactly: s = psi - anchor. All lengths are in sigmas: a, c for the miss along the major
and the minor axis, beta, rho for the radius.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit

_SQRT_HALF = math.sqrt(0.5)
_INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)

# exp(-_UNDERFLOW) is below the smallest positive double.
_UNDERFLOW = 746.0
# Beyond this ratio of radius to minor sigma the Gaussian across the strips is a delta function.
_THIN = 1e12
# The narrow path's range ends where the integrand is exp(-_CUT) of its peak.
_CUT = 36.0

_SERIES_TERMS = 10
_ORDER = np.arange(_SERIES_TERMS, dtype=np.float64)
_RATIO = 1.0 / ((2.0 * _ORDER + 2.0) * (2.0 * _ORDER + 3.0))
_RATIO_BEFORE = (2.0 * _ORDER - 1.0) / ((2.0 * _ORDER + 1.0) * (2.0 * _ORDER + 2.0) * (2.0 * _ORDER + 3.0))


@jit
def _series_coefficients(a: float, coefficient: Array) -> None:
    """coefficient[k] = He_2k(a) / (2k + 1)!, so that D(a, b) = 2 b phi(a) sum of coefficient[k] b^2k."""
    previous, current = 0.0, 1.0
    factorial = 1.0
    for k in range(_SERIES_TERMS):
        coefficient[k] = current / factorial
        for n in (2 * k, 2 * k + 1):
            previous, current = current, a * current - n * previous
        factorial *= (2.0 * k + 2.0) * (2.0 * k + 3.0)


@jit
def _strip(a: float, b: float) -> float:
    """Phi(a + b) - Phi(a - b) for a, b >= 0, free of cancellation unless a and b are both small."""
    near = (a - b) * _SQRT_HALF
    far = (a + b) * _SQRT_HALF
    if near < 0.5:
        return 0.5 * (math.erf(far) - math.erf(near))
    return 0.5 * (math.erfc(near) - math.erfc(far))


@jit
def _strip_series(a: float, b: float, coefficient: Array) -> float:
    """The same for b < 0.3 and a b < 1, where the plain difference cancels."""
    square = b * b
    total: float = coefficient[_SERIES_TERMS - 1]
    for k in range(_SERIES_TERMS - 2, -1, -1):
        total = total * square + coefficient[k]
    return 2.0 * b * _INV_SQRT_2PI * math.exp(-0.5 * a * a) * total


@jit
def _strip_of(a: float, b: float, coefficient: Array) -> float:
    """Phi(a + b) - Phi(a - b) for a, b >= 0 of any size, with the series' coefficients for this a."""
    return _strip_series(a, b, coefficient) if b < 0.3 and a * b < 1.0 else _strip(a, b)


@jit
def _strip_any(a: float, b: float) -> float:
    """The same where a differs each time: each term of the series from the previous one, with fewer terms for narrower
    strips."""
    if b >= 0.3 or a * b >= 1.0:
        return _strip(a, b)
    # |He_n(a)| <= (a + sqrt n)^n: the terms left out are below 1e-17 of the sum.
    size = b * (a + 4.3)
    terms = 3 if size < 0.02 else 5 if size < 0.25 else _SERIES_TERMS - 1
    square, product = b * b, (a * b) * (a * b)
    before, term, total = 0.0, 1.0, 1.0
    for k in range(terms):
        # From He_n+2 = (a^2 - 2 n - 1) He_n - n (n - 1) He_n-2.
        following = _RATIO[k] * (product - (4.0 * k + 1.0) * square) * term
        following -= _RATIO_BEFORE[k] * square * square * before
        before, term = term, following
        total += term
    return 2.0 * b * _INV_SQRT_2PI * math.exp(-0.5 * a * a) * total


@jit
def _across(s: float, anchor: float, x_anchor: float, rho: float) -> float:
    """The coordinate across the strips at the angle anchor + s from the disc's near edge.

    Measured from an anchor whose coordinate is known exactly, it keeps its precision however large rho is.
    """
    return x_anchor + 2.0 * rho * math.sin(anchor + 0.5 * s) * math.sin(0.5 * s)


@jit
def _exponent(s: float, anchor: float, x_anchor: float, a: float, beta: float, rho: float) -> float:
    """Half the squared Mahalanobis distance of the strip at s: the integrand is about exp(-this)."""
    x = _across(s, anchor, x_anchor, rho)
    y = max(0.0, a - beta * math.sin(anchor + s))
    return 0.5 * (x * x + y * y)


@jit
def _peak(anchor: float, x_anchor: float, a: float, beta: float, rho: float) -> float:
    """The angle from the anchor at which the disc comes nearest to the origin in the metric of the covariance."""
    if x_anchor <= 0.0 and beta * math.sin(anchor) >= a:
        return 0.0
    low, high = -anchor, 0.5 * math.pi - anchor
    # The exponent is convex across the strips, so its slope changes sign once; no feature is narrower.
    resolution = 1e-2 / (rho * (1.0 + x_anchor + max(0.0, a - beta)) + 1.0)
    while high - low > resolution:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        sine, cosine = math.sin(anchor + middle), math.cos(anchor + middle)
        slope = _across(middle, anchor, x_anchor, rho) * rho * sine
        slope -= max(0.0, a - beta * sine) * beta * cosine
        if slope > 0.0:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


@jit
def _window(a: float, gap: float, beta: float, rho: float) -> tuple[float, float, float, float, float, float]:
    """The anchor and its coordinate, then the start, peak and end of the range measured from it, and the exponent at
    the peak."""
    # The anchor is where the disc's strips pass the origin, or the disc's near edge if they do not.
    anchor = 2.0 * math.asin(math.sqrt(0.5 * gap / rho)) if gap > 0.0 else 0.0
    x_anchor = max(0.0, -gap)
    peak = _peak(anchor, x_anchor, a, beta, rho)
    least = _exponent(peak, anchor, x_anchor, a, beta, rho)
    first = 1.0 / (rho * (1.0 + math.sqrt(2.0 * least)))
    step, start = first, peak
    while start > -anchor and _exponent(start, anchor, x_anchor, a, beta, rho) < least + _CUT:
        start = max(-anchor, peak - step)
        step *= 2.0
    step, end = first, peak
    while end < math.pi - anchor and _exponent(end, anchor, x_anchor, a, beta, rho) < least + _CUT:
        end = min(math.pi - anchor, peak + step)
        step *= 2.0
    return anchor, x_anchor, start, peak, end, least
