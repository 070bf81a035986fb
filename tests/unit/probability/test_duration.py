"""Coppola's time bounds, and the test of the short-encounter assumption."""

from __future__ import annotations

import numpy as np
import pytest
from support.state_cases import crossing, stacked

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.hall import collision_rate, expected_collisions
from debrissim.probability.duration import conjunction_duration
from debrissim.probability.short_passage import short_encounter
from debrissim.probability.state_pair import StatePair


def test_the_published_bounds():
    # NASA CARA Analysis Tools, LinearConjDuration_UnitTest: Coppola (2012), gamma = 1e-16.
    state1 = [-984209.364744248, 393192.626408639, 6991224.004693392]
    state1 += [4883.45411212384, 5689.294308456769, 366.5363038076542]
    state2 = [-983984.8654647591, 393643.4850314705, 6991219.47301802]
    state2 += [1509.248147563707, 7373.003029689082, -149.2499807334025]
    first = [
        [49760.52019427295, 57870.5603467525, 3370.244323972227],
        [57870.5603467525, 67308.71246008216, 3926.688367496737],
        [3370.244323972227, 3926.688367496737, 246.1405204706109],
    ]
    second = [
        [42450.99621043838, 206596.3368930267, -5010.043216505899],
        [206596.3368930267, 1005872.352933331, -24348.84753961109],
        [-5010.043216505899, -24348.84753961109, 613.1211497491],
    ]
    covariances = np.zeros((2, 6, 6))
    covariances[0, :3, :3], covariances[1, :3, :3] = np.array(first) / 1e6, np.array(second) / 1e6
    pair = StatePair(np.array([state1]) / 1e3, np.array([state2]) / 1e3, covariances[:1], covariances[1:])
    found = conjunction_duration(pair, 0.020)
    assert found.begin_s - found.closest_s == pytest.approx([-0.3420684860400457], rel=5e-10)
    assert found.end_s - found.closest_s == pytest.approx([0.3904469210852202], rel=5e-10)


def test_the_probability_accrues_between_the_bounds():
    # A skew covariance, so that the bounds are not centred; entries counted by the three-dimensional rate.
    pair = crossing(miss_km=(0.02, 0.3, 0.05), relative_rtn_km_s=(0.3, -5.0, 6.0))
    gamma = 1e-3
    bounds = conjunction_duration(pair, 0.01, gamma=gamma)
    whole = expected_collisions(pair, 0.01).value[0]
    within = expected_collisions(pair, 0.01, window_s=(bounds.begin_s[0], bounds.end_s[0])).value[0]
    assert 1.0 - 2.0 * gamma < within / whole < 1.0
    wide = conjunction_duration(pair, 0.01)
    assert wide.begin_s[0] < bounds.begin_s[0] < bounds.end_s[0] < wide.end_s[0]
    rates = collision_rate(pair, 0.01, [wide.begin_s[0], bounds.closest_s[0], wide.end_s[0]])[0]
    assert rates[[0, 2]].max() < 1e-12 * rates[1]


def test_later_states_shift_the_bounds():
    pair = crossing()
    step = 0.05
    moved = StatePair(
        pair.primary_state + step * np.pad(pair.primary_state[:, 3:], ((0, 0), (0, 3))),
        pair.secondary_state + step * np.pad(pair.secondary_state[:, 3:], ((0, 0), (0, 3))),
        pair.primary_covariance,
        pair.secondary_covariance,
    )
    first, second = conjunction_duration(pair, 0.01), conjunction_duration(moved, 0.01)
    assert second.begin_s + step == pytest.approx(first.begin_s, rel=1e-6)
    assert second.duration_s == pytest.approx(first.duration_s, rel=1e-9)


def test_standstill_and_certainty():
    still = crossing(relative_rtn_km_s=(0.0, 0.0, 0.0))
    certain = crossing(sigma_km=(0.0, 0.0, 0.0), sigma_km_s=(0.0, 0.0, 0.0))
    found = conjunction_duration(stacked(still, certain), 0.01)
    assert (found.begin_s[0], found.end_s[0]) == (-np.inf, np.inf)
    assert np.isfinite([found.begin_s[1], found.end_s[1]]).all()
    check = short_encounter(stacked(still, certain), 0.01)
    assert check.extended.tolist() == [True, False]
    assert not np.isnan(check.curvature).any()


def test_short_slow_and_curved():
    fast = crossing()
    slow = crossing(relative_rtn_km_s=(0.0, 0.002, 0.002), miss_km=(0.05, 0.0, 0.0))
    # To meet the secondary the primary goes 20 km along its orbit, which drops 28 m there; across the track
    # only 20 m are uncertain.
    curved = crossing(
        miss_km=(0.05, 20.0, 0.0), sigma_km=(0.02, 30.0, 0.02), secondary_sigma_km=(0.02, 0.02, 0.02)
    )
    found = short_encounter(stacked(fast, slow, curved), 0.01)
    assert found.extended.tolist() == [False, True, False]
    assert found.curved.tolist()[::2] == [False, True]
    assert found.holds.tolist() == [True, False, False]


def test_bad_gamma():
    with pytest.raises(InputError, match="gamma"):
        conjunction_duration(crossing(), 0.01, gamma=0.0)
