"""The choice of the step; the theorem behind it is tested in tests/properties/test_coarse_theorem.py."""

from __future__ import annotations

import pytest

from debrissim.screening.grid import FEW_PRIMARIES, cheapest_step_s


@pytest.mark.parametrize("distance_km", [0.1, 5.0, 50.0, 1000.0])
def test_more_objects_need_a_shorter_step(distance_km: float) -> None:
    steps = [cheapest_step_s(10**k, 10**k, distance_km) for k in range(2, 8)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == 72.0
    # If the distance alone makes the cells wide, shorter steps gain nothing.
    assert (steps[-1] < 30.0) == (distance_km < 100.0)


def test_a_larger_distance_allows_a_longer_step() -> None:
    assert cheapest_step_s(1_000_000, 1_000_000, 300.0) > cheapest_step_s(1_000_000, 1_000_000, 5.0)


def test_few_primaries_have_a_longer_step_of_their_own() -> None:
    assert cheapest_step_s(27_000, FEW_PRIMARIES, 5.0) > cheapest_step_s(27_000, FEW_PRIMARIES + 1, 5.0)
