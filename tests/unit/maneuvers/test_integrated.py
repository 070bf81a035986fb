"""Integrated motion after burns, judged by scipy's integration of the whole orbit instead of the difference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from support.catalogs import START_FRACTION, START_JD, leo, make_catalog
from support.flights import Piece, ephemeris_of

from debrissim.core.errors import InputError
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.interpolation import join_arcs
from debrissim.ephemerides.kernels.gravity import RADIUS, TURN, full_acceleration, zonal_acceleration
from debrissim.maneuvers import Burns, Direction, ElementSetMotion, IntegratedMotion, MotionStatus
from debrissim.maneuvers.dynamics import NO_DRAG, Drag, Dynamics
from debrissim.maneuvers.from_state import integrated_from_state
from debrissim.maneuvers.thrust import states_after

Floats = NDArray[np.float64]
START = START_JD, START_FRACTION
DAY_S = 86400.0
ANGLE = Dynamics(START).first_angle
STATE = np.array([6778.0, 0.0, 0.0, 0.0, 4.76, 6.01])
ECCENTRIC = np.array([6900.0, 0.0, 0.0, 0.0, 4.5, 8.5])
DRAG = Drag.of(0.02, 400.0)


def burns_of(times_s: Floats, delta_v_rtn_m_s: Floats, duration_s: float = 0.0) -> Burns:
    count = len(times_s)
    return Burns(
        time_s=np.asarray(times_s, dtype=np.float64),
        duration_s=np.full(count, duration_s),
        delta_v_rtn_m_s=np.broadcast_to(np.asarray(delta_v_rtn_m_s, dtype=np.float64), (count, 3)).copy(),
        direction=np.full(count, Direction.FREE, dtype=np.int8),
    )


def axes(state: Floats) -> Floats:
    """(3, 3): rows R, T, N."""
    radial = state[:3] / np.linalg.norm(state[:3])
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    return np.array([radial, np.cross(normal, radial), normal])


def slow_orbit(
    state: Floats,
    begin_s: float,
    end_s: float,
    *,
    full: bool,
    drag: Drag = NO_DRAG,
    thrust_km_s2: Floats | None = None,
) -> Floats:
    """(6,) at end_s: scipy's DOP853 of the whole motion, forces written out here but for the harmonics."""

    def rate(time: float, y: Floats) -> Floats:
        x = [float(value) for value in y[:3]]
        pull = np.array(full_acceleration(*x, ANGLE + TURN * time) if full else zonal_acceleration(*x))
        if drag.per_km:
            radius = math.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
            height = radius - RADIUS * (1.0 - (x[2] / radius) ** 2 / 298.257223563)
            wind = y[3:] - np.cross([0.0, 0.0, TURN], y[:3])
            density = math.exp((drag.altitude_km - height) / drag.scale_height_km)
            pull = pull - drag.per_km * density * np.linalg.norm(wind) * wind
        if thrust_km_s2 is not None:
            pull = pull + axes(y).T @ thrust_km_s2
        return np.concatenate([y[3:], pull])

    solved = solve_ivp(rate, (begin_s, end_s), state, method="DOP853", rtol=1e-12, atol=1e-11)
    return np.asarray(solved.y[:, -1])


@pytest.mark.parametrize("state", [STATE, ECCENTRIC], ids=["low", "eccentric"])
@pytest.mark.parametrize("drag", [NO_DRAG, DRAG], ids=["gravity", "drag"])
def test_the_difference_is_that_of_two_whole_orbits(state: Floats, drag: Drag) -> None:
    motion = integrated_from_state(state, 4000.0, (0.0, DAY_S), START, drag=drag)
    same = IntegratedMotion(motion.arcs, START, drag, full=True)
    burns = burns_of(np.array([5000.0, 20000.0]), np.array([0.3, -2.0, 1.0]))
    end = np.array([[30000.0], [80000.0]])
    found = same.after(burns).states_along(np.array([0, 1]), end)[:, 0]
    for k in range(2):
        at = slow_orbit(state, 4000.0, float(burns.time_s[k]), full=True, drag=drag)
        at[3:] += axes(at).T @ burns.delta_v_rtn_m_s[k] * 1e-3
        expected = slow_orbit(at, float(burns.time_s[k]), float(end[k, 0]), full=True, drag=drag)
        assert np.linalg.norm(found[k, :3] - expected[:3]) < 1e-5
        assert np.linalg.norm(found[k, 3:] - expected[3:]) < 1e-8


def test_the_state_is_kept_and_integrated_both_ways() -> None:
    motion = integrated_from_state(STATE, 40000.0, (0.0, 60000.0), START)
    assert np.array_equal(motion.states(np.array([40000.0]))[0, :3], STATE[:3])
    assert motion.limits_s == (pytest.approx(0.0, abs=1e-6), pytest.approx(60000.0))
    for end in (1000.0, 59000.0):
        expected = slow_orbit(STATE, 40000.0, end, full=True)
        found = motion.states(np.array([end]))[0]
        assert np.linalg.norm(found[:3] - expected[:3]) < max(1e-5, float(motion.arcs.error_km[0]))


def test_no_burn_is_the_ephemeris_to_the_bit() -> None:
    motion = integrated_from_state(STATE, 0.0, (0.0, DAY_S), START)
    flown = motion.after(burns_of(np.array([1000.0, 3000.0]), np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])))
    times = np.array([500.0, 2999.0, 3001.0, 50000.0])
    states = flown.states_along(np.array([0, 1]), np.tile(times, (2, 1)))
    without = motion.states(times)
    assert np.array_equal(states[0], without)
    assert np.array_equal(states[1, :2], without[:2])
    assert not np.array_equal(states[1, 2], without[2])


def test_states_do_not_depend_on_the_order_of_calls() -> None:
    motion = integrated_from_state(STATE, 0.0, (0.0, DAY_S), START)
    rng = np.random.default_rng(4)
    burns = burns_of(rng.uniform(0.0, 20000.0, 12), rng.normal(size=(12, 3)))
    times = rng.uniform(0.0, DAY_S, (30, 7))
    rows = rng.integers(0, 12, 30)
    at_once = motion.after(burns).states_along(rows, times)
    flown = motion.after(burns)
    for k in rng.permutation(30).tolist():
        alone = flown.states_along(rows[k : k + 1], times[k : k + 1])[0]
        assert np.abs(alone - at_once[k]).max() < 1e-9
    velocity = (
        motion.after(burns).states_along(rows, times + 0.5)
        - motion.after(burns).states_along(rows, times - 0.5)
    )[:, :, :3]
    passed = np.abs(times - burns.time_s[rows][:, None]) > 0.5
    inside = passed & (times > 0.5) & (times < DAY_S - 0.5)
    assert np.abs(velocity - at_once[:, :, 3:])[inside].max() < 1e-6


def test_a_finite_burn_is_that_of_the_whole_orbit_with_thrust() -> None:
    motion = integrated_from_state(STATE, 0.0, (0.0, 30000.0), START)
    same = IntegratedMotion(motion.arcs, START, full=True)
    delta_v = np.array([0.5, 3.0, -1.0])
    burns = burns_of(np.array([2000.0]), delta_v, duration_s=3000.0)
    flown = same.after(burns)
    at = slow_orbit(STATE, 0.0, 2000.0, full=True)
    acceleration = delta_v * 1e-3 / 3000.0
    states = flown.states_along(np.array([0]), np.array([[3500.0, 5000.0, 20000.0]]))[0]
    for found, end in zip(states[:2], (3500.0, 5000.0), strict=True):
        expected = slow_orbit(at, 2000.0, end, full=True, thrust_km_s2=acceleration)
        assert np.abs(found - expected).max() < 1e-6
    later = slow_orbit(
        slow_orbit(at, 2000.0, 5000.0, full=True, thrust_km_s2=acceleration), 5000.0, 20000.0, full=True
    )
    assert np.linalg.norm(states[2, :3] - later[:3]) < 1e-5


def test_element_sets_fly_finite_burns_too_and_short_ones_are_impulses() -> None:
    motion = ElementSetMotion(make_catalog(leo()), START)
    delta_v = np.array([0.1, 1.0, 0.3])
    long_one = motion.after(burns_of(np.array([4000.0, 9000.0]), delta_v, duration_s=600.0))
    assert (long_one.status == MotionStatus.OK).all()
    during = long_one.states_along(np.array([1]), np.array([[9000.0, 9300.0, 9599.999, 9600.001]]))[0]
    without = motion.states(np.array([9000.0, 9300.0, 9599.999, 9600.001]))
    moved = np.linalg.norm(during - without, axis=1)
    assert moved[0] == 0.0
    assert 0.0 < moved[1] < moved[2]
    # SGP4's velocity is not the rate of its position, by some m/s in the second decimal: continuous in position.
    assert np.linalg.norm(during[3, :3] - during[2, :3] - 0.002 * during[2, 3:]) < 1e-6
    middle = motion.after(burns_of(np.array([4300.0]), delta_v))
    later = np.array([[20000.0]])
    apart = long_one.states_along(np.array([0]), later) - middle.states_along(np.array([0]), later)
    effect = middle.states_along(np.array([0]), later)[0, 0] - motion.states(later[0])[0]
    assert np.linalg.norm(apart[0, 0, :3]) < 0.1 * np.linalg.norm(effect[:3])


def test_arcs_after_burns_are_within_their_bounds() -> None:
    """Over an ephemeris of SGP4, which no model of the integration has, and with a burn just before a node."""
    table = make_arcs(ephemeris_of([Piece(make_catalog(leo()), 0.0, DAY_S)]), *START)
    motion = IntegratedMotion(table, START)
    node = motion.orbit.zero_s + 100.0 * motion.orbit.step_s
    burns = burns_of(np.array([5000.0, node - 1e-4, 20000.0]), np.array([0.0, 1.0, 0.5]))
    flown = motion.after(burns)
    flights = flown.flights(np.array([2, 1, 0]), 0.9 * DAY_S)
    assert flights.row.tolist() == [0, 1, 2]
    assert flights.begin_s.tolist() == burns.end_s[[2, 1, 0]].tolist()
    rng = np.random.default_rng(5)
    times = np.sort(rng.uniform(burns.end_s[[2, 1, 0], None], 0.9 * DAY_S - 1.0, (3, 300)), axis=1)
    codes, positions, _ = flights.propagator(*START).states_along(np.arange(3), times)
    assert not codes.any()
    expected = flown.states_along(np.array([2, 1, 0]), times)[:, :, :3]
    error = np.linalg.norm(positions - expected, axis=2).max(axis=1)
    assert (error <= flights.table.error_km).all()
    assert (flights.table.error_km >= table.error_km.max()).all()
    assert (flights.table.error_km < 0.01).all()
    late = motion.after(burns_of(np.array([2.0 * DAY_S]), np.array([0.0, 1.0, 0.0])))
    with pytest.raises(InputError, match="propagated"):
        late.flights(np.array([0]), 3.0 * DAY_S)


def test_a_manoeuvre_of_the_ephemeris_is_flown_after_a_burn() -> None:
    """Two arcs remain two arcs, and the difference is continuous where they meet."""
    first = make_catalog(leo())
    maneuvers = ElementSetMotion(first, START).after(burns_of(np.array([30000.0]), np.array([0.0, 3.0, 0.0])))
    path = [Piece(first, 0.0, 30000.0), Piece(maneuvers.sets, 30000.0, 60000.0)]
    table = make_arcs(ephemeris_of(path, segments=True), *START)
    assert len(table) == 2
    motion = IntegratedMotion(table, START)
    flown = motion.after(burns_of(np.array([10000.0, 40000.0]), np.array([0.0, 0.2, 0.0])))
    flights = flown.flights(np.array([0, 1]), 50000.0)
    assert flights.row.tolist() == [0, 0, 1]
    around = np.array([[29999.9, 30000.1]])
    apart = flown.states_along(np.array([0]), around)[0] - motion.states(around[0])
    assert np.abs(apart[1] - apart[0] - 0.1 * np.roll(apart[0] + apart[1], 3))[:3].max() < 1e-5


@pytest.mark.parametrize("change", [(0.0, 3.0, 0.0), (1.0, 0.0, 3.0)], ids=["along", "across"])
def test_after_a_manoeuvre_of_the_ephemeris_the_effect_is_that_of_two_whole_orbits(
    change: tuple[float, float, float],
) -> None:
    """The manoeuvre is flown along the axes of the spacecraft where it is; nodes of the integration are elsewhere."""
    moment = 30_000.0
    first = integrated_from_state(STATE, 0.0, (0.0, moment), START)
    begins = first.states(np.array([moment]))[0]
    begins[3:] += axes(begins).T @ np.array(change) * 1e-3
    second = integrated_from_state(begins, moment, (moment, 1.1 * DAY_S), START)
    table = join_arcs([first.arcs, replace(second.arcs, segment=np.array([1]))])
    motion = IntegratedMotion(table, START, full=True, drag=NO_DRAG)
    assert motion.orbit.residual_km < 0.01
    for delta_v in ((0.0, 0.2, 0.0), (0.2, 0.0, 0.0), (0.0, 0.0, 0.2)):
        burns = burns_of(np.array([10_000.0]), np.array(delta_v))
        found = motion.after(burns).states_along(np.array([0]), np.array([[DAY_S]]))[0, 0]
        at = motion.states(burns.time_s)[0]
        at[3:] += axes(at).T @ np.array(delta_v) * 1e-3
        there = slow_orbit(at, 10_000.0, moment, full=True)
        there[3:] += axes(there).T @ np.array(change) * 1e-3
        expected = slow_orbit(there, moment, DAY_S, full=True)
        apart = np.linalg.norm(expected[:3] - motion.states(np.array([DAY_S]))[0, :3])
        assert apart > 0.1
        assert np.linalg.norm(found[:3] - expected[:3]) < 2e-4 * apart


def test_the_drag_of_an_ephemeris_is_found() -> None:
    made = integrated_from_state(STATE, 0.0, (0.0, DAY_S), START, drag=DRAG)
    orbit = IntegratedMotion(made.arcs, START, full=True).orbit
    found = orbit.dynamics.drag
    here = DRAG.per_km * math.exp((DRAG.altitude_km - found.altitude_km) / DRAG.scale_height_km)
    assert found.per_km == pytest.approx(here, rel=0.03)
    assert orbit.residual_km < 0.02
    short = integrated_from_state(STATE, 0.0, (0.0, 10000.0), START, drag=DRAG)
    assert IntegratedMotion(short.arcs, START).orbit.residual_km < 0.5
    high = np.array([42164.0, 0.0, 0.0, 0.0, 3.0747, 0.0])
    flat = integrated_from_state(high, 0.0, (0.0, DAY_S), START)
    assert IntegratedMotion(flat.arcs, START).orbit.dynamics.drag == NO_DRAG


def test_what_the_forces_lack_cancels_in_the_difference() -> None:
    """An ephemeris with gravity to degree 10 and drag; the difference integrated with J2 to J4 and fitted drag."""
    motion = integrated_from_state(STATE, 0.0, (0.0, 6.0 * DAY_S), START, drag=DRAG)
    assert not motion.full
    burns = burns_of(np.array([5000.0]), np.array([0.0, 0.5, 0.2]))
    times = 5000.0 + DAY_S * np.array([1.0, 3.0, 5.0])
    found = motion.after(burns).states_along(np.array([0]), times[None])[0]
    at = motion.states(burns.time_s)[0]
    at[3:] += axes(at).T @ burns.delta_v_rtn_m_s[0] * 1e-3
    for k, time in enumerate(times.tolist()):
        expected = slow_orbit(at, 5000.0, time, full=True, drag=DRAG)
        apart = np.linalg.norm(expected[:3] - motion.states(times[k : k + 1])[0, :3])
        assert apart > 50.0
        assert np.linalg.norm(found[k, :3] - expected[:3]) < 2e-3 * apart


def test_a_burn_beyond_the_ephemeris_or_into_the_ground_has_a_status() -> None:
    motion = integrated_from_state(STATE, 0.0, (0.0, 20000.0), START)
    flown = motion.after(
        burns_of(np.array([30000.0, 10000.0, 5000.0]), np.array([[0, 1, 0], [0, -900, 0], [0, 1, 0]]))
    )
    codes = [MotionStatus(code) for code in flown.status.tolist()]
    assert codes == [MotionStatus.NOT_COVERED, MotionStatus.REENTERS, MotionStatus.OK]
    states = flown.states_along(np.arange(3), np.full((3, 2), [15000.0, 25000.0]))
    assert np.isnan(states[:2]).all()
    assert np.isfinite(states[2, 0]).all()
    assert np.isnan(states[2, 1]).all()


def test_wrong_states_are_named() -> None:
    with pytest.raises(InputError, match="six finite numbers"):
        integrated_from_state(np.full(6, np.nan), 0.0, (0.0, 1.0), START)
    with pytest.raises(InputError, match="span with the state"):
        integrated_from_state(STATE, 5.0, (0.0, 1.0), START)
    with pytest.raises(InputError, match="above the ground"):
        integrated_from_state(np.append(STATE[:3], [0.0, 1.0, 1.0]), 0.0, (0.0, 1.0), START)
    with pytest.raises(InputError, match="cd_area_over_mass"):
        Drag.of(-1.0, 400.0)


def test_burns_where_there_is_no_state_give_none() -> None:
    nowhere = burns_of(np.array([1.0, 2.0]), np.array([0.0, 1.0, 0.0]), duration_s=10.0)
    states, _ = states_after(lambda times: np.full((times.size, 6), np.nan), Dynamics(START), nowhere)
    assert np.isnan(states).all()
