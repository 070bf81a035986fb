"""Common to all kinds of study: scenario, folder, figures, command line."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from support.reports import needs_report

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.report.html.libraries import missing_libraries
from debrissim.studies.kinds import KINDS
from debrissim.studies.protocol import load_scenario, plot, report, run

SCENARIO = 'kind = "tiny"\ntitle = "Twice"\nnumber = 2.5\n'


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "tiny", "support.tiny_study")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "twice.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_a_study_from_its_file_to_its_folder(scenario: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    result = run(load_scenario(scenario), progress=lambda phase, _: seen.append(phase))
    written = result.write(tmp_path / "out")
    assert seen == ["doubling", "done"]
    assert set(written.seconds) == {"computing", "writing"}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["kind"], summary["answer"]) == ("tiny", {"twice": 5.0})
    assert summary["provenance"]["scenario"]["number"] == 2.5
    assert (tmp_path / "out" / "numbers.csv").read_text(encoding="utf-8") == "twice\n5.0\n"
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "numbers.csv",
        "summary.json",
        "plots",
        "run.json",
        *([] if missing_libraries() else ["report.html"]),
    }


def test_two_runs_give_the_same_bytes_and_figures_are_plotted_from_the_folder(
    scenario: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        run(load_scenario(scenario)).write(tmp_path / name)
    files = ["numbers.csv", "summary.json", "plots/twice.png"]
    first = {name: (tmp_path / "one" / name).read_bytes() for name in files}
    assert first == {name: (tmp_path / "two" / name).read_bytes() for name in files}
    (tmp_path / "one" / "plots" / "twice.png").unlink()
    assert plot(tmp_path / "one") == [tmp_path / "one" / "plots" / "twice.png"]
    assert (tmp_path / "one" / "plots" / "twice.png").read_bytes() == first["plots/twice.png"]


def test_the_command_line_runs_and_plots_it(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["run", str(scenario), "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert shown.out == (
        "Twice\ntwice is 5\nexactly\nNumbers:\nTwice\n    5\nMethod: arithmetic\nNot covered: nothing else\n"
        f"results in {out}\n"
    )
    assert shown.err.splitlines() == ["doubling ...", "writing ..."]
    assert main(["plot", str(out)]) == 0
    captured = capsys.readouterr()
    figure, page = (captured.out + captured.err).splitlines()
    assert figure == str(out / "plots" / "twice.png")
    assert "report.html" in page
    assert main(["run", str(scenario), "--out", str(out), "--force", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "options", "fault"),
    [
        ('kind = "tinny"\ntitle = "x"\n', [], "got 'tinny'; did you mean 'tiny'?"),
        ('kind = ["tiny"]\ntitle = "x"\n', [], "kind: expected one of conjunctions, "),
        ('kind = "tiny"\ntitle = "x"\n', [], "number: is missing"),
        ('kind = "tiny"\ntitle = "x"\nnumber = -1.0\n', [], "number: expected greater than 0, got -1.0"),
        ('kind = "tiny"\ntitle = "x"\nnumbre = 1.0\n', [], "unknown key 'numbre'; did you mean 'number'?"),
        ('kind = "tiny"\ntitle = " "\nnumber = 1.0\n', [], "title: expected some text"),
        (SCENARIO, ["--resume"], "apply to scenarios of conjunctions"),
    ],
)
def test_faults_are_one_sentence_and_exit_code_2(
    text: str, options: list[str], fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["run", str(path), "--out", str(tmp_path / "out"), *options]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"debrissim: {path}: ")
    assert fault in message
    assert message.count("\n") == 1
    assert not (tmp_path / "out").exists()


@needs_report
def test_the_page_says_that_objects_are_sampled_from_statistics(scenario: Path, tmp_path: Path) -> None:
    result = run(load_scenario(scenario))
    for name, synthetic in (("synthetic", True), ("real", False)):
        replace(result, summary={**result.summary, "synthetic": synthetic}).write(tmp_path / name)
        page = (tmp_path / name / "report.html").read_text(encoding="utf-8")
        assert ('class="banner"' in page) == synthetic


def test_a_folder_that_exists_is_left_alone(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists already"):
        run(load_scenario(scenario)).write(tmp_path / "out")


def test_damaged_results_are_reported(scenario: Path, tmp_path: Path) -> None:
    run(load_scenario(scenario)).write(tmp_path / "out")
    (tmp_path / "out" / "numbers.csv").write_text("thrice\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        plot(tmp_path / "out")
    if not missing_libraries():
        (tmp_path / "out" / "summary.json").write_text('{"kind": "tiny", "answer": {}}', encoding="utf-8")
        with pytest.raises(InputError, match="damaged"):
            report(tmp_path / "out")


@needs_report
def test_the_page_of_a_study_holds_its_answer_and_figures_and_escapes_markup(
    scenario: Path, tmp_path: Path
) -> None:
    text = SCENARIO.replace("Twice", "<script>alert(1)</script> & </title>")
    scenario.write_text(text, encoding="utf-8")
    run(load_scenario(scenario)).write(tmp_path / "out")
    path = tmp_path / "out" / "report.html"
    page = path.read_text(encoding="utf-8")
    assert "twice is 5" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;/title&gt;" in page
    assert "<script>alert" not in page
    assert b64encode((tmp_path / "out" / "plots" / "twice.png").read_bytes()).decode() in page
    assert 'href="numbers.csv"' in page
    assert "arithmetic" in page
    path.unlink()
    assert report(tmp_path / "out") == path
    assert path.read_text(encoding="utf-8") == page
    scenario.write_text(SCENARIO + "[output]\nreport = false\n", encoding="utf-8")
    run(load_scenario(scenario)).write(tmp_path / "without")
    assert not (tmp_path / "without" / "report.html").exists()
