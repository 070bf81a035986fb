"""Covariances between an object's RTN and the inertial frame: of position, and of position and velocity.

Source: Vallado & Alfano (2015), "Updated Analytical Partials for Covariance Transformations and
Optimization", AAS 15-537: C' = J C J^T. The two kinds of RTN are RTN_INERTIAL and RTN_ROTATING of the SANA
registry of orbit-relative frames (CCSDS).

Assumptions
- RTN axes come from the inertial velocity; both states of a pair at one instant.
- Not rotating (the default): the axes are frozen at the instant, a velocity error is the inertial one
  resolved along them.
- Rotating: the velocity error is the rate of change of the RTN components of the position error, as somebody
  sees it who turns with the axes. They turn about N at |r x v| / r^2; what turns N itself, a force across the
  orbit, is some thousand times slower (J2) and left out.
- Which of the two a source means, it must say; CDMs rarely do. It touches velocity only: blocks of position
  are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.errors import InputError
from debrissim.propagation.frames import rotate_covariance, rtn_basis

Array = NDArray[np.float64]


def to_inertial(covariance_rtn_km2: Array, state: Array) -> Array:
    """(m, 3, 3) km^2 in the inertial frame of `state` (m, 6) km, km/s, from that object's own RTN."""
    return rotate_covariance(np.swapaxes(rtn_basis(state[:, :3], state[:, 3:]), -1, -2), covariance_rtn_km2)


def to_primary_rtn(
    covariance_secondary_rtn_km2: Array, secondary_state: Array, primary_state: Array
) -> Array:
    """(m, 3, 3) km^2 in the primary's RTN, from the secondary's own RTN.

    secondary_state, primary_state: (m, 6) km, km/s, one inertial frame (TEME in the pipeline), at one
    instant.
    """
    inertial = to_inertial(covariance_secondary_rtn_km2, secondary_state)
    return rotate_covariance(rtn_basis(primary_state[:, :3], primary_state[:, 3:]), inertial)


def state_rtn_to_inertial(covariance_rtn: Array, state: Array, *, rotating: bool = False) -> Array:
    """(m, 6, 6) km^2, km^2/s, km^2/s^2 in the inertial frame of `state`, from the object's own RTN.

    covariance_rtn: (m, 6, 6), position before velocity; state: (m, 6) km, km/s, inertial; rotating: the
    source's RTN velocities are seen from the turning axes. Raises InputError where shapes disagree, a number
    is not finite, or a state has no RTN (no distance, or no angular momentum).
    """
    position_rotation, velocity_coupling = _rtn_jacobian(state, covariance_rtn, "covariance_rtn", rotating)
    # Position and velocity go from RTN by the transpose; a position seen at rest from turning axes moves.
    back = np.swapaxes(position_rotation, -1, -2)
    jacobian = _blocks(back, back @ velocity_coupling)
    return _sandwich(jacobian, covariance_rtn)


def state_inertial_to_rtn(covariance_inertial: Array, state: Array, *, rotating: bool = False) -> Array:
    """(m, 6, 6) in the object's own RTN: the inverse of `state_rtn_to_inertial`, same units and errors."""
    position_rotation, velocity_coupling = _rtn_jacobian(
        state, covariance_inertial, "covariance_inertial", rotating
    )
    jacobian = _blocks(position_rotation, -velocity_coupling @ position_rotation)
    return _sandwich(jacobian, covariance_inertial)


def _rtn_jacobian(state: Array, covariance: Array, name: str, rotating: bool) -> tuple[Array, Array]:
    """The rotation to RTN (m, 3, 3), and omega x as a matrix (m, 3, 3) in RTN, zero where not rotating."""
    states = np.asarray(state, dtype=np.float64)
    if states.ndim != 2 or states.shape[1] != 6:
        raise InputError(f"state: expected shape (m, 6), got {states.shape}")
    m = states.shape[0]
    if np.shape(covariance) != (m, 6, 6):
        raise InputError(f"{name}: expected shape ({m}, 6, 6) as state, got {np.shape(covariance)}")
    for what, value in (("state", states), (name, np.asarray(covariance))):
        if not np.isfinite(value).all():
            raise InputError(f"{what}: expected finite numbers, got {value[~np.isfinite(value)][0]}")
    position, velocity = states[:, :3], states[:, 3:]
    momentum = np.linalg.norm(np.cross(position, velocity), axis=1)
    if (momentum <= 0.0).any():
        row = int(np.argmin(momentum))
        raise InputError(f"state: expected a position and a velocity across it, row {row} has no RTN")
    coupling = np.zeros((m, 3, 3))
    if rotating:
        rate = momentum / np.einsum("mi,mi->m", position, position)
        coupling[:, 0, 1] = -rate
        coupling[:, 1, 0] = rate
    return rtn_basis(position, velocity), coupling


def _blocks(diagonal: Array, lower: Array) -> Array:
    """(m, 6, 6) of the same diagonal block twice and one below it."""
    out = np.zeros((diagonal.shape[0], 6, 6))
    out[:, :3, :3] = diagonal
    out[:, 3:, 3:] = diagonal
    out[:, 3:, :3] = lower
    return out


def _sandwich(jacobian: Array, covariance: Array) -> Array:
    """J C J^T, symmetric to the last bit where C is."""
    product = jacobian @ np.asarray(covariance, dtype=np.float64) @ np.swapaxes(jacobian, -1, -2)
    return np.asarray(0.5 * (product + np.swapaxes(product, -1, -2)))
