"""report.html: its numbers are those of the CSV, no name in it is markup, its bytes and its size."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.cdm_samples import kvn
from support.paths import ROOT
from support.reports import HOSTILE, TITLE, edit, needs_report, write_results
from support.small import SMALL_TOML
from typer.testing import CliRunner

from debrissim.cli import main as cli
from debrissim.core import numbers
from debrissim.core.errors import InputError
from debrissim.report.html import libraries
from debrissim.report.html.page import NUMBER_COLUMNS, TEXT_COLUMNS, embedded_json
from debrissim.report.page import MAX_ENCOUNTERS, report_data, write_report
from debrissim.report.verdict import run_verdict
from debrissim.results.folder import SUMMARY, read_summary, write_json
from debrissim.results.reader import FolderTables

CELLS = (
    "tca_utc", "secondary_name", "object_kind", "parent_event", "miss_distance_km", "relative_speed_km_s", "odds",
    "collision_probability", "range", "maximum_probability", "secondary_age_days",
)  # fmt: skip
# HTML elements that have no end tag, and those that our templates leave open.
OPEN = {"meta", "link", "input", "br", "td", "th", "tr"}


class Page(HTMLParser):
    """A page as a browser parses it, as far as these tests need."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.parts: dict[str, str] = {}
        self.open: list[str] = []
        self.words: list[str] = []
        self.in_table = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.elements.append((tag, values))
        if tag not in OPEN:
            self.open.append(tag if tag != "script" else f"script {values.get('id', '')}")
        if tag == "tr" and "data-i" in values:
            self.rows.append([])
        elif tag == "td" and self.in_table:
            self.rows[-1].append("")
        elif tag == "table":
            self.in_table = values.get("id") == "table"

    def handle_endtag(self, tag: str) -> None:
        if tag not in OPEN:
            assert self.open.pop().split()[0] == tag
        self.in_table = self.in_table and tag != "table"

    def handle_data(self, data: str) -> None:
        here = self.open[-1] if self.open else ""
        if here.startswith("script"):
            self.parts[here] = self.parts.get(here, "") + data
            return
        self.words.append(data)
        if self.in_table and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.parts["script data"])

    @property
    def dead_links(self) -> set[str]:
        """Links within the page that lead nowhere."""
        targets = {f"#{values['id']}" for _, values in self.elements if "id" in values}
        links = {values.get("href") or "" for tag, values in self.elements if tag == "a"}
        return {link for link in links if link.startswith("#")} - targets


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = write_results(tmp_path_factory.mktemp("page") / "results")

    # A Pc above the thresholds, a missing one, and one in the dilution region.
    def change(table: dict[str, list[str]]) -> dict[str, list[str]]:
        table["collision_probability"][:3] = ["0.00032361697523897", "", "2.5e-05"]
        table["dilution"][2] = "true"
        table["entry_s"][0], table["exit_s"][1], table["inside_at_tca"][2] = "", "", "false"
        table["primary_covariance_source"][0] = "interpolated"
        return table

    edit(place, change)
    return place


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    path = write_report(folder)
    assert path == folder / "report.html"
    return Page(path.read_text(encoding="utf-8"))


@needs_report
def test_the_numbers_of_the_page_are_those_of_the_file(folder: Path, page: Page):
    table, content = FolderTables(folder)["conjunctions"], page.payload
    assert set(content["columns"]) == {*NUMBER_COLUMNS, *TEXT_COLUMNS}
    for name in NUMBER_COLUMNS:
        shown = np.array([np.nan if value is None else value for value in content["columns"][name]])
        np.testing.assert_allclose(shown, table[name], rtol=1e-6, atol=0.0, err_msg=name)
    for name in TEXT_COLUMNS:
        assert content["columns"][name] == table.cells(name)
    assert content["row"] == list(range(len(table)))


@needs_report
def test_each_encounter_says_from_when_until_when_it_is_inside_and_whose_errors_are_modelled(
    folder: Path, page: Page
):
    table, words = FolderTables(folder)["conjunctions"], page.payload["words"]
    start = np.datetime64(read_summary(folder)["provenance"]["span"]["start_utc"].removesuffix("Z"))

    def utc(seconds: float) -> str:
        moment = start + np.timedelta64(round(1e3 * seconds), "ms")
        return f"{str(moment).replace('T', ' ')} UTC"

    assert words["stay"][0] == f"beginning of the data to {utc(table.exit_s[0])}"
    assert words["stay"][1] == f"{utc(table.entry_s[1])} to end of the data"
    assert words["stay"][2] == f"{utc(table.entry_s[2])} to {utc(table.exit_s[2])}, not at TCA"
    assert words["stay"][3] == f"{utc(table.entry_s[3])} to {utc(table.exit_s[3])}"
    assert words["covariances"][:2] == [
        "primary interpolated, secondary modelled",
        "primary modelled, secondary modelled",
    ]


@needs_report
def test_the_rows_of_the_page_are_those_of_the_file(folder: Path, page: Page):
    table = FolderTables(folder)["conjunctions"]
    rows = [row[: len(CELLS)] for row in page.rows]
    assert len(rows) == len(table)
    for k, row in enumerate(rows):
        cell = {name: words.strip() for name, words in zip(CELLS, row, strict=True)}
        assert cell["tca_utc"] == numbers.moment(table.cells("tca_utc")[k])
        assert cell["secondary_name"].split() == [
            *table.secondary_name[k].split(),
            str(table.secondary_norad_id[k]),
        ]
        assert cell["object_kind"] == table.object_kind[k]
        pc = float(table.collision_probability[k])
        miss = numbers.plus_minus(table.miss_distance_km[k], table.miss_distance_sigma_km[k], "km")
        assert cell["miss_distance_km"] == miss
        # A level is said in a word.
        level = numbers.level_of(pc, 1e-5, 1e-4)
        assert cell["odds"] == f"{numbers.one_in(pc)} {level}".strip()
        assert cell["collision_probability"].rstrip("*") == numbers.probability(pc)
        assert cell["maximum_probability"] == numbers.probability(table.maximum_probability[k])
        low, high = (table[f"collision_probability_{end}"][k] for end in ("low", "high"))
        assert cell["range"] == f"{numbers.probability(low)} to {numbers.probability(high)}"
        for name in ("relative_speed_km_s", "secondary_age_days"):
            assert float(cell[name]) == pytest.approx(table[name][k], abs=0.051)
        assert cell["collision_probability"].endswith("*") == table.dilution[k]


@needs_report
def test_the_verdict_comes_first_then_range_errors_and_method(folder: Path, page: Page):
    words = re.sub(r"\s+", " ", " ".join(page.words))
    summary = read_summary(folder)
    verdict = run_verdict(summary, FolderTables(folder)["conjunctions"])
    method = summary["provenance"]["method"]
    place = [
        words.index(part)
        for part in (
            verdict.whole.answer,
            verdict.whole.range,
            *verdict.whole.details,
            method["covariance"]["warning"],
            *verdict.method,
            "A name opens its encounter",
            "How it was computed",
        )
    ]
    assert place == sorted(place)
    assert "screening probability" in verdict.whole.answer
    assert "modelled errors" in verdict.whole.answer
    assert method["covariance"]["source"] in words


@needs_report
def test_a_synthetic_run_has_rates_and_neither_dates_names_nor_alerts(tmp_path: Path):
    folder = write_results(tmp_path / "results", sampled=True)
    path = write_report(folder)
    assert path is not None
    page = Page(path.read_text(encoding="utf-8"))
    table = FolderTables(folder)["conjunctions"]
    assert len(table) > 5
    assert table.synthetic.all()
    # The scenario in full is in the page, too: its thresholds are no alerts.
    source = path.read_text(encoding="utf-8").split("</style>")[1].split("The resolved scenario")[0]
    for absent in (
        "tca_s",
        "One encounter",
        "Timeline",
        "most probable",
        "SYNTHETIC COS",
        "Cumulative",
        "Pc",
    ):
        assert absent not in source, absent
    for column in (table.cells("tca_utc"), table.secondary_name.tolist(), table.parent_event.tolist()):
        assert not [text for text in set(column) if text and (text in source or text[:19] in source)]
    shown = " ".join(page.words).split("The resolved scenario")[0].split("@page")[1]
    assert not re.search(r"\bred\b|\byellow\b", shown.split("}", 20)[-1])
    assert page.rows == []
    assert not page.dead_links
    assert page.payload["columns"].keys() == {"approach_azimuth_deg", "relative_speed_km_s"}
    words = re.sub(r"\s+", " ", "".join(page.words))
    assert "SYNTHETIC POPULATION" in words
    assert "none exists, so there are no dates, names or alerts" in words


@needs_report
def test_the_page_says_which_sampled_encounters_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_results(tmp_path / "results", sampled=True)
    total = len(FolderTables(folder)["conjunctions"])
    for most, words in (
        (total, "all sampled encounters"),
        (3, f"the 3 closest of {total} sampled encounters"),
    ):
        monkeypatch.setattr("debrissim.report.page.MAX_SAMPLED", most)
        path = write_report(folder)
        assert path is not None
        page = Page(path.read_text(encoding="utf-8"))
        assert page.payload["directions"] == words
        assert len(page.payload["columns"]["relative_speed_km_s"]) == most
        assert f"Marks: {words}." in " ".join(page.words)


@needs_report
@pytest.mark.parametrize("hostile", [False, True])
def test_nothing_is_loaded_and_nothing_in_a_name_is_markup(tmp_path: Path, hostile: bool):
    folder = write_results(tmp_path / "results", hostile=hostile)
    path = write_report(folder)
    assert path is not None
    source = path.read_text(encoding="utf-8")
    page = Page(source)
    assert page.open == []
    assert [tag for tag, _ in page.elements].count("script") == 3
    assert {tag for tag, _ in page.elements} & {"img", "iframe", "object", "embed", "base", "b"} == set()
    assert not [key for _, values in page.elements for key in values if key.startswith("on")]
    for tag, values in page.elements:
        assert "src" not in values
        if tag in ("a", "link"):
            # Everything the page links to is in it or in its folder.
            href = values["href"] or ""
            assert href.startswith(("#", "data:,")) or (folder / href).exists(), href
    (policy,) = [values["content"] for _, values in page.elements if "http-equiv" in values]
    assert "default-src 'none'" in (policy or "")
    if hostile:
        assert set(page.payload["columns"]["secondary_name"]) == set(HOSTILE)
        assert {row[1].rsplit(" ", 1)[0] for row in page.rows} == set(HOSTILE)
        assert TITLE in "".join(page.words)
        assert "window.hostile" not in page.parts["script "]


def test_embedded_json_ends_no_element_and_reads_back():
    content = {"names": [*HOSTILE, "a & b"], "number": 1e-300}
    words = embedded_json(content)
    assert not set("<>&") & set(words)
    assert json.loads(words) == content
    with pytest.raises(ValueError, match="not JSON compliant"):
        embedded_json([float("nan")])


@needs_report
def test_the_script_in_the_page_is_the_one_of_plotly(page: Page):
    script = gzip.decompress(base64.b64decode(page.parts["script plotly"])).decode("utf-8")
    package = json.loads((ROOT / ".ci" / "packaging" / "plotly" / "package.json").read_text(encoding="utf-8"))
    assert f'"{package["dependencies"]["plotly.js"]}"' in script


def test_the_script_has_every_kind_of_trace_of_the_templates():
    bundle = (ROOT / ".ci" / "packaging" / "plotly" / "traces.cjs").read_text(encoding="utf-8")
    bundled = {"scatter", *re.findall(r"plotly\.js/lib/(\w+)\"\)", bundle)} - {"core"}
    templates = Path(libraries.__file__).parent / "templates"
    written = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*.js"))
    # Types of axes, shapes and error bars.
    others = {"log", "linear", "date", "category", "line", "rect", "circle", "path", "data"}
    used = set(re.findall(r"""type: ["'](\w+)["']""", written)) - others
    assert used >= {"scatter3d", "mesh3d"}
    assert used <= bundled, f".ci/packaging/plotly/traces.cjs lacks {used - bundled}"


@needs_report
def test_a_thousand_encounters_stay_under_6_mb_and_more_are_left_to_the_file(tmp_path: Path):
    folder = write_results(tmp_path / "results", count=MAX_ENCOUNTERS + 7)
    edit(
        folder,
        lambda table: table | {"collision_probability": [str(1e-9 * k) for k in range(MAX_ENCOUNTERS + 7)]},
    )
    path = write_report(folder)
    assert path is not None
    assert path.stat().st_size < 6_000_000
    page = Page(path.read_text(encoding="utf-8"))
    # The most probable, in the order of the file.
    assert page.payload["row"] == list(range(7, MAX_ENCOUNTERS + 7))
    assert len(page.rows) == MAX_ENCOUNTERS
    assert page.payload["directions"] == "encounters of this page"
    assert "the other 7 are in conjunctions.csv" in re.sub(r"\s+", " ", "".join(page.words))


@needs_report
def test_a_run_without_encounters_says_so_in_words(tmp_path: Path):
    path = write_report(write_results(tmp_path / "results", count=0))
    assert path is not None
    page = Page(path.read_text(encoding="utf-8"))
    assert page.rows == []
    assert not page.dead_links
    assert "no real object came inside the screening volumes" in "".join(page.words)


@needs_report
@pytest.mark.parametrize(("number", "shown"), [(4, 4), (5, 3), (20, 3)])
def test_many_notes_are_folded_so_that_the_answer_stays_on_the_screen(
    tmp_path: Path, number: int, shown: int
) -> None:
    folder = write_results(tmp_path / "results")
    summary = read_summary(folder)
    summary["provenance"]["notes"] = [f"note {k:02d}" for k in range(number)]
    write_json(folder / SUMMARY, summary)
    written = write_report(folder)
    assert written is not None
    text = written.read_text(encoding="utf-8")
    notes = re.findall(r'<p class="warning">(note \d\d)</p>', text)
    assert notes == [f"note {k:02d}" for k in range(number)]
    folded = text.partition(" further notes</summary>")[2].partition("</details>")[0]
    assert len(re.findall("note ", folded)) == number - shown


@needs_report
def test_another_process_writes_the_same_bytes_from_the_folder_alone(folder: Path):
    path = write_report(folder)
    assert path is not None
    before = path.read_bytes()
    path.unlink()
    program = "import sys, pathlib, debrissim.report.page as r; r.write_report(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
    assert path.read_bytes() == before
    done = CliRunner().invoke(cli.app, ["plot", str(folder)])
    assert done.exit_code == 0
    assert str(path) in done.stdout


def test_a_run_goes_on_without_the_libraries_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(libraries, "find_spec", lambda _name: None)
    scenario = tmp_path / "s.toml"
    scenario.write_text(SMALL_TOML.replace("report = false", "report = true"), encoding="utf-8")
    done = CliRunner().invoke(cli.app, ["run", str(scenario), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0
    assert not (tmp_path / "out" / "report.html").exists()
    assert "report.html is left out: it needs Jinja2 (pip install jinja2)" in re.sub(r"\s+", " ", done.stdout)


@needs_report
@pytest.mark.parametrize("requested", [True, False])
def test_a_run_writes_it_if_the_scenario_asks_for_it(tmp_path: Path, requested: bool):
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        SMALL_TOML.replace("report = false", f"report = {str(requested).lower()}"), encoding="utf-8"
    )
    done = CliRunner().invoke(cli.app, ["run", str(scenario), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0
    assert (tmp_path / "out" / "report.html").exists() == requested
    assert ("report.html" in done.stdout) == requested


def test_messages_are_linked_and_left_out_objects_counted(tmp_path: Path):
    folder = write_results(tmp_path / "results")
    table = FolderTables(folder)["conjunctions"]
    moment = re.sub(r"[-:.Z]", "", table.cells("tca_utc")[1])
    name = f"{table.cells('primary_norad_id')[1]}_conj_{table.cells('secondary_norad_id')[1]}_{moment}.cdm"
    (folder / "cdm").mkdir()
    (folder / "cdm" / name).touch()
    rows = "".join(f"{k},,,7,{reason},,false\n" for k, reason in enumerate(("decayed", "stale", "decayed")))
    header = "norad_id,name,epoch_utc,status,reason,valid_until_utc,took_part\n"
    (folder / "excluded.csv").write_text(header + rows, encoding="utf-8")
    data = report_data(folder)
    assert data.cdm[:3] == ("", f"cdm/{name}", "")
    assert data.excluded == {"decayed": 2, "stale": 1}
    assert {file.path for file in data.files} >= {"conjunctions.csv", "objects.csv", "summary.json", "cdm/"}
    assert "run.json" not in {file.path for file in data.files}


def test_a_folder_that_is_not_of_results_or_damaged_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="not a results folder"):
        report_data(tmp_path)
    folder = write_results(tmp_path / "results")
    write_json(folder / SUMMARY, {"totals": {}})
    with pytest.raises(InputError, match="damaged or of another version"):
        report_data(folder)
    edit(folder, lambda table: table | {"primary_x_km": ["far"] * len(table["primary_x_km"])})
    with pytest.raises(InputError, match="damaged or of another version"):
        report_data(folder)


@needs_report
def test_messages_alone_claim_no_rate_and_no_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("message.cdm").write_text(kvn(OBJECT2_X="7000.05", OBJECT2_Y="0.03"), encoding="utf-8")
    Path("s.toml").write_text(
        'title = "Message"\n[[events]]\nfile = "message.cdm"\nhard_body_radius_m = 20.0\n', encoding="utf-8"
    )
    assert cli.main(["run", "s.toml", "--out", "out", "--quiet"]) == 0
    page = Page(Path("out/report.html").read_text(encoding="utf-8"))
    words = "".join(page.words)
    assert not page.dead_links
    assert "has a probability of 1 in" in words
    assert "states, covariances and hard-body radii as given in the messages" in words
    assert "FRAGMENT [TANK]" in words
    assert "modelled" not in words.split("The resolved scenario")[0]
    for absent in (
        "Cumulative",
        "Per year",
        "0 objects",
        "SGP4 (",
        "Flohrer",
        "own element sets",
        "debrissim verify",
    ):
        assert absent not in words, absent
