"""Parquet and JSON, read back by DuckDB and by Python's own reader: every cell as in conjunctions.csv."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support.csv_text import read_csv

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.results.export import (
    FORMATS,
    default_target,
    get_writer,
)
from debrissim.results.export import (
    json as json_file,
)
from debrissim.results.export import (
    parquet as parquet_file,
)
from debrissim.results.folder import read_summary
from debrissim.results.schema import CONJUNCTION_COLUMNS, kind_of, values_of


def as_text(value: object) -> str:
    """A value as conjunctions.csv writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def test_parquet_is_read_by_duckdb(hour: Path, tmp_path: Path):
    pytest.importorskip("pyarrow", reason="pyarrow, the writer, is not installed")
    duckdb = pytest.importorskip("duckdb", reason="duckdb, the independent reader, is not installed")
    path = parquet_file.write(hour, tmp_path / "hour.parquet")
    table = read_csv(hour / "conjunctions.csv")
    with duckdb.connect() as base:
        found = base.execute("select * from read_parquet(?)", [str(path)])
        types = {column[0]: str(column[1]) for column in found.description}
        rows = found.fetchall()
    assert list(types) == list(CONJUNCTION_COLUMNS) == list(table)
    assert (types["tca_s"], types["dilution"], types["secondary_norad_id"], types["flags"]) == (
        "DOUBLE",
        "BOOLEAN",
        "BIGINT",
        "VARCHAR",
    )
    assert len(rows) == len(table["tca_s"]) > 0
    for name, cells in zip(table, zip(*rows, strict=True), strict=True):
        assert [as_text(cell) for cell in cells] == table[name], name


def test_parquet_says_what_its_columns_mean(hour: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    schema = parquet.read_schema(parquet_file.write(hour, tmp_path / "hour.parquet"))
    about = schema.field("miss_distance_km").metadata[b"description"].decode()
    assert about == CONJUNCTION_COLUMNS["miss_distance_km"]
    assert json.loads(schema.metadata[b"debrissim.summary"]) == read_summary(hour)


def test_a_run_without_encounters_has_the_same_schema(hour: Path, nothing: Path, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    some, none = (
        parquet.read_schema(parquet_file.write(folder, tmp_path / f"{folder.name}.parquet"))
        for folder in (hour, nothing)
    )
    assert some.equals(none)


def test_json_holds_every_row_and_where_it_comes_from(hour: Path, tmp_path: Path):
    path = json_file.write(hour, tmp_path / "hour.json")

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    found = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    table = read_csv(hour / "conjunctions.csv")
    assert found["columns"] == CONJUNCTION_COLUMNS
    assert {key: found[key] for key in ("totals", "events", "provenance")} == read_summary(hour)
    assert len(found["conjunctions"]) == len(table["tca_s"])
    for k, row in enumerate(found["conjunctions"]):
        assert {name: as_text(value) for name, value in row.items()} == {
            name: table[name][k] for name in table
        }


def test_columns_are_told_apart_by_meaning_not_by_looks():
    assert kind_of("secondary_name", ["12345", "1e5"]) == "text"
    assert kind_of("primary_norad_id", []) == "whole"
    assert kind_of("of_tomorrow_km", ["1.5", "", "inf"]) == "number"
    assert kind_of("of_tomorrow", ["true", "", "false"]) == "truth"
    assert kind_of("of_tomorrow", ["1.5", "words"]) == "text"
    assert values_of("number", ["1.5", ""]) == [1.5, None]
    assert values_of("truth", ["true", "", "false"]) == [True, None, False]


def test_files_are_not_replaced_unasked(nothing: Path, tmp_path: Path):
    path = json_file.write(nothing, tmp_path / "a.json")
    with pytest.raises(InputError, match="exists already"):
        json_file.write(nothing, path)
    assert json_file.write(nothing, path, force=True) == path
    with pytest.raises(InputError, match="exists already"):
        json_file.write(nothing, tmp_path, force=True)


def test_formats_have_a_writer_and_a_place():
    for form in FORMATS:
        assert callable(get_writer(form))
        assert default_target(Path("results/hour"), form).parent.name == "results"
    with pytest.raises(InputError, match="expected a format among json, parquet, oem, czml, got 'xlsx'"):
        get_writer("xlsx")


def test_a_folder_that_is_none_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="is not a results folder"):
        json_file.write(tmp_path, tmp_path / "a.json")


@pytest.mark.parametrize(("form", "package"), [("parquet", "pyarrow"), ("czml", "czml3")])
def test_without_its_extra_a_format_says_what_to_install(
    hour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, package: str
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"pip install 'debrissim\[{form}\]'"):
        get_writer(form)(hour, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_on_the_command_line(hour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = str(tmp_path / "hour.json")
    assert main(["export", str(hour), "--format", "json", "--out", target]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert main(["export", str(hour), "--format", "json", "--out", target]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["export", str(hour), "--format", "json", "--frame", "teme", "--out", target]) == 2
    assert "--frame goes with --format oem, not with json" in capsys.readouterr().err
