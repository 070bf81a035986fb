"""The command `avoid`: its answer, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.paths import ROOT

from debrissim.cli.avoid import default_folder
from debrissim.cli.main import main

COLLISION = str(ROOT / "scenarios" / "iridium_cosmos_2009.toml")
FEW = ["--direction", "retrograde", "--earliest", "3", "--days", "0.5", "--candidates", "5", "--quiet"]


def test_the_answer_is_written_and_printed_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "avoided"
    assert main(["avoid", COLLISION, *FEW, "--json", "--out", str(out)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["answer"]["verdict"] == "certified"
    assert summary["answer"]["burn"]["delta_v_m_s"] < 0.0
    assert (out / "candidates.csv").is_file()
    assert (out / "messages" / "burn.oem").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.cdm"], "no such file or folder"),
        ([COLLISION, "--event", "7"], "counted from 0, got 7"),
        (
            [COLLISION, "--catalog", "all.csv"],
            "--catalog, --ephemeris and --earth-orientation can be used only with results or message",
        ),
        (
            [COLLISION, "--thrust", "100"],
            "expected --specific-impulse or mass_flow_kg_s of a scenario with --thrust",
        ),
        ([COLLISION, "--goal", "2"], "debrissim: --goal: expected less than 1, got 2.0"),
        ([COLLISION, "--hbr", "5"], "--hbr can be used only with message"),
        ([COLLISION, "--latest", "50"], "expected --latest below --earliest"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["avoid", *arguments, "--quiet", "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert words in " ".join(error.split())
    assert error.count("debrissim: ") == 1
    assert not (tmp_path / "out").exists()


def test_an_error_of_a_run_names_the_option_and_keeps_what_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["avoid", COLLISION, "--direction", "object", "--out", str(tmp_path / "out")]) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert error.startswith("debrissim: --direction: expected 'posigrade', ")
    assert error.endswith("got 'object'")


def test_a_study_is_written_beside_the_folder_of_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "my.run"
    run.mkdir()
    assert default_folder(run, 2) == tmp_path / "my.run-avoided-2"
    assert default_folder(Path("some") / "event.cdm", None) == Path("results") / "event-avoided"
    monkeypatch.chdir(run)
    assert default_folder(Path(), None).resolve() == tmp_path / "my.run-avoided"
