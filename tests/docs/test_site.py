"""The documentation site: every page has its place, and every block of code is run or says why not.

The build itself (`nox -s docs`, `.ci/run`) executes the notebooks and the examples, and fails at any warning.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import typer
from support.cdm_samples import kvn
from support.ephemeris_samples import oem_kvn
from support.fleet import write_fleet
from support.history_sets import tle_history
from support.paths import ROOT

import debrissim
from debrissim.cli.main import app, main
from debrissim.core.time import Time
from debrissim.ephemerides import parse_ephemerides
from debrissim.studies.protocol import parse_scenario
from debrissim.watch.fleet import Fleet, load_fleet

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
# Blocks of commands that the tests do not run. Each has its reason on its page, in a comment before the block.
NOT_RUN = {
    "CONTRIBUTING": 1,
    "command_line": 1,
    "compare": 1,
    "installation": 4,
    "live_data": 2,
    "maneuvers": 1,
    "now": 2,
    "scaling": 1,
    "sources": 1,
    "watch": 1,
}
# Pages whose commands are run here, in one folder.
RUN = ("covariance", "events", "export", "lint", "own_spacecraft", "scaling")
# Tables of a scenario without the rest, and files that are no scenario.
OTHER_TOML = {"adding_a_method", "watch"}
NOTEBOOKS = {"first_probability", "iss_week", "own_ephemeris"}
_BLOCK = re.compile(
    r"(<!-- not run: [^>]+ -->\n)?^```(\w*|\{[\w:-]+\}[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks(page: Path, language: str) -> list[tuple[bool, str]]:
    """The blocks of a language: whether each is marked as not run, and its text."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(bool(mark), text) for mark, name, text in found if name == language]


def commands(text: str) -> list[list[str]]:
    """The arguments of every call of debrissim in a block of the shell."""
    lines = re.findall(r"(?:^|/|&& )debrissim (.*)", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def test_every_page_is_in_one_list_of_contents():
    listed = [
        entry.removeprefix("../")
        for page in PAGES
        for text in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for entry in text.split()
        if not entry.startswith((":", "reference/", "gallery/"))
    ]
    pages = {page.stem for page in PAGES if page.stem != "index"}
    assert sorted(name for name in listed if "/" not in name) == sorted(
        pages | {"CHANGELOG", "CONTRIBUTING", "SECURITY"}
    )


def test_blocks_are_of_known_kinds():
    """A block without a language would be shown, and run by nothing."""
    known = {"python", "sh", "toml", "text", "{code-cell} python", "{toctree}"}
    for page in PAGES:
        kinds = {name for _, name, _ in _BLOCK.findall(page.read_text(encoding="utf-8"))}
        assert kinds <= known, page.name


def test_no_code_is_in_a_block_without_a_language():
    """Indented blocks are formulas and files, which no test could run."""
    for page in PAGES:
        outside = _BLOCK.sub("", page.read_text(encoding="utf-8"))
        assert not re.search(r"^    (?:import|from|debrissim) ", outside, re.MULTILINE), page.name


def test_notebooks_are_those_that_the_tutorials_name():
    cells = {page.stem for page in PAGES if blocks(page, "{code-cell} python")}
    assert cells == NOTEBOOKS
    for name in NOTEBOOKS:
        text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        assert "format_name: myst" in text
        assert name == "first_probability" or "SYNTHETIC" in text


def test_blocks_that_are_not_run_are_few_and_say_why():
    pages = [*PAGES, ROOT / "CONTRIBUTING.md"]
    count = {page.stem: sum(marked for marked, _ in blocks(page, "sh")) for page in pages}
    assert {name: n for name, n in count.items() if n} == NOT_RUN
    run = {page.stem for page in pages if any(not marked for marked, _ in blocks(page, "sh"))}
    assert run == set(RUN)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_commands_are_those_of_the_program(page: Path):
    """Every command and every option that a page shows exists, run or not."""
    group = typer.main.get_command(app)
    for _, text in blocks(page, "sh"):
        for arguments in commands(text):
            if not arguments[0].startswith("-"):
                command, words = group, list(arguments)
                while hasattr(command, "commands"):
                    command = command.commands[words.pop(0)]
                command.make_context("debrissim", words)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the commands of the pages name."""
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "event.cdm").write_text(kvn(), encoding="utf-8")
    (folder / "history.tle").write_bytes(tle_history(40))
    (folder / "mysat.oem").write_text(oem_kvn(), encoding="utf-8")
    (folder / "messages").mkdir()
    (folder / "messages" / "a.xml").write_text(kvn(), encoding="utf-8")
    collision = (ROOT / "scenarios" / "iridium_cosmos_2009.toml").read_text(encoding="utf-8")
    quick = "\n[output]\nplots = false\nreport = false\n"
    (folder / "scenario.toml").write_text(collision + quick, encoding="utf-8")
    (folder / "catalogue.tle.xz").write_text(
        "\n".join(re.findall(r'"([12] .*)"', collision)) + "\n", encoding="utf-8"
    )
    ((_, own),) = [found for found in blocks(DOCS / "own_spacecraft.md", "toml") if "elements" in found[1]]
    (folder / "my_week.toml").write_text(own + quick, encoding="utf-8")
    debrissim.run(folder / "scenario.toml").write(folder / "results" / "iss_week")
    write_fleet(folder / "fleet.sqlite", Time.of("2400-01-01"))
    return folder


@pytest.mark.parametrize("name", RUN)
def test_the_commands_of_a_page_run(
    name: str, workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(workshop)
    monkeypatch.setattr("debrissim.watch.places.default_store", lambda: workshop / "fleet.sqlite")
    for marked, text in blocks(DOCS / f"{name}.md", "sh"):
        for arguments in [] if marked else commands(text):
            more = ["--force"] if arguments[0] in ("run", "export") and "--resume" not in arguments else []
            if "--resume" in arguments:
                more = ["--out", "results/resumed"]
            arguments = [part for part in arguments if part not in (">", "report.json")]
            files = [
                str(path.relative_to(workshop))
                for part in arguments
                for path in (workshop.glob(part) if "*" in part else ())
            ]
            arguments = [part for part in arguments if "*" not in part] + files
            # 1: the check found a fault, as it says on the page of checks.
            assert main([*arguments, *more]) in ((0, 1) if name == "lint" else (0,)), arguments
            assert capsys.readouterr().out


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=lambda page: page.stem)
def test_the_scenarios_of_a_page_are_valid(page: Path, tmp_path: Path):
    for _, text in blocks(page, "toml"):
        content = tomllib.loads(text)
        if page.stem not in OTHER_TOML:
            base = {"title": "Given", "primaries": [{"norad_id": 25544}]}
            assert parse_scenario(base | content, folder=tmp_path)


def test_the_fleet_of_the_watch_page_is_one(tmp_path: Path):
    ((_, text),) = blocks(DOCS / "watch.md", "toml")
    (tmp_path / "fleet.toml").write_text(text, encoding="utf-8")
    assert isinstance(load_fleet(tmp_path / "fleet.toml"), Fleet)


def test_the_ephemeris_of_the_formats_page_is_read():
    ((_, text),) = blocks(DOCS / "ephemeris_formats.md", "text")
    # The page shows one state of three days.
    text = text.replace("stop:2024-11-04", "stop:2024-11-01")
    (ephemeris,) = parse_ephemerides(text.encode(), "starlink.txt")
    assert len(ephemeris.segments[0].jd) == 1


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by its name.
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_has_every_public_name_and_command(reference: ModuleType):
    pages = reference.pages()
    for name in debrissim.__all__:
        value = getattr(debrissim, name)
        if isinstance(value, ModuleType):
            page = pages[f"api/{name}.md"]
            for inner in value.__all__:
                assert re.search(rf"^(`+\{{py:\w+\}} |- module `[\w.]*){inner}\b", page, re.MULTILINE), inner
        else:
            assert re.search(rf"^`+\{{py:\w+\}} {name}\b", pages["api/index.md"], re.MULTILINE), name
    shown = re.findall(r"^## `debrissim ([\w ]+)`$", pages["commands.md"], re.MULTILINE)
    assert {"run", "now", "pc", "catalog info", "export"} <= set(shown)


def test_a_docstring_in_the_style_of_numpy_becomes_lists(reference: ModuleType):
    def example(count: int = 3, fill: object = dict) -> str:
        """Make it.

        Parameters
        ----------
        count : int
            How many,
            on two lines.

        Raises
        ------
        InputError
            If it is negative.
        """
        return str(count) + str(fill)

    page = reference._markdown(example)
    assert "---" not in page
    assert "**Parameters**\n\n- `count : int`\n\n  How many,\n  on two lines." in page
    assert "**Raises**\n\n- `InputError`" in page
    assert reference._signature(example) == "(count: int = 3, fill: object = ...) -> str"


def test_tables_of_a_docstring_have_one_row_per_entry(reference: ModuleType):
    text = (
        "| name | meaning |\n|---|---|\n| `a`, | one |\n| `b` | thing |\n| `c` | with |\n| | more |\n\nEnd."
    )
    assert reference._joined_rows(text).splitlines()[2:] == [
        "| `a`, `b` | one thing |",
        "| `c` | with more |",
        "",
        "End.",
    ]
    for name, page in reference.pages().items():
        rows = [line.strip("| ").split("|") for line in page.splitlines() if line.startswith("| ")]
        assert not [row for row in rows if row[0].strip() == "" or row[0].strip().endswith(",")], name


def test_names_in_the_overview_of_a_room_lead_to_their_entries(reference: ModuleType):
    pages = reference.pages()
    for name, page in pages.items():
        overview = page.partition("## Public names")[0] if name != "api/index.md" else ""
        for target in re.findall(r"\{py:obj\}`\w+ <debrissim\.([\w.]+)>`", overview):
            room, _, inner = target.rpartition(".")
            assert re.search(rf"^`+\{{py:\w+\}} {inner}\b", pages[f"api/{room or 'index'}.md"], re.MULTILINE)
    assert "{py:obj}`EncounterPlane <debrissim.probability.EncounterPlane>`" in pages["api/probability.md"]
    assert "{py:obj}`Burns <debrissim.maneuvers.Burns>`" in pages["api/maneuvers.md"]


def test_options_in_sentences_of_the_reference_are_code(reference: ModuleType):
    """As text their two hyphens would become a dash."""
    assert "Specific impulse, s, for `--thrust`." in reference.pages()["commands.md"]
    assert reference._safe("a|b, not --no-plots or `--json`") == "a\\|b, not `--no-plots` or `--json`"


def test_examples_are_in_the_order_of_their_page(reference: ModuleType):
    key = reference.ExampleOrder(str(ROOT / "examples"))
    names = sorted((path.name for path in (ROOT / "examples").glob("*.py")), key=key)
    assert names[0] == "look_at_a_catalogue.py"
    assert names.index("screen.py") < names.index("assess.py")


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The settings of the site, as Sphinx reads them; the generated pages go to another folder."""
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("generated")
    text = (DOCS / "conf.py").read_text(encoding="utf-8").replace('DOCS / "reference"', f'Path("{folder}")')
    names: dict[str, object] = {"__file__": str(DOCS / "conf.py")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        exec(compile(text, "conf.py", "exec"), names)
    return names


def test_pages_named_in_text_become_links_with_their_titles(conf: dict[str, object]):
    link = conf["_link_pages_by_their_titles"]
    for before, after in (
        ("see [now.md](now.md)", "see [](now.md)"),
        ("see [the week](now.md#more)", "see [the week](now.md#more)"),
        ("a key: docs/methods.md.", "a key: [](/docs/methods.md)."),
        ("docs/no_such_page.md", "docs/no_such_page.md"),
        ("`docs/methods.md`", "`docs/methods.md`"),
        ("[benchmarks/](../benchmarks)", "[benchmarks/](/docs/benchmarks.md)"),
        ("[one](../benchmarks/executors)", "[one](/benchmarks/executors/README.md)"),
        (
            "```text\ndocs/methods.md [now.md](now.md)\n```\n",
            "```text\ndocs/methods.md [now.md](now.md)\n```\n",
        ),
        (
            "````{py:function} f()\n\nSee docs/cdm.md.\n````",
            "````{py:function} f()\n\nSee [](/docs/cdm.md).\n````",
        ),
    ):
        source = [before]
        link(None, "docs/index", source)  # type: ignore[operator]
        assert source == [after]
    assert conf["smartquotes"] is False


def test_notebooks_can_be_downloaded_from_their_pages(conf: dict[str, object]):
    for page in PAGES:
        source = [page.read_text(encoding="utf-8")]
        conf["_offer_notebooks"](None, f"docs/{page.stem}", source)  # type: ignore[operator]
        assert (f"{{nb-download}}`{page.stem}.ipynb`" in source[0]) == (page.stem in NOTEBOOKS)


def test_data_on_the_reference_pages_have_a_meaning(reference: ModuleType):
    """The text below their assignment, and a value or the names in a mapping."""
    entries = {
        name: text
        for page in reference.pages().values()
        for name, text in re.findall(r"^`+\{py:data\} (\w+)\n(.*?)^`{4,}$", page, re.MULTILINE | re.DOTALL)
    }
    assert {"OUTSIDE", "CATASTROPHIC_J_G", "PRESETS", "SunActivity", "Transport"} <= set(entries)
    assert not [
        name
        for name, text in entries.items()
        if not re.sub(r"(Names|Value): .*|:no-index:", "", text).strip()
    ]
    assert "Value: `40.0`." in entries["CATASTROPHIC_J_G"]
    assert "`socrates-5km`" in entries["PRESETS"]
