"""The combined covariance in space, reassembled from an encounter plane and the part that it leaves out."""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability.encounter_plane import STANDSTILL_KM_S, encounter_plane


def covariance_in_space(relative_velocity_km_s: Array, plane_km2: Array, along_km2: Array) -> Array:
    """Recover the covariances from which an encounter plane was made: the inverse of its projection.

    Parameters
    ----------
    relative_velocity_km_s : (m, 3), km/s
        Secondary minus primary, in the frame of the result, such as the RTN of the primary.
    plane_km2 : (m, 3), km^2
        For each plane: variance of x, covariance of x and y, variance of y.
    along_km2 : (m, 3), km^2
        Covariance of x and z, of y and z, variance of z; z along the relative velocity
        (`cumulative.along_covariance_km2`).

    Returns
    -------
    (m, 3, 3) km^2; NaN where a number is missing, and without a relative velocity, which leaves the plane undefined.

    Raises
    ------
    InputError
        Where shapes disagree.
    """
    velocity, plane, along = (
        np.asarray(values, np.float64) for values in (relative_velocity_km_s, plane_km2, along_km2)
    )
    if velocity.ndim != 2 or not velocity.shape == plane.shape == along.shape == (len(velocity), 3):
        raise InputError(
            "covariance_in_space: expected three arrays of shape (m, 3), got "
            f"{velocity.shape}, {plane.shape} and {along.shape}"
        )
    usable = (
        np.isfinite(velocity).all(axis=1)
        & np.isfinite(plane).all(axis=1)
        & np.isfinite(along).all(axis=1)
        & (np.linalg.norm(velocity, axis=1) > STANDSTILL_KM_S)
    )
    space = np.full((len(velocity), 3, 3), np.nan)
    if not usable.any():
        return space
    moving = velocity[usable]
    # The basis depends only on the velocity.
    basis = encounter_plane(
        np.zeros_like(moving), moving, np.broadcast_to(np.eye(3), (len(moving), 3, 3))
    ).basis
    axes = np.concatenate([basis, np.cross(basis[:, 0], basis[:, 1])[:, None]], axis=1)
    (xx, xy, yy), (xz, yz, zz) = plane[usable].T, along[usable].T
    given = np.stack([xx, xy, xz, xy, yy, yz, xz, yz, zz], axis=-1).reshape(-1, 3, 3)
    space[usable] = np.einsum("mai,mab,mbj->mij", axes, given, axes)
    return space
