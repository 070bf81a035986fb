"""Motions that continue an element set after a burn, against the oracle that solves for the set by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import Satrec
from support.burn_sgp4_oracle import after_burn, elements_of, state_of, with_elements

from debrissim.catalog import parse_catalog
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.element_sets import ElementSetMotion

SETS = {
    # The example of the format's description on Wikipedia; Vallado et al. (2006), verification set: 00005 (eccentric),
    # 28129 (navigation satellite, deep space).
    "low": (
        "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
        "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
    ),
    "eccentric": (
        "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
    ),
    "deep space": (
        "1 28129U 03058A   06175.57071136 -.00000104  00000-0  10000-3 0   459",
        "2 28129  54.7298 324.8098 0048506 266.2640  93.1663  2.00562768 18443",
    ),
}
BURNS = ([0.0, 1.0, 0.0], [0.0, -3.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, -2.0], [0.3, 0.4, 0.5])


@pytest.mark.parametrize("name", SETS)
def test_states_after_a_burn_are_those_of_the_oracle(name):
    satellite = Satrec.twoline2rv(*SETS[name])
    base = with_elements(satellite, elements_of(satellite))
    start = (base.jdsatepoch, base.jdsatepochF)
    motion = ElementSetMotion(
        parse_catalog(("\n".join(SETS[name]) + "\n").encode(), "set.tle").catalog, start
    )
    count, burn_s = len(BURNS), 40_000.0
    burns = Burns(np.full(count, burn_s), np.zeros(count), np.array(BURNS), np.zeros(count, dtype=np.int8))
    times = np.array([burn_s, burn_s + 3_000.0, burn_s + 86_400.0, burn_s + 3 * 86_400.0])
    after = motion.after(burns)
    assert not after.status.any()
    states = after.states_along(np.arange(count), np.broadcast_to(times, (count, times.size)))
    for k, burn in enumerate(BURNS):
        moved = after_burn(base, start[0], start[1] + burn_s / 86_400.0, np.array(burn))
        expected = np.array([state_of(moved, start[0], start[1] + t / 86_400.0) for t in times])
        # Times as fractions of a day are known to some microseconds in the oracle, 0.1 m at 8 km/s over days.
        np.testing.assert_allclose(states[k, :, :3], expected[:, :3], atol=2e-3)
        np.testing.assert_allclose(states[k, :, 3:], expected[:, 3:], atol=2e-6)
