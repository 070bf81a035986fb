"""RTN: orthonormal, right-handed, and pointing where its name says."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.propagation.frames import rotate, rotate_covariance, rtn_basis

RNG = np.random.default_rng(8)
POSITION = RNG.normal(size=(50, 3)) * 7000.0
VELOCITY = RNG.normal(size=(50, 3)) * 7.0
BASIS = rtn_basis(POSITION, VELOCITY)


def test_the_basis_is_a_rotation() -> None:
    assert np.einsum("mij,mkj->mik", BASIS, BASIS) == pytest.approx(
        np.broadcast_to(np.eye(3), (50, 3, 3)), abs=1e-14
    )
    assert np.linalg.det(BASIS) == pytest.approx(1.0, abs=1e-13)


def test_position_is_radial_and_velocity_has_no_normal_part() -> None:
    radial = rotate(BASIS, POSITION)
    assert radial[:, 0] == pytest.approx(np.linalg.norm(POSITION, axis=1))
    assert radial[:, 1:] == pytest.approx(0.0, abs=1e-11)
    velocity = rotate(BASIS, VELOCITY)
    assert velocity[:, 2] == pytest.approx(0.0, abs=1e-13)
    assert (velocity[:, 1] > 0.0).all()


def test_axes_by_hand() -> None:
    basis = rtn_basis(np.array([[0.0, 7000.0, 0.0]]), np.array([[0.0, 1.0, 7.0]]))
    assert basis[0] == pytest.approx(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]))


def test_covariances_rotate_with_their_vectors() -> None:
    factor = RNG.normal(size=(50, 3, 3))
    covariance = factor @ factor.transpose(0, 2, 1)
    turned = rotate_covariance(BASIS, covariance)
    for k in range(50):
        assert turned[k] == pytest.approx(BASIS[k] @ covariance[k] @ BASIS[k].T)
    assert rotate_covariance(BASIS.transpose(0, 2, 1), turned) == pytest.approx(covariance)
    vectors = RNG.normal(size=(50, 3))
    length = np.einsum("mi,mij,mj->m", vectors, covariance, vectors)
    there = rotate(BASIS, vectors)
    assert np.einsum("mi,mij,mj->m", there, turned, there) == pytest.approx(length)
