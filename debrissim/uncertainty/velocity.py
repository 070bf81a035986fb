"""Velocity errors that go with modelled position errors: a (6, 6) covariance where only (3, 3) is known.

Source: the linear error of a near-circular orbit (Clohessy & Wiltshire 1960, "Terminal Guidance System for
Satellite Rendezvous", J. Aerospace Sci. 27(9), equations of relative motion), without its secular term.

With w the angular rate, eccentricity errors move an object by (R, T) = s (cos, 2 sin) along an ellipse, an
error of the mean longitude along the track, a tilt of the orbit's plane along N. As inertial velocities resolved in
frozen RTN axes these bring

    dv_R = -w T_longitude - w T_eccentricity / 2,   dv_T = -w R,   dv_N = w times a normal error a quarter orbit away.

Assumptions
- Errors of eccentricity have any phase (sigma 2 sigma_R along the track); what is left of sigma_T is mean longitude.
  Where sigma_T is below 2 sigma_R, all of it is eccentricity.
- No error of the period: element-set errors grow by days, encounters last minutes. So the orbits drift apart by
  what their means do; position errors keep their size from one revolution to the next.
- To first order in eccentricity, w = |r x v| / r^2 at the encounter.
- Correlations between position components are kept as given; the velocity follows by regression on the position.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.errors import InputError

Array = NDArray[np.float64]


def with_velocity_errors(position_covariance_rtn_km2: Array, state: Array) -> Array:
    """(m, 6, 6) km^2, km^2/s, km^2/s^2 in frozen RTN axes, its position block as given.

    position_covariance_rtn_km2: (m, 3, 3) in each object's own RTN; state: (m, 6) km, km/s, inertial.
    Raises InputError, naming the argument, where shapes disagree or a number is not finite.
    """
    position = np.asarray(position_covariance_rtn_km2, dtype=np.float64)
    states = np.asarray(state, dtype=np.float64)
    m = position.shape[0]
    for name, value, shape in (
        ("position_covariance_rtn_km2", position, (m, 3, 3)),
        ("state", states, (m, 6)),
    ):
        if value.shape != shape:
            raise InputError(f"{name}: expected shape {shape}, got {value.shape}")
        if not np.isfinite(value).all():
            raise InputError(f"{name}: expected finite numbers, got {value[~np.isfinite(value)][0]}")
    square = np.einsum("mi,mi->m", states[:, :3], states[:, :3])
    rate = np.linalg.norm(np.cross(states[:, :3], states[:, 3:]), axis=1) / square
    radial, along, normal = np.maximum(np.diagonal(position, axis1=1, axis2=2).T, 0.0)
    eccentric = np.minimum(4.0 * radial, along)
    share = np.divide(eccentric, along, out=np.zeros(m), where=along > 0.0)

    slope = np.zeros((m, 3, 3))
    slope[:, 0, 1] = -rate * (1.0 - 0.5 * share)
    slope[:, 1, 0] = -rate
    rest = np.zeros((m, 3, 3))
    rest[:, 0, 0] = 0.25 * rate**2 * eccentric * (1.0 - share)
    rest[:, 2, 2] = rate**2 * normal
    mixed = slope @ position
    out = np.zeros((m, 6, 6))
    out[:, :3, :3] = position
    out[:, 3:, :3] = mixed
    out[:, :3, 3:] = np.swapaxes(mixed, 1, 2)
    velocity = mixed @ np.swapaxes(slope, 1, 2) + rest
    out[:, 3:, 3:] = 0.5 * (velocity + np.swapaxes(velocity, 1, 2))
    return out
