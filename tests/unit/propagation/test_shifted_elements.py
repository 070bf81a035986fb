"""Element sets solved at another epoch than that of the state: judged by python-sgp4 itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec
from support.catalogs import START_FRACTION, START_JD, Elements, geo, gto, leo, make_catalog, molniya

from debrissim.catalog.catalog import Catalog
from debrissim.core.errors import InputError
from debrissim.propagation.mean_elements import ElementsStatus
from debrissim.propagation.shifted_elements import elements_through_states

Floats = NDArray[np.float64]
START = START_JD, START_FRACTION
ORBITS = {
    "low": leo(),
    "polar": leo(inclination_deg=90.0, eccentricity=0.02),
    "retrograde": leo(inclination_deg=179.5),
    "equatorial": leo(inclination_deg=0.0),
    "geostationary": geo(inclination_deg=2.0),
    "navigation": Elements(mean_motion_rev_day=2.0056, eccentricity=0.01, inclination_deg=55.0, bstar=0.0),
    "molniya": molniya(),
    "transfer": gto(),
}


def sgp4_states(sets: Catalog, times_s: Floats) -> Floats:
    """(k, 6) km, km/s of row k at time k, by python-sgp4 alone."""
    out = []
    for k, time in enumerate(times_s.tolist()):
        record = Satrec()
        epoch = (sets.epoch_jd[k] - 2433281.5) + sets.epoch_fraction[k]
        record.sgp4init(
            WGS72, "i", 0, epoch, sets.bstar[k], 0.0, 0.0, sets.eccentricity[k],
            *np.deg2rad([sets.arg_perigee_deg[k], sets.inclination_deg[k], sets.mean_anomaly_deg[k]]),
            sets.mean_motion_rev_day[k] * 2.0 * np.pi / 1440.0, np.deg2rad(sets.raan_deg[k]),
        )  # fmt: skip
        record.jdsatepoch, record.jdsatepochF = float(sets.epoch_jd[k]), float(sets.epoch_fraction[k])
        code, position, velocity = record.sgp4(START_JD, START_FRACTION + time / 86400.0)
        assert code == 0
        out.append([*position, *velocity])
    return np.array(out)


def kicked(element_set: Catalog, count: int, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """(k,) s within a week, (k, 6) states of the set, and the same with velocity changes of 1 cm/s to 5 m/s."""
    rng = np.random.default_rng(seed)
    times = rng.uniform(0.0, 7.0 * 86400.0, count)
    before = sgp4_states(element_set[np.zeros(count, dtype=np.int64)], times)
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    after = before.copy()
    after[:, 3:] += direction * 10.0 ** rng.uniform(-5.0, np.log10(5e-3), count)[:, None]
    return times, before, after


@pytest.mark.parametrize("orbit", ORBITS)
def test_python_sgp4_passes_through_the_states(orbit: str) -> None:
    original = make_catalog(ORBITS[orbit])
    times, _, after = kicked(original, 60)
    solved = elements_through_states(original, START, times, after)
    assert (solved.status == ElementsStatus.OK).all()
    # As the catalogue has them, in degrees and revolutions per day.
    reached = sgp4_states(solved.sets, times)
    assert np.abs(reached[:, :3] - after[:, :3]).max() < 2e-7
    assert np.abs(reached[:, 3:] - after[:, 3:]).max() < 2e-10
    assert (solved.sets.epoch_jd == original.epoch_jd).all()
    assert (solved.sets.epoch_fraction == original.epoch_fraction).all()
    assert (solved.sets.bstar == original.bstar).all()


@pytest.mark.parametrize("orbit", ["low", "retrograde", "geostationary", "molniya"])
def test_states_of_the_set_itself_give_the_set(orbit: str) -> None:
    original = make_catalog(ORBITS[orbit])
    times, before, _ = kicked(original, 20)
    solved = elements_through_states(original, START, times, before)
    assert np.abs(solved.sets.mean_motion_rev_day / original.mean_motion_rev_day - 1.0).max() < 1e-12
    assert np.abs(solved.sets.eccentricity - original.eccentricity).max() < 1e-11
    assert np.abs(solved.sets.inclination_deg - original.inclination_deg).max() < 1e-9


def test_small_changes_of_a_state_change_the_set_little() -> None:
    original = make_catalog(leo())
    times = np.full(5, 5e5)
    before = sgp4_states(original[np.zeros(5, dtype=np.int64)], times)
    after = before.copy()
    # Each ten times smaller than the one before: so are the differences one day later.
    after[:, 4] += 10.0 ** -np.arange(3.0, 8.0)
    solved = elements_through_states(original, START, times, after)
    later = np.full(5, 5e5 + 86400.0)
    moved = np.linalg.norm(
        sgp4_states(solved.sets, later) - sgp4_states(original[np.zeros(5, dtype=np.int64)], later), axis=1
    )
    assert moved[1:-1] / moved[2:] == pytest.approx(10.0, rel=0.02)


def test_a_perfect_circle_has_a_hole_that_is_reported() -> None:
    """SGP4 replaces mean eccentricities below 1e-6, so it misses states near those of a circle, but not others."""
    original = make_catalog(leo(eccentricity=0.0, mean_motion_rev_day=14.2))
    times, _, after = kicked(original, 60)
    solved = elements_through_states(original, START, times, after)
    reached = solved.status == ElementsStatus.OK
    assert np.count_nonzero(reached) > 50
    error = np.linalg.norm(sgp4_states(solved.sets, times)[:, :3] - after[:, :3], axis=1)
    assert (error[reached] < 1e-5).all()
    assert (solved.position_error_km[~reached] > 0.0).all()


def test_wrong_arguments_are_named() -> None:
    original = make_catalog(leo())
    with pytest.raises(InputError, match="one element set, got 2"):
        elements_through_states(make_catalog(leo(), leo()), START, np.zeros(1), np.zeros((1, 6)))
    with pytest.raises(InputError, match="shape"):
        elements_through_states(original, START, np.zeros(2), np.zeros((1, 6)))
    with pytest.raises(InputError, match="finite"):
        elements_through_states(original, START, np.zeros(1), np.full((1, 6), np.nan))


def test_no_state_gives_no_set() -> None:
    solved = elements_through_states(make_catalog(leo()), START, np.empty(0), np.empty((0, 6)))
    assert len(solved) == len(solved.sets) == 0


def test_an_unreachable_state_is_reported() -> None:
    """Between the near-Earth and the deep-space half of SGP4, at a period of 225 minutes, there is a gap."""
    original = make_catalog(replace(leo(), mean_motion_rev_day=6.4, eccentricity=0.01, bstar=0.0))
    count = 400
    times = np.zeros(count)
    before = sgp4_states(original[np.zeros(count, dtype=np.int64)], times)
    after = before.copy()
    unit = before[:, 3:] / np.linalg.norm(before[:, 3:], axis=1)[:, None]
    after[:, 3:] += unit * np.linspace(-5e-3, 5e-3, count)[:, None]
    solved = elements_through_states(original, START, times, after)
    error = np.linalg.norm(sgp4_states(solved.sets, times)[:, :3] - after[:, :3], axis=1)
    unreached = solved.status == ElementsStatus.UNREACHED
    assert (error[~unreached] < 1e-5).all()
    assert np.isfinite(solved.position_error_km).all()
