"""Rotation of covariances between RTN and the inertial frame, and velocity errors derived from position errors.

Source: Vallado & Alfano (2015), "Updated Analytical Partials for Covariance Transformations and
Optimization", AAS 15-537: C' = J C J^T. The two kinds of RTN are RTN_INERTIAL and RTN_ROTATING of the SANA
registry of orbit-relative frames (CCSDS). Velocity errors: the linear error of a near-circular orbit (Clohessy &
Wiltshire 1960, "Terminal Guidance System for Satellite Rendezvous", J. Aerospace Sci. 27(9), equations of relative
motion), without its secular term. With w the angular rate, eccentricity errors move an object by (R, T) =
s (cos, 2 sin) along an ellipse, an error of the mean longitude along the track, a tilt of the orbit's plane along N. As
inertial velocities resolved in frozen RTN axes, these cause

    dv_R = -w T_longitude - w T_eccentricity / 2,   dv_T = -w R,   dv_N = w times a normal error a quarter orbit away.

Assumptions
- RTN axes come from the inertial velocity; both states of a pair are at one instant.
- Not rotating (the default): the axes are frozen at the instant, and a velocity error is the inertial error resolved
  along them.
- Rotating: the velocity error is the rate of change of the RTN components of the position error, as seen by an observer
  rotating with the axes. They rotate about N at |r x v| / r^2; the motion of N itself, caused by a force across the
  orbit, is about a thousand times slower (J2) and is neglected.
- The source must state which of the two it means; CDMs rarely do. The choice affects only velocity: the position blocks
  are the same.
- Errors of eccentricity have an arbitrary phase (sigma 2 sigma_R along the track); the rest of sigma_T is mean
  longitude. Where sigma_T is below 2 sigma_R, all of it is eccentricity.
- There is no error of the period: element-set errors grow over days, while encounters last minutes. The orbits
  therefore drift apart as their means do, and position errors keep their size from one revolution to the next.
- To first order in eccentricity, w = |r x v| / r^2 at the encounter.
- Correlations between position components are kept; the velocity follows by regression on the position.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.propagation.frames import rotate_covariance, rtn_basis


def to_inertial(covariance_rtn_km2: Array, state: Array) -> Array:
    """Rotate position covariances from the RTN of each object to the inertial frame of its state.

    Parameters
    ----------
    covariance_rtn_km2 : (m, 3, 3), km^2
        Covariances in RTN.
    state : (m, 6), km and km/s
        States of the same objects, inertial.

    Returns
    -------
    (m, 3, 3) km^2, in the frame of `state`.
    """
    return rotate_covariance(np.swapaxes(rtn_basis(state[:, :3], state[:, 3:]), -1, -2), covariance_rtn_km2)


def to_primary_rtn(
    covariance_secondary_rtn_km2: Array, secondary_state: Array, primary_state: Array
) -> Array:
    """Rotate position covariances from the secondary's RTN to the primary's.

    Parameters
    ----------
    covariance_secondary_rtn_km2 : (m, 3, 3), km^2
        Covariances in the secondary's RTN.
    secondary_state, primary_state : (m, 6), km and km/s
        States in one inertial frame (TEME in the pipeline), at one instant.

    Returns
    -------
    (m, 3, 3) km^2, in the primary's RTN.
    """
    inertial = to_inertial(covariance_secondary_rtn_km2, secondary_state)
    return rotate_covariance(rtn_basis(primary_state[:, :3], primary_state[:, 3:]), inertial)


def state_rtn_to_inertial(covariance_rtn: Array, state: Array, *, rotating: bool = False) -> Array:
    """Rotate covariances of position and velocity from the RTN of the object to the inertial frame of its state.

    Parameters
    ----------
    covariance_rtn : (m, 6, 6), km^2, km^2/s, km^2/s^2
        Position before velocity.
    state : (m, 6), km and km/s
        States, inertial.
    rotating : bool
        The source's RTN velocities are seen from the rotating axes.

    Returns
    -------
    (m, 6, 6) km^2, km^2/s, km^2/s^2, in the frame of `state`.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, or a state has no RTN (no distance, or no angular momentum).
    """
    position_rotation, velocity_coupling = _rtn_jacobian(state, covariance_rtn, "covariance_rtn", rotating)
    # Position and velocity are rotated from RTN by the transpose; a position at rest in rotating axes moves.
    back = np.swapaxes(position_rotation, -1, -2)
    jacobian = _blocks(back, back @ velocity_coupling)
    return _sandwich(jacobian, covariance_rtn)


def state_inertial_to_rtn(covariance_inertial: Array, state: Array, *, rotating: bool = False) -> Array:
    """Rotate covariances of position and velocity to the RTN of the object: the inverse of `state_rtn_to_inertial`.

    Parameters
    ----------
    covariance_inertial : (m, 6, 6), km^2, km^2/s, km^2/s^2
        Position before velocity, in the frame of `state`.
    state : (m, 6), km and km/s
        States, inertial.
    rotating : bool
        The RTN velocities are seen from the rotating axes.

    Returns
    -------
    (m, 6, 6) km^2, km^2/s, km^2/s^2, in RTN.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, or a state has no RTN (no distance, or no angular momentum).
    """
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
    for label, value in (("state", states), (name, np.asarray(covariance))):
        if not np.isfinite(value).all():
            raise InputError(f"{label}: expected finite numbers, got {value[~np.isfinite(value)][0]}")
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
    """(m, 6, 6) with the same diagonal block twice and another block below it."""
    out = np.zeros((diagonal.shape[0], 6, 6))
    out[:, :3, :3] = diagonal
    out[:, 3:, 3:] = diagonal
    out[:, 3:, :3] = lower
    return out


def _sandwich(jacobian: Array, covariance: Array) -> Array:
    """J C J^T, exactly symmetric if C is symmetric."""
    product = jacobian @ np.asarray(covariance, dtype=np.float64) @ np.swapaxes(jacobian, -1, -2)
    return np.asarray(0.5 * (product + np.swapaxes(product, -1, -2)))


def with_velocity_errors(position_covariance_rtn_km2: Array, state: Array) -> Array:
    """Add velocity errors to position errors, in frozen RTN axes.

    Parameters
    ----------
    position_covariance_rtn_km2 : (m, 3, 3), km^2
        Covariances in the RTN of each object.
    state : (m, 6), km and km/s
        States, inertial.

    Returns
    -------
    (m, 6, 6) km^2, km^2/s, km^2/s^2, of position and velocity.

    Raises
    ------
    InputError
        Naming the argument, where shapes disagree or a number is not finite.
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
    fraction = np.divide(eccentric, along, out=np.zeros(m), where=along > 0.0)

    slope = np.zeros((m, 3, 3))
    slope[:, 0, 1] = -rate * (1.0 - 0.5 * fraction)
    slope[:, 1, 0] = -rate
    rest = np.zeros((m, 3, 3))
    rest[:, 0, 0] = 0.25 * rate**2 * eccentric * (1.0 - fraction)
    rest[:, 2, 2] = rate**2 * normal
    mixed = slope @ position
    out = np.zeros((m, 6, 6))
    out[:, :3, :3] = position
    out[:, 3:, :3] = mixed
    out[:, :3, 3:] = np.swapaxes(mixed, 1, 2)
    velocity = mixed @ np.swapaxes(slope, 1, 2) + rest
    out[:, 3:, 3:] = 0.5 * (velocity + np.swapaxes(velocity, 1, 2))
    return out
