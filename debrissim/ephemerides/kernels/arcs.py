"""Interpolation on the nodes of arcs: stencils, basis polynomials, and their evaluation at many times.

A stencil of w nodes around an interval carries the polynomial of degree w - 1 through w positions (Lagrange), or the
polynomial of degree 2 w - 1 through w positions and velocities (Hermite; Stoer & Bulirsch 2002, "Introduction to
Numerical Analysis", section 2.1). The stencil of a time depends only on its interval, so the order of the times does
not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.jit import jit
from debrissim.ephemerides.kernels.limits import MAX_WIDTH, OUTSIDE


@jit
def locate(node_s: Array, first: int, count: int, time: float, hint: int) -> int:
    """The interval i, counted from the arc's first node, with node i <= time < node i + 1; within 0 and count - 2."""
    last = count - 2
    start = node_s[first]
    guess = hint
    for attempt in range(2):
        for step in range(2):
            i = min(max(guess + step, 0), last)
            if node_s[first + i] <= time < node_s[first + i + 1]:
                return i
        if attempt == 0:
            guess = int((time - start) / (node_s[first + count - 1] - start) * (count - 1))
    low, high = 0, last + 1
    while high - low > 1:
        middle = (low + high) // 2
        if node_s[first + middle] <= time:
            low = middle
        else:
            high = middle
    return low


@jit
def stencil_start(interval: int, count: int, width: int) -> int:
    """First node of the stencil of an interval: centred, and shifted inwards at the ends of the arc."""
    return min(max(interval - (width - 2) // 2, 0), count - width)


@jit
def prepare(grid: Array, width: int, hermite: bool, inverse: Array, slope: Array) -> None:
    """1 / product of (t_i - t_j) over all other nodes j of each node i and, for Hermite, the sum of 1 / (t_i - t_j)."""
    for i in range(width):
        product, total = 1.0, 0.0
        for j in range(width):
            if j != i:
                product *= grid[i] - grid[j]
                if hermite:
                    total += 1.0 / (grid[i] - grid[j])
        inverse[i] = 1.0 / product
        slope[i] = total


@jit
def basis(time: float, grid: Array, width: int, inverse: Array, slope: Array, hermite: bool,
          by_position: Array, by_velocity: Array) -> None:  # fmt: skip
    """Weights (3, width) of the positions and of the velocities in the value and its first two derivatives."""
    p0, p1, p2 = 1.0, 0.0, 0.0
    for i in range(width):
        by_position[0, i], by_position[1, i], by_position[2, i] = p0, p1, p2
        d = time - grid[i]
        p2 = p2 * d + 2.0 * p1
        p1 = p1 * d + p0
        p0 = p0 * d
    s0, s1, s2 = 1.0, 0.0, 0.0
    for i in range(width - 1, -1, -1):
        a0, a1, a2 = by_position[0, i], by_position[1, i], by_position[2, i]
        by_position[0, i] = a0 * s0 * inverse[i]
        by_position[1, i] = (a1 * s0 + a0 * s1) * inverse[i]
        by_position[2, i] = (a2 * s0 + 2.0 * a1 * s1 + a0 * s2) * inverse[i]
        d = time - grid[i]
        s2 = s2 * d + 2.0 * s1
        s1 = s1 * d + s0
        s0 = s0 * d
    if hermite:
        for i in range(width):
            l0, l1, l2 = by_position[0, i], by_position[1, i], by_position[2, i]
            q0, q1, q2 = l0 * l0, 2.0 * l0 * l1, 2.0 * (l1 * l1 + l0 * l2)
            d = time - grid[i]
            k0, k1 = 1.0 - 2.0 * d * slope[i], -2.0 * slope[i]
            by_position[0, i] = k0 * q0
            by_position[1, i] = k0 * q1 + k1 * q0
            by_position[2, i] = k0 * q2 + 2.0 * k1 * q1
            by_velocity[0, i] = d * q0
            by_velocity[1, i] = d * q1 + q0
            by_velocity[2, i] = d * q2 + 2.0 * q1


@jit
def combine(weights: Array, values: Array, base: int, width: int, order: int) -> tuple[float, float, float]:
    """Sum of weights (3, width) of one order times values (K, 3) from base on."""
    x, y, z = 0.0, 0.0, 0.0
    for i in range(width):
        x += weights[order, i] * values[base + i, 0]
        y += weights[order, i] * values[base + i, 1]
        z += weights[order, i] * values[base + i, 2]
    return x, y, z


@jit
def positions(node_s: Array, node_km: Array, node_km_s: Array, first: Index, count: Index, width: Index,
              hermite: NDArray[np.bool_], begin_s: Array, end_s: Array, arcs: Index, times_s: Array,
              codes: NDArray[np.uint8], out: Array) -> None:  # fmt: skip
    """Positions (m, t, 3) of arcs (m,) at times (m, t); where the code is OUTSIDE they are NaN."""
    grid, inverse, slope, left, offset = np.empty((5, MAX_WIDTH))
    for row in range(arcs.shape[0]):
        arc = arcs[row]
        start, size, w = first[arc], count[arc], width[arc]
        held, interval = -1, 0
        for j in range(times_s.shape[1]):
            time = times_s[row, j]
            if not (begin_s[arc] <= time <= end_s[arc]):
                codes[row, j] = OUTSIDE
                out[row, j, 0] = out[row, j, 1] = out[row, j, 2] = float("nan")
                continue
            codes[row, j] = 0
            interval = locate(node_s, start, size, time, interval)
            node = start + interval
            if time == node_s[node + 1]:
                node += 1
            if time == node_s[node]:
                for axis in range(3):
                    out[row, j, axis] = node_km[node, axis]
                continue
            base = start + stencil_start(interval, size, w)
            if base != held:
                held = base
                for i in range(w):
                    grid[i] = node_s[base + i]
                prepare(grid, w, hermite[arc], inverse, slope)
            product = 1.0
            for i in range(w):
                left[i] = product * inverse[i]
                offset[i] = time - grid[i]
                product *= offset[i]
            product = 1.0
            x, y, z = 0.0, 0.0, 0.0
            for i in range(w - 1, -1, -1):
                weight = left[i] * product
                product *= offset[i]
                if hermite[arc]:
                    square = weight * weight
                    by_velocity = offset[i] * square
                    weight = square - 2.0 * slope[i] * by_velocity
                    x += by_velocity * node_km_s[base + i, 0]
                    y += by_velocity * node_km_s[base + i, 1]
                    z += by_velocity * node_km_s[base + i, 2]
                x += weight * node_km[base + i, 0]
                y += weight * node_km[base + i, 1]
                z += weight * node_km[base + i, 2]
            out[row, j, 0], out[row, j, 1], out[row, j, 2] = x, y, z


@jit
def states(node_s: Array, node_km: Array, node_km_s: Array, first: Index, count: Index, width: Index,
           hermite: NDArray[np.bool_], begin_s: Array, end_s: Array, arcs: Index, times_s: Array,
           codes: NDArray[np.uint8], out: Array, rates: Array) -> None:  # fmt: skip
    """As `positions`, with the derivatives of the interpolants (m, t, 3)."""
    grid, inverse, slope = np.empty((3, MAX_WIDTH))
    by_position, by_velocity = np.zeros((2, 3, MAX_WIDTH))
    for row in range(arcs.shape[0]):
        arc = arcs[row]
        start, size, w = first[arc], count[arc], width[arc]
        held, interval = -1, 0
        for j in range(times_s.shape[1]):
            time = times_s[row, j]
            if not (begin_s[arc] <= time <= end_s[arc]):
                codes[row, j] = OUTSIDE
                out[row, j] = float("nan")
                rates[row, j] = float("nan")
                continue
            codes[row, j] = 0
            interval = locate(node_s, start, size, time, interval)
            base = start + stencil_start(interval, size, w)
            if base != held:
                held = base
                grid[:w] = node_s[base : base + w]
                prepare(grid, w, hermite[arc], inverse, slope)
            basis(time, grid, w, inverse, slope, hermite[arc], by_position, by_velocity)
            out[row, j] = combine(by_position, node_km, base, w, 0)
            rates[row, j] = combine(by_position, node_km, base, w, 1)
            if hermite[arc]:
                for order, target in ((0, out), (1, rates)):
                    x, y, z = combine(by_velocity, node_km_s, base, w, order)
                    target[row, j, 0] += x
                    target[row, j, 1] += y
                    target[row, j, 2] += z
            node = start + interval
            if time == node_s[node + 1]:
                node += 1
            if time == node_s[node]:
                out[row, j] = node_km[node]
