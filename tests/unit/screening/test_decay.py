"""Objects that drag has brought down stay down, though SGP4 raises them again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
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
from debrissim.screening.orbit_filter import at_both_ends

DAY_S = 86400.0
# The orbit and drag of a fragment of Fengyun 1C, 30318, in January 2022: gone within a day of its epoch.
SHORT_LIVED = leo(mean_motion_rev_day=15.97, bstar=0.038, inclination_deg=98.0)
RISEN = replace(SHORT_LIVED, epoch_days=-6.0)


def propagator_of(*elements: Elements) -> Propagator:
    return make_propagator(make_catalog(*elements), START_JD, START_FRACTION)


def brought_down(
    propagator: Propagator, count: int, duration_s: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]]:
    return failures_by_drag(propagator, np.arange(count), duration_s, at_both_ends(propagator, duration_s))


def test_what_sgp4_raises_from_the_dead() -> None:
    """The premise: code 0, at a place and a speed that no orbit has."""
    (record,) = satrecs_of(make_catalog(RISEN))
    (code, r, _), (_, later, _) = START.state(record, 0.0), START.state(record, 1.0)
    assert code == 0
    assert np.linalg.norm(r) > 100000.0
    assert np.linalg.norm(later - r) > 100.0  # km in a second


def test_it_is_gone_since_before_the_start() -> None:
    propagator = propagator_of(leo(), RISEN, geo())
    rows, last_good_s, codes = brought_down(propagator, 3, 7.0 * DAY_S)
    assert rows.tolist() == [1]
    assert -6.0 * DAY_S < last_good_s[0] < 0.0
    found = propagator.states([1], [float(last_good_s[0]), float(last_good_s[0]) + 2e-3])[0][0]
    assert found.tolist() == [0, codes[0]]
    assert codes[0] != 0


@pytest.mark.parametrize("bstar", [3e-3, 8e-3, 2e-2, 5e-2])
def test_the_first_failure_within_the_span(bstar: float) -> None:
    propagator = propagator_of(decaying(bstar=bstar))
    rows, last_good_s, codes = brought_down(propagator, 1, 7.0 * DAY_S)
    assert rows.tolist() == [0]
    times = np.arange(-0.2 * DAY_S, float(last_good_s[0]), 1.0)
    assert not propagator.states([0], times)[0].any()
    assert propagator.states([0], [float(last_good_s[0]) + 2e-3])[0][0, 0] == codes[0] != 0


def test_those_that_last_are_left_alone() -> None:
    propagator = propagator_of(leo(), leo(bstar=-2e-3), geo(), molniya(), gto(), ground_grazing())
    assert brought_down(propagator, 6, 3.0 * DAY_S)[0].size == 0
    assert brought_down(propagator_of(RISEN), 0, DAY_S)[0].size == 0


def test_screening_reports_the_dead_and_meets_nobody_with_them() -> None:
    catalog = make_catalog(RISEN, *head_on_pair(1.0, 1000.0))
    result = run_engine(catalog, 7.0 * DAY_S, 50.0)
    assert result.object_status[0] == ObjectStatus.DECAYED
    assert result.failure_s[0] == 0.0
    assert result.object_status[1:].tolist() == [0, 0]
    assert 0 not in result.encounters.primary
    with pytest.raises(RunError, match="700001"):
        run_engine(catalog, 3000.0, 50.0, [0])


def test_one_that_is_raised_within_the_span_does_not_spoil_the_others() -> None:
    """Without the latch its interpolant, a million km wrong, makes candidates of everything."""
    dying = replace(SHORT_LIVED, epoch_days=0.0)
    propagator = propagator_of(dying)
    raised = make_window(propagator, np.array([0]), 6.0 * DAY_S, 6.0 * DAY_S + 14400.0, 0.5)
    assert raised.error_bound_km[0] > 1000.0
    catalog = make_catalog(dying, *crossing_pair(1.0, 1000.0), *(leo(raan_deg=9.0 * k) for k in range(40)))
    result = run_engine(catalog, 7.0 * DAY_S, 1.0, [1])
    assert 0.0 < result.failure_s[0] < DAY_S
    assert result.object_status[0] != ObjectStatus.OK
    assert result.candidate_count < 3000
