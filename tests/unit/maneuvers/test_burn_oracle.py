"""The oracle of burns against closed forms: both were written from the literature, neither from the package."""

from __future__ import annotations

import numpy as np
import pytest
from support.burn_formulas import (
    across,
    alfano_2005_disc,
    circular_displacement,
    crossing_miss,
    displacement,
    patera_2001_disc,
)
from support.burn_oracle import (
    MU,
    after_burn,
    along_velocity_rtn,
    axes,
    burn_sensitivity,
    closest,
    covariance_along,
    execution_covariance,
    fly,
    plane_of,
    probability,
    probability_by_dblquad,
    smallest_on_grid,
    state_at_burn,
)

LEADS = (0.1, 0.5, 1.0, 2.0, 5.0)
RADIUS_KM = 6800.0
PERIOD_S = 2.0 * np.pi * np.sqrt(RADIUS_KM**3 / MU)
UNIT = np.eye(3)


def circular(crossing_rad: float) -> np.ndarray:
    speed = np.sqrt(MU / RADIUS_KM)
    return np.array([[RADIUS_KM, 0.0, 0.0, 0.0, speed * np.cos(crossing_rad), speed * np.sin(crossing_rad)]])


def elliptic(eccentricity: float, anomaly: float) -> np.ndarray:
    p = 9000.0 * (1.0 - eccentricity**2)
    r = p / (1.0 + eccentricity * np.cos(anomaly))
    speed = np.sqrt(MU / p)
    place = r * np.array([np.cos(anomaly), np.sin(anomaly) * 0.6, np.sin(anomaly) * 0.8])
    motion = speed * np.array([-np.sin(anomaly), *(np.array([0.6, 0.8]) * (eccentricity + np.cos(anomaly)))])
    return np.concatenate([place, motion])[None]


def test_two_body_flight_returns_after_a_revolution_and_keeps_its_energy():
    start = elliptic(0.2, 1.0)
    period = 2.0 * np.pi * np.sqrt(9000.0**3 / MU)
    np.testing.assert_allclose(fly(start, 5 * period), start, atol=2e-6)
    there = fly(start, 0.37 * period)
    energy = [0.5 * s[0, 3:] @ s[0, 3:] - MU / np.linalg.norm(s[0, :3]) for s in (start, there)]
    assert energy[0] == pytest.approx(energy[1], rel=1e-12)


def test_oblateness_turns_the_node_at_the_secular_rate():
    inclination = np.radians(51.6)
    start = circular(inclination)
    after = fly(start, 20 * PERIOD_S, with_j2=True)
    normal = np.cross(after[0, :3], after[0, 3:])
    turned = np.arctan2(normal[0], -normal[1])
    n = 2.0 * np.pi / PERIOD_S
    expected = -1.5 * 1.082616e-3 * (6378.135 / RADIUS_KM) ** 2 * n * np.cos(inclination) * 20 * PERIOD_S
    assert turned == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("revolutions", LEADS)
@pytest.mark.parametrize("direction", range(3))
def test_displacement_of_a_circular_orbit_is_that_of_clohessy_and_wiltshire(revolutions, direction):
    lead = revolutions * PERIOD_S
    burn = 0.05 * UNIT[direction]
    nominal = circular(0.9)
    # Half the difference of both signs: without the terms of second order.
    moved = 0.5 * (after_burn(nominal, lead, burn) - after_burn(nominal, lead, -burn))[0, :3]
    expected = circular_displacement(RADIUS_KM, lead, burn)
    np.testing.assert_allclose(
        axes(nominal)[0] @ moved, expected, rtol=0.0, atol=3e-4 * abs(expected).max() + 3e-6
    )


@pytest.mark.parametrize("revolutions", LEADS)
@pytest.mark.parametrize("size", [-0.02, 0.02])
@pytest.mark.parametrize("crossing_deg", [20.0, 90.0, 179.0])
def test_miss_of_crossing_circles_after_an_along_track_burn(revolutions, size, crossing_deg):
    crossing = np.radians(crossing_deg)
    lead = revolutions * PERIOD_S
    moved = after_burn(circular(0.0), lead, size * UNIT[1])
    found = closest(moved, circular(crossing), 100.0)
    expected = crossing_miss(RADIUS_KM, lead, size, crossing)
    assert found.distance_km[0] == pytest.approx(expected, rel=5e-3, abs=1e-6)


@pytest.mark.parametrize("revolutions", LEADS)
@pytest.mark.parametrize("direction", range(3))
@pytest.mark.parametrize("eccentricity", [0.001, 0.3, 0.7])
def test_displacement_of_an_ellipse_is_r_k_d(revolutions, direction, eccentricity):
    nominal = elliptic(eccentricity, 2.2)
    period = 2.0 * np.pi * np.sqrt(9000.0**3 / MU)
    lead = revolutions * period
    burn = 0.01 * UNIT[direction]
    start = state_at_burn(nominal, lead)
    expected = displacement(start[0], nominal[0], lead, burn)
    linear = burn_sensitivity(nominal[0], lead, np.zeros(3))[:3] @ burn
    np.testing.assert_allclose(linear, expected, rtol=0.0, atol=1e-5 * abs(expected).max() + 2e-6)


@pytest.mark.parametrize("direction", range(3))
def test_change_of_the_miss_is_the_displacement_across_the_relative_velocity(direction):
    nominal, other = elliptic(0.1, 2.2), elliptic(0.1, 2.2)
    other[0, 3:] = [1.0, -5.0, 6.0]
    lead, burn = 4000.0, 0.02 * UNIT[direction]
    found = closest(after_burn(nominal, lead, burn), other, 60.0)
    start = state_at_burn(nominal, lead)
    moved = displacement(start[0], nominal[0], lead, burn)
    relative = other[0, 3:] - nominal[0, 3:]
    np.testing.assert_allclose(found.miss_km[0], -across(moved, relative), rtol=5e-3, atol=1e-6)
    assert found.shift_s[0] == pytest.approx(moved @ relative / (relative @ relative), rel=5e-3)


def test_a_radial_burn_half_a_revolution_before_acts_by_delay_alone():
    """Clohessy and Wiltshire: -4 / n along the track, nothing across it."""
    moved = circular_displacement(RADIUS_KM, 0.5 * PERIOD_S, UNIT[0])
    n = 2.0 * np.pi / PERIOD_S
    np.testing.assert_allclose(moved, [0.0, -4e-3 / n, 0.0], atol=1e-12)


def test_a_short_arc_is_an_impulse_at_its_middle():
    nominal = circular(0.9)
    arc = after_burn(nominal, 5030.0, [0.0, 0.5, 0.0], duration_s=60.0)
    impulse = after_burn(nominal, 5000.0, [0.0, 0.5, 0.0])
    late = after_burn(nominal, 5030.0, [0.0, 0.5, 0.0])
    difference = np.linalg.norm((arc - impulse)[0, :3])
    assert difference < 0.02 * np.linalg.norm((arc - late)[0, :3])


def test_zero_burn_changes_nothing():
    nominal = elliptic(0.01, 0.4)
    np.testing.assert_allclose(after_burn(nominal, 30_000.0, np.zeros(3)), nominal, atol=2e-6)


def test_closest_approach_is_one_and_the_edge_of_the_window_is_flagged():
    first, second = circular(0.0), circular(1.5)
    second = fly(second, 3.0)
    found = closest(first, second, 100.0)
    assert abs(np.sum(found.miss_km * found.relative_km_s)) < 1e-9
    assert not found.window_edge[0]
    for shift in (-0.01, 0.01):
        near = np.linalg.norm((fly(found.secondary, shift) - fly(found.primary, shift))[0, :3])
        assert near > found.distance_km[0]
    assert closest(fly(first, 60.0), fly(second, 60.0), 20.0).window_edge[0]


def test_along_track_is_along_the_velocity_not_the_transverse():
    state = elliptic(0.3, 2.0)
    direction = along_velocity_rtn(state)[0]
    assert direction[0] > 0.1
    np.testing.assert_allclose(
        axes(state)[0].T @ direction, state[0, 3:] / np.linalg.norm(state[0, 3:]), atol=1e-14
    )


@pytest.mark.parametrize(
    ("centre", "sigmas", "radius_m"),
    [
        ((0.3, 0.1), (0.5, 0.2), 50.0),
        ((0.0, 0.0), (0.02, 0.01), 20.0),
        ((1.0, 0.0), (1.0, 0.01), 5.0),
        ((0.004, 0.002), (0.003, 0.0009), 30.0),
    ],
)
def test_four_integrals_of_the_disc_agree(centre, sigmas, radius_m):
    miss = np.array([centre[0], centre[1], 0.0])
    covariance = np.diag([sigmas[0] ** 2, sigmas[1] ** 2, 7.0])
    relative = np.array([0.0, 0.0, 10.0])
    polar = probability(miss, relative, covariance, radius_m)
    assert polar == pytest.approx(probability_by_dblquad(miss, relative, covariance, radius_m), rel=1e-7)
    assert polar == pytest.approx(alfano_2005_disc(*centre, *sigmas, radius_m / 1000.0), rel=1e-7)
    assert polar == pytest.approx(patera_2001_disc(*centre, *sigmas, radius_m / 1000.0), rel=1e-7)


def test_plane_and_axes_keep_length_and_variance():
    state = elliptic(0.2, 1.0)
    covariance = covariance_along(state, np.diag([1.0, 4.0, 9.0])[None])[0]
    frame = axes(state)[0]
    np.testing.assert_allclose(frame @ covariance @ frame.T, np.diag([1.0, 4.0, 9.0]), atol=1e-12)
    miss, spread = plane_of(frame[0] * 2.0, frame[1] * 7.0, covariance)
    assert np.linalg.norm(miss) == pytest.approx(2.0)
    np.testing.assert_allclose(np.linalg.eigvalsh(spread), [1.0, 9.0])


def test_execution_error_has_its_parts_along_and_across_the_burn():
    burn = np.array([0.0, 0.6, 0.8])
    errors = execution_covariance(burn, 0.01, 0.05, 0.002, 0.03)
    assert burn @ errors @ burn == pytest.approx(0.01**2 + 0.05**2)
    assert errors[0, 0] == pytest.approx(0.002**2 + 0.03**2)
    assert not execution_covariance(np.zeros(3), 0.01, 0.05, 0.002, 0.03).any()


def test_execution_error_at_the_encounter_is_that_of_a_thousand_flights():
    generator = np.random.default_rng(3)
    nominal, lead, burn = circular(0.5), 0.3 * PERIOD_S, np.array([0.0, 0.5, 0.0])
    errors = execution_covariance(burn, 0.0, 0.05, 0.0, 0.03)
    flown = after_burn(
        np.broadcast_to(nominal, (1000, 6)), lead, generator.multivariate_normal(burn, errors, 1000)
    )
    sensitivity = burn_sensitivity(nominal[0], lead, burn)[:3]
    frame = axes(nominal)[0]
    linear = np.sqrt(np.diag(frame @ sensitivity @ errors @ sensitivity.T @ frame.T))
    sampled = np.std((flown - nominal)[:, :3] @ frame.T, axis=0)
    np.testing.assert_allclose(sampled, linear, rtol=0.1)


def test_smallest_on_a_grid_takes_the_first_that_meets_both_goals():
    sizes = np.array([0.1, 0.2, 0.3])
    assert smallest_on_grid(sizes, np.array([1e-4, 1e-7, 1e-8]), np.array([9.0, 1.0, 3.0]), 1e-6, 2.0) == 0.3
    assert np.isnan(smallest_on_grid(sizes, np.ones(3), np.ones(3), 1e-6, 0.0))
