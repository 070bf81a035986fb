"""`debrissim lint`: sentences, summary, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.lint_samples import CDM_KVN, OEM_KVN, changed

from debrissim.cli.main import main


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "good.cdm": CDM_KVN,
        "good.oem": OEM_KVN,
        "bad.cdm": changed(CDM_KVN, "412.310563 [m]", "412.310563"),
        "digits.cdm": CDM_KVN.replace("E+", "0000000000000001E+"),
        "advice.cdm": changed(CDM_KVN, "COMMENT HBR", "COMMENT Size"),
        "page.html": "<!doctype html><html></html>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in texts}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str], str]:
    code = main(["lint", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err


def test_good_files_pass(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, err = run(capsys, files["good.cdm"])
    assert (code, lines, err) == (0, ["CDM (KVN), 1 record: no fault, no advice"], "")
    code, lines, _ = run(capsys, files["good.cdm"], files["good.oem"])
    assert (code, lines) == (0, ["2 files: 2 without a fault, 0 with faults; no fault, no advice"])


def test_a_fault_is_one_line_with_place_and_clause(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, _ = run(capsys, files["good.oem"], files["bad.cdm"])
    assert code == 1
    assert lines == [
        f"{files['bad.cdm']}:7: fault: MISS_DISTANCE has no unit; expected [m] (CCSDS 508.0-B-1, 6.2.4.1)",
        "2 files: 1 without a fault, 1 with faults; 1 fault, no advice",
    ]


def test_many_of_one_kind_are_summed_up(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = run(capsys, files["digits.cdm"])
    assert code == 1
    assert sum("digits; expected 16" in line for line in lines) == 5
    assert any("more of this kind, number-digits (--all shows them)" in line for line in lines)
    _, every, _ = run(capsys, files["digits.cdm"], "--all")
    assert sum("digits; expected 16" in line for line in every) > 5


def test_advice_can_be_left_out_and_is_no_fault(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, _ = run(capsys, files["advice.cdm"])
    assert code == 0
    assert ": advice: no hard-body radius" in lines[0]
    assert lines[1] == "CDM (KVN), 1 record: no fault, 1 piece of advice"
    assert run(capsys, files["advice.cdm"], "--no-advice")[:2] == (0, ["CDM (KVN), 1 record: no fault"])


def test_a_file_that_cannot_be_checked_leaves_the_others_alone(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, err = run(capsys, files["page.html"], files["bad.cdm"], files["good.cdm"])
    assert code == 2
    assert lines[-1] == "3 files: 1 without a fault, 1 with faults, 1 not checked; 1 fault, no advice"
    assert err.startswith(f"debrissim: {files['page.html']}: an HTML page")
    code, lines, _ = run(capsys, files["good.cdm"].with_name("none"))
    assert (code, lines) == (2, ["1 file: none could be checked"])


def test_json_has_everything(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lint", "--json", *(str(files[name]) for name in ("bad.cdm", "good.cdm", "page.html"))])
    content = json.loads(capsys.readouterr().out)
    assert code == 2
    assert (content["faults"], content["advice"], content["unreadable"]) == (1, 0, 1)
    bad, good, page = content["files"]
    assert bad["findings"] == [
        {
            "severity": "fault",
            "line": 7,
            "rule": "unit-missing",
            "text": "MISS_DISTANCE has no unit; expected [m]",
            "clause": "CCSDS 508.0-B-1, 6.2.4.1",
        }
    ]
    assert (bad["format"], bad["records"], bad["faults"], bad["passed"]) == ("CDM (KVN)", 1, 1, False)
    assert good["passed"]
    assert "HTML" in page["unreadable"]
    assert not page["passed"]
