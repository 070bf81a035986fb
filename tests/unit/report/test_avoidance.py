"""Figures and page of an avoidance study, from its folder alone."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib.axes
import numpy as np
import pytest
from matplotlib.figure import Figure
from support.answers import ANSWER
from support.avoidance_tables import GOAL, MISS_KM, write_study

from debrissim.core.errors import InputError
from debrissim.report.avoidance_tables import MOST_ROWS, avoidance_tables
from debrissim.report.avoidance_view import read_avoidance
from debrissim.report.figures.avoidance import draw_avoidance, levels_of
from debrissim.report.figures.avoidance_smallest import smallest_of_times
from debrissim.report.page import write_study_report


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_study(tmp_path / "study")


def heading(page: Figure) -> str:
    return page.texts[0].get_text()


def test_a_figure_per_question(folder: Path):
    assert list(draw_avoidance(folder)) == ["trade_space", "smallest_burns", "before_and_after"]


def test_no_smallest_burns_where_nothing_is_to_be_avoided(folder: Path):
    """Their size is 0 m/s then, which no logarithmic axis has."""
    path = folder / "minima.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    place = head.split(",").index("delta_v_m_s")
    cells = [row.split(",") for row in rows]
    cells = [[*row[:place], "0.0", *row[place + 1 :]] for row in cells]
    path.write_text("\n".join([head, *(",".join(row) for row in cells), ""]), encoding="utf-8")
    assert "smallest_burns" not in draw_avoidance(folder)


def test_the_best_burn_is_the_smallest_that_is_certified_and_the_titles_say_so(folder: Path):
    data = read_avoidance(folder)
    green = data.candidates[(data.candidates.verdict == "green") & data.candidates.meets_goal]
    assert data.certified
    assert (
        np.abs(data.candidates.delta_v_m_s[data.candidates.burn == data.best])
        == np.abs(green.delta_v_m_s).min()
    )
    first = heading(draw_avoidance(folder)["trade_space"])
    assert first.startswith(f"{abs(data.candidates.delta_v_m_s[data.candidates.burn == data.best][0]):.3g}")
    assert first.endswith("Pc below 1 in 1 million, certified")


def test_without_a_burn_that_helps_there_is_only_the_trade_space_and_it_says_so(tmp_path: Path):
    folder = write_study(tmp_path / "study", sizes=np.array([1e-6, 2e-6]))
    assert (read_avoidance(folder).best, read_avoidance(folder).certified) == (0, False)
    figures = draw_avoidance(folder)
    assert list(figures) == ["trade_space"]
    assert heading(figures["trade_space"]) == "No burn of the trade space brings Pc below 1 in 1 million"


@pytest.mark.parametrize(
    ("directions", "hours", "sizes"),
    [
        (("along-track",), np.array([10.0]), np.array([0.1])),
        (("free",), np.array([0.5, 1.0]), np.array([0.1, 0.2])),
        (
            ("along-track", "radial", "normal", "free"),
            np.arange(0.1, 72.0, 0.2),
            np.geomspace(0.003, 5.0, 25),
        ),
    ],
)
def test_one_burn_and_thousands(
    tmp_path: Path, directions: tuple[str, ...], hours: np.ndarray, sizes: np.ndarray
):
    folder = write_study(tmp_path / "study", directions, hours, sizes)
    for name, page in draw_avoidance(folder).items():
        page.savefig(tmp_path / f"{name}.png")
        if name == "trade_space":
            panels = [ax for ax in page.axes if ax.get_ylabel().split("\n")[0] in directions]
            assert len(panels) == len(directions)


def test_every_cell_is_where_its_numbers_say(folder: Path):
    page, cells = draw_avoidance(folder)["trade_space"], read_avoidance(folder).cells
    (panel,) = (ax for ax in page.axes if ax.get_ylabel().startswith("along-track"))
    mesh = np.asarray(panel.collections[0].get_array()).reshape(28, -1)
    own = cells[cells.direction == "along-track"]
    hours, sizes = np.unique(own.before_tca_hours), np.unique(own.delta_v_m_s)
    assert mesh.shape == (sizes.size, hours.size)
    for k in range(0, len(own), 97):
        shown = mesh[
            np.searchsorted(sizes, own.delta_v_m_s[k]), np.searchsorted(hours, own.before_tca_hours[k])
        ]
        assert shown == pytest.approx(max(own.collision_probability[k], 1e-10))
    assert panel.get_xlim()[0] > panel.get_xlim()[1] == 0.0


def test_lines_end_where_revolutions_are_not_resolved(tmp_path: Path):
    def goal_lines(name: str, hours: np.ndarray) -> float:
        folder = write_study(tmp_path / f"{name}{hours.size}", (name,), hours, np.geomspace(0.01, 5.0, 20))
        page = draw_avoidance(folder)["trade_space"]
        panel: matplotlib.axes.Axes = page.axes[0]
        reach = [
            path.vertices[:, 0].max() for c in panel.collections[1:] for path in c.get_paths() if len(path)
        ]
        return float(max(reach, default=0.0))

    coarse = np.concatenate([np.arange(0.1, 4.0, 0.2), np.arange(5.0, 40.0, 1.0)])
    assert goal_lines("radial", coarse) < 4.1
    assert goal_lines("along-track", coarse) > 10.0
    assert goal_lines("radial", np.arange(0.1, 20.0, 0.2)) > 15.0


def test_the_encounter_plane_has_equal_axes_and_both_misses(folder: Path):
    page = draw_avoidance(folder)["before_and_after"]
    ax = page.axes[0]
    page.canvas.draw()
    box = ax.get_window_extent()
    across, up = np.ptp(ax.get_xlim()) / box.width, np.ptp(ax.get_ylim()) / box.height
    assert across == pytest.approx(up, rel=0.01)
    marks = [line.get_xydata()[0] for line in ax.lines]
    assert any(np.allclose(mark, MISS_KM) for mark in marks)
    assert len({patch.get_angle() for patch in ax.patches if hasattr(patch, "get_angle")}) >= 1


def test_the_page_has_cards_with_pc_first_and_names_are_data(folder: Path):
    tables = avoidance_tables(folder)
    assert [table.headings[:2] for table in tables] == [("Pc", "Miss")] * 2
    assert tables[0].rows[0][6] == "certified"
    path = write_study_report(folder, ANSWER, tables)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "COSMOS 1 (&lt;b&gt;x&lt;/b&gt;) DEB" in text
    assert "<b>x</b>" not in text
    assert 'data-label="Miss"' in text


def test_a_long_table_is_cut_and_says_so(tmp_path: Path):
    folder = write_study(tmp_path / "study", candidates=60)
    table = avoidance_tables(folder)[0]
    assert len(table.rows) == MOST_ROWS
    assert table.note == "The first 20 of 60 burns; all are in the files."


def test_a_damaged_folder_is_one_sentence(folder: Path):
    (folder / "summary.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="answer"):
        read_avoidance(folder)


def test_the_goal_is_that_of_the_study(folder: Path):
    assert read_avoidance(folder).goal == GOAL


def test_sizes_that_differ_by_rounding_are_one_line_of_cells(tmp_path: Path):
    folder = write_study(
        tmp_path / "study", ("along-track",), np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 1.0])
    )
    cells = read_avoidance(folder).cells
    rounded = np.nextafter(cells.delta_v_m_s, np.where(np.arange(len(cells)) % 2 == 0, 9.0, -9.0))
    levels, place = levels_of(rounded)
    assert levels == pytest.approx([-1.0, -0.2, -0.1, 0.1, 0.2, 1.0], rel=1e-6)
    assert levels[place] == pytest.approx(cells.delta_v_m_s, rel=1e-5)


def test_levels_keep_different_values_and_zero():
    values = np.array([0.0, 0.0999999999, 0.1, 1.0, 1.001, -3e-7, 2.0, 1.9999999999999998])
    levels, place = levels_of(values)
    assert levels.size == 6
    assert levels[place] == pytest.approx(values, rel=1e-5)


def test_a_line_of_smallest_burns_has_gaps_where_no_burn_meets_the_goals(folder: Path):
    rows = read_avoidance(folder).minima[:3]
    tried = np.concatenate([rows.before_tca_hours, [60.0, 61.0]])
    hours, size = smallest_of_times(rows, tried)
    assert np.isnan(size[hours >= 60.0]).all()
    assert np.isfinite(size[hours < 60.0]).all()


def test_the_worst_object_is_named_as_data(folder: Path):
    page = draw_avoidance(folder)["trade_space"]
    labels = [text for ax in page.axes for text in ax.texts if text.get_text().startswith("COSMOS 1")]
    assert len(labels) == 1
    assert not labels[0].get_parse_math()


def test_an_answer_whose_burn_is_missing_is_an_error(folder: Path):
    path = folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary["answer"]["burn"]["number"] = 999_999
    path.write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(InputError, match=r"candidates\.csv: lacks burn 999999"):
        read_avoidance(folder)
