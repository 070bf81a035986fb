"""Compiled search: whether two Kepler orbits come within a distance in a window of time, for many pairs.

A segment of the relative path, of duration h, deviates from its chord by at most a h^2 / 8, where a is the largest
relative acceleration in it. This is at most A = mu / r1^2 + mu / r2^2 at the minimum radii there, so the separation
never exceeds W = d + A h^2 / 8, where d is the larger separation at the ends. Every point between the two objects is
then at least rho = min(r1, r2) - W from the Earth's centre, and the mean value theorem applied to gravity gives a <= G
S, where G = 2 mu / rho^3 and S is the largest separation. As S <= d + G S h^2 / 8 in turn, S <= d / (1 - G h^2 / 8): an
object metres away provably stays so for minutes. Segments whose chord is further away than the radius plus the
deviation are skipped, others are halved until straight enough.

The minimum radius of an orbit within a segment shorter than half a period occurs at one of its ends, or at perigee if
the radius falls at the beginning and grows at the end.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.jit import jit
from debrissim.propagation.kernels.two_body import _state

_STEPS_PER_PERIOD = 40.0
_MAX_DEPTH = 64
# A segment counts as straight if it deviates from its chord by less than this fraction of the distance tested.
_MAX_BEND = 0.02


@jit
def _relative(first: Array, sense1: float, second: Array, sense2: float, time: float, mu: float,
              scratch: Array, out: Array) -> float:  # fmt: skip
    """The distance at a time; out[0:6]: secondary minus primary, out[6]: the time, out[7:11]: the radius of each object
    and its radius times radial rate.
    """
    _state(first[0], first[1], first[2], first[3], first[4], first[5] + first[0] * time, sense1, mu, scratch)
    _state(
        second[0], second[1], second[2], second[3], second[4], second[5] + second[0] * time, sense2, mu, out
    )
    out[7] = math.sqrt(scratch[0] ** 2 + scratch[1] ** 2 + scratch[2] ** 2)
    out[8] = scratch[0] * scratch[3] + scratch[1] * scratch[4] + scratch[2] * scratch[5]
    out[9] = math.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
    out[10] = out[0] * out[3] + out[1] * out[4] + out[2] * out[5]
    for k in range(6):
        out[k] -= scratch[k]
    out[6] = time
    return math.sqrt(out[0] * out[0] + out[1] * out[1] + out[2] * out[2])


@jit
def _chord_distance(left: Array, right: Array) -> float:
    """Distance of the straight segment between two relative positions from the origin."""
    along = square = size = 0.0
    for k in range(3):
        step = right[k] - left[k]
        along -= left[k] * step
        square += step * step
        size += left[k] * left[k]
    if square <= 0.0:
        return math.sqrt(size)
    fraction = min(1.0, max(0.0, along / square))
    total = 0.0
    for k in range(3):
        total += (left[k] + fraction * (right[k] - left[k])) ** 2
    return math.sqrt(total)


@jit
def _range_rate(state: Array) -> float:
    return float(state[0] * state[3] + state[1] * state[4] + state[2] * state[5])


@jit
def _minimum(first: Array, sense1: float, second: Array, sense2: float, low: float, high: float, radius: float,
             mu: float, scratch: Array, state: Array) -> float:  # fmt: skip
    """The time at which the distance falls to the radius or is minimal, with range rate < 0 at low and > 0 at high;
    negative infinity if it stays above.
    """
    for _ in range(60):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if _relative(first, sense1, second, sense2, middle, mu, scratch, state) <= radius:
            return middle
        rate = _range_rate(state)
        square = state[3] * state[3] + state[4] * state[4] + state[5] * state[5]
        if rate > 0.0:
            high = middle
        else:
            low = middle
        # Newton's method for the straight path, from the midpoint, nearly always converges at once.
        if square > 0.0:
            newton = middle - rate / square
            if low < newton < high:
                if _relative(first, sense1, second, sense2, newton, mu, scratch, state) <= radius:
                    return float(newton)
                if _range_rate(state) > 0.0:
                    high = newton
                else:
                    low = newton
                if abs(_range_rate(state)) <= 1e-12 * math.sqrt(square):
                    break
    return -np.inf


@jit
def _first_contact(first: Array, sense1: float, second: Array, sense2: float, begin: float, end: float,
                   radius: float, mu: float, scratch: Array, left: Array, stack: Array) -> float:  # fmt: skip
    """A time in [begin, end] within the first contact found; infinity if there is none, never NaN."""
    a1, a2 = (mu / first[0] ** 2) ** (1.0 / 3.0), (mu / second[0] ** 2) ** (1.0 / 3.0)
    perigee1 = a1 * (1.0 - math.sqrt(first[1] ** 2 + first[2] ** 2))
    perigee2 = a2 * (1.0 - math.sqrt(second[1] ** 2 + second[2] ** 2))
    period = 2.0 * math.pi / max(first[0], second[0])
    steps = max(1, math.ceil((end - begin) / period * _STEPS_PER_PERIOD))
    if _relative(first, sense1, second, sense2, begin, mu, scratch, left) <= radius:
        return begin
    for step in range(1, steps + 1):
        time = begin + (end - begin) * step / steps
        if _relative(first, sense1, second, sense2, time, mu, scratch, stack[0]) <= radius:
            return float(time)
        depth = 1
        while depth > 0:
            right = stack[depth - 1]
            h = right[6] - left[6]
            eighth = h * h / 8.0
            min_radius1 = perigee1 if left[8] < 0.0 < right[8] else min(left[7], right[7])
            min_radius2 = perigee2 if left[10] < 0.0 < right[10] else min(left[9], right[9])
            acceleration = mu / (min_radius1 * min_radius1) + mu / (min_radius2 * min_radius2)
            ends = math.sqrt(
                max(left[0] ** 2 + left[1] ** 2 + left[2] ** 2, right[0] ** 2 + right[1] ** 2 + right[2] ** 2)
            )
            separation = ends + acceleration * eighth
            for _ in range(2):
                rho = min(min_radius1, min_radius2) - separation
                if rho <= 0.0:
                    break
                gradient = 2.0 * mu / (rho * rho * rho)
                if gradient * eighth >= 0.5:
                    break
                separation = min(separation, ends / (1.0 - gradient * eighth))
                acceleration = min(acceleration, gradient * separation)
            bend = acceleration * eighth
            if _chord_distance(left, right) - bend <= radius:
                middle = 0.5 * (left[6] + right[6])
                straight = (
                    bend <= _MAX_BEND * radius or depth >= _MAX_DEPTH or not left[6] < middle < right[6]
                )
                if not straight:
                    if _relative(first, sense1, second, sense2, middle, mu, scratch, stack[depth]) <= radius:
                        return float(middle)
                    depth += 1
                    continue
                if _range_rate(left) < 0.0 < _range_rate(right):
                    contact = _minimum(
                        first, sense1, second, sense2, left[6], right[6], radius, mu, scratch, stack[depth]
                    )
                    if contact > -np.inf:
                        return contact
            for k in range(11):
                left[k] = right[k]
            depth -= 1
    return np.inf


@jit
def first_contacts(first: Array, sense1: float, second: Array, sense2: float, begin: float, end: float,
                   radius: float, mu: float, out: Array, sound: NDArray[np.bool_]) -> None:  # fmt: skip
    """out (n,): a time of contact of elements first (n, 6) and second (n, 6), or infinity; sound (n,): whether both
    orbits are elliptic (else no contact is counted).
    """
    scratch, left, stack = np.empty(6), np.empty(11), np.empty((_MAX_DEPTH + 1, 11))
    for i in range(out.shape[0]):
        sound[i] = (
            first[i, 0] > 0.0
            and second[i, 0] > 0.0
            and first[i, 1] ** 2 + first[i, 2] ** 2 < 1.0
            and second[i, 1] ** 2 + second[i, 2] ** 2 < 1.0
        )
        out[i] = np.inf
        if sound[i]:
            out[i] = _first_contact(
                first[i], sense1, second[i], sense2, begin, end, radius, mu, scratch, left, stack
            )


@jit
def count_entries(first: Array, sense1: float, second: Array, sense2: float, begin: float, end: float, step: float,
                  radius: float, mu: float, out: NDArray[np.int64], start: NDArray[np.bool_]) -> None:  # fmt: skip
    """out (n,): how often the elliptic orbits first (n, 6) and second (n, 6) come within the radius in [begin, end];
    start (n,): whether they are within it at the beginning, which is not an entry.

    The distance is followed in steps of `step`, in each of which it may have one minimum. A pair far apart takes up to
    ten steps at once, as long as twice the speed v + n d could not bring it within the radius, where d is the distance
    and n the mean motion at perigee.
    """
    scratch, left, right, trial = np.empty(6), np.empty(11), np.empty(11), np.empty(11)
    for i in range(out.shape[0]):
        motion = 0.0
        for elements in (first[i], second[i]):
            e = math.sqrt(elements[1] ** 2 + elements[2] ** 2)
            motion = max(motion, elements[0] / (1.0 - e) ** 1.5)
        distance = _relative(first[i], sense1, second[i], sense2, begin, mu, scratch, left)
        inside = distance <= radius
        start[i] = inside
        out[i] = 0
        while left[6] < end:
            speed = math.sqrt(left[3] ** 2 + left[4] ** 2 + left[5] ** 2) + motion * distance
            free = (distance - radius) / (2.0 * speed) if speed > 0.0 else math.inf
            length = min(max(free, step), 10.0 * step)
            distance = _relative(
                first[i], sense1, second[i], sense2, min(left[6] + length, end), mu, scratch, right
            )
            then = distance <= radius
            if then and not inside:
                out[i] += 1
            elif not then and not inside and free < length and _range_rate(left) < 0.0 < _range_rate(right):
                low, high = left[6], right[6]
                if (
                    _minimum(first[i], sense1, second[i], sense2, low, high, radius, mu, scratch, trial)
                    > -np.inf
                ):
                    out[i] += 1
            inside = then
            for k in range(11):
                left[k] = right[k]
