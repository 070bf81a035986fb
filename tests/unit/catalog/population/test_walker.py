"""Walker patterns: the closed form of the least distance, and that no two satellites meet."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from debrissim.catalog.population.walker import minimum_distance, walker_pattern


def unit_position(node: NDArray, u: NDArray, inclination: float) -> NDArray:
    """(..., 3) on the unit sphere."""
    ci, si = np.cos(inclination), np.sin(inclination)
    x = np.cos(node) * np.cos(u) - np.sin(node) * np.sin(u) * ci
    y = np.sin(node) * np.cos(u) + np.cos(node) * np.sin(u) * ci
    return np.stack([x, y, np.sin(u) * si], axis=-1)


@pytest.mark.parametrize("inclination_deg", [0.0, 28.5, 53.0, 87.9, 90.0, 97.6, 140.0])
def test_least_distance_is_that_of_a_revolution_looked_at_closely(inclination_deg: float) -> None:
    inclination = np.radians(inclination_deg)
    rng = np.random.default_rng(7)
    time = np.linspace(0.0, 2.0 * np.pi, 20_001)
    for node, phase in rng.uniform(0.0, 2.0 * np.pi, (20, 2)):
        gap = unit_position(node, time + phase, inclination) - unit_position(0.0, time, inclination)
        watched = np.linalg.norm(gap, axis=1).min()
        # The orbits may be in one plane (0 degrees), or the closest point between two samples.
        assert minimum_distance(node, phase, inclination) == pytest.approx(watched, abs=4e-4)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 22, 66, 100, 467])
@pytest.mark.parametrize("inclination_deg", [43.0, 53.2, 97.65])
def test_no_two_satellites_of_a_pattern_come_closer_than_it_says(count: int, inclination_deg: float) -> None:
    inclination = np.radians(inclination_deg)
    node, u, distance = walker_pattern(count, inclination)
    assert node.shape == u.shape == (count,)
    if count == 1:
        return
    first, second = np.triu_indices(count, 1)
    pairs = minimum_distance(node[second] - node[first], u[second] - u[first], inclination)
    assert pairs.min() >= distance - 1e-12
    # Of the mean spacing on the sphere; a meeting is a thousandth of that.
    assert distance > 0.05 * np.sqrt(4.0 * np.pi / count)
