from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from support.plot_factory import make_run_view

from debrissim.report.figures.registry import plot_figures
from debrissim.report.redraw import save_figures
from debrissim.report.style import PARTLY_SYNTHETIC_LABEL, SYNTHETIC_LABEL
from debrissim.report.verdict import SAMPLED
from debrissim.report.views import MANY, MAX_PLANES, MAX_TRACKS, MessageView

NAMES = [
    "encounter_planes",
    "approach_tracks",
    "probability_timeline",
    "top_misses",
    "encounter_map",
    "miss_and_speed",
    "approach_direction",
    "density",
    "dilution_curve",
    "hbr_sensitivity",
    "cumulative_pc",
    "age_pc",
    "screening_volumes",
]
NOT_USUAL = {"approach_tracks", "top_misses", "hbr_sensitivity", "cumulative_pc", "age_pc"}
OF_MANY = {"miss_and_speed", "approach_direction", "screening_volumes"}
TIMELINE = "probability_timeline"
OF_RATES = ["encounter_map", "miss_and_speed", "approach_direction", "density", "screening_volumes"]


def _words(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text))


def _overflow_in(figure: Figure) -> float:
    """Inches by which the outermost artist sticks out of the page."""
    figure.draw_without_rendering()
    content, page = figure.get_tightbbox(), figure.bbox_inches
    return max(page.x0 - content.x0, page.y0 - content.y0, content.x1 - page.x1, content.y1 - page.y1)


@pytest.mark.parametrize("m", [1, 2, 3, 300])
def test_every_figure_is_plotted_and_names_its_sources(m: int) -> None:
    figures = plot_figures(make_run_view(m))
    # One event has no course over time; a few are no distribution.
    too_few = OF_MANY if m < MANY else set()
    assert list(figures) == [
        name for name in NAMES if name not in too_few | ({TIMELINE} if m == 1 else set())
    ]
    for figure in figures.values():
        assert "iss-week\ncatalogue: made up, 20 objects\ncovariance: by altitude and age" in _words(figure)
        assert _overflow_in(figure) < 1e-9


def test_figures_that_answer_no_usual_question_are_left_out_by_default() -> None:
    usual = list(plot_figures(make_run_view(6), every=False))
    assert usual == [name for name in NAMES if name not in NOT_USUAL]
    assert len(usual) == 8


def test_a_figure_that_would_be_empty_is_left_out() -> None:
    assert list(plot_figures(make_run_view(0))) == ["density"]
    unknown = make_run_view(
        MANY,
        planes=(),
        tracks=(),
        top=None,
        approach_azimuth_deg=np.full(MANY, np.nan),
        collision_probability=np.full(MANY, np.nan),
    )
    assert list(plot_figures(unknown)) == [
        "encounter_map",
        "miss_and_speed",
        "density",
        "screening_volumes",
    ]


def test_a_synthetic_run_has_figures_of_rates_alone() -> None:
    view = make_run_view(
        30, run_kind=SAMPLED, synthetic=np.ones(30, dtype=np.bool_), planes=(), tracks=(), top=None
    )
    view = replace(view, synthetic=True)
    figures = plot_figures(view)
    assert list(figures) == OF_RATES
    for figure in figures.values():
        words = _words(figure)
        assert SYNTHETIC_LABEL in words
        assert "only rates" in words
        for absent in ("Pc", "UTC", "yellow", "red", "covariance"):
            assert absent not in words.replace("covered", ""), absent


def test_the_heading_of_a_figure_is_its_finding() -> None:
    view = make_run_view(300)
    headings = {name: figure.texts[0].get_text() for name, figure in plot_figures(view).items()}
    probability, speed = view.events.collision_probability, view.events.relative_speed_km_s
    red, yellow = int((probability >= 1e-4).sum()), int((probability >= 1e-5).sum())
    assert headings["probability_timeline"] == (
        f"ISS (ZARYA): {red} of 300 encounters reach red (1 in 10,000), {yellow} yellow"
    )
    assert headings["miss_and_speed"].endswith(f"are faster than {np.median(speed):.1f} km/s")
    assert headings["encounter_planes"] == (
        "ISS (ZARYA): 1 in 10,000 for the most probable encounter, miss 0.500 km"
    )
    # The range contains the value and, where it is between the ends, the maximum.
    found = re.search(
        r"1 in ([\d,]+) to 1 in ([\d,]+) with half to twice the errors$", headings["dilution_curve"]
    )
    assert found is not None
    low, high = (1.0 / float(word.replace(",", "")) for word in found.groups())
    assert low <= 1e-4 <= high == 2e-4
    assert headings["screening_volumes"].endswith("inside NASA's box of 4 x 50 x 50 km")
    assert len(set(headings.values())) == len(headings)
    assert all(len(heading) <= 90 for heading in headings.values())


def test_the_name_gives_way_to_the_finding_and_is_left_out_where_all_objects_meet() -> None:
    long = make_run_view(12, primary_name="SPACECRAFT OF A LONG NAME AND NUMBER")
    headings = {name: figure.texts[0].get_text() for name, figure in plot_figures(long).items()}
    assert (
        headings["screening_volumes"]
        == "SPACECRAFT OF...: 12 of 12 close approaches come inside NASA's box of 4 x 50 x 50 km"
    )
    assert all(len(heading) <= 90 for heading in headings.values())
    every = make_run_view(
        12, primary_name="all objects against each other", sums={**long.sums, "primaries": []}
    )
    heading = plot_figures(every)["miss_and_speed"].texts[0].get_text()
    assert heading.startswith("Half of 12 close approaches are faster than")
    # The primary of a message is named in a run without primaries, too.
    message = MessageView(**{field.name: getattr(every, field.name) for field in fields(every)})
    message = replace(message, primary_name="SAT 1")
    assert (
        plot_figures(message)["encounter_plane"]
        .texts[0]
        .get_text()
        .startswith("SAT 1: 1 in 10,000 for the encounter")
    )


def test_levels_in_words() -> None:
    def heading(*probability: float) -> str:
        view = make_run_view(3, collision_probability=np.array(probability))
        return plot_figures(view)["probability_timeline"].texts[0].get_text().removeprefix("ISS (ZARYA): ")

    assert heading(1e-9, 1e-8, 0.0) == "none of 3 encounters reaches yellow (1 in 100,000)"
    assert heading(1e-5, 1e-8, 0.0) == "1 of 3 encounters reaches yellow (1 in 100,000), none red"
    assert heading(1e-5, 2e-5, 0.0) == "2 of 3 encounters reach yellow (1 in 100,000), none red"
    assert heading(1e-4, 2e-5, np.nan) == "1 of 2 encounters reaches red (1 in 10,000), 2 yellow"


def test_synthetic_events_of_a_mixture_have_no_probability() -> None:
    synthetic = np.arange(30) % 2 == 0
    view = replace(make_run_view(30, synthetic=synthetic), synthetic=True, partly_synthetic=True)
    assert np.array_equal(np.isnan(view.probability), synthetic)
    assert len(view.events) == 30


def test_real_objects_carry_no_synthetic_label() -> None:
    for figure in plot_figures(make_run_view(MANY)).values():
        assert "SYNTHETIC" not in _words(figure)


def test_a_mixture_of_real_and_synthetic_objects_is_labelled() -> None:
    texts = [
        text.get_text()
        for figure in plot_figures(
            replace(make_run_view(MANY), synthetic=True, partly_synthetic=True)
        ).values()
        for text in figure.texts
    ]
    assert texts.count(PARTLY_SYNTHETIC_LABEL) == len(NAMES)
    assert SYNTHETIC_LABEL not in texts


@pytest.mark.parametrize(("m", "planes", "tracks"), [(1, 1, 1), (2, 2, 2), (5, 3, 3), (50, 3, 3)])
def test_the_top_events_have_a_panel_each(m: int, planes: int, tracks: int) -> None:
    figures = plot_figures(make_run_view(m))
    assert len(figures["encounter_planes"].axes) == planes <= MAX_PLANES
    # Each with its enlargement.
    assert [len(ax.child_axes) for ax in figures["encounter_planes"].axes] == [1] * planes
    assert len(figures["approach_tracks"].axes) == 2 * tracks <= 2 * MAX_TRACKS


def test_the_kinds_of_a_figure_are_in_its_legend() -> None:
    figures = plot_figures(make_run_view(300))
    for name in ("miss_and_speed", "approach_direction", "density"):
        (legend,) = figures[name].legends
        assert [t.get_text() for t in legend.get_texts()] == ["debris", "rocket body", "payload", "unknown"]


def test_low_thresholds_are_above_the_floor() -> None:
    ax = plot_figures(make_run_view(9, yellow=1e-11, red=1e-10))["probability_timeline"].axes[0]
    assert ax.get_ylim()[0] < 1e-12


def test_the_same_data_gives_the_same_bytes_whatever_the_users_settings(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first = save_figures(make_run_view(40), tmp_path / "a")
    with matplotlib.rc_context({"lines.markersize": 20.0, "axes.titleweight": "bold", "savefig.dpi": 30.0}):
        second = save_figures(make_run_view(40), tmp_path / "b")
        assert matplotlib.rcParams["lines.markersize"] == 20.0
    assert [p.name for p in first] == [f"{name}.png" for name in NAMES]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    with Image.open(first[0]) as image:
        assert image.size == (1200, 750)
        assert "Software" not in image.info


def test_any_characters_of_a_name_are_text() -> None:
    data = make_run_view(
        MANY,
        title="$x^2 天宮 " * 40,
        primary_name="A$B_{C}$ W" * 20,
        start_label="$t$ % \\",
        secondary_name=np.full(MANY, "$t_1$ 天宮" * 9, dtype=object),
        collision_probability=np.full(MANY, 2e-5),
    )
    for figure in plot_figures(data).values():
        assert _overflow_in(figure) < 1e-9


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"columns of different lengths.*'collision_probability': 2"):
        make_run_view(3, collision_probability=np.zeros(2))


def test_pyplot_is_not_imported() -> None:
    # It would choose a backend and keep every figure alive, and takes long to load.
    code = (
        "import sys; from debrissim.report.figures import registry; registry.figures(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
