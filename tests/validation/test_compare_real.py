"""`compare` on SOCRATES of December 2020: with the very element sets it agrees, with others it names them as the cause.

Property: no cause counts as tested unless python-sgp4 alone, with the cause removed, gives the reported miss inside the
volume, and with the run's own element sets does not.
"""

from __future__ import annotations

import csv
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import Satrec
from support.shared import shared_path

from debrissim.conjunctions.run import run
from debrissim.results.table import Table
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import compare

EVENTS = "data/socrates/2020-12_events_with_elements.csv.xz"
SMALL, BEFORE = "20201223125050", "20201222122001"
VOLUME_KM = 5.0
PRINTED_KM = 5.2e-4
TOML = """\
title = "Sets of SOCRATES"

[span]
start = {start}
duration_days = {days}

[[catalog.sources]]
file = "sets.3le"

[screening]
mode = "all-vs-all"
volumes = ["socrates-5km"]

[output]
plots = false
report = false
"""

Row = dict[str, str]
Lines = tuple[str, str]


@pytest.fixture(scope="module")
def lists() -> dict[str, list[Row]]:
    """The rows of each run of SOCRATES."""
    runs: dict[str, list[Row]] = defaultdict(list)
    with lzma.open(shared_path(EVENTS), "rt") as file:
        for row in csv.DictReader(file):
            runs[row["run"]].append(row)
    return runs


def sets_of(rows: list[Row]) -> dict[int, Lines]:
    """One element set of each object: the first that a row has."""
    found: dict[int, Lines] = {}
    for row in rows:
        for k in (1, 2):
            line1, line2 = row[f"sat{k}_tle"].split(",")
            found.setdefault(int(row[f"sat{k}_norad"]), (line1, line2))
    return found


def write(folder: Path, rows: list[Row], sets: dict[int, Lines], start: str, days: float) -> Path:
    """The run of some element sets, and list.csv; the results folder."""
    text = "".join(f"{line1}\n{line2}\n" for line1, line2 in sets.values())
    (folder / "sets.3le").write_text(text, encoding="utf-8")
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "run.toml").write_text(TOML.format(start=start, days=days), encoding="utf-8")
    run(load_scenario(folder / "run.toml")).write(folder / "out")
    return folder / "out"


def least_km(first: Lines, second: Lines, tca: str) -> float:
    """The minimum of the distance within ten minutes, by python-sgp4, every 0.1 s and then every millisecond."""
    pair = [Satrec.twoline2rv(*lines) for lines in (first, second)]
    midnight = (np.datetime64(tca[:10]) - np.datetime64("1970-01-01")).astype(float) + 2440587.5
    seconds = (
        (np.datetime64(tca.replace(" ", "T")) - np.datetime64(tca[:10]))
        .astype("timedelta64[ms]")
        .astype(float)
    )
    middle, half, step = seconds / 1e3, 600.0, 0.1
    while True:
        times = middle + np.arange(-half, half + step, step)
        states = [record.sgp4_array(np.full(times.shape, midnight), times / 86400.0) for record in pair]
        distance = np.linalg.norm(states[1][1] - states[0][1], axis=1)
        if step < 0.01:
            return float(distance.min())
        middle, half, step = float(times[distance.argmin()]), 0.2, 1e-3


def test_with_the_very_sets_it_agrees(lists: dict[str, list[Row]], tmp_path: Path) -> None:
    rows = lists[SMALL]
    out = write(tmp_path, rows, sets_of(rows), "2020-12-23T00:00:00Z", 7.5)
    found = compare(out, tmp_path / "list.csv", catalog_files=tmp_path / "sets.3le")
    assert found.answer["found"] == found.answer["agree"] == len(rows) == 76
    assert (found.missing.missing_in == "other").all()
    # Its maximum probability follows from its own radii and its errors of 100 : 300 : 100.
    assert Counter(found.matched.probability_causes) == {"other hard-body radius;other covariance": 76}
    assert all(found.matched.probability_tested)
    ratio = found.matched.counterfactual_probability / found.matched.other_maximum_probability
    assert np.abs(ratio - 1.0).max() < 0.02


def test_with_other_sets_they_are_the_cause(lists: dict[str, list[Row]], tmp_path: Path) -> None:
    """The small run's list against the sets of the day before, as far as there are any."""
    rows, before = lists[SMALL], sets_of(lists[BEFORE])
    own = sets_of(rows)
    ours = {number: before.get(number, lines) for number, lines in own.items()}
    changed = {number for number in own if ours[number][0][:32] != own[number][0][:32]}
    assert len(changed) > 10
    out = write(tmp_path, rows, ours, "2020-12-23T00:00:00Z", 7.5)
    found = compare(out, tmp_path / "list.csv", catalog_files=tmp_path / "sets.3le")
    different = list(differences(found.matched, found.missing))
    assert len(different) > 10
    for numbers, tca, reported, causes, tested in different:
        assert tested
        assert set(causes) <= {
            "another element set",
            "manoeuvre between the element sets",
            "outside the volume",
        }
        assert changed.intersection(numbers)
        theirs = least_km(own[numbers[0]], own[numbers[1]], tca)
        here = least_km(ours[numbers[0]], ours[numbers[1]], tca)
        assert abs(theirs - reported) <= PRINTED_KM
        assert abs(here - reported) > PRINTED_KM
        if "outside the volume" not in causes:
            assert theirs <= VOLUME_KM


def differences(
    matched: Table, missing: Table
) -> Iterator[tuple[tuple[int, int], str, float, list[str], bool]]:
    """The events of the list that differ or are missing: numbers, TCA, reported miss, causes, whether tested."""
    lacking = missing[missing.missing_in == "results"]
    for table, miss in ((matched[~matched.agrees], "other_miss_distance_km"), (lacking, "miss_distance_km")):
        for one in table:
            yield (
                (int(one.first_norad_id[0]), int(one.second_norad_id[0])),
                str(one.tca_utc[0]).replace("T", " "),
                float(one[miss][0]),
                one.causes[0].split(";"),
                bool(one.tested[0]),
            )
