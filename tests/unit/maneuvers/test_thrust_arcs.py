"""Finite burns, screened from their first moment on, against distances along their paths at every tenth of a second."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, crossing_pair, leo, make_catalog
from support.maneuvering import impulses, sized

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.ephemerides.interpolation import arc_positions
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.element_sets import ElementSetManeuvers, ElementSetMotion
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.screened_again import screen_again
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.maneuvers.thrust_arcs import with_thrust_arcs
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.screen import ScreeningSettings
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import fixed_model

START = START_JD, START_FRACTION
END_S = 5000.0
ERRORS = ModelledErrors(fixed_model((0.1, 0.3, 0.1)))


def finite(times_s: list[float], durations_s: list[float], sizes_m_s: list[float]) -> Burns:
    burns = impulses(times_s, np.outer(sizes_m_s, [0.1, 1.0, 0.2]))
    return Burns(burns.time_s, np.array(durations_s), burns.delta_v_rtn_m_s, burns.direction)


def distance(moved: ElementSetManeuvers, row: int, catalog: Catalog, other: int, times_s: Array) -> Array:
    own = moved.states_along(np.array([row]), times_s[None])[0, :, :3]
    _, (path,), _ = make_propagator(catalog, *START).states([other], times_s)
    return np.linalg.norm(path - own, axis=1)


@pytest.mark.parametrize("step_s", [None, 20.0, 120.0])
def test_encounters_during_thrust_at_its_ends_and_after_it(step_s: float | None) -> None:
    tca_s = 3000.0
    catalog = sized(make_catalog(*crossing_pair(1.0, tca_s), leo(raan_deg=200.0)))
    around = Surroundings(
        catalog, START, catalog[[0]], np.array([0]), [ScreeningVolume.sphere(20.0)],
        settings=ScreeningSettings(step_s=step_s),
    )  # fmt: skip
    begins = [2000.0, 2600.0, 2999.0, 2400.0, tca_s, 2900.0, 2999.5]
    lengths = [300.0, 800.0, 600.0, 600.0, 60.0, 0.0, 0.5]
    burns = finite(begins, lengths, [1.0, 2.0, 20.0, -30.0, 100.0, 1.0, 0.3])
    motion = ElementSetMotion(catalog[[0]], START)
    moved = motion.after(burns)
    result = screen_again(motion, burns, around, END_S, ERRORS)
    table = result.encounters
    for row in range(len(begins)):
        times = np.arange(max(begins[row], tca_s - 60.0), tca_s + 60.0, 0.01)
        apart = distance(moved, row, catalog, 1, times)
        own = table[(table.burn == row + 1) & (table.object_row == 1)]
        own = own[np.abs(own.tca_s - tca_s) < 60.0]
        assert len(own) == (apart.min() < 20.0), row
        if len(own):
            assert own.tca_s[0] == pytest.approx(times[np.argmin(apart)], abs=0.02)
            assert own.miss_distance_km[0] == pytest.approx(apart.min(), abs=5e-3)
    assert "not screened" not in " ".join(result.reason)


def test_the_arc_is_the_path_within_its_bound() -> None:
    catalog = sized(make_catalog(leo(eccentricity=0.02)))
    burns = finite([100.0, 100.0, 100.0], [1200.0, 33.0, 0.02], [3.0, 50.0, 1.0])
    moved = ElementSetMotion(catalog, START).after(burns)
    flights = with_thrust_arcs(moved, np.arange(3), moved.flights(np.arange(3), END_S))
    assert flights.row.tolist() == [0, 0, 1, 1, 2, 2]
    assert flights.arc.tolist() == [0, -1, 1, -1, 2, -1]
    assert flights.begin_s[1::2] == pytest.approx(burns.end_s)
    for row in range(3):
        times = np.linspace(100.0, burns.end_s[row], 517)
        codes, (path,) = arc_positions(flights.table, np.array([row]), times)
        assert not codes.any()
        true = moved.states_along(np.array([row]), times[None])[0, :, :3]
        assert np.abs(path - true).max() < 1e-6 < flights.table.error_km[row]
    # Half the acceleration times the square of the neighbourhood or of the burn, twice.
    assert flights.table.error_km == pytest.approx(
        [3.05e-3 / 1200.0 * 360.0**2, 50.0e-3 * 33.0, 1.07e-3 * 0.02], rel=0.05
    )


def test_impulses_need_no_arc() -> None:
    catalog = sized(make_catalog(leo()))
    moved = ElementSetMotion(catalog, START).after(finite([100.0], [0.0], [1.0]))
    after = moved.flights(np.arange(1), END_S)
    assert with_thrust_arcs(moved, np.arange(1), after) is after
