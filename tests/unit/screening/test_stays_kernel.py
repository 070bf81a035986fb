"""The kernel that finds when polynomial paths are inside volumes, against dense evaluation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from debrissim.screening.kernels.stays import BOX, DEGREE, ELLIPSOID, _single_root, _value, inside_intervals

Floats = NDArray[np.float64]

SHAPES = np.array([BOX, ELLIPSOID])
SIZES = np.array([[1.0, 2.0, 3.0], [1.5, 2.5, 1.0]])
PLACES = np.linspace(0.0, 1.0, 20_001)
BASIS = np.array(
    [math.comb(DEGREE, k) * PLACES**k * (1.0 - PLACES) ** (DEGREE - k) for k in range(DEGREE + 1)]
)


def inside(path: Floats) -> NDArray[np.bool_]:
    """(places, 2): in the box, in the ellipsoid."""
    points = path @ BASIS
    box = (np.abs(points) <= SIZES[0][:, None]).all(axis=0)
    return np.stack([box, ((points / SIZES[1][:, None]) ** 2).sum(axis=0) <= 1.0], axis=1)


def check(paths: Floats) -> Floats:
    table = inside_intervals(paths, SHAPES, SIZES, np.ones((len(paths), 2), dtype=bool))
    for k, path in enumerate(paths):
        own = table[table[:, 0] == k]
        assert (own[:, 2] > own[:, 1]).all()
        found = np.zeros((PLACES.size, 2), dtype=bool)
        near_edge = np.zeros(PLACES.size, dtype=bool)
        for _, begin, end, *flags in own:
            found[(begin <= PLACES) & (end >= PLACES)] |= np.array(flags) > 0.0
            near_edge |= (np.abs(PLACES - begin) < 1e-9) | (np.abs(PLACES - end) < 1e-9)
        assert (found == inside(path))[~near_edge].all()
    return table


def test_random_paths() -> None:
    rng = np.random.default_rng(1)
    paths = rng.normal(size=(400, 3, DEGREE + 1)) * rng.choice([0.5, 2.0, 8.0], (400, 1, 1))
    assert len(check(paths)) > 400


def straight(begin: list[float], end: list[float]) -> Floats:
    places = np.linspace(0.0, 1.0, DEGREE + 1)
    return np.array([np.array(begin)[:, None] * (1.0 - places) + np.array(end)[:, None] * places])


def test_a_passage_shorter_than_any_sampling() -> None:
    # Through the edge of the box where R = 1 and T = 2, 1e-7 deep.
    path = straight([-1.0, 4.0 - 2e-7, 0.0], [3.0, -4e-7 + 2e-7, 0.0])
    (row,) = inside_intervals(path, SHAPES[:1], SIZES[:1], np.ones((1, 1), dtype=bool))
    assert 0.0 < row[2] - row[1] < 1e-6
    outside = straight([-1.0, 4.0 + 2e-7, 0.0], [3.0, 2e-7, 0.0])
    assert len(inside_intervals(outside, SHAPES[:1], SIZES[:1], np.ones((1, 1), dtype=bool))) == 0


def test_crossings_in_the_middle_and_at_the_ends() -> None:
    # The middle is where an interval is halved: a root there must not be lost between the halves.
    (row,) = inside_intervals(
        straight([0.0, 0.0, 0.0], [2.0, 0.0, 0.0]), SHAPES[:1], SIZES[:1], np.ones((1, 1), bool)
    )
    assert row[1:3].tolist() == pytest.approx([0.0, 0.5], abs=1e-12)
    (row,) = inside_intervals(
        straight([1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]), SHAPES[:1], SIZES[:1], np.ones((1, 1), bool)
    )
    assert row[1:3].tolist() == [0.0, 1.0]


def test_a_path_at_rest_and_one_that_touches() -> None:
    rest = straight([0.2, 0.1, 0.3], [0.2, 0.1, 0.3])
    table = inside_intervals(rest, SHAPES, SIZES, np.ones((1, 2), dtype=bool))
    assert table.tolist() == [[0.0, 0.0, 1.0, 1.0, 1.0]]
    on_the_face = straight([1.0, -1.0, 0.0], [1.0, 1.0, 0.0])
    table = inside_intervals(on_the_face, SHAPES[:1], SIZES[:1], np.ones((1, 1), dtype=bool))
    assert (table[0, 1], table[-1, 2]) == (0.0, 1.0)


def test_volumes_that_do_not_count_for_a_path() -> None:
    path = straight([-9.0, 0.0, 0.0], [9.0, 0.0, 0.0])
    both = inside_intervals(path, SHAPES, SIZES, np.ones((1, 2), dtype=bool))
    box = inside_intervals(path, SHAPES, SIZES, np.array([[True, False]]))
    assert both[:, 2].max() - both[:, 1].min() == pytest.approx(3.0 / 18.0)
    assert box[:, 2].max() - box[:, 1].min() == pytest.approx(2.0 / 18.0)
    assert not box[:, 4].any()
    assert len(inside_intervals(path[:0], SHAPES, SIZES, np.ones((0, 2), dtype=bool))) == 0


@pytest.mark.parametrize("count", [DEGREE + 1, 2 * DEGREE + 1])
def test_a_single_root_is_that_of_halving(count: int) -> None:
    rng = np.random.default_rng(3)
    # One change of sign, anywhere, with coefficients over many powers of ten: roots next to both ends, and flat ones.
    size = 10.0 ** rng.uniform(-10.0, 8.0, (300, count))
    changes = rng.integers(1, count, 300)
    for row, change in zip(size, changes, strict=True):
        coefficients = np.where(np.arange(count) < change, -row, row) * rng.choice([-1.0, 1.0])
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if (_value(coefficients, count, middle) > 0.0) == (coefficients[-1] > 0.0):
                high = middle
            else:
                low = middle
        assert _single_root(coefficients, count) == pytest.approx(high, abs=5e-15)
