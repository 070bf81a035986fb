"""Compiled test whether sampled pairs, given as polynomials in time, come within a distance.

Each panel of the window carries Chebyshev coefficients of the relative position. A piece of duration h stays within a
h^2 / 8 of its chord, where a is the maximum relative acceleration (given per panel from the gravity gradient; see
`monte_carlo_sgp4.py`); pieces whose chord is farther away are skipped, and others are halved until they are straight to
1e-4 of the radius, when the chord decides.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit

_DEPTH = 48
_MAX_BEND = 1e-4


@jit
def _position(coefficients: Array, x: float, out: Array) -> None:
    """out[0:3]: the Chebyshev sums of coefficients (k, 3) at x in [-1, 1] (Clenshaw); out[3]: x."""
    for axis in range(3):
        last = before = 0.0
        for k in range(coefficients.shape[0] - 1, 0, -1):
            last, before = 2.0 * x * last - before + coefficients[k, axis], last
        out[axis] = x * last - before + coefficients[0, axis]
    out[3] = x


@jit
def _nearest_on_chord(left: Array, right: Array) -> tuple[float, float]:
    """(fraction of the chord, distance) of its point nearest to the origin."""
    along = square = 0.0
    for k in range(3):
        along -= left[k] * (right[k] - left[k])
        square += (right[k] - left[k]) ** 2
    fraction = min(1.0, max(0.0, along / square)) if square > 0.0 else 0.0
    total = 0.0
    for k in range(3):
        total += (left[k] + fraction * (right[k] - left[k])) ** 2
    return fraction, math.sqrt(total)


@jit
def passages(coefficients: Array, acceleration: Array, half_panel: float, radius: float, out: Array) -> None:
    """out (n,): the first contact, in panels from the window's start, or infinity.

    coefficients (n, p, k, 3) km; acceleration (n, p) km/s^2, bounds; half_panel s; radius km.
    """
    left, stack = np.empty(4), np.empty((_DEPTH + 1, 4))
    for i in range(out.shape[0]):
        out[i] = np.inf
        for panel in range(coefficients.shape[1]):
            if out[i] < np.inf:
                break
            c = coefficients[i, panel]
            _position(c, -1.0, left)
            _position(c, 1.0, stack[0])
            depth = 1
            while depth > 0:
                right = stack[depth - 1]
                h = (right[3] - left[3]) * half_panel
                bend = acceleration[i, panel] * h * h / 8.0
                fraction, distance = _nearest_on_chord(left, right)
                if distance - bend <= radius:
                    middle = 0.5 * (left[3] + right[3])
                    if bend > _MAX_BEND * radius and depth < _DEPTH:
                        _position(c, middle, stack[depth])
                        depth += 1
                        continue
                    if distance <= radius:
                        out[i] = panel + 0.5 * (1.0 + left[3] + fraction * (right[3] - left[3]))
                        break
                for k in range(4):
                    left[k] = right[k]
                depth -= 1
