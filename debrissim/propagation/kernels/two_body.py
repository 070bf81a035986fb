"""Compiled two-body arithmetic: equinoctial elements in, positions, velocities and partials out.

Elements are (n, af, ag, chi, psi, lambda): mean motion, the two components of eccentricity, the two of
inclination, mean longitude; `sense` is +1, or -1 in the set for nearly retrograde equatorial
orbits. See `two_body.py` for the source and units.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit

_TWO_PI = 2.0 * math.pi
_NEWTON_STEPS = 60


@jit
def _eccentric_longitude(af: float, ag: float, mean_longitude: float) -> float:
    """F of Kepler's equation F + ag cos F - af sin F = mean longitude; e < 1, any longitude.

    Newton within a bracket: the left side grows with F, and F is within e of the mean longitude.
    """
    longitude = mean_longitude - _TWO_PI * math.floor(mean_longitude / _TWO_PI)
    e = math.sqrt(af * af + ag * ag)
    low, high = longitude - e, longitude + e
    f = longitude + af * math.sin(longitude) - ag * math.cos(longitude)
    for _ in range(_NEWTON_STEPS):
        sine, cosine = math.sin(f), math.cos(f)
        residual = f + ag * cosine - af * sine - longitude
        if residual > 0.0:
            high = f
        else:
            low = f
        slope = 1.0 - ag * sine - af * cosine
        step = residual / slope if slope > 0.0 else 2.0 * _TWO_PI
        # Halley's correction saves one iteration for most orbits.
        bend = 0.5 * (af * sine - ag * cosine) / slope * step if slope > 0.0 else 0.0
        if abs(bend) < 0.5:
            step /= 1.0 - bend
        following = f - step
        if not low <= following <= high:
            following = 0.5 * (low + high)
        if abs(following - f) < 3e-16 * (1.0 + abs(f)):
            return following
        f = following
    return f


@jit
def _state(n: float, af: float, ag: float, chi: float, psi: float, longitude: float, sense: float, mu: float,
           out: Array) -> None:  # fmt: skip
    """out[0:6]: position km and velocity km/s."""
    f = _eccentric_longitude(af, ag, longitude)
    sine, cosine = math.sin(f), math.cos(f)
    a = (mu / (n * n)) ** (1.0 / 3.0)
    beta = 1.0 / (1.0 + math.sqrt(1.0 - af * af - ag * ag))
    radius = 1.0 - af * cosine - ag * sine
    x = a * ((1.0 - ag * ag * beta) * cosine + af * ag * beta * sine - af)
    y = a * ((1.0 - af * af * beta) * sine + af * ag * beta * cosine - ag)
    speed = n * a / radius
    u = speed * (af * ag * beta * cosine - (1.0 - ag * ag * beta) * sine)
    v = speed * ((1.0 - af * af * beta) * cosine - af * ag * beta * sine)
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    f0, f1, f2 = scale * (1.0 - chi * chi + psi * psi), scale * 2.0 * chi * psi, -2.0 * scale * sense * chi
    g0, g1, g2 = (
        2.0 * scale * sense * chi * psi,
        scale * sense * (1.0 + chi * chi - psi * psi),
        2.0 * scale * psi,
    )
    out[0], out[1], out[2] = x * f0 + y * g0, x * f1 + y * g1, x * f2 + y * g2
    out[3], out[4], out[5] = u * f0 + v * g0, u * f1 + v * g1, u * f2 + v * g2


@jit(arguments="f8[:, ::1], f8[::1], f8[::1], f8, f8[:, ::1]")
def states(elements: Array, times_s: Array, sense: Array, mu: float, out: Array) -> None:
    """out (k, 6): the states of elements (k, 6) after times_s (k,)."""
    for i in range(out.shape[0]):
        n = elements[i, 0]
        _state(n, elements[i, 1], elements[i, 2], elements[i, 3], elements[i, 4],
               elements[i, 5] + n * times_s[i], sense[i], mu, out[i])  # fmt: skip


@jit
def states_and_partials(
    elements: Array, times_s: Array, sense: Array, mu: float, out: Array, partials: Array
) -> None:
    """The states after times_s, and partials (k, 6, 6) of them by the elements at time zero."""
    for i in range(out.shape[0]):
        n, af, ag, chi, psi = elements[i, 0], elements[i, 1], elements[i, 2], elements[i, 3], elements[i, 4]
        _state(n, af, ag, chi, psi, elements[i, 5] + n * times_s[i], sense[i], mu, out[i])
        _partials(n, af, ag, chi, psi, elements[i, 5] + n * times_s[i], sense[i], mu, partials[i])
        for row in range(6):
            partials[i, row, 0] += times_s[i] * partials[i, row, 5]


@jit
def _partials(n: float, af: float, ag: float, chi: float, psi: float, longitude: float, sense: float,
              mu: float, out: Array) -> None:  # fmt: skip
    """out (6, 6): partials of position and velocity by (n, af, ag, chi, psi, longitude) at one instant."""
    big_f = _eccentric_longitude(af, ag, longitude)
    sine, cosine = math.sin(big_f), math.cos(big_f)
    a = (mu / (n * n)) ** (1.0 / 3.0)
    root = math.sqrt(1.0 - af * af - ag * ag)
    beta = 1.0 / (1.0 + root)
    radius = 1.0 - af * cosine - ag * sine
    p, q, w = 1.0 - ag * ag * beta, 1.0 - af * af * beta, af * ag * beta
    x, y = p * cosine + w * sine - af, q * sine + w * cosine - ag
    # In the orbit's plane the velocity is n a / radius times the derivative of (x, y) by F.
    xf, yf = w * cosine - p * sine, q * cosine - w * sine
    xff, yff = -p * cosine - w * sine, -q * sine - w * cosine
    radius_f = af * sine - ag * cosine
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    f = (scale * (1.0 - chi * chi + psi * psi), scale * 2.0 * chi * psi, -2.0 * scale * sense * chi)
    g = (2.0 * scale * sense * chi * psi, scale * sense * (1.0 + chi * chi - psi * psi), 2.0 * scale * psi)
    h = (2.0 * scale * chi, -2.0 * scale * psi, scale * sense * (1.0 - chi * chi - psi * psi))
    na = n * a
    u, v = na * xf / radius, na * yf / radius
    # The eccentricity's two components: at fixed F, then through F.
    in_plane = np.empty((2, 4))
    for k in range(2):
        d_beta = beta * beta * (af if k == 0 else ag) / root
        d_af, d_ag = (1.0, 0.0) if k == 0 else (0.0, 1.0)
        d_p = -(2.0 * ag * d_ag * beta + ag * ag * d_beta)
        d_q = -(2.0 * af * d_af * beta + af * af * d_beta)
        d_w = d_af * ag * beta + af * d_ag * beta + af * ag * d_beta
        d_f = (sine if k == 0 else -cosine) / radius
        d_radius = -(cosine if k == 0 else sine) + radius_f * d_f
        in_plane[k, 0] = a * (d_p * cosine + d_w * sine - d_af + xf * d_f)
        in_plane[k, 1] = a * (d_q * sine + d_w * cosine - d_ag + yf * d_f)
        in_plane[k, 2] = na * (d_w * cosine - d_p * sine + xff * d_f) / radius - u * d_radius / radius
        in_plane[k, 3] = na * (d_q * cosine - d_w * sine + yff * d_f) / radius - v * d_radius / radius
    cube = a * radius * radius * radius
    for axis in range(3):
        out[axis, 0] = -2.0 / (3.0 * n) * a * (x * f[axis] + y * g[axis])
        out[axis + 3, 0] = (u * f[axis] + v * g[axis]) / (3.0 * n)
        for k in range(2):
            out[axis, 1 + k] = in_plane[k, 0] * f[axis] + in_plane[k, 1] * g[axis]
            out[axis + 3, 1 + k] = in_plane[k, 2] * f[axis] + in_plane[k, 3] * g[axis]
        f_chi = -2.0 * scale * (sense * psi * g[axis] + h[axis])
        g_chi = 2.0 * scale * sense * psi * f[axis]
        f_psi = 2.0 * scale * sense * chi * g[axis]
        g_psi = -2.0 * scale * sense * (chi * f[axis] - h[axis])
        out[axis, 3] = a * (x * f_chi + y * g_chi)
        out[axis + 3, 3] = u * f_chi + v * g_chi
        out[axis, 4] = a * (x * f_psi + y * g_psi)
        out[axis + 3, 4] = u * f_psi + v * g_psi
        out[axis, 5] = (u * f[axis] + v * g[axis]) / n
        # Acceleration over n: -mu r / |r|^3 with r = a (x, y).
        out[axis + 3, 5] = -mu * (x * f[axis] + y * g[axis]) / (a * cube * n)
