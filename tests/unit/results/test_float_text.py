"""Numbers as text are those of repr, whatever spells them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.results.float_text import float_texts


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


@pytest.mark.parametrize("values", [[], [np.nan], [1e-5]])
def test_short_columns_are_lists_of_their_length(values: list[float]) -> None:
    assert float_texts(np.array(values, dtype=np.float64)) == by_repr(np.array(values))
