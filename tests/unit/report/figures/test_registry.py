"""A figure that declares itself is plotted for every results folder that it applies to."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from support.plot_factory import make_run_view
from support.reports import write_results

from debrissim.report.figures import layout, registry
from debrissim.report.figures.registry import figure, figures, plot_figures
from debrissim.report.redraw import draw_plots
from debrissim.report.views import MessageView, RunView


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what a test registers."""
    monkeypatch.setattr(registry, "_FIGURES", list(figures()))


def elevation(view: RunView) -> Figure:
    page = layout.event_page(view, "elevation of approach")
    ax = page.add_axes((0.1, 0.2, 0.8, 0.6))
    ax.plot(view.tca_days, view.events.approach_elevation_deg, "o")
    return page


def test_a_registered_figure_is_written_in_its_place_by_the_ordinary_call(tmp_path: Path) -> None:
    figure("elevation", order=45)(elevation)
    folder = write_results(tmp_path / "results")
    stems = [path.stem for path in draw_plots(folder)]
    assert stems[3:6] == ["miss_and_speed", "elevation", "approach_direction"]
    assert len(stems) == 9
    assert (folder / "plots" / "elevation.png").stat().st_size > 5000


def test_a_figure_is_left_out_where_it_does_not_apply() -> None:
    figure("several_primaries", order=5, when=lambda view: view.band_km is None)(lambda _view: Figure())
    assert "several_primaries" not in plot_figures(make_run_view(2))
    assert next(iter(plot_figures(make_run_view(2, band_km=None)))) == "several_primaries"


def test_two_figures_of_one_view_cannot_share_a_file() -> None:
    with pytest.raises(ValueError, match="'density' is registered twice"):
        figure("density", order=1)(elevation)
    # The files of a message have a prefix of their own.
    figure("density", order=1, views=(MessageView,))(elevation)
    assert [entry.name for entry in figures()].count("density") == 2
