"""The direction of the Sun against ERFA's ephemeris of the Earth, and against equinoxes and solstices."""

from __future__ import annotations

import erfa
import numpy as np

from debrissim.core.time import Time
from debrissim.propagation.celestial import gcrf_to_teme
from debrissim.propagation.sun import sun_direction


def test_it_is_the_sun_of_the_iau_within_a_fiftieth_of_a_degree():
    """epv00 places the Earth to some kilometres; aberration and light time, 0.006 degrees, are not in it."""
    days = np.random.default_rng(7).uniform(2433282.5, 2469807.5, 4000)
    jd, fraction = np.floor(days), np.mod(days, 1.0)
    heliocentric, _ = erfa.epv00(jd, fraction)
    seen = -np.asarray(heliocentric["p"])
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    # The frame of the catalogue is defined from 1960, where leap seconds begin.
    known = days > 2436934.5
    expected = np.einsum("mij,mj->mi", gcrf_to_teme(jd[known], fraction[known]), seen[known])
    direction = sun_direction(jd, fraction)
    np.testing.assert_allclose(np.linalg.norm(direction, axis=1), 1.0, atol=1e-12)
    apart = np.degrees(np.arccos(np.clip(np.sum(direction[known] * expected, axis=1), -1.0, 1.0)))
    assert apart.max() < 0.02


def test_it_crosses_the_equator_at_the_equinox_and_turns_at_the_solstice():
    """Published moments of 2024 (USNO): March 20, 03:06; June 20, 20:51; December 21, 09:21 UTC."""
    moments = [Time.of(text) for text in ("2024-03-20T03:06Z", "2024-06-20T20:51Z", "2024-12-21T09:21Z")]
    x, y, z = sun_direction(
        np.array([moment.jd for moment in moments]), np.array([moment.fraction for moment in moments])
    ).T
    assert abs(np.degrees(z[0])) < 0.01
    assert x[0] > 0.999
    assert np.abs(np.degrees(x[1:])).max() < 0.02
    assert y[1] > 0.0 > y[2]
    np.testing.assert_allclose(np.degrees(np.arcsin(z[1:])), [23.44, -23.44], atol=0.01)
