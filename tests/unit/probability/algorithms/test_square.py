"""Squares: against 20-digit integration along the other axis, NASA CARA's printed values, and as bounds."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from support.planes import hard, plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.algorithms.square import (
    foster_square,
    foster_square_equal_area,
    square_circumscribing,
    square_equal_area,
)
from debrissim.probability.registry import get_method

# miss along major, along minor, sigma major, minor, half side
CASES = [
    (0.0, 0.0, 2.0, 1.0, 0.5),
    (3.0, 2.0, 4.0, 1.0, 0.3),
    (1.0, 5.0, 4.0, 1.0, 3.0),
    (30.0, 5.0, 20.0, 1.0, 30.0),
    (5.0, 30.0, 7.0, 1.0, 4.0),
    (20.0, 20.0, 1.0, 1.0, 2.0),
    (1e-3, 100.5, 3.0, 1.0, 100.0),
    (500.0, 40.0, 300.0, 0.5, 60.0),
    (2e3, 3.0, 1e3, 1e-3, 10.0),
    (4.0, 4.0, 10.0, 1.0, 1e-6),
]


def turned_square(u, v, a, b, half):
    """Strips along the miss, summed across it: the kernel's strips lie along the major axis."""
    with mp.workdps(20):
        u, v, a, b, half = (mp.mpf(float(x)) for x in (u, v, a, b, half))
        miss = mp.sqrt(u * u + v * v)
        cosine, sine = (u / miss, v / miss) if miss else (mp.mpf(1), mp.mpf(0))
        across = mp.sqrt((a * sine) ** 2 + (b * cosine) ** 2)
        skew = (b * b - a * a) * cosine * sine / across
        along = a * b / across

        def strip(z):
            low, high = ((miss - skew * z + s * half) / along / mp.sqrt(2) for s in (-1, 1))
            return mp.exp(-z * z / 2) * (mp.erfc(low) - mp.erfc(high)) / 2

        reach = half / across
        ladder = [s * mp.mpf(k) * along / max(abs(skew), along) for s in (-1, 1) for k in (1, 5, 20)]
        centres = [mp.mpf(0)]
        if skew:
            centres += [(miss + s * half) / skew for s in (-1, 0, 1)]
        edges = {-reach, reach}
        edges |= {c + d for c in centres for d in [*ladder, mp.mpf(0), -6, -2, 2, 6] if abs(c + d) < reach}
        edges |= {reach * mp.mpf(k) / 12 for k in range(-11, 12)}
        return float(mp.quad(strip, sorted(edges)) / mp.sqrt(2 * mp.pi))


@pytest.mark.parametrize("case", CASES)
def test_turned_square_against_high_precision(case):
    u, v, a, b, half = case
    found = foster_square(plane_of(u, v, a, b), np.array([half]))[0]
    assert found == pytest.approx(turned_square(*case), rel=1e-9, abs=1e-300)


def test_aligned_square_is_a_product():
    found = square_circumscribing(plane_of(3.0, 2.0, 4.0, 1.0), np.array([0.7]))[0]
    one, other = (mp.ncdf(m + h) - mp.ncdf(m - h) for m, h in ((0.75, 0.175), (2.0, 0.7)))
    assert found == pytest.approx(float(one * other), rel=1e-13)


@pytest.mark.parametrize("miss", [(2.0, 0.0), (0.0, 2.0), (0.0, 0.0)])
def test_both_squares_agree_where_the_miss_lies_along_an_axis(miss):
    plane, radius = plane_of(*miss, 3.0, 1.0), np.array([0.8])
    assert foster_square(plane, radius) == pytest.approx(square_circumscribing(plane, radius), rel=1e-12)
    assert foster_square_equal_area(plane, radius) == pytest.approx(
        square_equal_area(plane, radius), rel=1e-12
    )


def test_a_square_about_the_disc_is_an_upper_bound_however_hard_the_encounter():
    plane, radius = hard(4000, seed=31)
    disc = foster(plane, radius)
    for bound in (foster_square, square_circumscribing):
        assert (bound(plane, radius) >= disc * (1.0 - 1e-11)).all()
    # It is no idle bound: within a factor of two for a small body at a small distance.
    near = plane_of(0.5, 0.5, 2.0, 1.0)
    assert foster_square(near, np.array([0.01]))[0] == pytest.approx(
        4.0 / np.pi * foster(near, np.array([0.01]))[0], rel=1e-3
    )


def test_a_barely_turned_side():
    # The side's two ends differ by less than a rounding of their abscissa.
    for sine in (1e-17, 1e-13, 1e-12, 1e-11, 1e-9):
        plane = plane_of(1e4 * sine, 1e4, 10.0, 1.0)
        found = foster_square(plane, np.array([9999.0]))[0]
        assert found == pytest.approx(float(mp.ncdf(-1)), rel=1e-6)


def test_printed_values_of_caras_unit_test():
    # Pc2D_Foster_UnitTest.m, Omitron case 1 in the plane (km); printed to 1e-3.
    plane = plane_of(-4.58168451330304, -0.3254158143310677, 3.3982147242684424, 0.8081236976934529)
    for name, printed in (
        ("foster", 2.70601573490125e-05),
        ("elrod", 2.70601573490125e-05),
        ("foster-square", 3.44534649703584e-05),
        ("foster-square-equal-area", 2.70601573490111e-05),
    ):
        assert get_method(name)(plane, np.array([0.020]))[0] == pytest.approx(printed, rel=1e-3), name
    with pytest.raises(InputError, match=r"expected one of .*, got 'ellipse'"):
        get_method("ellipse")
