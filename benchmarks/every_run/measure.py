"""Where do the seconds of a run go whose kernels are compiled, and how long does a mistake in the input take?

    python -m benchmarks every_run [--size small|full] [--catalog FILE]
    python -m benchmarks.every_run.measure --size full --catalog FILE --earlier FOLDER

Runs the program as a user would, on scenarios/iss_week.toml, and asks the operating system for its processor time: of
the main thread, of all threads, and of the process that plots. With --earlier, another checkout takes turns with this
one. Writes seconds.csv, conditions.csv and seconds.png.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import options, say, write_conditions, write_csv
from benchmarks.picture import picture
from debrissim.report import style

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PHASES = ("start", "catalogue", "screening", "assessment", "writing")
# The phases are those that the program itself announces. The last line of standard error is ours.
PROGRAM = """
import atexit, json, resource, sys, time
marks = [("start", 0.0, 0.0)]
def used(who):
    spent = resource.getrusage(who)
    return spent.ru_utime + spent.ru_stime
def report():
    marks.append(("end", time.thread_time(), used(resource.RUSAGE_SELF)))
    phases = {a[0]: [b[1] - a[1], b[2] - a[2]] for a, b in zip(marks, marks[1:])}
    found = {"phases": phases, "plotting": used(resource.RUSAGE_CHILDREN), "modules": len(sys.modules)}
    print("\\n" + json.dumps(found), file=sys.__stderr__)
atexit.register(report)
from debrissim.cli import progress
announce = progress.ProgressDisplay.__call__
def announced(self, phase, fraction):
    if phase != marks[-1][0] and phase != "done":
        marks.append((phase, time.thread_time(), used(resource.RUSAGE_SELF)))
    announce(self, phase, fraction)
progress.ProgressDisplay.__call__ = announced
from debrissim.cli.main import entry
entry()
"""


def main() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--earlier", type=Path)
    own, rest = parser.parse_known_args()
    asked = options(__doc__, HERE, rest)
    rounds = 1 if asked.small else 5
    catalog = [] if asked.catalog is None else ["--catalog", str(asked.catalog.resolve())]
    week = ["run", str(ROOT / "scenarios" / "iss_week.toml"), *catalog, "--quiet", "--force"]
    jobs = {
        "the ISS for a week": week,
        "no such scenario": ["run", "none.toml"],
        "no such catalogue": ["run", week[1], "--catalog", "none.csv"],
        "an unknown key": ["run", "key.toml"],
        "--help": ["--help"],
    }
    versions = {"this": ROOT} | ({} if own.earlier is None else {"earlier": own.earlier.resolve()})
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "key.toml").write_text('titel = "x"\n', encoding="utf-8")
        for job, arguments in jobs.items():
            spent: dict[str, list[dict[str, Any]]] = {name: [] for name in versions}
            for number in range(rounds + 1):
                for name, package in versions.items():
                    say(f"{job}, {name}, {number} of {rounds}")
                    found = measured(arguments, package, Path(work))
                    if number > 0:  # the first compiles and fills the caches
                        spent[name].append(found)
            for name, runs in spent.items():
                rows += table(job, name, runs)
        summary = json.loads(
            (Path(work) / "results" / "iss_week" / "summary.json").read_text(encoding="utf-8")
        )
    write_csv(asked.out / "seconds.csv", rows)
    label = "bundled population, SYNTHETIC" if asked.catalog is None else asked.catalog.name
    objects = int(summary["provenance"]["catalogue"]["objects"])
    write_conditions(asked, label, objects, {"rounds": rounds})
    plot(asked.out / "seconds.png", rows, label)


def measured(arguments: list[str], package: Path, work: Path) -> dict[str, Any]:
    """The processor time of one run of the program of a checkout, s."""
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-P", "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return found


def table(job: str, version: str, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a job: each phase, the plotting process and all of it, medians over the runs, s."""

    def row(phase: str, main_thread: list[float], all_threads: list[float]) -> dict[str, Any]:
        return {
            "job": job,
            "version": version,
            "phase": phase,
            "main_thread_s": f"{np.median(main_thread):.2f}",
            "processor_s": f"{np.median(all_threads):.2f}",
            "lowest_s": f"{min(all_threads):.2f}",
            "highest_s": f"{max(all_threads):.2f}",
            "modules": runs[0]["modules"],
        }

    phases = [phase for phase in PHASES if phase in runs[0]["phases"]]
    rows = [
        row(phase, *([run["phases"][phase][k] for run in runs] for k in (0, 1)))
        for phase in (phases if len(phases) > 1 else [])
    ]
    own = [[sum(own[k] for own in run["phases"].values()) for run in runs] for k in (0, 1)]
    plotting = [run["plotting"] for run in runs]
    if len(phases) > 1:
        rows.append(row("plotting process", [0.0 for _ in runs], plotting))
    return [*rows, row("all", own[0], [a + b for a, b in zip(own[1], plotting, strict=True)])]


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot the seconds of each phase of the week, stacked by version."""
    week = [row for row in rows if row["job"] == rows[0]["job"] and row["phase"] != "all"]
    versions = list(dict.fromkeys(row["version"] for row in week))
    colors = (style.FAINT, style.SKY, style.BLUE, style.GREEN, style.PURPLE, style.YELLOW_ALERT)
    with picture(path, f"Processor time of the ISS week, {label}", 1, (9.0, 2.8)) as (_, panels):
        (ax,) = panels
        left = np.zeros(len(versions))
        for phase, color in zip(dict.fromkeys(row["phase"] for row in week), colors, strict=False):
            seconds = np.array([float(row["processor_s"]) for row in week if row["phase"] == phase])
            ax.barh(range(len(versions)), seconds, left=left, color=color, height=0.62, label=phase)
            left += seconds
        ax.set_yticks(range(len(versions)), versions)
        ax.invert_yaxis()
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("processor time, all threads (s)")
        ax.legend(ncols=len(colors), loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=7.0)


if __name__ == "__main__":
    main()
