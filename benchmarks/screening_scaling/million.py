"""How much memory do a million objects take, from the start to the table of an hour's encounters?

    python -m benchmarks.screening_scaling.million [--count 1000000] [--threshold 5]

Prints seconds and peak memory after each phase. The measurement of scaling tests every object first, to exclude those
that SGP4 cannot follow, which takes more than the screening; here they are sampled and screened as in a run.
"""

from __future__ import annotations

import argparse
import resource
import time

from benchmarks.common import say
from debrissim.conjunctions.inputs import load_inputs
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import screen
from debrissim.screening.volumes import ScreeningVolume


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--threshold", type=float, default=5.0, help="km")
    asked = parser.parse_args()
    count: int = asked.count
    begin = time.perf_counter()

    def report(phase: str) -> None:
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        say(f"{phase:<10} {time.perf_counter() - begin:7.1f} s, peak so far {peak_mb:6.0f} MB")

    report("imports")
    scenario = parse_scenario(
        {
            "title": "a million",
            "span": {"duration_days": 1.0 / 24.0},
            "catalog": {"sources": [{"population": "bundled", "count": count}]},
            "screening": {"mode": "all-vs-all"},
        }
    )
    inputs = load_inputs(scenario)
    report("catalogue")
    found = screen(
        inputs.catalog,
        None,
        inputs.start_jd,
        inputs.start_fraction,
        inputs.duration_s,
        [ScreeningVolume.sphere(asked.threshold)],
        colocation=CoLocationRule(enabled=False),
    )
    report("screening")
    say(f"{len(found.encounters)} encounters within {asked.threshold:g} km of {count} objects in an hour")


if __name__ == "__main__":
    main()
