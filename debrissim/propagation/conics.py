"""State transition over conics of any energy: the final states, and their derivatives by the initial states.

Sources
- Two-body state transition matrix: Battin (1999), "An Introduction to the Mathematics and Methods of
  Astrodynamics", section 9.7, from the universal functions U0..U5 of section 4.5; Kepler's equation by
  Laguerre's method, Conway (1986), "An improved algorithm due to Laguerre for the solution of Kepler's
  equation", Celestial Mechanics 39, 199-211.
- With J2: the variational equations Phi' = A(r(t)) Phi integrated along with the orbit (Montenbruck & Gill 2000,
  "Satellite Orbits", section 7.2), by the classical Runge-Kutta method of order 4.

Assumptions
- Gravity is that of a point mass, optionally with J2 (z is the Earth's axis), with the constants of WGS-72. No drag.
- Ellipses, parabolas and hyperbolas; the path must not run through the centre.

`two_body` propagates ellipses in equinoctial elements, in which only the mean longitude changes with time; its partial
derivatives are with respect to those elements. This module has no singular case in energy and gives derivatives with
respect to the state.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS72_J2, WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError

Gravity: TypeAlias = Literal["two-body", "j2"]

_MAX_ITERATIONS = 60
# Fraction of the time in which a circular orbit at perigee turns by one radian: gives an error of the matrix of about
# 1e-7 per revolution.
_STEP_RAD = 0.02


def state_transition(
    state: Array, seconds: ArrayLike, *, gravity: Gravity = "two-body"
) -> tuple[Array, Array]:
    """Propagate states over a time, with their derivatives by the initial states.

    Parameters
    ----------
    state : Array, shape (m, 6)
        Inertial states in km, km/s.
    seconds : array_like, scalar or shape (m,)
        Time in s; negative for earlier.
    gravity : "two-body" or "j2"
        Model of the Earth's gravity.

    Returns
    -------
    states : Array, shape (m, 6)
        The states after that time, km, km/s.
    transitions : Array, shape (m, 6, 6)
        The transition matrices.

    Raises
    ------
    InputError
        If shapes disagree, a number is not finite, a state lies at the centre or the gravity is unknown.
    """
    states, elapsed = checked_states(state, seconds)
    if gravity == "two-body":
        return _two_body(states, elapsed)
    if gravity == "j2":
        return _with_j2(states, elapsed)
    raise InputError(f"gravity: expected 'two-body' or 'j2', got {gravity!r}")


def checked_states(state: Array, seconds: ArrayLike) -> tuple[Array, Array]:
    """The states (m, 6) and times (m,) as arrays of numbers. Raises InputError as `state_transition`."""
    states = np.asarray(state, dtype=np.float64)
    if states.ndim != 2 or states.shape[1] != 6:
        raise InputError(f"state: expected shape (m, 6), got {states.shape}")
    elapsed = np.asarray(seconds, dtype=np.float64)
    if elapsed.shape not in ((), (states.shape[0],)):
        raise InputError(f"seconds: expected a number or shape ({states.shape[0]},), got {elapsed.shape}")
    for name, value in (("state", states), ("seconds", np.atleast_1d(elapsed))):
        if not np.isfinite(value).all():
            raise InputError(f"{name}: expected finite numbers, got {value[~np.isfinite(value)][0]}")
    if (np.linalg.norm(states[:, :3], axis=1) <= 0.0).any():
        raise InputError("state: expected a position away from the centre, got one at it")
    return states, np.array(np.broadcast_to(elapsed, (states.shape[0],)))


def _stumpff(psi: Array) -> tuple[Array, ...]:
    """c0..c5 of psi = alpha chi^2: c_n = sum of (-psi)^k / (2k + n)!."""
    root = np.sqrt(np.abs(psi))
    small = root < 0.3
    safe = np.where(small, 1.0, psi)
    wide = np.where(small, 1.0, root)
    bound = psi >= 0.0
    # The branch that is not taken must not overflow.
    angle, growth = np.where(bound, wide, 0.0), np.where(bound, 0.0, wide)
    c0 = np.where(bound, np.cos(angle), np.cosh(growth))
    c1 = np.where(bound, np.sin(angle), np.sinh(growth)) / wide
    direct = [c0, c1, (1.0 - c0) / safe, (1.0 - c1) / safe]
    direct += [(0.5 - direct[2]) / safe, (1.0 / 6.0 - direct[3]) / safe]
    near = np.where(small, psi, 0.0)
    out = []
    for n, value in enumerate(direct):
        term = np.full_like(psi, 1.0 / [1, 1, 2, 6, 24, 120][n])
        total = term.copy()
        for k in range(1, 7):
            term = term * -near / ((2 * k + n) * (2 * k + n - 1))
            total += term
        out.append(np.where(small, total, value))
    return tuple(out)


def _universal(chi: Array, alpha: Array) -> list[Array]:
    """U0..U5: U_n = chi^n c_n(alpha chi^2)."""
    return [c * chi**n for n, c in enumerate(_stumpff(alpha * chi * chi))]


def _solve_kepler(radius: Array, sigma: Array, alpha: Array, target: Array) -> Array:
    """chi (m,) km^0.5 with radius U1 + sigma U2 + U3 = target, where target is sqrt(mu) times the time."""
    # Exact for a circle; beyond the parabola, where chi grows with the logarithm, an upper bound.
    chi = np.where(alpha > 0.0, alpha * target, target / radius)
    if (alpha < 0.0).any():
        fast = np.sign(target) * np.log1p(2.0 * np.abs(target * alpha) * np.sqrt(np.abs(alpha)) + 1.0)
        chi = np.where(alpha < 0.0, fast / np.sqrt(np.where(alpha < 0.0, -alpha, 1.0)), chi)
    for _ in range(_MAX_ITERATIONS):
        u0, u1, u2, u3 = _universal(chi, alpha)[:4]
        value = radius * u1 + sigma * u2 + u3 - target
        slope = radius * u0 + sigma * u1 + u2
        bend = sigma * u0 + (1.0 - alpha * radius) * u1
        root = np.sqrt(np.abs(16.0 * slope * slope - 20.0 * value * bend))
        step = 5.0 * value / (slope + np.copysign(root, slope))
        chi = chi - step
        if (np.abs(step) <= 1e-13 * (1.0 + np.abs(chi))).all():
            break
    return np.asarray(chi)


def _two_body(state: Array, seconds: Array) -> tuple[Array, Array]:
    """States (m, 6) and transition matrices (m, 6, 6) of two-body motion."""
    mu = WGS72_MU_KM3_S2
    r0, v0 = state[:, :3], state[:, 3:]
    radius0 = np.linalg.norm(r0, axis=1)
    alpha = 2.0 / radius0 - np.einsum("mi,mi->m", v0, v0) / mu
    sigma0 = np.einsum("mi,mi->m", r0, v0) / np.sqrt(mu)
    chi = _solve_kepler(radius0, sigma0, alpha, np.sqrt(mu) * seconds)
    u0, u1, u2, u3, u4, u5 = _universal(chi, alpha)
    radius = radius0 * u0 + sigma0 * u1 + u2
    f, g = 1.0 - u2 / radius0, seconds - u3 / np.sqrt(mu)
    f_dot, g_dot = -np.sqrt(mu) * u1 / (radius * radius0), 1.0 - u2 / radius
    r = f[:, None] * r0 + g[:, None] * v0
    v = f_dot[:, None] * r0 + g_dot[:, None] * v0
    c = (3.0 * u5 - chi * u4) / np.sqrt(mu) - seconds * u2

    def times(scale: Array, left: Array, right: Array) -> Array:
        return np.asarray(scale[:, None, None] * (left[:, :, None] * right[:, None, :]))

    def unit(scale: Array) -> Array:
        return np.asarray(scale[:, None, None] * np.eye(3))

    gain = v - v0
    back = radius0 * (1.0 - f)
    transition = np.empty((state.shape[0], 6, 6))
    transition[:, :3, :3] = (
        times(radius / mu, gain, gain)
        + times(back / radius0**3, r, r0)
        + times(c / radius0**3, v, r0)
        + unit(f)
    )
    transition[:, :3, 3:] = (
        times(back / mu, r - r0, v0) - times(back / mu, gain, r0) + times(c / mu, v, v0) + unit(g)
    )
    inner = unit(np.ones_like(f)) - times(1.0 / radius**2, r, r)
    turn = (times(1.0 / (mu * radius), r, v) - times(1.0 / (mu * radius), v, r)) @ times(
        np.ones_like(f), r, gain
    )
    transition[:, 3:, :3] = (
        -times(1.0 / radius0**2, gain, r0)
        - times(1.0 / radius**2, r, gain)
        + f_dot[:, None, None] * (inner + turn)
        - times(mu * c / (radius * radius0) ** 3, r, r0)
    )
    transition[:, 3:, 3:] = (
        times(radius0 / mu, gain, gain)
        + times(back / radius**3, r, r0)
        - times(c / radius**3, r, v0)
        + unit(g_dot)
    )
    return np.concatenate([r, v], axis=1), transition


def steps_with_j2(state: Array, seconds: Array) -> Index:
    """Steps (m,) that states (m, 6) need over times (m,) s: `state_transition` uses the maximum over its rows.

    Rows with the same number of steps are propagated independently of each other.
    """
    # Each arc is measured in its own unit of time.
    radius0 = np.linalg.norm(state[:, :3], axis=1)
    momentum2 = np.sum(np.cross(state[:, :3], state[:, 3:]) ** 2, axis=1)
    alpha = 2.0 / radius0 - np.sum(state[:, 3:] ** 2, axis=1) / WGS72_MU_KM3_S2
    parameter = momentum2 / WGS72_MU_KM3_S2
    perigee = parameter / (1.0 + np.sqrt(np.maximum(1.0 - alpha * parameter, 0.0)))
    unit = np.sqrt(np.maximum(perigee, 0.1 * WGS72_RADIUS_KM) ** 3 / WGS72_MU_KM3_S2)
    return np.asarray(np.ceil(np.abs(seconds) / (_STEP_RAD * unit)), dtype=np.int64)


def _with_j2(state: Array, seconds: Array) -> tuple[Array, Array]:
    """States (m, 6) and transition matrices (m, 6, 6) of motion with J2."""
    # All rows take as many steps as the row that needs the most.
    steps = int(np.max(steps_with_j2(state, seconds), initial=0))
    now, transition = state.copy(), np.broadcast_to(np.eye(6), (state.shape[0], 6, 6)).copy()
    if steps == 0:
        return now, transition
    h = (seconds / steps)[:, None]
    for _ in range(steps):
        k1, m1 = variational_rates(now, transition)
        k2, m2 = variational_rates(now + 0.5 * h * k1, transition + 0.5 * h[:, :, None] * m1)
        k3, m3 = variational_rates(now + 0.5 * h * k2, transition + 0.5 * h[:, :, None] * m2)
        k4, m4 = variational_rates(now + h * k3, transition + h[:, :, None] * m3)
        now = now + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        transition = transition + h[:, :, None] / 6.0 * (m1 + 2.0 * m2 + 2.0 * m3 + m4)
    return now, transition


def variational_rates(state: Array, transition: Array) -> tuple[Array, Array]:
    """Time derivatives, with J2, of states (m, 6) in km, km/s and of their transition matrices (m, 6, 6), per s."""
    acceleration, gradient = _gravity_and_gradient(state[:, :3])
    rate = np.concatenate([state[:, 3:], acceleration], axis=1)
    change = np.concatenate([transition[:, 3:], gradient @ transition[:, :3]], axis=1)
    return rate, change


def _gravity_and_gradient(position: Array) -> tuple[Array, Array]:
    """(m, 3) km/s^2 and (m, 3, 3) 1/s^2 of mu/r - mu J2 R^2 (3 z^2/r^5 - 1/r^3) / 2."""
    r2 = np.sum(position * position, axis=1)
    r = np.sqrt(r2)
    z = position[:, 2]
    k = 1.5 * WGS72_J2 * WGS72_MU_KM3_S2 * WGS72_RADIUS_KM**2
    s = z * z / r2
    axis = np.array([0.0, 0.0, 1.0])
    # Acceleration = -p position - q z_hat, with p and q z as below; the gradient by the product rule.
    p = WGS72_MU_KM3_S2 / (r2 * r) + k * (1.0 - 5.0 * s) / (r2 * r2 * r)
    q = 2.0 * k * z / (r2 * r2 * r)
    acceleration = -p[:, None] * position - q[:, None] * axis
    p_by_position = (-3.0 * WGS72_MU_KM3_S2 / (r2 * r2 * r) + k * (-5.0 + 35.0 * s) / (r2 * r2 * r2 * r))[
        :, None
    ] * position - (10.0 * k * z / (r2 * r2 * r2 * r))[:, None] * axis
    q_by_position = (2.0 * k / (r2 * r2 * r))[:, None] * axis - (10.0 * k * z / (r2 * r2 * r2 * r))[
        :, None
    ] * position
    gradient = (
        -p[:, None, None] * np.eye(3)
        - position[:, :, None] * p_by_position[:, None, :]
        - axis[:, None] * q_by_position[:, None, :]
    )
    return acceleration, gradient
