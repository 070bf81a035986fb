"""Jumps of element sets beyond their error: a burn is found, coasting is not, and the ISS's own year."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from support.catalogs import leo, make_catalog, mean_motion_at
from support.shared import shared_path

from debrissim.catalog import Catalog, read_catalog
from debrissim.uncertainty.element_differences import sort_sets
from debrissim.watch.manoeuvres import MIN_HISTORY, element_set_jumps, jumps_in_history

# A week of sets of one object, coasting, three a day; the epoch's mean anomaly follows the mean motion.
DAYS = np.arange(24) / 3.0


def coasting(altitude_km: float = 420.0, burn_km: float = 0.0, at_days: float = 8.0) -> Catalog:
    """Sets of an object on a circular orbit that climbs by a burn."""
    before, after = mean_motion_at(altitude_km), mean_motion_at(altitude_km + burn_km)
    sets = []
    for day in DAYS.tolist():
        revolutions = before * min(day, at_days) + after * max(day - at_days, 0.0)
        sets.append(
            leo(
                mean_motion_rev_day=after if day > at_days else before,
                mean_anomaly_deg=360.0 * (revolutions % 1.0),
                bstar=0.0,
                eccentricity=1e-4,
                epoch_days=day,
                norad_id=25544,
            )
        )
    return make_catalog(*sets)


@pytest.mark.parametrize("burn_km", [1.0, -1.0])
def test_a_burn_is_found_with_the_next_set(burn_km: float):
    sets = coasting(burn_km=burn_km, at_days=7.4)
    (jump,) = element_set_jumps(sets[[-2]], sets[[-1]])
    assert jump.sigmas[0] > 5.0
    # A higher orbit is slower: the object falls behind.
    assert np.sign(jump.along_km[0]) == -np.sign(burn_km)
    assert 0.5 < jump.radial_km[0] < 3.0
    assert jump.age_days[0] == pytest.approx(1.0 / 3.0)


def test_the_history_of_a_steady_object_shows_a_burn_and_a_short_one_nothing():
    rng = np.random.default_rng(3)
    sets = coasting(burn_km=0.3, at_days=7.4)
    noisy = sets.with_columns(mean_motion_rev_day=sets.mean_motion_rev_day + rng.normal(0.0, 1e-5, len(sets)))
    assert jumps_in_history(noisy)
    assert not jumps_in_history(noisy[:-1])
    assert not jumps_in_history(noisy[-MIN_HISTORY + 1 :])


def test_other_objects_and_old_sets_are_not_compared():
    sets = coasting()
    assert len(element_set_jumps(sets[[0]], sets[[0]])) == 0
    assert len(element_set_jumps(sets[[0]], sets[[1]].with_columns(norad_id=np.array([7])))) == 0
    assert len(element_set_jumps(sets[[0]], sets[[1]].with_columns(epoch_jd=sets.epoch_jd[[1]] + 30.0))) == 0
    assert len(element_set_jumps(sets[[]], sets[[1]])) == 0


def test_the_iss_of_2020():
    """Avoidance manoeuvres of 19 April, 3 July and 22 September 2020; two quiet weeks of February and October."""
    path = shared_path("data/iss/iss_elements_with_tles_2019-12_2020-12.csv.xz")
    sets = sort_sets(read_catalog(path).catalog)
    days = sets.epoch_jd + sets.epoch_fraction - 2458848.5

    def sigmas(first: float, last: float) -> np.ndarray:
        rows = np.searchsorted(days, np.arange(first, last, 1.0 / 3.0), side="right") - 1
        pairs = [(a, b) for a, b in pairwise(rows) if b > a]
        return np.array([element_set_jumps(sets[[a]], sets[[b]]).sigmas[0] for a, b in pairs])

    for day in (110.3, 186.1, 266.9):
        assert sigmas(day - 0.6, day + 1.4).max() > 3.0, day
    quiet = np.concatenate([sigmas(40.0, 54.0), sigmas(286.0, 300.0)])
    assert np.mean(quiet > 5.0) < 0.05
