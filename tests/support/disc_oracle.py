"""A slow, precise oracle of the disc integral, for the tests of the probability room.

It integrates along the *other* axis than the kernel does (strips along the minor axis, summed across the
major one), in 25-digit arithmetic, on panels refined towards every point where the integrand can be steep.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np

_ORDER = 20


def disc_probability(
    miss_major: float, miss_minor: float, major: float, minor: float, radius: float
) -> float:
    """The mass of a centred normal with sigmas major, minor in the disc of that radius about the miss."""
    with mp.workdps(25):
        u, v, a, b, r = (abs(mp.mpf(float(x))) for x in (miss_major, miss_minor, major, minor, radius))
        root = mp.sqrt(2)

        def integrand(theta: Any) -> Any:
            height = r * mp.cos(theta)
            x = u + r * mp.sin(theta)
            strip = (mp.erfc((v - height) / b / root) - mp.erfc((v + height) / b / root)) / 2
            return mp.exp(-x * x / (2 * a * a)) * strip * mp.cos(theta)

        def exponent(theta: float) -> float:
            across = float((u + r * math.sin(theta)) / a)
            along = max(0.0, float((v - r * math.cos(theta)) / b))
            return across**2 + along**2

        nearest = _least(exponent)
        steep = [mp.mpf(nearest)]
        if u < r:
            steep.append(-mp.asin(u / r))
        if v < r:
            steep += [mp.acos(v / r), -mp.acos(v / r)]
        edges = {-mp.pi / 2, mp.pi / 2, *steep}
        for centre in steep:
            for level in range(14):
                for side in (-3, 3):
                    edge = centre + side / mp.mpf(5) ** level
                    if abs(edge) < mp.pi / 2:
                        edges.add(edge)
        ordered = sorted(edges)
        floor = exponent(nearest) + 100.0
        panels = [
            (left, right, _panel(integrand, left, right))
            for left, right in pairwise(ordered)
            if left <= nearest <= right or min(exponent(float(left)), exponent(float(right))) < floor
        ]
        total = sum(value for _, _, value in panels)
        refined = sum(_refine(integrand, *panel, total, 0) for panel in panels if panel[2] > 1e-20 * total)
        return float(refined * r / (a * mp.sqrt(2 * mp.pi)))


def _least(function: Any) -> float:
    low, high = -math.pi / 2, math.pi / 2
    for _ in range(120):
        left, right = 0.55 * low + 0.45 * high, 0.45 * low + 0.55 * high
        if function(left) <= function(right):
            high = right
        else:
            low = left
    return 0.5 * (low + high)


@cache
def _nodes() -> list[tuple[Any, Any]]:
    """Gauss-Legendre nodes and weights, polished from double precision."""
    nodes = []
    for start in np.polynomial.legendre.leggauss(_ORDER)[0]:
        x = mp.mpf(float(start))
        for _ in range(3):
            before, current = mp.mpf(1), x
            for k in range(2, _ORDER + 1):
                before, current = current, ((2 * k - 1) * x * current - (k - 1) * before) / k
            slope = _ORDER * (x * current - before) / (x * x - 1)
            x -= current / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


def _panel(function: Any, left: Any, right: Any) -> Any:
    half, middle = (right - left) / 2, (left + right) / 2
    return half * sum(weight * function(middle + half * node) for node, weight in _nodes())


def _refine(function: Any, left: Any, right: Any, value: Any, total: Any, depth: int) -> Any:
    middle = (left + right) / 2
    first, second = _panel(function, left, middle), _panel(function, middle, right)
    if abs(first + second - value) < 1e-17 * total or depth > 25:
        return first + second
    return _refine(function, left, middle, first, total, depth + 1) + _refine(
        function, middle, right, second, total, depth + 1
    )
