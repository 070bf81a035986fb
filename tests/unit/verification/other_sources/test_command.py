"""`debrissim compare`: its output, its exit codes, and its errors in one sentence."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.catalogs import crossing_pair, leo, make_catalog
from support.other_lists import approach, record_of, row, run_toml, write_list

from debrissim.catalog import write_omm_csv
from debrissim.cli.main import main
from debrissim.conjunctions.run import run
from debrissim.scenario.conjunctions import load_scenario

TOML = run_toml("Two passes", "sky.csv", 0.1, spacecraft=700001)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with one event, and a list with that and one outside its volume."""
    folder = tmp_path_factory.mktemp("command")
    station = leo(norad_id=700001)
    catalog = make_catalog(
        station, *(crossing_pair(miss, t, primary=station)[1] for miss, t in ((1.0, 1000.0), (4.0, 3000.0)))
    )
    write_omm_csv(catalog, folder / "sky.csv")
    records = [record_of(catalog[[k]]) for k in range(3)]
    rows = [
        row((catalog[[0]], catalog[[k]]), approach(records[0], records[k], t))
        for k, t in ((1, 1000.0), (2, 3000.0))
    ]
    rows[1]["OBJECT_NAME_2"] = "[red]\x1b[31mEVIL[/red] [-]"
    write_list(folder / "list.csv", rows)
    (folder / "run.toml").write_text(TOML, encoding="utf-8")
    run(load_scenario(folder / "run.toml")).write(folder / "out")
    return folder


@pytest.fixture
def here(finished: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the run as the working folder, in which it finds its catalogue."""
    monkeypatch.chdir(finished)
    return finished


def test_the_answer_is_shown_and_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "out", "list.csv", "--force"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Of 2 events in SOCRATES, 2 concern objects and times that these results\n")
    assert "outside the volume" in shown
    assert "every event with its cause in out-compared" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())
    assert "\x1b" not in shown + (here / "out-compared" / "missing.csv").read_text(encoding="utf-8")
    assert {path.name for path in (here / "out-compared").iterdir()} == {
        "matched.csv", "missing.csv", "summary.json", "run.json",
    }  # fmt: skip


@pytest.mark.usefixtures("here")
def test_an_event_is_shown_with_its_year_and_its_whole_cause(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["compare", "out", "list.csv", "--force"]) == 0
    shown = capsys.readouterr().out
    event = re.search(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, [^:]*: outside the volume$",
        re.sub(r"\n +", " ", shown),
        re.MULTILINE,
    )
    assert event is not None
    assert "(700003), miss 4.000 km: " in event[0]


@pytest.mark.usefixtures("here")
def test_json_and_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "out", "list.csv", "--force", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["answer"]["found"] == 1
    assert content["answer"]["causes"][0]["causes"] == "outside the volume"
    assert main(["compare", "out", "list.csv", "--force", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_difference_without_a_tested_cause_is_exit_code_1(here: Path) -> None:
    text = (here / "list.csv").read_text(encoding="utf-8").replace(",1.000,", ",1.500,")
    (here / "other.csv").write_text(text, encoding="utf-8")
    assert main(["compare", "out", "other.csv", "--out", "wrong", "--quiet"]) == 1


def test_errors_are_one_sentence(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["nothing", "list.csv"], "nothing: is not a results folder (no summary.json in it)"),
        (["out", "nothing.csv"], "nothing.csv: no such file"),
        (["out", "sky.csv"], "expected a SOCRATES list (CSV), Space-Track's public CDM summaries"),
    ):
        assert main(["compare", *arguments, "--out", "never", "--quiet"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
        assert not (here / "never").exists()


def test_a_run_without_its_catalogue_asks_for_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (here / "sky.csv").rename(here / "moved.csv")
    assert main(["compare", str(here / "out"), str(here / "list.csv"), "--out", "never", "--quiet"]) == 2
    assert "give with --catalog the file sky.csv with SHA-256" in capsys.readouterr().err
    files = ["--catalog", str(here / "moved.csv"), "--out", "found", "--quiet"]
    assert main(["compare", str(here / "out"), str(here / "list.csv"), *files]) == 0
    (here / "moved.csv").rename(here / "sky.csv")


def test_a_superseded_set_of_the_run_s_own_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list used the older of two sets in the file; the run takes the newer one."""
    station = leo(norad_id=700001)
    older = replace(crossing_pair(1.0, 1000.0, primary=station, epoch_days=-1.5)[1], norad_id=700002)
    newer = replace(crossing_pair(2.5, 1000.0, primary=station, clock_deg=40.0)[1], norad_id=700002)
    catalog = make_catalog(station, older, newer)
    write_omm_csv(catalog, tmp_path / "sky.csv")
    found = approach(record_of(catalog[[0]]), record_of(catalog[[1]]), 1000.0)
    write_list(tmp_path / "list.csv", [row((catalog[[0]], catalog[[1]]), found)])
    (tmp_path / "run.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run(load_scenario(tmp_path / "run.toml")).write("out")
    assert main(["compare", "out", "list.csv", "--out", "without", "--quiet"]) == 1
    assert main(["compare", "out", "list.csv", "--catalog", "sky.csv", "--out", "with", "--quiet"]) == 0
    with (tmp_path / "with" / "matched.csv").open(encoding="utf-8", newline="") as stream:
        (one,) = csv.DictReader(stream)
    assert one["causes"] in ("another element set", "manoeuvre between the element sets")
    assert float(one["counterfactual_miss_km"]) == pytest.approx(1.0, abs=1e-3)
