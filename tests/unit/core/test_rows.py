"""Tables: indexing, concatenation, sorting, display and export, on a table small enough to check by eye."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.core.errors import InputError
from debrissim.core.rows import Rows, unit_of


class Colour(IntEnum):
    RED = 0
    DARK_BLUE = 1


@dataclass(frozen=True, eq=False)
class Inner(Rows):
    mass_kg: np.ndarray


@dataclass(frozen=True, eq=False)
class Things(Rows):
    _labels = MappingProxyType({"colour": Colour})

    number: np.ndarray
    speed_km_s: np.ndarray
    position_rtn_km: np.ndarray
    state: np.ndarray
    covariance_km2: np.ndarray
    colour: np.ndarray
    real: np.ndarray
    seen: np.ndarray
    inner: Inner
    label: str = "things"


def things(n: int = 4) -> Things:
    k = np.arange(n)
    return Things(
        number=k + 10,
        speed_km_s=np.where(k == 1, np.nan, 7.0 - (k % 3)),
        position_rtn_km=np.arange(3.0 * n).reshape(n, 3),
        state=np.arange(6.0 * n).reshape(n, 6),
        covariance_km2=np.arange(4.0 * n).reshape(n, 2, 2),
        colour=(k % 2).astype(np.int8),
        real=k % 2 == 0,
        seen=np.datetime64("2024-11-01T00:00:00", "ms") + k,
        inner=Inner(mass_kg=2.0 * k),
    )


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        (2, [12]),
        (-1, [13]),
        (slice(1, 3), [11, 12]),
        (slice(None, None, -1), [13, 12, 11, 10]),
        (np.array([True, False, False, True]), [10, 13]),
        ([3, 3, 0], [13, 13, 10]),
        ([], []),
        (np.int64(1), [11]),
    ],
)
def test_indexing_selects_the_same_rows_of_every_column(rows: Any, numbers: list[int]):
    part = things()[rows]
    assert isinstance(part, Things)
    assert part.number.tolist() == numbers
    assert part.inner.mass_kg.tolist() == [2.0 * (n - 10) for n in numbers]
    assert part.state[:, 0].tolist() == [6.0 * (n - 10) for n in numbers]
    assert part.label == "things"
    assert len(part) == len(numbers)


def test_wrong_rows_are_errors():
    with pytest.raises(IndexError, match="expected a row below 4, got 4"):
        things()[4]
    with pytest.raises(InputError, match=r"expected a mask of shape \(4,\), got shape \(3,\)"):
        things()[np.array([True, False, True])]
    with pytest.raises(InputError, match=r"sort_by: expected one of number, .*, got 'sped'"):
        things().sort_by("sped")
    with pytest.raises(InputError, match=r"Things\.concat: expected at least one table"):
        Things.concat([])


def test_iteration_gives_tables_of_one_row():
    assert [int(row.number[0]) for row in things()] == [10, 11, 12, 13]


def test_concat_joins_nested_tables_too():
    both = Things.concat([things(2), things(3)])
    assert both.number.tolist() == [10, 11, 10, 11, 12]
    assert both.inner.mass_kg.tolist() == [0.0, 2.0, 0.0, 2.0, 4.0]


def test_columns_are_flat_named_and_typed():
    columns = things().columns()
    assert list(columns)[:5] == ["number", "speed_km_s", "position_r_km", "position_t_km", "position_n_km"]
    assert [name for name in columns if name.startswith(("x", "v"))] == [
        "x_km",
        "vx_km_s",
        "vy_km_s",
        "vz_km_s",
    ]
    assert columns["covariance_1_0_km2"].tolist() == [2.0, 6.0, 10.0, 14.0]
    assert columns["colour"].tolist() == ["red", "dark blue", "red", "dark blue"]
    assert columns["real"].dtype == bool
    assert columns["mass_kg"].tolist() == [0.0, 2.0, 4.0, 6.0]
    assert all(column.shape == (4,) for column in columns.values())


@given(st.lists(st.floats(-5.0, 5.0) | st.just(float("nan")), max_size=20), st.booleans())
def test_sorting_is_stable_and_puts_missing_values_last(values: list[float], descending: bool):
    table = Inner(np.array(values, dtype=float))
    numbered = Pair(table.mass_kg, np.arange(len(values)))
    ordered = numbered.sort_by("value", descending=descending)
    present = [v for v in values if v == v]
    assert ordered.value.tolist()[: len(present)] == sorted(present, reverse=descending)
    assert np.isnan(ordered.value[len(present) :]).all()
    for value in set(present):
        assert (np.diff(ordered.place[ordered.value == value]) > 0).all()


@dataclass(frozen=True, eq=False)
class Pair(Rows):
    value: np.ndarray
    place: np.ndarray


def test_display_is_a_few_short_lines():
    text = repr(things(400))
    assert text.startswith("<Things: 400 rows x ")
    assert len(text.splitlines()) == 8
    assert max(map(len, text.splitlines())) <= 102
    assert "<Things: 0 rows" in repr(things()[[]])
    page = things(400)._repr_html_()
    assert page.count("<tr>") == 6
    assert "Things: 400 rows, the first shown" in page
    assert "<caption>Things: 1 row</caption>" in things(1)._repr_html_()


def test_text_from_files_is_escaped_in_html():
    assert "<script>" not in Pair(np.array(["<script>"]), np.array([1]))._repr_html_()


def test_export_keeps_types():
    table = things()
    pandas = table.to_pandas()
    assert pandas["real"].dtype == bool
    assert pandas["seen"].dtype.kind == "M"
    assert pandas["colour"].tolist() == ["red", "dark blue", "red", "dark blue"]
    polars = table.to_polars()
    assert polars["number"].to_list() == [10, 11, 12, 13]
    assert str(polars["real"].dtype) == "Boolean"
    arrow = table.to_arrow()
    assert str(arrow.schema.field("seen").type) == "timestamp[ms]"
    assert arrow["colour"].to_pylist()[1] == "dark blue"
    astropy = table.to_astropy()
    assert astropy["speed_km_s"].unit.to_string() == "km / s"
    assert astropy["mass_kg"].to_value("g").tolist() == [0.0, 2000.0, 4000.0, 6000.0]


@pytest.mark.parametrize(
    ("method", "package", "extra"),
    [
        ("to_pandas", "pandas", "pandas"),
        ("to_polars", "polars", "polars"),
        ("to_arrow", "pyarrow", "parquet"),
        ("to_astropy", "astropy", "astropy"),
    ],
)
def test_a_missing_package_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, method: str, package: str, extra: str
):
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf"{package} is not installed; .*debrissim\[{extra}\]"):
        getattr(things(), method)()


def test_units_follow_the_names_of_columns():
    assert unit_of("relative_speed_km_s") == "km / s"
    assert unit_of("plane_covariance_xx_km2") == "km2"
    assert unit_of("energy_to_mass_j_g") == "J / g"
    assert unit_of("collision_probability") is None
