"""README, docs and scenarios: their examples run, and generated pages are current."""

from __future__ import annotations

import importlib
import importlib.util
import io
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
import typer
from pytest_httpserver import HTTPServer
from rich.console import Console
from support.cdm_samples import kvn
from support.ephemeris_samples import finals2000a, oem_kvn, oem_xml
from support.history_sets import tle_history
from support.paths import ROOT, SITE_FOLDERS, is_written_by_the_site
from support.source_servers import gp_csv
from support.state_cases import crossing

import debrissim
from debrissim.cli.layout import show
from debrissim.cli.main import app, main
from debrissim.cli.output import run_summary
from debrissim.probability.registry import METHODS
from debrissim.results.schema import conjunctions as schemas
from debrissim.studies.protocol import load_scenario, open_results, parse_scenario, run

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
CONJUNCTIONS = [path for path in SCENARIOS if load_scenario(path).kind == "conjunctions"]
STUDIES = [path for path in SCENARIOS if path not in CONJUNCTIONS]
# Tables of scenarios that take long, with fewer places or burns.
COARSER: dict[str, dict[str, object]] = {
    "iridium_cosmos_avoided": {
        "burns": {"earliest_hours": 12.0, "fine_steps": 4, "coarse_steps": 1},
        "rescreening": {"candidates": 30},
    },
    "risk_map": {"altitude_step_km": 130.0, "inclination_step_deg": 20.0},
}
PYTHON_PAGES = (
    "breakups",
    "bundled_population",
    "cdm",
    "completeness",
    "covariance",
    "ephemerides",
    "events_of_messages",
    "events",
    "export",
    "flown_ephemerides",
    "interpolation",
    "lint",
    "maneuvers",
    "own_covariance",
    "own_spacecraft",
    "shields",
    "slow_encounters",
    "small_debris",
)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_generated_pages_are_current(generate: ModuleType):
    for name, page in generate.pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page, "run: python docs/generate.py"


def test_links_in_pages_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            path = page.parent / link
            # Those of the site are checked by its build, at which every warning is an error.
            assert path.exists() or is_written_by_the_site(path), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_named_on_a_page_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"\b(?:debrissim|tests|benchmarks|docs|scenarios)/[a-z0-9_/]+\.\w+", text):
        assert (ROOT / name).exists() or is_written_by_the_site(ROOT / name), name


def test_git_ignores_the_folders_of_the_site():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"/{folder}/" for folder in SITE_FOLDERS} <= set(ignored)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_imports_on_a_page_work(page: Path):
    imports = r"^ *from (debrissim[\w.]*) import (\w.*)"
    for module, names in re.findall(imports, page.read_text(encoding="utf-8"), re.MULTILINE):
        for name in names.split(", "):
            assert hasattr(importlib.import_module(module), name), f"{module}.{name}"


def test_the_architecture_page_lists_every_room():
    (tree,) = blocks(ROOT / "docs" / "architecture.md", "text")
    rooms = {path.parent.name for path in (ROOT / "debrissim").glob("*/__init__.py")}
    assert set(re.findall(r"^  (\w+)/", tree, re.MULTILINE)) == rooms


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    (program,) = blocks(ROOT / "README.md", "python")
    assert len([line for line in program.splitlines() if line]) == 7
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "<conjunctions: The ISS for a week>" in shown
    assert f"<conjunctions.csv: 3 rows x {len(schemas.CONJUNCTIONS.columns)} columns>" in shown
    assert (tmp_path / "results" / "from_python" / "plots").is_dir()
    # The output in the README is that of the run, up to the dots.
    (output,) = blocks(ROOT / "README.md", "text")
    lines, dots = output.splitlines()[:-1], output.splitlines()[-1]
    terminal = Console(file=io.StringIO(), width=80)
    show(terminal, run_summary(open_results("results/from_python"), Path("results/from_python")))
    assert terminal.file.getvalue().splitlines()[: len(lines)] == lines  # type: ignore[attr-defined]
    assert dots == "..."


@pytest.mark.parametrize("name", PYTHON_PAGES)
def test_the_python_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With what the page takes as given: messages, two states with covariances, the scenarios."""
    (tmp_path / "event.cdm").write_text(kvn(), encoding="utf-8")
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "event.cdm").write_text(kvn(), encoding="utf-8")
    (tmp_path / "mysat.oem").write_text(oem_kvn(), encoding="utf-8")
    (tmp_path / "other.xml").write_text(oem_xml(), encoding="utf-8")
    (tmp_path / "history.tle").write_bytes(tle_history(40))
    (tmp_path / "finals2000A.all").write_text(finals2000a(), encoding="utf-8")
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    for program in blocks(ROOT / "docs" / f"{name}.md", "python"):
        exec(compile(program, f"{name}.md", "exec"), {**vars(crossing()), "radius_km": 0.02})


def test_every_page_with_python_is_run():
    pages = {page.stem for page in PAGES if blocks(page, "python")}
    assert pages == {"README", "adding_a_method", "sources", *PYTHON_PAGES}


def test_the_python_of_the_sources_page_runs(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEBRISSIM_CACHE", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    monkeypatch.setenv("DEBRISSIM_CELESTRAK", httpserver.url_for("").rstrip("/"))
    httpserver.expect_request("/NORAD/elements/gp.php").respond_with_data(gp_csv(5))
    (program,) = blocks(ROOT / "docs" / "sources.md", "python")
    names: dict[str, object] = {}
    exec(compile(program, "sources.md", "exec"), names)
    assert len(names["stations"]) == 5  # type: ignore[arg-type]


def test_the_toml_of_the_sources_page_is_a_scenario():
    (text,) = blocks(ROOT / "docs" / "sources.md", "toml")
    content = {"title": "Today", "primaries": [{"norad_id": 25544}], **tomllib.loads(text)}
    assert parse_scenario(content).catalog.sources[0].source == "celestrak:active"


def test_the_method_that_is_added_as_an_example_passes_its_checks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(METHODS, "_entries", dict(METHODS))
    (program,) = blocks(ROOT / "docs" / "adding_a_method.md", "python")
    exec(compile(program, "adding_a_method.md", "exec"), {})
    assert capsys.readouterr().out == "this page\n"
    assert "rings" in METHODS


def test_commands_of_the_readme_name_what_exists():
    commands = "\n".join(blocks(ROOT / "README.md", "sh"))
    for path in re.findall(r"scenarios/\w+\.toml", commands):
        assert (ROOT / path).is_file()
    run_command, test_command = blocks(ROOT / "README.md", "sh")[:2]
    assert run_command.count("\n") == test_command.count("\n") == 1
    # CI runs the tests as the README does.
    assert test_command.rstrip().endswith("/bin/python -m pytest")
    assert "grep -- '-m pytest' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_readme_has_at_most_two_screens():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 110


def test_the_toml_of_the_readme_is_a_scenario():
    (text,) = blocks(ROOT / "README.md", "toml")
    scenario = parse_scenario(tomllib.loads(text))
    assert scenario.primaries[0].ephemeris == Path("mysat.oem")
    assert scenario.catalog.sources[0].source == "celestrak:active"


def readme_commands() -> list[list[str]]:
    """The arguments of debrissim in the README, in the order printed."""
    lines = "\n".join(blocks(ROOT / "README.md", "sh")).splitlines()
    return [
        shlex.split(line.rpartition(".venv/bin/debrissim ")[2]) for line in lines if "/debrissim " in line
    ]


def test_commands_on_pages_exist_with_their_options():
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    listed = [shlex.split(words) for words in re.findall(r"^\| `debrissim (\w.*?)`", page, re.MULTILINE)]
    listed += [
        shlex.split(line, comments=True)[1:] for line in page.splitlines() if line.startswith("debrissim ")
    ]
    group = typer.main.get_command(app)
    assert {words[0] for words in listed} == set(group.commands)
    for words in [*listed, *readme_commands()]:
        command, rest = group.commands[words[0]], words[1:]
        if hasattr(command, "commands"):
            command, rest = command.commands[rest[0]], rest[1:]
        command.make_context(words[0], rest)


@pytest.mark.slow  # A week of the ISS four times, and a verification twice.
def test_every_command_of_the_readme_runs_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """In the order printed, twice in a row; `now` without the network."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEBRISSIM_CACHE", str(tmp_path / "cache"))
    for turn in range(2):
        for arguments in readme_commands():
            more = ["--offline", "--no-open", "--out", f"results/now-{turn}"] if arguments[0] == "now" else []
            assert main([*arguments, *more]) == 0, arguments
    assert "SYNTHETIC, not the sky of today" in capsys.readouterr().out


def test_a_page_lists_every_scenario():
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+\.toml)` \|", page, re.MULTILINE)
    assert sorted(listed) == [path.name for path in SCENARIOS]


@pytest.mark.parametrize("path", CONJUNCTIONS, ids=lambda path: path.stem)
def test_a_scenario_has_a_heading_and_runs(path: Path, tmp_path: Path):
    """Shortened to a few hours; iss_week runs in full with the README's program."""
    assert path.read_text(encoding="utf-8").startswith("# ")
    scenario = load_scenario(path)
    if scenario.catalog.sources:
        span = scenario.span.model_copy(update={"duration_days": 0.1})
        scenario = scenario.model_copy(update={"span": span})
    result = run(scenario)
    result.write(tmp_path / "out")
    assert list((tmp_path / "out" / "plots").glob("*.png"))
    assert len(result.totals.volumes) == len(scenario.screening.volumes)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_has_a_heading_and_runs(path: Path, tmp_path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    content = tomllib.loads(text) | COARSER.get(path.stem, {})
    run(parse_scenario(content, folder=path.parent)).write(tmp_path / "out")
    assert list((tmp_path / "out" / "plots").glob("*.png"))
    assert (tmp_path / "out" / "summary.json").is_file()


def test_the_collision_of_2009_is_predicted_as_published():
    """Reference: SGP4 with WGS-72 on these sets, 16:55:59.7958, 0.69801 km, 11.64724 km/s; Pc 8.73e-4."""
    result = run(load_scenario(ROOT / "scenarios" / "iridium_cosmos_2009.toml"))
    table = result.encounters
    assert table.tca_utc.tolist() == [datetime(2009, 2, 10, 16, 55, 59, 796000)]
    assert table["miss_distance_km"] == [pytest.approx(0.69801, abs=2e-5)]
    assert table["relative_speed_km_s"] == [pytest.approx(11.64724, abs=1e-5)]
    assert table["collision_probability"] == [pytest.approx(8.73e-4, rel=1e-3)]
    assert table.catastrophic.tolist() == [True]
    assert result.totals.above_red == 1


def test_public_names_are_there_and_loaded_late():
    assert debrissim.__version__
    for name in debrissim.__all__:
        assert getattr(debrissim, name) is not None
        assert name in dir(debrissim)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        debrissim.nothing  # noqa: B018
    program = "import sys, debrissim; print(sorted({'numpy', 'pydantic', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_validation_page_lists_every_file_of_tests():
    """With its results, or as one that has none yet."""
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location("validation_page", ROOT / "docs" / "validation.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    sys.modules["validation_page"] = writer
    spec.loader.exec_module(writer)
    names = {path.stem for path in (ROOT / "tests" / "validation").glob("test_*.py")}
    covered = {name for name in names if f"\n## {writer.heading(name)}\n" in page}
    assert len(covered) == page.count("\n## ")
    for line in writer.without_results(sorted(covered)):
        assert line in page
    assert writer.heading("test_cdm_real") == "CDM: real data"


def test_the_first_run_takes_as_long_by_the_page_as_by_its_measurement():
    measured = (ROOT / "benchmarks" / "first_run" / "README.md").read_text(encoding="utf-8")
    first, later = re.search(
        r"\*\*Answer: (\d+) s of .*?next run takes (\d+) s", measured, re.DOTALL
    ).groups()
    stated = " ".join((ROOT / "docs" / "installation.md").read_text(encoding="utf-8").split())
    assert (
        f"it takes {first} s of processor time, and the next run {later} s (`benchmarks/first_run`)" in stated
    )
