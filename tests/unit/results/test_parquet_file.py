"""Tables as Parquet read back as those of the CSV file, damage is one sentence, and every command takes the folder."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.csv_text import read_csv
from support.small import small

from debrissim.cli.main import main
from debrissim.cli.output import _location
from debrissim.conjunctions.run import run
from debrissim.core.errors import InputError, RunError
from debrissim.report.html.libraries import missing_libraries
from debrissim.results import parquet_file
from debrissim.results.folder import read_summary
from debrissim.results.own_files import own_files
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Column, Schema, Table, read_table, table_path, write_table
from debrissim.studies.protocol import open_results, report

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

SCHEMA = Schema(
    "sample.csv",
    "one sample",
    (
        Column("name", "text", "a name"),
        Column("norad_id", "id", "an object, which may be missing", null=-1),
        Column("count", "int", "a number that is always there"),
        Column("rank", "int", "a number that may be missing", null=-1),
        Column("distance_km", "float", "a distance"),
        Column("diluted", "bool", "a truth"),
        Column("catastrophic", "bool?", "a truth that may be missing"),
        Column("tca_utc", "time", "a moment"),
        Column("remark", "text", "a column of later versions", optional=True),
    ),
)


def sample(count: int) -> Table:
    """Values of every dtype, missing ones among them."""
    rng = np.random.default_rng(5)
    texts = np.array(["", "ISS (ZARYA)", "=1+1", 'a "b", c', "Ö-Δ 😀", "\n"], dtype=np.object_)
    objects = np.array([-1, 25544, 270387, -1_000_021_739, -2_000_000_012, -3_000_000_001])
    numbers = rng.normal(size=count) * 10.0 ** rng.integers(-300, 300, count)
    moments = rng.integers(0, 7_000_000_000_000, count).astype("datetime64[ms]")
    moments[::5] = np.datetime64("NaT", "ms")
    return SCHEMA.table(
        {
            "name": texts[rng.integers(0, len(texts), count)],
            "norad_id": rng.choice(objects, count),
            "count": rng.integers(-(2**63), 2**63 - 1, count),
            "rank": rng.integers(-1, 3, count),
            "distance_km": np.where(
                rng.random(count) < 0.2, rng.choice([np.nan, np.inf, -0.0], count), numbers
            ),
            "diluted": rng.random(count) < 0.5,
            "catastrophic": [[None, True, False][k] for k in rng.integers(0, 3, count).tolist()],
            "tca_utc": moments,
        }
    )


@pytest.mark.parametrize("count", [0, 1, 7, 50])
def test_a_table_reads_back_the_same_as_from_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(parquet_file, "_ROWS_AT_ONCE", 7)
    table = sample(count)
    for folder, name in (("p", SCHEMA.parquet), ("c", SCHEMA.file)):
        (tmp_path / folder).mkdir()
        write_table(tmp_path / folder / name, table)
        assert table_path(tmp_path / folder / SCHEMA.file).name == name
        found = read_table(tmp_path / folder / SCHEMA.file, SCHEMA)
        assert found.equals(table)
        assert [values.dtype for values in found.columns().values()] == [
            values.dtype for values in table.columns().values()
        ]
        assert [list(map(type, found[name])) for name in ("name", "catastrophic")] == [
            list(map(type, table[name])) for name in ("name", "catastrophic")
        ]
    file = parquet.ParquetFile(tmp_path / "p" / SCHEMA.parquet)
    assert file.metadata.num_row_groups == -(-count // 7)
    assert file.schema_arrow.field("distance_km").metadata[b"description"] == b"a distance"
    write_table(tmp_path / "again.parquet", table)
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "p" / SCHEMA.parquet).read_bytes()


def test_a_text_that_utf_8_cannot_hold_is_escaped_as_in_the_csv_file(tmp_path: Path) -> None:
    columns = sample(1).columns() | {"name": ["x-\udcff"]}
    write_table(tmp_path / SCHEMA.parquet, SCHEMA.table(columns))
    assert read_table(tmp_path / SCHEMA.file, SCHEMA).name.tolist() == ["x-\\udcff"]


def test_the_csv_file_comes_first_and_a_missing_table_is_named_by_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sample\.csv: cannot be read"):
        read_table(tmp_path / SCHEMA.file, SCHEMA)
    write_table(tmp_path / SCHEMA.parquet, sample(3))
    write_table(tmp_path / SCHEMA.file, sample(5))
    assert len(read_table(tmp_path / SCHEMA.file, SCHEMA)) == 5


def changed(**columns: Any) -> Any:
    """One row as a Parquet table with other columns; None leaves one out."""
    import pyarrow as pa

    values: dict[str, Any] = {
        "name": ["A"], "norad_id": ["25544"], "count": [1], "rank": [1], "distance_km": [0.5], "diluted": [True],
        "catastrophic": [True], "tca_utc": ["1970-01-01T00:00:00.000Z"],
    }  # fmt: skip
    return pa.table({name: value for name, value in (values | columns).items() if value is not None})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"count": None}, "lacks the column count"),
        ({"colour": ["red"]}, "unknown column 'colour'"),
        ({"count": ["1"]}, "column count: expected int64, got string"),
        ({"distance_km": [1]}, "column distance_km: expected double, got int64"),
        ({"tca_utc": ["1970"]}, "row 0: tca_utc: expected a UTC time, got '1970'"),
        (
            {"norad_id": ["ISS"]},
            "row 0: norad_id: expected a catalogue number, or an identifier such as S-021739",
        ),
    ],
)
def test_other_columns_and_values_are_reported_in_one_sentence(
    tmp_path: Path, columns: dict[str, Any], message: str
) -> None:
    path = tmp_path / SCHEMA.parquet
    parquet.write_table(changed(**columns), path)
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / SCHEMA.file, SCHEMA)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


def test_a_missing_whole_number_or_truth_is_damage_where_it_must_be_there(tmp_path: Path) -> None:
    import pyarrow as pa

    for name, kind in (("count", pa.int64()), ("diluted", pa.bool_())):
        parquet.write_table(changed(**{name: pa.array([None], kind)}), tmp_path / SCHEMA.parquet)
        with pytest.raises(InputError, match=f"column {name}: expected .*, got null"):
            read_table(tmp_path / SCHEMA.file, SCHEMA)


def test_a_damaged_file_is_an_error_and_never_another_number(tmp_path: Path) -> None:
    path = tmp_path / SCHEMA.parquet
    table = sample(40)
    write_table(path, table)
    whole = path.read_bytes()
    rng = np.random.default_rng(2)
    refused = []
    for place in [*range(0, len(whole), 97), *rng.integers(0, len(whole), 60).tolist()]:
        data = bytearray(whole)
        data[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(data)
        try:
            # A bit of a description or of a statistic changes no value.
            assert read_table(tmp_path / SCHEMA.file, SCHEMA).equals(table), place
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 30
    assert all(str(path) in sentence and "\n" not in sentence for sentence in refused)
    for end in (0, 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match=r"sample\.parquet: cannot be read as a table"):
            read_table(tmp_path / SCHEMA.file, SCHEMA)


def test_a_file_that_fails_half_way_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "_ROWS_AT_ONCE", 7)
    path = tmp_path / SCHEMA.parquet
    write_table(path, sample(3))
    before = path.read_bytes()
    write = parquet_file._array

    def full(pa: Any, table: Table, name: str, kind: Any) -> Any:
        if len(table) < 7:
            raise OSError(28, "No space left on device")
        return write(pa, table, name, kind)

    monkeypatch.setattr(parquet_file, "_array", full)
    with pytest.raises(RunError, match="No space left on device"):
        write_table(path, sample(20))
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One run with its main table as CSV, and as Parquet."""
    base = tmp_path_factory.mktemp("runs")
    output = {"plots": False, "report": False}
    run(small(output=output)).write(base / "csv")
    run(small(output=output | {"parquet_above": 0})).write(base / "parquet")
    return base / "csv", base / "parquet"


def test_a_run_writes_one_of_both_files(folders: tuple[Path, Path]) -> None:
    names = [{path.name for path in folder.iterdir()} for folder in folders]
    assert names[0] - names[1] == {"conjunctions.csv"}
    assert names[1] - names[0] == {"conjunctions.parquet"}
    rows = len(read_table(folders[0] / "conjunctions.csv", CONJUNCTIONS))
    assert rows > 0
    few = run(small(output={"plots": False, "report": False, "parquet_above": rows}))
    assert few._file_of(few.tables["conjunctions"]) == "conjunctions.csv"
    # A scenario without the key is recorded as by earlier versions: its hash is that of its earlier runs.
    recorded = [read_summary(folder)["provenance"]["scenario"]["output"] for folder in folders]
    assert "parquet_above" not in recorded[0]
    assert recorded[1] == recorded[0] | {"parquet_above": 0}
    assert "conjunctions.parquet" in (own_files(folders[1]) or ())


def test_both_folders_open_alike(folders: tuple[Path, Path]) -> None:
    first, second = map(open_results, folders)
    assert list(first.tables) == list(second.tables)
    assert first.tables["conjunctions"].equals(second.tables["conjunctions"])
    assert first.terminal_lines() == second.terminal_lines()


@pytest.mark.parametrize("form", ["json", "oem", "ocm"])
def test_both_folders_export_alike(folders: tuple[Path, Path], tmp_path: Path, form: str) -> None:
    for folder in folders:
        assert main(["export", str(folder), "-f", form, "--out", str(tmp_path / folder.name)]) == 0
    first, second = (
        {
            path.name: path.read_text(encoding="utf-8")
            for path in ([place] if place.is_file() else place.iterdir())
        }
        for place in (tmp_path / "csv", tmp_path / "parquet")
    )
    if form == "json":
        first, second = (
            {"rows": json.loads(next(iter(side.values())))["conjunctions"]} for side in (first, second)
        )
    assert list(first.values()) == list(second.values())


def test_commands_that_read_a_folder_take_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(folders[1], tmp_path / "copy")
    assert main(["verify", str(copy), "--sample", "3"]) == 0
    assert main(["plot", str(copy)]) == 0
    if not missing_libraries():
        report(copy)
        page = (copy / "report.html").read_text(encoding="utf-8")
        assert "conjunctions.parquet" in page
        assert "conjunctions.csv" not in page


def test_the_terminal_says_where_the_rows_are(folders: tuple[Path, Path]) -> None:
    lines = [[line.text for line in _location(open_results(folder), folder)] for folder in folders]
    rows = len(open_results(folders[1]).tables["conjunctions"])
    assert lines[0] == [f"results in {folders[0]}"]
    assert lines[1] == [f"results in {folders[1]}", f"its {rows:,} rows in conjunctions.parquet"]


def test_results_that_could_not_be_written_are_refused_before_the_run(
    monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        InputError, match=r"^output\.parquet_above: Parquet needs pyarrow, install it with: pip install"
    ):
        run(small(output={"parquet_above": 0}))
    with pytest.raises(InputError, match=r"conjunctions\.parquet: Parquet needs pyarrow"):
        read_table(folders[1] / "conjunctions.csv", CONJUNCTIONS)


def test_the_cells_of_the_csv_file_are_the_values_of_the_other(folders: tuple[Path, Path]) -> None:
    table = open_results(folders[1]).tables["conjunctions"]
    assert read_csv(folders[0] / "conjunctions.csv") == {name: table.cells(name) for name in table.columns()}
