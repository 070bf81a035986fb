"""Covariances along a segment, at any moment and positive definite.

Between two stated covariances both are propagated to the moment by the transition matrix of motion with J2
(`debrissim.propagation.conics`) and mixed in the ratio of the times: P = (1 - w) Phi1 P1 Phi1^T + w Phi2 P2 Phi2^T. A
sum of positive definite matrices with positive weights is positive definite; a covariance that only moves with the
orbit is reproduced at any distance between the moments, and the process noise that the operator added grows
evenly. All computations use square roots (P = S S^T, of correlations rather than covariances, so that units do not
matter; Bierman 1977, "Factorization Methods for Discrete Sequential Estimation"), which keeps the small eigenvalues.

Where a file states covariances of the position only, they are interpolated as P = exp((1 - w) log P1 + w log P2) in RTN
axes (log-Euclidean; Arsigny et al. 2006, Magnetic Resonance in Medicine 56), which follow the orbit.

Before the first and after the last stated covariance, the nearest one is propagated, up to a limit, and labelled
accordingly: this adds no process noise, and after a day drag dominates in low orbits. Covariances of the position only
are not propagated. The result always carries the source of each covariance, and the reason if there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array, Index
from debrissim.core.errors import InputError
from debrissim.ephemerides.ephemeris import Segment, elapsed_s
from debrissim.ephemerides.interpolation import ArcTable, arc_states
from debrissim.propagation.conics import state_transition, steps_with_j2
from debrissim.propagation.frames import rtn_basis

PROPAGATION_LIMIT_S = 86400.0
"""Default limit of the propagation beyond the stated covariances."""

_SAME_S = 1e-6


class CovarianceSource(IntEnum):
    """The origin of a covariance, or the reason why there is none."""

    STATED = 0
    INTERPOLATED = 1
    PROPAGATED = 2
    NOT_STATED = 10
    TOO_FAR = 11
    NO_VELOCITY = 12
    NO_STATE = 13
    NOT_POSITIVE = 14

    @property
    def reason(self) -> str:
        """The reason why there is no covariance, in words for a list; "" if there is one."""
        return {
            CovarianceSource.NOT_STATED: "the ephemeris states no covariance there",
            CovarianceSource.TOO_FAR: "too far from the covariances that the ephemeris states",
            CovarianceSource.NO_VELOCITY: "outside the covariances of the ephemeris, which are of the position only",
            CovarianceSource.NO_STATE: "the ephemeris has no position then",
            CovarianceSource.NOT_POSITIVE: "the ephemeris states a variance that is not positive",
        }.get(self, "")


@dataclass(frozen=True, eq=False)
class CovariancesAlong:
    """Covariances of one object at m moments.

    | column         | shape     | unit, frame                                                                 |
    |----------------|-----------|-----------------------------------------------------------------------------|
    | covariance     | (m, 6, 6) | km2, km2/s, km2/s2; RTN axes of the moment, held fixed; NaN where there is none |
    | source         | (m,)      | `CovarianceSource`                                                          |
    | age_s          | (m,)      | s since the stated covariance that is nearest in time, negative before it   |
    | sigma_factor   |           | factor applied to all standard deviations                                   |
    | floor_km       | (3,)      | smallest standard deviation of the position along R, T and N, applied last   |
    """

    covariance: Array
    source: NDArray[np.uint8]
    age_s: Array
    sigma_factor: float
    floor_km: tuple[float, float, float]

    @property
    def position(self) -> Array:
        """Covariances of the position (m, 3, 3) km2, RTN."""
        return self.covariance[:, :3, :3]


def covariances_along(
    segment: Segment,
    index: int,
    table: ArcTable,
    times_s: Array,
    start_jd: float,
    start_fraction: float,
    *,
    limit_s: float = PROPAGATION_LIMIT_S,
    sigma_factor: float = 1.0,
    floor_km: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> CovariancesAlong:
    """Covariances of an object at moments of one segment, such as closest approaches.

    Parameters
    ----------
    segment, index : Segment, int
        The segment, and its index in the table.
    table : ArcTable
        Arcs of the object.
    times_s : Array, shape (m,)
        Run time in s.
    start_jd, start_fraction : float
        UTC, split Julian date: run time 0.
    limit_s : float
        Longest time beyond the stated covariances.
    sigma_factor : float
        Realism factor: multiplies all standard deviations.
    floor_km : tuple of three floats
        Smallest standard deviation of the position along R, T and N, in km. The variance of an axis below it is raised,
        which lowers its correlations with the others.

    Returns
    -------
    CovariancesAlong
        In the order of the times.

    Raises
    ------
    InputError
        If a factor, floor or limit is negative or not finite.
    """
    _check(sigma_factor, floor_km, limit_s)
    times = np.asarray(times_s, dtype=np.float64)
    history = segment.covariances
    known, states = segment_states(table, index, times)
    out = np.full((times.size, 6, 6), np.nan)
    source = np.full(times.size, CovarianceSource.NO_STATE, dtype=np.uint8)
    age = np.full(times.size, np.nan)
    if history is not None:
        moments = elapsed_s(history.jd, history.fraction, start_jd, start_fraction)
        used = _neighbours(moments, _is_covered(table, index, moments), times[known])
    if history is None or not used.size:
        source[known] = CovarianceSource.NOT_STATED
        return CovariancesAlong(out, source, age, sigma_factor, floor_km)
    _, node_states = segment_states(table, index, moments[used])
    chosen = np.flatnonzero(known)
    out[chosen], source[chosen], age[chosen] = interpolate_covariances(
        moments[used], node_states, history.covariance[used], times[chosen], states[chosen], limit_s
    )
    return CovariancesAlong(adjusted(out, sigma_factor, floor_km), source, age, sigma_factor, floor_km)


def _is_covered(table: ArcTable, index: int, times_s: Array) -> NDArray[np.bool_]:
    """(m,) whether an arc of a segment covers times (m,)."""
    covered = np.zeros(times_s.size, dtype=bool)
    for arc in np.flatnonzero(table.segment == index):
        covered |= (table.begin_s[arc] <= times_s) & (times_s <= table.end_s[arc])
    return covered


def _neighbours(moments_s: Array, usable: NDArray[np.bool_], times_s: Array) -> Index:
    """The usable moments (c,), in order, each of which is the last before or the first after one of the times (m,)."""
    given = np.flatnonzero(usable)
    if not given.size:
        return given
    after = np.searchsorted(moments_s[given], times_s, side="right")
    places = np.concatenate([after - 1, after])
    return np.asarray(given[np.unique(np.clip(places, 0, given.size - 1))])


def segment_states(table: ArcTable, index: int, times_s: Array) -> tuple[NDArray[np.bool_], Array]:
    """Mask of the times (m,) that an arc of a segment covers, and the states (m, 6) in km, km/s there; NaN
    elsewhere."""
    known = np.zeros(times_s.size, dtype=bool)
    states = np.full((times_s.size, 6), np.nan)
    for arc in np.flatnonzero(table.segment == index):
        inside = np.flatnonzero(~known & (table.begin_s[arc] <= times_s) & (times_s <= table.end_s[arc]))
        if inside.size:
            _, position, velocity = arc_states(table, np.array([arc]), times_s[inside])
            states[inside] = np.concatenate([position[0], velocity[0]], axis=1)
            known[inside] = True
    return known, states


def interpolate_covariances(
    node_s: Array, node_states: Array, covariance: Array, times_s: Array, states: Array, limit_s: float
) -> tuple[Array, NDArray[np.uint8], Array]:
    """Covariances (m, 6, 6), RTN, their sources and ages (m,) at times (m,) with states (m, 6).

    node_s (c,), node_states (c, 6), covariance (c, 6, 6): the stated covariances, in order of time, RTN.
    """
    count, size = node_s.size, times_s.size
    after = np.clip(np.searchsorted(node_s, times_s, side="right"), 1, max(count - 1, 1))
    before = np.minimum(after - 1, count - 1)
    after = np.minimum(after, count - 1)
    early, late = times_s < node_s[0], times_s > node_s[-1]
    before, after = np.where(late, count - 1, before), np.where(early, 0, after)
    before, after = np.where(early, 0, before), np.where(late, count - 1, after)
    span = node_s[after] - node_s[before]
    weight = np.where(span > 0.0, (times_s - node_s[before]) / np.where(span > 0.0, span, 1.0), 0.0)
    nearest = np.where(weight <= 0.5, before, after)
    age = times_s - node_s[nearest]

    source = np.full(size, CovarianceSource.INTERPOLATED, dtype=np.uint8)
    exact = np.abs(age) <= _SAME_S
    source[exact] = CovarianceSource.STATED
    outside = (early | late) & ~exact
    source[outside] = CovarianceSource.PROPAGATED
    whole = np.asarray(np.isfinite(covariance).all(axis=(1, 2)))
    positions_only = ~(whole[before] & whole[after])
    source[outside & positions_only] = CovarianceSource.NO_VELOCITY
    source[outside & (np.abs(age) > limit_s)] = CovarianceSource.TOO_FAR

    out = np.full((size, 6, 6), np.nan)
    given = source <= CovarianceSource.PROPAGATED
    rows = np.flatnonzero(given & ~positions_only)
    if rows.size:
        out[rows] = _moved(node_s, node_states, covariance, times_s, states, before, after, weight, rows)
    rows = np.flatnonzero(given & positions_only)
    if rows.size:
        mixed = log_euclidean(covariance[before[rows], :3, :3], covariance[after[rows], :3, :3], weight[rows])
        out[rows, :3, :3] = mixed
    out[exact] = covariance[nearest[exact]]
    return out, source, age


def _moved(
    node_s: Array, node_states: Array, covariance: Array, times_s: Array, states: Array,
    before: Index, after: Index, weight: Array, rows: Index,
) -> Array:  # fmt: skip
    """Covariances (r, 6, 6) from those before and after, propagated along the orbit and mixed."""
    to_rtn = _rotations(states[rows])
    roots = []
    for node, part in ((before[rows], 1.0 - weight[rows]), (after[rows], weight[rows])):
        start = node_states[node]
        transition = _transitions(start, times_s[rows] - node_s[node])
        back = np.swapaxes(_rotations(start), 1, 2)
        root = to_rtn @ transition @ back @ square_root(covariance[node])
        roots.append(np.sqrt(part)[:, None, None] * root)
    # An orthogonal transformation combines both into one square root.
    upper = np.linalg.qr(np.swapaxes(np.concatenate(roots, axis=2), 1, 2), mode="r")
    return np.asarray(np.swapaxes(upper, 1, 2) @ upper)


def _transitions(states: Array, seconds: Array) -> Array:
    """Matrices (m, 6, 6) of motion with J2, each independent of the other rows."""
    out = np.empty((seconds.size, 6, 6))
    steps = steps_with_j2(states, seconds)
    for count in np.unique(steps):
        rows = np.flatnonzero(steps == count)
        _, out[rows] = state_transition(states[rows], seconds[rows], gravity="j2")
    return out


def _rotations(states: Array) -> Array:
    """Matrices (m, 6, 6) from inertial states (m, 6) to RTN axes held fixed."""
    out = np.zeros((states.shape[0], 6, 6))
    out[:, :3, :3] = out[:, 3:, 3:] = rtn_basis(states[:, :3], states[:, 3:])
    return out


def square_root(covariance: Array) -> Array:
    """S (m, n, n) with S S^T equal to covariances (m, n, n); negative eigenvalues, as by rounding, become zero."""
    sigma = np.sqrt(np.maximum(np.einsum("mii->mi", covariance), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    values, vectors = np.linalg.eigh(covariance / (scale[:, :, None] * scale[:, None, :]))
    return np.asarray(scale[:, :, None] * vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])


def log_euclidean(first: Array, second: Array, weight: Array) -> Array:
    """exp((1 - w) log P1 + w log P2) of covariances (m, n, n) and weights w (m,).

    Eigenvalues below 1e-14 times the largest are raised to that value.
    """

    def logarithm(matrix: Array) -> Array:
        values, vectors = np.linalg.eigh(matrix)
        values = np.log(np.maximum(values, np.maximum(1e-14 * values[:, -1:], 1e-300)))
        return np.asarray((vectors * values[:, None, :]) @ np.swapaxes(vectors, 1, 2))

    w = weight[:, None, None]
    values, vectors = np.linalg.eigh((1.0 - w) * logarithm(first) + w * logarithm(second))
    root = vectors * np.exp(0.5 * values)[:, None, :]
    return np.asarray(root @ np.swapaxes(root, 1, 2))


def adjusted(covariance: Array, sigma_factor: float, floor_km: tuple[float, float, float]) -> Array:
    """Covariances (m, 6, 6), RTN, times the square of a factor, with variances of the position raised to a floor."""
    out = sigma_factor**2 * covariance
    for axis, sigma in enumerate(floor_km):
        out[:, axis, axis] = np.maximum(out[:, axis, axis], sigma**2)
    return np.asarray(out)


def _check(sigma_factor: float, floor_km: tuple[float, float, float], limit_s: float) -> None:
    if not (np.isfinite(sigma_factor) and sigma_factor > 0.0):
        raise InputError(f"sigma_factor: expected a finite number > 0, got {sigma_factor}")
    if len(floor_km) != 3 or not all(np.isfinite(sigma) and sigma >= 0.0 for sigma in floor_km):
        raise InputError(f"floor_km: expected three finite numbers >= 0, got {floor_km}")
    if not (np.isfinite(limit_s) and limit_s >= 0.0):
        raise InputError(f"limit_s: expected a finite number >= 0, got {limit_s}")
