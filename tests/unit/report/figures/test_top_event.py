"""The three plots of the most probable event, ordinary and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.plot_factory import make_axes, make_run_view, make_top_event

from debrissim.core.numbers import MIN_PROBABILITY
from debrissim.report.figures.cumulative_pc import plot_cumulative_pc
from debrissim.report.figures.dilution_curve import legend_handles as dilution_handles
from debrissim.report.figures.dilution_curve import plot_dilution_curve
from debrissim.report.figures.hbr_sensitivity import legend_handles as radius_handles
from debrissim.report.figures.hbr_sensitivity import plot_hbr_sensitivity
from debrissim.report.figures.registry import plot_figures

SCALE = np.geomspace(0.01, 100.0, 81)
CURVE = 4e-4 * np.exp(1.0 - 0.25 / SCALE**2) * 0.25 / SCALE**2
RADIUS = np.geomspace(1e-3, 1.0, 41)
ALERTS = {"yellow": 1e-5, "red": 1e-4}


def _dilution(**changes):
    settings = {
        "event_probability": 2e-4,
        "maximum_probability": 4e-4,
        "maximum_scale": 0.5,
        "sigma_range": (0.5, 2.0),
    } | ALERTS
    ax = make_axes()
    assert plot_dilution_curve(ax, SCALE, CURVE, **(settings | changes)) is ax
    return ax


def _marks(ax):
    return {
        line.get_marker(): line.get_xydata()[0].tolist() for line in ax.lines if line.get_marker() != "None"
    }


def test_dilution_curve_shows_event_maximum_and_the_diluted_side():
    ax = _dilution()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert _marks(ax) == {"D": [0.5, 4e-4], "o": [1.0, 2e-4]}
    (diluted,) = (patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches)
    assert (diluted.x0, diluted.x1) == pytest.approx((0.5, 100.0))
    (plausible,) = (line.get_xydata() for line in ax.lines if line.get_linewidth() > 5.0)
    assert (plausible[0, 0], plausible[-1, 0]) == pytest.approx((0.5, 2.0), rel=0.13)
    assert ((plausible[:, 0] >= 0.5) & (plausible[:, 0] <= 2.0)).all()
    assert ax.get_ylim()[0] < 1e-7
    labels = [str(h.get_label()) for h in dilution_handles(2e-4, 4e-4, 0.5, 1e-5)]
    assert labels[:2] == ["this event: 2e-4", "maximum: 4e-4 at factor 0.5"]


def test_dilution_curve_without_a_maximum_or_a_visible_event():
    # The hard body covers the miss: certain with small enough errors, diluted everywhere.
    assert set(_marks(_dilution(maximum_scale=0.0, maximum_probability=1.0))) == {"o"}
    assert [str(h.get_label()) for h in dilution_handles(2e-4, 1.0, 0.0, 1e-5)][1] == "maximum: 1"
    assert "v" in _marks(_dilution(event_probability=0.0))
    assert dilution_handles(0.0, 4e-4, 0.5, 1e-5)[0].get_marker() == "v"
    assert not _dilution(maximum_scale=np.inf).patches
    for nothing in (np.zeros(81), np.full(81, 1e-320)):
        ax = make_axes()
        plot_dilution_curve(
            ax,
            SCALE,
            nothing,
            event_probability=0.0,
            maximum_probability=float(nothing[0]),
            maximum_scale=1.0,
            sigma_range=(0.5, 2.0),
            **ALERTS,
        )
        ax.figure.draw_without_rendering()


@pytest.mark.parametrize(("yellow", "sides"), [(1e-5, {"center"}), (9e-5, {"top", "bottom"})])
def test_labels_of_close_thresholds_do_not_overlap(yellow, sides):
    ax = _dilution(yellow=yellow)
    assert {t.get_verticalalignment() for t in ax.texts} == sides


def test_hard_body_sensitivity_marks_the_event_in_metres():
    ax = make_axes()
    probability = 1e-4 * (RADIUS / 0.06) ** 2
    got = plot_hbr_sensitivity(
        ax, RADIUS, probability, hard_body_radius_km=0.06, event_probability=1e-4, miss_km=0.5, **ALERTS
    )
    assert got is ax
    assert _marks(ax) == {"o": [60.0, 1e-4]}
    assert "predicted miss" in [t.get_text() for t in ax.texts]
    assert ax.get_xlim() == pytest.approx((1.0, 1000.0))
    assert ax.get_ylim()[0] < probability[0]
    assert str(radius_handles(0.06, 1e-4)[0].get_label()) == "this event: 1e-4 at 60 m"


def test_hard_body_sensitivity_far_below_the_thresholds():
    for top, event in ((0.0, 0.0), (1e-100, 1e-103), (1e-320, 0.0)):
        ax = make_axes()
        plot_hbr_sensitivity(
            ax,
            RADIUS,
            top * RADIUS**2,
            hard_body_radius_km=0.06,
            event_probability=event,
            miss_km=50.0,
            **ALERTS,
        )
        ax.figure.draw_without_rendering()
        # No thresholds, which would press the curve flat.
        assert len(ax.lines) == (2 if top == 1e-100 else 0)
        words = [t.get_text() for t in ax.texts]
        assert words == (
            ["far below the yellow threshold, 1e-5"]
            if top == 1e-100
            else ["no collision probability at any radius"]
        )


def test_cumulative_curve_names_the_time_of_half():
    time_s = np.linspace(-2.0, 4.0, 601)
    cumulative = 1e-4 / (1.0 + np.exp(-4.0 * (time_s - 0.5)))
    ax = make_axes()
    assert plot_cumulative_pc(ax, time_s, cumulative, probability=1e-4, note="slow") is ax
    words = [t.get_text() for t in ax.texts]
    assert "the whole encounter: 1e-4" in words
    assert "half by +0.500 s from TCA,\n90 % within 1.47 s" in words
    assert "slow" in words
    assert ax.get_xlabel() == "time from TCA (s)"


def test_short_passages_are_in_milliseconds_and_none_has_a_note():
    time_s = np.linspace(-0.05, 0.05, 41)
    ax = make_axes()
    plot_cumulative_pc(ax, time_s, np.linspace(0.0, 1e-4, 41), probability=1e-4)
    assert ax.get_xlabel() == "time from TCA (ms)"
    assert ax.get_xlim() == pytest.approx((-50.0, 50.0))
    for times, probability, note, said in (
        (np.empty(0), 1e-4, "no relative motion", "no relative motion"),
        (time_s, 0.0, "", "no collision probability to accumulate"),
    ):
        ax = make_axes()
        plot_cumulative_pc(ax, times, np.zeros(len(times)), probability=probability, note=note)
        assert [t.get_text() for t in ax.texts] == [said]


@pytest.mark.parametrize(
    "changes",
    [
        {"probability": 0.0, "dilution_probability": np.zeros(41), "cumulative": np.zeros(41)},
        {"probability": 1.0, "maximum_probability": 1.0, "maximum_scale": 0.0},
        {"probability": 1e-305, "radius_probability": np.full(41, 1e-305), "cumulative": np.full(41, 1e-305)},
        {"maximum_scale": np.inf, "maximum_probability": 0.0},
        {"time_s": np.empty(0), "cumulative": np.empty(0), "note": "no significant relative motion"},
        {"hard_body_radius_km": 0.0, "radius_km": np.zeros(41), "radius_probability": np.zeros(41)},
        {"label": "30123 $x^2 " + "long name " * 20},
    ],
)
def test_unusual_events_stay_on_the_page(changes):
    figures = plot_figures(make_run_view(3, top=make_top_event(**changes)))
    # A probability that is written as "< 1e-10" has no figure of how it builds up.
    assert ("cumulative_pc" in figures) == (changes.get("probability", 1e-4) >= MIN_PROBABILITY)
    for name in {"dilution_curve", "hbr_sensitivity", "cumulative_pc"} & set(figures):
        figure: Figure = figures[name]
        figure.draw_without_rendering()
        content, page = figure.get_tightbbox(), figure.bbox_inches
        assert content.x0 >= page.x0 - 1e-9
        assert content.x1 <= page.x1 + 1e-9
        assert content.y0 >= page.y0 - 1e-9
        assert content.y1 <= page.y1 + 1e-9
