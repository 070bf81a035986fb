"""One planted difference of each kind: each is found, with the right cause, and its counterfactual is true.

One station flies past one object per kind. `ours` is the catalogue of the run, `theirs` that of the list, whose rows
python-sgp4 alone makes (`support.other_lists`).
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sgp4.api import WGS84
from support.catalogs import (
    Elements,
    crossing_pair,
    decaying,
    formation,
    leo,
    make_catalog,
)
from support.other_lists import approach, record_of, row, run_toml, write_list

from debrissim.catalog import Catalog, write_omm_csv
from debrissim.conjunctions.run import run
from debrissim.results.table import Table
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.other_sources import Comparison, compare

SPAN_S = 8640.0
VOLUME_KM = 3.0
STATION = 25544
TOML = run_toml(
    "One of each",
    "ours.csv",
    SPAN_S / 86400.0,
    spacecraft=STATION,
    sphere_km=VOLUME_KM,
    more="\n[catalog]\nmax_age_days = 2.0\n",
)
# Number of the object of each kind, and the moment and miss of its approach in the list.
NUMBERS = {
    "same": (700010, 900.0, 1.0),
    "set": (700011, 1700.0, 1.2),
    "manoeuvre": (700012, 2500.0, 0.8),
    "volume": (700013, 3200.0, 4.2),
    "not listed": (700014, 3900.0, 0.6),
    "stale": (700015, 4600.0, 0.9),
    "wgs84": (700016, 5300.0, 0.7),
    "set and volume": (700018, 6600.0, 4.5),
    "missed": (700019, 7200.0, 1.5),
    "fails": (700020, 8300.0, 1.1),
    "span": (700021, SPAN_S + 600.0, 1.3),
    "docked": (49044, 5000.0, 0.0),
    "together": (700022, 5000.0, 0.0),
}
EXPECTED = {
    "set": "another element set",
    "manoeuvre": "manoeuvre between the element sets",
    "volume": "outside the volume",
    "not listed": "not in the catalogue",
    "stale": "stale element set",
    "wgs84": "SGP4 constants",
    "set and volume": "outside the volume;another element set",
    "missed": "missed by the screening",
    "fails": "cannot be propagated",
    "span": "outside the span",
    "docked": "docked",
    "together": "flies together",
}


def shifted(elements: Elements, *, days: float, anomaly_deg: float, mean_motion: float = 0.0) -> Elements:
    """The set of an earlier epoch on the same orbit, ahead of it along the track by an angle."""
    whole = elements.mean_motion_rev_day * 360.0
    return replace(
        elements,
        epoch_days=elements.epoch_days - days,
        mean_motion_rev_day=elements.mean_motion_rev_day + mean_motion,
        mean_anomaly_deg=(elements.mean_anomaly_deg - whole * days + anomaly_deg) % 360.0,
    )


def sets() -> tuple[dict[str, Elements], dict[str, Elements]]:
    """The element sets of both sides by kind, without the station's."""
    station = leo(norad_id=STATION)
    theirs: dict[str, Elements] = {}
    for kind, (number, tca_s, miss_km) in NUMBERS.items():
        options: dict[str, float] = {}
        if kind == "wgs84":
            # Older than the station's: sets of one age would err alike.
            options = {"epoch_days": -1.9}
        if kind == "stale":
            options = {"epoch_days": -3.0}
        if kind in ("docked", "together"):
            _, second = formation({"docked": 0.2, "together": 0.9}[kind], station)
            second = replace(second, eccentricity=second.eccentricity + 2e-6)
        else:
            _, second = crossing_pair(miss_km, tca_s, primary=station, **options)
        theirs[kind] = replace(second, norad_id=number)
    ours = dict(theirs)
    ours["set"] = shifted(theirs["set"], days=0.2, anomaly_deg=0.1)
    ours["manoeuvre"] = shifted(theirs["manoeuvre"], days=0.3, anomaly_deg=-0.05, mean_motion=0.003)
    ours["set and volume"] = shifted(theirs["set and volume"], days=0.2, anomaly_deg=0.2)
    ours["fails"] = decaying(norad_id=NUMBERS["fails"][0])
    del ours["not listed"]
    return ours, theirs


def catalog_of(elements: dict[str, Elements]) -> Catalog:
    catalog = make_catalog(leo(norad_id=STATION), *elements.values())
    names = np.array(["ISS (ZARYA)", *(kind.upper() for kind in elements)], dtype=np.str_)
    designators = np.array(["1998-067A", *("2021-066A" if kind == "docked" else "" for kind in elements)])
    return catalog.with_columns(name=names, international_designator=designators)


def listed(theirs: Catalog) -> list[dict[str, str]]:
    """The rows of the list."""
    rows = []
    for kind, (number, tca_s, _) in NUMBERS.items():
        pair = theirs[theirs.norad_id == STATION], theirs[theirs.norad_id == number]
        options = {"constants": WGS84} if kind == "wgs84" else {}
        found = approach(*(record_of(each, **options) for each in pair), tca_s)
        rows.append(row(pair, found))
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run, the list and both catalogues."""
    work = tmp_path_factory.mktemp("compared")
    ours, theirs = (catalog_of(each) for each in sets())
    write_omm_csv(ours, work / "ours.csv")
    write_omm_csv(theirs, work / "theirs.csv")
    write_list(work / "list.csv", listed(theirs))
    (work / "run.toml").write_text(TOML, encoding="utf-8")
    run(load_scenario(work / "run.toml")).write(work / "out")
    # A screening that missed one.
    path = work / "out" / "conjunctions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line for line in lines if f",{NUMBERS['missed'][0]}," not in line), encoding="utf-8"
    )
    return work


@pytest.fixture(scope="module")
def comparison(folder: Path) -> Comparison:
    return compare(
        folder / "out", folder / "list.csv", catalog_files=[folder / "ours.csv", folder / "theirs.csv"]
    )


def row_of(comparison: Comparison, kind: str) -> Table:
    """The row of the object of a kind, in either table."""
    for table in (comparison.matched, comparison.missing):
        found = table[table.second_norad_id == NUMBERS[kind][0]]
        if len(found):
            assert len(found) == 1
            return found
    raise AssertionError(kind)


def test_what_is_the_same_has_no_cause(comparison: Comparison) -> None:
    found = row_of(comparison, "same")
    assert bool(found.agrees[0])
    assert found.causes[0] == ""
    assert found.tested[0] is None
    assert abs(found.tca_difference_s[0]) < 1e-3
    assert abs(found.miss_difference_km[0]) < 6e-4


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_planted_cause_is_found_and_tested(comparison: Comparison, kind: str) -> None:
    found = row_of(comparison, kind)
    assert found.causes[0] == EXPECTED[kind], found.explanation[0]
    assert found.tested[0] is True
    assert found.explanation[0]


@pytest.mark.parametrize("kind", ["set", "manoeuvre", "not listed", "wgs84", "set and volume", "fails"])
def test_with_the_cause_removed_the_miss_is_the_reported_one(comparison: Comparison, kind: str) -> None:
    found = row_of(comparison, kind)
    reported = found["other_miss_distance_km" if "other_miss_distance_km" in found else "miss_distance_km"][0]
    assert found.counterfactual_miss_km[0] == pytest.approx(reported, abs=6e-4)
    assert abs(found.counterfactual_tca_shift_s[0]) < 0.01
    computed = found["miss_distance_km" if "agrees" in found else "computed_miss_km"][0]
    assert not abs(computed - reported) < 1e-3


def test_without_their_sets_no_set_is_named(folder: Path) -> None:
    found = compare(folder / "out", folder / "list.csv", catalog_files=folder / "ours.csv")
    for kind in ("set", "manoeuvre", "not listed", "fails"):
        one = row_of(found, kind)
        assert "not determined" in one.causes[0]
        assert one.tested[0] is False
        assert "--catalog" in one.explanation[0]
    assert "newer than ours" in row_of(found, "set").explanation[0]
    for kind in ("volume", "stale", "wgs84", "missed", "span", "docked", "together"):
        assert row_of(found, kind).causes[0] == EXPECTED[kind]


def test_constants_are_no_cause_where_the_age_names_another_set(folder: Path, tmp_path: Path) -> None:
    """The numbers of WGS-84, but the source says that it flew a set of another epoch: a coincidence."""
    with (folder / "list.csv").open(encoding="utf-8", newline="") as stream:
        rows = [each for each in csv.DictReader(stream) if each["NORAD_CAT_ID_2"] == str(NUMBERS["wgs84"][0])]
    rows[0]["DSE_2"] = f"{float(rows[0]['DSE_2']) - 0.3:.3f}"
    write_list(tmp_path / "list.csv", rows)
    found = compare(folder / "out", tmp_path / "list.csv", catalog_files=folder / "ours.csv")
    assert found.matched.causes.tolist() == ["not determined"]
    assert "0.30 days newer than ours" in found.matched.explanation[0]


def test_the_answer_counts_them(comparison: Comparison) -> None:
    answer = comparison.answer
    assert answer["events"] == len(NUMBERS)
    assert answer["outside_span"] == 1
    assert answer["found"] == 2
    assert answer["agree"] == 1
    assert answer["differences"] == answer["explained"] == len(EXPECTED)
    lines = "\n".join(comparison.terminal_lines())
    assert lines.startswith(
        "Of 13 events in SOCRATES, 12 concern objects and times that these results\n"
        "  examined: 2 are found, 10 are missing.\n"
        "Of the 2 events found, 1 agrees in TCA, miss and speed to the digits of\n  SOCRATES; 1 differs.\n"
        "1 further event of the same spacecraft lies outside the span of these results.\n"
    )
