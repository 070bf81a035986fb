"""The screeners under comparison, behind a common interface, and the child process in which one is measured.

    python -m benchmarks.contenders '{"program": "debrissim", "count": 3000, "duration_s": 21600, ...}'

prints one line of JSON: seconds of set-up, of warming up (compilation) and of screening, peak memory, events. Each has
its own child process, because peak memory never decreases.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.common import DAY_S, Objects, objects, renumbered
from debrissim.core.arrays import Array, Index
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.core.rows import Rows
from debrissim.core.time import utc_datetime
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume

FILTER_STEP_S = 30.0
TREE_STEP_S = 10.0
_MAX_SPEED_KM_S = 11.2
_CHUNK_STATES = 2_000_000


@dataclass(frozen=True)
class Task:
    """A screening. one_vs_all: the ISS (row 0) against all; step_s: step of the contender, None for its default.

    program: the contender. share: fraction of the span that is screened, below 1 for contenders that take too long.
    repeats: screenings in one process, of which the median time counts.
    """

    program: str
    count: int | None
    duration_s: float
    threshold_km: float
    one_vs_all: bool = False
    step_s: float | None = None
    threads: int = 2
    share: float = 1.0
    repeats: int = 1
    catalog: str | None = None
    events: str | None = None


@dataclass(frozen=True, eq=False)
class Events(Rows):
    """m events: rows of the objects, lower first (m,), time (m,) s, miss (m,) km."""

    first: Index
    second: Index
    time_s: Array
    miss_km: Array

    @staticmethod
    def of(rows_a: Any, rows_b: Any, time_s: Any, miss_km: Any) -> Events:
        """Events from columns of any order."""
        a, b = np.asarray(rows_a, dtype=np.int64), np.asarray(rows_b, dtype=np.int64)
        time_s, miss_km = np.asarray(time_s, dtype=float), np.asarray(miss_km, dtype=float)
        first, second = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((time_s, second, first))
        return Events(first[order], second[order], time_s[order], miss_km[order])


Ready = Callable[[], Events]


def debrissim(task: Task, data: Objects) -> Ready:
    """This package; the measured time includes the SGP4 records."""

    def work() -> Events:
        encounters = screen(
            data.catalog,
            [0] if task.one_vs_all else None,
            data.start_jd,
            data.start_fraction,
            data.duration_s,
            [ScreeningVolume.sphere(task.threshold_km)],
            colocation=CoLocationRule(enabled=False),
            settings=ScreeningSettings(step_s=task.step_s, workers=task.threads),
        ).encounters
        return Events.of(
            encounters.primary, encounters.secondary, encounters.tca_s, encounters.miss_distance_km
        )

    return work


def astroz(task: Task, data: Objects) -> Ready:
    """astroz (PyPI): `screen` on a Constellation, which is parsed beforehand."""
    import astroz as peer

    catalog = renumbered(data.catalog)
    records = [
        {
            "OBJECT_NAME": "X", "OBJECT_ID": "2000-001A", "NORAD_CAT_ID": row + 1,
            "EPOCH": utc_datetime(float(catalog.epoch_jd[row]), float(catalog.epoch_fraction[row]))
            .replace(tzinfo=None).isoformat(timespec="microseconds"),
            "MEAN_MOTION": float(catalog.mean_motion_rev_day[row]),
            "ECCENTRICITY": float(catalog.eccentricity[row]),
            "INCLINATION": float(catalog.inclination_deg[row]),
            "RA_OF_ASC_NODE": float(catalog.raan_deg[row]),
            "ARG_OF_PERICENTER": float(catalog.arg_perigee_deg[row]),
            "MEAN_ANOMALY": float(catalog.mean_anomaly_deg[row]), "EPHEMERIS_TYPE": 0,
            "CLASSIFICATION_TYPE": "U", "ELEMENT_SET_NO": 1, "REV_AT_EPOCH": 1,
            "BSTAR": float(catalog.bstar[row]), "MEAN_MOTION_DOT": 0.0, "MEAN_MOTION_DDOT": 0.0,
        }
        for row in range(len(catalog))
    ]  # fmt: skip
    parsed = peer.Constellation(json.dumps(records))
    row_of = np.array([int(number) for number in parsed.satnums]) - 1
    assert np.array_equal(np.sort(row_of), np.arange(len(catalog)))
    start: datetime = utc_datetime(data.start_jd, data.start_fraction).replace(tzinfo=UTC)
    target = int(np.flatnonzero(row_of == 0)[0]) if task.one_vs_all else None

    def work() -> Events:
        events = peer.screen(
            parsed,
            data.duration_s / 60.0,
            threshold=task.threshold_km,
            step=(task.step_s or 30.0) / 60.0,
            target=target,
            start_time=start,
        )
        return Events.of(row_of[events.i], row_of[events.j], events.time * 60.0, events.distance)

    return work


def mizuba(task: Task, data: Objects) -> Ready:
    """mizuba (conda-forge): polynomial trajectories of SGP4, then `conjunctions`; both are timed.

    Written from mizuba's sources and never run, because no package was available to install.
    """
    import mizuba as peer

    records = list(data.propagator.records)
    for row, record in enumerate(records):
        record.satnum = row + 1
    begin = data.start_jd + data.start_fraction
    kinds = None if not task.one_vs_all else [1] + [2] * (len(records) - 1)

    def work() -> Events:
        trajectories, numbers = peer.make_sgp4_polyjectory(records, begin, begin + data.duration_s / DAY_S)
        events = peer.conjunctions(
            trajectories,
            task.threshold_km,
            (task.step_s or 120.0) / DAY_S,
            **({} if kinds is None else {"otypes": kinds}),
        ).conjunctions
        row = np.asarray(numbers, dtype=np.int64) - 1
        return Events.of(row[events["i"]], row[events["j"]], events["tca"] * DAY_S, events["dca"])

    return work


def perigee_apogee_filter(task: Task, data: Objects) -> Ready:
    """A simple approach for one spacecraft: sgp4, perigee-apogee filter, NumPy every 30 s, straight lines."""
    propagator, step = data.propagator, task.step_s or FILTER_STEP_S

    def work() -> Events:
        times = np.arange(0.0, data.duration_s + step, step)
        radius = np.linalg.norm(propagator.states([0], times)[1][0], axis=1)
        low = data.catalog.perigee_altitude_km + WGS72_RADIUS_KM - 40.0 - task.threshold_km
        high = data.catalog.apogee_altitude_km + WGS72_RADIUS_KM + 40.0 + task.threshold_km
        others = np.flatnonzero((low <= radius.max()) & (high >= radius.min()))
        others = others[others != 0]
        parts = []
        for chunk in np.array_split(times, others.size * times.size // _CHUNK_STATES + 1):
            _, own, own_rate = propagator.states([0], chunk)
            _, position, velocity = propagator.states(others, chunk)
            apart, rate = position - own, velocity - own_rate
            gate = task.threshold_km + _MAX_SPEED_KM_S * step
            row, node = np.nonzero(np.einsum("ntc,ntc->nt", apart, apart) <= gate**2)
            parts.append((others[row], chunk[node], apart[row, node], rate[row, node]))
        second, moment, apart, rate = (np.concatenate(column) for column in zip(*parts, strict=True))
        return straight(np.zeros(second.size, dtype=np.int64), second, moment, apart, rate, step, task)

    return work


def tree(task: Task, data: Objects) -> Ready:
    """A simple approach for all objects: sgp4, a k-d tree every ten seconds, straight lines."""
    propagator, step = data.propagator, task.step_s or TREE_STEP_S

    def work() -> Events:
        times = np.arange(0.0, data.duration_s * task.share, step)
        everyone, parts = np.arange(len(data.catalog)), []
        for chunk in np.array_split(times, everyone.size * times.size // _CHUNK_STATES + 1):
            _, position, velocity = propagator.states(everyone, chunk)
            for k, moment in enumerate(chunk.tolist()):
                here, rate = position[:, k], velocity[:, k]
                # Twice 7.8 km/s for half a step: enough in low orbits; a larger radius would take too long.
                gate = task.threshold_km + 7.8 * step
                pairs = cKDTree(here).query_pairs(gate, output_type="ndarray")
                a, b = pairs[:, 0], pairs[:, 1]
                parts.append((a, b, np.full(a.size, moment), here[b] - here[a], rate[b] - rate[a]))
        columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        return straight(*columns, step, task)

    return work


def straight(
    first: Index, second: Index, moment: Array, apart: Array, rate: Array, step: float, task: Task
) -> Events:
    """Closest approaches along straight lines that lie within half a step."""
    when = -np.einsum("mc,mc->m", apart, rate) / np.maximum(np.einsum("mc,mc->m", rate, rate), 1e-18)
    miss = np.linalg.norm(apart + when[:, None] * rate, axis=1)
    keep = (np.abs(when) <= 0.5 * step) & (miss <= task.threshold_km)
    return Events.of(first[keep], second[keep], (moment + when)[keep], miss[keep])


CONTENDERS: dict[str, Callable[[Task, Objects], Ready]] = {
    "debrissim": debrissim,
    "astroz": astroz,
    "mizuba": mizuba,
    "sgp4 + sieve": perigee_apogee_filter,
    "sgp4 + k-d tree": tree,
}
PEERS = ("astroz", "mizuba")


def is_available(program: str) -> bool:
    """Whether a contender is installed."""
    return program not in PEERS or importlib.util.find_spec(program) is not None


def measured(task: Task) -> dict[str, Any]:
    """Run a task in a child; returns seconds, memory and, if the task stores them, the events (under "found")."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.contenders", json.dumps(asdict(task))],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{task.program} failed with exit code {done.returncode}")
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if task.events is not None:
        with np.load(task.events) as stored:
            report["found"] = Events(**{name: stored[name] for name in stored.files})
        Path(task.events).unlink()
    return report


def child(task: Task) -> dict[str, Any]:
    """The measurement itself, in this process."""
    data = objects(task.catalog, task.count, task.duration_s)
    prepare = CONTENDERS[task.program]
    begin = time.perf_counter()
    ready = prepare(task, data)
    inputs = time.perf_counter()
    small = objects(None, 60, 900.0)
    prepare(
        Task(task.program, 60, 900.0, task.threshold_km, task.one_vs_all, task.step_s, task.threads), small
    )()
    warmed = time.perf_counter()
    before = peak_mb()
    seconds = []
    for _ in range(task.repeats):
        start = time.perf_counter()
        events = ready()
        seconds.append(time.perf_counter() - start)
    if task.events is not None:
        np.savez(task.events, **asdict(events))
    return {
        "program": task.program,
        "objects": len(data.catalog),
        "label": data.label,
        "setup_s": inputs - begin,
        "warm_s": warmed - inputs,
        "screen_s": float(np.median(seconds)) / task.share,
        "events": int(events.first.size),
        "before_mb": before,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Peak resident memory of this process so far, MB."""
    scale = 1.0 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


if __name__ == "__main__":
    sys.stdout.write(json.dumps(child(Task(**json.loads(sys.argv[1])))) + "\n")
