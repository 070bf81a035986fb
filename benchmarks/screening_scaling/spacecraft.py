"""How much processor time does a day of one spacecraft, or of a fleet, take, and does the memory grow with the span?

    python -m benchmarks.screening_scaling.spacecraft FILE --days 30 [--fleet 100] [--threads 1]

FILE is a catalogue with SENTINEL-1A (39634), the first spacecraft; the others are sampled from objects in orbits above
450 km with an eccentricity below 0.01. Prints processor time, which other work on the machine changes less than the
clock, its part outside the windows, which threads and workers do not divide, and peak memory, within 20 km.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.common import DAY_S, say
from benchmarks.contenders import peak_mb
from debrissim.catalog import Catalog
from debrissim.conjunctions.inputs import load_inputs
from debrissim.propagation.sgp4 import Propagator
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.executors import ResultStream, Threads
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import SearchPlan

SPACECRAFT = 39634
THRESHOLD_KM = 20.0


@dataclass(frozen=True)
class Timed:
    """Threads, with the processor time of their searches in s."""

    threads: Threads
    spent_s: list[float] = field(default_factory=list)

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:
        begin = processor_s()
        yield from self.threads.search(plan, propagator, numbers)
        self.spent_s.append(processor_s() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--fleet", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    inputs = load_inputs(
        parse_scenario(
            {
                "title": "spacecraft",
                "span": {"duration_days": asked.days},
                "catalog": {"sources": [{"file": str(asked.file)}]},
                "primaries": [{"norad_id": SPACECRAFT}],
            }
        )
    )
    assert inputs.primaries is not None
    primaries = fleet(inputs.catalog, int(inputs.primaries[0]), asked.fleet)
    executor = Timed(Threads(asked.threads))

    def work(days: float) -> int:
        found = screen(
            inputs.catalog, primaries, inputs.start_jd, inputs.start_fraction, days * DAY_S,
            [ScreeningVolume.sphere(THRESHOLD_KM)], colocation=CoLocationRule(enabled=False),
            settings=ScreeningSettings(workers=asked.threads), executor=executor,
        )  # fmt: skip
        return len(found.encounters)

    work(0.1)  # compiles
    before_mb, begin, wall = peak_mb(), processor_s(), time.perf_counter()
    encounters = work(asked.days)
    spent, wall = processor_s() - begin, time.perf_counter() - wall
    searching = executor.spent_s[-1]
    say(
        f"{len(primaries)} of {len(inputs.catalog)} objects, {asked.days:g} d, {encounters} encounters: "
        f"{spent:.1f} s of processor time, {1e3 * spent / asked.days / len(primaries):.0f} ms per spacecraft and day; "
        f"{100.0 * (1.0 - searching / spent):.0f} % outside the windows; {wall:.1f} s by the clock; "
        f"peak {before_mb:.0f} MB before, {peak_mb():.0f} MB after"
    )


def fleet(catalog: Catalog, first: int, count: int) -> list[int]:
    """Rows of `count` spacecraft, `first` among them."""
    low = (catalog.perigee_altitude_km > 450.0) & (catalog.eccentricity < 0.01)
    others = np.setdiff1d(np.flatnonzero(low), [first])
    return sorted([first, *np.random.default_rng(1).choice(others, count - 1, replace=False).tolist()])


def processor_s() -> float:
    """Processor time of this process so far, s."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
