"""Sentences are wrapped, lines of tables are not; odds and percentages stay whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debrissim.report.lines import WIDTH, TableLine, between, percent, wrap, wrapped

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=60).map(" ".join)


@given(WORDS)
def test_wrapped_lines_fit_and_keep_every_word(sentence: str) -> None:
    shown = list(wrapped([sentence]))
    assert all(len(line) <= WIDTH for line in shown)
    assert " ".join(shown).split() == sentence.split()


def test_odds_and_percentages_are_not_broken() -> None:
    for blanks in range(60, 85):
        for whole in ("1 in 3,000", "31 %"):
            shown = list(wrapped([f"{'x' * blanks} {whole} and more"]))
            assert any(whole in line for line in shown)
            assert any(whole in line for line in wrap(f"{'x' * blanks} {whole}", 100, break_long_words=True))


def test_a_table_is_not_wrapped() -> None:
    row = TableLine("a" + " " * 100 + "b")
    assert list(wrapped(["first", row])) == ["first", str(row)]


def test_no_more_digits_than_known() -> None:
    assert between(9.42e-4, 8.4e-3) == "9.4e-4 to 8.4e-3"
    assert [percent(p) for p in (0.312, 0.0828, 0.0061, 0.1)] == ["31 %", "8 %", "0.6 %", "10 %"]
