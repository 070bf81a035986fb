"""Orbits of fragments right after a breakup."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.core.errors import InputError
from debrissim.hazard.breakup.orbits import Fate, fragment_orbits
from debrissim.propagation.two_body import equinoctial

CIRCULAR = np.sqrt(WGS72_MU_KM3_S2 / (WGS72_RADIUS_KM + 800.0))


def one(position, velocity):
    return fragment_orbits(np.array([position]), np.array([velocity]))


def test_a_circle_and_an_impulse_along_it():
    inclination = np.radians(98.0)
    ahead = np.array([0.0, np.cos(inclination), np.sin(inclination)])
    position = [WGS72_RADIUS_KM + 800.0, 0.0, 0.0]
    circle = one(position, CIRCULAR * ahead)
    assert (circle.perigee_km[0], circle.apogee_km[0]) == pytest.approx((800.0, 800.0), abs=1e-6)
    assert circle.inclination_deg[0] == pytest.approx(98.0)
    assert circle.period_min[0] == pytest.approx(100.87, abs=0.01)
    # 50 m/s along the motion lift the far side by 4 a dv / v = 193 km, to first order.
    faster, slower = one(position, (CIRCULAR + 0.05) * ahead), one(position, (CIRCULAR - 0.05) * ahead)
    assert (faster.perigee_km[0], slower.apogee_km[0]) == pytest.approx((800.0, 800.0), abs=1e-6)
    assert faster.apogee_km[0] - 800.0 == pytest.approx(4.0 * 7178.135 * 0.05 / CIRCULAR, rel=0.02)


@settings(deadline=None)
@given(st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3))
def test_ellipses_are_those_of_the_equinoctial_elements(change):
    position = np.array([[WGS72_RADIUS_KM + 800.0, 0.0, 0.0]])
    velocity = np.array([[0.0, 0.8 * CIRCULAR, 0.6 * CIRCULAR]]) + np.array([change])
    result = fragment_orbits(position, velocity)
    if result.fate[0] != Fate.ESCAPE:
        oracle = equinoctial(np.hstack([position, velocity]), mu_km3_s2=WGS72_MU_KM3_S2)
        assert result.period_min * 60.0 == pytest.approx(oracle.period_s, rel=1e-9)
        n, af, ag = oracle.elements[:, :3].T
        perigee_radius_km = np.cbrt(WGS72_MU_KM3_S2 / n**2) * (1.0 - np.hypot(af, ag))
        assert result.perigee_km + WGS72_RADIUS_KM == pytest.approx(perigee_radius_km, abs=1e-3)


def test_fates():
    position = [WGS72_RADIUS_KM + 800.0, 0.0, 0.0]
    assert one(position, [0.0, CIRCULAR, 0.0]).fate[0] == Fate.ORBIT
    assert one(position, [0.0, CIRCULAR - 0.3, 0.0]).fate[0] == Fate.REENTRY
    for velocity in ([0.0, 12.0, 0.0], [12.0, 0.0, 0.0]):
        away = one(position, velocity)
        assert away.fate[0] == Fate.ESCAPE
        assert np.isinf(away.period_min[0])
        assert np.isinf(away.apogee_km[0])
    # As fast, but straight down.
    down = one(position, [-12.0, 0.0, 0.0])
    assert down.fate[0] == Fate.REENTRY
    assert [fate.label for fate in Fate] == ["orbit", "re-entry", "escape"]


def test_bad_input_is_named():
    with pytest.raises(InputError, match="expected shapes"):
        fragment_orbits(np.zeros(3), np.zeros(3))
    with pytest.raises(InputError, match="centre"):
        one([0.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    with pytest.raises(InputError, match="finite"):
        one([7000.0, 0.0, 0.0], [np.nan, 0.0, 0.0])
    assert fragment_orbits(np.empty((0, 3)), np.empty((0, 3))).fate.shape == (0,)
