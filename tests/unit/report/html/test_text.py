from __future__ import annotations

import math

import pytest

from debrissim.report.html import text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.2361e-4, "3.24e-04"),
        (0.0, "0"),
        (1.0, "1"),
        (3e-123, "3.00e-123"),
        (math.nan, "\N{EN DASH}"),
        (None, "\N{EN DASH}"),
    ],
)
def test_probability(value: float | None, words: str):
    assert text.probability(value) == words


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (1234.5678, 2, "1,234.57"),
        (-0.0004, 3, "0.000"),
        (math.inf, 1, "\N{EN DASH}"),
        (None, 1, "\N{EN DASH}"),
    ],
)
def test_fixed(value: float | None, decimals: int, words: str):
    # -0.0004 rounds to nothing, and nothing has no sign.
    assert text.fixed(value, decimals) == words


@pytest.mark.parametrize(("threshold", "words"), [(1e-4, "1e-4"), (2.5e-5, "2.5e-5"), (0.1, "1e-1")])
def test_level(threshold: float, words: str):
    assert text.level(threshold) == words


def test_moment_and_count():
    assert text.moment("2024-11-02T21:26:58.223Z") == "2024-11-02 21:26:58"
    assert text.count(1, "close approach", "close approaches") == "1 close approach"
    assert text.count(1000, "object") == "1,000 objects"
