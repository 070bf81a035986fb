"""Objects that have decayed stay decayed, although SGP4 returns valid codes for them again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    Elements,
    crossing_pair,
    decaying,
    geo,
    ground_grazing,
    gto,
    head_on_pair,
    leo,
    make_catalog,
    molniya,
)
from support.engine_events import run_engine
from support.oracle import satrecs_of

from debrissim.core.errors import RunError
from debrissim.propagation.ephemeris import make_window
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, make_propagator
from debrissim.screening.decay import failures_by_drag
from debrissim.screening.failures import Failures
from debrissim.screening.orbit_filter import span_end_states

DAY_S = 86400.0
# The orbit and drag of a fragment of Fengyun 1C, 30318, in January 2022: decayed within a day of its epoch.
SHORT_LIVED = leo(mean_motion_rev_day=15.97, bstar=0.038, inclination_deg=98.0)
RECOVERED = replace(SHORT_LIVED, epoch_days=-6.0)


def propagator_of(*elements: Elements) -> Propagator:
    return make_propagator(make_catalog(*elements), START_JD, START_FRACTION)


def decays(propagator: Propagator, count: int, duration_s: float) -> Failures:
    return failures_by_drag(propagator, np.arange(count), duration_s, span_end_states(propagator, duration_s))


def test_sgp4_returns_a_decayed_object_with_code_0_far_from_any_orbit() -> None:
    """The premise: code 0, at a position and a speed that no orbit has."""
    (record,) = satrecs_of(make_catalog(RECOVERED))
    (code, r, _), (_, later, _) = START.state(record, 0.0), START.state(record, 1.0)
    assert code == 0
    assert np.linalg.norm(r) > 100000.0
    assert np.linalg.norm(later - r) > 100.0  # km in one second


def test_a_decay_before_the_start_is_located() -> None:
    propagator = propagator_of(leo(), RECOVERED, geo())
    failures = decays(propagator, 3, 7.0 * DAY_S)
    assert failures.row.tolist() == [1]
    valid_s = float(failures.valid_s[0])
    assert -6.0 * DAY_S < valid_s < 0.0
    codes = propagator.states([1], [valid_s, valid_s + 2e-3])[0][0]
    assert codes.tolist() == [0, failures.code[0]]
    assert failures.code[0] != 0


@pytest.mark.parametrize("bstar", [3e-3, 8e-3, 2e-2, 5e-2])
def test_the_first_failure_within_the_span_is_located(bstar: float) -> None:
    propagator = propagator_of(decaying(bstar=bstar))
    failures = decays(propagator, 1, 7.0 * DAY_S)
    assert failures.row.tolist() == [0]
    valid_s = float(failures.valid_s[0])
    times = np.arange(-0.2 * DAY_S, valid_s, 1.0)
    assert not propagator.states([0], times)[0].any()
    assert propagator.states([0], [valid_s + 2e-3])[0][0, 0] == failures.code[0] != 0


def test_objects_that_do_not_decay_are_not_listed() -> None:
    propagator = propagator_of(leo(), leo(bstar=-2e-3), geo(), molniya(), gto(), ground_grazing())
    assert len(decays(propagator, 6, 3.0 * DAY_S)) == 0
    assert len(decays(propagator_of(RECOVERED), 0, DAY_S)) == 0


def test_screening_reports_decayed_objects_and_excludes_them() -> None:
    catalog = make_catalog(RECOVERED, *head_on_pair(1.0, 1000.0))
    result = run_engine(catalog, 7.0 * DAY_S, 50.0)
    assert result.object_status[0] == ObjectStatus.DECAYED
    assert -6.0 * DAY_S < result.failure_s[0] < -5.0 * DAY_S
    assert result.object_status[1:].tolist() == [0, 0]
    assert 0 not in result.encounters.primary
    with pytest.raises(RunError, match="700001"):
        run_engine(catalog, 3000.0, 50.0, [0])


def test_a_spurious_recovery_within_the_span_does_not_affect_other_objects() -> None:
    """Without the latch its interpolant, a million km wrong, makes every pair a candidate."""
    decaying_object = replace(SHORT_LIVED, epoch_days=0.0)
    propagator = propagator_of(decaying_object)
    window = make_window(propagator, np.array([0]), 6.0 * DAY_S, 6.0 * DAY_S + 14400.0, 0.5)
    assert window.error_bound_km[0] > 1000.0
    catalog = make_catalog(
        decaying_object, *crossing_pair(1.0, 1000.0), *(leo(raan_deg=9.0 * k) for k in range(40))
    )
    result = run_engine(catalog, 7.0 * DAY_S, 1.0, [1])
    assert 0.0 < result.failure_s[0] < DAY_S
    assert result.object_status[0] != ObjectStatus.OK
    assert result.candidate_count < 3000
