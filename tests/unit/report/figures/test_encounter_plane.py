from __future__ import annotations

import math

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Circle
from support.plot_factory import make_axes

from debrissim.core.arrays import Array
from debrissim.report.figures.encounter_plane import plot_encounter_plane

MISS_KM = np.array([6.0, -8.0])


def _plot(ax: Axes, covariance_km2: Array, *, miss_km: Array = MISS_KM, radius_km: float = 0.06) -> Axes:
    return plot_encounter_plane(
        ax, miss_km, covariance_km2, radius_km, title="DEB $1", probability=1.2e-5, maximum_probability=3e-4
    )


def _ellipses_m_or_km(ax: Axes) -> list[Array]:
    (ellipses,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    return [np.asarray(path.vertices[:-1]) for path in ellipses.get_paths()]


def _words(ax: Axes) -> str:
    return "\n".join(text.get_text() for text in ax.texts)


def _centre(ax: Axes) -> Array:
    (dot,) = (line for line in ax.lines if line.get_marker() == "o" and line.get_markersize() == 4)
    return np.asarray(dot.get_xydata()[0])


def test_the_ellipses_are_the_1_2_3_sigma_contours_about_the_miss_with_the_longer_error_along_x() -> None:
    covariance = np.array([[4.0, 1.5], [1.5, 1.0]])
    ax = _plot(make_axes(), covariance)
    outlines, centre = _ellipses_m_or_km(ax), _centre(ax)
    values, vectors = np.linalg.eigh(covariance)
    # Turned, not mirrored or scaled: its length, and its components along the principal axes.
    assert np.hypot(*centre) == pytest.approx(10.0)
    np.testing.assert_allclose(np.abs(centre), np.abs(vectors.T @ MISS_KM)[::-1])
    assert centre[0] > 0.0
    assert len(outlines) == 3
    for sigma, outline in zip((3.0, 2.0, 1.0), outlines, strict=True):
        scaled = (outline - centre) / np.sqrt(values[::-1])
        np.testing.assert_allclose(np.hypot(*scaled.T), sigma, rtol=1e-9)


def test_the_turn_keeps_the_handedness() -> None:
    first, second = (
        _centre(_plot(make_axes(), np.diag([4.0, 1.0]), miss_km=np.array([3.0, y]))) for y in (2.0, -2.0)
    )
    np.testing.assert_allclose([first, second], [[3.0, 2.0], [3.0, -2.0]])


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("minor", [0.5, 1e-4])
def test_everything_is_in_view_on_one_scale_at_any_ratio_of_miss_and_covariance(
    scale: float, minor: float
) -> None:
    ax = _plot(make_axes(), scale * np.array([[1.0, 0.3 * minor], [0.3 * minor, minor]]))
    (low_x, high_x), (low_y, high_y) = ax.get_xlim(), ax.get_ylim()
    points = np.concatenate([*_ellipses_m_or_km(ax), np.zeros((1, 2)), _centre(ax)[None]])
    assert (points > [low_x, low_y]).all()
    assert (points < [high_x, high_y]).all()
    assert (high_y - low_y) / (high_x - low_x) == pytest.approx(ax.get_box_aspect())
    assert ax.get_xlabel() == "along the longer error (km)"
    assert ax.get_ylabel() == "across it (km)"


def test_a_small_scene_is_in_metres() -> None:
    ax = _plot(make_axes(), 1e-4 * np.eye(2), miss_km=np.array([0.3, 0.4]))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("along the longer error (m)", "across it (m)")
    (circle,) = (p for p in ax.patches if isinstance(p, Circle))
    assert circle.radius == pytest.approx(60.0)
    assert np.hypot(*_centre(ax)) == pytest.approx(500.0)


@pytest.mark.parametrize("minor_km", [1e-3, 0.1, 10.0])
def test_a_hard_body_too_small_to_see_is_enlarged_and_a_large_one_is_not(minor_km: float) -> None:
    (zoom,) = _plot(make_axes(), np.diag([400.0, minor_km**2])).child_axes
    (circle,) = (p for p in zoom.patches if isinstance(p, Circle))
    low, high = zoom.get_xlim()
    assert circle.radius == pytest.approx(60.0)
    assert 3.0 <= high / circle.radius <= 8.0
    assert (low, high) == zoom.get_ylim()
    assert zoom.get_box_aspect() == 1.0
    assert zoom.get_xlabel() == "enlarged (m)"
    assert not _plot(make_axes(), np.eye(2), radius_km=3.0).child_axes


@pytest.mark.parametrize(
    ("covariance", "ellipses", "words"),
    [
        (np.zeros((2, 2)), False, "no uncertainty"),
        (np.full((2, 2), math.nan), False, "no uncertainty"),
        (np.array([[1.0, 1.0], [1.0, 1.0]]), True, "sigma 1.41 km"),
    ],
)
def test_degenerate_covariances(covariance: Array, ellipses: bool, words: str) -> None:
    ax = _plot(make_axes(), covariance)
    assert any(isinstance(c, PolyCollection) for c in ax.collections) == ellipses
    assert words in _words(ax)
    ax.figure.draw_without_rendering()


def test_an_exact_hit_without_uncertainty_or_size_still_has_a_view() -> None:
    ax = _plot(make_axes(), np.zeros((2, 2)), miss_km=np.zeros(2), radius_km=0.0)
    assert ax.get_xlim()[1] > ax.get_xlim()[0]


def test_a_body_of_unknown_size_is_a_point_with_a_note() -> None:
    ax = _plot(make_axes(), np.eye(2), radius_km=math.nan)
    assert "hard body not available" in _words(ax)
    assert np.isfinite(ax.get_xlim()).all()


def test_a_pair_without_an_encounter_plane_has_a_note() -> None:
    ax = _plot(make_axes(), np.eye(2), miss_km=np.full(2, math.nan))
    assert "no encounter\nplane" in _words(ax)
    assert "Pc 1.2e-5" in _words(ax)
    assert not ax.lines


def test_a_speck_of_a_hard_body_gets_a_ring_and_a_large_one_does_not() -> None:
    small, large = _plot(make_axes(), np.eye(2)), _plot(make_axes(), np.eye(2), radius_km=3.0)
    assert len(small.lines) == len(large.lines) + 1


def test_the_numbers_are_in_words() -> None:
    ax = _plot(make_axes(), np.diag([4.0, 1.0]))
    for words in (
        "1 in 83,000",
        "Pc 1.2e-5",
        "maximum Pc 3e-4",
        "miss 10.0 km",
        # The square root of 3 squared and 8 squared.
        "at 8.5 sigma",
        "sigma 2 km\nby 1 km",
        "hard body 60 m",
    ):
        assert words in _words(ax)
    ax_without = plot_encounter_plane(
        make_axes(), MISS_KM, np.eye(2), 0.06, title="", probability=1e-5, maximum_probability=math.nan
    )
    assert "maximum" not in _words(ax_without)
    # A dollar sign in a name is a character, not mathematics.
    assert ax.get_title(loc="left") == "DEB $1"
    ax.figure.draw_without_rendering()
