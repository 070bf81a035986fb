"""Encounters after burns and the passages without them, against the distances of SGP4 at every second."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, crossing_pair, formation, leo, make_catalog
from support.maneuvering import SetMotion, impulses, sized

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.maneuvers.alternatives import ScreenedAlternatives, screen_alternatives
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.same_passage import Passages, matching_encounters, same_passages
from debrissim.maneuvers.surroundings import Surroundings
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.volumes import ScreeningVolume

START = START_JD, START_FRACTION
PERIOD_S = 5740.0


def compared(
    catalog: Catalog, burns: Burns, end_s: float, radius_km: float
) -> tuple[ScreenedAlternatives, Passages]:
    """The first of the burns is none."""
    around = Surroundings(catalog, START, catalog[[0]], np.array([0]), [ScreeningVolume.sphere(radius_km)])
    moved = SetMotion(catalog[[0]]).after(burns)
    screened = screen_alternatives(around, moved.flights(np.arange(len(burns)), end_s), 0.0, end_s)
    return screened, same_passages(screened.encounters, screened.flights, START, len(catalog))


def distances(catalog: Catalog, end_s: float) -> tuple[Array, Array]:
    times = np.arange(0.0, end_s, 1.0)
    _, positions, _ = make_propagator(catalog[:2], *START).states([0, 1], times)
    return times, np.linalg.norm(positions[1] - positions[0], axis=1)


@pytest.mark.parametrize("along_m_s", [-3.0, 0.5, 4.0])
def test_repeated_encounters_keep_their_own_passages(along_m_s: float) -> None:
    """Two orbits of one height meet at every node: after days of drift each meeting belongs to its own one before."""
    end_s = 86400.0
    catalog = sized(make_catalog(*crossing_pair(1.0, 40000.0), leo(raan_deg=200.0)))
    burns = impulses([0.0, 0.0], [[0.0, 0.0, 0.0], [0.0, along_m_s, 0.0]])
    screened, passages = compared(catalog, burns, end_s, 600.0)
    table = screened.encounters
    unburnt, burnt = table.primary == 3, table.primary == 4
    assert min(unburnt.sum(), burnt.sum()) >= 10
    assert np.diff(table.tca_s[unburnt]).min() < 0.6 * PERIOD_S
    times, apart = distances(catalog, end_s)
    for row in np.flatnonzero(burnt).tolist():
        near = np.abs(times - table.tca_s[row]) < 0.2 * PERIOD_S
        lowest = times[near][np.argmin(apart[near])]
        assert passages.tca_s[row] == pytest.approx(lowest, abs=1.0)
    shift = table.tca_s[burnt] - passages.tca_s[burnt]
    # About half of the shift of the spacecraft along its orbit, 3 dv t / v, at an angle of 70 degrees.
    drift = 3.0 * 1e-3 * along_m_s * table.tca_s[burnt] / 7.5
    assert np.abs(shift).max() > 1.0
    assert (np.abs(shift) < np.abs(drift) + 1.0).all()
    assert passages.tca_s[unburnt] == pytest.approx(table.tca_s[unburnt], abs=1e-5)
    match = matching_encounters(passages, table.secondary, table[unburnt])
    assert match[unburnt].tolist() == list(range(unburnt.sum()))
    inside = match[burnt] >= 0
    assert inside.sum() >= 5
    assert table.tca_s[unburnt][match[burnt][inside]] == pytest.approx(
        passages.tca_s[burnt][inside], abs=0.01
    )


def test_a_shift_of_more_than_an_eighth_of_a_revolution_has_no_counterpart() -> None:
    first, second = crossing_pair(1.0, 20000.0)
    catalog = sized(make_catalog(first, second))
    # The spacecraft a third of a revolution behind meets another piece of the same orbit.
    behind = sized(make_catalog(leo(mean_anomaly_deg=first.mean_anomaly_deg - 130.0)))
    around = Surroundings(catalog, START, catalog[[0]], np.array([0]), [ScreeningVolume.sphere(800.0)])
    both = Catalog.concat([behind, catalog[[0]]])
    flights = (
        SetMotion(catalog[[0]]).after(impulses([0.0, 0.0], np.zeros((2, 3)))).flights(np.arange(2), 30000.0)
    )
    screened = screen_alternatives(
        around, type(flights)(**{**vars(flights), "sets": both, "described": both}), 0.0, 30000.0
    )
    passages = same_passages(screened.encounters, screened.flights, START, 2)
    met = screened.encounters.primary == 3
    assert met.sum() >= 3
    assert not passages.known[met].any()


def test_of_two_minima_in_one_passage_the_nearer_one_corresponds() -> None:
    catalog = sized(make_catalog(*formation(20.0)))
    burns = impulses(np.zeros(12), np.linspace(0.0, 0.4, 12)[:, None] * np.array([1.0, 0.1, 0.0]))
    screened, passages = compared(catalog, burns, 60000.0, 60.0)
    table = screened.encounters
    for alternative in range(12):
        own = passages.tca_s[(table.primary == 2 + alternative) & passages.known]
        assert own.size
        assert (np.diff(np.sort(own)) > 1.0).all()
