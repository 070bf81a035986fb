"""Spreadsheets compute nothing that files of others say, and every text reads back as it was; links are addresses."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.answers import ANSWER
from support.small import small

from debrissim.catalog import read_catalog, write_omm_csv
from debrissim.catalog.population.model import read_population
from debrissim.catalog.population.synthesis import synthetic_catalog
from debrissim.conjunctions.run import run
from debrissim.core.text import from_spreadsheet_cell, spreadsheet_cell
from debrissim.results.table import Column, Schema, read_table, write_table

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "=cmd|'/c calc'!A0"]
TEXTS = [*FORMULAS, "'=1+1", "''-1", "'", "''", "'A'", "", "ISS (ZARYA)", "a=1", 'x",=1', "1-2", "  =1"]
COMPUTED = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.text() | st.text(alphabet="'=+-@\t\r\n\uff1dA"))
def test_every_text_reads_back_and_none_is_computed(text: str) -> None:
    cell = spreadsheet_cell(text)
    assert not cell.startswith(COMPUTED)
    assert from_spreadsheet_cell(cell) == text
    assert cell in (text, "'" + text)


def test_a_table_reads_back_exactly_and_its_numbers_are_untouched(tmp_path: Path) -> None:
    schema = Schema("t.csv", "a row", (Column("name", "text", ""), Column("x_km", "float", "")))
    table = schema.table({"name": TEXTS, "x_km": -np.arange(len(TEXTS)) - 0.5})
    write_table(tmp_path / "t.csv", table)
    assert read_table(tmp_path / "t.csv", schema).equals(table)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        _, *rows = csv.reader(stream)
    assert not [name for name, _ in rows if name.startswith(COMPUTED)]
    assert [x for _, x in rows] == [repr(x) for x in table["x_km"].tolist()]


def test_a_catalogue_reads_back_exactly(tmp_path: Path) -> None:
    names = np.array([" ".join(text.split()) for text in TEXTS if text.strip()], dtype=object)
    catalog = synthetic_catalog(len(names), seed=1).with_columns(name=names, parent_event=names)
    write_omm_csv(catalog, tmp_path / "c.csv")
    again = read_catalog(tmp_path / "c.csv").catalog
    assert again.name.tolist() == names.tolist()
    assert again.parent_event.tolist() == names.tolist()
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert not row["OBJECT_NAME"].startswith(COMPUTED)
            assert not row["PARENT_EVENT"].startswith(COMPUTED)


def test_the_title_of_a_population_reads_back(tmp_path: Path) -> None:
    from dataclasses import replace

    from debrissim.catalog.population.model import bundled_population

    model = replace(bundled_population(), title="=1+1")
    model.write(tmp_path / "p.csv")
    assert "title,'=1+1\n" in (tmp_path / "p.csv").read_text(encoding="utf-8")
    assert read_population(tmp_path / "p.csv").title == "=1+1"


def test_no_cell_of_a_run_is_computed(tmp_path: Path) -> None:
    result = run(small(primaries=[{"name": "=HYPERLINK(1)", "elements": SHORT}]))
    result.write(tmp_path / "out")
    names = {"'=HYPERLINK(1)"}
    for path in (tmp_path / "out").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
            texts = [cell for cell in row if not is_number(cell)]
            assert not [cell for cell in texts if cell.startswith(COMPUTED)], path.name
            names -= set(row)
    assert not names
    assert set(result.tables["conjunctions"]["primary_name"]) == {"=HYPERLINK(1)"}


SHORT = {"mean_motion_rev_day": 15.5, "eccentricity": 0.0005, "inclination_deg": 51.6}


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("javascript:alert(1).csv", "javascript%3Aalert%281%29.csv"),
        ("cdm/a b.cdm", "cdm/a%20b.cdm"),
        ("data:text/html,x#y?z", "data%3Atext/html%2Cx%23y%3Fz"),
        ("\udcff.csv", "%FF.csv"),
        ("conjunctions.csv", "conjunctions.csv"),
    ],
)
def test_a_link_is_an_address_next_to_the_page(path: str, address: str) -> None:
    from debrissim.report.html.page import _link

    assert _link(path) == address


def test_a_file_with_the_name_of_a_program_is_a_file() -> None:
    pytest.importorskip("jinja2")
    from debrissim.report.html.page import study_html

    summary = {
        "kind": "flux",
        "synthetic": False,
        "answer": {},
        "method": {},
        "provenance": {"scenario": {"title": "x"}, "seed": 1, "versions": {"debrissim": "0"}},
    }
    page = study_html(summary, ANSWER, [], ["javascript:alert(1)//.csv", 'x" onclick="y.csv'])
    assert 'href="javascript%3Aalert%281%29//.csv"' in page
    assert 'href="javascript:' not in page
    assert 'onclick="y' not in page
