"""Kill a writer of a store at random moments; a program: python -m support.killed_writer FOLDER ROUNDS SEED.

Each round forks a writer that adds runs to the store, and kills it (SIGKILL) after up to 0.15 s. Every fourth round
begins with a new file, so that opening and the first tables are hit, too. After each the file must be intact, each run
must have all of its updates or not exist, and what the writer reported as added must be there. The last line printed
holds the counts as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from support.watch import approach, run_record

from debrissim.watch.event import Batch
from debrissim.watch.store import Store

UPDATES = 200


def batch(number: int) -> Batch:
    """A run of some updates, of the same pairs as every other run."""
    made = number * 0.01
    updates = tuple(
        approach(f"run{number}:{k}", secondary=str(40_000 + k), days=30.0 + k * 0.05, reported_days=made)
        for k in range(UPDATES)
    )
    return Batch(updates, run_record(f"run{number}", made_days=made))


def write(path: Path, first: int, reports: int) -> None:
    """Add runs for ever, and write the number of each to the pipe `reports` before it is added, and once it is."""
    with Store.open(path) as store:
        number = first
        while True:
            prepared = batch(number)
            os.write(reports, b"begin %d\n" % number)
            store.add(prepared)
            os.write(reports, b"added %d\n" % number)
            number += 1


def check(path: Path, reported: list[int]) -> int:
    """The number of runs in the store, after a look at everything that must hold."""
    if not path.exists():
        assert not reported
        return 0
    with Store.open(path) as store:
        runs = {run.key for run in store.runs()}
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        counts = dict(
            database.execute(
                "SELECT runs.key, count(*) FROM runs JOIN updates ON updates.batch = runs.batch GROUP BY runs.key"
            )
        )
        (orphans,) = database.execute(
            "SELECT count(*) FROM updates WHERE batch NOT IN (SELECT batch FROM runs)"
        ).fetchone()
        (empty,) = database.execute(
            "SELECT count(*) FROM events WHERE id NOT IN (SELECT event FROM updates)"
        ).fetchone()
    finally:
        database.close()
    assert counts == dict.fromkeys(runs, UPDATES)
    assert (orphans, empty) == (0, 0)
    assert {f"run{number}" for number in reported} <= runs
    return len(runs)


def main(folder: Path, rounds: int, seed: int) -> dict[str, int]:
    rng = random.Random(seed)
    counts = {"kills": 0, "runs": 0, "while_adding": 0, "before_the_first_run": 0}
    reported: list[int] = []
    next_run = 0
    path = folder / "none"
    for number in range(rounds):
        if number % 4 == 0:
            path, reported, next_run = folder / f"events{number}.sqlite", [], 0
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            write(path, next_run, writing)
        os.close(writing)
        time.sleep(rng.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as pipe:
            lines = [line.split() for line in pipe.read().splitlines()]
        reported += [int(run) for word, run in lines if word == "added"]
        counts["while_adding"] += bool(lines) and lines[-1][0] == "begin"
        runs = check(path, reported)
        # At most the run under way may have been recorded without having been reported.
        assert len(set(reported)) <= runs <= len(set(reported)) + 1
        counts["kills"] += 1
        counts["runs"] += runs if number % 4 == 3 else 0
        counts["before_the_first_run"] += runs == 0
        # The run under way is added again by the next writer, as after a restart.
        next_run = max([-1, *reported]) + 1
    return counts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))) + "\n")
