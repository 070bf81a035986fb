"""The runner and the common code of the benchmarks; the measurements themselves are not run here."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.paths import ROOT

from debrissim.cli.main import main
from debrissim.verification import brute_force

if not (ROOT / "benchmarks" / "__main__.py").is_file():
    pytest.skip("no benchmarks folder next to the tests", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from benchmarks import QUESTIONS
from benchmarks.__main__ import main as bench
from benchmarks.__main__ import show
from benchmarks.common import exponent, objects, options, output_folder
from benchmarks.contenders import CONTENDERS, Events, Task
from benchmarks.screening_peers import measure as peers
from benchmarks.step_and_cell.measure import recall, union


def test_every_folder_is_listed_and_complete():
    folders = {path.parent.name for path in (ROOT / "benchmarks").glob("*/measure.py")}
    assert folders == {question.name for question in QUESTIONS}
    for question in QUESTIONS:
        folder = ROOT / "benchmarks" / question.name
        page = (folder / "README.md").read_text(encoding="utf-8")
        assert page.startswith("# ")
        assert "|---" in page
        for figure in re.findall(r"!\[[^]]*]\(([^)]+)\)", page):
            assert (folder / figure).is_file(), figure


def test_the_runner_lists_benchmarks_and_refuses_unknown_ones(capsys: pytest.CaptureFixture[str]):
    assert bench([]) == 0
    message = capsys.readouterr().err
    assert all(question.name in message for question in QUESTIONS)
    assert bench(["iss_element_history", "--size", "small"]) == 0
    assert "has no small size" in " ".join(capsys.readouterr().err.split())
    for arguments in (["nothing"], ["all", "--size", "huge"], ["all", "--catalog", "none.csv"]):
        with pytest.raises(SystemExit) as stopped:
            bench(arguments)
        assert stopped.value.code == 2


def test_bench_outside_a_clone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("debrissim.cli.bench.__file__", str(tmp_path / "debrissim" / "cli" / "bench.py"))
    assert main(["bench"]) == 2
    assert "clone it and run this in the clone" in capsys.readouterr().err
    monkeypatch.chdir(ROOT)
    assert main(["bench"]) == 0
    assert main(["bench", "nothing"]) == 2


def test_only_recorded_runs_change_the_folder_of_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("benchmarks.common.RESULTS", tmp_path / "results")
    here = tmp_path / "question"
    assert options("", here, []).out == tmp_path / "results" / "question" / "small"
    assert options("", here, ["--size", "full"]).out == tmp_path / "results" / "question"
    assert options("", here, ["--out", str(tmp_path / "x")]).out == tmp_path / "x"
    assert not here.exists()
    assert options("", here, ["--record"]).out == here / "small"
    assert options("", here, ["--record", "--size", "full"]).out == here
    assert output_folder(here, ["--encounters", "30", "--record"]) == here
    with pytest.raises(SystemExit):
        options("", here, ["--record", "--out", str(tmp_path / "x")])


def test_no_script_writes_beside_itself():
    for path in (ROOT / "benchmarks").glob("*/*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"HERE / .*(savefig|\"w\")|savefig\(HERE", text), path


def test_the_tables_of_a_run_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "times.csv").write_text("who,seconds\n[ours],1.5\n", encoding="utf-8")
    (tmp_path / "times.png").write_bytes(b"")
    show(tmp_path, 0.0)
    shown = capsys.readouterr().out
    assert "times.csv:\nwho     seconds\n[ours]  1.5" in shown
    assert "times.png" in shown
    show(tmp_path, time.time() + 60.0)
    assert capsys.readouterr().out == ""


def test_exponents_of_a_power_law():
    x = np.array([1.0, 2.0, 4.0, 8.0])
    slope, width = exponent(x.tolist(), (3.0 * x**1.5).tolist())
    assert slope == pytest.approx(1.5)
    assert width == pytest.approx(0.0, abs=1e-9)
    # By hand: u = 0, 1, 2 (in units of ln 2), v = 0, 1, 1: slope 1/2, s^2 = 1/6, error sqrt(1/12), t = 12.706.
    slope, width = exponent([1.0, 2.0, 4.0], [1.0, 2.0, 2.0])
    assert slope == pytest.approx(0.5)
    assert width == pytest.approx(12.7062 / np.sqrt(12.0), rel=1e-5)


@pytest.mark.parametrize("one_vs_all", [True, False])
def test_naive_contenders_agree_with_ours(one_vs_all: bool):
    data = objects(None, 400, 5400.0)
    task = Task("any", 400, 5400.0, 60.0, one_vs_all=one_vs_all, threads=1)
    ours = CONTENDERS["debrissim"](task, data)()
    naive = CONTENDERS["sgp4 + sieve" if one_vs_all else "sgp4 + k-d tree"](task, data)()
    # Straight lines are off by metres, so the threshold cuts some; slow pairs they do not find at all.
    assert peers.held(naive, ours).mean() > 0.9 if naive.first.size else ours.first.size < 3
    both = peers.held(ours, naive)
    assert both.mean() > 0.7 if ours.first.size > 5 else True


@pytest.mark.skipif(importlib.util.find_spec("astroz") is None, reason="astroz is not installed")
def test_astroz_agrees_with_ours():
    data = objects(None, 400, 5400.0)
    task = Task("any", 400, 5400.0, 60.0)
    ours, theirs = (CONTENDERS[name](task, data)() for name in ("debrissim", "astroz"))
    assert ours.first.size > 5
    assert peers.held(theirs, ours).mean() > 0.95


def test_events_of_one_side_only_are_explained():
    data = objects(None, 400, 5400.0)
    task = Task("any", 400, 5400.0, 60.0)
    true = CONTENDERS["debrissim"](task, data)()
    verdicts = peers.explained(data, task, true, peers.repeats(true))
    assert {verdict.partition(",")[0] for verdict in verdicts} <= {
        "true minimum below the threshold",
        "an end of the span",
    }
    twice = Events.of(
        *(np.repeat(getattr(true, name)[:1], 2) for name in ("first", "second", "time_s", "miss_km"))
    )
    assert peers.explained(data, task, twice, peers.repeats(twice))[1] == "duplicate"
    elsewhere = Events.of(true.first[:1], true.second[:1], [(float(true.time_s[0]) + 900.0) % 5400.0], [1.0])
    assert (
        peers.explained(data, task, elsewhere, peers.repeats(elsewhere))[0]
        != "true minimum below the threshold"
    )
    assert not peers.held(elsewhere, true)[0]
    assert peers.above(0.0004) == "1 m"
    assert brute_force.MINIMUM == 0


def test_recall_is_against_the_union():
    first, second = [(0, 1, 10.0), (0, 1, 900.0)], [(0, 1, 10.001), (2, 3, 50.0)]
    everything = union({(1.0, 1.0): first, (2.0, 1.0): second})
    assert [event[:2] for event in everything] == [(0, 1), (0, 1), (2, 3)]
    assert recall(first, everything) == pytest.approx(2.0 / 3.0)
    assert recall(everything, everything) == 1.0
