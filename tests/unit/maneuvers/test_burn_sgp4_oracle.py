"""The oracle of SGP4 after a burn: continuity, a zero burn, and the size of what a burn does."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import Satrec
from support.burn_formulas import circular_displacement
from support.burn_oracle import axes
from support.burn_sgp4_oracle import after_burn, elements_of, state_of, with_elements

# CelesTrak, ISS, 2008-09-20, the example of the format's description on Wikipedia.
LINES = (
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
)


@pytest.fixture(scope="module")
def satellite():
    found = Satrec.twoline2rv(*LINES)
    return with_elements(found, elements_of(found))


def test_zero_burn_keeps_the_elements(satellite):
    after = after_burn(satellite, satellite.jdsatepoch, satellite.jdsatepochF + 0.4, np.zeros(3))
    np.testing.assert_allclose(elements_of(after), elements_of(satellite), atol=1e-12)


@pytest.mark.parametrize("burn", [[0.0, 1.0, 0.0], [0.0, -0.3, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 2.0]])
def test_the_path_is_continuous_and_moves_as_clohessy_and_wiltshire_say(satellite, burn):
    jd, fraction = satellite.jdsatepoch, satellite.jdsatepochF + 0.4
    after = after_burn(satellite, jd, fraction, np.array(burn))
    at_burn = state_of(satellite, jd, fraction)
    change = state_of(after, jd, fraction) - at_burn
    np.testing.assert_allclose(change[:3], 0.0, atol=1e-6)
    np.testing.assert_allclose(axes(at_burn[None])[0] @ change[3:], np.array(burn) / 1e3, atol=1e-9)
    seconds = 3300.0
    later = state_of(satellite, jd, fraction + seconds / 86400.0)
    moved = axes(later[None])[0] @ (state_of(after, jd, fraction + seconds / 86400.0) - later)[:3]
    expected = circular_displacement(float(np.linalg.norm(at_burn[:3])), seconds, np.array(burn))
    np.testing.assert_allclose(moved, expected, atol=0.02 * abs(expected).max() + 0.02)
