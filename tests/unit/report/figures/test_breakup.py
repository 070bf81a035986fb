"""Figures of a breakup: they show the data they are given, also with few fragments or none."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from debrissim.hazard.breakup.distributions import collision_law, explosion_law
from debrissim.report.figures.breakup import BreakupView
from debrissim.report.figures.breakup_plots import plot_area_to_mass, plot_sizes, plot_velocity
from debrissim.report.figures.gabbard import NOTHING_IN_ORBIT, plot_gabbard, thinned
from debrissim.report.figures.registry import plot_figures

RNG = np.random.default_rng(5)


def axes():
    return Figure().add_subplot()


def orbits(count: int) -> dict[str, np.ndarray]:
    return {
        "period_min": 100.0 + RNG.normal(0.0, 2.0, count),
        "perigee_km": RNG.uniform(300.0, 800.0, count),
        "apogee_km": RNG.uniform(800.0, 1500.0, count),
    }


def cloud(count: int, *, two: bool = True, seen: int | None = None) -> BreakupView:
    law = collision_law(950.0, 560.0, 11.7) if two else explosion_law()
    columns = orbits(count) | {
        "characteristic_length_m": law.lengths_m(RNG.random(count), 0.1),
        "area_to_mass_m2_kg": 10.0 ** RNG.normal(-1.0, 0.4, count),
        "velocity_change_m_s": 10.0 ** RNG.normal(2.0, 0.4, count),
    }
    parents = 2 if two else 1
    return BreakupView(
        title="a test",
        names=("one", "two $x_1$")[:parents],
        rocket_body=(True, False)[:parents],
        law=law,
        range_factors=(0.35, 2.96),
        collision=two,
        parent=(np.arange(count) % parents).astype(np.int8),
        in_orbit=np.ones(count, dtype=bool),
        columns=columns,
        parents={
            "period_min": np.full(parents, 100.0),
            "perigee_km": np.full(parents, 780.0),
            "apogee_km": np.full(parents, 800.0),
        },
        catalogued=None
        if seen is None
        else orbits(seen) | {"parent": np.zeros(seen), "age_days": np.ones(seen)},
    )


@pytest.mark.parametrize(
    ("count", "two", "seen"),
    [(0, True, None), (0, False, 5), (1, True, 0), (3, False, None), (500, True, 40)],
)
def test_every_size_of_cloud_has_its_figures(count: int, two: bool, seen: int | None):
    figures = plot_figures(cloud(count, two=two, seen=seen))
    assert set(figures) == {"gabbard", "sizes", "area_to_mass", "velocity"}
    for figure in figures.values():
        figure.canvas.draw()


def test_a_parent_without_a_fragment_in_orbit_has_no_panel_but_a_note():
    data = cloud(100)
    fallen = BreakupView(**{**data.__dict__, "in_orbit": data.parent == 0})
    figure = plot_figures(fallen)["gabbard"]
    assert len(figure.axes) == 1
    assert any("none of its 50 fragments is in orbit" in text.get_text() for text in figure.texts)


def test_the_diagram_counts_what_it_leaves_out():
    model = orbits(100)
    model["period_min"][0], model["period_min"][1] = np.inf, 300.0
    ax = plot_gabbard(axes(), model, None, (100.0, 780.0, 800.0), title="it")
    shown = len(ax.collections[0].get_offsets())
    assert f"{shown} modelled, {100 - shown} more outside" in ax.get_title()
    assert shown < 99
    nothing = {name: np.empty(0) for name in model}
    empty = plot_gabbard(axes(), nothing, None, (100.0, 780.0, 800.0), title="it")
    assert any(text.get_text() == NOTHING_IN_ORBIT for text in empty.texts)


def test_axes_carry_units():
    law = collision_law(950.0, 560.0, 11.7)
    length = law.lengths_m(RNG.random(50), 0.05)
    assert "(count)" in plot_sizes(axes(), length, law, (0.35, 2.96)).get_ylabel()
    ax = plot_area_to_mass(axes(), length, np.full(50, 0.1), rocket_body=False, color="k", marker="o")
    assert "/kg)" in ax.get_ylabel()
    assert (
        "(m/s)"
        in plot_velocity(axes(), np.full(50, 0.1), np.full(50, 90.0), law, color="k", marker="o").get_ylabel()
    )


def test_thinning_is_even_and_keeps_few():
    assert thinned(np.arange(7)).tolist() == list(range(7))
    assert 10_000 <= thinned(np.arange(50_001)).size <= 20_000
