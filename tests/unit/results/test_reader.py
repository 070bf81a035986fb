"""The reader of results folders: tables by name, errors that name the folder, the ranking of events."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from debrissim.catalog import ObjectKind
from debrissim.core.errors import InputError
from debrissim.results.own_files import add_own
from debrissim.results.reader import FolderTables, kinds_of, rank_events, reading
from debrissim.results.result import read_seconds
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.schema.left_out import CO_LOCATED
from debrissim.results.table import Table, write_table


@pytest.mark.parametrize("error", [KeyError("totals"), ValueError("far"), IndexError(3), csv.Error("x")])
def test_damaged_content_is_an_input_error_that_names_the_folder(error: Exception) -> None:
    with (
        pytest.raises(InputError, match=r"^results/x: the results in it are damaged") as raised,
        reading(Path("results/x")),
    ):
        raise error
    assert raised.value.__cause__ is error


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(PermissionError), reading(Path("x")):
        raise PermissionError
    with pytest.raises(InputError, match=r"^x/y: own words$"), reading(Path("x")):
        raise InputError("x/y: own words")
    with pytest.raises(InputError, match=r"^x: own words$"), reading(Path("x")):
        raise InputError("own words")


@pytest.mark.parametrize(
    "value", ["NaN", "1e999", "-1e999", "9" * 400, "9" * 5000, "[" * 100_000 + "]" * 100_000, '"fast"']
)
def test_a_damaged_record_of_the_run_costs_nothing_but_its_timings(tmp_path: Path, value: str) -> None:
    text = f'{{"program": "debrissim", "files": [], "seconds": {{"screening": {value}}}}}'
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    assert read_seconds(tmp_path) == {}
    add_own(tmp_path, [tmp_path / "report.html"])


def test_tables_are_read_by_name_once(tmp_path: Path) -> None:
    row = {
        "first_norad_id": [1], "first_name": ["A"], "second_norad_id": [2], "second_name": ["B"],
        "start_separation_km": [0.5], "minimum_separation_km": [0.1], "maximum_separation_km": [2.5],
        "docked": [False],
    }  # fmt: skip
    write_table(tmp_path / "co_located.csv", CO_LOCATED.table(row))
    tables = FolderTables(tmp_path)
    assert list(tables) == ["co_located"]
    assert len(tables) == 1
    assert "events" not in tables
    assert "no such table" not in tables
    assert tables["co_located"].maximum_separation_km.tolist() == [2.5]
    text = (tmp_path / "co_located.csv").read_text(encoding="utf-8")
    for now, before in (("minimum", "least"), ("maximum", "greatest")):
        text = text.replace(f"{now}_separation_km", f"{before}_separation_km")
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "co_located.csv").write_text(text, encoding="utf-8")
    earlier = FolderTables(tmp_path / "earlier")["co_located"]
    assert earlier.maximum_separation_km.tolist() == [2.5]
    assert earlier.minimum_separation_km.tolist() == [0.1]
    (tmp_path / "co_located.csv").write_text("damaged", encoding="utf-8")
    assert tables["co_located"].first_name.tolist() == ["A"]
    with pytest.raises(InputError, match="damaged or of another version"):
        FolderTables(tmp_path)["co_located"]
    with pytest.raises(InputError, match=r"events\.csv: cannot be read"):
        tables["events"]
    with pytest.raises(KeyError):
        tables["no such table"]


def test_events_rank_by_probability_then_maximum_then_distance() -> None:
    nan = np.nan
    events = Table(
        CONJUNCTIONS,
        {
            "collision_probability": np.array([nan, 1e-6, 1e-4, 1e-6, 1e-6]),
            "maximum_probability": np.array([1e-2, 1e-5, 1e-4, 1e-3, 1e-3]),
            "miss_distance_km": np.array([0.1, 0.2, 3.0, 2.0, 1.0]),
        },
    )
    assert rank_events(events).tolist() == [2, 4, 3, 1, 0]


def test_kinds_are_read_from_their_labels() -> None:
    labels = np.array([kind.label for kind in ObjectKind], dtype=object)
    assert kinds_of(labels).tolist() == [int(kind) for kind in ObjectKind]
    with pytest.raises(KeyError):
        kinds_of(np.array(["planet"], dtype=object))
