"""Monte Carlo: its bounds, its stopping rule, and both samplers against the encounter plane."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from support.catalogs import START_FRACTION, START_JD, Elements, make_catalog
from support.state_cases import crossing, stacked

from debrissim.core.errors import InputError
from debrissim.core.statistics import clopper_pearson
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.monte_carlo import monte_carlo
from debrissim.probability.algorithms.monte_carlo_sgp4 import (
    mean_element_covariance,
    mean_elements,
    monte_carlo_sgp4,
)
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.sampling import check_stopping_rule, required_hits
from debrissim.probability.state_pair import StateFlag
from debrissim.propagation.sgp4 import make_propagator


def test_clopper_pearson_turns_binomial_tails_into_bounds():
    # Clopper and Pearson's own definition: at each bound the tail beyond what was seen is 2.5 %.
    hits, trials = np.array([1, 7, 99, 400]), np.array([50, 1000, 100, 1_000_000])
    lower, upper = clopper_pearson(hits, trials, 0.025)
    assert binom.sf(hits - 1, trials, lower) == pytest.approx(0.025, rel=1e-9)
    assert binom.cdf(hits, trials, upper) == pytest.approx(0.025, rel=1e-9)


def test_clopper_pearson_at_the_ends():
    lower, upper = clopper_pearson([0, 100], [100, 100], 0.025)
    assert lower[0] == 0.0
    assert upper[0] == pytest.approx(1.0 - 0.025**0.01, rel=1e-12)
    assert upper[1] == 1.0
    assert lower[1] == pytest.approx(0.025**0.01, rel=1e-12)
    with pytest.raises(InputError, match="successes"):
        clopper_pearson([3], [2], 0.025)
    with pytest.raises(InputError, match="confidence"):
        check_stopping_rule(2, None, 1.0)


def test_published_bounds_of_a_hundred_million_samples():
    # NASA CARA, Alfano (2009) case 7: 16011 hits in 1e8 samples, 95 %. Its lower bound has eight digits: the
    # binomial tail there is 0.025 to that only (see above for ours).
    lower, upper = clopper_pearson([16011], [100_000_000], 0.025)
    assert lower[0] == pytest.approx(0.000157639645593939, rel=1e-8)
    assert upper[0] == pytest.approx(0.000162609365493197, rel=1e-8)


def test_bounds_hold_under_the_stopping_rule():
    # Stop with the k-th hit or at the end, as the sampler does; count how often the bounds miss the truth.
    rng, needed, most, p, runs = np.random.default_rng(2), 12, 400, 0.03, 4000
    outcomes = rng.random((runs, most)) < p
    soon = outcomes.cumsum(axis=1) >= needed
    trials = np.where(soon.any(axis=1), soon.argmax(axis=1) + 1, most)
    hits = np.minimum(outcomes.sum(axis=1), needed)
    lower, upper = clopper_pearson(hits, trials, 0.05)
    missed = ((p < lower) | (p > upper)).mean()
    # Two binomial standard deviations of the count above the promised 10 %.
    assert missed < 0.1 + 2.0 * np.sqrt(0.1 * 0.9 / runs)
    assert missed > 0.02


def test_required_hits_is_the_minimum():
    for fraction in (0.5, 0.1, 0.03):
        k = required_hits(fraction)
        lower, upper = clopper_pearson([k, k - 1], [10**9, 10**9], 0.025)
        width = (upper - lower) * 1e9 / (2.0 * np.array([k, k - 1]))
        assert width[0] <= fraction < width[1]
    with pytest.raises(InputError, match="relative_half_width"):
        required_hits(0.0)


def plane_value(pair, radius_km):
    relative = pair.relative_state
    plane = encounter_plane(relative[:, :3], relative[:, 3:], pair.relative_covariance[:, :3, :3])
    return foster(plane, np.full(len(pair), radius_km))


@pytest.mark.parametrize("sampling", ["equinoctial", "cartesian"])
def test_fast_encounters_are_those_of_the_plane(sampling):
    pair = stacked(crossing(), crossing(miss_km=(0.02, 0.1, 0.05)))
    found = monte_carlo(
        pair, 0.05, np.random.default_rng(3), samples=100_000, sampling=sampling, confidence=0.999
    )
    expected = plane_value(pair, 0.05)
    assert ((found.lower < expected) & (expected < found.upper)).all()
    assert (found.upper - found.lower < 0.2 * found.value).all()
    assert (found.value == found.hits / found.samples).all()
    assert found.flags.tolist() == [0, 0]
    assert np.abs(found.peak_time_s).max() < 0.1


def test_the_automatic_window_misses_nothing_of_half_a_period():
    pair = crossing(relative_rtn_km_s=(0.0, -0.3, 0.6))
    options = {"samples": 20_000, "confidence": 0.95}
    short = monte_carlo(pair, 0.05, np.random.default_rng(4), **options)
    # The same draws, one window after the other.
    long = monte_carlo(pair, 0.05, np.random.default_rng(4), window_s=(-2900.0, 2900.0), **options)
    assert short.window_s[0, 1] - short.window_s[0, 0] < 60.0
    assert 1000 < short.hits[0] <= long.hits[0] <= short.hits[0] + 2


def test_the_same_seed_gives_the_same_and_the_rule_stops_at_its_hit():
    pair = crossing()
    one = monte_carlo(pair, 0.05, np.random.default_rng(1), samples=300_000, relative_half_width=0.1)
    two = monte_carlo(pair, 0.05, np.random.default_rng(1), samples=300_000, relative_half_width=0.1)
    assert one.hits[0] == two.hits[0] == required_hits(0.1)
    assert one.samples[0] == two.samples[0] < 300_000
    assert 0.5 * (one.upper[0] - one.lower[0]) <= 0.1 * one.value[0]


def test_nothing_is_nan_at_the_limits():
    limits = stacked(
        crossing(miss_km=(0.0, 0.0, 0.0), relative_rtn_km_s=(0.0, 0.0, 0.0)),
        crossing(sigma_km=(0.0,) * 3, sigma_km_s=(0.0,) * 3),
        crossing(sigma_km=(0.0,) * 3, sigma_km_s=(0.0,) * 3, miss_km=(0.005, 0.0, 0.0)),
        crossing(sigma_km=(300.0, 300.0, 300.0), sigma_km_s=(3.0, 3.0, 3.0)),
    )
    for sampling in ("equinoctial", "cartesian"):
        found = monte_carlo(limits, 0.01, np.random.default_rng(1), samples=500, sampling=sampling)
        assert np.isfinite(found.value).all()
        assert found.value[1:3].tolist() == [0.0, 1.0]
        assert found.flags[3] & StateFlag.UNBOUND_SAMPLES
        assert 0 < found.unbound[3] < 500
    still = monte_carlo(limits[[0]], 0.0, np.random.default_rng(1), samples=100)
    assert still.value[0] == 0.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"samples": 0}, "samples"),
        ({"sampling": "delaunay"}, "sampling"),
        ({"confidence": 1.5}, "confidence"),
        ({"relative_half_width": -1.0}, "relative_half_width"),
        ({"window_s": (1.0, 0.0)}, "window_s"),
    ],
)
def test_bad_arguments_are_named(options, words):
    with pytest.raises(InputError, match=words):
        monte_carlo(crossing(), 0.01, np.random.default_rng(1), **options)


# Two element sets that pass each other at 48.8 km and 12.1 km/s.
PASSING = make_catalog(
    Elements(epoch_days=-1.0),
    Elements(
        inclination_deg=97.8,
        raan_deg=130.0,
        mean_motion_rev_day=15.1,
        epoch_days=-0.4,
        mean_anomaly_deg=100.0,
    ),
)
START = (START_JD, START_FRACTION)
TCA_S = 138186.0


def sgp4_plane_value(catalog, covariances, radius_km):
    """The encounter plane's value with the covariances of the mean elements carried to TCA by differences."""
    elements = mean_elements(catalog, [0, 1])
    times = np.array([TCA_S])
    _, position, velocity = make_propagator(catalog, *START).states([0, 1], times)
    total = np.zeros((3, 3))
    steps = np.array([1e-9, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5])
    for row in (0, 1):
        partials = np.empty((3, 6))
        for k in range(6):
            ends = []
            for sign in (1.0, -1.0):
                changed = elements[row].copy()
                changed[k] += sign * steps[k]
                e, node = np.hypot(changed[1], changed[2]), np.arctan2(changed[3], changed[4])
                perigee = np.arctan2(changed[2], changed[1]) - node
                one = make_catalog(
                    Elements(
                        mean_motion_rev_day=changed[0] * 86400.0 / (2.0 * np.pi),
                        eccentricity=e,
                        inclination_deg=np.degrees(2.0 * np.arctan(np.hypot(changed[3], changed[4]))),
                        raan_deg=np.degrees(node),
                        arg_perigee_deg=np.degrees(perigee),
                        mean_anomaly_deg=np.degrees(changed[5] - node - perigee),
                        epoch_days=(-1.0, -0.4)[row],
                    )
                )
                ends.append(make_propagator(one, *START).states([0], times)[1][0, 0])
            partials[:, k] = (ends[0] - ends[1]) / (2.0 * steps[k])
        total += partials @ covariances[row] @ partials.T
    relative = position[1] - position[0]
    plane = encounter_plane(relative, velocity[1] - velocity[0], total[None])
    return foster(plane, np.array([radius_km]))[0], total


def test_sgp4_sampling_agrees_with_the_plane():
    elements = mean_elements(PASSING, [0, 1])
    age = TCA_S + 86400.0 * np.array([1.0, 0.4])
    epoch, later = np.full((2, 3), 4.0), np.array([[8.0, 25.0, 6.0], [8.0, 20.0, 5.0]])
    covariances = mean_element_covariance(elements, epoch, later, age)
    radius_km = 10.0
    expected, total = sgp4_plane_value(PASSING, covariances, radius_km)
    assert 20.0 < np.sqrt(np.trace(total)) < 60.0
    found = monte_carlo_sgp4(
        PASSING, [0], [1], START, [TCA_S], covariances[:1], covariances[1:], radius_km, np.random.default_rng(8),
        window_s=(-60.0, 60.0), samples=40_000, confidence=0.999,
    )  # fmt: skip
    assert found.hits[0] > 50
    # The plane is straight, 25 km of error along the track is not quite: 10 % are allowed it.
    assert found.lower[0] < 1.1 * expected
    assert found.upper[0] > 0.9 * expected
    assert found.flags[0] == 0


def test_sgp4_sampling_of_certain_element_sets():
    none = np.zeros((1, 6, 6))
    options = {"window_s": (-300.0, 300.0), "samples": 10}
    for radius_km, value in ((48.0, 0.0), (49.5, 1.0)):
        found = monte_carlo_sgp4(
            PASSING, [0], [1], START, [TCA_S], none, none, radius_km, np.random.default_rng(1), **options
        )
        assert found.value[0] == value
    assert abs(found.peak_time_s[0]) < 3.0


def test_sgp4_samples_off_any_orbit_are_misses_and_flagged():
    wild = np.diag([1e-7, 4.0, 4.0, 1e-6, 1e-6, 1e-6])[None]
    found = monte_carlo_sgp4(
        PASSING, [0], [1], START, [TCA_S], wild, wild, 1.0, np.random.default_rng(1), window_s=(-5.0, 5.0), samples=200
    )  # fmt: skip
    assert found.flags[0] & StateFlag.UNBOUND_SAMPLES
    assert found.unbound[0] > 100


def test_sgp4_bad_arguments_are_named():
    none = np.zeros((1, 6, 6))
    with pytest.raises(InputError, match="window_s"):
        monte_carlo_sgp4(
            PASSING, [0], [1], START, [0.0], none, none, 0.1, np.random.default_rng(1), window_s=(1.0, 0.0)
        )
    with pytest.raises(InputError, match="primary"):
        monte_carlo_sgp4(
            PASSING,
            [0, 1],
            [1, 0],
            START,
            [0.0],
            none,
            none,
            0.1,
            np.random.default_rng(1),
            window_s=(0.0, 1.0),
        )
    with pytest.raises(InputError, match="secondary_covariance"):
        monte_carlo_sgp4(
            PASSING, [0], [1], START, [0.0], none, none[0], 0.1, np.random.default_rng(1), window_s=(0.0, 1.0)
        )


def test_sgp4_sampling_of_deep_space_orbits():
    # Two geostationary objects 0.01 degrees, 7.4 km, apart: SGP4's deep-space part, by the library.
    pair = make_catalog(
        *(
            Elements(mean_motion_rev_day=1.00273, eccentricity=1e-4, inclination_deg=3.0, mean_anomaly_deg=x)
            for x in (10.0, 10.01)
        )
    )
    none = np.zeros((1, 6, 6))
    _, position, _ = make_propagator(pair, *START).states([0, 1], np.linspace(-600.0, 600.0, 400))
    nearest = np.linalg.norm(position[1] - position[0], axis=-1).min()
    for factor, value in ((0.9999, 0.0), (1.0001, 1.0)):
        found = monte_carlo_sgp4(
            pair, [0], [1], START, [0.0], none, none, factor * nearest, np.random.default_rng(1),
            window_s=(-600.0, 600.0), samples=3,
        )  # fmt: skip
        assert found.value[0] == value
