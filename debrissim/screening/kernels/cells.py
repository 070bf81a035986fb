"""The search of all against all by cells of direction. See `grid` for the proof that no pair is missed.

Pairs that never reach the same radius are excluded by bands of radius, each holding about the same number of objects.
Seen from the Earth's centre a band is a thin shell: cells of direction (rows of latitude, each divided into as many
columns as fit its circumference) hold fewer unrelated objects than cubes of space. With objects sorted by cell, row
after row, the neighbours of a cell form two contiguous stretches: the rest of its own cell with the next column, and
about three columns of the next row. A stretch is tested a block at a time in single precision; the few pairs that pass
are tested again in double precision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import float32, int32, njit, uint64

from debrissim.core.jit import jit
from debrissim.propagation.continuation import ESCAPE_SPEED_KM_S
from debrissim.propagation.ephemeris import NO_EPHEMERIS_LIMIT_KM
from debrissim.screening.kernels.pair_test import (
    EXTRA_ACCELERATION_KM_S2,
    EXTRA_JERK_KM_S3,
    GRADIENT_S2,
    GRAVITY_KM_S2,
    append_row,
    test_pair,
)

# Speed limit of an ordinary object; for faster ones, near the perigee of eccentric orbits, the search reaches further.
_ORDINARY_SPEED_KM_S = 8.0
# Objects below this radius are not searched by direction.
_GROUND_KM = 6350.0
# Bands of radius are whole numbers of these layers; the last one has no upper limit.
_LAYER_KM, _LAYERS = 10.0, 4000
# There are at least this many bands, and more with the square root of the number of objects divided by this.
FEWEST_BANDS, OBJECTS_PER_SQUARE = 3, 5000
_BLOCK = 8
# If fewer than one object in this many is a primary, only the surroundings of the primaries are searched, in all
# directions.
_OBJECTS_PER_PRIMARY = 8
# Errors of the polynomial for the arc tangent and of single precision, with a margin of more than a factor of two.
_ANGLE_ERROR = 1e-4
_RADIUS_ERROR = 1e-6
_QUARTER, _TWO_PI = 0.5 * np.pi, 2.0 * np.pi


@njit(nogil=True, inline="always")
def _arc(low, high):
    """atan(low / high) for 0 <= low <= high, within 2e-5 (Abramowitz & Stegun 1964, 4.4.49)."""
    x = low / max(high, float32(1e-20))
    s = x * x
    p = float32(0.1801410) + s * (float32(-0.0851330) + s * float32(0.0208351))
    return x * (float32(0.9998660) + s * (float32(-0.3302995) + s * p))


@jit(fastmath=True)
def _directions(position, latitude, longitude):
    """Latitude and longitude, rad, in single precision, of positions (3, n)."""
    quarter, half_turn = float32(0.5 * np.pi), float32(np.pi)
    for j in range(position.shape[1]):
        x, y, z = float32(position[0, j]), float32(position[1, j]), float32(position[2, j])
        ax, ay, az = abs(x), abs(y), abs(z)
        angle = _arc(min(ax, ay), max(ax, ay))
        angle = angle if ax >= ay else quarter - angle
        angle = angle if x >= float32(0.0) else half_turn - angle
        longitude[j] = angle if y >= float32(0.0) else -angle
        rho = np.sqrt(x * x + y * y)
        angle = _arc(min(rho, az), max(rho, az))
        angle = angle if rho >= az else quarter - angle
        latitude[j] = angle if z >= float32(0.0) else -angle


@njit(nogil=True, fastmath=True, inline="always")
def _may_meet(x, y, z, vx, vy, vz, half, reach2):
    """Whether a straight relative path comes within the reach within half an interval of its sample.

    The squared minimum distance is d^2 - (d.v)^2 / v^2 + (|d.v| / v^2 - half)^2 v^2, the last term only beyond the
    ends: times v^2 it needs no division.
    """
    speed2 = vx * vx + vy * vy + vz * vz
    along = x * vx + y * vy + z * vz
    beyond = max(abs(along) - half * speed2, float32(0.0))
    return (x * x + y * y + z * z - reach2) * speed2 <= along * along - beyond * beyond


@jit(fastmath=True, error_model="numpy", forceinline=True)
def _count_near(stretch, place, start, stop, half, reach2):
    """Number of objects, in whole blocks from start to stop or a little beyond, that may come near the one at a place.

    stretch: (6, m) positions and velocities, single precision. Blocks of constant length and a count without branches
    let the compiler use vector instructions: 0.7 ns per pair instead of 6. Each block has its own count, so that it
    becomes the number of bits in one mask; a running count would be summed across the vector in every block, and a
    64-bit count makes the compiler halve the vectors on processors for which it prefers 256 bits.
    """
    x, y, z = stretch[0, place], stretch[1, place], stretch[2, place]
    vx, vy, vz = stretch[3, place], stretch[4, place], stretch[5, place]
    near_count = int32(0)
    for block in range(start, stop, _BLOCK):
        in_block = int32(0)
        for k in range(_BLOCK):
            neighbour = uint64(block) + uint64(k)
            in_block = int32(in_block + _may_meet(
                stretch[0, neighbour] - x, stretch[1, neighbour] - y, stretch[2, neighbour] - z,
                stretch[3, neighbour] - vx, stretch[4, neighbour] - vy, stretch[5, neighbour] - vz, half, reach2,
            ))  # fmt: skip
        near_count = int32(near_count + in_block)
    return near_count


@jit
def _widest_angle(chord, latitude):
    """Maximum difference in longitude between directions a chord apart, neither of which lies beyond a latitude."""
    room = 2.0 * np.cos(min(latitude, 0.5 * np.pi))
    return 2.0 * np.arcsin(chord / room) + _ANGLE_ERROR if chord < room else _TWO_PI


@jit
def _layout(chord):
    """Rows and columns of a size such that directions a chord apart are in the same or in adjacent ones.

    Returns the height of the rows (rad), their numbers of columns (rows,) and their first cells (rows + 1,).
    """
    angle = 2.0 * np.arcsin(min(0.5 * chord, 1.0)) + _ANGLE_ERROR
    rows = max(int(np.pi / angle), 1)
    height = np.pi / rows
    columns, base = np.ones(rows, dtype=np.int64), np.zeros(rows + 1, dtype=np.int64)
    for row in range(rows):
        edge = max(abs(row * height - 0.5 * np.pi), abs((row + 1) * height - 0.5 * np.pi))
        count = int(_TWO_PI / _widest_angle(chord, edge + _ANGLE_ERROR))
        # With two columns, each would be the other's neighbour on both sides.
        columns[row] = count if count >= 3 else 1
        base[row + 1] = base[row] + columns[row]
    return height, columns, base


@jit
def _stretches(low, high, count, begin, first):
    """The stretches of sorted objects in columns low to high of a row: one, or two around the date line.

    count, begin: the row's columns and its first cell.
    """
    if high - low + 1 >= count:
        return first[begin], first[begin + count], 0, 0
    if low < 0:
        return first[begin], first[begin + high + 1], first[begin + low + count], first[begin + count]
    if high >= count:
        return first[begin + low], first[begin + count], first[begin], first[begin + high - count + 1]
    return first[begin + low], first[begin + high + 1], 0, 0


@jit(fastmath=True)
def _classify(positions, sample, error_km, usual_error_km, step_s, objects):
    """Fill all columns of `Objects` at a sample except the layers; returns the maximum speed and error of the objects
    present.

    An object that seems to move faster than any bound object is entering or leaving the period covered by its
    ephemeris: it counts as absent.
    """
    radius2, speed2, velocity, kind = objects.radius2, objects.speed2, objects.velocity, objects.kind
    fastest2, widest_error = 0.0, 0.0
    inverse = float32(0.5 / step_s)
    for j in range(radius2.shape[0]):
        x, y, z = positions[sample, 0, j], positions[sample, 1, j], positions[sample, 2, j]
        radius2[j] = x * x + y * y + z * z
        vx = inverse * (positions[sample + 1, 0, j] - positions[sample - 1, 0, j])
        vy = inverse * (positions[sample + 1, 1, j] - positions[sample - 1, 1, j])
        vz = inverse * (positions[sample + 1, 2, j] - positions[sample - 1, 2, j])
        speed2[j] = vx * vx + vy * vy + vz * vz
        velocity[0, j], velocity[1, j], velocity[2, j] = vx, vy, vz
    for j in range(radius2.shape[0]):
        error = error_km[j]
        present = (
            radius2[j] < NO_EPHEMERIS_LIMIT_KM**2
            and speed2[j] < (2.0 * ESCAPE_SPEED_KM_S + 2.0 * error / step_s) ** 2
        )
        ordinary = speed2[j] <= _ORDINARY_SPEED_KM_S**2 and error <= usual_error_km
        above_ground = radius2[j] >= _GROUND_KM**2
        kind[j] = ((1 if ordinary else 2) if above_ground else 3) if present else 0
        fastest2 = max(fastest2, speed2[j] if present else 0.0)
        widest_error = max(widest_error, error if present else 0.0)
    return np.sqrt(fastest2), widest_error


@jit(fastmath=True)
def _layers(positions, sample, error_km, step_s, distance_km, kind, lowest, highest):
    """Fill lowest and highest (n,): the layers of radius within half the distance of each object in the interval.

    Two objects whose layers do not overlap stay further apart than the distance; see `grid`.
    """
    inverse, square = float32(0.5 / step_s), float32(1.0 / (step_s * step_s))
    half = float32(0.5 * step_s)
    own = float32(0.5 * distance_km)
    bend = float32(step_s**3 / 16.0)
    turned = float32(2.0 * GRAVITY_KM_S2 * step_s)
    per_layer, last = float32(1.0 / _LAYER_KM), float32(_LAYERS - 1)
    for j in range(kind.shape[0]):
        x, y, z = positions[sample, 0, j], positions[sample, 1, j], positions[sample, 2, j]
        bx, by, bz = positions[sample - 1, 0, j], positions[sample - 1, 1, j], positions[sample - 1, 2, j]
        cx, cy, cz = positions[sample + 1, 0, j], positions[sample + 1, 1, j], positions[sample + 1, 2, j]
        vx, vy, vz = inverse * (cx - bx), inverse * (cy - by), inverse * (cz - bz)
        ax, ay, az = square * (cx - x + (bx - x)), square * (cy - y + (by - y)), square * (cz - z + (bz - z))
        here2 = x * x + y * y + z * z
        speed2 = vx * vx + vy * vy + vz * vz
        first = abs(x * vx + y * vy + z * vz)
        second = abs(speed2 + (x * ax + y * ay + z * az))
        third = abs(vx * ax + vy * ay + vz * az)
        fourth = ax * ax + ay * ay + az * az
        # The squared radius of the parabola differs from the squared radius at the sample by no more than this.
        change = half * (
            float32(2.0) * first + half * (second + half * (third + half * float32(0.25) * fourth))
        )
        error = float32(error_km[j])
        fastest = np.sqrt(speed2) + turned + error * (float32(2.0) * inverse)
        jerk = float32(GRADIENT_S2) * fastest + float32(EXTRA_JERK_KM_S3)
        top = np.sqrt(here2 + change)
        slack = own + bend * jerk + float32(1.25) * error + float32(_RADIUS_ERROR) * top
        low = (np.sqrt(max(here2 - change, float32(0.0))) - slack - float32(_GROUND_KM)) * per_layer
        high = (top + slack - float32(_GROUND_KM)) * per_layer
        under = kind[j] == 3
        lowest[j] = float32(0.0) if under else min(max(low, float32(0.0)), last)
        highest[j] = last if under else min(max(high, float32(0.0)), last)


@jit
def _layers_into_bands(kind, lowest, band_count, band_of):
    """Fill band_of (layers,), the band of each layer, so that about as many objects begin in each band."""
    band_of[:] = 0
    present = 0
    for j in range(kind.shape[0]):
        if kind[j]:
            band_of[lowest[j]] += 1
            present += 1
    below = 0
    for layer in range(_LAYERS):
        band = min(below * band_count // max(present, 1), band_count - 1)
        below, band_of[layer] = below + band_of[layer], band


@jit
def _list_bands(objects, band_of, begins, members):
    """List the objects of each band; lowest and highest of objects become their first and their last band.

    begins: (bands + 2,), filled with the positions at which the bands begin in members (m,), which is returned,
    lengthened if necessary.
    """
    kind, lowest, highest = objects.kind, objects.lowest, objects.highest
    n = kind.shape[0]
    begins[:] = 0
    for j in range(n):
        if kind[j]:
            lowest[j], highest[j] = band_of[lowest[j]], band_of[highest[j]]
            begins[lowest[j] + 2] += 1
            for band in range(lowest[j] + 1, highest[j] + 1):
                begins[band + 2] += 1
    for band in range(2, begins.shape[0]):
        begins[band] += begins[band - 1]
    if begins[-1] > members.shape[0]:
        members = np.empty(begins[-1] + n, dtype=np.int32)
    for j in range(n):
        if kind[j]:
            for band in range(lowest[j], highest[j] + 1):
                members[begins[band + 1]] = j
                begins[band + 1] += 1
    return members


@jit
def _limits(objects, members):
    """Minimum radius of the members (m,) above the ground and maximum radius of all, km, and the number that are not
    ordinary."""
    lowest2, highest2, specials = np.inf, _GROUND_KM**2, 0
    for j in members:
        highest2 = max(highest2, objects.radius2[j])
        lowest2 = min(lowest2, objects.radius2[j] if objects.kind[j] != 3 else np.inf)
        specials += objects.kind[j] > 1
    return np.sqrt(min(lowest2, highest2)) * (1.0 - _RADIUS_ERROR), np.sqrt(highest2), specials


@jit
def _only_primaries_special(is_primary, kind):
    """Change kind (n,) so that every pair with a primary belongs to the primary, or to an object under the ground."""
    for j in range(kind.shape[0]):
        if kind[j] == 1 or kind[j] == 2:
            kind[j] = 2 if is_primary[j] else 1


class Objects(NamedTuple):
    """All n objects at a sample.

    radius2, speed2: (n,) squared; velocity: (3, n) km/s, the secants; kind: (n,) 0 absent, 1 ordinary, 2 special (fast,
    or poorly known), 3 under the ground, where all directions are near; lowest, highest: (n,) the first and last layer
    of radius that the object may enter in the interval, and later the first and last band.
    """

    radius2: Any
    speed2: Any
    velocity: Any
    kind: Any
    lowest: Any
    highest: Any


class PairSearch(NamedTuple):
    """Search for pairs at one sample of all n objects.

    Hardly any object exceeds usual_error_km, and no object exceeds fastest (km/s) or widest_error (km). Objects of the
    same group above 0 do not form a pair.
    """

    positions: Any
    sample: int
    step_s: float
    distance_km: float
    error_km: Any
    is_primary: Any
    group: Any
    objects: Any
    usual_error_km: float
    fastest: float
    widest_error: float


class RadialBand(NamedTuple):
    """The m objects of a band of radius sorted by cell: order (m,), kind (m,) and stretch (6, m + block); first (cells
    + 2,) of each cell.

    number: of the band; lowest_km, highest_km: limits of the radii of all objects above the ground. A pair belongs to
    the first band that contains both objects.
    """

    stretch: Any
    order: Any
    kind: Any
    first: Any
    height: float
    columns: Any
    base: Any
    number: int
    lowest_km: float
    highest_km: float


@jit
def number_of_bands(count):
    """The number of bands of radius for this many objects."""
    return FEWEST_BANDS + int(np.sqrt(count / OBJECTS_PER_SQUARE))


@jit
def empty_objects(count):
    """Columns of `Objects` to be filled."""
    return Objects(
        np.empty(count, dtype=np.float32), np.empty(count, dtype=np.float32), np.empty((3, count), dtype=np.float32),
        np.empty(count, dtype=np.int8), np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32),
    )  # fmt: skip


@jit
def _bend_km_s2(search, apart_km, speeds_km_s):
    """Maximum relative acceleration, from the previous sample to the next, of a pair this far apart at a sample."""
    # Gravity may increase the speeds between this sample and its neighbours.
    far_km = apart_km + speeds_km_s * search.step_s + 2.0 * GRAVITY_KM_S2 * search.step_s * search.step_s
    return GRADIENT_S2 * far_km + EXTRA_ACCELERATION_KM_S2


@jit
def _apart_km(search, error_km, speeds_km_s):
    """Maximum separation at a sample of two objects that come within the distance within half a step.

    Each object departs from its secant by 3/8 g step^2, and their difference by less when they are so close. The errors
    count twice, because they apply at both times.
    """
    step2 = search.step_s * search.step_s
    moved_km = search.distance_km + 0.5 * speeds_km_s * search.step_s
    apart_km = moved_km + 2.0 * error_km + 0.75 * GRAVITY_KM_S2 * step2
    bend_km_s2 = _bend_km_s2(search, apart_km, speeds_km_s)
    return min(apart_km, moved_km + 1.5 * error_km + 0.375 * bend_km_s2 * step2)


@jit
def _line_reach2(search, band, apart_km, error_km, speeds_km_s):
    """Squared distance within which the straight lines of a pair must come if the pair comes within the distance.

    This adds the theorem's slack for a straight line and, finally, an allowance for single precision on either side.
    """
    bend_km_s2 = _bend_km_s2(search, apart_km, speeds_km_s)
    bent_km = 0.375 * bend_km_s2 * search.step_s * search.step_s
    reach = search.distance_km + bent_km + 1.5 * error_km + 4e-7 * band.highest_km
    return float32(reach * reach + 4e-6 * apart_km * apart_km)


@jit
def _sorted_by_cell(search, members, latitude, longitude, limits, stretch, order, kind):
    """Counting sort of members (m,) by cell of direction; see `RadialBand`. limits: its last three fields."""
    size = members.shape[0]
    apart_km = _apart_km(search, 2.0 * search.usual_error_km, 2.0 * _ORDINARY_SPEED_KM_S)
    # More than about four cells per object would only cost memory.
    height, columns, base = _layout(max(apart_km / limits[1], np.sqrt(np.pi / max(size, 1))))
    first = np.zeros(base[-1] + 2, dtype=np.int64)
    cell = np.empty(size, dtype=np.int32)
    per_row, per_turn = float32(1.0 / height), float32(1.0 / _TWO_PI)
    quarter, half_turn = float32(_QUARTER), float32(np.pi)
    for k in range(size):
        j = members[k]
        row = min(max(int32((latitude[j] + quarter) * per_row), 0), columns.shape[0] - 1)
        column = int32((longitude[j] + half_turn) * per_turn * float32(columns[row]))
        cell[k] = base[row] + min(max(column, 0), columns[row] - 1)
        first[cell[k] + 2] += 1
    for c in range(2, first.shape[0]):
        first[c] += first[c - 1]
    now, velocity = search.positions[search.sample], search.objects.velocity
    # first[c + 1] is the next free place of cell c while filling, and the end of cell c afterwards.
    for k in range(size):
        j = members[k]
        place = first[cell[k] + 1]
        first[cell[k] + 1] = place + 1
        order[place], kind[place] = j, search.objects.kind[j]
        for axis in range(3):
            stretch[axis, place] = now[axis, j]
            stretch[3 + axis, place] = velocity[axis, j]
    # The block after the last object holds no object within reach.
    stretch[:3, size : size + _BLOCK] = float32(4.0 * NO_EPHEMERIS_LIMIT_KM)
    stretch[3:, size : size + _BLOCK] = float32(0.0)
    return RadialBand(stretch, order, kind, first, height, columns, base, limits[0], limits[1], limits[2])


@jit
def _collect(search, band, place, begin, end, half, reach2, store, count):
    """Test the object at a place against those from begin to end, except objects of a higher kind."""
    i, stretch = band.order[place], band.stretch
    for neighbour in range(begin, end):
        j = band.order[neighbour]
        if search.group[i] > 0 and search.group[i] == search.group[j]:
            continue
        if not (search.is_primary[i] or search.is_primary[j]) or not _may_meet(
            stretch[0, neighbour] - stretch[0, place],
            stretch[1, neighbour] - stretch[1, place],
            stretch[2, neighbour] - stretch[2, place],
            stretch[3, neighbour] - stretch[3, place],
            stretch[4, neighbour] - stretch[4, place],
            stretch[5, neighbour] - stretch[5, place],
            half,
            reach2,
        ):
            continue
        # A pair belongs to the object of the higher kind; a pair of two special objects belongs to the first.
        own, other = band.kind[place], band.kind[neighbour]
        if i == j or other > own or (other == own > 1 and neighbour < place):
            continue
        if max(search.objects.lowest[i], search.objects.lowest[j]) != band.number:
            continue
        error_km = search.error_km[i] + search.error_km[j]
        verdict, offset = test_pair(
            search.positions, search.sample, i, j, search.step_s, search.distance_km, error_km
        )
        if verdict:
            store = append_row(store, count, search.sample - 1, i, j, offset, verdict)
            count += 1
    return store, count


@jit
def _around_ordinary(search, band, store, count):
    """Test every ordinary object against the later objects of its own cell and the objects in the next column and the
    next row."""
    speeds = 2.0 * _ORDINARY_SPEED_KM_S
    apart_km = _apart_km(search, 2.0 * search.usual_error_km, speeds)
    reach2 = _line_reach2(search, band, apart_km, 2.0 * search.usual_error_km, speeds)
    half = float32(0.5 * search.step_s)
    columns, base, first, stretch = band.columns, band.base, band.first, band.stretch
    rows = columns.shape[0]
    for row in range(rows):
        edge = max(abs(row * band.height - _QUARTER), abs(min(row + 2, rows) * band.height - _QUARTER))
        wide = _widest_angle(apart_km / band.lowest_km, edge + _ANGLE_ERROR)
        # Columns of the next row: how many correspond to one column of this row, and how far an object may be from its
        # own column.
        next_count = columns[row + 1] if row + 1 < rows else 0
        ratio, margin = next_count / columns[row], wide / _TWO_PI * next_count
        for column in range(columns[row]):
            cell = base[row] + column
            start, stop = first[cell], first[cell + 1]
            if start == stop:
                continue
            # The next column follows directly, except that the last column's neighbour is the first.
            after = first[cell + 2] if column + 1 < columns[row] else stop
            for place in range(start, stop):
                if (
                    band.kind[place] == 1
                    and place + 1 < after
                    and _count_near(stretch, place, place + 1, after, half, reach2)
                ):
                    store, count = _collect(search, band, place, place + 1, after, half, reach2, store, count)
            begin = end = other_begin = other_end = wrap_begin = wrap_end = 0
            if 1 < columns[row] == column + 1:
                wrap_begin, wrap_end = first[base[row]], first[base[row] + 1]
            if row + 1 < rows:
                begin, end, other_begin, other_end = _stretches(
                    int(np.floor(column * ratio - margin)),
                    int(np.floor((column + 1) * ratio + margin)),
                    next_count,
                    base[row + 1],
                    first,
                )
            for low, high in ((begin, end), (other_begin, other_end), (wrap_begin, wrap_end)):
                if low == high:
                    continue
                for place in range(start, stop):
                    if band.kind[place] == 1 and _count_near(stretch, place, low, high, half, reach2):
                        store, count = _collect(search, band, place, low, high, half, reach2, store, count)
    return store, count


@jit
def _around_special(search, band, place, latitude, longitude, store, count):
    """Test one special object against all others, as far around as its speed and that of the fastest object require."""
    i = band.order[place]
    error_km, speeds = (
        search.error_km[i] + search.widest_error,
        np.sqrt(search.objects.speed2[i]) + search.fastest,
    )
    apart_km = _apart_km(search, error_km, speeds)
    reach2 = _line_reach2(search, band, apart_km, error_km, speeds)
    half, stretch = float32(0.5 * search.step_s), band.stretch
    # Under the ground all directions are near.
    chord = apart_km / band.lowest_km if band.kind[place] == 2 else 2.0
    angle = 2.0 * np.arcsin(min(0.5 * chord, 1.0)) + _ANGLE_ERROR
    up = latitude[i] + _QUARTER
    rows = band.columns.shape[0]
    for row in range(
        max(int((up - angle) / band.height), 0), min(int((up + angle) / band.height), rows - 1) + 1
    ):
        edge = max(abs(row * band.height - _QUARTER), abs((row + 1) * band.height - _QUARTER))
        wide = _widest_angle(chord, max(edge, abs(latitude[i])) + _ANGLE_ERROR)
        middle = longitude[i] + np.pi
        here = band.columns[row]
        start, stop, wrap, wrap_end = _stretches(
            int(np.floor((middle - wide) / _TWO_PI * here)),
            int(np.floor((middle + wide) / _TWO_PI * here)),
            here,
            band.base[row],
            band.first,
        )
        for begin, end in ((start, stop), (wrap, wrap_end)):
            # If the last block reaches that far, the object finds itself.
            own = begin <= place < begin + (end - begin + _BLOCK - 1) // _BLOCK * _BLOCK
            if _count_near(stretch, place, begin, end, half, reach2) > own:
                store, count = _collect(search, band, place, begin, end, half, reach2, store, count)
    return store, count


@jit(arguments="f4[:, :, ::1], b1[::1], f8[::1], f8, f8, f8, i8[::1]")
def pairs_within(positions, is_primary, error_km, usual_error_km, step_s, distance_km, group):
    """Candidates among all objects: pairs of which at least one is a primary.

    positions: (k + 2, 3, n) km, the first and last samples serve only the velocities; is_primary: (n,); error_km: (n,)
    bounds of the interpolants, usual_error_km: a bound that hardly any object exceeds; group: (n,) objects with the
    same value above 0 do not form a pair. Returns (m, 5): sample, columns a and b, offset from the sample in s, verdict
    (1 fast, 2 slow).
    """
    samples, _, n = positions.shape
    store, count = np.empty((1024, 5)), 0
    few_primaries = _OBJECTS_PER_PRIMARY * is_primary.sum() < n
    latitude, longitude = np.empty(n, dtype=np.float32), np.empty(n, dtype=np.float32)
    objects = empty_objects(n)
    kind = objects.kind
    order, sorted_kind, members = np.empty(n, np.int32), np.empty(n, np.int8), np.empty(2 * n, np.int32)
    stretch = np.empty((6, n + _BLOCK), dtype=np.float32)
    band_count = number_of_bands(n)
    band_of, begins = np.empty(_LAYERS, dtype=np.int32), np.empty(band_count + 2, dtype=np.int64)
    for sample in range(1, samples - 1):
        fastest, widest_error = _classify(positions, sample, error_km, usual_error_km, step_s, objects)
        _directions(positions[sample], latitude, longitude)
        _layers(positions, sample, error_km, step_s, distance_km, kind, objects.lowest, objects.highest)
        if sample == 1:
            _layers_into_bands(kind, objects.lowest, band_count, band_of)
        members = _list_bands(objects, band_of, begins, members)
        search = PairSearch(
            positions, sample, step_s, distance_km, error_km, is_primary, group, objects, usual_error_km, fastest,
            widest_error,
        )  # fmt: skip
        if few_primaries:
            _only_primaries_special(is_primary, kind)
        for number in range(band_count):
            own = members[begins[number] : begins[number + 1]]
            lowest_km, highest_km, specials = _limits(objects, own)
            if own.size == 0 or (few_primaries and specials == 0):
                continue
            limits = number, lowest_km, highest_km
            band = _sorted_by_cell(search, own, latitude, longitude, limits, stretch, order, sorted_kind)
            if not few_primaries:
                store, count = _around_ordinary(search, band, store, count)
            if specials:
                for place in range(own.size):
                    if sorted_kind[place] > 1:
                        store, count = _around_special(search, band, place, latitude, longitude, store, count)
    return store[:count]
