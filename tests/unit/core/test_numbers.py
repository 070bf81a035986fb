"""Numbers in words: as many digits as are known, and a rule for every size."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debrissim.core import numbers

DASH = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.2361e-4, "3.2e-4"),
        (1e-4, "1e-4"),
        (9.96e-5, "1e-4"),
        (1.0, "1"),
        (0.0, "< 1e-10"),
        (9.9e-11, "< 1e-10"),
        (1e-10, "1e-10"),
        (3e-123, "< 1e-10"),
        (math.nan, DASH),
        (None, DASH),
    ],
)
def test_probability(value: float | None, words: str):
    assert numbers.probability(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0 / 3000.0, "1 in 3,000"),
        (3.2361e-4, "1 in 3,100"),
        (2.8e-3, "1 in 360"),
        (0.1, "1 in 10"),
        (0.12, "12 %"),
        (0.999, "more than 99 %"),
        (1.0, "100 %"),
        (9.6e-7, "1 in 1 million"),
        (1.0 / 999_999.0, "1 in 1 million"),
        (4.1e-9, "1 in 240 million"),
        (5e-10, "1 in 2 billion"),
        (2.3e-13, "less than 1 in 10 billion"),
        (0.0, "less than 1 in 10 billion"),
        (math.nan, "not known"),
        (None, "not known"),
    ],
)
def test_one_in(value: float | None, words: str):
    assert numbers.one_in(value) == words


@pytest.mark.parametrize(
    ("value", "sigma", "words"),
    [
        (16.0541, 13.98, "16 ± 14 km"),
        (18.4, 148.6, "20 ± 150 km"),
        (0.69834, 0.0823, "0.698 ± 0.082 km"),
        (1.0, 9.96, "1 ± 10 km"),
        (5.0, 0.996, "5.0 ± 1.0 km"),
        (12345.6, 1234.5, "12,300 ± 1,200 km"),
        (0.0, 1.0, "0 ± 1.0 km"),
        (4.12, 104.3, "4 ± 100 km"),
        (16.0541, 0.0, "16.1 km"),
        (16.0541, math.nan, "16.1 km"),
        (16.0541, math.inf, "16.1 km"),
        (math.nan, 1.0, DASH),
        (None, None, DASH),
    ],
)
def test_plus_minus(value: float | None, sigma: float | None, words: str):
    assert numbers.plus_minus(value, sigma, "km") == words


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e6))
def test_the_value_is_rounded_by_less_than_a_tenth_of_its_sigma(value: float, sigma: float):
    shown, spread = numbers.plus_minus(value, sigma).replace(",", "").split(" ± ")
    assert abs(float(shown) - value) <= 0.0501 * sigma + 1e-9 * abs(value)
    assert float(spread) == pytest.approx(sigma, rel=0.051)


@given(st.floats(1e-10, 0.1))
def test_odds_and_number_agree(value: float):
    odds = numbers.one_in(value).removeprefix("1 in ").replace(",", "")
    factor = {"million": 1e6, "billion": 1e9}.get(odds.split()[-1], 1.0)
    assert float(odds.split()[0]) * factor == pytest.approx(1.0 / value, rel=0.051)
    assert float(numbers.probability(value)) == pytest.approx(value, rel=0.051)


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [(1234.5678, 2, "1,234.57"), (-0.0004, 3, "0.000"), (math.inf, 1, DASH), (None, 1, DASH)],
)
def test_fixed(value: float | None, decimals: int, words: str):
    # -0.0004 rounds to nothing, and nothing has no sign.
    assert numbers.fixed(value, decimals) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.4286, "0.43"), (156.5, "160"), (26_787, "27,000"), (0.0, "0"), (9.96, "10"), (None, DASH)],
)
def test_rounded(value: float | None, words: str):
    assert numbers.rounded(value) == words


def test_a_terminal_without_unicode_gets_ascii():
    assert numbers.ascii_text(numbers.plus_minus(16.05, 14.0, "km")) == "16 +- 14 km"
    assert (
        numbers.ascii_text("2\N{GREEK SMALL LETTER SIGMA} \N{EN DASH} 3\N{MULTIPLICATION SIGN}")
        == "2sigma - 3x"
    )
    assert numbers.ascii_text("caf\N{LATIN SMALL LETTER E WITH ACUTE}") == "caf?"


def test_moment_and_count():
    assert numbers.moment("2024-11-02T21:26:58.223Z") == "2024-11-02 21:26:58"
    assert numbers.count(1, "close approach", "close approaches") == "1 close approach"
    assert numbers.count(1000, "object") == "1,000 objects"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1e-4, "1 in 10,000"),
        (1e-5, "1 in 100,000"),
        (1e-7, "1 in 10 million"),
        (4.4e-4, "4.4e-4"),
        (0.0, "0"),
        (0.5, "5e-1"),
    ],
)
def test_a_threshold_is_exact(value: float, words: str) -> None:
    """A value between a threshold and its rounded odds would seem to reach one that it does not."""
    assert numbers.threshold(value) == words
