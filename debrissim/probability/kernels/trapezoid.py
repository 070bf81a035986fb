"""Compiled trapezoid rule over the part of the disc that matters, with derivatives by scale on request."""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.probability.kernels.strip import _INV_SQRT_2PI, _across, _strip, _strip_series

# Trapezoid rules of the narrow path: step in units of the shortest wave, required agreement, maximum number of nodes.
_STEP = 0.55
_AGREE = 3e-7
_NODES = 240
_SQRT_TWO_PI = math.sqrt(2.0 * math.pi)


@jit
def _bandwidth(s: float, anchor: float, x_anchor: float, a: float, beta: float, rho: float) -> float:
    """The maximum wave number of the integrand near s, squared."""
    sine, cosine = math.sin(anchor + s), math.cos(anchor + s)
    y = _across(s, anchor, x_anchor, rho)
    x = a - beta * sine
    square = (rho * sine) ** 2 + abs(y * rho * cosine)
    if x > -6.0:
        square += (beta * cosine) ** 2 + max(0.0, x) * beta * sine
    return square


@jit
def _rim(a: float, b: float, y: float, outward: float, turned: float) -> tuple[float, float]:
    """Both ends X = a +- b of a strip at y: sum of exp(-X^2/2) w and of the same times (X^2 + y^2 - 2), where
    w = turned +- X outward.
    """
    if b * (1.0 + a) < 1e-3:
        # The ends cancel: Taylor's series of x exp(-x^2/2) and of x^3 exp(-x^2/2) about the middle.
        square = a * a
        even = 2.0 * math.exp(-0.5 * square)
        odd = even * b * (1.0 - square + b * b / 6.0 * (square * (6.0 - square) - 3.0))
        cubic = even * b * square * (3.0 - square)
        even *= 1.0 + 0.5 * b * b * (square - 1.0)
        return outward * odd + turned * even, (
            outward * (cubic + (y * y - 2.0) * odd) + turned * even * (square + y * y - 2.0)
        )
    far, near = a + b, a - b
    outer = math.exp(-0.5 * far * far) * (turned + far * outward)
    inner = math.exp(-0.5 * near * near) * (turned - near * outward)
    return outer + inner, outer * (far * far + y * y - 2.0) + inner * (near * near + y * y - 2.0)


@jit
def _trapezoid(a: float, anchor: float, x_anchor: float, beta: float, rho: float, start: float, peak: float,
               end: float, lowest: float, series: bool, derivatives: bool, coefficient: Array
               ) -> tuple[bool, float, float, float]:  # fmt: skip
    """Two interlaced trapezoid rules over the range: whether they agree, and their mean.

    With `derivatives` also the first and second derivative of the probability by the log of a factor on both sigmas,

        P' = -1/2pi integral of exp(-y^2/2) sum over both ends X of the strip of exp(-X^2/2) w,
        w = +-X rho cos theta + y beta sin theta,   P'' the same with w (X^2 + y^2 - 2),

    because a larger sigma is equivalent to a smaller disc: the lost probability crosses its rim.
    """
    square = _bandwidth(peak, anchor, x_anchor, a, beta, rho)
    square = max(square, _bandwidth(0.5 * (peak + start), anchor, x_anchor, a, beta, rho))
    square = max(square, _bandwidth(0.5 * (peak + end), anchor, x_anchor, a, beta, rho))
    width = end - start
    count_needed = width * math.sqrt(square) / _STEP
    if not count_needed <= _NODES:
        return False, 0.0, 0.0, 0.0
    # The integrand is even about both ends of the disc: a range that reaches an end has a node of half weight there.
    count = 2 * max(8, math.ceil(0.5 * count_needed))
    lower, upper = start <= -anchor, end >= math.pi - anchor
    even, odd = np.empty(3), np.empty(3)
    for k in range(3):
        even[k] = odd[k] = 0.0
    step = width / count
    fresh, first = even, 0
    while True:
        # First pass: the coarse rule on every second node; then, and after each halving, the nodes between.
        number = count // 2 + 1 if first == 0 else count // 2
        for j in range(number):
            s = start + (first + 2 * j) * step
            weight = 1.0
            if first == 0 and ((j == 0 and lower) or (j == number - 1 and upper)):
                weight = 0.5
            y = _across(s, anchor, x_anchor, rho)
            if 0.5 * y * y > lowest + 45.0:
                continue
            psi = anchor + s
            sine = max(0.0, math.sin(psi))
            b = beta * sine
            strip = _strip_series(a, b, coefficient) if series else _strip(a, b)
            across = weight * math.exp(-0.5 * y * y)
            fresh[0] += across * strip * sine
            if derivatives:
                first_rim, second_rim = _rim(a, b, y, rho * sine, -y * beta * math.cos(psi))
                fresh[1] -= across * first_rim
                fresh[2] -= across * second_rim
        if first == 0:
            fresh, first = odd, 1
            continue
        scale = abs(even[0] + odd[0])
        agree = abs(even[0] - odd[0]) <= _AGREE * scale
        if derivatives:
            slope = rho * scale * _SQRT_TWO_PI + abs(even[1] + odd[1])
            agree = agree and abs(even[1] - odd[1]) <= _AGREE * slope
        if agree:
            unit = step * rho * _INV_SQRT_2PI
            tail = step / (2.0 * math.pi)
            return True, (even[0] + odd[0]) * unit, (even[1] + odd[1]) * tail, (even[2] + odd[2]) * tail
        if count >= _NODES:
            return False, 0.0, 0.0, 0.0
        for k in range(3):
            even[k] += odd[k]
            odd[k] = 0.0
        count *= 2
        step *= 0.5
