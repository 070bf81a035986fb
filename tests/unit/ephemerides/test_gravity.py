"""The Earth's gravity against the gradient of its potential, in high precision."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from debrissim.ephemerides.kernels.gravity import (
    COSINE,
    DEGREE,
    J2,
    J3,
    J4,
    MU,
    RADIUS,
    SINE,
    accelerations,
    full_acceleration,
    zonal_acceleration,
)

POSITIONS = [(6000.0, 2000.0, -3000.0), (100.0, -7000.0, 200.0), (0.0, 0.0, 6800.0), (-30000.0, 29000.0, 1.0)]


def _legendre(degree: int, order: int, sine: mpmath.mpf) -> mpmath.mpf:
    """Associated Legendre function without the phase (-1)^m, by its explicit sum."""
    total = sum(
        (-1) ** k
        * mpmath.factorial(2 * degree - 2 * k)
        / (mpmath.factorial(k) * mpmath.factorial(degree - k) * mpmath.factorial(degree - order - 2 * k))
        * sine ** (degree - order - 2 * k)
        for k in range((degree - order) // 2 + 1)
    )
    return total / mpmath.mpf(2) ** degree * (1 - sine * sine) ** (mpmath.mpf(order) / 2)


def _potential(
    x: mpmath.mpf, y: mpmath.mpf, z: mpmath.mpf, angle: float, degree: int, order: int
) -> mpmath.mpf:
    radius = mpmath.sqrt(x * x + y * y + z * z)
    longitude = mpmath.atan2(y, x) - angle if x or y else mpmath.mpf(0)
    total = mpmath.mpf(1)
    for n in range(2, degree + 1):
        for m in range(min(n, order) + 1):
            wave = COSINE[n, m] * mpmath.cos(m * longitude) + SINE[n, m] * mpmath.sin(m * longitude)
            total += (RADIUS / radius) ** n * _legendre(n, m, z / radius) * wave
    return MU / radius * total


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("full", [True, False])
def test_acceleration_is_the_gradient_of_the_potential(
    position: tuple[float, float, float], full: bool
) -> None:
    degree, order = (DEGREE, DEGREE) if full else (4, 0)
    with mpmath.workdps(50):
        expected = []
        for axis in range(3):
            ahead, behind = ([mpmath.mpf(value) for value in position] for _ in range(2))
            ahead[axis] += mpmath.mpf(10) ** -12
            behind[axis] -= mpmath.mpf(10) ** -12
            change = _potential(*ahead, 0.7, degree, order) - _potential(*behind, 0.7, degree, order)
            expected.append(float(change / (2 * mpmath.mpf(10) ** -12)))
    got = full_acceleration(*position, 0.7) if full else zonal_acceleration(*position)
    assert np.array(got) == pytest.approx(np.array(expected), abs=1e-16)
    out = np.empty((1, 3))
    accelerations(np.array([position]), full, np.array([0.7]), out)
    assert out[0].tolist() == list(got)


def test_coefficients_are_those_of_egm96() -> None:
    # J2 to J4 of EGM96 as published (Vallado 2013, table D-1), and C22, S22 without normalisation.
    assert pytest.approx((1.0826266835e-3, -2.5326564853e-6, -1.6196215914e-6), rel=1e-9) == (J2, J3, J4)
    assert (COSINE[2, 2], SINE[2, 2]) == pytest.approx((1.5744604e-6, -9.0380381e-7), rel=1e-6)
