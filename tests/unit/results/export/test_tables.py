"""Parquet and JSON, read back by DuckDB and by Python's own reader: every cell as in conjunctions.csv."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.results.export import (
    FORMATS,
    get_format,
)
from debrissim.results.export import (
    json as json_file,
)
from debrissim.results.export import (
    parquet as parquet_file,
)
from debrissim.results.folder import read_summary
from debrissim.results.schema.conjunctions import CONJUNCTIONS

MEANINGS = {column.name: column.doc for column in CONJUNCTIONS.columns}


def cells(folder: Path) -> dict[str, list[str]]:
    """The cells of conjunctions.csv by column, as Python's own reader sees them."""
    with (folder / "conjunctions.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return {name: [row[k] for row in rows] for k, name in enumerate(header)}


def edited(folder: Path, target: Path, column: str, value: str) -> Path:
    """A copy of a results folder with one cell of the first conjunction replaced."""
    shutil.copytree(folder, target)
    with (target / "conjunctions.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    rows[0][header.index(column)] = value
    with (target / "conjunctions.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return target


def as_text(value: object) -> str:
    """A value as conjunctions.csv writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_parquet_is_read_by_duckdb(hour: Path, tmp_path: Path):
    pytest.importorskip("pyarrow", reason="pyarrow, the writer, is not installed")
    duckdb = pytest.importorskip("duckdb", reason="duckdb, the independent reader, is not installed")
    path = parquet_file.write(hour, tmp_path / "hour.parquet")
    table = cells(hour)
    with duckdb.connect() as base:
        query = base.execute("select * from read_parquet(?)", [str(path)])
        types = {column[0]: str(column[1]) for column in query.description}
        rows = query.fetchall()
    assert list(types) == list(MEANINGS) == list(table)
    assert (types["tca_s"], types["dilution"], types["secondary_norad_id"], types["flags"]) == (
        "DOUBLE",
        "BOOLEAN",
        "VARCHAR",
        "VARCHAR",
    )
    assert len(rows) == len(table["tca_s"]) > 0
    for name, values in zip(table, zip(*rows, strict=True), strict=True):
        assert [as_text(value) for value in values] == table[name], name


def test_parquet_describes_its_columns(hour: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    schema = parquet.read_schema(parquet_file.write(hour, tmp_path / "hour.parquet"))
    about = schema.field("miss_distance_km").metadata[b"description"].decode()
    assert about == MEANINGS["miss_distance_km"]
    assert json.loads(schema.metadata[b"debrissim.summary"]) == read_summary(hour)


def test_a_run_without_encounters_has_the_same_schema(hour: Path, nothing: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    some, none = (
        parquet.read_schema(parquet_file.write(folder, tmp_path / f"{folder.name}.parquet"))
        for folder in (hour, nothing)
    )
    assert some.equals(none)


def test_json_holds_every_row_and_its_provenance(hour: Path, tmp_path: Path):
    path = json_file.write(hour, tmp_path / "hour.json")

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    exported = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    table = cells(hour)
    assert exported["columns"] == MEANINGS
    assert {key: exported[key] for key in exported if key not in ("columns", "conjunctions")} == read_summary(
        hour
    )
    assert len(exported["conjunctions"]) == len(table["tca_s"])
    for k, row in enumerate(exported["conjunctions"]):
        assert {name: as_text(value) for name, value in row.items()} == {
            name: table[name][k] for name in table
        }


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("secondary_name", "12345", "12345"),
        ("secondary_name", "1e5", "1e5"),
        ("secondary_name", "true", "true"),
        ("parent_event", "", ""),
        ("secondary_mass_kg", "", None),
        ("secondary_mass_kg", "7", 7.0),
        ("maximum_sigma_factor", "inf", "inf"),
        ("dilution", "true", True),
        ("secondary_norad_id", "7", 7),
    ],
)
def test_json_values_have_the_type_of_the_column(
    hour: Path, tmp_path: Path, column: str, cell: str, value: object
):
    """A name that looks like a number stays text, and a missing number is null."""
    content = json_file.content(edited(hour, tmp_path / "edited", column, cell))
    value_read = content["conjunctions"][0][column]
    assert value_read == value
    assert type(value_read) is type(value)


def test_parquet_values_have_the_type_of_the_column(hour: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    folder = edited(hour, tmp_path / "edited", "secondary_name", "12345")
    folder = edited(folder, tmp_path / "again", "secondary_mass_kg", "")
    row = parquet.read_table(parquet_file.write(folder, tmp_path / "a.parquet")).to_pylist()[0]
    assert row["secondary_name"] == "12345"
    assert row["secondary_mass_kg"] is None
    assert row["tca_utc"] == cells(hour)["tca_utc"][0]


@pytest.mark.parametrize("name", list(FORMATS))
def test_damaged_conjunctions_are_reported_in_one_sentence(hour: Path, tmp_path: Path, name: str):
    for package in {"parquet": ["pyarrow"], "czml": ["czml3"]}.get(name, []):
        pytest.importorskip(package, reason=f"{package} is not installed")
    folder = edited(hour, tmp_path / "edited", "tca_s", "soon")
    with pytest.raises(InputError, match=r"conjunctions\.csv: line 2: tca_s: expected a number, got 'soon'"):
        get_format(name).write(folder, tmp_path / "a", force=False)
    (folder / "conjunctions.csv").write_bytes(b"")
    with pytest.raises(InputError, match=r"conjunctions\.csv: cannot be read as a table of a results folder"):
        get_format(name).write(folder, tmp_path / "a", force=False)
    assert not (tmp_path / "a").exists()


def test_files_are_not_replaced_without_force(nothing: Path, tmp_path: Path):
    path = json_file.write(nothing, tmp_path / "a.json")
    with pytest.raises(InputError, match="exists already"):
        json_file.write(nothing, path)
    assert json_file.write(nothing, path, force=True) == path
    with pytest.raises(InputError, match="exists already"):
        json_file.write(nothing, tmp_path, force=True)


def test_formats_have_distinct_names_and_targets():
    assert len({entry.ending for entry in FORMATS.values()}) == len(FORMATS)
    for name, entry in FORMATS.items():
        assert get_format(name) is entry
        target = entry.default_target(Path("results/hour"))
        assert target.name == "hour" + entry.ending
        assert target.parent == Path("results").absolute()
    with pytest.raises(
        InputError, match="export format: expected one of json, parquet, oem, ocm, czml, got 'xlsx'"
    ):
        get_format("xlsx")


def test_the_help_lists_every_format_and_the_formats_of_an_option(capsys: pytest.CaptureFixture[str]):
    assert main(["export", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for entry in FORMATS.values():
        assert f"{entry.name}: {entry.summary}" in shown
    assert "oem, ocm, czml: arc on either side" in shown
    # The word for text depends on the version of typer.
    assert re.search(r"--frame \S+ oem, ocm: eme2000", shown)


def test_a_folder_without_results_is_reported(tmp_path: Path):
    with pytest.raises(InputError, match="is not a results folder"):
        json_file.write(tmp_path, tmp_path / "a.json")


@pytest.mark.parametrize(("name", "package"), [("parquet", "pyarrow"), ("czml", "czml3")])
def test_a_format_without_its_extra_names_the_package_to_install(
    hour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"pip install 'debrissim\[{name}\]'"):
        get_format(name).write(hour, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_on_the_command_line(hour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = str(tmp_path / "hour.json")
    assert main(["export", str(hour), "--format", "json", "--out", target]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert main(["export", str(hour), "--format", "json", "--out", target]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["export", str(hour), "--format", "json", "--frame", "teme", "--out", target]) == 2
    assert "--frame can be used only with --format oem or ocm, not with json" in capsys.readouterr().err
