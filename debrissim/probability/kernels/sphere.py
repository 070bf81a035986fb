"""Compiled integrals of a relative Gaussian state over the hard body's sphere.

The rate at which the secondary enters the sphere of radius R is

    rate = R^2 * integral over unit u of  p(R u) * E[max(0, -u.v) | r = R u],

where p is the normal density of the relative position, and the conditional mean of the velocity is linear in position.
The rectangle of latitude and longitude about the mean relative velocity is cut into cells until the density and the
inward speed in each are smooth enough for 6 x 6 Gauss nodes; cells whose density cannot reach exp(-CUT) of the maximum
are skipped. Everything is computed in logarithms, to avoid underflow.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.jit import jit

_NODE, _WEIGHT = np.polynomial.legendre.leggauss(6)
_ORDER = 6

_CUT = 40.0
_NOTHING = 2000.0
_INV_SQRT_2PI = 1.0 / math.sqrt(2.0 * math.pi)
_SQRT_HALF = math.sqrt(0.5)
_LOG_2PI = math.log(2.0 * math.pi)

# A cell's half-widths: at most this in standard deviations, this in the exponent, this in radians; and where
# the inward speed has its kink (velocity known far better than it varies), this in radians.
_SPREAD = 1.0
_SLOPE = 2.5
_ANGLE = 0.8
_KINK_ANGLE = 0.02
_STACK = 400
_CELLS = 100_000


@jit
def _inward(speed: float, sigma: float) -> float:
    """E[max(0, -s)] of a normal s with the given mean and sigma."""
    if sigma <= 1e-9 * abs(speed) or sigma <= 0.0:
        return max(0.0, -speed)
    z = speed / sigma
    if z > 30.0:
        return 0.0
    if z < -8.0:
        return -speed
    if z < 20.0:
        return sigma * _INV_SQRT_2PI * math.exp(-0.5 * z * z) - 0.5 * speed * math.erfc(z * _SQRT_HALF)
    # Both terms cancel to second order, so the asymptotic series of the tail is used.
    q = 1.0 / (z * z)
    tail = 1.0 - 3.0 * q * (1.0 - 5.0 * q * (1.0 - 7.0 * q * (1.0 - 9.0 * q)))
    return sigma * _INV_SQRT_2PI * math.exp(-0.5 * z * z) * q * tail


@jit
def _min_exponent(radius: float, mean: Array, whiten: Array) -> float:
    """The minimum exponent at a few chosen points of the sphere, so that cells far above it can be skipped.

    From outside, the nearest point in the metric of W; from inside, the points where the axes through the mean pierce
    the sphere.
    """
    variance, y = np.empty(3), np.empty(3)
    outside = -radius * radius
    for k in range(3):
        variance[k] = 1.0 / (whiten[k, 0] ** 2 + whiten[k, 1] ** 2 + whiten[k, 2] ** 2)
        y[k] = math.sqrt(variance[k]) * (
            whiten[k, 0] * mean[0] + whiten[k, 1] * mean[1] + whiten[k, 2] * mean[2]
        )
        outside += y[k] * y[k]
    best = np.inf
    if outside > 0.0:
        # r_k = y_k / (1 + mu variance_k) with |r| = R; Newton on 1 / |r| rises to mu.
        mu = (math.sqrt(outside + radius * radius) / radius - 1.0) / max(
            variance[0], variance[1], variance[2]
        )
        for _ in range(60):
            square = slope = 0.0
            for k in range(3):
                r = y[k] / (1.0 + mu * variance[k])
                square += r * r
                slope += r * r * variance[k] / (1.0 + mu * variance[k])
            step = square / slope * (math.sqrt(square) / radius - 1.0) if slope > 0.0 else 0.0
            mu += step
            if step <= 1e-12 * mu:
                break
        best = 0.0
        for k in range(3):
            best += 0.5 * variance[k] * (y[k] * mu / (1.0 + mu * variance[k])) ** 2
        return best
    for k in range(3):
        root = math.sqrt(y[k] * y[k] - outside)
        nearer = root - abs(y[k])
        best = min(best, 0.5 * nearer * nearer / variance[k])
    return best


@jit
def _integral(radius: float, mean: Array, whiten: Array, velocity: Array, gradient: Array, spread: Array,
              axes: Array, flux: bool, stack: Array) -> tuple[float, float, bool]:  # fmt: skip
    """(exponent, sum, complete): the integral over unit u of exp(-|W (R u - mean)|^2 / 2) times the inward
    speed (or 1) is sum * exp(-exponent); complete unless cells ran out.

    whiten: W; velocity + R gradient u: conditional mean velocity, spread: its covariance; axes: rows, the
    last the pole.
    """
    cos_nodes, sin_nodes = np.empty(_ORDER), np.empty(_ORDER)
    # Rotated once for all cells to the axes of latitude and longitude.
    w = radius * (whiten @ axes.T)
    centre = whiten @ mean
    v = axes @ velocity
    g = radius * (axes @ gradient @ axes.T)
    s = axes @ spread @ axes.T
    steepest = math.sqrt(np.sum(w * w))
    size_g = math.sqrt(np.sum(g * g))
    size_v = math.sqrt(np.sum(v * v))

    # The mean is so deep inside that the whole surface is out of reach: no entry occurs.
    inside = radius - math.sqrt(np.sum(mean * mean))
    if inside > 0.0:
        deepest = inside * math.sqrt(np.min(np.sum(whiten * whiten, axis=1)))
        if 0.5 * deepest * deepest > _NOTHING:
            return 0.5 * deepest * deepest, 0.0, True

    best = _min_exponent(radius, mean, whiten)
    depth = 0
    for i in range(4):
        for j in range(4):
            stack[depth, 0] = (-1.5 + i) * (0.25 * math.pi)
            stack[depth, 1] = (j + 0.5) * (0.5 * math.pi)
            stack[depth, 2] = 0.125 * math.pi
            stack[depth, 3] = 0.25 * math.pi
            depth += 1
            sine, cosine = math.sin(stack[depth - 1, 0]), math.cos(stack[depth - 1, 0])
            x, y = cosine * math.cos(stack[depth - 1, 1]), cosine * math.sin(stack[depth - 1, 1])
            square = 0.0
            for k in range(3):
                square += (w[k, 0] * x + w[k, 1] * y + w[k, 2] * sine - centre[k]) ** 2
            best = min(best, 0.5 * square)
    total, reference = 0.0, best
    cells = 0
    while depth > 0:
        depth -= 1
        latitude, longitude = stack[depth, 0], stack[depth, 1]
        half_a, half_b = stack[depth, 2], stack[depth, 3]
        cells += 1
        if cells > _CELLS:
            return reference, total, False
        sin_a, cos_a = math.sin(latitude), math.cos(latitude)
        sin_b, cos_b = math.sin(longitude), math.cos(longitude)
        x, y, z = cos_a * cos_b, cos_a * sin_b, sin_a
        ax, ay, az = -sin_a * cos_b, -sin_a * sin_b, cos_a
        # The east-west extent of a cell is measured along its widest parallel.
        widest = 1.0 if abs(latitude) <= half_a else math.cos(abs(latitude) - half_a)
        bx, by = -sin_b * widest, cos_b * widest
        square = size_a = size_b = slope_a = slope_b = 0.0
        for k in range(3):
            here = w[k, 0] * x + w[k, 1] * y + w[k, 2] * z - centre[k]
            by_a = w[k, 0] * ax + w[k, 1] * ay + w[k, 2] * az
            by_b = w[k, 0] * bx + w[k, 1] * by
            square += here * here
            size_a += by_a * by_a
            size_b += by_b * by_b
            slope_a += here * by_a
            slope_b += here * by_b
        half_b_arc = half_b * widest
        bend_a, bend_b = 0.5 * steepest * half_a * half_a, 0.5 * steepest * half_b_arc * half_b
        extent_a = math.sqrt(size_a) * half_a
        extent_b = math.sqrt(size_b) * half_b
        distance = math.sqrt(square)
        if 0.5 * square < best:
            best = 0.5 * square
        nearest = distance - extent_a - extent_b - 2.0 * (bend_a + bend_b)
        if nearest > 0.0 and 0.5 * nearest * nearest > best + _CUT:
            continue
        need_a = max(
            extent_a / _SPREAD,
            abs(slope_a) * half_a / _SLOPE,
            half_a / _ANGLE,
            bend_a / _SPREAD,
            distance * bend_a / _SLOPE,
        )
        need_b = max(
            extent_b / _SPREAD,
            abs(slope_b) * half_b / _SLOPE,
            half_b / _ANGLE,
            bend_b / _SPREAD,
            distance * bend_b / _SLOPE,
        )
        if flux and need_a <= 1.0 and need_b <= 1.0 and max(half_a, half_b_arc) > _KINK_ANGLE:
            px = v[0] + g[0, 0] * x + g[0, 1] * y + g[0, 2] * z
            py = v[1] + g[1, 0] * x + g[1, 1] * y + g[1, 2] * z
            pz = v[2] + g[2, 0] * x + g[2, 1] * y + g[2, 2] * z
            speed = px * x + py * y + pz * z
            change_a = abs(px * ax + py * ay + pz * az
                           + x * (g[0, 0] * ax + g[0, 1] * ay + g[0, 2] * az)
                           + y * (g[1, 0] * ax + g[1, 1] * ay + g[1, 2] * az)
                           + z * (g[2, 0] * ax + g[2, 1] * ay + g[2, 2] * az)) * half_a  # fmt: skip
            change_b = abs(px * bx + py * by + x * (g[0, 0] * bx + g[0, 1] * by)
                           + y * (g[1, 0] * bx + g[1, 1] * by)
                           + z * (g[2, 0] * bx + g[2, 1] * by)) * half_b  # fmt: skip
            variance = (
                x * (s[0, 0] * x + 2.0 * s[0, 1] * y + 2.0 * s[0, 2] * z)
                + y * (s[1, 1] * y + 2.0 * s[1, 2] * z)
                + z * s[2, 2] * z
            )
            sigma = math.sqrt(max(0.0, variance))
            bend = 2.0 * size_g + 0.5 * size_v
            change = change_a + change_b
            reach = 0.95 * change + (size_g * (half_a * half_a + half_b_arc * half_b_arc)) + 5.0 * sigma
            if abs(speed) < reach and change + bend * half_a * half_b_arc > 2.0 * sigma:
                if change_a >= change_b:
                    need_a = 2.0
                else:
                    need_b = 2.0
                if half_a <= _KINK_ANGLE:
                    need_a = min(need_a, 1.0)
                if half_b_arc <= _KINK_ANGLE:
                    need_b = min(need_b, 1.0)
        if (need_a > 1.0 or need_b > 1.0) and depth < _STACK - 2:
            if need_a >= need_b:
                for side in (-1.0, 1.0):
                    stack[depth, 0], stack[depth, 1] = latitude + 0.5 * side * half_a, longitude
                    stack[depth, 2], stack[depth, 3] = 0.5 * half_a, half_b
                    depth += 1
            else:
                for side in (-1.0, 1.0):
                    stack[depth, 0], stack[depth, 1] = latitude, longitude + 0.5 * side * half_b
                    stack[depth, 2], stack[depth, 3] = half_a, 0.5 * half_b
                    depth += 1
            continue
        if best < reference - 200.0:
            total *= math.exp(max(-700.0, best - reference))
            reference = best
        cell = 0.0
        for j in range(_ORDER):
            b = longitude + half_b * _NODE[j]
            cos_nodes[j], sin_nodes[j] = math.cos(b), math.sin(b)
        for i in range(_ORDER):
            a = latitude + half_a * _NODE[i]
            sin_a, cos_a = math.sin(a), math.cos(a)
            row = 0.0
            for j in range(_ORDER):
                x, y, z = cos_a * cos_nodes[j], cos_a * sin_nodes[j], sin_a
                d0 = w[0, 0] * x + w[0, 1] * y + w[0, 2] * z - centre[0]
                d1 = w[1, 0] * x + w[1, 1] * y + w[1, 2] * z - centre[1]
                d2 = w[2, 0] * x + w[2, 1] * y + w[2, 2] * z - centre[2]
                exponent = reference - 0.5 * (d0 * d0 + d1 * d1 + d2 * d2)
                if exponent < -700.0:
                    continue
                value = math.exp(exponent)
                if flux:
                    speed = (v[0] + g[0, 0] * x + g[0, 1] * y + g[0, 2] * z) * x
                    speed += (v[1] + g[1, 0] * x + g[1, 1] * y + g[1, 2] * z) * y
                    speed += (v[2] + g[2, 0] * x + g[2, 1] * y + g[2, 2] * z) * z
                    variance = x * (s[0, 0] * x + 2.0 * s[0, 1] * y + 2.0 * s[0, 2] * z)
                    variance += y * (s[1, 1] * y + 2.0 * s[1, 2] * z) + z * s[2, 2] * z
                    value *= _inward(speed, math.sqrt(max(0.0, variance)))
                row += _WEIGHT[j] * value
            cell += _WEIGHT[i] * cos_a * row
        total += cell * half_a * half_b
    return reference, total, True


@jit
def log_rates(radius: Array, mean: Array, whiten: Array, log_determinant: Array, velocity: Array,
              gradient: Array, spread: Array, axes: Array, flux: bool, out: Array,
              complete: NDArray[np.bool_]) -> None:  # fmt: skip
    """out (k,): logarithm of the entry rate (1/s), or with flux False of the density of the distance at R.

    radius (k,) km > 0; mean (k, 3) km; whiten (k, 3, 3) with W^T W the inverse covariance, log_determinant
    (k,) of that covariance; velocity (k, 3), gradient, spread, axes (k, 3, 3).
    """
    stack = np.empty((_STACK, 4))
    for i in range(out.shape[0]):
        exponent, total, complete[i] = _integral(
            radius[i], mean[i], whiten[i], velocity[i], gradient[i], spread[i], axes[i], flux, stack
        )
        if total > 0.0:
            out[i] = (
                math.log(total)
                - exponent
                + 2.0 * math.log(radius[i])
                - 1.5 * _LOG_2PI
                - 0.5 * log_determinant[i]
            )
        else:
            out[i] = -np.inf
