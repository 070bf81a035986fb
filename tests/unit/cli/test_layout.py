"""Sentences and tables at the width of the terminal: names are cut to the room, columns are left out in their order."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from debrissim.cli.layout import PROSE, Column, FittedTable, Sentence, divided, show
from debrissim.core.text import shorten

COLUMNS = (
    Column("TCA"),
    Column("object", names=8),
    Column("with", names=8),
    Column("kind", rank=2),
    Column("Pc", right=True, rank=1),
)
ROWS = [
    ("11-02 03:04", "STARLINK-30123", "FENGYUN 1C DEB", "deb", "1.2e-5"),
    ("11-03 03:04", "ISS", "SL-16 R/B", "R/B", "9e-7"),
]


def shown(part: object, width: int) -> list[str]:
    output = Console(file=io.StringIO(), width=width, color_system=None)
    show(output, [part])  # type: ignore[list-item]
    assert isinstance(output.file, io.StringIO)
    return [line.rstrip() for line in output.file.getvalue().splitlines()]


def test_names_take_the_room_that_there_is() -> None:
    heading, first, second = shown(FittedTable(COLUMNS, ROWS), 100)
    assert first.split("  ") == ["11-02 03:04", "STARLINK-30123", "FENGYUN 1C DEB", "deb", " 1.2e-5"]
    assert heading.split() == ["TCA", "object", "with", "kind", "Pc"]
    assert second.endswith("  9e-7")


@pytest.mark.parametrize(
    ("width", "row", "headings"),
    [
        (54, "11-02 03:04  STARLINK-...  FENGYUN 1C...  deb   1.2e-5", "TCA object with kind Pc"),
        (42, "11-02 03:04  STARLI...  FENGYUN...  1.2e-5", "TCA object with Pc"),
        (36, "11-02 03:04  STARLIN...  FENGYUN...", "TCA object with"),
        (25, "11-02 03:04  ST...  FE...", "TCA ob... with"),
    ],
)
def test_a_narrow_terminal_cuts_names_and_then_leaves_columns_out(
    width: int, row: str, headings: str
) -> None:
    heading, first, _ = shown(FittedTable(COLUMNS, ROWS), width)
    assert first == row
    assert heading.split() == headings.split()


@given(st.lists(st.integers(4, 60), max_size=4), st.integers(0, 120))
def test_the_room_of_names_is_shared_fairly(sizes: list[int], room: int) -> None:
    limits = divided(sizes, room)
    if sum(sizes) <= room:
        assert limits == sizes
    if room >= 4 * len(sizes):
        assert sum(min(pair) for pair in zip(sizes, limits, strict=True)) <= room
    cut_ones = [limit for size, limit in zip(sizes, limits, strict=True) if limit < size]
    assert max(cut_ones, default=0) - min(cut_ones, default=0) <= 1


def test_a_sentence_is_wrapped_at_the_terminal_and_a_path_stays_whole() -> None:
    text = (
        "results in " + "a/" * 30 + "b, and many further words that follow until the line is full and longer"
    )
    assert max(map(len, shown(Sentence("word " * 60), 200))) <= PROSE
    assert max(map(len, shown(Sentence("word " * 60), 60))) <= 60
    assert "a/" * 30 + "b," in "".join(shown(Sentence(text), 40))
    assert max(map(len, shown(Sentence(text, break_long_words=True), 40))) <= 40


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (22, "FENGYUN 1C DEB (30648)"),
        (21, "FENGYUN 1C... (30648)"),
        (16, "FENGY... (30648)"),
        (12, "F... (30648)"),
        (11, "FEN (30648)"),
        (9, "F (30648)"),
        (8, "30648"),
        (5, "30648"),
        (4, "F..."),
    ],
)
def test_a_cut_name_keeps_its_number(size: int, shown: str) -> None:
    assert shorten("FENGYUN 1C DEB (30648)", size) == shown


@given(st.text(max_size=40), st.integers(1, 99), st.integers(4, 50))
def test_no_name_exceeds_its_room(name: str, number: int, size: int) -> None:
    for text in (name, f"{name} ({number})", f"({number})", f"{name} (ZARYA)"):
        assert len(shorten(text, size)) <= max(size, 4)


def test_a_cut_name_ends_with_dots() -> None:
    assert shorten("COSMOS 2251", 11) == "COSMOS 2251"
    assert shorten("COSMOS 2251", 10) == "COSMOS..."
