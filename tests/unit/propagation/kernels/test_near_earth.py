"""The near-Earth kernel against the library it replaces."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, random_catalog

from debrissim.catalog import Catalog
from debrissim.propagation.kernels.sgp4 import FALLBACK_TO_REFERENCE, NO_MOTIONS, near_earth_positions
from debrissim.propagation.sgp4 import Propagator, make_propagator

# SGP4's own rounding: a minute count of 1e5 resolves 1e-11 min, and the mean anomaly some hundred turns.
AGREEMENT_KM = 2e-8


def _population(seed: int = 3) -> Catalog:
    rng = np.random.default_rng(seed)
    return Catalog.concat([random_catalog(rng, 300, "leo-shell"), random_catalog(rng, 300, "all")])


def _compare(
    propagator: Propagator, rows: np.ndarray, times_s: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    codes, positions = propagator.positions(rows, times_s)
    library_codes, library, _ = propagator.states(rows, times_s)
    first = library_codes[np.arange(rows.size), np.argmax(library_codes != 0, axis=1)]
    good = (codes == 0) & (first == 0)
    difference = np.linalg.norm(positions - library.transpose(1, 2, 0), axis=1)[:, good]
    return float(difference.max(initial=0.0)), codes, first


@pytest.mark.parametrize("days", [0.0, 3.0, -20.0])
def test_positions_and_codes_are_the_librarys(days: float) -> None:
    catalog = _population()
    propagator = make_propagator(catalog, START_JD + days, START_FRACTION)
    times = np.sort(np.random.default_rng(1).uniform(0.0, 7 * 86400.0, 40))
    difference, codes, expected = _compare(propagator, np.arange(len(catalog)), times)
    assert difference < AGREEMENT_KM
    np.testing.assert_array_equal(codes, expected)
    assert 0 < propagator.near_earth.sum() < len(catalog)


def test_strong_drag_is_left_to_the_library() -> None:
    catalog = _population()
    heavy = catalog.with_columns(bstar=np.full(len(catalog), 0.05))
    propagator = make_propagator(heavy, START_JD, START_FRACTION)
    near = np.flatnonzero(propagator.near_earth)
    times = np.linspace(0.0, 20 * 86400.0, 30)
    codes = np.empty(near.size, dtype=np.uint8)
    positions = np.empty((times.size, 3, near.size))
    near_earth_positions(
        propagator.constants,
        propagator.first_minutes,
        times / 60.0,
        near,
        np.arange(near.size),
        positions,
        NO_MOTIONS,
        codes,
    )
    assert (codes == FALLBACK_TO_REFERENCE).any()
    difference, codes, expected = _compare(propagator, np.arange(len(heavy)), times)
    assert difference < AGREEMENT_KM
    np.testing.assert_array_equal(codes, expected)


def test_odd_orbits() -> None:
    """Circular, polar, retrograde and equatorial orbits, where terms of SGP4 vanish or are guarded."""
    base = random_catalog(np.random.default_rng(5), 6, "leo-shell")
    odd = base.with_columns(
        eccentricity=np.array([0.0, 1e-7, 0.01, 0.2, 1e-4, 0.0]),
        inclination_deg=np.array([0.0, 90.0, 180.0, 63.4, 179.99999, 45.0]),
        mean_motion_rev_day=np.array([15.0, 14.0, 13.0, 9.0, 16.2, 15.9]),
        bstar=np.array([0.0, 1e-4, -1e-4, 1e-3, 0.0, 1e-2]),
    )
    propagator = make_propagator(odd, START_JD, START_FRACTION)
    difference, codes, expected = _compare(propagator, np.arange(6), np.linspace(0.0, 86400.0, 50))
    assert difference < AGREEMENT_KM
    np.testing.assert_array_equal(codes, expected)
