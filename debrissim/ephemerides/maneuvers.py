"""Manoeuvres inside a segment: the intervals between nodes that no polynomial may cross.

Detection. An impulse dv at the fraction p of an interval changes the defects (`bounds.Residuals`) of its first and
last node by (1 - p) dv and p dv, and the difference between the velocities at both nodes, minus the integral of
gravity, by dv. Both estimates of dv are made where the file has velocities, and the one that scatters less is used.
Forces beyond the model of gravity enter it too: an interval counts as a jump if the estimate, its difference from the
mean of the intervals next to it, and (where the estimate comes from velocities) twice the impulse that the positions
show, exceed the sum of

- six times the typical value of the arc, where each value is taken relative to the length of its interval and to the
  usual margin at its altitude, or six times the typical value of the hundred intervals around it, or 70 % of the margin
  where all harmonics are used, whichever is most;
- half the largest estimate in the two intervals on either side that do not use any of its data;
- the effect of the interpolation error in gravity, and 5 mm/s.

The clearest jump is cut first and the others are measured again, because polynomials across a jump disturb their
neighbourhood. Thrust that lasts for several intervals is not a jump, and neither are the forces that SGP4 leaves out
near the perigee of eccentric orbits: the polynomials follow them. An impulse too small to be noticed, thrust, and the
edges of thrust are covered by the bound of their arc, because they enter the accelerations seen beyond gravity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy

from debrissim.core.arrays import Array
from debrissim.ephemerides import kernels
from debrissim.ephemerides.bounds import (
    Choice,
    Nodes,
    Residuals,
    choose_polynomials,
    gravity_margin,
    measure_residuals,
)
from debrissim.ephemerides.bridge import ballistic_path, gravity_integrals
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Segment, elapsed_s

_FACTOR = 6.0
_WINDOW = 101
_MOST_JUMPS = 64
_ROUNDS = 4
_SHORTEST = 6
_MARGIN_PART = 0.7
_SMALLEST_KM_S = 5e-6
_SAME_S = 1e-6


@dataclass(frozen=True)
class Jump:
    """An impulse in an interval.

    fraction: the fraction of the interval before the impulse; impulse: km/s, TEME; noise: the smallest impulse (km/s)
    that would be noticed; by_velocity: whether it is measured from the velocities of the file.
    """

    interval: int
    fraction: float
    impulse: tuple[float, float, float]
    noise: float
    by_velocity: bool


def find_jumps(
    nodes: Nodes, first: int, last: int, measured: Callable[[int, int], tuple[Choice, Residuals]]
) -> list[Jump]:
    """Undeclared impulses between nodes first and last (both included), one at most in each interval.

    measured: polynomials and residuals of the nodes from one to another, both included.
    No more than 64 are listed; with fewer than 6 nodes there is nothing to compare, and no impulse is listed.
    """
    found: list[Jump] = []
    stack = [(first, last)]
    while stack and len(found) < _MOST_JUMPS:
        low, high = stack.pop()
        if high - low + 1 < _SHORTEST:
            continue
        jump = clearest_jump(nodes.part(low, high), *measured(low, high))
        if jump is not None:
            interval = low + jump.interval
            found.append(replace(jump, interval=interval))
            stack += [(low, interval), (interval + 1, high)]
    return sorted(found, key=lambda jump: jump.interval)


def clearest_jump(nodes: Nodes, choice: Choice, residuals: Residuals) -> Jump | None:
    """The impulse that exceeds its threshold by the largest factor, or None."""
    impulse, scale, apart = estimated_impulses(nodes, residuals)
    size, threshold = _sizes_and_thresholds(impulse, scale, apart, choice, residuals)
    ratio = size / threshold
    best = int(np.argmax(ratio))
    if not ratio[best] > 1.0:
        return None
    return refined_jump(nodes, best, float(threshold[best]), apart == 1, choice.full)


def jump_in(nodes: Nodes, interval: int, full: bool) -> Jump:
    """The impulse in a given interval, whether it is noticeable or not."""
    low, high = max(interval - 12, 0), min(interval + 13, len(nodes) - 1)
    part = nodes.part(low, high)
    choice = choose_polynomials(part)
    residuals = measure_residuals(part, choice)
    impulse, scale, apart = estimated_impulses(part, residuals)
    noise = float(_sizes_and_thresholds(impulse, scale, apart, choice, residuals)[1][interval - low])
    return refined_jump(nodes, interval, noise, apart == 1, full)


def refined_jump(nodes: Nodes, interval: int, noise: float, by_velocity: bool, full: bool) -> Jump:
    """Measure the impulse of an interval along the path with the impulse, instead of the polynomial across it.

    The impulse is the change of the velocities, or the sum of the defects of both nodes; the fraction follows from
    the defects. For thrust over a part of the interval these are the change of velocity and the middle.
    """
    impulse, fraction = np.zeros(3), 0.5
    rising_before = _ballistic_integrals(nodes, interval - 1, full)[1]
    falling_after = _ballistic_integrals(nodes, interval + 1, full)[0]
    start, step = float(nodes.time_s[interval]), float(nodes.time_s[interval + 1] - nodes.time_s[interval])
    for _ in range(_ROUNDS):
        parts = ballistic_path(
            (start, start + step), nodes.positions_km[interval : interval + 2], start + fraction * step,
            impulse, full, nodes.angle_rad,
        )  # fmt: skip
        falling, rising = gravity_integrals(parts, full, nodes.angle_rad)
        before = _chord(nodes, interval) - _chord(nodes, interval - 1) - rising_before - falling
        after = _chord(nodes, interval + 1) - _chord(nodes, interval) - rising - falling_after
        impulse = np.nan_to_num(before) + np.nan_to_num(after)
        if by_velocity:
            velocities = nodes.velocities_km_s
            impulse = velocities[interval + 1] - velocities[interval] - falling - rising
        square = float(impulse @ impulse)
        fractions = (
            [1.0 - float(before @ impulse) / square, float(after @ impulse) / square] if square else [0.5]
        )
        known = [value for value in fractions if np.isfinite(value)]
        fraction = min(max(sum(known) / len(known), 0.0), 1.0) if known else 0.5
    x, y, z = (float(value) for value in impulse)
    return Jump(interval, fraction, (x, y, z), noise, by_velocity)


def seen_acceleration(nodes: Nodes, full: bool) -> float:
    """Four times the largest acceleration (km/s^2) beyond gravity that three or more nodes show; see `bounds`."""
    seen = 0.0
    for k in range(1, len(nodes) - 1):
        rising, falling = _ballistic_integrals(nodes, k - 1, full)[1], _ballistic_integrals(nodes, k, full)[0]
        defect = _chord(nodes, k) - _chord(nodes, k - 1) - rising - falling
        time = 0.5 * float(nodes.time_s[k + 1] - nodes.time_s[k - 1])
        seen = max(seen, 4.0 * float(np.linalg.norm(defect)) / time)
    return seen


def _chord(nodes: Nodes, interval: int) -> Array:
    """Mean velocity (3,) km/s in an interval; NaN outside the nodes."""
    if not 0 <= interval < len(nodes) - 1:
        return np.full(3, np.nan)
    step = nodes.time_s[interval + 1] - nodes.time_s[interval]
    return np.asarray((nodes.positions_km[interval + 1] - nodes.positions_km[interval]) / step)


def _ballistic_integrals(nodes: Nodes, interval: int, full: bool) -> tuple[Array, Array]:
    """Integrals of gravity over an interval without an impulse; NaN outside the nodes."""
    if not 0 <= interval < len(nodes) - 1:
        return np.full(3, np.nan), np.full(3, np.nan)
    ends = float(nodes.time_s[interval]), float(nodes.time_s[interval + 1])
    parts = ballistic_path(
        ends, nodes.positions_km[interval : interval + 2], ends[0], np.zeros(3), full, nodes.angle_rad
    )
    return gravity_integrals(parts, full, nodes.angle_rad)


def estimated_impulses(nodes: Nodes, residuals: Residuals) -> tuple[Array, Array, int]:
    """Estimate the impulses of all intervals.

    Returns them (k-1, 3) in km/s, the time (k-1,) in s over which each collects other forces, and the distance in
    intervals to the next estimate that shares no data with it: 1 if they come from velocities, 2 if from positions.
    """
    step = residuals.step_s
    from_positions = residuals.defect[1:] + residuals.defect[:-1]
    half = np.zeros(step.size + 1)
    half[1:-1] = 0.5 * (step[1:] + step[:-1])
    scale = np.maximum(half[1:] + half[:-1], 0.5 * step)
    if np.isfinite(nodes.velocities_km_s).all():
        change = np.diff(nodes.velocities_km_s, axis=0) - residuals.falling - residuals.rising
        by_velocity = np.median(np.linalg.norm(change, axis=1))
        if step.size < 3 or by_velocity <= np.median(np.linalg.norm(from_positions, axis=1)):
            return change, step, 1
    return from_positions, scale, 2


def _sizes_and_thresholds(
    impulse: Array, scale: Array, apart: int, choice: Choice, residuals: Residuals
) -> tuple[Array, Array]:
    count = scale.size
    rate = impulse / scale[:, None]
    index = np.arange(count)
    before, after = index - apart, index + apart
    # At the ends both neighbours are on one side.
    before, after = (
        np.where(before < 0, np.minimum(after, count - 1), before),
        np.where(after >= count, np.maximum(before, 0), after),
    )
    length = np.linalg.norm(impulse, axis=1)
    beyond = impulse - 0.5 * scale[:, None] * (rate[before] + rate[after])
    size = np.minimum(length, np.linalg.norm(beyond, axis=1))
    if apart == 1 and count > 2:
        # Positions show the same impulse, but only part of it at the ends of the arc.
        shown = np.linalg.norm(residuals.defect[1:-2] + residuals.defect[2:-1], axis=1)
        size[1:-1] = np.minimum(size[1:-1], 2.0 * shown)
    beside = np.zeros(count)
    for offset in (apart, apart + 1):
        if offset < count:
            beside[offset:] = np.maximum(beside[offset:], length[:-offset])
            beside[:-offset] = np.maximum(beside[:-offset], length[offset:])
    margin = gravity_margin(residuals.lowest_km, choice.full) * scale
    usual = float(np.median(size / margin)) * margin
    if choice.full:
        # Harmonics beyond degree 10 act only at perigee, where few intervals of an eccentric orbit are.
        usual = np.maximum(usual, _MARGIN_PART / _FACTOR * margin)
    around = scipy.ndimage.median_filter(size, min(_WINDOW, count), mode="nearest")
    gradient = 2.0 * kernels.gravity.MU / residuals.lowest_km**3
    # The estimates also contain the rounding of the positions in gravity, and must not be zero for exact ones.
    blurred = gradient * scale * (residuals.left_out_km + residuals.roughness_km + 1e-9)
    return size, _FACTOR * np.maximum(usual, around) + 2.0 * blurred + 0.5 * beside + _SMALLEST_KM_S


def declared_intervals(
    segment: Segment, maneuvers: tuple[DeclaredManeuver, ...], time_s: Array
) -> dict[int, DeclaredManeuver]:
    """Intervals of a segment in which a declared manoeuvre starts or ends.

    time_s: evenly running node times (k,). Events with a stated change of velocity of 0, such as undockings, are left
    to `find_jumps`: cutting a smooth trajectory there would introduce an impulse that is only rounding.

    Where this happens at a node, both neighbouring intervals are listed: its velocity may be that of either side.
    """
    found: dict[int, DeclaredManeuver] = {}
    for maneuver in maneuvers:
        if maneuver.delta_v_m_s == 0.0:
            continue
        since = float(
            elapsed_s(
                np.array([maneuver.jd]),
                np.array([maneuver.fraction]),
                float(segment.jd[0]),
                float(segment.fraction[0]),
            )[0]
        )
        steps = np.searchsorted(
            elapsed_s(segment.jd, segment.fraction, float(segment.jd[0]), float(segment.fraction[0])), since
        )
        leap = float(segment.leap_s[min(int(steps), len(segment) - 1)]) if steps else 0.0
        start = float(time_s[0]) + since + leap
        for moment in {start, start + max(maneuver.duration_s, 0.0)}:
            low = int(np.searchsorted(time_s, moment - _SAME_S)) - 1
            high = int(np.searchsorted(time_s, moment + _SAME_S)) - 1
            # At a node, low and high differ: they are the intervals before and after it.
            for interval in (low, high):
                if 0 <= interval < time_s.size - 1:
                    found[interval] = maneuver
    return found
