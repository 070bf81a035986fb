"""The command line: exit codes, sentences instead of tracebacks, and nothing half-made."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.paths import SCENARIOS
from support.small import SMALL_TOML, made_up_catalog, write_events_catalog

from debrissim.catalog import read_catalog, write_omm_csv
from debrissim.cli.main import main
from debrissim.cli.sigint import INTERRUPTION
from debrissim.core.errors import InputError
from debrissim.watch import series

BUSY_TOML = SMALL_TOML.replace("duration_days = 0.04", "duration_days = 60.0").replace("count = 300\n", "")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "hour.toml").write_text(SMALL_TOML, encoding="utf-8")
    return tmp_path


def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "debrissim", *arguments], capture_output=True, text=True, check=False
    )


def failure(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    """The one sentence on standard error, after the phases, of a call that fails with that code."""
    assert main(list(arguments)) == code
    *phases, output = capsys.readouterr().err.splitlines()
    assert output.startswith("debrissim: ")
    assert all(line.endswith(" ...") for line in phases)
    return output


def test_run_writes_a_folder_and_shows_80_columns(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "hour.toml"]) == 0
    captured = capsys.readouterr()
    assert (Path("results") / "hour" / "summary.json").is_file()
    assert "SYNTHETIC POPULATION" in captured.out
    assert "results in results/hour" in captured.out
    assert "writing" in captured.out
    assert max(map(len, captured.out.splitlines())) <= 80
    # On a busy machine a phase that takes long shows how far it is, too.
    phases = [line for line in captured.err.splitlines() if line.endswith("...")]
    assert phases == ["catalogue ...", "screening ...", "assessment ...", "writing ..."]


def test_sampled_encounters_are_listed_where_they_are_asked_for(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "hour.toml"]) == 0
    plain = capsys.readouterr().out
    assert main(["run", "hour.toml", "--force", "--sampled"]) == 0
    shown = capsys.readouterr().out
    assert "sampled encounters" not in plain
    assert "none of these objects exists" in shown
    assert len([line for line in shown.splitlines() if line.startswith("S-")]) == 10
    for word in ("Pc", "most probable", "SYNTHETIC COS", "TCA", " red", " yellow"):
        assert word not in shown, word
    assert max(map(len, shown.splitlines())) <= 80


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "hour.toml", "--quiet", "--out", "here"]) == 0
    assert capsys.readouterr() == ("", "")
    assert Path("here/conjunctions.csv").is_file()


def test_an_existing_folder_needs_force(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "hour.toml", "-q"]) == 0
    assert "results/hour: exists already" in failure(capsys, "run", "hour.toml")
    assert main(["run", "hour.toml", "-q", "--force"]) == 0
    Path("mine").mkdir()
    Path("mine/file").touch()
    output = failure(capsys, "run", "hour.toml", "--out", "mine", "--force")
    assert "mine: is not a results folder" in output


def test_a_path_that_cannot_be_written_is_reported(capsys: pytest.CaptureFixture[str]):
    output = failure(capsys, "run", "hour.toml", "--out", "hour.toml/results", code=1)
    assert "hour.toml/results: cannot be written" in output


def test_wrong_scenarios_are_reported_with_their_file(capsys: pytest.CaptureFixture[str]):
    assert "none.toml: no such file" in failure(capsys, "run", "none.toml")
    Path("bad.toml").write_text(SMALL_TOML.replace("volumes", "volume"), encoding="utf-8")
    output = failure(capsys, "run", "bad.toml")
    assert "bad.toml: unknown key 'screening.volume'; did you mean 'volumes'?" in output
    Path("nameless.toml").write_text(SMALL_TOML.partition("name = ")[0], encoding="utf-8")
    output = failure(capsys, "run", "nameless.toml")
    assert "nameless.toml: primaries[1].norad_id: 25544 is in none of the catalogue's sources" in output
    assert not Path("results").exists()


def test_an_interrupted_track_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_arguments: object, **_options: object) -> None:
        assert len(list(Path("out").iterdir())) == 2
        # As the watcher does before it ends the process.
        INTERRUPTION.abandon()
        assert list(Path("out").iterdir()) == []
        raise InputError("abandoned")

    monkeypatch.setattr(series, "follow_encounters", interrupt)
    for name in ("a.csv", "b.csv"):
        Path(name).touch()
    options = ("--catalog", "a.csv", "--catalog", "b.csv", "--out", "out/track")
    assert failure(capsys, "track", "hour.toml", *options) == "debrissim: abandoned"


def test_track_and_verify_refuse_other_kinds(capsys: pytest.CaptureFixture[str]):
    text = (
        'kind = "flux"\ntitle = "x"\nyear = 2010.0\n\n[orbit]\naltitude_km = 400.0\ninclination_deg = 51.6\n'
    )
    Path("flux.toml").write_text(text + "solar_flux = 70.0\n\n[output]\nplots = false\n", encoding="utf-8")
    options = ("--catalog", "a.csv", "--catalog", "b.csv")
    assert "expects a scenario of conjunctions, got 'flux'" in failure(capsys, "track", "flux.toml", *options)
    assert main(["run", "flux.toml", "--quiet", "--out", "flux"]) == 0
    assert "flux: expected results of conjunctions, got results of kind 'flux'" in failure(
        capsys, "verify", "flux"
    )


def test_wrong_catalogues_are_reported_by_name(capsys: pytest.CaptureFixture[str]):
    assert "none.csv: no such file" in failure(capsys, "run", "hour.toml", "--catalog", "none.csv")
    Path("page.csv").write_text("<!doctype html><html>", encoding="utf-8")
    assert "page.csv: an HTML page" in failure(capsys, "run", "hour.toml", "--catalog", "page.csv")
    assert "page.csv: an HTML page" in failure(capsys, "catalog", "info", "page.csv")


def test_a_primary_that_cannot_be_propagated_fails_the_run(capsys: pytest.CaptureFixture[str]):
    text = SMALL_TOML.replace("eccentricity = 0.0005", "eccentricity = 0.3")
    Path("low.toml").write_text(text, encoding="utf-8")
    assert "primary ISS (25544): SGP4 error" in failure(capsys, "run", "low.toml", code=1)
    assert not Path("results").exists()


def test_debug_shows_the_traceback():
    process = shell("--debug", "run", "none.toml")
    assert "Traceback" in process.stderr
    assert "InputError" in process.stderr
    assert process.returncode == 1
    assert "Traceback" not in shell("run", "none.toml").stderr


@pytest.mark.parametrize(
    "arguments",
    [["nothing"], ["run"], ["run", "hour.toml", "--unknown"], ["catalog", "synthesize", "x.csv", "-n", "0"]],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("debrissim: ")
    assert shown.count("\n") == 1
    assert " --help)" in shown


def test_an_option_out_of_range_is_named_with_its_range(capsys: pytest.CaptureFixture[str]):
    assert main(["now", "--days", "99"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("debrissim: now: --days: ")
    assert "30" in shown
    assert main(["pc", "x.cdm", "--hbr", "wide"]) == 2
    assert capsys.readouterr().err.startswith("debrissim: pc: --hbr: ")


def test_version_and_help(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "debrissim 0.1.0\n"
    for arguments in (["--help"], ["run", "--help"], ["catalog", "synthesize", "--help"]):
        assert main(arguments) == 0
        assert "Usage: " in capsys.readouterr().out


def test_the_start_is_light():
    program = (
        "import sys\nfrom debrissim.cli.main import main\nmain(['--version'])\n"
        "print(sorted({'numpy', 'pydantic', 'scipy', 'matplotlib', 'numba'} & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[1:] == ["[]"]


def test_mistakes_in_the_input_are_reported_without_compiled_code(tmp_path: Path):
    """Numba alone takes half a second to import, and a path that does not exist needs no NumPy either."""
    (tmp_path / "key.toml").write_text('titel = "x"\n')
    (tmp_path / "week.toml").write_text("[[primaries]]\nnorad_id = 25544\n")
    (tmp_path / "event.cdm").write_text("CCSDS_CDM_VERS = 1.0\n")
    missing = (
        ["run", "no.toml"],
        ["run", "week.toml", "--catalog", "no.csv"],
        ["track", "no.toml", "--catalog", "no.csv"],
        ["pc", "no.cdm"],
        ["watch", "no.toml"],
        ["catalog", "info", "no.csv"],
    )
    faulty = (
        ["run", "key.toml"],
        ["pc", "event.cdm"],
        ["avoid", "no"],
        ["plot", "no"],
        ["verify", "no"],
        ["export", "no", "-f", "oem"],
        ["lint", "no"],
    )
    program = (
        "import sys\nfrom debrissim.cli.main import main\n"
        f"for commands, heavy in (({missing!r}, 'numpy'), ({faulty!r}, 'numba')):\n"
        "    for command in commands:\n"
        "        code = main(command)\n"
        "        assert code == 2 and heavy not in sys.modules, (command, code, heavy in sys.modules)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert process.returncode == 0, process.stderr
    assert "debrissim: no.toml: no such file" in process.stderr


def test_results_and_catalogues_are_shown_without_matplotlib():
    program = (
        "import sys\nimport debrissim.cli.output, debrissim.conjunctions.result\n"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_new_writes_a_scenario_that_loads_and_never_over_another(capsys: pytest.CaptureFixture[str]):
    assert main(["new", "week.toml"]) == 0
    assert "debrissim run week.toml" in capsys.readouterr().out
    assert "week.toml: exists already" in failure(capsys, "new", "week.toml")
    assert main(["new", "week.toml", "--force"]) == 0
    failure(capsys, "new", "no/where/week.toml", code=1)


def test_new_copies_each_bundled_scenario_and_lists_them(capsys: pytest.CaptureFixture[str]):
    names = sorted(path.stem for path in SCENARIOS.glob("*.toml"))
    assert main(["new", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == names
    for name in names:
        assert main(["new", "--example", name]) == 0
        assert Path(f"{name}.toml").read_bytes() == (SCENARIOS / f"{name}.toml").read_bytes()
    assert "iss_week.toml: exists already" in failure(capsys, "new", "--example", "iss_week")
    assert main(["new", "mine.toml", "--example", "iss_week"]) == 0
    assert "--example: expected one of all_vs_all_day" in failure(capsys, "new", "--example", "../iss_week")
    assert "debrissim new --list" in failure(capsys, "new", "flux.toml", "--kind", "flux")


def test_catalogues_are_made_fitted_and_shown(capsys: pytest.CaptureFixture[str]):
    assert main(["catalog", "synthesize", "synthetic.csv.xz", "--count", "2000", "--seed", "7"]) == 0
    assert "2000 synthetic objects (S-000000 to S-001999)" in capsys.readouterr().out
    assert read_catalog(Path("synthetic.csv.xz")).catalog.synthetic.all()
    assert main(["catalog", "info", "synthetic.csv.xz"]) == 0
    shown = capsys.readouterr().out
    assert "SYNTHETIC" in shown
    assert "2000" in shown
    assert "synthetic.csv.xz: exists already" in failure(capsys, "catalog", "synthesize", "synthetic.csv.xz")
    failure(capsys, "catalog", "synthesize", "no/where.csv", "-n", "10", code=1)
    assert "expected a catalogue of real objects" in failure(
        capsys, "catalog", "fit", "synthetic.csv.xz", "t.csv"
    )
    synthetic = read_catalog(Path("synthetic.csv.xz")).catalog
    numbers, names = np.arange(1, 2001), np.array([f"OBJECT {k}" for k in range(2000)])
    real = synthetic.with_columns(norad_id=numbers, name=names)
    write_omm_csv(real, Path("real.csv"))
    assert main(["catalog", "fit", "real.csv", "table.csv", "--title", "of a sample"]) == 0
    assert main(["catalog", "synthesize", "second.csv", "--population", "table.csv", "-n", "50"]) == 0
    assert len(read_catalog(Path("second.csv")).catalog) == 50
    assert "table.csv: exists already" in failure(capsys, "catalog", "fit", "real.csv", "table.csv")


def test_a_synthetic_catalogue_runs_and_is_labelled(capsys: pytest.CaptureFixture[str]):
    assert main(["catalog", "synthesize", "synthetic.csv", "--count", "300"]) == 0
    assert main(["run", "hour.toml", "--catalog", "synthetic.csv"]) == 0
    assert "SYNTHETIC POPULATION" in capsys.readouterr().out


def test_a_real_catalogue_is_not_called_synthetic(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_events_catalog(tmp_path)
    assert main(["run", "hour.toml", "--catalog", "events.3le"]) == 0
    shown = capsys.readouterr().out
    assert "SYNTHETIC" not in shown
    assert "errors modelled, not measured" in " ".join(shown.split())


def test_a_mixed_catalogue_says_how_much_of_it_is_synthetic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_events_catalog(tmp_path)
    both = '[[catalog.sources]]\nfile = "events.3le"\n\n[[catalog.sources]]\n'
    text = SMALL_TOML.replace("[[catalog.sources]]\n", both)
    text = text.replace("[span]\n", "[span]\nstart = 2009-02-10T12:00:00Z\n")
    Path("mixed.toml").write_text(text, encoding="utf-8")
    assert main(["run", "mixed.toml"]) == 0
    assert "SYNTHETIC: 300 of 303 objects are sampled from statistics" in capsys.readouterr().out


def test_plot_writes_figures_and_page_again(capsys: pytest.CaptureFixture[str]):
    assert main(["run", "hour.toml", "--quiet"]) == 0
    assert not Path("results/hour/plots").exists()
    assert main(["plot", "results/hour"]) == 0
    captured = capsys.readouterr()
    plots = sorted(Path("results/hour/plots").iterdir())
    assert [path.stem for path in plots] == [
        "approach_direction", "density", "encounter_map", "miss_and_speed", "screening_volumes"
    ]  # fmt: skip
    # The last line gives the path of the page, or the reason for its absence.
    *figures, last = (captured.out + captured.err).splitlines()
    assert sorted(map(Path, figures)) == plots
    assert "report.html" in last
    # Those that only `--all` plots are of real objects.
    assert main(["plot", "results/hour", "--all"]) == 0
    assert sorted(Path("results/hour/plots").iterdir()) == plots
    capsys.readouterr()
    assert "is not a results folder" in failure(capsys, "plot", ".")


def test_several_primaries_have_an_answer_each(capsys: pytest.CaptureFixture[str]):
    second = "\n[[primaries]]\nnorad_id = 48274\n[primaries.elements]\nmean_motion_rev_day = 15.6\n"
    second += "eccentricity = 0.0005\ninclination_deg = 41.5\n\n[screening]"
    Path("two.toml").write_text(SMALL_TOML.replace("\n[screening]", second), encoding="utf-8")
    write_omm_csv(made_up_catalog(), Path("real.csv"))
    assert main(["run", "two.toml", "--catalog", "real.csv"]) == 0
    shown = capsys.readouterr().out
    assert "primary" in shown
    # An answer of both, and of each.
    answers = [line for line in shown.splitlines() if "a collision within" in line]
    assert [answer.split(":")[0] for answer in answers] == ["ISS and PRIMARY 2", "ISS", "PRIMARY 2"]
    assert max(map(len, shown.splitlines())) <= 80


def test_completion_is_offered(monkeypatch: pytest.MonkeyPatch):
    # Typer detects the shell from the parent process, which is not a shell here.
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    process = shell("--show-completion", "bash")
    assert process.returncode == 0
    assert "_DEBRISSIM_COMPLETE" in process.stdout or "complete" in process.stdout


def test_a_run_killed_while_it_writes_leaves_no_half_made_folder():
    Path("hour.toml").write_text(SMALL_TOML.replace("plots = false", "plots = true"), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "debrissim", "run", "hour.toml"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("writing"):
            break
    for _ in range(1000):
        if list(Path("results").glob(".hour.partial-*/*")):
            break
        time.sleep(0.002)
    process.kill()
    process.communicate(timeout=60)
    lock, partial = sorted(path.name for path in Path("results").iterdir())
    assert lock == ".hour.lock"
    assert partial.startswith(".hour.partial-")
    assert main(["run", "hour.toml", "-q"]) == 0
    assert [path.name for path in Path("results").iterdir()] == ["hour"]
    assert Path("results/hour/run.json").is_file()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_leaves_no_results(signum: signal.Signals):
    Path("busy.toml").write_text(BUSY_TOML, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "debrissim", "run", "busy.toml"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("screening"):
            break
    time.sleep(1.0)
    process.send_signal(signum)
    _, output = process.communicate(timeout=60)
    assert process.returncode != 0
    if signum == signal.SIGKILL:
        # It cannot clean up; the next run does.
        assert {path.name[:6] for path in Path("results").iterdir()} == {".busy."}
    else:
        assert not Path("results").exists()
        assert process.returncode == 1
        assert output.strip().endswith("debrissim: interrupted; nothing was written")
        assert "Traceback" not in output
