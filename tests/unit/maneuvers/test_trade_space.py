"""Trade space: the grid of burns, allowed directions, free directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from support.two_body_motion import crossing_states, impulses, two_body_event

from debrissim.core.errors import InputError
from debrissim.maneuvers.burns import Direction
from debrissim.maneuvers.effect import effect_of
from debrissim.maneuvers.execution_error import NO_EXECUTION_ERROR
from debrissim.maneuvers.plane_map import miss_gradients, plane_map
from debrissim.maneuvers.reference import without_burn
from debrissim.maneuvers.trade_space import (
    ALL_AXES,
    FREE,
    POSIGRADE,
    AllowedDirection,
    BurnGrid,
    burn_times,
    direction_vectors,
    effects_in_parts,
    grid_burns,
    signed_size_m_s,
    trade_space,
)


@dataclass(frozen=True)
class Slow:
    """A thruster of 1 mm/s2."""

    def duration_s(self, size_m_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return size_m_s / 1e-3


def test_times_count_back_from_the_closest_approach() -> None:
    times = burn_times(1000.0, 50_000.0, 6000.0, 12)
    assert times[-1] == 50_000.0
    np.testing.assert_allclose(np.diff(times), 500.0)
    assert 1000.0 <= times[0] < 1500.0
    np.testing.assert_array_equal(burn_times(50_000.0, 50_000.0, 6000.0), [50_000.0])
    with pytest.raises(
        InputError, match="earliest_s: expected a time before the closest approach, got one 10 s after"
    ):
        burn_times(50_010.0, 50_000.0, 6000.0)


def test_along_track_is_along_the_inertial_velocity() -> None:
    event = two_body_event(*crossing_states(eccentricity=0.4, anomaly_rad=1.0))
    times = event.tca_s - np.array([0.0, 900.0, 5000.0])
    for allowed in ALL_AXES:
        units = direction_vectors(event.primary, times, allowed)
        burns = impulses(times, 3.0 * units, int(allowed.direction))
        np.testing.assert_allclose(signed_size_m_s(burns), 3.0 * allowed.sign)
        change = event.primary.after(burns).states_along(np.arange(3), times[:, None])[:, 0, 3:]
        before = event.primary.states(times)
        change = change - before[:, 3:]
        along = {
            Direction.ALONG_TRACK: before[:, 3:],
            Direction.RADIAL: before[:, :3],
            Direction.NORMAL: np.cross(before[:, :3], before[:, 3:]),
        }[allowed.direction]
        cosine = np.sum(change * along, 1) / np.linalg.norm(change, axis=1) / np.linalg.norm(along, axis=1)
        np.testing.assert_allclose(cosine, allowed.sign, atol=1e-9)


def test_only_allowed_directions_are_flown() -> None:
    event = two_body_event(*crossing_states())
    times, sizes = event.tca_s - np.array([6000.0, 3000.0]), np.array([0.1, 0.2, 0.3])
    found = trade_space(event, BurnGrid(times, sizes, (POSIGRADE,)), NO_EXECUTION_ERROR)
    assert len(found) == 6
    assert (found.burns.direction == int(Direction.ALONG_TRACK)).all()
    np.testing.assert_allclose(signed_size_m_s(found.burns), np.tile(sizes, 2))
    np.testing.assert_allclose(found.burns.time_s, np.repeat(times, 3))


def test_finite_burns_end_before_the_closest_approach() -> None:
    event = two_body_event(*crossing_states())
    grid = BurnGrid(event.tca_s - np.array([500.0, 50.0]), np.array([0.1, 0.3]), (POSIGRADE,), Slow())
    burns = grid_burns(event, grid)
    np.testing.assert_allclose(burns.duration_s, [100.0, 300.0])
    assert (burns.end_s <= event.tca_s).all()


def test_the_free_direction_is_the_best_of_many() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.1, 0.0, 0.05)))
    times, sizes = event.tca_s - np.array([1000.0, 4000.0, 14_000.0]), np.array([0.02, 0.2])
    reference = without_burn(event, float(times.min()))
    found = trade_space(event, BurnGrid(times, sizes, (FREE,)), NO_EXECUTION_ERROR, reference=reference)
    units = np.random.default_rng(6).normal(size=(400, 3))
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    for k in range(len(found)):
        burns = impulses(found.burns.time_s[k], float(found.burns.size_m_s[k]) * units)
        others = effect_of(event, burns, NO_EXECUTION_ERROR, event.primary.after(burns), reference=reference)
        assert others.mahalanobis_distance.max() <= found.mahalanobis_distance[k] * 1.005
        assert others.mahalanobis_distance.max() >= found.mahalanobis_distance[k] * 0.9


def test_the_map_is_that_of_small_burns_and_its_gradients_are_steepest() -> None:
    event = two_body_event(*crossing_states(miss_rtn_km=(0.1, 0.0, 0.05)))
    time = event.tca_s - np.array([1000.0, 14_000.0])
    reference = without_burn(event, float(time.min()))
    mapped = plane_map(event, reference, time)
    rng = np.random.default_rng(7)
    for k in range(2):
        changes = 0.01 * rng.normal(size=(50, 3))
        burns = impulses(time[k], changes)
        found = effect_of(event, burns, NO_EXECUTION_ERROR, event.primary.after(burns), reference=reference)
        linear = mapped.miss_km[k] + changes @ mapped.by_delta_v[k].T
        np.testing.assert_allclose(found.plane_miss_km, linear, atol=2e-4)
        for gradient, value in (
            (mapped.miss_gradient[k], lambda e: e.miss_km),
            (mapped.mahalanobis_gradient[k], lambda e: e.mahalanobis_distance),
        ):
            units = np.concatenate([gradient[None], rng.normal(size=(200, 3))])
            units /= np.linalg.norm(units, axis=1, keepdims=True)
            steps = impulses(time[k], 1e-4 * units)
            effects = effect_of(
                event, steps, NO_EXECUTION_ERROR, event.primary.after(steps), reference=reference
            )
            assert value(effects)[0] >= value(effects).max() * (1.0 - 1e-6)


def test_at_the_closest_approach_no_burn_moves_the_miss() -> None:
    event = two_body_event(*crossing_states())
    mapped = plane_map(event, without_burn(event, event.tca_s), np.array([event.tca_s]))
    assert np.isnan(mapped.miss_gradient).all()
    grid = BurnGrid(np.array([event.tca_s]), np.array([0.1]), (FREE,))
    with pytest.raises(InputError, match="times_s: expected times from which a burn ends"):
        trade_space(event, grid, NO_EXECUTION_ERROR)


def test_bad_grids_are_refused() -> None:
    with pytest.raises(InputError, match="sizes_m_s: expected sizes above 0 m/s, got -1"):
        BurnGrid(np.array([1.0]), np.array([-1.0]))
    with pytest.raises(InputError, match="directions: expected one or more, got none"):
        BurnGrid(np.array([1.0]), np.array([1.0]), ())
    with pytest.raises(InputError, match="sign: expected 1 or -1"):
        AllowedDirection(Direction.FREE, -1)


@pytest.mark.parametrize("angle_rad", [1.2, 0.007])
def test_gradients_of_cells_are_those_of_finite_differences(angle_rad: float) -> None:
    event = two_body_event(*crossing_states(angle_rad=angle_rad))
    reference = without_burn(event, event.tca_s - 12_000.0)
    times = event.tca_s - np.array([0.3, 1.7]) * reference.period_s
    burns = impulses(np.repeat(times, 2), [[0.02, -0.03, 0.01], [-0.2, 0.3, 0.3]] * 2)
    cells = effects_in_parts(event, burns, NO_EXECUTION_ERROR, None, reference)
    found = miss_gradients(event, reference, cells)
    steps = 1e-4 * np.concatenate([np.eye(3), -np.eye(3)])
    near = impulses(np.repeat(burns.time_s, 6), (burns.delta_v_rtn_m_s[:, None] + steps).reshape(-1, 3))
    miss = effects_in_parts(event, near, NO_EXECUTION_ERROR, None, reference).miss_km.reshape(4, 2, 3)
    slope = miss[:, 0] - miss[:, 1]
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    # Half a degree.
    assert (np.einsum("kc,kc->k", found, slope) > 0.99996).all()
