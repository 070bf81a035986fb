"""Guards of the kernels' speed, each against the code it replaced, in the same run: `python -m pytest -n 0
benchmarks/guards`.

Not part of CI: machines differ, and a busy one proves nothing (hence `-n 0`, too: one process). The required ratios are
half of those measured. pytest-benchmark (extra `bench`) stores the times of one process: `--benchmark-autosave`,
`--benchmark-compare`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numba import njit

from benchmarks.common import DAY_S, Objects, objects, quickest
from benchmarks.probability_methods.measure import one_dimension, ordinary
from debrissim.probability import batch
from debrissim.probability.algorithms.foster import foster
from debrissim.probability.registry import plane_methods
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import make_window
from debrissim.screening.kernels.cells import _BLOCK, _count_near, _may_meet, pairs_within
from debrissim.screening.kernels.pair_test import pairs_with_primaries
from debrissim.screening.kernels.stays import DEGREE, _append_roots

pytest.importorskip("pytest_benchmark", reason="pip install '.[bench]'")


@pytest.fixture(scope="module")
def data() -> Objects:
    return objects(None, 6000, DAY_S)


@pytest.mark.parametrize(("deep", "ratio"), [(False, 3.0), (True, 5.0)], ids=["near-Earth", "deep space"])
def test_our_sgp4_is_faster_than_the_library(benchmark: Any, data: Objects, deep: bool, ratio: float) -> None:
    propagator = data.propagator
    rows = np.flatnonzero(propagator.near_earth != deep)
    times = np.linspace(0.0, 14400.0, 30)
    library = quickest(lambda: propagator.states(rows, times), 5)
    benchmark(propagator.positions, rows, times)
    assert library > ratio * quickest(lambda: propagator.positions(rows, times), 5)


def test_cells_are_faster_than_plain_distances(benchmark: Any, data: Objects) -> None:
    window = make_window(data.propagator, np.arange(len(data.catalog)), 0.0, 3600.0, 0.5)
    samples = 600.0 + 50.0 * np.arange(4)
    positions = window.positions(samples, lambda n: interpolation_matrix(n, 0.0, 3600.0, samples))
    count = window.rows.size
    alone = np.zeros(count, dtype=np.int64)
    arguments = (positions, np.ones(count, dtype=np.bool_), window.error_bound_km, 0.7, 50.0, 5.0, alone)
    benchmark(pairs_within, *arguments)
    plain = quickest(
        lambda: pairs_with_primaries(positions, np.arange(count), window.error_bound_km, 50.0, 5.0, alone),
        2,
    )
    assert plain > 40.0 * quickest(lambda: pairs_within(*arguments), 5)


def test_the_count_of_pairs_is_faster_than_branches(benchmark: Any) -> None:
    rng = np.random.default_rng(1)
    stretch = np.zeros((6, 4096), dtype=np.float32)
    stretch[:3], stretch[3:] = rng.normal(0.0, 200.0, (3, 4096)), rng.normal(0.0, 7.0, (3, 4096))
    half, reach2 = np.float32(24.0), np.float32(25.0)
    arguments = (stretch, 5, 0, 4096 // _BLOCK * _BLOCK, half, reach2)
    assert _count_near(*arguments) == _count_with_branches(*arguments) > 0
    benchmark(_times, _count_near, arguments)
    plain = quickest(lambda: _times(_count_with_branches, arguments), 5)
    assert plain > 3.8 * quickest(lambda: _times(_count_near, arguments), 5)


@njit(nogil=True)
def _count_with_branches(stretch, place, start, stop, half, reach2):
    """The count one pair after the other, as before blocks and masks."""
    count = 0
    for k in range(start, stop):
        x, y, z = (stretch[0, k] - stretch[0, place], stretch[1, k] - stretch[1, place],
                   stretch[2, k] - stretch[2, place])  # fmt: skip
        vx, vy, vz = (stretch[3, k] - stretch[3, place], stretch[4, k] - stretch[4, place],
                      stretch[5, k] - stretch[5, place])  # fmt: skip
        if _may_meet(x, y, z, vx, vy, vz, half, reach2):
            count += 1
    return count


def _times(work: Any, arguments: Any) -> None:
    for _ in range(200):
        work(*arguments)


def test_roots_of_stays_are_faster_than_those_of_a_companion_matrix(benchmark: Any) -> None:
    rng = np.random.default_rng(2)
    polynomials = np.sort(rng.normal(size=(300, DEGREE + 1)), axis=1)
    roots = np.empty(DEGREE)
    powers = np.linspace(0.0, 1.0, DEGREE + 1)

    def ours() -> None:
        for row in polynomials:
            _append_roots(row, DEGREE + 1, roots, 0)

    def plain() -> None:
        for row in polynomials:
            np.polynomial.Polynomial.fit(powers, row, DEGREE).roots()

    ours()
    benchmark(ours)
    assert quickest(plain, 3) > 35.0 * quickest(ours, 5)


# In times of the default's on the same ordinary encounters: twice those measured.
@pytest.mark.parametrize(
    ("name", "limit"),
    [("alfano-2005", 7.5), ("patera-2005", 9.0), ("laas-2015", 19.0), ("elrod", 17.0), ("chan-1997", 2.0),
     ("foster-square", 35.0), ("square-circumscribing", 1.0)],
)  # fmt: skip
def test_methods_take_a_limited_multiple_of_the_default(
    benchmark: Any, monkeypatch: pytest.MonkeyPatch, name: str, limit: float
) -> None:
    monkeypatch.setattr(batch, "_processors", lambda: 1)
    # Few enough for one slice of a busy processor.
    plane, radius = ordinary(500, 7)
    method = plane_methods()[name]
    benchmark(method, plane, radius)
    assert quickest(lambda: method(plane, radius), 30) < limit * quickest(lambda: foster(plane, radius), 30)


def test_the_disc_integral_is_faster_than_a_general_quadrature(benchmark: Any) -> None:
    plane, radius = ordinary(100, 7)
    rows = np.column_stack([plane.miss_principal_km, plane.sigma_major_km, plane.sigma_minor_km, radius])
    benchmark(foster, plane, radius)
    with warnings.catch_warnings(action="ignore"):
        general = quickest(lambda: [one_dimension(*row) for row in rows.tolist()], 2)
    assert general > 2600.0 * quickest(lambda: foster(plane, radius), 5)
