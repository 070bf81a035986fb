"""Comparison of the interpolant of one arc with the dynamics and with nodes left out, interval by interval."""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array, Index
from debrissim.core.jit import jit
from debrissim.ephemerides.kernels.arcs import basis, combine, prepare, stencil_start
from debrissim.ephemerides.kernels.gravity import TURN, acceleration
from debrissim.ephemerides.kernels.limits import MAX_WIDTH


@jit
def compare_with_dynamics(node_s: Array, node_km: Array, node_km_s: Array, width: int, hermite: bool, intervals: Index,
                          full: bool, angle_rad: float, points: Array, first: Array, second: Array,
                          misfit: Array, lowest: Array, falling: Array, rising: Array) -> None:  # fmt: skip
    """Compare the interpolant y with the dynamics in some intervals (i,) of the nodes.

    full: whether to use all harmonics, with the sidereal time `angle_rad` at time 0, or only the zonal ones; points,
    first, second: `lobatto_integrals`.

    misfit (i,): km, largest distance between y and the path between both nodes that has the acceleration f(y);
    lowest (i,): smallest |y| in km; falling, rising (i, 3): integrals of f(y) over the interval, in km/s, weighted
    with a straight line from 1 to 0 and from 0 to 1.
    """
    grid, inverse, slope = np.empty((3, MAX_WIDTH))
    by_position, by_velocity = np.zeros((2, 3, MAX_WIDTH))
    count = points.shape[0]
    path, pull = np.empty((2, count, 3))
    held = -1
    for row in range(intervals.shape[0]):
        interval = intervals[row]
        base = stencil_start(interval, node_s.shape[0], width)
        if base != held:
            held = base
            grid[:width] = node_s[base : base + width]
            prepare(grid, width, hermite, inverse, slope)
        start, step = node_s[interval], node_s[interval + 1] - node_s[interval]
        low = np.inf
        for place in range(count):
            time = start + points[place] * step
            basis(time, grid, width, inverse, slope, hermite, by_position, by_velocity)
            x, y, z = combine(by_position, node_km, base, width, 0)
            if hermite:
                px, py, pz = combine(by_velocity, node_km_s, base, width, 0)
                x, y, z = x + px, y + py, z + pz
            path[place, 0], path[place, 1], path[place, 2] = x, y, z
            low = min(low, math.sqrt(x * x + y * y + z * z))
            pull[place] = acceleration(x, y, z, full, angle_rad + TURN * time)
        worst = 0.0
        for place in range(count):
            square = 0.0
            for axis in range(3):
                chord = path[0, axis] + points[place] * (path[count - 1, axis] - path[0, axis])
                bend = 0.0
                for k in range(count):
                    bend += (second[place, k] - points[place] * second[count - 1, k]) * pull[k, axis]
                square += (chord + step * step * bend - path[place, axis]) ** 2
            worst = max(worst, square)
        for axis in range(3):
            whole, part = 0.0, 0.0
            for k in range(count):
                whole += first[count - 1, k] * pull[k, axis]
                part += second[count - 1, k] * pull[k, axis]
            falling[row, axis] = step * part
            rising[row, axis] = step * (whole - part)
        misfit[row], lowest[row] = math.sqrt(worst), low


@jit
def leave_out(node_s: Array, node_km: Array, node_km_s: Array, width: int, hermite: bool, nodes: Index,
              error: Array, scaled: Array) -> None:  # fmt: skip
    """Predict some nodes (i,) from their neighbours.

    error (i,): distance in km of each from the interpolant through `width` others (as many as there are) around it;
    scaled (i,): the same, times the ratio of the node polynomials in the middle of the wider adjacent interval and at
    the node left out: an estimate of the interpolation error there.
    """
    count = node_s.shape[0]
    used = min(width, count - 1)
    grid, inverse, slope = np.empty((3, MAX_WIDTH))
    by_position, by_velocity = np.zeros((2, 3, MAX_WIDTH))
    for row in range(nodes.shape[0]):
        node = nodes[row]
        base = min(max(node - used // 2, 0), count - used - 1)
        away = 1.0
        for i in range(used):
            grid[i] = node_s[base + i if base + i < node else base + i + 1]
            away *= node_s[node] - grid[i]
        prepare(grid, used, hermite, inverse, slope)
        basis(node_s[node], grid, used, inverse, slope, hermite, by_position, by_velocity)
        total = 0.0
        for axis in range(3):
            value = -node_km[node, axis]
            for i in range(used):
                other = base + i if base + i < node else base + i + 1
                value += by_position[0, i] * node_km[other, axis]
                if hermite:
                    value += by_velocity[0, i] * node_km_s[other, axis]
            total += value * value
        error[row] = math.sqrt(total)
        ratio = 1.0
        if used == width:
            ratio = 0.0
            for interval in range(max(node - 1, 0), min(node, count - 2) + 1):
                first = stencil_start(interval, count, width)
                middle = 0.5 * (node_s[interval] + node_s[interval + 1])
                near = 1.0
                for i in range(width):
                    near *= middle - node_s[first + i]
                ratio = max(ratio, abs(near / away))
            if hermite:
                ratio *= ratio
        scaled[row] = error[row] * ratio
