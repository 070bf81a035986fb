"""Integration of orbits, and of the difference between an orbit and a reference, in fixed steps of DOP853.

Source: the Runge-Kutta formula of order 8 with 12 stages of Dormand and Prince (Hairer, Norsett & Wanner 1993, "Solving
Ordinary Differential Equations I", section II.5), with the coefficients of scipy. Between two nodes the path is the
polynomial of degree 5 through positions, velocities and accelerations at both.

Acceleration: gravity (`ephemerides.kernels.gravity`), drag in an atmosphere that rotates with the Earth and whose
density falls exponentially with the altitude above the ellipsoid, and thrust along the axes R, T, N of the spacecraft's
own state. drag (3,): acceleration per square of speed at an altitude (1/km), that altitude (km), scale height (km).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import DOP853

from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import WGS84_FLATTENING
from debrissim.core.jit import jit
from debrissim.ephemerides.kernels.gravity import RADIUS, TURN, acceleration

STAGES = 12
NODES = np.ascontiguousarray(DOP853.C[:STAGES])
"""(12,) times of the stages as fractions of a step; the first is 0 and the last 1."""
_A = np.ascontiguousarray(DOP853.A[:STAGES, :STAGES])
_B = np.ascontiguousarray(DOP853.B[:STAGES])


@jit
def _pull(y: Array, full: bool, angle: float, drag: Array, out: Array) -> None:
    """Gravity and drag, km/s^2, on a state (6,)."""
    gx, gy, gz = acceleration(y[0], y[1], y[2], full, angle)
    out[0], out[1], out[2] = gx, gy, gz
    if drag[0] != 0.0:
        radius = math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
        sine = y[2] / radius
        altitude = radius - RADIUS * (1.0 - WGS84_FLATTENING * sine * sine)
        vx, vy, vz = y[3] + TURN * y[1], y[4] - TURN * y[0], y[5]
        speed = math.sqrt(vx * vx + vy * vy + vz * vz)
        factor = -drag[0] * math.exp(min((drag[1] - altitude) / drag[2], 50.0)) * speed
        out[0] += factor * vx
        out[1] += factor * vy
        out[2] += factor * vz


@jit
def pulls(states: Array, full: bool, angles: Array, drag: Array, out: Array) -> None:
    """Gravity and drag (m, 3) km/s^2 on states (m, 6) at sidereal angles (m,)."""
    for i in range(states.shape[0]):
        _pull(states[i], full, angles[i], drag, out[i])


@jit
def _add_thrust(y: Array, thrust: Array, out: Array) -> None:
    """Add an acceleration (3,) along R, T, N of a state (6,) to out (3,)."""
    rx, ry, rz, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    r = math.sqrt(rx * rx + ry * ry + rz * rz)
    rx, ry, rz = rx / r, ry / r, rz / r
    nx, ny, nz = ry * vz - rz * vy, rz * vx - rx * vz, rx * vy - ry * vx
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / n, ny / n, nz / n
    tx, ty, tz = ny * rz - nz * ry, nz * rx - nx * rz, nx * ry - ny * rx
    out[0] += thrust[0] * rx + thrust[1] * tx + thrust[2] * nx
    out[1] += thrust[0] * ry + thrust[1] * ty + thrust[2] * ny
    out[2] += thrust[0] * rz + thrust[1] * tz + thrust[2] * nz


@jit
def _rate(
    y: Array,
    reference: Array,
    pull: Array,
    full: bool,
    angle: float,
    drag: Array,
    thrust: Array,
    work: Array,
    out: Array,
) -> None:
    """Rate (6,) of the difference y (6,) from a reference (6,) that is pulled by (3,); work (15, 6)."""
    state, own = work[STAGES + 1], work[STAGES + 2]
    for i in range(6):
        state[i] = reference[i] + y[i]
    _pull(state, full, angle, drag, own)
    if thrust[0] != 0.0 or thrust[1] != 0.0 or thrust[2] != 0.0:
        _add_thrust(state, thrust, own)
    for i in range(3):
        out[i] = y[3 + i]
        out[3 + i] = own[i] - pull[i]


@jit
def _advance(
    y: Array,
    h: float,
    reference: Array,
    pull: Array,
    full: bool,
    angles: Array,
    drag: Array,
    thrust: Array,
    k: Array,
) -> None:
    """Advance y (6,) by a step of h s; reference (12, 6), pull (12, 3), angles (12,) of the stages.

    k (15, 6): work; its first rows are the rates of the stages on return.
    """
    stage = k[STAGES]
    for s in range(STAGES):
        stage[:] = y
        for j in range(s):
            factor = h * _A[s, j]
            if factor != 0.0:
                for i in range(6):
                    stage[i] += factor * k[j, i]
        _rate(stage, reference[s], pull[s], full, angles[s], drag, thrust, k, k[s])
    for s in range(STAGES):
        factor = h * _B[s]
        if factor != 0.0:
            for i in range(6):
                y[i] += factor * k[s, i]


@jit
def _between(s: float, h: float, first: Array, last: Array, a0: Array, a1: Array, out: Array) -> None:
    """State (6,) at the fraction s of a step between two states (6,) with accelerations (3,), into out."""
    s2, s3 = s * s, s * s * s
    for i in range(3):
        p0, p1, v0, v1 = first[i], last[i], h * first[3 + i], h * last[3 + i]
        b0, b1 = 0.5 * h * h * a0[i], 0.5 * h * h * a1[i]
        d = p1 - p0 - v0 - b0
        e = v1 - v0 - 2.0 * b0
        f = b1 - b0
        c3, c4, c5 = 10.0 * d - 4.0 * e + f, -15.0 * d + 7.0 * e - 2.0 * f, 6.0 * d - 3.0 * e + f
        out[i] = p0 + v0 * s + b0 * s2 + s3 * (c3 + c4 * s + c5 * s2)
        out[3 + i] = (v0 + 2.0 * b0 * s + s2 * (3.0 * c3 + 4.0 * c4 * s + 5.0 * c5 * s2)) / h


@jit
def thrust_steps(
    y: Array, h: Array, steps: Index, reference: Array, pull: Array, full: bool, angles: Array, drag: Array,
    thrust: Array,
) -> None:  # fmt: skip
    """Advance m differences (m, 6) by their own numbers of steps (m,) of their own lengths (m,) s, under thrust (m, 3).

    reference (m, n, 12, 6), pull (m, n, 12, 3), angles (m, n, 12), of the stages of up to n steps.
    """
    k = np.zeros((STAGES + 3, 6))
    for row in range(y.shape[0]):
        for step in range(steps[row]):
            _advance(
                y[row],
                h[row],
                reference[row, step],
                pull[row, step],
                full,
                angles[row, step],
                drag,
                thrust[row],
                k,
            )


@jit
def differences_at(
    begin: Array, y: Array, first: Index, own: Mask, own_reference: Array, own_pull: Array, own_angles: Array,
    zero: float, h: float, reference: Array, pull: Array, angles: Array, turns: Array, full: bool, drag: Array,
    times: Array, out: Array,
) -> None:  # fmt: skip
    """Differences (m, t, 6) at ascending times (m, t), starting from y (m, 6) at `begin` (m,); before that, they are 0.

    The nodes are at zero + h n. first (m,): the first node after `begin`, which rows with `own` (m,) reach by a step
    with the stages own_* (m, 12, ...); reference (N, 12, 6), pull (N, 12, 3), angles (N, 12) belong to the steps from
    node to node, at the first of which all other rows begin; turns (N, 6, 6) are applied before each step. On return,
    begin, y, first and own describe the last node before the first time of each row, from which a later call can
    continue. Times after the last node give NaN.
    """
    k = np.zeros((STAGES + 3, 6))
    no_thrust = np.zeros(3)
    old, end, acceleration_before = np.empty(6), np.empty(6), np.empty(3)
    for row in range(times.shape[0]):
        count, place = times.shape[1], 0
        while place < count and times[row, place] < begin[row]:
            out[row, place] = 0.0
            place += 1
        now, node, t, is_own, kept = y[row].copy(), first[row], begin[row], own[row], False
        while place < count and node <= reference.shape[0] and math.isfinite(now[0]):
            until = zero + h * node
            if not kept and times[row, place] <= until:
                begin[row], first[row], own[row], kept = t, node, is_own, True
                y[row] = now
            if is_own:
                r, p, a = own_reference[row], own_pull[row], own_angles[row]
            else:
                r, p, a = reference[node - 1], pull[node - 1], angles[node - 1]
                if turns[node - 1, 0, 0] != 1.0 or turns[node - 1, 3, 0] != 0.0:
                    now = turns[node - 1] @ now
            old[:] = now
            step = until - t
            _advance(now, step, r, p, full, a, drag, no_thrust, k)
            if times[row, place] <= until:
                acceleration_before[:] = k[0, 3:]
                _rate(now, r[STAGES - 1], p[STAGES - 1], full, a[STAGES - 1], drag, no_thrust, k, end)
                while place < count and times[row, place] <= until:
                    fraction = (times[row, place] - t) / step
                    _between(fraction, step, old, now, acceleration_before, end[3:], out[row, place])
                    place += 1
            t, is_own = until, False
            node += 1
        while place < count:
            out[row, place] = np.nan
            place += 1


@jit
def orbits_at_nodes(
    y: Array, zero: float, h: float, first_angle: float, full: bool, drag: Array, out: Array
) -> None:
    """States (m, N, 6) at zero + h n for n from 0, of orbits that are at y (m, 6) at zero; h may be negative.

    first_angle: sidereal angle (rad) at time 0.
    """
    k = np.zeros((STAGES + 3, 6))
    reference, pull, angles, no_thrust = (
        np.zeros((STAGES, 6)),
        np.zeros((STAGES, 3)),
        np.zeros(STAGES),
        np.zeros(3),
    )
    for row in range(out.shape[0]):
        now = y[row].copy()
        for node in range(out.shape[1]):
            out[row, node] = now
            for s in range(STAGES):
                angles[s] = first_angle + TURN * (zero + h * (node + NODES[s]))
            _advance(now, h, reference, pull, full, angles, drag, no_thrust, k)
