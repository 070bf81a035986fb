"""Text of files is shown as text, in any encoding; an output that fails costs neither the results nor the truth."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table
from rich.text import Text
from support.small import IRIDIUM_33, SMALL_TOML, two_line

from debrissim import open_results
from debrissim.cli import terminal
from debrissim.cli.main import main
from debrissim.cli.terminal import OutputError, console, say
from debrissim.report.figures import registry

HOSTILE = (
    "[/code]",
    "[old] SAT",
    "[link=https://x]X[/link]",
    ":smile:",
    '"A", B',
    "$x$ $\\frac",
    "=1+1",
    "<b>&",
)
STEERING = "A\x1b[2J\x1b]0;pwned\x07B\u202eC\x9bD\udcffE"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "hour.toml").write_text(SMALL_TOML, encoding="utf-8")
    return tmp_path


def shell(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, its output captured where no other place is given."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "check": False} | options
    settings["env"] = os.environ | settings.get("env", {})
    return subprocess.run([sys.executable, "-m", "debrissim", *arguments], **settings)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_markup(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(title=name)
    table.add_column(name)
    table.add_row(name)
    table.add_row(Text(name))
    output = console()
    output.print(table)
    output.print(name)
    output.print(Text(name), soft_wrap=True)
    say(name)
    assert capsys.readouterr().out.count(name) == 7


def test_characters_that_steer_a_terminal_are_shown_as_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None)
    table.add_column("")
    table.add_row(STEERING)
    output = console()
    output.print(table)
    output.print(Text(STEERING), soft_wrap=True)
    say(STEERING)
    say(STEERING, err=True)
    captured = capsys.readouterr()
    shown = "A\\x1b[2J\\x1b]0;pwned\\x07B\\u202eC\\x9bD\\udcffE"
    # In a Text, rich itself drops the bell.
    assert captured.out.replace("\\x07", "").count(shown.replace("\\x07", "")) == 3
    assert captured.err == shown + "\n"


def test_names_from_files_reach_the_terminal_the_figures_and_the_page_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among them names that would be formulas of a figure's text, of a page and of a spreadsheet."""
    names = HOSTILE[:8]
    records = []
    for number, name in enumerate(names):
        first, second = (f"{line[:2]}{50001 + number}{line[7:68]}" for line in IRIDIUM_33)
        anomaly = f"{274.9812 + 0.01 * number:8.4f}"
        second = second[:43] + anomaly + second[51:]
        records.append((name, tuple(line + str(checksum(line)) for line in (first, second))))
    (tmp_path / "names.3le").write_text(two_line(*records), encoding="utf-8")
    text = SMALL_TOML.partition("[[catalog.sources]]")[0].replace(
        "[span]", "[span]\nstart = 2009-02-10T00:00:00Z"
    )
    text += '[[catalog.sources]]\nfile = "names.3le"\n[[primaries]]\nnorad_id = 50001\n'
    text += "[screening]\nvolumes = [{ sphere_km = 100.0 }]\n[colocation]\nexclude = false\n"
    (tmp_path / "names.toml").write_text(text, encoding="utf-8")
    assert main(["run", "names.toml"]) == 0
    shown = capsys.readouterr().out
    assert any(name[:13] in shown for name in names[1:])
    assert set(open_results("results/names").tables["conjunctions"]["secondary_name"]) == set(names[1:])
    page = Path("results/names/report.html")
    if page.exists():
        assert "<b>&" not in page.read_text(encoding="utf-8")
    assert len(open_results("results/names").plot(every=True)) > 7
    assert main(["catalog", "info", "names.3le"]) == 0


def checksum(line: str) -> int:
    return sum(int(c) if c.isdigit() else c == "-" for c in line) % 10


def test_an_ascii_terminal_shows_ascii() -> None:
    environment = {"PYTHONIOENCODING": "ascii", "TERM": "dumb", "NO_COLOR": "1"}
    process = shell("run", "hour.toml", env=environment)
    assert process.returncode == 0
    shown = process.stdout.decode("ascii")
    assert "\x1b" not in shown + process.stderr.decode("ascii")
    Path("title.toml").write_text(SMALL_TOML.replace('"ISS"', '"à 3 µm, Ω"'), encoding="utf-8")
    process = shell("run", "title.toml", env=environment)
    assert process.returncode == 0
    assert process.stdout.startswith(b"a 3 um, \\u03a9: the chance of a hit")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_under_the_output_costs_no_results() -> None:
    with Path("/dev/full").open("w") as full:
        process = shell("run", "hour.toml", stdout=full)
        assert process.returncode == 1
        *_, last = process.stderr.decode().splitlines()
        assert last == (
            "debrissim: standard output cannot be written (No space left on device); the results are in results/hour"
        )
        assert Path("results/hour/summary.json").is_file()
        process = shell("run", "hour.toml", "--force", stderr=full)
        assert process.returncode == 0
        assert b"results in results/hour" in process.stdout
        process = shell("run", "none.toml", stdout=full, stderr=full)
        assert process.returncode == 2


def test_a_reader_that_ends_early_costs_no_results() -> None:
    read, write = os.pipe()
    os.close(read)
    process = shell("run", "hour.toml", stdout=write)
    os.close(write)
    assert process.returncode == 141
    assert b"Traceback" not in process.stderr
    assert b"debrissim:" not in process.stderr
    assert Path("results/hour/summary.json").is_file()


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors")
@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_outputs_cost_no_results(closed: tuple[int, ...]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    process = shell("run", "hour.toml", preexec_fn=close)
    assert process.returncode == 0
    assert Path("results/hour/summary.json").is_file()
    assert b"Traceback" not in process.stderr


def test_a_stream_that_fails_is_reported_once() -> None:
    class Failing(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    assert terminal._Stream(Failing(), ignore=True).write("a") == 1
    with pytest.raises(OutputError, match=r"^standard output cannot be written \(No space left on device\)$"):
        terminal._Stream(Failing(), ignore=False).write("a")


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "nothing"])
def test_an_inherited_backend_of_figures_is_not_used(backend: str) -> None:
    Path("hour.toml").write_text(SMALL_TOML.replace("plots = false", "plots = true"), encoding="utf-8")
    process = shell("run", "hour.toml", "--quiet", env={"MPLBACKEND": backend})
    assert (process.returncode, process.stdout, process.stderr) == (0, b"", b"")
    assert Path("results/hour/plots/density.png").is_file()


@pytest.mark.parametrize("fault", [MemoryError(), OSError(28, "No space left on device")])
def test_a_figure_that_fails_costs_only_itself(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_view: object) -> None:
        raise fault

    Path("hour.toml").write_text(SMALL_TOML.replace("plots = false", "plots = true"), encoding="utf-8")
    entries = [
        registry.Figure(entry.name, entry.order, entry.views, fail, entry.when)
        if entry.name == "density"
        else entry
        for entry in registry.figures()
    ]
    plotted = registry._FIGURES
    monkeypatch.setattr(registry, "_FIGURES", entries)
    assert main(["run", "hour.toml"]) == 3
    captured = capsys.readouterr()
    note = captured.err.splitlines()[-1]
    assert note.startswith(f"debrissim: figure not plotted: density ({type(fault).__name__}")
    assert note.endswith("; the tables are written")
    assert "results in results/hour" in captured.out
    others = {path.name for path in Path("results/hour/plots").iterdir()}
    assert others == {
        "approach_direction.png",
        "encounter_map.png",
        "miss_and_speed.png",
        "screening_volumes.png",
    }
    assert "density.png" not in others
    assert main(["plot", "results/hour"]) == 3
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1].startswith(
        f"debrissim: {Path('results/hour')}: figure not plotted: density ("
    )
    assert sum("plots/" in line for line in captured.out.splitlines()) == len(others)
    monkeypatch.setattr(registry, "_FIGURES", plotted)
    assert main(["run", "hour.toml", "--force", "--quiet"]) == 0
    assert Path("results/hour/plots/density.png").is_file()


def test_a_page_that_fails_costs_only_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from debrissim.report import page

    def fail(*_arguments: object, **_options: object) -> None:
        raise ValueError("a fault\nof the page")

    monkeypatch.setattr(page, "write_report", fail)
    Path("hour.toml").write_text(SMALL_TOML.replace("report = false", "report = true"), encoding="utf-8")
    assert main(["run", "hour.toml", "--quiet"]) == 3
    assert capsys.readouterr().err == (
        "debrissim: report.html left out: ValueError: a fault of the page; the tables are written\n"
    )
    assert Path("results/hour/conjunctions.csv").is_file()
