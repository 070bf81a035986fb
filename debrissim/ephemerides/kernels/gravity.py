"""Acceleration by the Earth's gravity: zonal harmonics J2 to J4, or all harmonics to degree and order 10.

The harmonics are Cunningham's recursion without a singularity at the poles (Montenbruck & Gill 2000, "Satellite
Orbits", section 3.2), the coefficients those of EGM96 (Lemoine et al. 1998, NASA/TP-1998-206861). The axis z is the
Earth's axis; `angle` is Greenwich's sidereal time, which rotates TEME into the Earth-fixed frame.
"""

from __future__ import annotations

import math

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.jit import jit

MU = 398600.4415
RADIUS = 6378.1363
TURN = 7.29211514670698e-5
"""Rotation of the Earth with respect to TEME, rad/s."""
DEGREE = 10

# Fully normalised, in 1e-9: degrees 2 to 10, orders 0 to the degree.
# fmt: off
_COSINE = (
    (-484165.3717, -0.186988, 2439.143524),
    (957.254174, 2029.988822, 904.627769, 721.072657),
    (539.873864, -536.321617, 350.694106, 990.771804, -188.560803),
    (68.532348, -62.101213, 652.438298, -451.955406, -295.301648, 174.971983),
    (-149.957995, -76.087938, 48.173244, 57.173099, -86.214266, -267.133325, 9.676161),
    (90.978937, 279.87291, 329.743816, 250.398658, -275.114355, 1.937655, -358.856861, 1.091851),
    (49.671167, 23.342205, 80.297872, -19.187776, -244.600105, -25.53524, -65.736161, 67.281158,
     -124.092493),
    (27.67143, 143.387503, 22.228832, -160.811502, -9.001792, -16.616509, 62.694194, -118.366323,
     188.436023, -47.747539),
    (52.622249, 83.511578, -94.241388, -6.89895, -84.076455, -49.339594, -37.588524, 8.114605,
     40.492798, 125.491335, 100.538634),
)
_SINE = (
    (0, 1.19528, -1400.166837),
    (0, 248.513159, -619.025944, 1414.35627),
    (0, -473.440266, 662.671573, -200.928369, 308.853169),
    (0, -94.422613, -323.349613, -214.847191, 49.665888, -669.384278),
    (0, 26.289055, -373.728201, 9.026945, -471.408154, -536.488432, -237.192007),
    (0, 95.433691, 93.06676, -217.198609, -123.800392, 17.737772, 151.789818, 24.441571),
    (0, 59.006049, 65.417543, -86.345445, 70.023302, 89.146216, 309.238462, 74.744047, 120.533166),
    (0, 21.683495, -32.219665, -74.228741, 19.466678, -54.111319, 222.903526, -96.515267, -3.085662,
     96.641285),
    (0, -131.314332, -51.579166, -153.768829, -79.280626, -50.537022, -79.566705, -3.366296,
     -91.870598, -37.651622, -24.014845),
)
# fmt: on


def _conventional(table: tuple[tuple[float, ...], ...]) -> Array:
    """Coefficients (degree, order) without normalisation."""
    out = np.zeros((DEGREE + 1, DEGREE + 1))
    for n, row in enumerate(table, start=2):
        for m, value in enumerate(row):
            norm = (2 if m else 1) * (2 * n + 1) * math.factorial(n - m) / math.factorial(n + m)
            out[n, m] = 1e-9 * value * math.sqrt(norm)
    return out


COSINE, SINE = _conventional(_COSINE), _conventional(_SINE)
J2, J3, J4 = (-float(COSINE[n, 0]) for n in (2, 3, 4))
_SIZE = DEGREE + 2


@jit
def zonal_acceleration(x: float, y: float, z: float) -> tuple[float, float, float]:
    """km/s^2 at a position in km."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    s = z / r
    s2 = s * s
    q = RADIUS / r
    base = -MU / (r2 * r)
    k2, k3, k4 = 1.5 * J2 * q * q, 2.5 * J3 * q * q * q, -0.625 * J4 * q * q * q * q
    common = 1.0 + k2 * (1.0 - 5.0 * s2) + k3 * s * (3.0 - 7.0 * s2) + k4 * (3.0 - 42.0 * s2 + 63.0 * s2 * s2)
    axial = 1.0 + k2 * (3.0 - 5.0 * s2) + k4 * (15.0 - 70.0 * s2 + 63.0 * s2 * s2)
    # J3's axial part has r where the others have z.
    extra = k3 * (6.0 * z * s - 7.0 * z * s * s2 - 0.6 * r)
    return base * x * common, base * y * common, base * (z * axial + extra)


@jit
def full_acceleration(x: float, y: float, z: float, angle: float) -> tuple[float, float, float]:
    """km/s^2 at a TEME position in km, by all harmonics to degree and order 10."""
    cosine, sine = math.cos(angle), math.sin(angle)
    east, north = x * cosine + y * sine, y * cosine - x * sine
    r2 = x * x + y * y + z * z
    scale = RADIUS / r2
    u, v, w, rho = east * scale, north * scale, z * scale, RADIUS * scale
    a, b = np.zeros((2, _SIZE, _SIZE))
    a[0, 0] = RADIUS / math.sqrt(r2)
    for m in range(_SIZE):
        if m > 0:
            a[m, m] = (2 * m - 1) * (u * a[m - 1, m - 1] - v * b[m - 1, m - 1])
            b[m, m] = (2 * m - 1) * (u * b[m - 1, m - 1] + v * a[m - 1, m - 1])
        for n in range(m + 1, _SIZE):
            p, q = (2 * n - 1) / (n - m) * w, (n + m - 1) / (n - m) * rho
            a[n, m] = p * a[n - 1, m]
            b[n, m] = p * b[n - 1, m]
            if n > m + 1:
                a[n, m] -= q * a[n - 2, m]
                b[n, m] -= q * b[n - 2, m]
    gx, gy, gz = -a[1, 1], -b[1, 1], -a[1, 0]
    for n in range(2, DEGREE + 1):
        c = COSINE[n, 0]
        gx -= c * a[n + 1, 1]
        gy -= c * b[n + 1, 1]
        gz -= (n + 1) * c * a[n + 1, 0]
        for m in range(1, n + 1):
            c, s = COSINE[n, m], SINE[n, m]
            factor = (n - m + 2) * (n - m + 1)
            gx += 0.5 * (
                -c * a[n + 1, m + 1]
                - s * b[n + 1, m + 1]
                + factor * (c * a[n + 1, m - 1] + s * b[n + 1, m - 1])
            )
            gy += 0.5 * (
                -c * b[n + 1, m + 1]
                + s * a[n + 1, m + 1]
                + factor * (s * a[n + 1, m - 1] - c * b[n + 1, m - 1])
            )
            gz -= (n - m + 1) * (c * a[n + 1, m] + s * b[n + 1, m])
    unit = MU / (RADIUS * RADIUS)
    return unit * (gx * cosine - gy * sine), unit * (gx * sine + gy * cosine), unit * gz


@jit
def acceleration(x: float, y: float, z: float, full: bool, angle: float) -> tuple[float, float, float]:
    """km/s^2 by all harmonics or by the zonal ones alone."""
    if full:
        return full_acceleration(x, y, z, angle)
    return zonal_acceleration(x, y, z)


@jit
def accelerations(positions_km: Array, full: bool, angles: Array, out: Array) -> None:
    """km/s^2 (m, 3) at positions (m, 3) with sidereal angles (m,)."""
    for i in range(out.shape[0]):
        out[i] = acceleration(positions_km[i, 0], positions_km[i, 1], positions_km[i, 2], full, angles[i])
