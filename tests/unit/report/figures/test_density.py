from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import StepPatch
from support.plot_factory import make_axes

from debrissim.catalog.catalog import ObjectKind
from debrissim.report.figures.density import plot_density

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


def test_the_band_of_the_primary_is_shaded_and_named() -> None:
    ax = plot_density(make_axes(), EDGES_KM, DENSITY, band_km=(413.0, 422.0), band_label="ISS $5")
    (band,) = (p for p in ax.patches if not isinstance(p, StepPatch))
    assert (band.get_x(), band.get_width()) == (413.0, 9.0)
    assert [t.get_text() for t in ax.texts] == ["ISS $5 413-422 km"]
    assert len(plot_density(make_axes(), EDGES_KM, DENSITY).patches) == 2


def test_an_empty_catalogue_has_a_note() -> None:
    ax = plot_density(make_axes(), EDGES_KM, {ObjectKind.DEBRIS: np.zeros(3)})
    assert _steps(ax) == []
    assert [t.get_text() for t in ax.texts] == ["no object of the catalogue in these altitudes"]
    assert "1e" not in ax.get_ylabel()


def test_a_density_without_bins_has_a_note() -> None:
    ax = plot_density(make_axes(), EDGES_KM[:0], {})
    assert [t.get_text() for t in ax.texts] == ["no density in this run"]
