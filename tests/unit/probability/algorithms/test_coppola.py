"""Coppola's integral, and the surface integral under both state methods, against other ways to compute it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import erfc
from support.state_cases import crossing

from debrissim.probability.algorithms.coppola import time_integrated
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.ball import RelativeGaussian, ball_probability, nearest_exponent
from debrissim.probability.collision_rate import log_entry_rate
from debrissim.probability.state_pair import StateFlag


def gaussian(seed, position_sigma, velocity_sigma, mean):
    """A relative state with a full random correlation and these standard deviations."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(6, 9))
    covariance = root @ root.T
    size = np.array([*position_sigma, *velocity_sigma]) / np.sqrt(np.diag(covariance))
    covariance *= np.outer(size, size)
    return RelativeGaussian(np.array([mean], dtype=float), covariance[None], np.ones(1, dtype=bool))


def brute_rate(state, radius, order=400):
    """The same integral by a product rule of Gauss and equal steps over the whole sphere, x the pole."""
    z, w = np.polynomial.legendre.leggauss(order)
    phi = (np.arange(2 * order) + 0.5) * np.pi / order
    ring = np.sqrt(1.0 - z * z)
    u = np.stack(
        np.broadcast_arrays(z[:, None], ring[:, None] * np.cos(phi), ring[:, None] * np.sin(phi)), -1
    )
    weight = np.repeat(w, phi.size) * np.pi / order
    u = u.reshape(-1, 3)
    mean, covariance = state.mean[0], state.covariance[0]
    inverse = np.linalg.inv(covariance[:3, :3])
    gradient = covariance[3:, :3] @ inverse
    rest = covariance[3:, 3:] - gradient @ covariance[:3, 3:]
    offset = radius * u - mean[:3]
    density = np.exp(-0.5 * np.einsum("ni,ij,nj->n", offset, inverse, offset))
    density /= np.sqrt((2.0 * np.pi) ** 3 * np.linalg.det(covariance[:3, :3]))
    speed = np.einsum("ni,ni->n", mean[3:] + offset @ gradient.T, u)
    sigma = np.sqrt(np.einsum("ni,ij,nj->n", u, rest, u))
    t = speed / sigma
    inward = sigma * (np.exp(-0.5 * t * t) / np.sqrt(2.0 * np.pi) - 0.5 * t * erfc(t / np.sqrt(2.0)))
    return radius**2 * weight @ (density * inward)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("position_sigma", "velocity_sigma", "radius", "tolerance"),
    [
        ((0.1, 0.3, 0.2), (1e-3, 1e-3, 1e-3), 0.01, 1e-9),
        ((0.1, 3.0, 0.2), (1e-3, 1e-3, 1e-3), 0.5, 1e-6),
        ((0.1, 0.1, 0.1), (1e-3, 2e-3, 1e-3), 1.5, 1e-6),
        ((0.02, 20.0, 0.05), (1e-2, 1e-2, 1e-2), 0.1, 1e-5),
    ],
)
def test_entry_rate_against_a_product_rule(seed, position_sigma, velocity_sigma, radius, tolerance):
    rng = np.random.default_rng(100 + seed)
    mean = np.concatenate([rng.normal(size=3) * position_sigma, rng.normal(size=3) * 3e-3])
    state = gaussian(seed, position_sigma, velocity_sigma, mean)
    found, accurate = log_entry_rate(state, np.array([radius]))
    assert accurate.all()
    assert np.exp(found[0]) == pytest.approx(brute_rate(state, radius), rel=tolerance)


def test_entry_rate_of_a_sharp_needle_through_the_sphere():
    # The needle pierces the sphere at its poles, 1/500 of a radian wide: the rate is the speed times the
    # density along the needle, where it enters.
    covariance = np.diag(np.square([5.0, 1e-3, 1e-3, 1e-9, 1e-9, 1e-9]))[None]
    state = RelativeGaussian(np.array([[1.0, 0.0, 0.0, 2.0, 0.0, 0.0]]), covariance, np.ones(1, dtype=bool))
    found, _ = log_entry_rate(state, np.array([0.5]))
    density = np.exp(-0.5 * (1.5 / 5.0) ** 2) / (5.0 * np.sqrt(2.0 * np.pi))
    assert np.exp(found[0]) == pytest.approx(2.0 * density, rel=1e-5)


def test_far_from_the_density_the_logarithm_stays():
    state = gaussian(1, (0.1, 0.1, 0.1), (1e-3,) * 3, [9.0, 0.0, 0.0, 0.0, 1.0, 0.0])
    found, _ = log_entry_rate(state, np.array([0.01]))
    assert -1e6 < found[0] < -800.0


@pytest.mark.parametrize("radius", [0.01, 0.3, 2.0])
def test_ball_probability_of_a_round_gaussian(radius):
    covariance = np.zeros((1, 6, 6))
    covariance[:, :3, :3] = 0.1**2 * np.eye(3)
    state = RelativeGaussian(np.zeros((1, 6)), covariance, np.ones(1, dtype=bool))
    t = radius / 0.1
    expected = 1.0 - erfc(t / np.sqrt(2.0)) - np.sqrt(2.0 / np.pi) * t * np.exp(-0.5 * t * t)
    assert ball_probability(state, np.array([radius]))[0] == pytest.approx(expected, rel=1e-9)


def test_the_nearest_point_of_the_ball():
    rng = np.random.default_rng(3)
    state = gaussian(4, (0.1, 2.0, 0.5), (1e-3,) * 3, [3.0, 1.0, -2.0, 0.0, 0.0, 1.0])
    u = rng.normal(size=(400_000, 3))
    u *= 1.5 / np.linalg.norm(u, axis=-1, keepdims=True)
    inverse = np.linalg.inv(state.covariance[0, :3, :3])
    offset = u - state.mean[0, :3]
    sampled = 0.5 * np.einsum("ni,ij,nj->n", offset, inverse, offset).min()
    found = nearest_exponent(state, np.array([1.5]))[0]
    assert found <= sampled
    assert found == pytest.approx(sampled, rel=2e-3)
    inside = RelativeGaussian(0.1 * state.mean, state.covariance, state.linearized)
    assert nearest_exponent(inside, np.array([1.5]))[0] == 0.0


def test_straight_encounters_agree_with_hall():
    pair = crossing(sigma_km=(0.05, 0.2, 0.05))
    one, other = time_integrated(pair, 0.02), expected_collisions(pair, 0.02)
    assert one.value == pytest.approx(other.value, rel=1e-5)
    assert one.method == "coppola-3d"
    assert one.flags[0] == 0


def test_bent_encounters_do_not():
    pair = crossing(miss_km=(0.1, 20.0, 0.0), sigma_km=(0.02, 15.0, 0.02))
    one, other = time_integrated(pair, 0.05), expected_collisions(pair, 0.05)
    assert not 0.8 < one.value[0] / other.value[0] < 1.25


def test_a_window_is_kept():
    found = time_integrated(crossing(), 0.02, window_s=(-5.0, 0.0))
    assert found.flags[0] & StateFlag.WINDOW_LIMITED
    assert 0.2 < found.value[0] / time_integrated(crossing(), 0.02).value[0] < 0.8
