"""The bounds of the coarse theorem at their limits: paths made to use up what `debrissim.screening.grid` allows.

Under gravity no path comes near the bound of its jerk, and few come near the reach. These are polynomials that need no
gravity: only what the proof assumes of them holds.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from debrissim.screening.kernels import cells
from debrissim.screening.kernels.pair_test import EXTRA_JERK_KM_S3, GRADIENT_S2, GRAVITY_KM_S2

Floats = NDArray[np.float64]

GROUND_KM, LAYER_KM, LAST_LAYER = 6350.0, 10.0, 3999
# Signs of the errors of three samples that move the parabola (and the secant line) most at the end of the interval.
WORST_AT_THE_END = np.array([-1.0, 1.0, 1.0])


def unit(rng: np.random.Generator, n: int) -> Floats:
    x = rng.normal(size=(n, 3))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def signs(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(rng.choice([-1.0, 1.0], (n, 1)))


# --- one path -------------------------------------------------------------------------------------------


def layer_at(radius_km: Floats) -> Floats:
    return np.clip(np.floor((radius_km - GROUND_KM) / LAYER_KM), 0, LAST_LAYER)


@pytest.mark.parametrize("error_km", [0.0, 0.6, 60.0])
@pytest.mark.parametrize("step_s", [4.0, 36.0, 72.0, 120.0])
@pytest.mark.parametrize("motion", ["level", "vertical", "slow", "any"])
def test_the_layers_hold_every_radius_of_the_interval(motion: str, step_s: float, error_km: float) -> None:
    """With half the distance on both sides, the jerk and the errors as large as they may be, all of one sign."""
    rng = np.random.default_rng(int(step_s + 1000.0 * error_km) + len(motion))
    n, distance_km = 30_000, 5.0
    up, outward = unit(rng, n), signs(rng, n)
    radius = GROUND_KM + rng.choice([1200.0, 36_500.0, 39_600.0], n) + rng.uniform(-500.0, 500.0, n)
    way = unit(rng, n) if motion != "vertical" else up * signs(rng, n)
    if motion == "level":
        way -= (way * up).sum(axis=1, keepdims=True) * up
    speed = (
        np.full(n, 8.0) if motion == "vertical" else rng.uniform(0.0, 1.0 if motion == "slow" else 11.0, n)
    )
    velocity = way * (speed / np.linalg.norm(way, axis=1))[:, None]
    bend = GRAVITY_KM_S2 * np.where(rng.random((n, 1)) < 0.3, unit(rng, n), up * outward)
    bend = -GRAVITY_KM_S2 * up if motion == "level" else bend
    jerk_size = GRADIENT_S2 * (speed + 2.0 * GRAVITY_KM_S2 * step_s) + EXTRA_JERK_KM_S3
    jerk = jerk_size[:, None] * np.where(rng.random((n, 1)) < 0.3, unit(rng, n), up * outward)

    def at(seconds: float) -> Floats:
        """Positions; the velocity is that of the secant."""
        cubic = (seconds**3 - step_s**2 * seconds) / 6.0
        return np.asarray(up * radius[:, None] + velocity * seconds + bend * seconds**2 / 2.0 + jerk * cubic)

    # At the end of the interval or, the other way round, at its beginning.
    worst = np.where(rng.random((n, 1)) < 0.5, WORST_AT_THE_END, WORST_AT_THE_END[::-1])
    aside = up * signs(rng, n) * error_km
    samples = np.stack([(at((k - 1) * step_s) + aside * worst[:, k : k + 1]).T for k in range(3)])
    positions = np.ascontiguousarray(samples, dtype=np.float32)
    rounding_km = 0.5 * 3.0**0.5 * np.spacing(np.abs(positions).max(axis=(0, 1)))
    objects = cells.empty_objects(n)
    error = error_km + rounding_km.astype(np.float64)
    cells._classify(positions, 1, error, error_km + 1.0, step_s, objects)
    cells._layers(positions, 1, error, step_s, distance_km, objects.kind, objects.lowest, objects.highest)
    assert set(objects.kind) <= {1, 2}
    radii = np.array([np.linalg.norm(at(share * step_s), axis=1) for share in np.linspace(-0.5, 0.5, 21)])
    assert (objects.lowest <= layer_at(radii.min(axis=0) - 0.5 * distance_km)).all()
    assert (objects.highest >= layer_at(radii.max(axis=0) + 0.5 * distance_km)).all()
    # Nothing is gained by ranges that are far too wide.
    wide = (
        step_s * speed + 2.0 * GRAVITY_KM_S2 * step_s**2 + 4.0 * error_km + 2.0 * distance_km + 2.0 * LAYER_KM
    )
    assert ((objects.highest - objects.lowest) * LAYER_KM <= wide).all()


# --- pairs ----------------------------------------------------------------------------------------------

CASES = {
    "ordinary": (7.99, 0.1, 7.99, 0.1),
    "one fast": (10.9, 0.1, 7.99, 0.1),
    "both fast": (10.9, 0.1, 10.9, 0.1),
    "one ill known": (7.99, 60.0, 7.99, 0.1),
    "both fast and ill known": (10.9, 60.0, 10.9, 60.0),
}


@pytest.mark.parametrize("primaries", ["all", "one in twenty"])
@pytest.mark.parametrize(("step_s", "distance_km"), [(12.0, 50.0), (72.0, 5.0), (120.0, 200.0)])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_pair_is_found_from_the_whole_reach(
    case: tuple[float, float, float, float], step_s: float, distance_km: float, primaries: str
) -> None:
    """Pairs that are at the whole distance at the end of the interval, before or after which they fly apart.

    One in twenty of the pairs is of the case, the others are ordinary. Their velocities are level and opposite, mostly
    along a meridian, so that the pair comes from as far as it can, across as many rows of cells; the errors and the
    relative acceleration add to that. At the distance they are one behind the other, beside each other, or one above
    the other.
    """
    rng = np.random.default_rng(int(step_s) + len(primaries) + int(10 * sum(case)))
    n, usual_km = 1500, 0.1
    special = np.arange(n) < n // 20
    fast, known, other_fast, other_known = np.where(special[:, None], case, CASES["ordinary"]).T
    up = unit(rng, n)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east, axis=1, keepdims=True)
    north = np.cross(up, east)
    way = np.where(rng.random((n, 1)) < 0.7, north, east) * signs(rng, n)
    kind = rng.integers(0, 3, n)[:, None]
    aside = np.where(kind == 0, way, np.where(kind == 1, np.cross(up, way), up)) * distance_km * (1.0 - 1e-6)
    end_s = 0.5 * step_s * signs(rng, n)
    worst = np.where(end_s > 0.0, WORST_AT_THE_END, WORST_AT_THE_END[::-1])
    middle = up * (GROUND_KM + 500.0 + rng.uniform(0.0, 40.0, (n, 1)))
    # One behind the other: at the end of the interval they have just met, at its beginning they are about to.
    away = np.where(end_s > 0.0, -1.0, 1.0)
    error_away = np.where(kind == 0, away * way, -aside / distance_km)
    # Each object is pulled towards the other by half the relative acceleration; its secant has the case's speed.
    pull = 0.49 * GRADIENT_S2 * 1.5 * step_s * (fast + other_fast)
    samples = np.empty((3, 3, 2 * n))
    for k in range(3):
        after = (k - 1) * step_s - end_s
        fallen = middle - 0.5 * 0.9 * GRAVITY_KM_S2 * np.square(after) * up
        shift = worst[:, k : k + 1] * error_away
        bent = pull[:, None] * (np.abs(end_s) * after + 0.5 * np.sign(end_s) * np.square(after))
        samples[k, :, :n] = (fallen + way * (fast[:, None] * after + bent) + shift * known[:, None]).T
        other = fallen + np.where(kind == 0, -away, 1.0) * aside - way * (other_fast[:, None] * after + bent)
        samples[k, :, n:] = (other - shift * other_known[:, None]).T
    error = np.concatenate([known, other_known]) + 1e-3
    is_primary = np.ones(2 * n, dtype=np.bool_)
    if primaries != "all":
        is_primary = np.concatenate([special, np.zeros(n, dtype=np.bool_)])
    table = cells.pairs_within(
        np.ascontiguousarray(samples, dtype=np.float32), is_primary, error, usual_km + 1e-3, step_s, distance_km,
        np.zeros(2 * n, dtype=np.int64),
    )  # fmt: skip
    first, second = np.sort(table[:, 1:3].astype(np.int64), axis=1).T
    assert np.unique(first * 2 * n + second).size == len(table)
    found = np.isin(np.arange(n), first[second - first == n])
    assert found[is_primary[:n] | is_primary[n:]].all()


def test_pairs_under_the_ground_are_all_found() -> None:
    """Regression: an object within 6 m of the level of the ground, next to none above it, was searched around for
    directions as near as at that level."""
    rng = np.random.default_rng(3)
    deep = unit(rng, 300) * 2080.0
    aside = unit(rng, 300) * GROUND_KM
    points = np.concatenate([deep, aside * (1.0 - 5e-7)])
    positions = np.ascontiguousarray(np.broadcast_to(points.T, (3, 3, len(points))), dtype=np.float32)
    everyone, alone = np.ones(len(points), dtype=np.bool_), np.zeros(len(points), dtype=np.int64)
    distance_km = 6000.0
    table = cells.pairs_within(positions, everyone, np.zeros(len(points)), 0.0, 1e-3, distance_km, alone)
    found = {(int(min(pair)), int(max(pair))) for pair in table[:, 1:3]}
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    first, second = np.nonzero(np.triu(apart < distance_km - 0.01, 1))
    assert len(found) == len(table)
    assert set(zip(first.tolist(), second.tolist(), strict=True)) <= found
