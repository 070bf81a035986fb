"""The path between two nodes computed only from the dynamics, where neighbouring nodes are on the far side of a
manoeuvre.

The path obeys x'' = f(x) + dv delta(t - moment) between two given positions, where f is gravity. It is found by
Picard's iteration on Chebyshev-Lobatto points, which converges as (L h^2 / 8)^n (see `debrissim.ephemerides.bounds` for
L), and is stored as the nodes of one or two arcs, each a polynomial of degree 8.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from debrissim.core.arrays import Array
from debrissim.ephemerides import kernels
from debrissim.ephemerides.quadrature import lobatto_integrals

POINTS = 9
"""Nodes of each part of the path."""

_ITERATIONS = 60


def ballistic_path(
    times_s: tuple[float, float],
    ends_km: Array,
    moment_s: float,
    impulse: Array,
    full: bool,
    angle_rad: float,
) -> list[tuple[Array, Array]]:
    """The path between two positions, with an impulse on the way.

    Parameters
    ----------
    times_s : tuple of two floats
        Run time of both ends in s.
    ends_km : Array, shape (2, 3)
        km, TEME of date.
    moment_s : float
        Run time of the impulse; the path has one part if it is at an end, otherwise two.
    impulse : Array, shape (3,)
        km/s, TEME of date.
    full : bool
        All harmonics of gravity to degree 10, or J2 to J4.
    angle_rad : float
        Sidereal angle at run time 0.

    Returns
    -------
    list of (times (p,), positions (p, 3))
        Nodes of each part, whose ends are exactly those given.
    """
    points, first, second = lobatto_integrals(POINTS)
    start, end = times_s
    # A part shorter than a millisecond is not worth a separate arc.
    inside = start + 1e-3 < moment_s < end - 1e-3 and bool(np.any(impulse != 0.0))
    borders = [start, moment_s, end] if inside else [start, end]
    grids = [a + (b - a) * points for a, b in pairwise(borders)]
    for grid, border in zip(grids, borders[1:], strict=True):
        grid[-1] = border
    paths = [
        ends_km[0] + ((grid - start) / (end - start))[:, None] * (ends_km[1] - ends_km[0]) for grid in grids
    ]
    for _ in range(_ITERATIONS):
        position, rate = np.array(ends_km[0]), np.zeros(3)
        new = []
        for part, (grid, path) in enumerate(zip(grids, paths, strict=True)):
            pull = np.empty_like(path)
            kernels.gravity.accelerations(path, full, angle_rad + kernels.gravity.TURN * grid, pull)
            length = grid[-1] - grid[0]
            if part:
                rate = rate + impulse
            new.append(position + (grid - grid[0])[:, None] * rate + length**2 * (second @ pull))
            rate = rate + length * (first[-1] @ pull)
            position = new[-1][-1]
        # The velocity at the start is chosen so that the path reaches the far end.
        missing = (ends_km[1] - position) / (end - start)
        new = [path + (grid - start)[:, None] * missing for grid, path in zip(grids, new, strict=True)]
        change = max(np.abs(a - b).max() for a, b in zip(new, paths, strict=True))
        paths = new
        if change < 1e-10:
            break
    paths[0][0], paths[-1][-1] = ends_km[0], ends_km[1]
    if inside:
        paths[1][0] = paths[0][-1]
    return list(zip(grids, paths, strict=True))


def gravity_integrals(parts: list[tuple[Array, Array]], full: bool, angle_rad: float) -> tuple[Array, Array]:
    """Integrals (3,) km/s of gravity along a path, weighted by a straight line from 1 to 0 and from 0 to 1 in time."""
    weights = lobatto_integrals(POINTS)[1][-1]
    start, span = parts[0][0][0], parts[-1][0][-1] - parts[0][0][0]
    falling, rising = np.zeros((2, 3))
    for grid, path in parts:
        pull = np.empty_like(path)
        kernels.gravity.accelerations(path, full, angle_rad + kernels.gravity.TURN * grid, pull)
        pull *= ((grid[-1] - grid[0]) * weights)[:, None]
        along = ((grid - start) / span)[:, None]
        falling += ((1.0 - along) * pull).sum(axis=0)
        rising += (along * pull).sum(axis=0)
    return falling, rising
