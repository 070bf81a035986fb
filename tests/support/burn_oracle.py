"""A slow oracle of burns and the encounters after them, written without the code that it checks.

Every number comes from a numerical integration by scipy's DOP853: both objects are integrated from the closest
approach back to the burn, the velocity is changed (or a thrust arc flown), and both are integrated forward again past
the closest approach. That is searched for on a grid of 5 s and then by halving the interval of the range rate. The
probability is the plain integral of the normal distribution over the disc, in polar coordinates.

Units and frames: km, km/s, s, inertial axes (z along the Earth's axis where J2 is on); burns in m/s along R, T, N of
the spacecraft's inertial state without the burn, which turn with it during a thrust arc. Times count from the closest
approach without a burn. Earth: WGS-72 (mu 398600.8 km3/s2, radius 6378.135 km, J2 1.082616e-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import dblquad, solve_ivp

Floats = NDArray[np.float64]

MU, EARTH_KM, J2 = 398600.8, 6378.135, 1.082616e-3
GRID_S = 5.0
_HALVINGS = 50
_ROWS = 1500


@dataclass(frozen=True)
class Outcome:
    """The closest approach after each of k burns.

    shift_s (k,): its time; primary, secondary (k, 6): the states at it; window_edge (k,): whether the smallest distance
    lies at the edge of the window searched, so that it is no closest approach.
    """

    shift_s: Floats
    primary: Floats
    secondary: Floats
    window_edge: NDArray[np.bool_]

    @property
    def miss_km(self) -> Floats:
        """(k, 3): secondary minus primary, inertial."""
        return self.secondary[:, :3] - self.primary[:, :3]

    @property
    def distance_km(self) -> Floats:
        return np.linalg.norm(self.miss_km, axis=1)

    @property
    def relative_km_s(self) -> Floats:
        return self.secondary[:, 3:] - self.primary[:, 3:]

    @property
    def miss_rtn_km(self) -> Floats:
        """(k, 3): the miss along the axes of the primary at that closest approach."""
        return np.einsum("kij,kj->ki", axes(self.primary), self.miss_km)


def axes(states: Floats) -> Floats:
    """(k, 3, 3): R, T and N of states (k, 6) as rows."""
    radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1)[:, None]
    normal = np.cross(states[:, :3], states[:, 3:])
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    return np.stack([radial, np.cross(normal, radial), normal], axis=1)


def along_velocity_rtn(states: Floats) -> Floats:
    """(k, 3): the direction of the inertial velocity along R, T, N."""
    unit = states[:, 3:] / np.linalg.norm(states[:, 3:], axis=1)[:, None]
    return np.einsum("kij,kj->ki", axes(states), unit)


def acceleration(positions: Floats, with_j2: bool) -> Floats:
    """km/s2 at positions (k, 3)."""
    r = np.linalg.norm(positions, axis=1)[:, None]
    pull = -MU * positions / r**3
    if with_j2:
        z2 = (positions[:, 2:] / r) ** 2
        factor = np.concatenate([1.0 - 5.0 * z2, 1.0 - 5.0 * z2, 3.0 - 5.0 * z2], axis=1)
        pull = pull - 1.5 * J2 * MU * EARTH_KM**2 * positions * factor / r**5
    return pull


def fly(states: Floats, seconds: Any, with_j2: bool = False) -> Floats:
    """States (k, 6) after their own times (k,), by one integration over the fraction of the time that has passed."""
    states = np.array(states, dtype=float)
    spans = np.broadcast_to(np.asarray(seconds, dtype=float), (len(states),))
    parts = [
        _fly(states[rows], spans[rows], with_j2)
        for rows in np.array_split(np.arange(len(states)), len(states) // _ROWS + 1)
    ]
    return np.concatenate(parts)


def _fly(states: Floats, spans: Floats, with_j2: bool) -> Floats:
    if not len(states) or not spans.any():
        return states

    def rates(_: float, flat: Floats) -> Floats:
        y = flat.reshape(-1, 6)
        return (np.concatenate([y[:, 3:], acceleration(y[:, :3], with_j2)], axis=1) * spans[:, None]).ravel()

    return _last(rates, states.ravel(), 1.0).reshape(-1, 6)


def _last(rates: Any, start: Floats, end: float) -> Floats:
    # The error is a root mean square over all rows: the tolerance leaves room for the worst of 1,500.
    solution = solve_ivp(rates, (0.0, end), start, method="DOP853", rtol=1e-13, atol=1e-12)
    assert solution.success, solution.message
    return np.asarray(solution.y[:, -1])


def state_at_burn(primary: Floats, lead_s: Any, with_j2: bool = False) -> Floats:
    """(k, 6): the states of primaries (k, 6) their leads (k,) before the closest approach."""
    return fly(primary, -np.broadcast_to(np.asarray(lead_s, dtype=float), (len(primary),)), with_j2)


def after_burn(
    primary: Floats, lead_s: Any, burn_rtn_m_s: Floats, duration_s: float = 0.0, with_j2: bool = False
) -> Floats:
    """(k, 6): the states at time 0 of primaries (k, 6) that burn (k, 3) m/s, beginning their leads (k,) before it."""
    leads = np.broadcast_to(np.asarray(lead_s, dtype=float), (len(primary),))
    burn = np.broadcast_to(np.asarray(burn_rtn_m_s, dtype=float), (len(primary), 3)) / 1000.0
    start = state_at_burn(primary, leads, with_j2)
    if duration_s == 0.0:
        burned = start.copy()
        burned[:, 3:] += np.einsum("kij,ki->kj", axes(start), burn)
        return fly(burned, leads, with_j2)

    def rates(_: float, flat: Floats) -> Floats:
        free, thrust = flat.reshape(2, -1, 6)
        push = np.einsum("kij,ki->kj", axes(free), burn / duration_s)
        return np.concatenate(
            [
                np.concatenate([free[:, 3:], acceleration(free[:, :3], with_j2)], axis=1),
                np.concatenate([thrust[:, 3:], acceleration(thrust[:, :3], with_j2) + push], axis=1),
            ]
        ).ravel()

    both = _last(rates, np.concatenate([start, start]).ravel(), duration_s).reshape(2, -1, 6)
    return fly(both[1], leads - duration_s, with_j2)


def closest(primary: Floats, secondary: Floats, half_window_s: float, with_j2: bool = False) -> Outcome:
    """The smallest distance of pairs (k, 6) within the window about time 0 at which their states are given."""
    parts = [
        _closest(primary[rows], secondary[rows], half_window_s, with_j2)
        for rows in np.array_split(np.arange(len(primary)), len(primary) // _ROWS + 1)
    ]
    return Outcome(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Outcome.__dataclass_fields__)
    )


def _closest(primary: Floats, secondary: Floats, half_window_s: float, with_j2: bool) -> Outcome:
    count = len(primary)
    both = fly(np.concatenate([primary, secondary]), -half_window_s, with_j2)

    def rates(_: float, flat: Floats) -> Floats:
        y = flat.reshape(-1, 6)
        return np.concatenate([y[:, 3:], acceleration(y[:, :3], with_j2)], axis=1).ravel()

    times = np.linspace(0.0, 2.0 * half_window_s, round(2.0 * half_window_s / GRID_S) + 1)
    nearest = np.full(count, np.inf)
    index = np.zeros(count, dtype=int)
    before = both.copy()
    at, previous = both, both
    for k in range(len(times)):
        if k:
            previous, at = at, _step(rates, at, times[k] - times[k - 1])
        distance = np.linalg.norm(at[:count, :3] - at[count:, :3], axis=1)
        closer = distance < nearest
        nearest[closer], index[closer] = distance[closer], k
        for half in (slice(0, count), slice(count, None)):
            before[half][closer] = previous[half][closer]
    edge = (index == 0) | (index == len(times) - 1)
    low, high = np.zeros(count), np.full(count, 2.0 * GRID_S)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        there = fly(before, np.concatenate([middle, middle]), with_j2)
        apart = there[count:] - there[:count]
        receding = np.einsum("ki,ki->k", apart[:, :3], apart[:, 3:]) > 0.0
        low, high = np.where(receding, low, middle), np.where(receding, middle, high)
    middle = 0.5 * (low + high)
    there = fly(before, np.concatenate([middle, middle]), with_j2)
    shift = times[np.maximum(index - 1, 0)] - half_window_s + middle
    return Outcome(shift, there[:count], there[count:], edge)


def _step(rates: Any, states: Floats, seconds: float) -> Floats:
    return _last(rates, states.ravel(), seconds).reshape(-1, 6)


def covariance_along(states: Floats, covariance_rtn: Floats) -> Floats:
    """(k, 3, 3) km2: covariances (k, 3, 3) along R, T, N of states (k, 6), in inertial axes."""
    frame = axes(states)
    return np.einsum("kia,kij,kjb->kab", frame, np.broadcast_to(covariance_rtn, frame.shape), frame)


def plane_of(miss: Floats, relative: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """The miss (2,) and covariance (2, 2) in the plane across the relative velocity (3,)."""
    normal = relative / np.linalg.norm(relative)
    first = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
    first /= np.linalg.norm(first)
    plane = np.stack([first, np.cross(normal, first)])
    return plane @ miss, plane @ covariance @ plane.T


def probability(
    miss: Floats, relative: Floats, covariance: Floats, radius_m: float, rings: int = 200, rays: int = 720
) -> float:
    """The normal density about the miss over the disc of the hard body, on a polar grid.

    Along each ray Gauss-Legendre nodes; round the circle equal steps, which are exact for smooth periodic functions.
    """
    centre, spread = plane_of(miss, relative, covariance)
    nodes, weights = np.polynomial.legendre.leggauss(rings)
    radius = radius_m / 1000.0
    r = 0.5 * radius * (nodes + 1.0)
    angle = 2.0 * np.pi * np.arange(rays) / rays
    points = r[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1) - centre
    exponent = np.einsum("abi,ij,abj->ab", points, np.linalg.inv(spread), points)
    density = np.exp(-0.5 * exponent) / (2.0 * np.pi * np.sqrt(np.linalg.det(spread)))
    return float((0.5 * radius * weights * r) @ density.sum(axis=1) * 2.0 * np.pi / rays)


def probability_by_dblquad(miss: Floats, relative: Floats, covariance: Floats, radius_m: float) -> float:
    """The same by scipy's adaptive integration over the disc in Cartesian coordinates."""
    centre, spread = plane_of(miss, relative, covariance)
    inverse = np.linalg.inv(spread)
    radius = radius_m / 1000.0
    scale = 2.0 * np.pi * np.sqrt(np.linalg.det(spread))

    def density(y: float, x: float) -> float:
        point = np.array([x, y]) - centre
        return float(np.exp(-0.5 * point @ inverse @ point) / scale)

    value, _ = dblquad(
        density,
        -radius,
        radius,
        lambda x: -np.sqrt(max(0.0, radius**2 - x**2)),
        lambda x: np.sqrt(max(0.0, radius**2 - x**2)),
        epsabs=0.0,
        epsrel=1e-9,
    )
    return float(value)


def execution_covariance(
    burn_m_s: Floats, fixed: float, proportional: float, pointing_fixed: float, pointing_rad: float
) -> Floats:
    """(3, 3) m2/s2 of a burn (3,): errors of its size along it, of its direction across it (Gates 1963).

    fixed and pointing_fixed in m/s; proportional as a fraction of the size; pointing in rad.
    """
    size = float(np.linalg.norm(burn_m_s))
    if size == 0.0:
        return np.zeros((3, 3))
    along = np.outer(burn_m_s, burn_m_s) / size**2
    variance_along = fixed**2 + (proportional * size) ** 2
    variance_across = pointing_fixed**2 + (pointing_rad * size) ** 2
    return variance_along * along + variance_across * (np.eye(3) - along)


def burn_sensitivity(
    primary: Floats, lead_s: float, burn_rtn_m_s: Floats, step_m_s: float = 0.01, with_j2: bool = False
) -> Floats:
    """(6, 3) km and km/s per m/s: derivatives of the state at time 0 by the burn along R, T, N, by differences."""
    steps = np.concatenate([np.eye(3), -np.eye(3)]) * step_m_s + burn_rtn_m_s
    ends = after_burn(np.broadcast_to(primary, (6, 6)), lead_s, steps, 0.0, with_j2)
    return ((ends[:3] - ends[3:]) / (2.0 * step_m_s)).T


def smallest_on_grid(
    sizes_m_s: Floats, probabilities: Floats, distances_km: Floats, goal: float, miss_goal_km: float
) -> float:
    """The smallest of sizes in ascending order that meets both goals; NaN without one."""
    good = np.flatnonzero((probabilities <= goal) & (distances_km >= miss_goal_km))
    return float(sizes_m_s[good[0]]) if good.size else float("nan")
