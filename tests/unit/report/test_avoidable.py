"""Avoidance on the page of a run: which encounters are listed, by which command, and the studies that are linked."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from support.reports import edit, needs_report, write_results

from debrissim.report.avoidable import GOAL, MOST_LISTED, avoidable_encounters
from debrissim.report.html.data import AvoidableEncounter
from debrissim.report.page import write_report
from debrissim.results.folder import write_json
from debrissim.results.own_files import SUMMARY
from debrissim.results.reader import FolderTables
from debrissim.results.table import Table


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(tmp_path_factory.mktemp("avoidable") / "run", hostile=True)


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    place = tmp_path / "run"
    shutil.copytree(original, place)

    def change(table: dict[str, list[str]]) -> dict[str, list[str]]:
        count = len(table["status"])
        assert count > 6
        table["collision_probability"] = ["1e-9"] * count
        table["collision_probability"][:7] = ["2e-6", "3e-4", "1e-6", "4e-5", "", "1e-3", "2e-3"]
        table["status"] = ["minimum"] * count
        table["status"][5] = "span end"
        table["synthetic"] = ["false"] * count
        table["synthetic"][6] = "true"
        return table

    edit(place, change)
    return place


def events(folder: Path) -> Table:
    return FolderTables(folder)["conjunctions"]


def listed(folder: Path) -> tuple[AvoidableEncounter, ...]:
    return avoidable_encounters(folder, events(folder))


def write_answer(folder: Path, row: Table, *, late_s: float = 0.0, kind: str = "avoidance") -> None:
    """The summary of a study of the encounter of a table of one row."""
    tca = np.datetime64(row.tca_utc[0], "ms") + np.timedelta64(round(1000.0 * late_s), "ms")
    folder.mkdir(parents=True)
    answer = {
        "verdict": "certified <b>",
        "spacecraft": {"norad_id": int(row.secondary_norad_id[0])},
        "other": {"norad_id": int(row.primary_norad_id[0])},
        "without_burn": {"tca_utc": f"{tca}Z"},
        "burn": {"collision_probability": 1e-6, "delta_v_m_s": -0.0355},
    }
    write_json(folder / SUMMARY, {"kind": kind, "answer": answer})


def test_those_above_the_goal_are_listed_the_most_probable_first(folder: Path) -> None:
    found = listed(folder)
    assert GOAL == 1e-6
    # Not those at the goal or below, without a probability, at an end of the span, or with a sampled object.
    assert [own.row for own in found] == [1, 3, 0]
    assert [own.command for own in found] == [f"debrissim avoid . --event {k}" for k in (1, 3, 0)]
    assert all(own.studies == () for own in found)


def test_an_object_that_cannot_burn_is_not_asked_to(folder: Path) -> None:
    path = folder / "objects.csv"
    number = events(folder).cells("primary_norad_id")[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    columns = lines[0].split(",")
    changed = []
    for line in lines[1:]:
        cells = line.split(",")
        if number in cells:
            cells[columns.index("OBJECT_TYPE")] = "DEBRIS"
        changed.append(",".join(cells))
    path.write_text("\n".join([lines[0], *changed]) + "\n", encoding="utf-8")

    def kinds(table: dict[str, list[str]]) -> dict[str, list[str]]:
        table["object_kind"][:4] = ["payload", "rocket body", "payload", "payload"]
        return table

    edit(folder, kinds)
    assert [own.command for own in listed(folder)] == [
        f"debrissim avoid . --event {k} --object 2" for k in (3, 0)
    ]


def test_studies_inside_and_beside_the_folder_are_linked_by_their_content(folder: Path) -> None:
    table = events(folder)
    write_answer(folder / "burns", table[1:2])
    write_answer(folder.parent / "run-avoided-1", table[1:2], late_s=0.9)
    write_answer(folder.parent / "run-avoided-wrong", table[1:2], late_s=1.1)
    write_answer(folder.parent / "run-avoided-other", table[1:2], kind="flux")
    write_answer(folder.parent / "elsewhere", table[1:2])
    (folder.parent / "run-avoided-damaged").mkdir()
    (folder.parent / "run-avoided-damaged" / SUMMARY).write_text('{"kind": "avoidance", "answer": 7}')
    (folder.parent / "run-avoided-1" / "report.html").touch()
    first, *others = listed(folder)
    assert [link.path for link in first.studies] == ["burns/summary.json", "../run-avoided-1/report.html"]
    assert first.studies[0].label == "certified <b>, 1 in 1 million after a burn of 0.0355 m/s"
    assert all(own.studies == () for own in others)


def test_a_long_list_is_cut(folder: Path) -> None:
    def many(table: dict[str, list[str]]) -> dict[str, list[str]]:
        return {name: (column[1:2] * 30) for name, column in table.items()}

    edit(folder, many)
    assert len(listed(folder)) == MOST_LISTED


@needs_report
def test_the_page_has_the_commands_and_names_are_data(folder: Path) -> None:
    write_answer(folder.parent / "run-avoided", events(folder)[1:2])
    path = write_report(folder)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    section = text[text.index('<section id="avoidance"') :]
    section = section[: section.index("</section>")]
    assert "debrissim avoid . --event 1</code>" in section
    assert '<a href="../run-avoided/summary.json">certified &lt;b&gt;, 1 in' in section
    assert "<script" not in section
    assert '<a href="#avoidance">' in text


@needs_report
def test_a_page_without_such_encounters_has_no_such_section(folder: Path) -> None:
    edit(folder, lambda table: table | {"collision_probability": ["1e-9"] * len(table["status"])})
    path = write_report(folder)
    assert path is not None
    assert (
        "avoidance" not in path.read_text(encoding="utf-8").split("</style>")[1].split("<script")[0].lower()
    )
