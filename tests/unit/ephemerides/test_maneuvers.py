"""Planted manoeuvres: found or declared, bridged with a bound that holds, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.trajectories import (
    ANGLE,
    FRACTION,
    JD,
    Burn,
    as_ephemeris,
    as_segment,
    declared,
    errors_of_arcs,
    fly,
    kepler_state,
    rich_force,
    zonal_force,
)

from debrissim.core.arrays import Array
from debrissim.ephemerides import ArcTable, make_arcs
from debrissim.ephemerides.bridge import ballistic_path, gravity_integrals

STATE = kepler_state(6800.0, 0.001, 0.9, 1.0, 1.0, 0.3)
WAY = np.array([0.6, -0.5, 0.4]) / np.linalg.norm([0.6, -0.5, 0.4])


def _arcs(
    burns: tuple[Burn, ...], step: float, *, hidden: bool, velocities: bool = True, digits: float = 0.0
) -> tuple[ArcTable, Array, Array]:
    """Arcs of 120 steps with burns, and their largest errors; all times are covered or in a listed gap."""
    nodes = np.arange(121) * step
    at = fly(STATE, nodes[-1], rich_force, burns)
    segment = as_segment(nodes, at(nodes), velocities=velocities, digits=digits)
    given = () if hidden else tuple(declared(burn) for burn in burns)
    table = make_arcs(as_ephemeris(segment, maneuvers=given), JD, FRACTION)
    near = np.concatenate([np.linspace(burn.start_s - step, burn.start_s + step, 401) for burn in burns])
    times = np.sort(np.concatenate([np.linspace(0.0, nodes[-1], 4001), near]))
    worst, covered = errors_of_arcs(table, times, at(times)[:, :3])
    assert (worst <= table.error_km).all(), (worst, table.error_km)
    for gap in table.gaps:
        covered |= (times >= gap.begin_s) & (times <= gap.end_s)
    assert covered.all()
    return table, worst, nodes


def _impulse(start_s: float, size: float) -> Burn:
    x, y, z = (float(value) for value in size * WAY)
    return Burn(start_s, 0.0, (x, y, z))


@pytest.mark.parametrize("step", [60.0, 240.0])
@pytest.mark.parametrize("size", [1e-4, 1e-3, 5e-3])
@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize("part", [0.07, 0.5, 0.9])
def test_a_hidden_impulse_is_found(step: float, size: float, velocities: bool, part: float) -> None:
    start = (50.0 + part) * step
    table, worst, _ = _arcs((_impulse(start, size),), step, hidden=True, velocities=velocities)
    (cut,) = table.cuts
    assert (cut.begin_s, cut.end_s) == pytest.approx((50.0 * step, 51.0 * step), abs=1e-6)
    assert not cut.declared
    # The forces beyond the model act for one step, too.
    assert np.array(cut.delta_v_km_s) == pytest.approx(size * WAY, abs=1.5e-7 * step)
    assert cut.moment_s == pytest.approx(start, abs=1.5e-7 * step / size * step)
    # Away from the burn the bound is as narrow as without it; across it the path is close to the true one.
    assert table.error_km[~table.bridge].max() < (0.006 if velocities else 0.05)
    assert worst[table.bridge].max() < 0.0015


@pytest.mark.parametrize("velocities", [True, False])
def test_a_hidden_impulse_is_found_in_rounded_states(velocities: bool) -> None:
    size = 1e-4 if velocities else 3e-4
    table, _, _ = _arcs((_impulse(3017.0, size),), 60.0, hidden=True, velocities=velocities, digits=1e-3)
    assert [cut.begin_s for cut in table.cuts] == pytest.approx([3000.0])


@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize("start", [3017.0, 3000.0])
def test_a_declared_impulse_is_cut_out(velocities: bool, start: float) -> None:
    """Its duration of zero means that the file states none: the bound is that of a burn at any moment."""
    table, worst, _ = _arcs((_impulse(start, 1e-3),), 60.0, hidden=False, velocities=velocities)
    assert all(cut.declared for cut in table.cuts)
    assert {round(cut.begin_s) for cut in table.cuts} == ({3000} if start > 3000.0 else {2940, 3000})
    assert worst.max() < 2e-4
    assert table.error_km[~table.bridge].max() < 0.001
    assert 0.015 <= table.error_km.max() < 0.02


@pytest.mark.parametrize("velocities", [True, False])
def test_a_declared_burn_too_small_to_be_found_is_cut_out(velocities: bool) -> None:
    table, _, _ = _arcs((_impulse(3017.0, 1e-6),), 60.0, hidden=False, velocities=velocities)
    (cut,) = table.cuts
    assert (round(cut.begin_s), cut.declared) == (3000, True)


def test_an_event_without_a_change_of_velocity_is_no_manoeuvre() -> None:
    nodes = np.arange(121) * 60.0
    at = fly(STATE, nodes[-1], rich_force)
    event = replace(declared(_impulse(3017.0, 0.0)), delta_v_m_s=0.0)
    table = make_arcs(as_ephemeris(as_segment(nodes, at(nodes)), maneuvers=(event,)), JD, FRACTION)
    assert len(table) == 1


@pytest.mark.parametrize("hidden", [True, False])
@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize(
    ("step", "duration", "thrust"), [(60.0, 400.0, 2e-5), (240.0, 600.0, 5e-6), (60.0, 30.0, 1e-4)]
)
def test_finite_burns_are_inside_the_bounds(
    hidden: bool, velocities: bool, step: float, duration: float, thrust: float
) -> None:
    x, y, z = (float(value) for value in thrust * WAY)
    table, _, _ = _arcs((Burn(50.3 * step, duration, (x, y, z)),), step, hidden=hidden, velocities=velocities)
    assert table.error_km.max() < 0.2
    if not hidden:
        assert {round(cut.begin_s) for cut in table.cuts} == {
            round(50 * step), round(np.floor(50.3 + duration / step) * step)
        }  # fmt: skip


def test_several_burns_and_low_thrust() -> None:
    table, _, _ = _arcs((_impulse(3017.0, 1e-3), _impulse(9017.0, -1e-3)), 240.0, hidden=True)
    assert [round(cut.begin_s) for cut in table.cuts] == [2880, 8880]
    table, _, _ = _arcs((Burn(3017.0, 3000.0, (3e-7, 0.0, 0.0)),), 60.0, hidden=True)
    assert table.cuts == ()
    assert len(table) == 1


def test_a_burn_too_large_for_the_limit_leaves_a_listed_gap() -> None:
    table, _, _ = _arcs((_impulse(12100.0, 0.05),), 240.0, hidden=True)
    (gap,) = table.gaps
    assert (gap.begin_s, gap.end_s) == pytest.approx((12000.0, 12240.0))
    assert gap.reason.startswith("a manoeuvre leaves its position there uncertain by 3.")
    assert len(table) == 2


@pytest.mark.parametrize("digits", [0.0, 1e-6, 1e-3])
@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize(
    ("axis", "eccentricity", "step"),
    [(6800.0, 0.001, 60.0), (7200.0, 0.01, 240.0), (24400.0, 0.73, 60.0), (42164.0, 0.001, 600.0)],
)
def test_no_burn_is_found_where_there_is_none(
    digits: float, velocities: bool, axis: float, eccentricity: float, step: float
) -> None:
    nodes = np.arange(300) * step
    at = fly(kepler_state(axis, eccentricity, 0.9, 1.0, 1.0, -0.2), nodes[-1], rich_force)
    table = make_arcs(
        as_ephemeris(as_segment(nodes, at(nodes), velocities=velocities, digits=digits)), JD, FRACTION
    )
    assert table.cuts == ()
    assert len(table) == 1


def test_the_bridge_is_the_path_of_the_dynamics() -> None:
    burn = _impulse(100.0, 2e-3)
    at = fly(STATE, 240.0, zonal_force, (burn,))
    ends = at(np.array([0.0, 240.0]))[:, :3]
    parts = ballistic_path((0.0, 240.0), ends, 100.0, np.array(burn.vector), False, ANGLE)
    assert [(part[0][0], part[0][-1]) for part in parts] == [(0.0, 100.0), (100.0, 240.0)]
    for times, path in parts:
        assert path == pytest.approx(at(times)[:, :3], abs=1e-7)
    assert np.array_equal(parts[0][1][0], ends[0])
    assert np.array_equal(parts[1][1][-1], ends[1])
    falling, rising = gravity_integrals(parts, False, ANGLE)
    change = at(np.array([240.0]))[0, 3:] - STATE[3:] - np.array(burn.vector)
    assert falling + rising == pytest.approx(change, abs=1e-10)
