"""Ages and volumes: the plots show the data."""

from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_axes, make_run_view

from debrissim.core.errors import InputError
from debrissim.report import style as marks
from debrissim.report.figures import age
from debrissim.report.figures.registry import plot_figures
from debrissim.report.figures.volume_view import VIEWS, plot_volume_view
from debrissim.report.redraw import save_figures
from debrissim.report.views import VolumeOutline

YELLOW, RED = 1e-5, 1e-4


def plotted(ax) -> np.ndarray:
    """All points on an axes, in order."""
    points = np.concatenate([c.get_offsets() for c in ax.collections if hasattr(c, "get_offsets")])
    return points[np.lexsort(points.T)]


def ordered(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    points = np.stack([x, y], axis=1)
    return points[np.lexsort(points.T)]


def test_every_encounter_is_a_point_and_those_above_a_threshold_have_a_ring() -> None:
    rng = np.random.default_rng(3)
    x, y, kind = rng.random(30), rng.random(30), rng.integers(0, 4, 30).astype(np.int8)
    probability = np.array([np.nan, 0.0, 9.9e-6, 1e-5, 9.9e-5, 1e-4, 1.0] + [1e-9] * 23)
    assert np.allclose(plotted(marks.plot_points(make_axes(), x, y, kind)), ordered(x, y))
    ax = marks.plot_rings(make_axes(), x, y, probability, YELLOW, RED)
    yellow, red = (np.asarray(c.get_offsets()) for c in ax.collections)
    assert np.allclose(yellow, np.stack([x, y], 1)[[3, 4]])
    assert np.allclose(red, np.stack([x, y], 1)[[5, 6]])
    assert len(marks.ring_handles(probability, YELLOW, RED)) == 2
    assert marks.ring_handles(probability[:3], YELLOW, RED) == []


def test_counts_along_the_side_are_those_of_the_events() -> None:
    values, kind = np.array([1.0, 1.5, 2.5, 2.6, 2.7]), np.array([1, 3, 3, 3, 1], dtype=np.int8)
    ax = marks.plot_counts(make_axes(), values, kind, np.array([1.0, 2.0, 3.0]), upright=True)
    assert ax.patches[-1].get_data().values.tolist() == [2.0, 3.0]


def test_pc_below_the_floor_and_missing_pc() -> None:
    ages = np.array([-2.0, 0.5, 3.0, 8.0])
    probability = np.array([1e-4, 0.0, np.nan, 1e-7])
    kind, diluted = np.full(4, 3, dtype=np.int8), np.array([False, False, False, True])
    ax = age.plot_age_against_probability(
        make_axes(), ages, probability, kind, diluted=diluted, yellow=YELLOW, red=RED, floor=1e-10
    )
    assert np.allclose(plotted(ax), ordered(ages[[0, 1, 3]], np.array([1e-4, 1e-10, 1e-7])))
    assert ax.get_xlim()[0] < -2.0
    assert ax.get_xlim()[1] > 8.0
    assert [h.get_label() for h in age.dilution_handles(probability, 1e-10)][1] == "1 below 1e-10"
    nothing = age.plot_age_against_probability(
        make_axes(), ages, np.full(4, np.nan), kind, diluted=diluted, yellow=YELLOW, red=RED, floor=1e-10
    )
    assert "no event of this run has a collision probability" in nothing.texts[-1].get_text()


@pytest.mark.parametrize("view", [0, 1, 2])
def test_outlines_have_the_size_of_the_volumes(view: int) -> None:
    box = VolumeOutline("box", (2.0, 25.0, 40.0), is_round=False)
    ball = VolumeOutline("ball", (5.0, 5.0, 5.0), is_round=True)
    relative = np.array([[1.0, -20.0, 30.0], [-1.5, 3.0, -4.0]])
    ax = plot_volume_view(
        make_axes(),
        relative,
        (box, ball),
        np.array([1, 3], dtype=np.int8),
        view=view,
        probability=np.array([np.nan, 1.0]),
        yellow=YELLOW,
        red=RED,
    )
    assert ax.get_aspect() == 1.0  # a sphere is a circle, a box as flat as it is
    right, up = VIEWS[view]
    for line, volume in zip(ax.lines, (box, ball), strict=False):
        extent = np.max(np.abs(line.get_xydata()), axis=0)
        assert extent == pytest.approx([volume.half_widths_km[right], volume.half_widths_km[up]], rel=1e-3)
    (ring,) = (c for c in ax.collections if len(c.get_offsets()) == 1 and len(c.get_facecolors()) == 0)
    assert np.allclose(ring.get_offsets(), relative[1, [right, up]])


@pytest.mark.parametrize(
    "half_widths_km",
    [(2.0, 25.0, 25.0), (20.0, 40.0, 40.0), (5.0, 5.0, 5.0), (0.4, 44.0, 51.0), (50.0, 5.0, 1.0)],
)
def test_the_three_sides_are_on_one_scale_and_aligned(half_widths_km: tuple[float, float, float]) -> None:
    view = make_run_view(12, volumes=(VolumeOutline("iss-2x25x25", half_widths_km, is_round=False),))
    figure = plot_figures(view)["screening_volumes"]
    figure.draw_without_rendering()
    starboard, above, ahead = figure.axes
    scales = []
    for ax in figure.axes:
        box, (low, high) = ax.get_window_extent(), ax.get_xlim()
        scales.append(box.width / (high - low))
        assert box.height / np.diff(ax.get_ylim())[0] == pytest.approx(scales[-1])
    assert scales == pytest.approx([scales[0]] * 3)
    assert starboard.get_xlim() == above.get_xlim()
    assert starboard.get_ylim() == ahead.get_ylim()
    assert starboard.get_position().x0 == pytest.approx(above.get_position().x0)
    assert starboard.get_position().y0 == pytest.approx(ahead.get_position().y0)
    assert "12 inside NASA's box of 4 x 50 x 50 km" in [t.get_text() for t in figure.legends[0].get_texts()]


def test_unknown_formats_and_sizes_are_refused(tmp_path) -> None:
    with pytest.raises(InputError, match="expected a format among png, svg, got 'pdf'"):
        save_figures(make_run_view(0), tmp_path, file_format="pdf")
    with pytest.raises(InputError, match="expected a size among screen, page, got 'poster'"):
        save_figures(make_run_view(0), tmp_path, size="poster")
