"""Compiled arithmetic of the probability room: floats and arrays in, floats and arrays out.

The disc integral. In the principal axes of the covariance, with the disc of radius R centred on the miss
(u, v) and sigma_a >= sigma_b, each strip of the disc across the minor axis integrates in closed form along
the major one:

    Pc = integral over theta in [-pi/2, pi/2] of  phi(c + rho sin theta) D(a, beta cos theta) rho cos theta
    D(a, b) = Phi(a + b) - Phi(a - b),  a = |u|/sigma_a, c = |v|/sigma_b, beta = R/sigma_a, rho = R/sigma_b

- Broad: where the integrand varies slowly (most encounters) it is an entire periodic function of theta, on
  which the midpoint rule converges faster than any power: 8 to 128 nodes, chosen by the bandwidth
  rho (rho + c) + beta (beta + a).
- Narrow: elsewhere. The integrand is log-concave across the strips (Prekopa 1973), so its peak is found from
  the nearest point of the disc in the metric of the covariance, and the range is cut where it is exp(-36) of
  the peak. There it is still analytic in theta and even about the disc's ends, so that the trapezoid rule converges as
  before: two interlaced rules are used, whose difference is about the square root of the error of their mean
  (`_kernels_trapezoid`). Where too many nodes would be needed, Gauss-Kronrod (7, 15) panels are bisected to tolerance,
  with an initial panel edge at every scale that the integrand can have.
- Differences of Phi are taken on the side where they do not cancel; for narrow strips they are a Hermite
  series.
"""

from __future__ import annotations

import math
from typing import SupportsIndex

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.core.sorting import sort_few
from debrissim.probability.kernels.gauss_kronrod import HALF_GAUSS, HALF_KRONROD, HALF_NODES
from debrissim.probability.kernels.strip import (
    _INV_SQRT_2PI,
    _SERIES_TERMS,
    _THIN,
    _UNDERFLOW,
    _across,
    _series_coefficients,
    _strip,
    _strip_any,
    _strip_series,
    _window,
)
from debrissim.probability.kernels.trapezoid import _trapezoid

_ORDERS = np.array([8, 12, 16, 24, 32, 48, 64, 96, 128])
# Maximum bandwidth that each order integrates to 2e-13, determined by experiment against 3,000 nodes.
_BANDWIDTHS = np.array([0.4, 2.5, 7.0, 22.0, 48.0, 120.0, 220.0, 520.0, 950.0])
_SIN = np.zeros((_ORDERS.size, 64))
_COS = np.zeros((_ORDERS.size, 64))
for _row, _order in enumerate(_ORDERS):
    _theta = (np.arange(_order // 2) + 0.5) * (math.pi / _order)
    _SIN[_row, : _order // 2] = np.sin(_theta)
    _COS[_row, : _order // 2] = np.cos(_theta)

_EDGES = 24
_DEPTH = 64


@jit
def _broad(a: float, c: float, beta: float, rho: float, row: int, coefficient: Array) -> float:
    """The midpoint rule in theta; two nodes share one strip height, hence one D."""
    order = int(_ORDERS[row])
    series = beta < 0.3 and a * beta < 1.0
    total = 0.0
    for j in range(order // 2):
        across = rho * _SIN[row, j]
        b = beta * _COS[row, j]
        strip = _strip_series(a, b, coefficient) if series else _strip(a, b)
        low = c - across
        high = c + across
        total += strip * _COS[row, j] * (math.exp(-0.5 * low * low) + math.exp(-0.5 * high * high))
    return total * rho * _INV_SQRT_2PI * (math.pi / order)


@jit
def _integrand(s: float, anchor: float, x_anchor: float, a: float, beta: float, rho: float,
               series: bool, coefficient: Array) -> float:  # fmt: skip
    x = _across(s, anchor, x_anchor, rho)
    if x * x > 2.0 * _UNDERFLOW:
        return 0.0
    sine = max(0.0, math.sin(anchor + s))
    b = beta * sine
    strip = _strip_series(a, b, coefficient) if series else _strip(a, b)
    return strip * math.exp(-0.5 * x * x) * sine


@jit
def _panel(left: float, right: float, anchor: float, x_anchor: float, a: float, beta: float, rho: float,
           series: bool, coefficient: Array) -> tuple[float, float]:  # fmt: skip
    """Kronrod's value of a panel and its difference from Gauss's."""
    half = 0.5 * (right - left)
    middle = 0.5 * (left + right)
    value = _integrand(middle, anchor, x_anchor, a, beta, rho, series, coefficient)
    kronrod = HALF_KRONROD[7] * value
    gauss = HALF_GAUSS[7] * value
    for i in range(7):
        offset = half * HALF_NODES[i]
        value = _integrand(middle - offset, anchor, x_anchor, a, beta, rho, series, coefficient)
        value += _integrand(middle + offset, anchor, x_anchor, a, beta, rho, series, coefficient)
        kronrod += HALF_KRONROD[i] * value
        gauss += HALF_GAUSS[i] * value
    return kronrod * half, abs(kronrod - gauss) * half


@jit
def _narrow(
    a: float, gap: float, beta: float, rho: float, coefficient: Array, edge: Array, stack: Array
) -> float:
    """The part of the disc that matters: by the trapezoid rule, else by panels; gap = (R - |v|)/sigma_b."""
    series = beta < 0.3 and a * beta < 1.0
    anchor, x_anchor, start, peak, end, least = _window(a, gap, beta, rho)
    if least > _UNDERFLOW:
        return 0.0
    accurate, value, _, _ = _trapezoid(
        a, anchor, x_anchor, beta, rho, start, peak, end, least, series, False, coefficient
    )
    if accurate:
        return value
    return _panels(a, gap, anchor, x_anchor, beta, rho, start, peak, end, series, coefficient, edge, stack)


@jit
def _push(stack: Array, depth: SupportsIndex, left: float, right: float, value: float, error: float) -> None:
    # Entry by entry: assigning a tuple to a row would also compile the text of its error messages, taking a second or
    # more.
    stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = left, right, value, error


@jit
def _panels(a: float, gap: float, anchor: float, x_anchor: float, beta: float, rho: float, start: float,
            peak: float, end: float, series: bool, coefficient: Array, edge: Array,
            stack: Array) -> float:  # fmt: skip
    """Bisected Gauss-Kronrod panels."""
    # Panel edges: the peak, the minor sigma's band about the origin, and where the strips' ends pass it.
    edge[0], edge[1], edge[2] = start, peak, end
    count = 3
    for shift in (-5.0, 0.0, 5.0):
        fraction = 0.5 * (shift + gap) / rho
        if 0.0 < fraction < 1.0:
            edge[count] = 2.0 * math.asin(math.sqrt(fraction)) - anchor
            count += 1
        fraction = (a + shift) / beta
        if 0.0 < fraction < 1.0:
            edge[count] = math.asin(fraction) - anchor
            edge[count + 1] = math.pi - math.asin(fraction) - anchor
            count += 2
    for i in range(count):
        edge[i] = min(max(edge[i], start), end)
    sort_few(edge, count)

    # The first panels' sum sets the tolerance. A panel is halved until Gauss and Kronrod agree to 1e-9 of it,
    # which leaves Kronrod's own error near 1e-13.
    # Not a literal, because numba would then compile `_push` a second time.
    depth = np.int64(0)
    total = 0.0
    for i in range(count - 1):
        if edge[i + 1] > edge[i]:
            value, error = _panel(edge[i], edge[i + 1], anchor, x_anchor, a, beta, rho, series, coefficient)
            _push(stack, depth, edge[i], edge[i + 1], value, error)
            depth += 1
            total += value
    first_total, total = total, 0.0
    while depth > 0:
        depth -= 1
        left, right, value, error = stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3]
        middle = 0.5 * (left + right)
        if error <= 1e-9 * max(first_total, total) or depth > _DEPTH - 3 or not left < middle < right:
            total += value
            continue
        for low, high in ((middle, right), (left, middle)):
            value, error = _panel(low, high, anchor, x_anchor, a, beta, rho, series, coefficient)
            _push(stack, depth, low, high, value, error)
            depth += 1
    return total * rho * _INV_SQRT_2PI


@jit
def _disc_integral(u: float, v: float, sigma_a: float, sigma_b: float, radius: float,
          coefficient: Array, edge: Array, stack: Array) -> float:  # fmt: skip
    """The probability of one encounter; u, v >= 0, sigma_a >= sigma_b >= 0."""
    if radius <= 0.0:
        return 0.0
    if math.isinf(radius):
        return 1.0
    if sigma_a <= 0.0:
        return 1.0 if math.hypot(u, v) < radius else 0.0
    a, beta = u / sigma_a, radius / sigma_a
    if a - beta > 40.0:
        return 0.0
    if sigma_b * _THIN <= radius:
        if v >= radius:
            return 0.0
        return _strip_any(a, math.sqrt((radius - v) * (radius + v)) / sigma_a)
    c, rho = v / sigma_b, radius / sigma_b
    if c - rho > 40.0:
        return 0.0
    if beta < 0.3 and a * beta < 1.0:
        _series_coefficients(a, coefficient)
    bandwidth = rho * (rho + c) + beta * (beta + a)
    for row in range(_ORDERS.size):
        if bandwidth <= _BANDWIDTHS[row]:
            return min(1.0, _broad(a, c, beta, rho, row, coefficient))
    return min(1.0, _narrow(a, (radius - v) / sigma_b, beta, rho, coefficient, edge, stack))


@jit(arguments="f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1]")
def disc_probability(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    radius: Array,
    out: Array,
) -> None:
    """out[i]: the mass of a centred normal with these sigmas in the disc about the miss; all lengths in the same
    unit."""
    coefficient, edge, stack = np.empty(_SERIES_TERMS), np.empty(_EDGES), np.empty((_DEPTH, 4))
    for i in range(out.size):
        out[i] = _disc_integral(abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], radius[i],
                       coefficient, edge, stack)  # fmt: skip
