"""The figures of a cloud: they show the data, and nothing sticks out of the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from support.plot_factory import make_axes

from debrissim.report.figures.cloud import (
    BACKGROUND,
    FRAGMENTS,
    plot_cloud_density,
    plot_decay,
    plot_fractions,
    plot_passes,
)
from debrissim.report.figures.registry import plot_figures
from debrissim.report.views import CloudView, ParentView
from debrissim.results.schema.clouds import CLOUD
from debrissim.results.table import Table


def passes(count: int, length_s: float) -> Table:
    k = np.arange(count, dtype=float)
    fragments, background = k % 5.0, 7.0 + k % 3.0
    return Table(
        CLOUD,
        {
            "begin_s": k * length_s,
            "end_s": (k + 1.0) * length_s,
            "fragment_passes": fragments.astype(int),
            "background_passes": background.astype(int),
            "fragment_per_day": fragments,
            "fragment_per_day_low": 0.5 * fragments,
            "fragment_per_day_high": 1.0 + 2.0 * fragments,
            "background_per_day": background,
            "background_per_day_low": background - 2.0,
            "background_per_day_high": background + 5.0,
        },
    )


def data(days: int = 30) -> CloudView:
    rng = np.random.default_rng(1)
    return CloudView(
        title="A test against a satellite",
        primary_name="ISS",
        event_label="COSMOS 0 test",
        start_label="2021-11-15 02:47:00 UTC",
        catalog_label="SYNTHETIC: 26834",
        count_label="1,370 sampled, 463 to 4,411 by observed breakups",
        volume="within 50 km",
        revolutions=passes(16 * days, 5560.0),
        days=passes(days, 86400.0),
        time_s=np.arange(days + 1) * 86400.0,
        in_orbit=np.linspace(1000.0, 800.0, days + 1),
        crossing=np.linspace(400.0, 300.0, days + 1),
        sampled=1370,
        altitude_edges_km=np.arange(200.0, 1201.0, 20.0),
        per_km3=1e-9 * rng.random((days + 1, 50)),
        band_km=(405.0, 432.0),
        parents=tuple(
            ParentView(
                name,
                {
                    "period_min": 94.0 + 10.0 * rng.random(count),
                    "perigee_km": 300.0 + 150.0 * rng.random(count),
                    "apogee_km": 480.0 + 900.0 * rng.random(count),
                },
                (93.8, 460.0, 480.0),
            )
            for name, count in (("COSMOS 0", 500), ("HITTER", 3))
        ),
    )


def overflow_in(figure: Figure) -> float:
    figure.draw_without_rendering()
    content, page = figure.get_tightbbox(), figure.bbox_inches
    return float(max(page.x0 - content.x0, page.y0 - content.y0, content.x1 - page.x1, content.y1 - page.y1))


@pytest.mark.parametrize("days", [1, 2, 30])
def test_the_figures_stay_on_their_pages_and_name_the_event(days: int) -> None:
    figures = plot_figures(data(days))
    decay = ["cloud_decay"] if days > 1 else []
    assert list(figures) == ["cloud_passes", *decay, "cloud_density", "cloud_gabbard"]
    for figure in figures.values():
        assert overflow_in(figure) < 0.05
        words = "\n".join(t.get_text() for t in figure.findobj(Text))
        assert "COSMOS 0 test" in words
        assert "463 to 4,411" in words or figure is figures["cloud_gabbard"]
        assert "_nolegend_" not in words
        assert "$" not in words
    for name in ("cloud_passes", *decay):
        legend = "\n".join(t.get_text() for t in figures[name].legends[0].get_texts())
        assert FRAGMENTS in legend
        assert BACKGROUND in legend


def test_without_a_background_of_the_time_the_fragments_are_alone() -> None:
    alone = replace(data(5), not_compared="the other objects date from 2024-10-31, not from 2009")
    for name, figure in plot_figures(alone).items():
        words = "\n".join(t.get_text() for t in figure.findobj(Text))
        assert BACKGROUND not in words.replace("not compared with all other objects", "")
        assert ("not from 2009" in words) == (name != "cloud_gabbard")
    (ax,) = plot_figures(alone)["cloud_passes"].axes
    assert len(ax.patches) == 16


def test_only_the_first_day_is_shown_per_revolution() -> None:
    (ax,) = plot_figures(data(30))["cloud_passes"].axes
    # 15.5 revolutions begin on the first day, two bars each.
    assert len(ax.patches) == 2 * 16


def test_bars_are_as_high_as_the_counts() -> None:
    begin = np.array([0.0, 1.5])
    ax = plot_passes(
        make_axes(), begin, begin + 1.5, np.array([3.0, 0.0]), np.array([5.0, 8.0]), start_label="t"
    )
    assert [p.get_height() for p in ax.patches] == [3.0, 0.0, 5.0, 8.0]
    assert ax.get_ylim()[1] > 8.0
    none = plot_passes(make_axes(), begin, begin + 1.5, np.zeros(2), np.zeros(2), start_label="t")
    assert "no pass" in none.texts[0].get_text()


def test_the_whole_interval_of_a_rate_is_in_sight() -> None:
    middle, rate = np.array([0.5, 1.5]), np.array([4.0, 2.0])
    interval = np.array([[1.0, 10.0], [0.2, 7.0]])
    ax = plot_decay(make_axes(), middle, rate, interval, (0.1 * rate, 0.1 * interval), start_label="t")
    assert ax.get_ylim()[1] > 10.0
    assert len(ax.containers) == 2


def test_fractions_are_of_the_sampled_fragments() -> None:
    ax = plot_fractions(
        make_axes(), np.array([0.0, 1.0]), np.array([80.0, 60.0]), np.array([20.0, 10.0]), sampled=200
    )
    np.testing.assert_allclose([line.get_ydata() for line in ax.lines], [[40.0, 30.0], [10.0, 5.0]])


def test_an_empty_cloud_has_a_note() -> None:
    gone = replace(data(5), per_km3=np.zeros((6, 50)), in_orbit=np.zeros(6), crossing=np.zeros(6), parents=())
    assert len(plot_figures(gone)) == 4
    ax = plot_cloud_density(
        make_axes(), np.arange(6.0), gone.altitude_edges_km, gone.per_km3, band_km=gone.band_km
    )
    assert "no fragment" in ax.texts[0].get_text()
