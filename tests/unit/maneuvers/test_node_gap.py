"""The bound by the gap at the nodes: its proof on sampled orbits, and against the integration along the orbits."""

from __future__ import annotations

import numpy as np
import pytest
from support.state_cases import MU, random_pairs, same_shell, stacked

from debrissim.maneuvers.node_gap import _Orbits, node_gap_bound
from debrissim.probability import expected_collisions, monte_carlo
from debrissim.probability.peak_overlap import element_pair
from debrissim.probability.state_pair import StatePair
from debrissim.propagation.two_body import EquinoctialOrbits
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors


def log_radius(state, unit):
    """The logarithm of the radius of orbits through states in a direction, by the equation of the conic in vectors."""
    momentum = np.cross(state[:, :3], state[:, 3:])
    perigee = (
        np.cross(state[:, 3:], momentum) / MU - state[:, :3] / np.linalg.norm(state[:, :3], axis=1)[:, None]
    )
    return np.log((momentum**2).sum(axis=1) / MU) - np.log1p((perigee * unit).sum(axis=1))


def node_of(first, second):
    node = np.cross(*(np.cross(state[:, :3], state[:, 3:]) for state in (first, second)))
    return node / np.linalg.norm(node, axis=1)[:, None]


def eccentric_pairs(seed, count):
    """Orbits of up to 0.5 in eccentricity at 2 to 178 degrees."""
    rng = np.random.default_rng(seed)
    return stacked(
        *(
            same_shell(
                rng,
                angle_deg=rng.uniform(2.0, 178.0),
                eccentricity=rng.uniform(0.0, 0.5),
                miss_km=rng.uniform(0.0, 5.0),
                sigma_km=10.0 ** rng.uniform([-2.0, -1.0, -2.0], [0.0, 1.5, 0.0]),
            )
            for _ in range(count)
        )
    )


@pytest.mark.parametrize("pairs", [random_pairs(11, 60), eccentric_pairs(12, 60)], ids=["low", "eccentric"])
def test_radii_at_the_node_differ_from_their_linear_part_by_no_more_than_the_rest(pairs: StatePair) -> None:
    rng = np.random.default_rng(13)
    sigmas, closest = 5.0, 0.0
    elements = element_pair(pairs, mu_km3_s2=MU)
    sides = (
        (elements.primary, elements.primary_covariance),
        (elements.secondary, elements.secondary_covariance),
    )
    boxes = [_Orbits.of(*side, sigmas) for side in sides]
    node = node_of(pairs.primary_state, pairs.secondary_state)
    sine = np.linalg.norm(np.cross(boxes[0].axes[:, 2], boxes[1].axes[:, 2]), axis=1)
    turned = boxes[0].turn + boxes[1].turn
    sound = (turned < 0.5 * sine) & boxes[0].sound & boxes[1].sound
    assert sound.sum() > 30
    sizes = [np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0)) for _, covariance in sides]
    for _ in range(60):
        # Corners of the box, in any direction, whatever the correlations.
        moves = [0.7 * sigmas * size * rng.choice([-1.0, 0.0, 1.0], size.shape) for size in sizes]
        moved = [
            EquinoctialOrbits(orbits.elements + move, orbits.sense, MU)
            for (orbits, _), move in zip(sides, moves, strict=True)
        ]
        ellipses = [np.hypot(o.elements[:, 1], o.elements[:, 2]) < 1.0 for o in moved]
        rows = np.flatnonzero(sound & ellipses[0] & ellipses[1])
        states = [orbits[rows].states() for orbits in moved]
        for sign in (1.0, -1.0):
            unit = sign * node_of(*states)
            for box, state, move in zip(boxes, states, moves, strict=True):
                radius = box.radius_at(sign * node, np.sqrt(2.0) * turned / sine)
                linear = radius.mean + (radius.slope * move[:, :3]).sum(axis=1)
                wrong = np.abs(log_radius(state, unit) - linear[rows])
                assert (wrong <= radius.rest[rows] + 1e-13).all()
                closest = max(closest, float((wrong / radius.rest[rows]).max()))
    assert closest > 0.1


@pytest.mark.parametrize("angle_deg", [0.3, 5.0, 60.0, 120.0, 175.0, 179.7])
@pytest.mark.parametrize("twice", [False, True])
def test_the_bound_is_above_the_integration_along_the_orbits(angle_deg: float, twice: bool) -> None:
    rng = np.random.default_rng(int(10 * angle_deg) + twice)
    pairs = stacked(
        *(
            same_shell(
                rng,
                angle_deg=angle_deg,
                eccentricity=eccentricity,
                twice=twice,
                miss_km=miss,
                sigma_km=(0.1, 5.0, 0.05),
            )
            for eccentricity in (0.0, 1e-3, 0.05)
            for miss in (0.01, 0.3, 0.8, 2.0)
        )
    )
    found = expected_collisions(pairs, 0.02)
    bound = node_gap_bound(pairs, np.full(len(pairs), 0.02), 1e-12)
    assert (bound >= found.value).all()
    # The other way round it is the node in the opposite direction.
    swapped = StatePair(
        pairs.secondary_state, pairs.primary_state, pairs.secondary_covariance, pairs.primary_covariance
    )
    assert (node_gap_bound(swapped, np.full(len(pairs), 0.02), 1e-12) >= found.value).all()
    if angle_deg in (60.0, 120.0):
        assert (bound < 1e-6).any()


def test_the_bound_of_random_encounters_is_above_the_integration_along_the_orbits() -> None:
    pairs = stacked(random_pairs(21, 90), eccentric_pairs(22, 30))
    bound = node_gap_bound(pairs, np.full(len(pairs), 0.05), 1e-12)
    found = expected_collisions(pairs, 0.05)
    assert (bound >= found.value).all()
    # It decides, on both sides.
    assert (bound < 1e-9).sum() > 40
    assert (found.value > 1e-9).sum() > 10


def test_a_wide_hard_body_in_well_known_orbits_is_bounded_as_sampled() -> None:
    # A gap of 0.55 km, closed by the hard body of 0.5 km at half a sigma of 0.1 km: no slack hides an error.
    speed = np.sqrt(MU / 7000.0)
    first = np.array([[7000.0, 0.0, 0.0, 0.0, speed, 0.0]])
    second = np.array([[7000.55, 0.0, 0.0, 0.0, 0.0, np.sqrt(MU / 7000.55)]])
    spread = [
        state_rtn_to_inertial(with_velocity_errors(np.diag([0.1, 0.2, 0.1])[None] ** 2 / 2.0, state), state)
        for state in (first, second)
    ]
    pair = StatePair(first, second, *spread)
    sampled = monte_carlo(pair, 0.5, np.random.default_rng(1), relative_half_width=0.3)
    bound = node_gap_bound(pair, np.array([0.5]), 1e-9)
    assert sampled.lower[0] > 0.05
    assert sampled.lower[0] <= bound[0] <= 1.0


def test_a_gap_closed_only_at_the_node_half_a_revolution_away_does_not_count() -> None:
    rng = np.random.default_rng(7)
    pair = same_shell(rng, angle_deg=70.0, eccentricity=0.0, miss_km=0.01, sigma_km=(0.1, 5.0, 0.05))
    # Half a period later both are at the other node; 5 km higher here, the second is at the same height there.
    second = pair.secondary_state.copy()
    outwards = second[:, :3] / np.linalg.norm(second[:, :3], axis=1, keepdims=True)
    axis = 1.0 / (2.0 / np.linalg.norm(second[:, :3], axis=1) - (second[:, 3:] ** 2).sum(axis=1) / MU)
    second[:, :3] += 5.0 * outwards
    speed = np.sqrt(MU * (2.0 / np.linalg.norm(second[:, :3], axis=1) - 1.0 / (axis + 2.5)))
    second[:, 3:] *= (speed / np.linalg.norm(second[:, 3:], axis=1))[:, None]
    raised = StatePair(pair.primary_state, second, pair.primary_covariance, pair.secondary_covariance)
    period = 2.0 * np.pi * np.sqrt(7000.0**3 / MU)
    later = expected_collisions(raised, 0.02, window_s=[0.4 * period, 0.6 * period])
    bound = node_gap_bound(raised, np.array([0.02]), 1e-12)
    assert later.value[0] > 1e-6
    assert expected_collisions(raised, 0.02).value[0] <= bound[0] < 1e-11


def test_coplanar_orbits_and_wide_errors_have_no_bound() -> None:
    rng = np.random.default_rng(5)
    flat = same_shell(rng, angle_deg=0.0, eccentricity=0.01)
    head_on = same_shell(rng, angle_deg=180.0, eccentricity=0.01)
    wide = same_shell(rng, angle_deg=90.0, eccentricity=0.01, sigma_km=(900.0, 900.0, 900.0))
    assert (node_gap_bound(stacked(flat, head_on, wide), np.full(3, 0.01), 1e-9) == 1.0).all()


def test_smaller_covariances_have_no_higher_bound() -> None:
    pairs = random_pairs(31, 60)
    smaller = StatePair(
        pairs.primary_state, pairs.secondary_state, 0.5 * pairs.primary_covariance, pairs.secondary_covariance
    )
    radius_km = np.full(60, 0.05)
    assert (node_gap_bound(smaller, radius_km, 1e-9) <= node_gap_bound(pairs, radius_km, 1e-9)).all()


def test_errors_of_the_mean_longitude_do_not_matter() -> None:
    pairs = random_pairs(41, 60)
    elements = element_pair(pairs)
    _, partials = elements.primary.states_and_partials()
    late = partials[:, :, 5]
    later = StatePair(
        pairs.primary_state, pairs.secondary_state,
        pairs.primary_covariance + 1e-4 * late[:, :, None] * late[:, None, :], pairs.secondary_covariance,
    )  # fmt: skip
    radius_km = np.full(60, 0.05)
    np.testing.assert_allclose(
        np.log(node_gap_bound(later, radius_km, 1e-9)),
        np.log(node_gap_bound(pairs, radius_km, 1e-9)),
        rtol=1e-3,
    )
