"""Numbers as text are those of repr, whatever spells them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.results.float_text import float_texts, float_values


def by_repr(values: np.ndarray) -> list[str]:
    return ["" if value != value else repr(value) for value in values.tolist()]


@given(st.lists(st.floats(width=64), max_size=20))
def test_texts_are_those_of_repr(values: list[float]) -> None:
    column = np.array(values, dtype=np.float64)
    assert float_texts(column) == by_repr(column)


def test_texts_of_every_size_are_those_of_repr() -> None:
    rng = np.random.default_rng(20261129)
    any_bits = rng.integers(-(2**63), 2**63, 200_000).view(np.float64)
    # The numbers of a table: few digits, many digits, every power of ten of a probability.
    spread = rng.normal(size=50_000) * 10.0 ** rng.integers(-20, 20, 50_000)
    for values in (any_bits, spread, np.round(spread, 3), spread.astype(np.float32).astype(np.float64)):
        assert float_texts(values) == by_repr(values)


def test_texts_next_to_powers_are_those_of_repr() -> None:
    # Where the distance to the next double changes, and where the notation does.
    powers = np.sort(np.concatenate([2.0 ** np.arange(-1074, 1024), 10.0 ** np.arange(-323, 309)]))
    beside = [np.nextafter(powers, 0.0), powers, np.nextafter(powers, np.inf), 3.0 * powers[:-8]]
    special = [0.0, np.inf, np.nan, 5e-324, np.finfo(np.float64).max, 2.0**53 + 1]
    values = np.concatenate([*beside, special])
    for column in (values, -values, values[::2]):
        assert float_texts(column) == by_repr(column)


def same(first: np.ndarray, second: np.ndarray) -> bool:
    """Equal to the sign of a zero; NaN equals NaN."""
    known = ~np.isnan(first)
    return np.array_equal(first, second, equal_nan=True) and np.array_equal(
        np.signbit(first[known]), np.signbit(second[known])
    )


def test_numbers_read_back_are_those_of_float() -> None:
    rng = np.random.default_rng(7)
    any_bits = rng.integers(-(2**63), 2**63, 100_000).view(np.float64)
    texts = by_repr(any_bits)
    # More digits than a double has: one half way between two doubles, and others.
    long = [
        "9007199254740993",
        "0.1000000000000000055511151231257827021181583404541015625",
        "1" * 400,
        "5e-324",
    ]
    long += [f"{x:.{k}e}" for x in rng.normal(size=2_000).tolist() for k in (18, 25)]
    odd = [
        "inf",
        "-inf",
        "1.",
        "+1",
        ".5",
        "1E5",
        "-0",
        "-0.0",
        "007",
        "1e400",
        "2.4703282292062328e-324",
        "",
    ]
    for column in (texts, long, odd, [*long, *odd], []):
        expected = np.array([float(text or "nan") for text in column])
        assert same(float_values(column), expected)


@pytest.mark.parametrize("text", ["1.2.3", "e", "1e", "--1", "1 2", "in"])
def test_a_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        float_values(["1.0", text])


@pytest.mark.parametrize("values", [[], [np.nan], [1e-5]])
def test_short_columns_are_lists_of_their_length(values: list[float]) -> None:
    assert float_texts(np.array(values, dtype=np.float64)) == by_repr(np.array(values))
