"""One of two writers of a store; a program: python -m support.second_writer STORE RUNS.

Adds runs 0, 1, ... and prints the list of those that it recorded first, as JSON; with RUNS 0 it reads, and prints the
number of events. --limit: bytes to which the files of this process may grow; --user: the user as whom it writes.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from support.watch import approach, run_record

from debrissim.core.errors import DebrissimError
from debrissim.watch.event import Batch
from debrissim.watch.store import Store


def run_of(number: int) -> Batch:
    made = number * 0.01
    updates = tuple(
        approach(f"run{number}:{k}", secondary=str(40_000 + k), days=9.0 + k * 0.05, reported_days=made)
        for k in range(30)
    )
    return Batch(updates, run_record(f"run{number}", made_days=made))


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond a size: writing more fails as on a full disk."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def main(path: Path, runs: int) -> int:
    if runs == 0:
        with Store.open(path, write=False) as store:
            sys.stdout.write(f"{len(store.events())} events\n")
        return 0
    recorded: list[int] = []
    try:
        with Store.open(path) as store:
            recorded += (number for number in range(runs) if store.add(run_of(number)).recorded)
    finally:
        sys.stdout.write(json.dumps(recorded))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("runs", type=int)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--user", type=int)
    given = parser.parse_args()
    if given.limit is not None:
        limit_files(given.limit)
    if given.user is not None:
        os.setuid(given.user)
    try:
        sys.exit(main(given.path, given.runs))
    except DebrissimError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
