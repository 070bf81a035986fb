"""The answer and the page of every kind of study: answer, range, figure with a caption, table, method, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.answers import ANSWER
from support.reports import needs_report
from support.studies import SMALL

from debrissim.core.errors import InputError
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences, sentence
from debrissim.report.figures.registry import figures
from debrissim.report.lines import WIDTH
from debrissim.report.views import RunView
from debrissim.studies.kinds import CONJUNCTIONS, FOLDER_KINDS, KINDS, get_kind
from debrissim.studies.protocol import run
from debrissim.studies.study import Study

ORDER = ("answer", "figures", "numbers", "method", "limits", "files")
PARTS = {
    "answer": r'<p class="first">[^<]+</p>\s*<p class="range">[^<]+</p>',
    "figures": r"<figure>.*?<img src=.*?<figcaption>[^<]{20,}</figcaption>",
    "numbers": r"<table.*?<caption.*?<th scope=.*?<td data-label=",
    "method": r"<li>[^<]+</li>",
    "limits": r"<li>[^<]+</li>",
    "files": r'<a href="summary.json">',
}


def sections(page: str) -> Mapping[str, str]:
    return dict(re.findall(r'<section id="([a-z]+)".*?>(.*?)</section>', page, re.DOTALL))


@needs_report
@pytest.mark.parametrize(
    "name", [name for name in SMALL if name not in (CONJUNCTIONS, "orbits", "explosion")]
)
def test_the_page_of_a_kind_has_every_part_in_order(name: str, tmp_path: Path) -> None:
    result = run({**SMALL[name], "output": {"plots": True, "report": True}}).write(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    found = sections(page)
    assert tuple(found) == ORDER
    for part, pattern in PARTS.items():
        assert re.search(pattern, found[part], re.DOTALL), part
    assert not re.search(r"<pre", page.partition("The scenario, with all defaults")[0])
    # The terminal prints the same sentences.
    kind = get_kind(result.kind)
    assert isinstance(kind, Study)
    shown = " ".join(" ".join(result.terminal_lines()).split())
    answer = kind.answer(result.summary)
    assert shown.startswith(f"{answer.answer} {answer.extent}")
    assert all(len(line) <= WIDTH for line in result.terminal_lines())


@needs_report
def test_the_page_of_a_run_with_clouds_has_their_figure_and_their_passes(tmp_path: Path) -> None:
    content = SMALL["conjunctions"]
    result = run({**content, "output": {"plots": True, "report": True}}).write(tmp_path / "out")
    found = sections((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    cloud = found["cloud"]
    assert re.search(PARTS["figures"], cloud, re.DOTALL)
    assert re.search(PARTS["numbers"], cloud, re.DOTALL)
    for entry in result.summary["cloud"]["passes"]:
        assert f'class="n">{entry["fragment_passes"]:,}</td>' in cloud
    assert "By observed breakups" in cloud
    assert "Passes per day" in cloud


def test_every_kind_of_study_has_a_small_scenario_here_or_is_a_folder() -> None:
    own = {content.get("kind", CONJUNCTIONS) for content in SMALL.values()}
    assert set(KINDS) - own <= {"avoidance"}
    assert all(isinstance(get_kind(name), Study) for name in {*KINDS, *FOLDER_KINDS} - {CONJUNCTIONS})


def test_every_figure_of_a_study_has_a_caption() -> None:
    for entry in figures():
        if RunView not in entry.views and any(view.__name__ not in _OF_RUNS for view in entry.views):
            assert len(entry.caption) > 20, entry.name
            assert entry.caption.endswith("."), entry.name


_OF_RUNS = ("FleetView", "MessageView", "HistoryView", "EventsView")


@pytest.mark.parametrize("part", ["answer", "extent", "tables", "method", "limits"])
def test_an_answer_without_one_of_its_parts_is_refused(part: str) -> None:
    content: dict[str, Any] = vars(ANSWER) | {part: "" if part in ("answer", "extent") else ()}
    with pytest.raises(InputError, match=part):
        StudyAnswer(**content)


CELLS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4))
def test_a_table_fits_the_terminal_and_keeps_every_character(rows: list[tuple[str, str, str]]) -> None:
    table = AnswerTable("Rows", ("a", "b", "1 in N"), tuple((*row[:2], "1 in 3,100") for row in rows))
    lines = list(table.lines(60))
    assert all(len(line) <= 60 for line in lines)
    assert sum(line.endswith("1 in 3,100") for line in lines[2:]) == len(rows)
    cells = [table.title, ":", *table.headings, *(cell for row in table.rows for cell in row)]
    assert sorted("".join(lines).replace(" ", "")) == sorted("".join(cells).replace(" ", ""))


def test_a_condition_that_does_not_fit_is_broken_and_not_cut() -> None:
    published = "NASA for the whole station, 1 in 50,000 per orbit"
    table = AnswerTable("Published values", ("Probability", "Published"), (("11 %", published),))
    lines = list(table.lines(40))
    assert len(lines) == 4
    assert " ".join(" ".join(lines[2:]).split()) == f"11 % {published}"


def test_columns_of_numbers_are_on_the_right_and_names_are_not() -> None:
    cells = (
        "1 in 3,100",
        "1 in 2.1 million to 1 in 260,000",
        "0.70 km",
        "-1.5e-3 to 2",
        "\u2013",
        "11 %",
        "+0.1 s",
    )
    names = ("FREGAT DEB (45962)", "2 targets", "at most 1 in 210", "1e-6 x")
    table = AnswerTable("One row", ("x",) * (len(cells) + len(names)), ((*cells, *names),))
    assert table.numeric == (True,) * len(cells) + (False,) * len(names)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="expected 2 cells"):
        AnswerTable("Rows", ("a", "b"), (("only one",),))


def test_flags_become_sentences_and_those_of_one_subject_one() -> None:
    assert flag_sentences(["no size: A", "alone", "no size: B"]) == ("No size: A, B.", "Alone.")
    assert sentence("it is so.") == "It is so."
