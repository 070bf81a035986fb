"""The series of Serra et al.: the integral lies between its bounds at every number of terms."""

from __future__ import annotations

import numpy as np
import pytest
from support.disc_oracle import disc_probability
from support.planes import hard, ordinary, plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.laas import laas, laas_bounded


@pytest.mark.parametrize("terms", [0, 1, 2, 5, 20, 100, 1000])
def test_the_integral_lies_between_the_bounds(terms):
    plane, radius = hard(3000, seed=45)
    exact = foster(plane, radius)
    found = laas_bounded(plane, radius, terms=terms)
    # 1e-11 is what the reference itself is good to.
    assert (found.lower <= exact * (1.0 + 1e-11)).all()
    assert (found.upper >= exact * (1.0 - 1e-11)).all()
    assert (found.lower <= found.upper).all()


def test_the_bounds_close():
    plane, radius = ordinary(300, seed=46)
    gap = [
        np.max((found.upper - found.lower) / found.upper)
        for found in (laas_bounded(plane, radius, terms=n) for n in (0, 3, 10, 1000))
    ]
    assert gap[0] > 0.5 > gap[2] > gap[3]
    assert gap[3] < 1e-12


@pytest.mark.parametrize(
    "case",
    [
        (0.0, 0.0, 2.0, 1.0, 0.5),
        (3.0, 2.0, 4.0, 1.0, 0.3),
        (0.0, 37.0, 5.0, 1.0, 1.0),
        (2.1230067, 1.2217895, 177.8109003, 0.0373279, 10.0),  # 36,000 terms
        (4.0, 4.0, 10.0, 1.0, 1e-6),
        (0.0, 0.0, 3.0, 1.0, 100.0),
    ],
)
def test_value_and_bounds_against_the_oracle(case):
    u, v, a, b, radius = case
    exact = disc_probability(*case)
    found = laas_bounded(plane_of(u, v, a, b), np.array([radius]))
    assert found.value[0] == pytest.approx(exact, rel=1e-9)
    assert found.lower[0] <= exact <= found.upper[0]
    assert found.upper[0] - found.lower[0] < 1e-9 * exact
    assert laas(plane_of(u, v, a, b), np.array([radius]))[0] == found.value[0]


def test_printed_bounds_before_the_first_term():
    # Orekit's Laas2015Test, Chan test case 1 and CSM test case 1; metres.
    for (u, v, a, b, radius), lower, upper in (
        ((10.0, 0.0, 50.0, 25.0, 5.0), 9.704e-3, 9.742e-3),
        ((60.583685, 84.875546, 152.8814468, 57.918666, 10.3), 1.878e-3, 1.900e-3),
    ):
        found = laas_bounded(plane_of(u, v, a, b), np.array([radius]), terms=0)
        assert found.lower[0] == pytest.approx(lower, abs=1e-6)
        assert found.upper[0] == pytest.approx(upper, abs=1e-6)
        assert found.value[0] == 0.0


def test_the_upper_bound_before_the_first_term_is_that_of_the_paper_or_below():
    plane, radius = ordinary(500, seed=47)
    found = laas_bounded(plane, radius, terms=0)
    a, b, (u, v) = plane.sigma_major_km, plane.sigma_minor_km, np.abs(plane.miss_principal_km.T)
    growth = 0.5 * (radius / b) ** 2 * (1.5 - 0.5 * (b / a) ** 2)
    growth += (0.5 * u * radius / a**2) ** 2 + (0.5 * v * radius / b**2) ** 2
    first = radius**2 / (2.0 * a * b) * np.exp(-0.5 * ((u / a) ** 2 + (v / b) ** 2) - 0.5 * (radius / b) ** 2)
    # Serra et al.: the coefficients are at most g^k / (k + 1)!, whose sum is (e^g - 1) / g.
    paper = np.minimum(1.0, first * np.expm1(growth) / growth)
    assert (found.upper <= paper * (1.0 + 1e-12)).all()
    assert (np.isclose(found.upper, paper, rtol=1e-12)).mean() > 0.3
    assert (found.upper >= foster(plane, radius) * (1.0 - 1e-11)).all()


def test_alfanos_fifth_case_at_the_terms_of_the_printed_value():
    # Orekit prints 4.4507e-2 after 37,000 terms; so many leave 2e-9 of the integral out.
    plane, radius = plane_of(2.1230067, 1.2217895, 177.8109003, 0.0373279), np.array([10.0])
    found = laas_bounded(plane, radius, terms=37_000)
    assert found.value[0] == pytest.approx(4.450985952292e-2, rel=1e-8)
    assert found.upper[0] < 4.4510e-2


def test_too_large_a_body_says_so():
    found = laas_bounded(plane_of(0.0, 1.0, 2.0, 1.0), np.array([3000.0]), terms=1000)
    assert found.upper[0] == 1.0
    assert found.lower[0] < 0.5


def test_wrong_terms():
    with pytest.raises(InputError, match="terms: expected >= 0, got -1"):
        laas_bounded(plane_of(0.0, 0.0, 1.0, 1.0), np.ones(1), terms=-1)
