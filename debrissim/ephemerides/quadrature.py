"""Integrals over an interval, of functions known at Chebyshev-Lobatto points of it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.polynomial import Polynomial

from debrissim.core.arrays import Array


@cache
def lobatto_integrals(count: int) -> tuple[Array, Array, Array]:
    """Points (p,) of [0, 1], both ends included, and matrices (p, p): first and second integral from 0 to each point.

    They are exact for polynomials of degree p - 1 (Trefethen 2013, "Approximation Theory and Approximation Practice",
    chapter 19).
    """
    points = 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / (count - 1))
    points[0], points[-1] = 0.0, 1.0
    first, second = np.empty((2, count, count))
    for j in range(count):
        others = np.delete(points, j)
        lagrange = Polynomial.fromroots(others) / np.prod(points[j] - others)
        first[:, j] = lagrange.integ(1)(points)
        second[:, j] = lagrange.integ(2)(points)
    for table in (points, first, second):
        table.flags.writeable = False
    return points, first, second
