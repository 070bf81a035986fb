"""Chan's series: against its own formula in 300 digits, printed values, and its limit in the isotropic case."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from support.planes import plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.chan import chan
from debrissim.probability.algorithms.foster import foster


def formula(u, v, terms):
    """The sum as printed in the module's docstring."""
    with mp.workdps(300):
        u, v = mp.mpf(u) / 2, mp.mpf(v) / 2
        total, inner = mp.mpf(0), mp.mpf(0)
        for m in range(terms):
            inner += u**m / mp.factorial(m)
            total += v**m / mp.factorial(m) * (1 - mp.exp(-u) * inner)
        return float(mp.exp(-v) * total)


@pytest.mark.parametrize("size", [1e-8, 1e-3, 0.5, 3.0, 20.0])
@pytest.mark.parametrize("distance", [0.0, 1e-4, 1.0, 6.0, 30.0])
@pytest.mark.parametrize("terms", [1, 3, 10, 60])
def test_against_the_formula(size, distance, terms):
    plane, radius = plane_of(2.0 * distance, 0.0, 2.0, 0.5), np.array([size])
    found = chan(plane, radius, terms=terms)[0]
    assert found == pytest.approx(formula(size**2, distance**2, terms), rel=1e-11, abs=1e-300)


def test_all_terms_are_the_integral_where_the_covariance_is_round():
    rng = np.random.default_rng(44)
    distance, radius = rng.uniform(0.0, 60.0, 500), 10.0 ** rng.uniform(-6.0, 2.0, 500)
    plane = plane_of(distance, 0.0, 1.0, 1.0)
    exact = foster(plane, radius)
    assert chan(plane, radius) == pytest.approx(exact, rel=1e-10, abs=1e-300)
    # Summed, not only looked up: so many terms that none is left out.
    summed = chan(plane, radius, terms=10**6)
    inside = (distance < 36.0) & (radius < 36.0)
    assert summed[inside] == pytest.approx(exact[inside], rel=1e-10, abs=1e-300)


def test_printed_values():
    # Chan (2008) and Serra et al. (2016), as in Orekit's Chan1997Test; metres. The last is what 60 terms give.
    for u, v, a, b, radius, printed in (
        (10.0, 0.0, 50.0, 25.0, 5.0, "9.754e-03"),
        (0.0, 10.0, 50.0, 25.0, 5.0, "9.189e-03"),
        (0.0, 10000.0, 10000.0, 1000.0, 10.0, "9.645e-28"),
        (60.583685, 84.875546, 152.8814468, 57.918666, 10.3, "1.893e-03"),
        (2.1230067, -1.2217895, 177.8109003, 0.0373279, 10.0, "1.735e-202"),
    ):
        found = chan(plane_of(u, v, a, b), np.array([radius]), terms="recommended")[0]
        assert f"{found:.3e}" == printed
    # The series itself ends elsewhere, and both are no measure of the integral, 0.0445.
    assert chan(plane_of(2.1230067, -1.2217895, 177.8109003, 0.0373279), np.array([10.0]))[0] < 1e-180


def test_one_term_is_the_short_form():
    plane, radius = plane_of(3.0, 1.0, 4.0, 2.0), np.array([0.5])
    short = np.exp(-0.5 * (9.0 / 16.0 + 0.25)) * -np.expm1(-0.5 * 0.25 / 8.0)
    assert chan(plane, radius, terms=1)[0] == pytest.approx(short, rel=1e-14)


@pytest.mark.parametrize("terms", [0, -1, "some"])
def test_wrong_terms(terms):
    with pytest.raises(InputError, match='terms: expected a number from 1, "all" or "recommended", got'):
        chan(plane_of(0.0, 0.0, 1.0, 1.0), np.ones(1), terms=terms)
