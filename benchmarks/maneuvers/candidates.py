"""What does it cost to screen hundreds of trajectories after burns again?

    python -m benchmarks.maneuvers.candidates [--size small|full] [--catalog FILE]

Writes candidates.csv: of the ISS, random burns along the three axes within a day, screened together against all
objects for three days after the first of them; the time of the whole (trajectories, search, probabilities with
execution errors, comparison with the passages without a burn), that of the search alone, and the memory. Each row
runs in a process of its own that has compiled and searched before. By default objects of the bundled population,
SYNTHETIC; --catalog takes real ones.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import DAY_S, ISS, Objects, machine, objects, options, say, write_csv
from debrissim.catalog import with_default_sizes
from debrissim.catalog.read import read_catalog
from debrissim.core.arrays import Array, Index
from debrissim.maneuvers import (
    Burns,
    ElementSetMotion,
    ExecutionError,
    ModelledErrors,
    ScreenedAgain,
    Surroundings,
    TransitionTable,
    Verdict,
    execution_covariance,
    flying_with,
    screen_again,
)
from debrissim.maneuvers.alternatives import screen_alternatives
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, get_covariance_model

HERE = Path(__file__).resolve().parent
SPAN_DAYS = 3.0
BURNS_WITHIN_S = DAY_S
VOLUMES = ("iss-2x25x25", "sphere 25 km")
CANDIDATES = {"small": (1, 20), "full": (1, 100, 300)}


def main() -> None:
    asked = options(__doc__, HERE)
    write_csv(asked.out / "candidates.csv", rows_of(asked.small, asked.catalog))


def rows_of(small: bool, catalog: Path | None) -> list[dict[str, Any]]:
    """The table; catalog: a file, None for the bundled population."""
    rows = []
    context = multiprocessing.get_context("spawn")
    for volume in VOLUMES[:1] if small else VOLUMES:
        for count in CANDIDATES["small" if small else "full"]:
            say(f"{volume}: {count} candidates")
            with context.Pool(1) as pool:
                rows.append(pool.apply(measured, (small, catalog, count, volume)))
    return rows


def measured(small: bool, catalog: Path | None, count: int, volume: str) -> dict[str, Any]:
    """One row of the table."""
    data = objects(None, 3000 if small else None, SPAN_DAYS * DAY_S) if catalog is None else listed(catalog)
    case = _Case(
        data, ScreeningVolume.of(volume) if volume.startswith("iss") else ScreeningVolume.sphere(25.0)
    )
    case.again(case.burns(2), 0.1 * DAY_S)  # compiles
    burns = case.burns(count)
    begin, busy = time.perf_counter(), time.process_time()
    result = case.again(burns, SPAN_DAYS * DAY_S)
    whole, busy = time.perf_counter() - begin, time.process_time() - busy
    begin = time.perf_counter()
    case.search(burns, SPAN_DAYS * DAY_S)
    search = time.perf_counter() - begin
    return {
        "volume": volume,
        "candidates": count,
        "objects": len(data.catalog),
        "origin": data.label,
        "span_days": SPAN_DAYS,
        "encounters": int((result.encounters.burn > 0).sum()),
        "green": int((result.verdict == Verdict.GREEN).sum()),
        "worse": int((result.verdict == Verdict.WORSE).sum()),
        "seconds": round(whole, 2),
        "search_seconds": round(search, 2),
        "processor_seconds": round(busy, 2),
        "seconds_per_candidate": round(whole / count, 4),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0),
        "machine": machine(),
    }


def listed(path: Path) -> Objects:
    """All objects of a file, the ISS with its own element set in row 0, from noon of the day of its epoch on."""
    read = with_default_sizes(read_catalog(path).catalog)
    station = int(np.flatnonzero(read.norad_id == ISS["norad_id"])[0])
    order = np.concatenate([[station], np.delete(np.arange(len(read)), station)])
    day = float(np.floor(read.epoch_jd[station] + read.epoch_fraction[station] - 0.5) + 0.5)
    return Objects(read[order], day, 0.5, SPAN_DAYS * DAY_S, path.name)


class _Case:
    """The ISS among the objects."""

    def __init__(self, data: Objects, volume: ScreeningVolume) -> None:
        self.start = data.start_jd, data.start_fraction
        together = flying_with(data.catalog, 0, self.start, data.duration_s)
        self.around = Surroundings(data.catalog, self.start, data.catalog[[0]], together, [volume])
        self.motion = ElementSetMotion(data.catalog[[0]], self.start)

    def burns(self, count: int) -> Burns:
        """Of 1 cm/s to 1 m/s at twenty times; the first at the start of the span."""
        rng = np.random.default_rng(1)
        sizes = rng.choice([-1.0, 1.0], count) * 10.0 ** rng.uniform(-2.0, 0.0, count)
        axis = rng.choice(3, count, p=[0.2, 0.7, 0.1]).astype(np.int8)
        moments = np.linspace(0.0, BURNS_WITHIN_S, 20)
        return Burns(
            time_s=np.append(0.0, rng.choice(moments, count - 1)),
            duration_s=np.zeros(count),
            delta_v_rtn_m_s=sizes[:, None] * np.eye(3)[axis],
            direction=np.array([1, 0, 2], dtype=np.int8)[axis],
        )

    def again(self, burns: Burns, span_s: float) -> ScreenedAgain:
        end_s = max(span_s, float(burns.end_s.max()) + 600.0)
        table, error = TransitionTable(self.motion, 0.0, end_s), ExecutionError()

        def added(rows: Index, times_s: Array) -> Array:
            return execution_covariance(table, burns[rows], error, times_s)

        errors = ModelledErrors(get_covariance_model(DEFAULT_MODEL))
        return screen_again(self.motion, burns, self.around, end_s, errors, execution_errors=added)

    def search(self, burns: Burns, span_s: float) -> None:
        moved = self.motion.after(burns)
        screen_alternatives(self.around, moved.flights(np.arange(len(burns)), span_s), 0.0, span_s)


if __name__ == "__main__":
    main()
