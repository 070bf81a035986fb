"""The modelled error of the theory is above measured ones."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.maneuvers.theory_error import theory_error_km


@pytest.mark.parametrize(
    ("motion", "eccentricity", "integrated", "size", "days", "measured_km"),
    [
        (15.54, 5e-4, False, 0.1, 7.0, 0.415),
        (14.27, 1e-3, False, 5.0, 7.0, 22.9),
        (1.0027, 2e-4, False, 5.0, 7.0, 9.5),
        (2.006, 0.72, False, 0.1, 7.0, 16.9),
        (15.54, 5e-4, True, 5.0, 7.0, 1.37),
        (1.0027, 2e-4, True, 0.1, 7.0, 0.123),
        (2.006, 0.72, True, 0.1, 7.0, 3.0),
        (2.006, 0.72, True, 5.0, 7.0, 113.0),
    ],
)
def test_measured_errors_are_below_the_model(
    motion: float, eccentricity: float, integrated: bool, size: float, days: float, measured_km: float
) -> None:
    found = float(
        theory_error_km(
            np.array(size),
            np.array(days),
            mean_motion_rev_day=motion,
            eccentricity=eccentricity,
            integrated=integrated,
        )
    )
    assert measured_km <= found < 10.0 * measured_km
