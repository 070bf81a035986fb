"""How long does the first run on a machine take, and which compiled functions cost that time?

    python -m benchmarks first_run

Writes runs.csv (the ISS for a week, with an empty cache on one and on two processors, then with a full one, in turn),
kernels.csv (each function of that run compiled alone, in the order of its calls; inner functions count where they are
first needed), conditions.csv and kernels.png.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import options, say, write_conditions, write_csv
from benchmarks.picture import picture
from debrissim.report import style

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCENARIO = ROOT / "scenarios" / "iss_week.toml"
ROUNDS = 3
COMMAND = """
import atexit, sys, time
atexit.register(lambda: print(time.process_time(), file=sys.stderr))
from debrissim.cli.main import entry
entry()
"""
COMPILE = """
import json, sys, time
from numba.core import event
from debrissim.core.compile_ahead import declared_types
from debrissim.studies.protocol import kernels_of, load_scenario

class Count(event.Listener):
    count = 0
    def on_start(self, _):
        Count.count += 1
    def on_end(self, _):
        pass

event.register("numba:compile", Count())
rows = []
for kernel in kernels_of(load_scenario(sys.argv[1])):
    begin, before = time.process_time(), Count.count
    kernel.compile(declared_types(kernel))
    rows.append({"kernel": kernel.__name__, "functions": Count.count - before,
                 "processor_s": f"{time.process_time() - begin:.2f}"})
print(json.dumps(rows))
"""


def main() -> None:
    asked = options(__doc__, HERE)
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            for processors in (1, 2):
                cache = Path(folder) / f"{turn}-{processors}"
                for label in ("empty", "full"):
                    say(f"round {turn + 1}: {label} cache, {processors} processors")
                    runs.append(
                        {"cache": label, "processors": processors} | timed(Path(folder), cache, processors)
                    )
        say("each kernel alone")
        kernels = json.loads(started([COMPILE, str(SCENARIO)], Path(folder) / "kernels").stdout)
    write_csv(asked.out / "runs.csv", runs)
    write_csv(asked.out / "kernels.csv", kernels)
    write_conditions(asked, "bundled population, SYNTHETIC", 26_787, {"span": "7 days"})
    plot(asked.out / "kernels.png", kernels)


def timed(folder: Path, cache: Path, processors: int) -> dict[str, Any]:
    """Seconds of one run by the clock, of all its processes, of its own, and the load of the machine before it."""
    load, before, begin = os.getloadavg()[0], _spent_s(), time.perf_counter()
    done = started(
        [COMMAND, "run", str(SCENARIO), "--quiet", "--force", "-o", str(folder / "results")],
        cache,
        lambda: os.sched_setaffinity(0, range(processors)),
    )
    clock_s = time.perf_counter() - begin
    spent = {
        "clock_s": clock_s,
        "processor_s": _spent_s() - before,
        "own_s": float(done.stderr.split()[-1]),
        "load": load,
    }
    return {key: f"{value:.1f}" for key, value in spent.items()}


def started(
    arguments: list[str], cache: Path, first: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with a cache of compiled functions of its own."""
    cache.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-c", *arguments],
        cwd=ROOT,
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
        preexec_fn=first,
        check=True,
        capture_output=True,
        text=True,
    )


def _spent_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def plot(path: Path, kernels: list[dict[str, Any]]) -> None:
    """Plot the seconds of each kernel."""
    names = [row["kernel"] for row in kernels]
    seconds = [float(row["processor_s"]) for row in kernels]
    heading = (
        f"Compiling the {len(names)} kernels of a week of the ISS: {np.sum(seconds):.0f} s of processor time"
    )
    with picture(path, heading, 1, (7.5, 3.6)) as (_, (ax,)):
        ax.barh(names, seconds, color=style.BLUE)
        ax.invert_yaxis()
        ax.set_xlabel("processor time (s)")


if __name__ == "__main__":
    main()
