"""The deep-space kernel against the library on all deep-space objects of real catalogues."""

from __future__ import annotations

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.propagation.sgp4 import make_propagator


@pytest.mark.parametrize(
    ("file", "jd", "fraction"),
    [
        ("data/catalogues/2024-11-01_celestrak_omm.csv.xz", 2460615.5, 0.0),
        ("data/catalogues/2022-01-22_spacetrack.3le.xz", 2459601.5, 0.5),
    ],
)
def test_every_object_for_a_month_before_and_after(file: str, jd: float, fraction: float) -> None:
    catalog = read_catalog(shared_path(file)).catalog
    propagator = make_propagator(catalog, jd, fraction)
    rows = np.flatnonzero(~propagator.near_earth)
    random = np.random.default_rng(0).uniform(-30 * 86400.0, 30 * 86400.0, 40)
    for times in (np.sort(random), np.sort(random)[::-1], random):
        codes, positions = propagator.positions(rows, times)
        library_codes, library, _ = propagator.states(rows, times)
        first = library_codes[np.arange(rows.size), np.argmax(library_codes != 0, axis=1)]
        np.testing.assert_array_equal(codes, first)
        good = codes == 0
        assert good.sum() > 0.99 * rows.size
        difference = np.linalg.norm(positions - library.transpose(1, 2, 0), axis=1)[:, good]
        # Measured: 6e-9 km; but if rounding decides whether Kepler's equation gets another correction, which
        # happens to about one state in 100,000, up to 1e-12 of the distance: 4.5e-8 km in 2024, 2e-8 km in 2022.
        assert difference.max() < 5e-8
        assert np.mean(difference > 1e-8) < 1e-4
