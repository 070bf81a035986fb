"""The ISS's avoidance manoeuvre of 27 August 2008 flown again: the set before, and our burn, give the sets after.

About -1 m/s along the track from 16:11 UTC on, for 5 minutes 2 seconds (NASA ISS On-Orbit Status, 27 August 2008). The
element sets are those of Space-Track in shared/data/iss (benchmarks/maneuvers has all published manoeuvres).
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from debrissim.catalog import parse_catalog
from debrissim.core.time import split_julian_date
from debrissim.maneuvers.burns import Burns, Direction
from debrissim.maneuvers.element_sets import ElementSetMotion
from debrissim.propagation.frames import rotate, rtn_basis

HEAD = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,"
    "MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,"
    "MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
)
BEFORE = (
    "ISS,1998-067A,2008-08-27T15:11:07.999871,15.71156985,0.0008849,51.643,9.7368,62.9258,133.8171,"
    "0,U,25544,999,55977,5.6521e-05,6.692e-05,0"
)
AFTER = (
    "ISS,1998-067A,2008-08-28T12:05:29.513183,15.71777722,0.0006422,51.6429,5.286,54.0673,34.8176,"
    "0,U,25544,999,55991,1.0655e-05,7.94e-06,0"
)
MIDDLE = split_julian_date(datetime(2008, 8, 27, 16, 13, 31, tzinfo=UTC))
DAY_S = np.arange(0.0, 86_401.0, 360.0)


def motion(line):
    catalog = parse_catalog(f"{HEAD}\n{line}\n".encode(), "sets.csv").catalog
    return ElementSetMotion(catalog, MIDDLE)


def distance_after(size_m_s):
    """Root mean square of the distance from the set after, over a day, after a burn along the velocity, km."""
    before = motion(BEFORE)
    state = before.states(np.zeros(1))
    along = rotate(rtn_basis(state[:, :3], state[:, 3:]), state[:, 3:])[0] / np.linalg.norm(state[0, 3:])
    burns = Burns(
        time_s=np.zeros(1),
        duration_s=np.zeros(1),
        delta_v_rtn_m_s=size_m_s * along[None],
        direction=np.array([Direction.ALONG_TRACK], dtype=np.int8),
    )
    path = before.after(burns).states_along(np.zeros(1, dtype=np.int64), DAY_S[None])[0]
    gap = path[:, :3] - motion(AFTER).states(DAY_S)[:, :3]
    return float(np.sqrt(np.mean(np.sum(gap**2, axis=1))))


def test_the_published_burn_gives_the_set_after():
    assert distance_after(0.0) == pytest.approx(150.0, abs=3.0)
    # Ordinary sets of that age are 0.8 km from each other, nine of ten pairs within 2.3 km.
    assert distance_after(-1.0) < 1.2


def test_the_sign_and_the_size_are_seen():
    assert distance_after(1.0) > 290.0
    sizes = np.arange(-1.1, -0.895, 0.01)
    best = sizes[np.argmin([distance_after(size) for size in sizes])]
    assert best == pytest.approx(-1.0, abs=0.015)
