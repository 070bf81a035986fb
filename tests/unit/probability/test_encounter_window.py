"""One encounter only: between the maxima of the distance, never the same pair's other meeting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta
from support.state_cases import crossing, same_shell, stacked

from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.algorithms.monte_carlo import monte_carlo
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.encounter_window import encounter_window
from debrissim.probability.peak_overlap import element_pair
from debrissim.probability.short_passage import short_encounter
from debrissim.probability.state_pair import StateFlag, StatePair

RADIUS_KM = 0.02


def windows(pair):
    elements = element_pair(pair)
    return encounter_window(elements.primary, elements.secondary), 2.0 * np.pi / elements.primary.elements[
        :, 0
    ]


def plane_value(pair):
    relative = pair.relative_state
    plane = encounter_plane(relative[:, :3], relative[:, 3:], pair.relative_covariance[:, :3, :3])
    return foster(plane, np.full(len(pair), RADIUS_KM))


def shell_pairs(seed, count, *, sigma_along_km):
    rng = np.random.default_rng(seed)
    return stacked(
        *(
            same_shell(
                rng,
                angle_deg=rng.uniform(5.0, 175.0),
                eccentricity=10.0 ** rng.uniform(-4.0, -2.0),
                twice=k % 2 == 0,
                sigma_km=(0.05, sigma_along_km, 0.05),
            )
            for k in range(count)
        )
    )


def test_the_window_of_one_shell_is_a_quarter_of_the_period_either_side():
    found, period = windows(shell_pairs(1, 30, sigma_along_km=0.3))
    np.testing.assert_allclose(np.abs(found.window_s) / period[:, None], 0.25, atol=0.01)
    assert found.shared.all()


def test_the_ends_are_maxima_of_the_distance_and_no_maximum_lies_between():
    rng = np.random.default_rng(2)
    rows = [
        crossing(
            miss_km=rng.standard_normal(3),
            relative_rtn_km_s=rng.standard_normal(3) * 10.0 ** rng.uniform(-4.0, 0.3),
            radius_km=rng.uniform(6800.0, 42000.0),
        )
        for _ in range(40)
    ]
    pair = stacked(*rows)
    found, _ = windows(pair)
    elements = element_pair(pair)
    half = 0.5 * np.minimum(elements.primary.period_s, elements.secondary.period_s)
    for k in range(len(pair)):
        # A slow look at the distance itself, sixty thousand times in a period.
        times = np.linspace(-half[k], half[k], 60_001)
        one = np.zeros(times.size, dtype=int) + k
        gap = elements.secondary[one].states(times) - elements.primary[one].states(times)
        distance = np.linalg.norm(gap[:, :3], axis=1)
        inner = distance[1:-1]
        peaks = times[1:-1][(inner > distance[:-2]) & (inner >= distance[2:])]
        low = times[distance == distance[np.abs(times - 0.0) < 1e-3 * half[k]].min()][0]
        step = times[1] - times[0]
        begin = max([p for p in peaks if p < low - step], default=-half[k])
        end = min([p for p in peaks if p > low + step], default=half[k])
        np.testing.assert_allclose(found.window_s[k], [begin, end], atol=2.0 * step)
        assert found.shared[k].tolist() == [begin > -half[k], end < half[k]]


def test_random_pairs_of_one_shell_meet_once_not_twice():
    pair = shell_pairs(3, 40, sigma_along_km=0.3)
    value = expected_collisions(pair, RADIUS_KM)
    # By how much straight motion misjudges the exponent is the size of the allowed difference.
    size = np.abs(short_encounter(pair, RADIUS_KM).curvature)
    assert (np.abs(np.log(value.value / plane_value(pair))) < 1e-4 + 1.5 * size).all()
    assert (value.flags & ~int(StateFlag.ANOTHER_PASSAGE) == 0).all()
    half = 0.5 * 2.0 * np.pi / element_pair(pair).primary.elements[:, 0]
    both = expected_collisions(pair, RADIUS_KM, window_s=np.stack([-half, half], axis=-1))
    # Over half a period either side the other node's meeting counts as well.
    assert (both.value[::2] > 1.2 * value.value[::2]).sum() >= 5


@pytest.mark.slow
def test_the_value_of_one_shell_is_that_of_plain_trials():
    # Sampled states, each followed to its own closest approach by Newton's iteration on the range rate.
    rng = np.random.default_rng(4)
    pair = shell_pairs(5, 8, sigma_along_km=0.1)
    value = expected_collisions(pair, RADIUS_KM).value
    trials = 100_000
    for k in range(len(pair)):
        states = [
            rng.multivariate_normal(mean[k], covariance[k], trials, method="eigh")
            for mean, covariance in (
                (pair.primary_state, pair.primary_covariance),
                (pair.secondary_state, pair.secondary_covariance),
            )
        ]
        one = element_pair(StatePair(*states, *(np.zeros((trials, 6, 6)) for _ in states)))
        time = np.zeros(trials)
        for _ in range(6):
            gap = one.secondary.states(time) - one.primary.states(time)
            time -= np.einsum("ki,ki->k", gap[:, :3], gap[:, 3:]) / np.einsum(
                "ki,ki->k", gap[:, 3:], gap[:, 3:]
            )
        gap = one.secondary.states(time) - one.primary.states(time)
        hits = int((np.linalg.norm(gap[:, :3], axis=1) <= RADIUS_KM).sum())
        assert hits > 100
        assert (
            beta.ppf(5e-5, hits, trials - hits + 1) < value[k] < beta.ppf(1.0 - 5e-5, hits + 1, trials - hits)
        )


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_states_need_not_be_at_closest_approach(side):
    pair = shell_pairs(6, 6, sigma_along_km=0.3)
    elements = element_pair(pair)
    later = StatePair(
        elements.primary.states(side * 20.0),
        elements.secondary.states(side * 20.0),
        pair.primary_covariance,
        pair.secondary_covariance,
    )
    (here, _), (there, _) = windows(pair), windows(later)
    np.testing.assert_allclose(there.window_s + side * 20.0, here.window_s, atol=1e-3)


# Alfano's case 7 in kind: errors that grow along the orbit let the pair meet half a period later as well.
AGAIN = crossing(
    miss_km=(0.003, 0.0, 0.0),
    relative_rtn_km_s=(3.67e-5, 1.7e-5, 1.57e-4),
    sigma_km=(0.025,) * 3,
    sigma_km_s=(1.94e-6,) * 3,
)


def test_a_passage_that_only_reaches_into_the_window_is_left_out_and_said():
    found = expected_collisions(AGAIN, 0.01)
    wide = expected_collisions(AGAIN, 0.01, window_s=(-2900.0, 2900.0))
    assert wide.expected[0] > 1.05 * found.expected[0]
    assert found.flags[0] & StateFlag.ANOTHER_PASSAGE
    assert not found.flags[0] & StateFlag.WINDOW_LIMITED


def test_monte_carlo_counts_in_the_same_window():
    pair = stacked(
        shell_pairs(8, 1, sigma_along_km=0.1),
        same_shell(
            np.random.default_rng(7), angle_deg=0.012, eccentricity=1e-4, miss_km=0.003, sigma_km=(0.02,) * 3
        ),
    )
    value = expected_collisions(pair, RADIUS_KM)
    trials = monte_carlo(pair, RADIUS_KM, np.random.default_rng(9), samples=60_000, confidence=0.999)
    assert (trials.window_s[:, 0] >= value.window_s[:, 0] - 1e-6).all()
    assert (trials.window_s[:, 1] <= value.window_s[:, 1] + 1e-6).all()
    assert trials.lower[0] < value.value[0] < trials.upper[0]
    assert trials.initial.tolist() == [0.0, 0.0]


def test_states_at_a_maximum_of_the_distance_are_not_cut_there():
    # At rest relative to each other, apart across the orbit: the planes cross a quarter of a period before and after.
    still = crossing(miss_km=(0.0, 0.0, 0.5), relative_rtn_km_s=(0.0, 0.0, 0.0))
    found, period = windows(still)
    assert (np.abs(found.window_s) > 0.2 * period[0]).all()


def test_nothing_to_do():
    found, _ = windows(crossing()[[]])
    assert found.window_s.shape == (0, 2)
