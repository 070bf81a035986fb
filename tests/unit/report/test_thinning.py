"""Crowds are thinned evenly, notable rows are kept, and the figure says how many it marks."""

from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_axes

from debrissim.report import thinning
from debrissim.report.figures.miss_speed import plot_miss_against_speed
from debrissim.report.figures.timeline import plot_probability_timeline
from debrissim.report.thinning import MAX_MARKS, note_thinned, thinned


@pytest.mark.parametrize("count", [0, 1, MAX_MARKS, MAX_MARKS + 1, 3 * MAX_MARKS, 10 * MAX_MARKS + 7])
@pytest.mark.parametrize("notable", [0, 5, 2 * MAX_MARKS])
def test_a_crowd_is_thinned_evenly_around_its_notable_rows(count: int, notable: int) -> None:
    marked = np.zeros(count, dtype=np.bool_)
    marked[np.random.default_rng(1).permutation(count)[:notable]] = True
    rows = thinned(marked)
    assert len(rows) <= 2 * MAX_MARKS
    assert (np.diff(rows) > 0).all()
    if marked.sum() <= MAX_MARKS:
        assert set(np.flatnonzero(marked)) <= set(rows.tolist())
    if count <= MAX_MARKS:
        assert len(rows) == count
    else:
        # No stretch of the run is left out: two marks are at most a step and the notable rows apart.
        assert np.diff(rows, prepend=-1, append=count).max() <= -(-count // MAX_MARKS) + notable + 1


def test_the_figure_says_how_many_it_marks() -> None:
    ax = make_axes()
    note_thinned(ax, 10, 10)
    assert [text.get_text() for text in ax.texts] == []
    note_thinned(ax, 9_682, 132_061)
    assert [text.get_text() for text in ax.texts] == ["9,682 of 132,061 plotted"]


def test_figures_of_many_encounters_mark_the_notable_and_some_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "MAX_MARKS", 50)
    count, yellow = 1_000, 1e-5
    days, speed = np.linspace(0.0, 1.0, count), np.linspace(0.1, 15.0, count)
    kind = np.full(count, 3, dtype=np.int8)
    probability = np.full(count, 1e-8)
    probability[[17, 501]] = 2e-5
    levels = {"yellow": yellow, "red": 1e-4}

    top, right = make_axes(), make_axes()
    by_speed = plot_miss_against_speed(make_axes(), top, right, 25.0 * days, speed, kind)
    timeline = plot_probability_timeline(
        make_axes(),
        days,
        probability,
        3.0 * probability,
        diluted=probability < 1.0,
        start=np.datetime64("2024-05-01", "ms"),
        **levels,
    )
    for ax, expected in ((by_speed, 50), (timeline, 52)):
        marks = max(len(collection.get_offsets()) for collection in ax.collections)
        assert marks == expected
        assert f"{marks} of 1,000 plotted" in [text.get_text() for text in ax.texts]
    # The counts beside the points are those of all.
    assert top.patches[-1].get_data().values.sum() == count
    x = np.concatenate([collection.get_offsets()[:, 0] for collection in timeline.collections[1:]])
    assert {days[17], days[501]} <= set(x.tolist())
