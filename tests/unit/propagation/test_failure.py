"""The moments between which a row can be followed, where its beginning and end are known."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, random_catalog

from debrissim.ephemerides import make_flights
from debrissim.propagation.failure import Lifetime, lifetime
from debrissim.propagation.sgp4 import ObjectStatus, make_propagator

NOT_COVERED = int(ObjectStatus.NOT_COVERED)


@pytest.fixture(scope="module")
def propagator():
    """Three arcs of one object: until 1000.25 s, until 2000.75 s, and from then on."""
    crowd = random_catalog(np.random.default_rng(3), 1, "leo-shell")
    epochs = START_FRACTION + np.array([-100.0, 1000.25, 2000.75]) / 86400.0
    sets = crowd[[0, 0, 0]].with_columns(
        epoch_jd=np.full(3, START_JD),
        epoch_fraction=epochs,
        mean_anomaly_deg=np.array([10.0, 11.0, 12.0]),
    )
    flights = make_flights(crowd, {}, sets, START_JD, START_FRACTION, 3600.0)
    assert flights is not None
    assert len(flights) == 3
    return flights.propagator(START_JD, START_FRACTION)


def test_the_known_ends_of_an_arc_are_exact(propagator):
    begin, end = (float(limit[0]) for limit in propagator.limits_s(np.array([1])))
    assert (begin, end) == pytest.approx((1000.25, 2000.75), abs=1e-4)
    assert lifetime(propagator, 1, 0.0, 3600.0, 1500.0) == Lifetime(
        begin, end, NOT_COVERED, NOT_COVERED, True
    )
    assert lifetime(propagator, 0, 0.0, 3600.0, 0.0) == Lifetime(0.0, begin, 0, NOT_COVERED, True)
    assert lifetime(propagator, 2, 0.0, 3600.0, 3000.0) == Lifetime(end, 3600.0, NOT_COVERED, 0, True)


def test_an_arc_that_covers_the_interval_has_no_ends_in_it(propagator):
    assert lifetime(propagator, 1, 1100.0, 1900.0, 1100.0) == Lifetime(1100.0, 1900.0, 0, 0, True)


def test_an_anchor_outside_the_arc_is_no_moment_of_it(propagator):
    found = lifetime(propagator, 1, 0.0, 3600.0, 500.0)
    assert not found.exists
    assert (found.begin_s, found.end_s, found.end_code) == (500.0, 500.0, NOT_COVERED)


def test_an_element_set_has_no_limits():
    crowd = random_catalog(np.random.default_rng(3), 2, "leo-shell")
    propagator = make_propagator(crowd, START_JD, START_FRACTION)
    assert [limit.tolist() for limit in propagator.limits_s(np.array([1]))] == [[-np.inf], [np.inf]]
    assert lifetime(propagator, 1, 0.0, 600.0, 0.0) == Lifetime(0.0, 600.0, 0, 0, True)
