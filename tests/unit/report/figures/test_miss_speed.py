from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import StepPatch
from support.plot_factory import make_axes

from debrissim.catalog.catalog import ObjectKind
from debrissim.report.figures.miss_speed import plot_miss_against_speed
from debrissim.report.style import NO_APPROACH

MISS_KM = np.array([1.0, 5.0, 20.0, 25.0])
SPEED_KM_S = np.array([14.0, 14.1, 0.0, 16.0])
KIND = np.array([ObjectKind.DEBRIS, ObjectKind.PAYLOAD, ObjectKind.DEBRIS, ObjectKind.DEBRIS], dtype=np.int8)


def test_points_by_kind_and_stacked_histograms_that_count_every_event() -> None:
    ax, top, right = make_axes(), make_axes(), make_axes()
    assert plot_miss_against_speed(ax, top, right, MISS_KM, SPEED_KM_S, KIND) is ax
    debris, payload = ax.collections
    assert (debris.get_label(), payload.get_label()) == ("debris", "payload")
    np.testing.assert_allclose(debris.get_offsets(), [[14.0, 1.0], [0.0, 20.0], [16.0, 25.0]])
    for side in (top, right):
        steps = [p for p in side.patches if isinstance(p, StepPatch)]
        assert len(steps) == 2
        values, _, baseline = steps[-1].get_data()
        assert np.sum(values) == 4
        assert np.sum(np.asarray(values) - baseline) == 1
        assert steps[0].get_hatch() != steps[1].get_hatch()


def test_axes_carry_units_and_share_their_limits() -> None:
    ax, top, right = make_axes(), make_axes(), make_axes()
    plot_miss_against_speed(ax, top, right, MISS_KM, SPEED_KM_S, KIND)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("relative speed (km/s)", "miss distance (km)")
    assert (top.get_ylabel(), right.get_xlabel()) == ("events (count)", "events (count)")
    assert top.get_xlim() == ax.get_xlim()
    assert right.get_ylim() == ax.get_ylim()


def test_misses_below_a_kilometre_are_in_metres() -> None:
    ax = make_axes()
    plot_miss_against_speed(ax, make_axes(), make_axes(), MISS_KM / 100.0, SPEED_KM_S, KIND)
    assert ax.get_ylabel() == "miss distance (m)"
    assert ax.get_ylim()[1] == pytest.approx(260.0)


def test_a_run_without_events_has_a_note() -> None:
    ax = make_axes()
    plot_miss_against_speed(ax, make_axes(), make_axes(), MISS_KM[:0], SPEED_KM_S[:0], KIND[:0])
    assert [t.get_text() for t in ax.texts] == [NO_APPROACH]
