"""`verify` of runs whose objects fly ephemerides or several element sets: nothing is missing, any change is found."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from support.csv_text import read_csv
from support.ephemeris_samples import finals2000a
from support.flown_scenarios import fleet_toml, history_toml, write_fleet, write_history

from debrissim.cli.main import main
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError
from debrissim.scenario.conjunctions import load_scenario
from debrissim.verification.verify import verify

CENSUS = 10_000_000


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flown")
    write_fleet(folder)
    write_history(folder)
    number = read_csv(folder / "crowd.csv")["NORAD_CAT_ID"][1]
    one = (
        fleet_toml("").replace("120.0", "900.0")
        + f'\n[[primaries]]\nnorad_id = {number}\nephemeris = "fleet/1.oem"\n'
    )
    (folder / "eop").write_text(finals2000a(), encoding="ascii")
    oriented = one + '\n[ephemerides]\nearth_orientation = "eop"\n'
    for name, text in (
        ("all", fleet_toml()), ("one", one), ("oriented", oriented), ("history", history_toml())
    ):  # fmt: skip
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        run(load_scenario(folder / f"{name}.toml")).write(folder / f"out-{name}")
    return folder


@pytest.fixture
def work(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "work"
    shutil.copytree(finished, copy)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("COLUMNS", "1000")
    return copy


@pytest.mark.parametrize("name", ["all", "one", "history"])
def test_a_census_passes(work: Path, name: str):
    report = verify(work / f"out-{name}", sample=CENSUS)
    assert report.cells_sampled == report.cells_total
    assert not report.missing
    assert not report.false_rows
    assert report.found_count >= {"all": 10, "one": 1, "history": 30}[name]
    assert report.rows_checked == report.rows_total


def test_rows_at_switches_are_missed_when_they_are_gone(work: Path):
    path = work / "out-history" / "conjunctions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    switches = [line for line in lines if ",switch," in line]
    assert len(switches) > 3
    path.write_text("".join(line for line in lines if line not in switches), encoding="utf-8")
    report = verify("out-history", sample=CENSUS)
    assert len(report.missing) == len(switches)


def test_a_row_moved_to_a_switch_that_does_not_exist_is_wrong(work: Path):
    path = work / "out-history" / "conjunctions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",minimum,", ",switch,"), encoding="utf-8")
    report = verify("out-history", sample=1000)
    assert report.false_rows
    assert {finding.reason for finding in report.false_rows} == {"neither object changes its trajectory then"}


def test_ephemerides_that_moved_are_found_by_their_hash(work: Path):
    shutil.move("fleet", "elsewhere")
    with pytest.raises(
        InputError, match=r"needs its ephemeris; give with --ephemeris the file 0\.oem with SHA-256"
    ):
        verify("out-all", sample=1000)
    files = sorted((work / "elsewhere").iterdir())
    assert verify("out-all", sample=1000, ephemeris_files=files).passed
    with pytest.raises(InputError, match=r"crowd\.csv: not an ephemeris of this run"):
        verify("out-all", sample=1000, ephemeris_files=[*files, "crowd.csv"])


def test_an_ephemeris_that_changed_is_one_sentence(work: Path, capsys: pytest.CaptureFixture[str]):
    with (work / "fleet" / "1.oem").open("a", encoding="utf-8") as stream:
        stream.write("COMMENT changed\n")
    assert main(["verify", "out-one", "-q"]) == 2
    error = capsys.readouterr().err
    assert "1.oem: not the ephemeris of this run; give with --ephemeris the file 1.oem with SHA-256" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["all", "oriented", "history"])
def test_files_are_found_from_any_working_folder(work: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    """run.json records the way from the results to the scenario's folder."""
    (work / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(work / "deep" / "er")
    assert verify(f"../../out-{name}", sample=1000).passed


def test_the_file_in_the_working_folder_is_taken_if_it_is_the_one_of_the_run(work: Path, tmp_path: Path):
    """A changed file at the scenario's path does not hide the right one, nor the other way round."""
    other = tmp_path / "other"
    shutil.copytree(work / "out-one", other / "results" / "out-one")
    assert verify(other / "results" / "out-one", sample=1000).passed
    shutil.copytree(work / "fleet", other / "results" / "out-one" / "fleet")
    (work / "fleet" / "1.oem").write_text("changed", encoding="utf-8")
    assert verify(other / "results" / "out-one", sample=1000).passed


def test_earth_orientation_is_recognised_by_its_hash(work: Path, capsys: pytest.CaptureFixture[str]):
    record = json.loads((work / "out-oriented" / "summary.json").read_text(encoding="utf-8"))["provenance"]
    digest = hashlib.sha256((work / "eop").read_bytes()).hexdigest()
    assert record["earth_orientation"] == {"file": "eop", "sha256": digest}
    assert record["ephemerides"][0]["path"] == "fleet/1.oem"
    shutil.move("eop", "moved")
    assert main(["verify", "out-oriented", "-q"]) == 2
    error = capsys.readouterr().err
    assert (
        "needs its file of Earth orientation; give with --earth-orientation the file eop with SHA-256"
        in error
    )
    assert main(["verify", "out-oriented", "-q", "-n", "1000", "--earth-orientation", "moved"]) == 0
    compared = ["compare", "out-oriented", "out-one", "-q", "--out", "compared"]
    assert main(compared) == 2
    assert "give with --earth-orientation the file eop" in capsys.readouterr().err
    assert main([*compared, "--earth-orientation", "moved"]) == 0
    (work / "eop").write_text(finals2000a() + "\n", encoding="ascii")
    capsys.readouterr()
    assert main(["verify", "out-oriented", "-q"]) == 2
    error = capsys.readouterr().err
    assert "eop: not the file of Earth orientation of this run; give with --earth-orientation" in error
    assert error.count("\n") == 1
    with pytest.raises(InputError, match="moved: this run read no file of Earth orientation"):
        verify("out-one", sample=1000, earth_orientation_file="moved")


def test_results_that_record_no_paths_are_verified_as_before(work: Path):
    path = work / "out-all" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    for own in summary["provenance"]["ephemerides"]:
        del own["path"]
    path.write_text(json.dumps(summary), encoding="utf-8")
    (work / "out-all" / "run.json").unlink()
    assert verify("out-all", sample=1000).passed


def test_a_copy_of_a_file_of_the_run_is_one_of_its_files(work: Path, tmp_path: Path):
    shutil.copy(work / "crowd.csv", tmp_path / "copy.csv")
    shutil.copy(work / "fleet" / "0.oem", tmp_path / "copy.oem")
    report = verify(
        work / "out-all",
        sample=1000,
        catalog_files=[work / "crowd.csv", tmp_path / "copy.csv"],
        ephemeris_files=[work / "fleet" / "0.oem", tmp_path / "copy.oem"],
    )
    assert report.passed
