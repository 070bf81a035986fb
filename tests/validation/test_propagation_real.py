"""Assumptions of the coarse phase, checked against SGP4 on whole real catalogues: interpolants, bands, passages."""

from __future__ import annotations

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.propagation.chebyshev import interpolation_matrix
from debrissim.propagation.element_conversions import kepler_elements
from debrissim.propagation.ephemeris import USUAL_EXTRA_KM, make_window
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening import orbit_filter
from debrissim.screening.decay import failures_by_drag

STARTS = {
    "data/catalogues/2024-11-01_celestrak_omm.csv.xz": (2460615.5, 0.0),
    "data/catalogues/2022-01-22_spacetrack.3le.xz": (2459601.5, 0.5),
}
FILES = list(STARTS)


def _propagator(file: str) -> Propagator:
    return make_propagator(read_catalog(shared_path(file)).catalog, *STARTS[file])


def _max_error_ratio(
    propagator: Propagator, rows: np.ndarray, start_s: float, tolerance_km: float, length_s: float = 14400.0
) -> np.ndarray:
    """Ratio of error to bound of each interpolant of a window, at random times and near the ends."""
    window = make_window(propagator, rows, start_s, start_s + length_s, tolerance_km)
    rng = np.random.default_rng(int(start_s))
    near_ends = np.concatenate([rng.uniform(0.0, 120.0, 8), length_s - rng.uniform(0.0, 120.0, 8)])
    times = np.sort(start_s + np.concatenate([rng.uniform(0.0, length_s, 30), near_ends]))
    positions = window.positions(
        times, lambda n: interpolation_matrix(n, window.start_s, window.end_s, times)
    )
    codes, expected, _ = propagator.states(window.rows, times)
    error = np.linalg.norm(positions - expected.transpose(1, 2, 0), axis=1)
    error[(codes != 0).T] = 0.0
    error[:, np.isin(window.rows, window.failed_rows)] = 0.0
    assert (window.error_bound_km <= tolerance_km + USUAL_EXTRA_KM).mean() > 0.999
    return np.asarray(error.max(axis=0) / window.error_bound_km)


@pytest.mark.parametrize("tolerance_km", [0.05, 3.5])
def test_no_interpolant_is_worse_than_its_bound(tolerance_km: float) -> None:
    propagator = _propagator(FILES[0])
    rows = np.sort(np.random.default_rng(2).choice(len(propagator), 4000, replace=False))
    assert _max_error_ratio(propagator, rows, 2 * 86400.0, tolerance_km).max() < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("tolerance_km", [0.05, 0.5, 4.0])
def test_no_interpolant_of_a_whole_catalogue_is_worse_than_its_bound(file: str, tolerance_km: float) -> None:
    propagator = _propagator(file)
    rows = np.arange(len(propagator))
    # As in a run, without the objects that have decayed.
    ends = orbit_filter.span_end_states(propagator, 8 * 86400.0)
    alive = np.setdiff1d(rows, failures_by_drag(propagator, rows, 8 * 86400.0, ends).row)
    for day, hours in ((0.0, 4.0), (1.3, 8.0), (2.7, 12.0), (4.1, 4.0), (6.8, 24.0)):
        assert _max_error_ratio(propagator, alive, day * 86400.0, tolerance_km, hours * 3600.0).max() < 0.9


def _violations(file: str, samples_per_day: int) -> tuple[float, int]:
    """Minimum distance (km) of any radius from the edges of its band, and number of objects that left theirs."""
    propagator = _propagator(file)
    ends = orbit_filter.span_end_states(propagator, 7 * 86400.0)
    low, high = orbit_filter.radius_bands(propagator, *ends)
    rows = np.arange(len(propagator))
    # SGP4 may return valid codes for objects that decayed before the start; no run uses them.
    decays = failures_by_drag(propagator, rows, 7 * 86400.0, ends)
    alive = (ends[0].code == 0) & ~np.isin(rows, decays.row[~decays.backward & (decays.valid_s < 0.0)])
    rng = np.random.default_rng(4)
    margin = np.full(len(propagator), np.inf)
    for day in range(7):
        times = np.sort(rng.uniform(day, day + 1, samples_per_day)) * 86400.0
        codes, positions, _ = propagator.states(rows, times)
        # Latched: after the first failure nothing counts.
        good = np.logical_and.accumulate(codes == 0, axis=1) & alive[:, None]
        alive &= (codes == 0).all(axis=1)
        radius = np.linalg.norm(positions, axis=2)
        slack = np.minimum(radius - low[:, None], high[:, None] - radius)
        margin = np.minimum(margin, np.where(good, slack, np.inf).min(axis=1))
    return float(margin.min()), int((margin < 0.0).sum())


def test_no_object_leaves_its_band() -> None:
    margin, left = _violations(FILES[0], samples_per_day=6)
    assert left == 0
    assert margin > 5.0


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_no_object_leaves_its_band_densely(file: str) -> None:
    margin, left = _violations(file, samples_per_day=150)
    assert left == 0
    assert margin > 5.0


def test_no_low_passage_is_missed() -> None:
    """Eccentric objects classified as out of reach for a window stay above the ceiling throughout it."""
    propagator = _propagator(FILES[0])
    ceiling, duration = 6800.0, 14400.0
    rows = np.arange(len(propagator))
    for start in (0.0, 3.4 * 86400.0):
        codes, positions, velocities = propagator.states(rows, [start])
        positions, velocities = positions[:, 0], velocities[:, 0]
        axis, eccentricity, _ = kepler_elements(positions, velocities)
        eccentric = (codes[:, 0] == 0) & (axis * (1.0 - eccentricity) < ceiling + 500.0)
        away = eccentric & ~orbit_filter.below_radius(positions, velocities, duration, ceiling)
        assert away.sum() > 200
        times = start + np.linspace(0.0, duration, 721)
        later_codes, later, _ = propagator.states(rows[away], times)
        radius = np.where(later_codes == 0, np.linalg.norm(later, axis=2), np.inf)
        assert radius.min() > ceiling
