"""Selection of the approaches that must be searched for stays: by distance, by speed, and by the volumes' height.

If a pair is farther apart than D at both ends of a stretch around its minimum, it is within D only between these ends.
There the height of the secondary, the component h = u . r of its relative position r along the direction u of the
primary, differs from the parabola through its values at the ends and the middle by at most J s^3 / (9 sqrt 3), where s
is half the stretch and J a bound on the third derivative of h. With w the maximum angular velocity of an object, G, a0
and j0 those of `grid`, and v the maximum relative speed, the first three derivatives of u are at most w, 3 w^2 and 20
w^3 (the radial speed is no larger than the escape speed, either), and those of r v, G D + a0 and G v + j0:

    J = 20 w^3 D + 9 w^2 v + 3 w (G D + a0) + G v + j0.

A passage whose height remains outside the height of the volumes does not enter them. Most passages of flat boxes are
eliminated here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.propagation.continuation import ESCAPE_SPEED_KM_S
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening import kernels
from debrissim.screening.approaches import Approaches

_ROWS_PER_BATCH = 60_000
# SGP4's rounding.
_NOISE_KM = 1e-6


def miss_and_speed(
    propagator: Propagator, approaches: Approaches, earliest_s: Array, latest_s: Array
) -> tuple[Array, Array]:
    """(m,) km and km/s of approaches; the speed is that of the positions, over a second."""
    time = approaches.time_s
    begin, end = np.maximum(time - 0.5, earliest_s), np.minimum(time + 0.5, latest_s)
    miss, speed = np.empty(time.shape), np.empty(time.shape)
    for k in range(0, time.size, _ROWS_PER_BATCH):
        part = slice(k, k + _ROWS_PER_BATCH)
        times = np.stack([begin[part], time[part], end[part]], axis=1)
        _, first = propagator.positions_along(approaches.first[part], times)
        _, second = propagator.positions_along(approaches.second[part], times)
        apart = second - first
        miss[part] = np.linalg.norm(apart[:, 1], axis=1)
        lasting = np.maximum(times[:, 2] - times[:, 0], 1e-9)
        speed[part] = np.linalg.norm(apart[:, 2] - apart[:, 0], axis=1) / lasting
    return miss, np.maximum(speed, 1e-9)


def may_enter(
    propagator: Propagator,
    approaches: Approaches,
    between_s: tuple[Array, Array],
    distance_km: Array,
    height_km: Array,
    half_s: Array,
    speed_km_s: Array,
) -> NDArray[np.bool_]:
    """(m,) whether the secondary may be within height_km (m,) above or below the primary while it is within distance_km
    (m,).

    between_s: (m,) and (m,), the times between which both objects exist; half_s: (m,) half the stretch of the module's
    bound; speed_km_s: (m,) relative speed at the minimum. True where the bound does not apply.
    """
    times = approaches.time_s[:, None] + half_s[:, None] * np.array([-1.0, 0.0, 1.0])
    applies = (times[:, 0] >= between_s[0]) & (times[:, 2] <= between_s[1])
    times = np.clip(times, between_s[0][:, None], between_s[1][:, None])
    code_a, first = propagator.positions_along(approaches.first, times)
    code_b, second = propagator.positions_along(approaches.second, times)
    apart = second - first
    applies &= (code_a == 0).all(axis=1) & (code_b == 0).all(axis=1)
    applies &= (np.linalg.norm(apart[:, ::2], axis=2) > distance_km[:, None]).all(axis=1)
    limits = kernels.pair_test
    # Maximum angular velocity of a position, at escape speed on the ground.
    turn_s = ESCAPE_SPEED_KM_S / WGS72_RADIUS_KM
    # A tenth is added, because between the ends the distance may slightly exceed D, and the speed its value at the
    # minimum.
    fastest = speed_km_s + (limits.GRADIENT_S2 * distance_km + limits.EXTRA_ACCELERATION_KM_S2) * half_s
    jerk = 1.1 * (
        20.0 * turn_s**3 * distance_km
        + (9.0 * turn_s**2 + limits.GRADIENT_S2) * fastest
        + 3.0 * turn_s * (limits.GRADIENT_S2 * distance_km + limits.EXTRA_ACCELERATION_KM_S2)
        + limits.EXTRA_JERK_KM_S3
    )
    slack = jerk * half_s**3 / (9.0 * np.sqrt(3.0)) + _NOISE_KM
    low, middle, high = (np.einsum("mkc,mkc->mk", first, apart) / np.linalg.norm(first, axis=2)).T
    slope, bend = 0.5 * (high - low), 0.5 * (high + low) - middle
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.where(bend != 0.0, np.clip(-slope / (2.0 * bend), -1.0, 1.0), 0.0)
    heights = np.stack([low, middle, high, middle + turn * (slope + turn * bend)])
    outside = (heights.min(axis=0) - slack > height_km) | (heights.max(axis=0) + slack < -height_km)
    return np.asarray(~(applies & outside))
