"""Run benchmarks in turn: `python -m benchmarks NAME|all [--size small|full] [--catalog FILE] [--record]`."""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import QUESTIONS, Question
from debrissim.cli.layout import Column, FittedTable
from debrissim.cli.terminal import console

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results" / "benchmarks"
ROWS_SHOWN = 30


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks; exit code 0 if all succeed, 1 if one fails, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "name", nargs="?", choices=[*(q.name for q in QUESTIONS), "all"], help="omit it for the list"
    )
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--catalog", type=Path, help="a real catalogue instead of the bundled population")
    parser.add_argument(
        "--record", action="store_true", help="replace the tables and figures that the repository has"
    )
    options = parser.parse_args(arguments)
    errors = Console(stderr=True)
    if options.name is None:
        errors.print(listing())
        return 0
    if options.catalog is not None and not options.catalog.is_file():
        parser.error(f"--catalog: no such file: {options.catalog}")
    chosen = [question for question in QUESTIONS if options.name in (question.name, "all")]
    codes = []
    for question in chosen:
        if options.size not in question.sizes:
            errors.print(f"{question.name}: has no {options.size} size, skipped")
            continue
        folder = ROOT / "benchmarks" / question.name if options.record else RESULTS / question.name
        begin = time.time()
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=errors
        ) as progress:
            codes.append(run(question, options.size, options.catalog, progress, record=options.record))
        show(folder / "small" if options.size == "small" else folder, begin)
    return 1 if any(codes) else 0


def show(folder: Path, since: float) -> None:
    """Print the tables that a benchmark has written since a time, and name its other files."""
    written = sorted(
        path for path in folder.glob("*") if path.is_file() and path.stat().st_mtime >= since - 1.0
    )
    output = console()
    for path in written:
        name = os.path.relpath(path)
        if path.suffix != ".csv":
            output.print(name, soft_wrap=True)
            continue
        with path.open(encoding="utf-8") as stream:
            heading, *rows = csv.reader(stream)
        rest = f", the first {ROWS_SHOWN} of {len(rows):,} rows" if len(rows) > ROWS_SHOWN else ""
        output.print(f"{name}{rest}:", soft_wrap=True)
        columns = [Column(name, rank=k, names=12) for k, name in enumerate(heading)]
        output.print(FittedTable(columns, rows[:ROWS_SHOWN]))


def listing() -> Table:
    table = Table("name", "question", "sizes", box=None)
    for question in QUESTIONS:
        table.add_row(question.name, question.text, ", ".join(question.sizes))
    return table


def run(
    question: Question, size: str, catalog: Path | None, progress: Progress, *, record: bool = False
) -> int:
    """Run one question in its own process and show its progress; returns the exit code."""
    command = [sys.executable, "-m", f"benchmarks.{question.name}.measure", *(["--record"] if record else [])]
    if "small" in question.sizes:
        command += ["--size", size]
        command += [] if catalog is None else ["--catalog", str(catalog.resolve())]
    task = progress.add_task(question.name, total=None)
    last: deque[str] = deque(maxlen=30)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            last.append(line.rstrip())
            progress.update(task, description=f"{question.name}: {last[-1][:70]}")
    progress.update(task, total=1, completed=1, description=f"{question.name}: done")
    if process.returncode:
        progress.update(task, description=f"{question.name}: FAILED")
        progress.console.print("\n".join(last), markup=False)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
