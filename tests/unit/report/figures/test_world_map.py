"""The map of the encounters: the data are in their places, and a sample has no places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from support.plot_factory import make_axes, make_run_view

from debrissim.propagation.frames import sidereal_angle
from debrissim.report.figures.registry import plot_figures
from debrissim.report.figures.world_map import MAX_POINTS, plot_density, plot_latitude_bands, plot_world
from debrissim.report.ground_track import ground_track
from debrissim.report.verdict import SAMPLED
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table


def _map(view):
    return plot_figures(view)["encounter_map"].axes[0]


def _points(ax) -> np.ndarray:
    return np.concatenate([c.get_offsets() for c in ax.collections if isinstance(c, PathCollection)])


def test_every_encounter_is_at_its_place_on_one_scale() -> None:
    view = make_run_view(30)
    ax = _map(view)
    assert ax.get_aspect() == 1.0
    points = _points(ax)
    for place in zip(view.events.primary_longitude_deg, view.events.primary_latitude_deg, strict=True):
        assert np.isclose(points, place).all(axis=1).any()
    assert any(isinstance(c, LineCollection) and len(c.get_segments()) > 100 for c in ax.collections)


def test_flagged_encounters_have_names_and_others_none() -> None:
    probability = np.array([2e-5, 1e-9, 3e-4, 1e-8, 1e-7])
    ax = _map(make_run_view(5, collision_probability=probability))
    assert sorted(text.get_text() for text in ax.texts) == ["DEB 0", "DEB 2"]
    quiet = _map(make_run_view(5, collision_probability=np.full(5, 1e-9)))
    assert len(quiet.texts) == 1


def test_thousands_of_encounters_are_a_density_below_the_coastlines_with_the_flagged_on_top() -> None:
    size = MAX_POINTS + 1
    probability = np.full(size, 1e-9)
    probability[[7, 900]] = 2e-5, 3e-4
    view = make_run_view(size, collision_probability=probability)
    ax = _map(view)
    (image,) = ax.images
    coast = next(c for c in ax.collections if isinstance(c, LineCollection) and len(c.get_segments()) > 100)
    assert image.get_zorder() < coast.get_zorder()
    points = np.unique(_points(ax), axis=0)
    flagged = [(view.events.primary_longitude_deg[k], view.events.primary_latitude_deg[k]) for k in (7, 900)]
    assert np.allclose(points, sorted(flagged))
    assert not _map(make_run_view(MAX_POINTS)).images


def test_a_cell_is_as_dark_as_its_encounters_per_area() -> None:
    # 30 at the equator and 15 at 60 degrees of latitude, where the same cell has half the area.
    ax = plot_density(
        plot_world(make_axes()), np.repeat([12.0, -47.0], [30, 15]), np.repeat([1.0, 60.001], [30, 15])
    )
    alpha = np.asarray(ax.images[0].get_array())[..., 3]
    rows, columns = np.nonzero(alpha)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(18, 38), (30, 26)]
    area = [np.sin(np.radians(high)) - np.sin(np.radians(high - 5.0)) for high in (5.0, 65.0)]
    assert np.isclose(alpha[18, 38] / alpha[30, 26], (30 / area[0]) / (15 / area[1]))


def test_a_sample_has_bands_of_latitude_and_no_place() -> None:
    view = make_run_view(30, run_kind=SAMPLED, synthetic=np.ones(30, dtype=np.bool_))
    ax = _map(replace(view, synthetic=True))
    assert not any(isinstance(c, PathCollection) for c in ax.collections)
    assert not ax.texts
    assert not ax.lines


def test_bands_are_as_dark_as_the_approaches_per_area() -> None:
    # Even over the sphere up to 60 degrees, and half as many again in the northernmost band.
    sine = np.sin(np.radians(60.0)) * np.linspace(-1.0, 1.0, 100_001)
    even = np.degrees(np.arcsin(sine))
    north = even[even > 52.5]
    ax = plot_latitude_bands(plot_world(make_axes()), np.concatenate([even, north[::2]]))
    alpha = np.array([patch.get_alpha() for patch in ax.patches])
    assert alpha[-1] == alpha.max()
    assert np.allclose(alpha[:-1] / alpha[-1], 2.0 / 3.0, atol=0.01)
    ends = [(patch.get_y(), patch.get_y() + patch.get_height()) for patch in ax.patches]
    assert np.isclose(ends[0][0], -60.0)
    assert np.isclose(ends[-1][1], 60.0)


def _one(state: tuple[float, ...]) -> Table:
    names = (*(f"primary_{axis}_km" for axis in "xyz"), *(f"primary_v{axis}_km_s" for axis in "xyz"))
    columns = {name: np.array([value]) for name, value in zip(names, state, strict=True)}
    return Table(CONJUNCTIONS, columns | {"tca_utc": np.array([np.datetime64("2024-05-01T00:00:00", "ms")])})


def test_the_ground_track_of_an_equatorial_orbit_is_the_equator_and_turns_with_the_earth() -> None:
    radius = 7000.0
    track = ground_track(_one((radius, 0.0, 0.0, 0.0, np.sqrt(398600.4418 / radius), 0.0)), 0)
    known = track[np.isfinite(track[:, 0])]
    assert np.abs(known[:, 1]).max() < 1e-9
    longitude = np.unwrap(np.radians(known[:, 0]))
    period_s = 2.0 * np.pi * np.sqrt(radius**3 / 398600.4418)
    turned = 2.0 * np.pi * (1.0 - period_s / 86164.1)
    assert np.isclose(longitude[-1] - longitude[0], turned, atol=1e-4)
    angle = float(sidereal_angle(np.array([2460431.5]), np.array([0.0]))[0])
    assert np.isclose(np.exp(1j * (longitude[0] + 0.5 * turned)), np.exp(-1j * angle), atol=1e-3)


def test_the_ground_track_is_cut_at_the_antimeridian() -> None:
    track = ground_track(_one((4700.0, -1100.0, 4780.0, 2.8, 7.0, -1.14)), 0)
    cuts = np.flatnonzero(np.isnan(track[:, 0]))
    assert len(cuts) >= 1
    assert (np.abs(track[cuts - 1, 0]) == 180.0).all()
    assert (track[cuts + 1, 0] == -track[cuts - 1, 0]).all()
    with np.errstate(invalid="ignore"):
        assert np.nanmax(np.abs(np.diff(track[:, 0]))) < 20.0


def test_an_orbit_that_is_no_ellipse_has_no_track() -> None:
    assert len(ground_track(_one((7000.0, 0.0, 0.0, 0.0, 20.0, 0.0)), 0)) == 0
    assert len(ground_track(_one((np.nan,) * 6), 0)) == 0
