"""Covariances from one object's RTN to another's.

Source: Vallado & Alfano (2015), "Updated Analytical Partials for Covariance Transformations and
Optimization", AAS 15-537, for the position block: C' = B C B^T.

Assumptions
- RTN axes come from the inertial velocity and are frozen at the instant of the states; both states at one
  instant.
- Position only: the rotation of the axes during the encounter is not carried into a velocity covariance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
