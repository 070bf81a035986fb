"""Compiled fixed rules of the literature: Elrod's Gauss-Chebyshev, Alfano's Simpson, Patera's contour.

All in principal axes with u, v >= 0 the miss along the major and minor axis. Inputs that these rules cannot handle (a
zero or infinite radius, a sigma of zero or below 1e-12 of the radius) go to the disc integral, whose limits hold for
all methods.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.probability.kernels.disc import _DEPTH, _EDGES, _disc_integral
from debrissim.probability.kernels.strip import (
    _INV_SQRT_2PI,
    _SERIES_TERMS,
    _THIN,
    _UNDERFLOW,
    _exponent,
    _peak,
    _series_coefficients,
    _strip_any,
    _strip_of,
)

# Patera's angles, for most encounters.
_TURN = 256
_COS_TURN = np.cos(np.arange(_TURN) * (2.0 * math.pi / _TURN))
_SIN_TURN = np.sin(np.arange(_TURN) * (2.0 * math.pi / _TURN))


@jit
def _ordinary(sigma_a: float, sigma_b: float, radius: float) -> bool:
    return 0.0 < radius < math.inf and sigma_b * _THIN > radius and sigma_a > 0.0


@jit
def _elrod(u: float, v: float, sigma_a: float, sigma_b: float, radius: float, cosines: Array, sines: Array,
           order: int) -> float:  # fmt: skip
    miss = math.hypot(u, v)
    cosine, sine = (u / miss, v / miss) if miss > 0.0 else (1.0, 0.0)
    # The covariance with x along the miss is U U^T with U = (along, skew; 0, across); the determinant of both
    # gives `along` without cancellation.
    across = math.hypot(sigma_a * sine, sigma_b * cosine)
    skew = (sigma_b / across * sigma_b - sigma_a / across * sigma_a) * cosine * sine
    along = sigma_a * (sigma_b / across)
    reach = radius / across
    total = 0.0
    for k in range(order // 2):
        weight, node = sines[k], reach * cosines[k]
        half = radius * weight / along
        strips = _strip_any(abs(miss - skew * node) / along, half)
        strips += _strip_any(abs(miss + skew * node) / along, half)
        total += weight * math.exp(-0.5 * node * node) * strips
    return total * reach * _INV_SQRT_2PI * math.pi / (order + 1)


@jit
def _elrod_major(u: float, v: float, sigma_a: float, sigma_b: float, radius: float, cosines: Array, sines: Array,
                 order: int, coefficient: Array) -> float:  # fmt: skip
    a, c = u / sigma_a, v / sigma_b
    _series_coefficients(c, coefficient)
    total = 0.0
    for k in range(order // 2):
        weight, node = sines[k], radius / sigma_a * cosines[k]
        strip = _strip_of(c, radius * weight / sigma_b, coefficient)
        density = math.exp(-0.5 * (a - node) ** 2) + math.exp(-0.5 * (a + node) ** 2)
        total += weight * strip * density
    return total * radius / sigma_a * _INV_SQRT_2PI * math.pi / (order + 1)


@jit
def elrod(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    order: int,
    along_major: bool,
    out: Array,
) -> None:
    """out[i]: Gauss-Chebyshev quadrature of the second kind, `order` (even) strips.

    The nodes lie across the miss, or along the major axis.
    """
    cosines, sines = np.empty(order // 2), np.empty(order // 2)
    for k in range(order // 2):
        angle = (k + 1) * math.pi / (order + 1)
        cosines[k], sines[k] = math.cos(angle), math.sin(angle)
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if not _ordinary(a, b, r):
            out[i] = _disc_integral(u, v, a, b, r, coefficient, edge, stack)
        elif along_major:
            out[i] = min(1.0, _elrod_major(u, v, a, b, r, cosines, sines, order, coefficient))
        else:
            out[i] = min(1.0, _elrod(u, v, a, b, r, cosines, sines, order))


@jit
def _alfano(u: float, v: float, sigma_a: float, sigma_b: float, radius: float, min_intervals: int, max_intervals: int,
            coefficient: Array) -> float:  # fmt: skip
    scale = min(sigma_b, math.hypot(u, v))
    order = (
        int(min(float(max_intervals), max(float(min_intervals), 5.0 * radius / scale + 1e-9)))
        if scale > 0.0
        else max_intervals
    )
    step = radius / (2.0 * order)
    a, c = u / sigma_a, v / sigma_b
    # These are the same for all strips that are narrow enough for the series.
    _series_coefficients(a, coefficient)
    total = 0.0
    for i in range(2 * order):
        # The strip at the edge has zero length; the paper places the first node of the rule slightly inside.
        x = i * step - radius if i > 0 else 0.015 * step - radius
        height = math.sqrt((radius - x) * (radius + x)) / sigma_a
        low, high = c + x / sigma_b, c - x / sigma_b
        pair = math.exp(-0.5 * low * low) + math.exp(-0.5 * high * high)
        if pair > 0.0:
            total += (4.0 if i % 2 else 2.0) * pair * _strip_of(a, height, coefficient)
    total += 2.0 * math.exp(-0.5 * c * c) * _strip_of(a, radius / sigma_a, coefficient)
    return total * step / sigma_b * _INV_SQRT_2PI / 3.0


@jit
def alfano(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    min_intervals: int,
    max_intervals: int,
    out: Array,
) -> None:
    """out[i]: Simpson's rule on 2 m intervals across the minor axis, m between `min_intervals` and `max_intervals`."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if _ordinary(a, b, r):
            out[i] = min(1.0, max(0.0, _alfano(u, v, a, b, r, min_intervals, max_intervals, coefficient)))
        else:
            out[i] = _disc_integral(u, v, a, b, r, coefficient, edge, stack)


@jit
def _contour(a: float, c: float, beta: float, rho: float, outside: bool, odd: int, count: int) -> float:
    """The sum of Patera's integrand over `count` angles of the ellipse (a + beta cos, c + rho sin): a whole turn's
    multiples of 2 pi / count, or with `odd` = 1 the angles midway between them.
    """
    centre = 0.5 * (a * a + c * c)
    at_centre = math.exp(-centre)
    total = 0.0
    stride = _TURN // (2 * count)
    for i in range(count):
        half_step = 2 * i + odd
        if stride > 0:
            cosine, sine = _COS_TURN[half_step * stride], _SIN_TURN[half_step * stride]
        else:
            angle = half_step * (math.pi / count)
            cosine, sine = math.cos(angle), math.sin(angle)
        x, y = a + beta * cosine, c + rho * sine
        half = 0.5 * (x * x + y * y)
        turned = x * rho * cosine + y * beta * sine
        if outside:
            # Subtracting the value at the centre, which integrates to zero, removes the cancellation.
            change = beta * cosine * (a + 0.5 * beta * cosine) + rho * sine * (c + 0.5 * rho * sine)
            small = abs(change) < 0.5
            density = -at_centre * math.expm1(-change) if small else at_centre - math.exp(-half)
            total += density * turned / half
        elif half > 1e-8:
            total -= math.expm1(-half) * turned / half
        else:
            total += (1.0 - 0.5 * half) * turned
    return 0.5 * total


@jit
def _patera(
    u: float, v: float, sigma_a: float, sigma_b: float, radius: float, max_nodes: int, tolerance: float
) -> float:
    a, c, beta, rho = u / sigma_a, v / sigma_b, radius / sigma_a, radius / sigma_b
    # The disc's nearest point in standard deviations, as for the narrow path of the disc integral.
    gap = (radius - v) / sigma_b
    anchor = 2.0 * math.asin(math.sqrt(0.5 * gap / rho)) if gap > 0.0 else 0.0
    x_anchor = max(0.0, -gap)
    peak = _peak(anchor, x_anchor, a, beta, rho)
    nearest = math.sqrt(2.0 * _exponent(peak, anchor, x_anchor, a, beta, rho))
    extent = max(beta, rho)
    # Far from the rim, 1 / rho^2 is smooth and small numbers stay small; near the rim, only the regular form is
    # accurate.
    outside = math.hypot(u, v) > radius and (nearest > 1.0 or math.hypot(a, c) > 3.0 * extent)
    if outside and 0.5 * nearest * nearest > 2.0 * _UNDERFLOW:
        return 0.0
    # Start with enough nodes that no feature of the integrand falls between them.
    count = 16
    while count < 4.0 * extent * (1.0 + (nearest if outside else 0.0)) and 2 * count <= max_nodes:
        count *= 2
    total = _contour(a, c, beta, rho, outside, 0, count)
    value = total / count
    while 2 * count <= max_nodes:
        # Double the nodes: the old ones and the points midway between them.
        total += _contour(a, c, beta, rho, outside, 1, count)
        count *= 2
        before, value = value, total / count
        if abs(value - before) <= tolerance * abs(value):
            break
    return value


@jit
def patera(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    max_nodes: int,
    tolerance: float,
    out: Array,
) -> None:
    """out[i]: Patera's contour integral by the trapezoid rule, doubled to `tolerance` or `max_nodes` nodes."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        u, v, a, b, r = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i]
        if _ordinary(a, b, r):
            out[i] = min(1.0, max(0.0, _patera(u, v, a, b, r, max_nodes, tolerance)))
        else:
            out[i] = _disc_integral(u, v, a, b, r, coefficient, edge, stack)
