"""Compiled search for the greatest disc probability over one factor on the covariance."""

from __future__ import annotations

import math

import numpy as np

from debrissim.probability._kernels import _DEPTH, _EDGES, _SERIES_TERMS, _SQRT_HALF, Array, _disc, _jit

_GOLDEN = 0.3819660112501051
# Where the flat top of the curve is rounding, in log scale.
_TOLERANCE = 1e-7
_INV_SQRT_HALF_PI = math.sqrt(2.0 / math.pi)


@_jit
def _at(x: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
        coefficient: Array, edge: Array, stack: Array) -> float:  # fmt: skip
    factor = math.exp(x)
    return _disc(u, v, factor * sigma_a, factor * sigma_b, radius, coefficient, edge, stack)


@_jit
def _bracket(low: float, high: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
             coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """Narrow a wide bracket of the peak by a scan.

    A ray's share is broad in log scale (a factor e or more): a step of half that passes over no peak. The scan
    ends where no larger scale can beat the best so far, as the probability is at most peak density times area
    and at most the peak density across times the width.
    """
    steps = math.ceil((high - low) / 0.5)
    width = (high - low) / steps
    best, greatest = low, -1.0
    area = 0.5 * (radius / sigma_a) * (radius / sigma_b)
    chord = _INV_SQRT_HALF_PI * radius / sigma_a
    for i in range(steps + 1):
        x = low + i * width
        if min(area * math.exp(-2.0 * x), chord * math.exp(-x)) < greatest:
            break
        value = _at(x, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
        if value > greatest:
            best, greatest = x, value
    return max(low, best - width), min(high, best + width)


@_jit
def _peak_scale(low: float, high: float, u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
                coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """Brent's parabolic search (Brent 1973, chapter 5): (greatest value, log of its scale)."""
    best = low + _GOLDEN * (high - low)
    greatest = _at(best, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
    second, third = best, best
    at_second, at_third = greatest, greatest
    step, before = 0.0, 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if abs(best - middle) <= 2.0 * _TOLERANCE - 0.5 * (high - low):
            break
        parabolic = False
        if abs(before) > _TOLERANCE:
            # The vertex of the parabola through the three best points.
            r = (best - second) * (at_third - greatest)
            q = (best - third) * (at_second - greatest)
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
        if value >= greatest:
            if x >= best:
                low = best
            else:
                high = best
            third, at_third = second, at_second
            second, at_second = best, greatest
            best, greatest = x, value
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
    return greatest, best


@_jit
def _maximum(u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
             coefficient: Array, edge: Array, stack: Array) -> tuple[float, float]:  # fmt: skip
    """(greatest probability, the factor on both sigmas that gives it) of one encounter."""
    distance = math.hypot(u, v)
    if distance <= radius and radius > 0.0:
        return 1.0, 0.0
    shapeless = sigma_a <= 0.0
    if shapeless:
        sigma_a = sigma_b = max(distance, 1e-300)
    sigma_b = max(sigma_b, 1e-12 * sigma_a)
    centre = math.hypot(u / sigma_a, v / sigma_b)
    if radius <= 0.0:
        return 0.0, math.inf if shapeless else centre * _SQRT_HALF
    # Each ray from the origin meets the disc between these two Mahalanobis distances m, and the share of a
    # ray is greatest at a scale between m_in / sqrt 2 and m_out / sqrt 2: so is the whole.
    nearest = max((distance - radius) / sigma_a, centre - radius / sigma_b)
    low = math.log(nearest * _SQRT_HALF)
    high = math.log((centre + radius / sigma_b) * _SQRT_HALF)
    if high - low > 1.0:
        low, high = _bracket(low, high, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
    value, at = _peak_scale(low, high, u, v, sigma_a, sigma_b, radius, coefficient, edge, stack)
    return value, math.inf if shapeless else math.exp(at)


@_jit
def maximum_over_scale(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array,
    value: Array, scale: Array,
) -> None:  # fmt: skip
    """value[i]: the greatest disc probability over one factor on both sigmas; scale[i]: that factor."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(value.size):
        value[i], scale[i] = _maximum(
            abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i],
            coefficient, edge, stack,
        )  # fmt: skip
