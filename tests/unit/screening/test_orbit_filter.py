"""The filters drop no object that could matter: bands contain the true radius, low passages are predicted."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    decaying,
    geo,
    ground_grazing,
    gto,
    leo,
    make_catalog,
    mean_motion_at,
    molniya,
    random_catalog,
)

from debrissim.catalog import Catalog
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening.orbit_filter import (
    below_radius,
    may_meet,
    radius_bands,
    radius_range,
    span_end_states,
)

Floats = NDArray[np.float64]

DAY_S = 86400.0


def eccentric_orbits(rng: np.random.Generator, n: int) -> Catalog:
    """Orbits of all eccentricities with perigees at 100 to 1,500 km and elements up to three weeks old."""
    perigee = WGS72_RADIUS_KM + rng.uniform(100.0, 1500.0, n)
    eccentricity = np.where(rng.random(n) < 0.4, rng.uniform(0.01, 0.1, n), rng.uniform(0.1, 0.9, n))
    angles = rng.uniform(0.0, 360.0, (n, 3))
    return make_catalog(
        *(
            Elements(
                mean_motion_at(float(perigee[k] / (1.0 - eccentricity[k])) - WGS72_RADIUS_KM),
                float(eccentricity[k]),
                float(rng.uniform(0.1, 179.0)),
                *angles[k].tolist(),
                bstar=float(rng.choice([0.0, 1e-4, 1e-3, -1e-4])),
                epoch_days=float(rng.uniform(-20.0, 0.2)),
            )
            for k in range(n)
        )
    )


def high_orbits(rng: np.random.Generator, n: int) -> Catalog:
    """High circular and eccentric orbits, out to a third of the way to the Moon."""
    axis = rng.choice([26560.0, 42164.0, 60000.0, 90000.0, 120000.0], n)
    eccentricity = rng.choice([1e-5, 1e-3, 0.05, 0.4], n)
    return make_catalog(
        *(
            Elements(
                mean_motion_at(float(axis[k]) - WGS72_RADIUS_KM),
                float(eccentricity[k]),
                float(rng.uniform(0.0, 120.0)),
                *rng.uniform(0.0, 360.0, 3).tolist(),
                bstar=0.0,
            )
            for k in range(n)
        )
    )


def propagator_of(catalog: Catalog) -> Propagator:
    return make_propagator(catalog, START_JD, START_FRACTION)


def radii(propagator: Propagator, times_s: Floats) -> Floats:
    """Radii (n, t) km; NaN from each object's first failure on."""
    codes, positions, _ = propagator.states(np.arange(len(propagator)), times_s)
    good = np.logical_and.accumulate(codes == 0, axis=1)
    return np.where(good, np.linalg.norm(positions, axis=2), np.nan)


@pytest.mark.parametrize("duration_s", [6000.0, DAY_S, 10.0 * DAY_S])
def test_bands_contain_the_true_radius(duration_s: float) -> None:
    rng = np.random.default_rng(3)
    catalog = Catalog.concat(
        [
            random_catalog(rng, 150, "all"),
            random_catalog(rng, 50, "leo-shell"),
            eccentric_orbits(rng, 200),
            high_orbits(rng, 100),
            make_catalog(leo(), geo(), molniya(), gto(), decaying(), ground_grazing()),
        ]
    )
    propagator = propagator_of(catalog)
    ends = span_end_states(propagator, duration_s)
    low, high = radius_bands(propagator, *ends)
    code = ends[0].code
    times = np.sort(rng.uniform(0.0, duration_s, 1500))
    times[0] = 0.0
    radius = radii(propagator, times)
    alive = code == 0
    assert alive.sum() > 400
    assert np.isnan(radius[~alive]).all()
    # The measured margin is at least 11 km, smallest for orbits at 200 km.
    assert (np.nanmin(radius[alive], axis=1) - low[alive]).min() > 8.0
    assert (high[alive] - np.nanmax(radius[alive], axis=1)).min() > 8.0


def test_bands_are_not_much_wider_than_necessary() -> None:
    propagator = propagator_of(make_catalog(leo(), geo(), molniya()))
    low, high = radius_bands(propagator, *span_end_states(propagator, DAY_S))
    radius = radii(propagator, np.linspace(0.0, DAY_S, 5000))
    width = np.maximum(radius.min(axis=1) - low, high - radius.max(axis=1))
    assert (width < [50.0, 600.0, 600.0]).all()


def test_the_band_of_a_decaying_object_reaches_the_ground() -> None:
    propagator = propagator_of(make_catalog(decaying(), decaying(bstar=0.9)))
    ends = span_end_states(propagator, 20000.0)
    low, _ = radius_bands(propagator, *ends)
    code = ends[0].code
    assert low.tolist() == [0.0, 0.0]
    assert code.tolist() == [0, 1] or code[1] != 0


def test_radius_range_contains_the_radius_between_its_positions() -> None:
    for elements in (leo(), leo(eccentricity=0.02), molniya(), gto()):
        propagator = propagator_of(make_catalog(elements))
        low, high = radius_range(propagator, 0, 0.0, 30000.0)
        radius = radii(propagator, np.linspace(0.0, 30000.0, 30001))
        assert low <= radius.min()
        assert high >= radius.max()
        assert radius.min() - low < 3.0
        assert high - radius.max() < 3.0


def test_radius_range_of_a_failing_object_is_unbounded() -> None:
    assert radius_range(propagator_of(make_catalog(decaying())), 0, 0.0, 20000.0) == (0.0, np.inf)


def test_bands_within_the_distance_may_meet() -> None:
    low, high = np.array([100.0, 100.0, 300.0, 311.0]), np.array([188.0, 190.0, 310.0, 312.0])
    assert may_meet(low, high, (200.0, 300.0), 10.0).tolist() == [False, True, True, False]


@pytest.mark.parametrize("duration_s", [600.0, 3600.0, 14400.0, DAY_S])
def test_no_passage_below_the_ceiling_is_missed(duration_s: float) -> None:
    rng = np.random.default_rng(int(duration_s))
    propagator = propagator_of(eccentric_orbits(rng, 500))
    start_s = float(rng.uniform(0.0, DAY_S))
    times = start_s + np.linspace(0.0, duration_s, int(min(duration_s / 10.0, 3000.0)) + 1)
    radius = radii(propagator, times)
    codes, positions, velocities = propagator.states(np.arange(len(propagator)), [start_s])
    alive = codes[:, 0] == 0
    for ceiling_km in (6500.0, 6800.0, 7400.0, 9000.0):
        predicted = below_radius(positions[alive, 0], velocities[alive, 0], duration_s, ceiling_km)
        below = (radius[alive] <= ceiling_km).any(axis=1)
        assert below.any() or ceiling_km == 6500.0
        assert not (below & ~predicted).any()


def test_no_passage_is_predicted_for_an_object_that_stays_high() -> None:
    propagator = propagator_of(make_catalog(geo(), molniya(mean_anomaly_deg=90.0), leo()))
    _, positions, velocities = propagator.states([0, 1, 2], [0.0])
    predicted = below_radius(positions[:, 0], velocities[:, 0], 3600.0, 6800.0)
    assert not predicted[0]
    assert predicted[2] or np.linalg.norm(positions[2, 0]) > 6900.0
    assert below_radius(positions[:, 0], velocities[:, 0], 3600.0, np.inf).all()
