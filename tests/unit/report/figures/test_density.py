from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import StepPatch
from support.plot_factory import make_axes, make_run_view

from debrissim.catalog.catalog import ObjectKind
from debrissim.report.figures.density import plot_density
from debrissim.report.figures.registry import plot_figures
from debrissim.report.views import RunView
from debrissim.results.schema.conjunctions import DENSITY as DENSITY_SCHEMA
from debrissim.results.table import Table

EDGES_KM = np.array([200.0, 800.0, 1400.0, 2000.0])
DENSITY = {
    ObjectKind.PAYLOAD: np.array([1e-8, 2e-8, 0.0]),
    ObjectKind.DEBRIS: np.array([0.5e-8, 3e-8, 1e-8]),
    ObjectKind.UNKNOWN: np.zeros(3),
}


def _steps(ax: Axes) -> list[StepPatch]:
    return [p for p in ax.patches if isinstance(p, StepPatch)]


def test_densities_are_stacked_in_the_scale_of_the_label() -> None:
    ax = plot_density(make_axes(), EDGES_KM, DENSITY, band_km=(413.0, 422.0), band_label="ISS")
    debris, payload = _steps(ax)
    assert (debris.get_label(), payload.get_label()) == ("debris", "payload")
    np.testing.assert_allclose(debris.get_data().values, [0.5, 3.0, 1.0])
    np.testing.assert_allclose(payload.get_data().values, [1.5, 5.0, 1.0])
    assert ax.get_ylabel() == "spatial density (1e-8 objects per km\N{SUPERSCRIPT THREE})"
    assert ax.get_xlabel() == "altitude (km)"
    assert ax.get_ylim()[1] > 5.0


def test_on_a_logarithmic_axis_the_kinds_and_their_sum_are_lines() -> None:
    ax = plot_density(make_axes(), EDGES_KM, DENSITY, log=True)
    assert ax.get_yscale() == "log"
    assert not any(step.get_fill() for step in _steps(ax))
    debris, payload, everything = _steps(ax)
    assert everything.get_label() == "all kinds"
    np.testing.assert_allclose(debris.get_data().values, DENSITY[ObjectKind.DEBRIS])
    # No object is no line, and no place on a logarithmic axis.
    np.testing.assert_allclose(
        payload.get_data().values,
        np.where(DENSITY[ObjectKind.PAYLOAD] > 0.0, DENSITY[ObjectKind.PAYLOAD], np.nan),
    )
    np.testing.assert_allclose(everything.get_data().values, sum(DENSITY.values()))
    low, high = ax.get_ylim()
    assert low < min(everything.get_data().values) < max(everything.get_data().values) < high


def _view(low_km3: float, count: int = 1000) -> RunView:
    """A shell at 400 to 450 km with a part of the density of the others."""
    view = make_run_view(3)
    low = view.tables["density"]["altitude_low_km"]
    density = np.where(low == 400.0, low_km3, 1.0) * count / 1e12
    shells = {"altitude_low_km": low, "altitude_high_km": low + 50.0, "debris_per_km3": density}
    return replace(view, tables={**view.tables, "density": Table(DENSITY_SCHEMA, shells)})


def test_the_axis_is_logarithmic_where_the_primary_flies_low_in_the_peak() -> None:
    assert plot_figures(_view(0.1))["density"].axes[0].get_yscale() == "log"
    assert plot_figures(_view(0.5))["density"].axes[0].get_yscale() == "linear"
    assert plot_figures(replace(_view(0.1), band_km=None))["density"].axes[0].get_yscale() == "linear"


def test_a_handful_of_objects_has_no_density() -> None:
    assert "density" not in plot_figures(_view(1.0, count=10))


def test_the_band_of_the_primary_is_shaded_and_named() -> None:
    ax = plot_density(make_axes(), EDGES_KM, DENSITY, band_km=(413.0, 422.0), band_label="ISS $5")
    (band,) = (p for p in ax.patches if not isinstance(p, StepPatch))
    assert (band.get_x(), band.get_width()) == (413.0, 9.0)
    assert [t.get_text() for t in ax.texts] == ["ISS $5 413-422 km"]
    assert len(plot_density(make_axes(), EDGES_KM, DENSITY).patches) == 2


def test_an_empty_catalogue_has_a_note() -> None:
    ax = plot_density(make_axes(), EDGES_KM, {ObjectKind.DEBRIS: np.zeros(3)})
    assert _steps(ax) == []
    assert [t.get_text() for t in ax.texts] == ["no object of the catalogue at these altitudes"]
    assert "1e" not in ax.get_ylabel()


def test_a_density_without_bins_has_a_note() -> None:
    ax = plot_density(make_axes(), EDGES_KM[:0], {})
    assert [t.get_text() for t in ax.texts] == ["no density in this run"]
