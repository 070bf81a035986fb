"""Risk of encounters, and the totals of a run."""

from __future__ import annotations

import numpy as np
import pytest
from support.small import small

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.statistics import garwood_interval
from debrissim.probability.collision import cumulative_probability


@pytest.fixture(scope="module")
def result() -> ConjunctionResult:
    return run(small())


# The exact interval to the digits in which it is commonly tabulated (Garwood 1936).
@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (100, 81.36, 121.63)]
)
def test_the_interval_of_a_poisson_count(count: int, low: float, high: float):
    assert garwood_interval(count) == pytest.approx((low, high), rel=1e-3)


def test_the_run_has_encounters(result: ConjunctionResult):
    assert len(result.screening.encounters) >= 5


def test_a_scaled_covariance_gives_what_a_scenario_with_that_factor_gives(result: ConjunctionResult):
    doubled = run(small(covariance={"primary_factor": 2.0, "secondary_factor": 2.0})).assessment
    assert doubled.probability.value == pytest.approx(result.assessment.probability_double_sigma, rel=1e-9)
    assert doubled.probability.maximum == pytest.approx(result.assessment.probability.maximum, rel=1e-6)
    assert doubled.probability.maximum_scale * 2.0 == pytest.approx(
        result.assessment.probability.maximum_scale, rel=1e-4
    )
    assert doubled.miss_sigma_km == pytest.approx(2.0 * result.assessment.miss_sigma_km)
    assert doubled.primary_sigma_rtn_km == pytest.approx(2.0 * result.assessment.primary_sigma_rtn_km)


def test_no_value_exceeds_the_maximum(result: ConjunctionResult):
    risk, assessment = result.assessment.probability, result.assessment
    for value in (risk.value, assessment.probability_half_sigma, assessment.probability_double_sigma):
        assert (value <= risk.maximum * (1.0 + 1e-9)).all()


def test_the_sigma_along_the_miss_is_between_the_minimum_and_the_maximum(result: ConjunctionResult):
    encounters, assessment = result.screening.encounters, result.assessment
    both = np.hypot(
        assessment.primary_sigma_rtn_km.max(axis=1), assessment.secondary_sigma_rtn_km.max(axis=1)
    )
    assert ((assessment.miss_sigma_km > 0.0) & (assessment.miss_sigma_km <= both)).all()
    assert assessment.miss_sigma_km.shape == (len(encounters),)


def test_totals_are_the_sums_of_the_rows(result: ConjunctionResult):
    totals, encounters = result.totals, result.screening.encounters
    value = result.assessment.probability.value
    assert totals.encounter_count == len(encounters) == sum(share.count for share in totals.kinds)
    assert totals.cumulative_probability == pytest.approx(cumulative_probability(value))
    assert sum(totals.speed_counts) == len(encounters)
    assert len(totals.speed_edges_km_s) == len(totals.speed_counts) + 1
    (rate,) = totals.volumes
    days = result.inputs.duration_s / 86400.0
    assert (rate.name, rate.count) == ("wide", int(result.assessment.inside.sum()))
    assert rate.per_day == pytest.approx(rate.count / days)
    assert rate.per_day_low < rate.per_day < rate.per_day_high
    assert rate.per_year == pytest.approx(365.25 * rate.per_day)
    assert totals.above_red <= totals.above_yellow == int((value >= 1e-5).sum())


def test_every_encounter_is_inside_the_volumes_it_names():
    volumes = [{"name": "wide", "sphere_km": 600.0}, {"name": "flat", "box_km": [100.0, 600.0, 600.0]}]
    result = run(small(screening={"volumes": volumes}))
    inside, encounters = result.assessment.inside, result.screening.encounters
    assert inside.any(axis=1).all()
    assert np.array_equal(inside[:, 0], encounters.miss_distance_km <= 600.0)
    assert np.array_equal(
        inside[:, 1],
        (np.abs(encounters.relative_position_rtn_km) <= np.array([100.0, 600.0, 600.0])).all(axis=1),
    )
    assert 0 < inside[:, 1].sum() < len(encounters)


def test_a_run_that_finds_nothing_has_totals_too():
    result = run(small(screening={"volumes": [{"sphere_km": 0.001}]}))
    assert result.totals.encounter_count == 0
    assert str(result.totals.cumulative_probability) == "0.0"
    assert result.totals.volumes[0].per_day_low == 0.0
    assert result.totals.volumes[0].per_day_high > 0.0
