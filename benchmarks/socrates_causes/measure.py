"""Of the events that SOCRATES lists, how many does a run find, and why not the others?

    python -m benchmarks.socrates_causes.measure

Needs the shared lists of December 2020 (DEBRISSIM_SHARED, by default ../shared next to the repository). Ten minutes.

Three lists, each against two runs of its own objects for its own week, all against all within 5 km:
- "same sets": the first element set that the list has of each object;
- "older sets": of each object the newest set at least half a day older, as far as any of the month's lists has one, as
  of a user who fetched the catalogue the day before.
Each run is compared twice: with the sets of the list at hand, and without (the list as CelesTrak publishes it). Writes
causes.csv and misses.png (the last list with older sets) here.
"""

from __future__ import annotations

import csv
import io
import lzma
import os
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.common import output_folder, say
from debrissim.catalog import parse_catalog
from debrissim.conjunctions.run import run
from debrissim.report import style
from debrissim.report.figures.comparison import draw_comparison
from debrissim.results.table import Table
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.verification import Comparison, compare

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("DEBRISSIM_SHARED") or HERE.parents[2] / "shared")
EVENTS = "data/socrates/2020-12_events_with_elements.csv.xz"
# Run of SOCRATES, and the beginning of its week.
LISTS = {
    "20201210220447": "2020-12-10T12:00:00Z",
    "20201216221251": "2020-12-16T12:00:00Z",
    "20201221123230": "2020-12-21T00:00:00Z",
}
HALF_A_DAY = 0.5
PUBLISHED = {
    "NORAD_CAT_ID_1": "sat1_norad", "OBJECT_NAME_1": "sat1_name", "DSE_1": "sat1_days_epoch",
    "NORAD_CAT_ID_2": "sat2_norad", "OBJECT_NAME_2": "sat2_name", "DSE_2": "sat2_days_epoch", "TCA": "tca",
    "TCA_RANGE": "min_rng_km", "TCA_RELATIVE_SPEED": "rel_velo_kms", "MAX_PROB": "max_prob", "DILUTION": "dil_thr_km",
}  # fmt: skip

Row = dict[str, str]


def read_lists() -> dict[str, list[Row]]:
    """The rows of every run."""
    found: dict[str, list[Row]] = defaultdict(list)
    with lzma.open(SHARED / EVENTS, "rt") as file:
        for row in csv.DictReader(file):
            found[row["run"]].append(row)
    return found


def sets_of(rows: list[Row]) -> dict[str, list[tuple[float, str]]]:
    """Day of year of the epoch (all are of 2020) and the two lines of every set of each object, oldest first."""
    found: dict[str, set[tuple[float, str]]] = defaultdict(set)
    for row in rows:
        for k in (1, 2):
            text = row[f"sat{k}_tle"]
            found[row[f"sat{k}_norad"]].add((float(text[18:32]), text.replace(",", "\n")))
    return {number: sorted(each) for number, each in found.items()}


def results(folder: Path, sets: list[str], start: str) -> Path:
    """The results folder of a run of some sets for a week."""
    text = "\n".join(sets) + "\n"
    (folder / "sets.tle").write_text(text, encoding="utf-8")
    scenario = parse_scenario(
        {
            "title": "SOCRATES",
            "span": {"start": start, "duration_days": 7.0},
            "catalog": {"sources": [{"file": "sets.tle"}]},
            "screening": {"mode": "all-vs-all", "volumes": ["socrates-5km"]},
            "output": {"plots": False, "report": False},
        },
        folder=folder,
    )
    assert not parse_catalog(text.encode(), "sets").rejected
    run(scenario).write(folder / "out")
    return folder / "out"


def write_list(path: Path, rows: list[Row], columns: dict[str, str]) -> Path:
    """A list with some columns: header and name in the archive."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns.values()] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def causes(matched: Table, missing: Table) -> Counter[str]:
    """The number of events of the list with each outcome."""
    counted = Counter(text or "agrees" for text in matched.causes.tolist())
    lacking = missing[missing.missing_in == "results"]
    for text, tested in zip(lacking.causes.tolist(), lacking.tested.tolist(), strict=True):
        counted[text if tested else "not determined"] += 1
    return counted


def plot(found: Comparison, folder: Path) -> None:
    """misses.png: the figure of a comparison."""
    written = found.write(folder / "compared")
    assert written.folder is not None
    with style.house_style():
        (page,) = draw_comparison(written.folder).values()
        page.savefig(output_folder(HERE) / "misses.png")


def main() -> None:
    lists = read_lists()
    every = sets_of([row for rows in lists.values() for row in rows])
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    chances: Counter[str] = Counter()
    for name, start in LISTS.items():
        rows = lists[name]
        own = {number: sets[0] for number, sets in sets_of(rows).items()}
        older = {
            number: max(
                (each for each in every[number] if each[0] <= epoch - HALF_A_DAY), default=(epoch, text)
            )
            for number, (epoch, text) in own.items()
        }
        for sky, chosen in (("same sets", own), ("older sets", older)):
            with tempfile.TemporaryDirectory() as work:
                folder = Path(work)
                out = results(folder, [text for _, text in chosen.values()], start)
                for sets, columns in (("with", {key: key for key in rows[0]}), ("without", PUBLISHED)):
                    path = write_list(folder / f"{sets}.csv", rows, columns)
                    found = compare(out, path, catalog_files=folder / "sets.tle")
                    if (sky, sets) == ("older sets", "with") and name == list(LISTS)[-1]:
                        plot(found, folder)
                    table[(sky, sets)] += causes(found.matched, found.missing)
                    if (sky, sets) == ("same sets", "without"):
                        chances += Counter(map(str, found.matched.probability_tested.tolist()))
                    say(f"{name} {sky}, {sets} the list's sets: {found.answer['found']} of {len(rows)} found")
    labels = [label for label, _ in sum(table.values(), Counter()).most_common()]
    with (output_folder(HERE) / "causes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cause", *(f"{sky}, {sets}" for sky, sets in table)])
        for label in labels:
            writer.writerow([label, *(counted[label] for counted in table.values())])
    say(f"maximum probabilities of events found with the same sets, explained: {dict(chances)}")


if __name__ == "__main__":
    main()
