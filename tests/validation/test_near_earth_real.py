"""The near-Earth kernel against the library on whole real catalogues."""

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
def test_every_object_for_a_week(file: str, jd: float, fraction: float) -> None:
    catalog = read_catalog(shared_path(file)).catalog
    propagator = make_propagator(catalog, jd, fraction)
    rows = np.flatnonzero(propagator.near_earth)
    times = np.sort(np.random.default_rng(0).uniform(0.0, 7 * 86400.0, 20))
    codes, positions = propagator.positions(rows, times)
    library_codes, library, _ = propagator.states(rows, times)
    first = library_codes[np.arange(rows.size), np.argmax(library_codes != 0, axis=1)]
    np.testing.assert_array_equal(codes, first)
    good = codes == 0
    assert good.sum() > 0.99 * rows.size - 200
    # Measured: 8e-9 km in 2024, 7e-9 km in 2022.
    assert np.linalg.norm(positions - library.transpose(1, 2, 0), axis=1)[:, good].max() < 1e-8
