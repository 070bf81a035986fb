"""The search of all against all by cells of direction. See `grid` for why nothing is missed.

Seen from the Earth's centre most of a catalogue is a thin shell: cells of direction (rows of latitude, each cut
into as many columns as its circumference has room for) hold fewer strangers than cubes of space. Sorted by cell,
row after row, the neighbours of a cell are two contiguous stretches: the rest of its own cell with the next column,
and three columns or so of the next row. A stretch is tested a block at a time in single precision; the few
that pass are examined in double precision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import float32, int32, njit, uint64

from debrissim.screening.kernels.pair_test import (
    ESCAPE_SPEED_KM_S,
    EXTRA_ACCELERATION_KM_S2,
    GRADIENT_S2,
    GRAVITY_KM_S2,
    NOWHERE_KM,
    examine,
    push,
)

# An ordinary object is no faster; the others, near the perigee of eccentric orbits, look further around.
_ORDINARY_SPEED_KM_S = 8.0
# Shells of radius, searched one after the other: far out the same distance is a smaller angle.
_SHELLS_KM = (6350.0, 8500.0, NOWHERE_KM)
_BLOCK = 8
# Errors of the polynomial for the arc tangent and of single precision, more than doubled.
_ANGLE_ERROR = 1e-4
_RADIUS_ERROR_KM = 0.1
_QUARTER, _TWO_PI = 0.5 * np.pi, 2.0 * np.pi


@njit(nogil=True, inline="always")
def _arc(low, high):  # type: ignore[no-untyped-def]
    """atan(low / high) for 0 <= low <= high, within 2e-5 (Abramowitz & Stegun 1964, 4.4.49)."""
    x = low / max(high, float32(1e-20))
    s = x * x
    p = float32(0.1801410) + s * (float32(-0.0851330) + s * float32(0.0208351))
    return x * (float32(0.9998660) + s * (float32(-0.3302995) + s * p))


@njit(cache=True, nogil=True, fastmath=True)
def _directions(position, latitude, longitude):  # type: ignore[no-untyped-def]
    """Latitude and longitude, rad, in single precision, of positions (3, n)."""
    quarter, turn = float32(0.5 * np.pi), float32(np.pi)
    for j in range(position.shape[1]):
        x, y, z = float32(position[0, j]), float32(position[1, j]), float32(position[2, j])
        ax, ay, az = abs(x), abs(y), abs(z)
        angle = _arc(min(ax, ay), max(ax, ay))
        angle = angle if ax >= ay else quarter - angle
        angle = angle if x >= float32(0.0) else turn - angle
        longitude[j] = angle if y >= float32(0.0) else -angle
        rho = np.sqrt(x * x + y * y)
        angle = _arc(min(rho, az), max(rho, az))
        angle = angle if rho >= az else quarter - angle
        latitude[j] = angle if z >= float32(0.0) else -angle


@njit(nogil=True, fastmath=True, inline="always")
def _may_meet(x, y, z, vx, vy, vz, half, reach2):  # type: ignore[no-untyped-def]
    """Whether a straight relative path is within the reach anywhere within half an interval of its sample.

    The squared least distance is d^2 - (d.v)^2 / v^2 + (|d.v| / v^2 - half)^2 v^2, the last term only beyond the ends:
    times v^2 it needs no division.
    """
    speed2 = vx * vx + vy * vy + vz * vz
    along = x * vx + y * vy + z * vz
    beyond = max(abs(along) - half * speed2, float32(0.0))
    return (x * x + y * y + z * z - reach2) * speed2 <= along * along - beyond * beyond


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", forceinline=True)
def _count_near(stretch, place, start, stop, half, reach2):  # type: ignore[no-untyped-def]
    """How many, in whole blocks from start to stop or a little beyond, may come near the object at a place.

    stretch: (6, m) positions and velocities, single precision. Blocks of constant length and a count that has no
    branch are what the compiler makes vector instructions of: 0.7 ns a pair in place of 6.
    """
    x, y, z = stretch[0, place], stretch[1, place], stretch[2, place]
    vx, vy, vz = stretch[3, place], stretch[4, place], stretch[5, place]
    found = int32(0)
    for block in range(start, stop, _BLOCK):
        for k in range(_BLOCK):
            other = uint64(block) + uint64(k)
            found += int32(_may_meet(
                stretch[0, other] - x, stretch[1, other] - y, stretch[2, other] - z,
                stretch[3, other] - vx, stretch[4, other] - vy, stretch[5, other] - vz, half, reach2,
            ))  # fmt: skip
    return found


@njit(cache=True, nogil=True)
def _widest_angle(chord, latitude):  # type: ignore[no-untyped-def]
    """Greatest difference of longitude between directions a chord apart, neither beyond a latitude."""
    room = 2.0 * np.cos(min(latitude, 0.5 * np.pi))
    return 2.0 * np.arcsin(chord / room) + _ANGLE_ERROR if chord < room else _TWO_PI


@njit(cache=True, nogil=True)
def _layout(chord):  # type: ignore[no-untyped-def]
    """Rows so high and columns so wide that directions a chord apart are in adjacent ones.

    Returns the rows' height (rad), (rows,) columns of each row and (rows + 1,) each row's first cell.
    """
    angle = 2.0 * np.arcsin(min(0.5 * chord, 1.0)) + _ANGLE_ERROR
    rows = max(int(np.pi / angle), 1)
    height = np.pi / rows
    columns, base = np.ones(rows, dtype=np.int64), np.zeros(rows + 1, dtype=np.int64)
    for row in range(rows):
        edge = max(abs(row * height - 0.5 * np.pi), abs((row + 1) * height - 0.5 * np.pi))
        count = int(_TWO_PI / _widest_angle(chord, edge + _ANGLE_ERROR))
        # Of two columns each would be the other's neighbour on both sides.
        columns[row] = count if count >= 3 else 1
        base[row + 1] = base[row] + columns[row]
    return height, columns, base


@njit(cache=True, nogil=True)
def _columns_between(left, right, row, columns, base, first):  # type: ignore[no-untyped-def]
    """The stretches of a row's sorted objects from longitude left to right: one, or two around the date line."""
    count, begin = columns[row], base[row]
    low, high = int(np.floor(left / _TWO_PI * count)), int(np.floor(right / _TWO_PI * count))
    if high - low + 1 >= count:
        return first[begin], first[begin + count], 0, 0
    if low < 0:
        return first[begin], first[begin + high + 1], first[begin + low + count], first[begin + count]
    if high >= count:
        return first[begin + low], first[begin + count], first[begin], first[begin + high - count + 1]
    return first[begin + low], first[begin + high + 1], 0, 0


@njit(cache=True, nogil=True, fastmath=True)
def _classify(positions, sample, error_km, usual_error_km, step_s, radius2, speed2, kind):  # type: ignore[no-untyped-def]
    """Fills radius2 and speed2 (n,), squared, and kind (n,): 0 not there, 1 ordinary, 2 special (fast, or ill known).

    Returns the greatest speed and error of those that are there. Who moves faster than any bound object comes out of
    the stretch in which it exists, or goes.
    """
    fastest2, widest_error = 0.0, 0.0
    inverse2 = (0.5 / step_s) ** 2
    for j in range(radius2.shape[0]):
        x, y, z = positions[sample, 0, j], positions[sample, 1, j], positions[sample, 2, j]
        radius2[j] = x * x + y * y + z * z
        x = positions[sample + 1, 0, j] - positions[sample - 1, 0, j]
        y = positions[sample + 1, 1, j] - positions[sample - 1, 1, j]
        z = positions[sample + 1, 2, j] - positions[sample - 1, 2, j]
        speed2[j] = (x * x + y * y + z * z) * inverse2
        error = error_km[j]
        there = (
            radius2[j] < NOWHERE_KM**2 and speed2[j] < (2.0 * ESCAPE_SPEED_KM_S + 2.0 * error / step_s) ** 2
        )
        ordinary = speed2[j] <= _ORDINARY_SPEED_KM_S**2 and error <= usual_error_km
        kind[j] = (1 if ordinary and radius2[j] >= _SHELLS_KM[0] ** 2 else 2) if there else 0
        fastest2 = max(fastest2, speed2[j] if there else 0.0)
        widest_error = max(widest_error, error if there else 0.0)
    return np.sqrt(fastest2), widest_error


class Scene(NamedTuple):
    """One sample of all n objects. usual_error_km and the last two: what hardly any and what no object exceeds."""

    positions: Any
    sample: int
    step_s: float
    distance_km: float
    error_km: Any
    is_primary: Any
    radius2: Any
    speed2: Any
    kind: Any
    usual_error_km: float
    fastest: float
    widest_error: float


class Shell(NamedTuple):
    """Objects of a shell sorted by cell: order (m,), stretch (6, m + block), first (cells + 2,) place of each cell.

    inner_km: pairs of which both are below it belong to the shell below; least_km: none is lower than this.
    """

    stretch: Any
    order: Any
    first: Any
    height: float
    columns: Any
    base: Any
    inner_km: float
    least_km: float
    highest_km: float


@njit(cache=True, nogil=True)
def _apart_km(scene, error_km, speeds_km_s):  # type: ignore[no-untyped-def]
    """How far from each other two objects may be at a sample, and be within the distance within half a step.

    Twice the errors, as they count at both moments; from its secant an object departs by 3/8 g step^2.
    """
    bent_km = 0.75 * GRAVITY_KM_S2 * scene.step_s * scene.step_s
    return scene.distance_km + 2.0 * error_km + 0.5 * speeds_km_s * scene.step_s + bent_km


@njit(cache=True, nogil=True)
def _line_reach2(scene, shell, apart_km, error_km, speeds_km_s):  # type: ignore[no-untyped-def]
    """Square of how near the straight lines of a pair must come, if the pair is to come within the distance.

    The theorem's slack for a straight line, and last what single precision may do to either side.
    """
    step2 = scene.step_s * scene.step_s
    # Until the samples before and after, the speeds may grow by what gravity makes of them.
    far_km = apart_km + speeds_km_s * scene.step_s + 2.0 * GRAVITY_KM_S2 * step2
    bend = GRADIENT_S2 * far_km + EXTRA_ACCELERATION_KM_S2
    reach = scene.distance_km + 0.375 * bend * step2 + 1.5 * error_km + 4e-7 * shell.highest_km
    return float32(reach * reach + 4e-6 * apart_km * apart_km)


@njit(cache=True, nogil=True)
def _sorted_by_cell(scene, members, size, latitude, longitude, shell, stretch, order):  # type: ignore[no-untyped-def]
    """Counting sort of members (size,) by cell of direction; see `Shell`. shell: (inner, least, highest) km."""
    apart_km = _apart_km(scene, 2.0 * scene.usual_error_km, 2.0 * _ORDINARY_SPEED_KM_S)
    # Cells narrower than needed for four of them an object only cost memory.
    height, columns, base = _layout(max(apart_km / shell[1], np.sqrt(np.pi / max(size, 1))))
    first = np.zeros(base[-1] + 2, dtype=np.int64)
    cell = np.empty(size, dtype=np.int64)
    for k in range(size):
        j = members[k]
        row = min(max(int((latitude[j] + 0.5 * np.pi) / height), 0), columns.shape[0] - 1)
        column = int((longitude[j] + np.pi) / _TWO_PI * columns[row])
        cell[k] = base[row] + min(max(column, 0), columns[row] - 1)
        first[cell[k] + 2] += 1
    for c in range(2, first.shape[0]):
        first[c] += first[c - 1]
    inverse = 0.5 / scene.step_s
    before, now = scene.positions[scene.sample - 1], scene.positions[scene.sample]
    after = scene.positions[scene.sample + 1]
    # first[c + 1] is the next free place of cell c while filling, and the end of cell c afterwards.
    for k in range(size):
        j = members[k]
        place = first[cell[k] + 1]
        first[cell[k] + 1] = place + 1
        order[place] = j
        for axis in range(3):
            stretch[axis, place] = now[axis, j]
            stretch[3 + axis, place] = inverse * (after[axis, j] - before[axis, j])
    # Nothing near in the block after the last.
    stretch[:3, size : size + _BLOCK] = float32(4.0 * NOWHERE_KM)
    stretch[3:, size : size + _BLOCK] = float32(0.0)
    return Shell(stretch, order, first, height, columns, base, shell[0], shell[1], shell[2])


@njit(cache=True, nogil=True)
def _collect(scene, shell, place, begin, end, half, reach2, store, count):  # type: ignore[no-untyped-def]
    """Examines the object at a place with those from begin to end, but for who is special if it is not itself."""
    i, stretch = shell.order[place], shell.stretch
    for other in range(begin, end):
        j = shell.order[other]
        if not (scene.is_primary[i] or scene.is_primary[j]) or not _may_meet(
            stretch[0, other] - stretch[0, place],
            stretch[1, other] - stretch[1, place],
            stretch[2, other] - stretch[2, place],
            stretch[3, other] - stretch[3, place],
            stretch[4, other] - stretch[4, place],
            stretch[5, other] - stretch[5, place],
            half,
            reach2,
        ):
            continue
        # A pair of specials is the first one's; one of a special and an ordinary object is the special's.
        if (scene.kind[j] == 2 and (scene.kind[i] == 1 or other <= place)) or i == j:
            continue
        if max(scene.radius2[i], scene.radius2[j]) < shell.inner_km**2:
            continue
        error_km = scene.error_km[i] + scene.error_km[j]
        verdict, offset = examine(
            scene.positions, scene.sample, i, j, scene.step_s, scene.distance_km, error_km
        )
        if verdict:
            store = push(store, count, scene.sample - 1, i, j, offset, verdict)
            count += 1
    return store, count


@njit(cache=True, nogil=True)
def _around_ordinary(scene, shell, store, count):  # type: ignore[no-untyped-def]
    """Every ordinary object with those after it in its own cell, those in the next column and in the next row."""
    speeds = 2.0 * _ORDINARY_SPEED_KM_S
    apart_km = _apart_km(scene, 2.0 * scene.usual_error_km, speeds)
    reach2 = _line_reach2(scene, shell, apart_km, 2.0 * scene.usual_error_km, speeds)
    half = float32(0.5 * scene.step_s)
    columns, base, first, stretch = shell.columns, shell.base, shell.first, shell.stretch
    rows = columns.shape[0]
    begins, ends = np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64)
    for row in range(rows):
        edge = max(abs(row * shell.height - _QUARTER), abs(min(row + 2, rows) * shell.height - _QUARTER))
        wide = _widest_angle(apart_km / shell.least_km, edge + _ANGLE_ERROR)
        width = _TWO_PI / columns[row]
        for column in range(columns[row]):
            cell = base[row] + column
            start, stop = first[cell], first[cell + 1]
            if start == stop:
                continue
            begins[:], ends[:] = 0, 0
            # The next column follows at once, but the last one's is the first.
            ends[0] = first[cell + 2] if column + 1 < columns[row] else stop
            if 1 < columns[row] == column + 1:
                begins[1], ends[1] = first[base[row]], first[base[row] + 1]
            if row + 1 < rows:
                begins[2], ends[2], begins[3], ends[3] = _columns_between(
                    column * width - wide, (column + 1) * width + wide, row + 1, columns, base, first
                )
            for place in range(start, stop):
                if scene.kind[shell.order[place]] != 1:
                    continue
                begins[0] = place + 1
                for part in range(4):
                    begin, end = begins[part], ends[part]
                    if begin < end and _count_near(stretch, place, begin, end, half, reach2):
                        store, count = _collect(scene, shell, place, begin, end, half, reach2, store, count)
    return store, count


@njit(cache=True, nogil=True)
def _around_special(scene, shell, place, latitude, longitude, store, count):  # type: ignore[no-untyped-def]
    """One special object with all others, as far around as it and the fastest of them may have to go."""
    i = shell.order[place]
    error_km, speeds = scene.error_km[i] + scene.widest_error, np.sqrt(scene.speed2[i]) + scene.fastest
    apart_km = _apart_km(scene, error_km, speeds)
    reach2 = _line_reach2(scene, shell, apart_km, error_km, speeds)
    half, stretch = float32(0.5 * scene.step_s), shell.stretch
    # Below the lowest shell (under the ground) all directions are near.
    chord = apart_km / shell.least_km if scene.radius2[i] >= shell.least_km**2 else 2.0
    angle = 2.0 * np.arcsin(min(0.5 * chord, 1.0)) + _ANGLE_ERROR
    up = latitude[i] + _QUARTER
    rows = shell.columns.shape[0]
    for row in range(
        max(int((up - angle) / shell.height), 0), min(int((up + angle) / shell.height), rows - 1) + 1
    ):
        edge = max(abs(row * shell.height - _QUARTER), abs((row + 1) * shell.height - _QUARTER))
        wide = _widest_angle(chord, max(edge, abs(latitude[i])) + _ANGLE_ERROR)
        middle = longitude[i] + np.pi
        start, stop, wrap, wrap_end = _columns_between(
            middle - wide, middle + wide, row, shell.columns, shell.base, shell.first
        )
        for begin, end in ((start, stop), (wrap, wrap_end)):
            # Itself it is near, where the last block reaches that far.
            itself = begin <= place < begin + (end - begin + _BLOCK - 1) // _BLOCK * _BLOCK
            if _count_near(stretch, place, begin, end, half, reach2) > itself:
                store, count = _collect(scene, shell, place, begin, end, half, reach2, store, count)
    return store, count


@njit(cache=True, nogil=True)
def pairs_within(positions, is_primary, error_km, usual_error_km, step_s, distance_km):  # type: ignore[no-untyped-def]
    """Candidates among all objects of which at least one is a primary.

    positions: (k + 2, 3, n) km, the first and last samples only serve the velocities; is_primary: (n,); error_km: (n,)
    bounds of the interpolants, usual_error_km: what hardly any exceeds. Returns (m, 5): sample, columns a and b, offset
    from the sample in s, verdict (1 fast, 2 slow).
    """
    samples, _, n = positions.shape
    store, count = np.empty((1024, 5)), 0
    latitude, longitude = np.empty(n, dtype=np.float32), np.empty(n, dtype=np.float32)
    radius2, speed2, kind = np.empty(n), np.empty(n), np.empty(n, dtype=np.int8)
    order, members = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    stretch = np.empty((6, n + _BLOCK), dtype=np.float32)
    for sample in range(1, samples - 1):
        fastest, widest_error = _classify(
            positions, sample, error_km, usual_error_km, step_s, radius2, speed2, kind
        )
        _directions(positions[sample], latitude, longitude)
        scene = Scene(
            positions, sample, step_s, distance_km, error_km, is_primary, radius2, speed2, kind,
            usual_error_km, fastest, widest_error,
        )  # fmt: skip
        deep_km = _apart_km(scene, 2.0 * widest_error, 2.0 * fastest)
        for k in range(len(_SHELLS_KM) - 1):
            inner_km = _SHELLS_KM[k]
            # Who stands just below a shell may meet one who stands in it.
            floor_km = inner_km - deep_km - _RADIUS_ERROR_KM if k else 0.0
            lower2, upper2 = max(floor_km, 0.0) ** 2, _SHELLS_KM[k + 1] ** 2
            size, highest2 = 0, 0.0
            for j in range(n):
                if kind[j] and lower2 <= radius2[j] < upper2:
                    members[size] = j
                    size += 1
                    highest2 = max(highest2, radius2[j])
            limits = (inner_km if k else 0.0, max(floor_km, _SHELLS_KM[0]), np.sqrt(highest2))
            shell = _sorted_by_cell(scene, members, size, latitude, longitude, limits, stretch, order)
            store, count = _around_ordinary(scene, shell, store, count)
            for place in range(size):
                if kind[order[place]] == 2:
                    store, count = _around_special(scene, shell, place, latitude, longitude, store, count)
    return store[:count]
