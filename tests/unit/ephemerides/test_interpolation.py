"""Interpolation on arcs, against SciPy's polynomials through the same nodes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator, KroghInterpolator

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides import OUTSIDE, ArcTable, arc_positions, arc_states, join_arcs

RNG = np.random.default_rng(13)


def _table(degree: int, hermite: bool, count: int = 40) -> ArcTable:
    node_s = np.cumsum(RNG.uniform(20.0, 90.0, count))
    angle = 1.1e-3 * node_s
    positions = 7000.0 * np.stack([np.cos(angle), np.sin(angle), 0.3 * np.sin(2.0 * angle)], axis=1)
    velocities = 7.7 * np.stack([-np.sin(angle), np.cos(angle), 0.6 * np.cos(2.0 * angle)], axis=1)
    one = np.array([0])
    return ArcTable(
        node_s, positions, velocities, one, np.array([count]), np.array([degree]), np.array([hermite]),
        node_s[:1], node_s[-1:], np.array([0.0]), one, np.array([False]),
    )  # fmt: skip


def _oracle(table: ArcTable, time: float) -> tuple[Array, Array]:
    """Position and velocity by SciPy on the stencil of a time."""
    width = int(table.width[0])
    count = int(table.count[0])
    interval = min(int(np.searchsorted(table.node_s, time, side="right")) - 1, count - 2)
    start = min(max(interval - (width - 2) // 2, 0), count - width)
    chosen = slice(start, start + width)
    nodes = table.node_s[chosen]
    # SciPy's polynomials are better conditioned in a scaled time.
    middle, scale = nodes.mean(), nodes[-1] - nodes[0]
    x, at = (nodes - middle) / scale, (time - middle) / scale
    if table.hermite[0]:
        values = np.empty((2 * width, 3))
        values[::2], values[1::2] = table.positions_km[chosen], table.velocities_km_s[chosen] * scale
        polynomial = KroghInterpolator(np.repeat(x, 2), values)
    else:
        polynomial = BarycentricInterpolator(x, table.positions_km[chosen])
    return polynomial(at), polynomial.derivative(at) / scale


@pytest.mark.parametrize(
    ("degree", "hermite"),
    [(3, False), (5, False), (8, False), (9, False), (11, False), (3, True), (5, True), (11, True)],
)
def test_values_are_those_of_the_polynomial_on_the_stencil(degree: int, hermite: bool) -> None:
    table = _table(degree, hermite)
    times = RNG.uniform(table.begin_s[0], table.end_s[0], 200)
    codes, positions, velocities = arc_states(table, np.array([0]), times)
    assert not codes.any()
    expected = [_oracle(table, float(time)) for time in times]
    assert positions[0] == pytest.approx(np.array([p for p, _ in expected]), abs=2e-7)
    assert velocities[0] == pytest.approx(np.array([v for _, v in expected]), abs=2e-8)
    assert arc_positions(table, np.array([0]), times)[1] == pytest.approx(positions, abs=1e-9)


@pytest.mark.parametrize(("degree", "hermite"), [(7, False), (9, False), (7, True)])
def test_nodes_are_exact_and_neighbouring_polynomials_meet_there(degree: int, hermite: bool) -> None:
    table = _table(degree, hermite)
    one = np.array([0])
    assert np.array_equal(arc_positions(table, one, table.node_s)[1][0], table.positions_km)
    assert np.array_equal(arc_states(table, one, table.node_s)[1][0], table.positions_km)
    inner = table.node_s[1:-1]
    before = arc_positions(table, one, np.nextafter(inner, 0.0))[1][0]
    after = arc_positions(table, one, np.nextafter(inner, np.inf))[1][0]
    # A step of the time's last digit is 1e-11 s, of the position 1e-12 km.
    assert np.abs(before - table.positions_km[1:-1]).max() < 1e-8
    assert np.abs(after - table.positions_km[1:-1]).max() < 1e-8
    if hermite:
        assert arc_states(table, one, table.node_s)[2][0] == pytest.approx(table.velocities_km_s, abs=1e-10)


def test_the_order_of_the_times_does_not_matter() -> None:
    table = join_arcs([_table(9, False), _table(7, True), _table(5, False, 6)])
    arcs = np.array([2, 0, 1, 0])
    times = np.sort(RNG.uniform(-100.0, 2500.0, (4, 500)), axis=1)
    codes, positions = arc_positions(table, arcs, times)
    states = arc_states(table, arcs, times)
    mixed = RNG.permutation(500)
    for call, expected in ((arc_positions, (codes, positions)), (arc_states, states)):
        for got, want in zip(call(table, arcs, times[:, mixed]), expected, strict=True):
            assert np.array_equal(got, want[:, mixed], equal_nan=True)
    for row in range(4):
        alone = arc_positions(table, arcs[row : row + 1], times[row])
        assert np.array_equal(alone[1][0], positions[row], equal_nan=True)


def test_outside_its_interval_an_arc_has_no_position() -> None:
    table = _table(9, False)
    times = np.array(
        [table.begin_s[0] - 1e-9, table.begin_s[0], table.end_s[0], table.end_s[0] + 1e-9, np.nan]
    )
    codes, positions = arc_positions(table, np.array([0]), times)
    assert codes.tolist() == [[OUTSIDE, 0, 0, OUTSIDE, OUTSIDE]]
    assert OUTSIDE == 20
    assert np.isnan(positions[0, [0, 3, 4]]).all()
    assert np.isfinite(positions[0, 1:3]).all()
    codes, positions, velocities = arc_states(table, np.array([0]), times)
    assert codes.tolist() == [[OUTSIDE, 0, 0, OUTSIDE, OUTSIDE]]
    assert np.isnan(velocities[0, 0]).all()
    assert np.isnan(positions[0, 0]).all()


def test_velocities_are_the_derivative_of_the_positions() -> None:
    table = _table(9, False)
    times = RNG.uniform(table.begin_s[0] + 1.0, table.end_s[0] - 1.0, 50)
    _, _, velocities = arc_states(table, np.array([0]), times)
    ahead, behind = (arc_positions(table, np.array([0]), times + step)[1] for step in (0.01, -0.01))
    assert velocities == pytest.approx((ahead - behind) / 0.02, abs=1e-6)


def test_tables_pickle_and_refuse_what_does_not_fit() -> None:
    table = _table(9, False)
    again = pickle.loads(pickle.dumps(table))
    assert np.array_equal(again.positions_km, table.positions_km)
    with pytest.raises(InputError, match=r"arcs: expected indices from 0 to 0, got 1 to 1"):
        arc_positions(table, np.array([1]), np.zeros(2))
    with pytest.raises(InputError, match=r"times: expected shape \(t,\) or \(1, t\), got \(2, 3\)"):
        arc_states(table, np.array([0]), np.zeros((2, 3)))
    with pytest.raises(InputError, match="one table or more"):
        join_arcs([])
