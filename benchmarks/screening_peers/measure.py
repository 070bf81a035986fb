"""How fast is the screening compared with peers and naive methods, and do they find the same?

    python -m benchmarks screening_peers [--size small|full] [--catalog FILE]

Writes times.csv (every run), summary.csv (medians), events.csv (events of one side only, explained by dense SGP4),
conditions.csv and times.png. Peers are optional: `pip install '.[bench]'` for astroz; mizuba comes from conda-forge.
One that is not installed is reported as skipped.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import DAY_S, Objects, Options, objects, options, say, write_conditions, write_csv
from benchmarks.contenders import PEERS, Events, Task, is_available, measured
from benchmarks.picture import SERIES, picture
from debrissim.report import style
from debrissim.verification import brute_force

HERE = Path(__file__).resolve().parent
US = "debrissim"
# Steps (s) among which each peer chooses its fastest; our own and the naive ones are at their defaults.
STEPS = {"astroz": (30.0, 60.0), "mizuba": (60.0, 120.0, 240.0)}
SAME_S = 30.0
SLOW_KM_S = 0.1


def contests(asked: Options) -> dict[str, tuple[Task, tuple[str, ...]]]:
    """The tasks, each with the contenders besides debrissim."""
    catalog = None if asked.catalog is None else str(asked.catalog)
    count = 3000 if asked.small else None
    everything = Task(US, count, (0.25 if asked.small else 1.0) * DAY_S, 5.0, catalog=catalog)
    station = Task(
        US,
        count,
        (1.0 if asked.small else 7.0) * DAY_S,
        50.0 if asked.small else 5.0,
        one_vs_all=True,
        catalog=catalog,
    )
    return {
        "all against all": (everything, ("astroz", "mizuba", "sgp4 + k-d tree")),
        "ISS against all": (station, ("astroz", "mizuba", "sgp4 + sieve")),
    }


def main() -> None:
    asked = options(__doc__, HERE)
    times: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []
    label, count = "", 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (task, rivals) in contests(asked).items():
            chosen = {US: task} | {
                program: tuned(replace(task, program=program, share=share_of(program, asked)), name, times)
                for program in rivals
                if is_available(program)
            }
            events: dict[str, Events] = {}
            for turn in range(2 if asked.small else 3):
                for program, todo in chosen.items():
                    # A contender a hundred times slower need not be measured in each round.
                    if program not in (US, *PEERS) and turn > (0 if asked.small else 1):
                        continue
                    say(f"{name}, round {turn + 1}: {program}")
                    report = measured(replace(todo, events=str(Path(folder) / "events.npz")))
                    events[program] = report.pop("found")
                    label, count = report.pop("label"), report["objects"]
                    times.append(row_of(name, todo, f"round {turn + 1}", report))
            for program in rivals:
                if not is_available(program):
                    times.append({"task": name, "program": program, "round": "skipped: not installed"})
            data = objects(task.catalog, task.count, task.duration_s)
            # Written at once: the next task may take long.
            write_csv(asked.out / "times.csv", padded(times))
            for program in chosen:
                if program != US and chosen[program].share == 1.0:
                    differences += compared(name, data, task, program, events[US], events[program])
    summary = medians(times)
    write_csv(asked.out / "summary.csv", summary)
    write_csv(asked.out / "events.csv", differences or [{"task": "", "only": "", "verdict": "", "count": 0}])
    spans = {
        f"span and threshold, {name}": f"{task.duration_s / DAY_S:g} d, {task.threshold_km:g} km"
        for name, (task, _) in contests(asked).items()
    }
    write_conditions(asked, label, count, spans)
    plot(asked.out / "times.png", summary, f"{count:,} objects ({label})")


def share_of(program: str, asked: Options) -> float:
    """Fraction of the span that a contender screens: the time of the k-d tree is scaled up."""
    if program != "sgp4 + k-d tree":
        return 1.0
    return 0.05 if asked.small else 1.0 / 24.0


def tuned(task: Task, name: str, times: list[dict[str, Any]]) -> Task:
    """The task with the step at which its peer is fastest, by one run of each."""
    if task.program not in STEPS:
        return task
    tried = {}
    steps = STEPS[task.program]
    for step_s in steps:
        say(f"{name}, tuning: {task.program} at {step_s:g} s")
        report = measured(replace(task, step_s=step_s))
        report.pop("label")
        tried[step_s] = report["screen_s"]
        times.append(row_of(name, replace(task, step_s=step_s), "tuning", report))
    return replace(task, step_s=min(tried, key=lambda step_s: tried[step_s]))


def row_of(name: str, task: Task, turn: str, report: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": name, "program": task.program, "round": turn, "step_s": task.step_s or "default",
        "threads": task.threads,
        "objects": report["objects"], "share_screened": f"{task.share:.4g}", "setup_s": f"{report['setup_s']:.3f}",
        "warm_s": f"{report['warm_s']:.3f}", "screen_s": f"{report['screen_s']:.4f}", "events": report["events"],
        "peak_mb": f"{report['peak_mb']:.0f}", "before_mb": f"{report['before_mb']:.0f}",
    }  # fmt: skip


def padded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows extended to all columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, "") for name in names} for row in rows]


def medians(times: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per contender and task: medians over the rounds, and the ratio to ours."""
    keys = list(dict.fromkeys((row["task"], row["program"]) for row in times))
    out: list[dict[str, Any]] = []
    for task, program in keys:
        rows = [
            r
            for r in times
            if (r["task"], r["program"]) == (task, program) and r["round"].startswith("round")
        ]
        if not rows:
            out.append({"task": task, "program": program, "note": "skipped: not installed"})
            continue
        seconds = np.array([float(r["screen_s"]) for r in rows])
        ours = np.median(
            [
                float(r["screen_s"])
                for r in times
                if (r["task"], r["program"]) == (task, US) and r["round"].startswith("round")
            ]
        )
        share = rows[0]["share_screened"]
        out.append(
            {
                "task": task, "program": program, "step_s": rows[0]["step_s"], "rounds": len(rows),
                "screen_s": f"{np.median(seconds):.3f}", "minimum_s": f"{seconds.min():.3f}",
                "maximum_s": f"{seconds.max():.3f}", "times_ours": f"{np.median(seconds) / ours:.2f}",
                "setup_s": f"{np.median([float(r['setup_s']) for r in rows]):.3f}",
                "warm_s": f"{np.median([float(r['warm_s']) for r in rows]):.3f}",
                "peak_mb": f"{np.median([float(r['peak_mb']) for r in rows]):.0f}",
                "before_mb": f"{np.median([float(r['before_mb']) for r in rows]):.0f}", "events": rows[-1]["events"],
                "note": "" if share == "1" else f"scaled up from {share} of the span, events are of that part",
            }
        )  # fmt: skip
    return padded(out)


# --- differences --------------------------------------------------------------------------------------


def compared(
    name: str, data: Objects, task: Task, program: str, ours: Events, theirs: Events
) -> list[dict[str, Any]]:
    """Rows with the number of common events, and of those of one side only by the verdict of dense SGP4."""
    only_ours, only_theirs = ~held(ours, theirs), ~held(theirs, ours)
    rows: list[dict[str, Any]] = [
        {"task": name, "only": f"{US} and {program}", "verdict": "in both", "count": int((~only_ours).sum())}
    ]
    for side, events, only in ((US, ours, only_ours), (program, theirs, only_theirs)):
        reasons = Counter(explained(data, task, events[only], repeats(events)[only]))
        rival = program if side == US else US
        rows += [
            {"task": name, "only": f"{side}, not {rival}", "verdict": reason, "count": number}
            for reason, number in sorted(reasons.items())
        ]
    return rows


def held(events: Events, by: Events) -> NDArray[np.bool_]:
    """Mask (m,) of events for which the other side has one of the same pair within half a minute."""
    times: dict[tuple[int, int], list[float]] = {}
    for a, b, t in zip(by.first.tolist(), by.second.tolist(), by.time_s.tolist(), strict=True):
        times.setdefault((a, b), []).append(t)
    return np.array(
        [
            any(abs(t - match) <= SAME_S for match in times.get((a, b), ()))
            for a, b, t in zip(
                events.first.tolist(), events.second.tolist(), events.time_s.tolist(), strict=True
            )
        ],
        dtype=bool,
    )


def repeats(events: Events) -> NDArray[np.bool_]:
    """Mask (m,) of events whose predecessor is of the same pair, within half a minute."""
    again = (np.diff(events.first) == 0) & (np.diff(events.second) == 0) & (np.diff(events.time_s) <= SAME_S)
    return np.concatenate([np.zeros(min(1, events.first.size), dtype=bool), again])


def explained(data: Objects, task: Task, events: Events, again: NDArray[np.bool_]) -> list[str]:
    """Verdict of dense SGP4 on each event (m,). again: mask (m,) of repeated events."""
    earliest, latest = np.zeros(len(data.catalog)), np.full(len(data.catalog), data.duration_s)
    minima, flat = brute_force.minima_at(
        data.propagator, events.first, events.second, events.time_s, data.duration_s, earliest, latest
    )
    verdicts = ["no minimum within half a minute"] * events.first.size
    for k in flat.tolist():
        verdicts[k] = "constant distance"
    for place, miss, kind, speed in zip(
        minima.place.tolist(),
        minima.miss_km.tolist(),
        minima.kind.tolist(),
        minima.speed_km_s.tolist(),
        strict=True,
    ):
        if kind != brute_force.MINIMUM:
            verdicts[place] = "an end of the span"
        elif miss <= task.threshold_km:
            verdicts[place] = "true minimum below the threshold"
        else:
            verdicts[place] = f"minimum above the threshold, by less than {above(miss - task.threshold_km)}"
        if speed < SLOW_KM_S:
            verdicts[place] += ", co-moving"
    for k in np.flatnonzero(again).tolist():
        verdicts[k] = "duplicate"
    return verdicts


def above(excess_km: float) -> str:
    """The next power of ten: "1 m", "10 m" ..."""
    return f"{1000.0 * 10.0 ** np.ceil(np.log10(max(excess_km, 1e-6))):g} m"


def plot(path: Path, summary: list[dict[str, Any]], label: str) -> None:
    """Plot the time of each contender, one panel per task: marker at the median, line from minimum to maximum."""
    tasks = list(dict.fromkeys(row["task"] for row in summary))
    heading = f"Screening compared with peers and naive methods, {label}"
    with picture(path, heading, len(tasks), (10.0, 2.9)) as (_, panels):
        for ax, task in zip(panels, tasks, strict=True):
            rows = [row for row in summary if row["task"] == task and row["screen_s"] != ""]
            rows.sort(key=lambda row: row["program"] != US)
            seconds = [float(row["screen_s"]) for row in rows]
            for place, (row, value) in enumerate(zip(rows, seconds, strict=True)):
                color, mark = SERIES[0] if row["program"] == US else SERIES[1]
                ax.plot(
                    [float(row["minimum_s"]), float(row["maximum_s"])], [place, place], color=color, lw=2.0
                )
                ax.plot(value, place, mark, color=color, ms=8)
                ratio = "" if row["program"] == US else f", {float(row['times_ours']):.2g} times ours"
                part = " (scaled up)" if row["note"] else ""
                ax.annotate(
                    f"{value:.3g} s{ratio}{part}; {row['peak_mb']} MB",
                    (value, place),
                    xytext=(0, 8),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7.5,
                )
            style.log_axis(ax, 0.15 * min(seconds), 20.0 * max(seconds), "{:g}".format, which="x")
            ax.set_yticks(range(len(rows)), [row["program"] for row in rows])
            ax.set_ylim(len(rows) - 0.5, -0.7)
            ax.set_xlabel("screening (s)")
            ax.set_title(task, loc="left")


if __name__ == "__main__":
    main()
