"""Ephemeris windows: SGP4 at Chebyshev nodes, and a matrix product for all times between them.

Over a window of some hours each object gets p SGP4 positions at Chebyshev points of the first kind; the polynomial
through them is evaluated at any times as `L @ nodes` with L of shape (times, p), which a BLAS computes at full speed
for thousands of objects at once (Berrut & Trefethen 2004, "Barycentric Lagrange Interpolation";
Trefethen 2013, "Approximation Theory and Approximation Practice", ch. 4 and 8). Only positions are used: SGP4's
velocity is not the derivative of its position and would spoil the interpolant. The interpolant is never differentiated
either: near the ends of a window its error oscillates as fast as the nodes are close.

The number of nodes of an object is estimated from its orbit (`nodes_needed`), then checked: the size of the last
Chebyshev coefficients bounds the error, and an object with a bound above the tolerance is repeated with more nodes.
Every window is checked.

An object for which SGP4 fails inside the window keeps its ephemeris up to the first failure: its polynomial spans only
that shorter interval, after which the object does not exist. The same holds for an object that SGP4 cannot run back
from its epoch to the start of the window: it does not exist before the failure that is nearest to its epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.propagation.chebyshev import chebyshev_nodes, interpolation_matrix, tail_bound
from debrissim.propagation.continuation import chord_s, continued_error_km
from debrissim.propagation.element_conversions import kepler_elements, perigee_radius_km
from debrissim.propagation.failure import lifetime
from debrissim.propagation.sgp4 import Propagator

USUAL_EXTRA_KM = 0.15
"""Sum of roughness and rounding in the error bounds of all but a few objects."""

MatrixSource = Callable[[int], Array]

NODE_COUNTS = (8, 10, *range(12, 48, 2), 48, 52, 56, 64, 72, 80, 96, 112, 128, 160, 192, 256, 384, 512)
"""The polynomial sizes in use: objects of one size share one matrix product."""

_MAX_ROUNDING_KM = 0.1
"""Positions with a rounding error of at most this are evaluated in single precision, in half the time: the error is
0.04 km in low orbits, but a hundred nodes at 40,000 km would make it 1 km."""

NO_EPHEMERIS_KM = 1e9
"""Distance at which an object without an ephemeris is placed: out of reach of everything, yet finite."""

NO_EPHEMERIS_LIMIT_KM = 0.1 * NO_EPHEMERIS_KM
"""An object beyond this distance has no ephemeris."""

_LOW_PERIGEE_KM = WGS72_RADIUS_KM + 60.0


@dataclass(frozen=True, eq=False)
class NodeGroup:
    """Objects with the same number of nodes over the same interval.

    rows: (g,) object indices; start_s, end_s: the interval, run time; nodes_km: (p, 3, g) TEME positions at the nodes,
    in the precision of the evaluation.
    """

    rows: Index
    start_s: float
    end_s: float
    nodes_km: NDArray[Any]


@dataclass(frozen=True, eq=False)
class EphemerisWindow:
    """n objects over a window.

    | column             | shape | unit                                                                       |
    |--------------------|-------|----------------------------------------------------------------------------|
    | start_s, end_s     |       | run time                                                                   |
    | groups             |       | `NodeGroup`s; their rows, one after the other, are `rows`                  |
    | rows               | (n,)  | object index of each column of an evaluation                               |
    | error_bound_km     | (n,)  | bound on |interpolant - SGP4| anywhere in the interval of the object       |
    | grace_s            |       | time for which a failed object continues in a straight line                |
    | failed_rows, failure_s, failure_code | (f,) | objects that SGP4 fails for here: the valid time next to it    |
    | failure_backward   | (f,)  | the failure lies before that time: SGP4 cannot be run back further         |
    """

    start_s: float
    end_s: float
    groups: tuple[NodeGroup, ...]
    rows: Index
    error_bound_km: Array
    grace_s: float
    failed_rows: Index
    failure_s: Array
    failure_code: NDArray[np.uint8]
    failure_backward: NDArray[np.bool_]

    def positions(self, times_s: Array, matrices: MatrixSource) -> NDArray[np.float32]:
        """Evaluate the positions of all objects at times inside the window, rounded to single precision.

        Outside its interval (beyond a failure) an object continues in a straight line for `grace_s`, which its
        `error_bound_km` covers (see `make_window`); further out it is placed beyond `NO_EPHEMERIS_KM`.

        Parameters
        ----------
        times_s : Array, shape (t,)
            Run time in s, inside the window.
        matrices : callable
            Returns the interpolation matrix (t, p) of p nodes over the whole window at these times
            (`interpolation_matrix`, or rows of a table made once, because all windows of a run are alike).

        Returns
        -------
        array of float32, shape (t, 3, n)
            Positions in km, TEME; the columns are the objects `rows`.
        """
        out = np.empty((times_s.shape[0], 3, self.rows.shape[0]), dtype=np.float32)
        column = 0
        for group in self.groups:
            count, _, size = group.nodes_km.shape
            flat = group.nodes_km.reshape(count, 3 * size)
            end = column + size
            whole = group.start_s == self.start_s and group.end_s == self.end_s
            matrix = (
                matrices(count) if whole else interpolation_matrix(count, group.start_s, group.end_s, times_s)
            ).astype(flat.dtype)
            out[:, :, column:end] = (matrix @ flat).reshape(-1, 3, size)
            if not whole:
                for edge_s, inward in ((group.start_s, 1.0), (group.end_s, -1.0)):
                    beyond = np.flatnonzero(inward * (times_s - edge_s) < 0.0)
                    if beyond.size:
                        out[beyond, :, column:end] = self._beyond(
                            group, edge_s, inward, times_s[beyond], column
                        )
            column = end
        return out

    def _beyond(self, group: NodeGroup, edge_s: float, inward: float, times_s: Array, column: int) -> Array:
        """(t, 3, g) km beyond an end of an interval: along the chord next to it, then out of reach.

        inward: 1 if the interval lies after the edge, -1 if before it.
        """
        count, _, size = group.nodes_km.shape
        chord = chord_s(group.end_s - group.start_s, self.grace_s)
        ends = np.array([edge_s + inward * chord, edge_s])
        flat = group.nodes_km.reshape(count, 3 * size)
        inside, last = (interpolation_matrix(count, group.start_s, group.end_s, ends) @ flat).reshape(
            2, 3, size
        )
        elapsed = np.abs(times_s - edge_s)
        on_chord = last + elapsed[:, None, None] * ((last - inside) / chord if chord else 0.0)
        # Each failed object has its own position, so that no two of them meet out there.
        distance_km = NO_EPHEMERIS_KM * (1.0 + np.arange(column, column + size))
        out_of_reach = np.broadcast_to(
            np.stack([distance_km, np.zeros(size), np.zeros(size)]), on_chord.shape
        )
        return np.where(elapsed[:, None, None] <= self.grace_s, on_chord, out_of_reach)


def nodes_needed(
    positions_km: Array, velocities_km_s: Array, duration_s: float, tolerance_km: float
) -> Index:
    """Estimate (n,) of the number of Chebyshev nodes for Kepler orbits through states (n, 3) at the start of a window.

    A Kepler orbit is analytic in time except for branch points at its perigee passages, displaced into the complex
    plane by (acosh(1/e) - sqrt(1 - e^2)) / n; Chebyshev series on an interval converge as rho^-p, where rho belongs
    to the largest ellipse clear of them (Trefethen 2013, theorem 8.2). Near-circular orbits are limited by
    the number of revolutions instead, mostly by the J2 short-period terms at twice the orbital frequency. The
    constants are fitted to a real catalogue so that 19 of 20 objects pass the check at once; a wrong estimate costs
    time, never accuracy.
    """
    axis, eccentricity, anomaly = kepler_elements(positions_km, velocities_km_s)
    radius = np.linalg.norm(positions_km, axis=1)
    rate = np.sqrt(WGS72_MU_KM3_S2 / axis**3)
    eccentricity = np.clip(eccentricity, 1e-6, 0.999)
    half = 0.5 * duration_s
    revolutions_term = 3.1 * rate * half + 7.0 + 4.0 * np.log10(1.0 / tolerance_km)
    depth = (np.arccosh(1.0 / eccentricity) - np.sqrt(1.0 - eccentricity**2)) / rate / half
    # The perigee passages just before, inside and just after the window.
    period = 2.0 * np.pi / rate
    first = -np.mod(anomaly, 2.0 * np.pi) / rate
    passages = first[:, None] + np.outer(period, np.arange(int(duration_s / period.min()) + 2.0))
    point = (passages - half) / half + 1j * depth[:, None]
    joukowski = point + np.sqrt(point - 1.0) * np.sqrt(point + 1.0)
    log_rho = np.log(np.maximum(np.abs(joukowski).min(axis=1), 1.02))
    perigee_term = np.log(3.0 * radius / tolerance_km) / log_rho + 7.0
    needed = np.maximum(np.minimum(perigee_term, 512.0), np.maximum(revolutions_term, 8.0))
    return np.asarray(np.ceil(needed), dtype=np.int64)


def make_window(
    propagator: Propagator,
    rows: Index,
    start_s: float,
    end_s: float,
    tolerance_km: float,
    grace_s: float = 0.0,
    relevant: Callable[[Array, Array], NDArray[np.bool_]] | None = None,
    anchor_s: Array | None = None,
    suspects: Index | None = None,
) -> EphemerisWindow:
    """Make the ephemerides of objects over a window, each within a tolerance of SGP4 if possible.

    Objects that fail at the moment of the window next to their anchor are left out and reported as failed there.

    Parameters
    ----------
    propagator : Propagator
        SGP4 for all objects.
    rows : Index, shape (n,)
        Object indices.
    start_s, end_s : float
        The window, run time in s.
    tolerance_km : float
        Requested accuracy in km. An object that exceeds it even with the maximum number of nodes keeps its wider
        bound.
    grace_s : float
        An object that fails continues in a straight line for this time (s), and its error bound grows by the effect
        that gravity and the error of the line's direction can have within it.
    relevant : callable, optional
        Takes the states (n, 3) km, (n, 3) km/s at start_s and returns (n,) which objects to keep; objects that may
        fail in the window are always kept.
    anchor_s : Array, shape (N,), optional
        The moment at which each object of the propagator is known to exist, from which its failures are searched for in
        both directions; by default the start of the window.
    suspects : Index, optional
        Objects that are known to fail in the window.
    """
    anchor = np.full(rows.shape, start_s) if anchor_s is None else np.clip(anchor_s[rows], start_s, end_s)
    anchored = rows
    codes, positions, velocities, _, _ = propagator.snapshot(rows, start_s)
    failing = codes != 0
    absent = failing & (anchor == start_s)
    failed = [
        (int(row), start_s, int(code), False) for row, code in zip(rows[absent], codes[absent], strict=True)
    ]
    to_follow = set(rows[failing & ~absent].tolist())
    valid = ~failing
    rows, positions, velocities = rows[valid], positions[valid], velocities[valid]

    low = perigee_radius_km(positions, velocities) < _LOW_PERIGEE_KM
    if suspects is not None:
        low |= np.isin(rows, suspects)
    if relevant is not None:
        kept = low | relevant(positions, velocities)
        rows, positions, velocities, low = rows[kept], positions[kept], velocities[kept], low[kept]
    groups: list[NodeGroup] = []
    bounds: list[Array] = []
    needed = nodes_needed(positions, velocities, end_s - start_s, tolerance_km) if rows.size else rows
    size_class = np.minimum(np.searchsorted(NODE_COUNTS, needed), len(NODE_COUNTS) - 1)
    to_follow.update(rows[low].tolist())
    for level, count in enumerate(NODE_COUNTS):
        chosen = np.flatnonzero((size_class == level) & ~low)
        if chosen.size == 0:
            continue
        nodes, bad = _sample(propagator, rows[chosen], start_s, end_s, count)
        to_follow.update(rows[chosen[bad]].tolist())
        bound = tail_bound(nodes)
        good = ~bad & (bound <= tolerance_km)
        if level + 1 == len(NODE_COUNTS):
            good = ~bad
        else:
            size_class[chosen[~bad & ~good]] = level + 1
        size_class[chosen[bad]] = -1
        if good.any():
            light = _rounding(nodes, np.float32) <= _MAX_ROUNDING_KM
            for precision, part in ((np.float32, good & light), (np.float64, good & ~light)):
                if part.any():
                    members = rows[chosen[part]]
                    rounded = nodes[:, :, part].astype(precision, order="C")
                    groups.append(NodeGroup(members, start_s, end_s, rounded))
                    extra = propagator.roughness_km(members) + _rounding(rounded, precision)
                    bounds.append(bound[part] + extra)

    for row in sorted(to_follow):
        found = lifetime(propagator, row, start_s, end_s, float(anchor[np.argmax(anchored == row)]))
        if found.begin_code:
            failed.append((row, found.begin_s, found.begin_code, True))
        if found.end_code and found.exists:
            failed.append((row, found.end_s, found.end_code, False))
        if found.end_s > found.begin_s:
            group, bound = _single(propagator, row, found.begin_s, found.end_s, tolerance_km)
            groups.append(group)
            error = bound + propagator.roughness_km(group.rows) + _rounding(group.nodes_km, np.float64)
            if found.begin_code or found.end_code:
                error = continued_error_km(error, found.end_s - found.begin_s, grace_s)
            bounds.append(error)

    return EphemerisWindow(
        start_s=start_s,
        end_s=end_s,
        groups=tuple(groups),
        rows=np.concatenate([g.rows for g in groups]) if groups else np.empty(0, dtype=np.int64),
        error_bound_km=np.concatenate(bounds) if bounds else np.empty(0),
        grace_s=grace_s,
        failed_rows=np.array([f[0] for f in failed], dtype=np.int64),
        failure_s=np.array([f[1] for f in failed], dtype=np.float64),
        failure_code=np.array([f[2] for f in failed], dtype=np.uint8),
        failure_backward=np.array([f[3] for f in failed], dtype=np.bool_),
    )


def _rounding(nodes_km: NDArray[Any], precision: type[np.floating]) -> Array:
    """(n,) km, bound on the rounding error of an evaluation with nodes (p, 3, n) in a precision.

    p products of nodes with Lagrange polynomials, whose absolute values sum to the Lebesgue constant of Chebyshev's
    points at most (Trefethen 2013, theorem 15.2), summed in that precision; and the result in single precision.
    """
    count = nodes_km.shape[0]
    lebesgue = 2.0 / np.pi * np.log(count) + 1.0
    units = (count + 2.0) * lebesgue * np.finfo(precision).eps + np.finfo(np.float32).eps
    # Half an epsilon for each rounding, in each of three coordinates.
    return np.asarray(0.5 * np.sqrt(3.0) * units * np.abs(nodes_km).max(axis=(0, 1)), dtype=np.float64)


def _sample(
    propagator: Propagator, rows: Index, start_s: float, end_s: float, count: int
) -> tuple[Array, NDArray[np.bool_]]:
    """Node positions (count, 3, n) of rows (n,), and for which of them SGP4 fails at a node."""
    times = 0.5 * (start_s + end_s) + 0.5 * (end_s - start_s) * chebyshev_nodes(count)
    codes, positions = propagator.positions(rows, times)
    return positions, codes != 0


def _single(
    propagator: Propagator, row: int, start_s: float, end_s: float, tolerance_km: float
) -> tuple[NodeGroup, Array]:
    """One object over its own interval, with as many nodes as the tolerance requires."""
    rows = np.array([row], dtype=np.int64)
    for count in NODE_COUNTS[2:]:
        nodes, _ = _sample(propagator, rows, start_s, end_s, count)
        bound = tail_bound(nodes)
        if bound[0] <= tolerance_km:
            break
    return NodeGroup(rows, start_s, end_s, nodes), bound
