"""Misses by component: values, errors and rows are those of the most probable encounters."""

from __future__ import annotations

import numpy as np
import pytest
from support.plot_factory import make_run_view

from debrissim.probability.encounter_plane import plane_basis
from debrissim.report.figures.registry import plot_figures
from debrissim.report.figures.top_misses import MAX_ROWS, finding, position_sigma_km, top_rows
from debrissim.report.verdict import SAMPLED
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table


def test_the_errors_are_those_of_the_covariance_in_the_frame_of_the_primary() -> None:
    rng = np.random.default_rng(5)
    root = rng.normal(size=(20, 3, 3))
    covariance = root @ np.swapaxes(root, 1, 2)
    velocity = rng.normal(size=(20, 3))
    sight = velocity / np.linalg.norm(velocity, axis=1, keepdims=True)
    columns = {f"relative_velocity_{axis}_km_s": velocity[:, k] for k, axis in enumerate("rtn")}
    for k in range(20):
        x, y = plane_basis(sight[k : k + 1])[0]
        axes = np.array([x, y, sight[k]])
        turned = axes @ covariance[k] @ axes.T
        for i, first in enumerate("xyz"):
            for j, second in enumerate("xyz"):
                if i <= j:
                    name = f"plane_covariance_{first}{second}_km2"
                    columns.setdefault(name, np.empty(20))[k] = turned[i, j]
    sigma = position_sigma_km(Table(CONJUNCTIONS, columns))
    assert sigma == pytest.approx(np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))


def test_without_relative_motion_there_is_no_error() -> None:
    columns = {f"relative_velocity_{axis}_km_s": np.zeros(1) for axis in "rtn"}
    columns |= {f"plane_covariance_{name}_km2": np.ones(1) for name in ("xx", "xy", "yy", "xz", "yz", "zz")}
    assert np.isnan(position_sigma_km(Table(CONJUNCTIONS, columns))).all()


@pytest.mark.parametrize("m", [1, 3, 40])
def test_the_most_probable_encounters_have_a_row_each_and_their_misses_in_it(m: int) -> None:
    view = make_run_view(m)
    rows = top_rows(view)
    assert len(rows) == min(m, MAX_ROWS)
    probability = view.events.collision_probability
    assert np.array_equal(np.sort(probability[rows])[::-1], np.sort(probability)[::-1][: len(rows)])
    page = plot_figures(view)["top_misses"]
    for ax, axis in zip(page.axes, "rtn", strict=True):
        values = view.events[f"relative_position_{axis}_km"][rows]
        (points,) = (
            c.get_offsets() for c in ax.collections if hasattr(c, "get_sizes") and len(c.get_sizes())
        )
        assert np.allclose(points[:, 0], values)
        assert (ax.get_xlim()[0] < values).all()
        assert (ax.get_xlim()[1] > values).all()
    assert page.axes[0].patches[0].get_width() == 4.0
    assert page.axes[1].patches[0].get_width() == 50.0
    names = [label.get_text().split("\n")[0] for label in page.axes[0].get_yticklabels()]
    assert names == view.events.secondary_name[rows].tolist()


def test_encounters_without_a_probability_and_sampled_ones_have_no_row() -> None:
    assert "top_misses" not in plot_figures(make_run_view(4, collision_probability=np.full(4, np.nan)))
    assert len(top_rows(make_run_view(6, synthetic=np.arange(6) < 4))) == 2
    assert len(top_rows(make_run_view(6, run_kind=SAMPLED))) == 0


def test_the_finding_is_the_radial_miss() -> None:
    assert finding(np.array([-0.3])) == "radial miss of 300 m at the most probable encounter"
    assert (
        finding(np.array([-1.5, 0.3])) == "radial misses of 300 m to 1.5 km at the 2 most probable encounters"
    )
