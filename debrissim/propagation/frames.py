"""The RTN frame (radial, transverse, normal; also RIC or UVW) of an orbiting object.

R points along the position, N along the angular momentum r x v of the *inertial* velocity, T = N x R completes
the triad (Vallado 2013, "Fundamentals of Astrodynamics and Applications", section 3.3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rtn_basis(position_km: Array, velocity_km_s: Array) -> Array:
    """(m, 3, 3) rotation matrices whose rows are R, T, N in the frame of the input.

    position_km, velocity_km_s: (m, 3), one inertial frame (TEME here). `basis @ x` turns an inertial vector to RTN.
    """
    radial = position_km / np.linalg.norm(position_km, axis=-1, keepdims=True)
    momentum = np.cross(position_km, velocity_km_s)
    normal = momentum / np.linalg.norm(momentum, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=-2)


def rotate(basis: Array, vectors: Array) -> Array:
    """(m, 3): each vector (m, 3) turned by its matrix (m, 3, 3)."""
    return np.asarray(np.einsum("mij,mj->mi", basis, vectors))


def rotate_covariance(basis: Array, covariance: Array) -> Array:
    """(m, 3, 3): B C B^T of each covariance (m, 3, 3); with B transposed, from RTN back to the inertial frame."""
    return np.asarray(np.einsum("mij,mjk,mlk->mil", basis, covariance, basis))
