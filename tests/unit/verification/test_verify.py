"""`verify`: a whole run passes, and whatever is taken from it or changed in it is found."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, adversarial, random_catalog
from support.small import SMALL_TOML

from debrissim import open_results
from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.cli.output import verification_lines
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.core.statistics import clopper_pearson
from debrissim.core.time import utc_text
from debrissim.report.page import write_report
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.verify import Verification, verify

ALL_TOML = f"""\
title = "An hour of a crowd"

[span]
start = {utc_text(START_JD, START_FRACTION)}
duration_days = 0.04

[[catalog.sources]]
file = "crowd.csv"

[screening]
mode = "all-vs-all"
volumes = [{{ name = "ball", sphere_km = 15.0 }}, {{ name = "slab", box_km = [2.0, 25.0, 25.0] }}]

[output]
plots = false
"""
CENSUS = 10_000_000


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with crowd.csv, two scenarios and their results: `crowd` (all-vs-all) and `hour` (one-vs-all)."""
    folder = tmp_path_factory.mktemp("finished")
    write_omm_csv(random_catalog(np.random.default_rng(3), 300), folder / "crowd.csv")
    for name, text in (("crowd", ALL_TOML), ("hour", SMALL_TOML)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        run(load_scenario(folder / f"{name}.toml")).write(folder / name)
    return folder


@pytest.fixture
def work(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to spoil, as the working folder."""
    copy = tmp_path / "work"
    shutil.copytree(finished, copy)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("COLUMNS", "80")
    return copy


def rows_of(folder: Path) -> tuple[list[str], list[dict[str, str]]]:
    with (folder / "conjunctions.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
        return list(reader.fieldnames or ()), rows


def write_rows(folder: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with (folder / "conjunctions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("name", ["crowd", "hour"])
def test_a_census_of_a_whole_run_passes(work: Path, name: str):
    report = verify(work / name, sample=CENSUS)
    _, rows = rows_of(work / name)
    assert report.passed, report.missing + report.false_rows
    assert report.cells_sampled == report.cells_total
    assert report.found_count == len(rows) == report.rows_checked > 5
    assert report.recall == 1.0
    low, high = report.recall_interval
    assert low < report.recall_lower_bound < high == 1.0
    assert report.recall_lower_bound == pytest.approx(0.05 ** (1.0 / len(rows)))


@pytest.mark.parametrize("name", ["crowd", "hour"])
def test_a_row_taken_away_is_missed(work: Path, name: str):
    header, rows = rows_of(work / name)
    removed = rows.pop(len(rows) // 2)
    write_rows(work / name, header, rows)
    report = verify(work / name, sample=CENSUS)
    assert [f.tca_s for f in report.missing] == pytest.approx([float(removed["tca_s"])], abs=1e-3)
    assert report.missing[0].miss_distance_km == pytest.approx(float(removed["miss_distance_km"]), abs=1e-6)
    assert report.missing[0].reason.startswith("not in the results")
    assert report.recall == pytest.approx(len(rows) / (len(rows) + 1))
    assert not report.false_rows
    assert not report.passed


@pytest.mark.parametrize(
    ("column", "change", "message"),
    [
        ("miss_distance_km", 0.001, "SGP4 gives a distance of"),
        ("tca_s", 0.1, "SGP4 gives"),
        ("relative_speed_km_s", 0.01, "SGP4 gives a relative speed of"),
    ],
)
def test_a_tampered_row_is_wrong(work: Path, column: str, change: float, message: str):
    header, rows = rows_of(work / "crowd")
    rows[3][column] = str(float(rows[3][column]) + change)
    write_rows(work / "crowd", header, rows)
    report = verify(work / "crowd", sample=CENSUS)
    assert [f.reason.startswith(message) for f in report.false_rows] == [True]
    assert len(report.missing) == (column != "relative_speed_km_s")


@pytest.mark.parametrize(
    ("column", "change", "message"),
    [
        ("entry_s", -0.1, "SGP4 gives it outside next to its entry"),
        ("entry_s", 0.1, "SGP4 gives it inside next to its entry"),
        ("exit_s", -0.1, "SGP4 gives it inside next to its exit"),
        ("exit_s", 0.1, "SGP4 gives it outside next to its exit"),
    ],
)
def test_a_tampered_stay_is_wrong(work: Path, column: str, change: float, message: str):
    header, rows = rows_of(work / "crowd")
    (row, *_) = [
        r for r in rows if r["entry_s"] and r["exit_s"] and float(r["exit_s"]) - float(r["entry_s"]) > 1.0
    ]
    row[column] = repr(float(row[column]) + change)
    write_rows(work / "crowd", header, rows)
    (finding,) = verify(work / "crowd", sample=1).false_rows
    assert finding.reason.startswith(message)


def test_a_folder_of_an_earlier_version(work: Path):
    """It records neither when a secondary counts nor stays: its rows are those inside at TCA."""
    scenario = load_scenario(work / "crowd.toml")
    screening = scenario.screening.model_copy(update={"inside": "tca"})
    at_tca = run(scenario.model_copy(update={"screening": screening}), catalogs=[work / "crowd.csv"])
    at_tca.write(work / "old")
    summary = json.loads((work / "old/summary.json").read_text(encoding="utf-8"))
    del summary["provenance"]["scenario"]["screening"]["inside"], summary["provenance"]["ephemerides"]
    (work / "old/summary.json").write_text(json.dumps(summary), encoding="utf-8")
    header, rows = rows_of(work / "old")
    for name in [column.name for column in CONJUNCTIONS.columns if column.optional]:
        header.remove(name)
        for row in rows:
            del row[name]
    write_rows(work / "old", header, rows)
    report = verify(work / "old", sample=CENSUS, catalog_files=[work / "crowd.csv"])
    assert report.passed
    assert report.found_count == len(rows) < len(rows_of(work / "crowd")[1])
    opened = open_results(work / "old")
    assert len(opened.encounters) == len(rows)
    assert "entry_s" not in opened.encounters
    assert opened.scenario.screening.inside == "tca"
    assert "(modelled errors)" in opened.verdict.whole.answer
    assert write_report(work / "old")
    assert main(["export", str(work / "old"), "-f", "parquet", "--out", str(work / "old.parquet")]) == 0


def test_rows_that_should_not_be_there(work: Path):
    header, rows = rows_of(work / "crowd")
    write_rows(work / "crowd", header, [*rows, rows[0], rows[1] | {"secondary_norad_id": "77"}])
    report = verify(work / "crowd", sample=1)
    assert [f.reason for f in report.false_rows] == [
        "listed twice",
        "an object that is not in the catalogue",
    ]


def test_samples_are_reproducible_and_fair(work: Path):
    first, again, second = (verify(work / "crowd", sample=400, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert 400 <= first.cells_sampled < 420
    assert first.cells_total == 300 * 6
    assert first.intervals_sampled == 6
    _, rows = rows_of(work / "crowd")
    mean = np.mean([verify(work / "crowd", sample=360, seed=k).found_count for k in range(6)])
    # A pair is searched if either of its objects is sampled.
    assert mean == pytest.approx((1.0 - 0.8**2) * len(rows), rel=0.35)
    assert second.cells_sampled == first.cells_sampled


def test_an_adversarial_catalogue_passes(tmp_path: Path):
    write_omm_csv(adversarial(3456.0), tmp_path / "crowd.csv")
    (tmp_path / "s.toml").write_text(ALL_TOML, encoding="utf-8")
    run(load_scenario(tmp_path / "s.toml")).write(tmp_path / "out")
    report = verify(tmp_path / "out", sample=CENSUS, catalog_files=[tmp_path / "crowd.csv"])
    assert report.passed, report.missing + report.false_rows
    assert report.found_count > 5


def test_the_catalogue_is_recognised_by_its_hash(work: Path, monkeypatch: pytest.MonkeyPatch):
    (work / "elsewhere").mkdir()
    monkeypatch.chdir(work / "elsewhere")
    results = work / "crowd"
    # Where the scenario has it, from any working folder; then nowhere.
    assert verify(results, sample=1).passed
    (work / "crowd.csv").rename(work / "hidden")
    with pytest.raises(
        InputError, match=r"needs its catalogue; give with --catalog the file crowd.csv with SHA-256"
    ):
        verify(results)
    (work / "hidden").rename(work / "crowd.csv")
    assert verify(results, sample=1, catalog_files=[work / "crowd.csv"]).passed
    assert verify(str(results), sample=1, catalog_files=str(work / "crowd.csv")).passed
    renamed = work / "renamed.csv"
    shutil.copy(work / "crowd.csv", renamed)
    assert verify(results, sample=1, catalog_files=[renamed]).passed
    renamed.write_bytes(renamed.read_bytes() + b"\n")
    with pytest.raises(InputError, match=r"renamed.csv: not the catalogue of this run; give with --catalog"):
        verify(results, catalog_files=[renamed])
    with pytest.raises(InputError, match=r"renamed.csv: not a catalogue of this run"):
        verify(results, catalog_files=[work / "crowd.csv", renamed])
    with pytest.raises(InputError, match=r"none\.csv: no such file"):
        verify(results, catalog_files=[work / "none.csv"])


def test_a_run_with_a_replaced_catalogue_is_reconstructed(work: Path):
    population = ALL_TOML.replace('file = "crowd.csv"', 'population = "bundled"')
    (work / "bundled.toml").write_text(population, encoding="utf-8")
    result = run(load_scenario(work / "bundled.toml"), catalogs=[work / "crowd.csv"])
    result.write(work / "replaced")
    # At the path that run.json records, and where the caller has it.
    assert verify(work / "replaced", sample=CENSUS).passed
    shutil.copy(work / "crowd.csv", work / "moved.csv")
    (work / "crowd.csv").write_bytes((work / "crowd.csv").read_bytes() + b"\n")
    with pytest.raises(InputError, match="needs its catalogue"):
        verify(work / "replaced")
    assert verify(work / "replaced", sample=1, catalog_files=[work / "moved.csv"]).passed
    record = json.loads((work / "replaced" / "run.json").read_text(encoding="utf-8"))
    assert record["catalogs"] == ["../crowd.csv"]
    for damaged in ("x", [1, None, ""], ["none.csv"]):
        record["catalogs"] = damaged
        (work / "replaced" / "run.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(InputError, match="needs its catalogue"):
            verify(work / "replaced")


def test_a_different_population_is_reported(work: Path):
    path = work / "hour" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["provenance"]["catalogue"]["objects"] += 1
    path.write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(InputError, match="cannot be reconstructed: objects 301, but it was 302"):
        verify(work / "hour")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"summary\.json lacks"):
        verify(work / "hour")


def test_bounds_of_clopper_and_pearson():
    # 9 of 10: Clopper and Pearson's own 95 % chart, in figures.
    assert clopper_pearson(9, 10, 0.025) == pytest.approx((0.5550, 0.9975), abs=5e-5)
    assert clopper_pearson(0, 0, 0.05) == (0.0, 1.0)
    assert clopper_pearson(0, 4, 0.05)[0] == 0.0
    assert clopper_pearson(4, 4, 0.05)[1] == 1.0
    nothing = Verification(1, 10, 1, 10, 0, (), 0, 0, 0, ())
    assert np.isnan(nothing.recall)
    assert nothing.recall_lower_bound == 0.0


def test_a_sample_without_events_does_not_pass_for_what_it_did_not_test() -> None:
    def verdict(rows: int) -> str:
        return next(verification_lines(Verification(1, 10, 1, 10, 0, (), 0, rows, rows, ()))).text

    assert verdict(7) == (
        "passed for its rows alone: wrong rows: 0 of 7; missing events: not tested, none was in the sample"
    )
    assert (
        verdict(0)
        == "nothing tested: no row was computed again; missing events: not tested, none was in the sample"
    )


def test_the_command(work: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["verify", "crowd", "--sample", "2000"]) == 0
    captured = capsys.readouterr()
    assert "recall 1.0000, at least 0.9" in captured.out
    assert captured.out.startswith("passed: missing events: 0 of ")
    assert max(map(len, captured.out.splitlines())) <= 80
    assert captured.err.splitlines() == ["catalogue ...", "dense SGP4 ...", "rows ..."]
    header, rows = rows_of(work / "crowd")
    write_rows(work / "crowd", header, rows[1:])
    assert main(["verify", "crowd", "--sample", "2000", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert f"missing: {rows[0]['primary_norad_id']} x {rows[0]['secondary_norad_id']} at" in captured.out
    assert captured.out.startswith("FAILED: missing events: 1 of ")
    assert captured.err == ""
    assert main(["verify", "nowhere"]) == 2
    assert "nowhere: is not a results folder" in capsys.readouterr().err
    assert main(["verify", "crowd", "--sample", "0"]) == 2
    assert main(["verify", "hour", "--catalog", "crowd.csv"]) == 2
    assert "crowd.csv: not a catalogue of this run" in capsys.readouterr().err
