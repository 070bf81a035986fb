"""What does it cost to read ephemerides instead of element sets? The question in a size that takes seconds.

    python -m benchmarks.ephemerides.measure [--catalog FILE] [--out DIR]

Writes ten files of Modified ITC, seven days of a state a minute, with covariances and without, reads each with one and
two threads by turns and writes the times per file into reading.csv. By default the objects are those of the bundled
population, SYNTHETIC. The runs behind the README take files that are given: `iss_week`, `reading` and `fleet`.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import objects, options, say, write_csv
from benchmarks.ephemerides import reading, starlink
from debrissim.core.constants import SECONDS_PER_DAY

HERE = Path(__file__).resolve().parent
FILES, ROUNDS = 10, 3


def main() -> None:
    asked = options(__doc__, HERE)
    data = objects(asked.catalog, None if asked.catalog is not None else 200, SECONDS_PER_DAY)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for covariances in (False, True):
            folder = Path(scratch) / str(covariances)
            folder.mkdir()
            say(f"writing {FILES} files, covariances: {covariances}")
            files = starlink.write(
                data.catalog, np.arange(len(data.catalog)), FILES, folder, covariances=covariances
            )
            reading.read(files[:2], 1)
            for threads in (1, 2):
                times = [reading.read(files, threads) for _ in range(ROUNDS)]
                rows.append(
                    {
                        "covariances": covariances,
                        "threads": threads,
                        "files": len(files),
                        "megabytes_per_file": round(files[0].stat().st_size / 1e6, 1),
                        "wall_ms_per_file": round(statistics.median(wall for wall, _, _ in times), 1),
                        "processor_ms_per_file": round(statistics.median(busy for _, busy, _ in times), 1),
                        "origin": data.label,
                    }
                )
    write_csv(asked.out / "reading.csv", rows)


if __name__ == "__main__":
    main()
