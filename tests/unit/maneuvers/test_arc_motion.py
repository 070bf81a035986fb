"""Motion along the arcs of an ephemeris."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, leo, make_catalog
from support.flights import Piece, ephemeris_of

from debrissim.core.errors import InputError
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.maneuvers import ArcMotion, ElementSetMotion
from debrissim.maneuvers.arc_motion import arcs_in_time

START = START_JD, START_FRACTION


def test_positions_are_those_that_the_ephemeris_was_made_of() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START)
    table = make_arcs(ephemeris_of([Piece(make_catalog(leo()), 0.0, 7200.0)]), *START)
    arcs = ArcMotion(table)
    times = np.array([-10.0, 0.0, 1234.5, 7100.0, 7300.0])
    states = arcs.states(times)
    assert np.isnan(states[[0, 4]]).all()
    distance = np.linalg.norm((states - motion.states(times))[1:4, :3], axis=1)
    assert (distance <= table.error_km.max()).all()
    assert arcs.limits_s == (pytest.approx(0.0, abs=1e-4), pytest.approx(7200.0, abs=1e-4))


def test_the_later_of_two_arcs_that_touch_is_taken() -> None:
    begin, end = np.array([100.0, -np.inf, 200.0]), np.array([150.0, 100.0, np.inf])
    times = np.array([-5.0, 100.0, 120.0, 160.0, 300.0])
    found = arcs_in_time(begin, end, times)
    assert found[[0, 1, 2, 4]].tolist() == [1, 0, 0, 2]


def test_an_ephemeris_without_arcs_is_refused() -> None:
    with pytest.raises(InputError, match="one arc or more"):
        ArcMotion(no_arcs())
