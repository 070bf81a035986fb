"""Which step and which window are fastest, and does any of them miss an event?

    python -m benchmarks step_and_cell [--size small|full] [--catalog FILE]

Writes settings.csv, conditions.csv and pareto.png. The size of a cell is not set by hand: it follows from the step and
the threshold (how far two objects can come towards each other between samples). Recall is against the union of the
events of all settings.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import DAY_S, Objects, objects, options, say, write_conditions, write_csv
from benchmarks.picture import SERIES, picture
from debrissim.report import style
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume

HERE = Path(__file__).resolve().parent
THRESHOLD_KM = 5.0
STEPS_S = {
    "small": (6.0, 12.0, 24.0, 40.0, 60.0, 90.0),
    "full": (6.0, 12.0, 20.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0, 120.0),
}
WINDOWS_H = {"small": (1.0, 4.0), "full": (1.0, 2.0, 4.0, 8.0)}
Event = tuple[int, int, int]


def main() -> None:
    asked = options(__doc__, HERE)
    size = "small" if asked.small else "full"
    data = objects(asked.catalog, 3000 if asked.small else None, (1.0 / 6.0 if asked.small else 0.5) * DAY_S)
    settings = [(step, window) for window in WINDOWS_H[size] for step in STEPS_S[size]]
    screened(data, 30.0, 1.0)  # compiles
    seconds: dict[tuple[float, float], list[float]] = {key: [] for key in settings}
    events_by_setting: dict[tuple[float, float], list[tuple[int, int, float]]] = {}
    for turn in range(2 if asked.small else 1):
        for step, window in settings:
            say(f"round {turn + 1}: step {step:g} s, window {window:g} h")
            begin = time.perf_counter()
            events_by_setting[step, window] = screened(data, step, window)
            seconds[step, window].append(time.perf_counter() - begin)
    all_events = union(events_by_setting)
    rows = [
        {
            "step_s": step,
            "window_h": window,
            "screen_s": f"{np.median(seconds[step, window]):.4f}",
            "events": len(events),
            "recall": f"{recall(events, all_events):.6f}",
            "of": len(all_events),
        }
        for (step, window), events in events_by_setting.items()
    ]
    write_csv(asked.out / "settings.csv", rows)
    span = {"span, threshold": f"{data.duration_s / 3600.0:g} h, {THRESHOLD_KM:g} km"}
    write_conditions(asked, data.label, len(data.catalog), span)
    plot(asked.out / "pareto.png", rows, f"{len(data.catalog):,} objects ({data.label})")


def screened(data: Objects, step_s: float, window_h: float) -> list[tuple[int, int, float]]:
    """All events (first, second, time) at these settings, sorted."""
    table = screen(
        data.catalog,
        None,
        data.start_jd,
        data.start_fraction,
        data.duration_s,
        [ScreeningVolume.sphere(THRESHOLD_KM)],
        colocation=CoLocationRule(enabled=False),
        settings=ScreeningSettings(step_s=step_s, window_s=3600.0 * window_h),
    ).encounters
    return sorted(zip(table.primary.tolist(), table.secondary.tolist(), table.tca_s.tolist(), strict=True))


def union(
    events_by_setting: dict[tuple[float, float], list[tuple[int, int, float]]],
) -> list[tuple[int, int, float]]:
    """The events of all settings without repeats: no pair has two within half a minute."""
    out: list[tuple[int, int, float]] = []
    for event in sorted(event for events in events_by_setting.values() for event in events):
        if not out or event[:2] != out[-1][:2] or event[2] - out[-1][2] > 30.0:
            out.append(event)
    return out


def recall(events: list[tuple[int, int, float]], all_events: list[tuple[int, int, float]]) -> float:
    """Fraction of all events that are among these."""
    if not all_events:
        return float("nan")
    mine = Counter((a, b) for a, b, _ in union({(0.0, 0.0): events}))
    expected = Counter((a, b) for a, b, _ in all_events)
    return sum(min(count, mine[pair]) for pair, count in expected.items()) / len(all_events)


def plot(path: Path, rows: list[dict[str, Any]], label: str) -> None:
    """Plot time and recall against step, one line per window."""
    windows = sorted({row["window_h"] for row in rows})
    with picture(path, f"Step and window of the screening, {label}", 2, (10.0, 3.8)) as (_, panels):
        for number, window in enumerate(windows):
            color, mark = SERIES[number]
            mine = [row for row in rows if row["window_h"] == window]
            steps = [row["step_s"] for row in mine]
            for ax, key in zip(panels, ("screen_s", "recall"), strict=True):
                ax.plot(
                    steps,
                    [float(row[key]) for row in mine],
                    color=color,
                    marker=mark,
                    ms=5,
                    label=f"window {window:g} h",
                )
        seconds = [float(row["screen_s"]) for row in rows]
        every = sorted({row["step_s"] for row in rows})
        style.log_axis(panels[0], 0.8 * min(seconds), 1.25 * max(seconds), "{:g}".format)
        for ax in panels:
            style.log_axis(ax, 0.8 * every[0], 1.25 * every[-1], "{:g}".format, which="x")
            ax.set_xlabel("step (s)")
        panels[0].set_ylabel("screening, median (s)")
        panels[0].legend(loc="best")
        least = min(float(row["recall"]) for row in rows)
        panels[1].set_ylim(min(least - 0.2 * (1.0 - least), 0.99), 1.002)
        panels[1].set_ylabel("recall against the union of all settings")


if __name__ == "__main__":
    main()
