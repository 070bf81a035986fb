"""The encounter plane: projection, principal axes, and what it does with bad inputs."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.errors import InputError
from debrissim.probability.encounter_plane import encounter_plane, plane_from_components


def random_inputs(m=50, seed=1):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(m, 3, 3))
    return rng.normal(size=(m, 3)), rng.normal(size=(m, 3)), root @ np.swapaxes(root, 1, 2)


def test_basis_is_right_handed_with_up_in_the_plane():
    position, velocity, covariance = random_inputs()
    plane = encounter_plane(position, velocity, covariance)
    x, y = plane.basis[:, 0], plane.basis[:, 1]
    direction = velocity / np.linalg.norm(velocity, axis=1, keepdims=True)
    assert np.cross(x, y) == pytest.approx(direction, abs=1e-13)
    assert x[:, 0] == pytest.approx(0.0, abs=1e-15)
    assert (y[:, 0] > 0.0).all()


def test_miss_is_the_projected_one_whatever_the_instant():
    position, velocity, covariance = random_inputs()
    plane = encounter_plane(position, velocity, covariance)
    later = encounter_plane(position + 0.3 * velocity, velocity, covariance)
    assert later.miss_km == pytest.approx(plane.miss_km, abs=1e-13)
    assert (plane.miss_distance_km < np.linalg.norm(position, axis=1)).all()


def test_principal_axes_diagonalise():
    position, velocity, covariance = random_inputs()
    plane = encounter_plane(position, velocity, covariance)
    turned = plane.principal_axes @ plane.covariance_km2 @ np.swapaxes(plane.principal_axes, 1, 2)
    assert turned[:, 0, 1] == pytest.approx(0.0, abs=1e-12)
    assert np.sqrt(turned[:, 0, 0]) == pytest.approx(plane.sigma_major_km, rel=1e-12)
    assert np.sqrt(turned[:, 1, 1]) == pytest.approx(plane.sigma_minor_km, rel=1e-9)
    assert (plane.sigma_major_km >= plane.sigma_minor_km).all()
    assert np.hypot(*plane.miss_principal_km.T) == pytest.approx(plane.miss_distance_km, rel=1e-13)
    whitened = np.linalg.solve(plane.covariance_km2, plane.miss_km[:, :, None])[:, :, 0]
    assert plane.mahalanobis_distance**2 == pytest.approx((whitened * plane.miss_km).sum(axis=1), rel=1e-9)
    assert not plane.non_positive_definite.any()


def test_small_sigma_of_a_graded_covariance_keeps_its_digits():
    # Kilometres along one axis, a millimetre across: the textbook eigenvalue formula would give noise.
    angle = 1e-7
    covariance = np.array([[[1.0, angle], [angle, 1e-12 + angle**2]]])
    plane = plane_from_components(np.zeros((1, 2)), covariance)
    assert plane.sigma_minor_km[0] == pytest.approx(1e-6, rel=1e-6)


def test_standstill_looks_along_the_maximum_uncertainty():
    covariance = np.diag([0.01, 4.0, 0.04])[None]
    plane = encounter_plane(np.array([[0.1, 5.0, 0.2]]), np.zeros((1, 3)), covariance)
    assert plane.no_relative_velocity.all()
    assert plane.miss_distance_km[0] == pytest.approx(np.hypot(0.1, 0.2))
    assert (plane.sigma_major_km[0], plane.sigma_minor_km[0]) == pytest.approx((0.2, 0.1))
    assert plane.sigma_along_km[0] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "covariance",
    [np.zeros((3, 3)), np.diag([1.0, 0.0, 0.0]), np.diag([1.0, 1.0, -1.0]), -np.eye(3), np.ones((3, 3))],
)
def test_bad_covariances_are_flagged_and_give_numbers(covariance):
    position, velocity, _ = random_inputs()
    plane = encounter_plane(position, velocity, np.broadcast_to(covariance, (50, 3, 3)))
    assert plane.non_positive_definite.all()
    assert np.isfinite(plane.sigma_minor_km).all()
    assert (plane.sigma_minor_km >= 0.0).all()
    assert not np.isnan(plane.mahalanobis_distance).any()


@pytest.mark.parametrize("direction", [(1.0, 0.0, 0.0), (-1.0, 1e-9, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)])
def test_every_line_of_sight_has_a_plane(direction):
    plane = encounter_plane(np.ones((1, 3)), 7.0 * np.array([direction]), np.eye(3)[None])
    assert plane.basis[0] @ plane.basis[0].T == pytest.approx(np.eye(2), abs=1e-14)


def test_wrong_arguments_are_named():
    position, velocity, covariance = random_inputs(3)
    with pytest.raises(InputError, match=r"relative_velocity_km_s: expected shape \(3, 3\), got \(2, 3\)"):
        encounter_plane(position, velocity[:2], covariance)
    covariance[1, 0, 0] = np.nan
    with pytest.raises(InputError, match="covariance_km2: expected finite numbers, got nan in row 1"):
        encounter_plane(position, velocity, covariance)


def test_no_encounters_and_selection():
    empty = encounter_plane(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 3, 3)))
    assert len(empty) == 0
    plane = encounter_plane(*random_inputs(4))
    assert plane[[3, 1]].miss_km.tolist() == plane.miss_km[[3, 1]].tolist()
    assert len(plane[[]]) == 0
