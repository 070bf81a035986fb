"""Constructed encounters for the tests of the state methods."""

from __future__ import annotations

import numpy as np

from debrissim.probability.state_pair import StatePair
from debrissim.propagation.frames import rtn_basis

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
