"""Dates on an axis, and names beside points."""

from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_axes

from debrissim.report.figures.dates import date_axis, date_ticks
from debrissim.report.figures.names import name_points

START = np.datetime64("2024-12-30T18:30", "ms")


@pytest.mark.parametrize("span_days", [1.0 / 1440.0, 0.02, 0.3, 1.0, 3.0, 7.0, 30.0, 365.0, 4000.0])
def test_ticks_are_round_moments_inside_the_span(span_days: float) -> None:
    days, labels = date_ticks(START, span_days)
    assert 1 <= len(days) == len(labels) <= 10
    assert days[0] >= 0.0
    assert days[-1] <= span_days + 1e-9
    for day, label in zip(days, labels, strict=True):
        moment = START + np.timedelta64(round(day * 86_400_000.0), "ms")
        assert moment == moment.astype("datetime64[m]")
        if ":" in label:
            assert label.startswith(str(moment)[11:16])
        else:
            assert moment == moment.astype("datetime64[D]")
            assert label.split()[0] == str(int(str(moment)[8:10]))
    assert np.allclose(np.diff(days), np.diff(days)[:1] if len(days) > 1 else 0.0)


def test_the_date_is_under_the_first_hour_and_under_midnight() -> None:
    _, labels = date_ticks(START, 1.0)
    assert labels == ["21:00\n30 Dec", "00:00\n31 Dec", *(f"{hour:02d}:00" for hour in range(3, 19, 3))]


def test_the_label_names_every_year_of_the_span() -> None:
    ax = make_axes()
    date_axis(ax, START, 7.0, "time of closest approach")
    assert ax.get_xlabel() == "time of closest approach (UTC, 2024 to 2025)"
    assert ax.get_xlim() == (0.0, 7.0)


def test_no_name_covers_a_mark_a_line_or_another_name_or_leaves_the_axes() -> None:
    rng = np.random.default_rng(11)
    for count in (1, 8, 40):
        ax = make_axes()
        ax.set_xlim(0.0, 1.0)
        ax.set_ylim(0.0, 1.0)
        points = rng.random((count, 2))
        fitted = name_points(ax, points, [f"NAME {k}" for k in range(count)], marks=points, levels=(0.5,))
        ax.figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in ax.texts]
        assert len(boxes) == fitted
        marks = ax.transData.transform(points)
        line = ax.transData.transform((0.0, 0.5))[1]
        for k, box in enumerate(boxes):
            assert not any(box.contains(*mark) for mark in marks)
            assert not box.y0 < line < box.y1
            assert ax.bbox.x0 <= box.x0 <= box.x1 <= ax.bbox.x1
            assert ax.bbox.y0 <= box.y0 <= box.y1 <= ax.bbox.y1
            assert not any(box.overlaps(other) for other in boxes[:k])
        assert fitted == 1 or count > 1
    # The first names are placed first.
    numbers = [int(text.get_text().split()[1]) for text in ax.texts]
    assert numbers == sorted(numbers)
    assert numbers[0] == 0


def test_no_point_has_no_name() -> None:
    assert name_points(make_axes(), np.empty((0, 2)), [], marks=np.empty((0, 2))) == 0
