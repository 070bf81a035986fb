"""Differences of element sets: displacements that were put in come out; a model that is right covers what it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from debrissim.catalog import Catalog, parse_catalog
from debrissim.uncertainty.coverage import GAUSSIAN, standardise
from debrissim.uncertainty.element_differences import PLACES, orbit_differences, sort_sets
from debrissim.uncertainty.element_set_error import fixed_model

LINES = (
    "1 24946U 97051C   09040.78448243 +.00000153 +00000-0 +47668-4 0  9994",
    "2 24946 086.3994 121.7028 0002288 085.1644 274.9812 14.34219863597336",
)


def _pair(**changes: float) -> Catalog:
    """The same element set twice, the second a moment later and the first with changed elements."""
    one = parse_catalog("\n".join(LINES).encode(), "lines").catalog
    first = replace(one, **{name: getattr(one, name) + change for name, change in changes.items()})
    # A moment later the mean anomaly has moved by that much.
    moment = 1e-5
    second = replace(
        one,
        epoch_fraction=one.epoch_fraction + moment,
        mean_anomaly_deg=(one.mean_anomaly_deg + 360.0 * moment * one.mean_motion_rev_day) % 360.0,
    )
    return Catalog.concat([first, second])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # X, Y, W, I, L in km; a = 7157 km.
        ({"inclination_deg": 0.01}, (0.0, 0.0, 0.0, 1.249, 0.0)),
        # A moved node also moves the object along its track, by cos i.
        ({"raan_deg": 0.01}, (0.0, 0.0, 1.247, 0.0, 0.0785)),
        ({"mean_anomaly_deg": 0.01}, (0.0, 0.0, 0.0, 0.0, 1.249)),
        # Perigee near 85 deg: a larger eccentricity is an error of the vector a quarter ahead of the node.
        ({"eccentricity": 1e-4}, (0.0603, 0.713, 0.0, 0.0, 0.0)),
    ],
)
def test_changes_of_elements_come_out(changes, expected):
    pairs = orbit_differences(sort_sets(_pair(**changes)), 1.0)
    assert len(pairs) == 1
    found = [*pairs.errors_km[0], pairs.along_km[0]]
    assert found == pytest.approx(expected, abs=0.012)


def test_curvature_is_not_an_error_of_the_radius():
    """An object 2 degrees ahead is 250 km away along the arc, and no lower."""
    pairs = orbit_differences(sort_sets(_pair(mean_anomaly_deg=2.0)), 1.0)
    assert pairs.along_km[0] == pytest.approx(249.8, rel=0.01)
    assert np.abs(pairs.difference_rtn_km[0, :, 0]).max() < 1.0


def test_all_pairs_of_each_object_up_to_the_maximum_age():
    one = parse_catalog("\n".join(LINES).encode(), "lines").catalog
    sets = Catalog.concat(
        [
            replace(one, epoch_jd=one.epoch_jd + day, norad_id=np.array([number]))
            for number in (7, 5)
            for day in (2, 0, 1, 4)
        ]
    )
    # The same epoch again is the same fit.
    catalog = sort_sets(Catalog.concat([sets, sets[:1]]))
    assert len(catalog) == 8
    pairs = orbit_differences(catalog, 2.5)
    found = {
        (int(catalog.norad_id[o]), int(catalog.norad_id[n]), round(float(age), 6))
        for o, n, age in zip(pairs.older, pairs.newer, pairs.age_days, strict=True)
    }
    assert len(pairs) == 8
    assert found == {(k, k, float(age)) for k in (5, 7) for age in (1, 2)}
    assert (pairs.age_days > 0.0).all()
    assert pairs.difference_rtn_km.shape == (8, PLACES, 3)
    assert len(orbit_differences(catalog[:0], 2.5)) == 0


def test_a_right_model_covers_what_a_gaussian_does():
    """Errors sampled from the model itself, in place of real pairs."""
    rng = np.random.default_rng(11)
    catalog = sort_sets(_pair())
    pairs = orbit_differences(catalog, 1.0)
    m = 4000
    many = pairs[np.zeros(m, dtype=np.int64)]
    sigma = np.array([0.1, 0.5, 0.2])
    # The error of the older set and that of the newer.
    noise = rng.normal(size=(2, m, PLACES, 3)) * sigma
    scores = standardise(
        fixed_model((0.1, 0.5, 0.2)), catalog, replace(many, difference_rtn_km=noise.sum(axis=0))
    )
    for at_epoch in (True, False):
        assert scores.coverage(at_epoch=at_epoch) == pytest.approx(np.tile(GAUSSIAN, (4, 1)), abs=0.02)
    pit = scores.pit()
    assert pit.shape == (m,)
    assert np.histogram(pit, 5, (0.0, 1.0))[0] == pytest.approx(np.full(5, m / 5), rel=0.1)
    # Twice the errors, and everything lies inside.
    wide = standardise(
        fixed_model((0.2, 1.0, 0.4)), catalog, replace(many, difference_rtn_km=noise.sum(axis=0))
    )
    assert (wide.coverage()[:, 0] > 0.9).all()
