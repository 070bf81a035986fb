"""Two-body motion in equinoctial elements against the classical formulas, differences and itself."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.core.constants import WGS84_MU_KM3_S2
from debrissim.core.errors import InputError
from debrissim.propagation.kernels import contact as _contact
from debrissim.propagation.two_body import EquinoctialOrbits, element_covariance, equinoctial, propagate


def classical(n_orbits=400, seed=1):
    """a, e, i, node, perigee, mean anomaly of all kinds of ellipses, equatorial both ways among them."""
    rng = np.random.default_rng(seed)
    a, e = rng.uniform(6700.0, 42000.0, n_orbits), rng.uniform(0.0, 0.95, n_orbits)
    inclination = rng.uniform(0.0, np.pi, n_orbits)
    inclination[:30], inclination[30:60], e[60:90] = 0.0, np.pi - 1e-5, 0.0
    return a, e, inclination, *rng.uniform(0.0, 2.0 * np.pi, (3, n_orbits))


def orbits(a, e, inclination, node, perigee, anomaly):
    sense = np.where(np.cos(inclination) < -0.985, -1.0, 1.0)
    turn, tangent = perigee + sense * node, np.tan(0.5 * inclination) ** sense
    columns = [np.sqrt(WGS84_MU_KM3_S2 / a**3), e * np.cos(turn), e * np.sin(turn)]
    columns += [tangent * np.sin(node), tangent * np.cos(node), anomaly + turn]
    return EquinoctialOrbits(np.stack(columns, axis=-1), sense)


def classical_state(a, e, inclination, node, perigee, anomaly):
    eccentric = anomaly.copy()
    for _ in range(300):
        eccentric -= (eccentric - e * np.sin(eccentric) - anomaly) / (1.0 - e * np.cos(eccentric))
    root = np.sqrt(1.0 - e * e)
    speed = np.sqrt(WGS84_MU_KM3_S2 / a) / (1.0 - e * np.cos(eccentric))
    x, y = a * (np.cos(eccentric) - e), a * root * np.sin(eccentric)
    u, v = -speed * np.sin(eccentric), speed * root * np.cos(eccentric)
    cn, sn, cw, sw = np.cos(node), np.sin(node), np.cos(perigee), np.sin(perigee)
    ci, si = np.cos(inclination), np.sin(inclination)
    p = np.stack([cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si], axis=-1)
    q = np.stack([-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si], axis=-1)
    return np.concatenate([x[:, None] * p + y[:, None] * q, u[:, None] * p + v[:, None] * q], axis=-1)


def test_states_are_those_of_the_classical_formulas():
    elements = classical()
    states = orbits(*elements).states()
    assert states == pytest.approx(classical_state(*elements), rel=1e-12, abs=1e-8)


def test_conversion_and_back():
    given = orbits(*classical(seed=2))
    result = equinoctial(given.states())
    difference = result.elements - given.elements
    difference[:, 5] = np.remainder(difference[:, 5] + np.pi, 2.0 * np.pi) - np.pi
    assert (result.sense == given.sense).all()
    assert np.abs(difference[:, 0] / given.elements[:, 0]).max() < 1e-12
    assert np.abs(difference[:, 1:]).max() < 1e-12 * max(1.0, np.abs(given.elements[:, 3:5]).max())
    assert result.states() == pytest.approx(given.states(), rel=1e-11, abs=1e-8)


def test_partials_are_the_differences():
    given = orbits(*classical(seed=3))
    times = np.random.default_rng(4).uniform(-5e4, 5e4, len(given))
    _, partials = given.states_and_partials(times)
    eccentricity = np.hypot(given.elements[:, 1], given.elements[:, 2])
    for k in range(6):
        step = 1e-6 * (1.0 - eccentricity) * (1e-2 * given.elements[:, 0] if k == 0 else 1.0)
        change = np.zeros_like(given.elements)
        change[:, k] = step
        ahead = EquinoctialOrbits(given.elements + change, given.sense).states(times)
        behind = EquinoctialOrbits(given.elements - change, given.sense).states(times)
        numeric = (ahead - behind) / (2.0 * step)[:, None]
        for block in (slice(0, 3), slice(3, 6)):
            size = np.linalg.norm(partials[:, block, k], axis=-1)
            error = np.linalg.norm(partials[:, block, k] - numeric[:, block], axis=-1)
            assert (error / size).max() < 1e-4, k
            assert np.median(error / size) < 1e-7, k


def test_propagation_keeps_energy_and_momentum_and_returns():
    elements = classical(seed=5)
    start = orbits(*elements).states()
    times = np.random.default_rng(6).uniform(-2e5, 2e5, start.shape[0])
    later = propagate(start, times)

    def energy(state):
        return 0.5 * (state[:, 3:] ** 2).sum(-1) - WGS84_MU_KM3_S2 / np.linalg.norm(state[:, :3], axis=-1)

    assert energy(later) == pytest.approx(energy(start), rel=1e-11)
    momentum = np.cross(start[:, :3], start[:, 3:])
    assert np.cross(later[:, :3], later[:, 3:]) == pytest.approx(momentum, rel=1e-10, abs=1e-6)
    assert propagate(later, -times) == pytest.approx(start, rel=1e-8, abs=1e-5)


def test_a_circular_orbit_goes_round_once_in_its_period():
    state = np.array([[7000.0, 0.0, 0.0, 0.0, np.sqrt(WGS84_MU_KM3_S2 / 7000.0), 0.0]])
    period = 2.0 * np.pi * np.sqrt(7000.0**3 / WGS84_MU_KM3_S2)
    assert equinoctial(state).period_s == pytest.approx([period], rel=1e-12)
    assert propagate(state, 0.5 * period)[0, 0] == pytest.approx(-7000.0, rel=1e-12)


def test_covariance_of_elements_maps_back_to_that_of_the_state():
    given = orbits(*classical(50, seed=7))
    rng = np.random.default_rng(8)
    factor = rng.normal(size=(50, 6, 6)) * np.array([0.1, 0.1, 0.1, 1e-4, 1e-4, 1e-4])[:, None]
    covariance = factor @ np.swapaxes(factor, -1, -2)
    _, partials = given.states_and_partials()
    back = partials @ element_covariance(given, covariance) @ np.swapaxes(partials, -1, -2)
    sigma = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    assert np.abs((back - covariance) / sigma[:, :, None] / sigma[:, None, :]).max() < 1e-6


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (np.zeros((2, 3)), "expected shape"),
        (np.array([[7000.0, 0.0, 0.0, 0.0, 12.0, 0.0]]), "elliptic"),
        (np.array([[7000.0, 0.0, 0.0, 5.0, 0.0, 0.0]]), "elliptic"),
        (np.array([[7000.0, 0.0, np.nan, 0.0, 7.5, 0.0]]), "finite"),
    ],
)
def test_bad_states_are_named(state, words):
    with pytest.raises(InputError, match=words):
        equinoctial(state)


def test_first_contacts_against_a_dense_sampling():
    rng = np.random.default_rng(9)
    n, begin, end, radius = 300, -1500.0, 2500.0, 4.0
    a, e = rng.uniform(6900.0, 7100.0, n), rng.uniform(0.0, 0.01, n)
    first = orbits(a, e, rng.uniform(0.1, 2.5, n), *rng.uniform(0.0, 6.28, (3, n)))
    # The second passes near the first: fast crossings, slow companions and touches at the rim.
    meeting = rng.uniform(begin, end, n)
    state = first.states(meeting)
    speed = 10.0 ** rng.uniform(-3.0, 0.3, n)
    direction = rng.normal(size=(n, 6))
    direction /= np.linalg.norm(direction.reshape(n, 2, 3), axis=-1).repeat(3, axis=-1)
    state[:, :3] += direction[:, :3] * rng.uniform(0.0, 8.0, n)[:, None]
    state[:, 3:] += direction[:, 3:] * speed[:, None]
    second = equinoctial(state)
    elements = second.elements.copy()
    elements[:, 5] -= meeting * elements[:, 0]
    second = EquinoctialOrbits(elements, second.sense)
    keep = (first.sense == 1.0) & (second.sense == 1.0)
    first, second = first[keep], second[keep]
    contact, sound = np.empty(len(first)), np.empty(len(first), dtype=bool)
    _contact.first_contacts(
        first.elements, 1.0, second.elements, 1.0, begin, end, radius, WGS84_MU_KM3_S2, contact, sound
    )
    assert sound.all()
    times = np.linspace(begin, end, 8001)
    index = np.repeat(np.arange(len(first)), times.size)
    tiled = np.tile(times, len(first))
    gap = second[index].states(tiled) - first[index].states(tiled)
    distance = np.linalg.norm(gap[:, :3], axis=-1).reshape(len(first), -1)
    fastest = np.linalg.norm(gap[:, 3:], axis=-1).max()
    hit = np.isfinite(contact)
    # Between two of the samples the distance can be smaller by this much at most.
    slack = 0.5 * fastest * (times[1] - times[0])
    assert hit[(distance < radius).any(axis=1)].all()
    assert not hit[distance.min(axis=1) > radius + slack].any()
    assert 50 < hit.sum() < len(first) - 50
    at = second[hit].states(contact[hit]) - first[hit].states(contact[hit])
    assert (np.linalg.norm(at[:, :3], axis=-1) <= radius * (1.0 + 1e-9)).all()
