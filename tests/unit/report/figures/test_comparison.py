"""The figure of a comparison: every event at its two misses, and the finding in its heading."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from debrissim.report.figures.comparison import AGREES, OTHER, SETS, UNTESTED, ComparisonData, misses_compared
from debrissim.report.figures.registry import plot_figures


def data(*outcomes: str, own_km: float = 2.0) -> ComparisonData:
    size = len(outcomes)
    return ComparisonData(
        title="A run",
        label="SOCRATES",
        synthetic=False,
        reported_km=np.linspace(0.1, 1.0, size),
        own_km=np.full(size, own_km),
        found=np.arange(size) % 2 == 0,
        outcome=np.array(outcomes, dtype=np.object_),
    )


def test_the_heading_is_the_finding() -> None:
    for outcomes, heading in (
        (
            (AGREES, SETS, SETS, OTHER),
            "1 of 4 events of SOCRATES agree with the run; 2 differ by their element sets",
        ),
        ((AGREES, AGREES), "2 of 2 events of SOCRATES agree with the run"),
        ((AGREES, UNTESTED), "1 of 2 events of SOCRATES agree with the run"),
        ((OTHER, UNTESTED, OTHER), "0 of 3 events of SOCRATES agree with the run"),
    ):
        assert misses_compared(data(*outcomes)).texts[0].get_text() == heading


def test_every_event_is_plotted_far_ones_at_the_edge() -> None:
    (ax,) = misses_compared(data(AGREES, SETS, SETS, OTHER, UNTESTED, own_km=5000.0)).axes
    points = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert sum(len(line.get_xdata()) for line in points) == 5
    assert {float(y) for line in points for y in line.get_ydata()} == {100.0}
    assert ax.get_xlim() == ax.get_ylim()


def test_without_events_there_is_no_figure() -> None:
    assert plot_figures(data()) == {}
    assert list(plot_figures(data(AGREES))) == ["misses_compared"]


@pytest.mark.parametrize("low_km", [0.002, 0.4, 30.0])
def test_the_axes_have_plain_labels_of_lengths_that_do_not_overlap(low_km: float) -> None:
    at = data(AGREES, AGREES, own_km=40.0)
    near = replace(at, reported_km=np.array([low_km, 40.0]))
    page = misses_compared(near)
    page.draw_without_rendering()
    (ax,) = page.axes
    for axis in (ax.xaxis, ax.yaxis):
        labels = [label for label in axis.get_ticklabels(which="both") if label.get_text()]
        assert 2 <= len(labels) <= 12
        assert all(label.get_text().endswith((" km", " m")) for label in labels), labels
    shown = [b for label in ax.get_xticklabels() if (b := label.get_window_extent()).x1 > 0]
    within = [b for b in shown if ax.bbox.x0 - 1 <= (b.x0 + b.x1) / 2 <= ax.bbox.x1 + 1]
    assert all(first.x1 < second.x0 for first, second in pairwise(within))
