"""Motion by SGP4 after burns: continuous at the burn, unchanged by a burn of zero, honest where it cannot fly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from support.catalogs import START_FRACTION, START_JD, geo, leo, make_catalog, molniya

from debrissim.core.errors import InputError
from debrissim.maneuvers import Burns, Direction, ElementSetMotion, MotionStatus

Floats = NDArray[np.float64]
START = START_JD, START_FRACTION
DAY_S = 86400.0


def impulses(times_s: Floats, delta_v_rtn_m_s: Floats) -> Burns:
    """Burns of no duration."""
    count = len(times_s)
    return Burns(
        time_s=np.asarray(times_s, dtype=np.float64),
        duration_s=np.zeros(count),
        delta_v_rtn_m_s=np.broadcast_to(np.asarray(delta_v_rtn_m_s, dtype=np.float64), (count, 3)).copy(),
        direction=np.full(count, Direction.FREE, dtype=np.int8),
    )


def axes(state: Floats) -> Floats:
    """(3, 3): rows R, T, N."""
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    return np.array([radial, np.cross(normal, radial), normal])


@pytest.mark.parametrize("orbit", [leo(), geo(inclination_deg=2.0), molniya()], ids=["low", "geo", "molniya"])
def test_velocity_changes_by_the_burn_and_position_does_not(orbit: object) -> None:
    motion = ElementSetMotion(make_catalog(orbit), START)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    burns = impulses(rng.uniform(0.0, 3.0 * DAY_S, 25), rng.normal(size=(25, 3)))
    flown = motion.after(burns)
    assert (flown.status == MotionStatus.OK).all()
    after = flown.states_along(np.arange(25), burns.time_s[:, None])[:, 0]
    before = motion.states(burns.time_s)
    assert np.abs(after[:, :3] - before[:, :3]).max() < 1e-6
    for k in range(25):
        change = axes(before[k]) @ (after[k, 3:] - before[k, 3:]) * 1e3
        assert change == pytest.approx(burns.delta_v_rtn_m_s[k], abs=1e-6)


def test_before_the_burn_the_state_is_that_without_it_to_the_bit() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START)
    flown = motion.after(impulses(np.array([4000.0, 8000.0]), np.array([0.0, 1.0, 0.0])))
    times = np.array([0.0, 3999.0, 5000.0, 7999.0, 9000.0])
    states = flown.states_along(np.array([1, 0, 1]), np.tile(times, (3, 1)))
    without = motion.states(times)
    assert np.array_equal(states[0, :4], without[:4])
    assert np.array_equal(states[1, :2], without[:2])
    assert np.array_equal(states[0], states[2])
    assert np.linalg.norm(states[1, 2, :3] - without[2, :3]) > 0.1


def test_a_burn_of_zero_is_the_trajectory_without_a_burn_to_the_bit() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START)
    flown = motion.after(impulses(np.array([1000.0, 2000.0]), np.zeros(3)))
    times = np.linspace(0.0, 2.0 * DAY_S, 40)
    states = flown.states_along(np.array([0, 1]), np.tile(times, (2, 1)))
    assert np.array_equal(states, np.stack([motion.states(times)] * 2))


def test_a_posigrade_burn_raises_the_far_side_and_falls_behind() -> None:
    motion = ElementSetMotion(make_catalog(leo(bstar=0.0)), START)
    flown = motion.after(impulses(np.array([1000.0]), np.array([0.0, 1.0, 0.0])))
    period = DAY_S / 15.2
    times = 1000.0 + period * np.array([0.5, 1.0])
    after, without = flown.states_along(np.array([0]), times[None])[0], motion.states(times)
    apart = [axes(without[k]) @ (after[k, :3] - without[k, :3]) for k in range(2)]
    # 4 dv / n above after half a revolution, 3 dv P behind after one (Clohessy & Wiltshire 1960).
    assert apart[0][0] == pytest.approx(4.0 * 1e-3 * period / (2.0 * np.pi), rel=0.01)
    assert apart[1][1] == pytest.approx(-3.0 * 1e-3 * period, rel=0.01)


def test_burns_that_cannot_be_flown_have_a_status_and_no_states() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START, limits_s=(0.0, DAY_S))
    velocity = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, -2000.0, 0.0], [0.0, 5000.0, 0.0]])
    flown = motion.after(impulses(np.array([100.0, 2.0 * DAY_S, 100.0, 100.0]), velocity))
    assert [MotionStatus(code) for code in flown.status.tolist()] == [
        MotionStatus.OK,
        MotionStatus.NOT_COVERED,
        MotionStatus.REENTERS,
        MotionStatus.REENTERS,
    ]
    states = flown.states_along(np.arange(4), np.full((4, 1), 500.0))
    assert np.isfinite(states[0]).all()
    assert np.isnan(states[1:]).all()
    with pytest.raises(InputError, match="burn 2"):
        flown.flights(np.array([0, 1]), DAY_S)
    assert all(MotionStatus(code).reason for code in flown.status.tolist())


def test_flights_are_the_trajectories_from_the_burn_on() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START)
    flown = motion.after(impulses(np.array([4000.0, 8000.0]), np.array([0.1, 0.5, -0.2])))
    flights = flown.flights(np.array([1, 0, 1]), 3.0 * DAY_S)
    assert flights.begin_s.tolist() == [8000.0, 4000.0, 8000.0]
    times = np.array([5000.0, 9000.0, 2.0 * DAY_S])
    codes, positions, _ = flights.propagator(*START).states(np.arange(3), times)
    assert (codes != 0).tolist() == [[True, False, False], [False] * 3, [True, False, False]]
    expected = flown.states_along(np.array([1, 0, 1]), np.tile(times, (3, 1)))
    assert np.array_equal(positions[codes == 0], expected[codes == 0][:, :3])


def test_several_sets_are_refused() -> None:
    with pytest.raises(InputError, match="one element set"):
        ElementSetMotion(make_catalog(leo(), leo()), START)


def test_no_burns_give_no_trajectories() -> None:
    flown = ElementSetMotion(make_catalog(leo()), START).after(impulses(np.empty(0), np.zeros(3)))
    assert len(flown.sets) == flown.status.size == 0
