"""Inner loops: the exact test of one pair at one sample and the plain search among few primaries (see `grid` for the
theorem), and the Newton iteration of the narrow phase."""

from __future__ import annotations

import numpy as np

from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.jit import jit
from debrissim.propagation.continuation import ESCAPE_SPEED_KM_S
from debrissim.propagation.ephemeris import NO_EPHEMERIS_LIMIT_KM

# Maximum gravity above the ground, its gradient, 2 mu / R^3, and the gradient of that, 6 mu / R^4; 2 % more for J2.
GRAVITY_KM_S2 = 1.02 * WGS72_MU_KM3_S2 / WGS72_RADIUS_KM**2
GRADIENT_S2 = 1.02 * 2.0 * WGS72_MU_KM3_S2 / WGS72_RADIUS_KM**3
_SECOND_GRADIENT_S2_KM = 1.02 * 6.0 * WGS72_MU_KM3_S2 / WGS72_RADIUS_KM**4
# Contribution of SGP4's theory beyond the motion around an oblate point mass.
EXTRA_ACCELERATION_KM_S2 = 1e-5
EXTRA_JERK_KM_S3 = 1e-7
_NEWTON_STEPS, _QUARTIC_STEPS = 4, 8


@jit(inline="always")
def _dot(ax, ay, az, bx, by, bz):
    return ax * bx + ay * by + az * bz


@jit
def test_pair(positions, sample, i, j, step_s, distance_km, error_km):
    """Test columns i and j around one sample; returns (verdict, offset_s), where verdict is 0 no approach, 1 fast, 2
    slow.

    positions: (k + 2, 3, n) km; error_km: sum of both objects' bounds. offset_s: point of the interval at which the
    parabola through the sample and its neighbours is closest.
    """
    half = 0.5 * step_s
    qx = positions[sample, 0, j] - positions[sample, 0, i]
    qy = positions[sample, 1, j] - positions[sample, 1, i]
    qz = positions[sample, 2, j] - positions[sample, 2, i]
    bx = positions[sample - 1, 0, j] - positions[sample - 1, 0, i]
    by = positions[sample - 1, 1, j] - positions[sample - 1, 1, i]
    bz = positions[sample - 1, 2, j] - positions[sample - 1, 2, i]
    cx = positions[sample + 1, 0, j] - positions[sample + 1, 0, i]
    cy = positions[sample + 1, 1, j] - positions[sample + 1, 1, i]
    cz = positions[sample + 1, 2, j] - positions[sample + 1, 2, i]
    inverse = 0.5 / step_s
    vx, vy, vz = inverse * (cx - bx), inverse * (cy - by), inverse * (cz - bz)
    square = 1.0 / (step_s * step_s)
    ax, ay, az = square * (cx - 2.0 * qx + bx), square * (cy - 2.0 * qy + by), square * (cz - 2.0 * qz + bz)
    speed2, bend2 = _dot(vx, vy, vz, vx, vy, vz), _dot(ax, ay, az, ax, ay, az)
    range_now, speed, bend = np.sqrt(_dot(qx, qy, qz, qx, qy, qz)), np.sqrt(speed2), np.sqrt(bend2)

    # Maximum distance of the true path from the parabola.
    speed_most = speed + 2.0 * GRAVITY_KM_S2 * step_s + error_km / step_s
    range_most = range_now + speed_most * step_s + error_km
    jerk = GRADIENT_S2 * speed_most + EXTRA_JERK_KM_S3
    jerk += _SECOND_GRADIENT_S2_KM * range_most * ESCAPE_SPEED_KM_S
    reach = distance_km + jerk * step_s**3 / 16.0 + 1.25 * error_km

    # Slow: the relative speed can change sign within the interval, so that "the" minimum is not one point.
    bend_near = GRADIENT_S2 * (reach + speed * step_s) + EXTRA_ACCELERATION_KM_S2
    verdict = 2 if speed2 <= 8.0 * bend_near * (reach + bend_near * step_s * step_s) else 1
    along = _dot(qx, qy, qz, vx, vy, vz)
    offset = 0.0 if speed2 * half * half <= 1e-18 else min(max(-along / speed2, -half), half)
    moved = speed * half + 0.5 * bend * half * half
    if max(speed - bend * half, 0.0) ** 2 - (range_now + moved) * bend <= 0.5 * speed2:
        # The parabola may have more than one minimum: only the triangle inequality decides.
        return (0, 0.0) if range_now - moved > reach else (verdict, offset)
    # Half the squared distance is convex, its second derivative at least speed^2 / 2: Newton finds the minimum.
    turn, mixed = _dot(qx, qy, qz, ax, ay, az), _dot(vx, vy, vz, ax, ay, az)
    for _ in range(_NEWTON_STEPS):
        slope = along + offset * (speed2 + turn + offset * (1.5 * mixed + 0.5 * offset * bend2))
        curvature = speed2 + turn + offset * (3.0 * mixed + 1.5 * offset * bend2)
        offset = min(max(offset - slope / curvature, -half), half)
    slope = along + offset * (speed2 + turn + offset * (1.5 * mixed + 0.5 * offset * bend2))
    if (offset >= half and slope < 0.0) or (offset <= -half and slope > 0.0):
        slope = 0.0
    px = qx + offset * (vx + 0.5 * offset * ax)
    py = qy + offset * (vy + 0.5 * offset * ay)
    pz = qz + offset * (vz + 0.5 * offset * az)
    # The remaining slope bounds how much lower the minimum can be.
    if _dot(px, py, pz, px, py, pz) - 2.0 * slope * slope / speed2 > reach * reach:
        return 0, 0.0
    return verdict, offset


@jit
def append_row(store, count, step, a, b, offset, verdict):
    """Append a row, doubling the store when it is full."""
    if count == store.shape[0]:
        grown = np.empty((2 * count, store.shape[1]))
        # Entry by entry, here and elsewhere: a slice assignment would also compile the text of its error messages.
        for row in range(count):
            for column in range(store.shape[1]):
                grown[row, column] = store[row, column]
        store = grown
    store[count, 0] = step
    store[count, 1] = a
    store[count, 2] = b
    store[count, 3] = offset
    store[count, 4] = verdict
    return store


@jit(arguments="f4[:, :, ::1], i8[::1], f8[::1], f8, f8, i8[::1]")
def pairs_with_primaries(positions, primaries, error_km, step_s, distance_km, group):
    """Candidates between a few primaries and all objects, by plain distances.

    positions: (k + 2, 3, n) km, the first and last samples serve only the parabolas; primaries: (p,) columns; group:
    (n,) objects with the same value above 0 do not form a pair.
    Returns (m, 5): sample, column a (primary), column b, offset from the sample in s, verdict (1 fast, 2 slow).
    """
    samples, _, n = positions.shape
    store = np.empty((1024, 5))
    # Not a literal, because numba would then compile `append_row` a second time.
    count = np.int64(0)
    rank = np.empty(n, dtype=np.int64)
    largest_error_km = 0.0
    for b in range(n):
        rank[b] = primaries.shape[0]
        if error_km[b] > largest_error_km or np.isnan(error_km[b]):
            largest_error_km = error_km[b]
    for order in range(primaries.shape[0]):
        rank[primaries[order]] = order
    # Maximum separation at the sample of a pair that meets within half a step.
    reach = distance_km + 2.0 * largest_error_km + ESCAPE_SPEED_KM_S * step_s
    reach2 = reach * reach
    for sample in range(1, samples - 1):
        for order in range(primaries.shape[0]):
            a = primaries[order]
            x, y, z = positions[sample, 0, a], positions[sample, 1, a], positions[sample, 2, a]
            if x > NO_EPHEMERIS_LIMIT_KM:
                continue
            for b in range(n):
                dx, dy = positions[sample, 0, b] - x, positions[sample, 1, b] - y
                dz = positions[sample, 2, b] - z
                if dx * dx + dy * dy + dz * dz > reach2 or rank[b] <= order:
                    continue
                if group[a] > 0 and group[a] == group[b]:
                    continue
                error = error_km[a] + error_km[b]
                verdict, offset = test_pair(positions, sample, a, b, step_s, distance_km, error)
                if verdict:
                    store = append_row(store, count, sample - 1, a, b, offset, verdict)
                    count += 1
    return store[:count]


@jit(arguments="f8[:, :, ::1], f8[::1]")
def closest_points(relative_km, begin):
    """Points (m,) at which the quartics through five relative positions (m, 5, 3) are closest to the origin.

    The unit is the spacing: the positions are at -2, -1, 0, 1 and 2. Newton iteration on the derivative of the squared
    distance, starting at begin (m,) and confined to the range of the five points.
    """
    out = np.empty(begin.shape[0])
    c = np.empty((5, 3))
    for row in range(begin.shape[0]):
        for axis in range(3):
            a, b, middle = relative_km[row, 0, axis], relative_km[row, 1, axis], relative_km[row, 2, axis]
            d, e = relative_km[row, 3, axis], relative_km[row, 4, axis]
            # The power series of the quartic, with odd and even parts separate.
            c[0, axis] = middle
            c[1, axis] = (8.0 * (d - b) - (e - a)) / 12.0
            c[2, axis] = (16.0 * (d + b) - (e + a) - 30.0 * middle) / 24.0
            c[3, axis] = ((e - a) - 2.0 * (d - b)) / 12.0
            c[4, axis] = ((e + a) - 4.0 * (d + b) + 6.0 * middle) / 24.0
        place = begin[row]
        for _ in range(_QUARTIC_STEPS):
            slope = curvature = 0.0
            for axis in range(3):
                position = c[0, axis] + place * (
                    c[1, axis] + place * (c[2, axis] + place * (c[3, axis] + place * c[4, axis]))
                )
                velocity = c[1, axis] + place * (
                    2.0 * c[2, axis] + place * (3.0 * c[3, axis] + place * 4.0 * c[4, axis])
                )
                acceleration = 2.0 * c[2, axis] + place * (6.0 * c[3, axis] + place * 12.0 * c[4, axis])
                slope += position * velocity
                curvature += velocity * velocity + position * acceleration
            # If the curvature is not positive (a flat or receding stretch), a downhill step replaces the Newton step.
            step = slope / curvature if curvature > 0.0 else np.sign(slope)
            place = min(max(place - min(max(step, -1.0), 1.0), -2.0), 2.0)
        out[row] = place
    return out


@jit(arguments="f8[::1], f8")
def lasting_minima(values, noise):
    """Mask (n,) of the lowest place of each dip of a sequence (n,) from which it rises by more than noise.

    The whole rise is compared with the noise, not each step, because a slow rise has steps below the noise. Before a
    dip, the sequence falls by more than noise from a maximum; if it does not, the dip is the first place, or a later
    one that is lower by less than noise. A fall that continues to the end is a dip at the end. A sequence that never
    changes by more than noise has no minimum. NaN (no value) is skipped.
    """
    out = np.empty(values.shape[0], dtype=np.bool_)
    for k in range(values.shape[0]):
        out[k] = False
    place = 0
    while place < values.shape[0] - 1 and np.isnan(values[place]):
        place += 1
    lowest = highest = values[place]
    direction = 0  # 0: neither way yet, -1: falling, 1: rising
    for k in range(place + 1, values.shape[0]):
        value = values[k]
        if direction != 1:
            if value < lowest:
                lowest, place = value, k
            elif value > lowest + noise:
                out[place] = True
                direction, highest = 1, value
        if direction == 0:
            highest = max(highest, value)
        if direction != -1:
            if value < highest - noise:
                direction, lowest, place = -1, value, k
            elif value > highest:
                highest = value
    if direction == -1:
        out[place] = True
    return out
