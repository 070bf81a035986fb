"""The smallest burns, against fine grids of sizes and directions by the full model."""

from __future__ import annotations

import numpy as np
import pytest
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.core.errors import InputError
from debrissim.maneuvers.approach import period_s
from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.effect import effect_of
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.reference import without_burn
from debrissim.maneuvers.smallest import smallest_burns
from debrissim.maneuvers.trade_space import FREE, POSIGRADE, AllowedDirection, direction_vectors

CASES = {
    "fast": ({}, {}, Goals()),
    "zero miss": ({"miss_rtn_km": (0.0, 0.0, 0.0)}, {}, Goals()),
    "through the secondary": ({"miss_rtn_km": (0.4, 0.0, 0.0)}, {}, Goals(1e-6, 0.5)),
    # A burn beyond its neighbour's goal: directions that the first-order map does not know.
    "head on": ({"angle_rad": np.pi - 0.01}, {}, Goals(1e-6, 2.0)),
    "eccentric": ({"eccentricity": 0.7}, {}, Goals()),
    "large errors": ({"miss_rtn_km": (0.5, 0.0, 0.0)}, {"sigma_rtn_km": (1.0, 6.0, 1.0)}, Goals()),
}
DOWN = AllowedDirection(Direction.RADIAL, -1)
LARGEST = 5.0


@pytest.mark.parametrize("name", CASES)
def test_no_smaller_burn_meets_the_goals(name: str) -> None:
    geometry, errors, goals = CASES[name]
    event = two_body_event(*crossing_states(**geometry), **errors)  # type: ignore[arg-type]
    times = event.tca_s - period_s(event.primary, event.tca_s) * np.array([0.0, 0.5, 2.37])
    reference = without_burn(event, float(times.min()))
    error = ExecutionError()
    found = smallest_burns(
        event, times, (POSIGRADE, DOWN, FREE), error, goals=goals, reference=reference, largest_m_s=LARGEST
    )
    assert len(found) == 9
    assert found.found[[1, 2, 7, 8]].all()
    # At the closest approach it is too late.
    assert not found.found[[0, 3, 6]].any()
    assert np.isnan(found.effects.miss_km[~found.found]).all()
    assert found.effects.meets_goal[found.found].all()
    rng = np.random.default_rng(8)
    for k in range(9):
        top = float(found.effects.burns.size_m_s[k]) if found.found[k] else LARGEST
        if k < 6:
            unit = direction_vectors(event.primary, times[[k % 3]], (POSIGRADE, DOWN)[k // 3])
            sizes = np.concatenate([np.geomspace(1e-3, 0.999, 60), np.linspace(0.0, 0.999, 60)]) * top
            changes = sizes[:, None] * unit
        else:
            units = rng.normal(size=(150, 3))
            units /= np.linalg.norm(units, axis=1, keepdims=True)
            changes = np.concatenate([f * top * units for f in (0.99, 0.7, 0.3)])
            if found.found[k]:
                near = found.effects.burns.delta_v_rtn_m_s[k] / top + 0.05 * rng.normal(size=(150, 3))
                changes = np.concatenate([changes, 0.99 * top * near / np.linalg.norm(near, axis=1)[:, None]])
        burns = impulses(times[k % 3], changes)
        grid = effect_of(event, burns, error, event.primary.after(burns), goals=goals, reference=reference)
        assert not grid.meets_goal.any(), (k, top, burns.size_m_s[grid.meets_goal].min())


def test_no_burn_is_the_smallest_where_the_goals_are_met_already() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(5.0, 0.0, 0.0)))
    found = smallest_burns(event, np.array([event.tca_s - 3000.0]), (POSIGRADE, FREE), ExecutionError())
    assert found.found.all()
    assert not found.effects.burns.size_m_s.any()


def test_free_burns_are_not_larger_than_others() -> None:
    event = two_body_event(*crossing_states())
    times = event.tca_s - np.array([9000.0, 3000.0, 700.0])
    found = smallest_burns(event, times, (POSIGRADE, DOWN, FREE), ExecutionError())
    size = np.where(found.found, found.effects.burns.size_m_s, np.inf).reshape(3, 3)
    assert (size[2] <= 1.002 * size[:2].min(axis=0)).all()
    np.testing.assert_allclose(np.linalg.norm(found.miss_gradient_rtn, axis=1), 1.0)


def test_bad_arguments_are_refused() -> None:
    event = two_body_event(*crossing_states())
    with pytest.raises(InputError, match="largest_m_s: expected a size above 0 m/s, got 0"):
        smallest_burns(event, np.array([0.0]), (FREE,), ExecutionError(), largest_m_s=0.0)
    with pytest.raises(InputError, match="expected one or more of each"):
        smallest_burns(event, np.array([]), (FREE,), ExecutionError())
