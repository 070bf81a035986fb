from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from numpy.typing import NDArray
from support.plot_factory import make_axes, make_run_view

from debrissim.report import style
from debrissim.report.figures.timeline import (
    PROBABILITY_FLOOR,
    legend_handles,
    plot_probability_timeline,
    secondary_names,
)
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table

PROBABILITY = np.array([2e-4, 3e-5, 4e-7, 1e-12, 0.0, math.nan])
MAXIMUM = np.array([2e-4, 3e-4, 4e-6, 1e-12, 1e-8, math.nan])
NAMES = np.array(["RED", "YELLOW", "PALE", "LOW", "NONE", "MISSING"])
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
        start=np.datetime64("2024-05-01T00:00", "ms"),
        span_days=7.0,
        names=NAMES[rows],
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
    assert edges[:2] == [style.RED_ALERT, style.YELLOW_ALERT]
    assert faces == [style.RED_ALERT, "#FFFFFF", edges[2]]
    # The rest is pale.
    assert min(to_rgb(edges[2])) > 0.6
    assert discs.get_sizes()[1] > discs.get_sizes()[2]


def test_whiskers_reach_from_a_probability_above_yellow_to_its_maximum() -> None:
    (whiskers,) = (c for c in _plot(make_axes()).collections if isinstance(c, LineCollection))
    np.testing.assert_allclose(whiskers.get_segments(), [[[1.0, 3e-5], [1.0, 3e-4]]])


def test_axes_are_labelled_and_hold_the_week_and_both_lines() -> None:
    ax = _plot(make_axes())
    assert ax.get_xlim() == (0.0, 7.0)
    assert ax.get_xlabel() == "time of closest approach (UTC, 2024)"
    assert [t.get_text() for t in ax.get_xticklabels()] == [f"{day} May" for day in range(1, 9)]
    assert "dimensionless" in ax.get_ylabel()
    assert [float(line.get_ydata()[0]) for line in ax.lines] == [1e-5, 1e-4]
    # The flagged points have names.
    assert {t.get_text() for t in ax.texts} == {"yellow\n1e-5", "red\n1e-4", "RED", "YELLOW"}


def test_the_legend_counts_events_below_the_floor_or_without_probability() -> None:
    labels = [str(h.get_label()) for h in legend_handles(PROBABILITY, yellow=1e-5)]
    assert "2 below 1e-10" in labels
    assert "1 without a Pc, not shown" in labels
    assert "up to the maximum Pc" in labels
    assert len(legend_handles(PROBABILITY[:3], yellow=1e-5)) == 2
    assert len(legend_handles(PROBABILITY[2:3], yellow=1e-5)) == 1


def test_only_the_most_probable_of_many_are_named_and_the_axes_say_so() -> None:
    count = 300
    rng = np.random.default_rng(5)
    probability = 10.0 ** rng.uniform(-5.0, -3.0, count)
    names = np.array([f"OBJECT {k}" for k in range(count)])
    ax = plot_probability_timeline(
        make_axes(),
        np.linspace(0.0, 7.0, count),
        probability,
        probability,
        diluted=np.zeros(count, dtype=np.bool_),
        yellow=1e-5,
        red=1e-4,
        start=np.datetime64("2024-05-01", "ms"),
        names=names,
    )
    named = {t.get_text() for t in ax.texts} & set(names)
    assert named <= set(names[np.argsort(-probability)[:12]])
    (note,) = [t.get_text() for t in ax.texts if "are named" in t.get_text()] or [""]
    assert note == (f"{len(named)} of 300 at or above yellow are named" if named else "")


def test_equal_names_of_different_objects_have_numbers_and_pairs_of_a_fleet_name_both() -> None:
    fields = {
        "collision_probability": np.array([1e-4, 2e-4, 3e-5, 1e-9, 1e-9]),
        "secondary_name": np.array(["A DEB", "A DEB", "B", "C", "D"], dtype=object),
    }
    own = secondary_names(make_run_view(5, **fields))
    assert own == ["A DEB 30123", "A DEB 30124", "B", "", ""]
    same = make_run_view(5, **fields, secondary_norad_id=np.full(5, 7))
    assert secondary_names(same) == ["A DEB", "A DEB", "B", "", ""]
    fleet = make_run_view(5, **fields, band_km=None)
    table = Table(
        CONJUNCTIONS,
        {name: fleet.events[name] for name in fleet.events.columns()}
        | {"primary_name": np.full(5, "SAT", dtype=object)},
    )
    fleet = replace(fleet, tables={**fleet.tables, "conjunctions": table})
    assert secondary_names(fleet) == ["SAT / A DEB 30123", "SAT / A DEB 30124", "SAT / B", "", ""]


def test_a_run_without_events_or_without_probabilities_has_a_note() -> None:
    empty = _plot(make_axes(), slice(0, 0))
    assert style.NO_APPROACH in {t.get_text() for t in empty.texts}
    assert len(empty.lines) == 2
    unknown = _plot(make_axes(), slice(5, 6))
    assert "no event of this run has a collision probability" in {t.get_text() for t in unknown.texts}
