"""Closed forms of the displacement by a burn, written from the literature, for tests of maneuvers.

- Clohessy & Wiltshire (1960), "Terminal guidance system for satellite rendezvous", Journal of the Aerospace Sciences
  27, 653-658: displacement of a circular orbit at a fixed time.
- Bombardelli & Hernando-Ayuso (2015), "Optimal impulsive collision avoidance in low Earth orbit", Journal of Guidance,
  Control, and Dynamics 38, 217-225: the displacement in the plane of the encounter is R K D dv. D gives the delay, the
  radial and the normal displacement at the place of the encounter, K the displacement at the time of the encounter,
  R its part across the relative velocity. The printed elements of D were not seen: they are derived here from the
  equation of the orbit in polar coordinates, with the delay as an integral over the polar angle.

Units: km, km/s, s; burns in m/s along R, T, N. All are linear in the burn and hold for two bodies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import ndtr
from support.burn_oracle import MU, axes

Floats = NDArray[np.float64]


def circular_displacement(radius_km: float, seconds: float, burn_rtn_m_s: Floats) -> Floats:
    """(3,) km along R, T, N of the orbit without a burn, some time after a burn on a circular orbit."""
    n = np.sqrt(MU / radius_km**3)
    s, c = np.sin(n * seconds), np.cos(n * seconds)
    matrix = (
        np.array(
            [
                [s, 2.0 * (1.0 - c), 0.0],
                [-2.0 * (1.0 - c), 4.0 * s - 3.0 * n * seconds, 0.0],
                [0.0, 0.0, s],
            ]
        )
        / n
    )
    result: Floats = matrix @ np.asarray(burn_rtn_m_s) / 1000.0
    return result


def crossing_miss(radius_km: float, seconds: float, along_m_s: float, crossing_rad: float) -> float:
    """km: miss of two circular orbits of equal size that would collide, at an angle between their velocities.

    The displacement along the track counts by the cosine of half the angle: the relative velocity makes that
    complement with the track. The radial displacement counts in full.
    """
    radial, along, _ = circular_displacement(radius_km, seconds, np.array([0.0, along_m_s, 0.0]))
    return float(np.hypot(radial, along * np.cos(0.5 * crossing_rad)))


def displacement(burn_state: Floats, end_state: Floats, seconds: float, burn_rtn_m_s: Floats) -> Floats:
    """(3,) km, inertial: K D dv of an elliptic orbit from the state (6,) at the burn to that at the encounter."""
    delay_s, radial_km, normal_km = polar_change(burn_state, end_state, seconds, burn_rtn_m_s)
    frame = axes(end_state[None])[0]
    result: Floats = frame[0] * radial_km + frame[2] * normal_km - end_state[3:] * delay_s
    return result


def polar_change(
    burn_state: Floats, end_state: Floats, seconds: float, burn_rtn_m_s: Floats
) -> tuple[float, float, float]:
    """D dv: the delay (s) at the polar angle of the encounter, and the radial and normal displacement (km) there."""
    v_r, v_t, v_n = np.asarray(burn_rtn_m_s, dtype=float) / 1000.0
    r_m, r_c = (float(np.linalg.norm(state[:3])) for state in (burn_state, end_state))
    h = float(np.linalg.norm(np.cross(burn_state[:3], burn_state[3:])))
    radial_speed = float(burn_state[:3] @ burn_state[3:]) / r_m
    p = h**2 / MU
    # 1 + A cos(x) - B sin(x) = p / r, x from the burn: A and B are parts of the eccentricity vector.
    a, b = p / r_m - 1.0, radial_speed * h / MU
    angle = _swept(burn_state, end_state, seconds, a, b)
    change_h = r_m * v_t
    change_a = 2.0 * h * change_h / (MU * r_m)
    change_b = (v_r * h + radial_speed * change_h) / MU

    def shape(x: float) -> float:
        return float(p / (1.0 + a * np.cos(x) - b * np.sin(x)))

    def change_shape(x: float) -> float:
        return float(change_a * np.cos(x) - change_b * np.sin(x))

    radial = r_c * 2.0 * change_h / h - r_c**2 / p * change_shape(angle)
    integral, _ = quad(
        lambda x: shape(x) ** 3 * change_shape(x), 0.0, angle, epsabs=0.0, epsrel=1e-11, limit=500
    )
    delay = 3.0 * change_h / h * seconds - 2.0 / (p * h) * integral
    return delay, radial, r_c * np.sin(angle) * r_m * v_n / h


def _swept(burn_state: Floats, end_state: Floats, seconds: float, a: float, b: float) -> float:
    """rad: the polar angle from the burn to the encounter, with whole revolutions.

    These are counted in mean anomaly, as the angle alone is ambiguous after whole revolutions. a, b: eccentricity
    times cosine and sine of the true anomaly of the burn.
    """
    frame = axes(burn_state[None])[0]
    part = float(np.arctan2(end_state[:3] @ frame[1], end_state[:3] @ frame[0]))
    radius, speed = np.linalg.norm(burn_state[:3]), np.linalg.norm(burn_state[3:])
    mean_motion = np.sqrt(MU * (2.0 / radius - speed**2 / MU) ** 3)
    anomaly = float(np.arctan2(b, a))
    swept = _mean_anomaly(anomaly + part, np.hypot(a, b)) - _mean_anomaly(anomaly, np.hypot(a, b))
    return part + 2.0 * np.pi * round((mean_motion * seconds - swept) / (2.0 * np.pi))


def _mean_anomaly(anomaly: float, eccentricity: float) -> float:
    turns = np.round(anomaly / (2.0 * np.pi))
    half = 0.5 * (anomaly - 2.0 * np.pi * turns)
    eccentric = 2.0 * np.arctan2(
        np.sqrt(1.0 - eccentricity) * np.sin(half), np.sqrt(1.0 + eccentricity) * np.cos(half)
    )
    return float(eccentric - eccentricity * np.sin(eccentric) + 2.0 * np.pi * turns)


def across(displacement_km: Floats, relative_km_s: Floats) -> Floats:
    """(3,) km: R, the part of a displacement across the relative velocity."""
    unit = relative_km_s / np.linalg.norm(relative_km_s)
    result: Floats = displacement_km - unit * (unit @ displacement_km)
    return result


def alfano_2005_disc(
    centre_u: float, centre_v: float, sigma_u: float, sigma_v: float, radius: float
) -> float:
    """Probability of a disc as strips across the first axis, each an integral of one normal distribution.

    The reduction of Alfano (2005), "A numerical implementation of spherical object collision probability", Journal of
    the Astronautical Sciences 53, 103-109, with an adaptive quadrature in place of Simpson's rule.
    """

    def strip(x: float) -> float:
        half = np.sqrt(max(0.0, radius**2 - x**2))
        inside = ndtr((centre_v + half) / sigma_v) - ndtr((centre_v - half) / sigma_v)
        return float(
            np.exp(-0.5 * ((x - centre_u) / sigma_u) ** 2) / (sigma_u * np.sqrt(2.0 * np.pi)) * inside
        )

    value, _ = quad(strip, -radius, radius, epsabs=0.0, epsrel=1e-11, limit=500)
    return float(value)


def patera_2001_disc(
    centre_u: float, centre_v: float, sigma_u: float, sigma_v: float, radius: float
) -> float:
    """Probability of a disc as an integral along its edge, in units of the sigmas.

    Patera (2001), "General method for calculating satellite collision probability", Journal of Guidance, Control, and
    Dynamics 24, 716-722: the mass between the edge and the centre of the normal distribution, per polar angle there.
    """

    def edge(t: float) -> float:
        u = (centre_u + radius * np.cos(t)) / sigma_u
        v = (centre_v + radius * np.sin(t)) / sigma_v
        turning = (u * radius * np.cos(t) / sigma_v + v * radius * np.sin(t) / sigma_u) / (u**2 + v**2)
        return float(-np.expm1(-0.5 * (u**2 + v**2)) * turning / (2.0 * np.pi))

    value, _ = quad(edge, 0.0, 2.0 * np.pi, epsabs=0.0, epsrel=1e-11, limit=2000)
    return float(value)
