"""Hall's expected collisions: against the plane where that holds, Monte Carlo where not, and at its limits."""

from __future__ import annotations

import numpy as np
import pytest
from support.state_cases import crossing, stacked

from debrissim.core.errors import InputError
from debrissim.probability import ball
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.hall import (
    active_window,
    collision_rate,
    expected_collisions,
    integration_window,
)
from debrissim.probability.algorithms.monte_carlo import monte_carlo
from debrissim.probability.encounter_plane import encounter_plane
from debrissim.probability.peak_overlap import element_pair
from debrissim.probability.state_pair import StateFlag, StatePair, StateProbability


def plane_value(pair, radius_km):
    relative = pair.relative_state
    plane = encounter_plane(relative[:, :3], relative[:, 3:], pair.relative_covariance[:, :3, :3])
    return foster(plane, np.full(len(pair), radius_km))


@pytest.mark.parametrize("radius_km", [1e-4, 0.02, 0.2, 1.0])
def test_fast_straight_encounters_are_those_of_the_plane(radius_km):
    pair = stacked(
        crossing(),
        crossing(miss_km=(0.3, -0.1, 0.0), sigma_km=(0.1, 0.4, 0.05)),
        crossing(relative_rtn_km_s=(0.1, -14.0, 1.0)),
        crossing(miss_km=(0.0, 0.0, 0.0)),
    )
    found = expected_collisions(pair, radius_km)
    assert found.value == pytest.approx(plane_value(pair, radius_km), rel=2e-5)
    assert (found.flags == 0).all()
    assert (found.upper - found.lower < 1e-5 * found.value).all()
    assert np.abs(found.peak_time_s).max() < 1.0


def test_small_probabilities_keep_their_digits():
    pair = crossing(miss_km=(0.9, 0.0, 0.9), sigma_km=(0.04, 0.04, 0.04), sigma_km_s=(1e-9, 1e-9, 1e-9))
    plane = plane_value(pair, 0.01)
    assert 0.0 < plane[0] < 1e-80
    assert expected_collisions(pair, 0.01).value == pytest.approx(plane, rel=1e-3)


def test_a_slow_encounter_within_monte_carlos_bounds():
    pair = crossing(
        miss_km=(0.1, 0.2, 0.0),
        relative_rtn_km_s=(0.001, 0.001, 0.002),
        sigma_km=(0.05, 0.15, 0.08),
        sigma_km_s=(2e-5, 2e-5, 2e-5),
    )
    window = (-1500.0, 1500.0)
    found = expected_collisions(pair, 0.03, window_s=window)
    trials = monte_carlo(
        pair, 0.03, np.random.default_rng(5), samples=60_000, window_s=window, confidence=0.999
    )
    assert trials.lower[0] < found.value[0] < trials.upper[0]
    assert found.expected[0] < 1.0


def test_an_encounter_bent_by_its_own_uncertainty_within_monte_carlos_bounds():
    pair = crossing(miss_km=(0.1, 20.0, 0.0), sigma_km=(0.02, 15.0, 0.02))
    found = expected_collisions(pair, 0.05)
    trials = monte_carlo(pair, 0.05, np.random.default_rng(6), samples=400_000, confidence=0.999)
    assert trials.hits[0] > 30
    assert trials.lower[0] < found.value[0] < trials.upper[0]
    assert not trials.lower[0] < plane_value(pair, 0.05)[0] < trials.upper[0]


def test_the_rate_integrates_to_the_value():
    pair = crossing()
    elements, radius = element_pair(pair), np.array([0.02])
    limits = integration_window(elements, radius, None).window_s
    low, high = active_window(pair, radius, elements, limits)[0]
    times = np.linspace(low, high, 1201)
    rates = collision_rate(pair, 0.02, times)
    assert rates.shape == (1, 1201)
    assert np.trapezoid(rates[0], times) == pytest.approx(expected_collisions(pair, 0.02).value[0], rel=1e-6)


def test_windows_add_up_and_a_cut_one_is_flagged():
    pair = crossing()
    whole = expected_collisions(pair, 0.02, window_s=(-5.0, 5.0))
    first = expected_collisions(pair, 0.02, window_s=(-5.0, 0.003))
    second = expected_collisions(pair, 0.02, window_s=(0.003, 5.0))
    cut = int(StateFlag.WINDOW_LIMITED)
    assert (whole.flags[0], first.flags[0], second.flags[0]) == (0, cut, cut)
    both = StateProbability.concat([whole, second])
    assert both.columns()["flags"].tolist() == ["", "window limited"]
    assert both[1].window_s.tolist() == [[0.003, 5.0]]
    assert second.initial[0] > 0.0
    entries = first.value[0] + second.value[0] - second.initial[0]
    assert entries == pytest.approx(whole.value[0], rel=1e-6)
    assert expected_collisions(pair, 0.02, window_s=(100.0, 200.0)).value[0] < 1e-300


def test_inside_from_the_start_counts():
    together = crossing(
        miss_km=(0.0, 0.0, 0.0),
        relative_rtn_km_s=(0.0, 0.0, 1e-7),
        sigma_km=(0.01,) * 3,
        sigma_km_s=(1e-9,) * 3,
    )
    found = expected_collisions(together, 0.2, window_s=(0.0, 10.0))
    assert found.value[0] == pytest.approx(1.0, abs=1e-6)
    assert found.initial[0] == pytest.approx(1.0, abs=1e-6)


def test_nothing_is_nan_at_the_limits():
    limits = stacked(
        crossing(miss_km=(0.0, 0.0, 0.0)),
        crossing(miss_km=(0.0, 0.0, 0.0), relative_rtn_km_s=(0.0, 0.0, 0.0)),
        crossing(miss_km=(0.5, 0.0, 0.0), relative_rtn_km_s=(0.0, 0.0, 0.0)),
        crossing(sigma_km=(0.0,) * 3, sigma_km_s=(0.0,) * 3),
        crossing(sigma_km=(0.0,) * 3, sigma_km_s=(0.0,) * 3, miss_km=(0.005, 0.0, 0.0)),
        crossing(sigma_km=(300.0, 3000.0, 300.0), sigma_km_s=(0.3, 0.3, 0.3)),
        crossing(sigma_km=(1e-9, 1.0, 1e-9)),
        crossing(miss_km=(500.0, 0.0, 0.0)),
    )
    found = expected_collisions(limits, 0.01)
    for name in ("value", "lower", "upper", "expected", "initial", "peak_time_s"):
        assert np.isfinite(getattr(found, name)).all(), name
    assert ((found.value >= 0.0) & (found.value <= 1.0)).all()
    # Certain paths, radius 10 m: a miss of 110 m is no collision, one of 5 m is.
    assert found.value[3] < 1e-300
    assert found.value[4] == pytest.approx(1.0, abs=1e-4)
    assert found.value[7] < 1e-300
    assert expected_collisions(limits, 0.0).value.tolist() == [0.0] * len(limits)
    assert len(expected_collisions(limits[[]], 0.01)) == 0


def test_an_indefinite_covariance_is_flagged():
    pair = crossing()
    bad = pair.primary_covariance.copy()
    bad[0, 0, 1] = bad[0, 1, 0] = 2.0 * np.sqrt(bad[0, 0, 0] * bad[0, 1, 1])
    found = expected_collisions(
        StatePair(pair.primary_state, pair.secondary_state, bad, pair.secondary_covariance), 0.02
    )
    assert found.flags[0] & StateFlag.NON_POSITIVE_DEFINITE
    assert 0.0 < found.value[0] < 1.0


def test_rows_do_not_depend_on_their_neighbours():
    rows = [crossing(), crossing(miss_km=(0.2, 0.0, 0.0)), crossing(relative_rtn_km_s=(0.0, 0.1, 0.2))]
    together = expected_collisions(stacked(*rows), [0.01, 0.02, 0.03])
    for k, row in enumerate(rows):
        alone = expected_collisions(row, 0.01 * (k + 1))
        assert together.value[k] == pytest.approx(alone.value[0], rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"hard_body_radius_km": -0.1}, "hard_body_radius_km"),
        ({"hard_body_radius_km": 0.1, "window_s": (5.0, 5.0)}, "window_s"),
        ({"hard_body_radius_km": 0.1, "window_s": (1.0, 2.0, 3.0)}, "window_s"),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(InputError, match=words):
        expected_collisions(crossing(), **arguments)


def test_an_escaping_object_is_named():
    pair = crossing(relative_rtn_km_s=(0.0, 9.0, 0.0))
    with pytest.raises(InputError, match="elliptic"):
        expected_collisions(pair, 0.02)


# Radius 2.1 km, narrowest sigma 1.1 m: 3.5 s with cells along the velocity, 0.5 s along the narrowest axis.
WIDE_BODY = {
    "sigma_km": (0.45966083941930513, 0.0010698503212956153, 0.03135538814483831),
    "sigma_km_s": (6.748638376125304e-06, 1.0845349442234088e-06, 1.5602734903503782e-05),
    "miss_km": (-0.6648438553256985, 0.6459888558875646, 0.24075810298506706),
    "relative_rtn_km_s": (-0.40171561409020656, -0.042359399393925565, -0.5554839991628924),
}


def test_a_body_of_two_thousand_sigmas_agrees_with_cells_along_the_velocity_and_with_monte_carlo(monkeypatch):
    pair = crossing(**WIDE_BODY)
    found = expected_collisions(pair, 2.138205011110511)
    trials = monte_carlo(
        pair,
        2.138205011110511,
        np.random.default_rng(8),
        samples=20_000,
        window_s=found.window_s[0],
        confidence=0.999,
    )
    assert trials.lower[0] < found.value[0] < trials.upper[0]
    monkeypatch.setattr(ball, "_cell_axes", lambda velocity, *_, **__: ball._axes_along(velocity))
    along_velocity = expected_collisions(pair, 2.138205011110511)
    assert found.value[0] == pytest.approx(along_velocity.value[0], rel=1e-7)


def test_the_momentary_probability_does_not_depend_on_the_axes_of_the_cells(monkeypatch):
    pair = crossing(**WIDE_BODY)
    covariance = np.zeros((1, 6, 6))
    covariance[:, :3, :3] = np.diag([0.04**2, 0.01**2, 0.003**2])
    covariance[:, 3:, 3:] = 1e-12 * np.eye(3)
    state = ball.RelativeGaussian(pair.relative_state, covariance, np.ones(1, dtype=bool))
    radius = np.linalg.norm(pair.relative_state[:, :3], axis=1)
    aligned = ball.ball_probability(state, radius)
    monkeypatch.setattr(ball, "_cell_axes", lambda velocity, *_, **__: ball._axes_along(velocity))
    assert ball.ball_probability(state, radius) == pytest.approx(aligned, rel=1e-7)
