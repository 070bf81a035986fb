"""TEME of date to EME2000."""

from __future__ import annotations

import numpy as np

from debrissim.propagation.celestial import teme_to_eme2000


def test_vallados_worked_example() -> None:
    # Vallado, Crawford, Hujsak & Kelso (2006), AIAA 2006-6753, appendix C: 2004-04-06 07:51:28.386009 UTC.
    moment = (np.array([2453101.5]), np.array([(7 * 3600 + 51 * 60 + 28.386009) / 86400]))
    turn = teme_to_eme2000(*moment)[0]
    position = turn @ [5094.18016210, 6127.64465950, 6380.34453270]
    velocity = turn @ [-4.746131487, 0.785818041, 5.531931288]
    # Published to 0.1 m after the observed corrections to nutation, which are 0.05 arc seconds there.
    np.testing.assert_allclose(position, [5102.50960, 6123.01152, 6378.13630], rtol=0.0, atol=2e-4)
    np.testing.assert_allclose(velocity, [-4.7432196, 0.7905366, 5.5337561], rtol=0.0, atol=2e-6)


def test_precession_over_the_years() -> None:
    # 50.3 arc seconds a year along the ecliptic: 20 years turn the x axis by 1006 arc seconds.
    turn = teme_to_eme2000(np.array([2451545.0 + 20 * 365.25]), np.array([0.0]))[0]
    angle = np.degrees(np.arccos(np.clip(turn[0, 0], -1.0, 1.0))) * 3600.0
    assert abs(angle - 1006.0) < 20.0


def test_rotations_are_rotations_and_vectorised() -> None:
    days = np.linspace(2436000.5, 2469000.5, 40)
    turns = teme_to_eme2000(days, np.full(40, 0.25))
    np.testing.assert_allclose(
        turns @ np.swapaxes(turns, -1, -2), np.broadcast_to(np.eye(3), (40, 3, 3)), atol=1e-14
    )
    np.testing.assert_allclose(np.linalg.det(turns), 1.0, atol=1e-14)
    alone = teme_to_eme2000(days[7:8], np.array([0.25]))[0]
    np.testing.assert_allclose(turns[7], alone, rtol=0.0, atol=1e-15)
