"""Burns of the ISS in the public catalogue of 1 November 2024: the search against brute force on every path."""

from __future__ import annotations

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import Catalog, with_default_sizes
from debrissim.catalog.ages import days_since
from debrissim.catalog.read import read_catalog
from debrissim.maneuvers import (
    Burns,
    ElementSetMotion,
    ModelledErrors,
    Surroundings,
    flying_with,
    screen_again,
)
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import fixed_model
from debrissim.verification import brute_force

START = 2460615.5, 0.5
END_S = 0.4 * 86400.0
RADIUS_KM = 25.0


@pytest.mark.slow
def test_brute_force_finds_the_same_encounters_of_twenty_burns() -> None:
    catalog = with_default_sizes(
        read_catalog(shared_path("data/catalogues/2024-11-01_celestrak_omm.csv.xz")).catalog
    )
    station = int(np.flatnonzero(catalog.norad_id == 25544)[0])
    together = flying_with(catalog, station, START, 7 * 86400.0)
    assert len(together) > 5
    around = Surroundings(catalog, START, catalog[[station]], together, [ScreeningVolume.sphere(RADIUS_KM)])
    rng = np.random.default_rng(0)
    direction = rng.normal(size=(20, 3))
    burns = Burns(
        time_s=rng.choice([0.0, 3000.0, 9000.0], 20),
        duration_s=np.zeros(20),
        delta_v_rtn_m_s=direction * 3.0 * 10.0 ** rng.uniform(-2.0, 0.0, (20, 1)),
        direction=np.full(20, 3, dtype=np.int8),
    )
    motion = ElementSetMotion(catalog[[station]], START)
    result = screen_again(motion, burns, around, END_S, ModelledErrors(fixed_model((0.1, 0.5, 0.1))))
    assert len(result.excluded) == len(together) - 1
    table = result.encounters[result.encounters.burn > 0]
    expected = by_brute_force(catalog, motion.after(burns).sets, burns, together)
    assert len(expected) > 50
    found = sorted(
        zip(table.burn.tolist(), table.object_row.tolist(), table.tca_s, table.miss_distance_km, strict=True)
    )
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert np.abs(np.array(found)[:, 2:] - np.array(expected)[:, 2:]).max() < 1e-3


def by_brute_force(
    catalog: Catalog, sets: Catalog, burns: Burns, together: np.ndarray
) -> list[tuple[int, int, float, float]]:
    fresh = np.abs(days_since(catalog, *START)) <= 30.0
    n, k = len(catalog), len(sets)
    propagator = make_propagator(Catalog.concat([catalog, sets]), *START)
    alive = propagator.states(np.arange(n), np.array([0.0, END_S]))[0] == 0
    others = np.setdiff1d(np.flatnonzero(fresh & alive.all(axis=1)), together)
    # No orbit with its perigee above that of the station is near it.
    others = others[catalog.perigee_altitude_km[others] < 500.0]
    earliest, latest = np.append(np.zeros(n), burns.end_s), np.full(n + k, END_S)
    found: dict[tuple[int, int, int], tuple[int, int, float, float]] = {}
    for node in np.arange(30.0, END_S, 60.0):
        first, second = brute_force.pairs_near(
            propagator, n + np.arange(k), others, node, RADIUS_KM, earliest, latest, partial=True
        )
        mixed = (first < n) & (second >= n)
        minima, _ = brute_force.minima_at(
            propagator, second[mixed], first[mixed], np.full(int(mixed.sum()), node), END_S, earliest, latest
        )
        for row in np.flatnonzero(minima.miss_km <= RADIUS_KM).tolist():
            one = (
                int(minima.first[row]) - n + 1,
                int(minima.second[row]),
                float(minima.time_s[row]),
                float(minima.miss_km[row]),
            )
            found[one[0], one[1], round(one[2] / 3.0)] = one
    kept: list[tuple[int, int, float, float]] = []
    for one in sorted(found.values()):
        if not kept or one[:2] != kept[-1][:2] or one[2] - kept[-1][2] > 5.0:
            kept.append(one)
    return kept
