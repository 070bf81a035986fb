"""The facts beside the probability: times, geometry, errors, and the quality of the orbits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.facts import encounter_facts
from debrissim.cdm.method_results import assess_conjunctions
from debrissim.propagation.frames import rtn_basis


def message(**changes: str | None):
    return parse_cdm(kvn(**({"OBJECT1_Z": "10.0", "OBJECT2_Z": "10.0"} | changes)).encode(), "x.cdm")[0]


def with_covariances(found, first, second):
    one, two = (
        replace(item, covariance_rtn=np.diag([*(np.array(sigma) ** 2), 0.0, 0.0, 0.0]))
        for item, sigma in ((found.primary, first), (found.secondary, second))
    )
    return replace(found, primary=one, secondary=two)


def test_ages_are_counted_to_tca() -> None:
    facts = encounter_facts(message(OBJECT1_TIME_LASTOB_END="2024-10-31T03:04:05.678"), 20.0)
    assert facts.created_utc == "2024-11-01T00:00:00.000Z"
    assert facts.message_age_s == pytest.approx(86400.0 + 3 * 3600 + 4 * 60 + 5.678, abs=1e-3)
    assert facts.quality[0].last_observation_days == pytest.approx(2.0, abs=1e-8)
    assert facts.quality[1].last_observation_days is None
    late = encounter_facts(message(CREATION_DATE="2024-11-03T00:00:00"), 20.0)
    assert late.message_age_s < 0.0


def test_sigmas_are_those_of_each_object_and_together_along_the_first() -> None:
    found = with_covariances(message(), [0.01, 0.2, 0.03], [0.04, 0.5, 0.06])
    facts = encounter_facts(found, 20.0)
    np.testing.assert_allclose(facts.sigma_rtn_km, [[0.01, 0.2, 0.03], [0.04, 0.5, 0.06]], rtol=1e-12)
    first, second = found.primary.state, found.secondary.state
    to_first = rtn_basis(first[None, :3], first[None, 3:])[0]
    across = to_first @ rtn_basis(second[None, :3], second[None, 3:])[0].T
    together = np.diag([1e-4, 0.04, 9e-4]) + across @ np.diag([16e-4, 0.25, 36e-4]) @ across.T
    np.testing.assert_allclose(facts.combined_sigma_rtn_km, np.sqrt(np.diag(together)), rtol=1e-12)
    np.testing.assert_allclose(facts.miss_rtn_km, to_first @ (second[:3] - first[:3]), rtol=1e-12)
    np.testing.assert_allclose(facts.velocity_rtn_km_s, to_first @ (second[3:] - first[3:]), rtol=1e-12)


def test_the_encounter_holds_its_probability() -> None:
    # By trial: entries into the sphere of straight paths from random places, all within the bounds.
    found = with_covariances(message(), [0.05, 0.3, 0.05], [0.05, 0.3, 0.05])
    facts = encounter_facts(found, 20.0)
    assert facts.begin_s < 0.0 < facts.end_s
    rng = np.random.default_rng(3)
    basis_covariance = assess_conjunctions([found], np.array([20.0])).plane
    places = facts.miss_rtn_km + rng.normal(size=(400_000, 3)) * facts.combined_sigma_rtn_km
    velocity = facts.velocity_rtn_km_s
    closest = -(places @ velocity) / (velocity @ velocity)
    across = np.linalg.norm(places + closest[:, None] * velocity, axis=1)
    times = closest[across < 0.02]
    assert times.size > 100
    assert facts.begin_s <= times.min()
    assert times.max() <= facts.end_s
    assert basis_covariance.relative_speed_km_s[0] == pytest.approx(np.linalg.norm(velocity), rel=1e-12)


def test_the_object_with_large_errors_dilutes() -> None:
    small, large = [0.001, 0.01, 0.001], [2.0, 20.0, 2.0]
    facts = encounter_facts(with_covariances(message(), small, large), 20.0)
    assert facts.dilutes == (False, True)
    assert facts.maximum[1] > facts.maximum[0] > 0.0
    facts = encounter_facts(with_covariances(message(), large, small), 20.0)
    assert facts.dilutes == (True, False)


def test_at_standstill_the_encounter_has_no_bounds() -> None:
    found = message()
    state = found.secondary.state.copy()
    state[3:] = found.primary.state[3:]
    facts = encounter_facts(replace(found, secondary=replace(found.secondary, state=state)), 20.0)
    assert (facts.begin_s, facts.end_s) == (-np.inf, np.inf)
    assert facts.dilutes is facts.maximum is None


def test_of_a_message_that_is_not_usable_only_its_own_numbers_are_shown() -> None:
    facts = encounter_facts(message(OBJECT1_CR_R="-4"), 20.0, usable=False)
    assert np.isnan(facts.sigma_rtn_km[0, 0])
    assert facts.sigma_rtn_km[0, 1] > 0.0
    assert facts.begin_s is facts.dilutes is facts.end_s is None


def test_quality_as_far_as_the_message_tells() -> None:
    facts = encounter_facts(
        message(
            OBJECT2_OBS_USED="521",
            OBJECT2_OBS_AVAILABLE="NaN",
            OBJECT2_TRACKS_USED="many",
            OBJECT2_ACTUAL_OD_SPAN="19.16 [d]",
            OBJECT2_RESIDUALS_ACCEPTED="99.4 [%]",
            OBJECT2_WEIGHTED_RMS="-1",
        ),
        20.0,
    )
    none, some = facts.quality
    assert not none.is_known
    assert some.is_known
    assert (some.observations_used, some.observations_available, some.tracks_used) == (521, None, None)
    assert (some.span_days, some.residuals_accepted, some.weighted_rms) == (19.16, 99.4, None)
