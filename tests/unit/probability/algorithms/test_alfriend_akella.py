"""The closed form: its definition, its limit for small bodies, and that it stays a probability."""

from __future__ import annotations

import numpy as np
import pytest
from support.planes import ordinary, plane_of

from debrissim.probability.algorithms.alfriend_akella import alfriend_akella
from debrissim.probability.algorithms.foster import foster


def test_density_times_area():
    found = alfriend_akella(plane_of(3.0, 1.0, 4.0, 2.0), np.array([0.1]))[0]
    assert found == pytest.approx(0.01 / 16.0 * np.exp(-0.5 * (9.0 / 16.0 + 0.25)), rel=1e-14)


def test_error_falls_with_the_square_of_the_radius():
    plane, _ = ordinary(100, seed=47)
    errors = [
        np.median(np.abs(alfriend_akella(plane, radius) / foster(plane, radius) - 1.0))
        for radius in (np.full(100, 0.1), np.full(100, 0.01))
    ]
    assert errors[0] / errors[1] == pytest.approx(100.0, rel=0.1)


def test_it_stays_a_probability():
    radius = np.array([0.0, 1.0, 100.0, np.inf])
    assert alfriend_akella(plane_of(np.zeros(4), 0.0, 1.0, 0.1), radius).tolist() == [0.0, 1.0, 1.0, 1.0]
    assert alfriend_akella(plane_of(50.0, 0.0, 1.0, 1.0), np.array([1.0]))[0] == 0.0
    # Variances whose product leaves double precision.
    assert alfriend_akella(plane_of(0.0, 0.0, 1e150, 1e150), np.array([1.0]))[0] == pytest.approx(
        5e-301, rel=1e-12
    )
