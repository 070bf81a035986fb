"""Measure the gain of two threads, processes or cluster workers over one.

    python -m benchmarks executors [--size small|full] [--catalog FILE]

Writes executors.csv, conditions.csv and executors.png. The cluster is a Dask scheduler and workers of one thread each
on this machine, started before the timing (extra `cluster`; skipped with a message if it is not installed).
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import DAY_S, Objects, in_turn, objects, options, say, write_conditions, write_csv
from benchmarks.picture import picture
from debrissim.report import style
from debrissim.screening.cluster import Cluster, connected
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.executors import Executor, Processes, Threads
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume

HERE = Path(__file__).resolve().parent
THRESHOLD_KM = 5.0
# Primaries, None for all, and days at the small and at the full size.
WORK: dict[str, tuple[list[int] | None, float, float]] = {
    "all against all": (None, 0.25, 1.0),
    "the ISS against all": ([0], 2.0, 14.0),
}


def main() -> None:
    asked = options(__doc__, HERE)
    rounds = 2 if asked.small else 3
    longest = max(small if asked.small else full for _, small, full in WORK.values())
    data = objects(asked.catalog, 3000 if asked.small else None, longest * DAY_S)
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        executors = local_executors() | cluster_executors(stack)
        for name, (primaries, small, full) in WORK.items():
            days = small if asked.small else full
            work = {
                kind: timed(data, primaries, days * DAY_S, executor) for kind, executor in executors.items()
            }
            for kind, measure in work.items():
                say(f"{name}: {kind}")
                measure()  # compiles, starts persistent workers
            spent = in_turn(work, rounds)
            for (kind, workers), seconds in spent.items():
                rows.append(
                    {
                        "work": name,
                        "days": days,
                        "executor": kind,
                        "workers": workers,
                        "screen_s": f"{np.median(seconds):.3f}",
                        "minimum_s": f"{min(seconds):.3f}",
                        "maximum_s": f"{max(seconds):.3f}",
                        "of_one": f"{ratio(seconds, spent[kind, 1]):.3f}",
                    }
                )
    write_csv(asked.out / "executors.csv", rows)
    write_conditions(
        asked, data.label, len(data.catalog), {"rounds": rounds, "threshold": f"{THRESHOLD_KM:g} km"}
    )
    plot(asked.out / "executors.png", rows, f"{len(data.catalog):,} objects ({data.label})")


Kind = tuple[str, int]
"""Kind of executor and number of workers."""


def local_executors() -> dict[Kind, Executor]:
    return {("threads", n): Threads(n) for n in (1, 2)} | {("processes", n): Processes(n) for n in (1, 2)}


def cluster_executors(stack: ExitStack) -> dict[Kind, Executor]:
    """Clusters of one and of two workers, running until the stack is closed."""
    if importlib.util.find_spec("distributed") is None:
        say("dask's distributed (the extra `cluster`) is not installed: skipped")
        return {}
    return {("cluster", n): stack.enter_context(cluster(n)) for n in (1, 2)}


@contextmanager
def cluster(workers: int) -> Iterator[Cluster]:
    """A scheduler and a number of worker processes of one thread on this machine, started as a user would."""
    from distributed import Client

    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    listen = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())

        def start(*arguments: str) -> None:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, *listen],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)

        start("scheduler", "--port", address.rpartition(":")[2])
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
        with Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield stack.enter_context(connected(address))


def timed(
    data: Objects, primaries: list[int] | None, duration_s: float, executor: Executor
) -> Callable[[], float]:
    """A function that screens with an executor, including the SGP4 records, and returns the seconds."""

    def measure() -> float:
        begin = time.perf_counter()
        screen(
            data.catalog, primaries, data.start_jd, data.start_fraction, duration_s,
            [ScreeningVolume.sphere(THRESHOLD_KM)],
            colocation=CoLocationRule(enabled=False), settings=ScreeningSettings(), executor=executor,
        )  # fmt: skip
        return time.perf_counter() - begin

    return measure


def ratio(seconds: list[float], of_one: list[float]) -> float:
    """Median of the ratios round by round, so that drifts of the machine affect both."""
    return float(np.median(np.divide(seconds, of_one)))


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot bars of seconds, one panel per task."""
    with picture(path, f"Executors of the window search, {label}", len(WORK), (9.0, 3.2)) as (_, panels):
        for ax, name in zip(panels, WORK, strict=True):
            mine = [row for row in rows if row["work"] == name]
            values = np.array([float(row["screen_s"]) for row in mine])
            ends = np.array([[float(row[key]) for row in mine] for key in ("minimum_s", "maximum_s")])
            ax.barh(
                range(len(mine)),
                values,
                height=0.62,
                color=[style.BLUE if row["workers"] == 2 else style.SKY for row in mine],
                xerr=np.abs(ends - values),
            )
            for place in range(len(mine)):
                ax.text(1.03 * ends[1, place], place, f"{values[place]:.3g}", va="center")
            ax.set_yticks(range(len(mine)), [f"{row['executor']}, {row['workers']}" for row in mine])
            ax.invert_yaxis()
            ax.set_xlim(0.0, 1.2 * ends.max())
            ax.grid(visible=False, axis="y")
            ax.set_xlabel("screening, median and range (s)")
            ax.set_title(f"{name}, {mine[0]['days']:g} d", loc="left")


if __name__ == "__main__":
    main()
