"""Attempts on the theorem of `debrissim.screening.grid`: no pair that comes within the distance is dropped.

The kernels are given positions directly: at rest, to try the cells of the grid alone, and along orbits integrated
through designed passes, with errors of the interpolants as large as their bounds allow.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from debrissim.core.constants import WGS72_MU_KM3_S2, WGS72_RADIUS_KM
from debrissim.propagation.ephemeris import NO_EPHEMERIS_KM
from debrissim.screening.kernels import cells, pair_test

Floats = NDArray[np.float64]

J2 = 1.082616e-3


def by_cells(positions: Floats, error_km: Floats, step_s: float, distance_km: float) -> Floats:
    everyone = np.ones(positions.shape[2], dtype=np.bool_)
    usual_km = float(np.median(error_km))
    alone = np.zeros(positions.shape[2], dtype=np.int64)
    return np.asarray(cells.pairs_within(positions, everyone, error_km, usual_km, step_s, distance_km, alone))


def around_few_primaries(positions: Floats, error_km: Floats, step_s: float, distance_km: float) -> Floats:
    """Pairs of each object as one of few primaries, found from its lower column."""
    columns, parts = np.arange(positions.shape[2]), 17
    usual_km, alone = float(np.median(error_km)), np.zeros(columns.size, dtype=np.int64)
    found = []
    for part in range(parts):
        primary = columns % parts == part
        table = cells.pairs_within(positions, primary, error_km, usual_km, step_s, distance_km, alone)
        found.append(table[table[:, 1:3].min(axis=1) % parts == part])
    return np.concatenate(found)


def plainly(positions: Floats, error_km: Floats, step_s: float, distance_km: float) -> Floats:
    everyone = np.arange(positions.shape[2])
    alone = np.zeros(positions.shape[2], dtype=np.int64)
    return np.asarray(
        pair_test.pairs_with_primaries(positions, everyone, error_km, step_s, distance_km, alone)
    )


def pairs_of(table: Floats) -> set[tuple[int, int]]:
    return {(int(min(a, b)), int(max(a, b))) for a, b in table[:, 1:3]}


# --- the cells ------------------------------------------------------------------------------------------


def check_cells(points: Floats, distance_km: float) -> None:
    """Check that, of points at rest, exactly the pairs within the distance are found, as slow ones."""
    positions = np.ascontiguousarray(np.broadcast_to(points.T, (3, 3, len(points))))
    no_error = np.zeros(len(points))
    expected = cKDTree(points).query_pairs(distance_km)
    # Rounding at the distance itself and the slack of 1 ms steps are tolerated.
    certain = {
        (a, b) for a, b in expected if np.linalg.norm(points[a] - points[b]) <= distance_km * (1.0 - 1e-12)
    }
    for kernel in (by_cells, around_few_primaries, plainly):
        table = kernel(positions, no_error, 1e-3, distance_km)
        pairs = pairs_of(table)
        assert certain <= pairs
        for a, b in pairs - certain:
            assert np.linalg.norm(points[a] - points[b]) <= distance_km * (1.0 + 1e-9) + 1e-9
        assert len(table) == len(pairs)
        assert (table[:, 4] == 2.0).all()


@pytest.mark.parametrize("distance_km", [35.0, 133.7, 700.0])
@pytest.mark.parametrize(
    "spread_km",
    [pytest.param(2000.0, marks=pytest.mark.slow), 9000.0, 12000.0, 45000.0, 70000.0],
    ids=["core", "border", "beyond", "geo", "rim"],
)
def test_no_neighbour_is_missed_between_cells(distance_km: float, spread_km: float) -> None:
    rng = np.random.default_rng(int(spread_km + distance_km))
    centres = rng.uniform(-spread_km, spread_km, (300, 3))
    # Around each centre, points near the distance in random and in axis directions.
    offsets = rng.normal(size=(300, 6, 3))
    offsets /= np.linalg.norm(offsets, axis=2, keepdims=True)
    offsets[:, :3] = np.eye(3)[None] * rng.choice([-1.0, 1.0], (300, 3, 1))
    lengths = distance_km * rng.choice([0.3, 0.999, 0.999999, 1.000001], (300, 6, 1))
    points = np.concatenate([centres, (centres[:, None] + offsets * lengths).reshape(-1, 3)])
    check_cells(points, distance_km)


@pytest.mark.parametrize("distance_km", [40.0, 250.0])
def test_points_exactly_on_the_edges_of_cells(distance_km: float) -> None:
    rng = np.random.default_rng(4)
    near, multiples = 9000.0, np.arange(-36, 37) * distance_km
    edges = np.concatenate(
        [
            multiples,
            [-near, near, 60000.0, -60000.0],
            near + np.arange(4) * 8.0 * distance_km,
            -near - np.arange(4) * 8.0 * distance_km,
        ]
    )
    x = edges[rng.integers(0, edges.size, 500)] + rng.choice([-1e-9, 0.0, 1e-9, 1e-3], 500)
    y = edges[rng.integers(0, edges.size, 500)] + rng.choice([-1e-9, 0.0, 1e-9, 1e-3], 500)
    z = rng.uniform(-100.0, 100.0, 500)
    points = np.stack([x, y, z], axis=1)
    step = distance_km * (1.0 - 1e-9) * np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    check_cells(np.concatenate([points, *(points + s for s in step)]), distance_km)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(*[st.floats(-2e5, 2e5)] * 3),
        min_size=1,
        max_size=12,
    ),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3),
    st.floats(1.0, 3000.0),
)
def test_arbitrary_points(
    points: list[tuple[float, float, float]], shift: tuple[float, float, float], distance_km: float
) -> None:
    base = np.array(points)
    check_cells(np.concatenate([base, base + np.array(shift) * distance_km]), distance_km)


def test_objects_without_an_ephemeris_have_no_pairs() -> None:
    rng = np.random.default_rng(5)
    present = rng.uniform(-8000.0, 8000.0, (200, 3))
    absent = np.stack([NO_EPHEMERIS_KM * np.arange(1.0, 21.0), np.zeros(20), np.zeros(20)], axis=1)
    expected = cKDTree(present).query_pairs(800.0)
    assert len(expected) >= 10
    for points in (np.concatenate([present, absent]), np.concatenate([absent, present])):
        positions = np.ascontiguousarray(np.broadcast_to(points.T, (3, 3, len(points))))
        shift = 20 if points[0, 0] == NO_EPHEMERIS_KM else 0
        for kernel in (by_cells, around_few_primaries, plainly):
            pairs = pairs_of(kernel(positions, np.zeros(len(points)), 1e-3, 800.0))
            assert pairs == {(a + shift, b + shift) for a, b in expected}


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("last", [101, 120], ids=["few", "many"])
def test_only_pairs_with_a_primary_and_of_different_groups_are_found(last: int, grouped: bool) -> None:
    rng = np.random.default_rng(6)
    points = rng.uniform(-3000.0, 3000.0, (150, 3))
    positions = np.ascontiguousarray(np.broadcast_to(points.T, (3, 3, 150)))
    primaries = np.array([140, 7, 60, *range(100, last)])
    group = rng.integers(0, 3, 150) if grouped else np.zeros(150, dtype=np.int64)
    expected = {
        (a, b)
        for a, b in cKDTree(points).query_pairs(1500.0)
        if (a in primaries or b in primaries) and not (group[a] > 0 and group[a] == group[b])
    }
    is_primary = np.isin(np.arange(150), primaries)
    grid = cells.pairs_within(positions, is_primary, np.zeros(150), 0.0, 1e-3, 1500.0, group)
    plain = pair_test.pairs_with_primaries(positions, primaries, np.zeros(150), 1e-3, 1500.0, group)
    assert pairs_of(grid) == pairs_of(plain) == expected
    assert len(grid) == len(plain) == len(expected)


# --- the motion -----------------------------------------------------------------------------------------


def acceleration(r: Floats) -> Floats:
    """Acceleration (n, 3) km/s2 of point mass and J2."""
    distance = np.linalg.norm(r, axis=1, keepdims=True)
    z2 = np.square(r[:, 2:] / distance)
    factor = 1.5 * J2 * np.square(WGS72_RADIUS_KM / distance)
    bulge = np.concatenate([np.repeat(1.0 - 5.0 * z2, 2, axis=1), 3.0 - 5.0 * z2], axis=1)
    return np.asarray(-WGS72_MU_KM3_S2 / distance**3 * r * (1.0 + factor * bulge))


def advanced(r: Floats, v: Floats, seconds: Floats) -> Floats:
    """Positions (n, 3) after each object's own time (n,), by fourth-order Runge-Kutta in steps below 3 s."""
    count = max(2, int(np.ceil(np.abs(seconds).max() / 3.0)))
    h = (seconds / count)[:, None]
    for _ in range(count):
        v1, a1 = v, acceleration(r)
        v2, a2 = v + 0.5 * h * a1, acceleration(r + 0.5 * h * v1)
        v3, a3 = v + 0.5 * h * a2, acceleration(r + 0.5 * h * v2)
        v4, a4 = v + h * a3, acceleration(r + h * v3)
        r = r + h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4)
        v = v + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
    return r


def unit(rng: np.random.Generator, n: int) -> Floats:
    x = rng.normal(size=(n, 3))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def designed_passes(
    rng: np.random.Generator, n: int, distance_km: float, slow: bool
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """States of n pairs at their closest approach, (n, 3) each, and miss distances (n,) up to the distance.

    Altitudes from 150 km to beyond GEO, many at the border between the bands of radius; all orbits are bound.
    """
    radius = WGS72_RADIUS_KM + np.exp(rng.uniform(np.log(150.0), np.log(60000.0), n))
    radius[: n // 3] = WGS72_RADIUS_KM + rng.uniform(150.0, 2000.0, n // 3)
    r = unit(rng, n) * radius[:, None]
    at_border = slice(n // 3, n // 2)
    r[at_border, 0] = 9000.0 * rng.choice([-1.0, 1.0], n // 2 - n // 3) + rng.normal(
        0.0, 50.0, n // 2 - n // 3
    )
    radius = np.linalg.norm(r, axis=1)
    escape = np.sqrt(2.0 * WGS72_MU_KM3_S2 / radius)[:, None]
    v1 = unit(rng, n) * escape * rng.uniform(0.3, 0.99, (n, 1))
    v2 = unit(rng, n) * escape * rng.uniform(0.3, 0.99, (n, 1))
    v2[: n // 5] = -v1[: n // 5] * rng.uniform(0.9, 1.0, (n // 5, 1))  # head on
    if slow:
        v2 = v1 + unit(rng, n) * 10.0 ** rng.uniform(-5.0, 0.0, (n, 1))
        v2 *= np.minimum(1.0, 0.999 * escape / np.linalg.norm(v2, axis=1, keepdims=True))
    relative = v2 - v1
    along = relative / np.linalg.norm(relative, axis=1, keepdims=True)
    aside = unit(rng, n)
    aside -= (aside * along).sum(axis=1, keepdims=True) * along
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    miss = distance_km * rng.choice([0.0, 0.5, 0.999, 1.0 - 1e-9], n)
    return r, v1, r + aside * miss[:, None], v2, miss


@pytest.mark.parametrize("error_km", [0.0, 0.05, 4.0])
@pytest.mark.parametrize(
    ("step_s", "distance_km"), [(12.0, 5.0), (60.0, 36.0), (30.0, 1.0), (110.0, 20.0), (12.0, 300.0)]
)
@pytest.mark.parametrize("slow", [False, True], ids=["fast", "slow"])
def test_a_designed_pass_is_always_a_candidate(
    slow: bool, step_s: float, distance_km: float, error_km: float
) -> None:
    rng = np.random.default_rng(int(step_s * 7 + distance_km + 100 * error_km + slow))
    n = 500
    r1, v1, r2, v2, _ = designed_passes(rng, n, distance_km, slow)
    # The closest approach lies in the interval of the middle of three samples, often at its very end.
    offset = step_s * rng.uniform(-0.5, 0.5, n)
    offset[: n // 3] = 0.5 * step_s * rng.choice([-1.0, 1.0, 1.0 - 1e-9], n // 3)
    samples = np.empty((5, 3, 2 * n))
    for k in range(5):
        wait = (k - 2) * step_s - offset
        samples[k, :, :n] = advanced(r1, v1, wait).T
        samples[k, :, n:] = advanced(r2, v2, wait).T
    samples += (unit(rng, 5 * 2 * n) * error_km).reshape(5, 2 * n, 3).transpose(0, 2, 1)
    bounds = np.full(2 * n, error_km)
    for kernel in (by_cells, around_few_primaries, plainly):
        table = kernel(np.ascontiguousarray(samples), bounds, step_s, distance_km)
        sample, first, second, guess, verdict = table[np.abs(table[:, 1] - table[:, 2]) == n].T
        pair = np.minimum(first, second).astype(int)
        # The kernel's sample k is row k + 1 of the positions; the pass is `offset` after the middle one, k = 1.
        error_s = (sample - 1.0) * step_s + np.clip(guess, -0.5 * step_s, 0.5 * step_s) - offset[pair]
        useful = np.where(verdict == 2.0, sample == 1.0, np.abs(error_s) <= step_s)
        assert np.unique(pair[useful]).size == n


@pytest.mark.parametrize("error_km", [0.0, 0.7])
@pytest.mark.parametrize("step_s", [20.0, 60.0, 110.0])
@pytest.mark.parametrize("low_km", [120.0, 20000.0])
def test_one_above_the_other_at_the_whole_distance_is_a_candidate(
    low_km: float, step_s: float, error_km: float
) -> None:
    """In a shell so thin that the bands of radius divide many of the pairs, with errors that move them apart."""
    rng = np.random.default_rng(int(low_km + step_s))
    n, distance_km = 1500, 5.0
    up = unit(rng, n)
    low = WGS72_RADIUS_KM + low_km + rng.uniform(0.0, 80.0, (n, 1))
    escape = np.sqrt(2.0 * WGS72_MU_KM3_S2 / low)
    ways = [unit(rng, n) for _ in range(2)]
    level = slice(0, n // 2)
    for way in ways:
        way[level] -= (way[level] * up[level]).sum(axis=1, keepdims=True) * up[level]
    offset = step_s * rng.choice([-0.5, 0.5, 0.4999, 0.0], n)
    samples = np.empty((3, 3, 2 * n))
    for k in range(3):
        wait = (k - 1) * step_s - offset
        apart = low + distance_km * (1.0 - 1e-9)
        samples[k, :, :n] = (advanced(up * low, ways[0] * 0.7 * escape, wait) - error_km * up).T
        samples[k, :, n:] = (advanced(up * apart, ways[1] * 0.7 * escape, wait) + error_km * up).T
    table = by_cells(samples, np.full(2 * n, error_km), step_s, distance_km)
    first, second = table[:, 1:3].astype(int).T
    assert np.unique(np.minimum(first, second)[np.abs(first - second) == n]).size == n
    assert len(set(zip(np.minimum(first, second), np.maximum(first, second), strict=True))) == len(table)


@pytest.mark.parametrize("step_s", [12.0, 60.0])
def test_a_pass_far_outside_is_mostly_rejected(step_s: float) -> None:
    """The theorem would also hold for a test that rejects nothing."""
    rng = np.random.default_rng(8)
    r1, v1, r2, v2, _ = designed_passes(rng, 500, 20.0, slow=False)
    aside = np.cross(v2 - v1, r1)
    r2 = r1 + 60.0 * aside / np.linalg.norm(aside, axis=1, keepdims=True)
    samples = np.empty((3, 3, 1000))
    for k in range(3):
        wait = np.full(500, (k - 1) * step_s)
        samples[k, :, :500], samples[k, :, 500:] = advanced(r1, v1, wait).T, advanced(r2, v2, wait).T
    table = by_cells(samples, np.zeros(1000), step_s, 20.0)
    assert np.count_nonzero(np.abs(table[:, 1] - table[:, 2]) == 500) < 0.1 * 500
