"""Covariances between the RTN frames of two objects."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.uncertainty.rotation import to_inertial, to_primary_rtn


def test_own_rtn_is_unchanged():
    state = np.array([[7000.0, 100.0, -20.0, 0.1, 5.0, 5.5]])
    covariance = np.diag([1.0, 9.0, 4.0])[None]
    assert to_primary_rtn(covariance, state, state)[0] == pytest.approx(covariance[0], abs=1e-12)


def test_a_perpendicular_crossing_swaps_along_track_and_normal():
    primary = np.array([[7000.0, 0.0, 0.0, 0.0, 7.5, 0.0]])
    secondary = np.array([[7000.0, 0.0, 0.0, 0.0, 0.0, 7.5]])
    covariance = np.diag([1.0, 9.0, 4.0])[None]
    assert to_primary_rtn(covariance, secondary, primary)[0] == pytest.approx(
        np.diag([1.0, 4.0, 9.0]), abs=1e-12
    )
    assert to_inertial(covariance, secondary)[0] == pytest.approx(np.diag([1.0, 4.0, 9.0]), abs=1e-12)
