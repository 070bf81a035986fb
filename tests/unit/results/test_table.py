"""Tables of a results folder: what is written reads back the same, and every kind of damage is one sentence."""

from __future__ import annotations

import copy
import csv
import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.core.errors import InputError
from debrissim.core.text import spreadsheet_cell
from debrissim.results import csv_file
from debrissim.results.schema import clouds, conjunctions, evolution
from debrissim.results.table import Column, Schema, Table, read_table, write_table

SCHEMA = Schema(
    "sample.csv",
    "one sample",
    (
        Column("name", "text", "a name"),
        Column("norad_id", "int", "a number that may be missing", null=-1),
        Column("count", "int", "a number that is always there"),
        Column("distance_km", "float", "a distance"),
        Column("diluted", "bool", "a truth"),
        Column("catastrophic", "bool?", "a truth that may be missing"),
        Column("tca_utc", "time", "a moment"),
        Column("epoch_utc", "time", "a moment, to a second", decimals=0),
        Column("*_mean_km", "float", "one per object"),
        Column("*_count", "int", "one per object"),
        Column("remark", "text", "a column of later versions", optional=True),
    ),
)

# Lone surrogates are not text that UTF-8 can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "12345", "1e5", "true", '"', '""', "a,b", "a\nb", "a\r\nb", "\r", " blank ", "Ö-Δ 😀", "\x00", "=1"]
)
TIMES = st.integers(-400_000_000_000, 7_000_000_000_000) | st.none()


def moments(ms: list[int | None], step: int = 1) -> np.ndarray:
    """datetime64[ms], NaT for None, on multiples of a step in ms."""
    known = [
        np.datetime64("NaT", "ms") if value is None else np.datetime64(value - value % step, "ms")
        for value in ms
    ]
    return np.array(known, dtype="datetime64[ms]")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of every dtype, with missing values, with and without rows, pattern columns and the optional column."""
    size = draw(st.integers(0, 6))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=size, max_size=size))

    whole = st.integers(-(2**63), 2**63 - 1)
    data: dict[str, Any] = {
        "name": column(TEXTS),
        "norad_id": column(st.integers(-1, 999_999_999)),
        "count": column(whole),
        "distance_km": np.array(column(st.floats()), dtype=np.float64),
        "diluted": np.array(column(st.booleans()), dtype=np.bool_),
        "catastrophic": column(st.booleans() | st.none()),
        "tca_utc": moments(column(TIMES)),
        "epoch_utc": moments(column(TIMES), 1000),
    }
    for label in draw(st.lists(st.sampled_from(["iss", "css", "25544"]), unique=True)):
        data[f"{label}_mean_km"] = np.array(column(st.floats()), dtype=np.float64)
        data[f"{label}_count"] = column(whole)
    if draw(st.booleans()):
        data["remark"] = column(TEXTS)
    return SCHEMA.table(data)


def assert_same(first: Table, second: Table) -> None:
    assert list(first.columns()) == list(second.columns())
    for name, values in first.columns().items():
        assert values.dtype == second[name].dtype, name
        if values.dtype.kind == "O":
            assert values.tolist() == second[name].tolist(), name
            assert [type(v) for v in values] == [type(v) for v in second[name]], name
        else:
            np.testing.assert_array_equal(values, second[name], err_msg=name)
            if values.dtype.kind == "f":
                known = ~np.isnan(values)
                np.testing.assert_array_equal(np.signbit(values[known]), np.signbit(second[name][known]))


@given(table=tables())
def test_a_table_reads_back_the_same_and_is_rewritten_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, table: Table
):
    folder = tmp_path_factory.mktemp("table")
    write_table(folder / "first.csv", table)
    table_read = read_table(folder / "first.csv", SCHEMA)
    assert_same(table, table_read)
    write_table(folder / "second.csv", table_read)
    assert (folder / "first.csv").read_bytes() == (folder / "second.csv").read_bytes()


@given(table=tables())
def test_missing_values_are_empty_cells_and_nothing_else_is(
    tmp_path_factory: pytest.TempPathFactory, table: Table
):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    write_table(path, table)
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == list(table.columns())
    for k, name in enumerate(header):
        assert [row[k] == "" for row in rows] == table.missing(name).tolist(), name


def text_by_the_csv_module(table: Table) -> str:
    """The text of a file, cell by cell by Python's own writer."""

    def cells(name: str) -> list[str]:
        column = SCHEMA.column(name)
        assert column is not None
        return list(map(spreadsheet_cell, table[name])) if column.dtype == "text" else table.cells(name)

    lines = []
    for row in [list(table.columns()), *zip(*map(cells, table.columns()), strict=True)]:
        stream = io.StringIO(newline="")
        # It quotes the letters of its own line end: LF alone would leave a carriage return in the open.
        csv.writer(stream).writerow(row)
        lines.append(stream.getvalue().removesuffix("\r\n") + "\n")
    return "".join(lines)


@given(table=tables(), rows_at_once=st.integers(1, 3))
def test_a_file_written_in_parts_is_the_one_that_the_csv_module_writes(
    tmp_path_factory: pytest.TempPathFactory, table: Table, rows_at_once: int
):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_file, "_CELLS_AT_ONCE", rows_at_once * len(table.columns()))
        write_table(path, table)
    assert path.read_bytes().decode("utf-8") == text_by_the_csv_module(table)


def test_an_empty_cell_alone_in_its_row_is_a_row(tmp_path: Path):
    schema = Schema("one.csv", "a row", (Column("name", "text", "a name"),))
    table = schema.table({"name": ["a", "", "b"]})
    write_table(tmp_path / "one.csv", table)
    assert (tmp_path / "one.csv").read_bytes() == b'name\na\n""\nb\n'
    assert_same(read_table(tmp_path / "one.csv", schema), table)


def one_row(**changes: Any) -> Table:
    data: dict[str, Any] = {
        "name": ["ISS (ZARYA)"],
        "norad_id": [25544],
        "count": [3],
        "distance_km": [0.5],
        "diluted": [True],
        "catastrophic": [None],
        "tca_utc": moments([0]),
        "epoch_utc": moments([0]),
    }
    return SCHEMA.table(data | changes)


def test_the_text_of_a_file_is_fixed(tmp_path: Path):
    path = tmp_path / "sample.csv"
    write_table(path, one_row(name=['a "b", c'], norad_id=[-1], distance_km=[np.inf], iss_mean_km=[1e-300]))
    assert path.read_bytes() == (
        b"name,norad_id,count,distance_km,diluted,catastrophic,tca_utc,epoch_utc,iss_mean_km\n"
        b'"a ""b"", c",,3,inf,true,,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00Z,1e-300\n'
    )


def test_a_file_name_that_is_not_unicode_is_escaped(tmp_path: Path):
    path = tmp_path / "sample.csv"
    write_table(path, one_row(name=[b"catalogue-\xff.txt".decode("utf-8", "surrogateescape")]))
    assert read_table(path, SCHEMA).name.tolist() == ["catalogue-\\udcff.txt"]


HEADER = "name,norad_id,count,distance_km,diluted,catastrophic,tca_utc,epoch_utc"
GOOD = "ISS,25544,3,0.5,true,,1970-01-01T00:00:00.000Z,1970-01-01T00:00:00Z"
AGAIN = "the results are damaged or of another version"


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("norad_id", "1.5", "a whole number"),
        ("norad_id", "ISS", "a whole number"),
        ("norad_id", " 7", "a whole number"),
        ("norad_id", "1_000", "a whole number"),
        ("norad_id", str(2**63), "a whole number"),
        ("norad_id", str(2**64), "a whole number"),
        ("norad_id", "9" * 5000, "a whole number"),
        ("count", "", "a whole number"),
        ("distance_km", "far", "a number"),
        ("distance_km", "0.5.5", "a number"),
        ("distance_km", "nan", "a number"),
        ("distance_km", "1_0", "a number"),
        ("distance_km", "٣", "a number"),
        ("diluted", "", "true or false"),
        ("diluted", "True", "true or false"),
        ("diluted", "1", "true or false"),
        ("catastrophic", "maybe", "true, false or nothing"),
        ("tca_utc", "1970-01-01T00:00:00.000", "a UTC time"),
        ("tca_utc", "1970-13-01T00:00:00.000Z", "a UTC time"),
        ("tca_utc", "1970Z", "a UTC time"),
        ("tca_utc", "Z", "a UTC time"),
        ("tca_utc", "todayZ", "a UTC time"),
        ("tca_utc", "1970-01-01T00:00:00+01:00Z", "a UTC time"),
    ],
)
def test_a_cell_of_another_dtype_is_reported_with_line_and_column(
    tmp_path: Path, column: str, cell: str, expected: str
):
    cells = GOOD.split(",")
    cells[HEADER.split(",").index(column)] = cell
    path = tmp_path / "sample.csv"
    # The first row has a name of two lines.
    text = "\n".join([HEADER, GOOD.replace("ISS", '"I\nSS"'), ",".join(cells), GOOD, ""])
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(InputError) as caught:
        read_table(path, SCHEMA)
    assert str(caught.value) == f"{path}: line 4: {column}: expected {expected}, got {cell[:80]!r}; {AGAIN}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "cannot be read as a table of a results folder (it is empty)"),
        (b"\n", f"line 1: lacks the column name; {AGAIN}"),
        (b"name,count\n", f"line 1: lacks the column norad_id; {AGAIN}"),
        (f"{HEADER},colour\n".encode(), f"line 1: unknown column 'colour'; {AGAIN}"),
        (f"{HEADER},name\n".encode(), f"line 1: column name is listed twice; {AGAIN}"),
        (f"\ufeff{HEADER}\n".encode(), f"line 1: lacks the column name; {AGAIN}"),
        (f"{HEADER}\n{GOOD}\n{GOOD[:-30]}\n".encode(), f"line 3: expected 8 cells, got 7; {AGAIN}"),
        (f"{HEADER}\n{GOOD}".encode(), f"line 2: the file ends within this row; {AGAIN}"),
        (f"{HEADER}\n{GOOD},7\n".encode(), f"line 2: expected 8 cells, got 9; {AGAIN}"),
        (f"{HEADER}\n\n{GOOD}\n".encode(), f"line 2: expected 8 cells, got 0; {AGAIN}"),
        (f'{HEADER}\n{GOOD}\n"ISS,'.encode(), f"line 3: unexpected end of data; {AGAIN}"),
        (f'{HEADER}\n"ISS"x,'.encode(), f"line 2: ',' expected after '\"'; {AGAIN}"),
        (
            f"{HEADER}\n".encode() + b"\xff",
            "cannot be read as a table of a results folder ('utf-8' codec can't decode byte 0xff",
        ),
    ],
)
def test_a_damaged_file_is_reported_in_one_sentence(tmp_path: Path, text: bytes, message: str):
    path = tmp_path / "sample.csv"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_table(path, SCHEMA)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "\n" not in str(caught.value)


def test_a_long_or_unprintable_name_of_a_column_is_quoted_in_part(tmp_path: Path):
    path = tmp_path / "sample.csv"
    name = "a\x1b" * 3000 + "_count"
    for header, cells in ((f"{HEADER},{name}", f"{GOOD},x"), (f"{HEADER},{name},{name}", f"{GOOD},1,2")):
        path.write_text(f"{header}\n{cells}\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"line [12]: .*a\\x1ba\\x1b") as caught:
            read_table(path, SCHEMA)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400 + len(str(path))


def test_a_file_that_is_not_there_is_reported(tmp_path: Path):
    with pytest.raises(InputError, match=r"sample\.csv: cannot be read .*\(No such file or directory\)"):
        read_table(tmp_path / "sample.csv", SCHEMA)
    with pytest.raises(InputError, match=r"cannot be read .*\(Is a directory\)"):
        read_table(tmp_path, SCHEMA)


def test_a_file_cut_off_anywhere_but_after_a_row_is_an_error(tmp_path: Path):
    path = tmp_path / "sample.csv"
    whole = f"{HEADER}\n{GOOD}\n{GOOD}\n"
    for end in range(len(whole)):
        path.write_text(whole[:end], encoding="utf-8", newline="")
        if whole[:end].endswith("\n"):
            assert len(read_table(path, SCHEMA)) == whole[:end].count("\n") - 1
        else:
            with pytest.raises(InputError, match=r"sample\.csv: "):
                read_table(path, SCHEMA)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("count", [1.5]),
        ("count", np.array([1.5])),
        ("count", [True]),
        ("count", [None]),
        ("count", [2**64]),
        ("distance_km", ["1.5"]),
        ("distance_km", [None]),
        ("distance_km", [True]),
        ("diluted", [1]),
        ("diluted", ["true"]),
        ("catastrophic", ["true"]),
        ("name", [7]),
        ("name", [None]),
        ("tca_utc", [0]),
        ("tca_utc", ["1970-01-01"]),
    ],
)
def test_values_of_another_kind_are_refused(column: str, values: Any):
    with pytest.raises((TypeError, OverflowError)):
        one_row(**{column: values})


def test_a_text_in_many_rows_is_one_object(tmp_path: Path):
    given = [" ".join(["a", "long", "label"]) for _ in range(3)]
    assert given[0] is not given[1]
    table = Table.concat([one_row(name=[text]) for text in given])
    write_table(tmp_path / "sample.csv", table)
    for rows in (SCHEMA.table(table.columns()), read_table(tmp_path / "sample.csv", SCHEMA)):
        assert rows.name.tolist() == given
        assert len({id(text) for text in rows.name}) == 1


def test_columns_must_be_declared_complete_and_of_one_length():
    with pytest.raises(KeyError, match=r"undeclared columns \['colour'\], missing columns \[\]"):
        one_row(colour=["red"])
    columns = one_row().columns()
    del columns["count"]
    with pytest.raises(KeyError, match=r"missing columns \['count'\]"):
        SCHEMA.table(columns)
    with pytest.raises(ValueError, match="different lengths"):
        one_row(name=["a", "b"])


def test_columns_come_in_the_order_of_the_schema_and_neighbouring_patterns_alternate():
    given_order = {
        "remark": ["x"],
        "iss_mean_km": [1.0],
        "iss_count": [1],
        "css_mean_km": [2.0],
        "css_count": [2],
    }
    table = one_row(**given_order)
    shuffled = SCHEMA.table(dict(reversed(table[[]].columns().items())) | {})
    assert list(table.columns())[8:] == ["iss_mean_km", "iss_count", "css_mean_km", "css_count", "remark"]
    assert list(shuffled.columns())[:8] == HEADER.split(",")
    assert list(shuffled.columns())[-1] == "remark"


def test_columns_are_items_and_attributes_and_rows_are_tables():
    table = Table.concat([one_row(), one_row(name=["second"], norad_id=[-1])])
    assert table.name.tolist() == table["name"].tolist() == ["ISS (ZARYA)", "second"]
    assert table[1].name.tolist() == table[table.missing("norad_id")].name.tolist() == ["second"]
    assert table.sort_by("name", descending=True)[0].name.tolist() == ["second"]
    assert "name" in table
    assert "remark" not in table
    with pytest.raises(AttributeError, match=r"sample\.csv has no column 'remark'"):
        _ = table.remark
    with pytest.raises(KeyError, match=r"sample\.csv has no column 'remark'"):
        _ = table["remark"]
    with pytest.raises(InputError, match="expected at least one table"):
        Table.concat([])
    assert table.unit("distance_km") == "km"
    assert table.unit("name") is None
    assert repr(table).startswith("<sample.csv: 2 rows x 8 columns>")
    for twin in (pickle.loads(pickle.dumps(table)), copy.copy(table), copy.deepcopy(table)):
        assert_same(table, twin)


SCHEMAS = [
    value
    for module in (conjunctions, clouds, evolution)
    for value in vars(module).values()
    if isinstance(value, Schema)
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_declarations_are_consistent(schema: Schema):
    names = [column.name for column in schema.columns]
    assert len(set(names)) == len(names)
    for column in schema.columns:
        assert column.doc
        assert column.null is None or column.dtype in ("int", "id")
        # `table.name` must be the column, not a method or field of the table.
        assert not hasattr(Table, column.name)
