"""Inner loops of the coarse phase: floats and arrays only. See `grid` for the theorem they rest on."""

from __future__ import annotations

import numpy as np
from numba import njit

# Greatest gravity gradient above the ground, 2 mu / R^3 with 2 % for J2, and what SGP4's own terms may add.
_GRADIENT_S2 = 1.02 * 2.0 * 398600.8 / 6378.135**3
_EXTRA_ACCELERATION_KM_S2 = 1e-5
# Objects that have no ephemeris stand this far out or further; see `ephemeris.FAR_AWAY_KM`.
_NOWHERE_KM = 1e8
_LEAST_CELL_KM = 30.0


@njit(cache=True, nogil=True, inline="always")
def _examine(dx, dy, dz, vx, vy, vz, step_s, distance_km, error_km):  # type: ignore[no-untyped-def]
    """(verdict, offset_s) of one pair around one sample: 0 no approach, 1 fast, 2 slow.

    d: relative position at the sample, v: the secant (next - previous) / 2 steps. error_km: both objects' bounds.
    """
    half = 0.5 * step_s
    speed2 = vx * vx + vy * vy + vz * vz
    range_now = np.sqrt(dx * dx + dy * dy + dz * dz)
    speed = np.sqrt(speed2)
    # The relative acceleration while the pair is this close, and how far it bends the path off the secant line.
    bend = _GRADIENT_S2 * (range_now + speed * step_s) + _EXTRA_ACCELERATION_KM_S2
    slack = 0.375 * bend * step_s * step_s + 1.5 * error_km
    reach = distance_km + slack
    along = dx * vx + dy * vy + dz * vz
    offset = 0.0 if speed2 * half * half <= 1e-18 else -along / speed2
    clamped = min(max(offset, -half), half)
    mx, my, mz = dx + clamped * vx, dy + clamped * vy, dz + clamped * vz
    if mx * mx + my * my + mz * mz > reach * reach:
        return 0, 0.0
    # Slow: the relative speed can change sign within the interval, so that "the" minimum is not one point.
    bend_near = _GRADIENT_S2 * (reach + speed * step_s) + _EXTRA_ACCELERATION_KM_S2
    if speed2 <= 8.0 * bend_near * (reach + bend_near * step_s * step_s):
        return 2, clamped
    # Fast: one minimum; it counts for this interval unless it is surely in another one.
    secant_error = bend_near * step_s + error_km / step_s
    wobble = (reach * secant_error + 1.5 * speed * bend_near * half * half + speed * error_km) / speed2
    if abs(offset) > half + wobble:
        return 0, 0.0
    return 1, offset


@njit(cache=True, nogil=True)
def _push(store, count, step, a, b, offset, verdict):  # type: ignore[no-untyped-def]
    """Append a row, doubling the store when it is full."""
    if count == store.shape[0]:
        grown = np.empty((2 * count, store.shape[1]))
        grown[:count] = store
        store = grown
    store[count, 0] = step
    store[count, 1] = a
    store[count, 2] = b
    store[count, 3] = offset
    store[count, 4] = verdict
    return store


@njit(cache=True, nogil=True)
def pairs_with_primaries(positions, primaries, error_km, step_s, distance_km, speed_km_s):  # type: ignore[no-untyped-def]
    """Candidates between few primaries and all objects, by plain distances.

    positions: (k + 2, 3, n), the first and last samples only serve the secants; primaries: (p,) columns.
    Returns (m, 5): sample, column a (primary), column b, offset from the sample in s, verdict (1 fast, 2 slow).
    """
    samples, _, n = positions.shape
    store = np.empty((1024, 5))
    count = 0
    rank = np.full(n, primaries.shape[0])
    for order in range(primaries.shape[0]):
        rank[primaries[order]] = order
    greatest = error_km.max() if n > 0 else 0.0
    # No pair that meets within half a step is further apart at the sample than this.
    reach = distance_km + greatest * 4.0 + speed_km_s * 0.5 * step_s
    reach2 = reach * reach
    inverse = 0.5 / step_s
    for sample in range(1, samples - 1):
        for order in range(primaries.shape[0]):
            a = primaries[order]
            ax, ay, az = positions[sample, 0, a], positions[sample, 1, a], positions[sample, 2, a]
            if ax > _NOWHERE_KM:
                continue
            for b in range(n):
                dx = positions[sample, 0, b] - ax
                dy = positions[sample, 1, b] - ay
                dz = positions[sample, 2, b] - az
                if dx * dx + dy * dy + dz * dz > reach2 or rank[b] <= order:
                    continue
                vx = inverse * (positions[sample + 1, 0, b] - positions[sample - 1, 0, b]
                                - positions[sample + 1, 0, a] + positions[sample - 1, 0, a])  # fmt: skip
                vy = inverse * (positions[sample + 1, 1, b] - positions[sample - 1, 1, b]
                                - positions[sample + 1, 1, a] + positions[sample - 1, 1, a])  # fmt: skip
                vz = inverse * (positions[sample + 1, 2, b] - positions[sample - 1, 2, b]
                                - positions[sample + 1, 2, a] + positions[sample - 1, 2, a])  # fmt: skip
                verdict, offset = _examine(
                    dx, dy, dz, vx, vy, vz, step_s, distance_km, error_km[a] + error_km[b]
                )
                if verdict:
                    store = _push(store, count, sample - 1, a, b, offset, verdict)
                    count += 1
    return store[:count]


@njit(cache=True, nogil=True, inline="always")
def _cell(coordinate, inverse_cell, near_km, far_cells):  # type: ignore[no-untyped-def]
    """Cell of a coordinate: full resolution inside +-near_km, eight times coarser outside, clamped at the rim.

    The map is monotone and never steeper than 1 / cell, so that two coordinates less than a cell apart always
    fall in the same or in adjacent cells: what the completeness of the grid rests on.
    """
    inside = min(max(coordinate, -near_km), near_km)
    scaled = (inside + (coordinate - inside) * 0.125) * inverse_cell
    return int(np.floor(min(max(scaled, -far_cells), far_cells) + far_cells))


@njit(cache=True, nogil=True)
def pairs_within(positions, is_primary, error_km, step_s, distance_km, speed_km_s):  # type: ignore[no-untyped-def]
    """Candidates among all objects of which at least one is a primary, by a grid of columns along z.

    positions: (k + 2, 3, n) as above; is_primary: (n,). At each sample the objects are counting-sorted by their
    (x, y) cell, x-major, so that the cells (ix, iy .. iy + 1) and (ix + 1, iy - 1 .. iy + 1), half of the neighbours,
    are two contiguous stretches of the sorted arrays. Returns (m, 5) as `pairs_with_primaries`.
    """
    samples, _, n = positions.shape
    store = np.empty((1024, 5))
    count = 0
    if n == 0:
        return store[:0]
    reach = distance_km + error_km.max() * 4.0 + speed_km_s * 0.5 * step_s
    reach2 = reach * reach
    inverse = 0.5 / step_s
    # Cells may be wider than the reach; much narrower ones would only cost memory.
    inverse_cell = 1.0 / max(reach, _LEAST_CELL_KM)
    near_km = 9000.0
    far_cells = np.ceil((near_km + (60000.0 - near_km) * 0.125) * inverse_cell) + 1.0
    side = int(2.0 * far_cells) + 3
    first = np.empty(side * side + 2, dtype=np.int64)
    cell = np.empty(n, dtype=np.int64)
    order = np.empty(n, dtype=np.int64)
    sx, sy, sz = np.empty(n), np.empty(n), np.empty(n)
    for sample in range(1, samples - 1):
        first[:] = 0
        for j in range(n):
            ix = _cell(positions[sample, 0, j], inverse_cell, near_km, far_cells) + 1
            iy = _cell(positions[sample, 1, j], inverse_cell, near_km, far_cells) + 1
            cell[j] = ix * side + iy
            first[cell[j] + 2] += 1
        for c in range(2, first.shape[0]):
            first[c] += first[c - 1]
        # first[c + 1] is the next free place of cell c while filling, and the end of cell c afterwards.
        for j in range(n):
            place = first[cell[j] + 1]
            first[cell[j] + 1] = place + 1
            order[place] = j
            sx[place] = positions[sample, 0, j]
            sy[place] = positions[sample, 1, j]
            sz[place] = positions[sample, 2, j]
        for place in range(n):
            i = order[place]
            own = cell[i]
            if sx[place] > _NOWHERE_KM:
                continue
            for part in range(2):
                if part == 0:
                    start, stop = place + 1, first[own + 2]
                else:
                    start, stop = first[own + side - 1], first[own + side + 2]
                for other in range(start, stop):
                    dx = sx[other] - sx[place]
                    dy = sy[other] - sy[place]
                    dz = sz[other] - sz[place]
                    if dx * dx + dy * dy + dz * dz > reach2:
                        continue
                    j = order[other]
                    if not (is_primary[i] or is_primary[j]):
                        continue
                    vx = inverse * (positions[sample + 1, 0, j] - positions[sample - 1, 0, j]
                                    - positions[sample + 1, 0, i] + positions[sample - 1, 0, i])  # fmt: skip
                    vy = inverse * (positions[sample + 1, 1, j] - positions[sample - 1, 1, j]
                                    - positions[sample + 1, 1, i] + positions[sample - 1, 1, i])  # fmt: skip
                    vz = inverse * (positions[sample + 1, 2, j] - positions[sample - 1, 2, j]
                                    - positions[sample + 1, 2, i] + positions[sample - 1, 2, i])  # fmt: skip
                    verdict, offset = _examine(
                        dx, dy, dz, vx, vy, vz, step_s, distance_km, error_km[i] + error_km[j]
                    )
                    if verdict:
                        store = _push(store, count, sample - 1, i, j, offset, verdict)
                        count += 1
    return store[:count]
