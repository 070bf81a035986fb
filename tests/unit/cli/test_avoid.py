"""The command `avoid`: its answer, its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.paths import ROOT

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
            "expected catalogs, ephemerides and earth_orientation in the scenario",
        ),
        ([COLLISION, "--thrust", "100"], "expected specific_impulse_s or mass_flow_kg_s with thrust_n"),
        ([COLLISION, "--goal", "2"], "goals.probability"),
        ([COLLISION, "--hbr", "5"], "hard_body_radius_m goes with message alone"),
        ([COLLISION, "--latest", "50"], "expected latest_hours below earliest_hours"),
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
