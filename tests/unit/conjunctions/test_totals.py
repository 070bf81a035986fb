"""Totals of a run: sums over real objects, counts over all, rates by one rule, and each spacecraft's own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import pytest
from support.small import ORBIT, made_up_catalog, small

from debrissim.catalog import Catalog
from debrissim.catalog.population.synthesis import synthetic_catalog
from debrissim.conjunctions.result import ConjunctionResult, read_totals, summarize
from debrissim.conjunctions.run import run
from debrissim.conjunctions.totals import RATE_MIN_DAYS, RATE_MIN_EVENTS
from debrissim.core.statistics import garwood_interval
from debrissim.probability.collision import cumulative_probability

# Errors so wide that encounters hundreds of kilometres apart have a probability, and a start that no catalogue moves.
WIDE = {"covariance": {"model": "fixed", "fixed_sigma_rtn_km": [100.0, 300.0, 100.0]}}
START = {"span": {"start": datetime(2024, 11, 1, tzinfo=UTC), "duration_days": 0.04}}
RISK = (
    "cumulative_probability",
    "cumulative_low",
    "cumulative_high",
    "above_yellow",
    "above_red",
    "most_probable",
)


@pytest.fixture(scope="module")
def real() -> ConjunctionResult:
    return run(small(**WIDE, **START), catalogs=[made_up_catalog()])


def test_totals_of_real_objects_are_the_sums_of_the_rows(real: ConjunctionResult):
    totals, encounters, assessment = real.totals, real.screening.encounters, real.assessment
    value = assessment.probability.value
    assert totals.encounter_count == len(encounters) == sum(fraction.count for fraction in totals.kinds)
    assert totals.sampled_count == totals.without_probability == 0
    assert totals.cumulative_probability == pytest.approx(cumulative_probability(value))
    assert totals.cumulative_low == pytest.approx(cumulative_probability(assessment.probability_low))
    assert totals.cumulative_high == pytest.approx(cumulative_probability(assessment.probability_high))
    assert totals.cumulative_low <= totals.cumulative_probability <= totals.cumulative_high
    assert totals.above_red <= totals.above_yellow == int((value >= 1e-5).sum())
    assert totals.most_probable == int(value.argmax())
    assert sum(totals.speed_counts) == len(encounters)
    assert len(totals.speed_edges_km_s) == len(totals.speed_counts) + 1


def test_a_threshold_itself_counts(real: ConjunctionResult):
    value = real.assessment.probability.value
    highest = float(value.max())
    scenario = small(**WIDE, **START, probability={"yellow": highest / 10.0, "red": highest})
    assert run(scenario, catalogs=[made_up_catalog()]).totals.above_red == int((value >= highest).sum()) > 0


def test_synthetic_objects_have_counts_and_nothing_else():
    totals = run(small()).totals
    assert totals.encounter_count == totals.sampled_count > 5
    assert {name: getattr(totals, name) for name in RISK} == dict.fromkeys(RISK)
    assert totals.parent_events == ()
    assert all(fraction.cumulative_probability is None for fraction in totals.kinds)
    assert {getattr(own, name) for own in totals.primaries for name in RISK} == {None}


def test_of_a_mixture_the_real_objects_have_the_probability(real: ConjunctionResult):
    mixture = Catalog.concat([made_up_catalog(), synthetic_catalog(300, seed=7)])
    result = run(small(**WIDE, **START), catalogs=[mixture])
    totals = result.totals
    assert totals.encounter_count - totals.sampled_count == real.totals.encounter_count
    assert totals.sampled_count > 5
    assert totals.cumulative_probability == pytest.approx(real.totals.cumulative_probability, rel=1e-9)
    assert not result.encounters.synthetic[totals.most_probable]


def test_an_encounter_is_sampled_whichever_of_its_objects_is():
    mixture = Catalog.concat([synthetic_catalog(100, seed=7), made_up_catalog(100)])
    wide = {"mode": "all-vs-all", "volumes": [{"name": "wide", "sphere_km": 100.0}]}
    result = run(small(**START, primaries=[], screening=wide), catalogs=[mixture])
    encounters = result.encounters
    sampled_first = (encounters.primary_origin == "synthetic") & (encounters.secondary_origin == "real")
    assert sampled_first.any()
    assert encounters.synthetic[sampled_first].all()
    assert all(name.startswith("sampled ") for name in encounters.primary_name[sampled_first])
    assert encounters.synthetic.sum() == result.totals.sampled_count < len(encounters)


def test_the_spacecraft_add_up():
    primaries = [
        {"norad_id": 25544, "name": "ISS", "elements": ORBIT},
        {"norad_id": 48274, "name": "CSS", "elements": ORBIT | {"raan_deg": 90.0}},
    ]
    result = run(small(primaries=primaries, **WIDE), catalogs=[made_up_catalog()])
    totals = result.totals
    first, second = totals.primaries
    assert (first.name, second.name, first.norad_id) == ("ISS", "CSS", 25544)
    assert first.encounter_count + second.encounter_count == totals.encounter_count
    assert min(first.encounter_count, second.encounter_count) > 0
    both = 1.0 - (1.0 - first.cumulative_probability) * (1.0 - second.cumulative_probability)
    assert both == pytest.approx(totals.cumulative_probability, rel=1e-9)
    for own in totals.primaries:
        assert result.encounters.primary_norad_id[own.most_probable] == own.norad_id
        rows = result.encounters.primary_norad_id == own.norad_id
        assert own.volumes[0].count == int(result.screening.encounters.inside[rows].sum())


@pytest.mark.parametrize(("days", "radius_km"), [(1.0, 600.0), (1.0, 5.0), (0.5, 600.0)])
def test_a_rate_needs_events_and_a_day(days: float, radius_km: float):
    result = run(
        small(
            span={"duration_days": days}, screening={"volumes": [{"name": "wide", "sphere_km": radius_km}]}
        ),
        catalogs=[made_up_catalog(60)],
    )
    (rate,) = result.totals.volumes
    assert rate.count == int(result.screening.encounters.inside.sum())
    assert rate.description == f"a sphere of {radius_km:g} km radius"
    assert (rate.count_low, rate.count_high) == garwood_interval(rate.count)
    rates = (rate.per_day, rate.per_day_low, rate.per_day_high, rate.per_year)
    if rate.count < RATE_MIN_EVENTS or days < RATE_MIN_DAYS:
        assert rates == (None,) * 4
    else:
        assert rate.per_day == pytest.approx(rate.count / days)
        assert rate.per_day_low < rate.per_day < rate.per_day_high
        assert rate.per_year == pytest.approx(365.25 * rate.per_day)
    assert (rate.per_day is None) == ((days, radius_km) != (1.0, 600.0))


def test_a_run_that_finds_nothing_has_totals_too():
    totals = run(small(screening={"volumes": [{"sphere_km": 0.001}]}), catalogs=[made_up_catalog()]).totals
    assert totals.encounter_count == 0
    assert str(totals.cumulative_probability) == "0.0"
    assert totals.most_probable is None
    assert totals.volumes[0].count_low == 0.0
    assert totals.volumes[0].per_day is None
    assert totals.volumes[0].count_high == pytest.approx(3.689, rel=1e-3)


def test_totals_survive_their_file(real: ConjunctionResult):
    assert read_totals(summarize(real.details, real.provenance)) == real.totals
    assert asdict(real.totals)["primaries"][0]["name"] == "ISS"
    assert np.isfinite(real.totals.cumulative_probability)
