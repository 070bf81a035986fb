"""How many SGP4 states per second: python-sgp4's C++ and our kernels, on one and two threads.

    python -m benchmarks sgp4_throughput [--size small|full] [--catalog FILE]

Writes throughput.csv, conditions.csv and throughput.png. The library always computes velocities as well, our kernel
only positions. Each of two threads takes half of the objects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import DAY_S, in_turn, objects, options, say, write_conditions, write_csv
from benchmarks.picture import picture
from debrissim.core.arrays import Index
from debrissim.propagation.sgp4 import Propagator
from debrissim.report import style

HERE = Path(__file__).resolve().parent


def main() -> None:
    asked = options(__doc__, HERE)
    rounds, moments = (5, 60) if asked.small else (15, 240)
    data = objects(asked.catalog, 3000 if asked.small else None, DAY_S)
    propagator = data.propagator
    times = np.linspace(0.0, data.duration_s, moments)
    rows: list[dict[str, Any]] = []
    for regime, chosen in (
        ("near-Earth", np.flatnonzero(propagator.near_earth)),
        ("deep space", np.flatnonzero(~propagator.near_earth)),
    ):
        if chosen.size == 0:
            continue
        say(regime)
        ours, library = calls(propagator, times)
        apart = difference_km(propagator, chosen, times)
        work = {
            f"{name}, {threads}": timed(call, chosen, threads)
            for name, call in (("python-sgp4", library), ("debrissim", ours))
            for threads in (1, 2)
        }
        for measure in work.values():
            measure()  # compiles, fills the caches
        for name, spent in in_turn(work, rounds).items():
            states = chosen.size * times.size
            rows.append(
                {
                    "regime": regime,
                    "by": name.partition(",")[0],
                    "threads": name.rpartition(" ")[2],
                    "objects": chosen.size,
                    "moments": times.size,
                    "million_states_per_s": f"{states / np.median(spent) / 1e6:.3f}",
                    "minimum": f"{states / max(spent) / 1e6:.3f}",
                    "maximum": f"{states / min(spent) / 1e6:.3f}",
                    "maximum_difference_km": f"{apart:.1e}" if name.startswith("debrissim") else "0",
                }
            )
    write_csv(asked.out / "throughput.csv", rows)
    write_conditions(asked, data.label, len(data.catalog), {"rounds": rounds})
    plot(asked.out / "throughput.png", rows, f"{len(data.catalog):,} objects ({data.label})")


Call = Callable[[Index], object]


def calls(propagator: Propagator, times_s: NDArray[np.float64]) -> tuple[Call, Call]:
    """Functions that compute our positions and the library's states of some rows at all times."""
    return lambda rows: propagator.positions(rows, times_s), lambda rows: propagator.states(rows, times_s)


def timed(call: Call, rows: Index, threads: int) -> Callable[[], float]:
    """A function that does the work on a number of threads and returns its seconds."""
    parts = np.array_split(rows, threads)

    def measure() -> float:
        with ThreadPoolExecutor(threads) as pool:
            begin = time.perf_counter()
            list(pool.map(call, parts))
            return time.perf_counter() - begin

    return measure


def difference_km(propagator: Propagator, rows: Index, times_s: NDArray[np.float64]) -> float:
    """Maximum distance between our positions and the library's, where both are valid."""
    codes, ours = propagator.positions(rows, times_s)
    library_codes, library, _ = propagator.states(rows, times_s)
    good = (codes == 0) & (library_codes == 0).all(axis=1)
    return float(np.abs(ours.transpose(2, 0, 1) - library)[good].max())


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot bars of states per second."""
    regimes = list(dict.fromkeys(row["regime"] for row in rows))
    with picture(path, f"SGP4 states per second, {label}", len(regimes), (9.0, 2.8)) as (_, panels):
        for ax, regime in zip(panels, regimes, strict=True):
            mine = [row for row in rows if row["regime"] == regime]
            values = [float(row["million_states_per_s"]) for row in mine]
            colors = [style.BLUE if row["by"] == "debrissim" else style.SKY for row in mine]
            ax.barh(range(len(mine)), values, color=colors, height=0.62)
            for place, value in enumerate(values):
                ax.text(value + 0.02 * max(values), place, f"{value:.3g}", va="center")
            names = [f"{r['by']}, {r['threads']} thread{'s' if r['threads'] != '1' else ''}" for r in mine]
            ax.set_yticks(range(len(mine)), names)
            ax.invert_yaxis()
            ax.set_xlim(0.0, 1.18 * max(values))
            ax.grid(visible=False, axis="y")
            ax.set_xlabel("million states per second, median")
            ax.set_title(regime, loc="left")


if __name__ == "__main__":
    main()
