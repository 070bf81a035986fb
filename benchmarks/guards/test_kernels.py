"""Guards of the kernels' speed, each against the code it replaced, in the same run: `python -m pytest -n 0
benchmarks/guards`.

Not part of CI: machines differ, and a busy one proves nothing (hence `-n 0`, too: one process). The required ratios are
half of those measured. pytest-benchmark (extra `bench`) stores the times of one process: `--benchmark-autosave`,
`--benchmark-compare`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.common import DAY_S, Objects, objects, quickest
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.ephemeris import make_window
from debrissim.screening.kernels.cells import pairs_within
from debrissim.screening.kernels.pair_test import pairs_with_primaries

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
