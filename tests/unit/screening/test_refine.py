"""The narrow phase: the time of closest approach to less than a microsecond, within the limits of the span."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    crossing_pair,
    decaying,
    formation,
    geo_pair,
    gto,
    head_on_pair,
    leo,
    make_catalog,
    molniya,
)

from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening.kernels.pair_test import lasting_minima
from debrissim.screening.refine import refine, separation_vectors, slow_minima

Floats = NDArray[np.float64]

PASSES = {
    "crossing": crossing_pair(1.234, 1000.0),
    "through the middle": crossing_pair(0.0, 1000.0, clock_deg=20.0),
    "shallow": crossing_pair(0.7, 1000.0, angle_deg=3.0),
    "wide": crossing_pair(300.0, 1000.0),
    "head-on": head_on_pair(0.05, 1000.0),
    "fast": crossing_pair(4.0, 1000.0, angle_deg=30.0, speed_ratio=1.31),
    "molniya perigee": crossing_pair(2.0, 1000.0, primary=molniya(), angle_deg=100.0, speed_ratio=0.9),
    "gto": crossing_pair(2.0, 1000.0, primary=gto(inclination_deg=30.0), angle_deg=15.0, speed_ratio=1.01),
}


def propagator_of(*elements: Elements) -> Propagator:
    return make_propagator(make_catalog(*elements), START_JD, START_FRACTION)


def refined(
    propagator: Propagator, guesses: list[float], latest_s: float = 1e5, reach_s: float = np.inf
) -> Floats:
    n = len(guesses)
    zero = np.zeros(n, dtype=np.int64)
    time, valid = refine(
        propagator, zero, zero + 1, np.array(guesses), np.zeros(n), np.full(n, latest_s), np.full(n, reach_s)
    )
    assert valid.all()
    return time


def slope_km2_s(propagator: Propagator, time_s: float, h: float = 1.0) -> float:
    """Half the derivative of the squared distance, by fourth-order differences of SGP4's positions."""
    times = time_s + h * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    vectors, good = separation_vectors(propagator, np.array([0]), np.array([1]), times[None, :])
    assert good.all()
    d = vectors[0]
    return float(d[2] @ (d[0] - 8.0 * d[1] + 8.0 * d[3] - d[4]) / (12.0 * h))


@pytest.mark.parametrize("name", PASSES)
def test_any_nearby_guess_converges_to_the_designed_time(name: str) -> None:
    propagator = propagator_of(*PASSES[name])
    times = refined(propagator, [1000.0, 999.0, 1003.0, 1030.0, 970.0])
    assert np.ptp(times) < 1e-6
    assert times == pytest.approx(1000.0, abs=1e-4)  # accuracy of the design itself
    before, after = slope_km2_s(propagator, times[0] - 1e-6), slope_km2_s(propagator, times[0] + 1e-6)
    if name not in ("shallow", "gto"):
        assert before < 0.0 < after
    else:  # slower than 1 km/s: rounding in SGP4 moves the zero by microseconds
        assert slope_km2_s(propagator, times[0] - 1e-5) < 0.0 < slope_km2_s(propagator, times[0] + 1e-5)


@pytest.mark.parametrize(
    "objects", [formation(3.0), formation(0.1), geo_pair(4.0), formation(1.0, molniya())], ids=str
)
def test_all_slow_minima_are_found(objects: tuple[Elements, Elements]) -> None:
    propagator = propagator_of(*objects)
    step = 60.0
    samples = np.arange(0.5 * step, 20000.0, step)
    zero = np.zeros(samples.size, dtype=np.int64)
    first, second, guess = slow_minima(
        propagator,
        zero,
        zero + 1,
        samples,
        0.5 * step,
        50.0,
        np.zeros(samples.size),
        np.full(samples.size, 20010.0),
    )
    assert (first == 0).all()
    assert (second == 1).all()
    grid = np.arange(0.0, 20010.0, 1.0)
    vectors, _ = separation_vectors(propagator, np.array([0]), np.array([1]), grid[None, :])
    distance = np.linalg.norm(vectors[0], axis=1)
    inner = grid[1:-1][(distance[1:-1] < distance[:-2]) & (distance[1:-1] < distance[2:])]
    assert all(np.abs(guess - t).min() <= 12.0 for t in inner)


def test_a_decreasing_distance_gives_the_end() -> None:
    propagator = propagator_of(*PASSES["crossing"])
    for latest_s in (999.9, 998.0, 990.0, 950.0):
        assert refined(propagator, [latest_s], latest_s)[0] == pytest.approx(latest_s, abs=1e-9)
    assert refined(propagator, [999.0], 1000.5)[0] == pytest.approx(1000.0, abs=1e-4)


def test_a_distance_that_increases_from_the_start_gives_the_start() -> None:
    propagator = propagator_of(*crossing_pair(2.0, -3.0))
    assert refined(propagator, [0.0, 2.0, 10.0]) == pytest.approx(0.0, abs=1e-9)


def test_refine_does_not_jump_to_a_minimum_beyond_a_maximum() -> None:
    """Regression: with points 20 s apart the closing end of a formation was lost to a minimum beyond a maximum."""
    propagator = propagator_of(*formation(3.0))
    grid = np.arange(0.0, 12000.0, 1.0)
    vectors, _ = separation_vectors(propagator, np.array([0]), np.array([1]), grid[None, :])
    distance = np.linalg.norm(vectors[0], axis=1)
    maxima = grid[1:-1][(distance[1:-1] > distance[:-2]) & (distance[1:-1] > distance[2:])]
    assert maxima.size > 0
    for maximum in maxima.tolist():
        end = maximum + 12.0
        assert refined(propagator, [end], end, 2.0)[0] == pytest.approx(end, abs=1e-9)


@pytest.mark.parametrize("name", PASSES)
def test_a_guess_converges_from_anywhere_within_its_reach(name: str) -> None:
    """Regression: at steps of 120 s a guess 98 s away did not converge, and was listed as a second minimum."""
    propagator = propagator_of(*PASSES[name])
    (near,) = refined(propagator, [1000.0])
    assert refined(propagator, [1115.0, 885.0], reach_s=120.0) == pytest.approx(near, abs=1e-4)


def test_no_time_leaves_its_reach() -> None:
    propagator = propagator_of(*PASSES["crossing"])
    assert refined(propagator, [950.0], reach_s=10.0)[0] == pytest.approx(960.0)


def test_a_pair_that_sgp4_cannot_follow_is_flagged() -> None:
    propagator = propagator_of(decaying(bstar=0.9), leo())
    zero = np.array([0])
    _, valid = refine(
        propagator, zero, zero + 1, np.array([100.0]), np.zeros(1), np.array([1000.0]), np.array([np.inf])
    )
    assert not valid[0]


def test_no_pairs() -> None:
    propagator = propagator_of(*PASSES["crossing"])
    none, empty = np.empty(0, dtype=np.int64), np.empty(0)
    time, valid = refine(propagator, none, none, empty, empty, empty, empty)
    assert time.shape == valid.shape == (0,)
    assert all(part.size == 0 for part in slow_minima(propagator, none, none, empty, 30.0, 5.0, empty, empty))


def lasting_by_definition(values: list[int], noise: int) -> list[int]:
    """Places that are lowest until the values have risen by more than noise on both sides, or up to one end."""
    minima = []
    for k, value in enumerate(values):
        sides = values[:k][::-1], values[k + 1 :]
        rises = [next((n for n, v in enumerate(side) if v > value + noise), None) for side in sides]
        before, after = (side[:rise] for side, rise in zip(sides, rises, strict=True))
        if rises != [None, None] and all(v > value for v in before) and all(v >= value for v in after):
            minima.append(k)
    return minima


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=40), st.integers(0, 4), st.booleans())
def test_lasting_minima_match_the_definition(steps: list[int], noise: int, walk: bool) -> None:
    values = np.cumsum(steps) if walk else np.array(steps)
    minima = lasting_minima(values.astype(float), float(noise))
    assert np.flatnonzero(minima).tolist() == lasting_by_definition(values.tolist(), noise)


def test_a_rise_slower_than_the_noise_ends_a_minimum_and_noise_on_a_slope_makes_none() -> None:
    time = np.arange(-2000.0, 2001.0, 10.0)
    rng = np.random.default_rng(1)
    flat = 1e-3 + 1e-12 * time**2 + rng.uniform(-1e-10, 1e-10, time.size)
    (place,) = np.flatnonzero(lasting_minima(flat, 1e-9))
    assert abs(time[place]) <= 40.0
    slope = 1e-10 * time + rng.uniform(-4e-10, 4e-10, time.size)
    assert np.flatnonzero(lasting_minima(slope, 1e-9)).max(initial=0) < 10


def test_lasting_minima_skip_nan() -> None:
    nan = float("nan")
    values = np.array([nan, nan, 5.0, 3.0, nan, 4.0, nan])
    assert np.flatnonzero(lasting_minima(values, 0.1)).tolist() == [3]
    assert not lasting_minima(np.array([nan, nan]), 0.1).any()
