from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from numpy.typing import NDArray
from support.plot_factory import make_axes

from debrissim.report import style
from debrissim.report.figures.timeline import PROBABILITY_FLOOR, legend_handles, plot_probability_timeline

PROBABILITY = np.array([2e-4, 3e-5, 4e-7, 1e-12, 0.0, math.nan])
MAXIMUM = np.array([2e-4, 3e-4, 4e-6, 1e-12, 1e-8, math.nan])
DILUTED = np.array([False, True, False, False, False, False])


def _plot(ax: Axes, rows: NDArray[np.intp] | slice = slice(None)) -> Axes:
    return plot_probability_timeline(
        ax,
        np.arange(6.0)[rows],
        PROBABILITY[rows],
        MAXIMUM[rows],
        diluted=DILUTED[rows],
        yellow=1e-5,
        red=1e-4,
        start_label="2024-05-01",
        span_days=7.0,
    )


def _scatters(ax: Axes) -> list[PathCollection]:
    return [c for c in ax.collections if isinstance(c, PathCollection)]


def test_each_event_is_at_its_probability_or_at_the_floor() -> None:
    _, discs, triangles = _scatters(_plot(make_axes()))
    np.testing.assert_allclose(discs.get_offsets(), [[0.0, 2e-4], [1.0, 3e-5], [2.0, 4e-7]])
    np.testing.assert_allclose(triangles.get_offsets(), [[3.0, PROBABILITY_FLOOR], [4.0, PROBABILITY_FLOOR]])


def test_alerts_have_their_colour_and_diluted_events_are_hollow() -> None:
    discs = _scatters(_plot(make_axes()))[1]
    edges = [to_hex(c).upper() for c in discs.get_edgecolors()]
    faces = [to_hex(c).upper() for c in discs.get_facecolors()]
    assert edges == [style.RED_ALERT, style.YELLOW_ALERT, style.INK.upper()]
    assert faces == [style.RED_ALERT, "#FFFFFF", style.INK.upper()]
    assert discs.get_sizes()[1] > discs.get_sizes()[2]


def test_whiskers_reach_from_the_probability_to_its_maximum() -> None:
    (whiskers,) = (c for c in _plot(make_axes()).collections if isinstance(c, LineCollection))
    expected = [
        [[1.0, 3e-5], [1.0, 3e-4]],
        [[2.0, 4e-7], [2.0, 4e-6]],
        [[4.0, PROBABILITY_FLOOR], [4.0, 1e-8]],
    ]
    np.testing.assert_allclose(whiskers.get_segments(), expected)


def test_axes_are_labelled_and_hold_the_week_and_both_lines() -> None:
    ax = _plot(make_axes())
    assert ax.get_xlim() == (0.0, 7.0)
    assert ax.get_xlabel() == "time of closest approach (days since 2024-05-01)"
    assert "dimensionless" in ax.get_ylabel()
    assert [float(line.get_ydata()[0]) for line in ax.lines] == [1e-5, 1e-4]
    assert {t.get_text() for t in ax.texts} == {"yellow\n1e-5", "red\n1e-4"}


def test_the_legend_counts_events_below_the_floor_or_without_probability() -> None:
    labels = [str(h.get_label()) for h in legend_handles(PROBABILITY)]
    assert "2 below 1e-10" in labels
    assert "1 without a Pc, not shown" in labels
    assert len(legend_handles(PROBABILITY[:3])) == 3


def test_a_run_without_events_or_without_probabilities_has_a_note() -> None:
    empty = _plot(make_axes(), slice(0, 0))
    assert style.NO_APPROACH in {t.get_text() for t in empty.texts}
    assert len(empty.lines) == 2
    unknown = _plot(make_axes(), slice(5, 6))
    assert "no event of this run has a collision probability" in {t.get_text() for t in unknown.texts}
