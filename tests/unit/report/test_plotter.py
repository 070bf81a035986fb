"""Figures plotted by another process: the same files, the same failures, and no process that outlives the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.plot_factory import make_run_view
from support.small import SMALL_TOML

from debrissim.core.errors import FigureError, RunError
from debrissim.report.figures.registry import plot_figures
from debrissim.report.plotter import Plotter, plotter
from debrissim.report.redraw import save_views


def test_the_files_are_those_that_this_process_would_write(tmp_path: Path) -> None:
    views = [("", make_run_view(6)), ("two_", make_run_view(0))]
    usual = [f"{prefix}{name}" for prefix, view in views for name in plot_figures(view, every=False)]
    for name in "ab":
        (tmp_path / name).mkdir()
    with plotter() as process:
        assert isinstance(process, Plotter)
        assert process.start(views, tmp_path / "a")
        paths = process.finish()
    assert [path.stem for path in paths] == sorted(usual)
    expected = sorted(save_views(views, tmp_path / "b").all_or_error())
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in expected]


def test_a_figure_that_fails_costs_only_itself(tmp_path: Path) -> None:
    view = make_run_view(6)
    broken = replace(view, top=object())
    with plotter() as process:
        assert process is not None
        assert process.start([("", broken)], tmp_path)
        with pytest.raises(
            FigureError, match=r"^figure not plotted: dilution_curve \(AttributeError"
        ) as failure:
            process.finish()
    usual = set(plot_figures(view, every=False))
    assert {path.stem for path in failure.value.written} == usual - {"dilution_curve"}
    assert all(path.is_file() for path in failure.value.written)
    with plotter() as process:
        assert process is not None
        assert process.start([("", replace(view, tables=None))], tmp_path)
        with pytest.raises(RunError, match=r"^\w+Error: "):
            process.finish()


def test_a_process_that_ends_too_early_is_an_error_and_one_that_cannot_start_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with plotter() as process:
        assert process is not None
        assert process.start([("", make_run_view(6))], tmp_path)
        process.end()
        with pytest.raises(RunError, match=r"^the process that plots them has ended \(exit code"):
            process.finish()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with plotter() as process:
        assert process is None
    monkeypatch.setattr(sys, "executable", sys.executable if os.name == "nt" else "/bin/true")
    with plotter() as process:
        assert process is not None
        assert not process.start([("", make_run_view(6))], tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="kills by a signal")
def test_the_process_ends_with_a_program_that_is_killed() -> None:
    program = (
        "import os, signal\nfrom debrissim.report.plotter import plotter\n"
        "with plotter():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # Returns when nothing holds the pipes any more: the program, and the process that has them from it.
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    assert ended.stderr == b""


def test_the_command_line_itself_never_loads_matplotlib_for_a_run(tmp_path: Path) -> None:
    (tmp_path / "hour.toml").write_text(SMALL_TOML.replace("plots = false", "plots = true"), encoding="utf-8")
    program = (
        "import sys\nfrom debrissim.cli.main import entry\nsys.argv = ['debrissim', 'run', 'hour.toml', '-q']\n"
        "try:\n    entry()\nexcept SystemExit as end:\n    sys.exit(end.code or 10 * ('matplotlib' in sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, b"")
    plots = {path.name for path in (tmp_path / "results" / "hour" / "plots").iterdir()}
    names = ("encounter_map", "miss_and_speed", "approach_direction", "density", "screening_volumes")
    assert plots == {f"{name}.png" for name in names}
