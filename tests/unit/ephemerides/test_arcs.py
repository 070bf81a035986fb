"""Where arcs begin and end: usable spans, leap seconds, breaks, several segments, and a limited span."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.trajectories import (
    FRACTION,
    JD,
    as_ephemeris,
    as_segment,
    errors_of_arcs,
    fly,
    kepler_state,
    rich_force,
)

from debrissim.core.errors import InputError
from debrissim.ephemerides import OUTSIDE, arc_positions, arc_states, make_arcs
from debrissim.ephemerides.ephemeris import around

AT = fly(kepler_state(6800.0, 0.001, 0.9, 1.0, 1.0, 0.3), 24000.0, rich_force)
NODES = np.arange(101) * 240.0
ONE = np.array([0])


def test_the_usable_span_ends_an_arc_and_its_nodes_do_not() -> None:
    whole = as_segment(NODES, AT(NODES))
    usable = replace(
        whole, usable_start=(JD, FRACTION + 1000.0 / 86400.0), usable_stop=(JD, FRACTION + 20000.0 / 86400.0)
    )
    table = make_arcs(as_ephemeris(usable), JD, FRACTION)
    assert (table.begin_s[0], table.end_s[0]) == pytest.approx((1000.0, 20000.0))
    times = np.linspace(1001.0, 19999.0, 500)
    assert np.array_equal(
        arc_positions(table, ONE, times)[1],
        arc_positions(make_arcs(as_ephemeris(whole), JD, FRACTION), ONE, times)[1],
    )
    assert arc_positions(table, ONE, np.array([999.0]))[0].tolist() == [[OUTSIDE]]


def test_a_limited_span_changes_no_value() -> None:
    ephemeris = as_ephemeris(as_segment(NODES, AT(NODES)))
    whole = make_arcs(ephemeris, JD, FRACTION)
    part = make_arcs(ephemeris, JD, FRACTION, span_s=(9000.0, 12000.0))
    assert part.node_s.size < 40
    assert (part.begin_s[0], part.end_s[0]) == (9000.0, 12000.0)
    assert part.error_km.tolist() == whole.error_km.tolist()
    times = np.linspace(9000.0, 12000.0, 1000)
    for got, want in zip(arc_states(part, ONE, times), arc_states(whole, ONE, times), strict=True):
        assert np.array_equal(got, want)
    assert len(make_arcs(ephemeris, JD, FRACTION, span_s=(90000.0, 120000.0))) == 0


def test_a_segment_cut_in_two_gives_the_same_positions_within_the_bounds() -> None:
    whole = make_arcs(as_ephemeris(as_segment(NODES, AT(NODES))), JD, FRACTION)
    parts = as_segment(NODES[:51], AT(NODES[:51])), as_segment(NODES[50:], AT(NODES[50:]))
    table = make_arcs(as_ephemeris(*parts), JD, FRACTION)
    assert table.segment.tolist() == [0, 1]
    times = np.linspace(0.0, 24000.0, 3001)
    for arc in range(2):
        inside = (times >= table.begin_s[arc]) & (times <= table.end_s[arc])
        got = arc_positions(table, np.array([arc]), times[inside])[1]
        want = arc_positions(whole, ONE, times[inside])[1]
        assert np.linalg.norm(got - want, axis=2).max() < table.error_km[arc] + whole.error_km[0]
        # The error at the ends of arcs.
        assert np.abs(got - want).max() < 2e-3


@pytest.mark.parametrize("leap_at", [30, 60])
def test_run_time_has_86400_s_in_the_day_of_a_leap_second(leap_at: int) -> None:
    """UTC repeats no second here: node times after the leap second are one second less than evenly running ones."""
    midnight = np.floor(FRACTION + 1.0) - FRACTION
    start = midnight * 86400.0 - NODES[leap_at] + 100.0
    # Evenly running times of the nodes, and UTC with days of 86,400 s.
    even = start + NODES
    after = even >= midnight * 86400.0 + 1.0
    utc = np.where(after, even - 1.0, even)
    segment = as_segment(utc, AT(NODES), leap_s=after.astype(float))
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    assert len(table) == 2
    assert table.end_s[0] == pytest.approx(midnight * 86400.0)
    assert table.begin_s[1] == pytest.approx(midnight * 86400.0)
    times = np.linspace(start + 1.0, utc[-1] - 1.0, 2001)
    truth = AT(np.where(times >= midnight * 86400.0, times + 1.0, times) - start)[:, :3]
    worst, covered = errors_of_arcs(table, times, truth)
    assert covered.all()
    assert (worst <= table.error_km).all()
    assert worst.max() < 3e-3


def test_a_break_in_the_states_is_a_listed_gap() -> None:
    kept = np.delete(np.arange(101), np.arange(40, 60))
    table = make_arcs(as_ephemeris(as_segment(NODES[kept], AT(NODES[kept]))), JD, FRACTION)
    assert len(table) == 2
    (gap,) = table.gaps
    assert (gap.begin_s, gap.end_s) == pytest.approx((39 * 240.0, 60 * 240.0))
    assert gap.reason == "its states there are 5040 s apart"
    assert table.cuts == ()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("velocities", [True, False])
@pytest.mark.parametrize("step", [60.0, 240.0])
def test_a_few_states_make_arcs_too(count: int, velocities: bool, step: float) -> None:
    nodes = np.arange(count) * step
    table = make_arcs(as_ephemeris(as_segment(nodes, AT(nodes), velocities=velocities)), JD, FRACTION)
    times = np.linspace(0.0, nodes[-1], 1000)
    worst, covered = errors_of_arcs(table, times, AT(times)[:, :3])
    assert covered.all()
    assert (worst <= table.error_km).all()
    assert table.error_km.max() < 0.5


def test_a_single_state_is_refused() -> None:
    with pytest.raises(InputError, match=r"^object.oem: segment 2: expected two states or more, got 1$"):
        make_arcs(
            as_ephemeris(as_segment(NODES, AT(NODES)), as_segment(NODES[:1], AT(NODES[:1]))), JD, FRACTION
        )


def test_states_around_a_span_are_copies_with_one_more_on_both_sides() -> None:
    ephemeris = as_ephemeris(as_segment(NODES, AT(NODES)), as_segment(NODES + 30000.0, AT(NODES)))
    part = around(ephemeris, JD, FRACTION, (1000.0, 2000.0))
    first, second = part.segments
    assert np.array_equal(first.positions_km, ephemeris.segments[0].positions_km[4:10])
    assert (first.positions_km.base, first.jd.base) == (None, None)
    assert first.usable_stop == ephemeris.segments[0].usable_stop
    # Indices of segments remain those of the file.
    assert len(second) == 1
