"""Compiled search for the maximum disc probability over one factor on the covariance.

Newton's iteration on the derivatives of the probability, which are integrals over the rim and cost half as much as the
value itself: two to four evaluations suffice. Where these integrals need too many nodes, a scan and Brent's search of
the values are used.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.probability.kernels.disc import (
    _BANDWIDTHS,
    _COS,
    _DEPTH,
    _EDGES,
    _ORDERS,
    _SIN,
    _disc_integral,
)
from debrissim.probability.kernels.strip import (
    _INV_SQRT_2PI,
    _SERIES_TERMS,
    _SQRT_HALF,
    _UNDERFLOW,
    _series_coefficients,
    _strip,
    _strip_series,
    _window,
)
from debrissim.probability.kernels.trapezoid import _rim, _trapezoid

_GOLDEN = 0.3819660112501051
# Width of the flat top of the curve, in log scale, within which differences are rounding.
_TOLERANCE = 1e-7
# Newton's last step, in log scale: the error after it is about its square.
_CONVERGED = 1e-5
# Ratio of the radius to the minor sigma, near the best scale, below which a body counts as a point.
_SMALL = 1e-5
_INV_SQRT_HALF_PI = math.sqrt(2.0 / math.pi)


@jit(inline="always")
def _at(x: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
        coefficient: Array, edge: Array, stack: Array) -> float:  # fmt: skip
    factor = math.exp(x)
    return _disc_integral(u, v, factor * sigma_a, factor * sigma_b, radius, coefficient, edge, stack)


@jit
def _bracket(low: float, high: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
             coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """Narrow a wide bracket of the peak by a scan.

    The fraction of a ray is broad in log scale (a factor of e or more), so a step of half that width misses no peak.
    The scan ends where no larger scale can exceed the best value so far, because the probability is at most peak
    density times area and at most the peak density across times the width.
    """
    steps = math.ceil((high - low) / 0.5)
    width = (high - low) / steps
    best, maximum = low, -1.0
    area = 0.5 * (radius / sigma_a) * (radius / sigma_b)
    chord = _INV_SQRT_HALF_PI * radius / sigma_a
    for i in range(steps + 1):
        x = low + i * width
        if min(area * math.exp(-2.0 * x), chord * math.exp(-x)) < maximum:
            break
        value = _at(x, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
        if value > maximum:
            best, maximum = x, value
    return max(low, best - width), min(high, best + width)


@jit
def _peak_scale(low: float, high: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
                coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """Brent's parabolic search (Brent 1973, chapter 5): (maximum value, log of its scale)."""
    best = low + _GOLDEN * (high - low)
    maximum = _at(best, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
    second, third = best, best
    at_second, at_third = maximum, maximum
    step, before = 0.0, 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if abs(best - middle) <= 2.0 * _TOLERANCE - 0.5 * (high - low):
            break
        parabolic = False
        if abs(before) > _TOLERANCE:
            # The vertex of the parabola through the three best points.
            r = (best - second) * (at_third - maximum)
            q = (best - third) * (at_second - maximum)
            p = (best - third) * q - (best - second) * r
            q = 2.0 * (q - r)
            if q > 0.0:
                p = -p
            q = abs(q)
            if abs(p) < abs(0.5 * q * before) and q * (low - best) < p < q * (high - best):
                before, step = step, p / q
                parabolic = True
                if best + step - low < 2.0 * _TOLERANCE or high - best - step < 2.0 * _TOLERANCE:
                    step = math.copysign(_TOLERANCE, middle - best)
        if not parabolic:
            before = (high if best < middle else low) - best
            step = _GOLDEN * before
        x = best + (step if abs(step) >= _TOLERANCE else math.copysign(_TOLERANCE, step))
        value = _at(x, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
        if value >= maximum:
            if x >= best:
                low = best
            else:
                high = best
            third, at_third = second, at_second
            second, at_second = best, maximum
            best, maximum = x, value
        else:
            if x < best:
                low = x
            else:
                high = x
            if value >= at_second or second == best:
                third, at_third = second, at_second
                second, at_second = x, value
            elif value >= at_third or third in (best, second):
                third, at_third = x, value
    return maximum, best


@jit
def _value_and_derivatives(
    u: float, v: float, sigma_a: float, sigma_b: float, radius: float, coefficient: Array
) -> tuple[bool, float, float, float]:
    """The probability and its first two derivatives by the log of a factor on both sigmas; False if they cannot be
    obtained.

    The derivatives are integrals over the rim, without error functions: see `_trapezoid`.
    """
    a, beta = u / sigma_a, radius / sigma_a
    c, rho = v / sigma_b, radius / sigma_b
    if a - beta > 40.0 or c - rho > 40.0:
        return True, 0.0, 0.0, 0.0
    series = beta < 0.3 and a * beta < 1.0
    if series:
        _series_coefficients(a, coefficient)
    bandwidth = rho * (rho + c) + beta * (beta + a)
    for row in range(_ORDERS.size):
        if bandwidth <= _BANDWIDTHS[row]:
            value, first, second = _broad_value_and_derivatives(a, c, beta, rho, row, series, coefficient)
            return True, value, first, second
    anchor, x_anchor, start, peak, end, least = _window(a, (radius - v) / sigma_b, beta, rho)
    if least > _UNDERFLOW:
        return True, 0.0, 0.0, 0.0
    return _trapezoid(a, anchor, x_anchor, beta, rho, start, peak, end, least, series, True, coefficient)


@jit
def _broad_value_and_derivatives(
    a: float, c: float, beta: float, rho: float, row: int, series: bool, coefficient: Array
) -> tuple[float, float, float]:
    """`_broad` with both derivatives; two nodes share one strip, hence its ends."""
    order = int(_ORDERS[row])
    value, first, second = 0.0, 0.0, 0.0
    for j in range(order // 2):
        sine, cosine = _SIN[row, j], _COS[row, j]
        b = beta * cosine
        strip = _strip_series(a, b, coefficient) if series else _strip(a, b)
        for sign in (-1.0, 1.0):
            y = c + sign * rho * sine
            across = math.exp(-0.5 * y * y)
            first_rim, second_rim = _rim(a, b, y, rho * cosine, sign * y * beta * sine)
            value += strip * cosine * across
            first -= across * first_rim
            second -= across * second_rim
    step = math.pi / order
    tail = step / (2.0 * math.pi)
    return value * rho * _INV_SQRT_2PI * step, first * tail, second * tail


@jit
def _start(
    u: float, v: float, sigma_a: float, sigma_b: float, radius: float, low: float, high: float
) -> float:
    """A guess of the log of the best scale: that of a small body, or of a body much wider than the covariance."""
    guess = math.log(math.hypot(u / sigma_a, v / sigma_b) * _SQRT_HALF)
    if v < radius and radius > sigma_b * math.exp(guess):
        half = math.sqrt((radius - v) * (radius + v))
        if 0.0 < half < u:
            fraction = half / u
            square = math.atanh(fraction) / fraction
            guess = math.log(u / sigma_a) - 0.5 * math.log(square)
    return guess if low < guess < high else 0.5 * (low + high)


@jit
def _newton(low: float, high: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
            coefficient: Array) -> tuple[bool, float, float]:  # fmt: skip
    """Newton's iteration of the probability's logarithmic derivative f, within a bracket: (found, value, log scale).

    For a small body f is linear in 1 / scale^2, in which the steps are taken.
    """
    x = _start(u, v, sigma_a, sigma_b, radius, low, high)
    for _ in range(60):
        factor = math.exp(x)
        known, value, first, second = _value_and_derivatives(
            u, v, factor * sigma_a, factor * sigma_b, radius, coefficient
        )
        if not known:
            return False, 0.0, 0.0
        step = math.inf
        slope, bend = 1.0, 0.0
        if value > 0.0:
            slope = first / value
            bend = second / value - slope * slope
            ratio = 1.0 + 2.0 * slope / bend if bend < 0.0 else 0.0
            if 0.02 < ratio < 50.0:
                step = -0.5 * math.log(ratio)
        if slope > 0.0:
            low = x
        else:
            high = x
        if abs(step) < _CONVERGED and low - _CONVERGED <= x + step <= high + _CONVERGED:
            # The next error is about the square of this step; the value follows from the known derivatives.
            return True, value * math.exp(slope * step + 0.5 * bend * step * step), x + step
        if high - low < _TOLERANCE:
            return True, value, x
        x = x + step if low < x + step < high else 0.5 * (low + high)
    return False, 0.0, 0.0


@jit
def _maximum(u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
             coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """(maximum probability, the factor on both sigmas that gives it) of one encounter."""
    distance = math.hypot(u, v)
    if distance <= radius and radius > 0.0:
        return 1.0, 0.0
    if radius <= 0.0:
        centre = 0.0
        if distance > 0.0:
            centre = math.hypot(u / sigma_a, v / sigma_b) if sigma_b > 0.0 else math.inf
        return 0.0, math.inf if sigma_a <= 0.0 else centre * _SQRT_HALF
    # With the miss near one and the major sigma one, no number overflows or underflows; lengths are divided by a power
    # of two, which loses no digit of the small excess of the miss over the radius. A zero covariance is given a shape.
    _, exponent = math.frexp(distance)
    u, v = math.ldexp(u, -exponent), math.ldexp(v, -exponent)
    radius, distance = math.ldexp(radius, -exponent), math.ldexp(distance, -exponent)
    unit = math.ldexp(1.0 / sigma_a, exponent) if sigma_a > 0.0 else math.inf
    sigma_a, sigma_b = 1.0, max(sigma_b / sigma_a, 1e-12) if sigma_a > 0.0 else 1.0
    centre = math.hypot(u, v / sigma_b)
    # Each ray from the origin meets the disc between these two Mahalanobis distances m, and its fraction is greatest at
    # a scale between m_in / sqrt 2 and m_out / sqrt 2: the same holds for the whole disc.
    nearest = max((distance - radius) / sigma_a, centre - radius / sigma_b)
    low = math.log(nearest * _SQRT_HALF)
    high = math.log((centre + radius / sigma_b) * _SQRT_HALF)
    if radius <= _SMALL * centre * sigma_b:
        # The scale of a small body is off by the square of that ratio.
        at = math.log(centre * _SQRT_HALF)
        value = _at(at, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
        return value, unit * math.exp(at)
    converged, value, at = _newton(low, high, u, v, sigma_a, sigma_b, radius, coefficient)
    if not converged:
        if high - low > 1.0:
            low, high = _bracket(low, high, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
        value, at = _peak_scale(low, high, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
    return value, unit * math.exp(at)


@jit(arguments="f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1]")
def maximum_over_scale(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    value: Array,
    scale: Array,
) -> None:
    """value[i]: the maximum disc probability over one factor on both sigmas; scale[i]: that factor."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(value.size):
        value[i], scale[i] = _maximum(
            abs(miss_major[i]),
            abs(miss_minor[i]),
            sigma_major[i],
            sigma_minor[i],
            radius[i],
            coefficient,
            edge,
            stack,
        )
