"""Risk of encounters, and the totals of a run."""

from __future__ import annotations

import numpy as np
import pytest
from support.small import COSMOS_2251, IRIDIUM_33, small

from debrissim.conjunctions.assessment import assess_encounters
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.statistics import garwood_interval
from debrissim.probability.dilution import dilution_curve
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, get_covariance_model
from debrissim.uncertainty.object_covariances import ObjectCovariances
from debrissim.uncertainty.own_scale import OwnScales


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


def test_the_range_is_the_minimum_and_the_maximum_from_half_to_twice_the_sigmas():
    """Against a scan of 400 factors, and it contains the value."""
    wide = {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}
    assessment = run(small(covariance=wide)).assessment
    risk = assessment.probability
    factors = np.geomspace(0.5, 2.0, 401)
    scan = dilution_curve(risk.plane, risk.hard_body_radius_m / 1000.0, factors).probability
    known = scan.max(axis=1) > 1e-200
    assert known.sum() >= 3
    np.testing.assert_allclose(assessment.probability_low[known], scan.min(axis=1)[known], rtol=1e-9)
    np.testing.assert_allclose(assessment.probability_high[known], scan.max(axis=1)[known], rtol=1e-4)
    assert (assessment.probability_low <= risk.value).all()
    assert (risk.value <= assessment.probability_high).all()
    # Some have their maximum between the ends: there, half and double are both too low.
    peak = (risk.maximum_scale > 0.5) & (risk.maximum_scale < 2.0)
    assert peak.any()
    assert (assessment.probability_high >= assessment.probability_half_sigma).all()
    assert (assessment.probability_high >= assessment.probability_double_sigma).all()


def test_every_encounter_is_inside_the_volumes_it_names():
    volumes = [{"name": "wide", "sphere_km": 600.0}, {"name": "flat", "box_km": [100.0, 600.0, 600.0]}]
    result = run(small(screening={"volumes": volumes, "inside": "tca"}))
    inside, encounters = result.screening.encounters.inside, result.screening.encounters
    assert inside.any(axis=1).all()
    assert np.array_equal(inside[:, 0], encounters.miss_distance_km <= 600.0)
    assert np.array_equal(
        inside[:, 1],
        (np.abs(encounters.relative_position_rtn_km) <= np.array([100.0, 600.0, 600.0])).all(axis=1),
    )
    assert 0 < inside[:, 1].sum() < len(encounters)
    assert encounters.inside_at_tca.all()
    any_moment = run(small(screening={"volumes": volumes})).screening.encounters
    # A sphere is entered by those that are inside at the minimum, a box by more.
    assert len(any_moment) == len(encounters)
    assert np.array_equal(any_moment.inside[:, 0], inside[:, 0])
    assert (any_moment.inside[:, 1] >= inside[:, 1]).all()
    assert any_moment.inside[:, 1].sum() > inside[:, 1].sum()


def test_the_range_includes_the_error_that_element_sets_have_in_common():
    """The default model holds their scatter alone: Iridium 33 and Cosmos 2251 met, and it gives them below 1e-10."""
    pair = {
        "title": "pair",
        "span": {"start": "2009-02-10T12:00:00Z", "duration_days": 0.5},
        "catalog": {"sources": []},
        "primaries": [
            {"name": "IRIDIUM 33", "tle": IRIDIUM_33, "hard_body_radius_m": 10.0},
            {"name": "COSMOS 2251", "tle": COSMOS_2251, "hard_body_radius_m": 10.0},
        ],
        "screening": {"volumes": ["socrates-5km"]},
    }
    scatter = run(parse_scenario(pair))
    common = run(parse_scenario(pair | {"covariance": {"model": f"{DEFAULT_MODEL}+common"}}))
    value = common.assessment.probability.value
    assert scatter.assessment.probability.value[0] < 1e-10 < 1e-4 < value[0]
    np.testing.assert_allclose(scatter.assessment.probability_high, value, rtol=1e-12)
    assert "SGP4's own error added" in scatter.verdict.whole.range
    assert "SGP4's own error" not in common.verdict.whole.range
    # Factors of one, as measured on a few element sets: the scatter is the same, and so is what SGP4 lacks.
    measured = OwnScales(np.array([22675, 24946]), np.array([3, 3]), np.ones((2, 5)))
    own = assess_encounters(
        scatter.screening.encounters,
        scatter.inputs.catalog,
        get_covariance_model(DEFAULT_MODEL),
        object_covariances=ObjectCovariances(scales=measured),
    )
    np.testing.assert_allclose(own.probability_high, scatter.assessment.probability_high, rtol=1e-9)
