"""Measure what the results of a large run cost, beside its screening: tables, figures, page, and reading them again.

    python -m benchmarks writing [--size small|full] [--catalog FILE]

Writes steps.csv, conditions.csv and steps.png. Processor time is of all threads; the peak of memory is that of each
step (Linux; empty elsewhere). The earlier writer, Python's csv module into one text, is measured on the first rows.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import in_turn, options, say, write_conditions, write_csv
from benchmarks.picture import picture
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.text import spreadsheet_cell
from debrissim.report import style
from debrissim.results.folder import write_json
from debrissim.results.own_files import SUMMARY
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table, read_table, write_table
from debrissim.scenario.conjunctions import parse_scenario

HERE = Path(__file__).resolve().parent
EARLIER_ROWS = 100_000
WRITING = ("table", "conjunctions.csv", "other files", "figures", "page")
"""The steps of writing a results folder."""


@dataclass
class Steps:
    """The steps measured so far. begin: processor time and clock at the start of the one under way."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    begin: tuple[float, float] = (0.0, 0.0)

    def start(self) -> None:
        """Begin a step; the peak of memory counts from here."""
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self.begin = time.process_time(), time.perf_counter()

    def end(self, name: str, file: Path | None = None) -> None:
        """Record the step that `start` began."""
        spent = time.process_time() - self.begin[0], time.perf_counter() - self.begin[1]
        self.rows.append(
            {
                "step": name,
                "processor_s": f"{spent[0]:.2f}",
                "elapsed_s": f"{spent[1]:.2f}",
                "peak_mb": peak_mb(),
                "file_mb": "" if file is None else f"{file.stat().st_size / 1e6:.1f}",
            }
        )
        say(f"{name}: {spent[0]:.1f} s of processor time")

    def measure(self, name: str, work: Callable[[], Any], file: Path | None = None) -> Any:
        self.start()
        result = work()
        self.end(name, file)
        return result


def main() -> None:
    asked = options(__doc__, HERE)
    scenario = parse_scenario(
        {
            "title": "a catalogue against itself",
            "span": {"duration_days": 0.25 if asked.small else 7.5},
            "catalog": {"sources": [{"population": "bundled"} | ({"count": 3000} if asked.small else {})]},
            "screening": {
                "mode": "all-vs-all",
                "volumes": [{"name": "ball", "sphere_km": 30.0 if asked.small else 6.8}],
            },
        }
    )
    steps, phases = Steps(), ["catalogue"]

    def progress(phase: str, fraction: float) -> None:
        if fraction == 0.0 and phase != phases[-1]:
            steps.end(phases[-1])
            steps.start()
            phases.append(phase)

    steps.start()
    result = run(scenario, catalogs=[] if asked.catalog is None else [asked.catalog], progress=progress)
    with tempfile.TemporaryDirectory() as folder:
        table = written(result, Path(folder), steps)
        rounds = earlier(table, Path(folder), 2 if asked.small else 3)
    write_csv(asked.out / "steps.csv", steps.rows)
    write_conditions(
        asked,
        "bundled population, SYNTHETIC" if asked.catalog is None else asked.catalog.name,
        len(result.inputs.catalog),
        {
            "rows": len(table),
            "csv_module": f"{rounds:.2f} of its time with {min(len(table), EARLIER_ROWS):,} rows",
        },
    )
    plot(asked.out / "steps.png", steps.rows, len(table))


def written(result: ConjunctionResult, folder: Path, steps: Steps) -> Table:
    """Write the results folder step by step as `Result.write` does, and read the table again; returns the table."""
    table: Table = steps.measure("table", lambda: result.tables["conjunctions"])
    path, parquet = folder / CONJUNCTIONS.file, folder / CONJUNCTIONS.parquet
    steps.measure("conjunctions.csv", lambda: write_table(path, table), path)

    def others() -> None:
        for own in result.tables.values():
            if own is not table:
                write_table(folder / own.schema.file, own)
        result._write_other_files(folder)
        write_json(folder / SUMMARY, dict(result.summary))

    steps.measure("other files", others)
    steps.measure("figures", lambda: result._plot(folder, "png", "screen"))
    steps.measure("page", lambda: result._report(folder), folder / "report.html")
    found = steps.measure("read conjunctions.csv", lambda: read_table(path, CONJUNCTIONS))
    assert found.equals(table)
    with suppress(ImportError):
        import pyarrow.parquet  # noqa: F401

        path.rename(folder / "kept.csv")
        steps.measure("conjunctions.parquet", lambda: write_table(parquet, table), parquet)
        found = steps.measure("read conjunctions.parquet", lambda: read_table(path, CONJUNCTIONS))
        assert found.equals(table)
    return table


def earlier(table: Table, folder: Path, rounds: int) -> float:
    """Processor time of `write_table` relative to that of the earlier writer, whose bytes are the same; the median."""
    first = table.head(EARLIER_ROWS)
    writers = {"before": by_the_csv_module, "now": write_table}

    def measure(name: str) -> Callable[[], float]:
        def work() -> float:
            begin = time.process_time()
            writers[name](folder / f"{name}.csv", first)
            return time.process_time() - begin

        return work

    spent = in_turn({name: measure(name) for name in writers}, rounds)
    assert (folder / "before.csv").read_bytes() == (folder / "now.csv").read_bytes()
    return float(np.median(np.divide(spent["now"], spent["before"])))


def by_the_csv_module(path: Path, table: Table) -> None:
    """The writer of versions before this measurement: cell by cell, and the whole text in memory."""

    class Lines(io.StringIO):
        def write(self, row: str) -> int:
            return super().write(row.removesuffix("\r\n") + "\n")

    def cells(name: str) -> list[Any]:
        column, values = table.schema.declared(name), table[name]
        if column.dtype == "text":
            return list(map(spreadsheet_cell, values.tolist()))
        if column.dtype == "float":
            return ["" if value != value else value for value in values.tolist()]
        return column.cells(values)

    text = Lines(newline="")
    writer = csv.writer(text)
    writer.writerow(table.columns())
    writer.writerows(zip(*map(cells, table.columns()), strict=True))
    path.write_bytes(text.getvalue().encode("utf-8"))


def peak_mb() -> str:
    """The largest memory of this process since it was reset, MB; empty where the system does not say."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
        return f"{int(peak) / 1024.0:.0f}"
    return ""


def plot(path: Path, rows: list[dict[str, Any]], count: int) -> None:
    """Plot processor time and memory of each step as bars."""
    spent = {row["step"]: float(row["processor_s"]) for row in rows}
    writing = sum(spent[name] for name in WRITING)
    heading = (
        f"{count:,} rows: writing takes {writing / spent['screening']:.2f} of the screening's processor time"
    )
    with picture(path, heading, 2, (9.0, 3.6)) as (_, panels):
        for ax, (key, label, form) in zip(
            panels,
            (("processor_s", "processor time (s)", ".3g"), ("peak_mb", "peak of memory (MB)", ",.0f")),
            strict=True,
        ):
            values = [float(row[key] or "nan") for row in rows]
            colors = [style.BLUE if row["step"] in WRITING else style.SKY for row in rows]
            ax.barh(range(len(rows)), values, height=0.62, color=colors)
            for place, value in enumerate(values):
                ax.text(
                    value + 0.02 * np.nanmax(values), place, format(value, form), va="center", fontsize=7.5
                )
            ax.set_yticks(range(len(rows)), [row["step"] for row in rows])
            ax.invert_yaxis()
            ax.set_xlim(0.0, 1.2 * np.nanmax(values))
            ax.grid(visible=False, axis="y")
            ax.set_xlabel(label)


if __name__ == "__main__":
    main()
