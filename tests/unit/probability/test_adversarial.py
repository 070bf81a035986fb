"""An examiner's cases: independent oracles, invariances, and inputs that are wrong in ways that happen.

The oracles share nothing with the code: a mixture of gamma functions for round errors, quadrature of the three-
dimensional density along the line of sight, counting of samples.
"""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from support.disc_oracle import disc_probability

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.chan import chan
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.collision import ProbabilityFlag, collision_probability
from debrissim.probability.encounter_plane import encounter_plane, plane_from_components
from debrissim.probability.maximum import maximum_probability
from debrissim.probability.state_pair import StatePair


def pc(u, v, major, minor, radius):
    plane = plane_from_components(np.array([[u, v]], float), np.diag([major**2, minor**2])[None])
    return float(foster(plane, np.array([float(radius)]))[0])


def round_errors(distance, sigma, radius):
    """The non-central chi-square distribution of two degrees of freedom: a Poisson mixture of gamma functions."""
    with mp.workdps(40):
        mean, level = (
            mp.mpf(distance) ** 2 / (2 * mp.mpf(sigma) ** 2),
            mp.mpf(radius) ** 2 / (2 * mp.mpf(sigma) ** 2),
        )
        count = int(2 * mean + 2 * level) + 120
        weight, total = mp.exp(-mean), mp.mpf(0)
        for m in range(count):
            total += weight * mp.gammainc(m + 1, 0, level, regularized=True)
            weight *= mean / (m + 1)
        return float(total)


@pytest.mark.parametrize(
    ("distance", "sigma", "radius"),
    [
        (0.0, 1.0, 1e-8), (0.0, 1.0, 1.0), (1.0, 1.0, 1.0), (5.0, 1.0, 0.01), (3.0, 1.0, 3.0), (10.0, 1.0, 12.0),
        (25.0, 1.0, 10.0), (30.0, 1.0, 2.0), (37.0, 1.0, 1e-3), (7.0, 0.25, 6.0),
    ],
)  # fmt: skip
def test_round_errors_against_a_mixture_of_gamma_functions(distance, sigma, radius):
    expected = round_errors(distance, sigma, radius)
    for angle in (0.0, 0.3, np.pi / 4, np.pi / 2):
        found = pc(distance * np.cos(angle), distance * np.sin(angle), sigma, sigma, radius)
        # The exponent, up to 680, magnifies the rounding of the inputs.
        assert found == pytest.approx(expected, rel=3e-13)


@pytest.mark.parametrize(
    "case",
    [
        # Axis ratio 1e6; body 1000 times the minor sigma, its edge at the origin, next to it and beyond.
        (0.0, 1e3, 1e6, 1.0, 999.0), (0.0, 1e3, 1e6, 1.0, 1e3 - 1e-6), (0.0, 1e3, 1e6, 1.0, 1e3),
        (0.0, 1e3, 1e6, 1.0, 1e3 + 1e-6), (1e6, 1e6, 1e6, 1.0, 1.4e6), (3e7, 1.0, 1e6, 1.0, 1.0),
        # The last decades before the smallest doubles.
        (38.0, 0.0, 1.0, 1.0, 0.1), (36.0, 10.0, 1.0, 1.0, 1.0), (0.0, 37.2, 1e6, 1.0, 1e-3),
        # Lengths whose squares or fourth powers would leave the doubles.
        (1e-140, 0.0, 1e-130, 1e-130, 1e-140), (1e140, 0.0, 1e140, 1e140, 1e139),
        (1e5, 1e5, 1e9, 1e9, 20.0), (5e-7, 2e-12, 1e-6, 1e-12, 1e-13),
        # The miss inside the body, the body far wider than the errors, its rim between them.
        (0.9, 0.0, 0.1, 1e-3, 1.0), (0.0, 0.999, 0.1, 1e-3, 1.0), (0.7, 0.7, 0.5, 1e-5, 1.0),
    ],
)  # fmt: skip
def test_extremes_against_25_digits(case):
    assert pc(*case) == pytest.approx(disc_probability(*case), rel=2e-13)


def rotation(rng):
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return turn  # of either handedness


def random_encounters(count, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(2, count, 3, 3)) * 10.0 ** rng.uniform(-2, 0.5, (2, count, 1, 3))
    covariance = root @ np.swapaxes(root, -1, -2)
    return rng, rng.normal(size=(count, 3)) * 0.5, rng.normal(size=(count, 3)) * 5.0, *covariance


def value(position, velocity, first, second, **more):
    return collision_probability(position, velocity, first, second, 30.0, **more)


def test_frames_of_either_hand_order_of_objects_and_moment_do_not_matter():
    rng, position, velocity, first, second = random_encounters(200, 1)
    plain = value(position, velocity, first, second)
    turn = rotation(rng)
    for mirror in (np.eye(3), np.diag([1.0, 1.0, -1.0])):
        matrix = turn @ mirror
        turned = value(
            position @ matrix.T, velocity @ matrix.T, *(matrix @ c @ matrix.T for c in (first, second))
        )
        assert turned.value == pytest.approx(plain.value, rel=1e-7)
        assert turned.maximum == pytest.approx(plain.maximum, rel=1e-7)
    swapped = value(-position, -velocity, second, first)
    assert swapped.value == pytest.approx(plain.value, rel=1e-12)
    # States before or after closest approach: the plane sees the projected miss.
    for seconds in (-3.0, 0.7):
        moved = value(position + seconds * velocity, velocity, first, second)
        assert moved.value == pytest.approx(plain.value, rel=1e-7, abs=1e-290)
        assert moved.plane.passage_time_s == pytest.approx(plain.plane.passage_time_s - seconds, abs=1e-6)


def test_the_pipeline_against_quadrature_of_the_density_in_space():
    # The mass of a long cylinder about the line of sight: in full 30-digit arithmetic, without a plane.
    _, position, velocity, first, second = random_encounters(2, 9)
    found = collision_probability(position, velocity, first, second, 5.0).value
    for k in range(2):
        with mp.workdps(30):
            sight = mp.matrix(velocity[k].tolist()) / mp.norm(mp.matrix(velocity[k].tolist()))
            other = mp.matrix([1, 0, 0]) if abs(sight[0]) < 0.9 else mp.matrix([0, 1, 0])
            x = other - sight * (other.T * sight)[0]
            x = x / mp.norm(x)
            y = mp.matrix(np.cross([float(v) for v in sight], [float(v) for v in x]).tolist())
            y = y - sight * (y.T * sight)[0] - x * (y.T * x)[0]
            y = y / mp.norm(y)
            matrix = mp.matrix((first[k] + second[k]).tolist())
            miss = mp.matrix(position[k].tolist())
            c = [[(one.T * matrix * two)[0] for two in (x, y)] for one in (x, y)]
            m = [(one.T * miss)[0] for one in (x, y)]
            det = c[0][0] * c[1][1] - c[0][1] ** 2

            def density(r, t, m=m, c=c, det=det):
                a, b = m[0] + r * mp.cos(t), m[1] + r * mp.sin(t)
                q = (c[1][1] * a * a - 2 * c[0][1] * a * b + c[0][0] * b * b) / det
                return r * mp.exp(-q / 2) / (2 * mp.pi * mp.sqrt(det))

            expected = mp.quad(density, [0, mp.mpf("0.005")], [0, mp.pi, 2 * mp.pi], maxdegree=4)
        assert found[k] == pytest.approx(float(expected), rel=1e-9)


def test_correlation_near_one_keeps_the_digits_it_has():
    # sigma 1 and 1 with correlation 1 - 1e-12: the minor sigma is 7e-7 by the numbers as given.
    rest = 2.0**-40
    covariance = np.array([[[1.0, 1.0 - rest], [1.0 - rest, 1.0]]])
    plane = plane_from_components(np.array([[0.3, 0.3]]), covariance)
    assert plane.sigma_minor_km[0] == pytest.approx(np.sqrt(rest), rel=1e-12)
    expected = disc_probability(0.3 * np.sqrt(2.0), 0.0, np.sqrt(2.0 - rest), np.sqrt(rest), 0.01)
    assert foster(plane, np.array([0.01]))[0] == pytest.approx(expected, rel=1e-11)
    beyond = plane_from_components(np.array([[0.3, 0.3]]), np.array([[[1.0, 1.5], [1.5, 1.0]]]))
    assert beyond.non_positive_definite[0]
    assert 0.0 <= foster(beyond, np.array([0.01]))[0] <= 1.0


def test_clipping_of_a_bad_eigenvalue_does_not_depend_on_how():
    # NASA CARA raises it to (1e-4 radius)^2, here it goes to rounding: compared with the body both are a line.
    radius, angle = 0.02, 0.4
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for miss in ((0.0, 0.005), (0.3, 0.01), (0.1, -0.015)):
        values = []
        for minor in (-1e-6, (1e-4 * radius) ** 2):
            covariance = turn @ np.diag([0.09, minor]) @ turn.T
            plane = plane_from_components((turn @ np.array(miss))[None], covariance[None])
            values.append(float(foster(plane, np.array([radius]))[0]))
        assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_covariances_that_are_none():
    _, position, velocity, first, second = random_encounters(3, 4)
    triangle = np.tril(first)
    with pytest.raises(
        InputError, match=r"covariance_primary_km2: expected symmetric matrices, got .* in row 0"
    ):
        collision_probability(position, velocity, triangle, second, 10.0)
    with pytest.raises(InputError, match="covariance_km2: expected symmetric"):
        encounter_plane(position, velocity, triangle)
    state = np.array([[7000.0, 0.0, 0.0, 0.0, 7.5, 0.0]])
    six = np.tril(np.ones((1, 6, 6)))
    with pytest.raises(InputError, match="secondary_covariance: expected symmetric"):
        StatePair(state, state, np.zeros((1, 6, 6)), six)
    rounded = first * (1.0 + 1e-9 * np.tril(np.ones((3, 3))))
    exact = collision_probability(position, velocity, first, second, 10.0).value
    assert collision_probability(position, velocity, rounded, second, 10.0).value == pytest.approx(
        exact, rel=1e-6
    )


def test_standstill_bounds_the_momentary_probability():
    # No relative velocity: the value must be at least the mass of the hard body's sphere at this moment.
    rng = np.random.default_rng(12)
    for _ in range(5):
        root = rng.normal(size=(3, 3)) * 0.05
        position, covariance = rng.normal(size=3) * 0.03, root @ root.T
        found = collision_probability(
            position[None], np.zeros((1, 3)), covariance[None], np.zeros((1, 3, 3)), 40.0
        )
        assert ProbabilityFlag(int(found.flags[0])) & ProbabilityFlag.NO_RELATIVE_VELOCITY
        samples = rng.multivariate_normal(position, covariance, 20000)
        fraction = np.mean(np.linalg.norm(samples, axis=1) < 0.04)
        assert fraction <= found.value[0] + 4.0 * np.sqrt(fraction / 20000)


def test_bodies_and_errors_of_any_size_give_numbers():
    sizes = np.array([0.0, 1e-300, 1e-160, 1e-30, 1e-6, 1.0, 1e6, 1e30, 1e100])
    u, v, major, fraction, radius = (
        x.ravel() for x in np.meshgrid(sizes, sizes, sizes, [0.0, 1e-12, 1e-3, 1.0], sizes)
    )
    covariance = np.zeros((u.size, 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = major**2, (fraction * major) ** 2
    plane = plane_from_components(np.stack([u, v], axis=-1), covariance)
    found, maximum = foster(plane, radius), maximum_probability(plane, radius)
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert ((maximum.value >= 0.0) & (maximum.value <= 1.0)).all()
    assert not np.isnan(maximum.scale).any()


def test_chen_and_bai_iss_example():
    # Chen, Bai, Liang & Li (2017), "Orbital Data Applications for Space Objects", Springer, the ISS and a piece of
    # debris: minimum distance of the tracks 2.182973 km, 0.161021 s between the passages, speed ratio 1.102111, bodies
    # 100 m and 0.13 m, Pc 4.749411e-5 by their explicit expression: Chan's first term in a plane whose axes are
    # taken as the principal ones. Inputs are printed to 0.1 m and 0.1 m/s.
    first = np.array([3126.0188, 5227.1461, -2891.3029, -3.2980, 4.7587, 5.0543])
    second = np.array([3124.3685, 5226.0042, -2889.9446, -7.7726, 1.9308, -2.7580])
    sigmas = np.array([0.5548968, 6.185655, 1.9433925]), np.array([0.8717616, 12.306207, 0.9210618])
    relative = second - first
    across = np.cross(first[3:], second[3:])
    least = abs(relative[:3] @ across) / np.linalg.norm(across)
    assert least == pytest.approx(2.182973, abs=1e-5)
    speeds = [float(np.linalg.norm(state[3:])) for state in (first, second)]
    cosine = first[3:] @ second[3:] / np.prod(speeds)
    sine, ratio = np.sqrt(1.0 - cosine**2), speeds[1] / speeds[0]
    assert ratio == pytest.approx(1.102111, abs=1e-5)
    relative_share = 1.0 + ratio**2 - 2.0 * ratio * cosine
    along = speeds[1] * sine * 0.161021 / np.sqrt(relative_share)
    one, two = sigmas
    parts = (one[1] * ratio * sine, (1.0 - ratio * cosine) * one[2], two[1] * sine, (ratio - cosine) * two[2])
    major, minor = np.linalg.norm(parts) / np.sqrt(relative_share), np.hypot(one[0], two[0])
    plane = plane_from_components(np.array([[along, least]]), np.diag([major**2, minor**2])[None])
    radius = np.array([0.10013])
    assert chan(plane, radius, terms=1)[0] == pytest.approx(4.749411e-5, rel=3e-5)
    assert foster(plane, radius)[0] == pytest.approx(4.749411e-5, rel=5e-3)

    # With the axes as they are in space instead of their explicit expression: 7 % more.
    covariance = np.zeros((3, 3))
    for state, sigma in ((first, one), (second, two)):
        tangent = state[3:] / np.linalg.norm(state[3:])
        cross = np.cross(state[:3], state[3:])
        cross /= np.linalg.norm(cross)
        axes = np.stack([np.cross(tangent, cross), tangent, cross])
        covariance += axes.T @ np.diag(sigma**2) @ axes
    full = encounter_plane(relative[None, :3], relative[None, 3:], covariance[None])
    assert foster(full, radius)[0] == pytest.approx(5.098e-5, rel=1e-3)
