"""A run of many short windows, for tests of executors, clusters and resumed runs, and its results as bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

# 48 windows of some hundredths of a second each, thanks to the short step: long enough to be interrupted.
MANY_WINDOWS_TOML = """\
title = "A thousand objects against each other"

[span]
duration_days = 1.0

[[catalog.sources]]
population = "bundled"
count = 1000

[screening]
mode = "all-vs-all"
volumes = ["socrates-5km"]
window_hours = 0.5
step_s = 2.0

[output]
plots = false
"""

WINDOW_COUNT = 48


def started(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start `debrissim run` with these arguments in a folder, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "debrissim", "run", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code of a run and its messages on stderr, without the lines of its progress."""
    try:
        _, messages = process.communicate(timeout=120)
    finally:
        process.kill()
    lines = [line for line in messages.splitlines() if not line.endswith(" ...")]
    # A slow machine reports the windows done so far.
    lines = [line for line in lines if not line.startswith("screening: ")]
    return process.returncode, "\n".join(lines)


def content(results: Path) -> dict[str, bytes]:
    """All files of a results folder except run.json, which holds times."""
    files = (path for path in sorted(results.rglob("*")) if path.is_file() and path.name != "run.json")
    return {path.relative_to(results).as_posix(): path.read_bytes() for path in files}


def kept_windows(work: Path) -> int:
    """Number of finished windows in a work folder."""
    return len(list(work.glob("[0-9]*.window")))


def wait_for_windows(work: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Return when this number of windows is stored, or the run has ended."""
    while process.poll() is None and kept_windows(work) < count:
        time.sleep(0.002)
