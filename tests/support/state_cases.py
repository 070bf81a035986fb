"""Constructed encounters for the tests of the state methods."""

from __future__ import annotations

import numpy as np

from debrissim.probability.state_pair import StatePair
from debrissim.propagation.frames import rtn_basis
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

MU = 398600.4418


def rtn_covariance(state, sigma_position_km, sigma_velocity_km_s):
    """Covariance (6, 6) in the inertial frame, diagonal in the RTN of the state (6,)."""
    to_inertial = rtn_basis(state[None, :3], state[None, 3:])[0].T
    out = np.zeros((6, 6))
    out[:3, :3] = to_inertial @ np.diag(np.square(sigma_position_km)) @ to_inertial.T
    out[3:, 3:] = to_inertial @ np.diag(np.square(sigma_velocity_km_s)) @ to_inertial.T
    return out


def crossing(
    *,
    miss_km=(0.05, 0.0, 0.1),
    relative_rtn_km_s=(0.0, -7.5, 7.4),
    sigma_km=(0.05, 0.2, 0.05),
    sigma_km_s=(1e-5, 1e-5, 1e-5),
    secondary_sigma_km=None,
    radius_km=7000.0,
):
    """One encounter in a circular orbit; the secondary's offset and velocity along the primary's RTN."""
    speed = np.sqrt(MU / radius_km)
    primary = np.array([radius_km, 0.0, 0.0, 0.0, 0.6 * speed, 0.8 * speed])
    basis = rtn_basis(primary[None, :3], primary[None, 3:])[0]
    offset = np.concatenate([np.array(miss_km) @ basis, np.array(relative_rtn_km_s) @ basis])
    secondary = primary + offset
    sigmas = (sigma_km, sigma_km if secondary_sigma_km is None else secondary_sigma_km)
    covariances = [
        rtn_covariance(state, sigma, sigma_km_s)
        for state, sigma in zip((primary, secondary), sigmas, strict=True)
    ]
    return StatePair(primary[None], secondary[None], covariances[0][None], covariances[1][None])


def stacked(*pairs):
    """Several state pairs as one table."""
    names = ("primary_state", "secondary_state", "primary_covariance", "secondary_covariance")
    return StatePair(**{name: np.concatenate([getattr(pair, name) for pair in pairs]) for name in names})


def same_shell(
    rng, *, angle_deg, eccentricity, twice=False, radius_km=7000.0, miss_km=0.1, sigma_km=(0.05, 0.3, 0.05)
):
    """Two orbits of nearly one period and that eccentricity, planes at that angle, meeting near their line of nodes.

    The directions of perigee and the miss are random; twice: whether both perigees are the same angle from the line of
    nodes, so that the pair meets at the other node as well, half a period later. Velocity errors go with them.
    """
    states = []
    common = rng.uniform(0.0, 2.0 * np.pi)
    for tilt in (0.0, np.radians(angle_deg)):
        # Speed and flight-path angle on the line of nodes at a random true anomaly, at the same distance.
        anomaly = common if twice else rng.uniform(0.0, 2.0 * np.pi)
        parameter = radius_km * (1.0 + eccentricity * np.cos(anomaly))
        transverse, radial = (
            np.sqrt(MU * parameter) / radius_km,
            np.sqrt(MU / parameter) * eccentricity * np.sin(anomaly),
        )
        velocity = [radial, transverse * np.cos(tilt), transverse * np.sin(tilt)]
        states.append(np.array([radius_km, 0.0, 0.0, *velocity]))
    primary, secondary = states
    relative = secondary[3:] - primary[3:]
    # A miss across the relative velocity, so that the states are those of closest approach.
    miss = np.cross(relative / np.linalg.norm(relative), rng.standard_normal(3))
    secondary[:3] += miss_km * miss / np.linalg.norm(miss)
    spreads = [
        state_rtn_to_inertial(
            with_velocity_errors(np.diag(np.square(sigma_km))[None], state[None]), state[None]
        )[0]
        for state in states
    ]
    return StatePair(primary[None], secondary[None], spreads[0][None], spreads[1][None])


def random_pairs(seed, count):
    """Passes in low orbits at 1 to 179 degrees, of misses up to 60 km and errors of up to 40 km along the orbits."""
    rng = np.random.default_rng(seed)
    up = np.array([1.0, 0.0, 0.0])
    radius = rng.uniform(6600.0, 7500.0, count)
    angle = np.deg2rad(
        np.where(rng.random(count) < 0.3, rng.uniform(1, 15, count), rng.uniform(15, 179, count))
    )
    speed = np.sqrt(MU / radius)
    first = np.zeros((count, 6))
    first[:, :3] = radius[:, None] * up
    first[:, 4] = speed
    second = first.copy()
    tilt = rng.normal(0.0, 0.02, count)
    second[:, 3] = speed * tilt
    second[:, 4], second[:, 5] = speed * np.cos(angle), speed * np.sin(angle)
    rate = second[:, 3:] - first[:, 3:]
    along = rate / np.linalg.norm(rate, axis=1, keepdims=True)
    miss = rng.normal(size=(count, 3)) * np.array([1.0, 0.2, 0.2])
    miss -= np.einsum("mc,mc->m", miss, along)[:, None] * along
    miss *= (60.0 * rng.uniform(0.0, 1.0, count) ** 2 / np.linalg.norm(miss, axis=1))[:, None]
    second[:, :3] += miss
    covariances = []
    for state in (first, second):
        sigma = 10.0 ** np.stack(
            [rng.uniform(-2.0, 0.0, count), rng.uniform(-1.0, 1.6, count), rng.uniform(-2.0, 0.0, count)],
            axis=1,
        )
        position = sigma[:, :, None] ** 2 * np.eye(3)
        covariances.append(state_rtn_to_inertial(with_velocity_errors(position, state), state))
    return StatePair(first, second, *covariances)
