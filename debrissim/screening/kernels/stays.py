"""Inner loop of `debrissim.screening.stays`: the times at which a path that is a polynomial in time is inside volumes.

The path is given by Bernstein coefficients along R, T and N. A face of a box is crossed at the roots of a component
minus its half-width, the surface of an ellipsoid at those of a quadratic form of the components. A polynomial has no
root where its Bernstein coefficients have one sign, and exactly one where their sign changes once; otherwise the
interval is halved (de Casteljau 1959; Lane & Riesenfeld 1981, "Bounds on a polynomial", BIT 21). Membership cannot
change between two neighbouring roots, so the midpoint decides it: no passage through a volume is too short to be found.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.jit import jit
from debrissim.core.sorting import sort_few

DEGREE = 7
"""Degree of the path; the quadratic form of an ellipsoid has twice this degree."""

BOX, ELLIPSOID = 0, 1

# A double root is not resolved to less than this fraction of the interval.
_NARROWEST = 2.0**-34
_DEEPEST = 64
# A root is found to within this fraction of its interval: 0.2 ps of a minute.
_HALVINGS = 48
_ROOT_ERROR = 2.0**-_HALVINGS


def _binomials(degree: int) -> np.ndarray:
    row = np.ones(degree + 1)
    for k in range(1, degree + 1):
        row[k] = row[k - 1] * (degree - k + 1) / k
    return row


_CHOOSE, _CHOOSE_TWICE = _binomials(DEGREE), _binomials(2 * DEGREE)


@jit
def _value(coefficients, count, place):
    """The value of a polynomial, given by its Bernstein coefficients, at a point of [0, 1]."""
    work = np.empty(count)
    for k in range(count):
        work[k] = coefficients[k]
    for level in range(count - 1):
        for k in range(count - 1 - level):
            work[k] += place * (work[k + 1] - work[k])
    return work[0]


@jit
def _single_root(coefficients, count):
    """The location of the only root of a polynomial whose first and last coefficients have different signs.

    By the ITP method (Oliveira & Takahashi 2020, "An enhancement of the bisection method average performance preserving
    minmax optimality", ACM Trans. Math. Softw. 47, with k1 = 0.2, k2 = 2, n0 = 1): never more than one evaluation
    beyond bisection, and usually a sixth as many.
    """
    low, high, at_low, at_high = 0.0, 1.0, coefficients[0], coefficients[count - 1]
    for trial in range(_HALVINGS + 1):
        half_width = 0.5 * (high - low)
        if half_width <= _ROOT_ERROR:
            break
        middle = low + half_width
        place = (at_high * low - at_low * high) / (at_high - at_low)
        towards = 1.0 if middle >= place else -1.0
        nudge = 0.2 * (high - low) ** 2
        place = place + towards * nudge if nudge <= abs(middle - place) else middle
        room = _ROOT_ERROR * 2.0 ** (_HALVINGS - trial) - half_width
        if abs(place - middle) > room:
            place = middle - towards * room
        value = _value(coefficients, count, place)
        if value == 0.0:
            return place
        if (value > 0.0) == (at_high > 0.0):
            high, at_high = place, value
        else:
            low, at_low = place, value
    return 0.5 * (low + high)


@jit
def _changes(coefficients, count):
    """Number of sign changes along the coefficients, ignoring zeros."""
    changes, sign = 0, 0.0
    for k in range(count):
        value = coefficients[k]
        if value != 0.0:
            if sign * value < 0.0:
                changes += 1
            sign = value
    return changes


@jit
def _append_roots(coefficients, count, roots, found):
    """Append the points of [0, 1] at which a polynomial changes sign or touches zero; returns their new number."""
    if _changes(coefficients, count) == 0:
        return found
    stack = np.empty((_DEEPEST, count))
    left, width = np.empty(_DEEPEST), np.empty(_DEEPEST)
    part = np.empty(count)
    for k in range(count):
        stack[0, k] = coefficients[k]
    left[0], width[0] = 0.0, 1.0
    top = 1
    while top > 0 and found < roots.shape[0]:
        top -= 1
        begin, size = left[top], width[top]
        for k in range(count):
            part[k] = stack[top, k]
        changes = _changes(part, count)
        if changes == 0:
            continue
        if changes == 1 and part[0] * part[count - 1] < 0.0:
            roots[found] = begin + size * _single_root(part, count)
            found += 1
        elif size <= _NARROWEST or top + 2 > _DEEPEST:
            roots[found] = begin + 0.5 * size
            found += 1
        else:
            # De Casteljau at the midpoint: the first and the last coefficients of each level.
            for level in range(count):
                stack[top + 1, level] = part[0]
                stack[top, count - 1 - level] = part[count - 1 - level]
                for k in range(count - 1 - level):
                    part[k] = 0.5 * (part[k] + part[k + 1])
            size *= 0.5
            if stack[top, 0] == 0.0:
                roots[found] = begin + size
                found += 1
            left[top], width[top] = begin + size, size
            left[top + 1], width[top + 1] = begin, size
            top += 2
    return found


@jit
def _crossings(path, shape, size, roots, found, work):
    """Append the places at which a path (3, DEGREE + 1) crosses a volume's surface or the plane of a face."""
    count = path.shape[1]
    if shape == BOX:
        for axis in range(3):
            for side in (-1.0, 1.0):
                for k in range(count):
                    work[k] = path[axis, k] / size[axis] + side
                found = _append_roots(work, count, roots, found)
        return found
    for k in range(2 * count - 1):
        work[k] = -1.0
    for axis in range(3):
        for a in range(count):
            for b in range(count):
                product = path[axis, a] * path[axis, b] / (size[axis] * size[axis])
                work[a + b] += _CHOOSE[a] * _CHOOSE[b] / _CHOOSE_TWICE[a + b] * product
    return _append_roots(work, 2 * count - 1, roots, found)


@jit
def _contains(r, t, n, shape, size):
    r, t, n = abs(r) / size[0], abs(t) / size[1], abs(n) / size[2]
    return max(r, t, n) <= 1.0 if shape == BOX else r * r + t * t + n * n <= 1.0


@jit(arguments="f8[:, :, ::1], i8[::1], f8[:, ::1], b1[:, ::1]")
def inside_intervals(paths, shapes, sizes, allowed):
    """The intervals within which paths are in at least one of their volumes.

    paths: (m, 3, DEGREE + 1) km, Bernstein coefficients over an interval of 0 to 1; shapes: (v,) BOX or ELLIPSOID;
    sizes: (v, 3) km, half-widths or semi-axes; allowed: (m, v), the volumes that count for a path.
    Returns (k, 3 + v): path, begin and end of an interval (adjoining ones are not joined), and 1 for each volume that
    the path is in throughout it.
    """
    volumes, count = shapes.shape[0], paths.shape[2]
    store = np.empty((max(16, paths.shape[0]), 3 + volumes))
    rows = 0
    work = np.empty(2 * count - 1)
    roots = np.empty(12 * count * volumes + 2)
    for m in range(paths.shape[0]):
        roots[0], roots[1] = 0.0, 1.0
        # Not the literal 2, because numba would then compile everything below a second time.
        found = np.int64(2)
        for v in range(volumes):
            if allowed[m, v]:
                found = _crossings(paths[m], shapes[v], sizes[v], roots, found, work)
        sort_few(roots, found)
        for k in range(found - 1):
            if roots[k + 1] <= roots[k]:
                continue
            middle = 0.5 * (roots[k] + roots[k + 1])
            r, t, n = (
                _value(paths[m, 0], count, middle),
                _value(paths[m, 1], count, middle),
                _value(paths[m, 2], count, middle),
            )
            if rows == store.shape[0]:
                grown = np.empty((2 * rows, store.shape[1]))
                for row in range(rows):
                    for column in range(store.shape[1]):
                        grown[row, column] = store[row, column]
                store = grown
            some = False
            for v in range(volumes):
                within = allowed[m, v] and _contains(r, t, n, shapes[v], sizes[v])
                store[rows, 3 + v] = 1.0 if within else 0.0
                some = some or within
            if some:
                store[rows, 0], store[rows, 1], store[rows, 2] = m, roots[k], roots[k + 1]
                rows += 1
    return store[:rows]
