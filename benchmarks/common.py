"""Common parts of the benchmarks: options, objects, timing, tables, fits."""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from debrissim.catalog import Catalog, days_since
from debrissim.conjunctions.inputs import load_inputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.scenario.conjunctions import parse_scenario

DAY_S = SECONDS_PER_DAY
RESULTS = Path(__file__).resolve().parents[1] / "results" / "benchmarks"
MAX_AGE_DAYS = 30.0
# The orbit of scenarios/iss_week.toml, for catalogues without the station.
ISS = {
    "norad_id": 25544,
    "name": "ISS",
    "hard_body_radius_m": 70.0,
    "elements": {
        "mean_motion_rev_day": 15.4991,
        "eccentricity": 0.00026,
        "inclination_deg": 51.645,
        "raan_deg": 30.0,
        "arg_perigee_deg": 60.0,
        "mean_anomaly_deg": 0.0,
        "bstar": 2.4e-5,
    },
}


@dataclass(frozen=True)
class Options:
    """Options of the command line. out: folder for tables and figures."""

    small: bool
    catalog: Path | None
    out: Path


def options(doc: str | None, here: Path, arguments: Sequence[str] | None = None) -> Options:
    """Parse --size, --catalog, --out and --record; a small run has a folder `small` of its own by default."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--catalog", type=Path, help="a real catalogue instead of the bundled population")
    add_output(parser)
    parsed = parser.parse_args(arguments)
    small = parsed.size == "small"
    return Options(small, parsed.catalog, output_folder(here, arguments, small=small))


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add --out and --record."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--out", type=Path, help="folder for tables and figures")
    where.add_argument(
        "--record", action="store_true", help="replace the tables and figures that the repository has"
    )


def output_folder(here: Path, arguments: Sequence[str] | None = None, *, small: bool = False) -> Path:
    """The folder for the tables and figures of a script in the folder `here`, made if it does not exist.

    That of --out; with --record that of the script; else one in results/benchmarks: a run changes no tracked file.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_output(parser)
    parsed, _ = parser.parse_known_args(arguments)
    folder = here if parsed.record else RESULTS / here.resolve().name
    out: Path = parsed.out or (folder / "small" if small else folder)
    out.mkdir(parents=True, exist_ok=True)
    return out


def say(text: str) -> None:
    """Print one line of progress; the runner shows the last one."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@dataclass(frozen=True, eq=False)
class Objects:
    """n objects that SGP4 can follow over the whole span, the ISS in row 0; label: their origin."""

    catalog: Catalog
    start_jd: float
    start_fraction: float
    duration_s: float
    label: str

    @property
    def propagator(self) -> Propagator:
        return make_propagator(self.catalog, self.start_jd, self.start_fraction)


def objects(catalog: Path | str | None, count: int | None, duration_s: float, seed: int = 1) -> Objects:
    """`count` objects (None: all) of a file, or sampled from the bundled population, preceded by the ISS.

    Objects that are stale or fail within the span are excluded, so that all contenders search the same objects.
    """
    source: dict[str, Any] = {"population": "bundled"} | ({} if count is None else {"count": count})
    scenario = parse_scenario(
        {
            "title": "benchmark",
            "seed": seed,
            "span": {"duration_days": duration_s / DAY_S},
            "catalog": {"sources": [source]},
            "primaries": [ISS],
        }
    )
    inputs = load_inputs(scenario, () if catalog is None else (Path(catalog),))
    assert inputs.primaries is not None
    station = int(inputs.primaries[0])
    propagator = make_propagator(inputs.catalog, inputs.start_jd, inputs.start_fraction)
    rows = np.arange(len(inputs.catalog))
    age_days = np.abs(days_since(inputs.catalog, inputs.start_jd, inputs.start_fraction))
    moments = np.linspace(0.0, duration_s, 1 + max(4, int(duration_s / 3600.0)))
    fails = np.zeros(rows.size, dtype=bool)
    for part in np.array_split(rows, rows.size // 5000 + 1):
        fails[part] = (propagator.states(part, moments)[0] != 0).any(axis=1)
    good = np.setdiff1d(rows[~fails & (age_days <= MAX_AGE_DAYS)], [station])
    if count is not None and good.size >= count:
        good = np.sort(np.random.default_rng(seed).choice(good, count - 1, replace=False))
    kept = inputs.catalog[np.concatenate([[station], good])]
    label = "bundled population, SYNTHETIC" if catalog is None else Path(catalog).name
    return Objects(kept, inputs.start_jd, inputs.start_fraction, duration_s, label)


def renumbered(catalog: Catalog) -> Catalog:
    """The catalogue with numbers 1 to n: other programs may not accept nine digits."""
    return replace(catalog, norad_id=np.arange(1, len(catalog) + 1))


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    say(f"{path}: {len(rows)} rows")


def write_conditions(options: Options, origin: str, object_count: int, more: dict[str, Any]) -> None:
    """Write conditions.csv: the conditions that a README must state for a measurement."""
    write_csv(
        options.out / "conditions.csv",
        [
            {"condition": label, "value": value}
            for label, value in {
                "date": datetime.now(UTC).date().isoformat(),
                "size": "small" if options.small else "full",
                "objects": f"{object_count} ({origin})",
                "machine": machine(),
                **more,
            }.items()
        ],
    )


def machine() -> str:
    """The processor, its cores and its load, without anything that identifies the machine."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    return (
        f"{model}; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}"
    )


def exponent(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Least-squares slope of log y over log x, and half the width of its 95 % interval (Student's t)."""
    u, v = np.log(np.asarray(x, dtype=float)), np.log(np.asarray(y, dtype=float))
    if u.size < 3:
        return float("nan"), float("nan")
    centred = u - u.mean()
    slope = float(centred @ v / (centred @ centred))
    rest = v - v.mean() - slope * centred
    error = np.sqrt(rest @ rest / (u.size - 2) / (centred @ centred))
    return slope, float(stdtrit(u.size - 2, 0.975) * error)


def quickest(work: Callable[[], Any], repeats: int) -> float:
    """Minimum seconds of several runs, after one that compiles."""
    work()
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def in_turn(work: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each, measured in the order A B C A B C ..., so that drifts of the machine affect all equally."""
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, measure in work.items():
            spent[name].append(measure())
    return spent
