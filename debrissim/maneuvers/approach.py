"""The closest approach after each burn.

The distance to the secondary has several minima: one per passage of fast encounters, near each of the two places where
the orbits cross, and several per revolution where the orbits are nearly the same. Two are found for each trajectory.

- *Its own*: the minimum that is reached by following the falling distance from the moment of closest approach without a
  burn. It changes continuously with the burn while the burn is small; a large burn may shift it by minutes. If the
  distance is still falling half a revolution away, the end of that half revolution is used instead.
- *A closer neighbour*: the lowest other minimum within half a revolution of that moment on either side, if it is lower.

Assumptions
- Nodes are a tenth of a radian apart, measured on the local circular orbit of the faster object. Between the two
  neighbours of a node, the relative position is a polynomial of degree 12 in time; over 0.2 rad its error is far below
  a millimetre. The polynomial is split where a burn begins or ends.
- Only positions are used: SGP4's velocity is not the derivative of its position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.maneuvers.motion import ManeuveredMotion, Motion, MotionStatus

NODE_SPACING_RAD = 0.1
_DEGREE = 12
_SAMPLES = 65
_DENSITY_SAMPLES = 2001
_STATES_AT_ONCE = 400_000
# The time between neighbouring samples is halved until float64 seconds no longer resolve it.
_HALVINGS = 48
_EDGE_S = 1e-3


@dataclass(frozen=True, eq=False)
class BurnApproaches(Rows):
    """k closest approaches, one per burn; NaN where there is no trajectory.

    | column           | dtype   | shape  | unit, frame                                                              |
    |------------------|---------|--------|--------------------------------------------------------------------------|
    | time_s           | float64 | (k,)   | s of run time, closest approach                                          |
    | spacecraft_state | float64 | (k, 6) | km, km/s, TEME, at that time                                             |
    | secondary_state  | float64 | (k, 6) | km, km/s, TEME, at that time                                             |
    | neighbour_s      | float64 | (k,)   | s of run time, the closer neighbour; NaN where no other minimum is lower |
    | at_the_end       | bool    | (k,)   | no minimum within half a revolution: the end where the distance still    |
    |                  |         |        | falls                                                                    |
    """

    time_s: Array
    spacecraft_state: Array
    secondary_state: Array
    neighbour_s: Array
    at_the_end: Mask

    @property
    def miss_km(self) -> Array:
        """(k,) km, distance at the closest approach."""
        gap = self.secondary_state[:, :3] - self.spacecraft_state[:, :3]
        return np.asarray(np.linalg.norm(gap, axis=1))


def period_s(motion: Motion, time_s: float) -> float:
    """The period in s of the two-body orbit through the state of a motion at a time in s of run time.

    Raises InputError if the motion has no state then, or is not on an ellipse.
    """
    state = motion.states(np.array([time_s]))[0]
    if not np.isfinite(state).all():
        raise InputError(f"time_s: expected a time at which the spacecraft has a state, got {time_s:g} s")
    inverse = 2.0 / float(np.linalg.norm(state[:3])) - float(state[3:] @ state[3:]) / WGS72_MU_KM3_S2
    if inverse <= 0.0:
        raise InputError(f"time_s: expected the spacecraft on an ellipse, got an open orbit at {time_s:g} s")
    return float(2.0 * np.pi / np.sqrt(WGS72_MU_KM3_S2 * inverse**3))


def search_nodes(primary: Motion, secondary: Motion, tca_s: float, half_width_s: float) -> Array:
    """Nodes (n,) in s of run time about a closest approach, which is one of them.

    They cover half_width_s on either side, as far as both objects have states.

    Raises InputError if either has no state at tca_s.
    """
    limits = np.array([primary.limits_s, secondary.limits_s])
    begin, end = max(tca_s - half_width_s, limits[:, 0].max()), min(tca_s + half_width_s, limits[:, 1].min())
    if not begin <= tca_s <= end:
        raise InputError(
            f"tca_s: expected a closest approach within {limits[:, 0].max():g} to {limits[:, 1].min():g} s, "
            f"where both objects have states, got {tca_s:g} s"
        )
    sides = []
    for edge in (begin, end):
        times = np.linspace(tca_s, edge, _DENSITY_SAMPLES)
        radius = [np.linalg.norm(motion.states(times)[:, :3], axis=1) for motion in (primary, secondary)]
        # An object that has failed has no states: the nodes end there.
        known = np.isfinite(radius[0] + radius[1])
        count = times.size if known.all() else int(np.argmin(known))
        if count == 0:
            raise InputError(
                f"tca_s: expected states of both objects at {tca_s:g} s, got none of one of them"
            )
        rate = np.sqrt(WGS72_MU_KM3_S2 / np.minimum(*radius)[:count] ** 3)
        step = abs(edge - tca_s) / (_DENSITY_SAMPLES - 1)
        turned = np.concatenate([[0.0], np.cumsum(0.5 * step * (rate[1:] + rate[:-1]))])
        wanted = np.linspace(0.0, turned[-1], max(int(np.ceil(turned[-1] / NODE_SPACING_RAD)), 1) + 1)
        sides.append(np.interp(wanted, turned, times[:count]) if turned[-1] > 0.0 else times[:1])
    return np.unique(np.concatenate(sides))


def closest_approaches(
    after: ManeuveredMotion, secondary: Motion, tca_s: float, nodes_s: Array
) -> BurnApproaches:
    """Find the closest approaches of k trajectories to the secondary.

    Parameters
    ----------
    after : ManeuveredMotion
        The trajectories after k burns.
    secondary : Motion
        The other object.
    tca_s : float
        Closest approach without a burn, s of run time.
    nodes_s : Array, shape (n,)
        Nodes within which minima are sought, s of run time (`search_nodes`).
    """
    k = len(after.burns)
    rows = np.flatnonzero(np.asarray(after.status) == int(MotionStatus.OK))
    time, neighbour = np.full(k, np.nan), np.full(k, np.nan)
    end = np.zeros(k, dtype=np.bool_)
    others = secondary.states(nodes_s)
    start = int(np.argmin(np.abs(nodes_s - tca_s)))
    chunk = max(_STATES_AT_ONCE // nodes_s.size, 1)
    for first in range(0, rows.size, chunk):
        some = rows[first : first + chunk]
        time[some], neighbour[some], end[some] = _minima(after, secondary, some, nodes_s, others, start)
    own, other = np.full((k, 6), np.nan), np.full((k, 6), np.nan)
    found = np.flatnonzero(np.isfinite(time))
    own[found] = after.states_along(found, time[found, None])[:, 0]
    other[found] = secondary.states(time[found])
    return BurnApproaches(time, own, other, neighbour, end)


def _minima(
    after: ManeuveredMotion, secondary: Motion, rows: Index, nodes_s: Array, others: Array, start: int
) -> tuple[Array, Array, Mask]:
    """(m,) times of each trajectory's own minimum and of its closer neighbour, and whether the former is an end of the
    nodes."""
    m, n = rows.size, nodes_s.size
    states = after.states_along(rows, np.broadcast_to(nodes_s, (m, n)))
    relative = others - states
    distance = np.linalg.norm(relative[:, :, :3], axis=2)
    # A trajectory that ends (at the ground) is infinitely far away.
    distance = np.where(np.isfinite(distance), distance, np.inf)
    own = _downhill(distance, start)
    time, miss = _refined(after, secondary, rows, nodes_s, own)
    lost = ~np.isfinite(distance[:, start])
    time = np.where(lost, np.nan, time)
    # All other samples where the distance falls and rises again, unless even the straight path from there stays farther
    # away.
    beyond = np.full((m, 1), np.inf)
    before, behind = np.hstack([beyond, distance[:, :-1]]), np.hstack([distance[:, 1:], beyond])
    lower = (distance < before) & (distance <= behind) & ~lost[:, None]
    speed = np.nan_to_num(np.linalg.norm(relative[:, :, 3:], axis=2), nan=np.inf)
    steps = np.diff(nodes_s, prepend=nodes_s[0], append=nodes_s[-1])
    lower &= distance - 1.5 * speed * np.maximum(steps[1:], steps[:-1]) < miss[:, None]
    at_row, at_node = np.nonzero(lower)
    other = at_node != own[at_row]
    at_row, at_node = at_row[other], at_node[other]
    neighbour = np.full(m, np.nan)
    if at_row.size:
        moments, distances = _refined(after, secondary, rows[at_row], nodes_s, at_node)
        inside = (moments > nodes_s[0] + _EDGE_S) & (moments < nodes_s[-1] - _EDGE_S)
        closer = inside & (distances < miss[at_row])
        order = np.argsort(-distances[closer], kind="stable")
        # The lowest is written last.
        neighbour[at_row[closer][order]] = moments[closer][order]
    edge = ((own == 0) & (time <= nodes_s[0])) | ((own == n - 1) & (time >= nodes_s[-1]))
    return time, neighbour, np.asarray(edge & ~lost)


def _downhill(distance: Array, start: int) -> Index:
    """(m,) the sample at which the distances (m, n) stop falling on the way from the sample `start`."""
    n = distance.shape[1]
    right, left = distance[:, start:], distance[:, start::-1]
    stops = [
        np.argmax(
            np.concatenate([side[:, 1:] >= side[:, :-1], np.ones((len(side), 1), bool)], axis=1), axis=1
        )
        for side in (left, right)
    ]
    to_left, to_right = start - stops[0], start + stops[1]
    begin = distance[:, max(start - 1, 0)] < distance[:, min(start + 1, n - 1)]
    return np.asarray(np.where((stops[0] > 0) & ((stops[1] == 0) | begin), to_left, to_right), dtype=np.int64)


def _refined(
    after: ManeuveredMotion, secondary: Motion, rows: Index, nodes_s: Array, at: Index
) -> tuple[Array, Array]:
    """The lowest minima (m,), s and km, of trajectories (m,) between the neighbours of nodes (m,)."""
    begin, end = nodes_s[np.maximum(at - 1, 0)], nodes_s[np.minimum(at + 1, nodes_s.size - 1)]
    burns = after.burns[rows]
    cuts = np.stack([begin, np.clip(burns.time_s, begin, end), np.clip(burns.end_s, begin, end), end], axis=1)
    owner, piece = np.nonzero(np.diff(cuts, axis=1) > 0.0)
    low, high = cuts[owner, piece], cuts[owner, piece + 1]
    time, miss = _lowest(after, secondary, rows[owner], low, high)
    # Written from the farthest to the closest, so that the closest piece remains.
    order = np.argsort(-np.nan_to_num(miss, nan=np.inf), kind="stable")
    best_time, best_miss = nodes_s[at].astype(np.float64), np.full(rows.size, np.inf)
    best_time[owner[order]], best_miss[owner[order]] = time[order], miss[order]
    return best_time, best_miss


def _lowest(
    after: ManeuveredMotion, secondary: Motion, rows: Index, low: Array, high: Array
) -> tuple[Array, Array]:
    """Time and distance (p,) of the lowest point between times low and high (p,), where motion is smooth."""
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    # Within the piece, so that no node belongs to the other side of a burn.
    roots = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
    times = middle[:, None] + half[:, None] * roots
    others = secondary.states(times.ravel())[:, :3].reshape(*times.shape, 3)
    relative = others - after.states_along(rows, times)[:, :, :3]
    to_coefficients = np.linalg.inv(np.polynomial.chebyshev.chebvander(roots, _DEGREE))
    coefficients = np.einsum("ij,pjc->pic", to_coefficients, relative)
    slopes = np.moveaxis(np.polynomial.chebyshev.chebder(np.moveaxis(coefficients, 1, 0)), 0, 1)

    def at(x: Array) -> tuple[Array, Array]:
        """Squared distance and half its slope at (p, s)."""
        powers = np.cos(np.arange(_DEGREE + 1) * np.arccos(np.clip(x, -1.0, 1.0))[:, :, None])
        place, rate = powers @ coefficients, powers[:, :, :-1] @ slopes
        return np.sum(place * place, axis=2), np.sum(place * rate, axis=2)

    grid = np.linspace(-1.0, 1.0, _SAMPLES)
    square, _ = at(np.broadcast_to(grid, (rows.size, _SAMPLES)))
    best = np.argmin(np.where(np.isfinite(square), square, np.inf), axis=1)
    left, right = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, _SAMPLES - 1)]
    for _ in range(_HALVINGS):
        x = 0.5 * (left + right)
        rising = at(x[:, None])[1][:, 0] > 0.0
        left, right = np.where(rising, left, x), np.where(rising, x, right)
    x = 0.5 * (left + right)
    return np.asarray(middle + half * x), np.asarray(np.sqrt(at(x[:, None])[0][:, 0]))
