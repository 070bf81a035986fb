"""Screen a folder of ephemerides of primaries against a catalogue for a day: time of each phase, and memory.

The files are those of `benchmarks.ephemerides.starlink`, whose days begin at noon before the span.
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from pathlib import Path
from typing import Any

from benchmarks.common import say
from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import parse_scenario


def scenario_of(catalog: Path, files: list[Path], workers: int, days: float) -> dict[str, Any]:
    """The content of a scenario with a primary for each file."""
    numbers = [int(re.match(r"MEME_([0-9]+)_", file.name)[1]) for file in files]  # type: ignore[index]
    return {
        "title": "Ephemerides of a fleet",
        "span": {"start": "2024-11-02T00:00:00Z", "duration_days": days},
        "catalog": {"sources": [{"file": str(catalog)}]},
        "screening": {"volumes": ["socrates-5km"], "workers": workers},
        "primaries": [
            {"norad_id": number, "ephemeris": str(file)} for number, file in zip(numbers, files, strict=True)
        ],
    }


def main() -> None:
    """Run once and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True)
    parser.add_argument("--files", type=Path, required=True, help="folder of the ephemerides")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--days", type=float, default=1.0)
    given = parser.parse_args()
    files = sorted(given.files.glob("MEME_*.txt"))[: given.count]
    scenario = parse_scenario(scenario_of(given.catalog.absolute(), files, given.workers, given.days))
    begin, busy = time.perf_counter(), time.process_time()
    result = run(scenario)
    phases = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result.seconds.items())
    say(
        f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e9:.2f} GB, {given.workers} workers"
    )
    say(f"{len(result.encounters)} events; {phases}; together {time.perf_counter() - begin:.1f} s")
    say(f"processor {time.process_time() - busy:.1f} s")
    say(f"maximum memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
