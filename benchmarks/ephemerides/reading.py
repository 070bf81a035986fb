"""Time to read files of ephemerides as a run does: wall and processor time per file, with one and two threads by turns.

The files are those of `benchmarks.ephemerides.starlink`.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from pathlib import Path

from benchmarks.common import say
from debrissim.conjunctions.trajectories import read_trajectories
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.scenario.conjunctions import parse_scenario

START = (2460616.5, 0.0)


def read(files: list[Path], workers: int) -> tuple[float, float, str]:
    """Wall and processor time per file in ms, and a digest of what was read."""
    scenario = parse_scenario(
        {
            "title": "reading",
            "screening": {"mode": "all-vs-all", "workers": workers},
            "catalog": {"sources": [{"ephemerides": [str(file) for file in files]}]},
        }
    )
    wall, busy = time.perf_counter(), time.process_time()
    found, _ = read_trajectories(scenario, START, SECONDS_PER_DAY)
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    digest = hashlib.sha256()
    for trajectory in found:
        for column in (trajectory.arcs.node_s, trajectory.arcs.positions_km, trajectory.arcs.error_km):
            digest.update(column.tobytes())
        for segment in trajectory.ephemeris.segments:
            digest.update(b"" if segment.covariances is None else segment.covariances.covariance.tobytes())
    return 1e3 * wall / len(files), 1e3 * busy / len(files), digest.hexdigest()[:16]


def main() -> None:
    """Read by turns and say the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    files = sorted(given.files.glob("MEME_*.txt"))[: given.count]
    read(files[:2], 1)
    rounds = [[read(files, workers) for workers in (1, 2)] for _ in range(given.rounds)]
    for place, workers in enumerate((1, 2)):
        walls, busy, digests = zip(*(each[place] for each in rounds), strict=True)
        say(
            f"{workers} threads: {statistics.median(walls):.1f} ms ({min(walls):.1f} to {max(walls):.1f}), processor "
            f"{statistics.median(busy):.1f} ms per file; {', '.join(sorted(set(digests)))}"
        )


if __name__ == "__main__":
    main()
