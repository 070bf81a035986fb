"""Measure what each method takes per million encounters, and per node against the functions in it; write CSVs.

    python -m benchmarks.probability_methods.nodes

Processor time of one thread, minimum of several runs: some seconds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks.probability_methods.measure import (
    MILLION,
    REPEATS,
    TIMED_ROWS,
    hard,
    likely,
    ordinary,
    plane_of,
    write,
)
from debrissim.probability.registry import plane_methods


def times() -> list[dict[str, object]]:
    """Measure each method's processor seconds per million encounters on one thread, also in those of the default."""
    rows: list[dict[str, object]] = []
    for label, draw in {"ordinary": ordinary, "hard": hard}.items():
        timed = likely(draw, TIMED_ROWS)
        spent = {name: shortest(lambda: method(*timed)) for name, method in plane_methods().items()}  # noqa: B023
        rows += [{"encounters": label, "method": name, "seconds_per_million": f"{seconds * MILLION / TIMED_ROWS:.3g}",
                  "times_foster": f"{seconds / spent['foster']:.2g}"} for name, seconds in spent.items()]  # fmt: skip
    return rows


def nodes() -> list[dict[str, object]]:
    """Measure the time per node of each rule against that of the elementary functions in it, which bounds it below.

    One row of known length, `NODE_ROWS` times over; its miss, ratio and radius lead the rule to a known number of
    nodes. The functions are timed in a compiled sum of as many.
    """
    one = np.ones(NODE_ROWS)
    cost = {name: per_call(function) for name, function in ELEMENTARY.items()}
    found = []
    for name, (miss, ratio, radius, count, functions) in RULES.items():
        plane = plane_of(miss * ratio * one, 0.0 * one, ratio * one, one)
        method, size = plane_methods()[name], radius * one
        spent = shortest(lambda: method(plane, size))  # noqa: B023 (called at once)
        node = 1e9 * spent / NODE_ROWS / count
        bound = sum(number * cost[function] for function, number in functions.items())
        found.append({"method": name, "nodes": count, "nanoseconds_per_node": f"{node:.3g}",
                      "elementary_functions": f"{bound:.3g}", "ratio": f"{node / bound:.2g}"})  # fmt: skip
    return found


NODE_ROWS = 2000
ELEMENTARY: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "erf": math.erf,
    "sin": math.sin,
    "expm1": math.expm1,
    "divide": lambda x: 1.0 / x,
}
# Miss in sigmas, axis ratio and radius in minor sigmas; nodes that the rule then has, and the functions in each.
RULES: dict[str, tuple[float, float, float, int, dict[str, float]]] = {
    "foster": (1.0, 1.0, 3.0, 24, {"exp": 1.0, "erf": 1.0}),
    "alfano-2005": (1.0, 1.0, 20.0, 200, {"exp": 2.0, "erf": 2.0}),
    "elrod": (1.0, 1.0, 3.0, 64, {"exp": 0.5, "erf": 2.0}),
    "patera-2005": (1.0, 1.0, 3.0, 32, {"expm1": 1.0, "divide": 1.0}),
    "laas-2015": (1.0, 1.0, 600.0, 100_000, {"divide": 2.0}),
}


def per_call(function: Callable[[float], float]) -> float:
    """Nanoseconds of a function in a compiled sum over arguments of 0.1 to 1."""
    compiled: Any = numba.njit(function) if function.__name__ == "<lambda>" else function

    def total(values: Any) -> float:
        found = 0.0
        for value in values:
            found += compiled(value)
        return found

    fast: Any = numba.njit(total)

    values = np.linspace(0.1, 1.0, 10_000)
    return 1e9 * shortest(lambda: fast(values)) / values.size


def shortest(work: Callable[[], object]) -> float:
    """Minimum seconds of processor time of several runs, after one that compiles."""
    work()
    spent = []
    for _ in range(REPEATS):
        start = time.thread_time()
        work()
        spent.append(time.thread_time() - start)
    return min(spent)


if __name__ == "__main__":
    write("times.csv", times())
    write("nodes.csv", nodes())
