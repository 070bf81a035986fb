"""Encounters whose collision probability is negligible regardless of the curvature of the orbits, so that the plane's
value is enough.

A search finds many encounters tens of standard deviations away. Where errors along the orbits are many kilometres,
straight motion is doubtful for these too, and the integration along orbits (`probability.algorithms.hall`) takes 10 ms
to return zero. Two bounds identify them: the gap between the two orbits where their planes meet (`node_gap`), whatever
the errors along the orbits, and the miss in the encounter plane, whatever the planes.

**The bound in the plane.** The errors are within K standard deviations except with a probability of a tenth of the
limit. Let s be the largest standard deviation of an object's position and v that of its velocity. An object displaced
by x along its orbit is off the tangent by at most x^2 / 2r, where r is the minimum radius of any orbit (the Earth's);
in the time K (s1 + s2) / w that displaced objects need to meet, where w is the relative speed, its velocity error moves
it by K v times that time. The miss of the curved orbits therefore differs from the miss in the plane by at most

    b = K^2 (s1^2 + s2^2) / 2r + K^2 (v1 + v2) (s1 + s2) / w,

and b is increased by half here. In the encounter plane with the covariance C, whose smallest standard deviation is c
and whose determinant is D, no point within R + b of the miss, where R is the hard-body radius, is closer to the origin
than M - (R + b) / c in units of the errors, M being the Mahalanobis distance of the miss. The probability is at most

    R^2 / (2 sqrt(D)) exp(-max(M - (R + b) / c, 0)^2 / 2).

For an execution error anywhere between none and the expected one, D is taken without it and M with it. The same
expression with b = 0 bounds the reported value in the plane, which must also be below the limit if only the gap is
wide. Slow encounters (below `FASTEST_SLOW_KM_S`) are never negligible.
"""

from __future__ import annotations

import numpy as np
import scipy

from debrissim.core.arrays import Array, Mask
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.maneuvers.node_gap import node_gap_bound
from debrissim.probability.computable import check_computable
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.two_body import is_bound

FASTEST_SLOW_KM_S = 0.5
_MARGIN = 1.5


def is_negligible(exact: StatePair, expected: StatePair, radius_km: Array, limit: float) -> Mask:
    """Find the encounters whose probability is shown by the bounds of this module to be below a limit.

    Parameters
    ----------
    exact, expected : StatePair
        m encounters, without the execution errors and with them.
    radius_km : Array, shape (m,)
        Combined radii, km.
    limit : float
        Limit of the probability.

    Returns
    -------
    (m,) bool; False where a probability cannot be computed.
    """
    speed = np.linalg.norm(exact.relative_state[:, 3:], axis=1)
    usable = check_computable(exact).usable & check_computable(expected).usable & (speed > FASTEST_SLOW_KM_S)
    out = np.zeros(len(exact), dtype=np.bool_)
    rows = np.flatnonzero(usable)
    if not rows.size:
        return out
    narrow, wide = exact[rows], expected[rows]
    bent_km = _bent_km(wide, speed[rows], -float(scipy.special.ndtri(0.05 * limit)))
    out[rows] = _bound_in_the_plane(narrow, wide, radius_km[rows], bent_km) < 0.5 * limit
    straight = _bound_in_the_plane(narrow, wide, radius_km[rows], np.zeros(rows.size)) < 0.5 * limit
    rows = rows[~out[rows] & straight]
    rows = rows[is_bound(expected.primary_state[rows]) & is_bound(expected.secondary_state[rows])]
    sound, clipped = expected[rows].remediated()
    out[rows] = ~clipped & (node_gap_bound(sound, radius_km[rows], 0.1 * limit) < 0.5 * limit)
    return out


def _bound_in_the_plane(narrow: StatePair, wide: StatePair, radius_km: Array, bent_km: Array) -> Array:
    """(m,) the bound of this module without the tenth of the limit, for misses wrong by up to bent_km (m,)."""
    relative = narrow.relative_state
    first, second = (
        encounter_plane(relative[:, :3], relative[:, 3:], pair.relative_covariance[:, :3, :3])
        for pair in (narrow, wide)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        smallest = np.sqrt(np.linalg.eigvalsh(first.covariance_km2)[:, 0])
        determinant = np.linalg.det(first.covariance_km2)
        nearest = np.maximum(second.mahalanobis_distance - (radius_km + bent_km) / smallest, 0.0)
        return np.asarray(0.5 * radius_km**2 / np.sqrt(determinant) * np.exp(-0.5 * nearest**2))


def _bent_km(pair: StatePair, speed_km_s: Array, sigmas: float) -> Array:
    """(m,) km, the largest effect of curvature and of velocity errors on the miss, with its margin."""
    sigma, rate = np.zeros((2, len(pair)))
    squares = np.zeros(len(pair))
    for covariance in (pair.primary_covariance, pair.secondary_covariance):
        variance = np.linalg.eigvalsh(covariance[:, :3, :3])[:, -1]
        squares += variance
        sigma += np.sqrt(variance)
        rate += np.sqrt(np.maximum(np.linalg.eigvalsh(covariance[:, 3:, 3:])[:, -1], 0.0))
    bent = squares / (2.0 * WGS72_RADIUS_KM) + rate * sigma / speed_km_s
    return np.asarray(_MARGIN * sigmas**2 * bent)
