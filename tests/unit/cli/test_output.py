"""Output on a terminal: progress, JSON for scripts, help with examples, nearest names, and an end within a second."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import numba
import pytest
import typer
from rich.console import Console
from support.catalogs import crossing_pair, leo, make_catalog
from support.other_lists import run_toml
from support.small import SMALL_TOML

from debrissim.catalog import write_omm_csv
from debrissim.cli.layout import show
from debrissim.cli.main import app, main
from debrissim.cli.output import short_summary
from debrissim.cli.progress import ProgressDisplay
from debrissim.conjunctions.run import run
from debrissim.core.compile_ahead import compiling_noticed
from debrissim.scenario.conjunctions import load_scenario

# Windows of a day of 26,787 objects against each other: many seconds each, on any machine.
SLOW_TOML = """\
title = "slow"
span = { duration_days = 2.0 }
catalog = { sources = [{ population = "bundled" }] }
screening = { mode = "all-vs-all", volumes = ["socrates-5km"], window_hours = 24.0, workers = 1 }
output = { plots = false }
"""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = []
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        paths += commands(command, (*path, name)) if inner else [(*path, name)]
    return paths


@pytest.mark.parametrize("path", commands(typer.main.get_command(app)), ids=" ".join)
def test_every_help_has_an_example_that_names_its_command(path: tuple[str, ...], capsys):
    assert main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Example: debrissim {' '.join(path)}" in re.sub(r"\s+", " ", shown)
    assert max(map(len, shown.splitlines())) <= 80


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["rnu", "hour.toml"], "'run'"),
        (["run", "hour.toml", "--forc"], "--force"),
        (["catalog", "inof"], "'info'"),
        (["export", "x", "--format", "ome"], "json, parquet, oem, ocm, czml"),
    ],
)
def test_misspelt_names_are_answered_with_the_nearest(arguments: list[str], hint: str, capsys):
    assert main(arguments) == 2
    assert hint in capsys.readouterr().err


def test_json_is_for_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("hour.toml").write_text(SMALL_TOML, encoding="utf-8")
    assert main(["run", "hour.toml", "--json"]) == 0
    captured = capsys.readouterr()
    content = json.loads(captured.out)
    assert content.pop("results") == "results/hour"
    assert content == json.loads(Path("results/hour/summary.json").read_text(encoding="utf-8"))
    assert captured.err.startswith("catalogue ...")
    assert main(["run", "hour.toml", "--json", "--quiet", "--force"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert json.loads(captured.out)["totals"] == content["totals"]


def shown_by(console: Console, monkeypatch: pytest.MonkeyPatch) -> str:
    now = [0.0]
    monkeypatch.setattr("debrissim.cli.progress.time.monotonic", lambda: now[0])
    with ProgressDisplay(console) as progress:
        progress("screening", 0.0)
        for done in range(1, 41):
            now[0] += 2.0
            progress.windows(done, 40, 1000 * done)
            progress("screening", done / 40)
        progress("done", 0.0)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_log_has_a_line_every_fifteen_seconds(monkeypatch: pytest.MonkeyPatch):
    lines = shown_by(Console(file=io.StringIO(), width=80), monkeypatch).splitlines()
    assert lines[0] == "screening ..."
    assert lines[1] == "screening: 8/40 windows, 8,000 candidates, 0.5/s, 64 s left"
    # 80 seconds, one in fifteen (on even seconds: sixteen).
    assert len(lines) == 1 + 5


def test_quiet_shows_nothing(monkeypatch: pytest.MonkeyPatch):
    assert shown_by(Console(file=io.StringIO(), quiet=True), monkeypatch) == ""


def test_a_terminal_shows_windows_rate_and_time_left_in_80_columns():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    with ProgressDisplay(console) as progress:
        progress("screening", 0.0)
        progress.windows(3, 1344, 12_345_678)
        progress("screening", 3 / 1344)
        progress._bar.refresh()
    assert isinstance(console.file, io.StringIO)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())
    lines = [line for line in re.split(r"[\r\n]+", text) if "windows" in line]
    assert any(
        re.search(r"screening .* 0 % 3/1344 windows, 12,345,678 candidates, \S+/s left", x) for x in lines
    )
    assert max(map(len, lines)) <= 80


def test_windows_of_an_earlier_run_do_not_count_in_the_rate(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr("debrissim.cli.progress.time.monotonic", lambda: now[0])
    console = Console(file=io.StringIO(), width=80)
    progress = ProgressDisplay(console)
    progress("screening", 0.0)
    for done in (101, 102):
        now[0] += 10.0
        progress.windows(done, 200, 5)
    assert "102/200 windows, 5 candidates, 0.1/s, 980 s left" in console.file.getvalue()  # type: ignore[attr-defined]


def test_compiling_is_counted_and_does_not_count_in_the_rate(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr("debrissim.cli.progress.time.monotonic", lambda: now[0])
    console = Console(file=io.StringIO(), width=80)
    progress = ProgressDisplay(console)
    progress.compiling(0, 12)
    progress("screening", 0.0)
    for done in (2, 11, 12):
        now[0] += 20.0
        progress.compiling(done, 12)
    for done in (1, 2, 20):
        now[0] += 10.0
        progress.windows(done, 50, 5)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == [
        "compiling kernels, first run only: 1 of 12",
        "screening ...",
        "compiling kernels, first run only: 3 of 12",
        "compiling kernels, first run only: 12 of 12",
        "screening: 1/50 windows, 5 candidates, 0.1/s, 490 s left",
        "screening: 20/50 windows, 5 candidates, 0.67/s, 45 s left",
    ]


def test_a_terminal_shows_no_time_left_while_kernels_are_compiled():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    with ProgressDisplay(console) as progress:
        progress("screening", 0.0)
        progress.compiling(2, 12)
        progress._bar.refresh()
    assert isinstance(console.file, io.StringIO)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())
    lines = [
        line for line in re.split(r"[\r\n]+", text) if "compiling kernels, first run only: 3 of 12" in line
    ]
    assert lines
    assert not any("left" in line for line in lines)


def test_a_terminal_shows_that_unknown_kernels_are_compiled() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    kernel = numba.njit(lambda x: x + 1.0)
    with ProgressDisplay(console) as progress:
        progress("burns", 0.2)
        assert progress._bar.tasks[0].fields["detail"] == ""
        seen: list[str] = []
        with compiling_noticed(lambda _: seen.append(progress._bar.tasks[0].fields["detail"])):
            kernel(1.0)
            kernel(2.0)
        # At the begin of the only compilation, and at its end.
        assert seen == ["compiling kernels, first run only", ""]


@pytest.mark.parametrize("resume", [False, True])
def test_ctrl_c_ends_within_a_second_in_the_middle_of_a_window(tmp_path: Path, resume: bool):
    """A window of a day of all against all takes many seconds; nothing waits for it."""
    (tmp_path / "slow.toml").write_text(SLOW_TOML, encoding="utf-8")
    arguments = [
        sys.executable,
        "-m",
        "debrissim",
        "run",
        "slow.toml",
        "--out",
        "out",
        *["--resume"] * resume,
    ]
    process = subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("screening"):
            break
    time.sleep(1.0)
    assert process.poll() is None
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=60)
    # A second, and what a busy machine takes to run a process at all.
    assert time.monotonic() - begin < 1.0 + 1.0
    assert process.returncode == 1
    (sentence,) = output.strip().splitlines()
    assert sentence.startswith("debrissim: interrupted; nothing was written")
    assert sentence.endswith("out.work") == resume
    assert not (tmp_path / "out").exists()


def test_the_watcher_ends_a_program_that_does_not_listen():
    """A main thread in compiled code gets no signal: here it ignores the signal."""
    program = (
        "import signal, time\nfrom debrissim.cli.sigint import INTERRUPTION\n"
        "signal.signal(signal.SIGINT, lambda *_: None)\nINTERRUPTION.kept = lambda: '; all is kept'\n"
        "INTERRUPTION.watch()\nprint('ready', flush=True)\nwhile True:\n    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=60)
    assert 0.5 < time.monotonic() - begin < 2.0
    assert process.returncode == 1
    assert output == "debrissim: interrupted; nothing was written; all is kept\n"


def test_a_terminal_is_restored_after_an_interruption(tmp_path: Path):
    """On a pseudo terminal: the bar is shown, and after Ctrl-C the cursor is visible again."""
    (tmp_path / "slow.toml").write_text(SLOW_TOML, encoding="utf-8")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "debrissim", "run", "slow.toml", "--out", "out"],
        cwd=tmp_path,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(slave)
    shown, deadline = b"", time.monotonic() + 60.0
    while b"screening" not in shown and time.monotonic() < deadline:
        if select.select([master], [], [], 1.0)[0]:
            shown += os.read(master, 65536)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    assert process.wait(60) == 1
    assert b"screening" in shown
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l") >= 0
    assert b"interrupted; nothing was written" in shown


@pytest.mark.parametrize("diluted", [True, False])
def test_the_short_summary_explains_the_mark_of_a_diluted_pc(tmp_path: Path, diluted: bool) -> None:
    station = leo(norad_id=700001)
    write_omm_csv(make_catalog(*crossing_pair(1.0, 1000.0, primary=station)), tmp_path / "sky.csv")
    toml = tmp_path / "run.toml"
    toml.write_text(run_toml("A pass", "sky.csv", 0.1, spacecraft=700001), encoding="utf-8")
    result = run(load_scenario(toml)).write(tmp_path / "out")
    result.encounters.dilution[:] = diluted
    output = Console(file=io.StringIO(), width=80)
    show(output, short_summary(result, tmp_path / "out", []))
    assert ("Pc with *: diluted, where better tracking would raise it" in output.file.getvalue()) == diluted
