"""Scenarios with method = "auto": slow and curved encounters leave the plane, and their method is named."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.conjunctions.tables import conjunctions
from debrissim.probability.algorithms.hall import expected_collisions
from debrissim.probability.algorithms.monte_carlo import monte_carlo
from debrissim.probability.state_pair import StatePair
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.uncertainty.rotation import state_rtn_to_inertial, with_velocity_errors

# Two objects on similar, slightly eccentric orbits: they meet at metres per second, twice per revolution.
TOML = {
    "title": "A slow pair, and one that crosses",
    "span": {"start": "2024-01-01T00:00:00Z", "duration_days": 0.05},
    "catalog": {"sources": []},
    "colocation": {"exclude": False},
    "screening": {"mode": "all-vs-all", "volumes": [{"name": "near", "sphere_km": 5.0}]},
    "covariance": {"model": "fixed", "fixed_sigma_rtn_km": [0.05, 0.3, 0.05]},
    "output": {"plots": False},
    "primaries": [
        {"norad_id": number, "name": name, "hard_body_radius_m": 50.0, "elements": elements}
        for number, name, elements in (
            (1, "A", {"mean_motion_rev_day": 15.0, "eccentricity": 0.001, "inclination_deg": 51.6}),
            (
                2,
                "B",
                {
                    "mean_motion_rev_day": 15.0,
                    "eccentricity": 0.00105,
                    "inclination_deg": 51.602,
                    "mean_anomaly_deg": 0.003,
                },
            ),
            (
                3,
                "C",
                {
                    "mean_motion_rev_day": 15.0,
                    "eccentricity": 0.001,
                    "inclination_deg": 98.0,
                    "mean_anomaly_deg": 0.02,
                },
            ),
        )
    ],
}


def run_by(method: str, **changes: object) -> ConjunctionResult:
    return run(parse_scenario(TOML | {"probability": {"method": method}} | changes))


@pytest.fixture(scope="module")
def auto() -> ConjunctionResult:
    return run_by("auto")


def slow(result: ConjunctionResult) -> np.ndarray:
    return result.screening.encounters.relative_speed_km_s < 0.1


def test_slow_encounters_are_computed_along_the_orbits_and_fast_ones_in_the_plane(auto: ConjunctionResult):
    risk = auto.assessment.probability
    assert slow(auto).sum() >= 2
    assert (~slow(auto)).sum() >= 1
    assert (risk.row_method[slow(auto)] == "hall-3d").all()
    assert (risk.row_method[~slow(auto)] == "foster").all()
    table = conjunctions(auto.screening.encounters, auto.assessment, auto.inputs)
    for k in np.flatnonzero(slow(auto)):
        assert table["collision_probability_method"][k] == "hall-3d"
        assert "slow encounter" in table["flags"][k]


def test_other_methods_stay_in_the_plane_with_the_same_flags(auto: ConjunctionResult):
    plain = run_by("foster")
    risk = plain.assessment.probability
    assert (risk.row_method == "foster").all()
    fast = ~slow(auto)
    assert np.array_equal(risk.value[fast], auto.assessment.probability.value[fast])
    assert (risk.flags & auto.assessment.probability.flags == risk.flags).all()


def states_of(result: ConjunctionResult, rows: np.ndarray) -> StatePair:
    encounters, assessment = result.screening.encounters, result.assessment
    states = encounters.primary_state[rows], encounters.secondary_state[rows]
    covariances = (
        assessment.primary_covariance_rtn_km2[rows],
        assessment.secondary_covariance_rtn_km2[rows],
    )
    return StatePair(
        *states,
        *(
            state_rtn_to_inertial(with_velocity_errors(covariance, state), state)
            for covariance, state in zip(covariances, states, strict=True)
        ),
    )


def test_the_values_are_those_of_trials(auto: ConjunctionResult):
    rows = np.flatnonzero(slow(auto))
    trials = monte_carlo(
        states_of(auto, rows), 0.1, np.random.default_rng(3), samples=150_000, confidence=0.999
    )
    value = auto.assessment.probability.value[rows]
    assert (trials.hits > 100).all()
    assert (trials.lower < value).all()
    assert (value < trials.upper).all()
    plane = run_by("foster").assessment.probability.value[rows]
    assert ((plane < trials.lower) | (plane > trials.upper)).any()


def test_half_and_double_sigma_are_those_of_scenarios_with_that_factor(auto: ConjunctionResult):
    table = {"model": "fixed", "fixed_sigma_rtn_km": [0.05, 0.3, 0.05]}
    double = run_by("auto", covariance=table | {"primary_factor": 2.0, "secondary_factor": 2.0})
    both = slow(auto) & (double.assessment.probability.row_method == "hall-3d")
    assert both.any()
    assert double.assessment.probability.value[both] == pytest.approx(
        auto.assessment.probability_double_sigma[both], rel=1e-6
    )


def test_windows_of_one_pair_do_not_overlap(auto: ConjunctionResult):
    encounters = auto.screening.encounters
    pair = states_of(auto, np.arange(len(encounters)))
    window = expected_collisions(pair, 0.1).window_s
    assert (window[:, 0] < 0.0).all()
    assert (window[:, 1] > 0.0).all()
    pairs = encounters.primary * 10 + encounters.secondary
    for key in np.unique(pairs):
        rows = np.flatnonzero(pairs == key)
        starts, ends = encounters.tca_s[rows] + window[rows, 0], encounters.tca_s[rows] + window[rows, 1]
        # SGP4's maxima of the distance and those of two-body motion differ by seconds.
        assert (starts[1:] >= ends[:-1] - 20.0).all()


def test_a_run_without_encounters():
    nothing = run_by("auto", screening={"mode": "all-vs-all", "volumes": [{"sphere_km": 1e-6}]})
    assert len(nothing.screening.encounters) == 0


def test_errors_larger_than_the_orbit_give_no_probability():
    unknown = run_by("auto", covariance={"model": "fixed", "fixed_sigma_rtn_km": [0.05, 9000.0, 0.05]})
    risk = unknown.assessment.probability
    assert len(risk) > 0
    assert np.isnan(risk.value).all()
    assert np.isnan(unknown.assessment.probability_half_sigma).all()
    assert set(risk.row_method) == {"none"}
    table = conjunctions(unknown.screening.encounters, unknown.assessment, unknown.inputs)
    assert "not computable" in table["flags"][0]
    assert unknown.totals.cumulative_probability == 0.0


def test_the_range_along_the_orbits_includes_the_common_error():
    scatter, common = (
        run_by("auto", covariance={"model": f"calibrated-2020{end}"}) for end in ("", "+common")
    )
    # Where the method is the same with both errors, the range of one includes the value of the other.
    same = scatter.assessment.probability.row_method == common.assessment.probability.row_method
    along = same & (scatter.assessment.probability.row_method == "hall-3d")
    value = common.assessment.probability.value
    assert along.any()
    assert (scatter.assessment.probability_low[along] <= value[along] * (1.0 + 1e-9)).all()
    assert (scatter.assessment.probability_high[along] >= value[along] * (1.0 - 1e-9)).all()
