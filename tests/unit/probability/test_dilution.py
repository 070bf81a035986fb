"""The dilution curve and whose errors dilute."""

from __future__ import annotations

import numpy as np
import pytest
from support.planes import plane_of

from debrissim.core.errors import InputError
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.dilution import dilution_by_object, dilution_curve


def test_the_curve_its_maximum_and_the_place_on_it():
    plane, radius = plane_of([1.0, 1.0], 0.0, [0.2, 3.0], [0.2, 3.0]), np.array([0.01, 0.01])
    curve = dilution_curve(plane, radius)
    assert curve.probability.shape == (2, curve.scale.size)
    assert curve.dilution.tolist() == [False, True]
    assert curve.value == pytest.approx(foster(plane, radius), rel=0.0)
    one = np.argmin(np.abs(curve.scale - 1.0))
    assert curve.scale[one] == pytest.approx(1.0, rel=1e-12)
    assert curve.probability[:, one] == pytest.approx(curve.value, rel=1e-9)
    # Miss 1, round: the maximum is R^2 / e at sigma = 1 / sqrt 2.
    assert curve.maximum == pytest.approx(0.01**2 / np.e, rel=1e-3)
    assert curve.maximum_scale * [0.2, 3.0] == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert (curve.probability <= curve.maximum[:, None] * (1.0 + 1e-12)).all()
    rising = curve.scale < 0.9 * curve.maximum_scale[:, None]
    step = np.diff(curve.probability, axis=1)
    assert (step[rising[:, 1:]] >= 0.0).all()
    assert (step[(curve.scale > 1.1 * curve.maximum_scale[:, None])[:, :-1]] <= 0.0).all()


def test_own_factors():
    plane = plane_of(1.0, 0.5, 2.0, 1.0)
    curve = dilution_curve(plane, np.array([0.1]), np.array([0.5, 2.0]))
    for factor, value in zip((0.5, 2.0), curve.probability[0], strict=True):
        scaled = plane_of(1.0, 0.5, 2.0 * factor, 1.0 * factor)
        assert value == pytest.approx(foster(scaled, np.array([0.1]))[0], rel=1e-12)
    with pytest.raises(InputError, match=r"scale: expected positive factors, got 0.0"):
        dilution_curve(plane, np.array([0.1]), np.array([1.0, 0.0]))


def test_object_whose_errors_dilute():
    # Miss 1 km: the primary's 3 km dilute, the secondary's 10 m do not matter; then the other way about; then
    # neither, with both at 0.3 km.
    position, velocity = np.tile([1.0, 0.0, 0.0], (3, 1)), np.tile([0.0, 7.0, 7.0], (3, 1))
    sigma = np.array([[3.0, 0.01], [0.01, 3.0], [0.3, 0.3]])
    first, second = (np.eye(3) * sigma[:, k, None, None] ** 2 for k in (0, 1))
    found = dilution_by_object(position, velocity, first, second, np.full(3, 0.01))
    assert found.primary.tolist() == [True, False, False]
    assert found.secondary.tolist() == [False, True, False]
    assert found.primary_maximum[0] == pytest.approx(0.01**2 / np.e, rel=1e-2)
    with pytest.raises(InputError, match="relative_velocity_km_s: expected a relative velocity"):
        dilution_by_object(position, 0.0 * velocity, first, second, np.full(3, 0.01))
