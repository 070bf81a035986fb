"""Alfano's rule: the digits Orekit prints with it, error of the rule included, and its convergence."""

from __future__ import annotations

import numpy as np
import pytest
from support.planes import ordinary, plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.alfano2005 import alfano2005
from debrissim.probability.algorithms.foster import foster


def test_the_rules_own_error_is_reproduced():
    # Orekit's ShortTermEncounter2DDefinitionTest prints 0.21464810889751232 by this rule; the integral is
    # 7e-7 less. The encounter in its plane, metres.
    plane, radius = plane_of(0.5773502691896258, -0.8164965809277261, 20.0, 10.0), np.array([10.0])
    assert foster(plane, radius)[0] == pytest.approx(0.2146479542463753, rel=1e-12)
    assert alfano2005(plane, radius)[0] == pytest.approx(0.21464810889751232, rel=1e-14)


def test_a_printed_value_that_the_integral_would_round_the_other_way():
    # Serra et al. (2016), CSM test case 3, as in Orekit: 7.2004e-5 by this rule, 7.20031e-5 by the integral.
    plane, radius = plane_of(693.405893, 102.177247, 643.409272, 94.230921), np.array([5.3])
    assert f"{alfano2005(plane, radius)[0]:.4e}" == "7.2004e-05"
    assert f"{foster(plane, radius)[0]:.4e}" == "7.2003e-05"


def test_it_converges_to_the_integral_as_the_edge_allows():
    plane, radius = ordinary(100, seed=42)
    radius = 0.1 * radius
    exact = foster(plane, radius)
    coarse, fine = (
        np.median(np.abs(alfano2005(plane, radius, min_intervals=m) / exact - 1.0)) for m in (10, 1000)
    )
    assert 1e-7 < coarse < 1e-5
    # The square root at the edge: an error of order 1.5, a factor of 1000.
    assert fine < coarse / 300.0


def test_zero_miss_asks_for_the_most_intervals():
    plane, radius = plane_of(0.0, 0.0, 2.0, 1.0), np.array([0.5])
    limited = alfano2005(plane, radius, max_intervals=50)
    assert limited == pytest.approx(alfano2005(plane, radius, min_intervals=50, max_intervals=50), rel=0.0)
    assert abs(alfano2005(plane, radius)[0] - limited[0]) > 1e-9 * limited[0]


def test_wrong_limits():
    with pytest.raises(
        InputError, match="max_intervals: expected 1 <= min_intervals <= max_intervals, got 5 and 4"
    ):
        alfano2005(plane_of(0.0, 0.0, 1.0, 1.0), np.ones(1), min_intervals=5, max_intervals=4)
