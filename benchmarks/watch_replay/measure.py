"""What would a watch have said in December 2020?

    python -m benchmarks.watch_replay.measure [--days 21]

Needs the shared SOCRATES events (DEBRISSIM_SHARED, by default ../shared next to the repository). Some minutes.

Every element set in the SOCRATES lists of 9 to 23 December 2020 appears at its epoch. A watch of eleven spacecraft runs
a cycle every eight hours from 9 December on, each with the sets that had appeared by then, screens a week ahead and
records what it finds in a store. Sets of an object are in the lists only while it has an event within 5 km, so that the
catalogue is the part of the true one that matters; after 23 December no new sets appear. Counted: events, updates,
differences by kind, messages; and how Pc and miss of events at each time before TCA compare with the last update before
TCA. The control is the lists themselves: an approach of the eleven in a list whose sets had appeared a cycle before its
TCA must be an event of the store, unless newer sets move it out of the volume. Writes evolution.csv and .png, and
messages.csv here.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks.common import add_output, output_folder
from benchmarks.covariance_calibration.pairs import EVENTS, SHARED
from debrissim.catalog import Catalog, latest_before, parse_catalog
from debrissim.core.time import Time
from debrissim.propagation.sgp4 import make_propagator
from debrissim.report import style
from debrissim.scenario.file import checked
from debrissim.watch.cycle import MOST_MESSAGES, CycleReport, run_cycle
from debrissim.watch.fleet import Fleet
from debrissim.watch.outbox import Channel
from debrissim.watch.store import Store

HERE = Path(__file__).parent
BEGIN, STEP_S = Time.of("2020-12-09T08:00:00"), 8 * 3600.0
FLEET = {
    7209: "METEOR 1-16", 9481: "METEOR 1-26", 11962: "METEOR 2-6", 13718: "METEOR 2-9", 16495: "COSMOS 1726",
    18187: "COSMOS 1867", 19274: "OKEAN-1", 24277: "MIDORI (ADEOS)", 25479: "ORBCOMM FM25",
    44739: "STARLINK-1052", 45733: "STARLINK-1467",
}  # fmt: skip
TOML = """\
title = "Eleven spacecraft of December 2020"
primaries = [{primaries}]
[catalog]
sources = [{{ file = "given by the replay" }}]
max_age_days = 15
[screening]
volumes = ["socrates-5km"]
[watch]
horizon_days = 7
[notify]
level = "{level}"
alive_hours = 24
"""
LEADS_DAYS = (6.0, 5.0, 4.0, 3.0, 2.0, 1.0)


def say(*words: object, **options: Any) -> None:
    print(*words, **options)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=21.0)
    add_output(parser)
    options = parser.parse_args(arguments)
    sets, listed = read_lists()
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder), sets, listed, options.days)


def report(folder: Path, sets: Catalog, listed: list[tuple[frozenset[int], Time, Time]], days: float) -> None:
    primaries = ", ".join(f"{{ norad_id = {number} }}" for number in FLEET)
    fleet = checked(
        Fleet, tomllib.loads(TOML.format(primaries=primaries, level="yellow")), "fleet", folder=folder
    )
    sent: list[tuple[str, str]] = []
    channel = Channel("replay", "replay", lambda message: sent.append((message.level, message.title)))
    found: Counter[tuple[str, str]] = Counter()
    efforts: Counter[str] = Counter()
    changed, seconds = [], []
    cycles = int(days * 86400.0 / STEP_S) + 1
    for k in range(cycles):
        now = BEGIN + k * STEP_S
        begin = time.perf_counter()
        done = run_cycle(fleet, now=now, catalogs=[appeared(sets, now)], channels=[channel])
        seconds.append(time.perf_counter() - begin)
        count(done, found, efforts, changed)
        say(f"cycle {k + 1} of {cycles}", file=sys.stderr)
    with Store.open(fleet.store, write=False) as store:
        events = store.events()
        histories = [store.history(event) for event in events]
    end = BEGIN + (cycles - 1) * STEP_S
    updates = sum(map(len, histories))
    say(f"{cycles} cycles of {days:g} days, {len(events)} events, {updates} updates")
    say(f"a cycle took {np.median(seconds):.1f} s in the median, {max(seconds):.1f} s at most")
    say(
        "screening:",
        dict(efforts),
        "objects over the whole span else:",
        np.median(changed) if changed else "-",
    )
    say("differences:", {f"{kind} {level}".strip(): n for (kind, level), n in sorted(found.items())})
    kinds = Counter(title.split(":")[1].strip() if "alive" not in title else "alive" for _, title in sent)
    say(f"messages: {len(sent)}:", dict(kinds))
    quiet = sum(max((u.probability or 0.0) for u in history) < fleet.yellow for history in histories)
    say(f"events that never reached yellow: {quiet} of {len(events)}; red at some time:",
          sum(max((u.probability or 0.0) for u in h) >= fleet.red for h in histories))  # fmt: skip
    control(sets, listed, histories, end)
    write_messages(sent)
    write_evolution(histories, end)
    plot()


def count(
    done: CycleReport, found: Counter[tuple[str, str]], efforts: Counter[str], changed: list[int]
) -> None:
    for difference in done.differences:
        found[difference.kind.value, difference.level] += 1
    efforts["everything" if done.effort.reason else "what can have changed"] += 1
    if not done.effort.reason:
        changed.append(done.effort.changed)
    assert len(done.delivery.sent) <= MOST_MESSAGES + 2


def appeared(sets: Catalog, now: Time) -> Catalog:
    """The newest set of each object of those whose epochs have passed."""
    past = (sets.epoch_jd - now.jd) + (sets.epoch_fraction - now.fraction) <= 0.0
    return latest_before([sets[past]], now.jd, now.fraction)[0]


def read_lists() -> tuple[Catalog, list[tuple[frozenset[int], Time, Time]]]:
    """All element sets, and of each event of the fleet the pair, the TCA and when both sets had appeared."""
    lines: dict[tuple[str, str], str] = {}
    rows = []
    with lzma.open(SHARED / EVENTS, "rt") as stream:
        for row in csv.DictReader(stream):
            for side in ("sat1", "sat2"):
                first, second = row[f"{side}_tle"].split(",")
                name = row[f"{side}_name"].rsplit(" [", 1)[0]
                lines[row[f"{side}_norad"], first] = f"0 {name}\n{first}\n{second}\n"
            pair = frozenset((int(row["sat1_norad"]), int(row["sat2_norad"])))
            if pair & FLEET.keys() and float(row["rel_velo_kms"]) > 0.1:
                tca = Time.of(row["tca"].replace(" ", "T") + "Z")
                ages = [float(row[f"{side}_days_epoch"]) for side in ("sat1", "sat2")]
                rows.append((pair, tca, tca + -86400.0 * min(ages)))
    return parse_catalog("".join(lines.values()).encode(), "the lists").catalog, rows


def control(
    sets: Catalog, listed: list[tuple[frozenset[int], Time, Time]], histories: Sequence[Sequence], end: Time
) -> None:
    """Approaches of the lists that a cycle could have known, and how many of them are events of the store."""
    known: dict[frozenset[int], list[Time]] = {}
    for history in histories:
        for update in history:
            pair = frozenset((int(update.primary.key), int(update.secondary.key)))
            known.setdefault(pair, []).append(update.tca)
    due = [
        (pair, tca) for pair, tca, since in listed if BEGIN <= tca <= end and tca - max(since, BEGIN) > STEP_S
    ]
    missing = [
        (pair, tca) for pair, tca in due if all(abs(tca - other) > 600.0 for other in known.get(pair, ()))
    ]
    say(f"control: {len(due) - len(missing)} of {len(due)} approaches in the lists are events of the store")
    for pair, tca in missing:
        say("   not:", sorted(pair), tca, f"miss by the sets of each cycle, km: {misses(sets, pair, tca)}")


def misses(sets: Catalog, pair: frozenset[int], tca: Time) -> str:
    """The distance of a pair near a moment by the sets known at each cycle of the three days before it."""
    own = sets[np.isin(sets.norad_id, sorted(pair))]
    found = []
    for k in range(9, 0, -1):
        now = tca + -k * STEP_S
        newest = appeared(own, now)
        if len(newest) < 2:
            found.append("-")
            continue
        _, positions, _ = make_propagator(newest, tca.jd, tca.fraction).states(
            [0, 1], np.linspace(-90.0, 90.0, 3601)
        )
        found.append(f"{np.linalg.norm(positions[0] - positions[1], axis=1).min():.1f}")
    return " ".join(found)


def write_messages(sent: list[tuple[str, str]]) -> None:
    kinds = Counter(
        (level, "alive" if "alive" in title else title.split(":")[1].split(" ", 2)[-1])
        for level, title in sent
    )
    with (output_folder(HERE) / "messages.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["level", "kind", "messages"])
        writer.writerows([level, kind, n] for (level, kind), n in sorted(kinds.items()))


def plot() -> None:
    """evolution.png, from evolution.csv."""
    with (output_folder(HERE) / "evolution.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    lead, median, p90 = (
        [float(row[name]) for row in rows]
        for name in ("lead_days", "median_miss_change_km", "p90_miss_change_km")
    )
    with style.house_style():
        figure = Figure(figsize=(6.5, 4.0), layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.subplots()
        ax.semilogy(lead, p90, "o-", color=style.PURPLE, label="90 % of the events are below")
        ax.semilogy(lead, median, "o-", color=style.BLUE, label="median")
        ax.invert_xaxis()
        ax.yaxis.set_major_formatter("{x:g}")
        ax.set_xlabel("days before the closest approach")
        ax.set_ylabel("change of the miss until the last cycle, km")
        ax.set_title(
            f"From the last day on, half of the misses change by less than {1000.0 * median[-1]:.0f} m"
        )
        ax.legend()
        figure.savefig(output_folder(HERE) / "evolution.png", dpi=120)


def write_evolution(histories: Sequence[Sequence], end: Time) -> None:
    """Of events that were followed to TCA: updates at leads before it against the last one before it."""
    with (output_folder(HERE) / "evolution.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["lead_days", "events", "median_miss_change_km", "p90_miss_change_km", "median_tca_change_s",
             "median_abs_log10_pc_ratio", "pc_rose_percent", "median_sigmas_of_miss_change"]
        )  # fmt: skip
        for lead in LEADS_DAYS:
            rows = [row for history in histories if (row := at_lead(history, lead, end)) is not None]
            miss, tca, ratio = (np.array([row[k] for row in rows]) for k in range(3))
            known = np.isfinite(ratio)
            if not rows:
                continue
            cells = [
                lead, len(rows), np.median(miss), np.percentile(miss, 90), np.median(tca),
                np.median(np.abs(ratio[known])) if known.any() else np.nan, 100.0 * np.mean(ratio[known] < 0.0),
                np.median([row[3] for row in rows]),
            ]  # fmt: skip
            writer.writerow([f"{cell:.3g}" for cell in cells])
            say("lead", *(f"{cell:.3g}" for cell in cells))


def at_lead(history: Sequence, lead: float, end: Time) -> tuple[float, float, float, float] | None:
    """Changes of miss (km), TCA (s) and log10 Pc from the update at a lead to the last one, and of miss in sigmas."""
    last = history[-1]
    # Followed to its end: the last update is of the last cycle before TCA.
    if last.tca > end or last.tca - last.reported > STEP_S + 600.0:
        return None
    # With the same sets of both objects nothing can have changed.
    early = [u for u in history if lead - 1.0 / 6.0 <= (last.tca - u.reported) / 86400.0 <= lead + 1.0 / 6.0]
    if not early:
        return None
    update = early[0]
    drift_days = (last.tca - update.tca) / 86400.0
    ages = [(u.primary_age_days or 0.0, u.secondary_age_days or 0.0) for u in (update, last)]
    if all(abs(late - early_ - drift_days) < 1e-4 for early_, late in zip(*ages, strict=True)):
        return None
    log = np.nan
    if min(update.probability or 0.0, last.probability or 0.0) > 1e-12:
        log = float(np.log10((update.probability or 0.0) / (last.probability or 1.0)))
    shift = np.array(update.relative_position_rtn_km) - np.array(last.relative_position_rtn_km)
    lower = np.zeros((3, 3))
    lower[np.tril_indices(3)] = update.covariance_rtn_km2
    covariance = lower + np.tril(lower, -1).T
    direction = shift / max(float(np.linalg.norm(shift)), 1e-12)
    sigma = float(np.sqrt(direction @ covariance @ direction))
    miss = abs(update.miss_distance_km - last.miss_distance_km)
    return miss, abs(update.tca - last.tca), log, float(np.linalg.norm(shift)) / max(sigma, 1e-12)


if __name__ == "__main__":
    main()
