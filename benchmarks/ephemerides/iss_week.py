"""A week of the ISS by its operator's trajectory and by its element set, against one catalogue: the ratio of times.

The two are run by turns in one process after a first run of each, which compiles and reads caches.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.common import say
from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import Scenario, parse_scenario


def scenario_of(catalog: Path, ephemeris: Path | None) -> Scenario:
    """A week from 22 January 2022 in the default volumes."""
    primary: dict[str, Any] = {"norad_id": 25544, "hard_body_radius_m": 50.0, "mass_kg": 420000.0}
    if ephemeris is not None:
        primary["ephemeris"] = str(ephemeris)
    return parse_scenario(
        {
            "title": "A week of the ISS",
            "span": {"start": "2022-01-22T00:00:00Z", "duration_days": 7.0},
            "catalog": {"sources": [{"file": str(catalog)}]},
            "primaries": [primary],
        }
    )


def main() -> None:
    """Run by turns and say the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True, help="the catalogue of 2022-01-22")
    parser.add_argument("--ephemeris", type=Path, required=True, help="the ISS's trajectory of 2022-01-17")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    kinds = {"element set": None, "trajectory": given.ephemeris.absolute()}
    seconds: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in kinds}
    for number in range(given.rounds + 1):
        for name, ephemeris in kinds.items():
            begin, busy = time.perf_counter(), time.process_time()
            result = run(scenario_of(given.catalog.absolute(), ephemeris))
            wall, processor = time.perf_counter() - begin, time.process_time() - busy
            if number:
                seconds[name].append(
                    (result.seconds["catalogue"], result.seconds["screening"], wall, processor)
                )
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in seconds.items()
    }
    for name, row in medians.items():
        say(
            f"{name}: catalogue {row[0]:.2f} s, screening {row[1]:.2f} s, together {row[2]:.2f} s, "
            f"processor {row[3]:.2f} s"
        )
    ratio = [b / a for a, b in zip(*medians.values(), strict=True)]
    say(f"ratio: screening {ratio[1]:.2f}, together {ratio[2]:.2f}, processor {ratio[3]:.2f}")


if __name__ == "__main__":
    main()
