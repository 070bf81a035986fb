from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_axes

from debrissim.report.figures.approach import plot_components, plot_range

TIME_S = np.linspace(-10.0, 10.0, 41)


def test_a_fast_pass_is_logarithmic_and_names_its_nearest_distance() -> None:
    relative = np.array([0.5, 0.0, 0.0]) + TIME_S[:, None] * np.array([0.0, -12.0, 5.0])
    ax = plot_range(make_axes(), TIME_S, relative, title="DEB")
    assert ax.get_yscale() == "log"
    assert ax.get_title() == "DEB\nnearest 500 m"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time from TCA (s)", "range (km)")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.linalg.norm(relative, axis=1))
    assert ax.get_ylim()[0] < 0.5 < 130.0 < ax.get_ylim()[1]


def test_a_slow_pair_is_linear_from_zero_and_in_metres() -> None:
    relative = np.array([0.05, 0.02, 0.0]) + TIME_S[:, None] * np.array([0.0, 1e-4, 0.0])
    ax = plot_range(make_axes(), TIME_S, relative, title="")
    assert ax.get_yscale() == "linear"
    assert ax.get_ylim()[0] == 0.0
    assert ax.get_ylabel() == "range (m)"
    assert ax.lines[0].get_ydata()[20] == pytest.approx(1000.0 * np.hypot(0.05, 0.02))


@pytest.mark.parametrize("speed_km_s", [0.0, 10.0])
def test_a_range_of_zero_can_be_plotted(speed_km_s: float) -> None:
    relative = TIME_S[:, None] * np.array([0.0, speed_km_s, 0.0])
    ax = plot_range(make_axes(), TIME_S, relative, title="")
    assert np.isfinite(ax.get_ylim()).all()
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("rows", [0, 1])
def test_a_track_without_duration_has_a_note(rows: int) -> None:
    ax = plot_range(make_axes(), TIME_S[:rows], np.ones((rows, 3)), title="DEB")
    assert "no track" in {t.get_text() for t in ax.texts}
    lower = plot_components(make_axes(), TIME_S[:rows], np.ones((rows, 3)))
    assert (lower.get_xlabel(), lower.get_ylabel()) == ("time from TCA (s)", f"RTN component ({'k' * rows}m)")


def test_components_are_three_named_lines_that_differ_in_dash() -> None:
    relative = np.array([2.0, 0.0, -3.0]) + TIME_S[:, None] * np.array([0.1, -7.0, 3.0])
    ax = plot_components(make_axes(), TIME_S, relative)
    handles, labels = ax.get_legend_handles_labels()
    assert labels == ["radial", "transverse", "normal"]
    for column, line in enumerate(handles):
        np.testing.assert_allclose(line.get_ydata(), relative[:, column])
    assert len({line.get_linestyle() for line in handles}) == 3
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time from TCA (s)", "RTN component (km)")
