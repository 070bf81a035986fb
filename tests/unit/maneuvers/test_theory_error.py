"""The modelled error of the theory is above the largest measured ones, and not far above."""

from __future__ import annotations

import numpy as np
import pytest

from debrissim.maneuvers.theory_error import theory_error_km

DAYS = np.array([0.1, 1.0, 3.0, 7.0])
# Mean motion, eccentricity, whether integrated, axis, and the largest error of 1 m/s after each number of days, km.
MEASURED = [
    (15.9, 1e-3, False, 1, (0.0747, 0.539, 2.55, 10.62)),
    (15.54, 5e-4, False, 1, (0.0739, 0.438, 1.342, 4.15)),
    (14.27, 1e-3, False, 0, (0.0199, 0.1154, 0.332, 0.763)),
    (14.27, 1e-3, False, 1, (0.139, 0.895, 2.61, 6.02)),
    (15.54, 5e-4, False, 2, (1.08e-4, 7.45e-4, 2.38e-3, 6.53e-3)),
    (1.0027, 2e-4, False, 1, (0.0584, 0.128, 0.400, 1.896)),
    (1.0027, 2e-4, False, 2, (0.0189, 0.0310, 0.0602, 0.1219)),
    (2.28, 0.73, False, 0, (0.543, 2.15, 14.4, 179.1)),
    (2.28, 0.73, False, 1, (0.808, 5.19, 25.7, 372.5)),
    (15.9, 1e-3, True, 1, (0.0074, 0.156, 1.41, 8.28)),
    (15.54, 5e-4, True, 1, (0.00391, 0.0155, 0.0846, 0.353)),
    (1.0027, 2e-4, True, 1, (0.00257, 0.0179, 0.151, 1.23)),
    (2.006, 0.72, True, 1, (1.236, 3.43, 11.9, 29.8)),
]


@pytest.mark.parametrize(("motion", "eccentricity", "integrated", "axis", "measured_km"), MEASURED)
def test_measured_errors_are_below_the_model(
    motion: float, eccentricity: float, integrated: bool, axis: int, measured_km: tuple[float, ...]
) -> None:
    found = theory_error_km(
        np.tile(np.eye(3)[axis], (4, 1)),
        DAYS,
        mean_motion_rev_day=motion,
        eccentricity=eccentricity,
        integrated=integrated,
    )
    assert (np.array(measured_km) <= found).all()
    assert (found[1:] < 4.0 * np.array(measured_km)[1:]).all()


def test_parts_of_a_burn_add_up() -> None:
    changes = np.array([[0.3, 0.0, 0.0], [0.0, -0.2, 0.0], [0.0, 0.0, 0.1], [0.3, -0.2, 0.1]])
    found = theory_error_km(
        changes, np.full(4, 2.0), mean_motion_rev_day=15.0, eccentricity=0.001, integrated=False
    )
    assert found[3] == pytest.approx(found[:3].sum())
    assert found[2] < found[0] < found[1]
