"""Compiled integral of a centred normal over a square: turned by any angle, or along the principal axes."""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.probability.kernels.gauss_kronrod import HALF_GAUSS, HALF_KRONROD, HALF_NODES
from debrissim.probability.kernels.strip import (
    _CUT,
    _INV_SQRT_2PI,
    _THIN,
    _UNDERFLOW,
    _strip_any,
)

_EDGES = 96
_DEPTH = 64
_ALIGNED = 1e-12
# Half width times steepness up to which Gauss and Kronrod resolve every feature of the pieces between corners.
_SMOOTH = 6.0


@jit
def _chain(t: float, t_first: float, y_first: float, t_middle: float, y_middle: float) -> float:
    """The ordinate at t of the broken line from (t_first, y_first) by the middle to the opposite corner.

    The parallelogram's centre is the origin, so the opposite corner is the first with both signs reversed.
    """
    if t < t_middle:
        return y_first + (y_middle - y_first) * ((t - t_first) / (t_middle - t_first))
    width = -t_first - t_middle
    if width <= 0.0:
        return y_middle
    return y_middle + (-y_first - y_middle) * ((t - t_middle) / width)


@jit
def _strip_at(t: float, corner: Array) -> tuple[float, float]:
    """Middle (from the centre) and half length of the strip at t; corner: t and y of two neighbours."""
    first = _chain(t, corner[0], corner[1], corner[2], corner[3])
    second = _chain(t, corner[0], corner[1], -corner[2], -corner[3])
    return 0.5 * (first + second), 0.5 * abs(first - second)


@jit
def _exponent(t: float, x: float, y: float, corner: Array) -> float:
    """Half the squared distance of the strip at t from the origin; the centre is (x, y)."""
    middle, half = _strip_at(t, corner)
    beyond = max(0.0, abs(y + middle) - half)
    return 0.5 * ((x + t) * (x + t) + beyond * beyond)


@jit
def _integrand(t: float, x: float, y: float, corner: Array) -> float:
    square = (x + t) * (x + t)
    if square > 2.0 * _UNDERFLOW:
        return 0.0
    middle, half = _strip_at(t, corner)
    return math.exp(-0.5 * square) * _strip_any(abs(y + middle), half)


@jit
def _panel(left: float, right: float, x: float, y: float, corner: Array) -> tuple[float, float]:
    """Kronrod's value of a panel and its difference from Gauss's."""
    width, centre = 0.5 * (right - left), 0.5 * (left + right)
    value = _integrand(centre, x, y, corner)
    kronrod, gauss = HALF_KRONROD[7] * value, HALF_GAUSS[7] * value
    for i in range(7):
        offset = width * HALF_NODES[i]
        value = _integrand(centre - offset, x, y, corner)
        value += _integrand(centre + offset, x, y, corner)
        kronrod += HALF_KRONROD[i] * value
        gauss += HALF_GAUSS[i] * value
    return kronrod * width, abs(kronrod - gauss) * width


@jit
def _nearest(x: float, y: float, corner: Array) -> tuple[float, float]:
    """The t of the point of the parallelogram nearest to the origin, and its distance."""
    reach = -corner[0]
    if -reach <= -x <= reach and _exponent(-x, x, y, corner) == 0.0:
        return -x, 0.0
    best, least = 0.0, math.inf
    for side in range(4):
        first, second = (0, 2) if side % 2 == 0 else (2, 0)
        sign = 1.0 if side < 2 else -1.0
        # From one corner to the next: (first, second), (second, -first) and the two opposite.
        t0, y0 = sign * corner[first], sign * corner[first + 1]
        flip = 1.0 if first == 0 else -1.0
        t1, y1 = flip * sign * corner[second], flip * sign * corner[second + 1]
        dt, dy = t1 - t0, y1 - y0
        length = dt * dt + dy * dy
        fraction = -((x + t0) * dt + (y + y0) * dy) / length if length > 0.0 else 0.0
        fraction = min(1.0, max(0.0, fraction))
        t = t0 + fraction * dt
        distance = math.hypot(x + t, y + y0 + fraction * dy)
        if distance < least:
            best, least = t, distance
    return best, least


@jit
def _parallelogram(x: float, y: float, corner: Array, edge: Array, stack: Array) -> float:
    """The mass in the parallelogram about (x, y), x across and y along the strips, in standard deviations."""
    reach = -corner[0]
    peak, depth = _nearest(x, y, corner)
    peak = min(reach, max(-reach, peak))
    least = 0.5 * depth * depth
    if least > _UNDERFLOW:
        return 0.0
    # Panel edges: ends and corners and, unless the integrand is smooth between them, the peak, the origin, and a ladder
    # about the peak that starts at the finest possible scale.
    slope = 0.0
    for sign in (1.0, -1.0):
        run = abs(corner[2] + sign * corner[0])
        if run > 0.0:
            slope = max(slope, abs(corner[3] + sign * corner[1]) / run)
    edge[0], edge[1], edge[2], edge[3] = -reach, reach, corner[2], -corner[2]
    count = 4
    steepness = (1.0 + depth) * (1.0 + min(slope, 1e12))
    if reach * steepness > _SMOOTH:
        edge[4], edge[5] = peak, min(reach, max(-reach, -x))
        count = 6
        step = min(reach, 0.5 / steepness)
        while step < 2.0 * reach and count < _EDGES - 2:
            edge[count] = max(-reach, peak - step)
            edge[count + 1] = min(reach, peak + step)
            count += 2
            step *= 4.0
    edge[:count].sort()

    total, held = 0.0, 0
    for i in range(count - 1):
        left, right = edge[i], edge[i + 1]
        near = right if right <= peak else left
        if left < right and _exponent(near, x, y, corner) < least + _CUT:
            value, error = _panel(left, right, x, y, corner)
            stack[held] = (left, right, value, error)
            held += 1
            total += value
    first, total = total, 0.0
    while held > 0:
        held -= 1
        left, right, value, error = stack[held]
        middle = 0.5 * (left + right)
        if error <= 1e-9 * max(first, total) or held > _EDGES + _DEPTH - 3 or not left < middle < right:
            total += value
            continue
        for low, high in ((middle, right), (left, middle)):
            value, error = _panel(low, high, x, y, corner)
            stack[held] = (low, high, value, error)
            held += 1
    return min(1.0, total * _INV_SQRT_2PI)


@jit
def square_turned(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    half_side: Array,
    out: Array,
) -> None:
    """out[i]: the mass in a square about the miss with the given half side, two of whose sides lie along the miss."""
    edge, stack = np.empty(_EDGES), np.empty((_EDGES + _DEPTH, 4))
    corner = np.empty(4)
    for i in range(out.size):
        u, v, a, b, h = abs(miss_major[i]), abs(miss_minor[i]), sigma_major[i], sigma_minor[i], half_side[i]
        if h <= 0.0:
            out[i] = 0.0
            continue
        if math.isinf(h):
            out[i] = 1.0
            continue
        miss = math.hypot(u, v)
        cosine, sine = (u / miss, v / miss) if miss > 0.0 else (1.0, 0.0)
        # A side turned by less than this ends, in double precision, at the abscissa at which it begins.
        if cosine < _ALIGNED or sine < _ALIGNED:
            cosine, sine = (0.0, 1.0) if cosine < sine else (1.0, 0.0)
        if a <= 0.0:
            out[i] = 1.0 if miss < h else 0.0
            continue
        b = max(b, h / _THIN)
        # As u, v >= 0 and the square's diagonals are at 45 degrees to the miss, this is the corner with the smallest t.
        corner[0], corner[1] = -h * (cosine + sine) / b, -h * (cosine - sine) / a
        corner[2], corner[3] = h * (cosine - sine) / b, -h * (cosine + sine) / a
        if abs(corner[2]) > -corner[0]:
            corner[2] = math.copysign(-corner[0], corner[2])
        out[i] = _parallelogram(v / b, u / a, corner, edge, stack)


@jit
def square_aligned(
    miss_major: Array,
    miss_minor: Array,
    sigma_major: Array,
    sigma_minor: Array,
    half_side: Array,
    out: Array,
) -> None:
    """out[i]: the mass in a square about the miss with the given half side and sides along the principal axes."""
    for i in range(out.size):
        h = half_side[i]
        value = 1.0
        for miss, sigma in ((abs(miss_major[i]), sigma_major[i]), (abs(miss_minor[i]), sigma_minor[i])):
            if math.isinf(h):
                continue
            if h <= 0.0 or (sigma <= 0.0 and miss >= h):
                value = 0.0
            elif sigma * _THIN > h:
                value *= _strip_any(miss / sigma, h / sigma)
            elif miss >= h:
                value = 0.0
        out[i] = min(1.0, value)
