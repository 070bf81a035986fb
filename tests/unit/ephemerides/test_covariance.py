"""Covariances between the stated ones: those of a covariance moved along the orbit, and always positive definite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.trajectories import FRACTION, JD, as_ephemeris, as_segment, kepler_state

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides import CovarianceHistory, CovarianceSource, covariances_along, make_arcs
from debrissim.ephemerides.covariance import adjusted, interpolate_covariances, log_euclidean, square_root
from debrissim.ephemerides.ephemeris import Segment
from debrissim.propagation import rtn_basis, state_transition

LEO = kepler_state(6900.0, 0.002, 0.9, 1.0, 1.0, 0.3)
HEO = kepler_state(24400.0, 0.72, 0.9, 1.0, 1.0, 0.3)


def _orbit(state: Array, times: Array) -> tuple[Array, Array]:
    """States (m, 6) with J2 from one at time 0, and the transition matrices to them."""
    return state_transition(np.tile(state, (times.size, 1)), times, gravity="j2")


def _rtn(states: Array) -> Array:
    out = np.zeros((states.shape[0], 6, 6))
    out[:, :3, :3] = out[:, 3:, 3:] = rtn_basis(states[:, :3], states[:, 3:])
    return out


def _covariance(rng: np.random.Generator) -> Array:
    root = rng.normal(size=(6, 6)) * np.array([0.1, 0.3, 0.05, 1e-4, 1e-4, 1e-4])[:, None]
    return np.asarray(root @ root.T)


def _moved(state: Array, covariance: Array, times: Array) -> tuple[Array, Array]:
    """States and RTN covariances at times, of an RTN covariance at time 0: the oracle."""
    states, transitions = _orbit(state, times)
    chain = _rtn(states) @ transitions @ np.swapaxes(_rtn(state[None]), 1, 2)
    return states, chain @ covariance @ np.swapaxes(chain, 1, 2)


def _relative(got: Array, expected: Array) -> float:
    sigma = np.sqrt(np.einsum("mii->mi", expected))
    return float(np.abs((got - expected) / (sigma[:, :, None] * sigma[:, None, :])).max())


@pytest.mark.parametrize("state", [LEO, HEO])
@pytest.mark.parametrize("step", [60.0, 3600.0, pytest.param(20000.0, marks=pytest.mark.slow)])
def test_a_covariance_that_moves_with_the_orbit_is_reproduced(state: Array, step: float) -> None:
    rng = np.random.default_rng(7)
    nodes = np.arange(4) * step
    times = np.sort(rng.uniform(-0.3 * step, 3.3 * step, 60))
    initial = _covariance(rng)
    node_states, stated = _moved(state, initial, nodes)
    states, expected = _moved(state, initial, times)
    got, source, age = interpolate_covariances(nodes, node_states, stated, times, states, 86400.0)
    assert _relative(got, expected) < 1e-4
    inside = (times >= 0.0) & (times <= nodes[-1])
    assert (source[inside] == CovarianceSource.INTERPOLATED).all()
    assert (source[~inside] == CovarianceSource.PROPAGATED).all()
    nearest = nodes[np.argmin(np.abs(times[:, None] - nodes), axis=1)]
    assert age == pytest.approx(times - nearest)


def test_growth_between_two_moments_is_spread_evenly() -> None:
    """Process noise at the second moment: half of it, moved back, in the middle."""
    rng = np.random.default_rng(8)
    nodes, middle = np.array([0.0, 600.0]), np.array([300.0])
    initial, noise = _covariance(rng), _covariance(rng)
    node_states, stated = _moved(LEO, initial, nodes)
    stated[1] += noise
    states, expected = _moved(LEO, initial, middle)
    _, moved_noise = _moved(node_states[1], noise, np.array([-300.0]))
    got, _, _ = interpolate_covariances(nodes, node_states, stated, middle, states, 0.0)
    assert _relative(got, expected + 0.5 * moved_noise) < 1e-5


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), power=st.floats(0.0, 12.0), weight=st.floats(0.0, 1.0))
def test_the_result_is_positive_definite(seed: int, power: float, weight: float) -> None:
    """Correlation matrices with condition numbers up to 1e12, in km and km/s."""
    rng = np.random.default_rng(seed)
    nodes = np.array([0.0, 600.0])
    stated = np.empty((2, 6, 6))
    for k in range(2):
        basis, _ = np.linalg.qr(rng.normal(size=(6, 6)))
        eigenvalues = 10.0 ** -rng.uniform(0.0, power, 6)
        eigenvalues[:2] = 1.0, 10.0**-power
        scale = np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])
        stated[k] = scale[:, None] * (basis * eigenvalues) @ basis.T * scale
    node_states, _ = _orbit(LEO, nodes)
    time = np.array([weight * 600.0])
    states, _ = _orbit(LEO, time)
    got, _, _ = interpolate_covariances(nodes, node_states, stated, time, states, 0.0)
    assert np.array_equal(got, np.swapaxes(got, 1, 2)) or np.allclose(got, np.swapaxes(got, 1, 2), rtol=1e-12)
    sigma = np.sqrt(np.diag(got[0]))
    correlation = got[0] / (sigma[:, None] * sigma)
    assert np.linalg.eigvalsh(correlation).min() > -1e-15 * 6.0
    np.linalg.cholesky(correlation + 1e-15 * np.eye(6))
    mixed = log_euclidean(stated[:1, :3, :3], stated[1:, :3, :3], np.array([weight]))
    np.linalg.cholesky(mixed)


def test_log_euclidean_of_commuting_covariances_is_the_geometric_mean() -> None:
    first, second = np.diag([1.0, 4.0, 9.0])[None], np.diag([4.0, 4.0, 1e-6])[None]
    got = log_euclidean(first, second, np.array([0.5]))
    assert got[0] == pytest.approx(np.diag([2.0, 4.0, 3e-3]), rel=1e-12)
    assert log_euclidean(first, second, np.array([0.0]))[0] == pytest.approx(first[0], rel=1e-12)


def test_the_square_root_keeps_small_eigenvalues() -> None:
    rng = np.random.default_rng(3)
    covariance = _covariance(rng)[None]
    root = square_root(covariance)
    assert root @ np.swapaxes(root, 1, 2) == pytest.approx(covariance, rel=1e-9)
    assert square_root(np.zeros((1, 3, 3))).tolist() == np.zeros((1, 3, 3)).tolist()


def _segment(history: CovarianceHistory | None) -> Segment:
    nodes = np.arange(200) * 60.0
    states, _ = _orbit(LEO, nodes)
    return as_segment(nodes, states, covariances=history)


def _history(moments: Array, covariance: Array) -> CovarianceHistory:
    return CovarianceHistory(np.full(moments.size, JD), FRACTION + moments / 86400.0, covariance)


def test_covariances_along_a_segment() -> None:
    rng = np.random.default_rng(5)
    initial, moments = _covariance(rng), np.array([0.0, 1800.0, 3600.0])
    _, stated = _moved(LEO, initial, moments)
    segment = _segment(_history(moments, stated))
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    times = np.array([900.0, 1800.0, 5000.0, 11000.0, 20000.0])
    along = covariances_along(segment, 0, table, times, JD, FRACTION, limit_s=3600.0)
    assert [CovarianceSource(code).name for code in along.source] == [
        "INTERPOLATED", "STATED", "PROPAGATED", "TOO_FAR", "NO_STATE",
    ]  # fmt: skip
    assert along.age_s[2:4] == pytest.approx([1400.0, 7400.0])
    _, expected = _moved(LEO, initial, times[:3])
    assert _relative(along.covariance[:3], expected) < 1e-4
    assert np.isnan(along.covariance[3:]).all()
    assert along.position.shape == (5, 3, 3)
    assert (
        CovarianceSource(along.source[3]).reason == "too far from the covariances that the ephemeris states"
    )
    assert CovarianceSource(along.source[0]).reason == ""

    raised = covariances_along(
        segment, 0, table, times[:2], JD, FRACTION, sigma_factor=2.0, floor_km=(5.0, 0.0, 0.0)
    )
    assert raised.covariance[:, 1:, 1:] == pytest.approx(4.0 * along.covariance[:2, 1:, 1:], rel=1e-12)
    assert raised.covariance[:, 0, 0] == pytest.approx(25.0)
    assert (raised.sigma_factor, raised.floor_km) == (2.0, (5.0, 0.0, 0.0))


def test_a_segment_without_covariances_has_none() -> None:
    segment = _segment(None)
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    along = covariances_along(segment, 0, table, np.array([100.0, -100.0]), JD, FRACTION)
    assert along.source.tolist() == [CovarianceSource.NOT_STATED, CovarianceSource.NO_STATE]
    assert np.isnan(along.covariance).all()


def test_covariances_of_the_position_alone_are_mixed_and_not_propagated() -> None:
    stated = np.full((2, 6, 6), np.nan)
    stated[:, :3, :3] = np.diag([1.0, 4.0, 9.0]), np.diag([4.0, 16.0, 9.0])
    segment = _segment(_history(np.array([600.0, 1200.0]), stated))
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    along = covariances_along(segment, 0, table, np.array([900.0, 1300.0]), JD, FRACTION)
    assert along.position[0] == pytest.approx(np.diag([2.0, 8.0, 9.0]), rel=1e-6)
    assert np.isnan(along.covariance[0, 3:, 3:]).all()
    assert along.source.tolist() == [CovarianceSource.INTERPOLATED, CovarianceSource.NO_VELOCITY]


def test_a_single_covariance_is_propagated_both_ways() -> None:
    rng = np.random.default_rng(6)
    initial = _covariance(rng)
    states, stated = _moved(LEO, initial, np.array([3000.0]))
    segment = _segment(_history(np.array([3000.0]), stated))
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    times = np.array([0.0, 3000.0, 9000.0])
    along = covariances_along(segment, 0, table, times, JD, FRACTION)
    _, expected = _moved(LEO, initial, times)
    assert _relative(along.covariance, expected) < 1e-4
    assert along.source.tolist() == [2, 0, 2]
    assert replace(segment, covariances=None).covariances is None
    assert states.shape == (1, 6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sigma_factor", 0.0), ("sigma_factor", np.inf), ("floor_km", (-1.0, 0.0, 0.0)), ("limit_s", -1.0)],
)
def test_wrong_factors_are_refused(name: str, value: object) -> None:
    segment = _segment(None)
    table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    with pytest.raises(InputError, match=name):
        covariances_along(segment, 0, table, np.zeros(1), JD, FRACTION, **{name: value})  # type: ignore[arg-type]


def test_the_floor_keeps_a_covariance_positive_definite() -> None:
    rng = np.random.default_rng(9)
    covariance = _covariance(rng)[None]
    raised = adjusted(covariance, 1.0, (0.5, 0.5, 0.5))
    assert (np.diag(raised[0])[:3] >= 0.25).all()
    np.linalg.cholesky(raised[0])
    assert not np.shares_memory(raised, covariance)
